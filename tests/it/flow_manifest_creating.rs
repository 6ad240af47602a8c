//! Manifests made in the console.

use patchbay_core::Code;
use patchbay_core::flow::manifest_editing::{ManifestCard, ManifestEdit};
use patchbay_core::flow::view::Binding;
use patchbay_tests::flow_workspace::{FlowWorkspace, seed};

fn named(name: &str) -> ManifestEdit {
    ManifestEdit::SetName {
        name: name.to_owned(),
    }
}

fn publish() -> Vec<ManifestEdit> {
    vec![
        named("Publish"),
        ManifestEdit::SetCommand {
            command: vec!["./publish.sh".to_owned(), "two words".to_owned()],
        },
        ManifestEdit::AddCard {
            card: ManifestCard {
                title: "Release".to_owned(),
                connector: "github".to_owned(),
                connection: Some("Bot".to_owned()),
                scopes: vec!["repo".to_owned()],
                env: [(
                    "GH_TOKEN".to_owned(),
                    "token".to_owned().try_into().unwrap(),
                )]
                .into(),
            },
        },
    ]
}

#[tokio::test]
async fn a_new_manifest_is_written_read_and_bound() {
    let workspace = FlowWorkspace::open(&[seed("bot", "Bot", "github")])
        .await
        .unwrap();
    let path = workspace.files().join("publish");
    let detail = workspace
        .flows
        .create_manifest(&path, &publish())
        .await
        .unwrap();
    assert!(
        detail.path.ends_with("publish.flow.toml"),
        "{}",
        detail.path
    );
    assert_eq!(
        std::fs::read_to_string(&detail.path).unwrap(),
        r#"name = "Publish"
command = ["./publish.sh", "two words"]

[[cards]]
title = "Release"
connector = "github"
connection = "Bot"
scopes = ["repo"]
env = { GH_TOKEN = "token" }
"#,
        "a file as a person would write it"
    );
    assert!(
        matches!(&detail.cards[0].binding, Binding::Bound { connection, .. } if connection == "bot"),
        "its card is bound by name"
    );
    assert!(detail.can_edit, "and it can be edited like any other");
    let sources = workspace.flows.sources().await.unwrap();
    assert_eq!(sources.len(), 1, "the file is a source of its own");
}

#[tokio::test]
async fn a_new_manifest_in_a_watched_folder_belongs_to_that_source() {
    let workspace = FlowWorkspace::open(&[]).await.unwrap();
    workspace.write("sub/other.flow.toml", "name = \"Other\"\n");
    let folder = workspace.files();
    workspace.flows.add_source(&folder).await.unwrap();
    let path = folder.join("sub").join("new.toml");
    let detail = workspace
        .flows
        .create_manifest(&path, &[named("New")])
        .await
        .unwrap();
    assert_eq!(detail.row.name, "New", "it is found there");
    assert_eq!(detail.row.file, "sub/new.flow.toml", "under its folder");
    assert_eq!(
        workspace.flows.sources().await.unwrap().len(),
        1,
        "no second source"
    );
}

#[tokio::test]
async fn what_is_no_manifest_is_not_written() {
    let workspace = FlowWorkspace::open(&[]).await.unwrap();
    let path = workspace.files().join("x.flow.toml");
    let nameless = workspace
        .flows
        .create_manifest(&path, &[named("  ")])
        .await
        .unwrap_err();
    assert_eq!(
        (nameless.code, nameless.field.as_deref()),
        (Code::InvalidDefinition, Some("name")),
        "{nameless}"
    );
    let mut edits = publish();
    edits.extend(publish().into_iter().skip(2));
    let twice = workspace
        .flows
        .create_manifest(&path, &edits)
        .await
        .unwrap_err();
    assert_eq!(
        twice.field.as_deref(),
        Some("cards[1].title"),
        "two cards of one title: {twice}"
    );
    assert!(!path.exists(), "nothing was written");
}

#[tokio::test]
async fn a_file_that_is_there_is_never_overwritten() {
    let workspace = FlowWorkspace::open(&[]).await.unwrap();
    let path = workspace.write("there.flow.toml", "mine");
    let error = workspace
        .flows
        .create_manifest(&path, &[named("New")])
        .await
        .unwrap_err();
    assert_eq!(error.field.as_deref(), Some("path"), "{error}");
    assert_eq!(std::fs::read(&path).unwrap(), b"mine", "it is as it was");
    let nowhere = workspace.files().join("nowhere").join("a.flow.toml");
    let error = workspace
        .flows
        .create_manifest(&nowhere, &[named("New")])
        .await
        .unwrap_err();
    assert_eq!(
        error.field.as_deref(),
        Some("path"),
        "no folder is made: {error}"
    );
    let relative = std::path::Path::new("a.flow.toml");
    let error = workspace
        .flows
        .create_manifest(relative, &[named("New")])
        .await
        .unwrap_err();
    assert_eq!(
        error.field.as_deref(),
        Some("path"),
        "relative to what? {error}"
    );
}
