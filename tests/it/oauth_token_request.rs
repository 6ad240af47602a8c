//! What goes to the token endpoint, and where it never goes.

use patchbay_core::connector::{ClientAuth, FieldKind, Quirk, TokenBody};
use patchbay_core::oauth::{ClientIdentity, FailureKind, client_credentials, refresh_token};
use patchbay_core::vault::Secret;
use patchbay_tests::evil_as::case::{CLIENT_SECRET, CODE, REFRESH_TOKEN, VERIFIER};
use patchbay_tests::evil_as::{Case, EvilAs, Reply};

fn scopes(list: &[&str]) -> Vec<String> {
    list.iter().map(|scope| (*scope).to_owned()).collect()
}

#[tokio::test]
async fn the_code_goes_in_a_form_with_verifier_redirect_uri_and_client() {
    let server = EvilAs::always(Reply::token("at")).await;
    Case::at(&server).exchange().await.unwrap();
    let request = server.only();
    assert_eq!(
        (request.method.as_str(), request.target.as_str()),
        ("POST", "/token")
    );
    for (name, value) in [
        ("grant_type", "authorization_code"),
        ("code", CODE),
        ("code_verifier", VERIFIER),
        ("redirect_uri", "dev.patchbay.desktop:/callback/evil"),
        ("client_id", "client-1"),
        ("client_secret", CLIENT_SECRET),
    ] {
        assert_eq!(request.parameter(name).as_deref(), Some(value), "{name}");
    }
    assert_eq!(request.header("accept"), Some("application/json"));
    assert_eq!(request.header("accept-encoding"), Some("identity"));
    assert_eq!(request.header("authorization"), None, "one method only");
    assert_eq!(request.header("cookie"), None);
}

#[tokio::test]
async fn a_token_endpoint_over_plain_http_elsewhere_is_refused_before_anything_is_sent() {
    let mut case = Case::at(&EvilAs::canary().await);
    case.endpoints.token = Some("http://id.example.com/token".parse().unwrap());
    let failure = case
        .exchange()
        .await
        .expect_err("plain http is for this machine only");
    assert!(matches!(failure.kind, FailureKind::Ours(_)), "{failure:?}");
}

#[tokio::test]
async fn no_redirect_is_followed_with_the_code() {
    for status in [301, 302, 303, 307, 308] {
        let canary = EvilAs::canary().await;
        let elsewhere = canary.url("/token").to_string();
        let server = EvilAs::always(Reply::status(status).header("location", &elsewhere)).await;
        let failure = Case::at(&server)
            .exchange()
            .await
            .expect_err("a redirect is no answer");
        assert_eq!(failure.kind, FailureKind::NotAnEndpoint(status));
        assert_eq!(canary.connections(), 0, "{status} was followed");
    }
}

#[tokio::test]
async fn each_client_authentication_is_used_alone() {
    let secret = "a:%+/ä b";
    for auth in [ClientAuth::None, ClientAuth::Basic, ClientAuth::Post] {
        // The server refuses two methods at once, as RFC 6749 2.3 wants it.
        let server = EvilAs::start(|request| {
            let header = request.header("authorization").is_some();
            let body = request.parameter("client_secret").is_some();
            match header && body {
                true => Reply::json(400, r#"{"error":"invalid_request"}"#),
                false => Reply::token("at"),
            }
        })
        .await;
        let mut case = Case::at(&server);
        case.client = ClientIdentity::new("client:1", Some(Secret::new(secret)), auth);
        case.exchange().await.unwrap();
        let request = server.only();
        let basic = request.header("authorization").map(str::to_owned);
        let in_body = request.parameter("client_secret");
        match auth {
            ClientAuth::None => assert_eq!((basic, in_body), (None, None)),
            ClientAuth::Post => assert_eq!((basic, in_body.as_deref()), (None, Some(secret))),
            ClientAuth::Basic => {
                use base64::Engine as _;
                let basic = basic.expect("there is a header");
                let text = base64::engine::general_purpose::STANDARD
                    .decode(basic.strip_prefix("Basic ").unwrap())
                    .unwrap();
                // Form-encoded first (RFC 6749 2.3.1): a colon in the id can't move the border.
                assert_eq!(
                    String::from_utf8(text).unwrap(),
                    "client%3A1:a%3A%25%2B%2F%C3%A4+b"
                );
                assert_eq!(request.parameter("client_id"), None);
            }
            ClientAuth::PrivateKeyJwt => unreachable!("not in the list"),
        }
    }
}

#[tokio::test]
async fn a_registration_without_a_secret_is_a_public_client() {
    let server = EvilAs::always(Reply::token("at")).await;
    let mut case = Case::at(&server);
    case.client = ClientIdentity::new("client-1", None, ClientAuth::Basic);
    case.exchange().await.unwrap();
    let request = server.only();
    assert_eq!(request.header("authorization"), None);
    assert_eq!(request.parameter("client_id").as_deref(), Some("client-1"));
    assert_eq!(request.parameter("client_secret"), None);
}

#[tokio::test]
async fn a_provider_that_wants_json_gets_json() {
    let server = EvilAs::always(Reply::token("at")).await;
    let mut case = Case::at(&server);
    case.oauth.token_body = TokenBody::Json;
    case.exchange().await.unwrap();
    let request = server.only();
    assert_eq!(request.header("content-type"), Some("application/json"));
    let body: serde_json::Value = serde_json::from_slice(&request.body).unwrap();
    assert_eq!(body["code"], CODE);
    assert_eq!(body["client_secret"], CLIENT_SECRET);
}

#[tokio::test]
async fn parameters_and_resource_of_the_definition_are_sent_on_every_token_request() {
    let server = EvilAs::always(Reply::token("at")).await;
    let mut case = Case::at(&server);
    case.oauth.resource = Some("https://api.example.com/{tenant}".to_owned());
    case.oauth
        .token_params
        .insert("audience".to_owned(), "for-{tenant}".to_owned());
    case.values.insert("tenant", FieldKind::PathSegment, "acme");
    case.exchange().await.unwrap();
    let token = Secret::new(REFRESH_TOKEN);
    refresh_token::refresh(&case.outside(), &case.provider(), &token, &[])
        .await
        .unwrap();
    client_credentials::obtain(&case.outside(), &case.provider(), &[])
        .await
        .unwrap();
    for request in server.received() {
        assert_eq!(
            request.parameter("resource").as_deref(),
            Some("https://api.example.com/acme")
        );
        assert_eq!(request.parameter("audience").as_deref(), Some("for-acme"));
    }
    assert_eq!(server.received().len(), 3);
}

#[tokio::test]
async fn a_provider_with_a_client_key_gets_its_name_for_the_client_id() {
    let server = EvilAs::always(Reply::token("at")).await;
    let case = Case::at(&server).quirk(Quirk::ClientKeyParameter);
    case.exchange().await.unwrap();
    let request = server.only();
    assert_eq!(request.parameter("client_key").as_deref(), Some("client-1"));
    assert_eq!(request.parameter("client_id"), None);
}

#[tokio::test]
async fn client_credentials_ask_with_the_scopes_joined_as_the_provider_wants() {
    let server = EvilAs::always(Reply::token("at")).await;
    let mut case = Case::at(&server);
    case.oauth.scope_separator = patchbay_core::connector::Separator::Comma;
    client_credentials::obtain(&case.outside(), &case.provider(), &scopes(&["a", "b"]))
        .await
        .unwrap();
    let request = server.only();
    assert_eq!(
        request.parameter("grant_type").as_deref(),
        Some("client_credentials")
    );
    assert_eq!(request.parameter("scope").as_deref(), Some("a,b"));
}

#[tokio::test]
async fn a_refresh_goes_to_its_own_endpoint_and_repeats_scopes_only_where_wanted() {
    let server = EvilAs::always(Reply::token("at")).await;
    let mut case = Case::at(&server);
    case.endpoints.refresh = Some(server.url("/refresh"));
    let token = Secret::new(REFRESH_TOKEN);
    for send_scope in [false, true] {
        case.oauth.refresh.send_scope = send_scope;
        refresh_token::refresh(
            &case.outside(),
            &case.provider(),
            &token,
            &scopes(&["a", "b"]),
        )
        .await
        .unwrap();
    }
    let received = server.received();
    assert!(received.iter().all(|request| request.target == "/refresh"));
    assert_eq!(received[0].parameter("scope"), None);
    assert_eq!(received[1].parameter("scope").as_deref(), Some("a b"));
    assert_eq!(
        received[1].parameter("refresh_token").as_deref(),
        Some(REFRESH_TOKEN)
    );
}

#[tokio::test]
async fn a_refresh_without_a_new_refresh_token_keeps_the_old_one() {
    for (body, rotated) in [
        (r#"{"access_token":"a","token_type":"Bearer"}"#, None),
        (
            r#"{"access_token":"a","token_type":"Bearer","refresh_token":""}"#,
            None,
        ),
        (
            r#"{"access_token":"a","token_type":"Bearer","refresh_token":null}"#,
            None,
        ),
        (
            r#"{"access_token":"a","token_type":"Bearer","refresh_token":"new"}"#,
            Some("new"),
        ),
    ] {
        let server = EvilAs::always(Reply::json(200, body)).await;
        let case = Case::at(&server);
        let token = Secret::new(REFRESH_TOKEN);
        let answer = refresh_token::refresh(&case.outside(), &case.provider(), &token, &[])
            .await
            .unwrap();
        assert_eq!(
            answer.refresh_token.as_ref().map(Secret::expose),
            rotated,
            "{body}"
        );
    }
}
