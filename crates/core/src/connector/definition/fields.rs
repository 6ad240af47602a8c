//! What a person fills in, and the addresses it may stand in.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::is_false;

/// An address or header value with `{field}` in it.
pub type Template = String;

/// Something the person fills in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
#[ts(export)]
pub struct Field {
    /// Lower case, digits, `_`; templates refer to it.
    pub key: String,
    pub label: String,
    pub kind: FieldKind,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub help: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub example: Option<String>,
    /// A regular expression the whole value must match (Rust `regex` syntax).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub pattern: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub default: Option<String>,
    /// For `choice`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub choices: Vec<Choice>,
    /// Shown behind the input: `.okta.com`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub suffix: Option<String>,
    #[serde(default, skip_serializing_if = "is_false")]
    pub optional: bool,
}

impl Field {
    pub fn is_secret(&self) -> bool {
        matches!(self.kind, FieldKind::Secret | FieldKind::SecretText)
    }
}

/// What a field holds decides where its value may stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum FieldKind {
    /// One line. Never part of an address, except percent-encoded in a query value.
    Text,
    /// One secret line.
    Secret,
    /// Several secret lines: a PEM key, a key file.
    SecretText,
    Choice,
    /// A whole host name, without scheme, port or path: `acme.okta.com`.
    Host,
    /// One label or more in front of a fixed domain: `acme`.
    Subdomain,
    /// One path segment of letters, digits, `.`, `_`, `-`: a tenant id, an account id.
    PathSegment,
    /// A whole https address; stands alone in a template or at its start.
    Url,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
#[ts(export)]
pub struct Choice {
    pub value: String,
    pub label: String,
}
