//! Patchbay's domain, without a window: connectors, connections, OAuth, the vault, the store and flows.
//!
//! The public face is [`Core`]; the shell calls it and nothing below it. Time, randomness and the HTTP client are
//! parameters (see [`clock`], [`random`], [`http`]), so that a test can stand in for each of them.

pub mod activity;
pub mod clock;
pub mod connection;
pub mod connector;
pub mod credential;
pub mod error;
pub mod flow;
pub mod http;
pub mod oauth;
pub mod page;
pub mod random;
pub mod store;
pub mod vault;
pub mod workspace;

pub use clock::Timestamp;
pub use error::{Code, Error, Result};
pub use workspace::Core;
