//! Connections made by signing in, in a real browser at a real provider.

use patchbay_tests::browser::Decision;
use patchbay_tests::servers::authorization_server::AuthorizationServer;
use patchbay_tests::servers::canaille::Canaille;
use patchbay_tests::session::KeychainAtStart;
use patchbay_tests::webdriver::Window;

use crate::console::{begin_connection, choose, fill, press, wait_for_row};
use crate::journey::journeys;
use crate::stage::Stage;

journeys![
    signing_in_in_the_browser_makes_a_connection,
    signing_in_comes_back_by_a_local_address,
    a_link_that_starts_the_application_finishes_the_sign_in,
    refused_consent_is_said_and_nothing_is_stored,
    chosen_scopes_are_the_ones_asked_for,
    another_provider_works_the_same_way,
];

pub const CONNECTOR: &str = "Any OAuth 2.0 service";
pub const DEEP_LINK: &str = "dev.patchbay.desktop:/callback/any-oauth2";
const LOOPBACK: &str = "http://127.0.0.1/callback/any-oauth2";

/// Fills in a connection to the provider, up to Create.
pub fn describe(window: &Window<'_>, name: &str, issuer: &str, client_id: &str) {
    begin_connection(window, CONNECTOR);
    fill(window, "Name", name);
    fill(window, "Issuer", issuer);
    fill(window, "Client ID", client_id);
}

/// Like [`describe`], with a registration of its own although there is one already.
pub fn describe_apart(window: &Window<'_>, name: &str, issuer: &str, client_id: &str) {
    begin_connection(window, CONNECTOR);
    choose(window, "Registration", "New registration…");
    fill(window, "Name", name);
    fill(window, "Issuer", issuer);
    fill(window, "Client ID", client_id);
}

/// A provider that knows the application as `desktop`.
pub fn provider() -> AuthorizationServer {
    let provider = AuthorizationServer::start();
    provider.public_client("desktop", &[DEEP_LINK, LOOPBACK]);
    provider
}

/// Makes a connection as a person does, from the empty console to Connected.
pub fn connect(
    stage: &Stage,
    window: &Window<'_>,
    provider: &AuthorizationServer,
    name: &str,
    login: &str,
) {
    describe(window, name, provider.issuer(), "desktop");
    press(window, "Create");
    window.find("dialog", &format!("Waiting for {CONNECTOR}"));
    stage
        .browser
        .sign_in(provider.issuer(), login, "any", Decision::Allow);
    wait_for_row(window, name, "Connected");
}

fn signing_in_in_the_browser_makes_a_connection() {
    let provider = provider();
    let stage = Stage::new(KeychainAtStart::Unlocked, &[provider.issuer()]);
    let window = stage.open();
    describe(&window, "Mail", provider.issuer(), "desktop");
    press(&window, "Create");
    window.find("dialog", &format!("Waiting for {CONNECTOR}"));
    let signed_in = stage
        .browser
        .sign_in(provider.issuer(), "alice", "any", Decision::Allow);
    assert!(
        signed_in.sent_to.starts_with(DEEP_LINK),
        "the provider sends the browser to the deep link: {signed_in:?}"
    );
    wait_for_row(&window, "Mail", "Connected");
    wait_for_row(&window, "Mail", "alice");
    assert_eq!(
        provider.live("AccessToken").len(),
        1,
        "the code was exchanged once"
    );
    assert_eq!(
        provider.live("RefreshToken").len(),
        1,
        "and there is something to refresh with"
    );
    assert_eq!(
        stage.session.keychain_items(),
        1,
        "the keychain holds the identity and nothing else"
    );
    window.screenshot("connected");
    window.close();
}

fn signing_in_comes_back_by_a_local_address() {
    let provider = provider();
    // No origin may send links: only the local address can bring the browser back.
    let stage = Stage::new(KeychainAtStart::Unlocked, &[]);
    let window = stage.open();
    describe(&window, "Mail", provider.issuer(), "desktop");
    choose(&window, "The browser comes back by", "A local address");
    press(&window, "Create");
    window.find("dialog", &format!("Waiting for {CONNECTOR}"));
    let signed_in = stage
        .browser
        .sign_in(provider.issuer(), "alice", "any", Decision::Allow);
    assert!(
        signed_in.sent_to.starts_with("http://127.0.0.1:"),
        "the provider sends the browser to this machine: {signed_in:?}"
    );
    assert!(
        !signed_in.text.is_empty(),
        "the page there says that one may go back to Patchbay"
    );
    wait_for_row(&window, "Mail", "Connected");
    window.close();
}

fn a_link_that_starts_the_application_finishes_the_sign_in() {
    let provider = provider();
    let stage = Stage::new(KeychainAtStart::Unlocked, &[provider.issuer()]);
    let window = stage.open();
    describe(&window, "Mail", provider.issuer(), "desktop");
    press(&window, "Create");
    window.find("dialog", &format!("Waiting for {CONNECTOR}"));
    stage.browser.look(provider.issuer());
    window.close();
    let links = stage.catch_links();
    stage
        .browser
        .sign_in(provider.issuer(), "alice", "any", Decision::Allow);
    let link = links.link();
    assert!(
        link.starts_with(DEEP_LINK),
        "the desktop hands the link to whoever has the scheme: {link}"
    );
    stage
        .session
        .install_link_handler(&crate::stage::application());
    let window = stage.open_with(&[&link]);
    wait_for_row(&window, "Mail", "Connected");
    assert_eq!(
        provider.live("RefreshToken").len(),
        1,
        "the application that was started by the link exchanged the code"
    );
    window.close();
}

fn refused_consent_is_said_and_nothing_is_stored() {
    let provider = provider();
    let stage = Stage::new(KeychainAtStart::Unlocked, &[provider.issuer()]);
    let window = stage.open();
    describe(&window, "Mail", provider.issuer(), "desktop");
    press(&window, "Create");
    stage
        .browser
        .sign_in(provider.issuer(), "alice", "any", Decision::Deny);
    window.find("dialog", "Signing in failed");
    window.screenshot("denied");
    assert!(provider.live("AccessToken").is_empty(), "no token was made");
    press(&window, "Close");
    wait_for_row(&window, "Mail", "Finish signing in");
    window.close();
}

fn chosen_scopes_are_the_ones_asked_for() {
    let provider = provider();
    let stage = Stage::new(KeychainAtStart::Unlocked, &[provider.issuer()]);
    let window = stage.open();
    describe(&window, "Mail", provider.issuer(), "desktop");
    window.click_beginning("tab", "Permissions");
    window.click_beginning("radio", "Customize scopes (advanced)");
    window.click_beginning("checkbox", "email");
    window
        .find_beginning("searchbox", "Find a scope")
        .fill("offline");
    window.wait_until_gone_beginning("checkbox", "profile");
    window.click_beginning("checkbox", "offline_access");
    window.find_beginning("searchbox", "Find a scope").fill("");
    fill(&window, "Manually add scopes", "api:read, api:write");
    press(&window, "Add");
    window.wait_for_text("Added api:read and api:write.");
    fill(&window, "Manually add scopes", "api:read");
    press(&window, "Add");
    window.wait_for_text("api:read is already in the list.");
    fill(&window, "Manually add scopes", "not\"a\\scope");
    press(&window, "Add");
    window.wait_for_text("can't be a scope");
    window.screenshot("scopes");
    fill(&window, "Manually add scopes", "");
    press(&window, "Create");
    stage
        .browser
        .sign_in(provider.issuer(), "alice", "any", Decision::Allow);
    wait_for_row(&window, "Mail", "Connected");
    let asked = provider.events();
    let asked = asked
        .iter()
        .find_map(|event| event["scope"].as_str())
        .unwrap_or_default();
    let mut asked: Vec<&str> = asked.split(' ').collect();
    asked.sort_unstable();
    assert_eq!(
        asked,
        [
            "api:read",
            "api:write",
            "offline_access",
            "openid",
            "profile"
        ],
        "what was chosen was asked for, and nothing else"
    );
    window.close();
}

fn another_provider_works_the_same_way() {
    let provider = Canaille::start(DEEP_LINK);
    let stage = Stage::new(KeychainAtStart::Unlocked, &[provider.issuer()]);
    let window = stage.open();
    describe(&window, "Intranet", provider.issuer(), provider.client_id);
    fill(&window, "Client secret", provider.client_secret);
    press(&window, "Create");
    window.find("dialog", &format!("Waiting for {CONNECTOR}"));
    let signed_in = stage.browser.sign_in(
        provider.issuer(),
        provider.login,
        provider.password,
        Decision::Allow,
    );
    assert!(
        signed_in.sent_to.starts_with(DEEP_LINK),
        "the provider sends the browser to the deep link: {signed_in:?}"
    );
    wait_for_row(&window, "Intranet", "Connected");
    window.close();
}
