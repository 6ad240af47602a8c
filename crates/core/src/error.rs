//! The one error that leaves core: a code from a closed set, a sentence for a person, and what mends it.
//!
//! No variant carries a response body, a token or an address with a query; what a provider said is cleaned first
//! (see [`provider_text`]).

use serde::{Deserialize, Serialize};
use ts_rs::TS;

pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What kind of failure it was. A code exists because the console, a test or a program reacts to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum Code {
    /// The value of `field` can't be taken; nothing was changed.
    InvalidInput,
    NameTaken,
    NotFound,
    /// Something else changed it meanwhile; read it again.
    Conflict,
    /// The provider can't be reached: DNS, TLS, timeout, refused.
    Network,
    /// The provider answered 5xx, 429 or nothing that can be read.
    ProviderDown,
    /// The provider refused the secret: a wrong key, password or client secret.
    BadSecret,
    /// The provider refused the client registration (invalid_client, redirect URI not registered, …).
    BadRegistration,
    MissingScope,
    /// The grant is gone (invalid_grant, revoked, expired): sign in again.
    Revoked,
    /// A setting is wrong: host, region, issuer, endpoint.
    WrongSettings,
    /// The person or the provider said no.
    Denied,
    /// The sign-in took too long, was cancelled or was already used.
    AuthorizationExpired,
    /// The account at the provider is another one than before: a yes is needed.
    AccountChanged,
    KeychainLocked,
    /// There is no keychain that answers.
    KeychainMissing,
    /// The keychain is open and the workspace's identity isn't in it.
    IdentityMissing,
    /// The identity lies under a passphrase that wasn't entered yet.
    PassphraseNeeded,
    /// Secrets are sealed to another identity than the one in the keychain.
    ForeignKey,
    /// The keychain's store is another one than before, and the identity isn't in it.
    StoreChanged,
    /// A sealed record doesn't match its place: it was changed, swapped or rolled back.
    Tampered,
    DatabaseReadOnly,
    DiskFull,
    DatabaseNewer,
    DatabaseDamaged,
    /// A definition, a document or a flow file breaks a rule.
    InvalidDefinition,
    Unsupported,
    Internal,
}

/// A failure, as the console gets it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Error {
    pub code: Code,
    /// One sentence: what happened and to which connection.
    pub message: String,
    /// The one action that mends it.
    #[ts(optional)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
    /// The key of the field at fault.
    #[ts(optional)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// What the provider said: cleaned, at most 300 characters, inert text.
    #[ts(optional)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub provider_error: Option<String>,
}

impl Error {
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            hint: None,
            field: None,
            provider_error: None,
        }
    }

    /// A value that can't be taken, with the field it belongs to.
    pub fn field(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            field: Some(field.into()),
            ..Self::new(Code::InvalidInput, message)
        }
    }

    pub fn internal(message: impl Into<String>) -> Self {
        Self::new(Code::Internal, message)
    }

    #[must_use]
    pub fn with_code(mut self, code: Code) -> Self {
        self.code = code;
        self
    }

    #[must_use]
    pub fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    #[must_use]
    pub fn with_field(mut self, field: impl Into<String>) -> Self {
        self.field = Some(field.into());
        self
    }

    /// Attaches what the provider said, cleaned by [`provider_text`].
    #[must_use]
    pub fn with_provider(mut self, text: &str) -> Self {
        self.provider_error = provider_text(text);
        self
    }
}

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Error {}

/// Text of a server made fit to be shown: control and bidirectional characters removed, cut to 300 characters
/// (invariant I6 of the OAuth requirements). `None` when nothing is left.
pub fn provider_text(text: &str) -> Option<String> {
    let cleaned: String = text
        .chars()
        .map(|c| if c.is_whitespace() { ' ' } else { c })
        .filter(|c| {
            !c.is_control()
                && !matches!(*c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
        })
        .take(300)
        .collect();
    let cleaned = cleaned.trim();
    (!cleaned.is_empty()).then(|| cleaned.to_owned())
}
