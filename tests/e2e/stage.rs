//! What every journey starts from: a desktop, the application in it, a browser.

use std::path::PathBuf;

use patchbay_tests::browser::Browser;
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
        let window = Window::open(&self.session, &application());
        window.find("navigation", "Pages");
        window
    }
}

/// The application under test.
pub fn application() -> PathBuf {
    let path =
        std::env::var_os("PATCHBAY_E2E_APPLICATION").expect("the journeys run only with it set");
    PathBuf::from(path)
}
