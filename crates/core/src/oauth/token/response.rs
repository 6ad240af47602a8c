//! Our own parser of token answers (RFC 6749 5.1, 5.2): lenient where providers are sloppy and it costs nothing,
//! strict where an answer could harm (requirements C5 to C13, C16).

use zeroize::Zeroizing;

use super::capture::{self, Captured};
use super::failure::retry_after;
use super::json::{DEPTH, Json};
use super::request::Exchanged;
use super::{FailureKind, TokenFailure};
use crate::connector::{AccountSource, CaptureSource, Quirk, Separator};
use crate::http::Response;
use crate::oauth::{Outside, Provider};
use crate::vault::Secret;

/// The longest life that is believed, in seconds: ten years.
const LONGEST: i64 = 10 * 365 * 24 * 60 * 60;

/// What a provider granted.
#[derive(Debug)]
pub struct TokenAnswer {
    pub access_token: Secret,
    /// `None` at a refresh: the old one stays (RFC 6749 6).
    pub refresh_token: Option<Secret>,
    /// Seconds from the answer, 0 to ten years. `None`: unknown, so it is renewed only when it is refused.
    pub expires_in: Option<i64>,
    /// Seconds until the refresh token ends, where the provider says.
    pub refresh_expires_in: Option<i64>,
    /// `None`: as requested (RFC 6749 3.3).
    pub scopes: Option<Vec<String>>,
    /// Not verified yet: see [`crate::oauth::id_token`].
    pub id_token: Option<Secret>,
    pub captures: Vec<Captured>,
    /// Id and name of the account, where the answer itself tells.
    pub account: Option<Account>,
    /// Google's apps in test mode: this sign-in ends within seven days, whatever is done.
    pub ends_with_test_mode: bool,
}

impl TokenAnswer {
    /// A token about which nothing else was said.
    pub(crate) fn only(access_token: Secret) -> Self {
        Self {
            access_token,
            refresh_token: None,
            expires_in: None,
            refresh_expires_in: None,
            scopes: None,
            id_token: None,
            captures: Vec::new(),
            account: None,
            ends_with_test_mode: false,
        }
    }
}

/// An account at a provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Stable at the provider.
    pub id: String,
    /// What a person knows it by.
    pub name: Option<String>,
}

/// Reads the answer of a token endpoint.
///
/// # Errors
/// What the provider said, by kind; `Malformed` for what can't be read.
pub fn read(
    outside: &Outside<'_>,
    provider: &Provider<'_>,
    exchanged: &Exchanged,
) -> Result<TokenAnswer, TokenFailure> {
    let answer = accepted(outside, provider, exchanged)?;
    let oauth = provider.oauth;
    let at = match &oauth.token_at {
        None => &answer,
        Some(pointer) => answer.pointer(pointer).ok_or(TokenFailure::malformed(
            "it holds no token where this provider puts it",
        ))?,
    };
    let access_token =
        token(at, "access_token")?.ok_or(TokenFailure::malformed("it holds no access token"))?;
    check_type(provider, at)?;
    let refresh_expires_in = ["refresh_token_expires_in", "refresh_expires_in"]
        .iter()
        .find_map(|name| at.get(name))
        .and_then(seconds);
    let captures = oauth
        .capture
        .iter()
        .filter(|capture| capture.from == CaptureSource::Token)
        .map(|wanted| {
            let found = answer.pointer(&wanted.at).and_then(Json::scalar);
            capture::check(wanted, found.as_deref().map(String::as_str))
        })
        .filter_map(Result::transpose)
        .collect::<Result<_, _>>()?;
    Ok(TokenAnswer {
        access_token,
        refresh_token: token(at, "refresh_token")?,
        expires_in: at
            .get("expires_in")
            .and_then(seconds)
            .or_else(|| oauth.refresh.access_lifetime_seconds.map(i64::from)),
        refresh_expires_in,
        scopes: at.get("scope").and_then(|scope| scopes(provider, scope)),
        id_token: token(at, "id_token")?,
        captures,
        account: oauth
            .account
            .as_ref()
            .filter(|account| account.source == AccountSource::Token)
            .and_then(|account| account_at(&answer, &account.id, account.name.as_deref())),
        ends_with_test_mode: provider.has(Quirk::TestModeSevenDays)
            && refresh_expires_in.is_some_and(|seconds| seconds <= 7 * 24 * 60 * 60),
    })
}

/// The account that two pointers name in an answer.
pub(crate) fn account_at(answer: &Json, id: &str, name: Option<&str>) -> Option<Account> {
    let shown = |pointer: &str| {
        let text = answer.pointer(pointer)?.scalar()?;
        crate::error::provider_text(&text)
    };
    Some(Account {
        id: shown(id)?,
        name: name.and_then(shown),
    })
}

/// A good answer as JSON, or what the provider said instead.
pub(crate) fn accepted(
    outside: &Outside<'_>,
    provider: &Provider<'_>,
    exchanged: &Exchanged,
) -> Result<Json, TokenFailure> {
    let response = &exchanged.response;
    let parsed = body(response, provider.has(Quirk::FormAnswer));
    match response.status {
        200 | 201 => {
            let answer = parsed?;
            if !answer.is_object() {
                return Err(TokenFailure::malformed("it isn't a JSON object"));
            }
            match refusal(&answer) {
                Some((word, text)) => Err(said(provider, 200, word, text, exchanged)),
                None => Ok(answer),
            }
        }
        204 => Err(TokenFailure::malformed("it is empty")),
        status => Err(refused(outside, provider, status, parsed.ok(), exchanged)),
    }
}

fn refused(
    outside: &Outside<'_>,
    provider: &Provider<'_>,
    status: u16,
    answer: Option<Json>,
    exchanged: &Exchanged,
) -> TokenFailure {
    let words = answer.as_ref().and_then(refusal);
    match (status, words) {
        // Whatever it says: a server in trouble has decided nothing (requirement D5).
        (408 | 425 | 429 | 500..=599, words) => {
            let (word, text) = words.unwrap_or((None, None));
            let retry_after = exchanged
                .response
                .header("retry-after")
                .and_then(|value| retry_after(value, outside.clock.now()));
            let kind = FailureKind::Temporarily { retry_after };
            TokenFailure::said(kind, word, text, &exchanged.sent)
        }
        (_, Some((word, text))) => said(provider, status, word, text, exchanged),
        (300..=399 | 404 | 405 | 410, None) => {
            TokenFailure::new(FailureKind::NotAnEndpoint(status))
        }
        (401, None) => TokenFailure::new(FailureKind::InvalidClient),
        (_, None) => TokenFailure::malformed("it is an error without an error word"),
    }
}

type Words<'a> = (Option<&'a str>, Option<&'a str>);

/// The error word and sentence of an answer that is a refusal, also inside a 200 (GitHub, Slack).
fn refusal(answer: &Json) -> Option<Words<'_>> {
    let description = ["error_description", "message", "errorSummary"]
        .iter()
        .find_map(|name| answer.get(name))
        .and_then(Json::text);
    match answer.get("error") {
        Some(Json::Text(word)) if !word.is_empty() => Some((Some(word), description)),
        // `{"error": {"type": …, "message": …}}`, as Facebook and its kin have it.
        Some(error @ Json::Object(_)) => Some((
            ["code", "type", "status"]
                .iter()
                .find_map(|name| error.get(name))
                .and_then(Json::text),
            error.get("message").and_then(Json::text),
        )),
        Some(Json::Bool(true)) => Some((None, description)),
        _ if answer.get("ok") == Some(&Json::Bool(false)) => Some((None, description)),
        _ => None,
    }
}

fn said(
    provider: &Provider<'_>,
    status: u16,
    word: Option<&str>,
    text: Option<&str>,
    exchanged: &Exchanged,
) -> TokenFailure {
    let kind = match word {
        Some(word) => kind_of(provider, word),
        None if status == 401 => FailureKind::InvalidClient,
        None => FailureKind::Other,
    };
    TokenFailure::said(kind, word, text, &exchanged.sent)
}

fn kind_of(provider: &Provider<'_>, word: &str) -> FailureKind {
    match word {
        "invalid_grant"
        | "expired_token"
        | "login_required"
        | "interaction_required"
        | "consent_required" => FailureKind::InvalidGrant,
        "invalid_client" | "unauthorized_client" => FailureKind::InvalidClient,
        "invalid_scope" => FailureKind::InvalidScope,
        "access_denied" => FailureKind::Denied,
        "temporarily_unavailable" | "server_error" => {
            FailureKind::Temporarily { retry_after: None }
        }
        // GitHub's words.
        "bad_verification_code" | "bad_refresh_token" if provider.has(Quirk::ErrorIn200) => {
            FailureKind::InvalidGrant
        }
        "incorrect_client_credentials" if provider.has(Quirk::ErrorIn200) => {
            FailureKind::InvalidClient
        }
        // Slack's words.
        "invalid_code"
        | "code_already_used"
        | "invalid_refresh_token"
        | "token_revoked"
        | "token_expired"
            if provider.has(Quirk::OkFalse) =>
        {
            FailureKind::InvalidGrant
        }
        "bad_client_secret" | "invalid_client_id" if provider.has(Quirk::OkFalse) => {
            FailureKind::InvalidClient
        }
        "ratelimited" | "internal_error" | "service_unavailable" | "fatal_error"
            if provider.has(Quirk::OkFalse) =>
        {
            FailureKind::Temporarily { retry_after: None }
        }
        _ => FailureKind::Other,
    }
}

fn body(response: &Response, form: bool) -> Result<Json, TokenFailure> {
    let kind = response
        .header("content-type")
        .map(|value| {
            let essence = value.split(';').next().unwrap_or("");
            essence.trim().to_ascii_lowercase()
        })
        .unwrap_or_default();
    let json = || {
        Json::parse(&response.body, DEPTH)
            .map_err(|_| TokenFailure::malformed("it isn't JSON as agreed"))
    };
    match kind.as_str() {
        "" | "application/json" | "text/javascript" | "application/javascript" => json(),
        other if other.starts_with("application/") && other.ends_with("+json") => json(),
        "application/x-www-form-urlencoded" | "text/plain" if form => form_body(&response.body),
        "text/html" => Err(TokenFailure::malformed("it is a web page")),
        _ => Err(TokenFailure::malformed("it has a content type of its own")),
    }
}

/// A form-encoded answer as the object it stands for. A name that is there twice is refused.
fn form_body(body: &[u8]) -> Result<Json, TokenFailure> {
    let refused = || TokenFailure::malformed("it isn't a form as agreed");
    let text = std::str::from_utf8(body).map_err(|_| refused())?;
    let mut members: Vec<(String, Json)> = Vec::new();
    for (name, value) in url::form_urlencoded::parse(text.trim().as_bytes()) {
        let too_much = members.len() >= 100 || value.len() > 64 * 1024;
        if too_much || members.iter().any(|(known, _)| *known == name) {
            return Err(refused());
        }
        let value = Zeroizing::new(value.into_owned());
        members.push((name.into_owned(), Json::Text(value)));
    }
    Ok(Json::Object(members))
}

/// A token that may stand in a header: visible ASCII only (RFC 6749 appendix A.12). Empty and null count as absent.
pub(crate) fn token_value(value: Option<&Json>) -> Result<Option<Secret>, TokenFailure> {
    match value {
        None | Some(Json::Null) => Ok(None),
        Some(Json::Text(text)) if text.is_empty() => Ok(None),
        Some(Json::Text(text)) if text.bytes().all(|byte| (0x20..=0x7e).contains(&byte)) => {
            Ok(Some(Secret::new(text.as_str())))
        }
        Some(_) => Err(TokenFailure::malformed(
            "a token holds what no token may hold",
        )),
    }
}

pub(crate) fn token(at: &Json, name: &str) -> Result<Option<Secret>, TokenFailure> {
    token_value(at.get(name))
}

/// A token of a type we don't know must not be used (RFC 6749 7.1).
fn check_type(provider: &Provider<'_>, at: &Json) -> Result<(), TokenFailure> {
    match at.get("token_type") {
        Some(Json::Text(kind)) if kind.eq_ignore_ascii_case("bearer") => Ok(()),
        _ if provider.has(Quirk::TokenTypeFree) => Ok(()),
        None | Some(Json::Null) => Err(TokenFailure::malformed("it doesn't say the token's type")),
        Some(_) => Err(TokenFailure::malformed("the token is of an unknown type")),
    }
}

/// Seconds in any of the forms they come in, clamped to 0 … ten years. `None`: not a number of seconds.
pub(crate) fn seconds(value: &Json) -> Option<i64> {
    let number = match value {
        Json::Number(number) => number.as_f64()?,
        Json::Text(text) => text
            .trim()
            .parse::<f64>()
            .ok()
            .filter(|number| number.is_finite())?,
        Json::Null | Json::Bool(_) | Json::List(_) | Json::Object(_) => return None,
    };
    // Truncation is meant, and out of range saturates.
    Some((number as i64).clamp(0, LONGEST))
}

fn scopes(provider: &Provider<'_>, value: &Json) -> Option<Vec<String>> {
    let mut found: Vec<String> = Vec::new();
    let mut keep = |scope: &str| {
        let scope = scope.trim();
        if !scope.is_empty() && scope.len() <= 1024 && !found.iter().any(|known| known == scope) {
            found.push(scope.to_owned());
        }
    };
    let separator = provider.oauth.scope_separator;
    let comma = separator == Separator::Comma || provider.has(Quirk::CommaScopes);
    let separates = |c: char| {
        c.is_whitespace() || (comma && c == ',') || (separator == Separator::Plus && c == '+')
    };
    match value {
        Json::Text(text) => text.split(separates).for_each(&mut keep),
        Json::List(items) => items.iter().filter_map(Json::text).for_each(&mut keep),
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::Object(_) => return None,
    }
    Some(found)
}
