//! JSON Web Tokens: the assertions we sign, and the ID tokens we check.

pub mod id_token;
pub mod key;
pub mod keys;

use serde_json::json;

use self::key::SigningKey;
use super::authorization_code::random_text;
use super::token::TokenFailure;
use super::{Outside, Provider};
use crate::error::Error;
use crate::vault::Secret;

/// Authentication of the client by its own key (RFC 7523 3). The audience is the issuer alone, so that the assertion
/// is worth nothing at any other server (requirement C4).
pub(super) fn client_assertion(
    outside: &Outside<'_>,
    provider: &Provider<'_>,
    key: &Secret,
) -> Result<Secret, TokenFailure> {
    let key = SigningKey::from_pem(key, None)?;
    let audience = match &provider.endpoints.issuer {
        Some(issuer) => issuer.clone(),
        None => provider.endpoints.token()?.to_string(),
    };
    let now = outside.clock.now().0 / 1000;
    let claims = json!({
        "iss": provider.client.client_id,
        "sub": provider.client.client_id,
        "aud": audience,
        "iat": now - 5,
        "exp": now + 55,
        "jti": random_text(outside.random).expose(),
    });
    Ok(sign(&key, provider.client.key_id.as_deref(), &claims)?)
}

/// A compact JWS (RFC 7515 7.1) over claims.
///
/// # Errors
/// `InvalidInput` when the key can't sign.
pub(super) fn sign(
    key: &SigningKey,
    key_id: Option<&str>,
    claims: &serde_json::Value,
) -> Result<Secret, Error> {
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    let mut header = json!({ "alg": key.algorithm_name(), "typ": "JWT" });
    if let Some(key_id) = key_id {
        header["kid"] = key_id.into();
    }
    let signed = format!(
        "{}.{}",
        URL_SAFE_NO_PAD.encode(header.to_string()),
        URL_SAFE_NO_PAD.encode(claims.to_string())
    );
    let signature = key.sign(signed.as_bytes())?;
    Ok(Secret::new(format!(
        "{signed}.{}",
        URL_SAFE_NO_PAD.encode(signature)
    )))
}
