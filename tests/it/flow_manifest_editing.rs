//! Manifests are edited in place: comments and order stay, and nothing wrong is saved.

use std::collections::BTreeMap;

use patchbay_core::Code;
use patchbay_core::flow::manifest_editing::{ManifestCard, ManifestEdit, edit};
use patchbay_core::flow::read::manifest::EnvironmentValue;
use patchbay_core::flow::view::{Binding, FlowQuery};
use patchbay_tests::flow_workspace::{FlowWorkspace, seed};

const RELEASE: &str = include_str!("../fixtures/flows/release.flow.toml");

fn card(title: &str, connector: &str) -> ManifestCard {
    ManifestCard {
        title: title.to_owned(),
        connector: connector.to_owned(),
        ..ManifestCard::default()
    }
}

#[test]
fn a_card_is_added_at_the_end() {
    let added = ManifestCard {
        connection: Some("Jira".to_owned()),
        scopes: vec!["read:jira".to_owned()],
        env: BTreeMap::from([("JIRA_TOKEN".to_owned(), EnvironmentValue::Token)]),
        ..card("Close the ticket", "jira")
    };
    let text = edit(RELEASE, &[ManifestEdit::AddCard { card: added }]).unwrap();
    let new = text
        .strip_prefix(RELEASE)
        .expect("what was there is untouched");
    assert_eq!(
        new,
        "\n[[cards]]\ntitle = \"Close the ticket\"\nconnector = \"jira\"\nconnection = \"Jira\"\n\
        scopes = [\"read:jira\"]\nenv = { JIRA_TOKEN = \"token\" }\n",
        "the new card follows"
    );
}

#[test]
fn a_changed_card_keeps_its_comments() {
    let changed = ManifestCard {
        connection: Some("GitHub – other".to_owned()),
        scopes: vec!["repo".to_owned()],
        env: BTreeMap::from([("GH_TOKEN".to_owned(), EnvironmentValue::Token)]),
        ..card("Make the release", "github")
    };
    let title = "Create the release".to_owned();
    let text = edit(
        RELEASE,
        &[ManifestEdit::ChangeCard {
            title,
            card: changed,
        }],
    )
    .unwrap();
    let wanted = RELEASE
        .replace(
            "\"Create the release\" # on GitHub",
            "\"Make the release\" # on GitHub",
        )
        .replace("GitHub – release bot", "GitHub – other");
    assert_eq!(text, wanted, "two values differ");
}

#[test]
fn a_removed_card_leaves_the_others() {
    let title = "Create the release".to_owned();
    let text = edit(
        RELEASE,
        &[ManifestEdit::RemoveCard {
            title: title.clone(),
        }],
    )
    .unwrap();
    assert!(
        text.starts_with("# Publishes what is tagged.\n"),
        "the comment at the top stays: {text}"
    );
    assert!(
        !text.contains("Create the release") && text.contains("env.SLACK_TEAM = \"field:team\""),
        "{text}"
    );
    let error = edit(&text, &[ManifestEdit::RemoveCard { title }]).unwrap_err();
    assert_eq!(error.code, Code::NotFound, "{error}");
}

#[test]
fn top_values_are_set_and_taken_away() {
    let edits = [
        ManifestEdit::SetName {
            name: "Release".to_owned(),
        },
        ManifestEdit::SetSchedule { schedule: None },
        ManifestEdit::SetCommand {
            command: vec!["make".to_owned(), "release".to_owned()],
        },
    ];
    let text = edit(RELEASE, &edits).unwrap();
    let wanted = RELEASE
        .replace("\"Publish release\"", "\"Release\"")
        .replace("schedule = \"after each merge\"\n", "")
        .replace(
            "[\"python3\", \"release.py\", \"--tag\"]",
            "[\"make\", \"release\"]",
        );
    assert_eq!(text, wanted, "the rest is as it was");
}

#[test]
fn cards_written_as_a_list_can_be_edited_too() {
    let text = "name = \"x\"\ncards = [{ title = \"a\", connector = \"b\" }]\n";
    let text = edit(
        text,
        &[ManifestEdit::AddCard {
            card: card("c", "d"),
        }],
    )
    .unwrap();
    assert_eq!(
        text.matches("[[cards]]").count(),
        2,
        "both are tables now: {text}"
    );
    let empty = edit(
        "name = \"x\"\ncards = []\n",
        &[ManifestEdit::AddCard {
            card: card("c", "d"),
        }],
    )
    .unwrap();
    assert_eq!(
        empty.matches("[[cards]]").count(),
        1,
        "an empty list too: {empty}"
    );
}

#[test]
fn what_would_be_wrong_is_refused_with_its_key() {
    for (wrong, key) in [
        (card("Tell the channel", "jira"), "cards[2].title"),
        (card("x", "No Id"), "cards[2].connector"),
        (
            ManifestCard {
                env: BTreeMap::from([("GH_TOKEN".to_owned(), EnvironmentValue::Token)]),
                ..card("x", "jira")
            },
            "cards[2].env.GH_TOKEN",
        ),
    ] {
        let error = edit(RELEASE, &[ManifestEdit::AddCard { card: wrong }]).unwrap_err();
        assert_eq!(
            (error.code, error.field.as_deref()),
            (Code::InvalidDefinition, Some(key)),
            "{error}"
        );
    }
}

#[tokio::test]
async fn an_edited_manifest_is_saved_read_again_and_bound() {
    let workspace = FlowWorkspace::open(&[seed("j", "Jira", "jira")])
        .await
        .unwrap();
    let path = workspace.write("release.flow.toml", RELEASE);
    workspace.flows.add_source(&path).await.unwrap();
    let flow = workspace
        .flows
        .list_flows(&FlowQuery::default())
        .await
        .unwrap()
        .rows[0]
        .id;
    let added = ManifestCard {
        connection: Some("Jira".to_owned()),
        ..card("Close the ticket", "jira")
    };
    let edits = [ManifestEdit::AddCard { card: added }];
    let detail = workspace.flows.edit_manifest(flow, &edits).await.unwrap();
    assert!(
        matches!(&detail.cards[2].binding, Binding::Bound { connection, .. } if connection == "j"),
        "bound by name"
    );
    assert!(
        detail.can_edit && !detail.can_export,
        "a manifest is edited, not exported"
    );
    let saved = std::fs::read_to_string(&path).unwrap();
    assert!(saved.starts_with(RELEASE), "the file has the new card");
    let twice = workspace
        .flows
        .edit_manifest(flow, &edits)
        .await
        .unwrap_err();
    assert_eq!(
        twice.code,
        Code::InvalidDefinition,
        "the title is taken: {twice}"
    );
    assert_eq!(
        std::fs::read_to_string(&path).unwrap(),
        saved,
        "nothing wrong is saved"
    );
    workspace.write("release.flow.toml", RELEASE);
    let stale = workspace
        .flows
        .edit_manifest(flow, &edits)
        .await
        .unwrap_err();
    assert_eq!(
        stale.code,
        Code::Conflict,
        "somebody else has changed it: {stale}"
    );
}
