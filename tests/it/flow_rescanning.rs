//! Flows and their bindings survive newer exports, other ids, other files and files that are gone.

use patchbay_core::Code;
use patchbay_core::connector::FlowKeys;
use patchbay_core::flow::view::{FlowFilter, FlowQuery, FlowRow};
use patchbay_tests::flow_generator::{Shape, export};
use patchbay_tests::flow_workspace::{FlowWorkspace, seed};
use patchbay_tests::workbench::Workbench;

use crate::flow_pictures::{ONBOARDING, bindings, cards, onboarding, rows, usual};

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
async fn a_connection_renamed_here_still_stands_for_the_name_in_its_files() {
    let mut workspace = FlowWorkspace::open(&[seed("slack", "Slack", "slack")])
        .await
        .unwrap();
    let card = |title: &str| {
        format!("[[cards]]\ntitle = \"{title}\"\nconnector = \"slack\"\nconnection = \"Slack\"\n")
    };
    let first = format!("name = \"Report\"\n{}", card("Send"));
    let path = workspace.write("report.flow.toml", &first);
    let (source, _) = workspace.flows.add_source(&path).await.unwrap();
    workspace
        .change(
            "update connections set name = 'Team chat', name_key = 'team chat' where id = 'slack';",
        )
        .await
        .unwrap();
    workspace.flows.rematch("slack").await.unwrap();
    workspace.write("report.flow.toml", first + &card("Send again"));
    workspace.flows.rescan(source).await.unwrap();
    assert_eq!(
        bindings(&cards(&workspace, "Report").await),
        ["slack", "slack!"],
        "a new card that says the former name means the same connection: that is remembered"
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
async fn a_connector_that_is_known_later_is_given_to_the_cards_that_mean_it() {
    let bench = Workbench::start().await;
    let path = bench.folder.path().join("sync.flow.toml");
    std::fs::write(
        &path,
        "name = \"Sync\"\n[[cards]]\ntitle = \"Get\"\nconnector = \"our-own\"\n",
    )
    .unwrap();
    let flows = bench.core.flows();
    flows.add_source(&path).await.unwrap();
    let connector = async || {
        let rows = flows.list_flows(&FlowQuery::default()).await.unwrap().rows;
        let cards = flows.flow(rows[0].id).await.unwrap().cards;
        cards[0].connector.clone()
    };
    assert_eq!(connector().await, None, "nobody knows it yet");
    let own = bench.core.catalogue().get("any-api").unwrap();
    let mut own = own.as_ref().clone();
    own.name = "Our own".to_owned();
    own.flow_keys = FlowKeys::default();
    bench
        .core
        .save_connector("our-own", own, None)
        .await
        .unwrap();
    assert_eq!(
        connector().await.as_deref(),
        Some("our-own"),
        "the file hasn't changed, the catalogue has"
    );
    assert!(
        !flows.keep_up().await.unwrap(),
        "the same catalogue again reads nothing"
    );
}
