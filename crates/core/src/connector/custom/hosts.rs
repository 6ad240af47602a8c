//! Which hosts a definition talks to, read off its templates, and whether an address is one of them.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::Serialize;
use ts_rs::TS;
use url::{Origin, Url};

use crate::connector::template::{Part, Values, expand_url, parts};
use crate::connector::{AuthKind, AuthMethod, Connector, FieldKind, Quirk, Redirect};
use crate::oauth::sites::site_directory;

/// A host, and what for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct HostUse {
    /// `api.example.com`; `*.example.com` where a typed part stands before a fixed domain; `{domain}` where the person
    /// types the whole host. Never other than ASCII: letters of other scripts are shown as punycode.
    pub host: String,
    /// "Sign-in in the browser, token".
    pub purpose: String,
    /// The person decides on the host by typing it.
    pub typed: bool,
}

/// What a template is for.
struct Use<'a> {
    template: Cow<'a, str>,
    purpose: &'static str,
    /// Patchbay itself asks it, or sends the browser there to sign in. Links to documentation are neither.
    asked: bool,
}

/// Every host a definition names, each once, in the order of use.
pub fn hosts(connector: &Connector) -> Vec<HostUse> {
    let mut found: Vec<(String, bool, Vec<&'static str>)> = Vec::new();
    for used in uses(connector) {
        for (host, typed) in patterns(connector, &used.template) {
            match found.iter_mut().find(|(known, ..)| *known == host) {
                Some((_, _, purposes)) if purposes.contains(&used.purpose) => {}
                Some((_, _, purposes)) => purposes.push(used.purpose),
                None => found.push((host, typed, vec![used.purpose])),
            }
        }
    }
    found
        .into_iter()
        .map(|(host, typed, purposes)| HostUse {
            host,
            purpose: purposes.join(", "),
            typed,
        })
        .collect()
}

/// Whether a definition, with these values, talks to the host of this address. To be asked before anything is sent for
/// a connector that isn't part of the catalogue: what isn't on its list isn't asked, whoever named it.
pub fn allowed(connector: &Connector, values: &Values, url: &Url) -> bool {
    origins(connector, values).contains(&url.origin())
}

/// Where a definition, with these values, sends requests: scheme, host and port of each address.
pub(super) fn origins(connector: &Connector, values: &Values) -> Vec<Origin> {
    let asked = uses(connector).into_iter().filter(|used| used.asked);
    asked
        .filter_map(|used| expand_url(&used.template, values).ok())
        .map(|url| url.origin())
        .collect()
}

/// Whether the person types the whole host of each issuer whose metadata names the endpoints. A part of a host isn't
/// enough: whose the rest is was decided by whoever wrote the definition.
pub fn issuer_is_typed(connector: &Connector) -> bool {
    let methods = connector
        .auth
        .iter()
        .filter_map(|method| method.oauth.as_ref());
    let mut issuers = methods
        .filter(|oauth| oauth.discovery)
        .filter_map(|oauth| oauth.issuer.as_deref())
        .peekable();
    issuers.peek().is_some()
        && issuers.all(|issuer| patterns(connector, issuer).iter().all(|(_, typed)| *typed))
}

fn uses(connector: &Connector) -> Vec<Use<'_>> {
    let mut found: Vec<Use<'_>> = connector.auth.iter().flat_map(method_uses).collect();
    let tests = connector
        .auth
        .iter()
        .filter_map(|method| method.test.as_ref());
    found.extend(
        tests
            .chain(&connector.test)
            .map(|test| asked(&test.url, "test request")),
    );
    // What a quirk asks isn't in any template.
    let directories = connector.quirks.iter().copied().filter_map(site_directory);
    found.extend(directories.map(|address| asked(address, "list of the account's sites")));
    if connector.quirks.contains(&Quirk::AccountsServer) {
        let captures = connector
            .auth
            .iter()
            .filter_map(|method| method.oauth.as_ref());
        let server = captures
            .flat_map(|oauth| &oauth.capture)
            .filter(|capture| capture.at == "accounts-server");
        found.extend(server.map(|capture| Use {
            template: format!("{{{}}}", capture.field).into(),
            purpose: "token",
            asked: true,
        }));
    }
    let docs = &connector.docs;
    found.extend(
        [&docs.api, &docs.oauth, &docs.scopes, &docs.credentials]
            .into_iter()
            .flatten()
            .map(|template| Use {
                template: template.into(),
                purpose: "documentation in the browser",
                asked: false,
            }),
    );
    found
}

fn asked<'a>(template: &'a str, purpose: &'static str) -> Use<'a> {
    Use {
        template: template.into(),
        purpose,
        asked: true,
    }
}

fn method_uses(method: &AuthMethod) -> Vec<Use<'_>> {
    let mut found = Vec::new();
    if let Some(oauth) = &method.oauth {
        let issuer = match oauth.discovery {
            true => "issuer, which names the endpoints",
            false => "issuer",
        };
        let named = [
            (&oauth.issuer, issuer),
            (&oauth.authorization_endpoint, "sign-in in the browser"),
            (&oauth.device_authorization_endpoint, "device sign-in"),
            (&oauth.token_endpoint, "token"),
            (&oauth.refresh_endpoint, "refresh"),
            (&oauth.registration_endpoint, "registration"),
            (&oauth.jwks_uri, "keys"),
        ];
        found.extend(
            named
                .into_iter()
                .filter_map(|(template, purpose)| Some(asked(template.as_deref()?, purpose))),
        );
        found.extend(
            oauth
                .revocation
                .iter()
                .map(|revocation| asked(&revocation.endpoint, "revocation")),
        );
        found.extend(oauth.redirect.iter().filter_map(|redirect| match redirect {
            Redirect::Paste { uri: Some(uri) } => Some(Use {
                template: uri.into(),
                purpose: "end of the sign-in in the browser",
                asked: false,
            }),
            Redirect::Paste { uri: None } | Redirect::DeepLink | Redirect::Loopback { .. } => None,
        }));
    }
    found.extend(
        method
            .session
            .iter()
            .map(|session| asked(&session.url, "token")),
    );
    if let Some(jwt) = &method.jwt {
        found.extend(jwt.exchange.iter().map(|exchange| asked(exchange, "token")));
        if method.kind == AuthKind::JwtBearer {
            found.extend(jwt.token_uris.iter().map(|uri| asked(uri, "token")));
        }
    }
    found
}

/// The hosts a template can come to, each with whether a person types it whole.
fn patterns(connector: &Connector, template: &str) -> Vec<(String, bool)> {
    let unreadable = || vec![(template.to_owned(), false)];
    let Ok(parts) = parts(template) else {
        return unreadable();
    };
    if let Some(Part::Field(key)) = parts.first() {
        let typed = || suggested(connector, key).unwrap_or_else(|| format!("{{{key}}}"));
        return captured(connector, key).unwrap_or_else(|| vec![(typed(), true)]);
    }
    let start = template.find("://").map_or(0, |at| at + 3);
    let end = template[start..]
        .find(['/', '?', '#', '\\'])
        .map_or(template.len(), |at| start + at);
    let authority = &template[start..end];
    let Some(open) = authority.find('{') else {
        return host_of(&template[..end]).map_or_else(unreadable, |host| vec![(host, false)]);
    };
    let Some(close) = authority.find('}') else {
        return unreadable();
    };
    let key = &authority[open + 1..close];
    let filled = |value: &str| {
        host_of(&format!(
            "{}{}",
            &template[..start],
            authority.replace(&format!("{{{key}}}"), value)
        ))
    };
    match field_kind(connector, key) {
        Some(FieldKind::Choice) => choices(connector, key)
            .iter()
            .filter_map(|choice| filled(choice))
            .map(|host| (host, false))
            .collect(),
        Some(FieldKind::Subdomain) => match filled("x") {
            Some(host) => vec![(
                format!("*{}", host.strip_prefix('x').unwrap_or(&host)),
                false,
            )],
            None => unreadable(),
        },
        _ if authority == format!("{{{key}}}") => {
            captured(connector, key).unwrap_or_else(|| vec![(authority.to_owned(), true)])
        }
        _ => unreadable(),
    }
}

fn host_of(address: &str) -> Option<String> {
    let url = Url::parse(address).ok()?;
    let host = url.host_str()?;
    Some(match url.port() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    })
}

/// The hosts a captured value may name.
fn captured(connector: &Connector, key: &str) -> Option<Vec<(String, bool)>> {
    let captures = connector
        .auth
        .iter()
        .filter_map(|method| method.oauth.as_ref())
        .flat_map(|oauth| &oauth.capture);
    let hosts: BTreeMap<&str, bool> = captures
        .filter(|capture| capture.field == key)
        .flat_map(|capture| capture.hosts.iter().map(|host| (host.as_str(), false)))
        .collect();
    (!hosts.is_empty()).then(|| {
        hosts
            .into_iter()
            .map(|(host, typed)| (host.to_owned(), typed))
            .collect()
    })
}

/// The host of the address that a field suggests.
fn suggested(connector: &Connector, key: &str) -> Option<String> {
    let field = fields(connector).find(|field| field.key == key)?;
    host_of(field.default.as_deref()?)
}

fn field_kind(connector: &Connector, key: &str) -> Option<FieldKind> {
    fields(connector)
        .find(|field| field.key == key)
        .map(|field| field.kind)
}

fn choices<'a>(connector: &'a Connector, key: &'a str) -> Vec<&'a str> {
    fields(connector)
        .filter(|field| field.key == key)
        .flat_map(|field| &field.choices)
        .map(|choice| choice.value.as_str())
        .collect()
}

fn fields(connector: &Connector) -> impl Iterator<Item = &crate::connector::Field> {
    connector
        .fields
        .iter()
        .chain(connector.auth.iter().flat_map(|method| &method.fields))
}
