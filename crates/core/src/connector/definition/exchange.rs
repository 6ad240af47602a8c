//! Credentials that are bought with others: a token for the fields, a token for a signed assertion.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{Basic, RequestMethod, Template, TokenBody, is_false};

/// A request that turns fields into a token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
#[ts(export)]
pub struct SessionExchange {
    pub method: RequestMethod,
    pub url: Template,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub headers: BTreeMap<String, Template>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub basic: Option<Basic>,
    #[serde(default)]
    pub body_format: TokenBody,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub body: BTreeMap<String, Template>,
    /// JSON pointer to the token in the answer.
    pub token: String,
    /// JSON pointer to seconds of life, when the answer says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub expires_in: Option<String>,
    /// Seconds of life where the answer doesn't say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub lifetime_seconds: Option<u32>,
}

/// How an assertion is made (RFC 7523) and what it is exchanged for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
#[ts(export)]
pub struct JwtAssertion {
    pub algorithm: JwtAlgorithm,
    /// The secret field that holds the PEM key, or the whole key file when `key_file` is set.
    pub key_field: String,
    /// The key field holds a JSON key file (`client_email`, `private_key`, `private_key_id`, `token_uri`).
    #[serde(default, skip_serializing_if = "is_false")]
    pub key_file: bool,
    /// Token endpoints a key file may name. Anything else is refused.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub token_uris: Vec<String>,
    pub issuer: Template,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub subject: Option<Template>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub audience: Option<Template>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub key_id: Option<Template>,
    /// Seconds; at most 3600.
    pub lifetime_seconds: u32,
    /// Further claims.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub claims: BTreeMap<String, Template>,
    /// Scopes go into the claim `scope` instead of the request.
    #[serde(default, skip_serializing_if = "is_false")]
    pub scope_claim: bool,
    /// For `github_app`: the address that gives an installation token for the JWT.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub exchange: Option<Template>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[ts(export)]
pub enum JwtAlgorithm {
    RS256,
    ES256,
    HS256,
}
