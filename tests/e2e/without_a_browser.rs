//! Connections that need no browser: keys, tokens, user names and passwords.

use patchbay_tests::local_api::{GOOD, USER};
use patchbay_tests::session::KeychainAtStart;

use crate::console::{begin_connection, choose, fill, press, wait_for_row};
use crate::journey::journeys;
use crate::stage::{LocalApi, Stage};

journeys![keys_tokens_and_passwords_are_tried_before_they_are_saved];

fn keys_tokens_and_passwords_are_tried_before_they_are_saved() {
    let local = LocalApi::start();
    let stage = Stage::new(KeychainAtStart::Unlocked, &[]);
    let window = stage.open();
    let address = |path: &str| format!("{}{path}", local.api.base());

    begin_connection(&window, "Any API");
    fill(&window, "Name", "By header");
    fill(&window, "Header name", "X-Api-Key");
    fill(&window, "Header value", "a wrong key");
    fill(&window, "Address to test with", &address("/header"));
    press(&window, "Create");
    window.find("button", "Save anyway");
    assert!(
        !window.text().contains("a wrong key"),
        "what the service says of the key is not shown with the key in it"
    );
    window.screenshot("wrong-key");
    fill(&window, "Header value", GOOD);
    press(&window, "Create");
    wait_for_row(&window, "By header", "Connected");

    begin_connection(&window, "Any API");
    fill(&window, "Name", "By token");
    choose(&window, "Authentication", "Bearer token");
    fill(&window, "Token", GOOD);
    fill(&window, "Address to test with", &address("/bearer"));
    press(&window, "Create");
    wait_for_row(&window, "By token", "Connected");

    begin_connection(&window, "Any API");
    fill(&window, "Name", "By password");
    choose(&window, "Authentication", "Username and password");
    fill(&window, "Username", USER);
    fill(&window, "Password", GOOD);
    fill(&window, "Address to test with", &address("/basic"));
    press(&window, "Create");
    wait_for_row(&window, "By password", "Connected");

    begin_connection(&window, "Any API");
    fill(&window, "Name", "By address");
    choose(&window, "Authentication", "Query parameter");
    fill(&window, "Parameter name", "api_key");
    fill(&window, "Parameter value", GOOD);
    fill(&window, "Address to test with", &address("/query"));
    press(&window, "Create");
    wait_for_row(&window, "By address", "Connected");

    press(&window, "Test all");
    window.wait_for_text("Tested 4 connections. All of them work.");
    window.screenshot("four-kinds");
    window.close();
}
