//! Authentication methods other than OAuth's own parts.

use std::collections::BTreeSet;

use super::{
    Problem,
    addresses::{self, Use},
    problem,
};
use crate::connector::{
    definition::{AuthKind, AuthMethod, Basic, Connector, Field, FieldKind, PlacementTo},
    template::{self, is_key},
};

pub(super) fn ids_unique(_: &str, connector: &Connector) -> Vec<Problem> {
    let mut seen = BTreeSet::new();
    let mut found = Vec::new();
    if connector.auth.is_empty() {
        found.push(problem("methods", "there is no authentication method"));
    }
    for method in &connector.auth {
        if !seen.insert(&method.id) {
            found.push(problem("methods", format!("method `{}` twice", method.id)));
        }
        if !is_key(&method.id) {
            let message = format!("a method's id is lower case, digits and _: `{}`", method.id);
            found.push(problem("methods", message));
        }
    }
    found
}

/// Each kind has the part it needs and none that it can't use.
pub(super) fn parts_fit_the_kind(_: &Connector, method: &AuthMethod) -> Vec<Problem> {
    use AuthKind::*;
    let kind = method.kind;
    let parts = [
        (
            "oauth",
            method.oauth.is_some(),
            matches!(
                kind,
                AuthorizationCode | ClientCredentials | DeviceCode | JwtBearer
            ),
        ),
        ("session", method.session.is_some(), kind == SessionToken),
        (
            "jwt",
            method.jwt.is_some(),
            matches!(kind, JwtBearer | GithubApp),
        ),
        ("aws", method.aws.is_some(), kind == AwsKeyPair),
        (
            "placement",
            !method.placement.is_empty(),
            kind == ApiKey || !method.placement.is_empty(),
        ),
        (
            "basic",
            method.basic.is_some(),
            kind == Basic && method.basic.is_some(),
        ),
    ];
    parts
        .into_iter()
        .filter(|(_, there, wanted)| there != wanted)
        .map(|(part, there, _)| {
            let word = if there { "can't have" } else { "needs" };
            problem("method_parts", format!("`{}` {word} `{part}`", method.id))
        })
        .collect()
}

fn field<'a>(connector: &'a Connector, method: &'a AuthMethod, key: &str) -> Option<&'a Field> {
    connector
        .fields
        .iter()
        .chain(&method.fields)
        .find(|field| field.key == key)
}

pub(super) fn basic_has_its_fields(connector: &Connector, method: &AuthMethod) -> Vec<Problem> {
    if method.kind != AuthKind::Basic {
        return Vec::new();
    }
    let standard = Basic {
        username: "{username}".to_owned(),
        password: "{password}".to_owned(),
    };
    let basic = method.basic.as_ref().unwrap_or(&standard);
    let mut found = addresses::check_text(connector, method, "username", &basic.username);
    found.extend(addresses::check_text(
        connector,
        method,
        "password",
        &basic.password,
    ));
    found.extend(holds_a_secret(
        connector,
        method,
        [&basic.username, &basic.password],
    ));
    found
}

pub(super) fn placement_sound(connector: &Connector, method: &AuthMethod) -> Vec<Problem> {
    let mut found = Vec::new();
    for placement in &method.placement {
        let what = format!("placement {}", placement.name);
        found.extend(addresses::check_text(
            connector,
            method,
            &what,
            &placement.name,
        ));
        found.extend(addresses::check_text(
            connector,
            method,
            &what,
            &placement.value,
        ));
        let literal = !placement.name.contains('{');
        let token = placement
            .name
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '$' | '[' | ']'));
        if literal && (placement.name.is_empty() || !token) {
            let message = format!("`{}`: not a name: `{}`", method.id, placement.name);
            found.push(problem("placement", message));
        }
        let forbidden = ["host", "content-length", "cookie", "connection"];
        if placement.to == PlacementTo::Header
            && forbidden.contains(&placement.name.to_ascii_lowercase().as_str())
        {
            let message = format!("`{}` can't set the header {}", method.id, placement.name);
            found.push(problem("placement", message));
        }
    }
    let values = || method.placement.iter().map(|placement| &placement.value);
    match method.kind {
        AuthKind::ApiKey => found.extend(holds_a_secret(connector, method, values())),
        AuthKind::Bearer if method.placement.is_empty() => {
            found.extend(holds_a_secret(connector, method, [&"{token}".to_owned()]));
        }
        AuthKind::Bearer => found.extend(holds_a_secret(connector, method, values())),
        _ => {}
    }
    found
}

/// A credential that no secret field goes into isn't one.
fn holds_a_secret<'a>(
    connector: &Connector,
    method: &AuthMethod,
    templates: impl IntoIterator<Item = &'a String>,
) -> Option<Problem> {
    let secret = templates
        .into_iter()
        .filter_map(|text| template::keys(text).ok())
        .flatten()
        .any(|key| field(connector, method, key).is_some_and(Field::is_secret));
    (!secret).then(|| {
        problem(
            "credential",
            format!("`{}` sends no secret field", method.id),
        )
    })
}

pub(super) fn session_sound(connector: &Connector, method: &AuthMethod) -> Vec<Problem> {
    let Some(session) = &method.session else {
        return Vec::new();
    };
    let mut found = addresses::check(
        connector,
        method,
        "session address",
        &session.url,
        Use::Endpoint,
    );
    for (name, value) in session.headers.iter().chain(&session.body) {
        found.extend(addresses::check_text(connector, method, name, value));
    }
    for text in session
        .basic
        .iter()
        .flat_map(|b| [&b.username, &b.password])
    {
        found.extend(addresses::check_text(connector, method, "basic", text));
    }
    for pointer in std::iter::once(&session.token).chain(&session.expires_in) {
        if !pointer.starts_with('/') {
            let message = format!("`{}`: not a JSON pointer: {pointer}", method.id);
            found.push(problem("session", message));
        }
    }
    found
}

pub(super) fn jwt_sound(connector: &Connector, method: &AuthMethod) -> Vec<Problem> {
    let Some(jwt) = &method.jwt else {
        return Vec::new();
    };
    let mut found = Vec::new();
    let mut complain = |message: &str| {
        found.push(problem("jwt", format!("`{}`: {message}", method.id)));
    };
    match field(connector, method, &jwt.key_field).map(|field| field.kind) {
        Some(FieldKind::SecretText | FieldKind::Secret) => {}
        Some(_) => complain("the key's field must be secret"),
        None => complain("the key's field doesn't exist"),
    }
    if !(1..=3600).contains(&jwt.lifetime_seconds) {
        complain("an assertion lives 1 to 3600 seconds");
    }
    if jwt.key_file && jwt.token_uris.is_empty() {
        complain("a key file needs the list of token endpoints it may name");
    }
    if jwt
        .token_uris
        .iter()
        .any(|uri| !uri.starts_with("https://"))
    {
        complain("token endpoints of key files must be https");
    }
    if method.kind == AuthKind::GithubApp && jwt.exchange.is_none() {
        complain("an app needs the address that gives an installation token");
    }
    for (what, text) in [
        ("issuer", Some(&jwt.issuer)),
        ("subject", jwt.subject.as_ref()),
        ("audience", jwt.audience.as_ref()),
        ("key id", jwt.key_id.as_ref()),
    ] {
        if let Some(text) = text {
            found.extend(addresses::check_text(connector, method, what, text));
        }
    }
    for (name, value) in &jwt.claims {
        found.extend(addresses::check_text(connector, method, name, value));
    }
    if let Some(exchange) = &jwt.exchange {
        found.extend(addresses::check(
            connector,
            method,
            "exchange",
            exchange,
            Use::Endpoint,
        ));
    }
    found
}

pub(super) fn aws_sound(connector: &Connector, method: &AuthMethod) -> Vec<Problem> {
    let Some(aws) = &method.aws else {
        return Vec::new();
    };
    let mut found = addresses::check_text(connector, method, "region", &aws.region);
    let key = field(connector, method, "access_key_id");
    let secret = field(connector, method, "secret_access_key");
    if key.is_none() || !secret.is_some_and(Field::is_secret) {
        let message = format!(
            "`{}` needs the fields access_key_id and secret_access_key",
            method.id
        );
        found.push(problem("aws", message));
    }
    found
}
