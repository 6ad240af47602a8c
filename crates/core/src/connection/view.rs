//! What the console is told about connections, and what it sends. Nothing here can hold a secret on its way out;
//! the drafts hold them on their way in, as [`Secret`], which can be read from JSON but not written.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::Error;
use crate::clock::Timestamp;
use crate::connector::AuthKind;
use crate::credential::TestVerdict;
use crate::page::Direction;
use crate::vault::Secret;

/// How a connection is, in the words of the console.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum Status {
    Connected,
    /// The grant is gone or was never complete: sign in again.
    Reauthorize,
    TestFailed,
    /// Created, but nobody has finished signing in yet.
    FinishSigningIn,
}

impl Status {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Connected => "connected",
            Self::Reauthorize => "reauthorize",
            Self::TestFailed => "test_failed",
            Self::FinishSigningIn => "finish_signing_in",
        }
    }

    /// Whether a person must do something.
    pub fn needs_attention(self) -> bool {
        match self {
            Self::Connected => false,
            Self::Reauthorize | Self::TestFailed | Self::FinishSigningIn => true,
        }
    }
}

/// One row of the Connections page.
#[derive(Debug, Clone, Serialize, TS)]
#[ts(export)]
pub struct ConnectionRow {
    pub id: String,
    pub name: String,
    pub description: String,
    pub connector: String,
    pub connector_name: String,
    /// The account at the provider, as a person knows it.
    pub account: Option<String>,
    pub status: Status,
    /// Why it isn't `connected`, in a few words ("403 missing scope").
    pub status_reason: Option<String>,
    pub last_test_at: Option<Timestamp>,
    pub last_test: Option<TestVerdict>,
    pub expires_at: Option<Timestamp>,
    /// Flows whose cards are bound to it.
    pub flows: u32,
    /// The pending authorization, when one waits.
    pub authorization: Option<String>,
}

#[derive(Debug, Clone, Default, Deserialize, TS)]
#[serde(default)]
#[ts(export)]
pub struct ConnectionQuery {
    /// Matches name, description, account and connector; case and accents don't matter.
    pub search: String,
    pub status: Vec<Status>,
    /// Only those that need a person.
    pub attention: bool,
    /// Only those no flow uses.
    pub unused: bool,
    /// Connector ids; none: all.
    pub connectors: Vec<String>,
    /// Only those of this client registration.
    pub registration: Option<String>,
    pub sort: ConnectionSort,
    pub direction: Direction,
    pub offset: u32,
    /// At most 500; 0 means 100.
    pub limit: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS, Default)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum ConnectionSort {
    #[default]
    Name,
    Connector,
    Account,
    Status,
    LastTest,
    Flows,
}

/// Numbers for the rail and the filter chips.
#[derive(Debug, Clone, Serialize, TS)]
#[ts(export)]
pub struct ConnectionCounts {
    pub all: u32,
    pub attention: u32,
    pub unused: u32,
    pub connected: u32,
    pub reauthorize: u32,
    pub test_failed: u32,
    pub finish_signing_in: u32,
    /// Connectors in use, most used first.
    pub connectors: Vec<ConnectorCount>,
}

#[derive(Debug, Clone, Serialize, TS)]
#[ts(export)]
pub struct ConnectorCount {
    pub id: String,
    pub name: String,
    pub count: u32,
}

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

/// What the New connection dialog sends.
#[derive(Debug, Deserialize, TS)]
#[serde(deny_unknown_fields)]
#[ts(export)]
pub struct ConnectionDraft {
    pub connector: String,
    pub method: String,
    pub name: String,
    #[serde(default)]
    pub description: String,
    /// Values by field key, secret ones among them.
    #[serde(default)]
    #[ts(type = "Record<string, string>")]
    pub values: BTreeMap<String, Secret>,
    #[serde(default)]
    pub registration: RegistrationChoice,
    #[serde(default)]
    pub scopes: ScopeChoice,
    /// `None`: the connector's preferred way that works on this machine.
    #[serde(default)]
    pub redirect: Option<RedirectKind>,
    /// For `paste`: the address registered at the provider, when the connector doesn't fix it.
    #[serde(default)]
    pub paste_uri: Option<String>,
    /// Keep it though the first test failed.
    #[serde(default)]
    pub save_anyway: bool,
}

#[derive(Debug, Default, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
#[ts(export)]
pub enum RegistrationChoice {
    /// The method has none, or (at a reauthorization) keep the present one.
    #[default]
    Keep,
    Existing {
        id: String,
    },
    New {
        name: String,
        client_id: String,
        #[serde(default)]
        #[ts(type = "string | null", optional)]
        client_secret: Option<Secret>,
    },
    /// Register at the server (RFC 7591).
    Dynamic,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
#[ts(export)]
pub enum ScopeChoice {
    /// The connector's default scopes (at a reauthorization: as they are).
    #[default]
    Default,
    Custom {
        scopes: Vec<String>,
    },
}

/// What Reauthorize may change. Everything absent stays as it is.
#[derive(Debug, Default, Deserialize, TS)]
#[serde(default, deny_unknown_fields)]
#[ts(export)]
pub struct ReauthorizeDraft {
    #[ts(type = "Record<string, string>")]
    pub values: BTreeMap<String, Secret>,
    pub registration: RegistrationChoice,
    pub scopes: ScopeChoice,
    pub redirect: Option<RedirectKind>,
    pub paste_uri: Option<String>,
    pub save_anyway: bool,
}

/// What came of a create or reauthorize.
#[derive(Debug, Clone, Serialize, TS)]
#[ts(export)]
pub struct Started {
    pub connection: String,
    /// Set when a person must sign in now; otherwise the connection is done.
    pub authorization: Option<AuthorizationView>,
}

/// One attempt to authorise, as the waiting view shows it.
#[derive(Debug, Clone, Serialize, TS)]
#[ts(export)]
pub struct AuthorizationView {
    pub id: String,
    pub connection: String,
    pub connection_name: String,
    pub connector: String,
    pub connector_name: String,
    pub phase: AuthorizationPhase,
    /// Whether the connection existed before (a reauthorization).
    pub reauthorization: bool,
    pub started_at: Timestamp,
    pub expires_at: Timestamp,
    pub redirect: Option<RedirectView>,
    /// For the device grant: what to type where.
    pub device: Option<DeviceView>,
    pub scopes: Vec<String>,
    pub error: Option<Error>,
    /// Set in phase `account_question`.
    pub old_account: Option<String>,
    pub new_account: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum AuthorizationPhase {
    /// Waiting for the browser or the device code.
    Waiting,
    /// The callback came; the code is being exchanged.
    Finishing,
    /// Another account signed in: a yes or no is needed.
    AccountQuestion,
    Connected,
    Failed,
    Cancelled,
    Expired,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct DeviceView {
    pub user_code: String,
    pub verification_uri: String,
}

/// A client registration, without its secret.
#[derive(Debug, Clone, Serialize, TS)]
#[ts(export)]
pub struct RegistrationView {
    pub id: String,
    pub connector: String,
    pub name: String,
    pub client_id: String,
    pub has_secret: bool,
    /// A second secret is kept for the change-over.
    pub has_next_secret: bool,
    pub source: RegistrationSource,
    /// The server it belongs to (scheme and host of the token endpoint), once known.
    pub origin: Option<String>,
    pub created_at: Timestamp,
    pub secret_expires_at: Option<Timestamp>,
    /// Connections that hang on it.
    pub connections: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum RegistrationSource {
    Manual,
    Dynamic,
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

/// What the app tells the console by itself. Ids and states only.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[ts(export)]
pub enum Event {
    /// Rows changed; none named: read the list again.
    ConnectionsChanged {
        ids: Vec<String>,
    },
    AuthorizationChanged {
        id: String,
        connection: String,
    },
    VaultChanged,
    RegistrationsChanged,
    ConnectorsChanged,
    FlowsChanged,
    TestProgress {
        done: u32,
        total: u32,
        failed: u32,
    },
    /// A deletion became final.
    Deleted {
        name: String,
        connector_name: String,
        revocation: RevocationResult,
        /// What is left to do at the provider.
        left_to_do: Option<String>,
    },
    /// A link arrived that no pending authorization waits for.
    UnexpectedCallback,
}

/// The app at a glance: for the rail and the screens that replace the list.
#[derive(Debug, Clone, Serialize, TS)]
#[ts(export)]
pub struct WorkspaceState {
    pub vault: crate::vault::VaultState,
    /// In words: "Secret Service", "macOS Keychain", "Passphrase file".
    pub vault_store: String,
    pub has_recovery: bool,
    pub read_only: bool,
    pub version: String,
    pub data_directory: String,
    pub connections: u32,
    pub attention: u32,
    pub flows: u32,
    pub connectors: u32,
    /// What keeps the workspace from opening (newer database, damage, …).
    pub problem: Option<Error>,
    /// Whether links of our scheme come to this app.
    pub link_handler: LinkHandler,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum LinkHandler {
    Ours,
    Missing,
    /// Another program takes the links.
    Foreign,
    Unknown,
}
