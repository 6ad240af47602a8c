//! A definition from an MCP server: who guards it (RFC 9728), what that authorization server offers (RFC 8414), and the
//! resource indicator (RFC 8707) that binds tokens to the server.

use serde_json::json;
use url::Url;

use super::issuer::pinned;
use super::parts::{address, connector, free_id, method, scopes};
use super::{Draft, draft};
use crate::connector::validation::quirks_of_hosts;
use crate::connector::{
    AuthKind, Catalogue, Docs, LoopbackHost, Redirect, RequestMethod, TestRequest,
};
use crate::error::{Code, Error, Result};
use crate::http::Http;
use crate::oauth::discovery::discover;
use crate::oauth::protected_resource::{self, Resource};
use crate::oauth::reach::{self, Resolver};

/// Asks an MCP server and the authorization server it names, and writes down what they say.
///
/// # Errors
/// `InvalidInput` on `url`; `Unsupported` when the authorization server lacks what MCP demands (code grant, PKCE S256);
/// as [`protected_resource::discover`] and [`discover`].
pub async fn from_mcp(
    http: &dyn Http,
    resolver: &dyn Resolver,
    catalogue: &Catalogue,
    url: &str,
) -> Result<Draft> {
    let server = Url::parse(url.trim()).map_err(|_| {
        Error::field(
            "url",
            "Type the whole address of the server, beginning with https://",
        )
    })?;
    let resource = protected_resource::discover(http, resolver, &server).await?;
    let issuer = &resource.authorization_servers[0];
    let place = Url::parse(issuer).map_err(|_| {
        Error::new(
            Code::WrongSettings,
            "The server names an authorization server that isn't an address",
        )
    })?;
    reach::check(resolver, &server, &place).await?;
    let found = discover(http, issuer).await?;
    found.check(AuthKind::AuthorizationCode, true)?;

    let host = server.host_str().unwrap_or_default().to_owned();
    let name = resource.name.clone().unwrap_or_else(|| host.clone());
    let mut made = connector(
        &name,
        Docs {
            api: Some("https://modelcontextprotocol.io/docs/learn/architecture".to_owned()),
            ..Docs::default()
        },
    );
    made.keywords = vec!["mcp".to_owned(), host];
    // MCP takes https and this machine as ways back, no scheme of our own.
    let loopback = Redirect::Loopback {
        host: LoopbackHost::Ip,
        ports: Vec::new(),
    };
    let mut oauth = pinned(
        &found,
        AuthKind::AuthorizationCode,
        vec![loopback],
        &mut made.fields,
    );
    oauth.resource = Some(address(
        &resource.resource,
        "server",
        "Server",
        &mut made.fields,
    ));
    oauth.account = None;
    let mut oauth_method = method("oauth", "OAuth 2.0", AuthKind::AuthorizationCode);
    oauth_method.oauth = Some(oauth);
    made.auth.push(oauth_method);
    made.scopes = scopes(resource.scopes.iter().map(|value| (value.as_str(), None)));
    for scope in &mut made.scopes {
        scope.default = true;
    }
    made.test = Some(test(address(
        server.as_str(),
        "server",
        "Server",
        &mut made.fields,
    )));
    made.quirks = quirks_of_hosts(&made);
    let id = free_id(catalogue, &name);
    Ok(draft(
        catalogue,
        id,
        made,
        warnings(
            &resource,
            &server,
            &place,
            found.metadata.registration.is_some() || found.metadata.client_id_metadata_document,
        ),
    ))
}

/// The first message of a client, which changes nothing.
fn test(url: String) -> TestRequest {
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
    TestRequest {
        method: RequestMethod::Post,
        url,
        headers: [(
            "Accept".to_owned(),
            "application/json, text/event-stream".to_owned(),
        )]
        .into(),
        json: Some(initialize.to_string()),
        ..TestRequest::default()
    }
}

fn warnings(resource: &Resource, server: &Url, issuer: &Url, registers: bool) -> Vec<String> {
    let mut warnings = Vec::new();
    if resource.assumed {
        warnings
            .push("The server doesn't say who guards it; it is taken to guard itself".to_owned());
    }
    if issuer.host_str() != server.host_str() {
        warnings.push(format!(
            "Its sign-in lies on another host: {}",
            issuer.host_str().unwrap_or_default()
        ));
    }
    if resource.authorization_servers.len() > 1 {
        warnings.push(format!(
            "It names {} authorization servers; the first is taken",
            resource.authorization_servers.len()
        ));
    }
    if !registers {
        warnings.push("Patchbay can't register itself there: you need a client registration from the provider".to_owned());
    }
    warnings
}
