//! The browser's answer: matched to its attempt, checked, exchanged, and only then believed.
//!
//! Order of the checks (requirement B3): path, state, time, `iss`, then error or code. An answer that matches nothing
//! does nothing.

use url::Url;

use crate::Core;
use crate::activity::{Action, Outcome};
use crate::connector::AccountSource;
use crate::error::{Code, Error, Result};
use crate::oauth::callback::{self, Callback};
use crate::oauth::id_token::{Claims, IdTokenRefused, verify};
use crate::oauth::{
    ClientIdentity, Endpoints, KeyCache, Outside, Provider, TokenAnswer, authorization_code,
};
use crate::store::authorizations::{self, AuthorizationRecord};
use crate::vault::Secret;

use super::attempt::{ADDRESS, NONCE, STATE, VERIFIER, expired, key_of_state};
use super::refusals::{not_exchanged, refused, wrong_issuer};
use super::values::settings_only;
use super::{AuthorizationPhase, AuthorizationView, Event};

impl Core {
    /// Takes an address that came as a deep link. Never fails visibly: an unknown link is counted and forgotten.
    /// Gives the authorization it belonged to.
    pub async fn handle_link(&self, address: &str) -> Option<String> {
        self.deliver(address).await
    }

    pub(crate) async fn deliver(&self, address: &str) -> Option<String> {
        let Ok(callback) = callback::parse(address) else {
            self.emit(Event::UnexpectedCallback);
            return None;
        };
        match self.find_attempt(&callback).await {
            Ok(Some(record)) => {
                let id = record.id.clone();
                self.complete(record, callback).await;
                Some(id)
            }
            Ok(None) | Err(_) => {
                self.emit(Event::UnexpectedCallback);
                None
            }
        }
    }

    /// Takes the address at which the browser ended, pasted by the person, for this attempt only.
    ///
    /// # Errors
    /// `InvalidInput` on `address` with what is wrong with it.
    pub async fn paste_address(&self, id: &str, address: &str) -> Result<AuthorizationView> {
        self.waiting_authorization(id).await?;
        let callback = callback::parse(address.trim()).map_err(|_| {
            Error::field(
                "address",
                "That isn't the address at which the sign-in ended. Copy the whole address bar",
            )
        })?;
        let record = self
            .find_attempt(&callback)
            .await?
            .filter(|record| record.id == id)
            .ok_or_else(|| {
                Error::field(
                    "address",
                    "That address belongs to another sign-in, or was used already. Start again",
                )
            })?;
        // The issuer comes last in most addresses: one that was copied in part can be copied once more.
        let issuer_holds = |endpoints| callback.iss_holds(endpoints);
        if !record.endpoints.as_ref().is_none_or(issuer_holds) {
            return Err(Error::field(
                "address",
                "That address isn't whole, or another server answered. Copy the whole address bar",
            ));
        }
        self.complete(record, callback).await;
        self.authorization(id).await
    }

    /// The waiting attempt a callback belongs to: by its state, on the path of its connector, in time.
    async fn find_attempt(&self, callback: &Callback) -> Result<Option<AuthorizationRecord>> {
        let key = key_of_state(&callback.state);
        let Some(record) = authorizations::by_state_key(self.database(), &key).await? else {
            return Ok(None);
        };
        if record.phase != AuthorizationPhase::Waiting {
            return Ok(None);
        }
        if record.expires_at <= self.now() {
            self.expire(&record).await?;
            return Ok(None);
        }
        let secrets = self
            .unseal(
                "authorization",
                &record.id,
                record.generation,
                &record.sealed,
            )
            .await?;
        let state_holds = secrets
            .get(STATE)
            .is_some_and(|state| callback.state_matches(state));
        Ok((state_holds && came_by(&record, callback)).then_some(record))
    }

    /// Completes an attempt that the callback belongs to. Its outcome is in the attempt's record.
    async fn complete(&self, record: AuthorizationRecord, callback: Callback) {
        let claimed = authorizations::advance(
            self.database(),
            &record.id,
            &[AuthorizationPhase::Waiting],
            AuthorizationPhase::Finishing,
            None,
        )
        .await;
        // The second of two deliveries finds the attempt taken and does nothing.
        if !matches!(claimed, Ok(true)) {
            return;
        }
        self.authorization_changed(&record);
        if let Err(error) = self.exchange(&record, callback).await {
            self.fail(&record, error).await;
        }
        // Last, because a loopback listener's own task may be the one that runs this.
        self.stop_task(&record.id);
    }

    async fn exchange(&self, record: &AuthorizationRecord, callback: Callback) -> Result<()> {
        let connection = self.find(&record.connection).await?;
        let connector = self.catalogue().require(&connection.connector)?;
        let method = connector.method(&connection.method)?;
        let (Some(oauth), Some(endpoints)) = (&method.oauth, &record.endpoints) else {
            return Err(expired());
        };
        let mut secrets = self
            .unseal(
                "authorization",
                &record.id,
                record.generation,
                &record.sealed,
            )
            .await?;
        let mut settings = record
            .change
            .settings
            .clone()
            .unwrap_or_else(|| connection.settings.clone());
        if !callback.iss_holds(endpoints) {
            return Err(wrong_issuer(&connection.name, &connector.name));
        }
        let code = match &callback.outcome {
            callback::Outcome::Code(code) => code,
            callback::Outcome::Error { code, description } => {
                return Err(refused(
                    &connection.name,
                    &connector.name,
                    code,
                    description.as_deref(),
                ));
            }
        };
        for captured in callback.captures(oauth)? {
            settings.insert(captured.field, captured.value);
        }
        let values = settings_only(&connector, method, &settings);
        // Zoho and its like name the server of the account in the callback.
        let endpoints = match oauth.capture.is_empty() {
            true => endpoints.clone(),
            false => {
                let moved = crate::oauth::Endpoints::resolve(oauth, &connector.quirks, &values)?;
                crate::oauth::Endpoints {
                    token: moved.token.or_else(|| endpoints.token.clone()),
                    ..endpoints.clone()
                }
            }
        };
        let registration = match &record.change.registration {
            Some(id) => Some(self.find_registration(id).await?),
            None => None,
        };
        let client = self
            .client(registration.as_ref(), oauth, &endpoints)
            .await?;
        let provider = Provider {
            oauth,
            quirks: &connector.quirks,
            endpoints: &endpoints,
            client: &client,
            values: &values,
        };
        let redirect = record.redirect.as_ref().ok_or_else(expired)?;
        let redirect_uri = Url::parse(&redirect.uri).map_err(|_| expired())?;
        let http = self.http_for(&connector, &values, Some(&endpoints));
        let mut answer = authorization_code::exchange(
            &self.outside(&http),
            &provider,
            code,
            &redirect_uri,
            secrets.get(VERIFIER),
        )
        .await
        .map_err(|failure| not_exchanged(&connection.name, &connector.name, failure))?;
        let claims = id_token(
            &self.outside(&http),
            &endpoints,
            &client,
            &self.0.keys,
            &answer,
            secrets.get(NONCE),
        )
        .await
        .map_err(|refused| refused.into_error(&connection.name, &connector.name))?;
        if let (Some(claims), Some(from)) = (claims, &oauth.account)
            && from.source == AccountSource::IdToken
        {
            answer.account = claims.account(from);
        }
        for name in [STATE, VERIFIER, NONCE, ADDRESS] {
            secrets.remove(name);
        }
        self.accept(record, connection, settings, secrets, answer, &endpoints)
            .await
    }

    /// Ends an attempt with the reason; the connection keeps what it had.
    pub(crate) async fn fail(&self, record: &AuthorizationRecord, error: Error) {
        let outcome = match error.code {
            Code::Denied => Outcome::Denied,
            _ => Outcome::Failed,
        };
        let phases = [
            AuthorizationPhase::Waiting,
            AuthorizationPhase::Finishing,
            AuthorizationPhase::AccountQuestion,
        ];
        let _ = authorizations::advance(
            self.database(),
            &record.id,
            &phases,
            AuthorizationPhase::Failed,
            Some(&error),
        )
        .await;
        if let Ok(connection) = self.find(&record.connection).await {
            self.log(action(record), outcome, &connection, Some(&error.message))
                .await;
        }
        self.authorization_changed(record);
    }

    /// Ends an attempt whose time is over.
    pub(crate) async fn expire(&self, record: &AuthorizationRecord) -> Result<()> {
        let phases = [
            AuthorizationPhase::Waiting,
            AuthorizationPhase::Finishing,
            AuthorizationPhase::AccountQuestion,
        ];
        let moved = authorizations::advance(
            self.database(),
            &record.id,
            &phases,
            AuthorizationPhase::Expired,
            None,
        )
        .await?;
        self.stop_task(&record.id);
        if moved {
            self.authorization_changed(record);
        }
        Ok(())
    }

    pub(crate) fn authorization_changed(&self, record: &AuthorizationRecord) {
        self.emit(Event::AuthorizationChanged {
            id: record.id.clone(),
            connection: record.connection.clone(),
        });
        self.changed(&record.connection);
    }
}

pub(crate) fn action(record: &AuthorizationRecord) -> Action {
    match record.reauthorization {
        true => Action::Reauthorize,
        false => Action::Authorize,
    }
}

/// Whether the callback came on the redirect URI of the attempt: same scheme, host, port and path (requirement A8).
fn came_by(record: &AuthorizationRecord, callback: &Callback) -> bool {
    record
        .redirect
        .as_ref()
        .and_then(|redirect| Url::parse(&redirect.uri).ok())
        .is_some_and(|redirect| callback.arrived_at(&redirect))
}

/// Checks the ID token that came along, when the issuer and its keys are known.
async fn id_token(
    outside: &Outside<'_>,
    endpoints: &Endpoints,
    client: &ClientIdentity,
    keys: &KeyCache,
    answer: &TokenAnswer,
    nonce: Option<&Secret>,
) -> Result<Option<Claims>, IdTokenRefused> {
    match &answer.id_token {
        Some(token) if endpoints.issuer.is_some() && endpoints.jwks.is_some() => {
            verify(outside, endpoints, &client.client_id, keys, token, nonce)
                .await
                .map(Some)
        }
        Some(_) | None => Ok(None),
    }
}
