//! What isn't an answer of the API: pages, redirects, silence, echoes and hostile bytes.

use patchbay_core::connector::{AuthKind, Quirk};
use patchbay_core::credential::{Asked, TestVerdict, Values, judge};
use patchbay_core::http::{HttpError, Response};

use super::{NOW, answer, judged, test, verdict};

use AuthKind::{ApiKey, AwsKeyPair, Bearer};
use TestVerdict::{Network, Unexpected, WrongSettings};

#[test]
fn a_page_or_a_missing_path_is_a_wrong_setting() {
    for (status, body) in [
        (404, r#"{"message":"Not Found"}"#),
        (404, "<html></html>"),
        (200, "<!DOCTYPE html><html>Welcome</html>"),
        (405, ""),
        (400, "<html>Bad Request</html>"),
    ] {
        assert_eq!(
            verdict(ApiKey, status, body),
            WrongSettings,
            "{status} {body}"
        );
    }
    assert_eq!(
        verdict(ApiKey, 403, "<html>Attention required</html>"),
        Unexpected,
        "a firewall isn't the API"
    );
    let account = test("account_id = \"/id\"");
    assert_eq!(
        judged(ApiKey, &account, &[], &answer(200, &[], "pong")).verdict,
        Unexpected
    );
}

#[test]
fn a_redirect_is_an_answer_and_its_host_is_named() {
    let values = Values::default();
    let request = test("");
    let moved = answer(
        302,
        &[("location", "https://login.example.org/?next=secret")],
        "",
    );
    let asked = |host_field| Asked {
        test: &request,
        kind: Bearer,
        quirks: &[],
        values: &values,
        host_field,
        now: NOW,
    };
    let typed = judge(&asked(Some("domain")), &moved);
    assert_eq!(
        (typed.verdict, typed.field.as_deref()),
        (WrongSettings, Some("domain"))
    );
    assert_eq!(
        typed.detail.as_deref(),
        Some("it sends to login.example.org, which wasn't followed")
    );
    assert_eq!(judge(&asked(None), &moved).verdict, Unexpected);
}

#[test]
fn no_answer_is_the_network_unless_the_host_was_typed() {
    let values = Values::default();
    let request = test("");
    let asked = |host_field| Asked {
        test: &request,
        kind: Bearer,
        quirks: &[],
        values: &values,
        host_field,
        now: NOW,
    };
    let name = || "acme.example.com".to_owned();
    for error in [
        HttpError::Refused(name()),
        HttpError::Tls(name(), "expired certificate".into()),
        HttpError::Timeout(name()),
        HttpError::Broken(name()),
        HttpError::Dns(name()),
    ] {
        let outcome = judge(&asked(None), &Err(error));
        assert_eq!(outcome.verdict, Network);
        assert!(
            outcome
                .describe("Acme", Bearer)
                .0
                .contains("acme.example.com"),
            "the host is named"
        );
    }
    let typed = judge(&asked(Some("domain")), &Err(HttpError::Dns(name())));
    assert_eq!(
        (typed.verdict, typed.field.as_deref()),
        (WrongSettings, Some("domain"))
    );
    assert_eq!(
        judge(&asked(None), &Err(HttpError::TooLarge(name(), 1))).verdict,
        Unexpected
    );
}

#[test]
fn what_was_sent_is_never_shown_back() {
    let told = judged(
        ApiKey,
        &test(""),
        &[],
        &answer(
            401,
            &[],
            r#"{"error":"invalid_api_key","message":"Incorrect API key provided: sk-canary-1. \u202eevil"}"#,
        ),
    );
    let shown = told
        .provider_error
        .clone()
        .expect("the provider said something");
    assert_eq!(
        shown,
        "invalid_api_key: Incorrect API key provided: •••. evil"
    );
    let echo = judged(
        ApiKey,
        &test("account_id = \"/key\""),
        &[],
        &answer(200, &[], r#"{"key":"sk-canary-1"}"#),
    );
    assert!(!format!("{told:?} {echo:?}").contains("canary"));
    let long = format!(r#"{{"message":"{}sk-canary-1"}}"#, "x".repeat(293));
    let cut = judged(ApiKey, &test(""), &[], &answer(401, &[], &long));
    assert!(
        !format!("{cut:?}").contains("sk-"),
        "cutting doesn't leave a part of it"
    );
}

#[test]
fn hostile_answers_are_judged_without_a_panic() {
    let bodies: Vec<Vec<u8>> = vec![
        vec![0xff, 0xfe, 0x00],
        b"<".to_vec(),
        b"<a".to_vec(),
        b"<Code>".to_vec(),
        "ä".repeat(150).into_bytes(),
        "[".repeat(100_000).into_bytes(),
        b"{\"error\":{\"error\":[[[]]]}}".to_vec(),
        b"null".to_vec(),
        b"\"\"".to_vec(),
    ];
    for body in bodies {
        for status in [100, 200, 301, 400, 401, 403, 404, 418, 500, 999] {
            let response = Response {
                status,
                headers: vec![("www-authenticate".into(), "Bearer \"".into())],
                body: body.clone().into(),
            };
            let outcome = judged(
                AwsKeyPair,
                &test("ok = \"/ok\"\naccount_id = \"/a/b\""),
                &[Quirk::ErrorIn200],
                &Ok(response),
            );
            assert_ne!(outcome.describe("X", AwsKeyPair).0, "");
        }
    }
}
