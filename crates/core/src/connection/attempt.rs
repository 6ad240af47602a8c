//! Beginning to authorise: one pending attempt a connection, sealed in the store, so that the callback may arrive at a
//! freshly started app.

use std::collections::BTreeMap;
use std::time::Duration;

use sha2::{Digest as _, Sha256};
use url::Url;

use crate::Core;
use crate::clock::Timestamp;
use crate::connector::template::Values;
use crate::connector::{AuthKind, AuthMethod, ClientAuth, Connector, LoopbackHost, custom};
use crate::error::{Code, Error, Result};
use crate::oauth::authorization_code::Wishes;
use crate::oauth::endpoints::check_endpoint;
use crate::oauth::loopback::{Listener, Patience};
use crate::oauth::{
    ClientIdentity, Endpoints, Provider, authorization_code, device_code, discovery,
};
use crate::store::authorizations::{self, AuthorizationRecord, Change};
use crate::store::connections::ConnectionRecord;
use crate::store::registrations::RegistrationRecord;
use crate::vault::{Secret, SecretRecord};

use super::values::settings_only;
use super::{AuthorizationPhase, AuthorizationView, DeviceView, RedirectKind, RedirectView};

/// How long a sign-in may take (requirement A12).
pub(crate) const LIFETIME_SECONDS: i64 = 600;
/// How many sign-ins may wait at once.
const MOST_WAITING: usize = 8;

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
                let begun = device_code::begin(&self.outside(), &provider, &attempt.scopes)
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
            let found = discovery::discover(&*self.0.options.http, &issuer).await?;
            refuse_unseen_hosts(connector, oauth, &found.other_hosts)?;
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

    pub(crate) async fn waiting_authorization(&self, id: &str) -> Result<AuthorizationRecord> {
        let record = authorizations::find(self.database(), id)
            .await?
            .ok_or_else(expired)?;
        match record.phase == AuthorizationPhase::Waiting && record.expires_at > self.now() {
            true => Ok(record),
            false => Err(expired()),
        }
    }

    /// At most eight sign-ins wait; those whose time is over make room.
    async fn make_room(&self, connection: &str) -> Result<()> {
        let open = authorizations::open(self.database()).await?;
        let now = self.now();
        let mut waiting = 0;
        for record in open.iter().filter(|record| record.connection != connection) {
            if record.expires_at <= now {
                self.expire(record).await?;
            } else {
                waiting += 1;
            }
        }
        match waiting < MOST_WAITING {
            true => Ok(()),
            false => Err(
                Error::new(Code::Conflict, "Eight sign-ins are waiting already")
                    .with_hint("Finish or cancel one of them first"),
            ),
        }
    }

    fn wait_for_loopback(
        &self,
        id: &str,
        listener: Listener,
        state: Secret,
        expires_at: Timestamp,
    ) {
        let seconds = u64::try_from(expires_at.seconds_since(self.now())).unwrap_or(0);
        let patience = Patience {
            whole: Duration::from_secs(seconds),
            ..Patience::default()
        };
        let core = self.clone();
        let task = tokio::spawn(async move {
            if let Ok(address) = listener.receive(&state, patience).await {
                core.deliver(address.expose()).await;
            }
        });
        self.keep_task(id, task.abort_handle());
    }

    /// The listener of an earlier start: on its old port, with its state.
    async fn listen_again(
        &self,
        record: &AuthorizationRecord,
        redirect_uri: &str,
    ) -> Option<(Listener, Secret)> {
        let url = Url::parse(redirect_uri).ok()?;
        let host = match url.host_str() {
            Some("localhost") => LoopbackHost::Localhost,
            _ => LoopbackHost::Ip,
        };
        let connection = self.find(&record.connection).await.ok()?;
        let listener = Listener::bind(&connection.connector, host, &[url.port()?])
            .await
            .ok()?;
        let mut secrets = self
            .unseal(
                "authorization",
                &record.id,
                record.generation,
                &record.sealed,
            )
            .await
            .ok()?;
        Some((listener, secrets.remove(STATE)?))
    }

    pub(crate) fn poll_device(&self, id: &str, interval: Duration) {
        let core = self.clone();
        let authorization = id.to_owned();
        let task =
            tokio::spawn(async move { core.poll_device_code(&authorization, interval).await });
        self.keep_task(id, task.abort_handle());
    }

    fn keep_task(&self, id: &str, task: tokio::task::AbortHandle) {
        let mut waiting = self
            .0
            .waiting
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        waiting.retain(|_, task| !task.is_finished());
        if let Some(old) = waiting.insert(id.to_owned(), task) {
            old.abort();
        }
    }

    pub(crate) fn stop_task(&self, id: &str) {
        let task = self
            .0
            .waiting
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
            .remove(id);
        if let Some(task) = task {
            task.abort();
        }
    }

    /// After a start: sign-ins that were waiting wait again, on their old port or device code.
    pub(crate) async fn resume_authorizations(&self) {
        let Ok(open) = authorizations::open(self.database()).await else {
            return;
        };
        for record in open {
            if record.expires_at <= self.now() || record.phase == AuthorizationPhase::Finishing {
                let _ = self.expire(&record).await;
                continue;
            }
            if record.phase != AuthorizationPhase::Waiting {
                continue;
            }
            if record.device.is_some() {
                self.poll_device(&record.id, Duration::from_secs(5));
            } else if let Some(redirect) = &record.redirect
                && redirect.kind == RedirectKind::Loopback
                && let Some((listener, state)) = self.listen_again(&record, &redirect.uri).await
            {
                self.wait_for_loopback(&record.id, listener, state, record.expires_at);
            }
        }
    }
}

fn seconds(count: i64) -> Duration {
    Duration::from_secs(u64::try_from(count).unwrap_or(5).max(1))
}

/// Metadata of an issuer that the definition fixes may only lead to hosts that the definition names: those are what the
/// person saw. An issuer that the person typed speaks for itself.
fn refuse_unseen_hosts(
    connector: &Connector,
    oauth: &crate::connector::OAuth,
    hosts: &[String],
) -> Result<()> {
    let typed = oauth
        .issuer
        .as_deref()
        .is_some_and(|issuer| issuer.contains('{'));
    let named = custom::hosts(connector);
    match hosts
        .iter()
        .find(|host| !typed && !named.iter().any(|used| used.host == **host))
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

fn no_oauth() -> Error {
    Error::new(Code::InvalidDefinition, "the method has no OAuth part")
}
