//! Everything about one connection, and what its deletion leaves behind.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::Error;
use crate::clock::Timestamp;
use crate::connector::AuthKind;
use crate::credential::TestVerdict;

use super::{AuthorizationView, ConnectionRow, RegistrationView};

/// Everything the detail panel shows.
#[derive(Debug, Clone, Serialize, TS)]
#[ts(export)]
pub struct ConnectionDetail {
    pub row: ConnectionRow,
    pub method: String,
    pub method_label: String,
    pub kind: AuthKind,
    /// Settings that aren't secret.
    pub settings: Vec<Setting>,
    /// Secrets by name, never their values.
    pub secrets: Vec<SecretPresence>,
    pub registration: Option<RegistrationView>,
    pub redirect: Option<RedirectView>,
    pub scopes: ScopesView,
    pub account_id: Option<String>,
    /// The one of the account's sites or organisations that it is for, where the provider has such.
    pub site: Option<SiteView>,
    pub created_at: Timestamp,
    pub authorized_at: Option<Timestamp>,
    pub refresh: RefreshView,
    pub last_test: Option<TestResult>,
    /// What is wrong and what mends it.
    pub problem: Option<Error>,
    pub authorization: Option<AuthorizationView>,
    /// What a deletion does at the provider, in a sentence.
    pub deletion_note: String,
}

#[derive(Debug, Clone, Serialize, TS)]
#[ts(export)]
pub struct Setting {
    pub key: String,
    pub label: String,
    pub value: String,
}

#[derive(Debug, Clone, Serialize, TS)]
#[ts(export)]
pub struct SecretPresence {
    pub key: String,
    pub label: String,
    pub present: bool,
}

/// One of the sites (Atlassian) or organisations (Xero) that an account may use.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct SiteView {
    pub id: String,
    pub name: String,
}

#[derive(Debug, Clone, Default, Serialize, TS)]
#[ts(export)]
pub struct ScopesView {
    pub requested: Vec<String>,
    /// `None`: the provider didn't say, so they count as requested.
    pub granted: Option<Vec<String>>,
    /// Requested but not granted.
    pub missing: Vec<String>,
    /// Granted though not requested.
    pub extra: Vec<String>,
}

#[derive(Debug, Clone, Default, Serialize, TS)]
#[ts(export)]
pub struct RefreshView {
    pub has_refresh_token: bool,
    /// When the refresh token itself ends, if known.
    pub refresh_expires_at: Option<Timestamp>,
    /// A sentence when the connection will end by itself ("no refresh token was issued, …").
    pub warning: Option<String>,
    /// Each renewal brings a new refresh token.
    pub rotates: bool,
    /// Seconds for which the provider takes a refresh token again that was used already.
    pub grace_seconds: u32,
    pub last_refresh_at: Option<Timestamp>,
}

/// The outcome of a test, kept with the connection.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct TestResult {
    pub at: Timestamp,
    pub verdict: TestVerdict,
    pub status: Option<u16>,
    /// One sentence.
    pub message: String,
    pub hint: Option<String>,
    pub provider_error: Option<String>,
    /// Milliseconds until the answer.
    pub took_ms: u32,
}

/// How the browser comes back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct RedirectView {
    pub kind: RedirectKind,
    /// Exactly what to register at the provider.
    pub uri: String,
    pub note: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum RedirectKind {
    DeepLink,
    Loopback,
    Paste,
}

/// What a deletion leaves behind and how to take it back.
#[derive(Debug, Clone, Serialize, TS)]
#[ts(export)]
pub struct Deletion {
    pub connection: String,
    pub name: String,
    /// Until then `undo_delete` works.
    pub undo_until: Timestamp,
}

/// What came of revoking at the provider, for the notice after the undo time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum RevocationResult {
    Revoked,
    /// The provider has no endpoint for it.
    NotOffered,
    /// It failed; the token may still be valid at the provider.
    Failed,
    /// There was no token.
    NothingToRevoke,
}
