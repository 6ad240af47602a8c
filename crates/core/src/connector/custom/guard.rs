//! The last look before a request is sent for a connector of the person's own: only hosts that its definition names, and
//! that the person was shown, are asked. Whatever made the address (a template, metadata, a callback, a key file, what was
//! stored) ends here.

use url::{Origin, Url};

use super::hosts::{issuer_is_typed, origins};
use crate::connector::Connector;
use crate::connector::template::Values;
use crate::http::{BoxFuture, Http, HttpError, Request, Response};
use crate::oauth::Endpoints;

/// An HTTP client that asks only some hosts, or all of them.
pub struct Guarded<'a> {
    http: &'a dyn Http,
    only: Option<Vec<Origin>>,
}

impl<'a> Guarded<'a> {
    /// For a connector of the catalogue, whose hosts were reviewed.
    pub fn open(http: &'a dyn Http) -> Self {
        Self { http, only: None }
    }

    /// For a connector of the person's own, with these values in its addresses. `found` are endpoints that metadata
    /// named: they count where the person typed the issuer, which then speaks for itself.
    pub fn for_own(
        http: &'a dyn Http,
        connector: &Connector,
        values: &Values,
        found: Option<&Endpoints>,
    ) -> Self {
        let mut only = origins(connector, values);
        if issuer_is_typed(connector) {
            only.extend(found.into_iter().flat_map(Endpoints::urls).map(Url::origin));
        }
        Self {
            http,
            only: Some(only),
        }
    }
}

impl Http for Guarded<'_> {
    fn send(&self, request: Request) -> BoxFuture<'_, Result<Response, HttpError>> {
        let origin = request.url.origin();
        match &self.only {
            Some(only) if !only.contains(&origin) => {
                let host = request.url.host_str().unwrap_or("-").to_owned();
                tracing::warn!(host, "a request to a host that its definition doesn't name");
                Box::pin(std::future::ready(Err(HttpError::Unnamed(host))))
            }
            Some(_) | None => self.http.send(request),
        }
    }
}
