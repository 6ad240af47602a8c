//! Ways back from the browser, and which of them work on this machine.

use crate::Core;
use crate::connector::{AuthKind, AuthMethod, LoopbackHost, Redirect};
use crate::error::{Code, Error, Result};

use super::{LinkHandler, RedirectKind, RedirectView};

/// The scheme of our deep links.
pub const SCHEME: &str = "dev.patchbay.desktop";

impl Core {
    /// The ways back that a method's provider takes, the one that will be used first.
    ///
    /// # Errors
    /// `NotFound` for an unknown connector or method.
    pub fn redirect_options(&self, connector: &str, method: &str) -> Result<Vec<RedirectView>> {
        let definition = self.catalogue().require(connector)?;
        let method = definition.method(method)?;
        Ok(options(connector, method, self.0.options.links.handler()))
    }

    /// The way back to use: the one asked for, or the first that works here.
    pub(crate) fn choose_redirect(
        &self,
        connector: &str,
        method: &AuthMethod,
        wanted: Option<RedirectKind>,
        paste_uri: Option<&str>,
    ) -> Result<RedirectView> {
        let all = options(connector, method, self.0.options.links.handler());
        let mut chosen = match wanted {
            Some(kind) => all.into_iter().find(|option| option.kind == kind),
            None => all.into_iter().next(),
        }
        .ok_or_else(|| {
            Error::field(
                "redirect",
                "The provider doesn't take this way back from the browser",
            )
        })?;
        if chosen.kind == RedirectKind::Paste && chosen.uri.is_empty() {
            let uri = paste_uri
                .map(str::trim)
                .filter(|uri| !uri.is_empty())
                .ok_or_else(|| {
                    Error::field(
                        "paste_uri",
                        "Type the callback address that is registered at the provider",
                    )
                })?;
            let url = url::Url::parse(uri).map_err(|_| {
                Error::field("paste_uri", "Type a whole address, beginning with https://")
            })?;
            crate::connector::template::check_scheme(&url)
                .map_err(|error| error.with_field("paste_uri"))?;
            uri.clone_into(&mut chosen.uri);
        }
        Ok(chosen)
    }
}

/// Ways back in the order of use: the definition's order, with deep links last when they don't reach us.
fn options(connector: &str, method: &AuthMethod, handler: LinkHandler) -> Vec<RedirectView> {
    if method.kind != AuthKind::AuthorizationCode {
        return Vec::new();
    }
    let redirects = method.oauth.iter().flat_map(|oauth| &oauth.redirect);
    let mut views: Vec<RedirectView> = redirects
        .map(|redirect| view(connector, redirect))
        .collect();
    if matches!(handler, LinkHandler::Foreign | LinkHandler::Missing) {
        let (links, mut others): (Vec<_>, Vec<_>) = views
            .into_iter()
            .partition(|option| option.kind == RedirectKind::DeepLink);
        others.extend(links);
        views = others;
    }
    views
}

/// Every callback address a method may come back by; those that a person types are left out.
pub(crate) fn redirect_uris(connector: &str, method: &AuthMethod) -> Vec<String> {
    let redirects = method.oauth.iter().flat_map(|oauth| &oauth.redirect);
    redirects
        .flat_map(|redirect| match redirect {
            Redirect::Loopback { host, ports } if ports.len() > 1 => ports
                .iter()
                .map(|port| {
                    let only = Redirect::Loopback {
                        host: *host,
                        ports: vec![*port],
                    };
                    view(connector, &only).uri
                })
                .collect(),
            Redirect::DeepLink | Redirect::Loopback { .. } | Redirect::Paste { .. } => {
                vec![view(connector, redirect).uri]
            }
        })
        .filter(|uri| !uri.is_empty())
        .collect()
}

fn view(connector: &str, redirect: &Redirect) -> RedirectView {
    match redirect {
        Redirect::DeepLink => RedirectView {
            kind: RedirectKind::DeepLink,
            uri: format!("{SCHEME}:/callback/{connector}"),
            note: None,
        },
        Redirect::Loopback { host, ports } => {
            let host = match host {
                LoopbackHost::Ip => "127.0.0.1",
                LoopbackHost::Localhost => "localhost",
            };
            let (port, note) = match ports.as_slice() {
                [] => (
                    String::new(),
                    Some("The provider takes any port for this address.".to_owned()),
                ),
                [only] => (format!(":{only}"), None),
                [first, rest @ ..] => (
                    format!(":{first}"),
                    Some(format!(
                        "Where the provider takes several addresses, register it with the ports {} too, in case \
                         another program holds the first.",
                        rest.iter()
                            .map(u16::to_string)
                            .collect::<Vec<_>>()
                            .join(", ")
                    )),
                ),
            };
            RedirectView {
                kind: RedirectKind::Loopback,
                uri: format!("http://{host}{port}/callback/{connector}"),
                note,
            }
        }
        Redirect::Paste { uri } => RedirectView {
            kind: RedirectKind::Paste,
            uri: uri.clone().unwrap_or_default(),
            note: Some(
                "The browser ends at this address. Copy it from the address bar and paste it here."
                    .to_owned(),
            ),
        },
    }
}

/// Ports and host of a loopback redirect, for the listener.
pub(crate) fn loopback(method: &AuthMethod) -> Result<(LoopbackHost, Vec<u16>)> {
    method
        .oauth
        .iter()
        .flat_map(|oauth| &oauth.redirect)
        .find_map(|redirect| match redirect {
            Redirect::Loopback { host, ports } => Some((*host, ports.clone())),
            Redirect::DeepLink | Redirect::Paste { .. } => None,
        })
        .ok_or_else(|| {
            Error::new(
                Code::Unsupported,
                "the provider doesn't take loopback addresses",
            )
        })
}
