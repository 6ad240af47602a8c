//! What is said before a change: the flows and cards that it touches; and what mends a card that lacks a scope.

use std::fs;
use std::path::PathBuf;

use patchbay_tests::browser::Decision;
use patchbay_tests::servers::authorization_server::AuthorizationServer;
use patchbay_tests::session::KeychainAtStart;
use patchbay_tests::webdriver::Window;

use crate::console::{
    add_flows, begin_connection, fill, pick, press, row_action, show_flow, wait_for_row,
};
use crate::journey::journeys;
use crate::signing_in::{CONNECTOR, connect, provider};
use crate::stage::Stage;

journeys![
    a_rename_a_lost_scope_and_another_account_name_the_flows_they_touch,
    a_move_is_mended_by_one_reauthorization_and_goes_on,
];

/// A manifest with a card that needs the scope `api:read`.
fn manifest(stage: &Stage) -> PathBuf {
    let file = stage.session.home().join("digest.flow.toml");
    let text = "name = \"Weekly digest\"\n[[cards]]\ntitle = \"Read mail\"\nconnector = \"any-oauth2\"\n\
        connection = \"Mail\"\nscopes = [\"api:read\"]\n";
    fs::write(&file, text).expect("a flow can be written");
    file
}

/// Opens the form that reauthorizes with other scopes.
#[track_caller]
fn change_scopes(window: &Window<'_>, connection: &str) {
    window.find_beginning("button", "Connections").click();
    window.find_beginning("row", connection).click();
    window.find("tab", "Permissions").click();
    window.click("button", "Change scopes…");
    window.find("dialog", &format!("Reauthorize {connection}"));
}

/// Confirms a reauthorization and signs in.
#[track_caller]
fn sign_in_again(stage: &Stage, window: &Window<'_>, provider: &AuthorizationServer, login: &str) {
    stage.browser.forget();
    press(window, "Reauthorize");
    window.find("dialog", &format!("Waiting for {CONNECTOR}"));
    stage
        .browser
        .sign_in(provider.issuer(), login, "any", Decision::Allow);
}

fn a_rename_a_lost_scope_and_another_account_name_the_flows_they_touch() {
    let provider = provider();
    let stage = Stage::new(KeychainAtStart::Unlocked, &[provider.issuer()]);
    let window = stage.open();
    connect(&stage, &window, &provider, "Mail", "alice");
    add_flows(&window, &manifest(&stage));
    window.wait_for_text("1 card matched to a connection by name.");
    press(&window, "Done");

    // The card lacks its scope, says so, and is mended from where it stands.
    show_flow(&window, "Weekly digest");
    window.wait_for_text("Mail · lacks api:read");
    window.screenshot("flow-lacks-scope");
    window.find_beginning("button", "Mend").click();
    window.find("dialog", "Reauthorize Mail");
    assert!(
        window.find_beginning("checkbox", "api:read").is_checked(),
        "the scope is asked for already"
    );
    sign_in_again(&stage, &window, &provider, "alice");
    window.wait_for("the card without a complaint", || {
        let cards = window.find("list", "Cards").text();
        (!cards.contains("lacks")).then_some(())
    });

    // Removing the scope again says which card stops.
    change_scopes(&window, "Mail");
    window.find_beginning("checkbox", "api:read").click();
    window.wait_for_text("Read mail in Weekly digest, which needs api:read");
    window.screenshot("impact-of-a-scope");
    press(&window, "Cancel");

    row_action(&window, "Rename", "Mail");
    fill(&window, "Name", "Team mail");
    window.wait_for_text("This flow names it in its file. Change the name there too:");
    window.wait_for_text("Weekly digest");
    press(&window, "Cancel");

    stage.browser.forget();
    row_action(&window, "Reauthorize", "Mail");
    window.find("dialog", &format!("Waiting for {CONNECTOR}"));
    stage
        .browser
        .sign_in(provider.issuer(), "bob", "any", Decision::Allow);
    window.find("dialog", "Another account signed in");
    window.wait_for_text("1 flow will act as the new account. Weekly digest.");
    window.screenshot("impact-of-another-account");
    press(&window, "Keep alice");
    wait_for_row(&window, "Mail", "alice");
    window.close();
}

fn a_move_is_mended_by_one_reauthorization_and_goes_on() {
    let provider = provider();
    let stage = Stage::new(KeychainAtStart::Unlocked, &[provider.issuer()]);
    let window = stage.open();
    connect(&stage, &window, &provider, "Mail", "alice");
    // A second one of the same registration.
    begin_connection(&window, CONNECTOR);
    fill(&window, "Name", "Team mail");
    fill(&window, "Issuer", provider.issuer());
    stage.browser.forget();
    press(&window, "Create");
    window.find("dialog", &format!("Waiting for {CONNECTOR}"));
    stage
        .browser
        .sign_in(provider.issuer(), "alice", "any", Decision::Allow);
    wait_for_row(&window, "Team mail", "Connected");
    let file = manifest(&stage);
    add_flows(&window, &file);
    press(&window, "Done");
    window.find_beginning("button", "Connections").click();
    window.find_beginning("row", "Mail").click();
    window.find("tab", "Usage").click();
    press(&window, "Move flows…");
    pick(&window, "Move to", "Team mail");
    window.wait_for_text("Team mail was not granted api:read.");
    window.wait_for_text("Read mail in Weekly digest, which needs api:read");
    window.screenshot("move-lacks-scope");
    assert!(
        window.find("button", "Move").is_disabled(),
        "it can't be moved as it is"
    );
    press(&window, "Reauthorize Team mail with these scopes");
    window.find("dialog", "Reauthorize Team mail");
    sign_in_again(&stage, &window, &provider, "alice");
    // It comes back to the move, which can be done now.
    window.find("dialog", "Move flows away from Mail");
    window.wait_for_text("1 card in 1 flow will use Team mail.");
    press(&window, "Move");
    window.wait_for_text("Moved 1 card in 1 flow to Team mail.");
    window.find("tab", "Overview").click();
    window.wait_for_text("Flows moved");
    window.wait_for_text("1 card in Weekly digest to Team mail");
    window.screenshot("move-timeline");
    window.close();
}
