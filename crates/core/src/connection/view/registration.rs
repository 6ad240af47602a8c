//! Client registrations, without their secrets.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::clock::Timestamp;

/// A client registration, without its secret.
#[derive(Debug, Clone, Serialize, TS)]
#[ts(export)]
pub struct RegistrationView {
    pub id: String,
    pub connector: String,
    pub name: String,
    pub client_id: String,
    pub has_secret: bool,
    /// A second secret is kept for the change-over.
    pub has_next_secret: bool,
    pub source: RegistrationSource,
    /// The server it belongs to (scheme and host of the token endpoint), once known.
    pub origin: Option<String>,
    pub created_at: Timestamp,
    pub secret_expires_at: Option<Timestamp>,
    /// Connections that hang on it.
    pub connections: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum RegistrationSource {
    Manual,
    Dynamic,
    /// The client id is the address of a document that the person hosts.
    Document,
}
