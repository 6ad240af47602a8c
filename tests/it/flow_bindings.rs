//! Cards get their connections by name and by a person's choice.

use patchbay_core::Code;
use patchbay_core::flow::view::{Binding, FlowFilter, FlowQuery, FlowRow, SuggestionReason};
use patchbay_tests::flow_workspace::{FlowWorkspace, seed};

use crate::flow_pictures::{ONBOARDING, bindings, cards, onboarding, rows, usual};

#[tokio::test]
async fn cards_are_bound_when_connector_and_name_are_the_same() {
    let workspace = FlowWorkspace::open(&usual()).await.unwrap();
    let path = workspace.write("onboarding.folder", ONBOARDING);
    let (_, scan) = workspace.flows.add_source(&path).await.unwrap();
    assert_eq!(
        (scan.flows, scan.cards, scan.unbound, scan.matched),
        (3, 9, 1, 8),
        "one card names nothing"
    );
    let cards = cards(&workspace, "Create accounts for new hires").await;
    assert_eq!(
        bindings(&cards),
        [
            "release", "release", "preview", "slack", "-", "release", "alerts", "slack"
        ],
        "each card has the connection that its file names"
    );
}

#[tokio::test]
async fn a_connection_of_another_connector_is_no_match() {
    let workspace = FlowWorkspace::open(&[seed("x", "Slack", "github")])
        .await
        .unwrap();
    let path = workspace.write("onboarding.folder", ONBOARDING);
    let (_, scan) = workspace.flows.add_source(&path).await.unwrap();
    assert_eq!(scan.matched, 0, "the name alone binds nothing");
}

#[tokio::test]
async fn a_missing_scope_is_told_on_the_card_and_makes_the_flow_broken() {
    let (workspace, _) = onboarding().await;
    let cards = cards(&workspace, "Create accounts for new hires").await;
    let Binding::Bound { missing, .. } = &cards[6].binding else {
        panic!("the card is bound: {:?}", cards[6].binding)
    };
    assert_eq!(missing, &["gmail.send"], "the first alternative is named");
    let broken = rows(&workspace, FlowFilter::Broken).await;
    assert_eq!(broken.len(), 1, "the filter finds the flow");
    assert_eq!(broken[0].broken, 1, "with one broken card");
    assert_eq!(
        workspace.flows.counts().await.unwrap().broken,
        1,
        "and the chip counts it"
    );
}

#[tokio::test]
async fn one_answer_serves_every_card_of_that_name_in_the_source() {
    let workspace = FlowWorkspace::open(&[seed("mine", "My Slack", "slack")])
        .await
        .unwrap();
    let path = workspace.write("onboarding.folder", ONBOARDING);
    let (source, _) = workspace.flows.add_source(&path).await.unwrap();
    let welcome = cards(&workspace, "Welcome message").await;
    let result = workspace
        .flows
        .bind_cards(&[welcome[0].id], "mine")
        .await
        .unwrap();
    assert_eq!(
        (result.cards, result.flows),
        (3, 2),
        "three cards name Slack, in two flows"
    );
    // A card that comes with a newer export is not asked for again.
    let newer = String::from_utf8(ONBOARDING.to_vec())
        .unwrap()
        .replace("\"sm2\"", "\"brand-new\"");
    workspace.write(
        "onboarding.folder",
        newer.replace("Welcome message", "Say hello"),
    );
    workspace.flows.rescan(source).await.unwrap();
    assert_eq!(
        bindings(&cards(&workspace, "Say hello").await),
        ["mine!"],
        "the answer was remembered"
    );
}

#[tokio::test]
async fn a_card_refuses_a_connection_of_another_connector() {
    let (workspace, _) = onboarding().await;
    let cards = cards(&workspace, "Welcome message").await;
    let error = workspace
        .flows
        .bind_cards(&[cards[0].id], "release")
        .await
        .unwrap_err();
    assert_eq!(
        (error.code, error.field.as_deref()),
        (Code::InvalidInput, Some("connection")),
        "{error}"
    );
    assert!(
        error.message.contains("needs a slack connection"),
        "{error}"
    );
}

#[tokio::test]
async fn a_card_that_a_person_unbound_stays_unbound() {
    let (workspace, source) = onboarding().await;
    let welcome = cards(&workspace, "Welcome message").await;
    workspace.flows.unbind(&[welcome[0].id]).await.unwrap();
    workspace.write("onboarding.folder", [ONBOARDING, b"\n"].concat());
    let scan = workspace.flows.rescan(source).await.unwrap();
    assert_eq!(
        (scan.files, scan.matched),
        (1, 0),
        "the file was read again"
    );
    assert_eq!(
        bindings(&cards(&workspace, "Welcome message").await),
        ["-"],
        "nobody bound it behind their back"
    );
}

#[tokio::test]
async fn a_new_connection_binds_the_cards_that_name_it() {
    let mut workspace = FlowWorkspace::open(&[seed("a", "Something", "slack")])
        .await
        .unwrap();
    let path = workspace.write("onboarding.folder", ONBOARDING);
    workspace.flows.add_source(&path).await.unwrap();
    workspace
        .change("update connections set name = 'SLACK', name_key = 'slack' where id = 'a'")
        .await
        .unwrap();
    let result = workspace.flows.rematch("a").await.unwrap();
    assert_eq!((result.cards, result.flows), (3, 2), "case doesn't matter");
    assert_eq!(
        bindings(&cards(&workspace, "Welcome message").await),
        ["a"],
        "bound by its name"
    );
}

#[tokio::test]
async fn a_deleted_connection_leaves_its_cards_unbound_and_named() {
    let (mut workspace, _) = onboarding().await;
    workspace
        .change("update connections set deleted_at = 1 where id = 'slack'")
        .await
        .unwrap();
    let lost = bindings(&cards(&workspace, "Welcome message").await);
    assert_eq!(lost, ["lost Slack"], "as soon as it is deleted");
    assert_eq!(
        rows(&workspace, FlowFilter::Broken).await.len(),
        2,
        "both flows are broken"
    );
    workspace
        .change("delete from connections where id = 'slack'")
        .await
        .unwrap();
    let lost = bindings(&cards(&workspace, "Welcome message").await);
    assert_eq!(lost, ["lost Slack"], "and when it is gone for good");
    let unbound: Vec<_> = rows(&workspace, FlowFilter::Unbound)
        .await
        .into_iter()
        .map(|row| row.unbound)
        .collect();
    assert_eq!(unbound, [3, 1], "the cards need a connection");
    let broken: Vec<_> = rows(&workspace, FlowFilter::Broken)
        .await
        .into_iter()
        .map(|row| row.broken)
        .collect();
    assert_eq!(
        broken,
        [3, 1],
        "and are shown as broken, next to the one that lacks a scope"
    );
}

#[tokio::test]
async fn suggestions_put_the_nearest_first() {
    let (workspace, _) = onboarding().await;
    let cards = cards(&workspace, "Create accounts for new hires").await;
    let found = workspace.flows.suggestions(cards[1].id).await.unwrap();
    let found: Vec<_> = found
        .iter()
        .map(|one| (one.connection.as_str(), one.reason, one.preselected))
        .collect();
    assert_eq!(
        found,
        [
            ("release", SuggestionReason::SameName, true),
            ("preview", SuggestionReason::SameFlow, false),
        ],
        "only connections of the connector, the named one preselected"
    );
    let mail = workspace.flows.suggestions(cards[4].id).await.unwrap();
    assert_eq!(
        mail[0].missing,
        ["gmail.send"],
        "what it lacks is told before it is chosen"
    );
    assert!(
        mail[0].preselected,
        "one used in this flow already is preselected"
    );
    let slack = workspace.flows.suggestions(cards[3].id).await.unwrap();
    assert_eq!(
        slack[1].reason,
        SuggestionReason::SameConnector,
        "an unused one comes last"
    );
    assert!(!slack[1].preselected, "and is not chosen by itself");
}

#[tokio::test]
async fn search_and_folders_narrow_the_list() {
    let (workspace, _) = onboarding().await;
    let find = |search: &str| FlowQuery {
        search: search.to_owned(),
        ..FlowQuery::default()
    };
    let names = |page: Vec<FlowRow>| page.into_iter().map(|row| row.name).collect::<Vec<_>>();
    let page = workspace.flows.list_flows(&find("WELCOME")).await.unwrap();
    assert_eq!(
        names(page.rows),
        ["Welcome message"],
        "by name, whatever the case"
    );
    let page = workspace
        .flows
        .list_flows(&find("gmail accounts"))
        .await
        .unwrap();
    assert_eq!(
        names(page.rows),
        ["Create accounts for new hires"],
        "by a connection and a word of the name"
    );
    let folder = FlowQuery {
        folder: Some("Onboarding / New hires".to_owned()),
        limit: 1,
        offset: 1,
        ..FlowQuery::default()
    };
    let page = workspace.flows.list_flows(&folder).await.unwrap();
    assert_eq!(
        (page.total, names(page.rows)),
        (2, vec!["Welcome message".to_owned()]),
        "the second of two"
    );
}
