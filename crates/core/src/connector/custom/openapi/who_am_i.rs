//! Which call shows whether a credential works and whose it is: a GET that needs nothing and is named like it.

use serde_json::Value;

use super::document::Document;
use crate::connector::{Connector, TestRequest};

/// Names of such calls, the more telling first. Compared without separators and case.
const NAMES: &[&str] = &[
    "whoami",
    "usersme",
    "me",
    "myself",
    "currentuser",
    "getcurrentuser",
    "getme",
    "userinfo",
    "usersself",
    "self",
    "viewer",
    "profile",
    "identity",
    "user",
    "account",
    "accountinfo",
    "tokeninfo",
    "authtest",
    "verify",
];

const IDS: &[&str] = &[
    "id",
    "user_id",
    "userId",
    "account_id",
    "accountId",
    "uuid",
    "sub",
    "gid",
    "login",
    "username",
    "email",
];
const PEOPLE: &[&str] = &[
    "name",
    "display_name",
    "displayName",
    "full_name",
    "login",
    "username",
    "email",
    "emailAddress",
];
/// Objects that answers like to wrap the account in.
const WRAPPERS: &[&str] = &[
    "", "/data", "/user", "/account", "/me", "/result", "/profile",
];

/// Proposes the test request, or says why there is none.
pub(super) fn propose(
    document: &Document,
    base: Option<&str>,
    made: &mut Connector,
    warnings: &mut Vec<String>,
) {
    let found = base.and_then(|base| {
        let (rank, path, operation) =
            candidates(document).min_by_key(|(rank, path, _)| (*rank, path.len()))?;
        let _ = rank;
        Some((format!("{base}{path}"), path, operation))
    });
    match found {
        Some((url, path, operation)) => {
            let schema = schema(document, operation);
            warnings.push(format!("The test request is a guess from the document: GET {path}. Try it before you rely on it"));
            made.test = Some(TestRequest {
                url,
                account_id: schema.and_then(|schema| pointer(document, schema, IDS)),
                account_name: schema.and_then(|schema| pointer(document, schema, PEOPLE)),
                ..TestRequest::default()
            });
        }
        None => {
            made.no_test_because = Some(
                "The document has no call without parameters that shows whose credential it is"
                    .to_owned(),
            );
        }
    }
}

fn candidates(document: &Document) -> impl Iterator<Item = (usize, &str, &Value)> {
    document.members("/paths").filter_map(|(path, item)| {
        let operation = item.get("get")?;
        let plain = path.starts_with('/')
            && path
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || "-._~/".contains(c))
            && !operation.get("requestBody").is_some_and(Value::is_object);
        let open = operation
            .get("security")
            .and_then(Value::as_array)
            .is_some_and(Vec::is_empty);
        if !plain || open || operation.get("deprecated").and_then(Value::as_bool) == Some(true) {
            return None;
        }
        let parameters = [item, operation]
            .into_iter()
            .filter_map(|at| at.get("parameters")?.as_array())
            .flatten();
        let needs = parameters
            .map(|parameter| document.resolved(parameter))
            .any(|parameter| {
                parameter.is_null()
                    || parameter.get("required").and_then(Value::as_bool) == Some(true)
            });
        if needs {
            return None;
        }
        let operation_id = operation
            .get("operationId")
            .and_then(Value::as_str)
            .unwrap_or_default();
        rank(path, operation_id).map(|rank| (rank, path, operation))
    })
}

fn rank(path: &str, operation_id: &str) -> Option<usize> {
    let plain = |text: &str| {
        text.chars()
            .filter(char::is_ascii_alphanumeric)
            .collect::<String>()
            .to_ascii_lowercase()
    };
    let segments: Vec<&str> = path
        .split('/')
        .filter(|segment| !segment.is_empty())
        .collect();
    let last = plain(segments.last()?);
    let two: String = segments
        .iter()
        .rev()
        .take(2)
        .rev()
        .map(|segment| plain(segment))
        .collect();
    let operation = plain(operation_id);
    NAMES
        .iter()
        .position(|name| *name == last || *name == two || *name == operation)
}

fn schema<'a>(document: &'a Document, operation: &'a Value) -> Option<&'a Value> {
    let responses = operation.get("responses")?;
    let response = ["200", "2XX", "default"]
        .iter()
        .find_map(|status| responses.get(status))?;
    let content = document.resolved(response).get("content")?.as_object()?;
    let media = content.iter().find(|(kind, _)| kind.contains("json"))?;
    Some(document.resolved(media.1.get("schema")?))
}

/// The first property of one of these names, in the answer or in an object it is wrapped in.
fn pointer(document: &Document, schema: &Value, names: &[&str]) -> Option<String> {
    WRAPPERS.iter().find_map(|wrapper| {
        let object = wrapper
            .split('/')
            .filter(|step| !step.is_empty())
            .try_fold(schema, |schema, step| {
                Some(document.resolved(properties(document, schema)?.get(step)?))
            })?;
        let properties = properties(document, object)?;
        let name = names.iter().find(|name| {
            let property = properties
                .get(**name)
                .map(|property| document.resolved(property));
            property.is_some_and(is_scalar)
        })?;
        Some(format!("{wrapper}/{name}"))
    })
}

fn properties<'a>(document: &'a Document, schema: &'a Value) -> Option<&'a Value> {
    let own = schema.get("properties");
    own.or_else(|| {
        let parts = schema.get("allOf")?.as_array()?;
        parts
            .iter()
            .find_map(|part| document.resolved(part).get("properties"))
    })
}

fn is_scalar(property: &Value) -> bool {
    match property.get("type") {
        Some(Value::String(kind)) => matches!(kind.as_str(), "string" | "integer" | "number"),
        // OpenAPI 3.1: a list of types.
        Some(Value::Array(kinds)) => kinds
            .iter()
            .any(|kind| matches!(kind.as_str(), Some("string" | "integer" | "number"))),
        _ => false,
    }
}
