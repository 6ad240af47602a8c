//! What changes of flows leave in the activity: at the connections they touch, by name, and without anything secret.

use patchbay_core::activity::{Action, ActivityQuery};
use patchbay_core::flow::manifest_editing::ManifestEdit;
use patchbay_core::flow::view::{CardView, FlowQuery, MoveSelection};
use patchbay_tests::workbench::Workbench;

const KEY: &str = "canary-key-good";

const REPORT: &str = r#"name = "Nightly report"

[[cards]]
title = "Fetch"
connector = "any-api"
connection = "First"

[[cards]]
title = "Send"
connector = "any-api"
"#;

/// A workspace with two connections and a manifest with a card that names the first.
struct Scene {
    bench: Workbench,
    first: String,
    second: String,
}

impl Scene {
    async fn new() -> Self {
        let bench = Workbench::start().await;
        let mut ids = Vec::new();
        for name in ["First", "Second"] {
            let draft = bench.key_draft(name, KEY);
            let started = bench.core.create_connection(draft).await.unwrap();
            ids.push(started.connection);
        }
        let path = bench.folder.path().join("nightly.flow.toml");
        std::fs::write(&path, REPORT).unwrap();
        bench.core.flows().add_source(&path).await.unwrap();
        let [first, second] = ids.try_into().unwrap();
        Self {
            bench,
            first,
            second,
        }
    }

    async fn cards(&self) -> Vec<CardView> {
        let flows = self.bench.core.flows();
        let rows = flows.list_flows(&FlowQuery::default()).await.unwrap().rows;
        flows.flow(rows[0].id).await.unwrap().cards
    }

    /// Entries about flows, the newest first: `action connection: detail`.
    async fn entries(&self, connection: Option<&str>) -> Vec<String> {
        let query = ActivityQuery {
            connection: connection.map(str::to_owned),
            ..ActivityQuery::default()
        };
        let page = self.bench.core.list_activity(&query).await.unwrap();
        page.rows
            .into_iter()
            .filter(|entry| !matches!(entry.action, Action::Create | Action::Test))
            .map(|entry| {
                format!(
                    "{:?} {}: {}",
                    entry.action,
                    entry.connection_name.unwrap_or_default(),
                    entry.detail.unwrap_or_default()
                )
            })
            .collect()
    }
}

#[tokio::test]
async fn an_added_and_a_removed_source_are_told() {
    let scene = Scene::new().await;
    assert_eq!(
        scene.entries(None).await,
        ["SourceAdd : 1 flow with 2 cards from nightly.flow.toml, 1 bound by name"],
        "what was found in it"
    );
    let flows = scene.bench.core.flows();
    let source = flows.sources().await.unwrap()[0].id;
    flows.remove_source(source).await.unwrap();
    assert_eq!(
        scene.entries(None).await[0],
        "SourceRemove : 1 flow with 2 cards from nightly.flow.toml",
        "and what was forgotten with it"
    );
}

#[tokio::test]
async fn a_card_that_changes_hands_is_told_at_both_connections() {
    let scene = Scene::new().await;
    let cards = scene.cards().await;
    let flows = scene.bench.core.flows();
    flows
        .bind_cards(&[cards[0].id], &scene.second)
        .await
        .unwrap();
    assert_eq!(
        scene.entries(Some(&scene.second)).await,
        ["Bind Second: 1 card in Nightly report"],
        "the new one has it"
    );
    assert_eq!(
        scene.entries(Some(&scene.first)).await,
        ["Unbind First: 1 card in Nightly report, now bound to Second"],
        "the old one lost it"
    );
    flows.unbind(&[cards[0].id]).await.unwrap();
    assert_eq!(
        scene.entries(Some(&scene.second)).await[0],
        "Unbind Second: 1 card in Nightly report",
        "taking it away is told too"
    );
    flows
        .bind_cards(&[cards[1].id], &scene.first)
        .await
        .unwrap();
    flows
        .bind_cards(&[cards[1].id], &scene.first)
        .await
        .unwrap();
    let bound = scene.entries(Some(&scene.first)).await;
    assert_eq!(
        bound
            .iter()
            .filter(|entry| entry.starts_with("Bind"))
            .count(),
        1,
        "a choice that changes nothing is no event: {bound:?}"
    );
}

#[tokio::test]
async fn a_move_and_its_undo_are_told_at_both_connections() {
    let scene = Scene::new().await;
    let flows = scene.bench.core.flows();
    let moved = flows
        .apply_move(&scene.first, &scene.second, &MoveSelection::All)
        .await
        .unwrap();
    flows.undo_move(moved.id).await.unwrap();
    assert_eq!(
        scene.entries(Some(&scene.first)).await,
        [
            "UndoMove First: 1 card in Nightly report",
            "MoveFlows First: 1 card in Nightly report to Second"
        ],
        "where it went"
    );
    assert_eq!(
        scene.entries(Some(&scene.second)).await,
        [
            "UndoMove Second: 1 card in Nightly report",
            "MoveFlows Second: 1 card in Nightly report from First"
        ],
        "and where it came from"
    );
}

#[tokio::test]
async fn cards_that_a_new_name_binds_are_told() {
    let scene = Scene::new().await;
    let flows = scene.bench.core.flows();
    let cards = scene.cards().await;
    flows
        .edit_manifest(
            flows.list_flows(&FlowQuery::default()).await.unwrap().rows[0].id,
            &[ManifestEdit::SetName {
                name: "Report".to_owned(),
            }],
        )
        .await
        .unwrap();
    assert_eq!(
        scene.entries(None).await[0],
        "ManifestSave : in nightly.flow.toml",
        "a saved manifest is named"
    );
    flows
        .apply_move(
            &scene.first,
            &scene.second,
            &MoveSelection::Cards {
                cards: vec![cards[0].id],
            },
        )
        .await
        .unwrap();
    let third = scene.bench.key_draft("Third", KEY);
    let third = scene
        .bench
        .core
        .create_connection(third)
        .await
        .unwrap()
        .connection;
    assert_eq!(
        scene.entries(Some(&third)).await,
        Vec::<String>::new(),
        "nothing names it"
    );
}

#[tokio::test]
async fn a_written_copy_and_a_new_manifest_are_told_without_secrets() {
    let scene = Scene::new().await;
    let flows = scene.bench.core.flows();
    let file = scene.bench.folder.path().join("sync.json");
    let workflow = r#"{"name":"Sync","nodes":[{"id":"a","name":"Get","type":"n8n-nodes-base.httpRequest",
        "typeVersion":4,"parameters":{},"credentials":{"httpHeaderAuth":{"id":"7","name":"Old"}}}],"connections":{}}"#;
    std::fs::write(&file, workflow).unwrap();
    flows.add_source(&file).await.unwrap();
    let query = FlowQuery {
        search: "sync".to_owned(),
        ..FlowQuery::default()
    };
    let flow = flows.list_flows(&query).await.unwrap().rows[0].id;
    let cards = flows.flow(flow).await.unwrap().cards;
    flows
        .bind_cards(&[cards[0].id], &scene.first)
        .await
        .unwrap();
    let copy = scene.bench.folder.path().join("copy.json");
    flows.export_rebound_copy(flow, &copy).await.unwrap();
    assert_eq!(
        scene.entries(None).await[0],
        "WriteBack : 1 reference of sync.json changed in copy.json",
        "what was written, and how much differs"
    );
    let name = ManifestEdit::SetName {
        name: "New".to_owned(),
    };
    let path = scene.bench.folder.path().join("new.flow.toml");
    flows.create_manifest(&path, &[name]).await.unwrap();
    let entries = scene.entries(None).await;
    assert!(
        entries.contains(&"ManifestCreate : in new.flow.toml".to_owned()),
        "a new file is told: {entries:?}"
    );
    assert!(
        entries.iter().all(|entry| !entry.contains("canary")),
        "no key is in any entry"
    );
}
