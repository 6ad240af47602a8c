//! The app at a glance, and what it tells by itself.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::Error;

use super::RevocationResult;

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
    /// A sentence when its folder is no place for a database: on a network drive, or synced by a program.
    pub place_warning: Option<String>,
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
