//! The workspace while it is being opened: the window comes up first, commands wait for core. Opened anew after a
//! backup was restored.

use patchbay_core::clock::{Clock as _, SystemClock};
use patchbay_core::connection::WorkspaceState;
use patchbay_core::workspace::Restoring;
use patchbay_core::{Core, Error, Result};
use tauri::{AppHandle, Wry};
use tokio::sync::{Mutex, watch};

use crate::desktop;
use crate::links::DesktopLinks;

/// The outcome of opening the workspace, once it is there.
pub struct Opening {
    app: AppHandle<Wry>,
    links: DesktopLinks,
    outcome: watch::Sender<Option<Result<Core>>>,
    /// One restoring at a time.
    restoring: Mutex<()>,
}

impl Opening {
    pub fn new(app: &AppHandle<Wry>, links: &DesktopLinks) -> Self {
        Self {
            app: app.clone(),
            links: links.clone(),
            outcome: watch::Sender::new(None),
            restoring: Mutex::default(),
        }
    }

    /// Opens the workspace, and lets the commands that wait for it go on.
    pub async fn open(&self) -> Result<Core> {
        let core = desktop::open_core(&self.app, &self.links).await;
        self.outcome.send_replace(Some(core.clone()));
        core
    }

    /// Core, or why the workspace could not be opened.
    pub async fn core(&self) -> Result<Core> {
        let mut receiver = self.outcome.subscribe();
        let outcome = receiver
            .wait_for(Option::is_some)
            .await
            .map_err(|_| Error::internal("the workspace was closed while it was being opened"))?;
        outcome
            .clone()
            .unwrap_or_else(|| Err(Error::internal("the workspace is not open")))
    }

    /// The workspace at a glance; a workspace that can't be opened has a state too.
    pub async fn state(&self) -> Result<WorkspaceState> {
        match self.core().await {
            Ok(core) => core.state().await,
            Err(problem) => Ok(WorkspaceState::closed(
                problem,
                env!("CARGO_PKG_VERSION"),
                &desktop::directory(&self.app).unwrap_or_default(),
            )),
        }
    }

    /// Puts the newest backup in a damaged workspace's place and opens it. Commands wait meanwhile.
    ///
    /// # Errors
    /// As [`Restoring::prepare`] and [`Restoring::run`]; why the restored workspace can't be opened.
    pub async fn restore(&self) -> Result<()> {
        let _one = self.restoring.lock().await;
        let directory = desktop::directory(&self.app)?;
        let restoring = Restoring::prepare(&directory, self.core().await).await?;
        self.outcome.send_replace(None);
        let restored = restoring.run(SystemClock.now()).await;
        let core = self.open().await;
        restored?;
        let core = core?;
        tauri::async_runtime::spawn(async move { core.settle().await });
        Ok(())
    }
}
