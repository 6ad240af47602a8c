//! Secrets at rest and the keychain under which they lie.

mod secret;

pub use secret::Secret;
