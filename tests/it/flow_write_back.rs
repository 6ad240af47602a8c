//! Re-bound copies differ from their source where a reference stands, and nowhere else.

use std::collections::BTreeMap;

use patchbay_core::Code;
use patchbay_core::flow::read::{ReadSource, read_bytes};
use patchbay_core::flow::rewriting::rewrite;
use patchbay_core::flow::view::{FlowQuery, MoveSelection};
use patchbay_tests::flow_generator::{Shape, export};
use patchbay_tests::flow_workspace::{FlowWorkspace, seed};
use proptest::prelude::*;
use serde_json::Value;

const ONBOARDING: &[u8] = include_bytes!("../fixtures/flows/onboarding-1.5.0.folder");
const N8N: &[u8] = include_bytes!("../fixtures/flows/all.n8n.json");

/// Rewrites each name by a table; names that aren't in it stay.
fn renamed(bytes: &[u8], table: &[(&str, &str)]) -> Vec<u8> {
    let source = read_bytes("a.json", bytes);
    let rewritten = rewrite("a.json", bytes, |flow, card| {
        let name = source.flows[flow].cards[card].connection.as_deref()?;
        let found = table.iter().find(|(old, _)| *old == name);
        found.map(|(_, new)| (*new).to_owned())
    });
    rewritten.unwrap().bytes
}

fn names(source: &ReadSource) -> Vec<Option<String>> {
    source
        .flows
        .iter()
        .flat_map(|flow| &flow.cards)
        .map(|card| card.connection.clone())
        .collect()
}

/// The lines that differ, old and new.
fn changed_lines(old: &[u8], new: &[u8]) -> Vec<(String, String)> {
    let (old, new) = (String::from_utf8_lossy(old), String::from_utf8_lossy(new));
    assert_eq!(
        old.lines().count(),
        new.lines().count(),
        "no line is added or lost"
    );
    let pairs = old.lines().zip(new.lines()).filter(|(old, new)| old != new);
    pairs
        .map(|(old, new)| (old.trim().to_owned(), new.trim().to_owned()))
        .collect()
}

#[test]
fn a_connection_of_an_okta_export_is_renamed_in_its_one_place() {
    let copy = renamed(ONBOARDING, &[("Slack", "Slack \"team\"")]);
    let old = String::from_utf8(ONBOARDING.to_vec()).unwrap();
    let wanted = old.replace(
        r#""name":"Slack","module":"slack""#,
        r#""name":"Slack \"team\"","module":"slack""#,
    );
    assert_eq!(
        String::from_utf8(copy).unwrap(),
        wanted,
        "every other byte is as it was"
    );
}

#[test]
fn cards_that_part_from_the_others_get_the_entry_of_their_name() {
    let source = read_bytes("a.folder", ONBOARDING);
    // The second Okta card moves to the connection that another entry has.
    let copy = rewrite("a.folder", ONBOARDING, |flow, card| {
        ((flow, card) == (0, 1)).then(|| "Okta – preview".to_owned())
    })
    .unwrap();
    let after = read_bytes("a.folder", &copy.bytes);
    assert_eq!(copy.changed, 1, "one reference differs");
    assert_eq!(
        after.flows[0].cards[1].connection.as_deref(),
        Some("Okta – preview"),
        "it names the other one"
    );
    let preview = &source.flows[0].cards[2].connection_file_id;
    assert_eq!(
        &after.flows[0].cards[1].connection_file_id, preview,
        "by the entry that was there"
    );
    assert_eq!(
        copy.bytes.len(),
        ONBOARDING.len(),
        "one id for another: nothing else moved"
    );
}

#[test]
fn a_name_without_an_entry_gets_one() {
    let copy = rewrite("a.folder", ONBOARDING, |flow, card| match (flow, card) {
        (0, 1) => Some("Okta – third".to_owned()),
        // A card without a connection.
        (0, 4) => Some("Gmail – alerts".to_owned()),
        _ => None,
    })
    .unwrap();
    let after = read_bytes("a.folder", &copy.bytes);
    assert_eq!(after.problems, [], "every reference is listed");
    assert_eq!(
        after.flows[0].cards[1].connection.as_deref(),
        Some("Okta – third"),
        "a new entry"
    );
    assert_eq!(
        after.flows[0].cards[4].connection.as_deref(),
        Some("Gmail – alerts"),
        "null became a reference"
    );
    let value: Value = serde_json::from_slice(&copy.bytes).unwrap();
    assert_eq!(
        value["data"]["configs"].as_object().unwrap().len(),
        5,
        "one entry came"
    );
    assert!(
        copy.notes[0].contains("checksum"),
        "and the checksum is spoken of: {:?}",
        copy.notes
    );
}

#[test]
fn two_connections_can_change_places() {
    let copy = renamed(
        ONBOARDING,
        &[
            ("Okta – release", "Okta – preview"),
            ("Okta – preview", "Okta – release"),
        ],
    );
    let swapped: Vec<_> = names(&read_bytes("a.folder", ONBOARDING))
        .into_iter()
        .map(|name| {
            name.map(|name| match name.as_str() {
                "Okta – release" => "Okta – preview".to_owned(),
                "Okta – preview" => "Okta – release".to_owned(),
                _ => name,
            })
        })
        .collect();
    assert_eq!(
        names(&read_bytes("a.folder", &copy)),
        swapped,
        "each card names the other one"
    );
}

#[test]
fn n8n_credentials_are_renamed_where_they_stand() {
    let copy = renamed(
        N8N,
        &[("GitHub – release bot", "GitHub"), ("my github", "GitHub")],
    );
    let changed = changed_lines(N8N, &copy);
    let wanted = [
        ("\"id\": \"7\",", "\"id\": null,"),
        (
            "\"name\": \"GitHub \\u2013 release bot\"",
            "\"name\": \"GitHub\"",
        ),
        ("\"githubApi\": \"my github\"", "\"githubApi\": \"GitHub\""),
    ];
    let wanted: Vec<_> = wanted
        .iter()
        .map(|(old, new)| ((*old).to_owned(), (*new).to_owned()))
        .collect();
    assert_eq!(
        changed, wanted,
        "id and name of the credential, and nothing else"
    );
}

#[test]
fn a_known_credential_keeps_its_id() {
    let text = r#"{"name":"x","connections":{},"nodes":[
        {"id":"a","name":"A","type":"n.slack","credentials":{"slackApi":{"id":"1","name":"One"}}},
        {"id":"b","name":"B","type":"n.slack","credentials":{"slackApi":{"id":"2","name":"Two"}}}]}"#;
    let copy = renamed(text.as_bytes(), &[("One", "Two")]);
    let wanted = text.replace(r#"{"id":"1","name":"One"}"#, r#"{"id":"2","name":"Two"}"#);
    assert_eq!(
        String::from_utf8(copy).unwrap(),
        wanted,
        "the file knows the id of Two"
    );
}

#[test]
fn a_byte_order_mark_stays() {
    let bytes = [b"\xef\xbb\xbf", ONBOARDING].concat();
    let copy = renamed(&bytes, &[("Slack", "Other")]);
    assert_eq!(copy[..3], bytes[..3], "the mark is there");
    assert_eq!(
        copy[3..],
        renamed(ONBOARDING, &[("Slack", "Other")]),
        "and the rest is as without it"
    );
}

#[test]
fn other_formats_are_refused() {
    let manifest = include_bytes!("../fixtures/flows/release.flow.toml");
    let error = rewrite("a.flow.toml", manifest, |_, _| None).unwrap_err();
    assert_eq!(error.code, Code::Unsupported, "{error}");
    let error = rewrite("a.json", b"{", |_, _| None).unwrap_err();
    assert_eq!(error.code, Code::InvalidDefinition, "{error}");
}

/// An export without what a rewriting may change.
fn masked(bytes: &[u8]) -> Value {
    let mut value: Value = serde_json::from_slice(bytes).unwrap();
    value["data"]["configs"] = Value::Null;
    let mut pending = vec![&mut value];
    while let Some(value) = pending.pop() {
        match value {
            Value::Object(members) => {
                if let Some(config) = members.get_mut("config") {
                    *config = Value::Null;
                }
                pending.extend(members.values_mut());
            }
            Value::Array(elements) => pending.extend(elements),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
    value
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(48) })]

    #[test]
    fn every_card_of_a_copy_names_what_was_wanted(seed in any::<u64>(), picks in prop::collection::vec(0..12_usize, 60)) {
        let shape = Shape { seed, flows: 3, cards: 12, connections: 9, ..Shape::default() };
        let bytes = export(&shape).into_bytes();
        let source = read_bytes("a.folder", &bytes);
        // Some stay, some get a name that is there, some a new one.
        let wanted: BTreeMap<(usize, usize), String> = source.flows.iter().enumerate()
            .flat_map(|(flow, read)| read.cards.iter().enumerate().map(move |(card, read)| (flow, card, read)))
            .zip(&picks)
            .filter(|(_, pick)| **pick < 9)
            .map(|((flow, card, read), pick)| ((flow, card), format!("{} {pick}", read.connector)))
            .collect();
        let copy = rewrite("a.folder", &bytes, |flow, card| wanted.get(&(flow, card)).cloned()).unwrap();
        let after = read_bytes("a.folder", &copy.bytes);
        prop_assert_eq!(&after.problems, &vec![]);
        for (flow_index, flow) in source.flows.iter().enumerate() {
            for (card_index, card) in flow.cards.iter().enumerate() {
                let now = &after.flows[flow_index].cards[card_index];
                let expected = wanted.get(&(flow_index, card_index)).or(card.connection.as_ref());
                prop_assert_eq!(now.connection.as_ref(), expected);
                prop_assert_eq!((&now.id, &now.title), (&card.id, &card.title));
            }
        }
        prop_assert_eq!(masked(&copy.bytes), masked(&bytes));
    }

    #[test]
    fn a_copy_without_wishes_is_the_file(seed in any::<u64>()) {
        let bytes = export(&Shape { seed, ..Shape::default() }).into_bytes();
        let copy = rewrite("a.folder", &bytes, |_, _| None).unwrap();
        prop_assert_eq!(copy.changed, 0);
        prop_assert!(copy.bytes == bytes, "not a byte differs");
    }

    #[test]
    fn renaming_there_and_back_is_the_file(seed in any::<u64>()) {
        let bytes = export(&Shape { seed, ..Shape::default() }).into_bytes();
        let there = renamed(&bytes, &[("okta 0", "A"), ("slack 0", "B")]);
        let back = renamed(&there, &[("A", "okta 0"), ("B", "slack 0")]);
        prop_assert!(back == bytes, "not a byte differs");
    }
}

#[tokio::test]
async fn a_copy_is_written_beside_and_in_place_only_with_a_backup() {
    let workspace = FlowWorkspace::open(&[
        seed("a", "Slack", "slack"),
        seed("b", "Slack – other", "slack"),
    ])
    .await
    .unwrap();
    let path = workspace.write("onboarding.folder", ONBOARDING);
    let (source, _) = workspace.flows.add_source(&path).await.unwrap();
    workspace
        .flows
        .apply_move("a", "b", &MoveSelection::All)
        .await
        .unwrap();
    let flow = workspace
        .flows
        .list_flows(&FlowQuery::default())
        .await
        .unwrap()
        .rows[0]
        .id;
    let aside = workspace.files().join("copy.folder");
    let copy = workspace
        .flows
        .export_rebound_copy(flow, &aside)
        .await
        .unwrap();
    assert_eq!(
        (copy.changed, &copy.backup),
        (3, &None),
        "three cards name the other connection"
    );
    let wanted = renamed(ONBOARDING, &[("Slack", "Slack – other")]);
    assert_eq!(
        std::fs::read(&aside).unwrap(),
        wanted,
        "as the pure rewriting has it"
    );
    assert_eq!(
        std::fs::read(&path).unwrap(),
        ONBOARDING,
        "the source is untouched"
    );
    let copy = workspace
        .flows
        .export_rebound_copy(flow, &path)
        .await
        .unwrap();
    let backup = copy.backup.expect("what stood there is kept");
    assert_eq!(std::fs::read(backup).unwrap(), ONBOARDING, "byte for byte");
    assert_eq!(
        std::fs::read(&path).unwrap(),
        wanted,
        "the file is the copy now"
    );
    let stale = workspace
        .flows
        .export_rebound_copy(flow, &aside)
        .await
        .unwrap_err();
    assert_eq!(
        stale.code,
        Code::Conflict,
        "the file has changed since it was read: {stale}"
    );
    workspace.flows.rescan(source).await.unwrap();
    assert_eq!(
        workspace.flows.usage("b", 0, 0).await.unwrap().cards,
        3,
        "bindings are as before"
    );
}
