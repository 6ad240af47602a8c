//! Usage, impact and moves.

use patchbay_core::Code;
use patchbay_core::flow::view::{
    Binding, FlowQuery, FlowSort, ImpactAction, MoveSelection, Usage, UsageQuery, UsageSort,
};
use patchbay_core::page::Direction;
use patchbay_tests::flow_generator::{Shape, export};
use patchbay_tests::flow_workspace::{FlowWorkspace, Seed, seed};
use proptest::prelude::*;

use crate::flow_pictures::cards;

const ONBOARDING: &[u8] = include_bytes!("../fixtures/flows/onboarding-1.5.0.folder");

fn scopes(list: &[&str]) -> Option<Vec<String>> {
    Some(list.iter().map(|scope| (*scope).to_owned()).collect())
}

async fn onboarding() -> FlowWorkspace {
    let workspace = FlowWorkspace::open(&[
        seed("release", "Okta – release", "okta"),
        seed("preview", "Okta – preview", "okta"),
        seed("slack", "Slack", "slack"),
        seed("other", "Slack – other", "slack"),
        Seed {
            granted: scopes(&["gmail.readonly", "mail.full"]),
            ..seed("alerts", "Gmail – alerts", "gmail")
        },
        Seed {
            granted: scopes(&["gmail.readonly"]),
            ..seed("reader", "Gmail – reader", "gmail")
        },
    ])
    .await
    .unwrap();
    let path = workspace.write("onboarding.folder", ONBOARDING);
    workspace.flows.add_source(&path).await.unwrap();
    workspace
}

/// `flow (cards)` or `flow > through`.
fn lines(usage: &Usage) -> Vec<String> {
    usage
        .rows
        .iter()
        .map(|row| match &row.through {
            Some(through) => format!("{} > {} ({})", row.name, through.name, through.card),
            None => format!("{} ({})", row.name, row.cards),
        })
        .collect()
}

#[tokio::test]
async fn usage_names_flows_and_the_flow_that_they_go_through() {
    let workspace = onboarding().await;
    let slack = workspace.flows.usage("slack", 0, 0).await.unwrap();
    assert_eq!(
        lines(&slack),
        ["Create accounts for new hires (2)", "Welcome message (1)"],
        "a flow with cards of its own isn't indirect"
    );
    let search = FlowQuery {
        search: "welcome".to_owned(),
        ..FlowQuery::default()
    };
    let welcome = workspace
        .flows
        .list_flows(&search)
        .await
        .unwrap()
        .rows
        .remove(0);
    assert_eq!(welcome.called_by, 1, "the row counts its callers");
    let create = workspace.flows.usage("alerts", 0, 0).await.unwrap();
    assert_eq!(
        lines(&create),
        ["Create accounts for new hires (1)"],
        "only the flow itself"
    );
    // A connection in the innermost flow is reached by both above it.
    let cards = workspace.flows.flow(welcome.id).await.unwrap().cards;
    workspace
        .flows
        .bind_cards(&[cards[0].id], "other")
        .await
        .unwrap();
    let other = workspace.flows.usage("other", 0, 0).await.unwrap();
    assert_eq!(
        lines(&other),
        [
            "Welcome message (1)",
            "Create accounts for new hires > Welcome message (Call Flow)"
        ],
        "the caller reaches it through the flow it calls"
    );
    let second = workspace.flows.usage("other", 1, 1).await.unwrap();
    assert_eq!(
        lines(&second).len(),
        1,
        "pages go on across direct and indirect"
    );
    assert!(
        second.rows[0].through.is_some(),
        "the second row is the indirect one"
    );
}

#[tokio::test]
async fn usage_is_sorted_by_any_column_and_grouped_by_folder() {
    let workspace = onboarding().await;
    let sorted = async |sort, direction| {
        let query = UsageQuery {
            sort,
            direction,
            ..UsageQuery::default()
        };
        let usage = workspace.flows.usage_page("slack", &query).await.unwrap();
        usage
            .rows
            .into_iter()
            .map(|row| row.name)
            .collect::<Vec<_>>()
    };
    let (create, welcome) = ("Create accounts for new hires", "Welcome message");
    assert_eq!(
        sorted(UsageSort::Name, Direction::Descending).await,
        [welcome, create],
        "by name, from the end"
    );
    assert_eq!(
        sorted(UsageSort::Cards, Direction::Ascending).await,
        [welcome, create],
        "by the number of cards"
    );
    assert_eq!(
        sorted(UsageSort::Cards, Direction::Descending).await,
        [create, welcome],
        "the most first"
    );
    let usage = workspace.flows.usage("slack", 0, 1).await.unwrap();
    let groups: Vec<(u32, u32, u32)> = usage
        .groups
        .iter()
        .map(|group| (group.flows, group.direct, group.cards))
        .collect();
    assert_eq!(usage.rows.len(), 1, "one row of the page");
    assert_eq!(
        (
            groups.iter().map(|group| group.0).sum::<u32>(),
            usage.more_groups
        ),
        (2, 0),
        "groups count every flow, whatever the page holds: {groups:?}"
    );
    let next = workspace.flows.usage("slack", 1, 1).await.unwrap();
    assert_eq!(next.groups, [], "they come with the first page only");
}

#[tokio::test]
async fn flows_that_call_each_other_end() {
    let workspace = FlowWorkspace::open(&[seed("okta", "Okta", "okta")])
        .await
        .unwrap();
    let path = workspace.write(
        "a.flow",
        include_bytes!("../fixtures/flows/delegated-1.4.0.flow"),
    );
    workspace.flows.add_source(&path).await.unwrap();
    let usage = workspace.flows.usage("okta", 0, 0).await.unwrap();
    assert_eq!(
        lines(&usage),
        [
            "Round trip (1)",
            "Ask the administrator > Round trip (Call Flow)"
        ],
        "a circle is gone round once"
    );
}

#[tokio::test]
async fn counts_tell_used_from_unused_connections() {
    let workspace = onboarding().await;
    let ids: Vec<String> = ["slack", "reader"].map(str::to_owned).to_vec();
    let counts = workspace.flows.usage_counts(&ids).await.unwrap();
    assert_eq!(
        (counts["slack"], counts["reader"]),
        (2, 0),
        "flows, not cards"
    );
}

#[tokio::test]
async fn deleting_names_every_card_it_leaves_without_a_connection() {
    let workspace = onboarding().await;
    let impact = workspace
        .flows
        .impact(&ImpactAction::Delete, "slack")
        .await
        .unwrap();
    assert_eq!(
        (impact.flows, impact.cards, impact.stops.len()),
        (2, 3, 3),
        "three cards in two flows"
    );
    assert_eq!(
        impact.summary, "2 flows will have 3 cards without a connection.",
        "in a sentence"
    );
    let none = workspace
        .flows
        .impact(&ImpactAction::Delete, "reader")
        .await
        .unwrap();
    assert_eq!(
        none.summary, "No flow uses Gmail – reader.",
        "nothing is touched"
    );
}

#[tokio::test]
async fn removing_a_scope_names_the_card_that_stops() {
    let workspace = onboarding().await;
    let change = |removed: &[&str], added: &[&str]| ImpactAction::ScopeChange {
        removed: scopes(removed).unwrap(),
        added: scopes(added).unwrap(),
    };
    let stops = workspace
        .flows
        .impact(&change(&["mail.full"], &[]), "alerts")
        .await
        .unwrap();
    assert_eq!(stops.stops.len(), 1, "one card needs it");
    assert_eq!(stops.stops[0].card_title, "Send Email", "it is named");
    assert_eq!(
        stops.stops[0].scopes,
        ["mail.full"],
        "with the scope that goes"
    );
    assert_eq!(stops.summary, "1 card stops working.", "in a sentence");
    let kept = workspace
        .flows
        .impact(&change(&["mail.full"], &["gmail.send"]), "alerts")
        .await
        .unwrap();
    assert_eq!(kept.stops, [], "the other of two alternatives will do");
    let unused = workspace
        .flows
        .impact(&change(&["gmail.readonly"], &[]), "alerts")
        .await
        .unwrap();
    assert_eq!(unused.stops, [], "a scope that no card needs may go");
}

#[tokio::test]
async fn a_card_that_lacks_a_scope_already_is_told_until_it_is_asked_for() {
    let workspace = onboarding().await;
    let all = cards(&workspace, "Create accounts for new hires").await;
    let bound = all
        .iter()
        .find(|card| matches!(&card.binding, Binding::Bound { connection, .. } if connection == "alerts"))
        .expect("one card uses it");
    workspace
        .flows
        .bind_cards(&[bound.id], "reader")
        .await
        .unwrap();
    let change = |removed: &[&str], added: &[&str]| ImpactAction::ScopeChange {
        removed: scopes(removed).unwrap(),
        added: scopes(added).unwrap(),
    };
    let now = workspace
        .flows
        .impact(&change(&[], &[]), "reader")
        .await
        .unwrap();
    let lacks: Vec<_> = now
        .lacking
        .iter()
        .map(|card| (card.card_title.as_str(), card.scopes.join(" ")))
        .collect();
    assert_eq!(
        lacks,
        [("Send Email", "gmail.send".to_owned())],
        "the card and the first scope that would do"
    );
    assert_eq!(now.stops, [], "what never worked doesn't stop");
    let mended = workspace
        .flows
        .impact(&change(&[], &["mail.full"]), "reader")
        .await
        .unwrap();
    assert_eq!(mended.lacking, [], "the other alternative mends it too");
    let gone = workspace
        .flows
        .impact(&ImpactAction::Delete, "reader")
        .await
        .unwrap();
    assert_eq!(gone.lacking, [], "scopes don't matter to a deletion");
}

#[tokio::test]
async fn a_rename_names_the_manifests_that_refer_by_name() {
    let workspace = FlowWorkspace::open(&[seed("bot", "GitHub – release bot", "github")])
        .await
        .unwrap();
    let path = workspace.write(
        "release.flow.toml",
        include_bytes!("../fixtures/flows/release.flow.toml"),
    );
    workspace.flows.add_source(&path).await.unwrap();
    let impact = workspace
        .flows
        .impact(&ImpactAction::Rename, "bot")
        .await
        .unwrap();
    assert_eq!(
        impact.by_name,
        ["Publish release"],
        "its file must be changed too"
    );
    let account = workspace
        .flows
        .impact(&ImpactAction::AccountChange, "bot")
        .await
        .unwrap();
    assert_eq!(
        account.summary, "1 flow will act as the other account.",
        "another account is said"
    );
}

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

#[tokio::test]
async fn sorting_by_cards_puts_the_largest_first() {
    let workspace = onboarding().await;
    let query = FlowQuery {
        sort: FlowSort::Cards,
        direction: Direction::Descending,
        ..FlowQuery::default()
    };
    let counts: Vec<u32> = workspace
        .flows
        .list_flows(&query)
        .await
        .unwrap()
        .rows
        .iter()
        .map(|row| row.cards)
        .collect();
    assert_eq!(counts, [8, 1, 0], "descending");
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
