//! What every journey starts from: a desktop, the application in it, a browser, and the APIs it talks to.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use patchbay_tests::browser::Browser;
use patchbay_tests::deadline;
use patchbay_tests::local_api;
use patchbay_tests::scripted::Scripted;
use patchbay_tests::session::{KeychainAtStart, Session};
use patchbay_tests::webdriver::Window;

/// The desktop of one journey.
pub struct Stage {
    pub browser: Browser,
    pub session: Session,
}

impl Stage {
    /// A desktop where the application was just installed; `origins` may send links to it.
    pub fn new(keychain: KeychainAtStart, origins: &[&str]) -> Self {
        let session = Session::start(keychain);
        session.install_link_handler(&application());
        let browser = Browser::install(&session, origins);
        Self { browser, session }
    }

    /// Starts the application and waits until the console is drawn.
    pub fn open(&self) -> Window<'_> {
        self.open_with(&[])
    }

    /// Starts the application with arguments.
    pub fn open_with(&self, arguments: &[&str]) -> Window<'_> {
        self.open_program(&application(), arguments)
    }

    /// Starts a program that becomes the application.
    pub fn open_program(&self, program: &Path, arguments: &[&str]) -> Window<'_> {
        let window = Window::open_with(&self.session, program, arguments);
        window.find("navigation", "Pages");
        window.watch_for_errors();
        if self.session.keychain_is_locked() == Some(false) {
            // On a busy machine it may answer late.
            window.wait_for("the keychain to be open", || {
                let text = window.text();
                (text.contains("Version ") && !text.contains("Keychain locked")).then_some(())
            });
        }
        window
    }

    /// A script in the home.
    pub fn script(&self, name: &str, text: &str) -> PathBuf {
        let path = self.session.home().join("bin").join(name);
        fs::write(&path, text).expect("a script can be written");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755))
            .expect("it can be made executable");
        path
    }

    /// The workspace's database.
    pub fn database(&self) -> PathBuf {
        self.session.data_folder().join("workspace.db")
    }

    /// Changes the database of the closed application, as nothing in the application can. Its log goes into the file.
    pub fn sql(&self, statement: &str) {
        let program = "import sqlite3, sys\n\
            database = sqlite3.connect(sys.argv[1], isolation_level=None)\n\
            database.execute(sys.argv[2])\n\
            database.execute('pragma wal_checkpoint(truncate)')\n\
            database.close()";
        let done = Command::new("python3")
            .args(["-c", program])
            .arg(self.database())
            .arg(statement)
            .output()
            .expect("Python is installed");
        assert!(
            done.status.success(),
            "{statement}: {}",
            String::from_utf8_lossy(&done.stderr)
        );
    }

    /// Puts a program in the application's place that only writes down the link it is given.
    pub fn catch_links(&self) -> LinkCatcher {
        let caught = self.session.home().join("caught-link");
        let text = format!(
            "#!/bin/sh\nprintf %s \"$1\" >'{0}.new' && mv '{0}.new' '{0}'\n",
            caught.display()
        );
        let script = self.script("catch", &text);
        self.session.set_handler(
            "Patchbay",
            &format!("{} %u", script.display()),
            &["dev.patchbay.desktop"],
        );
        LinkCatcher { caught }
    }
}

/// See [`Stage::catch_links`].
pub struct LinkCatcher {
    caught: PathBuf,
}

impl LinkCatcher {
    /// The link that the desktop handed over; waits for it.
    pub fn link(&self) -> String {
        deadline::until("the desktop to hand a link over", || {
            fs::read_to_string(&self.caught).ok()
        })
    }
}

/// An API on this machine, served from a thread of its own.
pub struct LocalApi {
    _runtime: tokio::runtime::Runtime,
    pub api: Scripted,
}

impl LocalApi {
    pub fn start() -> Self {
        Self::serving(local_api::start())
    }

    /// Serves what `start` starts.
    pub fn serving(start: impl Future<Output = Scripted>) -> Self {
        let runtime = tokio::runtime::Runtime::new().expect("a runtime can be made");
        let api = runtime.block_on(start);
        Self {
            _runtime: runtime,
            api,
        }
    }
}

/// The application under test.
pub fn application() -> PathBuf {
    let path =
        std::env::var_os("PATCHBAY_E2E_APPLICATION").expect("the journeys run only with it set");
    PathBuf::from(path)
}
