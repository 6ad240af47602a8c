//! Files of flows: copied with other references, exported anew, changed, gone.

use std::fs;
use std::path::Path;

use patchbay_tests::session::KeychainAtStart;
use patchbay_tests::webdriver::Window;

use crate::console::{add_flows, add_key, fill, pick, press, show_flow, wait_for_row};
use crate::journey::journeys;
use crate::stage::{LocalApi, Stage};

journeys![
    a_rebound_copy_of_an_n8n_file_differs_only_in_its_references,
    a_rebound_copy_of_an_okta_file_differs_only_in_its_references,
    a_new_export_with_other_ids_is_noticed_and_keeps_what_was_chosen,
    a_source_that_disappears_is_kept_until_it_is_removed,
];

/// Written by hand, so that only a copy of the bytes themselves can be the same: tabs, spaces at ends, escapes.
const N8N: &str = "{\t\"name\": \"Sync\",  \n\t\"nodes\": [\n\
    \t\t{\"id\":\"a\",\"name\":\"Fetch\",\"type\":\"n8n-nodes-base.httpRequest\",\"typeVersion\":4.20,\"parameters\":{},\n\
    \t\t \"credentials\":{\"httpHeaderAuth\":{\"id\":\"7\",\"name\":\"First key\"}}},\n\
    \t\t{\"id\":\"b\",\"name\":\"Send \\u2013 later\",\"type\":\"n8n-nodes-base.httpRequest\",\"typeVersion\":4,\"parameters\":{},\n\
    \t\t \"credentials\":{\"httpHeaderAuth\":{\"id\":\"8\",\"name\":\"Old key\"}}} ],\n\
    \t\"connections\": { },\t\"unknown\": 1.0e2 }\n\n";

/// An export of one flow with two cards of the generic connector; ids as given.
fn okta(export: &str, name: &str, second_card: &str) -> String {
    let card = |uuid: &str, title: &str, config: &str| {
        format!(
            r#"{{"uuid":"{uuid}","address":"root:channels:http:httpfunctions:1.0.2:raw","parents":{{}},"pins":{{}},"node":{{"key":"raw","data":{{"name":"{title}"}},"model":{{"config":"{config}-{export}","inputs":{{"data":{{}}}}}}}}}}"#
        )
    };
    let cards = [
        card("card-1", "Fetch", "c1"),
        card("card-2", second_card, "c2"),
    ]
    .join(",");
    format!(
        r#"{{"type":"flopack", "version":"1.5.0","created":"2026-01-02T03:04:05.678Z","data":{{"flos":{{"f-{export}":{{"id":"f-{export}","name":"{name}","description":"","data":{{"uuid":"f-{export}","methods":[{cards}],"scheduled":false,"group":"g-{export}"}}}}}},"configs":{{"c1-{export}":{{"id":"c1-{export}","name":"First key","module":"httpfunctions","data":null}},"c2-{export}":{{"id":"c2-{export}","name":"Old key","module":"httpfunctions","data":null}}}},"tables":{{}},"groups":{{"g-{export}":{{"id":"g-{export}","data":{{"name":"Reports","path":""}}}}}}}}}}"#
    )
}

/// A window with the connections “First key” and “Spare key”.
fn with_keys<'s>(stage: &'s Stage, local: &LocalApi) -> Window<'s> {
    let window = stage.open();
    for name in ["First key", "Spare key"] {
        add_key(&window, &local.api, name);
    }
    window
}

/// Answers for the name that no connection has.
#[track_caller]
fn bind_the_old_key_to_the_spare_one(window: &Window<'_>) {
    press(window, "Choose connections");
    window.find("dialog", "Choose connections");
    pick(window, "Connection for Any API · Old key", "Spare key");
    press(window, "Bind");
    window.wait_for_text("Bound 1 card in 1 flow.");
}

/// Exports a copy of the flow that is open, and waits until it is written.
#[track_caller]
fn export_to(window: &Window<'_>, destination: &Path) {
    window.click("button", "Export re-bound copy…");
    window.find("dialog", "Export a re-bound copy");
    fill(window, "Save as", &destination.to_string_lossy());
    press(window, "Export");
    window.wait_for_text("Written; 1 reference changed.");
}

fn a_rebound_copy_of_an_n8n_file_differs_only_in_its_references() {
    let local = LocalApi::start();
    let stage = Stage::new(KeychainAtStart::Unlocked, &[]);
    let window = with_keys(&stage, &local);
    let file = stage.session.home().join("sync.json");
    fs::write(&file, N8N).expect("a flow can be written");
    add_flows(&window, &file);
    window.wait_for_text("Found 1 flow with 2 cards.");
    bind_the_old_key_to_the_spare_one(&window);
    show_flow(&window, "Sync");
    let copy = stage.session.home().join("copy.json");
    export_to(&window, &copy);
    window.screenshot("flow-copy");
    let wanted = N8N.replace(
        r#"{"id":"8","name":"Old key"}"#,
        r#"{"id":null,"name":"Spare key"}"#,
    );
    assert_eq!(
        fs::read_to_string(&copy).expect("the copy is there"),
        wanted,
        "the second reference, and no other byte"
    );
    assert_eq!(
        fs::read_to_string(&file).expect("the file is there"),
        N8N,
        "the file itself was not touched"
    );
    press(&window, "Done");
    export_to(&window, &file);
    window.wait_for_text("What stood there before is kept as");
    assert_eq!(
        fs::read_to_string(&file).expect("the file is there"),
        wanted,
        "in place when that was asked for"
    );
    let kept: Vec<_> = fs::read_dir(stage.session.home())
        .expect("the home can be read")
        .flatten()
        .filter(|entry| {
            entry
                .file_name()
                .to_string_lossy()
                .starts_with("sync.json.")
        })
        .collect();
    assert_eq!(kept.len(), 1, "with one backup beside it");
    assert_eq!(
        fs::read_to_string(kept[0].path()).expect("the backup is there"),
        N8N,
        "which holds what was there before"
    );
    window.close();
}

fn a_rebound_copy_of_an_okta_file_differs_only_in_its_references() {
    let local = LocalApi::start();
    let stage = Stage::new(KeychainAtStart::Unlocked, &[]);
    let window = with_keys(&stage, &local);
    let file = stage.session.home().join("reports.folder");
    let text = okta("one", "Nightly", "Send");
    fs::write(&file, &text).expect("a flow can be written");
    add_flows(&window, &file);
    window.wait_for_text("Found 1 flow with 2 cards.");
    bind_the_old_key_to_the_spare_one(&window);
    show_flow(&window, "Nightly");
    let copy = stage.session.home().join("copy.folder");
    export_to(&window, &copy);
    assert_eq!(
        fs::read_to_string(&copy).expect("the copy is there"),
        text.replace(r#""name":"Old key""#, r#""name":"Spare key""#),
        "the name of the connection, and no other byte"
    );
    window.close();
}

fn a_new_export_with_other_ids_is_noticed_and_keeps_what_was_chosen() {
    let local = LocalApi::start();
    let stage = Stage::new(KeychainAtStart::Unlocked, &[]);
    let window = with_keys(&stage, &local);
    let file = stage.session.home().join("reports.folder");
    fs::write(&file, okta("one", "Nightly", "Send")).expect("a flow can be written");
    add_flows(&window, &file);
    bind_the_old_key_to_the_spare_one(&window);
    fs::write(&file, okta("two", "Nightly", "Send to all")).expect("it can be exported again");
    show_flow(&window, "Nightly");
    // Nobody asks for it: the file is watched.
    window.wait_for_text("Any API · Send to all");
    let cards = window.find("list", "Cards").text();
    assert!(
        cards.contains("First key") && cards.contains("Spare key"),
        "every id is another one, and both cards have their connections: {cards}"
    );
    assert!(
        !cards.contains("Choose a connection"),
        "nothing is asked again: {cards}"
    );
    window.close();
}

fn a_source_that_disappears_is_kept_until_it_is_removed() {
    let local = LocalApi::start();
    let stage = Stage::new(KeychainAtStart::Unlocked, &[]);
    let window = with_keys(&stage, &local);
    let file = stage.session.home().join("reports.folder");
    fs::write(&file, okta("one", "Nightly", "Send")).expect("a flow can be written");
    add_flows(&window, &file);
    bind_the_old_key_to_the_spare_one(&window);
    wait_for_row(&window, "Nightly", "2");
    fs::remove_file(&file).expect("the file can be deleted");
    wait_for_row(&window, "Nightly", "no longer there");
    window.screenshot("flow-source-gone");
    show_flow(&window, "Nightly");
    window.wait_for_text("The file isn't there any more. What was read last is shown.");
    window.find_beginning("button", "Connections").click();
    window.find_beginning("row", "Spare key").click();
    window.find("tab", "Usage").click();
    window.wait_for_text("1 flow uses it with 1 card.");
    window.wait_for_text("no longer there");
    window.find_beginning("button", "Flows").click();
    window.wait_for("the source's actions", || {
        let heading = window
            .all("row", "")
            .into_iter()
            .find(|row| row.text().contains("Not there since"))?;
        (heading.try_click() && window.try_click("button", "Remove reports.folder")).then_some(())
    });
    press(&window, "Remove");
    window.find("heading", "See what your flows depend on");
    window.find_beginning("button", "Activity").click();
    wait_for_row(&window, "Flows removed", "reports.folder");
    window.screenshot("flow-activity");
    window.close();
}
