//! The authorization code grant with PKCE (RFC 6749 4.1, RFC 7636): the address the browser opens, and the exchange
//! of the code that comes back. Implicit, hybrid and password grants don't exist here.
//!
//! The request is built with the `oauth2` crate's types; its randomness, HTTP and token parser aren't used.

use std::collections::{BTreeMap, BTreeSet};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use oauth2::basic::BasicClient;
use oauth2::{
    AuthUrl, ClientId, CsrfToken, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, Scope,
};
use url::Url;

use super::endpoints::{check_endpoint, missing};
use super::token::request::{self, Parameters};
use super::token::{TokenAnswer, TokenFailure, response};
use super::{Outside, Provider};
use crate::connector::template::expand_text;
use crate::connector::{OAuth, Pkce, Quirk, Separator};
use crate::error::{Code, Error, Result};
use crate::random::Random;
use crate::vault::Secret;

/// What is asked of the sign-in page besides the grant (OpenID Connect Core 3.1.2.1). Empty: nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wishes {
    /// `select_account`, `consent`, `login`.
    pub prompt: Option<String>,
    /// The account the person is expected to sign in as.
    pub login_hint: Option<String>,
}

/// One attempt: the address to open and what must be remembered until the callback. All of it but the redirect URI is
/// secret.
pub struct AuthorizationRequest {
    /// To be opened in the person's own browser, nowhere else.
    pub url: Url,
    pub redirect_uri: Url,
    /// 256 random bits; what the callback must bring back.
    pub state: Secret,
    /// The PKCE verifier, unless the provider refuses PKCE.
    pub verifier: Option<Secret>,
    /// What the ID token must repeat, when one is asked for.
    pub nonce: Option<Secret>,
}

impl std::fmt::Debug for AuthorizationRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AuthorizationRequest")
            .field("host", &self.url.host_str())
            .field("has_verifier", &self.verifier.is_some())
            .finish_non_exhaustive()
    }
}

/// Begins an attempt. Every attempt has a state, verifier and nonce of its own.
///
/// # Errors
/// `WrongSettings` when the provider has no authorization endpoint or it may not be opened; `InvalidInput` for a
/// parameter whose value is missing.
pub fn begin(
    provider: &Provider<'_>,
    scopes: &[String],
    redirect_uri: &Url,
    wishes: &Wishes,
    random: &dyn Random,
) -> Result<AuthorizationRequest> {
    let oauth = provider.oauth;
    let endpoint = provider
        .endpoints
        .authorization
        .as_ref()
        .ok_or_else(|| missing("authorization endpoint"))?;
    check_endpoint(endpoint)?;
    if provider.client.client_id.is_empty() {
        return Err(Error::field("client_id", "The client id is missing"));
    }
    let verifier =
        (oauth.pkce == Pkce::S256).then(|| PkceCodeVerifier::new(random_characters(random)));
    let nonce = scopes
        .iter()
        .any(|scope| scope == "openid")
        .then(|| random_text(random));

    let client = BasicClient::new(ClientId::new(provider.client.client_id.clone()))
        .set_auth_uri(AuthUrl::from_url(endpoint.clone()))
        .set_redirect_uri(RedirectUrl::from_url(redirect_uri.clone()));
    let mut request = client.authorize_url(|| CsrfToken::new(random_characters(random)));
    if let Some(verifier) = &verifier {
        request =
            request.set_pkce_challenge(PkceCodeChallenge::from_code_verifier_sha256(verifier));
    }
    let mut extra = extra_parameters(provider, scopes, wishes, nonce.as_ref())?;
    if !scopes.is_empty() && joins_scopes_itself(oauth) {
        extra.remove("scope");
        request = request.add_scopes(scopes.iter().cloned().map(Scope::new));
    }
    for (name, value) in extra {
        request = request.add_extra_param(name, value);
    }
    let (url, state) = request.url();
    let url = settle_names(provider, endpoint, &url)?;
    if url.as_str().len() > 8192 {
        return Err(Error::new(
            Code::InvalidInput,
            "the sign-in address is longer than browsers and providers take",
        )
        .with_field("scopes")
        .with_hint("Choose fewer scopes"));
    }
    Ok(AuthorizationRequest {
        url,
        redirect_uri: redirect_uri.clone(),
        state: Secret::new(state.into_secret()),
        verifier: verifier.map(|verifier| Secret::new(verifier.into_secret())),
        nonce,
    })
}

/// What the grant itself sets, so that a definition can't turn it or its PKCE into something else.
const OF_THE_GRANT: [&str; 6] = [
    "response_type",
    "client_id",
    "redirect_uri",
    "state",
    "code_challenge",
    "code_challenge_method",
];

/// Whether the scopes go where and how RFC 6749 3.3 says, which is what the crate's builder does.
fn joins_scopes_itself(oauth: &OAuth) -> bool {
    oauth
        .scope_param
        .as_deref()
        .is_none_or(|name| name == "scope")
        && oauth.scope_separator == Separator::Space
}

/// What the request has besides the grant: the definition's parameters, then ours, which win.
fn extra_parameters<'a>(
    provider: &Provider<'a>,
    scopes: &[String],
    wishes: &Wishes,
    nonce: Option<&Secret>,
) -> Result<BTreeMap<&'a str, String>> {
    let oauth = provider.oauth;
    let mut extra = BTreeMap::new();
    for (name, template) in &oauth.authorize_params {
        if !OF_THE_GRANT.contains(&name.as_str()) {
            let value = expand_text(template, provider.values)?;
            extra.insert(name.as_str(), value.as_str().to_owned());
        }
    }
    if let Some(nonce) = nonce {
        extra.insert("nonce", nonce.expose().to_owned());
    }
    if let Some(resource) = &oauth.resource {
        let value = expand_text(resource, provider.values)?;
        extra.insert("resource", value.as_str().to_owned());
    }
    if let Some(prompt) = &wishes.prompt {
        extra.insert("prompt", prompt.clone());
    }
    if let Some(login_hint) = &wishes.login_hint {
        extra.insert("login_hint", login_hint.clone());
    }
    if !scopes.is_empty() {
        let name = oauth.scope_param.as_deref().unwrap_or("scope");
        extra.insert(name, scopes.join(oauth.scope_separator.as_str()));
    }
    Ok(extra)
}

/// The built address, with the client id under the name that the provider has for it.
///
/// # Errors
/// `WrongSettings` when a name is set twice, by the endpoint's own query or by the definition.
fn settle_names(provider: &Provider<'_>, endpoint: &Url, built: &Url) -> Result<Url> {
    let is_key = provider.has(Quirk::ClientKeyParameter);
    let mut taken: BTreeSet<String> = endpoint
        .query_pairs()
        .map(|(name, _)| name.into_owned())
        .collect();
    let mut url = endpoint.clone();
    for (name, value) in built.query_pairs().skip(endpoint.query_pairs().count()) {
        let name = match name.as_ref() {
            "client_id" if is_key => "client_key",
            name => name,
        };
        if !taken.insert(name.to_owned()) {
            return Err(Error::new(
                Code::WrongSettings,
                format!("the sign-in sets the parameter {name} twice"),
            )
            .with_hint(
                "Take it out of the authorization endpoint's address or of the connector's definition",
            ));
        }
        url.query_pairs_mut().append_pair(name, &value);
    }
    Ok(url)
}

/// Exchanges the code. It is sent once: after an uncertain end the person starts again (requirement C17).
///
/// # Errors
/// Every kind of [`TokenFailure`].
pub async fn exchange(
    outside: &Outside<'_>,
    provider: &Provider<'_>,
    code: &Secret,
    redirect_uri: &Url,
    verifier: Option<&Secret>,
) -> Result<TokenAnswer, TokenFailure> {
    let mut parameters = Parameters::new("authorization_code");
    parameters.secret("code", code);
    parameters.add("redirect_uri", redirect_uri.as_str());
    if let Some(verifier) = verifier {
        parameters.secret("code_verifier", verifier);
    }
    parameters.from_definition(provider)?;
    let endpoint = provider.endpoints.token()?;
    let exchanged = request::send(outside, provider, endpoint, parameters).await?;
    response::read(outside, provider, &exchanged)
}

/// 32 random bytes as 43 characters (RFC 7636 4.1).
pub(crate) fn random_text(random: &dyn Random) -> Secret {
    Secret::new(random_characters(random))
}

fn random_characters(random: &dyn Random) -> String {
    let mut bytes = zeroize::Zeroizing::new([0_u8; 32]);
    random.fill(bytes.as_mut());
    URL_SAFE_NO_PAD.encode(bytes.as_ref())
}
