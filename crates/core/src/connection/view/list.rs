//! Rows of the Connections page, how they are chosen and counted.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::clock::Timestamp;
use crate::credential::TestVerdict;
use crate::page::Direction;

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
