//! The JWT bearer grant (RFC 7523 2.1): a service account signs an assertion with its own key.
//!
//! A key file may name a token endpoint. Whoever hands over the file chooses that name, so it is used only when the
//! definition lists it.

use serde_json::json;
use url::Url;

use super::authorization_code::random_text;
use super::jwt::{self, key::SigningKey};
use super::token::json::{DEPTH, Json};
use super::token::request::{self, Parameters};
use super::token::{TokenAnswer, TokenFailure, response};
use super::{Outside, Provider};
use crate::connector::template::{Values, expand_text};
use crate::connector::{FieldKind, JwtAssertion};
use crate::error::{Code, Error, Result};
use crate::vault::Secret;

/// The longest life of an assertion, in seconds.
const LONGEST: i64 = 3600;

/// The key and what came with it.
pub(super) struct Credential {
    pub key: SigningKey,
    pub key_id: Option<String>,
    /// The settings, and what the key file says under its own names.
    pub values: Values,
    token_uri: Option<Url>,
}

/// Obtains a token for a service account. No refresh token is expected.
///
/// # Errors
/// Every kind of [`TokenFailure`]; `Ours` for a key that can't be used or a key file that names another endpoint.
pub async fn obtain(
    outside: &Outside<'_>,
    provider: &Provider<'_>,
    assertion: &JwtAssertion,
    scopes: &[String],
) -> Result<TokenAnswer, TokenFailure> {
    let credential = credential(assertion, provider.values)?;
    let endpoint = match &credential.token_uri {
        Some(url) => url,
        None => provider.endpoints.token()?,
    };
    let text = |template: &str| expand_text(template, &credential.values);
    let audience = match &assertion.audience {
        Some(template) => text(template)?.as_str().to_owned(),
        None => endpoint.to_string(),
    };
    // Ten seconds back, for provider clocks that are behind ours.
    let issued_at = outside.clock.now().0 / 1000 - 10;
    let mut claims = json!({
        "iss": text(&assertion.issuer)?.as_str(),
        "aud": audience,
        "iat": issued_at,
        "exp": issued_at + i64::from(assertion.lifetime_seconds).min(LONGEST),
        "jti": random_text(outside.random).expose(),
    });
    if let Some(subject) = &assertion.subject
        && super::super::connector::template::keys(subject)?
            .iter()
            .all(|key| {
                credential
                    .values
                    .get(key)
                    .is_some_and(|value| !value.is_empty())
            })
    {
        claims["sub"] = text(subject)?.as_str().into();
    }
    for (name, template) in &assertion.claims {
        claims[name] = text(template)?.as_str().into();
    }
    if assertion.scope_claim && !scopes.is_empty() {
        claims["scope"] = scopes.join(provider.oauth.scope_separator.as_str()).into();
    }
    let signed = jwt::sign(&credential.key, credential.key_id.as_deref(), &claims)?;
    let mut parameters = Parameters::new("urn:ietf:params:oauth:grant-type:jwt-bearer");
    parameters.secret("assertion", &signed);
    if !assertion.scope_claim {
        parameters.scopes(provider, scopes);
    }
    parameters.from_definition(provider)?;
    let exchanged = request::send(outside, provider, endpoint, parameters).await?;
    response::read(outside, provider, &exchanged)
}

/// Reads the key the definition points at.
///
/// # Errors
/// `InvalidInput` on the key's field.
pub(super) fn credential(assertion: &JwtAssertion, settings: &Values) -> Result<Credential> {
    let field = &assertion.key_field;
    let typed = settings
        .get(field)
        .filter(|value| !value.is_empty())
        .ok_or_else(|| Error::field(field, "The private key is missing"))?;
    let mut values = Values::default();
    for key in settings.keys() {
        if let (Some(kind), Some(value)) = (settings.kind(key), settings.get(key)) {
            values.insert(key, kind, value);
        }
    }
    let mut token_uri = None;
    let pem = match assertion.key_file {
        false => Secret::new(typed),
        true => {
            let file = Json::parse(typed.as_bytes(), DEPTH).map_err(|_| {
                Error::field(field, "That isn't the key file the provider gave you")
            })?;
            for name in ["client_email", "client_id", "private_key_id", "project_id"] {
                if let Some(text) = file.get(name).and_then(Json::text) {
                    values.insert(name, FieldKind::Text, text);
                }
            }
            if let Some(named) = file.get("token_uri").and_then(Json::text) {
                token_uri = Some(listed(assertion, named)?);
            }
            let pem = file.get("private_key").and_then(Json::text);
            Secret::new(
                pem.ok_or_else(|| Error::field(field, "The key file holds no private key"))?,
            )
        }
    };
    let key = SigningKey::from_pem(&pem, Some(assertion.algorithm))
        .map_err(|error| error.with_field(field))?;
    let key_id = match &assertion.key_id {
        Some(template) => Some(expand_text(template, &values)?.as_str().to_owned()),
        None if assertion.key_file => values.get("private_key_id").map(str::to_owned),
        None => None,
    };
    Ok(Credential {
        key,
        key_id,
        values,
        token_uri,
    })
}

fn listed(assertion: &JwtAssertion, named: &str) -> Result<Url> {
    let refused = || {
        Error::new(
            Code::InvalidInput,
            "the key file names a token endpoint that isn't this provider's",
        )
        .with_field(&assertion.key_field)
        .with_hint("Get the key file from the provider's own page")
    };
    match assertion.token_uris.iter().any(|listed| listed == named) {
        true => Url::parse(named).map_err(|_| refused()),
        false => Err(refused()),
    }
}
