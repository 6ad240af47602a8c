//! What a `connector.toml` may say. Parsed strictly: an unknown key is an error.
//!
//! Only shapes live here; the rules that join them (endpoint hosts, scopes, template fields) are in
//! [`super::validation`]. Addresses are [`Template`]s: literal text with `{field}` in it, where the fields are of the
//! kinds that can't leave their place (host, subdomain, path segment, choice, or a whole url).

mod auth;
mod capture;
mod exchange;
mod fields;
mod oauth;
mod quirk;
mod redirect;
mod request;
mod revocation;
mod scopes;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

pub use auth::*;
pub use capture::*;
pub use exchange::*;
pub use fields::*;
pub use oauth::*;
pub use quirk::*;
pub use redirect::*;
pub use request::*;
pub use revocation::*;
pub use scopes::*;

/// A service that connections can be made to. Its id is the name of its folder.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
#[ts(export)]
pub struct Connector {
    pub name: String,
    pub category: Category,
    /// Other words people search it by.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub keywords: Vec<String>,
    #[serde(default)]
    pub quality: Quality,
    /// For maintainers and the curious: what was decided where sources disagree, and why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub notes: Option<String>,
    pub docs: Docs,
    /// By which keys other systems' exports name this connector.
    #[serde(default, skip_serializing_if = "FlowKeys::is_empty")]
    pub flow_keys: FlowKeys,
    /// Authentication methods, the preferred one first.
    pub auth: Vec<AuthMethod>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub scopes: Vec<Scope>,
    /// Fields every method asks for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<Field>,
    /// The test request; a method may bring its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub test: Option<TestRequest>,
    /// Why there is no test request, for the person who looks for one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub no_test_because: Option<String>,
    /// Cards whose needs are known.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cards: Vec<CardNeeds>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub quirks: Vec<Quirk>,
}

#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema, TS,
)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum Category {
    Identity,
    MailAndCalendar,
    Documents,
    Chat,
    Developer,
    Cloud,
    Security,
    Support,
    Projects,
    Sales,
    Marketing,
    People,
    Finance,
    Commerce,
    Social,
    Analytics,
    Ai,
    Any,
    Custom,
}

/// How sure the definition is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS, Default)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum Quality {
    /// Two independent sources agree on endpoints and test request.
    Confirmed,
    /// One source: not yet confirmed with the provider.
    #[default]
    Unconfirmed,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
#[ts(export)]
pub struct Docs {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub api: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub oauth: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub scopes: Option<String>,
    /// Where the user creates a client registration, key or token.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub credentials: Option<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
#[ts(export)]
pub struct FlowKeys {
    /// Module keys of Okta Workflows exports (`okta`, `googledirectory`); a 32-hex suffix is ignored when matching.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub okta: Vec<String>,
    /// n8n credential types (`githubApi`, `githubOAuth2Api`).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub n8n: Vec<String>,
    /// Node-RED configuration node types.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub node_red: Vec<String>,
}

impl FlowKeys {
    pub fn is_empty(&self) -> bool {
        self.okta.is_empty() && self.n8n.is_empty() && self.node_red.is_empty()
    }
}

fn is_false(value: &bool) -> bool {
    !*value
}

/// A card (action) and the scopes it needs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
#[ts(export)]
pub struct CardNeeds {
    /// The card's title as people see it.
    pub title: String,
    /// Method keys of exports (`removeUserFromGroup`).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub keys: Vec<String>,
    /// All of the outer list are needed; any one of an inner list will do ("A or B").
    pub scopes: Vec<Vec<String>>,
}
