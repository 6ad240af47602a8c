//! The way back over `http://127.0.0.1:<port>/callback/<connector>` (RFC 8252 7.3), for providers that refuse private
//! schemes: a listener of one authorization, open only while it is pending (requirement A9).
//!
//! It answers one GET path for one Host, with a page that has no script, and closes after the first address that
//! carries the authorization's state. Anything else on this machine may knock: it gets a short refusal and no effect.

mod visit;

use std::collections::VecDeque;
use std::io::ErrorKind;
use std::net::{Ipv4Addr, Ipv6Addr};
use std::sync::Arc;
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::task::{AbortHandle, JoinSet};
use url::Url;

use crate::connector::LoopbackHost;
use crate::error::{Code, Error, Result};
use crate::vault::Secret;

/// Connections served at a time; for one more the oldest has to go, so that idle ones can't keep the browser out.
const VISITORS: usize = 64;

/// How long things may take.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    /// For the browser to come back.
    pub whole: Duration,
    /// For one visitor to send its request, and again to take its answer.
    pub visitor: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            whole: Duration::from_secs(600),
            visitor: Duration::from_secs(5),
        }
    }
}

/// A bound listener. Dropping it, or the future of [`Listener::receive`], closes it.
#[derive(Debug)]
pub struct Listener {
    sockets: Vec<TcpListener>,
    redirect_uri: Url,
}

impl Listener {
    /// Binds the first free of `ports`, or any port when none is named. For `localhost` both loopback addresses are
    /// bound, because the browser may choose either.
    ///
    /// # Errors
    /// `Unsupported` when no port is free.
    pub async fn bind(connector: &str, host: LoopbackHost, ports: &[u16]) -> Result<Self> {
        let any = [0; 8];
        let candidates = match ports {
            [] => &any[..],
            ports => ports,
        };
        for port in candidates {
            let Ok(sockets) = bind_port(host, *port).await else {
                continue;
            };
            let port = sockets[0]
                .local_addr()
                .map_err(|_| Error::internal("a bound socket has no address"))?
                .port();
            let name = match host {
                LoopbackHost::Ip => "127.0.0.1",
                LoopbackHost::Localhost => "localhost",
            };
            let redirect_uri = Url::parse(&format!("http://{name}:{port}/callback/{connector}"))
                .map_err(|_| Error::internal("the loopback address can't be written"))?;
            return Ok(Self {
                sockets,
                redirect_uri,
            });
        }
        let ports: Vec<String> = ports.iter().map(u16::to_string).collect();
        Err(Error::new(
            Code::Unsupported,
            "no port for the way back from the browser is free",
        )
        .with_hint(match ports.is_empty() {
            true => {
                "Close programs that use many connections, or choose another way back".to_owned()
            }
            false => format!(
                "Close the program that uses port {}, or choose another way back",
                ports.join(" or ")
            ),
        }))
    }

    /// What the provider sends the browser to.
    pub fn redirect_uri(&self) -> &Url {
        &self.redirect_uri
    }

    /// Waits for the address that answers the authorization with this state. To cancel, drop the future.
    ///
    /// # Errors
    /// `AuthorizationExpired` when the browser didn't come back in time.
    pub async fn receive(self, state: &Secret, patience: Patience) -> Result<Secret> {
        tokio::time::timeout(patience.whole, self.serve(state, patience.visitor))
            .await
            .map_err(|_| {
                Error::new(
                    Code::AuthorizationExpired,
                    "the browser didn't come back from the sign-in in time",
                )
                .with_hint("Start the sign-in again")
            })
    }

    async fn serve(self, state: &Secret, patience: Duration) -> Secret {
        let desk = Arc::new(visit::Desk::new(&self.redirect_uri, state, patience));
        // A visitor reports after its page is written, so closing doesn't cut the page off.
        let (found, mut arrived) = mpsc::channel(1);
        // Dropping the set ends whoever is still there.
        let mut visitors = JoinSet::new();
        let mut oldest_first: VecDeque<AbortHandle> = VecDeque::new();
        loop {
            tokio::select! {
                Some(address) = arrived.recv() => return address,
                stream = self.accept() => {
                    oldest_first.retain(|visitor| !visitor.is_finished());
                    if oldest_first.len() >= VISITORS
                        && let Some(oldest) = oldest_first.pop_front()
                    {
                        oldest.abort();
                    }
                    let visit = visit::receive(stream, Arc::clone(&desk), found.clone());
                    oldest_first.push_back(visitors.spawn(visit));
                }
                Some(_) = visitors.join_next() => {}
            }
        }
    }

    async fn accept(&self) -> TcpStream {
        loop {
            let accepted = match &self.sockets[..] {
                [first, second] => tokio::select! {
                    accepted = first.accept() => accepted,
                    accepted = second.accept() => accepted,
                },
                [first, ..] => first.accept().await,
                [] => std::future::pending().await,
            };
            match accepted {
                Ok((stream, _)) => return stream,
                // Out of file descriptors, most likely: asking again at once would only burn the processor.
                Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
            }
        }
    }
}

async fn bind_port(host: LoopbackHost, port: u16) -> std::io::Result<Vec<TcpListener>> {
    let first = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
    let port = first.local_addr()?.port();
    if host == LoopbackHost::Ip {
        return Ok(vec![first]);
    }
    match TcpListener::bind((Ipv6Addr::LOCALHOST, port)).await {
        Ok(second) => Ok(vec![first, second]),
        // Somebody else would get what the browser sends to [::1].
        Err(error)
            if matches!(
                error.kind(),
                ErrorKind::AddrInUse | ErrorKind::PermissionDenied
            ) =>
        {
            Err(error)
        }
        Err(_) => Ok(vec![first]),
    }
}
