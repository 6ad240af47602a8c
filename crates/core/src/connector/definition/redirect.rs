//! The ways back from the browser that a provider accepts.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// A way back from the browser.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
#[ts(export)]
pub enum Redirect {
    /// `dev.patchbay.desktop:/callback/<connector>`.
    DeepLink,
    /// `http://<host>:<port>/callback/<connector>`. No ports: any free port, which the provider must allow.
    Loopback {
        #[serde(default)]
        host: LoopbackHost,
        #[serde(default)]
        ports: Vec<u16>,
    },
    /// An address the user registered; the browser ends there and the person pastes where it ended.
    /// Without `uri` the person types the address that is registered.
    Paste {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        uri: Option<String>,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS, Default)]
#[ts(export)]
pub enum LoopbackHost {
    #[default]
    #[serde(rename = "127.0.0.1")]
    Ip,
    #[serde(rename = "localhost")]
    Localhost,
}
