//! Known departures from the standards.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Departures from the standards, each with code and a test of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum Quirk {
    /// Errors come with status 200 and an `error` member (GitHub).
    ErrorIn200,
    /// Errors come with status 200 and `ok: false` (Slack).
    OkFalse,
    /// `token_type` may be missing or unusual and is taken as bearer.
    TokenTypeFree,
    /// The token answer is form-encoded.
    FormAnswer,
    /// Granted scopes come separated by commas.
    CommaScopes,
    /// Refresh tokens of apps in test mode end after seven days (Google).
    TestModeSevenDays,
    /// Client ids go into a header of their own on API calls (Twitch).
    ClientIdHeader,
    /// The authorization server of the account comes in the callback (Zoho `accounts-server`).
    AccountsServer,
    /// The site is looked up after sign-in (Atlassian `cloudid`).
    AtlassianCloudId,
    /// The tenant is looked up after sign-in (Xero).
    XeroTenant,
    /// The client id parameter has another name (TikTok `client_key`).
    ClientKeyParameter,
}
