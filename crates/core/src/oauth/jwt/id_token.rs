//! Checking ID tokens (OpenID Connect Core 3.1.3.7): who signed in, said by the issuer and nobody else.
//!
//! Only RS256 and ES256 are taken, whatever the token's header says; keys come from the issuer's own key set, never
//! from an address inside the token.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::keys::{Key, KeyCache};
use crate::connector::AccountFromToken;
use crate::error::{Code, Error};
use crate::http::HttpError;
use crate::oauth::token::json::{DEPTH, Json};
use crate::oauth::token::response::{Account, account_at};
use crate::oauth::{Endpoints, Outside};
use crate::vault::Secret;

/// Seconds by which clocks may differ.
const LEEWAY: i64 = 60;

/// The claims of a checked ID token.
pub struct Claims(Json);

impl Claims {
    /// Who it is at the issuer: stable and unique there.
    pub fn subject(&self) -> &str {
        self.0.get("sub").and_then(Json::text).unwrap_or_default()
    }

    /// The account as the definition reads it from the claims.
    pub fn account(&self, from: &AccountFromToken) -> Option<Account> {
        account_at(&self.0, &from.id, from.name.as_deref())
    }
}

impl std::fmt::Debug for Claims {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Claims")
    }
}

/// Why an ID token isn't believed. Holds nothing of it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IdTokenRefused {
    #[error("it isn't an ID token")]
    Malformed,
    #[error("it is signed in a way that isn't accepted")]
    Algorithm,
    #[error("the provider's issuer or key address isn't known")]
    NoIssuer,
    #[error("the provider's keys can't be read")]
    NoKeys,
    #[error("the provider's keys can't be had: {0}")]
    Unreachable(HttpError),
    #[error("the provider has no key that made its signature")]
    UnknownKey,
    #[error("its signature is wrong")]
    Signature,
    #[error("it is of another issuer")]
    Issuer,
    #[error("it is meant for another client")]
    Audience,
    #[error("it has expired, or is from the future")]
    Time,
    #[error("it answers another sign-in")]
    Nonce,
    #[error("it names nobody")]
    Subject,
}

impl IdTokenRefused {
    /// The error for a person.
    pub fn into_error(self, connection: &str, provider: &str) -> Error {
        let code = match self {
            Self::Unreachable(_) => Code::Network,
            Self::NoIssuer | Self::NoKeys | Self::Issuer => Code::WrongSettings,
            Self::Audience => Code::BadRegistration,
            Self::Malformed
            | Self::Algorithm
            | Self::UnknownKey
            | Self::Signature
            | Self::Time
            | Self::Nonce
            | Self::Subject => Code::ProviderDown,
        };
        let hint = match self {
            Self::Time => "Check this machine's clock, then start the sign-in again",
            Self::NoIssuer | Self::NoKeys | Self::Issuer => "Check the issuer in the settings",
            _ => "Start the sign-in again",
        };
        Error::new(
            code,
            format!("the ID token of {provider} for {connection} isn't believed: {self}"),
        )
        .with_hint(hint)
    }
}

/// Checks an ID token that came with a token answer.
///
/// # Errors
/// [`IdTokenRefused`]: then the sign-in as a whole is not believed.
pub async fn verify(
    outside: &Outside<'_>,
    endpoints: &Endpoints,
    client_id: &str,
    cache: &KeyCache,
    id_token: &Secret,
    nonce: Option<&Secret>,
) -> Result<Claims, IdTokenRefused> {
    let (issuer, address) = endpoints
        .issuer
        .as_deref()
        .zip(endpoints.jwks.as_ref())
        .ok_or(IdTokenRefused::NoIssuer)?;
    let token = id_token.expose();
    let (signed, signature) = token.rsplit_once('.').ok_or(IdTokenRefused::Malformed)?;
    let (header, payload) = signed.split_once('.').ok_or(IdTokenRefused::Malformed)?;
    let header = part(header)?;
    let signature = URL_SAFE_NO_PAD
        .decode(signature)
        .map_err(|_| IdTokenRefused::Malformed)?;
    let algorithm = header.get("alg").and_then(Json::text).unwrap_or("none");
    if !matches!(algorithm, "RS256" | "ES256") || header.get("crit").is_some() {
        return Err(IdTokenRefused::Algorithm);
    }
    let kid = header.get("kid").and_then(Json::text);
    let keys = cache
        .keys(outside, address, |keys| {
            chosen(keys, algorithm, kid).is_some()
        })
        .await?;
    let key = chosen(&keys, algorithm, kid).ok_or(IdTokenRefused::UnknownKey)?;
    if !key.verifies(signed.as_bytes(), &signature) {
        return Err(IdTokenRefused::Signature);
    }
    let claims = part(payload)?;
    check_claims(&claims, issuer, client_id, outside.clock.now().0 / 1000)?;
    if let Some(nonce) = nonce
        && claims.get("nonce").and_then(Json::text) != Some(nonce.expose())
    {
        return Err(IdTokenRefused::Nonce);
    }
    Ok(Claims(claims))
}

/// The key a header names, or the only one there is when it names none.
fn chosen<'a>(keys: &'a [Key], algorithm: &str, kid: Option<&str>) -> Option<&'a Key> {
    let mut fitting = keys.iter().filter(|key| key.fits(algorithm));
    match kid {
        Some(kid) => fitting.find(|key| key.kid.as_deref() == Some(kid)),
        None => fitting.next().filter(|_| fitting.next().is_none()),
    }
}

fn check_claims(
    claims: &Json,
    issuer: &str,
    client_id: &str,
    now: i64,
) -> Result<(), IdTokenRefused> {
    let text = |name: &str| claims.get(name).and_then(Json::text);
    if text("iss") != Some(issuer) {
        return Err(IdTokenRefused::Issuer);
    }
    let audience: Vec<&str> = match claims.get("aud") {
        Some(Json::Text(one)) => vec![one.as_str()],
        Some(Json::List(several)) => several.iter().filter_map(Json::text).collect(),
        _ => Vec::new(),
    };
    let authorized_party = match (claims.get("azp"), audience.len()) {
        (Some(party), _) => party.text() == Some(client_id),
        (None, count) => count == 1,
    };
    if !audience.contains(&client_id) || !authorized_party {
        return Err(IdTokenRefused::Audience);
    }
    let seconds = |name: &str| match claims.get(name) {
        // Some issuers write 1.7e9.
        Some(Json::Number(number)) => number.as_f64().map(|number| number as i64),
        _ => None,
    };
    let (issued, expires) = seconds("iat")
        .zip(seconds("exp"))
        .ok_or(IdTokenRefused::Time)?;
    if expires <= now - LEEWAY || issued > now + LEEWAY {
        return Err(IdTokenRefused::Time);
    }
    match text("sub") {
        Some(subject) if (1..=255).contains(&subject.len()) => Ok(()),
        _ => Err(IdTokenRefused::Subject),
    }
}

fn part(text: &str) -> Result<Json, IdTokenRefused> {
    let bytes = URL_SAFE_NO_PAD
        .decode(text)
        .map_err(|_| IdTokenRefused::Malformed)?;
    Json::parse(&bytes, DEPTH)
        .ok()
        .filter(Json::is_object)
        .ok_or(IdTokenRefused::Malformed)
}
