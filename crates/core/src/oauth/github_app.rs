//! GitHub Apps: the app's key signs a JWT, which buys a token for one installation. It lives an hour and is bought
//! again, never refreshed.

use serde_json::json;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::jwt_bearer::credential;
use super::token::json::{DEPTH, Json};
use super::token::{FailureKind, TokenAnswer, TokenFailure, response};
use super::{Outside, Provider, jwt};
use crate::connector::JwtAssertion;
use crate::connector::template::{expand_text, expand_url};
use crate::error::{Code, Error};
use crate::http::{Method, Request};

/// Obtains an installation token. Its permissions come back as scopes: `contents:read`.
///
/// # Errors
/// `InvalidClient` when the app's key or id is refused, `NotAnEndpoint` when the installation doesn't exist.
pub async fn obtain(
    outside: &Outside<'_>,
    provider: &Provider<'_>,
    assertion: &JwtAssertion,
) -> Result<TokenAnswer, TokenFailure> {
    let exchange = assertion.exchange.as_deref().ok_or_else(|| {
        Error::new(
            Code::InvalidDefinition,
            "the definition names no address that gives installation tokens",
        )
    })?;
    let credential = credential(assertion, provider.values)?;
    let now = outside.clock.now().0 / 1000;
    let claims = json!({
        "iss": expand_text(&assertion.issuer, &credential.values)?.as_str(),
        // GitHub's own advice against clocks that differ; it takes ten minutes at most.
        "iat": now - 60,
        "exp": now + i64::from(assertion.lifetime_seconds).min(540),
    });
    let signed = jwt::sign(&credential.key, credential.key_id.as_deref(), &claims)?;
    let mut request = Request::new(Method::Post, expand_url(exchange, provider.values)?);
    request.limits = outside.limits;
    let request = request
        .header("accept", "application/vnd.github+json")
        .header("authorization", format!("Bearer {}", signed.expose()));
    let answer = outside.http.send(request).await?;
    let body = Json::parse(&answer.body, DEPTH);
    let message = body
        .as_ref()
        .ok()
        .and_then(|body| body.get("message"))
        .and_then(Json::text);
    let failed = |kind| {
        Err(TokenFailure::said(
            kind,
            None,
            message,
            &[signed.duplicate()],
        ))
    };
    match answer.status {
        200 | 201 => {}
        401 => return failed(FailureKind::InvalidClient),
        403 => return failed(FailureKind::Denied),
        404 | 405 | 410 | 300..=399 => return failed(FailureKind::NotAnEndpoint(answer.status)),
        408 | 425 | 429 | 500..=599 => {
            return failed(FailureKind::Temporarily { retry_after: None });
        }
        _ => return failed(FailureKind::Other),
    }
    let body = body.map_err(|_| TokenFailure::malformed("it isn't JSON as agreed"))?;
    let expires_in = body
        .get("expires_at")
        .and_then(Json::text)
        .and_then(|text| OffsetDateTime::parse(text, &Rfc3339).ok())
        .map(|at| (at.unix_timestamp() - now).max(0));
    let scopes = match body.get("permissions") {
        Some(Json::Object(permissions)) => Some(
            permissions
                .iter()
                .filter_map(|(name, level)| Some(format!("{name}:{}", level.text()?)))
                .collect(),
        ),
        _ => None,
    };
    let access_token = response::token(&body, "token")?
        .ok_or(TokenFailure::malformed("it holds no access token"))?;
    Ok(TokenAnswer {
        expires_in,
        scopes,
        ..TokenAnswer::only(access_token)
    })
}
