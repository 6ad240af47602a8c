//! The closed set of things a test can find out.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What a test found out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum TestVerdict {
    Ok,
    /// The provider couldn't be reached.
    Network,
    /// The provider refused the secret.
    BadSecret,
    /// The secret is right but may not do this.
    MissingScope,
    /// The grant is gone: expired or revoked.
    Revoked,
    /// The provider is in trouble or asks to wait.
    ProviderDown,
    /// Host, region or another setting is wrong.
    WrongSettings,
    /// An answer that fits none of these.
    Unexpected,
}
