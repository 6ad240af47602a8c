//! The base address: the first server that can be used, its variables as fields.

use serde_json::Value;
use url::Url;

use super::document::{Document, scalar};
use crate::connector::custom::parts::{address, field, key};
use crate::connector::template::{Values, check_value, expand_url, is_loopback};
use crate::connector::{Choice, Connector, Field, FieldKind};

/// The template of the base address, without a slash at the end. Adds the fields it needs.
pub(super) fn base(
    document: &Document,
    made: &mut Connector,
    warnings: &mut Vec<String>,
) -> Option<String> {
    let servers: Vec<&Value> = document
        .at("/servers")
        .and_then(Value::as_array)
        .map(|servers| {
            servers
                .iter()
                .filter(|server| server.get("url").is_some())
                .collect()
        })
        .unwrap_or_default();
    if servers.len() > 1 {
        warnings.push(format!(
            "The document names {} servers; the first is taken",
            servers.len()
        ));
    }
    let url = match servers.first() {
        Some(server) => server.get("url").and_then(Value::as_str)?,
        None => "/",
    };
    let variables = servers.first().and_then(|server| server.get("variables"));
    let url = absolute(document, url).unwrap_or_else(|| url.to_owned());
    if !url.contains("://") {
        warnings.push(
            "The document doesn't say on which server the API is: it is asked for".to_owned(),
        );
        return Some(typed_server(made, None));
    }
    let url = match url.strip_prefix("http://") {
        Some(rest) if !Url::parse(&url).is_ok_and(|url| is_loopback(&url)) => {
            warnings.push("The document names a server without https; https is used".to_owned());
            format!("https://{rest}")
        }
        _ => url,
    };
    let mut fields = Vec::new();
    match template(&url, variables, &mut fields) {
        Some(template) => {
            made.fields.append(&mut fields);
            Some(template)
        }
        None => {
            warnings.push("The server's address has variables that can't be asked for one by one: it is asked for whole".to_owned());
            Some(typed_server(made, Some(&filled(&url, variables))))
        }
    }
}

/// An address of the document, resolved against where it came from. `None`: it stays relative.
pub(super) fn absolute(document: &Document, url: &str) -> Option<String> {
    if url.contains("://") {
        return Some(url.trim_end_matches('/').to_owned());
    }
    let joined = document.source.as_ref()?.join(url).ok()?;
    Some(joined.as_str().trim_end_matches('/').to_owned())
}

fn typed_server(made: &mut Connector, default: Option<&str>) -> String {
    let server = Field {
        example: Some("https://api.example.com".to_owned()),
        ..field("server", "Server", FieldKind::Url)
    };
    let default = default
        .filter(|value| check_value(&server, value).is_ok())
        .map(str::to_owned);
    made.fields.push(Field { default, ..server });
    "{server}".to_owned()
}

/// The address with every variable's default.
fn filled(url: &str, variables: Option<&Value>) -> String {
    let mut filled = url.to_owned();
    for (name, variable) in variables.and_then(Value::as_object).into_iter().flatten() {
        let default = variable.get("default").and_then(scalar).unwrap_or_default();
        filled = filled.replace(&format!("{{{name}}}"), &default);
    }
    filled
}

/// The address as a template, if each variable can be a field where it stands.
fn template(url: &str, variables: Option<&Value>, fields: &mut Vec<Field>) -> Option<String> {
    if !url.contains('{') {
        let url = Url::parse(url).ok()?;
        let whole = url.as_str().trim_end_matches('/');
        return (url.fragment().is_none() && url.query().is_none() && url.username().is_empty())
            .then(|| address(whole, "server", "Server", fields));
    }
    let mut made = String::new();
    let mut rest = url;
    while let Some(open) = rest.find('{') {
        let close = open + rest[open..].find('}')?;
        let name = &rest[open + 1..close];
        made.push_str(&rest[..open]);
        rest = &rest[close + 1..];
        let variable = variables.and_then(|variables| variables.get(name));
        match variable_as(name, variable, &made, rest)? {
            Part::Text(text) => made.push_str(&text),
            Part::Field(found) => {
                made.push_str(&format!("{{{}}}", found.key));
                if !fields.contains(&found) {
                    fields.push(found);
                }
            }
        }
    }
    made.push_str(rest);
    sound(&made, fields).then_some(made)
}

enum Part {
    Text(String),
    Field(Field),
}

fn variable_as(name: &str, variable: Option<&Value>, before: &str, after: &str) -> Option<Part> {
    let text = |at: &str| {
        variable
            .and_then(|variable| variable.get(at))
            .and_then(scalar)
    };
    let default = text("default").unwrap_or_default();
    let allowed: Vec<String> = variable
        .and_then(|variable| variable.get("enum"))
        .and_then(Value::as_array)
        .map(|values| values.iter().filter_map(scalar).collect())
        .unwrap_or_default();
    let scheme_or_port = before.is_empty() || before.ends_with(':') && before.contains("://");
    if scheme_or_port {
        let value = if before.is_empty() { "https" } else { &default };
        return Some(Part::Text(value.to_owned()));
    }
    if let [only] = allowed.as_slice() {
        return Some(Part::Text((*only).to_owned()));
    }
    let in_host = !before[before.find("://")? + 3..].contains('/');
    let alone = before.ends_with("://") && (after.is_empty() || after.starts_with('/'));
    let kind = match (allowed.is_empty(), in_host, alone) {
        (false, ..) => FieldKind::Choice,
        (true, true, true) => FieldKind::Host,
        (true, true, false) => FieldKind::Subdomain,
        (true, false, _) => FieldKind::PathSegment,
    };
    let label = name.replace(['_', '-'], " ");
    let mut found = field(&key(name, "server"), label.trim(), kind);
    found.help = text("description").and_then(|text| crate::error::provider_text(&text));
    found.choices = allowed
        .iter()
        .map(|value| Choice {
            value: (*value).to_owned(),
            label: (*value).to_owned(),
        })
        .collect();
    found.default =
        (!default.is_empty() && check_value(&found, &default).is_ok()).then_some(default);
    Some(Part::Field(found))
}

/// Whether the template holds with its own defaults, and no host is put together in a way that can't be shown.
fn sound(template: &str, fields: &[Field]) -> bool {
    let mut values = Values::default();
    for field in fields {
        values.insert(
            &field.key,
            field.kind,
            crate::connector::validation::example_value(field),
        );
    }
    let Some(rest) = template.strip_prefix("https://") else {
        return false;
    };
    let host = rest.split('/').next().unwrap_or_default();
    let in_host = fields
        .iter()
        .filter(|field| host.contains(&format!("{{{}}}", field.key)));
    let shown = in_host.clone().count() <= 1
        && in_host.into_iter().all(|field| {
            let after = host
                .split(&format!("{{{}}}", field.key))
                .nth(1)
                .unwrap_or_default();
            match field.kind {
                FieldKind::Subdomain => {
                    host.starts_with('{')
                        && after.starts_with('.')
                        && after.matches('.').count() >= 2
                }
                _ => true,
            }
        });
    shown && expand_url(template, &values).is_ok()
}
