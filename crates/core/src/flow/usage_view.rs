//! What the console is told about the usage of a connection.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::read::Trigger;
use super::view::{CallView, FlowId, SourceId};
use crate::Timestamp;
use crate::page::Direction;

/// Which flows use a connection.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[ts(export)]
pub struct Usage {
    pub connection: String,
    pub direct: u32,
    pub indirect: u32,
    pub cards: u32,
    /// As the query sorts them, from `offset` on.
    pub rows: Vec<UsageRow>,
    pub offset: u32,
    /// The folders they lie in, those with the most flows first; at most [`UsageGroup::MOST`], with the first page only.
    pub groups: Vec<UsageGroup>,
    /// Folders that are not among `groups`.
    pub more_groups: u32,
}

/// Flows of one folder that use a connection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct UsageGroup {
    pub source: SourceId,
    pub source_name: String,
    /// Folders joined by ` / `; empty at the top.
    pub folder: String,
    pub flows: u32,
    /// Those with cards of their own that are bound to it; the others go through a helper flow.
    pub direct: u32,
    pub cards: u32,
}

impl UsageGroup {
    pub const MOST: usize = 8;
}

/// Which part of the usage, and in which order.
#[derive(Debug, Clone, Copy, Default, Deserialize, TS)]
#[serde(default)]
#[ts(export)]
pub struct UsageQuery {
    pub sort: UsageSort,
    pub direction: Direction,
    pub offset: u32,
    /// At most 1,000; 0 means 200.
    pub limit: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS, Default)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum UsageSort {
    /// Direct ones first, each kind by folder and name.
    #[default]
    Way,
    Name,
    Cards,
    /// When the source was last read.
    Read,
}

#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[ts(export)]
pub struct UsageRow {
    pub flow: FlowId,
    pub name: String,
    pub folder: String,
    pub source: SourceId,
    pub source_name: String,
    /// Its own cards that are bound to the connection.
    pub cards: u32,
    /// For indirect use: the flow it reaches the connection through.
    pub through: Option<CallView>,
    pub trigger: Trigger,
    pub schedule: Option<String>,
    pub read_at: Timestamp,
    pub missing_since: Option<Timestamp>,
}
