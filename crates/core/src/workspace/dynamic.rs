//! Clients that nobody registers by hand: registered at the server itself (RFC 7591), or known to it by the address of
//! a document (client ID metadata documents).

use crate::Core;
use crate::connection::values::settings_only;
use crate::connection::{RedirectView, RegistrationSource, redirect_uris};
use crate::connector::{AuthMethod, Connector};
use crate::error::{Code, Error, Result};
use crate::oauth::{Endpoints, client_metadata, discovery, registration};
use crate::store::connections::ConnectionRecord;
use crate::store::registrations::RegistrationRecord;

use super::registrations::NewRegistration;

impl Core {
    /// Registers Patchbay at the server of a method. Only for servers that describe themselves: what they accept is
    /// in their metadata.
    ///
    /// # Errors
    /// `Unsupported` when the server registers nobody; `BadRegistration` when it refuses or changes what was asked.
    pub(crate) async fn register_at_server(
        &self,
        connector: &Connector,
        record: &ConnectionRecord,
        method: &AuthMethod,
        redirect: Option<&RedirectView>,
        endpoints: &Endpoints,
    ) -> Result<RegistrationRecord> {
        let refused =
            |message: String| Error::new(Code::Unsupported, message).with_field("registration");
        let Some(endpoint) = &endpoints.registration else {
            return Err(refused(format!(
                "{} doesn't register apps by itself",
                connector.name
            ))
            .with_hint("Register an app at the provider and type its client ID here"));
        };
        let Some(issuer) = &endpoints.issuer else {
            return Err(refused(format!(
                "{} names no issuer to register at",
                connector.name
            )));
        };
        let values = settings_only(connector, method, &record.settings);
        let http = self.http_for(connector, &values, Some(endpoints));
        let server = discovery::discover(&http, issuer).await?;
        let uris = ways_back(method, redirect);
        let application = registration::Application::native(
            "Patchbay",
            uris,
            record.scopes_requested.clone(),
            &server,
        );
        let registered = registration::register(&http, endpoint, &application, None).await?;
        self.keep_registration(NewRegistration {
            connector: record.connector.clone(),
            name: format!("Made by {}", host_of(issuer)),
            client_id: registered.client_id,
            client_secret: registered.client_secret,
            registration_token: registered.management.map(|management| management.token),
            source: RegistrationSource::Dynamic,
            origin: Some(endpoints.token()?.origin().ascii_serialization()),
            secret_expires_at: registered.secret_expires_at,
        })
        .await
    }

    /// The document that makes Patchbay known at servers which take client ID metadata documents, to be hosted at
    /// `address`. `paste_uri` is the callback address of a method that leaves it to the person.
    ///
    /// # Errors
    /// `NotFound` for an unknown connector or method.
    pub fn client_document(
        &self,
        connector: &str,
        method: &str,
        address: &str,
        paste_uri: Option<&str>,
    ) -> Result<String> {
        let definition = self.catalogue().require(connector)?;
        let mut uris = redirect_uris(connector, definition.method(method)?);
        uris.extend(
            paste_uri
                .map(str::trim)
                .filter(|uri| !uri.is_empty())
                .map(str::to_owned),
        );
        Ok(client_metadata::document(address, "Patchbay", &uris))
    }

    /// A client known by its document: the server must take such, and the document must be there and right.
    ///
    /// # Errors
    /// `Unsupported` when the server doesn't say that it takes them; as [`client_metadata::check`].
    pub(crate) async fn known_by_document(
        &self,
        connector: &Connector,
        record: &ConnectionRecord,
        redirect: Option<&RedirectView>,
        endpoints: &Endpoints,
        address: &str,
        name: String,
    ) -> Result<RegistrationRecord> {
        let address = client_metadata::address(address)?;
        if !endpoints.client_id_metadata_document {
            return Err(Error::new(
                Code::Unsupported,
                format!(
                    "{} doesn't say that it takes an app by the address of its document",
                    connector.name
                ),
            )
            .with_field("registration")
            .with_hint("Register an app at the provider and type its client ID here"));
        }
        let uri = redirect.map(|redirect| redirect.uri.as_str());
        client_metadata::check(&*self.0.options.http, &address, uri.unwrap_or_default()).await?;
        self.keep_registration(NewRegistration {
            connector: record.connector.clone(),
            name,
            client_id: address.to_string(),
            client_secret: None,
            registration_token: None,
            source: RegistrationSource::Document,
            origin: Some(endpoints.token()?.origin().ascii_serialization()),
            secret_expires_at: None,
        })
        .await
    }
}

/// The callback address of this attempt. The device grant needs none, but servers want one (RFC 7591 2).
fn ways_back(method: &AuthMethod, redirect: Option<&RedirectView>) -> Vec<String> {
    match redirect {
        Some(redirect) => vec![redirect.uri.clone()],
        None => vec![format!(
            "{}:/callback/{}",
            crate::connection::SCHEME,
            method.id
        )],
    }
}

fn host_of(issuer: &str) -> String {
    url::Url::parse(issuer)
        .ok()
        .and_then(|url| url.host_str().map(ToOwned::to_owned))
        .unwrap_or_else(|| issuer.to_owned())
}
