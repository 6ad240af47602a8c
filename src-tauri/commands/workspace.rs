//! Commands on the workspace: its events, its state, its vault, its activity, and links out of the app.

use std::path::PathBuf;

use patchbay_core::Result;
use patchbay_core::activity::{ActivityEntry, ActivityQuery};
use patchbay_core::connection::{Event, LinkHandler, WorkspaceState};
use patchbay_core::page::Page;
use patchbay_core::vault::{Secret, VaultState};
use patchbay_core::workspace::DocsPage;
use tauri::State;
use tauri::ipc::Channel;

use crate::events::Console;
use crate::links::DesktopLinks;
use crate::opening::Opening;

#[tauri::command]
pub fn follow_events(console: State<'_, Console>, channel: Channel<Event>) {
    console.follow(channel);
}

#[tauri::command]
pub async fn workspace_state(opening: State<'_, Opening>) -> Result<WorkspaceState> {
    opening.state().await
}

#[tauri::command]
pub async fn unlock_vault(opening: State<'_, Opening>) -> Result<VaultState> {
    opening.core().await?.unlock_vault().await
}

#[tauri::command]
pub async fn unlock_with_passphrase(
    opening: State<'_, Opening>,
    passphrase: Secret,
) -> Result<VaultState> {
    opening
        .core()
        .await?
        .unlock_with_passphrase(&passphrase)
        .await
}

#[tauri::command]
pub async fn choose_passphrase_vault(
    opening: State<'_, Opening>,
    passphrase: Secret,
) -> Result<VaultState> {
    opening
        .core()
        .await?
        .choose_passphrase_vault(&passphrase)
        .await
}

#[tauri::command]
pub async fn set_recovery_passphrase(
    opening: State<'_, Opening>,
    passphrase: Secret,
) -> Result<()> {
    opening
        .core()
        .await?
        .set_recovery_passphrase(&passphrase)
        .await
}

#[tauri::command]
pub async fn recover_vault(
    opening: State<'_, Opening>,
    passphrase: Secret,
    into_passphrase: Option<Secret>,
) -> Result<VaultState> {
    let core = opening.core().await?;
    core.recover_vault(&passphrase, into_passphrase.as_ref())
        .await
}

#[tauri::command]
pub async fn start_over(opening: State<'_, Opening>) -> Result<PathBuf> {
    opening.core().await?.start_over().await
}

#[tauri::command]
pub async fn restore_backup(opening: State<'_, Opening>) -> Result<()> {
    opening.restore().await
}

#[tauri::command]
pub async fn list_activity(
    opening: State<'_, Opening>,
    query: ActivityQuery,
) -> Result<Page<ActivityEntry>> {
    opening.core().await?.list_activity(&query).await
}

#[tauri::command]
pub async fn take_over_links(links: State<'_, DesktopLinks>) -> Result<LinkHandler> {
    links.take_over().await
}

#[tauri::command]
pub async fn open_link(
    opening: State<'_, Opening>,
    connector: String,
    which: DocsPage,
) -> Result<()> {
    opening.core().await?.open_docs(&connector, which)
}
