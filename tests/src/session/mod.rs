//! A desktop of its own for one journey: home, screen, message bus, window manager, keychain, default applications.
//!
//! Nothing of the machine's own desktop is seen or changed: the environment starts empty, the home is a fresh folder,
//! the screen is an Xvfb and the bus is private. When a `Session` is dropped, also by a panic, every process that was
//! started inside it, directly or not, is ended.

mod applications;
mod file_chooser;
mod secret_service;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tempfile::TempDir;

use crate::deadline;
use crate::process::{self, Running};

pub use secret_service::KeychainAtStart;

/// The variable by which every process of a session is recognised.
const MARK: &str = "PATCHBAY_TEST_DESKTOP";

/// A running desktop; see the module.
pub struct Session {
    name: String,
    home: TempDir,
    display: String,
    bus: String,
    running: Vec<Running>,
    extra: Vec<(String, String)>,
}

impl Session {
    /// Starts a desktop whose keychain is as asked.
    pub fn start(keychain: KeychainAtStart) -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let name = format!(
            "{}-{}",
            std::process::id(),
            COUNT.fetch_add(1, Ordering::Relaxed)
        );
        let home = tempfile::Builder::new()
            .prefix("patchbay-desktop-")
            .tempdir()
            .expect("a folder for the home can be made");
        let mut session = Self {
            name,
            home,
            display: String::new(),
            bus: String::new(),
            running: Vec::new(),
            extra: Vec::new(),
        };
        session.make_home();
        session.start_screen();
        session.start_bus(keychain);
        session.start_window_manager();
        session.start_keychain(keychain);
        session
    }

    /// The home folder.
    pub fn home(&self) -> &Path {
        self.home.path()
    }

    /// Where the application keeps its data here.
    pub fn data_folder(&self) -> PathBuf {
        self.home().join(".local/share/dev.patchbay.desktop")
    }

    /// Sets a variable for everything started from now on.
    pub fn set(&mut self, key: &str, value: &str) {
        self.extra.push((key.to_owned(), value.to_owned()));
    }

    /// A program to be run inside: with the session's environment and nothing else.
    pub fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = Command::new(program);
        let home = self.home();
        command.env_clear().current_dir(home).stdin(Stdio::null());
        command
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("LANG", "C.UTF-8")
            .env("USER", "tester")
            .env("HOME", home)
            .env("XDG_RUNTIME_DIR", home.join("run"))
            .env("XDG_CONFIG_HOME", home.join(".config"))
            .env("XDG_DATA_HOME", home.join(".local/share"))
            .env("XDG_CACHE_HOME", home.join(".cache"))
            .env("XDG_STATE_HOME", home.join(".local/state"))
            // With a desktop named, xdg-open hands links to GLib, as it does for most people.
            .env("XDG_CURRENT_DESKTOP", "GNOME")
            .env("DISPLAY", &self.display)
            .env("DBUS_SESSION_BUS_ADDRESS", &self.bus)
            .env("GSETTINGS_BACKEND", "memory")
            .env("NO_AT_BRIDGE", "1")
            // There is no GPU; without this WebKit tries to share buffers with one.
            .env("WEBKIT_DISABLE_DMABUF_RENDERER", "1")
            .env(MARK, &self.name);
        command.envs(self.extra.iter().map(|(key, value)| (key, value)));
        command
    }

    /// Runs a program inside to its end and returns what it wrote; panics if it fails or hangs.
    pub fn run(&self, command: &mut Command) -> String {
        let shown = format!("{command:?}");
        let mut running = Running::start("a program of the desktop", command);
        let ended = deadline::within(Duration::from_secs(30), || {
            (!running.is_running()).then_some(())
        });
        assert!(ended.is_some(), "{shown} hangs:\n{}", running.printed());
        running.printed()
    }

    /// Starts a program inside that lives until the session or the returned value ends.
    pub fn start_program(&self, name: &str, command: &Command) -> Running {
        Running::start(name, command)
    }

    /// The processes of this session, started by whomever.
    pub fn processes(&self) -> Vec<u32> {
        process::with_environment(MARK, &self.name)
    }

    /// A picture of the whole screen, for a person who looks for the cause of a failure.
    pub fn screenshot(&self, path: &Path) {
        let _ = self
            .command("import")
            .args(["-window", "root"])
            .arg(path)
            .stderr(Stdio::null())
            .status();
    }

    fn make_home(&self) {
        for folder in [
            "run",
            ".config",
            ".local/share/applications",
            ".cache",
            ".local/state",
            "bin",
        ] {
            fs::create_dir_all(self.home().join(folder)).expect("folders of the home can be made");
        }
        let private = fs::Permissions::from_mode(0o700);
        fs::set_permissions(self.home().join("run"), private)
            .expect("the runtime folder can be made private");
    }

    fn start_screen(&mut self) {
        let mut command = self.command("Xvfb");
        command.args([
            "-displayfd",
            "1",
            "-screen",
            "0",
            "1280x900x24",
            "-nolisten",
            "tcp",
            "-noreset",
        ]);
        let mut screen = Running::start("Xvfb", &command);
        let number: u32 =
            screen.wait_for_line("its display number", |line| line.trim().parse().ok());
        self.display = format!(":{number}");
        self.running.push(screen);
    }

    fn start_bus(&mut self, keychain: KeychainAtStart) {
        let mut command = self.command("dbus-daemon");
        command.args(["--nofork", "--nopidfile", "--print-address=1"]);
        command.arg(match keychain {
            KeychainAtStart::Absent => {
                format!("--config-file={}", self.bus_without_activation().display())
            }
            KeychainAtStart::Unlocked | KeychainAtStart::Locked => "--session".to_owned(),
        });
        let mut bus = Running::start("dbus-daemon", &command);
        self.bus = bus.wait_for_line("its address", |line| {
            line.starts_with("unix:").then(|| line.trim().to_owned())
        });
        self.running.push(bus);
    }

    /// A bus that starts no program by itself; otherwise asking for a keychain would start the one that is installed.
    fn bus_without_activation(&self) -> PathBuf {
        let path = self.home().join("bus.conf");
        let text = "<busconfig><type>session</type><listen>unix:tmpdir=/tmp</listen>\
            <policy context=\"default\"><allow send_destination=\"*\" eavesdrop=\"true\"/><allow eavesdrop=\"true\"/>\
            <allow own=\"*\"/></policy></busconfig>";
        fs::write(&path, text).expect("the bus's settings can be written");
        path
    }

    fn start_window_manager(&mut self) {
        let mut command = self.command("openbox");
        command.arg("--sm-disable");
        self.running.push(Running::start("openbox", &command));
        deadline::until("the window manager", || {
            let output = self
                .command("xprop")
                .args(["-root", "_NET_SUPPORTING_WM_CHECK"])
                .output()
                .ok()?;
            String::from_utf8_lossy(&output.stdout)
                .contains("window id")
                .then_some(())
        });
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        process::signal("TERM", &self.processes());
        let gone = || self.processes().is_empty().then_some(());
        if deadline::within(Duration::from_secs(5), gone).is_none() {
            process::signal("KILL", &self.processes());
        }
        while let Some(mut running) = self.running.pop() {
            running.end();
        }
    }
}
