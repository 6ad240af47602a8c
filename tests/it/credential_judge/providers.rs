//! Answers as particular providers give them: by words, in a 200, by code, with the clock wrong.

use patchbay_core::connector::{AuthKind, Quirk};
use patchbay_core::credential::TestVerdict;

use super::{NOW, answer, judged, test, verdict};

use AuthKind::{ApiKey, AuthorizationCode, AwsKeyPair};
use TestVerdict::{BadSecret, MissingScope, ProviderDown, Revoked, Unexpected, WrongSettings};

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
