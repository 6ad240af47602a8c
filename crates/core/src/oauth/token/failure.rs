//! Why no token was had: kinds that a caller reacts to, and the provider's own words, cleaned. Never a body.

use std::time::Duration;

use crate::error::{Code, Error, provider_text};
use crate::http::HttpError;
use crate::vault::Secret;

/// The longest wait a provider may ask for.
const RETRY_CAP: Duration = Duration::from_secs(15 * 60);

/// What kind of failure it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FailureKind {
    /// The code or the refresh token is not taken (any more): a new sign-in is needed.
    InvalidGrant,
    /// The client registration or its secret is not taken.
    InvalidClient,
    /// The key or password that buys the token is not taken.
    BadSecret,
    InvalidScope,
    /// The person or the provider said no.
    Denied,
    /// Come again later; nothing was decided.
    Temporarily {
        retry_after: Option<Duration>,
    },
    /// No connection, and nothing was sent.
    Network(HttpError),
    /// The request was sent and no answer came: the provider may have acted on it (requirements C17, D6).
    Uncertain(HttpError),
    /// The answer can't be read as a token answer. Holds what was wrong with it.
    Malformed(&'static str),
    /// What answered isn't a token endpoint: a redirect, 404 or 405.
    NotAnEndpoint(u16),
    /// Found on our side: a setting, a key or the definition is wrong, or the time for signing in is over.
    Ours(Box<Error>),
    /// An error the provider named and we have no reaction to.
    Other,
}

/// A failed call to a token endpoint or one of its kin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenFailure {
    pub kind: FailureKind,
    /// The provider's error word (`invalid_grant`), cleaned.
    pub word: Option<String>,
    /// The provider's sentence, cleaned and free of what we sent.
    pub description: Option<String>,
}

impl TokenFailure {
    pub fn new(kind: FailureKind) -> Self {
        Self {
            kind,
            word: None,
            description: None,
        }
    }

    pub(crate) fn malformed(what: &'static str) -> Self {
        Self::new(FailureKind::Malformed(what))
    }

    /// From the provider's words. Whatever of `sent` they repeat is cut out.
    pub(crate) fn said(
        kind: FailureKind,
        word: Option<&str>,
        description: Option<&str>,
        sent: &[Secret],
    ) -> Self {
        let clean = |text: &str| provider_text(&without(text, sent));
        Self {
            kind,
            word: word.and_then(clean),
            description: description.and_then(clean),
        }
    }

    /// Whether the same request may simply be sent again after a while.
    pub fn is_temporary(&self) -> bool {
        matches!(
            self.kind,
            FailureKind::Temporarily { .. } | FailureKind::Network(_)
        )
    }

    /// Whether only a new sign-in (or another key) helps.
    pub fn needs_sign_in(&self) -> bool {
        matches!(self.kind, FailureKind::InvalidGrant | FailureKind::Denied)
    }

    /// The error for a person: which connection, what happened, the one thing that mends it.
    pub fn into_error(self, connection: &str, provider: &str) -> Error {
        let TokenFailure {
            kind,
            word,
            description,
        } = self;
        let (code, message, hint) = match kind {
            FailureKind::InvalidGrant => (
                Code::Revoked,
                format!("{provider} doesn't accept the sign-in of {connection} (any more)"),
                "Sign in again",
            ),
            FailureKind::BadSecret => (
                Code::BadSecret,
                format!("{provider} refused the key or password of {connection}"),
                "Check what was typed against the provider's page",
            ),
            FailureKind::InvalidClient => (
                Code::BadRegistration,
                format!("{provider} refused the client registration of {connection}"),
                "Check client id and client secret against the provider's page",
            ),
            FailureKind::InvalidScope => (
                Code::MissingScope,
                format!("{provider} refused the scopes of {connection}"),
                "Remove scopes in Permissions that the client registration may not ask for, then reauthorize",
            ),
            FailureKind::Denied => (
                Code::Denied,
                format!("{provider} didn't allow the sign-in of {connection}"),
                "Sign in again and accept, or ask an administrator to",
            ),
            FailureKind::Temporarily { .. } => (
                Code::ProviderDown,
                format!("{provider} can't serve {connection} at the moment"),
                "Try again later; nothing was changed",
            ),
            FailureKind::Network(error) => (
                Code::Network,
                format!("{connection} can't reach {provider}: {error}"),
                "Check the network and the host in the connection's settings",
            ),
            FailureKind::Uncertain(error) => (
                Code::Network,
                format!("{connection} doesn't know whether {provider} answered: {error}"),
                "Try again; if the provider then refuses, reauthorize the connection",
            ),
            FailureKind::Malformed(what) => (
                Code::ProviderDown,
                format!("{provider} answered {connection} with something unreadable: {what}"),
                "Try again later, and check the endpoints if it stays",
            ),
            FailureKind::NotAnEndpoint(status) => (
                Code::WrongSettings,
                format!(
                    "what answered {connection} for {provider} isn't a token endpoint (status {status})"
                ),
                "Check the host and the endpoints in the settings",
            ),
            FailureKind::Ours(error) => return *error,
            FailureKind::Other if word.as_deref() == Some("redirect_uri_mismatch") => (
                Code::BadRegistration,
                format!("{provider} doesn't know the redirect URI of {connection}"),
                "Register exactly the redirect URI that is shown",
            ),
            FailureKind::Other => (
                Code::WrongSettings,
                format!("{provider} refused the request of {connection}"),
                "See what the provider says, and check the settings",
            ),
        };
        let mut error = Error::new(code, message).with_hint(hint);
        let said = match (word, description) {
            (Some(word), Some(text)) if word != text => Some(format!("{word}: {text}")),
            (word, text) => text.or(word),
        };
        if let Some(said) = said {
            error = error.with_provider(&said);
        }
        error
    }
}

impl From<HttpError> for TokenFailure {
    fn from(error: HttpError) -> Self {
        if let HttpError::Unnamed(_) = error {
            return Error::new(Code::WrongSettings, error.to_string())
                .with_hint("Add the host to the connector's definition if it is the right one")
                .into();
        }
        Self::new(match (&error, error.may_have_been_sent()) {
            (HttpError::TooLarge(..), _) => {
                FailureKind::Malformed("the answer is larger than any token answer")
            }
            (_, true) => FailureKind::Uncertain(error),
            (_, false) => FailureKind::Network(error),
        })
    }
}

impl From<Error> for TokenFailure {
    fn from(error: Error) -> Self {
        Self::new(FailureKind::Ours(Box::new(error)))
    }
}

/// `Retry-After` in seconds or as a date (RFC 9110 10.2.3), at most 15 minutes.
pub(crate) fn retry_after(value: &str, now: crate::Timestamp) -> Option<Duration> {
    let seconds = match value.trim().parse::<u64>() {
        Ok(seconds) => seconds,
        Err(_) => {
            let format = time::macros::format_description!(
                "[weekday repr:short], [day] [month repr:short] [year] [hour]:[minute]:[second] GMT"
            );
            let date = time::PrimitiveDateTime::parse(value.trim(), format)
                .ok()?
                .assume_utc();
            u64::try_from(date.unix_timestamp() - now.0 / 1000).unwrap_or(0)
        }
    };
    Some(Duration::from_secs(seconds).min(RETRY_CAP))
}

/// A server may repeat a code or a password in its error text.
fn without(text: &str, sent: &[Secret]) -> String {
    sent.iter()
        .filter(|secret| secret.expose().len() >= 4)
        .fold(text.to_owned(), |text, secret| {
            text.replace(secret.expose(), "…")
        })
}
