//! A provider's metadata: RFC 8414 and OpenID Connect Discovery, in the order that MCP prescribes (requirements F1 to F5).
//!
//! The document must name the issuer it was asked of, character by character, or it is discarded. No redirect is
//! followed, nothing over 256 kB or deeper than eight levels is read, every endpoint is https (or on this machine, when
//! the issuer is), and endpoints on other hosts are reported so that a person sees them before they are used.

use std::collections::BTreeSet;

use serde::Serialize;
use ts_rs::TS;
use url::Url;

use super::endpoints::{Metadata, check_endpoint};
use super::reach::is_inside;
use super::token::json::Json;
use crate::connector::template::{check_scheme, is_loopback};
use crate::connector::{AuthKind, ClientAuth};
use crate::error::{Code, Error, Result, provider_text};
use crate::http::{Http, HttpError, Limits, Method, Request, Response};

const SIZE: usize = 256 * 1024;
const DEPTH: usize = 8;
/// Entries of a list that are kept, and characters of each.
const LIST: usize = 2000;
const ENTRY: usize = 256;

/// What a provider says of itself, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Discovered {
    pub metadata: Metadata,
    /// The address the document was read at.
    pub document: Url,
    pub userinfo: Option<Url>,
    /// Empty when the document doesn't list them.
    pub scopes: Vec<String>,
    /// As listed; absent means authorization code and implicit (RFC 8414 2).
    pub grant_types: Option<Vec<String>>,
    pub response_types: Option<Vec<String>>,
    /// The methods listed that we know; absent means basic.
    pub client_auth: Option<Vec<ClientAuth>>,
    /// Whether S256 is listed; `None` when the document says nothing about PKCE.
    pub pkce_s256: Option<bool>,
    /// Where a person reads about the service.
    pub documentation: Option<Url>,
    /// Hosts of endpoints that aren't the issuer's.
    pub other_hosts: Vec<String>,
}

/// An endpoint, for the list that is shown before it is used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct EndpointView {
    /// "Authorization", "Token", …
    pub purpose: String,
    pub url: String,
    /// Another host than the issuer's.
    pub other_host: bool,
}

/// Asks an issuer for its metadata.
///
/// # Errors
/// `InvalidInput` on the field `issuer` when the text can't be an issuer; `WrongSettings` when there is no metadata, it
/// belongs to another issuer or an endpoint in it can't be used; `Network` and `ProviderDown` when it can't be had now.
pub async fn discover(http: &dyn Http, issuer: &str) -> Result<Discovered> {
    let base = parse_issuer(issuer)?;
    let mut worst: Option<Error> = None;
    for document in documents(&base) {
        let problem = match read(http, &document).await? {
            Ok(json) => match understand(issuer, &base, document, &json) {
                Ok(found) => return Ok(found),
                Err(error) => error,
            },
            Err(error) => error,
        };
        let telling = |error: &Error| matches!(error.code, Code::WrongSettings) as u8;
        if worst
            .as_ref()
            .is_none_or(|known| telling(&problem) > telling(known))
        {
            worst = Some(problem);
        }
    }
    let error = worst.unwrap_or_else(|| Error::internal("an issuer has no document to ask for"));
    Err(match error.code {
        Code::NotFound => Error::new(
            Code::WrongSettings,
            format!("{} has no metadata for this issuer", host(&base)),
        )
        .with_hint("Check the issuer with the service's documentation, or type in its endpoints"),
        _ => error,
    }
    .with_field("issuer"))
}

impl Discovered {
    /// Whether the provider offers what `kind` needs. `mcp`: PKCE must be announced (MCP authorization).
    ///
    /// # Errors
    /// `Unsupported`, saying what is missing.
    pub fn check(&self, kind: AuthKind, mcp: bool) -> Result<()> {
        let refused = |what: &str| {
            Err(Error::new(
                Code::Unsupported,
                format!("The provider {what}"),
            ))
        };
        let grants = |grant: &str| {
            self.grant_types
                .as_ref()
                .is_none_or(|listed| listed.iter().any(|entry| entry == grant))
        };
        let metadata = &self.metadata;
        if metadata.token.is_none() {
            return refused("names no token endpoint");
        }
        match kind {
            AuthKind::AuthorizationCode => {
                let code = self.response_types.as_ref().is_none_or(|listed| {
                    listed.is_empty() || listed.iter().any(|entry| entry == "code")
                });
                if metadata.authorization.is_none() || !code || !grants("authorization_code") {
                    return refused("doesn't offer the authorization code grant");
                }
                match self.pkce_s256 {
                    Some(false) => refused("offers PKCE without S256"),
                    None if mcp => refused("doesn't say that it supports PKCE"),
                    Some(true) | None => Ok(()),
                }
            }
            AuthKind::DeviceCode if metadata.device_authorization.is_none() => {
                refused("has no device authorization endpoint")
            }
            AuthKind::ClientCredentials if !grants("client_credentials") => {
                refused("doesn't offer client credentials")
            }
            AuthKind::DeviceCode
            | AuthKind::ClientCredentials
            | AuthKind::JwtBearer
            | AuthKind::GithubApp
            | AuthKind::ApiKey
            | AuthKind::Bearer
            | AuthKind::Basic
            | AuthKind::AwsKeyPair
            | AuthKind::SessionToken
            | AuthKind::None => Ok(()),
        }
    }

    /// Every endpoint with its purpose, in the order they are used.
    pub fn endpoints(&self) -> Vec<EndpointView> {
        let metadata = &self.metadata;
        [
            ("Authorization", &metadata.authorization),
            ("Device authorization", &metadata.device_authorization),
            ("Token", &metadata.token),
            ("Revocation", &metadata.revocation),
            ("Registration", &metadata.registration),
            ("User info", &self.userinfo),
            ("Keys", &metadata.jwks),
        ]
        .into_iter()
        .filter_map(|(purpose, url)| {
            let url = url.as_ref()?;
            Some(EndpointView {
                purpose: purpose.to_owned(),
                url: url.to_string(),
                other_host: url
                    .host_str()
                    .is_some_and(|host| self.other_hosts.iter().any(|other| other == host)),
            })
        })
        .collect()
    }
}

/// RFC 8414 2: https, no query, no fragment.
fn parse_issuer(issuer: &str) -> Result<Url> {
    let refused = |message: &str| Err(Error::field("issuer", message));
    let Ok(url) = Url::parse(issuer) else {
        return refused("Type the whole address of the issuer, beginning with https://");
    };
    if let Err(error) = check_scheme(&url) {
        return Err(error.with_field("issuer"));
    }
    if url.query().is_some() || url.fragment().is_some() {
        return refused("An issuer has no part from ? or # on");
    }
    if !url.username().is_empty() || url.password().is_some() {
        return refused("Leave user name and password out of the address");
    }
    if issuer.len() > 2048 || issuer.chars().any(|c| c.is_control() || c.is_whitespace()) {
        return refused("That isn't an issuer");
    }
    Ok(url)
}

/// Where the document may lie: the path inserted (RFC 8414 3.1, for both names), then appended (OpenID Connect).
fn documents(issuer: &Url) -> Vec<Url> {
    let path = issuer.path().trim_end_matches('/');
    let mut paths = vec![
        format!("/.well-known/oauth-authorization-server{path}"),
        format!("/.well-known/openid-configuration{path}"),
    ];
    if !path.is_empty() {
        paths.push(format!("{path}/.well-known/openid-configuration"));
    }
    paths
        .iter()
        .map(|path| {
            let mut url = issuer.clone();
            url.set_path(path);
            url
        })
        .collect()
}

/// The outer error ends the search, the inner one belongs to this document.
async fn read(http: &dyn Http, document: &Url) -> Result<Result<Json>> {
    let mut request =
        Request::new(Method::Get, document.clone()).header("accept", "application/json");
    request.limits = Limits {
        body: SIZE,
        ..Limits::default()
    };
    let response = match http.send(request).await {
        Ok(response) => response,
        Err(HttpError::TooLarge(..)) => {
            return Ok(Err(unreadable(document, "it is larger than 256 kB")));
        }
        Err(error) => {
            let message = format!("The service can't be asked for its endpoints: {error}");
            return Err(Error::new(Code::Network, message)
                .with_field("issuer")
                .with_hint("Check the address and the network, then try again"));
        }
    };
    Ok(parse(&response, document))
}

pub(super) fn parse(response: &Response, document: &Url) -> Result<Json> {
    match response.status {
        200 => Json::parse(&response.body, DEPTH)
            .ok()
            .filter(Json::is_object)
            .ok_or_else(|| unreadable(document, "it isn't JSON as agreed")),
        300..=399 => Err(unreadable(
            document,
            "it sends elsewhere, which isn't followed",
        )),
        429 | 500..=599 => Err(Error::new(
            Code::ProviderDown,
            format!(
                "{} has a problem of its own (status {})",
                host(document),
                response.status
            ),
        )
        .with_hint("Nothing to mend here: try again later")),
        _ => Err(Error::new(Code::NotFound, "there is no metadata")),
    }
}

fn unreadable(document: &Url, why: &str) -> Error {
    Error::new(
        Code::WrongSettings,
        format!("The metadata of {} can't be used: {why}", host(document)),
    )
}

fn host(url: &Url) -> &str {
    url.host_str().unwrap_or("the server")
}

fn understand(issuer: &str, base: &Url, document: Url, json: &Json) -> Result<Discovered> {
    let named = json.get("issuer").and_then(Json::text).unwrap_or_default();
    if named != issuer {
        let error = unreadable(&document, "it belongs to another issuer");
        return Err(match provider_text(named) {
            Some(named) => error.with_hint(format!("It calls itself {named}. If that is the service you mean, type the issuer exactly so")),
            None => error,
        });
    }
    let endpoint = |key: &str| endpoint(json, key, base, &document);
    let metadata = Metadata {
        issuer: issuer.to_owned(),
        authorization: endpoint("authorization_endpoint")?,
        token: endpoint("token_endpoint")?,
        revocation: endpoint("revocation_endpoint")?,
        device_authorization: endpoint("device_authorization_endpoint")?,
        registration: endpoint("registration_endpoint")?,
        jwks: endpoint("jwks_uri")?,
        iss_supported: flag(json, "authorization_response_iss_parameter_supported"),
        client_id_metadata_document: flag(json, "client_id_metadata_document_supported"),
    };
    let userinfo = endpoint("userinfo_endpoint")?;
    let documentation = json
        .get("service_documentation")
        .and_then(Json::text)
        .and_then(|text| Url::parse(text).ok())
        .filter(|url| url.scheme() == "https" && check_endpoint(url).is_ok());
    let mut found = Discovered {
        userinfo,
        scopes: list(json, "scopes_supported").unwrap_or_default(),
        grant_types: list(json, "grant_types_supported"),
        response_types: list(json, "response_types_supported"),
        client_auth: list(json, "token_endpoint_auth_methods_supported")
            .map(|listed| known_auth(&listed)),
        pkce_s256: list(json, "code_challenge_methods_supported")
            .map(|listed| listed.iter().any(|method| method == "S256")),
        documentation,
        other_hosts: Vec::new(),
        metadata,
        document,
    };
    found.other_hosts = other_hosts(&found, base);
    Ok(found)
}

/// An endpoint that may be used. Absent, `null` and empty are the same; anything that isn't a sound address spoils the
/// document, because a person would be shown half of the truth.
fn endpoint(json: &Json, key: &str, base: &Url, document: &Url) -> Result<Option<Url>> {
    let Some(text) = json
        .get(key)
        .and_then(Json::text)
        .filter(|text| !text.is_empty())
    else {
        return Ok(None);
    };
    let unusable = || {
        unreadable(
            document,
            &format!("its {key} isn't an address that may be used"),
        )
    };
    let url = Url::parse(text).map_err(|_| unusable())?;
    check_endpoint(&url).map_err(|_| unusable())?;
    let inside = |url: &Url| match url.host() {
        Some(url::Host::Ipv4(address)) => is_inside(address.into()),
        Some(url::Host::Ipv6(address)) => is_inside(address.into()),
        Some(url::Host::Domain(_)) | None => is_loopback(url),
    };
    if inside(&url) && !inside(base) {
        return Err(unusable());
    }
    Ok(Some(url))
}

fn other_hosts(found: &Discovered, base: &Url) -> Vec<String> {
    let metadata = &found.metadata;
    let hosts: BTreeSet<&str> = [
        &metadata.authorization,
        &metadata.token,
        &metadata.revocation,
        &metadata.device_authorization,
        &metadata.registration,
        &metadata.jwks,
        &found.userinfo,
    ]
    .into_iter()
    .flatten()
    .filter_map(Url::host_str)
    .filter(|host| Some(*host) != base.host_str())
    .collect();
    hosts.into_iter().map(str::to_owned).collect()
}

/// The texts of a list; entries of other kinds and oversized ones are left out.
pub(super) fn list(json: &Json, key: &str) -> Option<Vec<String>> {
    let entries = json.get(key)?.list()?;
    Some(
        entries
            .iter()
            .filter_map(Json::text)
            .filter(|text| {
                !text.is_empty() && text.len() <= ENTRY && !text.chars().any(char::is_control)
            })
            .take(LIST)
            .map(str::to_owned)
            .collect(),
    )
}

fn flag(json: &Json, key: &str) -> bool {
    json.get(key).and_then(Json::bool).unwrap_or(false)
}

fn known_auth(listed: &[String]) -> Vec<ClientAuth> {
    listed
        .iter()
        .filter_map(|method| match method.as_str() {
            "none" => Some(ClientAuth::None),
            "client_secret_basic" => Some(ClientAuth::Basic),
            "client_secret_post" => Some(ClientAuth::Post),
            "private_key_jwt" => Some(ClientAuth::PrivateKeyJwt),
            _ => None,
        })
        .collect()
}
