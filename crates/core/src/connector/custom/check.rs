//! What a definition that isn't ours must keep, beyond the rules of the catalogue: bounds, honest text, and nothing
//! secret where a browser carries it.

use serde::Serialize;
use serde_json::Value;
use ts_rs::TS;

use crate::connector::template::keys;
use crate::connector::validation::{self, Problem};
use crate::connector::{Catalogue, Connector, Field};
use crate::error::{Code, Error, Result};

/// Bytes of a definition.
const SIZE: usize = 512 * 1024;
/// Characters of one text in it.
const TEXT: usize = 4000;

/// A rule that a draft breaks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct DraftProblem {
    /// The rule's name, stable.
    pub rule: String,
    pub message: String,
}

impl From<Problem> for DraftProblem {
    fn from(problem: Problem) -> Self {
        Self {
            rule: problem.rule.to_owned(),
            message: problem.message,
        }
    }
}

fn problem(rule: &str, message: impl Into<String>) -> DraftProblem {
    DraftProblem {
        rule: rule.to_owned(),
        message: message.into(),
    }
}

/// Every rule that the definition breaks under this id. Empty: it can be saved.
pub fn check(catalogue: &Catalogue, id: &str, connector: &Connector) -> Vec<DraftProblem> {
    let mut found: Vec<DraftProblem> = validation::check(id, connector)
        .into_iter()
        .map(Into::into)
        .collect();
    if catalogue.get(id).is_some() && !catalogue.is_custom(id) {
        found.push(problem(
            "id",
            format!("the catalogue has a connector {id} already: choose another id"),
        ));
    }
    if is_reserved(id) {
        found.push(problem(
            "id",
            format!("{id} can't be the name of a folder on every system"),
        ));
    }
    found.extend(bounds(connector));
    found.extend(honest_text(connector));
    found.extend(no_secret_in_the_browser(connector));
    found
}

/// # Errors
/// `InvalidDefinition` for a text that is too large to be one.
pub(super) fn size(text: &str) -> Result<()> {
    if text.len() <= SIZE {
        return Ok(());
    }
    Err(Error::new(
        Code::InvalidDefinition,
        "A definition has at most 512 kB",
    ))
}

/// Names that Windows keeps for devices.
fn is_reserved(id: &str) -> bool {
    let numbered = |name: &str| {
        id.strip_prefix(name)
            .is_some_and(|rest| rest.len() == 1 && rest.chars().all(|c| c.is_ascii_digit()))
    };
    matches!(id, "con" | "prn" | "aux" | "nul") || numbered("com") || numbered("lpt")
}

fn bounds(connector: &Connector) -> Vec<DraftProblem> {
    let fields = connector
        .auth
        .iter()
        .map(|method| method.fields.len())
        .max()
        .unwrap_or_default();
    [
        ("methods", connector.auth.len(), 20),
        ("fields", connector.fields.len() + fields, 50),
        ("scopes", connector.scopes.len(), 5000),
        ("cards", connector.cards.len(), 5000),
        ("keywords", connector.keywords.len(), 100),
    ]
    .into_iter()
    .filter(|(_, count, most)| count > most)
    .map(|(what, count, most)| {
        problem(
            "bounds",
            format!("{count} {what} are too many: at most {most}"),
        )
    })
    .collect()
}

/// Text that is shown is what it seems to be: no control characters, nothing that turns the direction of writing.
fn honest_text(connector: &Connector) -> Vec<DraftProblem> {
    let mut found = Vec::new();
    match serde_json::to_value(connector) {
        Ok(value) => walk(&value, "", &mut found),
        Err(_) => found.push(problem("text", "the definition can't be read back")),
    }
    found.dedup();
    found
}

fn walk(value: &Value, key: &str, found: &mut Vec<DraftProblem>) {
    match value {
        Value::String(text) => {
            let hidden = |c: char| {
                (c.is_control() && !matches!(c, '\n' | '\t'))
                    || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
            };
            if text.chars().any(hidden) {
                found.push(problem(
                    "text",
                    format!("{key} holds characters that can't be seen"),
                ));
            }
            if text.chars().count() > TEXT {
                found.push(problem(
                    "text",
                    format!("{key} is longer than {TEXT} characters"),
                ));
            }
        }
        Value::Array(items) => items.iter().for_each(|item| walk(item, key, found)),
        Value::Object(members) => members
            .iter()
            .for_each(|(name, item)| walk(item, name, found)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// What the browser is sent to ends in its history and in logs.
fn no_secret_in_the_browser(connector: &Connector) -> Vec<DraftProblem> {
    let mut found = Vec::new();
    for method in &connector.auth {
        let secret = |key: &str| {
            connector
                .fields
                .iter()
                .chain(&method.fields)
                .any(|field| field.key == key && Field::is_secret(field))
        };
        let parameters = method
            .oauth
            .iter()
            .flat_map(|oauth| &oauth.authorize_params);
        for (name, template) in parameters {
            if keys(template).is_ok_and(|keys| keys.into_iter().any(secret)) {
                found.push(problem(
                    "secret_in_address",
                    format!("`{}`: {name} would show a secret to the browser", method.id),
                ));
            }
        }
    }
    found
}
