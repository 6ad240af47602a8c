//! Keeping tokens fresh: one refresh in flight per connection, a journal around it, and never a worse state after a
//! failure than before (requirements D1 to D6).

use crate::Core;
use crate::activity::{Action, Outcome};
use crate::connector::{AuthKind, AuthMethod, Connector};
use crate::error::{Code, Error, Result};
use crate::oauth::{
    FailureKind, Outside, Provider, TokenAnswer, TokenFailure, client_credentials, github_app,
    jwt_bearer, refresh_token, session_token,
};
use crate::store::connections::{self, ConnectionRecord};
use crate::vault::SecretRecord;

use super::Status;
use super::accept::{lifetime, refresh_lifetime, signs_in_again};
use super::values::{ACCESS_TOKEN, PREVIOUS_REFRESH_TOKEN, REFRESH_TOKEN, gather, settings_only};

/// Seconds before the end at which a token counts as stale, at most (requirement D8).
const MARGIN_SECONDS: i64 = 60;

/// A connection with secrets that are good now.
pub(crate) struct Fresh {
    pub record: ConnectionRecord,
    pub secrets: SecretRecord,
}

impl Core {
    /// The connection with a token that is valid for a while, renewed if need be. Callers at the same time share one
    /// renewal.
    ///
    /// # Errors
    /// `Revoked` when the person must sign in again; `Network` and `ProviderDown` when only this try failed and the
    /// old token has ended; the vault's state.
    pub(crate) async fn fresh(&self, id: &str) -> Result<Fresh> {
        let record = self.find(id).await?;
        let secrets = self.secrets_of(&record).await?;
        if !self.is_stale(&record, &secrets)? {
            return Ok(Fresh { record, secrets });
        }
        self.renew(&record, false).await
    }

    /// Renews the token, though it looks good: the provider refused it.
    pub(crate) async fn renew_refused(&self, record: &ConnectionRecord) -> Result<Fresh> {
        self.renew(record, true).await
    }

    fn is_stale(&self, record: &ConnectionRecord, secrets: &SecretRecord) -> Result<bool> {
        let connector = self.catalogue().require(&record.connector)?;
        let method = connector.method(&record.method)?;
        if !method.kind.has_tokens() {
            return Ok(false);
        }
        if secrets.get(ACCESS_TOKEN).is_none() {
            return Ok(true);
        }
        Ok(record.expires_at.is_some_and(|end| {
            let since = record
                .refreshed_at
                .or(record.authorized_at)
                .unwrap_or(record.created_at);
            let margin = (end.seconds_since(since) / 10).clamp(0, MARGIN_SECONDS);
            end.seconds_since(self.now()) <= margin
        }))
    }

    async fn renew(&self, seen: &ConnectionRecord, refused: bool) -> Result<Fresh> {
        let flight = self.flight(&seen.id);
        let _flight = flight.lock().await;
        let mut record = self.find(&seen.id).await?;
        let mut secrets = self.secrets_of(&record).await?;
        // The one before us in the queue has renewed it.
        if record.generation != seen.generation && !self.is_stale(&record, &secrets)? {
            return Ok(Fresh { record, secrets });
        }
        let connector = self.catalogue().require(&record.connector)?;
        let method = connector.method(&record.method)?;
        if signs_in_again(method) && secrets.get(REFRESH_TOKEN).is_none() {
            return Err(self.must_sign_in(&record, no_refresh_token(&record)).await);
        }
        let uncertain = record.refresh_started_at.is_some();
        connections::set_refresh_started(
            self.database(),
            &record.id,
            record.generation,
            Some(self.now()),
        )
        .await?;
        match self.obtain(&connector, method, &record, &secrets).await {
            Ok(answer) => {
                let expected = record.generation;
                record.generation += 1;
                if answer.refresh_token.is_some()
                    && let Some(old) = secrets.remove(REFRESH_TOKEN)
                {
                    secrets.insert(PREVIOUS_REFRESH_TOKEN, old);
                }
                self.apply_answer(method, &mut record, &mut secrets, &answer);
                record.refreshed_at = Some(self.now());
                record.refresh_started_at = None;
                if record.status == Status::Reauthorize {
                    record.status = Status::Connected;
                    record.status_reason = None;
                    record.problem = None;
                }
                record.sealed = self
                    .seal("connection", &record.id, record.generation, &secrets)
                    .await?;
                connections::replace(self.database(), &record, expected).await?;
                self.log(Action::Refresh, Outcome::Done, &record, None)
                    .await;
                self.changed(&record.id);
                Ok(Fresh { record, secrets })
            }
            Err(error) => {
                self.renewal_failed(record, secrets, error, uncertain, refused)
                    .await
            }
        }
    }

    async fn renewal_failed(
        &self,
        record: ConnectionRecord,
        secrets: SecretRecord,
        error: Error,
        uncertain: bool,
        refused: bool,
    ) -> Result<Fresh> {
        // Sent without an answer: the journal stays open, so that the next try knows the token may be used up.
        if error.code != Code::Conflict {
            connections::set_refresh_started(self.database(), &record.id, record.generation, None)
                .await?;
        }
        self.log(
            Action::Refresh,
            Outcome::Failed,
            &record,
            Some(&error.message),
        )
        .await;
        match error.code {
            Code::Revoked | Code::Denied => {
                let error = match uncertain {
                    true => Error {
                        message: format!(
                            "{}. An earlier renewal got no answer, so its new token was lost",
                            error.message.trim_end_matches('.')
                        ),
                        ..error
                    },
                    false => error,
                };
                Err(self.must_sign_in(&record, error).await)
            }
            _ => {
                let still_valid = !refused
                    && secrets.get(ACCESS_TOKEN).is_some()
                    && record.expires_at.is_some_and(|end| end > self.now());
                match still_valid {
                    true => Ok(Fresh { record, secrets }),
                    false => Err(error),
                }
            }
        }
    }

    /// Marks a connection whose grant is gone. What it has is kept.
    async fn must_sign_in(&self, record: &ConnectionRecord, error: Error) -> Error {
        let kept = connections::set_status(
            self.database(),
            &record.id,
            Status::Reauthorize,
            Some("sign in again"),
            Some(&error),
        )
        .await;
        if kept.is_ok() {
            self.changed(&record.id);
        }
        error
    }

    /// Gets a token by the method's grant, with each secret of the registration in turn during a change-over.
    pub(crate) async fn obtain(
        &self,
        connector: &Connector,
        method: &AuthMethod,
        record: &ConnectionRecord,
        secrets: &SecretRecord,
    ) -> Result<TokenAnswer> {
        let default = crate::connector::OAuth::default();
        let oauth = method.oauth.as_ref().unwrap_or(&default);
        let early = settings_only(connector, method, &record.settings);
        let endpoints = match &record.endpoints {
            Some(endpoints) => endpoints.clone(),
            None => self.resolve(oauth, connector, &early).await?,
        };
        let auth = super::endpoints::client_auth(oauth, &endpoints);
        let identities = match &record.registration {
            Some(id) => {
                self.client_identities(&self.find_registration(id).await?, auth)
                    .await?
            }
            None => vec![crate::oauth::ClientIdentity::new("", None, auth)],
        };
        let client_id = identities
            .first()
            .map(|identity| identity.client_id.clone());
        let values = gather(
            connector,
            method,
            &record.settings,
            secrets,
            client_id.as_deref(),
        );
        let http = self.http_for(connector, &values, Some(&endpoints));
        let outside = self.outside(&http);
        let mut last = None;
        for client in &identities {
            let provider = Provider {
                oauth,
                quirks: &connector.quirks,
                endpoints: &endpoints,
                client,
                values: &values,
            };
            match ask(&outside, method, &provider, record, secrets).await {
                Ok(answer) => return Ok(answer),
                Err(failure) if matches!(failure.kind, FailureKind::InvalidClient) => {
                    last = Some(failure)
                }
                Err(failure) => return Err(failure.into_error(&record.name, &connector.name)),
            }
        }
        match last {
            Some(failure) => Err(failure.into_error(&record.name, &connector.name)),
            None => Err(Error::internal("a registration has an identity")),
        }
    }

    /// Puts an answer's tokens and times in place. An answer without a refresh token keeps the old one (RFC 6749 6).
    pub(crate) fn apply_answer(
        &self,
        method: &AuthMethod,
        record: &mut ConnectionRecord,
        secrets: &mut SecretRecord,
        answer: &TokenAnswer,
    ) {
        secrets.insert(ACCESS_TOKEN, answer.access_token.duplicate());
        if let Some(token) = &answer.refresh_token {
            secrets.insert(REFRESH_TOKEN, token.duplicate());
        }
        record.has_refresh_token = secrets.get(REFRESH_TOKEN).is_some();
        record.expires_at =
            lifetime(method, answer).map(|seconds| self.now().plus_seconds(seconds));
        if let Some(seconds) = refresh_lifetime(method, answer) {
            record.refresh_expires_at = Some(self.now().plus_seconds(seconds));
        }
        if answer.scopes.is_some() {
            record.scopes_granted.clone_from(&answer.scopes);
        }
        for captured in &answer.captures {
            record
                .settings
                .insert(captured.field.clone(), captured.value.clone());
        }
    }
}

/// One question at the token endpoint, by the method's grant.
async fn ask(
    outside: &Outside<'_>,
    method: &AuthMethod,
    provider: &Provider<'_>,
    record: &ConnectionRecord,
    secrets: &SecretRecord,
) -> Result<TokenAnswer, TokenFailure> {
    let scopes = &record.scopes_requested;
    match method.kind {
        AuthKind::AuthorizationCode | AuthKind::DeviceCode => {
            let token = secrets
                .get(REFRESH_TOKEN)
                .ok_or_else(|| TokenFailure::new(FailureKind::InvalidGrant))?;
            refresh_token::refresh(outside, provider, token, scopes).await
        }
        AuthKind::ClientCredentials => client_credentials::obtain(outside, provider, scopes).await,
        AuthKind::JwtBearer => {
            let assertion = part(method.jwt.as_ref())?;
            jwt_bearer::obtain(outside, provider, assertion, scopes).await
        }
        AuthKind::GithubApp => {
            github_app::obtain(outside, provider, part(method.jwt.as_ref())?).await
        }
        AuthKind::SessionToken => {
            session_token::obtain(outside, part(method.session.as_ref())?, provider.values).await
        }
        AuthKind::ApiKey
        | AuthKind::Bearer
        | AuthKind::Basic
        | AuthKind::AwsKeyPair
        | AuthKind::None => Err(TokenFailure::new(FailureKind::InvalidGrant)),
    }
}

/// A part of the definition that the method's kind needs; validation has seen to it.
fn part<T>(part: Option<&T>) -> Result<&T, TokenFailure> {
    part.ok_or_else(|| {
        Error::new(
            Code::InvalidDefinition,
            "the method's definition is incomplete",
        )
        .into()
    })
}

fn no_refresh_token(record: &ConnectionRecord) -> Error {
    Error::new(
        Code::Revoked,
        format!(
            "The sign-in of “{}” has ended, and the provider gave no refresh token to renew it",
            record.name
        ),
    )
    .with_hint("Reauthorize the connection")
}
