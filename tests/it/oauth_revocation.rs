//! Ending a grant at the provider.

use patchbay_core::connector::RevocationStyle;
use patchbay_core::oauth::FailureKind;
use patchbay_core::oauth::revocation::{RevocationOutcome, revoke};
use patchbay_core::vault::Secret;
use patchbay_tests::evil_as::case::CLIENT_SECRET;
use patchbay_tests::evil_as::{Case, EvilAs, Reply};

const ACCESS: &str = "canary-access";
const REFRESH: &str = "canary-refresh";

async fn revoked(case: &Case) -> RevocationOutcome {
    let (access, refresh) = (Secret::new(ACCESS), Secret::new(REFRESH));
    revoke(
        &case.outside(),
        &case.provider(),
        Some(&access),
        Some(&refresh),
    )
    .await
}

fn styled(server: &EvilAs, style: RevocationStyle) -> Case {
    let mut case = Case::at(server);
    case.endpoints.revocation_style = style;
    case
}

#[tokio::test]
async fn the_refresh_token_is_revoked_before_the_access_token_by_the_authenticated_client() {
    let server = EvilAs::always(Reply::status(200)).await;
    assert_eq!(
        revoked(&Case::at(&server)).await,
        RevocationOutcome::Revoked
    );
    let sent: Vec<_> = server
        .received()
        .iter()
        .map(|request| {
            assert_eq!(request.target, "/revoke");
            assert_eq!(
                request.parameter("client_secret").as_deref(),
                Some(CLIENT_SECRET)
            );
            (
                request.parameter("token"),
                request.parameter("token_type_hint"),
            )
        })
        .collect();
    let pair = |token: &str, hint: &str| (Some(token.to_owned()), Some(hint.to_owned()));
    assert_eq!(
        sent,
        [pair(REFRESH, "refresh_token"), pair(ACCESS, "access_token")]
    );
}

#[tokio::test]
async fn a_server_that_fails_leaves_the_tokens_alive() {
    for (reply, kind) in [
        (
            Reply::status(503),
            FailureKind::Temporarily { retry_after: None },
        ),
        (
            Reply::json(401, r#"{"error":"invalid_client"}"#),
            FailureKind::InvalidClient,
        ),
        (Reply::status(404), FailureKind::NotAnEndpoint(404)),
        (
            Reply::status(307).header("location", "https://evil.example/"),
            FailureKind::NotAnEndpoint(307),
        ),
    ] {
        let server = EvilAs::always(reply).await;
        let RevocationOutcome::Failed(failure) = revoked(&Case::at(&server)).await else {
            panic!("nothing was revoked: {kind:?}");
        };
        assert_eq!(failure.kind, kind);
        assert_eq!(server.received().len(), 1, "the first failure ends it");
    }
}

#[tokio::test]
async fn a_server_that_revokes_only_refresh_tokens_has_revoked() {
    let server = EvilAs::start(
        |request| match request.parameter("token_type_hint").as_deref() {
            Some("refresh_token") => Reply::status(200),
            _ => Reply::json(400, r#"{"error":"unsupported_token_type"}"#),
        },
    )
    .await;
    assert_eq!(
        revoked(&Case::at(&server)).await,
        RevocationOutcome::Revoked
    );
}

#[tokio::test]
async fn a_provider_without_an_endpoint_is_told_apart() {
    let server = EvilAs::canary().await;
    let mut case = Case::at(&server);
    case.endpoints.revocation = None;
    assert_eq!(revoked(&case).await, RevocationOutcome::NoEndpoint);
    assert_eq!(server.connections(), 0);
}

#[tokio::test]
async fn google_takes_the_token_alone_and_calls_a_dead_one_invalid() {
    for reply in [
        Reply::status(200),
        Reply::json(400, r#"{"error":"invalid_token"}"#),
    ] {
        let server = EvilAs::always(reply).await;
        let case = styled(&server, RevocationStyle::TokenOnly);
        assert_eq!(revoked(&case).await, RevocationOutcome::Revoked);
        let request = server.only();
        assert_eq!(request.form(), [("token".to_owned(), REFRESH.to_owned())]);
        assert_eq!(request.header("authorization"), None);
    }
    let server = EvilAs::always(Reply::json(400, r#"{"error":"invalid_request"}"#)).await;
    let outcome = revoked(&styled(&server, RevocationStyle::TokenOnly)).await;
    assert!(
        matches!(outcome, RevocationOutcome::Failed(_)),
        "{outcome:?}"
    );
}

#[tokio::test]
async fn slack_is_shown_the_token_itself() {
    for (reply, good) in [
        (Reply::json(200, r#"{"ok":true,"revoked":true}"#), true),
        (
            Reply::json(200, r#"{"ok":false,"error":"token_revoked"}"#),
            true,
        ),
        (Reply::status(401), true),
        (
            Reply::json(200, r#"{"ok":false,"error":"fatal_error"}"#),
            false,
        ),
        (Reply::status(500), false),
    ] {
        let server = EvilAs::always(reply).await;
        let outcome = revoked(&styled(&server, RevocationStyle::Bearer)).await;
        assert_eq!(outcome == RevocationOutcome::Revoked, good, "{outcome:?}");
        let request = server.only();
        assert_eq!(
            request.header("authorization"),
            Some("Bearer canary-access")
        );
        assert!(request.body.is_empty());
    }
}

#[tokio::test]
async fn github_deletes_the_grant_for_the_authenticated_app() {
    for (status, good) in [
        (204, true),
        (404, true),
        (422, true),
        (401, false),
        (502, false),
    ] {
        let server = EvilAs::always(Reply::status(status)).await;
        let outcome = revoked(&styled(&server, RevocationStyle::GithubGrant)).await;
        assert_eq!(
            outcome == RevocationOutcome::Revoked,
            good,
            "{status}: {outcome:?}"
        );
        let request = server.only();
        assert_eq!(request.method, "DELETE");
        assert!(
            request
                .header("authorization")
                .unwrap()
                .starts_with("Basic ")
        );
        let body: serde_json::Value = serde_json::from_slice(&request.body).unwrap();
        assert_eq!(body["access_token"], ACCESS);
    }
}
