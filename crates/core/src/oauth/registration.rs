//! Dynamic client registration (RFC 7591) of a native application, and its end (RFC 7592).
//!
//! What comes back is compared with what was asked (requirement F6): a server may replace values, and other redirect
//! addresses or another way to authenticate would send codes or secrets where nobody agreed. The client secret and the
//! registration token are secrets; the registration belongs to one issuer and is used nowhere else.

use serde_json::json;
use url::Url;

use super::discovery::Discovered;
use super::endpoints::check_endpoint;
use super::token::json::Json;
use crate::clock::Timestamp;
use crate::connector::ClientAuth;
use crate::error::{Code, Error, Result};
use crate::http::{Http, Method, Request, Response};
use crate::vault::Secret;

const DEPTH: usize = 8;

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Application {
    /// What the provider shows at consent.
    pub name: String,
    pub redirect_uris: Vec<String>,
    pub grant_types: Vec<String>,
    pub scopes: Vec<String>,
    pub auth: ClientAuth,
}

/// A registration as the server made it.
pub struct Registered {
    pub client_id: String,
    pub client_secret: Option<Secret>,
    /// `None`: it doesn't expire, or there is none.
    pub secret_expires_at: Option<Timestamp>,
    pub auth: ClientAuth,
    /// Where the registration can be read and deleted, with the token for it (RFC 7592).
    pub management: Option<Management>,
}

/// The handle to a registration.
pub struct Management {
    pub uri: Url,
    pub token: Secret,
}

impl std::fmt::Debug for Registered {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Registered")
            .field("client_id", &self.client_id)
            .field("has_client_secret", &self.client_secret.is_some())
            .field("secret_expires_at", &self.secret_expires_at)
            .field("auth", &self.auth)
            .field("has_management", &self.management.is_some())
            .finish()
    }
}

impl Application {
    /// A native application that signs people in, authenticated the weakest way the server lists: without a secret,
    /// because a secret in an application on a desktop isn't one (RFC 8252 8.5).
    pub fn native(
        name: &str,
        redirect_uris: Vec<String>,
        scopes: Vec<String>,
        server: &Discovered,
    ) -> Self {
        let auth = match server.client_auth.as_deref() {
            None => ClientAuth::None,
            Some(listed) => [ClientAuth::None, ClientAuth::Post, ClientAuth::Basic]
                .into_iter()
                .find(|method| listed.contains(method))
                .unwrap_or(ClientAuth::None),
        };
        let refresh = server
            .grant_types
            .as_ref()
            .is_none_or(|listed| listed.iter().any(|grant| grant == "refresh_token"));
        let mut grant_types = vec!["authorization_code".to_owned()];
        if refresh {
            grant_types.push("refresh_token".to_owned());
        }
        Self {
            name: name.to_owned(),
            redirect_uris,
            grant_types,
            scopes,
            auth,
        }
    }
}

/// Registers the application. `initial` is the initial access token, where the server wants one.
///
/// # Errors
/// `BadRegistration` when the server refuses or answers with something else than was asked; `Denied` when it wants an
/// initial access token; `Unsupported` when it registers nobody; `Network`, `ProviderDown`.
pub async fn register(
    http: &dyn Http,
    endpoint: &Url,
    application: &Application,
    initial: Option<&Secret>,
) -> Result<Registered> {
    check_endpoint(endpoint)?;
    let method = auth_name(application.auth)?;
    let mut document = json!({
        "client_name": application.name,
        "redirect_uris": application.redirect_uris,
        "grant_types": application.grant_types,
        "response_types": ["code"],
        "application_type": "native",
        "token_endpoint_auth_method": method,
    });
    if !application.scopes.is_empty() {
        document["scope"] = application.scopes.join(" ").into();
    }
    let mut request = Request::new(Method::Post, endpoint.clone())
        .header("accept", "application/json")
        .body("application/json", document.to_string().into_bytes());
    if let Some(token) = initial {
        request = request.header("authorization", format!("Bearer {}", token.expose()));
    }
    let response = http.send(request).await.map_err(|error| {
        Error::new(
            Code::Network,
            format!("Patchbay can't be registered: {error}"),
        )
    })?;
    let json = answer(&response, endpoint)?;
    read(&json, application, endpoint)
}

/// Deletes a registration at the server (RFC 7592 2.3). True when the server says that it is gone.
///
/// # Errors
/// `Network` when there is no answer.
pub async fn delete(http: &dyn Http, management: &Management) -> Result<bool> {
    let request = Request::new(Method::Delete, management.uri.clone()).header(
        "authorization",
        format!("Bearer {}", management.token.expose()),
    );
    let response = http.send(request).await.map_err(|error| {
        Error::new(
            Code::Network,
            format!("The registration can't be deleted: {error}"),
        )
    })?;
    Ok(matches!(response.status, 200 | 204 | 401 | 404))
}

fn auth_name(auth: ClientAuth) -> Result<&'static str> {
    match auth {
        ClientAuth::None => Ok("none"),
        ClientAuth::Basic => Ok("client_secret_basic"),
        ClientAuth::Post => Ok("client_secret_post"),
        ClientAuth::PrivateKeyJwt => Err(Error::new(
            Code::Unsupported,
            "An application with a key of its own is registered by hand",
        )),
    }
}

fn answer(response: &Response, endpoint: &Url) -> Result<Json> {
    let host = endpoint.host_str().unwrap_or("The server");
    let json = Json::parse(&response.body, DEPTH)
        .ok()
        .filter(Json::is_object);
    let said = |error: Error| {
        let text = |key: &str| {
            json.as_ref()
                .and_then(|json| json.get(key))
                .and_then(Json::text)
        };
        match (text("error"), text("error_description")) {
            (Some(word), Some(sentence)) => error.with_provider(&format!("{word}: {sentence}")),
            (Some(only), None) | (None, Some(only)) => error.with_provider(only),
            (None, None) => error,
        }
    };
    let failed = |code, message: String| Err(said(Error::new(code, message)));
    match response.status {
        200 | 201 => {}
        300..=399 => {
            return failed(
                Code::WrongSettings,
                format!("{host} sends the registration elsewhere, which isn't followed"),
            );
        }
        401 | 403 => {
            return failed(
                Code::Denied,
                format!("{host} registers only who brings a token of its own"),
            )
            .map_err(|error| {
                error.with_hint(
                    "Register Patchbay at the provider by hand, or ask for an initial access token",
                )
            });
        }
        404 | 405 | 410 | 501 => {
            return failed(
                Code::Unsupported,
                format!("{host} registers no applications by itself"),
            )
            .map_err(|error| error.with_hint("Register Patchbay at the provider by hand"));
        }
        429 | 500..=599 => {
            return failed(
                Code::ProviderDown,
                format!(
                    "{host} has a problem of its own (status {})",
                    response.status
                ),
            );
        }
        status => {
            return failed(
                Code::BadRegistration,
                format!("{host} refused to register Patchbay (status {status})"),
            );
        }
    }
    json.ok_or_else(|| {
        Error::new(
            Code::BadRegistration,
            format!("{host} answered the registration with something else than JSON"),
        )
    })
}

fn read(json: &Json, application: &Application, endpoint: &Url) -> Result<Registered> {
    let changed = |what: &str| {
        Error::new(
            Code::BadRegistration,
            format!(
                "The provider registered Patchbay with other {what} than asked, so the registration isn't used"
            ),
        )
    };
    if json.get("error").is_some() {
        return Err(Error::new(
            Code::BadRegistration,
            "The provider refused to register Patchbay",
        ));
    }
    let client_id = json
        .get("client_id")
        .and_then(Json::text)
        .filter(|id| {
            !id.is_empty()
                && id.len() <= 2048
                && id.bytes().all(|byte| (0x20..0x7f).contains(&byte))
        })
        .ok_or_else(|| {
            Error::new(
                Code::BadRegistration,
                "The provider gave no usable client id",
            )
        })?;
    if let Some(uris) = json.get("redirect_uris") {
        let given: Option<Vec<&str>> = uris
            .list()
            .map(|uris| uris.iter().filter_map(Json::text).collect());
        let same = given.is_some_and(|given| {
            given.len() == application.redirect_uris.len()
                && application
                    .redirect_uris
                    .iter()
                    .all(|uri| given.contains(&uri.as_str()))
        });
        if !same {
            return Err(changed("redirect addresses"));
        }
    }
    let client_secret = json
        .get("client_secret")
        .and_then(Json::text)
        .filter(|secret| !secret.is_empty())
        .map(Secret::new);
    let auth = match json.get("token_endpoint_auth_method").and_then(Json::text) {
        Some(method) if Some(method) == auth_name(application.auth).ok() => application.auth,
        Some(_) => return Err(changed("ways to authenticate")),
        // RFC 7591 2: without a word, a secret is sent with basic.
        None if client_secret.is_some() && application.auth == ClientAuth::None => {
            ClientAuth::Basic
        }
        None => application.auth,
    };
    if auth != ClientAuth::None && client_secret.is_none() {
        return Err(Error::new(
            Code::BadRegistration,
            "The provider gave no client secret",
        ));
    }
    let secret_expires_at = json
        .get("client_secret_expires_at")
        .and_then(Json::integer)
        .filter(|seconds| *seconds > 0 && client_secret.is_some())
        .and_then(|seconds| seconds.checked_mul(1000))
        .map(Timestamp);
    Ok(Registered {
        client_id: client_id.to_owned(),
        client_secret,
        secret_expires_at,
        auth,
        management: management(json, endpoint),
    })
}

/// Kept only when it lies where the registration was made, as its token goes there.
fn management(json: &Json, endpoint: &Url) -> Option<Management> {
    let uri = Url::parse(json.get("registration_client_uri")?.text()?).ok()?;
    let token = json
        .get("registration_access_token")?
        .text()
        .filter(|token| !token.is_empty())?;
    let here = uri.origin() == endpoint.origin() && check_endpoint(&uri).is_ok();
    here.then(|| Management {
        uri,
        token: Secret::new(token),
    })
}
