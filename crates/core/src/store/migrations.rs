//! The schema's steps, in order. A shipped one is never changed.

use super::Migration;

pub(crate) static MIGRATIONS: &[Migration] = &[
    Migration {
        version: 1,
        name: "workspace",
        sql: include_str!("../../migrations/0001_workspace.sql"),
    },
    super::flows::MIGRATION,
    Migration {
        version: 3,
        name: "search",
        sql: include_str!("../../migrations/0003_search.sql"),
    },
];
