//! Renewing an access token (RFC 6749 6). Sends once; who may call, how often and what is stored is the caller's.

use super::token::request::{self, Parameters};
use super::token::{TokenAnswer, TokenFailure, response};
use super::{Outside, Provider};
use crate::vault::Secret;

/// Presents a refresh token. An answer without one means that the old one stays (requirement D2).
///
/// `granted` is repeated only for providers that want it, and is never more than was granted (requirement D10).
///
/// # Errors
/// `InvalidGrant`: a new sign-in is needed. `Uncertain`: the token may have been rotated unseen. Others leave
/// everything as it is.
pub async fn refresh(
    outside: &Outside<'_>,
    provider: &Provider<'_>,
    refresh_token: &Secret,
    granted: &[String],
) -> Result<TokenAnswer, TokenFailure> {
    let mut parameters = Parameters::new("refresh_token");
    parameters.secret("refresh_token", refresh_token);
    if provider.oauth.refresh.send_scope {
        parameters.scopes(provider, granted);
    }
    parameters.from_definition(provider)?;
    let endpoint = provider.endpoints.refresh()?;
    let exchanged = request::send(outside, provider, endpoint, parameters).await?;
    response::read(outside, provider, &exchanged)
}
