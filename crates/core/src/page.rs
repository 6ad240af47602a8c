//! Paged lists: filtered and sorted in Rust, drawn virtualised.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// A slice of a list and how long the whole list is.
#[derive(Debug, Clone, Serialize, TS)]
#[ts(export)]
pub struct Page<T> {
    pub rows: Vec<T>,
    /// Rows that match, of which `rows` are those from `offset` on.
    pub total: u32,
    pub offset: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS, Default)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum Direction {
    #[default]
    Ascending,
    Descending,
}
