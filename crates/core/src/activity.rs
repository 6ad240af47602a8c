//! What happened, never values: every action on a connection, and on the flows that use it, leaves an entry with its
//! outcome.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::clock::Timestamp;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum Action {
    Create,
    Authorize,
    Reauthorize,
    Refresh,
    Rename,
    Test,
    Delete,
    UndoDelete,
    Revoke,
    ChangeScopes,
    ChooseSite,
    MoveFlows,
    UndoMove,
    Bind,
    Unbind,
    SourceAdd,
    SourceRemove,
    /// A copy of a file of flows was written with other references.
    WriteBack,
    ManifestCreate,
    ManifestSave,
    RegistrationCreate,
    RegistrationRename,
    RegistrationRotate,
    RegistrationDelete,
    ConnectorSave,
    ConnectorDelete,
    VaultUnlock,
    VaultRecover,
    VaultStartOver,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum Outcome {
    Done,
    Failed,
    Denied,
    Cancelled,
}

/// One line of the timeline.
#[derive(Debug, Clone, Serialize, TS)]
#[ts(export)]
pub struct ActivityEntry {
    #[ts(type = "number")]
    pub id: i64,
    pub at: Timestamp,
    pub action: Action,
    pub outcome: Outcome,
    pub connection: Option<String>,
    /// The name at the time.
    pub connection_name: Option<String>,
    pub connector: Option<String>,
    /// A sentence, when the outcome needs one.
    pub detail: Option<String>,
}

#[derive(Debug, Clone, Default, Deserialize, TS)]
#[serde(default)]
#[ts(export)]
pub struct ActivityQuery {
    pub connection: Option<String>,
    pub outcome: Option<Outcome>,
    pub action: Option<Action>,
    pub offset: u32,
    /// At most 500; 0 means 100.
    pub limit: u32,
}
