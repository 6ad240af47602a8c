//! Every connection of one client registration reauthorised, one after the other.

use patchbay_tests::browser::Decision;
use patchbay_tests::servers::authorization_server::AuthorizationServer;
use patchbay_tests::session::KeychainAtStart;
use patchbay_tests::webdriver::Window;
use serde_json::{Value, json};

use crate::console::{begin_connection, fill, press, row_action, wait_for_row};
use crate::journey::journeys;
use crate::signing_in::{connect, provider};
use crate::stage::Stage;

journeys![a_queue_reauthorizes_all_of_a_registration_and_keeps_each];

fn a_queue_reauthorizes_all_of_a_registration_and_keeps_each() {
    let provider = provider();
    let stage = Stage::new(KeychainAtStart::Unlocked, &[provider.issuer()]);
    let window = stage.open();
    connect(&stage, &window, &provider, "Mail", "alice");
    connect_with_the_same(&stage, &window, &provider, "Calendar", "Dates of the team");
    connect_with_the_same(&stage, &window, &provider, "Drive", "Files of the team");
    let before = kept(&window);
    assert_eq!(before.len(), 3, "three connections");
    assert!(
        before
            .iter()
            .all(|one| one["registration"] == before[0]["registration"]
                && !one["registration"].is_null()),
        "of one registration: {before:?}"
    );

    provider.revoke_everything();
    window.click_beginning("row", "Mail");
    press(&window, "Reauthorize all 3");
    window.find_beginning("dialog", "Reauthorize everything of");
    press(&window, "Start");
    window.wait_for_text("1 of 3");
    stage
        .browser
        .sign_in(provider.issuer(), "alice", "any", Decision::Allow);
    window.wait_for_text("2 of 3");
    // The browser's page for Drive is open, and stays as it is.
    stage.browser.ignore(provider.issuer());
    press(&window, "Skip");
    window.wait_for_text("3 of 3");
    stage
        .browser
        .sign_in(provider.issuer(), "alice", "any", Decision::Allow);
    window.wait_for_text("2 of 3 connections reauthorized");
    window.screenshot("queue");
    let outcomes: Vec<String> = window
        .all("listitem", "")
        .iter()
        .map(|item| item.text().split_whitespace().collect::<Vec<_>>().join(" "))
        .collect();
    assert_eq!(
        outcomes,
        ["Calendar Connected", "Drive Skipped", "Mail Connected"],
        "each says how it ended"
    );
    press(&window, "Done");
    assert_eq!(
        provider.live("RefreshToken").len(),
        2,
        "the two that were signed in to have a token, the skipped one has none"
    );
    assert_eq!(kept(&window), before, "ids and settings stay as they were");

    row_action(&window, "Test", "Drive");
    wait_for_row(&window, "Drive", "Reauthorize");
    for name in ["Calendar", "Mail"] {
        row_action(&window, "Test", name);
        window.wait_for_text(&format!("{name} works."));
    }

    // Given up in the middle: nothing is lost of what works.
    window.click_beginning("row", "Mail");
    press(&window, "Reauthorize all 3");
    press(&window, "Start");
    window.wait_for_text("1 of 3");
    stage.browser.ignore(provider.issuer());
    press(&window, "Stop");
    window.wait_until_gone_beginning("dialog", "Reauthorize everything of");
    wait_for_row(&window, "Calendar", "Connected");
    wait_for_row(&window, "Mail", "Connected");
    assert_eq!(kept(&window), before, "and all of them are there");
    window.close();
}

/// Makes one more connection through the registration that is there.
fn connect_with_the_same(
    stage: &Stage,
    window: &Window<'_>,
    provider: &AuthorizationServer,
    name: &str,
    description: &str,
) {
    begin_connection(window, crate::signing_in::CONNECTOR);
    fill(window, "Name", name);
    fill(window, "Description", description);
    fill(window, "Issuer", provider.issuer());
    fill(
        window,
        "Address to test with",
        &format!("{}/me", provider.issuer()),
    );
    press(window, "Create");
    stage
        .browser
        .sign_in(provider.issuer(), "alice", "any", Decision::Allow);
    wait_for_row(window, name, "Connected");
}

/// What a reauthorization must not change, of every connection, by name.
pub fn kept(window: &Window<'_>) -> Vec<Value> {
    let query = json!({
        "search": "", "status": [], "attention": false, "unused": false, "connectors": [], "registration": null,
        "sort": "name", "direction": "ascending", "offset": 0, "limit": 100,
    });
    let found = window.script_async(
        "const [query, done] = arguments;
         const { invoke } = window.__TAURI_INTERNALS__;
         invoke('list_connections', { query })
           .then(({ rows }) => Promise.all(rows.map(({ id }) => invoke('connection', { id }))))
           .then((all) => done(all.map(({ row, settings, registration, scopes, redirect, account_id }) => ({
             id: row.id, name: row.name, description: row.description, account: row.account, account_id, settings,
             registration: registration?.id, scopes: scopes.requested, redirect,
           }))))
           .catch((error) => done(String(error.message ?? error)));",
        &[query],
    );
    found
        .as_array()
        .cloned()
        .unwrap_or_else(|| panic!("the connections can't be read: {found}"))
}
