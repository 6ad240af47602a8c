//! OAuth 2.0 as a client: one file per grant, one for each thing that comes back from a provider.
//!
//! Nothing here touches the store or the vault: calls take a [`Provider`] (whom to talk to, as whom) and an
//! [`Outside`] (HTTP, time, randomness) and give values back. No error holds an answer's body or a secret.

pub mod authorization_code;
pub mod callback;
pub mod client_credentials;
pub mod client_metadata;
pub mod device_code;
pub mod discovery;
pub mod endpoints;
pub mod github_app;
pub mod jwt;
pub mod jwt_bearer;
pub mod loopback;
pub mod protected_resource;
pub mod provider;
pub mod reach;
pub mod refresh_token;
pub mod registration;
pub mod revocation;
pub mod session_token;
pub mod sites;
pub mod token;

pub use callback::Callback;
pub use endpoints::{Endpoints, Metadata};
pub use jwt::id_token;
pub use jwt::keys::KeyCache;
pub use provider::{ClientIdentity, Outside, Provider};
pub use token::{Captured, FailureKind, TokenAnswer, TokenFailure};
