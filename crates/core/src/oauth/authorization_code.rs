//! The authorization code grant with PKCE (RFC 6749 4.1, RFC 7636): the address the browser opens, and the exchange
//! of the code that comes back. Implicit, hybrid and password grants don't exist here.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use url::Url;

use super::endpoints::{check_endpoint, missing};
use super::token::request::{self, Parameters};
use super::token::{TokenAnswer, TokenFailure, response};
use super::{Outside, Provider};
use crate::connector::template::expand_text;
use crate::connector::{Pkce, Quirk};
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
    let state = random_text(random);
    let verifier = (oauth.pkce == Pkce::S256).then(|| random_text(random));
    let nonce = scopes
        .iter()
        .any(|scope| scope == "openid")
        .then(|| random_text(random));

    let mut parameters: Vec<(&str, String)> = Vec::new();
    for (name, template) in &oauth.authorize_params {
        let value = expand_text(template, provider.values)?;
        parameters.push((name, value.as_str().to_owned()));
    }
    // What we set ourselves wins over the definition: nothing can turn the code grant or PKCE into something else.
    let mut set = |name: &'static str, value: &str| {
        parameters.retain(|(known, _)| *known != name);
        parameters.push((name, value.to_owned()));
    };
    set("response_type", "code");
    set(
        match provider.has(Quirk::ClientKeyParameter) {
            true => "client_key",
            false => "client_id",
        },
        &provider.client.client_id,
    );
    set("redirect_uri", redirect_uri.as_str());
    set("state", state.expose());
    if let Some(verifier) = &verifier {
        set("code_challenge", &challenge(verifier));
        set("code_challenge_method", "S256");
    }
    if let Some(nonce) = &nonce {
        set("nonce", nonce.expose());
    }
    if let Some(resource) = &oauth.resource {
        set("resource", &expand_text(resource, provider.values)?);
    }
    if let Some(prompt) = &wishes.prompt {
        set("prompt", prompt);
    }
    if let Some(login_hint) = &wishes.login_hint {
        set("login_hint", login_hint);
    }
    if !scopes.is_empty() {
        let name = oauth.scope_param.as_deref().unwrap_or("scope");
        let joined = scopes.join(oauth.scope_separator.as_str());
        parameters.retain(|(known, _)| *known != name);
        parameters.push((name, joined));
    }
    let mut url = endpoint.clone();
    let taken: Vec<String> = url
        .query_pairs()
        .map(|(name, _)| name.into_owned())
        .collect();
    if parameters
        .iter()
        .any(|(name, _)| taken.iter().any(|known| known == name))
    {
        return Err(Error::new(
            Code::WrongSettings,
            "the authorization endpoint already sets a parameter of the sign-in",
        ));
    }
    url.query_pairs_mut().extend_pairs(&parameters);
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
        state,
        verifier,
        nonce,
    })
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
    let mut bytes = zeroize::Zeroizing::new([0_u8; 32]);
    random.fill(bytes.as_mut());
    Secret::new(URL_SAFE_NO_PAD.encode(bytes.as_ref()))
}

/// RFC 7636 4.2.
fn challenge(verifier: &Secret) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.expose().as_bytes()))
}
