//! The OAuth part of a method: endpoints, parameters, and what the provider departs from.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{AccountFromToken, Capture, Redirect, Revocation, Template, is_false};

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
#[ts(export)]
pub struct OAuth {
    /// The issuer, when the provider has one: `iss` in callbacks and ID tokens is compared with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub issuer: Option<Template>,
    /// Endpoints come from the issuer's metadata (RFC 8414, OpenID Discovery) when not given here.
    #[serde(default, skip_serializing_if = "is_false")]
    pub discovery: bool,
    /// The answer to the authorization request must carry `iss` (RFC 9207).
    #[serde(default, skip_serializing_if = "is_false")]
    pub iss_required: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub authorization_endpoint: Option<Template>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub token_endpoint: Option<Template>,
    /// Where it differs from the token endpoint.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub refresh_endpoint: Option<Template>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub revocation: Option<Revocation>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub device_authorization_endpoint: Option<Template>,
    /// Dynamic client registration (RFC 7591).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub registration_endpoint: Option<Template>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub jwks_uri: Option<Template>,
    /// A client may be known by the address of its metadata (client ID metadata documents) instead of being registered.
    #[serde(default, skip_serializing_if = "is_false")]
    pub client_id_metadata_document: bool,
    #[serde(default, skip_serializing_if = "Pkce::is_default")]
    pub pkce: Pkce,
    /// How the client authenticates at the token endpoint; the first is used.
    #[serde(default = "ClientAuth::default_list")]
    pub client_auth: Vec<ClientAuth>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub authorize_params: BTreeMap<String, Template>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub token_params: BTreeMap<String, Template>,
    #[serde(default, skip_serializing_if = "TokenBody::is_default")]
    pub token_body: TokenBody,
    #[serde(default, skip_serializing_if = "Separator::is_default")]
    pub scope_separator: Separator,
    /// The parameter scopes go into, when it isn't `scope` (Slack: `user_scope`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub scope_param: Option<String>,
    /// Whether a person may add scopes that aren't listed.
    #[serde(default, skip_serializing_if = "is_false")]
    pub manual_scopes: bool,
    /// Redirect kinds the provider accepts, the preferred one first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub redirect: Vec<Redirect>,
    #[serde(default, skip_serializing_if = "Refresh::is_default")]
    pub refresh: Refresh,
    /// RFC 8707, on the authorization, token and refresh request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub resource: Option<Template>,
    /// JSON pointer to the object that holds the token, when it isn't the answer itself (Slack: `/authed_user`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub token_at: Option<String>,
    /// Values kept from the callback or the token answer, usable as fields afterwards.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub capture: Vec<Capture>,
    /// The account, when the token answer or the ID token tells it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub account: Option<AccountFromToken>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS, Default)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum Pkce {
    /// S256 is sent. The default; servers that don't know it ignore it (RFC 6749 3.1).
    #[default]
    S256,
    /// The provider is known to refuse the parameters: not sent, and the console says so.
    Refused,
}

impl Pkce {
    fn is_default(&self) -> bool {
        *self == Self::S256
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum ClientAuth {
    /// A public client: only `client_id` in the body.
    None,
    Basic,
    Post,
    PrivateKeyJwt,
}

impl ClientAuth {
    fn default_list() -> Vec<Self> {
        vec![Self::Post]
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS, Default)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum TokenBody {
    #[default]
    Form,
    Json,
}

impl TokenBody {
    fn is_default(&self) -> bool {
        *self == Self::Form
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS, Default)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum Separator {
    #[default]
    Space,
    Comma,
    Plus,
}

impl Separator {
    fn is_default(&self) -> bool {
        *self == Self::Space
    }

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Space => " ",
            Self::Comma => ",",
            Self::Plus => "+",
        }
    }
}

/// What the provider wants and does at a refresh.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
#[ts(export)]
pub struct Refresh {
    /// Scopes without which no refresh token is issued (`offline_access`).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub scopes: Vec<String>,
    /// The provider issues no refresh token at all: a missing one is no reason to warn.
    #[serde(default, skip_serializing_if = "is_false")]
    pub never: bool,
    /// `scope` is repeated on the refresh request.
    #[serde(default, skip_serializing_if = "is_false")]
    pub send_scope: bool,
    /// Each refresh answers with a new refresh token.
    #[serde(default, skip_serializing_if = "is_false")]
    pub rotates: bool,
    /// Seconds for which a used refresh token may be presented again.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub grace_seconds: u32,
    /// Seconds a refresh token lives, from the last use when `idle`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub lifetime_seconds: Option<u32>,
    #[serde(default, skip_serializing_if = "is_false")]
    pub idle: bool,
    /// Seconds an access token lives where the answer doesn't say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub access_lifetime_seconds: Option<u32>,
}

impl Refresh {
    fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

fn is_zero(value: &u32) -> bool {
    *value == 0
}
