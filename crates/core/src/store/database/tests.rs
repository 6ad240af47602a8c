//! What only the store can see: SQLite's settings and its refusals.

use super::*;

const FIRST: Migration = Migration {
    version: 1,
    name: "notes",
    sql: "create table note (id integer primary key, text text not null unique) strict;",
};
const MIGRATIONS: &[Migration] = &[FIRST];

async fn fresh(max_pages: Option<u32>) -> (tempfile::TempDir, Database) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let options = DatabaseOptions {
        max_pages,
        ..DatabaseOptions::at(Timestamp(0))
    };
    let database = Database::open(&folder.path().join("patchbay.db"), MIGRATIONS, options)
        .await
        .expect("a fresh database opens");
    (folder, database)
}

async fn setting<T>(database: &Database, statement: &'static str) -> T
where
    T: for<'r> sqlx::Decode<'r, Sqlite> + sqlx::Type<Sqlite> + Send + Unpin,
{
    database.pragma(statement).await.expect("a pragma answers")
}

async fn write_note(database: &Database, text: &str) -> Result<()> {
    let mut transaction = database.write().await?;
    sqlx::query("insert into note (text) values (?)")
        .bind(text)
        .execute(&mut *transaction)
        .await
        .map_err(|error| database.fault(error))?;
    transaction
        .commit()
        .await
        .map_err(|error| database.fault(error))
}

async fn notes(database: &Database) -> i64 {
    sqlx::query_scalar("select count(*) from note")
        .fetch_one(database.reader())
        .await
        .expect("notes are counted")
}

#[tokio::test]
async fn the_writer_commits_durably_and_wipes_what_it_deletes() {
    let (_folder, database) = fresh(None).await;
    let journal: String = setting(&database, "pragma journal_mode").await;
    assert_eq!(journal, "wal", "readers don't wait for the writer");
    for (statement, wanted, why) in [
        (
            "pragma synchronous",
            2,
            "FULL: a commit survives a power cut",
        ),
        ("pragma secure_delete", 1, "deleted secrets are overwritten"),
        (
            "pragma temp_store",
            2,
            "nothing is spilled to a temporary file",
        ),
        (
            "pragma trusted_schema",
            0,
            "a changed schema can't call functions",
        ),
        ("pragma cell_size_check", 1, "damage is seen early"),
        (
            "pragma mmap_size",
            0,
            "an I/O error is an error, not a signal",
        ),
        ("pragma foreign_keys", 1, "references hold"),
        ("pragma busy_timeout", 10_000, "ten seconds"),
    ] {
        let value: i64 = setting(&database, statement).await;
        assert_eq!(value, wanted, "{statement}: {why}");
    }
}

#[tokio::test]
async fn a_full_disk_is_named_and_leaves_the_database_as_it_was() {
    let (_folder, database) = fresh(Some(8)).await;
    write_note(&database, "small")
        .await
        .expect("there is room for a little");
    let error = write_note(&database, &"x".repeat(200_000))
        .await
        .expect_err("there is no room for much");
    assert_eq!(error.code, Code::DiskFull, "{error}");
    assert_eq!(notes(&database).await, 1, "the earlier note is still there");
    write_note(&database, "small again")
        .await
        .expect("the writer isn't stuck after a full disk");
}

#[tokio::test]
async fn a_transaction_that_is_dropped_leaves_nothing_and_the_writer_free() {
    let (_folder, database) = fresh(None).await;
    {
        let mut transaction = database.write().await.expect("the writer is free");
        sqlx::query("insert into note (text) values ('lost')")
            .execute(&mut *transaction)
            .await
            .expect("a note is written");
    }
    write_note(&database, "kept")
        .await
        .expect("the writer is free again");
    assert_eq!(
        notes(&database).await,
        1,
        "only the committed note is there"
    );
}

#[tokio::test]
async fn a_reader_connection_refuses_to_write() {
    let (_folder, database) = fresh(None).await;
    let error = sqlx::query("insert into note (text) values ('x')")
        .execute(database.reader())
        .await
        .expect_err("readers only read");
    assert_eq!(
        database.fault(error).code,
        Code::DatabaseReadOnly,
        "by its own connection's mode"
    );
}

#[tokio::test]
async fn a_broken_uniqueness_is_a_conflict_without_the_value() {
    let (_folder, database) = fresh(None).await;
    write_note(&database, "hunter2")
        .await
        .expect("the first is taken");
    let error = write_note(&database, "hunter2")
        .await
        .expect_err("the second is not");
    assert_eq!(
        error.code,
        Code::Conflict,
        "something holds that value already"
    );
    assert!(
        !format!("{error:?}").contains("hunter2"),
        "the value is not in the error"
    );
}

#[tokio::test]
async fn a_read_only_file_is_read_and_each_write_is_refused() {
    let (folder, database) = fresh(None).await;
    let path = folder.path().join("patchbay.db");
    write_note(&database, "kept")
        .await
        .expect("a note is written");
    database.close().await;
    let mut permissions = std::fs::metadata(&path)
        .expect("the file is there")
        .permissions();
    permissions.set_readonly(true);
    std::fs::set_permissions(&path, permissions).expect("the file is made read-only");
    let database = Database::open(&path, MIGRATIONS, DatabaseOptions::at(Timestamp(0)))
        .await
        .expect("a read-only database opens");
    assert!(database.is_read_only(), "and says so");
    assert_eq!(notes(&database).await, 1, "what is in it is read");
    let error = write_note(&database, "no")
        .await
        .expect_err("a write is refused");
    assert_eq!(error.code, Code::DatabaseReadOnly, "{error}");
    assert!(error.hint.is_some(), "it says what to do");
}

#[tokio::test]
async fn a_migration_that_fails_leaves_the_version_before_it() {
    const BROKEN: &[Migration] = &[
        FIRST,
        Migration {
            version: 2,
            name: "broken",
            sql: "create table half (id integer) strict; insert into nowhere values (1);",
        },
    ];
    let (folder, database) = fresh(None).await;
    database.close().await;
    let path = folder.path().join("patchbay.db");
    Database::open(&path, BROKEN, DatabaseOptions::at(Timestamp(0)))
        .await
        .expect_err("the migration fails");
    let database = Database::open(&path, MIGRATIONS, DatabaseOptions::at(Timestamp(0)))
        .await
        .expect("the version before still opens it");
    let half: i64 = setting(
        &database,
        "select count(*) from sqlite_schema where name = 'half'",
    )
    .await;
    assert_eq!(half, 0, "nothing of the failed migration is left");
}
