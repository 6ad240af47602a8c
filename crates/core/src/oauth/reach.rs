//! Which addresses a stranger may send us to (requirement E7).
//!
//! A resource server names its metadata, its metadata names authorization servers, those name endpoints. None of them
//! may lead into this machine or a private network unless the one who named it lies there too. A name is looked up
//! first; one that can't be looked up here is left to the request itself, which a proxy may resolve.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use url::{Host, Url};

use crate::connector::template::check_scheme;
use crate::error::{Code, Error, Result};
use crate::http::BoxFuture;

/// Looks names up. A parameter, so that a test needs no DNS.
pub trait Resolver: Send + Sync {
    /// Every address of a name; empty when it can't be looked up.
    fn addresses<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Vec<IpAddr>>;
}

/// The operating system's resolver.
pub struct SystemResolver;

impl Resolver for SystemResolver {
    fn addresses<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Vec<IpAddr>> {
        Box::pin(async move {
            match tokio::net::lookup_host((name, 443)).await {
                Ok(found) => found.map(|address| address.ip()).collect(),
                Err(_) => Vec::new(),
            }
        })
    }
}

/// Whether `url`, named by what lies at `from`, may be asked.
///
/// # Errors
/// `WrongSettings` when it isn't https or leads inside where `from` doesn't.
pub async fn check(resolver: &dyn Resolver, from: &Url, url: &Url) -> Result<()> {
    let refused = |why: &str| {
        let host = url.host_str().unwrap_or("nowhere");
        Err(Error::new(
            Code::WrongSettings,
            format!("The server sends to {host}, which isn't asked: {why}"),
        ))
    };
    if check_scheme(url).is_err() || !url.username().is_empty() || url.password().is_some() {
        return refused("the address doesn't begin with https:// or isn't plain");
    }
    if url.host_str() == from.host_str() {
        return Ok(());
    }
    if url.scheme() != "https" && from.scheme() == "https" {
        return refused("the address doesn't begin with https://");
    }
    if leads_inside(resolver, url).await && !leads_inside(resolver, from).await {
        return refused("it lies on this machine or in a private network");
    }
    Ok(())
}

async fn leads_inside(resolver: &dyn Resolver, url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => is_inside(IpAddr::V4(address)),
        Some(Host::Ipv6(address)) => is_inside(IpAddr::V6(address)),
        Some(Host::Domain(name)) => {
            let name = name.trim_end_matches('.');
            name == "localhost"
                || [".localhost", ".local", ".internal", ".home.arpa"]
                    .iter()
                    .any(|end| name.ends_with(end))
                || resolver.addresses(name).await.into_iter().any(is_inside)
        }
        None => true,
    }
}

/// Not a public address: this machine, a private or link-local network, or a range that is nobody's.
pub fn is_inside(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_inside_v4(address),
        IpAddr::V6(address) => match embedded_v4(address) {
            Some(embedded) => is_inside_v4(embedded),
            None => {
                let first = address.segments()[0];
                address.is_loopback()
                    || address.is_unspecified()
                    || address.is_multicast()
                    || (first & 0xfe00) == 0xfc00
                    || (first & 0xffc0) == 0xfe80
                    || (first & 0xffc0) == 0xfec0
            }
        },
    }
}

fn is_inside_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    address.is_loopback()
        || address.is_private()
        || address.is_link_local()
        || address.is_broadcast()
        || address.is_multicast()
        || a == 0
        || a >= 240
        || (a == 100 && (64..128).contains(&b))
        || (a == 192 && b == 0 && c == 0)
        || (a == 198 && (b == 18 || b == 19))
}

/// The IPv4 address inside a mapped, translated (64:ff9b::/96) or 6to4 one.
fn embedded_v4(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let [a, b, c, d, e, f, g, h] = address.segments();
    let join = |high: u16, low: u16| Ipv4Addr::from((u32::from(high) << 16) | u32::from(low));
    match (a, b, c, d, e, f) {
        (0, 0, 0, 0, 0, 0xffff) | (0x64, 0xff9b, 0, 0, 0, 0) => Some(join(g, h)),
        (0x2002, ..) => Some(join(b, c)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn private_ranges_are_inside_however_they_are_written() {
        for inside in [
            "127.0.0.1",
            "127.9.9.9",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "0.0.0.0",
            "100.64.0.1",
            "255.255.255.255",
            "224.0.0.1",
            "::1",
            "::",
            "fd00::1",
            "fe80::1",
            "ff02::1",
            "::ffff:127.0.0.1",
            "64:ff9b::a9fe:a9fe",
            "2002:7f00:1::",
        ] {
            assert!(is_inside(inside.parse().expect("an address")), "{inside}");
        }
        for outside in [
            "93.184.216.34",
            "2606:4700::1",
            "::ffff:8.8.8.8",
            "172.32.0.1",
            "100.128.0.1",
        ] {
            assert!(
                !is_inside(outside.parse().expect("an address")),
                "{outside}"
            );
        }
    }
}
