//! Watching sources of flows: while the window is there to be looked at, files that changed are read again.
//!
//! Begins after the workspace was opened; a closed or minimised window costs nothing. Each look asks for the workspace
//! anew: after a backup was restored it is another one.

use std::time::Duration;

use patchbay_core::Result;
use patchbay_core::connection::Event;
use patchbay_core::workspace::Events as _;
use tauri::{AppHandle, Manager as _, Wry};

use crate::events::Console;
use crate::opening::Opening;

/// Between two looks.
const PAUSE: Duration = Duration::from_secs(4);
/// After a look that failed: a disk that is gone or a workspace that can't be written to doesn't mend in seconds.
const LONG_PAUSE: Duration = Duration::from_secs(60);

/// Looks again and again until the app ends.
pub async fn watch(app: AppHandle<Wry>) {
    loop {
        let pause = match look(&app).await {
            Ok(()) => PAUSE,
            Err(error) => {
                tracing::warn!(%error, "sources of flows could not be looked at");
                LONG_PAUSE
            }
        };
        tokio::time::sleep(pause).await;
    }
}

async fn look(app: &AppHandle<Wry>) -> Result<()> {
    if !is_seen(app) {
        return Ok(());
    }
    let core = app.state::<Opening>().core().await?;
    if core.flows().catch_up().await? {
        announce(app, Ok(()))?;
    }
    for source in core.flows().changed_sources().await? {
        announce(app, core.flows().rescan(source).await)?;
    }
    Ok(())
}

fn is_seen(app: &AppHandle<Wry>) -> bool {
    app.get_webview_window("main").is_some_and(|window| {
        window.is_visible().unwrap_or(false) && !window.is_minimized().unwrap_or(false)
    })
}

/// Tells the console that flows changed, when they did.
pub fn announce<T>(app: &AppHandle<Wry>, done: Result<T>) -> Result<T> {
    if done.is_ok() {
        app.state::<Console>().emit(Event::FlowsChanged);
    }
    done
}
