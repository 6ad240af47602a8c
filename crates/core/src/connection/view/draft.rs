//! What a person typed, on its way in. Secrets can be read from JSON here but not written.

use std::collections::BTreeMap;

use serde::Deserialize;
use ts_rs::TS;

use crate::vault::Secret;

use super::RedirectKind;

/// What the New connection dialog sends.
#[derive(Debug, Deserialize, TS)]
#[serde(deny_unknown_fields)]
#[ts(export)]
pub struct ConnectionDraft {
    pub connector: String,
    pub method: String,
    pub name: String,
    #[serde(default)]
    pub description: String,
    /// Values by field key, secret ones among them.
    #[serde(default)]
    #[ts(type = "Record<string, string>")]
    pub values: BTreeMap<String, Secret>,
    #[serde(default)]
    pub registration: RegistrationChoice,
    #[serde(default)]
    pub scopes: ScopeChoice,
    /// `None`: the connector's preferred way that works on this machine.
    #[serde(default)]
    pub redirect: Option<RedirectKind>,
    /// For `paste`: the address registered at the provider, when the connector doesn't fix it.
    #[serde(default)]
    pub paste_uri: Option<String>,
    /// Keep it though the first test failed.
    #[serde(default)]
    pub save_anyway: bool,
}

#[derive(Debug, Default, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
#[ts(export)]
pub enum RegistrationChoice {
    /// The method has none, or (at a reauthorization) keep the present one.
    #[default]
    Keep,
    Existing {
        id: String,
    },
    New {
        name: String,
        client_id: String,
        #[serde(default)]
        #[ts(type = "string | null", optional)]
        client_secret: Option<Secret>,
    },
    /// Register at the server (RFC 7591).
    Dynamic,
    /// Be known by the address of a document that the person hosts (client ID metadata documents).
    Document {
        address: String,
        name: String,
    },
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
#[ts(export)]
pub enum ScopeChoice {
    /// The connector's default scopes (at a reauthorization: as they are).
    #[default]
    Default,
    Custom {
        scopes: Vec<String>,
    },
}

/// What Reauthorize may change. Everything absent stays as it is.
#[derive(Debug, Default, Deserialize, TS)]
#[serde(default, deny_unknown_fields)]
#[ts(export)]
pub struct ReauthorizeDraft {
    #[ts(type = "Record<string, string>")]
    pub values: BTreeMap<String, Secret>,
    pub registration: RegistrationChoice,
    pub scopes: ScopeChoice,
    pub redirect: Option<RedirectKind>,
    pub paste_uri: Option<String>,
    pub save_anyway: bool,
}
