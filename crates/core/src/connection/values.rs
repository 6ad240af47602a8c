//! The values that templates and requests need, gathered for one use: settings, secret fields, the present token.

use std::collections::BTreeMap;

use crate::connector::template::Values;
use crate::connector::{AuthMethod, Connector, FieldKind};
use crate::vault::SecretRecord;

use super::checks::fields;

/// Names of the tokens in a connection's sealed record. Fields lie there under `field:<key>`.
pub(crate) const ACCESS_TOKEN: &str = "access_token";
pub(crate) const REFRESH_TOKEN: &str = "refresh_token";
pub(crate) const PREVIOUS_REFRESH_TOKEN: &str = "previous_refresh_token";

/// Settings that a look-up of the account's sites leaves (Atlassian, Xero).
pub(crate) const SITE_ID: &str = "site_id";
pub(crate) const SITE_NAME: &str = "site_name";

pub(crate) fn field_name(key: &str) -> String {
    format!("field:{key}")
}

/// Settings and secrets under their fields' keys, the access token under `access_token`.
pub(crate) fn gather(
    connector: &Connector,
    method: &AuthMethod,
    settings: &BTreeMap<String, String>,
    secrets: &SecretRecord,
    client_id: Option<&str>,
) -> Values {
    let mut values = settings_only(connector, method, settings);
    for field in fields(connector, method).filter(|field| field.is_secret()) {
        if let Some(secret) = secrets.get(&field_name(&field.key)) {
            values.insert(&field.key, field.kind, secret.expose());
        }
    }
    if let Some(token) = secrets.get(ACCESS_TOKEN) {
        values.insert(ACCESS_TOKEN, FieldKind::Secret, token.expose());
    }
    if let Some(client_id) = client_id {
        // GitHub wants it in an address, where only a path segment may stand.
        values.insert("client_id", FieldKind::PathSegment, client_id);
    }
    values
}

/// Settings alone: all that addresses are made of.
pub(crate) fn settings_only(
    connector: &Connector,
    method: &AuthMethod,
    settings: &BTreeMap<String, String>,
) -> Values {
    let mut values = Values::default();
    for field in fields(connector, method).filter(|field| !field.is_secret()) {
        let value = settings.get(&field.key).or(field.default.as_ref());
        if let Some(value) = value {
            values.insert(&field.key, field.kind, value.as_str());
        }
    }
    if let Some(site) = settings.get(SITE_ID) {
        values.insert(SITE_ID, FieldKind::PathSegment, site.as_str());
    }
    for capture in method.oauth.iter().flat_map(|oauth| &oauth.capture) {
        if let Some(value) = settings.get(&capture.field) {
            values.insert(&capture.field, capture.kind, value.as_str());
        }
    }
    values
}
