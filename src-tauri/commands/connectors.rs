//! Commands on the catalogue.

use std::collections::BTreeMap;

use patchbay_core::Result;
use patchbay_core::connector::{Connector, ConnectorQuery, ConnectorSummary};
use tauri::State;

use crate::opening::Opening;

#[tauri::command]
pub async fn list_connectors(
    opening: State<'_, Opening>,
    query: ConnectorQuery,
) -> Result<Vec<ConnectorSummary>> {
    Ok(opening.core().await?.catalogue().list(&query))
}

#[tauri::command]
pub async fn connector(opening: State<'_, Opening>, id: String) -> Result<Connector> {
    Ok(opening
        .core()
        .await?
        .catalogue()
        .require(&id)?
        .as_ref()
        .clone())
}

#[tauri::command]
pub async fn connector_icons(
    opening: State<'_, Opening>,
    ids: Vec<String>,
) -> Result<BTreeMap<String, String>> {
    Ok(opening.core().await?.connector_icons(&ids))
}
