//! The test request, from the definition to the outcome, over a client that records what it was given.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Mutex;

use patchbay_core::connector::{Connector, FieldKind};
use patchbay_core::credential::{TestVerdict, Values, collect, test};
use patchbay_core::http::{BoxFuture, Http, HttpError, Method, Request, Response};
use patchbay_core::{Code, Timestamp};

const NOW: Timestamp = Timestamp(1_790_000_000_000);

/// Answers from a list, and keeps the requests.
#[derive(Default)]
struct Recorded {
    answers: Mutex<VecDeque<Response>>,
    requests: Mutex<Vec<Request>>,
}

impl Recorded {
    fn answering(
        answers: impl IntoIterator<Item = (u16, &'static [(&'static str, &'static str)], &'static str)>,
    ) -> Self {
        let response = |(status, headers, body): (u16, &[(&str, &str)], &str)| Response {
            status,
            headers: headers
                .iter()
                .map(|(name, value)| ((*name).into(), (*value).into()))
                .collect(),
            body: body.as_bytes().to_vec().into(),
        };
        Self {
            answers: Mutex::new(answers.into_iter().map(response).collect()),
            ..Self::default()
        }
    }
}

impl Http for Recorded {
    fn send(&self, request: Request) -> BoxFuture<'_, Result<Response, HttpError>> {
        let host = request.url.host_str().unwrap_or_default().to_owned();
        self.requests
            .lock()
            .expect("no test panicked here")
            .push(request);
        let next = self
            .answers
            .lock()
            .expect("no test panicked here")
            .pop_front();
        Box::pin(async move { next.ok_or(HttpError::Refused(host)) })
    }
}

fn connector(toml: &str) -> Connector {
    toml::from_str(&format!(
        "name = \"Acme\"\ncategory = \"developer\"\ndocs = {{}}\n{toml}"
    ))
    .expect("the connector is well formed")
}

fn header<'a>(request: &'a Request, name: &str) -> Option<&'a str> {
    request
        .headers
        .iter()
        .find(|(key, _)| key.eq_ignore_ascii_case(name))
        .map(|(_, value)| value.as_str())
}

#[test]
fn the_test_request_is_what_the_definition_says() {
    let acme = connector(
        r#"
        quirks = ["client_id_header"]
        auth = [{ id = "key", label = "Key", kind = "api_key", placement = [{ to = "header", name = "X-Key", value = "{api_key}" }] }]
        fields = [{ key = "domain", label = "Domain", kind = "host" }, { key = "org", label = "Org", kind = "text", optional = true }]
        test = { method = "POST", url = "https://{domain}/graphql", headers = { "X-Org" = "{org}", "Accept" = "application/vnd.acme+json" }, json = '{"query":"{ viewer { id } }"}' }
        "#,
    );
    let mut values = Values::default();
    values.insert("domain", FieldKind::Host, "acme.example.com");
    values.insert("api_key", FieldKind::Secret, "k");
    values.insert("client_id", FieldKind::Text, "app");
    let request = test::build(&acme, &acme.auth[0], &values, NOW).expect("everything is there");
    assert_eq!(
        (request.method, request.url.as_str()),
        (Method::Post, "https://acme.example.com/graphql")
    );
    assert_eq!(header(&request, "x-key"), Some("k"));
    assert_eq!(
        header(&request, "client-id"),
        Some("app"),
        "the quirk sends it along"
    );
    assert_eq!(
        header(&request, "accept"),
        Some("application/vnd.acme+json")
    );
    assert_eq!(header(&request, "content-type"), Some("application/json"));
    assert_eq!(
        header(&request, "x-org"),
        None,
        "an optional header without a value is left out"
    );
    assert_eq!(
        request.body.as_ref().map(|body| body.as_slice()),
        Some(&br#"{"query":"{ viewer { id } }"}"#[..]),
        "braces of a body are its own"
    );
}

#[test]
fn a_method_may_bring_its_own_test_and_none_is_said_with_its_reason() {
    let acme = connector(
        r#"
        no_test_because = "Acme has no call without side effects"
        auth = [
            { id = "a", label = "A", kind = "none", test = { url = "https://a.example.com/ping" } },
            { id = "b", label = "B", kind = "none" },
        ]
        "#,
    );
    let values = Values::default();
    let request = test::build(&acme, &acme.auth[0], &values, NOW).expect("it has one");
    assert_eq!(request.url.as_str(), "https://a.example.com/ping");
    let error = test::build(&acme, &acme.auth[1], &values, NOW).expect_err("it has none");
    assert_eq!(
        (error.code, error.hint.as_deref()),
        (
            Code::Unsupported,
            Some("Acme has no call without side effects")
        )
    );
}

#[tokio::test]
async fn a_typed_host_that_redirects_is_a_wrong_setting_and_gets_one_request() {
    let acme = connector(
        r#"
        fields = [{ key = "domain", label = "Domain", kind = "subdomain" }]
        auth = [{ id = "token", label = "Token", kind = "bearer", fields = [{ key = "token", label = "Token", kind = "secret" }] }]
        test = { url = "https://{domain}.acme.com/api/me" }
        "#,
    );
    let typed: BTreeMap<_, _> = [("domain", "blue"), ("token", "canary-9")]
        .map(|(key, value)| (key.to_owned(), value.to_owned().into()))
        .into();
    let values = collect(&acme, &acme.auth[0], &typed).expect("both are typed");
    let http = Recorded::answering([(302, &[("location", "https://evil.example.org/")][..], "")]);
    let outcome = test::run(&http, &acme, &acme.auth[0], &values, NOW)
        .await
        .expect("it was sent");
    assert_eq!(
        (outcome.verdict, outcome.field.as_deref()),
        (TestVerdict::WrongSettings, Some("domain"))
    );
    let requests = http.requests.lock().expect("nobody else");
    assert_eq!(requests.len(), 1, "a redirect is never followed");
    assert!(!format!("{requests:?} {outcome:?}").contains("canary"));
}

#[tokio::test]
async fn a_skewed_clock_is_learnt_from_the_answer_and_tried_once_more() {
    let aws = connector(
        r#"
        auth = [{ id = "keys", label = "Keys", kind = "aws_key_pair", aws = { service = "s3", region = "us-east-1" }, fields = [{ key = "access_key_id", label = "Id", kind = "text" }, { key = "secret_access_key", label = "Secret", kind = "secret" }] }]
        test = { url = "https://s3.us-east-1.amazonaws.com/" }
        "#,
    );
    let typed: BTreeMap<_, _> = [
        ("access_key_id", "AKIA1"),
        ("secret_access_key", "canary-s"),
    ]
    .map(|(key, value)| (key.to_owned(), value.to_owned().into()))
    .into();
    let values = collect(&aws, &aws.auth[0], &typed).expect("both are typed");
    let skewed: (u16, &[(&str, &str)], &str) = (
        403,
        &[("date", "Mon, 21 Sep 2026 16:13:20 GMT")],
        "<Error><Code>RequestTimeTooSkewed</Code></Error>",
    );
    let http = Recorded::answering([skewed, (200, &[], "<ListAllMyBucketsResult/>")]);
    let outcome = test::run(&http, &aws, &aws.auth[0], &values, NOW)
        .await
        .expect("it was sent");
    assert_eq!(
        outcome.verdict,
        TestVerdict::Ok,
        "the second signature has the provider's time"
    );
    assert!(
        outcome.clock_offset_seconds.is_some(),
        "and the outcome tells that the clocks differ"
    );
    {
        let requests = http.requests.lock().expect("nobody else");
        assert_eq!(header(&requests[1], "x-amz-date"), Some("20260921T161320Z"));
    }
    let http = Recorded::answering([skewed, skewed, skewed]);
    let outcome = test::run(&http, &aws, &aws.auth[0], &values, NOW)
        .await
        .expect("it was sent");
    assert_eq!(outcome.verdict, TestVerdict::WrongSettings);
    assert_eq!(
        http.requests.lock().expect("nobody else").len(),
        2,
        "once more, not for ever"
    );
}

#[test]
fn what_is_typed_is_collected_with_defaults_and_checked() {
    let acme = connector(
        r#"
        fields = [{ key = "region", label = "Region", kind = "choice", default = "eu", choices = [{ value = "eu", label = "Europe" }, { value = "us", label = "US" }] }]
        auth = [{ id = "token", label = "Token", kind = "bearer", fields = [{ key = "token", label = "Token", kind = "secret" }, { key = "note", label = "Note", kind = "text", optional = true }] }]
        "#,
    );
    let typed = |entries: &[(&str, &str)]| {
        let map = entries
            .iter()
            .map(|(key, value)| ((*key).to_owned(), (*value).to_owned().into()))
            .collect();
        collect(&acme, &acme.auth[0], &map)
    };
    let values = typed(&[("token", "t"), ("stray", "x")]).expect("only the token is needed");
    assert_eq!(
        (
            values.get("region"),
            values.get("note"),
            values.get("stray")
        ),
        (Some("eu"), None, None)
    );
    let missing = typed(&[]).err().expect("the token is needed");
    assert_eq!(
        (missing.field.as_deref(), missing.message.as_str()),
        (Some("token"), "Token is missing")
    );
    let wrong = typed(&[("token", "t"), ("region", "mars")])
        .err()
        .expect("mars is no choice");
    assert_eq!(wrong.field.as_deref(), Some("region"));
}

#[test]
fn a_test_address_left_empty_means_that_there_is_no_test() {
    let any = connector(
        r#"
        fields = [{ key = "test_url", label = "Address to test with", kind = "url", optional = true }]
        auth = [{ id = "none", label = "None", kind = "none" }]
        test = { url = "{test_url}" }
        "#,
    );
    let error =
        test::build(&any, &any.auth[0], &Values::default(), NOW).expect_err("nothing to ask");
    assert_eq!(
        (error.code, error.field.as_deref()),
        (Code::Unsupported, Some("test_url"))
    );
}
