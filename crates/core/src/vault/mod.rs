//! Secrets at rest and the keychain under which they lie.

mod secret;
mod state;

pub use secret::Secret;
pub use state::VaultState;
