//! The shell: the window, links, the desktop's own services, and one thin command per action.
//!
//! No rule of the domain lives here; if a command needs an `if`, it belongs to core.

mod choosing;
mod commands;
mod desktop;
mod events;
mod links;
mod opening;
mod watching;
mod window;

include!("commands/list.rs");

use tauri::Manager as _;
use tauri_plugin_deep_link::DeepLinkExt as _;

use commands::authorizations::*;
use commands::connections::*;
use commands::connectors::*;
use commands::custom::*;
use commands::flows::*;
use commands::registrations::*;
use commands::workspace::*;
use events::Console;
use links::{DesktopLinks, Inbox};
use opening::Opening;

macro_rules! handler {
    ($($name:ident),* $(,)?) => { tauri::generate_handler![$($name),*] };
}

/// Runs the app until its window is closed.
pub fn run() {
    // Before any client is made: reqwest comes without a TLS provider of its own.
    let _ = rustls::crypto::ring::default_provider().install_default();
    tauri::Builder::default()
        // First of all plugins, so that a second start ends before it has done anything.
        .plugin(tauri_plugin_single_instance::init(|app, arguments, _| {
            // A link comes through the deep-link plugin too, and raises the window only when a sign-in waits for it.
            if arguments.len() < 2 {
                window::raise(app);
            }
        }))
        .plugin(tauri_plugin_deep_link::init())
        .plugin(tauri_plugin_opener::init())
        .plugin(tauri_plugin_dialog::init())
        .plugin(tauri_plugin_window_state::Builder::default().build())
        .invoke_handler(commands!(handler))
        .setup(|app| {
            start(app.handle());
            window::open(app.handle())?;
            Ok(())
        })
        .run(tauri::generate_context!())
        .expect("the desktop gives the app its event loop");
}

/// Begins to open the workspace, beside the window.
fn start(app: &tauri::AppHandle) {
    let links = DesktopLinks::new(app);
    app.manage(Console::default());
    app.manage(Opening::new(app, &links));
    app.manage(links.clone());
    app.manage(Inbox::new());
    let handle = app.clone();
    app.deep_link().on_open_url(move |event| {
        for url in event.urls() {
            handle.state::<Inbox>().take(&handle, url.into());
        }
    });
    // The link that started the app doesn't come as an event.
    for url in app
        .deep_link()
        .get_current()
        .ok()
        .flatten()
        .unwrap_or_default()
    {
        app.state::<Inbox>().take(app, url.into());
    }
    let handle = app.clone();
    tauri::async_runtime::spawn(async move {
        let core = handle.state::<Opening>().open().await;
        links.check().await;
        if let Ok(core) = core {
            core.settle().await;
        }
        watching::watch(handle).await;
    });
}
