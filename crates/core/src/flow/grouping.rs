//! What the console is told about flows and cards taken together: by folder, and by what a person has to be asked.

use serde::Serialize;
use ts_rs::TS;

use super::view::{CardId, SourceId};

/// Flows of one folder of one source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct FlowGroup {
    pub source: SourceId,
    pub source_name: String,
    /// Folders joined by ` / `; empty at the top.
    pub folder: String,
    pub flows: u32,
    /// Cards that need a connection.
    pub unbound: u32,
}

/// Cards without a connection that one answer serves: of one source, connector and name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct Question {
    pub source: SourceId,
    /// As the files name the connector.
    pub connector_key: String,
    pub connector: Option<String>,
    /// As the files name the connection; without a name the cards are those of one flow.
    pub connection_name: Option<String>,
    /// A deleted connection that some of them had.
    pub lost_name: Option<String>,
    pub cards: u32,
    pub flows: u32,
    /// One of the flows.
    pub flow_name: String,
    pub card_ids: Vec<CardId>,
}
