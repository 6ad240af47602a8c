//! A resource server's metadata (RFC 9728): who issues its tokens, and for which scopes.
//!
//! The server is asked without a token first, and what its `WWW-Authenticate` names counts before the well-known
//! address. The document must name the very resource it was asked for (requirement E6). It is a stranger who names the
//! authorization servers: each address passes [`reach::check`], no redirect is followed, at most 64 kB are read.

use serde_json::json;
use url::Url;

use super::discovery::list;
use super::reach::{self, Resolver};
use super::token::json::Json;
use crate::connector::template::check_scheme;
use crate::credential::challenges;
use crate::error::{Code, Error, Result, provider_text};
use crate::http::{Http, HttpError, Limits, Method, Request, Response};

const SIZE: usize = 64 * 1024;
const DEPTH: usize = 8;

/// What a resource says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resource {
    /// The identifier for RFC 8707, as the document writes it.
    pub resource: String,
    /// Issuers of tokens for it, the preferred one first. Never empty.
    pub authorization_servers: Vec<String>,
    /// Scopes the challenge asked for, or else those the document lists.
    pub scopes: Vec<String>,
    pub name: Option<String>,
    /// The server has no metadata and its own origin is taken for its issuer, as before RFC 9728.
    pub assumed: bool,
}

/// Asks a resource who guards it.
///
/// # Errors
/// `InvalidInput` on the field `url` for an address that can't be a resource; `WrongSettings` when its metadata belongs
/// to another resource or leads where it may not; `Network`, `ProviderDown`.
pub async fn discover(http: &dyn Http, resolver: &dyn Resolver, url: &Url) -> Result<Resource> {
    if let Err(error) = check_scheme(url) {
        return Err(error.with_field("url"));
    }
    if url.fragment().is_some() || !url.username().is_empty() || url.password().is_some() {
        return Err(Error::field(
            "url",
            "Only the address of the server, without user name and without #",
        ));
    }
    let challenge = challenge(&send(http, knock(url)).await?);
    if let Some(document) = &challenge.document {
        reach::check(resolver, url, document).await?;
        let json = read(http, document)
            .await?
            .ok_or_else(|| unusable(url, "the address it gives for its metadata has none"))?;
        return understand(url, url, &json, &challenge);
    }
    for (document, named) in documents(url) {
        if let Some(json) = read(http, &document).await? {
            return understand(url, &named, &json, &challenge);
        }
    }
    if !challenge.guarded {
        return Err(Error::new(
            Code::Unsupported,
            "The server answers without asking for a sign-in, and names nobody who could give one",
        )
        .with_field("url")
        .with_hint("Check that this is the address of an MCP server that needs a sign-in"));
    }
    Ok(Resource {
        resource: url.to_string(),
        authorization_servers: vec![url.origin().ascii_serialization()],
        scopes: challenge.scopes.unwrap_or_default(),
        name: None,
        assumed: true,
    })
}

/// What the server said when it was asked without a token.
#[derive(Default)]
struct Challenge {
    guarded: bool,
    document: Option<Url>,
    scopes: Option<Vec<String>>,
}

/// The first message of an MCP client, which a guarded server answers with a challenge.
fn knock(url: &Url) -> Request {
    let initialize = json!({
        "jsonrpc": "2.0",
        "id": 1,
        "method": "initialize",
        "params": {
            "protocolVersion": "2025-11-25",
            "capabilities": {},
            "clientInfo": { "name": "Patchbay", "version": env!("CARGO_PKG_VERSION") },
        },
    });
    Request::new(Method::Post, url.clone())
        .header("accept", "application/json, text/event-stream")
        .body("application/json", initialize.to_string().into_bytes())
}

fn challenge(response: &Response) -> Challenge {
    let mut found = Challenge::default();
    if response.status != 401 && response.status != 403 {
        return found;
    }
    found.guarded = true;
    for challenge in challenges(response) {
        if let Some(document) = challenge.get("resource_metadata") {
            found.document = found.document.or_else(|| Url::parse(document).ok());
        }
        if let Some(scope) = challenge.get("scope") {
            found
                .scopes
                .get_or_insert_with(|| scope.split(' ').filter_map(provider_text).collect());
        }
    }
    found
}

/// The well-known addresses, and the resource each speaks for (RFC 9728 3.1).
fn documents(url: &Url) -> Vec<(Url, Url)> {
    let at = |path: &str| {
        let mut document = url.clone();
        document.set_path(path);
        document
    };
    let mut origin = url.clone();
    origin.set_path("/");
    origin.set_query(None);
    let mut root = at("/.well-known/oauth-protected-resource");
    root.set_query(None);
    let path = url.path().trim_end_matches('/');
    if path.is_empty() {
        return vec![(root, url.clone())];
    }
    let inserted = at(&format!("/.well-known/oauth-protected-resource{path}"));
    vec![(inserted, url.clone()), (root, origin)]
}

async fn send(http: &dyn Http, mut request: Request) -> Result<Response> {
    request.limits = Limits {
        body: SIZE,
        ..Limits::default()
    };
    let host = request.url.host_str().unwrap_or("the server").to_owned();
    http.send(request).await.map_err(|error| match error {
        HttpError::TooLarge(..) => Error::new(
            Code::WrongSettings,
            format!("{host} answers with more than 64 kB where a few lines belong"),
        ),
        error => Error::new(Code::Network, format!("The server can't be asked: {error}"))
            .with_hint("Check the address and the network, then try again"),
    })
}

/// `None` when there is no document at that address.
async fn read(http: &dyn Http, document: &Url) -> Result<Option<Json>> {
    let request = Request::new(Method::Get, document.clone()).header("accept", "application/json");
    let response = send(http, request).await?;
    match response.status {
        200 => Json::parse(&response.body, DEPTH)
            .ok()
            .filter(Json::is_object)
            .map(Some)
            .ok_or_else(|| unusable(document, "it isn't JSON as agreed")),
        300..=399 => Err(unusable(
            document,
            "it sends elsewhere, which isn't followed",
        )),
        429 | 500..=599 => Err(Error::new(
            Code::ProviderDown,
            format!(
                "The server has a problem of its own (status {})",
                response.status
            ),
        )
        .with_hint("Nothing to mend here: try again later")),
        _ => Ok(None),
    }
}

fn unusable(url: &Url, why: &str) -> Error {
    let host = url.host_str().unwrap_or("the server");
    Error::new(
        Code::WrongSettings,
        format!("The resource metadata of {host} can't be used: {why}"),
    )
    .with_field("url")
}

/// `named`: the resource that the document's place speaks for. It may also name the one asked for.
fn understand(url: &Url, named: &Url, json: &Json, challenge: &Challenge) -> Result<Resource> {
    let resource = json
        .get("resource")
        .and_then(Json::text)
        .unwrap_or_default();
    let same = Url::parse(resource)
        .is_ok_and(|found| found.fragment().is_none() && (found == *url || found == *named));
    if !same {
        return Err(unusable(url, "it speaks for another resource"));
    }
    let authorization_servers: Vec<String> = list(json, "authorization_servers")
        .unwrap_or_default()
        .into_iter()
        .take(10)
        .collect();
    if authorization_servers.is_empty() {
        return Err(unusable(url, "it names no authorization server"));
    }
    let scopes = challenge.scopes.clone();
    Ok(Resource {
        resource: resource.to_owned(),
        authorization_servers,
        scopes: scopes
            .or_else(|| list(json, "scopes_supported"))
            .unwrap_or_default(),
        name: json
            .get("resource_name")
            .and_then(Json::text)
            .and_then(provider_text),
        assumed: false,
    })
}
