//! What one does with flows: add, choose connections, see usage, move, delete with a replacement, undo.

use std::fs;

use patchbay_tests::session::KeychainAtStart;
use patchbay_tests::webdriver::Window;

use crate::console::{add_flows, add_key, choose, press, row_action, wait_for_row};
use crate::journey::journeys;
use crate::stage::{LocalApi, Stage};

journeys![flows_are_added_bound_moved_and_kept_when_their_connection_goes];

const FLOW: &str = r#"name = "Nightly report"

[[cards]]
title = "Fetch"
connector = "any-api"
connection = "First key"

[[cards]]
title = "Send"
connector = "any-api"
"#;

fn flows_are_added_bound_moved_and_kept_when_their_connection_goes() {
    let local = LocalApi::start();
    let stage = Stage::new(KeychainAtStart::Unlocked, &[]);
    let window = stage.open();
    for name in ["First key", "Second key"] {
        add_key(&window, &local.api, name);
    }
    let file = stage.session.home().join("nightly.flow.toml");
    fs::write(&file, FLOW).expect("a flow can be written");

    add_flows(&window, &file);
    window.wait_for_text("Found 1 flow with 2 cards.");
    window.wait_for_text("1 card matched to a connection by name.");
    press(&window, "Choose connections");
    window.find("dialog", "Choose connections");
    press(&window, "Bind");
    window.wait_for_text("Bound 1 card in 1 flow.");
    wait_for_row(&window, "Nightly report", "2");
    window.screenshot("flows-bound");
    assert!(
        !window.text().contains("need a connection"),
        "every card has one"
    );

    uses_two_cards(&window, "First key");
    window.screenshot("usage");
    press(&window, "Move flows…");
    window.click("button", "Show choices for move to");
    window.find_beginning("option", "Second key").click();
    window.wait_for_text("2 cards in 1 flow will use Second key.");
    press(&window, "Move");
    window.wait_for_text("Moved 2 cards in 1 flow to Second key.");
    window.wait_for_text("No flow uses this connection.");
    press(&window, "Undo");
    window.wait_for_text("Moved 2 cards back.");
    window.wait_for_text("1 flow uses it with 2 cards.");

    row_action(&window, "Delete", "First key");
    window.find("dialog", "Delete First key?");
    window.wait_for_text("2 cards in 1 flow will have no connection:");
    choose(&window, "Replace it by", "Second key");
    press(&window, "Move 1 flow to Second key and delete");
    window.wait_for_text("Deleted First key.");
    uses_two_cards(&window, "Second key");
    press(&window, "Undo");
    window.wait_for_text("First key is back.");
    uses_two_cards(&window, "First key");
    window.close();
}

/// Opens the usage of a connection and waits until it says so.
#[track_caller]
fn uses_two_cards(window: &Window<'_>, connection: &str) {
    window.find_beginning("button", "Connections").click();
    window.find_beginning("row", connection).click();
    window.find("tab", "Usage").click();
    window.wait_for_text("1 flow uses it with 2 cards.");
}
