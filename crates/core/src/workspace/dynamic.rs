//! Client registrations made at the server itself (RFC 7591).

use crate::Core;
use crate::connection::values::settings_only;
use crate::connection::{RedirectView, RegistrationSource};
use crate::connector::{AuthMethod, Connector};
use crate::error::{Code, Error, Result};
use crate::oauth::{Endpoints, discovery, registration};
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
        let uris = redirect_uris(method, redirect);
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
}

/// The callback address of this attempt. The device grant needs none, but servers want one (RFC 7591 2).
fn redirect_uris(method: &AuthMethod, redirect: Option<&RedirectView>) -> Vec<String> {
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
