//! Verified copies of the database beside it, in `backups/`: before each migration, and on request. What is secret
//! in them is sealed as in the original.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{ConnectOptions as _, Connection as _, SqlitePool};
use time::OffsetDateTime;
use time::macros::format_description;

use super::database_file::{APPLICATION_ID, create_file, create_folder, folder, sync_folder};
use super::fault::{damaged, map_io, map_sqlx};
use crate::{Error, Result, Timestamp};

/// How many copies are kept.
const KEPT: usize = 3;

/// Copies the database into `backups/` and keeps the newest copies there.
///
/// # Errors
/// As [`copy_to`].
pub(super) async fn make(
    database: &Path,
    connection: &SqlitePool,
    version: i64,
    now: Timestamp,
) -> Result<PathBuf> {
    let backups = backups(database);
    create_folder(&backups).map_err(in_io)?;
    let copy = backups.join(format!("{}-v{version}.db", moment(now)));
    copy_to(connection, &copy).await?;
    for old in in_folder(&backups).into_iter().rev().skip(KEPT) {
        fs::remove_file(old).map_err(in_io)?;
    }
    Ok(copy)
}

/// Copies the database: into a new file, synced, checked, and only then given its name.
///
/// # Errors
/// `DiskFull`, `DatabaseReadOnly`, or `DatabaseDamaged` when the copy doesn't pass its check.
pub(super) async fn copy_to(connection: &SqlitePool, copy: &Path) -> Result<()> {
    let folder = folder(copy);
    let unfinished = folder.join(".unfinished");
    // Left by a copy that was interrupted.
    let _ = fs::remove_file(&unfinished);
    create_file(&unfinished).map_err(in_io)?;
    let copied = self::copy(connection, &unfinished).await;
    if let Err(error) = copied {
        let _ = fs::remove_file(&unfinished);
        return Err(error);
    }
    let copy = copy.to_owned();
    tokio::task::spawn_blocking(move || {
        File::options().write(true).open(&unfinished)?.sync_all()?;
        fs::rename(&unfinished, &copy)?;
        sync_folder(&folder)
    })
    .await
    .map_err(|_| Error::internal("the backup was interrupted"))?
    .map_err(in_io)
}

fn in_io(error: std::io::Error) -> Error {
    map_io("back the database up", &error)
}

/// The newest verified copy beside `database`.
pub(super) fn newest(database: &Path) -> Option<PathBuf> {
    all(database).pop()
}

async fn copy(connection: &SqlitePool, to: &Path) -> Result<()> {
    let name = to
        .to_str()
        .ok_or_else(|| Error::internal("the data folder's path is not Unicode"))?;
    sqlx::query("vacuum into ?")
        .bind(name)
        .execute(connection)
        .await
        .map_err(map_sqlx)?;
    verify(to).await
}

/// Looks a copy through.
///
/// # Errors
/// `DatabaseDamaged`.
pub(super) async fn verify(copy: &Path) -> Result<()> {
    let mut copy: SqliteConnection = SqliteConnectOptions::new()
        .filename(copy)
        .read_only(true)
        .immutable(true)
        .connect()
        .await
        .map_err(map_sqlx)?;
    let verdict: String = sqlx::query_scalar("pragma integrity_check(1)")
        .fetch_one(&mut copy)
        .await
        .map_err(map_sqlx)?;
    let application_id: i32 = sqlx::query_scalar("pragma application_id")
        .fetch_one(&mut copy)
        .await
        .map_err(map_sqlx)?;
    copy.close().await.map_err(map_sqlx)?;
    if verdict == "ok" && application_id == APPLICATION_ID {
        Ok(())
    } else {
        Err(damaged("the copy of the database doesn't pass its check"))
    }
}

fn backups(database: &Path) -> PathBuf {
    folder(database).join("backups")
}

/// Every finished copy of `database`, the oldest first: their names begin with their time.
pub(super) fn all(database: &Path) -> Vec<PathBuf> {
    in_folder(&backups(database))
}

fn in_folder(backups: &Path) -> Vec<PathBuf> {
    let mut copies: Vec<PathBuf> = fs::read_dir(backups)
        .into_iter()
        .flatten()
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|path| path.extension().is_some_and(|extension| extension == "db"))
        .collect();
    copies.sort();
    copies
}

/// Sorts as text in the order of time.
pub(super) fn moment(now: Timestamp) -> String {
    OffsetDateTime::from_unix_timestamp_nanos(i128::from(now.0) * 1_000_000)
        .ok()
        .and_then(|time| {
            time.format(format_description!(
                "[year][month][day]T[hour][minute][second].[subsecond digits:3]Z"
            ))
            .ok()
        })
        .unwrap_or_else(|| "00000000T000000.000Z".into())
}
