//! Keys and passwords that buy a token of limited life.

use std::collections::BTreeMap;

use patchbay_core::connector::{Basic, FieldKind, RequestMethod, SessionExchange, TokenBody};
use patchbay_core::oauth::session_token::obtain;
use patchbay_core::oauth::{FailureKind, TokenAnswer, TokenFailure};
use patchbay_tests::evil_as::{Case, EvilAs, Reply};

fn map(entries: &[(&str, &str)]) -> BTreeMap<String, String> {
    entries
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect()
}

fn exchange(server: &EvilAs) -> SessionExchange {
    SessionExchange {
        method: RequestMethod::Post,
        url: format!("{}{{tenant}}/login", server.url("/")),
        headers: map(&[("x-tenant", "{tenant}")]),
        basic: None,
        body_format: TokenBody::Json,
        body: map(&[("user", "{username}"), ("password", "{password}")]),
        token: "/data/token".to_owned(),
        expires_in: Some("/data/ttl".to_owned()),
        lifetime_seconds: Some(600),
    }
}

async fn obtained(
    server: &EvilAs,
    exchange: &SessionExchange,
) -> Result<TokenAnswer, TokenFailure> {
    let mut case = Case::at(server);
    case.values.insert("tenant", FieldKind::PathSegment, "acme");
    case.values.insert("username", FieldKind::Text, "änn");
    case.values
        .insert("password", FieldKind::Secret, "canary-password");
    obtain(&case.outside(), exchange, &case.values).await
}

#[tokio::test]
async fn fields_are_exchanged_for_a_token_as_the_definition_says() {
    let server = EvilAs::always(Reply::json(200, r#"{"data":{"token":"st","ttl":"1200"}}"#)).await;
    let answer = obtained(&server, &exchange(&server)).await.unwrap();
    assert_eq!(answer.access_token.expose(), "st");
    assert_eq!(answer.expires_in, Some(1200));
    assert!(answer.refresh_token.is_none());
    let request = server.only();
    assert_eq!(
        (request.method.as_str(), request.target.as_str()),
        ("POST", "/acme/login")
    );
    assert_eq!(request.header("x-tenant"), Some("acme"));
    let body: serde_json::Value = serde_json::from_slice(&request.body).unwrap();
    assert_eq!(
        (&body["user"], &body["password"]),
        (&"änn".into(), &"canary-password".into())
    );
}

#[tokio::test]
async fn a_life_the_answer_does_not_tell_is_the_definitions() {
    let server = EvilAs::always(Reply::json(201, r#"{"data":{"token":"st"}}"#)).await;
    let answer = obtained(&server, &exchange(&server)).await.unwrap();
    assert_eq!(answer.expires_in, Some(600));
}

#[tokio::test]
async fn forms_and_basic_authentication_are_spoken_too() {
    use base64::Engine as _;
    let server = EvilAs::always(Reply::json(200, r#"{"data":{"token":"st"}}"#)).await;
    let mut exchange = exchange(&server);
    exchange.body_format = TokenBody::Form;
    exchange.body = map(&[("grant", "x y")]);
    exchange.basic = Some(Basic {
        username: "{username}".to_owned(),
        password: "{password}".to_owned(),
    });
    obtained(&server, &exchange).await.unwrap();
    let request = server.only();
    assert_eq!(request.parameter("grant").as_deref(), Some("x y"));
    let expected = base64::engine::general_purpose::STANDARD.encode("änn:canary-password");
    assert_eq!(
        request.header("authorization"),
        Some(format!("Basic {expected}").as_str())
    );
}

#[tokio::test]
async fn a_user_name_with_a_colon_is_refused_before_anything_is_sent() {
    let server = EvilAs::canary().await;
    let mut exchange = exchange(&server);
    exchange.basic = Some(Basic {
        username: "a:{username}".to_owned(),
        password: "{password}".to_owned(),
    });
    let failure = obtained(&server, &exchange).await.expect_err("RFC 7617 2");
    assert!(matches!(failure.kind, FailureKind::Ours(_)));
    assert_eq!(server.connections(), 0);
}

#[tokio::test]
async fn refusals_are_told_apart_and_repeat_no_password() {
    let said = r#"{"message":"canary-password isn't right"}"#;
    for (reply, kind) in [
        (Reply::json(401, said), FailureKind::BadSecret),
        (Reply::json(403, said), FailureKind::BadSecret),
        (Reply::json(404, said), FailureKind::NotAnEndpoint(404)),
        (
            Reply::json(500, said),
            FailureKind::Temporarily { retry_after: None },
        ),
        (Reply::json(418, said), FailureKind::Other),
    ] {
        let server = EvilAs::always(reply).await;
        let failure = obtained(&server, &exchange(&server))
            .await
            .expect_err("refused");
        assert_eq!(failure.kind, kind);
        assert_eq!(failure.description.as_deref(), Some("… isn't right"));
    }
    for body in [r#"{"data":{}}"#, r#"{"data":{"token":"a\nb"}}"#, "<html>"] {
        let server = EvilAs::always(Reply::json(200, body)).await;
        let failure = obtained(&server, &exchange(&server)).await.expect_err(body);
        assert!(matches!(failure.kind, FailureKind::Malformed(_)), "{body}");
    }
}
