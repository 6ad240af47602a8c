//! How a provider wants a token revoked.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::Template;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
#[ts(export)]
pub struct Revocation {
    pub endpoint: Template,
    #[serde(default)]
    pub style: RevocationStyle,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS, Default)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum RevocationStyle {
    /// RFC 7009: POST `token` with client authentication.
    #[default]
    Rfc7009,
    /// POST `token` without client authentication (Google).
    TokenOnly,
    /// POST with the access token as bearer (Slack, Dropbox).
    Bearer,
    /// GitHub: DELETE with basic client authentication and a JSON body.
    GithubGrant,
}
