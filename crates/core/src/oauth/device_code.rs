//! The device authorization grant (RFC 8628): the person types a code in any browser while we ask whether he did.

use std::time::Duration;

use url::Url;

use super::endpoints::{check_endpoint, missing};
use super::token::json::Json;
use super::token::request::{self, Parameters};
use super::token::{FailureKind, TokenAnswer, TokenFailure, response};
use super::{Outside, Provider};
use crate::clock::Timestamp;
use crate::connector::template::expand_text;
use crate::error::{Code, Error};
use crate::http::BoxFuture;
use crate::vault::Secret;

/// Seconds between two questions where the provider doesn't say, and what `slow_down` adds (RFC 8628 3.2, 3.5).
const INTERVAL: i64 = 5;

/// A pending device authorization.
#[derive(Debug)]
pub struct DeviceAuthorization {
    pub device_code: Secret,
    /// What the person types; shown next to the host of `verification_uri`.
    pub user_code: String,
    pub verification_uri: Url,
    /// The same with the code in it.
    pub verification_uri_complete: Option<Url>,
    pub expires_at: Timestamp,
    /// Seconds to wait before each question.
    pub interval: i64,
}

/// What one question brought.
#[derive(Debug)]
pub enum Poll {
    Granted(Box<TokenAnswer>),
    /// Not yet: ask again after [`DeviceAuthorization::interval`].
    Pending,
    /// Not yet, and too often: five seconds more from now on.
    SlowDown,
}

/// Asks for a code.
///
/// # Errors
/// Every kind of [`TokenFailure`]; `Malformed` also when the address to open may not be opened (requirement G2).
pub async fn begin(
    outside: &Outside<'_>,
    provider: &Provider<'_>,
    scopes: &[String],
) -> Result<DeviceAuthorization, TokenFailure> {
    let endpoint = provider
        .endpoints
        .device_authorization
        .as_ref()
        .ok_or_else(|| missing("device authorization endpoint"))?;
    let mut parameters = Parameters::default();
    parameters.scopes(provider, scopes);
    // It is an authorization request, so what the definition adds to those belongs here (an audience, a resource).
    if let Some(resource) = &provider.oauth.resource {
        parameters.add("resource", &expand_text(resource, provider.values)?);
    }
    for (name, template) in &provider.oauth.authorize_params {
        parameters.add(name, &expand_text(template, provider.values)?);
    }
    let exchanged = request::send(outside, provider, endpoint, parameters).await?;
    let answer = response::accepted(outside, provider, &exchanged)?;
    let text = |name: &str| answer.get(name).and_then(Json::text);
    let address = |name: &str| -> Result<Option<Url>, TokenFailure> {
        let Some(text) = text(name) else {
            return Ok(None);
        };
        let refused = || TokenFailure::malformed("the address to open may not be opened");
        let url = Url::parse(text).map_err(|_| refused())?;
        check_endpoint(&url).map_err(|_| refused())?;
        Ok(Some(url))
    };
    let user_code = text("user_code")
        .filter(|code| code.len() <= 64 && code.chars().all(|c| c.is_ascii_graphic() || c == ' '))
        .ok_or(TokenFailure::malformed("it holds no code to type"))?;
    let seconds = |name: &str| answer.get(name).and_then(response::seconds);
    // `verification_url` is what Google calls it.
    let verification_uri = match address("verification_uri")? {
        Some(url) => Some(url),
        None => address("verification_url")?,
    };
    let lifetime = seconds("expires_in").unwrap_or(600).min(3600);
    Ok(DeviceAuthorization {
        device_code: text("device_code")
            .filter(|code| !code.is_empty())
            .map(Secret::new)
            .ok_or(TokenFailure::malformed("it holds no device code"))?,
        user_code: user_code.to_owned(),
        verification_uri: verification_uri
            .ok_or(TokenFailure::malformed("it holds no address to open"))?,
        verification_uri_complete: address("verification_uri_complete")?,
        expires_at: outside.clock.now().plus_seconds(lifetime),
        interval: seconds("interval")
            .filter(|interval| *interval > 0)
            .unwrap_or(INTERVAL),
    })
}

/// Asks once whether the person has agreed.
///
/// # Errors
/// Every kind of [`TokenFailure`]; a temporary one is no reason to give up.
pub async fn poll(
    outside: &Outside<'_>,
    provider: &Provider<'_>,
    device: &DeviceAuthorization,
) -> Result<Poll, TokenFailure> {
    let mut parameters = Parameters::new("urn:ietf:params:oauth:grant-type:device_code");
    parameters.secret("device_code", &device.device_code);
    parameters.from_definition(provider)?;
    let endpoint = provider.endpoints.token()?;
    let exchanged = request::send(outside, provider, endpoint, parameters).await?;
    match response::read(outside, provider, &exchanged) {
        Ok(answer) => Ok(Poll::Granted(Box::new(answer))),
        Err(failure) => match failure.word.as_deref() {
            Some("authorization_pending") => Ok(Poll::Pending),
            Some("slow_down") => Ok(Poll::SlowDown),
            Some("expired_token") => Err(expired()),
            _ => Err(failure),
        },
    }
}

/// Asks until there is an answer or the code has expired. `sleep` waits between questions; to cancel, drop the future.
///
/// # Errors
/// As [`poll`]; temporary failures and lost answers double the wait instead (RFC 8628 3.5).
pub async fn wait(
    outside: &Outside<'_>,
    provider: &Provider<'_>,
    device: &DeviceAuthorization,
    sleep: &(dyn Fn(Duration) -> BoxFuture<'static, ()> + Send + Sync),
) -> Result<TokenAnswer, TokenFailure> {
    let mut interval = device.interval;
    loop {
        if outside.clock.now().plus_seconds(interval) >= device.expires_at {
            return Err(expired());
        }
        sleep(Duration::from_secs(interval.unsigned_abs())).await;
        match poll(outside, provider, device).await {
            Ok(Poll::Granted(answer)) => return Ok(*answer),
            Ok(Poll::Pending) => {}
            Ok(Poll::SlowDown) => interval = interval.saturating_add(INTERVAL),
            Err(failure)
                if failure.is_temporary() || matches!(failure.kind, FailureKind::Uncertain(_)) =>
            {
                interval = interval.saturating_mul(2);
            }
            Err(failure) => return Err(failure),
        }
    }
}

fn expired() -> TokenFailure {
    Error::new(
        Code::AuthorizationExpired,
        "the code wasn't typed in time at the provider's page",
    )
    .with_hint("Start again to get a new code")
    .into()
}
