//! Values and accounts that a token answer names: checked before they are kept.

use patchbay_core::connector::{AccountFromToken, Capture, CaptureSource, FieldKind, OAuth};
use patchbay_core::oauth::{TokenAnswer, TokenFailure};
use patchbay_tests::evil_as::{Case, EvilAs, Reply};

async fn answer_for(oauth: OAuth, reply: Reply) -> Result<TokenAnswer, TokenFailure> {
    let server = EvilAs::always(reply).await;
    let mut case = Case::at(&server);
    case.oauth = oauth;
    case.exchange().await
}

fn with(members: &str) -> Reply {
    Reply::json(
        200,
        &format!(r#"{{"access_token":"at","token_type":"Bearer"{members}}}"#),
    )
}

#[tokio::test]
async fn a_capture_may_name_only_listed_hosts() {
    let oauth = OAuth {
        capture: vec![Capture {
            from: CaptureSource::Token,
            at: "/instance_url".to_owned(),
            field: "instance_url".to_owned(),
            kind: FieldKind::Url,
            required: true,
            hosts: vec!["*.example.com".to_owned(), "api.example.org".to_owned()],
        }],
        ..OAuth::default()
    };
    for (value, good) in [
        ("https://acme.example.com", true),
        ("https://a.b.example.com/", true),
        ("https://api.example.org", true),
        ("https://example.com", false),
        ("https://evil-example.com", false),
        ("https://acme.example.com.evil.net", false),
        ("https://acme.example.com@evil.net", false),
        ("https://acme.example.com:8443", false),
        ("http://acme.example.com", false),
        ("javascript:alert(1)", false),
        ("", false),
    ] {
        let reply = with(&format!(r#","instance_url":"{value}""#));
        let outcome = answer_for(oauth.clone(), reply).await;
        assert_eq!(outcome.is_ok(), good, "{value}");
        if let Ok(answer) = outcome {
            assert_eq!(answer.captures[0].value, value);
            assert_eq!(answer.captures[0].field, "instance_url");
        }
    }
}

#[tokio::test]
async fn an_optional_capture_may_be_missing_and_numbers_become_text() {
    let capture = |at: &str| Capture {
        from: CaptureSource::Token,
        at: at.to_owned(),
        field: "id".to_owned(),
        kind: FieldKind::PathSegment,
        required: false,
        hosts: Vec::new(),
    };
    let oauth = |at| OAuth {
        capture: vec![capture(at)],
        ..OAuth::default()
    };
    let reply = || with(r#","team":{"id":42},"bad":"../x""#);
    let found = answer_for(oauth("/team/id"), reply()).await.unwrap();
    assert_eq!(found.captures[0].value, "42");
    let missing = answer_for(oauth("/none"), reply()).await.unwrap();
    assert!(missing.captures.is_empty());
    assert!(
        answer_for(oauth("/bad"), reply()).await.is_err(),
        "it would leave its place"
    );
}

#[tokio::test]
async fn the_account_is_read_from_where_the_definition_says() {
    let oauth = OAuth {
        account: Some(AccountFromToken {
            id: "/owner/id".to_owned(),
            name: Some("/owner/name".to_owned()),
            ..AccountFromToken::default()
        }),
        ..OAuth::default()
    };
    let reply = with(r#","owner":{"id":7,"name":"Acme\u202e\u0007 Ltd"}"#);
    let account = answer_for(oauth.clone(), reply)
        .await
        .unwrap()
        .account
        .unwrap();
    assert_eq!(account.id, "7");
    assert_eq!(
        account.name.as_deref(),
        Some("Acme Ltd"),
        "shown as inert text"
    );
    assert!(answer_for(oauth, with("")).await.unwrap().account.is_none());
}
