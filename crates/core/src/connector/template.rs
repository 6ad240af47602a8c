//! Addresses and header values with `{field}` in them.
//!
//! A value can't leave its place: hosts, subdomains and path segments are checked by their kind, anything else is
//! percent-encoded inside a query and refused elsewhere in an address. So a definition decides which hosts are
//! talked to, and a typed value can't.

use std::collections::BTreeMap;

use url::Url;
use zeroize::Zeroizing;

use super::definition::{Field, FieldKind};
use crate::error::{Error, Result};

/// Values by field key, with the kind each has. Built for one use and dropped after it: some are secret.
#[derive(Default)]
pub struct Values {
    entries: BTreeMap<String, (FieldKind, Zeroizing<String>)>,
}

impl Values {
    pub fn insert(&mut self, key: &str, kind: FieldKind, value: impl Into<String>) {
        self.entries
            .insert(key.to_owned(), (kind, Zeroizing::new(value.into())));
    }

    pub fn get(&self, key: &str) -> Option<&str> {
        self.entries.get(key).map(|(_, value)| value.as_str())
    }

    pub fn kind(&self, key: &str) -> Option<FieldKind> {
        self.entries.get(key).map(|(kind, _)| *kind)
    }

    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.entries.keys().map(String::as_str)
    }
}

/// A piece of a template.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part<'a> {
    Text(&'a str),
    Field(&'a str),
}

/// Splits a template. Braces that don't enclose a field key (`[a-z][a-z0-9_]*`) are an error.
pub fn parts(template: &str) -> Result<Vec<Part<'_>>> {
    let mut found = Vec::new();
    let mut rest = template;
    while let Some(open) = rest.find(['{', '}']) {
        let broken = || Error::internal(format!("unbalanced brace in template: `{template}`"));
        if rest.as_bytes()[open] == b'}' {
            return Err(broken());
        }
        let close = open + rest[open..].find('}').ok_or_else(broken)?;
        let key = &rest[open + 1..close];
        if !is_key(key) {
            return Err(broken());
        }
        if open > 0 {
            found.push(Part::Text(&rest[..open]));
        }
        found.push(Part::Field(key));
        rest = &rest[close + 1..];
    }
    if !rest.is_empty() {
        found.push(Part::Text(rest));
    }
    Ok(found)
}

/// The keys a template refers to.
pub fn keys(template: &str) -> Result<Vec<&str>> {
    Ok(parts(template)?
        .into_iter()
        .filter_map(|part| match part {
            Part::Field(key) => Some(key),
            Part::Text(_) => None,
        })
        .collect())
}

pub fn is_key(key: &str) -> bool {
    let mut chars = key.chars();
    chars.next().is_some_and(|c| c.is_ascii_lowercase())
        && chars.all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
}

/// An address from a template. Fields may stand in the host and the path only by the kinds made for it; in the query
/// they are percent-encoded. Plain http is refused unless the host is a loopback address.
///
/// # Errors
/// `InvalidInput` with the field's key for a value that may not stand where it stands, or is missing.
pub fn expand_url(template: &str, values: &Values) -> Result<Url> {
    let mut address = String::new();
    let mut in_query = false;
    for part in parts(template)? {
        match part {
            Part::Text(text) => {
                in_query |= text.contains('?');
                address.push_str(text);
            }
            Part::Field(key) => {
                let value = required(values, key)?;
                let kind = values.kind(key).unwrap_or(FieldKind::Text);
                if in_query {
                    address.extend(url::form_urlencoded::byte_serialize(value.as_bytes()));
                } else {
                    check_in_address(key, kind, value)?;
                    let value = match kind {
                        FieldKind::Url => value.trim_end_matches('/'),
                        _ => value,
                    };
                    address.push_str(value);
                }
            }
        }
    }
    let url = Url::parse(&address).map_err(|_| {
        Error::internal("the address that the definition and the settings make can't be read")
    })?;
    check_scheme(&url)?;
    Ok(url)
}

/// A header value or body text from a template; refuses control characters.
pub fn expand_text(template: &str, values: &Values) -> Result<Zeroizing<String>> {
    let mut text = Zeroizing::new(String::new());
    for part in parts(template)? {
        match part {
            Part::Text(literal) => text.push_str(literal),
            Part::Field(key) => text.push_str(required(values, key)?),
        }
    }
    if text.chars().any(char::is_control) {
        return Err(Error::internal(
            "a value holds control characters and can't stand in a header",
        ));
    }
    Ok(text)
}

/// Checks a value against the kind of its field, as it is typed.
///
/// # Errors
/// `InvalidInput` on the field, with what to do.
pub fn check_value(field: &Field, value: &str) -> Result<()> {
    let reject = |message: String| Err(Error::field(&field.key, message));
    if value.chars().count() > 65_536 {
        return reject(format!(
            "{} is too long: at most 65,536 characters",
            field.label
        ));
    }
    let multiline = field.kind == FieldKind::SecretText;
    if value
        .chars()
        .any(|c| c.is_control() && !(multiline && matches!(c, '\n' | '\r' | '\t')))
    {
        return reject(format!(
            "{} contains characters that can't be typed",
            field.label
        ));
    }
    match field.kind {
        FieldKind::Host | FieldKind::Subdomain | FieldKind::PathSegment | FieldKind::Url => {
            check_in_address(&field.key, field.kind, value)?;
        }
        FieldKind::Choice if !field.choices.iter().any(|choice| choice.value == value) => {
            return reject(format!("Choose one of the values of {}", field.label));
        }
        FieldKind::Choice | FieldKind::Text | FieldKind::Secret | FieldKind::SecretText => {}
    }
    if let Some(pattern) = &field.pattern {
        let whole = format!("^(?:{pattern})$");
        let matches = regex::Regex::new(&whole).is_ok_and(|pattern| pattern.is_match(value));
        if !matches {
            return reject(match &field.example {
                Some(example) => format!("{} should look like {example}", field.label),
                None => format!("{} doesn't have the expected form", field.label),
            });
        }
    }
    Ok(())
}

fn required<'a>(values: &'a Values, key: &str) -> Result<&'a str> {
    values
        .get(key)
        .filter(|value| !value.is_empty())
        .ok_or_else(|| Error::field(key, format!("The value of {key} is missing")))
}

fn check_in_address(key: &str, kind: FieldKind, value: &str) -> Result<()> {
    let reject = |message: &str| Err(Error::field(key, message));
    match kind {
        FieldKind::Host => {
            if value.contains("://") {
                return reject("Leave out https://, only the host name");
            }
            if value.contains(['/', '?', '#', '@']) {
                return reject("Only the host name, without anything after it");
            }
            if !is_host(value) {
                return reject("That isn't a host name. Type it like acme.example.com");
            }
        }
        FieldKind::Subdomain => {
            if !is_host(value) || value.contains(':') {
                return reject("Only the part in front, letters, digits and dashes, like acme");
            }
        }
        FieldKind::PathSegment => {
            let fits = value.len() <= 255
                && value != "."
                && value != ".."
                && value
                    .chars()
                    .all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-'));
            if !fits {
                return reject("Only letters, digits, dots, dashes and underscores");
            }
        }
        FieldKind::Url => {
            let Ok(url) = Url::parse(value) else {
                return reject("Type the whole address, beginning with https://");
            };
            if !url.username().is_empty() || url.password().is_some() {
                return reject("Leave user name and password out of the address");
            }
            if url.fragment().is_some() {
                return reject("Leave out the part from # on");
            }
            check_scheme(&url).map_err(|error| error.with_field(key))?;
        }
        FieldKind::Choice => {
            if value.contains(['/', '?', '#', '@', '\\', '%'])
                || value.chars().any(char::is_whitespace)
            {
                return reject("That value can't be part of an address");
            }
        }
        FieldKind::Text | FieldKind::Secret | FieldKind::SecretText => {
            return reject(
                "The definition puts this field where only hosts and path segments may stand",
            );
        }
    }
    Ok(())
}

/// A host name of RFC 1123 labels; a port only behind a loopback name, for services on this machine.
fn is_host(value: &str) -> bool {
    let (name, port) = match value.split_once(':') {
        Some((name, port)) => (name, Some(port)),
        None => (value, None),
    };
    if let Some(port) = port {
        let loopback = matches!(name, "localhost" | "127.0.0.1");
        if !loopback || port.parse::<u16>().is_err() {
            return false;
        }
    }
    name.len() <= 253
        && !name.is_empty()
        && name.split('.').all(|label| {
            !label.is_empty()
                && label.len() <= 63
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
        })
}

/// https, or http to this machine.
pub fn check_scheme(url: &Url) -> Result<()> {
    match (url.scheme(), is_loopback(url)) {
        ("https", _) | ("http", true) if url.has_host() => Ok(()),
        ("http", false) => Err(Error::new(
            crate::Code::InvalidInput,
            "The address must begin with https://. Plain http is only taken for this machine",
        )),
        _ => Err(Error::new(
            crate::Code::InvalidInput,
            "The address must begin with https://",
        )),
    }
}

/// Whether the address names this machine: `127.0.0.0/8`, `[::1]` or `localhost`.
pub fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        Some(url::Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(entries: &[(&str, FieldKind, &str)]) -> Values {
        let mut values = Values::default();
        for (key, kind, value) in entries {
            values.insert(key, *kind, *value);
        }
        values
    }

    #[test]
    fn a_host_stands_in_an_address() {
        let url = expand_url(
            "https://{domain}/oauth2/v1/token",
            &values(&[("domain", FieldKind::Host, "acme.okta.com")]),
        )
        .unwrap();
        assert_eq!(url.as_str(), "https://acme.okta.com/oauth2/v1/token");
    }

    #[test]
    fn a_host_with_more_than_a_host_is_refused_on_its_field() {
        for bad in [
            "acme.okta.com/evil",
            "u@acme.com",
            "https://acme.com",
            "acme.com:8443",
            "a..b",
            "",
            "-a.com",
            "a b",
        ] {
            let error = expand_url(
                "https://{domain}/x",
                &values(&[("domain", FieldKind::Host, bad)]),
            )
            .expect_err("only a host may stand there");
            assert_eq!(error.field.as_deref(), Some("domain"), "{bad}");
        }
    }

    #[test]
    fn text_is_encoded_in_a_query_and_refused_in_a_path() {
        let text = values(&[("q", FieldKind::Text, "a&b=/c")]);
        assert_eq!(
            expand_url("https://api.example.com/x?q={q}", &text)
                .unwrap()
                .as_str(),
            "https://api.example.com/x?q=a%26b%3D%2Fc"
        );
        assert!(expand_url("https://api.example.com/{q}", &text).is_err());
    }

    #[test]
    fn plain_http_is_for_this_machine_only() {
        let url = |value| expand_url("{u}/x", &values(&[("u", FieldKind::Url, value)]));
        assert!(url("http://127.0.0.1:4010").is_ok());
        assert!(url("https://id.example.com/tenant/").is_ok());
        assert!(url("http://id.example.com").is_err());
        assert!(url("file:///etc/passwd").is_err());
        assert!(url("https://u:p@id.example.com").is_err());
    }

    #[test]
    fn control_characters_never_reach_a_header() {
        assert!(
            expand_text(
                "Bearer {t}",
                &values(&[("t", FieldKind::Secret, "a\r\nX: y")])
            )
            .is_err()
        );
    }
}
