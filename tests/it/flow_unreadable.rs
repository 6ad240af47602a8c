//! Files and folders of flows that may not be read: each says so, and the rest goes on.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use patchbay_core::flow::read::{Problem, ProblemKind};
use patchbay_core::flow::view::{FlowFilter, SourceRow};
use patchbay_tests::flow_workspace::FlowWorkspace;

use crate::flow_pictures::{ONBOARDING, rows, usual};

const PUBLISH: &str = "name = \"Publish\"\n";

/// Runs a test where permissions count: root may read everything, so the thread gives up that right. Threads that it
/// starts, the runtime's among them, have its rights; the other tests keep theirs.
fn where_permissions_count(test: impl AsyncFnOnce() + Send + 'static) {
    let limited = std::thread::spawn(|| {
        #[cfg(target_os = "linux")]
        {
            use rustix::thread::{CapabilitySet, capabilities, set_capabilities};
            let mut rights = capabilities(None).unwrap();
            rights.effective -= CapabilitySet::DAC_OVERRIDE | CapabilitySet::DAC_READ_SEARCH;
            set_capabilities(None, rights).unwrap();
        }
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(test());
    });
    if let Err(panic) = limited.join() {
        std::panic::resume_unwind(panic);
    }
}

fn permit(path: &Path, mode: u32) {
    fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
}

/// The row of the only source.
async fn row(workspace: &FlowWorkspace) -> SourceRow {
    let sources = workspace.flows.sources().await.unwrap();
    assert_eq!(sources.len(), 1, "one source");
    sources.into_iter().next().unwrap()
}

/// What is said of a path that may not be read.
fn may_not_be_read(path: &Path) -> Problem {
    Problem {
        path: path.to_str().unwrap().to_owned(),
        kind: ProblemKind::Unreadable,
        reason: "it may not be read".to_owned(),
    }
}

#[test]
fn a_file_that_may_not_be_read_says_so_on_its_row_and_the_others_are_read() {
    where_permissions_count(async || {
        let workspace = FlowWorkspace::open(&usual()).await.unwrap();
        let shut = workspace.write("a.folder", ONBOARDING);
        workspace.write("b.flow.toml", PUBLISH);
        permit(&shut, 0);
        let (source, scan) = workspace
            .flows
            .add_source(&workspace.files())
            .await
            .unwrap();
        assert_eq!(scan.flows, 1, "the file beside it is read");
        assert_eq!(scan.problems, [may_not_be_read(&shut)], "it is told");
        assert_eq!(
            row(&workspace).await.problems,
            [may_not_be_read(&shut)],
            "and stays on the row"
        );

        permit(&shut, 0o600);
        let scan = workspace.flows.rescan(source).await.unwrap();
        assert_eq!(
            (scan.files, scan.flows),
            (1, 3),
            "as soon as it may be read, it is"
        );
        assert_eq!(row(&workspace).await.problems, [], "nothing is left to say");

        // Later it changes, and may not be read again.
        workspace.write("a.folder", [ONBOARDING, b" "].concat());
        permit(&shut, 0);
        workspace.flows.rescan(source).await.unwrap();
        let row = row(&workspace).await;
        assert_eq!(row.problems, [may_not_be_read(&shut)], "it is told again");
        assert_eq!(row.flows, 4, "the flows of the last reading stay");
    });
}

#[test]
fn a_folder_that_may_not_be_entered_says_so_on_its_row_and_the_others_are_read() {
    where_permissions_count(async || {
        let workspace = FlowWorkspace::open(&usual()).await.unwrap();
        let inside = workspace.write("shut/a.folder", ONBOARDING);
        let shut = inside.parent().unwrap();
        workspace.write("open/b.flow.toml", PUBLISH);
        permit(shut, 0);
        let (_, scan) = workspace
            .flows
            .add_source(&workspace.files())
            .await
            .unwrap();
        // The temporary folder can only be removed when it may be entered.
        permit(shut, 0o700);
        assert_eq!(scan.problems, [may_not_be_read(shut)], "it is told");
        assert_eq!(
            row(&workspace).await.problems,
            [may_not_be_read(shut)],
            "and stays on the row"
        );
        let names: Vec<String> = rows(&workspace, FlowFilter::All)
            .await
            .into_iter()
            .map(|row| row.name)
            .collect();
        assert_eq!(names, ["Publish"], "what lies beside it is read");
    });
}
