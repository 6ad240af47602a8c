//! Where a credential stands on a request: header, query, basic (RFC 7617), bearer (RFC 6750) or an AWS signature.
//!
//! Only the places the definition names are used, and each value goes there whole or not at all: control characters
//! and characters a header can't carry are an error on the field, never cut out.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use super::{Values, sigv4};
use crate::clock::Timestamp;
use crate::connector::template::{check_value, expand_text, keys};
use crate::connector::{AuthKind, AuthMethod, Connector, Field, FieldKind, Placement, PlacementTo};
use crate::error::{Code, Error, Result};
use crate::http::Request;

/// The key under which the token of the OAuth kinds and of session tokens stands in [`Values`].
pub const ACCESS_TOKEN: &str = "access_token";

/// Puts the credential on the request. `now` is what an AWS signature is dated with.
///
/// # Errors
/// `InvalidInput` on the field whose value is missing or can't stand where the definition puts it.
pub fn apply(
    method: &AuthMethod,
    values: &Values,
    now: Timestamp,
    request: &mut Request,
) -> Result<()> {
    match method.kind {
        AuthKind::AuthorizationCode
        | AuthKind::ClientCredentials
        | AuthKind::DeviceCode
        | AuthKind::JwtBearer
        | AuthKind::GithubApp
        | AuthKind::SessionToken => {
            place_or(method, values, request, || Ok(ACCESS_TOKEN.to_owned()))
        }
        AuthKind::Bearer => place_or(method, values, request, || bearer_field(method)),
        AuthKind::ApiKey if method.placement.is_empty() => Err(Error::new(
            Code::InvalidDefinition,
            format!(
                "the definition doesn't say where the key goes: `{}`",
                method.id
            ),
        )),
        AuthKind::ApiKey | AuthKind::None => place(method, values, request),
        AuthKind::Basic => {
            basic(method, values, request)?;
            place(method, values, request)
        }
        AuthKind::AwsKeyPair => {
            // What is placed may be part of what is signed.
            place(method, values, request)?;
            sigv4::apply(method, values, now, request)
        }
    }
}

/// Values for one use from what a person typed: each with the kind its field has, checked, with the field's default
/// where nothing was typed.
///
/// # Errors
/// `InvalidInput` on the first field that is missing or breaks its rule.
pub fn collect(
    connector: &Connector,
    method: &AuthMethod,
    typed: &BTreeMap<String, Zeroizing<String>>,
) -> Result<Values> {
    let mut values = Values::default();
    for field in connector.fields.iter().chain(&method.fields) {
        let value = typed
            .get(&field.key)
            .map(|value| value.as_str())
            .filter(|value| !value.is_empty())
            .or(field.default.as_deref());
        match value {
            Some(value) => {
                check_value(field, value)?;
                values.insert(&field.key, field.kind, value);
            }
            None if field.optional => {}
            None => {
                return Err(Error::field(
                    &field.key,
                    format!("{} is missing", field.label),
                ));
            }
        }
    }
    Ok(values)
}

/// The text of a template; nothing when a field it names is optional and wasn't filled in.
pub(super) fn text(
    template: &str,
    values: &Values,
    optional: &dyn Fn(&str) -> bool,
) -> Result<Option<Zeroizing<String>>> {
    let empty = |key: &str| values.get(key).is_none_or(str::is_empty);
    if keys(template)?
        .into_iter()
        .any(|key| empty(key) && optional(key))
    {
        return Ok(None);
    }
    expand_text(template, values).map(Some)
}

/// Adds a header, replacing one of the same name. The value must be visible ASCII; `field` is blamed otherwise.
pub(super) fn set_header(
    request: &mut Request,
    name: &str,
    value: Zeroizing<String>,
    field: Option<&str>,
) -> Result<()> {
    let blame = |message: String| match field {
        Some(field) => Err(Error::field(field, message)),
        None => Err(Error::new(Code::InvalidInput, message)),
    };
    if !is_header_name(name) {
        return blame("That isn't the name of a header: only letters, digits and dashes".into());
    }
    if !value.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
        return blame(
            "The value holds characters that can't be sent. Copy it again, without what stands around it"
                .into(),
        );
    }
    request
        .headers
        .retain(|(key, _)| !key.eq_ignore_ascii_case(name));
    request.headers.push((name.to_owned(), value));
    Ok(())
}

fn is_header_name(name: &str) -> bool {
    !name.is_empty()
        && name.len() <= 128
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte))
}

fn place_or(
    method: &AuthMethod,
    values: &Values,
    request: &mut Request,
    field: impl Fn() -> Result<String>,
) -> Result<()> {
    if !method.placement.is_empty() {
        return place(method, values, request);
    }
    let field = field()?;
    let value = expand_text(&format!("Bearer {{{field}}}"), values)?;
    set_header(request, "Authorization", value, Some(&field))
}

/// The field that holds the token of a bearer method: `token`, or its only secret.
fn bearer_field(method: &AuthMethod) -> Result<String> {
    let mut secrets = method.fields.iter().filter(|field| field.is_secret());
    let named = method.fields.iter().find(|field| field.key == "token");
    match (named, secrets.next(), secrets.next()) {
        (Some(field), _, _) | (None, Some(field), None) => Ok(field.key.clone()),
        _ => Err(Error::new(
            Code::InvalidDefinition,
            format!(
                "the definition doesn't say which field is the token: `{}`",
                method.id
            ),
        )),
    }
}

fn place(method: &AuthMethod, values: &Values, request: &mut Request) -> Result<()> {
    let optional = |key: &str| is_optional(&method.fields, key);
    for placement in &method.placement {
        let Some(value) = text(&placement.value, values, &optional)? else {
            continue;
        };
        // The name may be a field too, for services nobody has defined.
        let Some(name) = text(&placement.name, values, &optional)? else {
            continue;
        };
        match placement.to {
            PlacementTo::Header => set_header(request, &name, value, blamed(placement))?,
            PlacementTo::Query => {
                request.url.query_pairs_mut().append_pair(&name, &value);
            }
        }
    }
    Ok(())
}

fn blamed(placement: &Placement) -> Option<&str> {
    keys(&placement.value).ok()?.into_iter().next()
}

pub(super) fn is_optional(fields: &[Field], key: &str) -> bool {
    fields
        .iter()
        .any(|field| field.key == key && field.optional)
}

/// RFC 7617 with the charset UTF-8: `:` can't stand in the user name, as it ends it.
fn basic(method: &AuthMethod, values: &Values, request: &mut Request) -> Result<()> {
    let (username, password) = match &method.basic {
        Some(basic) => (basic.username.as_str(), basic.password.as_str()),
        None => ("{username}", "{password}"),
    };
    let optional = |key: &str| is_optional(&method.fields, key);
    let user = text(username, values, &optional)?.unwrap_or_default();
    let secret = text(password, values, &optional)?.unwrap_or_default();
    if user.contains(':') {
        let field = keys(username)?.into_iter().next().unwrap_or("username");
        return Err(Error::field(field, "The user name can't contain a colon"));
    }
    let pair = Zeroizing::new(format!("{}:{}", user.as_str(), secret.as_str()));
    let value = Zeroizing::new(format!("Basic {}", STANDARD.encode(pair.as_bytes())));
    set_header(request, "Authorization", value, None)
}

/// Every secret among the values, for taking them out of what a provider says. The OAuth token counts as one.
pub(super) fn secrets(values: &Values) -> impl Iterator<Item = &str> {
    values
        .keys()
        .filter(|key| {
            matches!(*key, ACCESS_TOKEN | "refresh_token" | "client_secret")
                || matches!(
                    values.kind(key),
                    Some(FieldKind::Secret | FieldKind::SecretText)
                )
        })
        .filter_map(|key| values.get(key))
        .filter(|value| value.len() >= 4)
}
