//! The connector's test request: a harmless call that shows whether a credential works and whose it is.
//!
//! [`build`] makes it, [`run`] sends it once (twice when only the clock was wrong), [`super::judge`] reads the answer,
//! and [`TestOutcome::describe`] says it in one sentence with the one thing that mends it.

use serde::{Deserialize, Serialize};
use ts_rs::TS;
use zeroize::Zeroizing;

use super::apply::{apply, is_optional, set_header, text};
use super::judge::{Asked, judge};
use super::{TestVerdict, Values};
use crate::clock::Timestamp;
use crate::connector::template::{Part, expand_url, parts};
use crate::connector::{
    AuthKind, AuthMethod, Connector, FieldKind, Quirk, RequestMethod, TestRequest,
};
use crate::error::{Code, Error, Result};
use crate::http::{Http, Method, Request};

/// The account the provider says the credential belongs to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct TestAccount {
    /// Stable at the provider.
    pub id: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub name: Option<String>,
}

/// The result of a test. Holds no secret: what the provider said is cleaned of the values that were sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct TestOutcome {
    pub verdict: TestVerdict,
    /// Of the HTTP answer, when there was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub status: Option<u16>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub account: Option<TestAccount>,
    /// Scopes the provider says are granted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub scopes: Option<Vec<String>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub provider_error: Option<String>,
    /// What else is known of the cause, in our words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub detail: Option<String>,
    /// The scope or permission that is missing, where the provider names it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub missing_scope: Option<String>,
    /// The field to look at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub field: Option<String>,
    /// Seconds the provider asks to wait.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub retry_after_seconds: Option<u32>,
    /// Seconds the provider's clock is ahead of this machine's, where that mattered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub clock_offset_seconds: Option<i32>,
}

/// The test request of a method: its own, or the connector's.
pub fn request_of<'a>(connector: &'a Connector, method: &'a AuthMethod) -> Option<&'a TestRequest> {
    method.test.as_ref().or(connector.test.as_ref())
}

/// The test request with the credential on it.
///
/// # Errors
/// `Unsupported` when there is no test request, or no address was typed for it; `InvalidInput` on the field whose value doesn't fit.
pub fn build(
    connector: &Connector,
    method: &AuthMethod,
    values: &Values,
    now: Timestamp,
) -> Result<Request> {
    let test = request_for(connector, method, values)?;
    let verb = match test.method {
        RequestMethod::Get => Method::Get,
        RequestMethod::Post => Method::Post,
        RequestMethod::Put => Method::Put,
        RequestMethod::Delete => Method::Delete,
        RequestMethod::Head => Method::Head,
    };
    let mut request = Request::new(verb, expand_url(&test.url, values)?);
    let plain = |text: &str| Zeroizing::new(text.to_owned());
    if method.kind != AuthKind::AwsKeyPair {
        set_header(&mut request, "accept", plain("application/json"), None)?;
    }
    // Bodies are literal: braces are theirs, not a template's.
    let body = match (&test.json, &test.form) {
        (Some(json), _) => Some(("application/json", json)),
        (None, Some(form)) => Some(("application/x-www-form-urlencoded", form)),
        (None, None) => None,
    };
    if let Some((kind, body)) = body {
        request = request.body(kind, body.clone().into_bytes());
    }
    let optional =
        |key: &str| is_optional(&connector.fields, key) || is_optional(&method.fields, key);
    if connector.quirks.contains(&Quirk::ClientIdHeader)
        && let Some(client_id) = values.get("client_id")
    {
        set_header(
            &mut request,
            "client-id",
            plain(client_id),
            Some("client_id"),
        )?;
    }
    for (name, value) in &test.headers {
        if let Some(value) = text(value, values, &optional)? {
            set_header(&mut request, name, value, None)?;
        }
    }
    apply(method, values, now, &mut request)?;
    Ok(request)
}

/// Makes the test request and judges the answer. When all that was wrong is the time in an AWS signature, it is signed
/// once more with the provider's time; the outcome then tells how far the clocks are apart.
///
/// # Errors
/// As [`build`]: an outcome is only had from a request that could be made.
pub async fn run(
    http: &dyn Http,
    connector: &Connector,
    method: &AuthMethod,
    values: &Values,
    now: Timestamp,
) -> Result<TestOutcome> {
    let test = request_for(connector, method, values)?;
    let asked = Asked {
        test,
        kind: method.kind,
        quirks: &connector.quirks,
        values,
        host_field: host_field(test, values),
        now,
    };
    let request = build(connector, method, values, now)?;
    let outcome = judge(&asked, &http.send(request).await);
    let Some(offset) = outcome
        .clock_offset_seconds
        .filter(|seconds| seconds.abs() > 30)
    else {
        return Ok(outcome);
    };
    let there = now.plus_seconds(i64::from(offset));
    let request = build(connector, method, values, there)?;
    let second = judge(&asked, &http.send(request).await);
    Ok(TestOutcome {
        clock_offset_seconds: Some(offset),
        ..second
    })
}

/// The test request, unless there is none or its whole address is a field that was left empty.
fn request_for<'a>(
    connector: &'a Connector,
    method: &'a AuthMethod,
    values: &Values,
) -> Result<&'a TestRequest> {
    let test = request_of(connector, method).ok_or_else(|| no_test(connector))?;
    let mut fields = connector.fields.iter().chain(&method.fields);
    let left_empty = fields.find(|field| {
        field.optional
            && test.url == format!("{{{}}}", field.key)
            && values.get(&field.key).is_none_or(str::is_empty)
    });
    match left_empty {
        Some(field) => Err(no_test(connector)
            .with_field(&field.key)
            .with_hint(format!("Fill in “{}” to test the connection", field.label))),
        None => Ok(test),
    }
}

fn no_test(connector: &Connector) -> Error {
    let reason = connector.no_test_because.as_deref();
    let error = Error::new(
        Code::Unsupported,
        format!("{} has no test request", connector.name),
    );
    match reason {
        Some(reason) => error.with_hint(reason),
        None => error,
    }
}

/// The field that decides the host of the test request, when a person typed it.
fn host_field<'a>(test: &'a TestRequest, values: &Values) -> Option<&'a str> {
    let mut host_reached = false;
    for part in parts(&test.url).ok()? {
        match part {
            Part::Text(text) => {
                let after = match text.split_once("://") {
                    Some((_, after)) => {
                        host_reached = true;
                        after
                    }
                    None => text,
                };
                if host_reached && after.contains('/') {
                    return None;
                }
            }
            Part::Field(key) => match values.kind(key)? {
                FieldKind::Host | FieldKind::Subdomain | FieldKind::Url | FieldKind::Choice => {
                    return Some(key);
                }
                FieldKind::Text
                | FieldKind::Secret
                | FieldKind::SecretText
                | FieldKind::PathSegment => {}
            },
        }
    }
    None
}
