//! Signing in on another device: the window shows a code, the browser takes it.

use patchbay_tests::browser::Decision;
use patchbay_tests::servers::authorization_server::AuthorizationServer;
use patchbay_tests::session::KeychainAtStart;
use patchbay_tests::webdriver::Window;
use serde_json::json;

use crate::console::{begin_connection, choose, fill, press, row_action, wait_for_row};
use crate::journey::journeys;
use crate::signing_in::CONNECTOR;
use crate::stage::Stage;

journeys![
    a_code_typed_in_the_browser_makes_a_connection,
    a_code_refused_in_the_browser_is_said_and_can_be_asked_for_again,
];

const DEVICE_CODE: &str = "urn:ietf:params:oauth:grant-type:device_code";

fn a_code_typed_in_the_browser_makes_a_connection() {
    let provider = provider_of_devices();
    let stage = Stage::new(KeychainAtStart::Unlocked, &[]);
    let window = stage.open();
    describe(&window, &provider);
    press(&window, "Create");
    let code = shown_code(&window);
    window.screenshot("device-code");
    window.click_beginning("button", "Open ");
    let compared = stage
        .browser
        .type_code(provider.issuer(), &code, "alice", Decision::Allow);
    assert_eq!(compared, code, "the provider asks to compare the same code");
    wait_for_row(&window, "Television", "Connected");
    wait_for_row(&window, "Television", "alice");
    let granted = provider
        .events()
        .iter()
        .any(|event| event["name"] == "grant.success" && event["grant_type"] == DEVICE_CODE);
    assert!(granted, "the token came by the device grant");
    assert_eq!(
        provider.live("RefreshToken").len(),
        1,
        "and there is something to refresh with"
    );
    row_action(&window, "Test", "Television");
    window.wait_for_text("Television works.");
    window.close();
}

fn a_code_refused_in_the_browser_is_said_and_can_be_asked_for_again() {
    let provider = provider_of_devices();
    let stage = Stage::new(KeychainAtStart::Unlocked, &[]);
    let window = stage.open();
    describe(&window, &provider);
    press(&window, "Create");
    let refused = shown_code(&window);
    window.click_beginning("button", "Open ");
    stage
        .browser
        .type_code(provider.issuer(), &refused, "alice", Decision::Deny);
    window.find("dialog", "Signing in failed");
    window.screenshot("device-refused");
    assert!(provider.live("AccessToken").is_empty(), "no token was made");
    press(&window, "Sign in again");
    let code = shown_code(&window);
    assert_ne!(code, refused, "it is another code");
    window.click_beginning("button", "Open ");
    stage
        .browser
        .type_code(provider.issuer(), &code, "alice", Decision::Allow);
    wait_for_row(&window, "Television", "Connected");
    window.close();
}

/// A provider that knows the application as `television`, which has no way back from a browser.
fn provider_of_devices() -> AuthorizationServer {
    let provider = AuthorizationServer::start();
    provider.client(&json!({
        "client_id": "television",
        "application_type": "native",
        "grant_types": [DEVICE_CODE, "refresh_token"],
        "response_types": [],
        "redirect_uris": [],
        "token_endpoint_auth_method": "none",
    }));
    provider
}

fn describe(window: &Window<'_>, provider: &AuthorizationServer) {
    begin_connection(window, CONNECTOR);
    choose(window, "Authentication", "Device code from an issuer");
    fill(window, "Name", "Television");
    fill(window, "Issuer", provider.issuer());
    fill(window, "Client ID", "television");
    fill(
        window,
        "Address to test with",
        &format!("{}/me", provider.issuer()),
    );
}

/// The code that the window shows.
fn shown_code(window: &Window<'_>) -> String {
    window.find("dialog", &format!("Waiting for {CONNECTOR}"));
    window.wait_for("a code to type", || {
        let shown = window.all("status", "Code").into_iter().next()?.text();
        (!shown.is_empty()).then_some(shown)
    })
}
