//! Security schemes as authentication methods.

use std::collections::BTreeSet;

use serde_json::Value;

use super::document::Document;
use super::servers::absolute;
use crate::connector::custom::parts::{address, all_redirects, field, key, method, oauth, scopes};
use crate::connector::template::{check_scheme, parts};
use crate::connector::{
    AuthKind, AuthMethod, Connector, Field, FieldKind, OAuth, Placement, PlacementTo, Refresh,
};
use crate::error::provider_text;

/// Adds a method for every scheme that can be used, those that the whole API asks for first.
pub(super) fn methods(
    document: &Document,
    base: Option<&str>,
    made: &mut Connector,
    warnings: &mut Vec<String>,
) {
    let asked = requirements(document);
    let mut done: BTreeSet<&str> = BTreeSet::new();
    for together in asked.iter().filter(|names| names.len() > 1) {
        if let Some(method) = keys_together(document, together) {
            done.extend(together.iter().map(|(name, _)| *name));
            add(made, method);
        }
    }
    let first: Vec<&str> = asked.iter().flatten().map(|(name, _)| *name).collect();
    let mut schemes: Vec<(&str, &Value)> =
        document.members("/components/securitySchemes").collect();
    schemes.sort_by_key(|(name, _)| {
        first
            .iter()
            .position(|known| known == name)
            .unwrap_or(usize::MAX)
    });
    for (name, scheme) in schemes {
        if !done.insert(name) {
            continue;
        }
        for method in scheme_methods(document, base, name, scheme, made, warnings) {
            add(made, method);
        }
    }
    defaults(&asked, made);
    if document.at("/components/securitySchemes").is_none() {
        let none = method("none", "No authentication", AuthKind::None);
        warnings.push(
            "The document names no security schemes: the API is taken to need no credential"
                .to_owned(),
        );
        made.auth.push(none);
    }
}

/// What the whole API asks for: alternatives of schemes that go together, each with its scopes.
fn requirements(document: &Document) -> Vec<Vec<(&str, Vec<&str>)>> {
    let alternatives = document.at("/security").and_then(Value::as_array);
    alternatives
        .into_iter()
        .flatten()
        .filter_map(Value::as_object)
        .map(|together| {
            together
                .iter()
                .map(|(name, scopes)| {
                    let scopes = scopes
                        .as_array()
                        .into_iter()
                        .flatten()
                        .filter_map(Value::as_str);
                    (name.as_str(), scopes.collect())
                })
                .collect()
        })
        .collect()
}

fn add(made: &mut Connector, mut method: AuthMethod) {
    let taken = |id: &str| made.auth.iter().any(|known| known.id == id);
    if taken(&method.id) {
        let free = (2..)
            .map(|number| format!("{}_{number}", method.id))
            .find(|id| !taken(id));
        method.id = free.expect("there are fewer methods than numbers");
    }
    made.auth.push(method);
}

fn scheme_methods(
    document: &Document,
    base: Option<&str>,
    name: &str,
    scheme: &Value,
    made: &mut Connector,
    warnings: &mut Vec<String>,
) -> Vec<AuthMethod> {
    let text = |at: &str| scheme.get(at).and_then(Value::as_str).unwrap_or_default();
    let mut refused = |why: &str| {
        let name = provider_text(name).unwrap_or_default();
        warnings.push(format!("“{name}” can't be used: {why}"));
        Vec::new()
    };
    let help = provider_text(text("description"));
    let id = key(name, "method");
    match (text("type"), text("scheme").to_ascii_lowercase().as_str()) {
        ("apiKey", _) => match key_method(&id, &[(name, scheme)]) {
            Some(method) => vec![AuthMethod { help, ..method }],
            None => refused("it puts the key in a cookie"),
        },
        ("http", "basic") => {
            let mut found = method(&id, "User name and password", AuthKind::Basic);
            found.fields = vec![
                field("username", "User name", FieldKind::Text),
                Field {
                    optional: true,
                    ..field("password", "Password", FieldKind::Secret)
                },
            ];
            vec![AuthMethod { help, ..found }]
        }
        ("http", "bearer") => {
            let mut found = method(&id, "Token", AuthKind::Bearer);
            found.fields = vec![field("token", "Token", FieldKind::Secret)];
            found.placement = vec![Placement {
                to: PlacementTo::Header,
                name: "Authorization".to_owned(),
                value: "Bearer {token}".to_owned(),
            }];
            vec![AuthMethod { help, ..found }]
        }
        ("http", other) => refused(&format!(
            "Patchbay doesn't know the HTTP scheme {}",
            provider_text(other).unwrap_or_default()
        )),
        ("oauth2", _) => {
            let found = flows(document, base, &id, scheme, made);
            if found.is_empty() {
                return refused(
                    "none of its OAuth flows is safe on a desktop or has usable addresses",
                );
            }
            found
                .into_iter()
                .map(|method| AuthMethod {
                    help: help.clone(),
                    ..method
                })
                .collect()
        }
        ("openIdConnect", _) => {
            let url = absolute(document, text("openIdConnectUrl")).unwrap_or_default();
            let issuer = url
                .trim_end_matches("/.well-known/openid-configuration")
                .to_owned();
            if !usable(&issuer) {
                return refused("its issuer isn't an https address");
            }
            warnings.push(format!("The endpoints of “{}” come from its issuer when you sign in; make the connector from the issuer to see them before", provider_text(name).unwrap_or_default()));
            let mut found = method(&id, "OpenID Connect", AuthKind::AuthorizationCode);
            found.oauth = Some(OAuth {
                issuer: Some(address(&issuer, "issuer", "Issuer", &mut found.fields)),
                discovery: true,
                ..oauth(all_redirects())
            });
            vec![AuthMethod { help, ..found }]
        }
        ("mutualTLS", _) => refused("it wants a client certificate"),
        _ => refused("its type isn't known"),
    }
}

/// Keys that only count together, as one method.
fn keys_together(document: &Document, together: &[(&str, Vec<&str>)]) -> Option<AuthMethod> {
    let schemes: Option<Vec<(&str, &Value)>> = together
        .iter()
        .map(|(name, _)| {
            document
                .members("/components/securitySchemes")
                .find(|(known, _)| known == name)
                .filter(|(_, scheme)| scheme.get("type").and_then(Value::as_str) == Some("apiKey"))
        })
        .collect();
    key_method("keys", &schemes?)
}

fn key_method(id: &str, schemes: &[(&str, &Value)]) -> Option<AuthMethod> {
    let mut found = method(id, "API key", AuthKind::ApiKey);
    for (scheme_name, scheme) in schemes {
        let text = |at: &str| scheme.get(at).and_then(Value::as_str).unwrap_or_default();
        let to = match text("in") {
            "header" => PlacementTo::Header,
            "query" => PlacementTo::Query,
            _ => return None,
        };
        let name = text("name");
        let key = match schemes.len() {
            1 => "api_key".to_owned(),
            _ => key(scheme_name, "key"),
        };
        let label = match schemes.len() {
            1 => "API key".to_owned(),
            _ => provider_text(name)?,
        };
        let mut secret = field(&key, &label, FieldKind::Secret);
        if name.eq_ignore_ascii_case("authorization") {
            secret.help = Some("The whole value of the header, with a word like Bearer or Token in front where the service wants one.".to_owned());
        }
        found.placement.push(Placement {
            to,
            name: name.to_owned(),
            value: format!("{{{key}}}"),
        });
        found.fields.push(secret);
    }
    Some(found)
}

fn flows(
    document: &Document,
    base: Option<&str>,
    id: &str,
    scheme: &Value,
    made: &mut Connector,
) -> Vec<AuthMethod> {
    let mut found = Vec::new();
    let kinds = [
        (
            "authorizationCode",
            AuthKind::AuthorizationCode,
            "OAuth 2.0",
            "",
        ),
        (
            "deviceAuthorization",
            AuthKind::DeviceCode,
            "Device code",
            "_device",
        ),
        (
            "clientCredentials",
            AuthKind::ClientCredentials,
            "Client credentials",
            "_client",
        ),
    ];
    for (name, kind, label, suffix) in kinds {
        let Some(flow) = scheme.get("flows").and_then(|flows| flows.get(name)) else {
            continue;
        };
        let mut method = method(&format!("{id}{suffix}"), label, kind);
        let Some(part) = flow_part(document, base, flow, kind, &mut method.fields) else {
            continue;
        };
        method.oauth = Some(part);
        let listed = flow
            .get("scopes")
            .and_then(Value::as_object)
            .into_iter()
            .flatten();
        let listed = scopes(listed.map(|(value, text)| (value.as_str(), text.as_str())));
        for mut scope in listed {
            match made
                .scopes
                .iter_mut()
                .find(|known| known.value == scope.value)
            {
                Some(known) => known.methods.push(method.id.clone()),
                None => {
                    scope.methods = vec![method.id.clone()];
                    made.scopes.push(scope);
                }
            }
        }
        found.push(method);
    }
    found
}

fn flow_part(
    document: &Document,
    base: Option<&str>,
    flow: &Value,
    kind: AuthKind,
    fields: &mut Vec<Field>,
) -> Option<OAuth> {
    let mut endpoint = |at: &str, key: &str, label: &str| -> Option<String> {
        let url = flow.get(at)?.as_str().filter(|url| !url.is_empty())?;
        let url = match (absolute(document, url), base) {
            (Some(url), _) => url,
            // Relative to the server, which OpenAPI allows and people do.
            (None, Some(base)) if url.starts_with('/') => return Some(format!("{base}{url}")),
            _ => return None,
        };
        usable(&url).then(|| address(&url, key, label, fields))
    };
    let token = endpoint("tokenUrl", "token_endpoint", "Token endpoint")?;
    let refresh = endpoint("refreshUrl", "refresh_endpoint", "Refresh endpoint")
        .filter(|refresh| *refresh != token);
    let redirect = match kind {
        AuthKind::AuthorizationCode => all_redirects(),
        _ => Vec::new(),
    };
    let mut part = oauth(redirect);
    match kind {
        AuthKind::AuthorizationCode => {
            part.authorization_endpoint = Some(endpoint(
                "authorizationUrl",
                "authorization_endpoint",
                "Authorization endpoint",
            )?);
        }
        AuthKind::DeviceCode => {
            part.device_authorization_endpoint = Some(endpoint(
                "deviceAuthorizationUrl",
                "device_endpoint",
                "Device authorization endpoint",
            )?);
        }
        _ => {
            part.refresh = Refresh {
                never: true,
                ..Refresh::default()
            }
        }
    }
    part.token_endpoint = Some(token);
    part.refresh_endpoint = refresh.filter(|_| !part.refresh.never);
    Some(part)
}

/// An address that may stand in a definition: https or this machine, and nothing a template would read.
fn usable(url: &str) -> bool {
    let parsed = url::Url::parse(url).ok().filter(|url| {
        check_scheme(url).is_ok() && url.username().is_empty() && url.fragment().is_none()
    });
    parsed.is_some()
        && !url.contains(char::is_whitespace)
        && parts(url).is_ok_and(|parts| parts.len() == 1)
}

/// The scopes the whole API asks for are the default ones.
fn defaults(asked: &[Vec<(&str, Vec<&str>)>], made: &mut Connector) {
    let wanted: BTreeSet<&str> = asked
        .iter()
        .flatten()
        .flat_map(|(_, scopes)| scopes.iter().copied())
        .collect();
    for scope in &mut made.scopes {
        scope.default = wanted.contains(scope.value.as_str());
    }
}
