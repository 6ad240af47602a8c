//! What one does with a connection afterwards: test, reauthorize, rename, delete.

use patchbay_tests::browser::Decision;
use patchbay_tests::session::KeychainAtStart;
use serde_json::json;

use crate::console::{describe_with_test, fill, press, row_action, wait_for_row};
use crate::journey::journeys;
use crate::signing_in::{CONNECTOR, connect, provider};
use crate::stage::Stage;

journeys![
    a_stale_token_is_refreshed_before_the_test,
    reauthorizing_as_another_account_needs_a_yes,
    a_deletion_can_be_undone_and_is_then_revoked_at_the_provider,
    renaming_keeps_the_connection,
];

fn a_stale_token_is_refreshed_before_the_test() {
    let provider = provider();
    provider.set(&json!({"accessTokenTtl": 5}));
    let stage = Stage::new(KeychainAtStart::Unlocked, &[provider.issuer()]);
    let window = stage.open();
    describe_with_test(
        &window,
        "Mail",
        provider.issuer(),
        "desktop",
        &format!("{}/me", provider.issuer()),
    );
    press(&window, "Create");
    stage
        .browser
        .sign_in(provider.issuer(), "alice", "any", Decision::Allow);
    wait_for_row(&window, "Mail", "Connected");
    provider.set(&json!({"accessTokenTtl": 3600}));
    window.wait_for("the access token's end", || {
        provider.live("AccessToken").is_empty().then_some(())
    });
    row_action(&window, "Test", "Mail");
    window.wait_for_text("Mail works.");
    let refreshed = provider
        .events()
        .iter()
        .filter(|event| event["name"] == "grant.success" && event["grant_type"] == "refresh_token")
        .count();
    assert_eq!(
        refreshed, 1,
        "one refresh, and the test was made with its token"
    );
    assert_eq!(
        provider.live("RefreshToken").len(),
        1,
        "the rotated refresh token took the old one's place"
    );
    row_action(&window, "Test", "Mail");
    window.wait_for("a second answer of the test", || {
        let successes = provider.count("grant.success");
        (successes == 2).then_some(())
    });
    window.close();
}

fn reauthorizing_as_another_account_needs_a_yes() {
    let provider = provider();
    let stage = Stage::new(KeychainAtStart::Unlocked, &[provider.issuer()]);
    let window = stage.open();
    connect(&stage, &window, &provider, "Mail", "alice");
    stage.browser.forget();
    row_action(&window, "Reauthorize", "Mail");
    window.find("dialog", &format!("Waiting for {CONNECTOR}"));
    stage
        .browser
        .sign_in(provider.issuer(), "bob", "any", Decision::Allow);
    window.find("dialog", "Another account signed in");
    window.screenshot("another-account");
    press(&window, "Keep alice");
    wait_for_row(&window, "Mail", "alice");
    wait_for_row(&window, "Mail", "Connected");
    stage.browser.forget();
    row_action(&window, "Reauthorize", "Mail");
    stage
        .browser
        .sign_in(provider.issuer(), "bob", "any", Decision::Allow);
    window.find("dialog", "Another account signed in");
    press(&window, "Connect as bob");
    wait_for_row(&window, "Mail", "bob");
    window.close();
}

fn a_deletion_can_be_undone_and_is_then_revoked_at_the_provider() {
    let provider = provider();
    let stage = Stage::new(KeychainAtStart::Unlocked, &[provider.issuer()]);
    let window = stage.open();
    connect(&stage, &window, &provider, "Mail", "alice");
    row_action(&window, "Delete", "Mail");
    window.find("dialog", "Delete Mail?");
    press(&window, "Delete");
    window.wait_for_text("Deleted Mail.");
    press(&window, "Undo");
    wait_for_row(&window, "Mail", "Connected");
    assert_eq!(
        provider.live("RefreshToken").len(),
        1,
        "an undone deletion revoked nothing"
    );
    row_action(&window, "Delete", "Mail");
    press(&window, "Delete");
    window.wait_for("the revocation at the provider", || {
        provider.live("RefreshToken").is_empty().then_some(())
    });
    window.find("heading", "Sign in once. Every flow can use it.");
    window.close();
}

fn renaming_keeps_the_connection() {
    let provider = provider();
    let stage = Stage::new(KeychainAtStart::Unlocked, &[provider.issuer()]);
    let window = stage.open();
    connect(&stage, &window, &provider, "Mail", "alice");
    row_action(&window, "Rename", "Mail");
    fill(&window, "Name", "Mail of the release bot");
    press(&window, "Rename");
    wait_for_row(&window, "Mail of the release bot", "Connected");
    window.close();
    let window = stage.open();
    wait_for_row(&window, "Mail of the release bot", "alice");
    window.close();
}
