//! An attempt to authorise, as the waiting view shows it.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::Error;
use crate::clock::Timestamp;

use super::RedirectView;

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
