//! What an answer to a test request means, told apart by rules. The answers have the shapes providers document.

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
use TestVerdict::{
    BadSecret, MissingScope, Network, Ok as Good, ProviderDown, Revoked, Unexpected, WrongSettings,
};

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
fn words_decide_before_the_status_does() {
    let table: &[(AuthKind, u16, &str, TestVerdict)] = &[
        // RFC 6750, in the body instead of the header.
        (
            AuthorizationCode,
            401,
            r#"{"error":"insufficient_scope","scope":"a"}"#,
            MissingScope,
        ),
        (
            AuthorizationCode,
            403,
            r#"{"error":"invalid_token","error_description":"revoked"}"#,
            Revoked,
        ),
        // Google.
        (
            AuthorizationCode,
            403,
            r#"{"error":{"code":403,"message":"Request had insufficient authentication scopes.","errors":[{"reason":"insufficientPermissions"}],"status":"PERMISSION_DENIED"}}"#,
            MissingScope,
        ),
        (
            AuthorizationCode,
            403,
            r#"{"error":{"code":403,"message":"Gmail API has not been used in project 1 before","errors":[{"reason":"accessNotConfigured"}],"status":"PERMISSION_DENIED"}}"#,
            WrongSettings,
        ),
        (
            AuthorizationCode,
            403,
            r#"{"error":{"code":403,"message":"x","errors":[{"reason":"rateLimitExceeded"}]}}"#,
            ProviderDown,
        ),
        (
            ApiKey,
            400,
            r#"{"error":{"code":400,"message":"API key not valid. Please pass a valid API key.","status":"INVALID_ARGUMENT","details":[{"reason":"API_KEY_INVALID"}]}}"#,
            BadSecret,
        ),
        // Microsoft.
        (
            AuthorizationCode,
            401,
            r#"{"error":{"code":"InvalidAuthenticationToken","message":"Lifetime validation failed"}}"#,
            Revoked,
        ),
        (
            AuthorizationCode,
            403,
            r#"{"error":{"code":"Authorization_RequestDenied","message":"Insufficient privileges to complete the operation."}}"#,
            MissingScope,
        ),
        // Salesforce answers in a list.
        (
            AuthorizationCode,
            401,
            r#"[{"message":"Session expired or invalid","errorCode":"INVALID_SESSION_ID"}]"#,
            Revoked,
        ),
        (
            AuthorizationCode,
            403,
            r#"[{"message":"The REST API is not enabled for this Organization.","errorCode":"API_DISABLED_FOR_ORG"}]"#,
            WrongSettings,
        ),
        // Okta.
        (
            ApiKey,
            401,
            r#"{"errorCode":"E0000011","errorSummary":"Invalid token provided"}"#,
            BadSecret,
        ),
        (
            ApiKey,
            403,
            r#"{"errorCode":"E0000006","errorSummary":"You do not have permission to perform the requested action"}"#,
            MissingScope,
        ),
        // GraphQL says it in a 400 or a 200.
        (
            ApiKey,
            400,
            r#"{"errors":[{"message":"Authentication required","extensions":{"code":"AUTHENTICATION_ERROR"}}]}"#,
            BadSecret,
        ),
        // A key in a 403, by a sentence only.
        (
            ApiKey,
            403,
            r#"{"errors":[{"message":"Invalid API key"}]}"#,
            BadSecret,
        ),
        (ApiKey, 403, "Invalid API key", BadSecret),
        (
            ApiKey,
            403,
            r#"{"errors":[{"message":"access forbidden"}]}"#,
            MissingScope,
        ),
        (
            AuthorizationCode,
            403,
            r#"{"message":"API rate limit exceeded for user"}"#,
            ProviderDown,
        ),
    ];
    for (kind, status, body, expected) in table {
        assert_eq!(verdict(*kind, *status, body), *expected, "{status} {body}");
    }
}

#[test]
fn slack_says_it_in_a_200() {
    let slack = test(
        "ok = \"/ok\"\nerror = \"/error\"\naccount_id = \"/user_id\"\naccount_name = \"/user\"",
    );
    let says = |body: &str| {
        judged(
            AuthorizationCode,
            &slack,
            &[Quirk::OkFalse],
            &answer(200, &[], body),
        )
    };
    for (word, expected) in [
        ("invalid_auth", Revoked),
        ("token_revoked", Revoked),
        ("token_expired", Revoked),
        ("account_inactive", Revoked),
        ("not_allowed_token_type", MissingScope),
        ("ratelimited", ProviderDown),
        ("fatal_error", ProviderDown),
        ("a_word_of_tomorrow", Unexpected),
    ] {
        let outcome = says(&format!(r#"{{"ok":false,"error":"{word}"}}"#));
        assert_eq!(outcome.verdict, expected, "{word}");
        assert_eq!(
            outcome.provider_error.as_deref(),
            Some(word),
            "the provider's word is shown"
        );
    }
    let missing = says(
        r#"{"ok":false,"error":"missing_scope","needed":"users:read","provided":"chat:write"}"#,
    );
    assert_eq!(missing.missing_scope.as_deref(), Some("users:read"));
    assert_eq!(
        says(r#"{"ok":true,"user_id":"U1","user":"bot"}"#)
            .account
            .map(|account| account.id)
            .as_deref(),
        Some("U1")
    );
    assert_eq!(
        says(r#"{"user_id":"U1"}"#).verdict,
        Unexpected,
        "only ok: true is good"
    );
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
fn aws_says_what_is_wrong_by_code() {
    let xml = |code: &str, message: &str| {
        format!(
            "<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code><Message>{message}</Message></Error></ErrorResponse>"
        )
    };
    let json = |code: &str, message: &str| {
        format!(r#"{{"__type":"com.amazon.coral.service#{code}","message":"{message}"}}"#)
    };
    for (status, code, expected, field) in [
        (
            403,
            "SignatureDoesNotMatch",
            BadSecret,
            Some("secret_access_key"),
        ),
        (
            403,
            "InvalidSignatureException",
            BadSecret,
            Some("secret_access_key"),
        ),
        (
            403,
            "InvalidClientTokenId",
            BadSecret,
            Some("access_key_id"),
        ),
        (403, "InvalidAccessKeyId", BadSecret, Some("access_key_id")),
        (
            403,
            "UnrecognizedClientException",
            BadSecret,
            Some("access_key_id"),
        ),
        (400, "ExpiredToken", Revoked, None),
        (403, "ExpiredTokenException", Revoked, None),
        (403, "AccessDenied", MissingScope, None),
        (400, "AccessDeniedException", MissingScope, None),
        (
            400,
            "AuthorizationHeaderMalformed",
            WrongSettings,
            Some("region"),
        ),
        (301, "PermanentRedirect", WrongSettings, Some("region")),
        (400, "ThrottlingException", ProviderDown, None),
        (503, "SlowDown", ProviderDown, None),
    ] {
        for body in [xml(code, "a sentence"), json(code, "a sentence")] {
            let outcome = judged(AwsKeyPair, &test(""), &[], &answer(status, &[], &body));
            assert_eq!(outcome.verdict, expected, "{status} {body}");
            assert_eq!(outcome.field.as_deref(), field, "{body}");
        }
    }
    let lacking = judged(
        AwsKeyPair,
        &test(""),
        &[],
        &answer(
            403,
            &[(
                "x-amzn-errortype",
                "AccessDeniedException:http://internal.amazon.com/",
            )],
            r#"{"Message":"User: arn:aws:iam::1:user/a is not authorized to perform: lambda:ListFunctions on resource: *"}"#,
        ),
    );
    assert_eq!(
        (lacking.verdict, lacking.missing_scope.as_deref()),
        (MissingScope, Some("lambda:ListFunctions"))
    );
}

#[test]
fn a_wrong_clock_is_told_from_a_wrong_secret() {
    let body = "<Error><Code>RequestTimeTooSkewed</Code><Message>The difference is too large.</Message></Error>";
    let outcome = judged(
        AwsKeyPair,
        &test(""),
        &[],
        &answer(403, &[("date", "Mon, 21 Sep 2026 13:33:20 GMT")], body),
    );
    assert_eq!(
        (outcome.verdict, outcome.clock_offset_seconds),
        (WrongSettings, Some(expected_offset()))
    );
    let sentence = r#"{"__type":"InvalidSignatureException","message":"Signature expired: 20150830T123600Z is now earlier than 20260921T130000Z"}"#;
    assert_eq!(verdict(AwsKeyPair, 403, sentence), WrongSettings);
    let (message, hint) = outcome.describe("AWS", AwsKeyPair);
    assert!(message.contains("clock"), "{message}");
    assert!(hint.is_some_and(|hint| hint.contains("clock")));
}

/// 2026-09-21T13:33:20Z less [`NOW`].
fn expected_offset() -> i32 {
    let there = time::macros::datetime!(2026-09-21 13:33:20 UTC).unix_timestamp();
    i32::try_from(there - NOW.0 / 1000).expect("within a day")
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
