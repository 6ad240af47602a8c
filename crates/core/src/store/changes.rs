//! Which rows of connections were written, told by SQLite itself, so that no statement that writes them can be forgotten:
//! triggers and the flow tables' own updates are seen too.
//!
//! A row is marked before its change is committed, and a change that is rolled back is marked all the same. A mark says
//! "read this row again", never what it holds.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use sqlx::SqliteConnection;

/// The rowids written since somebody took them.
#[derive(Debug, Clone, Default)]
pub(super) struct Changes(Arc<Mutex<BTreeSet<i64>>>);

impl Changes {
    /// Marks from now on what this connection writes.
    pub(super) async fn watch(self, connection: &mut SqliteConnection) -> Result<(), sqlx::Error> {
        let mut handle = connection.lock_handle().await?;
        handle.set_update_hook(move |change| {
            if change.table == "connections" {
                self.marks().insert(change.rowid);
            }
        });
        Ok(())
    }

    /// The marks, which are gone then. Only for whoever holds the one writer: the others may see rows as they were
    /// before a commit that is still under way.
    pub(super) fn take(&self) -> BTreeSet<i64> {
        std::mem::take(&mut *self.marks())
    }

    /// The marks, which stay.
    pub(super) fn look(&self) -> BTreeSet<i64> {
        self.marks().clone()
    }

    fn marks(&self) -> MutexGuard<'_, BTreeSet<i64>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
