//! Connectors from an issuer and from an MCP server, and trying one before it is saved.

use std::collections::BTreeMap;
use std::net::IpAddr;

use patchbay_core::connector::custom::{Draft, from_issuer, from_mcp, try_it};
use patchbay_core::connector::template::Values;
use patchbay_core::connector::{AuthKind, Catalogue, ClientAuth, Redirect};
use patchbay_core::credential::TestVerdict;
use patchbay_core::error::Result;
use patchbay_core::http::{BoxFuture, ReqwestHttp};
use patchbay_core::oauth::reach::Resolver;
use patchbay_core::{Code, Timestamp};
use patchbay_tests::local_api::{self, GOOD};
use patchbay_tests::scripted::{Answer, Scripted, Seen};
use serde_json::{Value, json};

struct NoNames;

impl Resolver for NoNames {
    fn addresses<'a>(&'a self, _: &'a str) -> BoxFuture<'a, Vec<IpAddr>> {
        Box::pin(async { Vec::new() })
    }
}

fn metadata(base: &str) -> Value {
    json!({
        "issuer": base,
        "authorization_endpoint": format!("{base}/authorize"),
        "token_endpoint": format!("{base}/token"),
        "revocation_endpoint": format!("{base}/revoke"),
        "device_authorization_endpoint": format!("{base}/device"),
        "registration_endpoint": format!("{base}/register"),
        "userinfo_endpoint": format!("{base}/me"),
        "jwks_uri": format!("{base}/keys"),
        "scopes_supported": ["openid", "offline_access", "mail.read", "mail.read", "not a scope"],
        "grant_types_supported": ["authorization_code", "refresh_token", "client_credentials", "urn:ietf:params:oauth:grant-type:device_code"],
        "token_endpoint_auth_methods_supported": ["client_secret_post", "none"],
        "code_challenge_methods_supported": ["S256"],
        "authorization_response_iss_parameter_supported": true,
    })
}

async fn issued(change: impl Fn(&mut Value) + Send + Sync + 'static) -> (Result<Draft>, Scripted) {
    let server = Scripted::start(move |seen| {
        let mut document = metadata(&seen.base);
        change(&mut document);
        Answer::json(200, &document)
    })
    .await;
    let draft = from_issuer(&ReqwestHttp::new(), &Catalogue::shipped(), server.base()).await;
    (draft, server)
}

#[tokio::test]
async fn an_issuer_becomes_a_connector_with_its_endpoints_written_down() {
    let (draft, server) = issued(|_| ()).await;
    let draft = draft.expect("it is sound");
    assert_eq!(draft.problems, [], "the same rules as the catalogue's hold");
    let made = &draft.connector;
    let kinds: Vec<AuthKind> = made.auth.iter().map(|method| method.kind).collect();
    assert_eq!(
        kinds,
        [
            AuthKind::AuthorizationCode,
            AuthKind::DeviceCode,
            AuthKind::ClientCredentials
        ]
    );
    let oauth = made.auth[0].oauth.as_ref().expect("it has one");
    assert!(
        !oauth.discovery,
        "metadata that changes later can't send tokens elsewhere"
    );
    assert!(oauth.iss_required);
    assert_eq!(oauth.client_auth, [ClientAuth::Post, ClientAuth::None]);
    assert_eq!(oauth.refresh.scopes, ["offline_access"]);
    let scopes: Vec<_> = made
        .scopes
        .iter()
        .map(|scope| (scope.value.as_str(), scope.default))
        .collect();
    assert_eq!(
        scopes,
        [
            ("openid", true),
            ("offline_access", true),
            ("mail.read", false)
        ],
        "each once, and only what can be sent"
    );
    assert_eq!(made.scopes[0].description, "Sign you in");
    let mut values = Values::default();
    for field in &made.fields {
        values.insert(
            &field.key,
            field.kind,
            field
                .default
                .clone()
                .expect("an address of this machine is its default"),
        );
    }
    let endpoints = patchbay_core::oauth::Endpoints::resolve(oauth, &made.quirks, &values)
        .expect("they resolve");
    assert_eq!(endpoints.issuer.as_deref(), Some(server.base()));
    assert_eq!(endpoints.token, Some(server.url("/token")));
}

#[tokio::test]
async fn an_issuer_without_what_we_can_use_is_refused() {
    let (draft, _server) = issued(|document| {
        document["grant_types_supported"] = json!(["implicit"]);
        document["device_authorization_endpoint"] = Value::Null;
    })
    .await;
    assert_eq!(draft.expect_err("implicit only").code, Code::Unsupported);
    let (draft, _server) = issued(|document| {
        document["userinfo_endpoint"] = Value::Null;
        document["scopes_supported"] = Value::Null;
        document["token_endpoint"] = "https://tokens.example.org/t".into();
    })
    .await;
    let draft = draft.expect("it is sound");
    assert_eq!(draft.problems, []);
    assert!(
        draft
            .warnings
            .iter()
            .any(|warning| warning.contains("tokens.example.org")),
        "{:?}",
        draft.warnings
    );
    assert!(
        draft
            .hosts
            .iter()
            .any(|used| used.host == "tokens.example.org" && used.purpose.contains("token"))
    );
    assert!(draft.connector.no_test_because.is_some());
}

/// An MCP server that is its own authorization server.
fn mcp(seen: &Seen) -> Answer {
    match seen.path.as_str() {
        "/mcp" if seen.header("authorization") == Some("Bearer good") => {
            Answer::new(200, "event: message\ndata: {}\n\n")
                .header("content-type", "text/event-stream")
        }
        "/mcp" => Answer::new(401, "").header("www-authenticate", r#"Bearer scope="notes.read""#),
        "/.well-known/oauth-protected-resource/mcp" => Answer::json(
            200,
            &json!({"resource": format!("{}/mcp", seen.base), "authorization_servers": [seen.base], "resource_name": "Notes"}),
        ),
        "/.well-known/oauth-authorization-server" => Answer::json(200, &metadata(&seen.base)),
        _ => Answer::new(404, ""),
    }
}

#[tokio::test]
async fn an_mcp_server_becomes_a_connector_bound_to_it() {
    let server = Scripted::start(mcp).await;
    let draft = from_mcp(
        &ReqwestHttp::new(),
        &NoNames,
        &Catalogue::shipped(),
        server.url("/mcp").as_str(),
    )
    .await
    .expect("it is sound");
    assert_eq!(draft.problems, []);
    assert_eq!(
        (draft.id.as_str(), draft.connector.name.as_str()),
        ("notes", "Notes")
    );
    let oauth = draft.connector.auth[0].oauth.as_ref().expect("it has one");
    assert_eq!(oauth.resource.as_deref(), Some("{server}"));
    let field = draft
        .connector
        .fields
        .iter()
        .find(|field| field.key == "server")
        .expect("an address of this machine is a field");
    assert_eq!(field.default.as_deref(), Some(server.url("/mcp").as_str()));
    assert!(
        oauth
            .redirect
            .iter()
            .all(|redirect| matches!(redirect, Redirect::Loopback { .. })),
        "no private scheme"
    );
    assert!(oauth.registration_endpoint.is_some());
    let scopes: Vec<_> = draft
        .connector
        .scopes
        .iter()
        .map(|scope| (scope.value.as_str(), scope.default))
        .collect();
    assert_eq!(
        scopes,
        [("notes.read", true)],
        "the challenge's, not everything the server knows"
    );

    let outcome = async |token: &str| {
        let typed = [("access_token".to_owned(), token.to_owned().into())].into();
        try_it(
            &ReqwestHttp::new(),
            &draft.connector,
            "oauth",
            &typed,
            Timestamp(0),
        )
        .await
    };
    assert_eq!(
        outcome("good").await.expect("it is sent").verdict,
        TestVerdict::Ok
    );
    assert_eq!(
        outcome("bad").await.expect("it is sent").verdict,
        TestVerdict::Revoked
    );
    assert_eq!(
        outcome("").await.expect_err("no token yet").code,
        Code::Unsupported
    );
}

#[tokio::test]
async fn an_mcp_server_must_be_guarded_well() {
    let outcome = async |script: fn(&Seen) -> Answer| {
        let server = Scripted::start(script).await;
        from_mcp(
            &ReqwestHttp::new(),
            &NoNames,
            &Catalogue::shipped(),
            server.url("/mcp").as_str(),
        )
        .await
        .expect_err("it can't be used")
        .code
    };
    let without_pkce = |seen: &Seen| match seen.path.as_str() {
        "/.well-known/oauth-authorization-server" => {
            let mut document = metadata(&seen.base);
            document["code_challenge_methods_supported"] = Value::Null;
            Answer::json(200, &document)
        }
        _ => mcp(seen),
    };
    assert_eq!(
        outcome(without_pkce).await,
        Code::Unsupported,
        "PKCE must be announced"
    );
    let other_issuer = |seen: &Seen| match seen.path.as_str() {
        "/.well-known/oauth-authorization-server" => {
            Answer::json(200, &metadata("https://id.example.org"))
        }
        _ => mcp(seen),
    };
    assert_eq!(outcome(other_issuer).await, Code::WrongSettings);
    let nowhere = |seen: &Seen| match seen.path.as_str() {
        "/.well-known/oauth-protected-resource/mcp" => Answer::json(
            200,
            &json!({"resource": format!("{}/mcp", seen.base), "authorization_servers": ["not an address"]}),
        ),
        _ => mcp(seen),
    };
    assert_eq!(outcome(nowhere).await, Code::WrongSettings);
    let error = from_mcp(
        &ReqwestHttp::new(),
        &NoNames,
        &Catalogue::shipped(),
        "notes",
    )
    .await
    .expect_err("no address");
    assert_eq!(error.field.as_deref(), Some("url"));
}

#[tokio::test]
async fn a_draft_is_tried_without_being_saved() {
    let server = local_api::start().await;
    let catalogue = Catalogue::shipped();
    let document = format!(
        "openapi: 3.0.0\ninfo: {{ title: Local, version: '1' }}\nservers: [{{ url: '{}' }}]\ncomponents: {{ securitySchemes: {{ k: {{ type: apiKey, in: header, name: X-Api-Key }} }} }}\npaths: {{ /header: {{ get: {{ operationId: whoami, responses: {{ '200': {{ content: {{ application/json: {{ schema: {{ type: object, properties: {{ id: {{ type: string }}, name: {{ type: string }} }} }} }} }} }} }} }} }} }}",
        server.base()
    );
    let draft = patchbay_core::connector::custom::from_openapi(&catalogue, &document, None)
        .expect("it is sound");
    assert_eq!(draft.problems, []);
    let tried = async |key: &str| {
        let typed: BTreeMap<_, _> = [("api_key".to_owned(), key.to_owned().into())].into();
        try_it(
            &ReqwestHttp::new(),
            &draft.connector,
            "k",
            &typed,
            Timestamp(0),
        )
        .await
    };
    let good = tried(GOOD).await.expect("it is sent");
    assert_eq!(
        good.account.map(|account| (account.id, account.name)),
        Some(("u-1".to_owned(), Some("Release Bot".to_owned())))
    );
    assert_eq!(
        tried("wrong").await.expect("it is sent").verdict,
        TestVerdict::BadSecret
    );
    assert_eq!(
        tried("")
            .await
            .expect_err("nothing to try with")
            .field
            .as_deref(),
        Some("api_key")
    );
    assert!(catalogue.get(&draft.id).is_none(), "nothing was saved");
}
