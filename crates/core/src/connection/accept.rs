//! Accepting what a sign-in brought: try it out, ask whose account it is, keep it, and only then say *Connected*.

use std::collections::BTreeMap;

use crate::Core;
use crate::activity::Outcome;
use crate::connector::{AuthKind, AuthMethod, Connector};
use crate::credential::TestVerdict;
use crate::error::{Code, Error, Result};
use crate::oauth::{Endpoints, TokenAnswer};
use crate::store::authorizations::{self, AuthorizationRecord};
use crate::store::connections::{self, ConnectionRecord};
use crate::vault::{Secret, SecretRecord};

use super::callback::action;
use super::testing::{self, Tried};
use super::values::{ACCESS_TOKEN, REFRESH_TOKEN};
use super::{AuthorizationPhase, AuthorizationView, Status};

/// Name in the sealed record of an attempt that waits for a yes: the answer's facts, as JSON.
const HELD: &str = "held";

/// Facts of an answer that must outlive the question whose account it is.
#[derive(serde::Serialize, serde::Deserialize)]
struct Held {
    settings: BTreeMap<String, String>,
    granted: Option<Vec<String>>,
    expires_at: Option<i64>,
    refresh_expires_at: Option<i64>,
    account_id: Option<String>,
    account_name: Option<String>,
    endpoints: Endpoints,
    test: Option<super::TestResult>,
}

impl Core {
    /// Takes the answer of a token endpoint for an attempt.
    pub(crate) async fn accept(
        &self,
        record: &AuthorizationRecord,
        connection: ConnectionRecord,
        mut settings: BTreeMap<String, String>,
        mut secrets: SecretRecord,
        answer: TokenAnswer,
        endpoints: &Endpoints,
    ) -> Result<()> {
        let connector = self.catalogue().require(&connection.connector)?;
        let method = connector.method(&connection.method)?;
        for captured in &answer.captures {
            settings.insert(captured.field.clone(), captured.value.clone());
        }
        secrets.insert(ACCESS_TOKEN, answer.access_token.duplicate());
        if let Some(token) = &answer.refresh_token {
            secrets.insert(REFRESH_TOKEN, token.duplicate());
        }
        self.carry_over(&connection, &mut secrets).await?;

        self.settle_site(&connector, &mut settings, &answer.access_token)
            .await?;
        let client_id = match &record.change.registration {
            Some(id) => Some(self.find_registration(id).await?.client_id),
            None => None,
        };
        let values = super::values::gather(
            &connector,
            method,
            &settings,
            &secrets,
            client_id.as_deref(),
        );
        let tried = self.run_test(&connector, method, &values).await;
        let account = answer
            .account
            .as_ref()
            .map(|account| (account.id.clone(), account.name.clone()));
        let (account_id, account_name) = whose(account, tried.as_ref());
        let now = self.now();
        let held = Held {
            settings,
            granted: answer
                .scopes
                .clone()
                .or_else(|| tried.as_ref().and_then(|tried| tried.scopes.clone())),
            expires_at: lifetime(method, &answer).map(|seconds| now.plus_seconds(seconds).0),
            refresh_expires_at: refresh_lifetime(method, &answer)
                .map(|seconds| now.plus_seconds(seconds).0),
            account_id,
            account_name,
            endpoints: endpoints.clone(),
            test: tried.map(|tried| tried.result),
        };
        let is_other = record.reauthorization
            && matches!((&connection.account_id, &held.account_id), (Some(old), Some(new)) if old != new);
        match is_other {
            true => self.ask_whose(record, secrets, held).await,
            false => self.keep_grant(record, connection, secrets, held).await,
        }
    }

    /// Answers the question whether another account may take the connection over.
    ///
    /// # Errors
    /// `AuthorizationExpired` when nothing is asked any more.
    pub async fn answer_account_question(
        &self,
        id: &str,
        accept: bool,
    ) -> Result<AuthorizationView> {
        let record = authorizations::find(self.database(), id)
            .await?
            .filter(|record| record.phase == AuthorizationPhase::AccountQuestion)
            .ok_or_else(super::attempt::expired)?;
        if !accept {
            authorizations::advance(
                self.database(),
                id,
                &[AuthorizationPhase::AccountQuestion],
                AuthorizationPhase::Cancelled,
                None,
            )
            .await?;
            let connection = self.find(&record.connection).await?;
            self.log(
                action(&record),
                Outcome::Cancelled,
                &connection,
                Some("Another account had signed in"),
            )
            .await;
            self.wipe_attempt(&record).await?;
            self.authorization_changed(&record);
            return self.authorization(id).await;
        }
        let connection = self.find(&record.connection).await?;
        let mut secrets = self
            .unseal(
                "authorization",
                &record.id,
                record.generation,
                &record.sealed,
            )
            .await?;
        let held = secrets.remove(HELD).ok_or_else(super::attempt::expired)?;
        let held: Held = serde_json::from_str(held.expose())
            .map_err(|_| Error::internal("the held answer can't be read"))?;
        self.keep_grant(&record, connection, secrets, held).await?;
        self.authorization(id).await
    }

    /// Puts the secret fields that the connection had beside the new tokens.
    async fn carry_over(
        &self,
        connection: &ConnectionRecord,
        secrets: &mut SecretRecord,
    ) -> Result<()> {
        if connection.sealed.is_empty() {
            return Ok(());
        }
        let old = self.secrets_of(connection).await?;
        let kept: Vec<String> = old
            .keys()
            .filter(|name| name.starts_with("field:"))
            .map(ToOwned::to_owned)
            .collect();
        for name in kept {
            if let (None, Some(secret)) = (secrets.get(&name), old.get(&name)) {
                secrets.insert(name, secret.duplicate());
            }
        }
        Ok(())
    }

    async fn ask_whose(
        &self,
        record: &AuthorizationRecord,
        mut secrets: SecretRecord,
        held: Held,
    ) -> Result<()> {
        let mut record = record.clone();
        let expected = record.generation;
        record.generation += 1;
        record.phase = AuthorizationPhase::AccountQuestion;
        record.new_account = held
            .account_name
            .clone()
            .or_else(|| held.account_id.clone());
        let held = serde_json::to_string(&held)
            .map_err(|_| Error::internal("the answer can't be held"))?;
        secrets.insert(HELD, Secret::new(held));
        record.sealed = self
            .seal("authorization", &record.id, record.generation, &secrets)
            .await?;
        authorizations::replace(self.database(), &record, expected).await?;
        self.authorization_changed(&record);
        Ok(())
    }

    /// Commits the grant. Until this commit the connection has its old one.
    async fn keep_grant(
        &self,
        record: &AuthorizationRecord,
        mut connection: ConnectionRecord,
        secrets: SecretRecord,
        held: Held,
    ) -> Result<()> {
        let flight = self.flight(&connection.id);
        let _flight = flight.lock().await;
        connection = self
            .find(&connection.id)
            .await
            .map_err(|_| gone(&connection))?;
        let expected = connection.generation;
        connection.generation += 1;
        connection.settings = held.settings;
        connection.registration = record
            .change
            .registration
            .clone()
            .or(connection.registration);
        connection.scopes_requested = record.scopes.clone();
        connection.scopes_granted = held.granted;
        connection.account_id = held.account_id;
        connection.account_name = held.account_name;
        connection.redirect = record.redirect.clone();
        connection.endpoints = Some(held.endpoints);
        connection.authorized_at = Some(self.now());
        connection.refreshed_at = None;
        connection.refresh_started_at = None;
        connection.expires_at = held.expires_at.map(crate::Timestamp);
        connection.refresh_expires_at = held.refresh_expires_at.map(crate::Timestamp);
        connection.has_refresh_token = secrets.get(REFRESH_TOKEN).is_some();
        connection.secret_names = secret_fields(&secrets);
        let (status, reason, problem) = testing::status_after(&connection, held.test.as_ref());
        connection.status = status;
        connection.status_reason = reason;
        connection.problem = problem;
        connection.last_test = held.test;
        connection.sealed = self
            .seal(
                "connection",
                &connection.id,
                connection.generation,
                &secrets,
            )
            .await?;
        connections::replace(self.database(), &connection, expected).await?;
        authorizations::advance(
            self.database(),
            &record.id,
            &[
                AuthorizationPhase::Finishing,
                AuthorizationPhase::AccountQuestion,
            ],
            AuthorizationPhase::Connected,
            None,
        )
        .await?;
        self.wipe_attempt(record).await?;
        let account = connection.account_name.as_deref();
        let detail = account.map(|account| format!("Connected as {account}"));
        self.log(
            action(record),
            Outcome::Done,
            &connection,
            detail.as_deref(),
        )
        .await;
        self.authorization_changed(record);
        Ok(())
    }

    /// Empties the sealed record of an attempt that is over.
    async fn wipe_attempt(&self, record: &AuthorizationRecord) -> Result<()> {
        let Some(mut record) = authorizations::find(self.database(), &record.id).await? else {
            return Ok(());
        };
        let expected = record.generation;
        record.generation += 1;
        record.sealed = self
            .seal(
                "authorization",
                &record.id,
                record.generation,
                &SecretRecord::new(),
            )
            .await?;
        authorizations::replace(self.database(), &record, expected).await
    }

    /// The non-interactive methods: get a token where there is one to get, then run the test request.
    pub(crate) async fn try_out(
        &self,
        connector: &Connector,
        method: &AuthMethod,
        record: &mut ConnectionRecord,
        secrets: &mut SecretRecord,
    ) -> Result<()> {
        if method.kind.has_tokens() {
            let answer = self.obtain(connector, method, record, secrets).await?;
            self.apply_answer(method, record, secrets, &answer);
            record.authorized_at = Some(self.now());
        }
        let client_id = self.client_id_of(record).await?;
        let values = super::values::gather(
            connector,
            method,
            &record.settings,
            secrets,
            client_id.as_deref(),
        );
        let Some(tried) = self.run_test(connector, method, &values).await else {
            record.status = Status::Connected;
            return Ok(());
        };
        record.last_test = Some(tried.result.clone());
        match tried.result.verdict {
            TestVerdict::Ok => {
                let (account_id, account_name) = whose(None, Some(&tried));
                record.account_id = account_id;
                record.account_name = account_name;
                if record.scopes_granted.is_none() {
                    record.scopes_granted = tried.scopes;
                }
                record.status = Status::Connected;
                Ok(())
            }
            _ => Err(testing::error_of(record, &tried.result)),
        }
    }

    pub(crate) async fn client_id_of(&self, record: &ConnectionRecord) -> Result<Option<String>> {
        match &record.registration {
            Some(id) => Ok(Some(self.find_registration(id).await?.client_id)),
            None => Ok(None),
        }
    }
}

/// The account: what the token answer says, else what the test request found.
fn whose(
    from_token: Option<(String, Option<String>)>,
    tried: Option<&Tried>,
) -> (Option<String>, Option<String>) {
    let from_test = tried.and_then(|tried| tried.account.clone());
    match (from_token, from_test) {
        (Some((id, Some(name))), _) => (Some(id), Some(name)),
        (Some((id, None)), from_test) => {
            let name = from_test.map_or_else(|| id.clone(), |(_, name)| name);
            (Some(id), Some(name))
        }
        (None, Some((id, name))) => (Some(id), Some(name)),
        (None, None) => (None, None),
    }
}

/// Seconds an access token lives: what the answer says, else what the definition knows.
pub(crate) fn lifetime(method: &AuthMethod, answer: &TokenAnswer) -> Option<i64> {
    answer.expires_in.or_else(|| {
        method
            .oauth
            .as_ref()
            .and_then(|oauth| oauth.refresh.access_lifetime_seconds)
            .map(i64::from)
    })
}

pub(crate) fn refresh_lifetime(method: &AuthMethod, answer: &TokenAnswer) -> Option<i64> {
    answer.refresh_token.as_ref()?;
    answer.refresh_expires_in.or_else(|| {
        method
            .oauth
            .as_ref()
            .and_then(|oauth| oauth.refresh.lifetime_seconds)
            .map(i64::from)
    })
}

/// Keys of the secret fields in a record.
pub(crate) fn secret_fields(secrets: &SecretRecord) -> Vec<String> {
    secrets
        .keys()
        .filter_map(|name| name.strip_prefix("field:"))
        .map(ToOwned::to_owned)
        .collect()
}

fn gone(connection: &ConnectionRecord) -> Error {
    Error::new(
        Code::NotFound,
        format!("“{}” was deleted during the sign-in", connection.name),
    )
}

/// Whether a method is the kind that a person signs in to again to renew it.
pub(crate) fn signs_in_again(method: &AuthMethod) -> bool {
    matches!(
        method.kind,
        AuthKind::AuthorizationCode | AuthKind::DeviceCode
    )
}
