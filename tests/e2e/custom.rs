//! Connectors of one's own, made in the window: from an issuer, an OpenAPI document, an MCP server and by hand; changed,
//! given away and taken over.

use patchbay_tests::browser::Decision;
use patchbay_tests::local_api::GOOD;
use patchbay_tests::mcp_server;
use patchbay_tests::servers::authorization_server::AuthorizationServer;
use patchbay_tests::session::KeychainAtStart;
use patchbay_tests::webdriver::Window;
use patchbay_tests::wire;

use crate::console::{begin_connection, choose, fill, press, row_action, wait_for_row};
use crate::journey::journeys;
use crate::stage::{LocalApi, Stage};

journeys![
    an_issuer_shows_its_endpoints_and_registers_the_app,
    an_openapi_document_becomes_a_connector_that_can_be_tried,
    an_mcp_server_says_who_signs_people_in,
    a_connector_made_by_hand_is_changed_given_away_and_taken_over,
];

/// Opens the Connectors page and one way to add a connector.
#[track_caller]
pub fn add_connector(window: &Window<'_>, way: &str) {
    window.find_beginning("button", "Connectors").click();
    window.find("heading", "Connectors");
    press(window, "Add a connector");
    window.find("dialog", "Add a connector");
    window.find_beginning("button", way).click();
    window.find("dialog", way);
}

/// Waits for the draft: every host, before anything is saved.
#[track_caller]
pub fn look_over(window: &Window<'_>) {
    press(window, "Look it over");
    window.wait_for_text("Every host it will talk to");
}

/// Imports a definition up to the preview of its hosts.
#[track_caller]
pub fn import_definition(window: &Window<'_>, id: &str, toml: &str) {
    add_connector(window, "From a definition");
    fill(window, "Id", id);
    window.find_beginning("textbox", "Definition").paste(toml);
    look_over(window);
    window.wait_for_text("127.0.0.1:");
}

/// Goes back to the list of connections.
#[track_caller]
pub fn leave_connectors(window: &Window<'_>) {
    window.find_beginning("button", "Connections").click();
    window.wait_for("the list of connections", || {
        let there = window.has("heading", "Connections")
            || window.has("heading", "Sign in once. Every flow can use it.");
        there.then_some(())
    });
}

/// Opens a connector of one's own in the panel.
#[track_caller]
pub fn open_connector(window: &Window<'_>, name: &str) {
    window.find_beginning("button", "Connectors").click();
    window.find("searchbox", "Search connectors").fill(name);
    window.find_beginning("row", name).click();
    window.find("complementary", &format!("Connector {name}"));
}

fn an_issuer_shows_its_endpoints_and_registers_the_app() {
    let provider = AuthorizationServer::start();
    let stage = Stage::new(KeychainAtStart::Unlocked, &[provider.issuer()]);
    let window = stage.open();
    add_connector(&window, "From an issuer");
    fill(&window, "Issuer", provider.issuer());
    look_over(&window);
    window.css("details summary").click();
    for endpoint in ["/auth", "/token", "/reg", "/token/revocation"] {
        window.wait_for_text(&format!("{}{endpoint}", provider.issuer()));
    }
    window.screenshot("issuer-preview");
    assert_eq!(
        provider.count("registration_create.success"),
        0,
        "nothing is registered before a person has seen where"
    );
    fill(&window, "Name", "Company sign-in");
    // Under its new name it is held against the rules anew; only then can it be saved.
    window.find("dialog", "Look over Company sign-in");
    press(&window, "Save");
    window.wait_for_text("Saved the connector Company sign-in");
    press(&window, "New connection");
    window.find("dialog", "New Company sign-in connection");
    fill(&window, "Name", "Intranet");
    choose(&window, "Registration", "Register at the server by itself");
    press(&window, "Create");
    window.find("dialog", "Waiting for Company sign-in");
    stage
        .browser
        .sign_in(provider.issuer(), "alice", "any", Decision::Allow);
    wait_for_row(&window, "Intranet", "Connected");
    wait_for_row(&window, "Intranet", "alice");
    assert_eq!(
        provider.count("registration_create.success"),
        1,
        "the app registered itself, once"
    );
    row_action(&window, "Test", "Intranet");
    window.wait_for_text("Intranet works.");
    window.close();
}

const WEATHER: &str = r#"
openapi: 3.0.3
info: { title: Weather, version: "1" }
servers: [{ url: "SERVER" }]
security: [{ key: [] }]
components:
  securitySchemes:
    key: { type: apiKey, in: header, name: X-Api-Key }
paths:
  /header:
    get:
      operationId: whoami
      responses:
        "200":
          description: the caller
          content:
            application/json:
              schema:
                type: object
                properties: { id: { type: string }, name: { type: string } }
"#;

fn an_openapi_document_becomes_a_connector_that_can_be_tried() {
    let local = LocalApi::start();
    let stage = Stage::new(KeychainAtStart::Unlocked, &[]);
    let window = stage.open();
    add_connector(&window, "From an OpenAPI document");
    window
        .find_beginning("textbox", "OpenAPI document")
        .paste(&WEATHER.replace("SERVER", local.api.base()));
    look_over(&window);
    window.wait_for_text(local.api.base().trim_start_matches("http://"));
    fill(&window, "API key", "a wrong key");
    press(&window, "Try it");
    window.wait_for_text("The provider refused the credential.");
    fill(&window, "API key", GOOD);
    press(&window, "Try it");
    window.wait_for_text("It belongs to Release Bot.");
    window.screenshot("openapi-tried");
    press(&window, "Save");
    window.wait_for_text("Saved the connector Weather");
    press(&window, "New connection");
    window.find("dialog", "New Weather connection");
    fill(&window, "Name", "Forecasts");
    fill(&window, "API key", GOOD);
    press(&window, "Create");
    wait_for_row(&window, "Forecasts", "Release Bot");
    window.close();
}

fn an_mcp_server_says_who_signs_people_in() {
    let provider = AuthorizationServer::start();
    let issuer = provider.issuer().to_owned();
    let server = LocalApi::serving(async move {
        let tokens = issuer.clone();
        mcp_server::start(&issuer, move |token, audience| {
            is_for(&tokens, token, audience)
        })
        .await
    });
    let stage = Stage::new(KeychainAtStart::Unlocked, &[]);
    let window = stage.open();
    add_connector(&window, "From an MCP server");
    fill(
        &window,
        "Address of the MCP server",
        server.api.url("/mcp").as_str(),
    );
    look_over(&window);
    window.wait_for_text(provider.issuer().trim_start_matches("http://"));
    window.wait_for_text(server.api.base().trim_start_matches("http://"));
    window.screenshot("mcp-preview");
    press(&window, "Save");
    window.wait_for_text("Saved the connector Weather tools");
    press(&window, "New connection");
    window.find("dialog", "New Weather tools connection");
    fill(&window, "Name", "Tools");
    choose(&window, "Registration", "Register at the server by itself");
    press(&window, "Create");
    window.find("dialog", "Waiting for Weather tools");
    let signed_in = stage
        .browser
        .sign_in(provider.issuer(), "alice", "any", Decision::Allow);
    assert!(
        signed_in.sent_to.starts_with("http://127.0.0.1:"),
        "MCP takes a way back on this machine: {signed_in:?}"
    );
    wait_for_row(&window, "Tools", "Connected");
    row_action(&window, "Test", "Tools");
    window.wait_for_text("Tools works.");
    assert!(
        server
            .api
            .seen()
            .iter()
            .any(|seen| seen.path == "/mcp" && seen.header("authorization").is_some()),
        "the server was asked with the token that was made for it"
    );
    window.close();
}

/// Whether the provider made a token for this audience (RFC 8707).
fn is_for(issuer: &str, token: &str, audience: &str) -> bool {
    let stored = wire::get(&format!("{issuer}/test/stored")).expect("oidc-provider is running");
    let stored = stored.json();
    let tokens = stored.as_array().cloned().unwrap_or_default();
    tokens.iter().any(|item| {
        item["kind"] == "AccessToken" && item["id"] == token && item["audience"] == audience
    })
}

fn a_connector_made_by_hand_is_changed_given_away_and_taken_over() {
    let local = LocalApi::start();
    let stage = Stage::new(KeychainAtStart::Unlocked, &[]);
    let window = stage.open();
    make_by_hand(&window, &local);
    change(&window);
    let toml = export(&window);

    // Deleting says what hangs on it.
    press(&window, "Delete");
    window.find("dialog", "Delete the connector Acme API?");
    window.wait_for_text("1 connection hangs on it.");
    window.wait_for_text("Acme key");
    window.screenshot("connector-in-use");
    let delete = window.find("dialog", "Delete the connector Acme API?");
    assert!(
        delete.find("button", "Delete").is_disabled(),
        "what connections need can't be deleted"
    );
    press(&window, "Show 1 connection");
    row_action(&window, "Delete", "Acme key");
    window.find("dialog", "Delete Acme key?");
    press(&window, "Delete");
    // Until then it can come back, and the connector stays for it.
    window.wait_for_text("Acme key is gone.");
    // What is left to do at the provider stays until it is read, over the buttons of the panel.
    press(&window, "Dismiss");
    open_connector(&window, "Acme API");
    press(&window, "Delete");
    let delete = window.find("dialog", "Delete the connector Acme API?");
    delete.find("button", "Delete").click();
    window.wait_for_text("Deleted the connector Acme API");

    import_by_hand(&window, &toml);
    press(&window, "Save");
    window.wait_for_text("Saved the connector Acme API");
    leave_connectors(&window);
    connect(&window, &local, "Acme again");
    window.close();
}

/// Fills the form, sees what is wrong while it is typed, and makes a connection.
fn make_by_hand(window: &Window<'_>, local: &LocalApi) {
    add_connector(window, "By hand");
    fill(window, "Name", "Acme");
    fill(
        window,
        "Link to its documentation",
        "https://docs.acme.example",
    );
    press(window, "Add a field");
    fill(window, "Key", "server");
    fill(window, "Label", "Server");
    choose(window, "Kind", "Address");
    fill(window, "Test address", "{nowhere}/header");
    window.wait_for_text("there is no field `nowhere`");
    window.screenshot("by-hand-wrong");
    fill(window, "Test address", "{server}/header");
    fill(window, "Account in the answer", "/name");
    window.wait_for("the rules to hold", || {
        (!window.text().contains("there is no field")).then_some(())
    });
    look_over(window);
    fill(window, "Server", local.api.base());
    fill(window, "API key", GOOD);
    press(window, "Try it");
    window.wait_for_text("It belongs to Release Bot.");
    press(window, "Save");
    window.wait_for_text("Saved the connector Acme");
    leave_connectors(window);
    connect(window, local, "Acme key");
}

fn connect(window: &Window<'_>, local: &LocalApi, name: &str) {
    let connector = match name {
        "Acme key" => "Acme",
        _ => "Acme API",
    };
    begin_connection(window, connector);
    fill(window, "Name", name);
    fill(window, "Server", local.api.base());
    fill(window, "API key", GOOD);
    press(window, "Create");
    wait_for_row(window, name, "Connected");
}

/// Changes name and place of the key: the connection goes on with it. A new host is shown before it is saved.
fn change(window: &Window<'_>) {
    open_connector(window, "Acme");
    press(window, "Edit");
    window.find("dialog", "Edit Acme");
    assert_eq!(
        window.find_beginning("textbox", "Test address").value(),
        "{server}/header",
        "the form holds what was saved"
    );
    fill(window, "Test address", "https://elsewhere.example/me");
    look_over(window);
    window.wait_for_text("A host is added that it didn't talk to before:");
    window.wait_for_text("elsewhere.example");
    window.screenshot("edit-adds-a-host");
    press(window, "Back");
    fill(window, "Name", "Acme API");
    choose(window, "The key goes into", "The query");
    fill(window, "Parameter", "api_key");
    fill(window, "Test address", "{server}/query");
    look_over(window);
    window.wait_for_text("1 connection made from it goes on with the new definition.");
    window.wait_for_text("It talks to no host that it didn't talk to before.");
    press(window, "Replace");
    window.wait_for_text("Saved the connector Acme API");
    leave_connectors(window);
    wait_for_row(window, "Acme key", "Acme API");
    row_action(window, "Test", "Acme key");
    window.wait_for_text("Acme key works.");
}

/// Takes over what was exported. It names no host of its own: the server is typed with each connection.
fn import_by_hand(window: &Window<'_>, toml: &str) {
    add_connector(window, "From a definition");
    fill(window, "Id", "acme");
    window.find_beginning("textbox", "Definition").paste(toml);
    look_over(window);
    window.wait_for_text("You type it");
}

/// The definition as it is given away.
fn export(window: &Window<'_>) -> String {
    open_connector(window, "Acme API");
    press(window, "Export");
    window.find("dialog", "Export Acme API");
    let toml = window
        .find_beginning("textbox", "acme/connector.toml")
        .value();
    assert!(
        toml.contains("{server}/query") && !toml.contains(GOOD),
        "the definition without any secret: {toml}"
    );
    press(window, "Close");
    toml
}
