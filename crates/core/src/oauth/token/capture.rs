//! Values kept from a callback or a token answer under a field's name. The provider names them, so each is checked
//! against its kind, and a host against the definition's list: an answer can't send later calls elsewhere.

use url::Url;

use crate::connector::template::{check_scheme, check_value, is_loopback};
use crate::connector::{Capture, Field, FieldKind};
use crate::error::{Code, Error, Result};

/// A value that becomes a field of the connection.
#[derive(Clone, PartialEq, Eq)]
pub struct Captured {
    pub field: String,
    pub kind: FieldKind,
    pub value: String,
}

impl std::fmt::Debug for Captured {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Captured({})", self.field)
    }
}

/// Checks what was found for a capture.
///
/// # Errors
/// `WrongSettings` when a required value is missing, or one isn't of its kind or names a host that isn't listed.
pub(crate) fn check(capture: &Capture, found: Option<&str>) -> Result<Option<Captured>> {
    let refused = |why: &str| {
        Error::new(
            Code::WrongSettings,
            format!("the provider's value for {} {why}", capture.field),
        )
    };
    let Some(value) = found.filter(|value| !value.is_empty()) else {
        return match capture.required {
            true => Err(refused("is missing")),
            false => Ok(None),
        };
    };
    if value.len() > 4096 {
        return Err(refused("is too long"));
    }
    let field = Field {
        key: capture.field.clone(),
        label: capture.field.clone(),
        kind: capture.kind,
        help: None,
        example: None,
        pattern: None,
        default: None,
        choices: Vec::new(),
        suffix: None,
        optional: true,
    };
    check_value(&field, value).map_err(|_| refused("doesn't have the expected form"))?;
    let host = match capture.kind {
        FieldKind::Url => {
            let url = Url::parse(value).map_err(|_| refused("isn't an address"))?;
            check_scheme(&url).map_err(|_| refused("isn't an https address"))?;
            if url.port().is_some() && !is_loopback(&url) {
                return Err(refused("names a port"));
            }
            url.host_str().map(str::to_owned)
        }
        FieldKind::Host => Some(
            value
                .split(':')
                .next()
                .unwrap_or(value)
                .to_ascii_lowercase(),
        ),
        _ => None,
    };
    if host.is_some_and(|host| !capture.hosts.iter().any(|listed| names(listed, &host))) {
        return Err(refused("names a host that the definition doesn't list"));
    }
    Ok(Some(Captured {
        field: capture.field.clone(),
        kind: capture.kind,
        value: value.to_owned(),
    }))
}

/// `*.example.com` lists every host below `example.com`, anything else exactly itself.
fn names(listed: &str, host: &str) -> bool {
    match listed.strip_prefix("*.") {
        Some(domain) => host
            .strip_suffix(domain)
            .is_some_and(|front| front.len() > 1 && front.ends_with('.')),
        None => listed.eq_ignore_ascii_case(host),
    }
}
