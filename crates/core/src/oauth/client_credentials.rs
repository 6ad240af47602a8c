//! The client credentials grant (RFC 6749 4.4): the registration itself is the account. No refresh token is expected;
//! a new token is obtained the same way.

use super::token::request::{self, Parameters};
use super::token::{TokenAnswer, TokenFailure, response};
use super::{Outside, Provider};

/// Obtains a token for the client itself.
///
/// # Errors
/// Every kind of [`TokenFailure`].
pub async fn obtain(
    outside: &Outside<'_>,
    provider: &Provider<'_>,
    scopes: &[String],
) -> Result<TokenAnswer, TokenFailure> {
    let mut parameters = Parameters::new("client_credentials");
    parameters.scopes(provider, scopes);
    parameters.from_definition(provider)?;
    let endpoint = provider.endpoints.token()?;
    let exchanged = request::send(outside, provider, endpoint, parameters).await?;
    response::read(outside, provider, &exchanged)
}
