//! Commands on sign-ins that wait.

use patchbay_core::Result;
use patchbay_core::connection::AuthorizationView;
use tauri::State;

use crate::opening::Opening;

#[tauri::command]
pub async fn authorization(opening: State<'_, Opening>, id: String) -> Result<AuthorizationView> {
    opening.core().await?.authorization(&id).await
}

#[tauri::command]
pub async fn pending_authorizations(opening: State<'_, Opening>) -> Result<Vec<AuthorizationView>> {
    opening.core().await?.pending_authorizations().await
}

#[tauri::command]
pub async fn open_browser_again(opening: State<'_, Opening>, id: String) -> Result<()> {
    opening.core().await?.open_browser_again(&id).await
}

#[tauri::command]
pub async fn paste_address(
    opening: State<'_, Opening>,
    id: String,
    address: String,
) -> Result<AuthorizationView> {
    opening.core().await?.paste_address(&id, &address).await
}

#[tauri::command]
pub async fn cancel_authorization(opening: State<'_, Opening>, id: String) -> Result<()> {
    opening.core().await?.cancel_authorization(&id).await
}

#[tauri::command]
pub async fn answer_account_question(
    opening: State<'_, Opening>,
    id: String,
    accept: bool,
) -> Result<AuthorizationView> {
    opening
        .core()
        .await?
        .answer_account_question(&id, accept)
        .await
}
