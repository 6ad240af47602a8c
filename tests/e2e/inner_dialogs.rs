//! What opens over the pages, light and dark, checked by axe-core like the pages themselves: panels and dialogs of
//! flows, connectors, registrations and the vault.

use std::fs;

use patchbay_tests::session::KeychainAtStart;
use patchbay_tests::webdriver::{Key, Window};

use crate::accessibility::{assert_none, follow_scheme, violations};
use crate::console::{describe_key, fill, press, row_action, wait_for_row};
use crate::journey::journeys;
use crate::signing_in::CONNECTOR;
use crate::stage::{LocalApi, Stage};

journeys![
    no_inner_dialog_breaks_wcag_in_light,
    no_inner_dialog_breaks_wcag_in_dark
];

const FLOW: &str = r#"name = "Nightly report"

[[cards]]
title = "Fetch"
connector = "any-api"
connection = "First key"

[[cards]]
title = "Send"
connector = "any-api"
"#;

fn no_inner_dialog_breaks_wcag_in_light() {
    walk("light");
}

fn no_inner_dialog_breaks_wcag_in_dark() {
    walk("dark");
}

fn walk(scheme: &str) {
    let mut found = Vec::new();
    let local = LocalApi::start();
    let mut stage = Stage::new(KeychainAtStart::Unlocked, &[]);
    follow_scheme(&mut stage, scheme);
    let file = stage.session.home().join("nightly.flow.toml");
    fs::write(&file, FLOW).expect("a flow can be written");
    let window = stage.open();
    for name in ["First key", "Second key"] {
        describe_key(&window, name, &format!("{}/header", local.api.base()));
        press(&window, "Create");
        wait_for_row(&window, name, "Connected");
    }
    let mut check = |screen: &str| found.extend(violations(&window, scheme, screen));
    flows(&window, &file.to_string_lossy(), &mut check);
    connections(&window, &mut check);
    registrations(&window, &mut check);
    own_connectors(&window, &mut check);
    recovery(&window, &mut check);
    window.close();

    let mut without = Stage::new(KeychainAtStart::Absent, &[]);
    follow_scheme(&mut without, scheme);
    let window = without.open();
    window.wait_for_text("This computer has no keychain that answers");
    press(&window, "Create the passphrase file");
    window.wait_for_text("At least 12 characters.");
    found.extend(violations(&window, scheme, "no keychain"));
    window.close();
    assert_none(scheme, &found);
}

type Check<'a> = dyn FnMut(&str) + 'a;

fn flows(window: &Window<'_>, path: &str, check: &mut Check<'_>) {
    window.click_beginning("button", "Flows");
    window.find("heading", "See what your flows depend on");
    window.all("button", "Add flows")[0].click();
    window.find("dialog", "Add flows");
    press(window, "Add");
    window.wait_for_text("Type a path or choose a file or folder.");
    check("add flows with a problem");
    fill(window, "Path", path);
    press(window, "Add");
    window.wait_for_text("Found 1 flow with 2 cards.");
    check("flows found");
    press(window, "Choose connections");
    window.find("dialog", "Choose connections");
    check("choose connections");
    press(window, "Cancel");
    window.click_beginning("row", "Nightly report");
    window.click_beginning("button", "Add card");
    window.find("dialog", "Add a card to Nightly report");
    check("add a card");
    press(window, "Cancel");
    window.click_beginning("button", "Choose for");
    window.find_beginning("dialog", "Connection for");
    check("choose a connection");
    press(window, "Cancel");
    row_action(window, "Remove", "nightly.flow.toml");
    window.find_beginning("dialog", "Remove nightly");
    check("remove a source");
    press(window, "Cancel");
}

fn connections(window: &Window<'_>, check: &mut Check<'_>) {
    window.click_beginning("button", "Connections");
    window.click_beginning("row", "First key");
    window.find("tab", "Usage").click();
    press(window, "Move flows…");
    window.find("dialog", "Move flows away from First key");
    check("move flows");
    press(window, "Cancel");
    press(window, "Settings…");
    window.find("dialog", "Reauthorize First key");
    check("settings of a connection");
    press(window, "Cancel");
    row_action(window, "Delete", "First key");
    window.wait_for_text("will have no connection:");
    check("delete with flows");
    press(window, "Cancel");
    row_action(window, "Rename", "First key");
    window.find("textbox", "Name").paste("");
    press(window, "Rename");
    window.wait_for_text("Give the connection a name");
    check("rename with a problem");
    press(window, "Cancel");
    window.wait_until_gone_beginning("dialog", "Rename");
    window.press(&[Key::Char('?')]);
    window.find("dialog", "Keyboard shortcuts");
    check("shortcuts");
    window.press(&[Key::Escape]);
}

fn registrations(window: &Window<'_>, check: &mut Check<'_>) {
    window.click_beginning("button", "Connectors");
    fill_search(window, "Any OAuth");
    window.click_beginning("row", CONNECTOR);
    window.find("tab", "About");
    check("about a connector");
    window.click_beginning("tab", "Scopes");
    check("scopes of a connector");
    window.click_beginning("tab", "Registrations");
    press(window, "New registration");
    fill(window, "Client ID", "an-id");
    fill(window, "Client secret", "the first secret");
    check("new registration");
    press(window, "Create");
    window.wait_for_text("an-id");
    for (button, dialog) in [
        ("Change secret", "Change the secret of"),
        ("Rename", "Rename "),
        ("Delete", "Delete the registration"),
    ] {
        press(window, button);
        window.find_beginning("dialog", dialog);
        check(&format!("{button} of a registration"));
        press(window, "Cancel");
        window.wait_until_gone_beginning("dialog", dialog);
    }
    press(window, "Change secret");
    fill(window, "New client secret", "the next secret");
    press(window, "Use the new secret");
    press(window, "Finish change-over");
    window.find_beginning("dialog", "Finish the change-over");
    check("finish a change-over");
    press(window, "Cancel");
}

fn own_connectors(window: &Window<'_>, check: &mut Check<'_>) {
    press(window, "Add a connector");
    window.find("dialog", "Add a connector");
    check("add a connector");
    for way in [
        "From an issuer",
        "From an OpenAPI document",
        "From an MCP server",
        "By hand",
    ] {
        window.click_beginning("button", way);
        window.find("dialog", way);
        check(&format!("a connector {way}"));
        press(window, "Back");
    }
    window.click_beginning("button", "From a definition");
    check("a connector from a definition");
    fill(window, "Id", "my-own");
    press(window, "Look it over");
    window.find_beginning("dialog", "Look over");
    check("a connector looked over");
    press(window, "Save");
    window.wait_for_text("Saved the connector");
    for (button, dialog) in [("Export", "Export "), ("Delete", "Delete the connector")] {
        press(window, button);
        window.find_beginning("dialog", dialog);
        check(&format!("{button} of a connector"));
        window.press(&[Key::Escape]);
        window.wait_until_gone_beginning("dialog", dialog);
    }
}

fn recovery(window: &Window<'_>, check: &mut Check<'_>) {
    window.click_beginning("button", "Settings");
    press(window, "Create a recovery passphrase");
    fill(window, "Passphrase", "too short");
    press(window, "Save");
    window.wait_for_text("At least 12 characters.");
    check("recovery passphrase with a problem");
}

fn fill_search(window: &Window<'_>, text: &str) {
    window.find_beginning("searchbox", "Search").fill(text);
}
