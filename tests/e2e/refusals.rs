//! What goes wrong, and what the console says then.

use patchbay_tests::browser::Decision;
use patchbay_tests::session::KeychainAtStart;
use serde_json::json;

use crate::console::{begin_connection, fill, press, row_action, wait_for_row};
use crate::journey::journeys;
use crate::signing_in::{CONNECTOR, DEEP_LINK, connect, describe, describe_apart, provider};
use crate::stage::Stage;

journeys![
    what_is_typed_wrong_is_said_beside_the_field,
    a_provider_that_fails_is_named_and_the_connection_can_be_finished_later,
    a_wrong_client_secret_and_an_expired_code_are_told_apart,
    a_locked_keychain_shows_connections_and_unlocks,
    an_absent_keychain_is_said_and_never_worked_around,
];

fn what_is_typed_wrong_is_said_beside_the_field() {
    let provider = provider();
    let stage = Stage::new(KeychainAtStart::Unlocked, &[provider.issuer()]);
    let window = stage.open();
    connect(&stage, &window, &provider, "Mail", "alice");

    begin_connection(&window, CONNECTOR);
    fill(&window, "Name", "");
    press(&window, "Create");
    window.wait_for_text("Give the connection a name.");
    window.wait_for_text("Fill in the issuer.");
    fill(&window, "Name", &"long ".repeat(60));
    window.wait_for_text("A name has at most 120 characters.");
    fill(&window, "Name", "  mAIL ");
    window.wait_for_text("A connection named “mAIL” exists already. Choose another name.");
    fill(&window, "Name", "Calendar");
    fill(&window, "Issuer", "http://id.example.com");
    press(&window, "Create");
    window.wait_for_text("This address is not encrypted. Use https://.");
    fill(&window, "Issuer", "not an address");
    press(&window, "Create");
    window.wait_for_text("This is not an address.");
    press(&window, "Cancel");
    window.wait_until_gone_beginning("dialog", "New");

    begin_connection(&window, "Okta");
    fill(&window, "Domain", "example.okta.com/admin");
    press(&window, "Create");
    window.wait_for_text("Only the host name, without a path behind it.");
    window.close();
}

fn a_provider_that_fails_is_named_and_the_connection_can_be_finished_later() {
    let provider = provider();
    let stage = Stage::new(KeychainAtStart::Unlocked, &[provider.issuer()]);
    let window = stage.open();
    describe(&window, "Nowhere", "http://127.0.0.1:9", "desktop");
    press(&window, "Create");
    window.wait_for_text("can't be asked for its endpoints");
    window.screenshot("unreachable");
    fill(&window, "Issuer", provider.issuer());
    fill(&window, "Name", "Mail");
    provider.set(&json!({"fail": {"path": "/token", "status": 500, "body": "{}", "times": 1}}));
    press(&window, "Create");
    stage
        .browser
        .sign_in(provider.issuer(), "alice", "any", Decision::Allow);
    window.find("dialog", "Signing in failed");
    window.screenshot("provider-500");
    stage.browser.forget();
    press(&window, "Sign in again");
    window.find("dialog", &format!("Waiting for {CONNECTOR}"));
    stage
        .browser
        .sign_in(provider.issuer(), "alice", "any", Decision::Allow);
    wait_for_row(&window, "Mail", "Connected");
    window.close();
}

fn a_wrong_client_secret_and_an_expired_code_are_told_apart() {
    let provider = provider();
    provider.confidential_client("with-secret", "the right secret", &[DEEP_LINK]);
    let stage = Stage::new(KeychainAtStart::Unlocked, &[provider.issuer()]);
    let window = stage.open();
    describe(&window, "Mail", provider.issuer(), "with-secret");
    fill(&window, "Client secret", "a wrong secret");
    press(&window, "Create");
    stage
        .browser
        .sign_in(provider.issuer(), "alice", "any", Decision::Allow);
    window.find("dialog", "Signing in failed");
    let secret = window.find("dialog", "Signing in failed").text();
    assert!(
        secret.contains("client"),
        "the client's secret is to blame: {secret}"
    );
    press(&window, "Close");

    stage.browser.forget();
    provider.set(&json!({"expiredCodes": true}));
    describe_apart(&window, "Late", provider.issuer(), "desktop");
    press(&window, "Create");
    stage
        .browser
        .sign_in(provider.issuer(), "alice", "any", Decision::Allow);
    let code = window.find("dialog", "Signing in failed").text();
    assert_ne!(secret, code, "an expired code is another message");
    window.close();
}

fn a_locked_keychain_shows_connections_and_unlocks() {
    let provider = provider();
    let stage = Stage::new(KeychainAtStart::Unlocked, &[provider.issuer()]);
    let window = stage.open();
    connect(&stage, &window, &provider, "Mail", "alice");
    window.close();
    stage.session.lock_keychain();
    let window = stage.open();
    window.wait_for_text("Keychain locked");
    wait_for_row(&window, "Mail", "Locked");
    window.screenshot("locked");
    // Unlocked elsewhere: the window notices by itself.
    stage.session.unlock_keychain();
    wait_for_row(&window, "Mail", "Connected");
    row_action(&window, "Test", "Mail");
    window.wait_for_text("Mail works.");
    window.close();
}

fn an_absent_keychain_is_said_and_never_worked_around() {
    let stage = Stage::new(KeychainAtStart::Absent, &[]);
    let window = stage.open();
    window.wait_for_text("This computer has no keychain that answers");
    window.screenshot("no-keychain");
    fill(&window, "Passphrase", "a sentence that is easy to keep");
    fill(&window, "Passphrase again", "another sentence");
    press(&window, "Create the passphrase file");
    window.wait_for_text("The two are not the same.");
    fill(
        &window,
        "Passphrase again",
        "a sentence that is easy to keep",
    );
    press(&window, "Create the passphrase file");
    window.find("heading", "Sign in once. Every flow can use it.");
    window.close();
    let window = stage.open();
    window.wait_for_text("Enter the workspace's passphrase");
    fill(&window, "Passphrase", "a sentence that is easy to keep");
    press(&window, "Open");
    window.find("heading", "Sign in once. Every flow can use it.");
    window.close();
}
