//! Commands on connections.

use patchbay_core::Result;
use patchbay_core::connection::{
    ConnectionCounts, ConnectionDetail, ConnectionDraft, ConnectionQuery, ConnectionRow, Deletion,
    ReauthorizeDraft, RedirectView, SiteView, Started, TestResult,
};
use patchbay_core::page::Page;
use tauri::State;

use crate::opening::Opening;

#[tauri::command]
pub async fn list_connections(
    opening: State<'_, Opening>,
    query: ConnectionQuery,
) -> Result<Page<ConnectionRow>> {
    opening.core().await?.list_connections(&query).await
}

#[tauri::command]
pub async fn connection_counts(opening: State<'_, Opening>) -> Result<ConnectionCounts> {
    opening.core().await?.connection_counts().await
}

#[tauri::command]
pub async fn connection(opening: State<'_, Opening>, id: String) -> Result<ConnectionDetail> {
    opening.core().await?.connection(&id).await
}

#[tauri::command]
pub async fn check_name(
    opening: State<'_, Opening>,
    name: String,
    except: Option<String>,
) -> Result<()> {
    opening
        .core()
        .await?
        .check_name(&name, except.as_deref())
        .await
}

#[tauri::command]
pub async fn create_connection(
    opening: State<'_, Opening>,
    draft: ConnectionDraft,
) -> Result<Started> {
    opening.core().await?.create_connection(draft).await
}

#[tauri::command]
pub async fn rename_connection(
    opening: State<'_, Opening>,
    id: String,
    name: String,
    description: String,
) -> Result<()> {
    opening
        .core()
        .await?
        .rename_connection(&id, &name, &description)
        .await
}

#[tauri::command]
pub async fn test_connection(opening: State<'_, Opening>, id: String) -> Result<TestResult> {
    opening.core().await?.test_connection(&id).await
}

#[tauri::command]
pub async fn test_all(opening: State<'_, Opening>, query: ConnectionQuery) -> Result<u32> {
    opening.core().await?.test_all(&query).await
}

#[tauri::command]
pub async fn cancel_test_all(opening: State<'_, Opening>) -> Result<()> {
    opening.core().await?.cancel_test_all();
    Ok(())
}

#[tauri::command]
pub async fn reauthorize_connection(
    opening: State<'_, Opening>,
    id: String,
    draft: ReauthorizeDraft,
) -> Result<Started> {
    opening
        .core()
        .await?
        .reauthorize_connection(&id, draft)
        .await
}

#[tauri::command]
pub async fn delete_connection(opening: State<'_, Opening>, id: String) -> Result<Deletion> {
    opening.core().await?.delete_connection(&id).await
}

#[tauri::command]
pub async fn undo_delete(opening: State<'_, Opening>, id: String) -> Result<()> {
    opening.core().await?.undo_delete(&id).await
}

#[tauri::command]
pub async fn connection_sites(opening: State<'_, Opening>, id: String) -> Result<Vec<SiteView>> {
    opening.core().await?.connection_sites(&id).await
}

#[tauri::command]
pub async fn choose_connection_site(
    opening: State<'_, Opening>,
    id: String,
    site: String,
) -> Result<()> {
    opening
        .core()
        .await?
        .choose_connection_site(&id, &site)
        .await
}

#[tauri::command]
pub async fn redirect_options(
    opening: State<'_, Opening>,
    connector: String,
    method: String,
) -> Result<Vec<RedirectView>> {
    opening.core().await?.redirect_options(&connector, &method)
}
