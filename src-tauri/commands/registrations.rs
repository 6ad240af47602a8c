//! Commands on client registrations.

use patchbay_core::Result;
use patchbay_core::connection::RegistrationView;
use patchbay_core::vault::Secret;
use tauri::State;

use crate::opening::Opening;

#[tauri::command]
pub async fn list_registrations(
    opening: State<'_, Opening>,
    connector: Option<String>,
) -> Result<Vec<RegistrationView>> {
    opening
        .core()
        .await?
        .list_registrations(connector.as_deref())
        .await
}

#[tauri::command]
pub async fn create_registration(
    opening: State<'_, Opening>,
    connector: String,
    name: String,
    client_id: String,
    client_secret: Option<Secret>,
) -> Result<RegistrationView> {
    opening
        .core()
        .await?
        .create_registration(&connector, &name, &client_id, client_secret)
        .await
}

#[tauri::command]
pub async fn client_document(
    opening: State<'_, Opening>,
    connector: String,
    method: String,
    address: String,
    paste_uri: Option<String>,
) -> Result<String> {
    opening
        .core()
        .await?
        .client_document(&connector, &method, &address, paste_uri.as_deref())
}

#[tauri::command]
pub async fn rename_registration(
    opening: State<'_, Opening>,
    id: String,
    name: String,
) -> Result<()> {
    opening.core().await?.rename_registration(&id, &name).await
}

#[tauri::command]
pub async fn rotate_registration_secret(
    opening: State<'_, Opening>,
    id: String,
    client_secret: Secret,
) -> Result<()> {
    opening
        .core()
        .await?
        .rotate_registration_secret(&id, client_secret)
        .await
}

#[tauri::command]
pub async fn finish_registration_rotation(opening: State<'_, Opening>, id: String) -> Result<()> {
    opening
        .core()
        .await?
        .finish_registration_rotation(&id)
        .await
}

#[tauri::command]
pub async fn delete_registration(opening: State<'_, Opening>, id: String) -> Result<()> {
    opening.core().await?.delete_registration(&id).await
}
