//! Links of our scheme: who gets them on this machine, and how they reach core. They are handled here in Rust only;
//! the webview never sees one.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use patchbay_core::connection::{LinkHandler, SCHEME};
use patchbay_core::workspace::Links;
use patchbay_core::{Code, Error, Result};
use tauri::{AppHandle, Manager as _, Wry};
use tauri_plugin_deep_link::DeepLinkExt as _;

use crate::opening::Opening;

/// Links taken in a minute; more are dropped, so that a flood costs nothing.
const PER_MINUTE: usize = 30;

/// Knows the effective handler. Asking the desktop starts a program, so the answer is kept.
#[derive(Clone)]
pub struct DesktopLinks {
    app: AppHandle<Wry>,
    known: Arc<Mutex<LinkHandler>>,
}

impl DesktopLinks {
    pub fn new(app: &AppHandle<Wry>) -> Self {
        Self {
            app: app.clone(),
            known: Arc::new(Mutex::new(LinkHandler::Unknown)),
        }
    }

    /// Looks who gets our links, and registers this app where nobody does.
    pub async fn check(&self) {
        let links = self.clone();
        let looked = tauri::async_runtime::spawn_blocking(move || {
            let found = links.look();
            match found {
                LinkHandler::Missing if links.register().is_ok() => links.look(),
                found => found,
            }
        })
        .await;
        if let Ok(found) = looked {
            self.keep(found);
        }
    }

    /// Registers this app for our scheme, in place of whoever has it.
    ///
    /// # Errors
    /// When the desktop refuses.
    pub async fn take_over(&self) -> Result<LinkHandler> {
        let links = self.clone();
        let found = tauri::async_runtime::spawn_blocking(move || {
            links.register()?;
            Ok::<_, Error>(links.look())
        })
        .await
        .map_err(|_| Error::internal("the registration was interrupted"))??;
        self.keep(found);
        Ok(found)
    }

    fn keep(&self, found: LinkHandler) {
        *self.known.lock().unwrap_or_else(PoisonError::into_inner) = found;
    }

    fn look(&self) -> LinkHandler {
        match self.app.deep_link().is_registered(SCHEME) {
            Ok(true) => LinkHandler::Ours,
            Ok(false) => other_handler(),
            Err(_) => LinkHandler::Unknown,
        }
    }

    fn register(&self) -> Result<()> {
        self.app.deep_link().register(SCHEME).map_err(|error| {
            Error::new(
                Code::Unsupported,
                format!("This desktop didn't take the registration of links: {error}"),
            )
            .with_hint("Use the loopback way back when you connect")
        })
    }
}

impl Links for DesktopLinks {
    fn handler(&self) -> LinkHandler {
        *self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Who has the scheme when we haven't.
#[cfg(target_os = "linux")]
fn other_handler() -> LinkHandler {
    let asked = std::process::Command::new("xdg-mime")
        .args(["query", "default", &format!("x-scheme-handler/{SCHEME}")])
        .output();
    match asked {
        Ok(output) => match String::from_utf8_lossy(&output.stdout).trim() {
            "" => LinkHandler::Missing,
            // Installed from a package.
            "Patchbay.desktop" => LinkHandler::Ours,
            _ => LinkHandler::Foreign,
        },
        Err(_) => LinkHandler::Unknown,
    }
}

/// Elsewhere the plugin can't tell an unregistered scheme from a foreign one.
#[cfg(not(target_os = "linux"))]
fn other_handler() -> LinkHandler {
    LinkHandler::Missing
}

/// Takes links as they come, hands each to core, and raises the window for one that belongs to a sign-in.
pub struct Inbox {
    recent: Mutex<Vec<Instant>>,
}

impl Inbox {
    pub fn new() -> Self {
        Self {
            recent: Mutex::default(),
        }
    }

    pub fn take(&self, app: &AppHandle<Wry>, address: String) {
        if !self.has_room() {
            return;
        }
        let app = app.clone();
        tauri::async_runtime::spawn(async move {
            let opening = app.state::<Opening>();
            if let Ok(core) = opening.core().await
                && core.handle_link(&address).await.is_some()
            {
                crate::window::raise(&app);
            }
        });
    }

    fn has_room(&self) -> bool {
        let mut recent = self.recent.lock().unwrap_or_else(PoisonError::into_inner);
        recent.retain(|at| at.elapsed() < Duration::from_secs(60));
        if recent.len() >= PER_MINUTE {
            return false;
        }
        recent.push(Instant::now());
        true
    }
}
