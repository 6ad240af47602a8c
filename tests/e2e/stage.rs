//! What every journey starts from: a desktop, the application in it, a browser, and the APIs it talks to.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

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
        let window = Window::open_with(&self.session, &application(), arguments);
        window.find("navigation", "Pages");
        window
    }

    /// Puts a program in the application's place that only writes down the link it is given.
    pub fn catch_links(&self) -> LinkCatcher {
        let caught = self.session.home().join("caught-link");
        let script = self.session.home().join("bin/catch");
        let text = format!(
            "#!/bin/sh\nprintf %s \"$1\" >'{0}.new' && mv '{0}.new' '{0}'\n",
            caught.display()
        );
        fs::write(&script, text).expect("a script can be written");
        fs::set_permissions(&script, fs::Permissions::from_mode(0o755))
            .expect("it can be made executable");
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
        let runtime = tokio::runtime::Runtime::new().expect("a runtime can be made");
        let api = runtime.block_on(local_api::start());
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
