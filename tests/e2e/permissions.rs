//! Scopes and the cards that need them: what a scope is for, what stops without it, what a connection doesn't cover.

use std::fs;

use patchbay_tests::browser::Decision;
use patchbay_tests::servers::authorization_server::AuthorizationServer;
use patchbay_tests::session::KeychainAtStart;
use patchbay_tests::webdriver::Window;

use crate::console::{fill, press, wait_for_row};
use crate::journey::journeys;
use crate::stage::Stage;

journeys![a_scope_taken_away_names_the_cards_that_stop];

const DEFINITION: &str = r#"name = "Postbox"
category = "any"

[docs]
api = "https://docs.example.com"

[[auth]]
id = "issuer"
label = "OAuth 2.0"
kind = "authorization_code"

[[auth.fields]]
key = "issuer"
label = "Issuer"
kind = "url"

[auth.oauth]
issuer = "{issuer}"
discovery = true
client_auth = ["none"]
redirect = [{ kind = "deep_link" }]

[[scopes]]
value = "openid"
description = "Sign you in"
default = true
required = true

[[scopes]]
value = "email"
description = "See your email address"
default = true

[[scopes]]
value = "profile"
description = "See your name"
default = true

[[fields]]
key = "test_url"
label = "Address to test with"
kind = "url"
optional = true

[test]
url = "{test_url}"

[[cards]]
title = "Read Mail"
scopes = [["email"]]

[[cards]]
title = "Send Mail"
scopes = [["email"], ["profile"]]

[[cards]]
title = "Find People"
scopes = [["email", "profile"]]
"#;

const FLOW: &str = r#"name = "Morning mail"

[[cards]]
title = "Read Mail"
connector = "postbox"
scopes = ["email"]
connection = "Mail"

[[cards]]
title = "Find People"
connector = "postbox"
scopes = ["profile"]
connection = "Mail"
"#;

fn a_scope_taken_away_names_the_cards_that_stop() {
    let provider = AuthorizationServer::start();
    provider.public_client("desktop", &["dev.patchbay.desktop:/callback/postbox"]);
    let stage = Stage::new(KeychainAtStart::Unlocked, &[provider.issuer()]);
    let window = stage.open();
    import_connector(&window);

    press(&window, "New connection");
    window.find("dialog", "New Postbox connection");
    fill(&window, "Name", "Mail");
    fill(&window, "Issuer", provider.issuer());
    fill(&window, "Client ID", "desktop");
    customize(&window);
    window.wait_for_text("Needed by Read Mail, Send Mail and Find People");
    window.find_beginning("checkbox", "email").click();
    window.wait_for_text("Without it Read Mail and Send Mail stop working");
    window.wait_for_text("2 cards stop working, in whichever flow:");
    window.screenshot("cards-that-stop");
    window.find_beginning("checkbox", "email").click();
    window.wait_for_text("Needed by Read Mail, Send Mail and Find People");
    press(&window, "Create");
    sign_in(&stage, &provider);
    wait_for_row(&window, "Mail", "Connected");

    add_flow(&stage, &window);
    window.find_beginning("button", "Connections").click();
    open_permissions(&window);
    window.wait_for_text("Every card whose scopes are known works with these scopes.");
    press(&window, "Change scopes…");
    window.find("dialog", "Reauthorize Mail");
    window.find_beginning("checkbox", "email").click();
    window.wait_for_text("1 card of your flows stops working:");
    window.wait_for_text("Read Mail in Morning mail, which needs email");
    window.screenshot("cards-of-flows-that-stop");
    window
        .find("dialog", "Reauthorize Mail")
        .find("button", "Reauthorize")
        .click();
    sign_in(&stage, &provider);
    window.wait_until_gone("dialog", "Waiting for Postbox");
    wait_for_row(&window, "Mail", "Connected");

    open_permissions(&window);
    window.wait_for_text("1 card of your flows lacks scopes");
    window.wait_for_text("2 cards don't work with these scopes");
    window.screenshot("cards-not-covered");
    window.close();
}

/// Imports the definition, sees its cards first and in its panel afterwards.
fn import_connector(window: &Window<'_>) {
    window.find_beginning("button", "Connectors").click();
    press(window, "Add a connector");
    window.find_beginning("button", "From a definition").click();
    fill(window, "Id", "postbox");
    // The driver types no line feeds, but presses Enter for its key.
    fill(window, "Definition", &DEFINITION.replace('\n', "\u{e007}"));
    press(window, "Look it over");
    window.wait_for_text("3 cards whose scopes are known");
    press(window, "Save");
    window.find_beginning("tab", "Cards").click();
    window.wait_for_text("Find People");
}

fn customize(window: &Window<'_>) {
    window.find_beginning("tab", "Permissions").click();
    window
        .find_beginning("radio", "Customize scopes (advanced)")
        .click();
}

fn sign_in(stage: &Stage, provider: &AuthorizationServer) {
    stage
        .browser
        .sign_in(provider.issuer(), "alice", "any", Decision::Allow);
}

fn add_flow(stage: &Stage, window: &Window<'_>) {
    let file = stage.session.home().join("morning.flow.toml");
    fs::write(&file, FLOW).expect("a flow can be written");
    window.find_beginning("button", "Flows").click();
    press(window, "Add flows");
    fill(window, "Path", &file.to_string_lossy());
    press(window, "Add");
    window.wait_for_text("2 cards matched to connections by name.");
    press(window, "Done");
}

fn open_permissions(window: &Window<'_>) {
    window.find_beginning("row", "Mail").click();
    window.find_beginning("tab", "Permissions").click();
}
