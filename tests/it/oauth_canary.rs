//! No secret in anything that can be printed, whatever goes wrong.

use patchbay_core::Code;
use patchbay_core::http::HttpError;
use patchbay_core::oauth::authorization_code::{Wishes, begin};
use patchbay_core::oauth::jwt::key::SigningKey;
use patchbay_core::oauth::loopback::Listener;
use patchbay_core::oauth::{FailureKind, TokenFailure, callback, refresh_token};
use patchbay_core::random::SystemRandom;
use patchbay_core::vault::Secret;
use patchbay_tests::evil_as::case::{CLIENT_SECRET, CODE, REFRESH_TOKEN, VERIFIER, redirect_uri};
use patchbay_tests::evil_as::{Case, EvilAs, Reply};

/// Every secret a test's request or answer holds begins so.
const CANARY: &str = "canary-";

fn assert_clean(what: &str, text: &str) {
    assert!(!text.contains(CANARY), "{what} shows a secret: {text}");
}

fn assert_failure_clean(failure: TokenFailure) {
    assert_clean("the failure", &format!("{failure:?}"));
    let error = failure.into_error("release-bot", "Evil");
    assert_clean("the error", &format!("{error:?} {error}"));
    assert_clean(
        "the error on its way to the console",
        &serde_json::to_string(&error).unwrap(),
    );
}

#[tokio::test]
async fn a_provider_that_repeats_what_we_sent_is_not_repeated() {
    for (status, body) in [
        (
            400,
            format!(
                r#"{{"error":"invalid_grant","error_description":"code {CODE} of {CLIENT_SECRET} with {VERIFIER}"}}"#
            ),
        ),
        (400, format!(r#"{{"error":"{CODE}"}}"#)),
        (
            503,
            format!(r#"{{"error":"x","error_description":"{CLIENT_SECRET}"}}"#),
        ),
        (
            200,
            format!(r#"{{"access_token":"canary-answer","token_type":"{CODE}"}}"#),
        ),
        (200, r#"{"access_token":"canary-answer"#.to_owned()),
        (
            200,
            r#"{"access_token":"canary-\u0000answer","token_type":"Bearer"}"#.to_owned(),
        ),
        (500, "canary-in-a-body".to_owned()),
        (400, "canary-in-a-body".to_owned()),
    ] {
        let server = EvilAs::always(Reply::json(status, &body)).await;
        let failure = Case::at(&server)
            .exchange()
            .await
            .expect_err("none is good");
        assert_failure_clean(failure);
    }
}

#[tokio::test]
async fn failures_of_the_connection_name_no_secret() {
    for reply in [
        Reply::Raw(Vec::new()),
        Reply::Silence,
        Reply::Raw(b"canary-noise\r\n\r\n".to_vec()),
    ] {
        let server = EvilAs::always(reply).await;
        let case = Case::at(&server).impatient();
        assert_failure_clean(case.exchange().await.expect_err("no answer"));
        let token = Secret::new(REFRESH_TOKEN);
        let failure = refresh_token::refresh(&case.outside(), &case.provider(), &token, &[]).await;
        assert_failure_clean(failure.expect_err("no answer"));
    }
}

#[tokio::test]
async fn answers_print_no_token() {
    let server = EvilAs::always(Reply::json(
        200,
        r#"{"access_token":"canary-a","refresh_token":"canary-r","id_token":"canary-i","token_type":"Bearer"}"#,
    ))
    .await;
    let case = Case::at(&server);
    let answer = case.exchange().await.unwrap();
    assert!(answer.refresh_token.is_some() && answer.id_token.is_some());
    assert_clean("the answer", &format!("{answer:?}"));
    assert_clean("the client", &format!("{:?}", case.client));
}

#[tokio::test]
async fn attempts_callbacks_and_keys_print_no_secret() {
    let case = Case::with_token_endpoint("https://id.example.com/token".parse().unwrap());
    let scopes = ["openid".to_owned()];
    let request = begin(
        &case.provider(),
        &scopes,
        &redirect_uri(),
        &Wishes::default(),
        &SystemRandom,
    )
    .unwrap();
    let shown = format!("{request:?}");
    for secret in [
        &request.state,
        request.verifier.as_ref().unwrap(),
        request.nonce.as_ref().unwrap(),
    ] {
        assert!(!shown.contains(secret.expose()), "{shown}");
    }
    let address = "dev.patchbay.desktop:/callback/x?code=canary-c&state=canary-s&realmId=canary-r";
    assert_clean("the callback", &format!("{:?}", callback::parse(address)));
    let refused = callback::parse(&format!("{address}&code=canary-d"));
    let refused = refused.expect_err("a code twice");
    assert_clean("the refusal", &format!("{refused:?} {refused}"));

    let key = include_str!("../fixtures/keys/rsa.pkcs8.pem");
    let shown = format!(
        "{:?}",
        SigningKey::from_pem(&Secret::new(key), None).unwrap()
    );
    assert_eq!(shown, "SigningKey(RS256)");
    let listener = Listener::bind("x", Default::default(), &[]).await.unwrap();
    assert_clean("the listener", &format!("{listener:?}"));
}

#[test]
fn what_a_provider_said_is_inert_short_text() {
    let failure = |text: &str| {
        let mut failure = TokenFailure::new(FailureKind::InvalidGrant);
        failure.description = Some(text.to_owned());
        failure.into_error("release-bot", "Evil").provider_error
    };
    assert_eq!(failure("a\u{202e}b\u{7}c\nd").as_deref(), Some("abc d"));
    assert_eq!(
        failure(&"x".repeat(2000)).map(|text| text.chars().count()),
        Some(300)
    );
    assert_eq!(failure("\u{200b}"), None);
}

#[test]
fn every_failure_becomes_an_error_with_its_code_connection_and_way_out() {
    let host = || "id.example.com".to_owned();
    for (kind, code) in [
        (FailureKind::InvalidGrant, Code::Revoked),
        (FailureKind::InvalidClient, Code::BadRegistration),
        (FailureKind::BadSecret, Code::BadSecret),
        (FailureKind::InvalidScope, Code::MissingScope),
        (FailureKind::Denied, Code::Denied),
        (
            FailureKind::Temporarily { retry_after: None },
            Code::ProviderDown,
        ),
        (FailureKind::Network(HttpError::Dns(host())), Code::Network),
        (
            FailureKind::Uncertain(HttpError::Timeout(host())),
            Code::Network,
        ),
        (FailureKind::Malformed("it is empty"), Code::ProviderDown),
        (FailureKind::NotAnEndpoint(404), Code::WrongSettings),
        (FailureKind::Other, Code::WrongSettings),
    ] {
        let error = TokenFailure::new(kind.clone()).into_error("release-bot", "Evil");
        assert_eq!(error.code, code, "{kind:?}");
        assert!(error.message.contains("release-bot"), "{}", error.message);
        assert!(error.message.contains("Evil"), "{}", error.message);
        assert!(error.hint.is_some(), "{kind:?} says what to do");
    }
    let mut failure = TokenFailure::new(FailureKind::Other);
    failure.word = Some("redirect_uri_mismatch".to_owned());
    let error = failure.into_error("release-bot", "Evil");
    assert_eq!(error.code, Code::BadRegistration);
    assert_eq!(
        error.provider_error.as_deref(),
        Some("redirect_uri_mismatch")
    );
}
