//! What the callback or the token answer tells besides the token: values to keep, and whose account it is.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{FieldKind, is_false};

/// A value kept from the callback or the token answer under a field's name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
#[ts(export)]
pub struct Capture {
    pub from: CaptureSource,
    /// Parameter name (callback) or JSON pointer (token answer).
    pub at: String,
    /// The field it becomes.
    pub field: String,
    pub kind: FieldKind,
    #[serde(default, skip_serializing_if = "is_false")]
    pub required: bool,
    /// For `url` and `host`: the hosts it may name; `*.` allows subdomains. Anything else is refused.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub hosts: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum CaptureSource {
    Callback,
    Token,
}

/// Where the token answer or the ID token names the account (JSON pointers).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
#[ts(export)]
pub struct AccountFromToken {
    #[serde(default)]
    pub source: AccountSource,
    pub id: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub name: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS, Default)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum AccountSource {
    #[default]
    Token,
    IdToken,
}
