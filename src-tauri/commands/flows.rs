//! Commands on flows: sources, the list, bindings, usage, impact, moves, and files to open and to write.

use std::path::PathBuf;

use patchbay_core::Result;
use patchbay_core::flow::manifest_editing::ManifestEdit;
use patchbay_core::flow::view::{
    BindResult, CardId, FlowCounts, FlowDetail, FlowGroup, FlowId, FlowQuery, FlowRow, Impact,
    ImpactAction, MoveId, MovePreview, MoveSelection, Moved, Question, ReboundCopy, ScanResult,
    SourceId, SourceRow, Suggestion, Undone, Usage, UsageQuery,
};
use patchbay_core::page::Page;
use tauri::{AppHandle, State, Wry};

use crate::choosing::{self, Choose};
use crate::opening::Opening;
use crate::watching::announce;

#[tauri::command]
pub async fn list_flows(opening: State<'_, Opening>, query: FlowQuery) -> Result<Page<FlowRow>> {
    opening.core().await?.flows().list_flows(&query).await
}

#[tauri::command]
pub async fn flow_groups(opening: State<'_, Opening>, query: FlowQuery) -> Result<Vec<FlowGroup>> {
    opening.core().await?.flows().groups(&query).await
}

#[tauri::command]
pub async fn flow_counts(opening: State<'_, Opening>) -> Result<FlowCounts> {
    opening.core().await?.flows().counts().await
}

#[tauri::command]
pub async fn flow_sources(opening: State<'_, Opening>) -> Result<Vec<SourceRow>> {
    opening.core().await?.flows().sources().await
}

#[tauri::command]
pub async fn flow_questions(
    opening: State<'_, Opening>,
    source: Option<SourceId>,
) -> Result<Vec<Question>> {
    opening.core().await?.flows().questions(source).await
}

#[tauri::command]
pub async fn flow(opening: State<'_, Opening>, id: FlowId) -> Result<FlowDetail> {
    opening.core().await?.flows().flow(id).await
}

#[tauri::command]
pub async fn choose_flow_path(
    app: AppHandle<Wry>,
    kind: Choose,
    name: Option<String>,
) -> Result<Option<String>> {
    choosing::path(&app, kind, name).await
}

#[tauri::command]
pub async fn add_flow_source(
    app: AppHandle<Wry>,
    opening: State<'_, Opening>,
    path: PathBuf,
) -> Result<(SourceId, ScanResult)> {
    let core = opening.core().await?;
    announce(&app, core.flows().add_source(&path).await)
}

#[tauri::command]
pub async fn remove_flow_source(
    app: AppHandle<Wry>,
    opening: State<'_, Opening>,
    id: SourceId,
) -> Result<()> {
    let core = opening.core().await?;
    announce(&app, core.flows().remove_source(id).await)
}

#[tauri::command]
pub async fn rescan_flow_source(
    app: AppHandle<Wry>,
    opening: State<'_, Opening>,
    id: SourceId,
) -> Result<ScanResult> {
    let core = opening.core().await?;
    announce(&app, core.flows().rescan(id).await)
}

#[tauri::command]
pub async fn open_flow_source(opening: State<'_, Opening>, id: FlowId) -> Result<()> {
    let flow = opening.core().await?.flows().flow(id).await?;
    choosing::show(&PathBuf::from(flow.path))
}

#[tauri::command]
pub async fn card_suggestions(
    opening: State<'_, Opening>,
    card: CardId,
) -> Result<Vec<Suggestion>> {
    opening.core().await?.flows().suggestions(card).await
}

#[tauri::command]
pub async fn bind_cards(
    app: AppHandle<Wry>,
    opening: State<'_, Opening>,
    cards: Vec<CardId>,
    connection: String,
) -> Result<BindResult> {
    let core = opening.core().await?;
    announce(&app, core.flows().bind_cards(&cards, &connection).await)
}

#[tauri::command]
pub async fn unbind_cards(
    app: AppHandle<Wry>,
    opening: State<'_, Opening>,
    cards: Vec<CardId>,
) -> Result<BindResult> {
    let core = opening.core().await?;
    announce(&app, core.flows().unbind(&cards).await)
}

#[tauri::command]
pub async fn connection_usage(
    opening: State<'_, Opening>,
    id: String,
    query: UsageQuery,
) -> Result<Usage> {
    let core = opening.core().await?;
    core.flows().usage_page(&id, &query).await
}

#[tauri::command]
pub async fn impact(
    opening: State<'_, Opening>,
    action: ImpactAction,
    connection: String,
) -> Result<Impact> {
    let core = opening.core().await?;
    core.flows().impact(&action, &connection).await
}

#[tauri::command]
pub async fn preview_move(
    opening: State<'_, Opening>,
    from: String,
    to: String,
    selection: MoveSelection,
) -> Result<MovePreview> {
    let core = opening.core().await?;
    core.flows().preview_move(&from, &to, &selection).await
}

#[tauri::command]
pub async fn move_flows(
    app: AppHandle<Wry>,
    opening: State<'_, Opening>,
    from: String,
    to: String,
    selection: MoveSelection,
) -> Result<Moved> {
    let core = opening.core().await?;
    announce(&app, core.flows().apply_move(&from, &to, &selection).await)
}

#[tauri::command]
pub async fn undo_move(
    app: AppHandle<Wry>,
    opening: State<'_, Opening>,
    id: MoveId,
) -> Result<Undone> {
    let core = opening.core().await?;
    announce(&app, core.flows().undo_move(id).await)
}

#[tauri::command]
pub async fn export_rebound_copy(
    opening: State<'_, Opening>,
    flow: FlowId,
    destination: PathBuf,
) -> Result<ReboundCopy> {
    let core = opening.core().await?;
    core.flows().export_rebound_copy(flow, &destination).await
}

#[tauri::command]
pub async fn edit_manifest(
    app: AppHandle<Wry>,
    opening: State<'_, Opening>,
    flow: FlowId,
    edits: Vec<ManifestEdit>,
) -> Result<FlowDetail> {
    let core = opening.core().await?;
    announce(&app, core.flows().edit_manifest(flow, &edits).await)
}

#[tauri::command]
pub async fn create_manifest(
    app: AppHandle<Wry>,
    opening: State<'_, Opening>,
    path: PathBuf,
    edits: Vec<ManifestEdit>,
) -> Result<FlowDetail> {
    let core = opening.core().await?;
    announce(&app, core.flows().create_manifest(&path, &edits).await)
}
