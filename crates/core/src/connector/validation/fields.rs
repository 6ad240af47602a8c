//! Names, links and fields.

use std::collections::BTreeSet;

use regex::Regex;
use url::Url;

use super::{Problem, problem};
use crate::connector::{
    definition::{Connector, Field, FieldKind},
    template::{check_value, is_key},
};

/// The id stands in redirect addresses and is the folder's name.
pub(super) fn id_is_an_address_part(id: &str, _: &Connector) -> Vec<Problem> {
    let fits = !id.is_empty()
        && id.len() <= 64
        && !id.starts_with('-')
        && !id.ends_with('-')
        && id
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
    (!fits)
        .then(|| {
            problem(
                "id",
                format!("the id may hold lower case letters, digits and dashes only: `{id}`"),
            )
        })
        .into_iter()
        .collect()
}

pub(super) fn named(_: &str, connector: &Connector) -> Vec<Problem> {
    let mut found = Vec::new();
    if connector.name.trim().is_empty() || connector.name.chars().count() > 60 {
        found.push(problem("name", "the name must have 1 to 60 characters"));
    }
    for (key, label) in all_fields(connector)
        .map(|field| (&field.key, &field.label))
        .chain(
            connector
                .auth
                .iter()
                .map(|method| (&method.id, &method.label)),
        )
    {
        if label.trim().is_empty() {
            found.push(problem("name", format!("`{key}` has no label")));
        }
    }
    found
}

pub(super) fn docs_linked(_: &str, connector: &Connector) -> Vec<Problem> {
    let docs = &connector.docs;
    let links: Vec<&String> = [&docs.api, &docs.oauth, &docs.scopes, &docs.credentials]
        .into_iter()
        .flatten()
        .collect();
    if links.is_empty() {
        return vec![problem("docs", "docs needs at least one link")];
    }
    links
        .into_iter()
        .filter(|link| !Url::parse(link).is_ok_and(|url| url.scheme() == "https" && url.has_host()))
        .map(|link| problem("docs", format!("not an https address: {link}")))
        .collect()
}

/// A method's field has another key than every field that all methods share, and keys can stand in templates.
pub(super) fn keys_unique(_: &str, connector: &Connector) -> Vec<Problem> {
    let mut found = Vec::new();
    let mut shared = BTreeSet::new();
    for field in &connector.fields {
        if !shared.insert(field.key.as_str()) {
            found.push(problem("field_keys", format!("two fields `{}`", field.key)));
        }
    }
    for method in &connector.auth {
        let mut own = shared.clone();
        for field in &method.fields {
            if !own.insert(field.key.as_str()) {
                let message = format!("`{}` has a second field `{}`", method.id, field.key);
                found.push(problem("field_keys", message));
            }
        }
    }
    for field in all_fields(connector).filter(|field| !is_key(&field.key)) {
        let message = format!("a key is lower case letters, digits and _: `{}`", field.key);
        found.push(problem("field_keys", message));
    }
    for field in all_fields(connector).filter(|f| f.key == "access_token" || f.key == "client_id") {
        let message = format!("`{}` is what Patchbay itself fills in", field.key);
        found.push(problem("field_keys", message));
    }
    found
}

pub(super) fn choices_sound(_: &str, connector: &Connector) -> Vec<Problem> {
    let mut found = Vec::new();
    for field in all_fields(connector) {
        let values: BTreeSet<&str> = field.choices.iter().map(|c| c.value.as_str()).collect();
        let mut complain = |message: &str| {
            found.push(problem(
                "choices",
                format!("field `{}`: {message}", field.key),
            ));
        };
        match field.kind {
            FieldKind::Choice if field.choices.len() < 2 => complain("a choice needs two values"),
            FieldKind::Choice if values.len() != field.choices.len() => complain("a value twice"),
            FieldKind::Choice => {}
            _ if !field.choices.is_empty() => complain("only a choice has choices"),
            _ => {}
        }
    }
    found
}

/// Patterns compile, and examples and defaults are values that the field itself takes.
pub(super) fn patterns_match_their_examples(_: &str, connector: &Connector) -> Vec<Problem> {
    let mut found = Vec::new();
    for field in all_fields(connector) {
        let mut complain = |message: String| {
            found.push(problem(
                "pattern",
                format!("field `{}`: {message}", field.key),
            ));
        };
        match &field.pattern {
            Some(pattern) if Regex::new(&format!("^(?:{pattern})$")).is_err() => {
                complain(format!("the pattern can't be read: {pattern}"));
                continue;
            }
            Some(_) if field.example.is_none() => complain("a pattern needs an example".to_owned()),
            _ => {}
        }
        for value in [&field.example, &field.default].into_iter().flatten() {
            if let Err(error) = check_value(field, value) {
                complain(format!("its own value is refused: {value}: {error}"));
            }
        }
        if field.is_secret() && field.default.is_some() {
            complain("a secret has no default".to_owned());
        }
    }
    found
}

fn all_fields(connector: &Connector) -> impl Iterator<Item = &Field> {
    let own = connector.auth.iter().flat_map(|method| &method.fields);
    connector.fields.iter().chain(own)
}
