//! The desktop as core sees it: the person's browser, the data directory.

use std::path::PathBuf;
use std::sync::Arc;

use patchbay_core::clock::SystemClock;
use patchbay_core::connector::Catalogue;
use patchbay_core::http::ReqwestHttp;
use patchbay_core::random::SystemRandom;
use patchbay_core::vault::{OsKeychain, VaultOptions};
use patchbay_core::workspace::{Browser, Options};
use patchbay_core::{Code, Core, Error, Result};
use tauri::{AppHandle, Manager as _, Wry};

use crate::events::Console;
use crate::links::DesktopLinks;

/// Opens the workspace of this device.
///
/// # Errors
/// As [`Core::open`]; `Internal` when the desktop names no data directory.
pub async fn open_core(app: &AppHandle<Wry>, links: &DesktopLinks) -> Result<Core> {
    Core::open(Options {
        directory: directory(app)?,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        catalogue: Catalogue::shipped(),
        keychain: Arc::new(OsKeychain),
        vault: VaultOptions::default(),
        clock: Arc::new(SystemClock),
        random: Arc::new(SystemRandom),
        http: Arc::new(ReqwestHttp::new()),
        browser: Arc::new(DesktopBrowser),
        events: Arc::new(app.state::<Console>().inner().clone()),
        links: Arc::new(links.clone()),
    })
    .await
}

/// Where the workspace of this device lies.
///
/// # Errors
/// `Internal` when the desktop names no data directory.
pub fn directory(app: &AppHandle<Wry>) -> Result<PathBuf> {
    app.path()
        .app_data_dir()
        .map_err(|_| Error::internal("this desktop has no directory for application data"))
}

/// The browser that the person has chosen in the desktop's settings.
struct DesktopBrowser;

impl Browser for DesktopBrowser {
    fn open(&self, url: &url::Url) -> Result<()> {
        tauri_plugin_opener::open_url(url.as_str(), None::<&str>).map_err(|_| {
            Error::new(Code::Unsupported, "The browser could not be opened")
                .with_hint("Choose a default browser in the desktop's settings, then open it again")
        })
    }
}
