//! The way back from a damaged database: the newest verified copy takes its place, and it is kept aside.
//!
//! A power cut in between leaves the damaged database or the restored one, never none: with none, the next start would
//! begin an empty workspace.

use std::fs::{self, File};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::database_file::{create_file, folder, sync_folder};
use super::fault::map_io;
use super::{Database, backup};
use crate::{Code, Error, Result, Timestamp};

impl Database {
    /// The newest backup of the database at `path` that passes its check now.
    ///
    /// # Errors
    /// `NotFound` when none does.
    pub async fn restorable(path: &Path) -> Result<PathBuf> {
        for copy in backup::all(path).into_iter().rev() {
            match backup::verify(&copy).await {
                Ok(()) => return Ok(copy),
                Err(error) => tracing::warn!(code = ?error.code, "a backup doesn't pass its check"),
            }
        }
        Err(Error::new(
            Code::NotFound,
            "there is no backup that could be restored",
        ))
    }

    /// Puts `backup` in the place of the database at `path`, which nobody may have open, and answers where that is
    /// kept: beside it, as `workspace.db.damaged-<time>`.
    ///
    /// # Errors
    /// `DiskFull`, `DatabaseReadOnly`.
    pub async fn restore(path: &Path, backup: &Path, now: Timestamp) -> Result<PathBuf> {
        let (path, backup) = (path.to_owned(), backup.to_owned());
        tokio::task::spawn_blocking(move || replace(&path, &backup, now))
            .await
            .map_err(|_| Error::internal("the restoring was interrupted"))?
            .map_err(|error| map_io("restore the backup", &error))
    }
}

fn replace(path: &Path, backup: &Path, now: Timestamp) -> std::io::Result<PathBuf> {
    let restored = with_suffix(path, ".restored");
    remove(&restored)?;
    std::io::copy(&mut File::open(backup)?, &mut create_file(&restored)?)?;
    File::options().write(true).open(&restored)?.sync_all()?;
    let aside = with_suffix(path, &format!(".damaged-{}", backup::moment(now)));
    keep(path, &aside)?;
    // A log that stays would be played into the restored database.
    for part in ["-wal", "-journal"] {
        match fs::rename(with_suffix(path, part), with_suffix(&aside, part)) {
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
            Ok(()) | Err(_) => {}
        }
    }
    remove(&with_suffix(path, "-shm"))?;
    sync_folder(&folder(path))?;
    fs::rename(&restored, path)?;
    sync_folder(&folder(path))?;
    Ok(aside)
}

/// A second name for the file, or a copy where there are no second names.
fn keep(path: &Path, aside: &Path) -> std::io::Result<()> {
    match fs::hard_link(path, aside) {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        Err(_) => {
            std::io::copy(&mut File::open(path)?, &mut create_file(aside)?)?;
            File::options().write(true).open(aside)?.sync_all()
        }
        Ok(()) => Ok(()),
    }
}

fn remove(path: &Path) -> std::io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
        Ok(()) | Err(_) => Ok(()),
    }
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}
