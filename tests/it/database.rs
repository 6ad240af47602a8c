//! The workspace's database under every kind of bad luck: each has its code, and no file is made worse.

use std::fs;
use std::path::{Path, PathBuf};

use patchbay_core::store::{Database, DatabaseOptions, Migration, Owner, Ownership};
use patchbay_core::{Code, Error, Timestamp};

const FIRST: Migration = Migration {
    version: 1,
    name: "first",
    sql: "create table thing (id integer primary key, text text not null) strict;
          with recursive n(i) as (select 1 union all select i + 1 from n where i < 200)
          insert into thing (text) select hex(zeroblob(200)) from n;",
};
const SECOND: Migration = Migration {
    version: 2,
    name: "second",
    sql: "alter table thing add column more text;",
};
const ONE: &[Migration] = &[FIRST];
const TWO: &[Migration] = &[FIRST, SECOND];

struct Stage {
    _folder: tempfile::TempDir,
    path: PathBuf,
}

impl Stage {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("patchbay").join("patchbay.db");
        Self {
            _folder: folder,
            path,
        }
    }

    /// A closed database with the first migration.
    async fn with_database() -> Self {
        let stage = Self::new();
        stage.open(ONE).await.unwrap().close().await;
        stage
    }

    async fn open(&self, migrations: &'static [Migration]) -> Result<Database, Error> {
        Database::open(&self.path, migrations, DatabaseOptions::at(Timestamp(0))).await
    }

    async fn refused(&self, migrations: &'static [Migration]) -> Error {
        self.open(migrations)
            .await
            .expect_err("the database isn't opened")
    }

    fn folder(&self) -> &Path {
        self.path.parent().unwrap()
    }

    fn backups(&self) -> Vec<PathBuf> {
        let mut found: Vec<_> = fs::read_dir(self.folder().join("backups"))
            .into_iter()
            .flatten()
            .map(|entry| entry.unwrap().path())
            .collect();
        found.sort();
        found
    }

    fn overwrite(&self, at: usize, with: &[u8]) -> Vec<u8> {
        let mut bytes = fs::read(&self.path).unwrap();
        bytes[at..at + with.len()].copy_from_slice(with);
        fs::write(&self.path, &bytes).unwrap();
        bytes
    }
}

#[cfg(unix)]
fn mode(path: &Path) -> u32 {
    use std::os::unix::fs::PermissionsExt as _;
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[cfg(unix)]
fn set_mode(path: &Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

#[cfg(unix)]
#[tokio::test]
async fn only_its_owner_may_read_the_database() {
    let stage = Stage::new();
    let database = stage.open(ONE).await.unwrap();
    let backup = database.backup(Timestamp(1)).await.unwrap();
    assert_eq!(mode(stage.folder()), 0o700, "the folder");
    assert_eq!(mode(backup.parent().unwrap()), 0o700, "the backups' folder");
    assert_eq!(mode(&backup), 0o600, "a backup");
    for entry in fs::read_dir(stage.folder()).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() {
            assert_eq!(mode(&path), 0o600, "{}", path.display());
        }
    }
    database.close().await;
    set_mode(&stage.path, 0o644);
    set_mode(stage.folder(), 0o755);
    stage.open(ONE).await.unwrap();
    assert_eq!(mode(&stage.path), 0o600, "tightened again");
    assert_eq!(mode(stage.folder()), 0o700, "tightened again");
}

#[tokio::test]
async fn a_database_of_a_newer_version_is_left_alone() {
    let stage = Stage::new();
    stage.open(TWO).await.unwrap().close().await;
    let before = fs::read(&stage.path).unwrap();
    let error = stage.refused(ONE).await;
    assert_eq!(error.code, Code::DatabaseNewer, "{error}");
    assert!(error.hint.is_some(), "it says what to do");
    assert_eq!(
        fs::read(&stage.path).unwrap(),
        before,
        "not a byte was changed"
    );
    stage
        .open(TWO)
        .await
        .expect("the newer version opens it still");
}

#[tokio::test]
async fn a_newer_version_that_lies_in_the_log_only_is_noticed_too() {
    let stage = Stage::with_database().await;
    let running = stage.open(TWO).await.unwrap();
    let crashed = Stage::new();
    fs::create_dir_all(crashed.folder()).unwrap();
    for name in ["patchbay.db", "patchbay.db-wal"] {
        fs::copy(stage.folder().join(name), crashed.folder().join(name)).unwrap();
    }
    running.close().await;
    assert_eq!(
        crashed.refused(ONE).await.code,
        Code::DatabaseNewer,
        "what was committed counts"
    );
    crashed
        .open(TWO)
        .await
        .expect("and after the crash nothing is lost");
}

#[tokio::test]
async fn another_programs_database_is_left_alone() {
    let stage = Stage::with_database().await;
    let before = stage.overwrite(68, b"Fire");
    let error = stage.refused(ONE).await;
    assert_eq!(error.code, Code::DatabaseDamaged, "{error}");
    assert!(
        error.message.contains("another program"),
        "the reason is said: {error}"
    );
    assert_eq!(
        fs::read(&stage.path).unwrap(),
        before,
        "not a byte was changed"
    );
}

#[tokio::test]
async fn damage_is_noticed_at_the_start_and_names_the_newest_backup() {
    let whole = Stage::with_database().await;
    let size = fs::metadata(&whole.path).unwrap().len() as usize;
    assert!(size > 3 * 4096, "there are pages to be damaged");
    for (what, at) in [
        ("the header", 0),
        ("the schema", 100),
        ("a table", 4096),
        ("its last page", size - 4096),
    ] {
        let stage = Stage::with_database().await;
        let database = stage.open(ONE).await.unwrap();
        database.backup(Timestamp(1_000)).await.unwrap();
        let newest = database.backup(Timestamp(2_000)).await.unwrap();
        database.close().await;
        let before = stage.overwrite(at, &[0xAA; 64]);
        let error = stage.refused(ONE).await;
        assert_eq!(error.code, Code::DatabaseDamaged, "{what}: {error}");
        let hint = error.hint.expect("it says what to do");
        assert!(
            hint.contains(&newest.display().to_string()),
            "{what}: {hint}"
        );
        assert_eq!(
            fs::read(&stage.path).unwrap(),
            before,
            "{what}: the file is kept"
        );
    }
}

#[tokio::test]
async fn a_file_that_was_cut_off_or_is_no_database_is_damaged() {
    let stage = Stage::with_database().await;
    let whole = fs::read(&stage.path).unwrap();
    for (what, bytes) in [
        ("cut in the header", &whole[..50]),
        ("cut in a page", &whole[..whole.len() - 4096]),
        ("a text", b"dear diary".as_slice()),
    ] {
        fs::write(&stage.path, bytes).unwrap();
        let error = stage.refused(ONE).await;
        assert_eq!(error.code, Code::DatabaseDamaged, "{what}: {error}");
        assert!(error.hint.is_some(), "{what}: it says what to do");
        assert_eq!(
            fs::read(&stage.path).unwrap(),
            bytes,
            "{what}: the file is kept"
        );
    }
}

#[tokio::test]
async fn a_database_is_backed_up_before_it_is_migrated() {
    let stage = Stage::new();
    stage.open(ONE).await.unwrap().close().await;
    assert!(
        stage.backups().is_empty(),
        "a new database has nothing to lose"
    );
    stage.open(TWO).await.unwrap().close().await;
    let [backup] = stage
        .backups()
        .try_into()
        .expect("one migration, one backup");
    fs::copy(&backup, &stage.path).unwrap();
    let database = stage
        .open(ONE)
        .await
        .expect("the backup is the version before");
    database.check().await.expect("and it is whole");
    database.close().await;
    stage.open(TWO).await.unwrap().close().await;
    let once = stage.backups();
    stage.open(TWO).await.unwrap().close().await;
    assert_eq!(
        stage.backups(),
        once,
        "nothing to migrate, nothing to back up"
    );
}

#[tokio::test]
async fn the_newest_three_backups_are_kept() {
    let stage = Stage::new();
    let database = stage.open(ONE).await.unwrap();
    // Left by a copy that was interrupted.
    fs::create_dir_all(stage.folder().join("backups")).unwrap();
    fs::write(stage.folder().join("backups").join(".unfinished"), "half").unwrap();
    let mut made = Vec::new();
    for second in 1..=5 {
        made.push(database.backup(Timestamp(second * 1_000)).await.unwrap());
    }
    assert_eq!(
        stage.backups(),
        made[2..],
        "the oldest two and the unfinished one are gone"
    );
}

#[tokio::test]
async fn a_full_disk_at_the_first_start_is_named() {
    let stage = Stage::new();
    let options = DatabaseOptions {
        max_pages: Some(3),
        ..DatabaseOptions::at(Timestamp(0))
    };
    let error = Database::open(&stage.path, ONE, options)
        .await
        .expect_err("there is no room");
    assert_eq!(error.code, Code::DiskFull, "{error}");
    stage.open(ONE).await.expect("with room it starts");
}

#[cfg(unix)]
#[tokio::test]
async fn a_read_only_folder_is_opened_for_reading() {
    let stage = Stage::with_database().await;
    set_mode(stage.folder(), 0o500);
    let database = stage.open(ONE).await.expect("what is there can be read");
    assert!(database.is_read_only(), "and it says so");
    let error = database
        .backup(Timestamp(0))
        .await
        .expect_err("no backup can be written");
    assert_eq!(error.code, Code::DatabaseReadOnly, "{error}");
    let error = stage.refused(TWO).await;
    assert_eq!(
        error.code,
        Code::DatabaseReadOnly,
        "what must be migrated can't be used: {error}"
    );
    set_mode(stage.folder(), 0o700);
    assert!(
        !stage.open(ONE).await.unwrap().is_read_only(),
        "writable again"
    );
}

#[cfg(unix)]
#[tokio::test]
async fn a_read_only_folder_without_a_database_is_refused() {
    let stage = Stage::new();
    fs::create_dir_all(stage.folder()).unwrap();
    set_mode(stage.folder(), 0o500);
    let error = stage.refused(ONE).await;
    set_mode(stage.folder(), 0o700);
    assert_eq!(error.code, Code::DatabaseReadOnly, "{error}");
    assert!(error.hint.is_some(), "it says what to do");
}

#[test]
fn a_workspace_has_one_owner_at_a_time() {
    let stage = Stage::new();
    let Ownership::Ours(owner) = Owner::acquire(stage.folder()).unwrap() else {
        panic!("nobody else has it");
    };
    match Owner::acquire(stage.folder()).unwrap() {
        Ownership::Ours(_) => panic!("there would be two owners"),
        Ownership::Held(pid) if cfg!(unix) => {
            assert_eq!(pid, Some(std::process::id()), "who has it can be shown");
        }
        Ownership::Held(_) => {}
    }
    drop(owner);
    let again = Owner::acquire(stage.folder()).unwrap();
    assert!(
        matches!(again, Ownership::Ours(_)),
        "the file that is left doesn't matter"
    );
}

/// A damaged database with a log, and the backup that was made before.
async fn damaged_with_backup() -> (Stage, PathBuf, Vec<u8>) {
    let stage = Stage::with_database().await;
    let database = stage.open(ONE).await.unwrap();
    let backup = database.backup(Timestamp(1_000)).await.unwrap();
    database.close().await;
    let bytes = stage.overwrite(4096, &[0xAA; 64]);
    fs::write(stage.folder().join("patchbay.db-wal"), b"an old log").unwrap();
    (stage, backup, bytes)
}

#[tokio::test]
async fn a_restored_backup_opens_and_the_damaged_database_is_kept() {
    let (stage, backup, bytes) = damaged_with_backup().await;
    let found = Database::restorable(&stage.path).await.unwrap();
    assert_eq!(found, backup, "the only backup");
    let aside = Database::restore(&stage.path, &found, Timestamp(2_000))
        .await
        .unwrap();
    assert_eq!(fs::read(&aside).unwrap(), bytes, "not a byte is lost");
    let mut log = aside.clone().into_os_string();
    log.push("-wal");
    assert_eq!(
        fs::read(log).unwrap(),
        b"an old log",
        "its log is kept with it"
    );
    let name = aside.file_name().unwrap().to_str().unwrap();
    assert!(
        name.starts_with("patchbay.db.damaged-1970"),
        "it says what it is and from when: {name}"
    );
    let database = stage.open(ONE).await.unwrap();
    database.check().await.expect("the restored one is whole");
    database.close().await;
    assert!(backup.exists(), "the backup stays a backup");
}

#[tokio::test]
async fn a_backup_that_is_damaged_itself_is_passed_over() {
    let (stage, older, _) = damaged_with_backup().await;
    let newer = older.with_file_name("99991231T000000.000Z-v1.db");
    fs::write(&newer, b"no database").unwrap();
    let found = Database::restorable(&stage.path).await.unwrap();
    assert_eq!(found, older, "the newest that passes its check");
    fs::remove_file(older).unwrap();
    let none = Database::restorable(&stage.path).await.unwrap_err();
    assert_eq!(none.code, Code::NotFound, "{none}");
}

#[tokio::test]
async fn damage_that_comes_while_the_database_is_open_is_found_by_the_check() {
    let stage = Stage::with_database().await;
    let database = stage.open(ONE).await.unwrap();
    assert!(database.is_checked(), "a small one is checked at the start");
    database.check().await.expect("it is whole");
    stage.overwrite(8192, &[0xAA; 4096]);
    let error = database.check().await.unwrap_err();
    assert_eq!(error.code, Code::DatabaseDamaged, "{error}");
    database.close().await;
}
