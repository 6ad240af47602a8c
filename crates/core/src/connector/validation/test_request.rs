//! The request that shows whether a credential works.

use super::{
    Problem,
    addresses::{self, Use},
    problem,
};
use crate::connector::definition::{AuthMethod, Connector, RequestMethod, TestRequest};

/// A method has a test request that can be built and read, or the definition says why there is none.
pub(super) fn sound(connector: &Connector, method: &AuthMethod) -> Vec<Problem> {
    match method.test.as_ref().or(connector.test.as_ref()) {
        Some(test) => request(connector, method, test),
        None if connector.no_test_because.is_some() => Vec::new(),
        None => vec![problem(
            "test",
            format!("`{}` has no test, and nothing says why", method.id),
        )],
    }
}

fn request(connector: &Connector, method: &AuthMethod, test: &TestRequest) -> Vec<Problem> {
    let mut found = addresses::check(connector, method, "test", &test.url, Use::Test);
    let mut complain = |message: String| {
        found.push(problem("test", format!("`{}`: {message}", method.id)));
    };
    let reads = matches!(test.method, RequestMethod::Get | RequestMethod::Head);
    if reads && (test.json.is_some() || test.form.is_some()) {
        complain("a request that reads has no body".to_owned());
    }
    if !reads && test.method != RequestMethod::Post {
        complain("a test only reads: GET, HEAD, or POST where the service wants it".to_owned());
    }
    if test.json.is_some() && test.form.is_some() {
        complain("one body, not two".to_owned());
    }
    if let Some(json) = &test.json
        && serde_json::from_str::<serde_json::Value>(json).is_err()
    {
        complain("the body isn't JSON".to_owned());
    }
    if test
        .expect
        .iter()
        .any(|status| !(200..600).contains(status))
    {
        complain("expects a status that can't come".to_owned());
    }
    let pointers = [&test.ok, &test.error, &test.account_id, &test.account_name];
    for pointer in pointers.into_iter().flatten().flat_map(|at| at.split('|')) {
        let element = pointer.chars().all(|c| c.is_ascii_alphanumeric());
        if pointer.is_empty() || !pointer.starts_with('/') && !element {
            complain(format!("neither JSON pointer nor XML element: {pointer}"));
        }
    }
    for (name, value) in &test.headers {
        found.extend(addresses::check_text(connector, method, name, value));
    }
    found
}
