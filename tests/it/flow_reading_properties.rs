//! Properties of the readers: nothing is missed, nothing makes them fall over.

use std::collections::BTreeMap;

use patchbay_core::flow::read::json::Document;
use patchbay_core::flow::read::{self, ReadSource};
use patchbay_tests::flow_generator::{Shape, export};
use proptest::prelude::*;
use serde_json::Value;

/// Every `config` anywhere that names a listed connection, counted by connection: a walk that knows no structure.
fn brute_force(export: &Value) -> BTreeMap<String, usize> {
    let configs = &export["data"]["configs"];
    let mut found = BTreeMap::new();
    let mut pending = vec![export];
    while let Some(value) = pending.pop() {
        match value {
            Value::Object(members) => {
                if let Some(Value::String(id)) = members.get("config")
                    && let Some(name) = configs[id]["name"].as_str()
                {
                    *found.entry(name.to_owned()).or_insert(0) += 1;
                }
                pending.extend(members.values());
            }
            Value::Array(elements) => pending.extend(elements),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
    found
}

fn references(source: &ReadSource) -> BTreeMap<String, usize> {
    let mut found = BTreeMap::new();
    for card in source.flows.iter().flat_map(|flow| &flow.cards) {
        if let Some(name) = &card.connection {
            *found.entry(name.clone()).or_insert(0) += 1;
        }
    }
    found
}

fn shape() -> impl Strategy<Value = Shape> {
    (
        any::<u64>(),
        0..8_usize,
        0..30_usize,
        0..9_usize,
        0..4_usize,
    )
        .prop_map(|(seed, flows, cards, connections, folders)| Shape {
            seed,
            export: seed >> 7,
            flows,
            cards,
            connections,
            folders,
            version: ["1.2.0", "1.3.0", "1.4.0", "1.5.0"][flows % 4],
        })
}

/// Pieces of JSON, right and wrong, glued together.
fn json_soup() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        "\"a\"",
        "\"\\n\\u00e9\"",
        "\"\\x\"",
        "1",
        "-0",
        "01",
        "2.5e3",
        "1.",
        "true",
        "null",
        "nul",
        " ",
        "\n",
        "\"",
        "{\"a\":1}",
        "[1,2]",
        "\"é\"",
        "\u{1}",
    ]);
    prop::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(64) })]

    #[test]
    fn every_reference_of_an_export_is_found(shape in shape()) {
        let text = export(&shape);
        let value: Value = serde_json::from_str(&text).expect("the generator writes JSON");
        let source = read::read_bytes("generated.folder", text.as_bytes());
        prop_assert_eq!(references(&source), brute_force(&value));
        prop_assert_eq!(source.flows.len(), shape.flows);
    }

    #[test]
    fn the_reference_of_a_card_stands_where_it_says(shape in shape()) {
        let text = export(&shape);
        let source = read::read_bytes("generated.folder", text.as_bytes());
        for card in source.flows.iter().flat_map(|flow| &flow.cards) {
            let span = card.reference.clone().expect("every generated card can be rewritten");
            let wanted = match &card.connection_file_id {
                Some(id) => format!("\"{id}\""),
                None => "null".to_owned(),
            };
            prop_assert_eq!(&text[span], wanted);
        }
    }

    #[test]
    fn arbitrary_bytes_never_panic(
        bytes in prop::collection::vec(any::<u8>(), 0..400),
        name in prop::sample::select(vec!["a.flow", "a.json", "a.flow.toml", "", "é.toml"]),
    ) {
        read::read_bytes(name, &bytes);
    }

    #[test]
    fn a_cut_or_damaged_file_never_panics(at in 0..10_000_usize, byte in any::<u8>(), cut in any::<bool>(), which in 0..5_usize) {
        let texts = [
            include_bytes!("../fixtures/flows/onboarding-1.5.0.folder").to_vec(),
            include_bytes!("../fixtures/flows/all.n8n.json").to_vec(),
            include_bytes!("../fixtures/flows/house.node-red.json").to_vec(),
            include_bytes!("../fixtures/flows/release.flow.toml").to_vec(),
            include_bytes!("../fixtures/flows/directory-1.2.0.flopack").to_vec(),
        ];
        let name = if which == 3 { "a.flow.toml" } else { "a.json" };
        let mut bytes = texts[which].clone();
        let at = at % bytes.len();
        if cut { bytes.truncate(at) } else { bytes[at] = byte }
        let source = read::read_bytes(name, &bytes);
        prop_assert!(source.format.is_some() || !source.problems.is_empty(), "what isn't read is reported");
    }

    #[test]
    fn our_json_reader_accepts_what_serde_json_accepts(text in json_soup()) {
        let ours = Document::parse(&text).is_ok();
        let theirs = serde_json::from_str::<Value>(&text).is_ok();
        prop_assert_eq!(ours, theirs, "{}", text);
    }

    #[test]
    fn our_json_reader_reads_strings_like_serde_json(text in any::<String>()) {
        let quoted = serde_json::to_string(&text).expect("a string can be written");
        let document = Document::parse(&quoted).expect("what serde_json writes can be read");
        prop_assert_eq!(document.root().as_str().expect("a string").into_owned(), text);
    }

    #[test]
    fn any_node_red_or_n8n_shape_is_survived(
        words in prop::collection::vec(prop::sample::select(vec![
            "\"id\":\"a\"", "\"id\":7", "\"type\":\"tab\"", "\"type\":\"subflow:a\"", "\"type\":\"mqtt in\"", "\"z\":\"a\"",
            "\"wires\":[]", "\"broker\":\"a\"", "\"credentials\":{\"x\":null}", "\"credentials\":[1]", "\"nodes\":[]",
            "\"connections\":{}", "\"name\":null", "\"parameters\":[]", "\"links\":[\"a\"]", "\"typeVersion\":1",
        ]), 0..40),
    ) {
        let objects: Vec<String> = words.chunks(5).map(|words| format!("{{{}}}", words.join(","))).collect();
        let list = format!("[{}]", objects.join(","));
        read::read_bytes("a.json", list.as_bytes());
        read::read_bytes("a.json", format!("{{\"nodes\":{list},\"connections\":{{}}}}").as_bytes());
    }
}

#[test]
fn a_deep_export_is_read_without_recursion() {
    // Each level of branches takes nine levels of JSON.
    let levels = 400;
    let open = r#"{"uuid":"u","address":"root:kernel:control:0.0.1:branch","node":{"key":"branch","data":{"name":"If"},"model":{"config":null,"inputs":{"data":{"i":{"value":{"type":"flo","data":{"methods":["#;
    let close = "]}}}}}}}}";
    let card = r#"{"uuid":"c","address":"root:channels:http:okta:1:readUser","node":{"data":{"name":"Read User"},"model":{"config":"k"}}}"#;
    let text = format!(
        r#"{{"type":"flopack","version":"1.5.0","data":{{"configs":{{"k":{{"name":"Okta","module":"okta"}}}},"flos":{{"f":{{"name":"Deep","data":{{"methods":[{}{card}{}]}}}}}}}}}}"#,
        open.repeat(levels),
        close.repeat(levels),
    );
    let source = read::read_bytes("deep.flow", text.as_bytes());
    assert_eq!(source.problems, [], "400 levels are read");
    let card = &source.flows[0].cards[0];
    assert_eq!(
        card.connection.as_deref(),
        Some("Okta"),
        "the innermost card is found"
    );
    assert_eq!(
        card.nested.as_deref(),
        Some("inside … › If › If › If › If › If › If"),
        "its place is told by the innermost levels"
    );
}
