//! Cards get their connections by name, by a person's choice, and keep them in newer exports.

use patchbay_core::Code;
use patchbay_core::flow::view::{
    Binding, CardView, ChosenBy, FlowFilter, FlowQuery, FlowRow, SourceId, SuggestionReason,
};
use patchbay_tests::flow_generator::{Shape, export};
use patchbay_tests::flow_workspace::{FlowWorkspace, Seed, seed};

const ONBOARDING: &[u8] = include_bytes!("../fixtures/flows/onboarding-1.5.0.folder");

fn usual() -> Vec<Seed> {
    vec![
        seed("release", "Okta – release", "okta"),
        seed("preview", "Okta – preview", "okta"),
        seed("slack", "Slack", "slack"),
        seed("other", "Slack – other", "slack"),
        Seed {
            granted: Some(vec!["gmail.readonly".to_owned()]),
            ..seed("alerts", "Gmail – alerts", "gmail")
        },
    ]
}

async fn onboarding() -> (FlowWorkspace, SourceId) {
    let workspace = FlowWorkspace::open(&usual()).await.unwrap();
    let path = workspace.write("onboarding.folder", ONBOARDING);
    let (source, _) = workspace.flows.add_source(&path).await.unwrap();
    (workspace, source)
}

async fn rows(workspace: &FlowWorkspace, filter: FlowFilter) -> Vec<FlowRow> {
    let query = FlowQuery {
        filter,
        ..FlowQuery::default()
    };
    workspace.flows.list_flows(&query).await.unwrap().rows
}

async fn cards(workspace: &FlowWorkspace, flow: &str) -> Vec<CardView> {
    let all = rows(workspace, FlowFilter::All).await;
    let row = all
        .iter()
        .find(|row| row.name == flow)
        .expect("the flow is listed");
    workspace.flows.flow(row.id).await.unwrap().cards
}

/// What each card is bound to: a connection and who chose it.
fn bindings(cards: &[CardView]) -> Vec<String> {
    cards
        .iter()
        .map(|card| match &card.binding {
            Binding::Unbound => "-".to_owned(),
            Binding::Lost { name } => format!("lost {name}"),
            Binding::Bound {
                connection,
                chosen_by,
                ..
            } => match chosen_by {
                ChosenBy::Match => connection.clone(),
                ChosenBy::Person => format!("{connection}!"),
            },
        })
        .collect()
}

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
async fn what_a_person_chose_survives_a_new_export_with_new_ids() {
    let workspace = FlowWorkspace::open(&usual()).await.unwrap();
    let shape = Shape {
        flows: 6,
        cards: 12,
        connections: 6,
        ..Shape::default()
    };
    let path = workspace.write("all.folder", export(&shape));
    let (source, _) = workspace.flows.add_source(&path).await.unwrap();
    let first = rows(&workspace, FlowFilter::All).await;
    let before = workspace.flows.flow(first[2].id).await.unwrap().cards;
    let slack = before
        .iter()
        .find(|card| card.connector_key == "slack")
        .expect("a Slack card is generated");
    workspace
        .flows
        .bind_cards(&[slack.id], "other")
        .await
        .unwrap();
    let mut all_before = Vec::new();
    for row in &first {
        all_before.push(workspace.flows.flow(row.id).await.unwrap().cards);
    }
    workspace.write("all.folder", export(&Shape { export: 2, ..shape }));
    let scan = workspace.flows.rescan(source).await.unwrap();
    assert_eq!(scan.files, 1, "the file has changed: all ids are new");
    let second = rows(&workspace, FlowFilter::All).await;
    let ids = |rows: &[FlowRow]| rows.iter().map(|row| row.id).collect::<Vec<_>>();
    assert_eq!(ids(&first), ids(&second), "flows are recognised");
    for (row, before) in second.iter().zip(all_before) {
        assert_eq!(
            workspace.flows.flow(row.id).await.unwrap().cards,
            before,
            "cards keep ids and bindings"
        );
    }
}

#[tokio::test]
async fn a_renamed_flow_in_a_renamed_file_keeps_its_bindings() {
    let workspace = FlowWorkspace::open(&usual()).await.unwrap();
    workspace.write("old.folder", ONBOARDING);
    let (source, _) = workspace
        .flows
        .add_source(&workspace.files())
        .await
        .unwrap();
    let before = cards(&workspace, "Create accounts for new hires").await;
    workspace
        .flows
        .bind_cards(&[before[3].id], "other")
        .await
        .unwrap();
    std::fs::remove_file(workspace.files().join("old.folder")).unwrap();
    let text = String::from_utf8(ONBOARDING.to_vec()).unwrap();
    workspace.write(
        "new.folder",
        text.replace("Create accounts for new hires", "Onboard people"),
    );
    workspace.flows.rescan(source).await.unwrap();
    let after = cards(&workspace, "Onboard people").await;
    assert_eq!(after[3].id, before[3].id, "the card is the same");
    assert_eq!(bindings(&after)[3], "other!", "and so is the choice");
    assert_eq!(
        rows(&workspace, FlowFilter::All).await.len(),
        3,
        "nothing is there twice"
    );
}

#[tokio::test]
async fn a_connection_renamed_at_the_other_system_keeps_its_cards() {
    let (workspace, source) = onboarding().await;
    let text = String::from_utf8(ONBOARDING.to_vec()).unwrap();
    workspace.write(
        "onboarding.folder",
        text.replace("\"Slack\"", "\"Slack 2026\""),
    );
    workspace.flows.rescan(source).await.unwrap();
    let welcome = cards(&workspace, "Welcome message").await;
    assert_eq!(
        welcome[0].connection_name.as_deref(),
        Some("Slack 2026"),
        "the file says another name"
    );
    assert_eq!(
        bindings(&welcome),
        ["slack"],
        "the old name has vanished, so it was renamed"
    );
}

#[tokio::test]
async fn a_card_pointed_at_another_connection_follows_its_file() {
    let (workspace, source) = onboarding().await;
    let value: serde_json::Value = serde_json::from_slice(ONBOARDING).unwrap();
    let configs = value["data"]["configs"].as_object().unwrap();
    let id = |name: &str| {
        configs
            .iter()
            .find(|(_, config)| config["name"] == name)
            .unwrap()
            .0
            .clone()
    };
    // The first card only; the name stays in the file.
    let text = String::from_utf8(ONBOARDING.to_vec()).unwrap();
    let text = text.replacen(&id("Okta – release"), &id("Okta – preview"), 1);
    workspace.write("onboarding.folder", text);
    workspace.flows.rescan(source).await.unwrap();
    let cards = cards(&workspace, "Create accounts for new hires").await;
    assert_eq!(
        bindings(&cards)[..2],
        ["preview", "release"],
        "a match is made anew"
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
async fn flows_survive_when_their_source_disappears_until_it_is_removed() {
    let (workspace, source) = onboarding().await;
    std::fs::remove_file(workspace.files().join("onboarding.folder")).unwrap();
    assert_eq!(
        workspace.flows.changed_sources().await.unwrap(),
        [source],
        "the change is seen"
    );
    workspace.flows.rescan(source).await.unwrap();
    let sources = workspace.flows.sources().await.unwrap();
    assert!(
        sources[0].gone_since.is_some(),
        "the source says since when it is gone"
    );
    let kept = rows(&workspace, FlowFilter::All).await;
    assert_eq!(kept.len(), 3, "flows are kept");
    assert!(
        kept[0].missing_since.is_some(),
        "and say that their file is missing"
    );
    assert_eq!(
        workspace.flows.usage("slack", 0, 0).await.unwrap().direct,
        2,
        "usage too"
    );
    workspace.write("onboarding.folder", ONBOARDING);
    workspace.flows.rescan(source).await.unwrap();
    assert_eq!(
        rows(&workspace, FlowFilter::All).await[0].missing_since,
        None,
        "it may come back"
    );
    workspace.flows.remove_source(source).await.unwrap();
    assert_eq!(
        rows(&workspace, FlowFilter::All).await,
        [],
        "removing it ends the history"
    );
    let again = workspace.flows.remove_source(source).await.unwrap_err();
    assert_eq!(
        again.code,
        Code::NotFound,
        "there is nothing left to remove"
    );
}

#[tokio::test]
async fn a_file_that_breaks_keeps_what_was_read_and_says_why() {
    let (workspace, source) = onboarding().await;
    workspace.write("onboarding.folder", &ONBOARDING[..1000]);
    let scan = workspace.flows.rescan(source).await.unwrap();
    assert_eq!(scan.problems.len(), 1, "the problem is reported");
    let sources = workspace.flows.sources().await.unwrap();
    assert!(
        sources[0].problems[0].reason.contains("cut off"),
        "on the source's row: {:?}",
        sources[0].problems
    );
    assert_eq!(sources[0].flows, 3, "the flows of the last reading stay");
}

#[tokio::test]
async fn a_flow_that_a_newer_export_lacks_is_not_listed_but_known_when_it_returns() {
    let (workspace, source) = onboarding().await;
    let before = cards(&workspace, "Welcome message").await;
    workspace
        .flows
        .bind_cards(&[before[0].id], "other")
        .await
        .unwrap();
    let mut value: serde_json::Value = serde_json::from_slice(ONBOARDING).unwrap();
    let flos = value["data"]["flos"].as_object_mut().unwrap();
    flos.retain(|_, flo| flo["name"] != "Welcome message");
    workspace.write("onboarding.folder", value.to_string());
    workspace.flows.rescan(source).await.unwrap();
    assert_eq!(
        rows(&workspace, FlowFilter::All).await.len(),
        2,
        "it is no longer there"
    );
    assert_eq!(
        workspace.flows.usage("other", 0, 0).await.unwrap().direct,
        0,
        "and uses nothing"
    );
    workspace.write("onboarding.folder", ONBOARDING);
    workspace.flows.rescan(source).await.unwrap();
    assert_eq!(
        bindings(&cards(&workspace, "Welcome message").await),
        ["other!"],
        "its binding comes back with it"
    );
}

#[tokio::test]
async fn unchanged_files_are_not_read_again() {
    let (workspace, source) = onboarding().await;
    assert_eq!(
        workspace.flows.changed_sources().await.unwrap(),
        [],
        "nothing has changed"
    );
    assert_eq!(
        workspace.flows.rescan(source).await.unwrap().files,
        0,
        "nothing is read"
    );
    let same = workspace
        .flows
        .add_source(&workspace.files().join("onboarding.folder"))
        .await
        .unwrap_err();
    assert_eq!(
        (same.code, same.field.as_deref()),
        (Code::InvalidInput, Some("path")),
        "it is a source already"
    );
    let none = workspace
        .flows
        .add_source(&workspace.files().join("none"))
        .await
        .unwrap_err();
    assert_eq!(
        none.field.as_deref(),
        Some("path"),
        "and one that isn't there is refused"
    );
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
