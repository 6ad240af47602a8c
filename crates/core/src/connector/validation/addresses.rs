//! What an address in a definition may look like.

use super::{Problem, example_values, problem};
use crate::connector::{
    definition::{AuthMethod, Connector, FieldKind},
    template::{Part, Values, expand_url, parts},
};

/// Where an address is used decides whether a field that may be left empty can stand in it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Use {
    Endpoint,
    /// An optional `url` field may be the whole address: left empty, nothing is tested.
    Test,
}

/// Checks one address template of a method: `what` names it in the message.
pub(super) fn check(
    connector: &Connector,
    method: &AuthMethod,
    what: &str,
    template: &str,
    used: Use,
) -> Vec<Problem> {
    let values = example_values(connector, method);
    let at = format!("{what} of `{}`", method.id);
    let Ok(parts) = parts(template) else {
        return vec![problem(
            "address",
            format!("{at}: braces enclose no field key: {template}"),
        )];
    };
    let mut found = known(&at, &parts, &values);
    if !found.is_empty() {
        return found;
    }
    found.extend(begins_with_https(&at, &parts, &values));
    found.extend(no_secret(&at, &parts, &values));
    found.extend(host_in_its_place(&at, template, &parts, &values));
    if found.is_empty() {
        found.extend(no_empty_field(&at, connector, method, &parts, used));
        found.extend(expands(&at, template, &values));
    }
    found
}

fn known(at: &str, parts: &[Part<'_>], values: &Values) -> Vec<Problem> {
    keys(parts)
        .filter(|key| values.get(key).is_none())
        .map(|key| problem("template_field", format!("{at}: there is no field `{key}`")))
        .collect()
}

fn keys<'a>(parts: &[Part<'a>]) -> impl Iterator<Item = &'a str> {
    parts.iter().filter_map(|part| match part {
        Part::Field(key) => Some(*key),
        Part::Text(_) => None,
    })
}

fn begins_with_https(at: &str, parts: &[Part<'_>], values: &Values) -> Option<Problem> {
    let fine = match parts.first() {
        Some(Part::Text(text)) => text.starts_with("https://"),
        Some(Part::Field(key)) => values.kind(key) == Some(FieldKind::Url),
        None => false,
    };
    (!fine).then(|| {
        problem(
            "https",
            format!("{at} must begin with https:// or with a field of the kind url"),
        )
    })
}

fn no_secret(at: &str, parts: &[Part<'_>], values: &Values) -> Vec<Problem> {
    keys(parts)
        .filter(|key| {
            matches!(
                values.kind(key),
                Some(FieldKind::Secret | FieldKind::SecretText)
            )
        })
        .map(|key| {
            problem(
                "secret_in_address",
                format!("{at}: the secret `{key}` may not stand in an address; use a placement"),
            )
        })
        .collect()
}

/// A host stands alone between `https://` and the path; a subdomain stands before a dot and a fixed domain.
fn host_in_its_place(
    at: &str,
    template: &str,
    parts: &[Part<'_>],
    values: &Values,
) -> Vec<Problem> {
    let mut found = Vec::new();
    let mut complain = |message: String| found.push(problem("host_place", message));
    let Some(rest) = template.strip_prefix("https://") else {
        return found;
    };
    let host = rest.split(['/', '?']).next().unwrap_or_default();
    for key in keys(parts) {
        let token = format!("{{{key}}}");
        let in_host = host.contains(&token);
        match values.kind(key) {
            Some(FieldKind::Host) if host != token => complain(format!(
                "{at}: `{key}` is a host and must stand alone between https:// and the path"
            )),
            Some(FieldKind::Subdomain) if in_host => {
                let after = host.split(&token).nth(1).unwrap_or_default();
                if !after.starts_with('.') || after.matches('.').count() < 2 || after.contains('{')
                {
                    complain(format!(
                        "{at}: `{key}` is a subdomain and needs a fixed domain after it"
                    ));
                }
            }
            Some(FieldKind::PathSegment | FieldKind::Text | FieldKind::Url) if in_host => {
                complain(format!("{at}: `{key}` may not stand in the host"));
            }
            _ => {}
        }
    }
    if host.contains('@') || host.is_empty() {
        complain(format!("{at}: the host can't be read"));
    }
    found
}

fn no_empty_field(
    at: &str,
    connector: &Connector,
    method: &AuthMethod,
    parts: &[Part<'_>],
    used: Use,
) -> Vec<Problem> {
    connector
        .fields
        .iter()
        .chain(&method.fields)
        .filter(|field| field.optional && field.default.is_none())
        .filter(|field| keys(parts).any(|key| key == field.key))
        .filter(|_| !(used == Use::Test && parts.len() == 1))
        .map(|field| {
            problem(
                "optional_in_address",
                format!("{at}: `{}` may be left empty but is needed", field.key),
            )
        })
        .collect()
}

fn expands(at: &str, template: &str, values: &Values) -> Option<Problem> {
    match expand_url(template, values) {
        Ok(url) if url.fragment().is_none() && !template.contains(char::is_whitespace) => None,
        Ok(_) => Some(problem(
            "address",
            format!("{at}: neither spaces nor # may stand in it: {template}"),
        )),
        Err(error) => Some(problem("address", format!("{at}: {error}: {template}"))),
    }
}

/// Checks a header value, parameter or claim: its fields must exist.
pub(super) fn check_text(
    connector: &Connector,
    method: &AuthMethod,
    what: &str,
    template: &str,
) -> Vec<Problem> {
    let at = format!("{what} of `{}`", method.id);
    match parts(template) {
        Ok(parts) => known(&at, &parts, &example_values(connector, method)),
        Err(_) => vec![problem(
            "template_field",
            format!("{at}: braces enclose no field key: {template}"),
        )],
    }
}
