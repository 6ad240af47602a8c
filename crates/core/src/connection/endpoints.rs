//! Where an attempt goes and as whom: the endpoints of a method for its settings, and the client.

use std::collections::BTreeMap;

use crate::Core;
use crate::connector::template::Values;
use crate::connector::{AuthMethod, ClientAuth, Connector, custom};
use crate::error::{Code, Error, Result};
use crate::oauth::{ClientIdentity, Endpoints, discovery};
use crate::store::registrations::RegistrationRecord;

use super::values::settings_only;

impl Core {
    /// The endpoints of a method for these settings, discovered where the definition says so.
    pub(crate) async fn endpoints(
        &self,
        connector: &Connector,
        method: &AuthMethod,
        settings: &BTreeMap<String, String>,
    ) -> Result<Endpoints> {
        let oauth = method.oauth.as_ref().ok_or_else(no_oauth)?;
        let values = settings_only(connector, method, settings);
        self.resolve(oauth, connector, &values).await
    }

    pub(crate) async fn resolve(
        &self,
        oauth: &crate::connector::OAuth,
        connector: &Connector,
        values: &Values,
    ) -> Result<Endpoints> {
        let mut endpoints = Endpoints::resolve(oauth, &connector.quirks, values)?;
        if oauth.discovery {
            let issuer = endpoints
                .issuer
                .clone()
                .ok_or_else(|| Error::field("issuer", "Type the issuer's address"))?;
            let http = self.http_for(connector, values, None);
            let found = discovery::discover(&http, &issuer).await?;
            // A part of a host is typed at many a provider of the catalogue; at one of the person's own it proves nothing.
            let typed = match self.catalogue().is_shipped(connector) {
                true => oauth
                    .issuer
                    .as_deref()
                    .is_some_and(|issuer| issuer.contains('{')),
                false => custom::issuer_is_typed(connector),
            };
            if !typed {
                refuse_unseen_hosts(connector, &found.other_hosts)?;
            }
            endpoints.client_auth = found.client_auth.as_ref().and_then(|listed| {
                let ours = oauth.client_auth.iter();
                ours.copied()
                    .find(|method| *method != ClientAuth::None && listed.contains(method))
            });
            endpoints.merge(found.metadata);
        }
        Ok(endpoints)
    }

    /// As whom an attempt signs in: the newest secret of the registration.
    pub(crate) async fn client(
        &self,
        registration: Option<&RegistrationRecord>,
        oauth: &crate::connector::OAuth,
        endpoints: &Endpoints,
    ) -> Result<ClientIdentity> {
        let auth = client_auth(oauth, endpoints);
        match registration {
            Some(registration) => self
                .client_identities(registration, auth)
                .await?
                .into_iter()
                .next()
                .ok_or_else(|| Error::internal("a registration has an identity")),
            None => Ok(ClientIdentity::new("", None, auth)),
        }
    }
}

/// Metadata of an issuer that the definition fixes may only lead to hosts that the definition names: those are what the
/// person saw. An issuer that the person typed speaks for itself.
fn refuse_unseen_hosts(connector: &Connector, hosts: &[String]) -> Result<()> {
    let named = custom::hosts(connector);
    match hosts
        .iter()
        .find(|host| !named.iter().any(|used| used.host == **host))
    {
        None => Ok(()),
        Some(host) => Err(Error::new(
            Code::WrongSettings,
            format!(
                "The metadata of {} leads to {host}, which its definition doesn't name",
                connector.name
            ),
        )
        .with_hint("Make the definition anew from the issuer to see and accept that host")),
    }
}

/// How the client authenticates: as the server told, else as the definition says first.
pub(crate) fn client_auth(oauth: &crate::connector::OAuth, endpoints: &Endpoints) -> ClientAuth {
    let first = oauth.client_auth.first().copied();
    endpoints.client_auth.or(first).unwrap_or(ClientAuth::Post)
}

pub(super) fn no_oauth() -> Error {
    Error::new(Code::InvalidDefinition, "the method has no OAuth part")
}
