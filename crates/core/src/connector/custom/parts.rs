//! Parts that every way of making a definition needs: names and ids, fields, scopes with their descriptions, and
//! addresses as templates.

use std::collections::BTreeSet;

use url::Url;

use crate::connector::{
    AuthKind, AuthMethod, Catalogue, Category, ClientAuth, Connector, Docs, Field, FieldKind,
    FlowKeys, OAuth, Quality, Redirect, Scope, Sensitivity,
};
use crate::error::provider_text;

/// A definition with nothing in it but a name.
pub(super) fn connector(name: &str, docs: Docs) -> Connector {
    let name: String = provider_text(name)
        .unwrap_or_default()
        .chars()
        .take(60)
        .collect();
    Connector {
        name: match name.trim() {
            "" => "My connector".to_owned(),
            name => name.to_owned(),
        },
        category: Category::Custom,
        keywords: Vec::new(),
        quality: Quality::Unconfirmed,
        notes: None,
        docs,
        flow_keys: FlowKeys::default(),
        auth: Vec::new(),
        scopes: Vec::new(),
        fields: Vec::new(),
        test: None,
        no_test_because: None,
        cards: Vec::new(),
        quirks: Vec::new(),
    }
}

pub(super) fn method(id: &str, label: &str, kind: AuthKind) -> AuthMethod {
    AuthMethod {
        id: id.to_owned(),
        label: label.to_owned(),
        kind,
        help: None,
        fields: Vec::new(),
        oauth: None,
        placement: Vec::new(),
        basic: None,
        aws: None,
        session: None,
        jwt: None,
        test: None,
    }
}

pub(super) fn field(key: &str, label: &str, kind: FieldKind) -> Field {
    Field {
        key: key.to_owned(),
        label: label.to_owned(),
        kind,
        help: None,
        example: None,
        pattern: None,
        default: None,
        choices: Vec::new(),
        suffix: None,
        optional: false,
    }
}

pub(super) fn oauth(redirect: Vec<Redirect>) -> OAuth {
    OAuth {
        client_auth: vec![ClientAuth::Basic, ClientAuth::Post, ClientAuth::None],
        manual_scopes: true,
        redirect,
        ..OAuth::default()
    }
}

pub(super) fn all_redirects() -> Vec<Redirect> {
    vec![
        Redirect::DeepLink,
        Redirect::Loopback {
            host: crate::connector::LoopbackHost::Ip,
            ports: Vec::new(),
        },
        Redirect::Paste { uri: None },
    ]
}

/// An address as a template. One of this machine becomes a field with the address as its default, because a definition
/// itself may only name https.
pub(super) fn address(url: &str, key: &str, label: &str, fields: &mut Vec<Field>) -> String {
    if url.starts_with("https://") {
        return url.to_owned();
    }
    if !fields.iter().any(|field| field.key == key) {
        fields.push(Field {
            default: Some(url.to_owned()),
            ..field(key, label, FieldKind::Url)
        });
    }
    format!("{{{key}}}")
}

/// A link for a person, if it is one.
pub(super) fn link(text: Option<&str>) -> Option<String> {
    let url = Url::parse(text?).ok()?;
    let plain = url.scheme() == "https"
        && url.has_host()
        && url.username().is_empty()
        && url.as_str().len() <= 2000;
    plain.then(|| url.to_string())
}

/// The definition's own scopes from a server's list: those that can be sent, each once, with a description.
pub(super) fn scopes<'a>(
    listed: impl IntoIterator<Item = (&'a str, Option<&'a str>)>,
) -> Vec<Scope> {
    let mut seen = BTreeSet::new();
    listed
        .into_iter()
        .filter(|(value, _)| is_scope(value) && seen.insert(*value))
        .take(2000)
        .map(|(value, description)| Scope {
            value: value.to_owned(),
            description: description.and_then(provider_text).unwrap_or_else(|| {
                known_scope(value).map_or_else(|| in_words(value), str::to_owned)
            }),
            default: false,
            required: false,
            sensitivity: Sensitivity::Normal,
            methods: Vec::new(),
        })
        .collect()
}

/// RFC 6749 3.3.
fn is_scope(value: &str) -> bool {
    !value.is_empty()
        && value.len() <= 256
        && value
            .chars()
            .all(|c| c.is_ascii_graphic() && !matches!(c, '"' | '\\'))
}

fn known_scope(value: &str) -> Option<&'static str> {
    Some(match value {
        "openid" => "Sign you in",
        "profile" => "See your name and profile",
        "email" => "See your email address",
        "phone" => "See your telephone number",
        "address" => "See your postal address",
        "offline_access" => "Stay connected when you are away",
        _ => return None,
    })
}

/// A scope nobody has described: its own words.
fn in_words(value: &str) -> String {
    let words = value
        .rsplit('/')
        .next()
        .unwrap_or(value)
        .replace(['.', '_', ':', '-'], " ");
    match words.trim() {
        "" => value.to_owned(),
        words => format!("What the provider calls “{words}”"),
    }
}

/// An id that no connector has yet, made of a name.
pub(super) fn free_id(catalogue: &Catalogue, name: &str) -> String {
    let slug: String = name
        .to_lowercase()
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '-' })
        .collect();
    let slug: Vec<&str> = slug.split('-').filter(|part| !part.is_empty()).collect();
    let mut slug: String = slug.join("-").chars().take(50).collect();
    slug = slug.trim_end_matches('-').to_owned();
    if slug.is_empty() {
        slug = "my-connector".to_owned();
    }
    let free = |id: &String| catalogue.get(id).is_none();
    if free(&slug) {
        return slug;
    }
    (2..)
        .map(|number| format!("{slug}-{number}"))
        .find(free)
        .expect("there are fewer connectors than numbers")
}

/// A key for a field or a method, made of any text.
pub(super) fn key(text: &str, otherwise: &str) -> String {
    let mut key = String::new();
    let mut previous_lower = false;
    for c in text.chars() {
        if c.is_ascii_uppercase() && previous_lower {
            key.push('_');
        }
        previous_lower = c.is_ascii_lowercase() || c.is_ascii_digit();
        key.push(if c.is_ascii_alphanumeric() {
            c.to_ascii_lowercase()
        } else {
            '_'
        });
    }
    let parts: Vec<&str> = key.split('_').filter(|part| !part.is_empty()).collect();
    let key: String = parts.join("_").chars().take(40).collect();
    match key.chars().next() {
        Some(c)
            if c.is_ascii_lowercase() && !matches!(key.as_str(), "access_token" | "client_id") =>
        {
            key
        }
        Some(_) => format!("{otherwise}_{key}"),
        None => otherwise.to_owned(),
    }
}
