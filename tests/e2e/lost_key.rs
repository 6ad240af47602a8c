//! The keychain has lost the workspace's key for good: what is left is named before anything is given up, and every
//! connection comes back under its own name.

use patchbay_tests::browser::Decision;
use patchbay_tests::local_api::GOOD;
use patchbay_tests::session::KeychainAtStart;

use crate::console::{describe_key, fill, press, row_action, wait_for_row};
use crate::journey::journeys;
use crate::reauthorizing::kept;
use crate::signing_in::{connect, provider};
use crate::stage::{LocalApi, Stage};

journeys![after_a_lost_key_one_starts_over_and_reauthorizes];

fn after_a_lost_key_one_starts_over_and_reauthorizes() {
    let provider = provider();
    let local = LocalApi::start();
    let stage = Stage::new(KeychainAtStart::Unlocked, &[provider.issuer()]);
    let window = stage.open();
    connect(&stage, &window, &provider, "Mail", "alice");
    describe_key(&window, "Key", &format!("{}/header", local.api.base()));
    press(&window, "Create");
    wait_for_row(&window, "Key", "Connected");
    let before = kept(&window);
    window.close();
    stage.session.empty_keychain();

    let window = stage.open();
    window.wait_for_text("This workspace's key is not in the keychain");
    assert_eq!(
        stage.session.keychain_items(),
        0,
        "no new key is made unasked"
    );
    press(&window, "Start over with a new key…");
    window.find("dialog", "Give up all stored secrets?");
    window.wait_for_text("Lost for good: the tokens, keys and passwords of 2 connections");
    window.screenshot("start-over");
    press(&window, "Cancel");
    window.wait_until_gone_beginning("dialog", "Give up");
    window.wait_for_text("This workspace's key is not in the keychain");
    press(&window, "Start over with a new key…");
    press(&window, "Give up the secrets");
    wait_for_row(&window, "Mail", "Reauthorize");
    wait_for_row(&window, "Key", "Reauthorize");
    assert_eq!(
        stage.session.keychain_items(),
        1,
        "the keychain holds the new key and nothing else"
    );

    row_action(&window, "Reauthorize", "Mail");
    stage
        .browser
        .sign_in(provider.issuer(), "alice", "any", Decision::Allow);
    wait_for_row(&window, "Mail", "Connected");
    row_action(&window, "Reauthorize", "Key");
    window.find("dialog", "Reauthorize Key");
    fill(&window, "Header value", GOOD);
    window
        .find("dialog", "Reauthorize Key")
        .find("button", "Reauthorize")
        .click();
    wait_for_row(&window, "Key", "Connected");
    assert_eq!(kept(&window), before, "they are the same connections");
    window.close();

    let window = stage.open();
    wait_for_row(&window, "Mail", "Connected");
    row_action(&window, "Test", "Mail");
    window.wait_for_text("Mail works.");
    row_action(&window, "Test", "Key");
    window.wait_for_text("Key works.");
    window.close();
}
