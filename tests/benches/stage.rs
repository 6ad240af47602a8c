//! What every window is measured in: one desktop, workspaces of many sizes, and the moment a program was started.

use std::cell::RefCell;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::panic::{self, AssertUnwindSafe};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use patchbay_tests::session::{KeychainAtStart, Session};
use patchbay_tests::webdriver::Window;
use patchbay_tests::{deadline, process};

use crate::processes;

/// The workspace all others are copied from: made by the application itself, with nothing in it.
const NEW: &str = "new";

/// A desktop in which the application was started once.
pub struct Stage {
    pub session: Session,
    pub application: PathBuf,
    pub empty_window: PathBuf,
    /// The workspace that lies where the application looks.
    current: RefCell<Option<String>>,
}

impl Stage {
    pub fn new() -> Self {
        let path = |key: &str| {
            let given = std::env::var_os(key)
                .unwrap_or_else(|| panic!("{key} is set by `cargo xtask bench`"));
            fs::canonicalize(given).unwrap()
        };
        let stage = Self {
            session: Session::start(KeychainAtStart::Unlocked),
            application: path("PATCHBAY_BENCH_APPLICATION"),
            empty_window: path("PATCHBAY_BENCH_EMPTY_WINDOW"),
            current: RefCell::new(None),
        };
        fs::create_dir_all(stage.session.home().join("workspaces")).unwrap();
        stage.session.install_link_handler(&stage.application);
        *stage.current.borrow_mut() = Some(NEW.to_owned());
        let window = stage.open(&stage.application);
        window.find("navigation", "Pages");
        window.find("heading", "Sign in once. Every flow can use it.");
        stage.close(window);
        stage
    }

    /// Makes a workspace with so many connections; `options` as in `seed-connections.py`.
    pub fn make_workspace(&self, name: &str, connections: usize, options: &[&str]) {
        self.enter(NEW);
        let folder = self.place(name);
        run(Command::new("cp")
            .arg("-a")
            .arg(self.session.data_folder())
            .arg(&folder));
        run(Command::new("python3")
            .arg(concat!(
                env!("CARGO_MANIFEST_DIR"),
                "/tools/seed-connections.py"
            ))
            .arg(folder.join("workspace.db"))
            .arg(connections.to_string())
            .args(options));
    }

    /// Puts a workspace where the application looks. No window may be open.
    pub fn enter(&self, name: &str) {
        let mut current = self.current.borrow_mut();
        if current.as_deref() == Some(name) {
            return;
        }
        let here = self.session.data_folder();
        if let Some(left) = current.replace(name.to_owned()) {
            fs::rename(&here, self.place(&left)).unwrap();
        }
        fs::rename(self.place(name), &here).unwrap();
    }

    /// Where a workspace lies that isn't in use.
    fn place(&self, name: &str) -> PathBuf {
        self.session.home().join("workspaces").join(name)
    }

    /// Starts a program under the driver.
    pub fn open(&self, program: &Path) -> Window<'_> {
        let start = self.noting(program);
        // WebKit's driver sometimes never answers the request for a new window; that says nothing about the window.
        panic::catch_unwind(AssertUnwindSafe(|| Window::open(&self.session, &start)))
            .unwrap_or_else(|_| {
                self.end_windows();
                Window::open(&self.session, &start)
            })
    }

    /// When the program was started last, in milliseconds of the system's clock.
    pub fn started(&self) -> f64 {
        let nanoseconds = fs::read_to_string(self.session.home().join("started")).unwrap();
        nanoseconds.trim().parse::<f64>().unwrap() / 1e6
    }

    /// Closes a window and waits until nothing of it runs.
    pub fn close(&self, window: Window<'_>) {
        window.close();
        self.end_windows();
    }

    /// A script that notes the time and becomes the program.
    fn noting(&self, program: &Path) -> PathBuf {
        let name = program.file_name().unwrap();
        let script = self.session.home().join("bin").join(name);
        let started = self.session.home().join("started");
        let text = format!(
            "#!/bin/sh\ndate +%s%N >'{}'\nexec '{}' \"$@\"\n",
            started.display(),
            program.display()
        );
        fs::write(&script, text).unwrap();
        fs::set_permissions(&script, fs::Permissions::from_mode(0o755)).unwrap();
        script
    }

    fn end_windows(&self) {
        let running = || {
            let mut ids = processes::of(&self.session, &self.application);
            ids.extend(processes::of(&self.session, &self.empty_window));
            ids
        };
        let gone = || running().is_empty().then_some(());
        if deadline::within(Duration::from_secs(5), gone).is_none() {
            process::signal("KILL", &running());
            deadline::until("the window's program to end", gone);
        }
    }
}

fn run(command: &mut Command) {
    let status = command.status().unwrap();
    assert!(status.success(), "{command:?}");
}
