//! What a change to a connection touches, said before it is done.

use patchbay_core::flow::view::{Binding, ImpactAction};
use patchbay_tests::flow_workspace::{FlowWorkspace, seed};

use crate::flow_pictures::cards;
use crate::flow_usage::{onboarding, scopes};

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
