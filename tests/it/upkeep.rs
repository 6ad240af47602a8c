//! A workspace looks after itself: a backup a day, damage noticed while it is open, and the newest backup in its place.

use std::fs;
use std::path::PathBuf;

use patchbay_core::clock::Clock as _;
use patchbay_core::connection::Status;
use patchbay_core::workspace::Restoring;
use patchbay_core::{Code, Core};
use patchbay_tests::workbench::Workbench;

const DAY: i64 = 24 * 60 * 60;

fn backups(bench: &Workbench) -> Vec<PathBuf> {
    let folder = bench.database().with_file_name("backups");
    let mut found: Vec<_> = fs::read_dir(folder)
        .into_iter()
        .flatten()
        .map(|entry| entry.unwrap().path())
        .collect();
    found.sort();
    found
}

/// Overwrites all of the database but its first page.
fn damage(bench: &Workbench) {
    let path = bench.database();
    let mut bytes = fs::read(&path).unwrap();
    assert!(bytes.len() > 8192, "there is something to damage");
    bytes[4096..].fill(0xa5);
    fs::write(&path, bytes).unwrap();
}

fn folder(bench: &Workbench) -> PathBuf {
    bench.folder.path().join("workspace")
}

/// Opens the restored workspace: the connection is there, and its tokens are.
async fn assert_whole(bench: Workbench, id: &str) {
    let bench = bench.restart().await;
    assert!(bench.core.state().await.unwrap().problem.is_none());
    assert_eq!(bench.row(id).await.status, Status::Connected);
    bench.core.test_connection(id).await.unwrap();
    assert_eq!(
        bench.row(id).await.status,
        Status::Connected,
        "its tokens open"
    );
}

async fn with_backup() -> (Workbench, String) {
    let bench = Workbench::start().await;
    let id = bench.connected("Release bot").await;
    bench.core.settle().await;
    assert_eq!(backups(&bench).len(), 1, "the first day's backup");
    // Closing writes the log into the database's file.
    (bench.restart().await, id)
}

#[tokio::test]
async fn each_day_has_one_backup() {
    let (bench, _) = with_backup().await;
    let bench = bench.restart().await;
    assert_eq!(backups(&bench).len(), 1, "none more on the same day");
    bench.clock.advance(DAY);
    let bench = bench.restart().await;
    assert_eq!(backups(&bench).len(), 2, "one more on the next");
    for _ in 0..3 {
        bench.clock.advance(DAY);
        bench.core.settle().await;
    }
    assert_eq!(backups(&bench).len(), 3, "and three are kept");
}

#[tokio::test]
async fn damage_that_comes_while_the_workspace_is_open_is_noticed_and_mended() {
    let (bench, id) = with_backup().await;
    damage(&bench);
    bench.clock.advance(8 * DAY);
    bench.core.settle().await;
    let problem = bench.core.state().await.unwrap().problem;
    let problem = problem.expect("the weekly check finds it");
    assert_eq!(problem.code, Code::DatabaseDamaged, "{problem}");
    assert_eq!(backups(&bench).len(), 1, "what is damaged isn't backed up");

    let restoring = Restoring::prepare(&folder(&bench), Ok(bench.core.clone()))
        .await
        .unwrap();
    let aside = restoring.run(bench.clock.now()).await.unwrap();
    assert!(
        aside.is_file(),
        "the damaged one is kept: {}",
        aside.display()
    );
    assert_whole(bench, &id).await;
}

#[tokio::test]
async fn damage_that_keeps_the_workspace_from_opening_is_mended() {
    let (bench, id) = with_backup().await;
    bench.core.close().await;
    damage(&bench);
    let opened: Result<Core, _> = bench.open_again(None).await;
    assert_eq!(
        opened.as_ref().err().map(|error| error.code),
        Some(Code::DatabaseDamaged)
    );
    let restoring = Restoring::prepare(&folder(&bench), opened).await.unwrap();
    restoring.run(bench.clock.now()).await.unwrap();
    assert_whole(bench, &id).await;
}

#[tokio::test]
async fn a_whole_workspace_is_never_replaced_by_a_backup() {
    let (bench, id) = with_backup().await;
    let refused = Restoring::prepare(&folder(&bench), Ok(bench.core.clone())).await;
    assert_eq!(refused.err().map(|error| error.code), Some(Code::Conflict));
    assert_whole(bench, &id).await;
}

#[tokio::test]
async fn a_damaged_workspace_without_a_backup_stays_as_it_is() {
    let bench = Workbench::start().await;
    bench.connected("Release bot").await;
    bench.core.close().await;
    damage(&bench);
    let before = fs::read(bench.database()).unwrap();
    let opened = bench.open_again(None).await;
    let refused = Restoring::prepare(&folder(&bench), opened).await;
    assert_eq!(refused.err().map(|error| error.code), Some(Code::NotFound));
    assert!(
        fs::read(bench.database()).unwrap() == before,
        "not a byte was changed"
    );
}
