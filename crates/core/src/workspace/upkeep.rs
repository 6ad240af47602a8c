//! The workspace's own durability: a large or long unchecked database is looked through once the window is up, each
//! day has its backup, and a damaged database is replaced by the newest one.

use std::path::{Path, PathBuf};

use super::core::{Core, DATABASE};
use crate::clock::Timestamp;
use crate::connection::{Event, LinkHandler, WorkspaceState};
use crate::error::{Code, Error, Result};
use crate::store::{Database, Owner, Ownership, meta};
use crate::vault::VaultState;

const DAY: i64 = 24 * 60 * 60;

impl Core {
    /// Checks the database if opening didn't or if a week has gone by, and makes the day's backup. Damage becomes the
    /// workspace's problem; everything else is only logged.
    pub(crate) async fn keep_up(&self) {
        if self.database().is_read_only() {
            return;
        }
        if let Err(error) = self.check_and_back_up().await {
            self.found_fault(&error);
        }
    }

    async fn check_and_back_up(&self) -> Result<()> {
        if !self.database().is_checked() || self.is_due("checked_at", 7 * DAY).await? {
            self.database().check().await?;
            meta::set(self.database(), "checked_at", &self.now()).await?;
        }
        if self.is_due("backed_up_at", DAY).await? {
            self.database().backup(self.now()).await?;
            meta::set(self.database(), "backed_up_at", &self.now()).await?;
        }
        Ok(())
    }

    /// A clock that was set back makes it due too.
    async fn is_due(&self, key: &str, seconds: i64) -> Result<bool> {
        let last: Option<Timestamp> = meta::get(self.database(), key).await?;
        Ok(last.is_none_or(|last| !(0..seconds).contains(&self.now().seconds_since(last))))
    }

    /// Remembers damage, and tells the console of the first.
    pub(super) fn found_fault(&self, error: &Error) {
        tracing::warn!(code = ?error.code, "the database isn't as it should be");
        if error.code == Code::DatabaseDamaged && self.set_damage(error.clone()) {
            self.emit(Event::VaultChanged);
        }
    }
}

impl WorkspaceState {
    /// The state of a workspace that can't be used.
    pub fn closed(problem: Error, version: &str, directory: &Path) -> Self {
        Self {
            vault: VaultState::Locked,
            vault_store: String::new(),
            has_recovery: false,
            read_only: false,
            place_warning: None,
            version: version.to_owned(),
            data_directory: directory.display().to_string(),
            connections: 0,
            attention: 0,
            flows: 0,
            connectors: 0,
            problem: Some(problem),
            link_handler: LinkHandler::Unknown,
        }
    }
}

/// A backup that is about to take a damaged database's place.
pub struct Restoring {
    database: PathBuf,
    backup: PathBuf,
    opened: Option<Core>,
}

impl Restoring {
    /// Finds the backup for the workspace in `directory`; `opened` is what opening it came to. Changes nothing.
    ///
    /// # Errors
    /// `Conflict` when the workspace isn't damaged; `NotFound` when no backup passes its check.
    pub async fn prepare(directory: &Path, opened: Result<Core>) -> Result<Self> {
        let (opened, problem) = match opened {
            Ok(core) => {
                let problem = core.damage();
                (Some(core), problem)
            }
            Err(problem) => (None, Some(problem)),
        };
        if problem.is_none_or(|problem| problem.code != Code::DatabaseDamaged) {
            return Err(Error::new(
                Code::Conflict,
                "the workspace isn't damaged: nothing was changed",
            ));
        }
        let database = directory.join(DATABASE);
        Ok(Self {
            backup: Database::restorable(&database).await?,
            database,
            opened,
        })
    }

    /// Closes the workspace and restores it, to be opened anew. Answers where the damaged database is kept.
    ///
    /// # Errors
    /// `Conflict` when another process has the workspace; `DiskFull`, `DatabaseReadOnly`.
    pub async fn run(self, now: Timestamp) -> Result<PathBuf> {
        if let Some(core) = &self.opened {
            core.close().await;
        }
        let folder = self.database.parent().unwrap_or(Path::new("."));
        match Owner::acquire(folder)? {
            Ownership::Ours(_owner) => Database::restore(&self.database, &self.backup, now).await,
            Ownership::Held(_) => Err(Error::new(
                Code::Conflict,
                "another Patchbay has this workspace open",
            )
            .with_hint("Close the other one, then restore the backup")),
        }
    }
}
