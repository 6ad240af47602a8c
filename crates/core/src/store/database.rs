//! The workspace's SQLite database: opened durably, checked, migrated after a backup, with one writer.
//!
//! An acknowledged commit survives a power cut (WAL with synchronous=FULL): a rotated refresh token that is lost is a
//! connection that is lost. Nothing of sqlx gets out of the store.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use sqlx::pool::PoolConnection;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{Connection as _, Sqlite, SqlitePool, Transaction};

use super::changes::Changes;
use super::database_file::{self, APPLICATION_ID, Access};
use super::fault::{damaged, read_only};
use super::search::Search;
use super::{backup, map_sqlx};
use crate::{Code, Error, Result, Timestamp};

/// The first SQLite without the WAL-reset bug, which can corrupt a database of two connections.
const OLDEST_SQLITE: [u32; 3] = [3, 51, 3];

/// Above this size the check at the start would be felt; see [`Database::check`].
const CHECKED_AT_START: u64 = 64 << 20;

/// One step of the schema. A shipped one is never changed.
#[derive(Debug, Clone, Copy)]
pub struct Migration {
    /// 1, 2, 3, … without gaps: the database's `user_version` after it.
    pub version: i64,
    pub name: &'static str,
    /// Statements; run in one transaction.
    pub sql: &'static str,
}

/// What opening needs to know.
#[derive(Debug, Clone, Copy)]
pub struct DatabaseOptions {
    /// Names the backup that a migration makes.
    pub now: Timestamp,
    /// The most pages of 4 KiB that the file may have: a disk that gets full, for tests.
    pub max_pages: Option<u32>,
}

impl DatabaseOptions {
    pub fn at(now: Timestamp) -> Self {
        Self {
            now,
            max_pages: None,
        }
    }
}

/// An open database.
#[derive(Debug, Clone)]
pub struct Database {
    path: PathBuf,
    access: Access,
    version: i64,
    checked: bool,
    writer: SqlitePool,
    readers: SqlitePool,
    search: Arc<Search>,
}

impl Database {
    /// Opens the database at `path`, making it if there is none, and brings it to the newest of `migrations`. What
    /// can't be written is opened for reading; see [`is_read_only`](Self::is_read_only).
    ///
    /// # Errors
    /// `DatabaseNewer`, `DatabaseDamaged` (another program's file included), `DatabaseReadOnly` when it must be
    /// written to be of use, `DiskFull`. The file stays as it was.
    pub async fn open(
        path: &Path,
        migrations: &'static [Migration],
        options: DatabaseOptions,
    ) -> Result<Self> {
        Self::open_inner(path, migrations, options)
            .await
            .map_err(|error| name_backup(path, error))
    }

    async fn open_inner(
        path: &Path,
        migrations: &'static [Migration],
        options: DatabaseOptions,
    ) -> Result<Self> {
        let newest = migrations.last().map_or(0, |last| last.version);
        let access = database_file::prepare(path)?;
        database_file::inspect(path, newest)?;
        let unclean = database_file::has_log(path);
        let search = Arc::<Search>::default();
        let (writer, readers) = connect(path, access, options.max_pages, &search.changes).await?;
        let mut database = Self {
            path: path.to_owned(),
            access,
            version: 0,
            checked: false,
            writer,
            readers,
            search,
        };
        database.assert_sqlite().await?;
        let size = std::fs::metadata(path).map_or(0, |facts| facts.len());
        if size <= CHECKED_AT_START {
            database.check_with(&database.writer, unclean).await?;
            database.checked = true;
        }
        let application_id: i32 = database.pragma("pragma application_id").await?;
        let version: i32 = database.pragma("pragma user_version").await?;
        database_file::whose(application_id, version, newest)?;
        database.version = version.into();
        database.migrate(migrations, options.now).await?;
        Ok(database)
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Whether the file or its folder can't be written: reading works, each write gives `DatabaseReadOnly`.
    pub fn is_read_only(&self) -> bool {
        self.access == Access::ReadOnly
    }

    /// Whether opening looked the file through; see [`check`](Self::check).
    pub fn is_checked(&self) -> bool {
        self.checked
    }

    /// Looks the whole file through. Opening does it for databases up to 64 MiB; the owner of a larger one calls this
    /// once the window is up.
    ///
    /// # Errors
    /// `DatabaseDamaged`, naming the newest backup.
    pub async fn check(&self) -> Result<()> {
        // Not on the writer: it would have to wait.
        self.check_with(&self.readers, true)
            .await
            .map_err(|error| name_backup(&self.path, error))
    }

    /// Makes a verified copy in `backups/` beside the database and keeps the newest three.
    ///
    /// # Errors
    /// `DiskFull`, `DatabaseReadOnly`, `DatabaseDamaged`.
    pub async fn backup(&self, now: Timestamp) -> Result<PathBuf> {
        if self.is_read_only() {
            return Err(read_only());
        }
        backup::make(&self.path, &self.writer, self.version, now).await
    }

    /// Makes a verified copy beside the database, which stays until the person removes it:
    /// `workspace.db.<why>-<time>`.
    ///
    /// # Errors
    /// As [`backup`](Self::backup).
    pub(crate) async fn put_aside(&self, why: &str, now: Timestamp) -> Result<PathBuf> {
        if self.is_read_only() {
            return Err(read_only());
        }
        let mut copy = self.path.as_os_str().to_owned();
        copy.push(format!(".{why}-{}", backup::moment(now)));
        let copy = PathBuf::from(copy);
        backup::copy_to(&self.writer, &copy).await?;
        Ok(copy)
    }

    /// Closes every connection; the log is written into the file.
    pub async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
    }

    /// For reading, on up to four connections at once.
    pub(crate) fn reader(&self) -> &SqlitePool {
        &self.readers
    }

    /// The one writer, unless a transaction is open on it: on this connection every commit is seen.
    pub(super) fn idle_writer(&self) -> Option<PoolConnection<Sqlite>> {
        self.writer.try_acquire()
    }

    pub(super) fn search(&self) -> &Search {
        &self.search
    }

    /// A write transaction on the one writer, begun at once (`begin immediate`), rolled back unless committed. Await
    /// nothing but the database while it is open.
    ///
    /// # Errors
    /// `DatabaseReadOnly`; `Conflict` when another program holds the database for more than ten seconds.
    pub(crate) async fn write(&self) -> Result<Transaction<'static, Sqlite>> {
        if self.is_read_only() {
            return Err(read_only());
        }
        self.writer
            .begin_with("begin immediate")
            .await
            .map_err(|error| self.fault(error))
    }

    /// As [`map_sqlx`], naming the newest backup when the database is damaged.
    pub(crate) fn fault(&self, error: sqlx::Error) -> Error {
        name_backup(&self.path, map_sqlx(error))
    }

    /// Says where the newest backup is, if the error is damage.
    pub(crate) fn name_backup(&self, error: Error) -> Error {
        name_backup(&self.path, error)
    }

    async fn migrate(&mut self, migrations: &'static [Migration], now: Timestamp) -> Result<()> {
        let pending: Vec<_> = migrations
            .iter()
            .filter(|migration| migration.version > self.version)
            .collect();
        if pending.is_empty() {
            return Ok(());
        }
        if self.is_read_only() {
            return Err(read_only());
        }
        if self.version > 0 {
            self.backup(now).await?;
        }
        for migration in pending {
            let mut transaction = self.write().await?;
            sqlx::raw_sql(migration.sql)
                .execute(&mut *transaction)
                .await
                .map_err(|error| {
                    tracing::error!(migration = migration.name, "a migration failed");
                    map_sqlx(error)
                })?;
            // Both lie in the header, which the transaction covers. Numbers can't be bound in a pragma.
            let marks = format!(
                "pragma application_id = {APPLICATION_ID}; pragma user_version = {}",
                migration.version
            );
            sqlx::raw_sql(sqlx::AssertSqlSafe(marks))
                .execute(&mut *transaction)
                .await
                .map_err(map_sqlx)?;
            transaction.commit().await.map_err(map_sqlx)?;
            self.version = migration.version;
        }
        Ok(())
    }

    async fn check_with(&self, connections: &SqlitePool, thorough: bool) -> Result<()> {
        let check = if thorough {
            "pragma integrity_check(1)"
        } else {
            "pragma quick_check(1)"
        };
        let verdict: String = sqlx::query_scalar(check)
            .fetch_one(connections)
            .await
            .map_err(map_sqlx)?;
        if verdict == "ok" {
            Ok(())
        } else {
            tracing::error!(verdict, "the database doesn't pass its check");
            Err(damaged("the database is damaged"))
        }
    }

    async fn assert_sqlite(&self) -> Result<()> {
        let version: String = self.pragma("select sqlite_version()").await?;
        let numbers: Vec<u32> = version.split('.').filter_map(|n| n.parse().ok()).collect();
        if numbers.as_slice() >= OLDEST_SQLITE.as_slice() {
            Ok(())
        } else {
            Err(Error::internal(format!(
                "this build has SQLite {version}, which can corrupt databases"
            )))
        }
    }

    async fn pragma<T>(&self, statement: &'static str) -> Result<T>
    where
        T: for<'r> sqlx::Decode<'r, Sqlite> + sqlx::Type<Sqlite> + Send + Unpin,
    {
        sqlx::query_scalar(statement)
            .fetch_one(&self.writer)
            .await
            .map_err(map_sqlx)
    }
}

async fn connect(
    path: &Path,
    access: Access,
    max_pages: Option<u32>,
    changes: &Changes,
) -> Result<(SqlitePool, SqlitePool)> {
    let mut common = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(false)
        .foreign_keys(true)
        .busy_timeout(Duration::from_secs(10))
        .pragma("secure_delete", "on")
        .pragma("temp_store", "memory")
        .pragma("trusted_schema", "off")
        .pragma("cell_size_check", "on")
        .pragma("mmap_size", "0");
    let write = match access {
        Access::ReadWrite => {
            let mut write = common
                .clone()
                .journal_mode(SqliteJournalMode::Wal)
                .synchronous(SqliteSynchronous::Full);
            // Plain fsync doesn't empty the drive's cache there.
            if cfg!(target_os = "macos") {
                write = write
                    .pragma("fullfsync", "on")
                    .pragma("checkpoint_fullfsync", "on");
            }
            if let Some(pages) = max_pages {
                write = write.pragma("max_page_count", pages.to_string());
            }
            write
        }
        Access::ReadOnly => {
            // Without a log to follow, SQLite needs no files of its own in a folder that can't be written.
            common = common.immutable(!database_file::has_log(path));
            common.clone().read_only(true)
        }
    };
    let pool = |size| {
        SqlitePoolOptions::new()
            .max_connections(size)
            .idle_timeout(None)
            .max_lifetime(None)
    };
    // When a disk is full, SQLite rolls back by itself, and sqlx then believes for ever to be in the transaction. Such
    // a connection is closed and another one takes its place. The ping waits until a queued rollback has run.
    let changes = changes.clone();
    let write_pool = pool(1)
        .after_connect(move |connection, _| Box::pin(changes.clone().watch(connection)))
        .after_release(|connection, _| {
            Box::pin(async move {
                connection.ping().await?;
                Ok(!connection.is_in_transaction())
            })
        });
    // The writer first: it makes the log that readers share.
    let writer = write_pool.connect_with(write).await.map_err(map_sqlx)?;
    let readers = pool(4).connect_lazy_with(common.read_only(true));
    Ok((writer, readers))
}

fn name_backup(path: &Path, error: Error) -> Error {
    if error.code != Code::DatabaseDamaged || error.hint.is_some() {
        return error;
    }
    error.with_hint(match backup::newest(path) {
        Some(copy) => format!("Restore the newest backup: {}", copy.display()),
        None => "There is no backup of the database yet; the file was left as it is.".to_owned(),
    })
}

#[cfg(test)]
mod tests;
