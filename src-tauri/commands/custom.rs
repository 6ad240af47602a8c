//! Commands on the person's own connectors.

use std::collections::BTreeMap;

use patchbay_core::Result;
use patchbay_core::connector::Connector;
use patchbay_core::connector::custom::{Draft, Exported};
use patchbay_core::credential::TestOutcome;
use patchbay_core::vault::Secret;
use tauri::State;

use crate::opening::Opening;

#[tauri::command]
pub async fn draft_from_issuer(opening: State<'_, Opening>, issuer: String) -> Result<Draft> {
    opening.core().await?.draft_from_issuer(&issuer).await
}

#[tauri::command]
pub async fn draft_from_openapi(
    opening: State<'_, Opening>,
    text: String,
    source: Option<String>,
) -> Result<Draft> {
    opening
        .core()
        .await?
        .draft_from_openapi(&text, source.as_deref())
}

#[tauri::command]
pub async fn draft_from_mcp(opening: State<'_, Opening>, url: String) -> Result<Draft> {
    opening.core().await?.draft_from_mcp(&url).await
}

#[tauri::command]
pub async fn draft_from_definition(
    opening: State<'_, Opening>,
    id: String,
    toml: String,
    icon: Option<String>,
) -> Result<Draft> {
    opening
        .core()
        .await?
        .draft_from_definition(&id, &toml, icon.as_deref())
        .await
}

#[tauri::command]
pub async fn check_connector(
    opening: State<'_, Opening>,
    id: String,
    connector: Connector,
) -> Result<Draft> {
    opening.core().await?.check_connector(&id, connector).await
}

#[tauri::command]
pub async fn save_connector(
    opening: State<'_, Opening>,
    id: String,
    connector: Connector,
    icon: Option<String>,
) -> Result<()> {
    opening
        .core()
        .await?
        .save_connector(&id, connector, icon.as_deref())
        .await
}

#[tauri::command]
pub async fn delete_connector(opening: State<'_, Opening>, id: String) -> Result<()> {
    opening.core().await?.delete_connector(&id).await
}

#[tauri::command]
pub async fn export_connector(opening: State<'_, Opening>, id: String) -> Result<Exported> {
    opening.core().await?.export_connector(&id)
}

#[tauri::command]
pub async fn try_connector(
    opening: State<'_, Opening>,
    connector: Connector,
    method: String,
    values: BTreeMap<String, Secret>,
) -> Result<TestOutcome> {
    opening
        .core()
        .await?
        .try_connector(&connector, &method, values)
        .await
}
