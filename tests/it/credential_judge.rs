//! What an answer to a test request means, told apart by rules. The answers have the shapes providers document.

mod no_answer;
mod providers;

use patchbay_core::Timestamp;
use patchbay_core::connector::{AuthKind, FieldKind, Quirk, TestRequest};
use patchbay_core::credential::{Asked, TestOutcome, TestVerdict, Values, judge};
use patchbay_core::http::{HttpError, Response};

const NOW: Timestamp = Timestamp(1_790_000_000_000);

fn answer(status: u16, headers: &[(&str, &str)], body: &str) -> Result<Response, HttpError> {
    Ok(Response {
        status,
        headers: headers
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect(),
        body: body.as_bytes().to_vec().into(),
    })
}

fn test(toml: &str) -> TestRequest {
    toml::from_str(&format!("url = \"https://api.example.com/me\"\n{toml}"))
        .expect("the test is well formed")
}

fn judged(
    kind: AuthKind,
    test: &TestRequest,
    quirks: &[Quirk],
    answer: &Result<Response, HttpError>,
) -> TestOutcome {
    let mut values = Values::default();
    values.insert("api_key", FieldKind::Secret, "sk-canary-1");
    values.insert("region", FieldKind::Choice, "us-east-1");
    let asked = Asked {
        test,
        kind,
        quirks,
        values: &values,
        host_field: None,
        now: NOW,
    };
    judge(&asked, answer)
}

fn verdict(kind: AuthKind, status: u16, body: &str) -> TestVerdict {
    judged(kind, &test(""), &[], &answer(status, &[], body)).verdict
}

use AuthKind::{ApiKey, AuthorizationCode, AwsKeyPair, Basic, Bearer, ClientCredentials};
use TestVerdict::{BadSecret, MissingScope, Ok as Good, ProviderDown, Revoked};

#[test]
fn a_good_answer_names_the_account() {
    let github =
        test("account_id = \"/id\"\naccount_name = \"/login\"\nscopes_header = \"X-OAuth-Scopes\"");
    let outcome = judged(
        AuthorizationCode,
        &github,
        &[],
        &answer(
            200,
            &[("x-oauth-scopes", "repo, read:org")],
            r#"{"id":42,"login":"octo"}"#,
        ),
    );
    assert_eq!(outcome.verdict, Good);
    let account = outcome.account.clone().expect("the answer names it");
    assert_eq!(
        (account.id.as_str(), account.name.as_deref()),
        ("42", Some("octo")),
        "a number is an id too"
    );
    assert_eq!(
        outcome.scopes,
        Some(vec!["repo".to_owned(), "read:org".to_owned()])
    );
    assert_eq!(
        outcome.describe("GitHub", AuthorizationCode).0,
        "GitHub works, connected as octo"
    );

    let sts = test("account_id = \"Arn\"");
    let xml = "<GetCallerIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><GetCallerIdentityResult><Arn>arn:aws:iam::1:user/bot</Arn></GetCallerIdentityResult></GetCallerIdentityResponse>";
    let outcome = judged(
        AwsKeyPair,
        &sts,
        &[],
        &answer(200, &[("content-type", "text/xml")], xml),
    );
    assert_eq!(
        outcome.account.map(|account| account.id).as_deref(),
        Some("arn:aws:iam::1:user/bot")
    );

    assert_eq!(verdict(ApiKey, 204, ""), Good, "nothing to say is fine");
    assert_eq!(
        judged(
            ApiKey,
            &test("expect = [404]"),
            &[],
            &answer(404, &[], "{}")
        )
        .verdict,
        Good
    );
}

#[test]
fn a_401_is_a_lost_sign_in_for_tokens_and_a_wrong_secret_for_keys() {
    let body = r#"{"message":"Bad credentials","documentation_url":"https://docs.example.com"}"#;
    for (kind, expected) in [
        (AuthorizationCode, Revoked),
        (ClientCredentials, Revoked),
        (ApiKey, BadSecret),
        (Bearer, BadSecret),
        (Basic, BadSecret),
    ] {
        assert_eq!(verdict(kind, 401, body), expected, "{kind:?}");
        assert_eq!(verdict(kind, 401, ""), expected, "{kind:?} without a word");
        assert_eq!(
            verdict(kind, 401, "<html><body>Sign in</body></html>"),
            expected,
            "{kind:?} with a page"
        );
    }
}

#[test]
fn an_error_in_a_200_is_an_error_where_the_definition_says_so() {
    let body = r#"{"error":"bad_credentials"}"#;
    assert_eq!(
        judged(
            Bearer,
            &test(""),
            &[Quirk::ErrorIn200],
            &answer(200, &[], body)
        )
        .verdict,
        BadSecret
    );
    let graph = test("error = \"/errors\"");
    assert_eq!(
        judged(
            Bearer,
            &graph,
            &[],
            &answer(200, &[], r#"{"errors":[{"message":"Not authenticated"}]}"#)
        )
        .verdict,
        BadSecret
    );
    assert_eq!(
        judged(
            Bearer,
            &graph,
            &[],
            &answer(200, &[], r#"{"errors":[],"data":{}}"#)
        )
        .verdict,
        Good
    );
    assert_eq!(verdict(Bearer, 200, r#"{"error":null,"id":1}"#), Good);
}

#[test]
fn a_challenge_names_the_missing_scope() {
    let outcome = judged(
        AuthorizationCode,
        &test(""),
        &[],
        &answer(
            403,
            &[(
                "www-authenticate",
                r#"Bearer error="insufficient_scope", scope="mail.read mail.send""#,
            )],
            "",
        ),
    );
    assert_eq!(outcome.verdict, MissingScope);
    assert_eq!(
        outcome.missing_scope.as_deref(),
        Some("mail.read mail.send")
    );
    let error = outcome
        .to_error("Mail", AuthorizationCode)
        .expect("not good");
    assert!(
        error.message.contains("mail.read mail.send"),
        "{}",
        error.message
    );
    assert!(error.hint.is_some_and(|hint| hint.contains("reauthorize")));
    let expired = answer(
        401,
        &[(
            "www-authenticate",
            r#"Bearer realm="x", error="invalid_token", error_description="expired""#,
        )],
        "",
    );
    assert_eq!(
        judged(AuthorizationCode, &test(""), &[], &expired).verdict,
        Revoked
    );
    assert_eq!(judged(Bearer, &test(""), &[], &expired).verdict, BadSecret);
}

#[test]
fn a_busy_provider_says_when_to_come_back() {
    let after = |status, headers: &[(&str, &str)]| {
        let outcome = judged(ApiKey, &test(""), &[], &answer(status, headers, ""));
        assert_eq!(outcome.verdict, ProviderDown, "{status}");
        outcome.retry_after_seconds
    };
    assert_eq!(after(429, &[("retry-after", "120")]), Some(120));
    assert_eq!(
        after(503, &[("retry-after", "1e30")]),
        Some(86_400),
        "at most a day"
    );
    assert_eq!(after(503, &[("retry-after", "-5")]), Some(0));
    assert_eq!(after(503, &[("retry-after", "soon")]), None);
    assert_eq!(after(503, &[("retry-after", "NaN")]), None);
    assert_eq!(after(500, &[]), None);
    assert_eq!(
        after(
            403,
            &[
                ("x-ratelimit-remaining", "0"),
                ("x-ratelimit-reset", "1790000300")
            ]
        ),
        Some(300)
    );
    assert_eq!(after(502, &[]), None);
}
