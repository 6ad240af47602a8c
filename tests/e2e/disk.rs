//! The disk under the workspace: not writable, full, or of a newer version. Each is said with what to do about it, and
//! nothing that was there is lost.

use std::fs;
use std::io::{self, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use patchbay_tests::session::KeychainAtStart;
use patchbay_tests::webdriver::Window;

use crate::console::{describe_key, fill, press, row_action, wait_for_row};
use crate::journey::{journeys, say};
use crate::stage::{LocalApi, Stage, application};

journeys![
    a_workspace_that_can_not_be_written_is_shown_and_says_what_to_do,
    a_full_disk_is_said_and_what_was_typed_is_kept_until_there_is_room,
    a_workspace_of_a_newer_version_is_left_alone,
];

fn a_workspace_that_can_not_be_written_is_shown_and_says_what_to_do() {
    let local = LocalApi::start();
    let stage = with_a_connection(&local);
    let set = |mode: u32, of_folder: u32| {
        fs::set_permissions(stage.database(), fs::Permissions::from_mode(mode))
            .expect("the database is ours");
        let folder = stage.session.data_folder();
        fs::set_permissions(folder, fs::Permissions::from_mode(of_folder))
            .expect("so is its folder");
    };
    set(0o400, 0o500);
    let window = stage.open();
    window.wait_for_text("This workspace can only be read: its database can't be written to.");
    window.wait_for_text("Make its folder and files writable for you, then start Patchbay again.");
    wait_for_row(&window, "Kept", "Connected");
    window.screenshot("read-only");
    assert!(
        window.find("button", "New connection").is_disabled(),
        "what can't be kept can't be begun"
    );
    window.click_beginning("row", "Kept");
    window.find("tab", "Overview");
    for action in [
        "Rename Kept",
        "Test Kept",
        "Reauthorize Kept",
        "Delete Kept",
    ] {
        assert!(
            window.find("button", action).is_disabled(),
            "{action} would change something"
        );
    }
    window.click_beginning("button", "Settings");
    window.wait_for_text(&stage.session.data_folder().display().to_string());
    window.close();
    set(0o600, 0o700);
    let window = stage.open();
    wait_for_row(&window, "Kept", "Connected");
    row_action(&window, "Rename", "Kept");
    fill(&window, "Name", "Kept and renamed");
    press(&window, "Rename");
    wait_for_row(&window, "Kept and renamed", "Connected");
    window.close();
}

fn a_workspace_of_a_newer_version_is_left_alone() {
    let local = LocalApi::start();
    let stage = with_a_connection(&local);
    let ours = version(&stage);
    stage.sql("pragma user_version = 9999");
    let before = fs::read(stage.database()).expect("it can be read");
    let window = stage.open();
    window.wait_for_text("The workspace could not be opened");
    window.wait_for_text("was made by a newer version of Patchbay: nothing was changed");
    window.wait_for_text("Install the newest version of Patchbay.");
    window.screenshot("newer");
    assert!(
        !window.has("button", "New connection")
            && !window.has("button", "Restore the newest backup"),
        "nothing here would be better than the newer version"
    );
    press(&window, "Try again");
    window.wait_for_text("Install the newest version of Patchbay.");
    window.close();
    assert!(
        fs::read(stage.database()).expect("it can be read") == before,
        "not a byte of it was changed"
    );
    stage.sql(&format!("pragma user_version = {ours}"));
    let window = stage.open();
    wait_for_row(&window, "Kept", "Connected");
    window.close();
}

fn a_full_disk_is_said_and_what_was_typed_is_kept_until_there_is_room() {
    let local = LocalApi::start();
    let stage = Stage::new(KeychainAtStart::Unlocked, &[]);
    let folder = stage.session.data_folder();
    fs::create_dir_all(&folder).expect("a folder can be made");
    let Some(small) = SmallDisk::under(&stage, &folder) else {
        return say(
            "    skipped: no disk can be made full here, because this system allows no mount, not even in a namespace",
        );
    };
    let window = stage.open_program(&small.program, &[]);
    let address = format!("{}/header", local.api.base());
    describe_key(&window, "Kept", &address);
    press(&window, "Create");
    wait_for_row(&window, "Kept", "Connected");

    small.fill(&stage);
    describe_key(&window, "New", &address);
    let description = "What a person has thought about and typed. ".repeat(8);
    fill(&window, "Description", &description);
    press(&window, "Create");
    window.wait_for_text("The disk is full: nothing was changed.");
    window.wait_for_text("Free some space, then try again.");
    window.screenshot("disk-full");
    assert_eq!(
        window.find_beginning("textbox", "Description").value(),
        description,
        "what was typed is there still"
    );
    press(&window, "Cancel");
    wait_for_row(&window, "Kept", "Connected");
    assert!(
        window.all_beginning("row", "New").is_empty(),
        "what could not be kept isn't shown either"
    );
    row_action(&window, "Rename", "Kept");
    fill(&window, "Name", "Kept and renamed");
    fill(&window, "Description", &description);
    press(&window, "Rename");
    window.wait_for_text("The disk is full: nothing was changed.");
    small.free(&stage);
    press(&window, "Rename");
    wait_for_row(&window, "Kept and renamed", "Connected");
    describe_key(&window, "New", &address);
    press(&window, "Create");
    wait_for_row(&window, "New", "Connected");

    // The small disk goes with the application; what lies on it is what a power cut would leave.
    small.keep(&stage, &folder);
    window.close();
    let window = stage.open();
    wait_for_row(&window, "Kept and renamed", "Connected");
    wait_for_row(&window, "New", "Connected");
    window.close();
}

/// A desktop with one connection, closed.
fn with_a_connection(local: &LocalApi) -> Stage {
    let stage = Stage::new(KeychainAtStart::Unlocked, &[]);
    let window = stage.open();
    connect_key(&window, local);
    window.close();
    // Its log goes into the file.
    stage.sql("select 1");
    stage
}

fn connect_key(window: &Window<'_>, local: &LocalApi) {
    describe_key(window, "Kept", &format!("{}/header", local.api.base()));
    press(window, "Create");
    wait_for_row(window, "Kept", "Connected");
}

/// The schema's version, from the header (sqlite.org/fileformat.html 1.3).
fn version(stage: &Stage) -> i32 {
    let header = fs::read(stage.database()).expect("it can be read");
    i32::from_be_bytes([header[60], header[61], header[62], header[63]])
}

/// A disk of a few MiB that only the application sees in the workspace's place: a mount namespace of its own, which
/// needs no privilege where namespaces are allowed.
struct SmallDisk {
    /// Starts the application on it.
    program: PathBuf,
    folder: PathBuf,
}

const MIB: usize = 1 << 20;

impl SmallDisk {
    fn under(stage: &Stage, folder: &Path) -> Option<Self> {
        let wrapper = format!(
            "bwrap --die-with-parent --dev-bind / / --size {} --tmpfs '{}' --",
            12 * MIB,
            folder.display()
        );
        let works = Command::new("sh")
            .args(["-c", &format!("{wrapper} true")])
            .stdin(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .is_ok_and(|status| status.success());
        works.then(|| Self {
            program: stage.script(
                "small-disk",
                &format!(
                    "#!/bin/sh\nexec {wrapper} '{}' \"$@\"\n",
                    application().display()
                ),
            ),
            folder: folder.to_owned(),
        })
    }

    /// The folder as the application sees it.
    fn seen(&self, stage: &Stage) -> PathBuf {
        let wanted = application();
        let process = stage
            .session
            .processes()
            .into_iter()
            .find(|id| fs::read_link(format!("/proc/{id}/exe")).is_ok_and(|exe| exe == wanted))
            .expect("the application is running");
        let inside = self.folder.strip_prefix("/").expect("it is a whole path");
        PathBuf::from(format!("/proc/{process}/root")).join(inside)
    }

    fn fill(&self, stage: &Stage) {
        let mut ballast =
            fs::File::create(self.seen(stage).join("ballast")).expect("there is room");
        let piece = vec![1; MIB / 256];
        loop {
            match ballast.write_all(&piece) {
                Ok(()) => {}
                Err(error) if error.kind() == io::ErrorKind::StorageFull => return,
                Err(error) => panic!("the disk can't be filled: {error}"),
            }
        }
    }

    fn free(&self, stage: &Stage) {
        fs::remove_file(self.seen(stage).join("ballast")).expect("it is there");
    }

    /// Copies the workspace off the small disk, to where it lies without it.
    fn keep(&self, stage: &Stage, to: &Path) {
        for entry in fs::read_dir(self.seen(stage)).expect("it can be listed") {
            let path = entry.expect("it can be listed").path();
            if path.is_file() {
                let name = path.file_name().expect("a file has a name");
                fs::copy(&path, to.join(name)).expect("there is room here");
            }
        }
    }
}
