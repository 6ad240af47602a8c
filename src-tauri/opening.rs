//! The workspace while it is being opened: the window comes up first, commands wait for core.

use patchbay_core::connection::{LinkHandler, WorkspaceState};
use patchbay_core::vault::VaultState;
use patchbay_core::{Core, Error, Result};
use tokio::sync::watch;

/// The outcome of opening the workspace, once it is there.
pub struct Opening(watch::Receiver<Option<Result<Core>>>);

impl Opening {
    /// An opening and the one to tell it the outcome.
    pub fn new() -> (Self, watch::Sender<Option<Result<Core>>>) {
        let (sender, receiver) = watch::channel(None);
        (Self(receiver), sender)
    }

    /// Core, or why the workspace could not be opened.
    pub async fn core(&self) -> Result<Core> {
        let mut receiver = self.0.clone();
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
            Err(problem) => Ok(closed(problem)),
        }
    }
}

fn closed(problem: Error) -> WorkspaceState {
    WorkspaceState {
        vault: VaultState::Locked,
        vault_store: String::new(),
        has_recovery: false,
        read_only: false,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        data_directory: String::new(),
        connections: 0,
        attention: 0,
        flows: 0,
        connectors: 0,
        problem: Some(problem),
        link_handler: LinkHandler::Unknown,
    }
}
