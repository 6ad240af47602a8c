//! What an answer to a test request means. One place, one order of rules: no answer at all, then what the provider says
//! in words, then what the status says. A redirect is an answer like any other and is never followed (requirement E2).

use super::evidence::{Evidence, without_secrets};
use super::sigv4::{ACCESS_KEY_ID, SECRET_ACCESS_KEY, http_date};
use super::test::{TestAccount, TestOutcome};
use super::words::{Meaning, meaning, phrase};
use super::{TestVerdict, Values, clock_offset_seconds};
use crate::clock::Timestamp;
use crate::connector::{AuthKind, Quirk, RequestMethod, TestRequest};
use crate::error::provider_text;
use crate::http::{HttpError, Response};

/// What was asked, so that the answer can be understood.
pub struct Asked<'a> {
    pub test: &'a TestRequest,
    pub kind: AuthKind,
    pub quirks: &'a [Quirk],
    /// What was sent: secrets among it are taken out of what the provider says.
    pub values: &'a Values,
    /// The field that decides the host, when a person typed it.
    pub host_field: Option<&'a str>,
    pub now: Timestamp,
}

/// Judges the answer.
pub fn judge(asked: &Asked<'_>, answer: &Result<Response, HttpError>) -> TestOutcome {
    match answer {
        Ok(response) => judge_response(asked, response),
        Err(error) => judge_silence(asked, error),
    }
}

fn judge_silence(asked: &Asked<'_>, error: &HttpError) -> TestOutcome {
    let verdict = match error {
        HttpError::Unnamed(_) => TestVerdict::WrongSettings,
        HttpError::Dns(_) if asked.host_field.is_some() => TestVerdict::WrongSettings,
        HttpError::TooLarge(..) | HttpError::Unwritable(_) => TestVerdict::Unexpected,
        HttpError::Dns(_)
        | HttpError::Refused(_)
        | HttpError::Unreachable(_)
        | HttpError::Tls(..)
        | HttpError::Timeout(_)
        | HttpError::Broken(_) => TestVerdict::Network,
    };
    TestOutcome {
        detail: Some(error.to_string()),
        field: (verdict == TestVerdict::WrongSettings)
            .then(|| asked.host_field.map(str::to_owned))
            .flatten(),
        ..TestOutcome::new(verdict)
    }
}

fn judge_response(asked: &Asked<'_>, response: &Response) -> TestOutcome {
    let evidence = Evidence::read(response, asked.test.error.as_deref());
    let mut outcome = TestOutcome::new(TestVerdict::Ok);
    outcome.status = Some(response.status);
    outcome.scopes = scopes(asked.test, response);
    if is_expected(asked.test, response.status) {
        outcome.verdict = judge_content(asked, response, &evidence);
        if outcome.verdict == TestVerdict::Ok {
            outcome.account = account(asked, &evidence);
            return outcome;
        }
    } else {
        outcome.verdict = judge_status(asked, response, &evidence);
    }
    outcome.provider_error = evidence.shown(asked.values);
    explain(asked, response, &evidence, &mut outcome);
    outcome
}

fn is_expected(test: &TestRequest, status: u16) -> bool {
    match test.expect.as_slice() {
        [] => (200..300).contains(&status),
        expected => expected.contains(&status),
    }
}

/// A good status may carry an error, or not be the API at all.
fn judge_content(asked: &Asked<'_>, response: &Response, evidence: &Evidence) -> TestVerdict {
    if asked.test.method == RequestMethod::Head {
        return TestVerdict::Ok;
    }
    if evidence.html {
        return TestVerdict::WrongSettings;
    }
    let must_be_read = asked.test.ok.is_some() || asked.test.account_id.is_some();
    if must_be_read && !evidence.is_readable() && !response.body.is_empty() {
        return TestVerdict::Unexpected;
    }
    let denied = match &asked.test.ok {
        Some(at) => evidence.json(at) != Some(&serde_json::Value::Bool(true)),
        None => asked.quirks.contains(&Quirk::OkFalse) && is_false(evidence, "/ok"),
    };
    let named = |at: &str| evidence.json(at).is_some_and(|value| !is_empty(value));
    let failed = asked.test.error.as_deref().is_some_and(named)
        || (asked.quirks.contains(&Quirk::ErrorIn200) && named("/error"));
    if denied || failed {
        return said(asked, evidence).unwrap_or(TestVerdict::Unexpected);
    }
    TestVerdict::Ok
}

fn is_false(evidence: &Evidence, at: &str) -> bool {
    evidence.json(at) == Some(&serde_json::Value::Bool(false))
}

fn is_empty(value: &serde_json::Value) -> bool {
    match value {
        serde_json::Value::Null | serde_json::Value::Bool(false) => true,
        serde_json::Value::String(text) => text.is_empty(),
        serde_json::Value::Array(items) => items.is_empty(),
        serde_json::Value::Object(members) => members.is_empty(),
        serde_json::Value::Number(number) => number.as_i64() == Some(0),
        serde_json::Value::Bool(true) => false,
    }
}

fn judge_status(asked: &Asked<'_>, response: &Response, evidence: &Evidence) -> TestVerdict {
    let exhausted = response.header("x-ratelimit-remaining") == Some("0")
        || response.header("retry-after").is_some();
    match response.status {
        429 | 500..=599 | 408 => TestVerdict::ProviderDown,
        403 if exhausted && evidence.challenges.is_empty() => TestVerdict::ProviderDown,
        407 => TestVerdict::Network,
        status => said(asked, evidence).unwrap_or(match status {
            401 => refused(asked.kind),
            // A page instead of an answer: a firewall in front of the API, not its opinion of the credential.
            403 if evidence.html => TestVerdict::Unexpected,
            403 => TestVerdict::MissingScope,
            404 | 405 | 410 | 421 => TestVerdict::WrongSettings,
            300..=399 if asked.host_field.is_some() => TestVerdict::WrongSettings,
            _ if evidence.html => TestVerdict::WrongSettings,
            _ => TestVerdict::Unexpected,
        }),
    }
}

/// What the provider's own words mean, the first word known deciding; sentences only where no word is known.
fn said(asked: &Asked<'_>, evidence: &Evidence) -> Option<TestVerdict> {
    let words = evidence.words.iter().find_map(|word| meaning(word));
    let found = words.or_else(|| evidence.sentences.iter().find_map(|text| phrase(text)))?;
    Some(match found {
        Meaning::Credential if is_clock(evidence) => TestVerdict::WrongSettings,
        Meaning::Credential if is_expired_session(asked, evidence) => TestVerdict::Revoked,
        Meaning::Credential => refused(asked.kind),
        Meaning::Permission => TestVerdict::MissingScope,
        Meaning::Settings => TestVerdict::WrongSettings,
        Meaning::Later => TestVerdict::ProviderDown,
    })
}

/// A refused credential: a token is gone and has to be obtained anew, anything typed in is wrong.
fn refused(kind: AuthKind) -> TestVerdict {
    if kind.has_tokens() {
        TestVerdict::Revoked
    } else {
        TestVerdict::BadSecret
    }
}

fn is_expired_session(asked: &Asked<'_>, evidence: &Evidence) -> bool {
    asked.kind == AuthKind::AwsKeyPair
        && evidence.words.iter().any(|word| {
            matches!(
                word.as_str(),
                "ExpiredToken" | "ExpiredTokenException" | "TokenRefreshRequired"
            )
        })
}

/// AWS says of a signature that its time is off, by a word (S3) or in a sentence (everything else).
fn is_clock(evidence: &Evidence) -> bool {
    evidence
        .words
        .iter()
        .any(|word| word == "RequestTimeTooSkewed")
        || evidence.sentences.iter().any(|sentence| {
            sentence.starts_with("Signature expired")
                || sentence.starts_with("Signature not yet current")
        })
}

/// Adds what a person needs beyond the verdict: which scope, which field, how long to wait, how far off the clock is.
fn explain(asked: &Asked<'_>, response: &Response, evidence: &Evidence, outcome: &mut TestOutcome) {
    match outcome.verdict {
        TestVerdict::MissingScope => {
            outcome.missing_scope = missing_scope(response, evidence)
                .and_then(|scope| provider_text(&without_secrets(&scope, asked.values)));
        }
        TestVerdict::ProviderDown => {
            outcome.retry_after_seconds = retry_after(response, asked.now);
        }
        TestVerdict::WrongSettings if is_clock(evidence) => {
            outcome.clock_offset_seconds = clock_offset_seconds(response, asked.now)
                .and_then(|seconds| i32::try_from(seconds).ok());
        }
        TestVerdict::WrongSettings => {
            let is_region =
                asked.kind == AuthKind::AwsKeyPair && asked.values.get("region").is_some();
            outcome.field = match is_region {
                true => Some("region".to_owned()),
                false => asked.host_field.map(str::to_owned),
            };
            outcome.detail = detail(response, evidence);
        }
        TestVerdict::BadSecret if asked.kind == AuthKind::AwsKeyPair => {
            let wrong_secret = evidence.words.iter().any(|word| {
                matches!(
                    word.as_str(),
                    "SignatureDoesNotMatch" | "InvalidSignatureException"
                )
            });
            let field = if wrong_secret {
                SECRET_ACCESS_KEY
            } else {
                ACCESS_KEY_ID
            };
            outcome.field = Some(field.to_owned());
        }
        TestVerdict::Unexpected => outcome.detail = detail(response, evidence),
        TestVerdict::Ok | TestVerdict::Network | TestVerdict::BadSecret | TestVerdict::Revoked => {}
    }
}

fn detail(response: &Response, evidence: &Evidence) -> Option<String> {
    if (300..400).contains(&response.status) {
        let target = response
            .header("location")
            .and_then(|at| url::Url::parse(at).ok());
        let host = target.as_ref().and_then(url::Url::host_str);
        return Some(match host.and_then(provider_text) {
            Some(host) => format!("it sends to {host}, which wasn't followed"),
            None => "it sends elsewhere, which wasn't followed".to_owned(),
        });
    }
    evidence
        .html
        .then(|| "it answers with a web page".to_owned())
}

/// The scope or permission the provider names as missing.
fn missing_scope(response: &Response, evidence: &Evidence) -> Option<String> {
    let challenge = evidence
        .challenges
        .iter()
        .find_map(|challenge| challenge.get("scope"));
    let header = || response.header("x-accepted-oauth-scopes");
    let in_sentence = || {
        evidence.sentences.iter().find_map(|sentence| {
            let (_, after) = sentence.split_once("not authorized to perform: ")?;
            after
                .split_whitespace()
                .next()
                .map(|action| action.trim_end_matches('.'))
        })
    };
    challenge
        .or_else(|| evidence.json("/needed").and_then(serde_json::Value::as_str))
        .or_else(|| {
            evidence
                .json("/required_scopes/0")
                .and_then(serde_json::Value::as_str)
        })
        .or_else(header)
        .or_else(in_sentence)
        .map(str::trim)
        .filter(|scope| !scope.is_empty() && scope.len() <= 200)
        .map(str::to_owned)
}

/// Seconds to wait (RFC 9110 10.2.3), at most a day.
fn retry_after(response: &Response, now: Timestamp) -> Option<u32> {
    const DAY: i64 = 86_400;
    let seconds = match response.header("retry-after") {
        Some(text) => match text.trim().parse::<f64>() {
            // The cast saturates, and `clamp` bounds it.
            Ok(seconds) if seconds.is_finite() => seconds.ceil() as i64,
            _ => http_date(text)?.seconds_since(now),
        },
        None => {
            let reset: i64 = response.header("x-ratelimit-reset")?.trim().parse().ok()?;
            Timestamp(reset.checked_mul(1000)?).seconds_since(now)
        }
    };
    u32::try_from(seconds.clamp(0, DAY)).ok()
}

fn scopes(test: &TestRequest, response: &Response) -> Option<Vec<String>> {
    let listed = response.header(test.scopes_header.as_deref()?)?;
    Some(listed.split([',', ' ']).filter_map(provider_text).collect())
}

fn account(asked: &Asked<'_>, evidence: &Evidence) -> Option<TestAccount> {
    let read = |at: &Option<String>| {
        let text = at
            .as_deref()?
            .split('|')
            .find_map(|at| evidence.value(at))?;
        provider_text(&without_secrets(&text, asked.values))
    };
    let name = read(&asked.test.account_name);
    let id = read(&asked.test.account_id).or_else(|| name.clone())?;
    Some(TestAccount { id, name })
}
