//! Ending a grant at the provider (RFC 7009 and three departures from it), the refresh token before the access token.

use super::endpoints::check_endpoint;
use super::token::json::{DEPTH, Json};
use super::token::request::{self, Exchanged, Parameters};
use super::token::{FailureKind, TokenFailure, response};
use super::{Outside, Provider};
use crate::connector::RevocationStyle;
use crate::http::{Method, Request};
use crate::vault::Secret;

/// What became of it. Whatever it is, the caller wipes its own record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RevocationOutcome {
    /// The provider says that the tokens are dead (also when it didn't know them: RFC 7009 2.2).
    Revoked,
    /// It has no endpoint for it: the person removes the grant on the provider's page.
    NoEndpoint,
    /// The tokens must be taken as alive.
    Failed(TokenFailure),
}

/// Revokes what there is of the two tokens.
pub async fn revoke(
    outside: &Outside<'_>,
    provider: &Provider<'_>,
    access_token: Option<&Secret>,
    refresh_token: Option<&Secret>,
) -> RevocationOutcome {
    let Some(endpoint) = &provider.endpoints.revocation else {
        return RevocationOutcome::NoEndpoint;
    };
    let outcome = match provider.endpoints.revocation_style {
        RevocationStyle::Rfc7009 => rfc7009(outside, provider, access_token, refresh_token).await,
        RevocationStyle::TokenOnly => match refresh_token.or(access_token) {
            Some(token) => token_only(outside, endpoint, token).await,
            None => Ok(()),
        },
        RevocationStyle::Bearer => match access_token {
            Some(token) => bearer(outside, endpoint, token).await,
            None => Ok(()),
        },
        RevocationStyle::GithubGrant => match access_token {
            Some(token) => github_grant(outside, provider, token).await,
            None => Ok(()),
        },
    };
    match outcome {
        Ok(()) => RevocationOutcome::Revoked,
        Err(failure) => RevocationOutcome::Failed(failure),
    }
}

async fn rfc7009(
    outside: &Outside<'_>,
    provider: &Provider<'_>,
    access_token: Option<&Secret>,
    refresh_token: Option<&Secret>,
) -> Result<(), TokenFailure> {
    let endpoint = revocation_endpoint(provider)?;
    let tokens = [
        ("refresh_token", refresh_token),
        ("access_token", access_token),
    ];
    for (hint, token) in tokens {
        let Some(token) = token else { continue };
        let mut parameters = Parameters::default();
        parameters.secret("token", token);
        parameters.add("token_type_hint", hint);
        let exchanged = request::send(outside, provider, endpoint, parameters).await?;
        match outcome(outside, provider, &exchanged) {
            Ok(()) => {}
            // A provider may revoke refresh tokens only; the access token then ends by itself.
            Err(failure)
                if hint == "access_token"
                    && refresh_token.is_some()
                    && failure.word.as_deref() == Some("unsupported_token_type") => {}
            Err(failure) => return Err(failure),
        }
    }
    Ok(())
}

async fn token_only(
    outside: &Outside<'_>,
    endpoint: &url::Url,
    token: &Secret,
) -> Result<(), TokenFailure> {
    check_endpoint(endpoint)?;
    let mut request = Request::new(Method::Post, endpoint.clone());
    request.limits = outside.limits;
    let form = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("token", token.expose())
        .finish();
    let request = request.body("application/x-www-form-urlencoded", form.into_bytes());
    let response = outside.http.send(request).await?;
    match response.status {
        200..=299 => Ok(()),
        // Google: the token was dead already.
        400 if says(&response.body, "error").as_deref() == Some("invalid_token") => Ok(()),
        status => Err(by_status(status)),
    }
}

async fn bearer(
    outside: &Outside<'_>,
    endpoint: &url::Url,
    token: &Secret,
) -> Result<(), TokenFailure> {
    check_endpoint(endpoint)?;
    let mut request = Request::new(Method::Post, endpoint.clone());
    request.limits = outside.limits;
    let request = request.header("authorization", format!("Bearer {}", token.expose()));
    let response = outside.http.send(request).await?;
    match response.status {
        200..=299 => {
            let answer = Json::parse(&response.body, DEPTH).ok();
            match answer.as_ref().and_then(|answer| answer.get("ok")) {
                Some(Json::Bool(false)) => {
                    let word = says(&response.body, "error");
                    match word.as_deref() {
                        // Slack: the token was dead already.
                        Some("token_revoked" | "invalid_auth" | "token_expired") => Ok(()),
                        word => Err(TokenFailure::said(
                            FailureKind::Other,
                            word,
                            None,
                            &[token.duplicate()],
                        )),
                    }
                }
                _ => Ok(()),
            }
        }
        // The bearer itself is not taken any more, so there is nothing left to end.
        401 => Ok(()),
        status => Err(by_status(status)),
    }
}

async fn github_grant(
    outside: &Outside<'_>,
    provider: &Provider<'_>,
    token: &Secret,
) -> Result<(), TokenFailure> {
    let endpoint = revocation_endpoint(provider)?;
    check_endpoint(endpoint)?;
    let mut request = Request::new(Method::Delete, endpoint.clone());
    request.limits = outside.limits;
    let body = serde_json::json!({ "access_token": token.expose() }).to_string();
    let request = request
        .header("accept", "application/vnd.github+json")
        .header("authorization", provider.client.basic().as_str())
        .body("application/json", body.into_bytes());
    let response = outside.http.send(request).await?;
    match response.status {
        // 404 and 422: GitHub doesn't know the token (any more).
        200..=299 | 404 | 422 => Ok(()),
        401 => Err(TokenFailure::new(FailureKind::InvalidClient)),
        status => Err(by_status(status)),
    }
}

fn revocation_endpoint<'a>(provider: &Provider<'a>) -> Result<&'a url::Url, TokenFailure> {
    provider
        .endpoints
        .revocation
        .as_ref()
        .ok_or_else(|| super::endpoints::missing("revocation endpoint").into())
}

/// Any 2xx without an error in it is a success, whatever the body holds (RFC 7009 2.2).
fn outcome(
    outside: &Outside<'_>,
    provider: &Provider<'_>,
    exchanged: &Exchanged,
) -> Result<(), TokenFailure> {
    match exchanged.response.status {
        200..=299 => Ok(()),
        _ => response::accepted(outside, provider, exchanged).map(|_| ()),
    }
}

fn by_status(status: u16) -> TokenFailure {
    TokenFailure::new(match status {
        408 | 425 | 429 | 500..=599 => FailureKind::Temporarily { retry_after: None },
        401 => FailureKind::InvalidClient,
        300..=399 | 404 | 405 | 410 => FailureKind::NotAnEndpoint(status),
        _ => FailureKind::Other,
    })
}

fn says(body: &[u8], member: &str) -> Option<String> {
    let answer = Json::parse(body, DEPTH).ok()?;
    Some(answer.get(member)?.text()?.to_owned())
}
