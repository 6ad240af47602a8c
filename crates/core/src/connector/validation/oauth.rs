//! Endpoints, redirects and parameters of the OAuth kinds.

use std::collections::BTreeSet;

use super::{
    Problem,
    addresses::{self, Use},
    problem,
};
use crate::connector::definition::{
    AccountSource, AuthKind, AuthMethod, Connector, FieldKind, Redirect, RevocationStyle,
};

/// The endpoints that the kind needs are given, or come from an issuer.
pub(super) fn endpoints_present(_: &Connector, method: &AuthMethod) -> Vec<Problem> {
    let Some(oauth) = &method.oauth else {
        return Vec::new();
    };
    let mut found = Vec::new();
    let mut complain = |message: &str| {
        found.push(problem("endpoints", format!("`{}` {message}", method.id)));
    };
    if oauth.discovery {
        if oauth.issuer.is_none() {
            complain("discovers its endpoints but has no issuer");
        }
        return found;
    }
    if oauth.token_endpoint.is_none() {
        complain("has no token endpoint");
    }
    if method.kind == AuthKind::AuthorizationCode && oauth.authorization_endpoint.is_none() {
        complain("has no authorization endpoint");
    }
    if method.kind == AuthKind::DeviceCode && oauth.device_authorization_endpoint.is_none() {
        complain("has no device authorization endpoint");
    }
    if oauth.client_auth.is_empty() {
        complain("doesn't say how the client authenticates");
    }
    found
}

pub(super) fn addresses_sound(connector: &Connector, method: &AuthMethod) -> Vec<Problem> {
    let Some(oauth) = &method.oauth else {
        return Vec::new();
    };
    [
        ("issuer", &oauth.issuer),
        ("authorization endpoint", &oauth.authorization_endpoint),
        ("token endpoint", &oauth.token_endpoint),
        ("refresh endpoint", &oauth.refresh_endpoint),
        (
            "device authorization endpoint",
            &oauth.device_authorization_endpoint,
        ),
        ("registration endpoint", &oauth.registration_endpoint),
        ("key set", &oauth.jwks_uri),
    ]
    .into_iter()
    .filter_map(|(what, address)| Some((what, address.as_ref()?)))
    .flat_map(|(what, address)| addresses::check(connector, method, what, address, Use::Endpoint))
    .collect()
}

/// A sign-in in the browser has a way back; ports can be registered and opened without rights.
pub(super) fn redirects_sound(_: &Connector, method: &AuthMethod) -> Vec<Problem> {
    let Some(oauth) = &method.oauth else {
        return Vec::new();
    };
    let mut found = Vec::new();
    let mut complain = |message: &str| {
        found.push(problem("redirect", format!("`{}` {message}", method.id)));
    };
    let browser = method.kind == AuthKind::AuthorizationCode;
    if browser && oauth.redirect.is_empty() {
        complain("names no way back from the browser");
    }
    if !browser && !oauth.redirect.is_empty() {
        complain("needs no way back from a browser");
    }
    let kinds: BTreeSet<&str> = oauth.redirect.iter().map(redirect_kind).collect();
    if kinds.len() != oauth.redirect.len() {
        complain("names a way back twice");
    }
    for redirect in &oauth.redirect {
        match redirect {
            Redirect::Loopback { ports, .. } => {
                let distinct: BTreeSet<&u16> = ports.iter().collect();
                if distinct.len() != ports.len() || ports.iter().any(|port| *port < 1024) {
                    complain("needs distinct ports from 1024 on");
                }
            }
            Redirect::Paste { uri: Some(uri) } if !uri.starts_with("https://") => {
                complain("pastes from an address that isn't https");
            }
            Redirect::DeepLink | Redirect::Paste { .. } => {}
        }
    }
    found
}

fn redirect_kind(redirect: &Redirect) -> &'static str {
    match redirect {
        Redirect::DeepLink => "deep_link",
        Redirect::Loopback { .. } => "loopback",
        Redirect::Paste { .. } => "paste",
    }
}

/// What the protocol itself sends can't be replaced by a definition.
const RESERVED: [&str; 16] = [
    "assertion",
    "client_assertion",
    "client_id",
    "client_secret",
    "code",
    "code_challenge",
    "code_challenge_method",
    "code_verifier",
    "device_code",
    "grant_type",
    "nonce",
    "redirect_uri",
    "refresh_token",
    "response_type",
    "scope",
    "state",
];

pub(super) fn parameters_sound(connector: &Connector, method: &AuthMethod) -> Vec<Problem> {
    let Some(oauth) = &method.oauth else {
        return Vec::new();
    };
    let mut found = Vec::new();
    for (name, value) in oauth.authorize_params.iter().chain(&oauth.token_params) {
        if RESERVED.contains(&name.as_str()) {
            let message = format!("`{}`: {name} belongs to the protocol", method.id);
            found.push(problem("parameters", message));
        }
        found.extend(addresses::check_text(connector, method, name, value));
    }
    if let Some(resource) = &oauth.resource {
        found.extend(addresses::check(
            connector,
            method,
            "resource",
            resource,
            Use::Endpoint,
        ));
    }
    found
}

/// A captured address or host is one of a list, and a captured value is no field that is typed.
pub(super) fn captures_sound(connector: &Connector, method: &AuthMethod) -> Vec<Problem> {
    let Some(oauth) = &method.oauth else {
        return Vec::new();
    };
    let mut found = Vec::new();
    for capture in &oauth.capture {
        let mut complain = |message: &str| {
            let message = format!("`{}`: capture {}: {message}", method.id, capture.field);
            found.push(problem("capture", message));
        };
        if matches!(capture.kind, FieldKind::Url | FieldKind::Host) && capture.hosts.is_empty() {
            complain("an address needs the hosts it may name");
        }
        let host_sound = |host: &String| {
            let name = host.strip_prefix("*.").unwrap_or(host);
            name.contains('.') && !name.contains(['*', '/', ':'])
        };
        if !capture.hosts.iter().all(host_sound) {
            complain("a host is written like *.example.com");
        }
        if matches!(capture.kind, FieldKind::Choice | FieldKind::SecretText) {
            complain("can't be of this kind");
        }
        let typed = connector.fields.iter().chain(&method.fields);
        if typed.into_iter().any(|field| field.key == capture.field) {
            complain("there is a field of this name");
        }
    }
    found
}

pub(super) fn revocation_sound(connector: &Connector, method: &AuthMethod) -> Vec<Problem> {
    let Some(revocation) = method.oauth.as_ref().and_then(|o| o.revocation.as_ref()) else {
        return Vec::new();
    };
    let endpoint = &revocation.endpoint;
    let mut found = addresses::check(connector, method, "revocation", endpoint, Use::Endpoint);
    if revocation.style == RevocationStyle::GithubGrant && !endpoint.contains("{client_id}") {
        let message = format!("`{}`: the client id belongs in the address", method.id);
        found.push(problem("revocation", message));
    }
    found
}

/// Rules about refresh tokens don't contradict each other.
pub(super) fn refresh_sound(_: &Connector, method: &AuthMethod) -> Vec<Problem> {
    let Some(oauth) = &method.oauth else {
        return Vec::new();
    };
    let refresh = &oauth.refresh;
    let mut found = Vec::new();
    let more = refresh.rotates
        || refresh.grace_seconds > 0
        || refresh.lifetime_seconds.is_some()
        || !refresh.scopes.is_empty();
    if refresh.never && more {
        let message = format!("`{}` never refreshes, yet says how", method.id);
        found.push(problem("refresh", message));
    }
    if refresh.idle && refresh.lifetime_seconds.is_none() {
        let message = format!("`{}`: idle needs lifetime_seconds", method.id);
        found.push(problem("refresh", message));
    }
    found
}

/// An account is only read from an ID token that can be checked, and by JSON pointers.
pub(super) fn account_sound(_: &Connector, method: &AuthMethod) -> Vec<Problem> {
    let Some(oauth) = &method.oauth else {
        return Vec::new();
    };
    let Some(account) = &oauth.account else {
        return Vec::new();
    };
    let mut found = Vec::new();
    let mut complain = |message: &str| {
        found.push(problem("account", format!("`{}`: {message}", method.id)));
    };
    let keys = oauth.discovery || oauth.jwks_uri.is_some();
    if account.source == AccountSource::IdToken && (oauth.issuer.is_none() || !keys) {
        complain("an ID token is checked with the issuer and its keys (jwks_uri or discovery)");
    }
    let mut pointers = std::iter::once(&account.id).chain(&account.name);
    if !pointers.all(|pointer| pointer.starts_with('/')) {
        complain("the account is read by JSON pointers");
    }
    found
}
