//! What goes wrong, and what the console says then.

use patchbay_tests::browser::Decision;
use patchbay_tests::local_api::GOOD;
use patchbay_tests::session::KeychainAtStart;
use patchbay_tests::webdriver::{Element, Window};
use serde_json::json;

use crate::console::{
    begin_connection, describe_key, fill, press, row_action, wait_for_problem, wait_for_row,
};
use crate::journey::journeys;
use crate::signing_in::{CONNECTOR, DEEP_LINK, connect, describe, describe_apart, provider};
use crate::stage::{LocalApi, Stage};

journeys![
    what_is_typed_wrong_is_said_beside_the_field,
    a_service_that_can_not_answer_is_told_from_a_wrong_key,
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
    wait_for_problem(&window, "Name", "Give the connection a name.");
    wait_for_problem(&window, "Issuer", "Fill in the issuer.");
    window.find("textbox", "Name").paste(&"x".repeat(300));
    wait_for_problem(&window, "Name", "A name has at most 120 characters.");
    for taken in ["  mAIL ", "\u{ff2d}ail"] {
        fill(&window, "Name", taken);
        wait_for_problem(&window, "Name", "exists already. Choose another name.");
    }
    for unseen in ["bell\u{7}", "nul\u{0}", "right\u{202e}to left"] {
        window.find("textbox", "Name").paste(unseen);
        wait_for_problem(&window, "Name", "can't be seen");
    }
    fill(&window, "Name", "Calendar");
    window
        .find_beginning("textbox", "Description")
        .paste(&"d".repeat(501));
    wait_for_problem(
        &window,
        "Description",
        "A description has at most 500 characters.",
    );
    fill(&window, "Description", "");
    fill(&window, "Issuer", "http://id.example.com");
    press(&window, "Create");
    wait_for_problem(
        &window,
        "Issuer",
        "This address is not encrypted. Use https://.",
    );
    fill(&window, "Issuer", "not an address");
    press(&window, "Create");
    wait_for_problem(&window, "Issuer", "This is not an address.");
    press(&window, "Cancel");
    window.wait_until_gone_beginning("dialog", "New");

    begin_connection(&window, "Okta");
    fill(&window, "Domain", "example.okta.com/admin");
    press(&window, "Create");
    wait_for_problem(
        &window,
        "Domain",
        "Only the host name, without a path behind it.",
    );
    press(&window, "Cancel");
    window.wait_until_gone_beginning("dialog", "New");

    row_action(&window, "Rename", "Mail");
    for (name, says) in [
        ("", "Give the connection a name"),
        (&"x".repeat(300), "Shorten it to at most 120"),
        ("two\u{b}words", "can't be seen"),
    ] {
        window.find("textbox", "Name").paste(name);
        press(&window, "Rename");
        wait_for_problem(&window, "Name", says);
    }
    press(&window, "Cancel");
    wait_for_row(&window, "Mail", "Connected");
    window.close();
}

fn a_service_that_can_not_answer_is_told_from_a_wrong_key() {
    let local = LocalApi::start();
    let stage = Stage::new(KeychainAtStart::Unlocked, &[]);
    let window = stage.open();
    describe_key(&window, "Key", "http://127.0.0.1:9/me");
    press(&window, "Create");
    window.find("button", "Save anyway");
    let unreachable = alert(&window);
    assert!(
        unreachable.contains("127.0.0.1") && unreachable.contains("network"),
        "it says who wasn't reached: {unreachable}"
    );
    // The next refusal is another one; while the service is asked, the old one stands there still.
    fill(
        &window,
        "Address to test with",
        &format!("{}/down", local.api.base()),
    );
    press(&window, "Create");
    let down = window.wait_for("what the service says", || {
        let said = alert(&window);
        (said != unreachable).then_some(said)
    });
    assert!(
        down.contains("a problem of its own") && down.contains("test again in 90 seconds"),
        "trouble over there is no fault here: {down}"
    );
    assert_eq!(
        window.find_beginning("textbox", "Header value").value(),
        GOOD,
        "what was typed is there still"
    );
    fill(
        &window,
        "Address to test with",
        &format!("{}/header", local.api.base()),
    );
    press(&window, "Create");
    wait_for_row(&window, "Key", "Connected");
    window.close();
}

/// What the dialog's notice says.
fn alert(window: &Window<'_>) -> String {
    window
        .all("alert", "")
        .first()
        .map(Element::text)
        .unwrap_or_default()
}

fn a_provider_that_fails_is_named_and_the_connection_can_be_finished_later() {
    let provider = provider();
    let stage = Stage::new(KeychainAtStart::Unlocked, &[provider.issuer()]);
    let window = stage.open();
    describe(&window, "Nowhere", "http://127.0.0.1:9", "desktop");
    press(&window, "Create");
    wait_for_problem(&window, "Issuer", "can't be asked for its endpoints");
    window.screenshot("unreachable");
    fill(&window, "Issuer", provider.issuer());
    fill(&window, "Name", "Mail");
    provider.set(&json!({"fail": {"path": "/token", "status": 500, "body": "{}", "times": 1}}));
    press(&window, "Create");
    stage
        .browser
        .sign_in(provider.issuer(), "alice", "any", Decision::Allow);
    let failed = window.find("dialog", "Signing in failed").text();
    assert!(
        failed.contains("again in a while"),
        "the provider's trouble passes: {failed}"
    );
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
        secret.contains("Check client id and client secret"),
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
    assert!(
        code.contains("took too long") && code.contains("Start the sign-in again"),
        "an expired code is another matter: {code}"
    );
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
