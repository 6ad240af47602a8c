//! Beginning to authorise: one pending attempt a connection, sealed in the store, so that the callback may arrive at a
//! freshly started app.

use std::collections::BTreeMap;
use std::time::Duration;

use sha2::{Digest as _, Sha256};
use url::Url;

use crate::Core;
use crate::connector::AuthKind;
use crate::error::{Code, Error, Result};
use crate::oauth::authorization_code::Wishes;
use crate::oauth::endpoints::check_endpoint;
use crate::oauth::loopback::Listener;
use crate::oauth::{Endpoints, Provider, authorization_code, device_code};
use crate::store::authorizations::{self, AuthorizationRecord, Change};
use crate::store::connections::ConnectionRecord;
use crate::store::registrations::RegistrationRecord;
use crate::vault::{Secret, SecretRecord};

use super::endpoints::no_oauth;
use super::values::settings_only;
use super::{AuthorizationPhase, AuthorizationView, DeviceView, RedirectKind, RedirectView};

/// How long a sign-in may take (requirement A12).
pub(crate) const LIFETIME_SECONDS: i64 = 600;

/// Names in an authorization's sealed record.
pub(crate) const STATE: &str = "state";
pub(crate) const VERIFIER: &str = "verifier";
pub(crate) const NONCE: &str = "nonce";
pub(crate) const ADDRESS: &str = "address";
pub(crate) const DEVICE_CODE: &str = "device_code";

/// What is to be authorised.
pub(crate) struct Attempt<'a> {
    pub record: &'a ConnectionRecord,
    pub reauthorization: bool,
    pub scopes: Vec<String>,
    /// Settings that take effect with success; `None`: as they are.
    pub settings: Option<BTreeMap<String, String>>,
    pub registration: Option<RegistrationRecord>,
    /// Secret fields that take effect with success, under `field:<key>`.
    pub secrets: SecretRecord,
    pub redirect: Option<RedirectView>,
    pub endpoints: Endpoints,
}

impl Core {
    /// Begins an attempt: seals it, then opens the browser or shows the device code.
    pub(crate) async fn begin(&self, mut attempt: Attempt<'_>) -> Result<AuthorizationView> {
        let connector = self.catalogue().require(&attempt.record.connector)?;
        let method = connector.method(&attempt.record.method)?;
        let oauth = method.oauth.as_ref().ok_or_else(no_oauth)?;
        self.make_room(&attempt.record.id).await?;

        let settings = attempt
            .settings
            .as_ref()
            .unwrap_or(&attempt.record.settings);
        let values = settings_only(&connector, method, settings);
        let client = self
            .client(attempt.registration.as_ref(), oauth, &attempt.endpoints)
            .await?;
        let provider = Provider {
            oauth,
            quirks: &connector.quirks,
            endpoints: &attempt.endpoints,
            client: &client,
            values: &values,
        };
        let mut secrets = std::mem::take(&mut attempt.secrets);
        let mut listener = None;
        let mut device = None;
        let mut poll = None;
        let mut expires_at = self.now().plus_seconds(LIFETIME_SECONDS);
        let mut state_key = None;
        let mut state = None;
        match method.kind {
            AuthKind::DeviceCode => {
                let http = self.http_for(&connector, &values, Some(&attempt.endpoints));
                let begun = device_code::begin(&self.outside(&http), &provider, &attempt.scopes)
                    .await
                    .map_err(|failure| failure.into_error(&attempt.record.name, &connector.name))?;
                expires_at = begun.expires_at;
                device = Some(DeviceView {
                    user_code: begun.user_code.clone(),
                    verification_uri: begun.verification_uri.to_string(),
                });
                let complete = begun.verification_uri_complete.as_ref();
                let address = complete.unwrap_or(&begun.verification_uri);
                secrets.insert(ADDRESS, Secret::new(address.as_str()));
                secrets.insert(DEVICE_CODE, begun.device_code.duplicate());
                poll = Some(begun.interval);
            }
            _ => {
                let redirect = attempt.redirect.as_mut().ok_or_else(|| {
                    Error::new(
                        Code::Unsupported,
                        "the provider takes none of the ways back from the browser",
                    )
                })?;
                if redirect.kind == RedirectKind::Loopback {
                    let (host, ports) = super::redirects::loopback(method)?;
                    let bound = Listener::bind(&attempt.record.connector, host, &ports).await?;
                    bound.redirect_uri().as_str().clone_into(&mut redirect.uri);
                    listener = Some(bound);
                }
                let redirect_uri = Url::parse(&redirect.uri)
                    .map_err(|_| Error::field("paste_uri", "The callback address can't be read"))?;
                let request = authorization_code::begin(
                    &provider,
                    &attempt.scopes,
                    &redirect_uri,
                    &wishes(&attempt, oauth.discovery),
                    &*self.0.options.random,
                )?;
                state_key = Some(key_of_state(&request.state));
                state = Some(request.state.duplicate());
                secrets.insert(ADDRESS, Secret::new(request.url.as_str()));
                secrets.insert(STATE, request.state);
                if let Some(verifier) = request.verifier {
                    secrets.insert(VERIFIER, verifier);
                }
                if let Some(nonce) = request.nonce {
                    secrets.insert(NONCE, nonce);
                }
            }
        }

        let id = self.new_id();
        let record = AuthorizationRecord {
            sealed: self.seal("authorization", &id, 1, &secrets).await?,
            id: id.clone(),
            connection: attempt.record.id.clone(),
            reauthorization: attempt.reauthorization,
            state_key,
            phase: AuthorizationPhase::Waiting,
            started_at: self.now(),
            expires_at,
            redirect: attempt.redirect.clone(),
            scopes: attempt.scopes.clone(),
            change: Change {
                settings: attempt.settings.clone(),
                registration: attempt
                    .registration
                    .as_ref()
                    .map(|registration| registration.id.clone()),
            },
            endpoints: Some(attempt.endpoints.clone()),
            device,
            error: None,
            new_account: None,
            generation: 1,
        };
        authorizations::insert(self.database(), &record).await?;
        if let (Some(listener), Some(state)) = (listener, state) {
            self.wait_for_loopback(&id, listener, state, expires_at);
        }
        if let Some(interval) = poll {
            self.poll_device(&id, seconds(interval));
        } else {
            self.open_address(&secrets)?;
        }
        self.authorization_view(&record).await
    }

    /// Opens the attempt's address once more.
    ///
    /// # Errors
    /// `AuthorizationExpired` when it doesn't wait any more.
    pub async fn open_browser_again(&self, id: &str) -> Result<()> {
        let record = self.waiting_authorization(id).await?;
        let secrets = self
            .unseal(
                "authorization",
                &record.id,
                record.generation,
                &record.sealed,
            )
            .await?;
        self.open_address(&secrets)
    }

    fn open_address(&self, secrets: &SecretRecord) -> Result<()> {
        let address = secrets
            .get(ADDRESS)
            .ok_or_else(|| Error::internal("the sign-in has no address"))?;
        let url = Url::parse(address.expose())
            .map_err(|_| Error::internal("the sign-in's address can't be read"))?;
        check_endpoint(&url)?;
        self.0.options.browser.open(&url)
    }
}

fn seconds(count: i64) -> Duration {
    Duration::from_secs(u64::try_from(count).unwrap_or(5).max(1))
}

/// What to ask of the provider: at a reauthorization the account that was there before is suggested.
fn wishes(attempt: &Attempt<'_>, discovered: bool) -> Wishes {
    let hint = attempt.record.account_name.clone();
    // OpenID Connect Core 11: offline access is only granted with a consent. Definitions of one provider say so
    // themselves where it is needed.
    let prompt = discovered && attempt.scopes.iter().any(|scope| scope == "offline_access");
    Wishes {
        prompt: prompt.then(|| "consent".to_owned()),
        login_hint: hint.filter(|name| attempt.reauthorization && name.contains('@')),
    }
}

/// Finds the row of a state without holding the state: the first half of its SHA-256, in hexadecimal.
pub(crate) fn key_of_state(state: &Secret) -> String {
    Sha256::digest(state.expose().as_bytes())[..16]
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

pub(crate) fn expired() -> Error {
    Error::new(
        Code::AuthorizationExpired,
        "This sign-in isn't waiting any more",
    )
    .with_hint("Start it again")
}
