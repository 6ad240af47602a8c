//! Rows of the tables of flows, as a scan reads and writes them.

use serde::Serialize;

/// A file or folder that flows are read from.
#[derive(Debug, Clone)]
pub(crate) struct SourceRecord {
    pub(crate) id: i64,
    pub(crate) path: String,
}

/// What was known of a file when it was last read.
#[derive(Debug, Clone)]
pub(crate) struct FileRecord {
    pub(crate) id: i64,
    pub(crate) path: String,
    pub(crate) size: i64,
    pub(crate) modified: i64,
    pub(crate) hash: String,
    pub(crate) is_gone: bool,
}

#[derive(Debug, Clone)]
pub(crate) struct FlowRecord {
    pub(crate) id: i64,
    pub(crate) file: i64,
    pub(crate) folder: String,
    pub(crate) name: String,
    pub(crate) steps: Vec<String>,
    pub(crate) is_gone: bool,
}

/// A card with its binding.
#[derive(Debug, Clone)]
pub(crate) struct CardRecord {
    pub(crate) id: i64,
    pub(crate) flow: i64,
    pub(crate) card_id: String,
    pub(crate) connector_key: String,
    pub(crate) title: String,
    pub(crate) nested: Option<String>,
    pub(crate) connection_name: Option<String>,
    pub(crate) connection: Option<String>,
    pub(crate) chosen_by: Option<String>,
    pub(crate) chosen_at: Option<i64>,
    pub(crate) lost_name: Option<String>,
}

#[derive(Debug, Serialize)]
pub(crate) struct FileWrite {
    pub(crate) id: i64,
    pub(crate) path: String,
    pub(crate) format: Option<&'static str>,
    pub(crate) version: Option<String>,
    pub(crate) size: i64,
    pub(crate) modified: i64,
    pub(crate) hash: String,
    /// JSON
    pub(crate) problems: String,
}

#[derive(Debug, Serialize)]
pub(crate) struct FlowRecordWrite {
    pub(crate) id: i64,
    pub(crate) file: i64,
    pub(crate) position: usize,
    pub(crate) file_id: Option<String>,
    pub(crate) folder: String,
    pub(crate) name: String,
    pub(crate) description: String,
    pub(crate) trigger: &'static str,
    pub(crate) schedule: Option<String>,
    /// JSON
    pub(crate) command: String,
    /// JSON
    pub(crate) steps: String,
    pub(crate) search: String,
    pub(crate) cards: usize,
    pub(crate) unbound: usize,
}

#[derive(Debug, Serialize)]
pub(crate) struct CardWrite {
    pub(crate) id: i64,
    pub(crate) flow: i64,
    pub(crate) position: usize,
    pub(crate) card_id: String,
    pub(crate) title: String,
    pub(crate) connector_key: String,
    pub(crate) connector: Option<String>,
    pub(crate) method: Option<String>,
    pub(crate) connection_name: Option<String>,
    pub(crate) nested: Option<String>,
    pub(crate) is_trigger: bool,
    /// JSON
    pub(crate) needs: Option<String>,
    /// JSON
    pub(crate) environment: Option<String>,
    pub(crate) connection: Option<String>,
    pub(crate) chosen_by: Option<String>,
    pub(crate) chosen_at: Option<i64>,
    pub(crate) lost_name: Option<String>,
}

#[derive(Debug, Serialize)]
pub(crate) struct CallWrite {
    pub(crate) caller: i64,
    pub(crate) position: usize,
    pub(crate) file_id: Option<String>,
    pub(crate) name: Option<String>,
    pub(crate) card: String,
}

/// A connection as matching needs it.
#[derive(Debug, Clone)]
pub(crate) struct NamedConnection {
    pub(crate) id: String,
    pub(crate) name_key: String,
    pub(crate) connector: String,
}
