//! Scopes a person chooses from.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::is_false;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
#[ts(export)]
pub struct Scope {
    pub value: String,
    /// What it allows, in plain words.
    pub description: String,
    /// Part of "Use default scopes".
    #[serde(default, skip_serializing_if = "is_false")]
    pub default: bool,
    /// Always requested; can't be cleared.
    #[serde(default, skip_serializing_if = "is_false")]
    pub required: bool,
    #[serde(default, skip_serializing_if = "Sensitivity::is_default")]
    pub sensitivity: Sensitivity,
    /// The methods it belongs to; none named: all OAuth methods.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub methods: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS, Default)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum Sensitivity {
    #[default]
    Normal,
    /// The provider calls it sensitive, or it writes.
    Sensitive,
    /// The provider reviews apps that ask for it.
    Restricted,
    /// An administrator must consent.
    Admin,
}

impl Sensitivity {
    fn is_default(&self) -> bool {
        *self == Self::Normal
    }
}
