//! A connection of every kind of authentication that needs no sign-in, made in the window: to services on this machine,
//! through a definition that is imported there.

use patchbay_tests::browser::Decision;
use patchbay_tests::servers::authorization_server::AuthorizationServer;
use patchbay_tests::servers::aws::Aws;
use patchbay_tests::session::KeychainAtStart;
use patchbay_tests::token_services::{
    self, APP, INSTALLATION, P256_KEY, PASSWORD, RSA_KEY, SERVICE_ACCOUNT, USER,
};
use patchbay_tests::webdriver::Window;
use serde_json::json;

use crate::console::{begin_connection, choose, fill, press, row_action, wait_for_row};
use crate::custom::{import_definition, leave_connectors};
use crate::journey::journeys;
use crate::signing_in::CONNECTOR;
use crate::stage::{LocalApi, Stage};

journeys![
    every_way_of_one_connector_makes_a_connection,
    client_credentials_make_a_connection_at_a_real_provider,
    an_access_key_pair_signs_its_test,
    a_renewal_rotates_the_refresh_token_and_says_how_long_the_old_one_is_taken,
];

/// A connector with four ways to authenticate.
const FOUR_WAYS: &str = r#"
name = "Local services"
category = "custom"

[docs]
api = "https://docs.example.com"

[[auth]]
id = "robot"
label = "Service account"
kind = "jwt_bearer"

[[auth.fields]]
key = "account"
label = "Account"
kind = "text"

[[auth.fields]]
key = "private_key"
label = "Private key"
kind = "secret_text"

[auth.oauth]
token_endpoint = "{server}/token"
client_auth = ["none"]
refresh = { never = true }

[auth.jwt]
algorithm = "ES256"
key_field = "private_key"
issuer = "{account}"
lifetime_seconds = 3600

[[auth]]
id = "app"
label = "App with a key"
kind = "github_app"

[[auth.fields]]
key = "app_id"
label = "App id"
kind = "text"

[[auth.fields]]
key = "installation_id"
label = "Installation id"
kind = "path_segment"

[[auth.fields]]
key = "private_key"
label = "Private key"
kind = "secret_text"

[auth.jwt]
algorithm = "RS256"
key_field = "private_key"
issuer = "{app_id}"
lifetime_seconds = 540
exchange = "{server}/app/installations/{installation_id}/access_tokens"

[[auth]]
id = "login"
label = "Session"
kind = "session_token"

[[auth.fields]]
key = "username"
label = "User name"
kind = "text"

[[auth.fields]]
key = "password"
label = "Password"
kind = "secret"

[auth.session]
method = "POST"
url = "{server}/session"
body_format = "json"
body = { username = "{username}", password = "{password}" }
token = "/data/token"
expires_in = "/data/ttl"

[[auth]]
id = "open"
label = "Open to everybody"
kind = "none"

[auth.test]
url = "{server}/open"

[[fields]]
key = "server"
label = "Server"
kind = "url"
default = "SERVER"

[test]
url = "{server}/me"
account_id = "/id"
account_name = "/name"
"#;

fn begin(window: &Window<'_>, connector: &str, name: &str, way: &str) {
    begin_connection(window, connector);
    fill(window, "Name", name);
    choose(window, "Authentication", way);
}

fn paste(window: &Window<'_>, label: &str, text: &str) {
    window.find_beginning("textbox", label).paste(text);
}

fn every_way_of_one_connector_makes_a_connection() {
    let services = LocalApi::serving(token_services::start());
    let stage = Stage::new(KeychainAtStart::Unlocked, &[]);
    let window = stage.open();
    let definition = FOUR_WAYS.replace("SERVER", services.api.base());
    import_definition(&window, "local-services", &definition);
    window.screenshot("four-ways-preview");
    press(&window, "Save");
    window.wait_for_text("Saved the connector Local services");
    leave_connectors(&window);

    begin(&window, "Local services", "Robot", "Service account");
    fill(&window, "Account", "nobody@acme.example");
    paste(&window, "Private key", P256_KEY);
    press(&window, "Create");
    window.wait_for_text("account not found");
    window.screenshot("service-account-refused");
    fill(&window, "Account", SERVICE_ACCOUNT);
    press(&window, "Create");
    wait_for_row(&window, "Robot", "Connected");
    wait_for_row(&window, "Robot", "robot");

    begin(&window, "Local services", "App", "App with a key");
    fill(&window, "App id", APP);
    fill(&window, "Installation id", INSTALLATION);
    // A key that the service doesn't know the other half of is no key for this algorithm either.
    paste(&window, "Private key", P256_KEY);
    press(&window, "Create");
    window.find("button", "Create");
    assert!(
        !window.text().contains("Connected as"),
        "another kind of key makes no connection"
    );
    paste(&window, "Private key", RSA_KEY);
    press(&window, "Create");
    wait_for_row(&window, "App", "installation");

    begin(&window, "Local services", "Login", "Session");
    fill(&window, "User name", USER);
    fill(&window, "Password", "a wrong password");
    press(&window, "Create");
    window.find("button", "Save anyway");
    fill(&window, "Password", PASSWORD);
    press(&window, "Create");
    wait_for_row(&window, "Login", "session");

    begin(&window, "Local services", "Open", "Open to everybody");
    press(&window, "Create");
    wait_for_row(&window, "Open", "Connected");

    press(&window, "Test all");
    window.wait_for_text("Tested 4 connections. All of them work.");
    window.screenshot("four-ways");
    let asked = services.api.paths();
    let asked = |path: &str| asked.iter().filter(|seen| seen.as_str() == path).count();
    assert_eq!(
        asked("POST /token"),
        2,
        "a service account's token is good for a while: one refused try, one token"
    );
    assert_eq!(asked("POST /session"), 2, "so is a session's");
    assert_eq!(
        asked(&format!(
            "POST /app/installations/{INSTALLATION}/access_tokens"
        )),
        1,
        "and an installation's"
    );
    window.close();
}

fn client_credentials_make_a_connection_at_a_real_provider() {
    let provider = AuthorizationServer::start();
    provider.client(&json!({
        "client_id": "machine",
        "client_secret": "machine-secret-1",
        "grant_types": ["client_credentials"],
        "response_types": [],
        "redirect_uris": [],
        "token_endpoint_auth_method": "client_secret_basic",
    }));
    let stage = Stage::new(KeychainAtStart::Unlocked, &[]);
    let window = stage.open();
    begin(&window, CONNECTOR, "Nightly job", "Client credentials");
    fill(
        &window,
        "Token endpoint",
        &format!("{}/token", provider.issuer()),
    );
    fill(&window, "Client ID", "machine");
    fill(&window, "Client secret", "not the secret");
    press(&window, "Create");
    window.wait_for_text("invalid_client");
    window.screenshot("client-credentials-refused");
    assert!(
        provider.live("ClientCredentials").is_empty(),
        "a wrong secret gets no token"
    );
    fill(&window, "Client secret", "machine-secret-1");
    press(&window, "Create");
    wait_for_row(&window, "Nightly job", "Connected");
    assert_eq!(
        provider.live("ClientCredentials").len(),
        1,
        "one token was asked for"
    );
    row_action(&window, "Test", "Nightly job");
    window.wait_for_text("Nightly job works.");
    window.close();
}

/// AWS's own hosts can't be bent, but a connector of one's own may name this machine.
const KEY_PAIR: &str = r#"
name = "Local AWS"
category = "custom"

[docs]
api = "https://docs.aws.amazon.com"

[[auth]]
id = "access_key"
label = "Access key"
kind = "aws_key_pair"
aws = { service = "sts", region = "us-east-1" }

[[auth.fields]]
key = "access_key_id"
label = "Access key id"
kind = "text"

[[auth.fields]]
key = "secret_access_key"
label = "Secret access key"
kind = "secret"

[[fields]]
key = "server"
label = "Server"
kind = "url"
default = "SERVER"

[test]
method = "POST"
url = "{server}/"
form = "Action=GetCallerIdentity&Version=2011-06-15"
account_id = "Arn"
account_name = "Arn"
"#;

fn an_access_key_pair_signs_its_test() {
    let aws = Aws::start();
    let stage = Stage::new(KeychainAtStart::Unlocked, &[]);
    let window = stage.open();
    import_definition(
        &window,
        "local-aws",
        &KEY_PAIR.replace("SERVER", aws.address()),
    );
    press(&window, "Save");
    window.wait_for_text("Saved the connector Local AWS");
    leave_connectors(&window);
    begin_connection(&window, "Local AWS");
    fill(&window, "Name", "Archive");
    fill(&window, "Access key id", &aws.access_key_id);
    fill(&window, "Secret access key", "not/the/secret");
    press(&window, "Create");
    window.find("button", "Save anyway");
    window.screenshot("key-pair-refused");
    fill(&window, "Secret access key", &aws.secret_access_key);
    press(&window, "Create");
    wait_for_row(&window, "Archive", "Connected");
    wait_for_row(&window, "Archive", "user/automation");
    window.close();
}

const ROTATING: &str = r#"
name = "Rotating sign-in"
category = "custom"

[docs]
oauth = "https://datatracker.ietf.org/doc/html/rfc6749"

[[auth]]
id = "oauth"
label = "OAuth 2.0"
kind = "authorization_code"

[auth.oauth]
issuer = "{issuer}"
discovery = true
client_auth = ["none"]
redirect = [{ kind = "deep_link" }]
refresh = { rotates = true, grace_seconds = 90 }
account = { source = "id_token", id = "/sub", name = "/preferred_username" }

[[scopes]]
value = "openid"
description = "Sign you in"
required = true
default = true

[[scopes]]
value = "profile"
description = "See your name"
default = true

[[fields]]
key = "issuer"
label = "Issuer"
kind = "url"
default = "SERVER"

[test]
url = "{issuer}/me"
account_id = "/sub"
"#;

fn a_renewal_rotates_the_refresh_token_and_says_how_long_the_old_one_is_taken() {
    let provider = AuthorizationServer::start();
    provider.public_client("rotating", &["dev.patchbay.desktop:/callback/rotating"]);
    let stage = Stage::new(KeychainAtStart::Unlocked, &[provider.issuer()]);
    let window = stage.open();
    import_definition(
        &window,
        "rotating",
        &ROTATING.replace("SERVER", provider.issuer()),
    );
    press(&window, "Save");
    window.wait_for_text("Saved the connector Rotating sign-in");
    leave_connectors(&window);
    begin_connection(&window, "Rotating sign-in");
    fill(&window, "Name", "Mail");
    choose(&window, "Registration", "New registration…");
    fill(&window, "Client ID", "rotating");
    press(&window, "Create");
    stage
        .browser
        .sign_in(provider.issuer(), "alice", "any", Decision::Allow);
    wait_for_row(&window, "Mail", "Connected");
    let first = provider.live("RefreshToken");
    assert_eq!(first.len(), 1, "there is something to renew with");
    provider.expire_access_tokens();
    row_action(&window, "Test", "Mail");
    window.wait_for_text("Mail works.");
    let second = provider.live("RefreshToken");
    assert_eq!(second.len(), 1, "one refresh token is good");
    assert_ne!(
        first[0]["id"], second[0]["id"],
        "and it is another one than before"
    );
    window.find_beginning("row", "Mail").click();
    window.wait_for_text("Each renewal brings a new refresh token.");
    window.wait_for_text("The one before is taken for 1 min 30 s more.");
    window.screenshot("rotation");
    window.close();
}
