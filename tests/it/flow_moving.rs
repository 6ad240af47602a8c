//! Moving flows to another connection, and back.

use patchbay_core::Code;
use patchbay_core::flow::view::{FlowQuery, MoveSelection};
use patchbay_tests::flow_generator::{Shape, export};
use patchbay_tests::flow_workspace::{FlowWorkspace, seed};
use proptest::prelude::*;

use crate::flow_usage::{ONBOARDING, onboarding};

#[tokio::test]
async fn a_move_is_previewed_done_and_undone() {
    let workspace = onboarding().await;
    let before = workspace.flows.usage("slack", 0, 0).await.unwrap();
    let preview = workspace
        .flows
        .preview_move("slack", "other", &MoveSelection::All)
        .await
        .unwrap();
    assert_eq!(
        (preview.flows, preview.cards, preview.refused),
        (2, 3, None),
        "what it would do"
    );
    let moved = workspace
        .flows
        .apply_move("slack", "other", &MoveSelection::All)
        .await
        .unwrap();
    assert_eq!((moved.flows, moved.cards), (2, 3), "it did that");
    assert_eq!(
        workspace.flows.usage("slack", 0, 0).await.unwrap().cards,
        0,
        "nothing is left"
    );
    assert_eq!(
        workspace.flows.usage("other", 0, 0).await.unwrap().cards,
        3,
        "all is there"
    );
    let undone = workspace.flows.undo_move(moved.id).await.unwrap();
    assert_eq!((undone.cards, undone.left), (3, 0), "everything comes back");
    assert_eq!(
        workspace.flows.usage("slack", 0, 0).await.unwrap(),
        before,
        "as it was"
    );
    let twice = workspace.flows.undo_move(moved.id).await.unwrap_err();
    assert_eq!(twice.code, Code::NotFound, "once");
}

#[tokio::test]
async fn an_undo_leaves_cards_that_were_bound_otherwise_meanwhile() {
    let workspace = onboarding().await;
    let moved = workspace
        .flows
        .apply_move("slack", "other", &MoveSelection::All)
        .await
        .unwrap();
    let usage = workspace.flows.usage("other", 0, 0).await.unwrap();
    let welcome = usage
        .rows
        .iter()
        .find(|row| row.name == "Welcome message")
        .unwrap();
    let card = workspace.flows.flow(welcome.flow).await.unwrap().cards[0].id;
    workspace.flows.unbind(&[card]).await.unwrap();
    let undone = workspace.flows.undo_move(moved.id).await.unwrap();
    assert_eq!(
        (undone.cards, undone.left),
        (2, 1),
        "the later decision stands"
    );
}

#[tokio::test]
async fn a_move_that_lacks_scopes_is_refused_and_says_which() {
    let workspace = onboarding().await;
    let preview = workspace
        .flows
        .preview_move("alerts", "reader", &MoveSelection::All)
        .await
        .unwrap();
    assert_eq!(
        preview.missing_scopes,
        ["gmail.send"],
        "to be asked for in a reauthorization"
    );
    assert_eq!(preview.lacking.len(), 1, "for one card");
    let error = workspace
        .flows
        .apply_move("alerts", "reader", &MoveSelection::All)
        .await
        .unwrap_err();
    assert_eq!(error.code, Code::MissingScope, "{error}");
    assert!(error.hint.is_some(), "with what mends it");
    let other = workspace
        .flows
        .apply_move("alerts", "slack", &MoveSelection::All)
        .await
        .unwrap_err();
    assert_eq!(
        other.code,
        Code::InvalidInput,
        "another connector is refused: {other}"
    );
    let same = workspace
        .flows
        .apply_move("slack", "slack", &MoveSelection::All)
        .await
        .unwrap_err();
    assert_eq!(
        same.code,
        Code::InvalidInput,
        "the same connection too: {same}"
    );
}

#[tokio::test]
async fn a_connection_that_was_replaced_stays_replaced_in_the_next_export() {
    let workspace = onboarding().await;
    workspace
        .flows
        .apply_move("slack", "other", &MoveSelection::All)
        .await
        .unwrap();
    let newer = String::from_utf8(ONBOARDING.to_vec())
        .unwrap()
        .replace("\"sm2\"", "\"brand-new\"");
    workspace.write(
        "onboarding.folder",
        newer.replace("Welcome message", "Say hello"),
    );
    workspace.flows.rescan_all(false).await.unwrap();
    assert_eq!(
        workspace.flows.usage("slack", 0, 0).await.unwrap().cards,
        0,
        "the name means the new one now"
    );
}

/// Everything that a move may change, as text.
async fn picture(workspace: &FlowWorkspace) -> String {
    let mut picture = String::new();
    let query = FlowQuery {
        limit: 500,
        ..FlowQuery::default()
    };
    for row in workspace.flows.list_flows(&query).await.unwrap().rows {
        let flow = workspace.flows.flow(row.id).await.unwrap();
        picture.push_str(&format!("{flow:?}\n"));
    }
    picture
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(8) })]

    #[test]
    fn a_move_and_its_undo_change_nothing(seed_of in any::<u64>(), pick in any::<u8>(), whole in 0..3_u8) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let workspace = FlowWorkspace::open(&[
                seed("a", "okta 0", "okta"), seed("b", "okta 1", "okta"), seed("c", "slack 0", "slack"),
            ]).await.unwrap();
            let shape = Shape { seed: seed_of, connections: 8, cards: 10, flows: 4, ..Shape::default() };
            let path = workspace.write("x.folder", export(&shape));
            workspace.flows.add_source(&path).await.unwrap();
            let before = picture(&workspace).await;
            let usage = workspace.flows.usage("a", 0, 0).await.unwrap();
            let its_own = workspace.flows.usage("b", 0, 0).await.unwrap().cards;
            // Indirect rows have no cards to move.
            let direct: Vec<_> = usage.rows.iter().filter(|row| row.through.is_none()).collect();
            let Some(row) = direct.get(usize::from(pick) % direct.len().max(1)) else { return };
            let cards = workspace.flows.flow(row.flow).await.unwrap().cards;
            let selection = match whole {
                0 => MoveSelection::All,
                1 => MoveSelection::Flows { flows: vec![row.flow] },
                _ => MoveSelection::Cards { cards: cards.iter().map(|card| card.id).collect() },
            };
            let moved = workspace.flows.apply_move("a", "b", &selection).await.unwrap();
            assert_ne!(picture(&workspace).await, before, "something moved");
            workspace.flows.undo_move(moved.id).await.unwrap();
            assert_eq!(picture(&workspace).await, before, "the undo is exact");
            // Also what is remembered is as it was: a new export binds alike.
            workspace.write("x.folder", export(&Shape { export: 99, ..shape }));
            workspace.flows.rescan_all(false).await.unwrap();
            let after = workspace.flows.usage("a", 0, 0).await.unwrap();
            assert_eq!(after.cards, usage.cards, "the new export binds to the first connection again");
            let second = workspace.flows.usage("b", 0, 0).await.unwrap();
            assert_eq!(second.cards, its_own, "and the second has its own");
        });
    }
}
