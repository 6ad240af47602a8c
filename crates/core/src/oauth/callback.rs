//! The strict parser of what comes back from the browser, by link, loopback or paste. Anybody can send us a link, so
//! the grammar is closed, everything is bounded, and nothing in it is fetched, opened or shown before the state (and
//! `iss`) held (requirements B1 to B4, B11, B12).

use std::borrow::Cow;

use sha2::{Digest, Sha256};
use url::Url;

use super::Endpoints;
use super::token::capture::{self, Captured};
use crate::connector::{CaptureSource, OAuth};
use crate::error::Result;
use crate::vault::Secret;

/// The application's own scheme, as the operating system hands it over.
pub const SCHEME: &str = "dev.patchbay.desktop";

const ADDRESS: usize = 8192;
const VALUE: usize = 4096;
const PARAMETERS: usize = 32;

/// The answer to an authorization request. Nothing in it is trusted until [`Callback::state_matches`].
pub struct Callback {
    /// The connector named in the path; `None` for an address the user registered himself.
    pub connector: Option<String>,
    pub state: Secret,
    pub outcome: Outcome,
    /// The issuer that says it answered (RFC 9207).
    pub iss: Option<String>,
    /// The address without its query, as it arrived.
    arrived_at: String,
    /// Other parameters: only what a definition captures is ever read.
    extra: Vec<(String, String)>,
}

/// What the provider decided.
pub enum Outcome {
    Code(Secret),
    /// The error word and sentence, as sent. They may be shown only after state and `iss` held, and only cleaned.
    Error {
        code: String,
        description: Option<String>,
    },
}

/// Why an address isn't a callback. Never holds any of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CallbackRefused {
    #[error("the address is longer than 8,192 characters or one of its values longer than 4,096")]
    TooLong,
    #[error("the address isn't one a sign-in ends at")]
    NotOurs,
    #[error("the address holds characters that no address holds")]
    Characters,
    #[error("the address has a part after #, which a sign-in with a code never has")]
    Fragment,
    #[error("the address names a parameter twice")]
    Duplicate,
    #[error("the address holds no state")]
    NoState,
    #[error("the address holds neither a code nor an error, or both")]
    NoOutcome,
}

impl Callback {
    /// Whether it answers the attempt with this state, in constant time.
    pub fn state_matches(&self, expected: &Secret) -> bool {
        let ours = Sha256::digest(expected.expose().as_bytes());
        let theirs = Sha256::digest(self.state.expose().as_bytes());
        ours.iter()
            .zip(theirs)
            .fold(0, |differs, (a, b)| differs | (a ^ b))
            == 0
    }

    /// Whether it arrived at the attempt's own redirect URI (requirement A8).
    pub fn arrived_at(&self, redirect_uri: &Url) -> bool {
        let mut expected = redirect_uri.clone();
        expected.set_query(None);
        expected.set_fragment(None);
        self.arrived_at == expected.as_str()
    }

    /// RFC 9207 2.4: an `iss` that is there must be the issuer, character by character; one that was promised must be
    /// there.
    pub fn iss_holds(&self, endpoints: &Endpoints) -> bool {
        match (&self.iss, &endpoints.issuer) {
            (Some(iss), Some(issuer)) => iss == issuer,
            (Some(_), None) => !endpoints.iss_required,
            (None, _) => !endpoints.iss_required,
        }
    }

    /// The values a definition captures from the callback.
    ///
    /// # Errors
    /// `WrongSettings` when a required one is missing or names a host that isn't listed.
    pub fn captures(&self, oauth: &OAuth) -> Result<Vec<Captured>> {
        oauth
            .capture
            .iter()
            .filter(|capture| capture.from == CaptureSource::Callback)
            .map(|wanted| {
                let found = self
                    .extra
                    .iter()
                    .find(|(name, _)| *name == wanted.at)
                    .map(|(_, value)| value.as_str());
                capture::check(wanted, found)
            })
            .filter_map(Result::transpose)
            .collect()
    }
}

impl std::fmt::Debug for Callback {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Callback")
            .field("connector", &self.connector)
            .field("outcome", &self.outcome)
            .field("has_iss", &self.iss.is_some())
            .finish_non_exhaustive()
    }
}

impl std::fmt::Debug for Outcome {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Code(_) => "Code",
            Self::Error { .. } => "Error",
        })
    }
}

/// Reads an address a sign-in ended at: `dev.patchbay.desktop:/callback/<connector>?…`,
/// `http://127.0.0.1:<port>/callback/<connector>?…` (or `localhost`), or any https address the user registered.
///
/// # Errors
/// [`CallbackRefused`] for anything else.
pub fn parse(address: &str) -> Result<Callback, CallbackRefused> {
    if address.len() > ADDRESS {
        return Err(CallbackRefused::TooLong);
    }
    let plain = |byte: u8| byte.is_ascii_graphic() && !matches!(byte, b'"' | b'<' | b'>' | b'\\');
    if !address.bytes().all(plain) {
        return Err(CallbackRefused::Characters);
    }
    // Facebook appends `#_=_`, some servers a bare `#`; neither says anything.
    let (address, fragment) = address.split_once('#').unwrap_or((address, ""));
    if !matches!(fragment, "" | "_=_") {
        return Err(CallbackRefused::Fragment);
    }
    let (arrived_at, query) = address
        .split_once('?')
        .ok_or_else(|| match target(address) {
            Some(_) => CallbackRefused::NoState,
            None => CallbackRefused::NotOurs,
        })?;
    let connector = target(arrived_at).ok_or(CallbackRefused::NotOurs)?;
    let mut parameters = parameters(query)?;
    let mut take = |name: &str| -> Option<String> {
        let at = parameters.iter().position(|(known, _)| known == name)?;
        Some(parameters.swap_remove(at).1).filter(|value| !value.is_empty())
    };
    let state = take("state").ok_or(CallbackRefused::NoState)?;
    let outcome = match (take("code"), take("error")) {
        (Some(code), None) => Outcome::Code(Secret::new(code)),
        (None, Some(code)) => Outcome::Error {
            code,
            description: take("error_description"),
        },
        (Some(_), Some(_)) | (None, None) => return Err(CallbackRefused::NoOutcome),
    };
    Ok(Callback {
        connector: connector.map(str::to_owned),
        state: Secret::new(state),
        outcome,
        iss: take("iss"),
        arrived_at: arrived_at.to_owned(),
        extra: parameters,
    })
}

/// The connector an address (without query) names; `Some(None)` for an https address. `None`: not ours.
fn target(address: &str) -> Option<Option<&str>> {
    let path = if let Some(rest) = address.strip_prefix(SCHEME) {
        rest.strip_prefix(':')?
    } else if let Some(rest) = address.strip_prefix("http://") {
        let (authority, path) = rest.split_at(rest.find('/')?);
        let (host, port) = authority.split_once(':')?;
        let canonical = port
            .parse::<u16>()
            .is_ok_and(|number| number.to_string() == port);
        if !matches!(host, "127.0.0.1" | "localhost") || !canonical {
            return None;
        }
        path
    } else {
        let url = Url::parse(address).ok()?;
        let plain =
            url.scheme() == "https" && url.username().is_empty() && url.password().is_none();
        return (address.starts_with("https://") && plain).then_some(None);
    };
    let connector = path.strip_prefix("/callback/")?;
    let fits = (1..=64).contains(&connector.len())
        && connector.bytes().all(|byte| {
            byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'_')
        });
    fits.then_some(Some(connector))
}

/// Tokens have no place in a callback: they are not even decoded.
const DROPPED: [&str; 4] = ["access_token", "refresh_token", "id_token", "token"];

fn parameters(query: &str) -> Result<Vec<(String, String)>, CallbackRefused> {
    let mut names: Vec<String> = Vec::new();
    let mut kept = Vec::new();
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let name = decoded(name, false)?;
        if names.contains(&name) {
            return Err(CallbackRefused::Duplicate);
        }
        if names.len() >= PARAMETERS {
            return Err(CallbackRefused::TooLong);
        }
        if !DROPPED.contains(&name.as_str()) {
            let value = decoded(value, name == "error_description")?;
            kept.push((name.clone(), value));
        }
        names.push(name);
    }
    Ok(kept)
}

/// Decodes one name or value. Control characters are refused, except that a description may be of several lines
/// (Microsoft's are), which become one.
fn decoded(text: &str, lines: bool) -> Result<String, CallbackRefused> {
    let spaced: Cow<'_, str> = match text.contains('+') {
        true => text.replace('+', " ").into(),
        false => text.into(),
    };
    let mut bytes = Vec::with_capacity(spaced.len());
    let mut rest = spaced.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'%' => {
                let mut digit = || rest.next().and_then(|digit| char::from(digit).to_digit(16));
                let (high, low) = digit().zip(digit()).ok_or(CallbackRefused::Characters)?;
                u8::try_from(high * 16 + low).map_err(|_| CallbackRefused::Characters)?
            }
            byte => byte,
        });
    }
    if bytes.len() > VALUE {
        return Err(CallbackRefused::TooLong);
    }
    let text = String::from_utf8(bytes).map_err(|_| CallbackRefused::Characters)?;
    let text = match lines {
        true => text.replace(['\r', '\n', '\t'], " "),
        false => text,
    };
    match text.chars().any(char::is_control) {
        true => Err(CallbackRefused::Characters),
        false => Ok(text),
    }
}
