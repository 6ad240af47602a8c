//! Secrets at rest and the keychain under which they lie.
//!
//! Envelope encryption: each record has its own random data key, and the data key is sealed (HPKE, RFC 9180) to the
//! identity and, if there is one, to the recovery key. The identity's private half is the single item in the
//! operating system's keychain. Sealing needs public halves only, so a rotated token can be stored while the keychain
//! is locked. Not here: where the sealed bytes lie (`store`), and who may have a secret.
//!
//! Invariants: no second identity is ever made for a workspace that has one; there is no fallback to plaintext or to
//! another kind of keychain; sealing hides and binds a record, it doesn't prove who wrote it.

mod envelope;
mod facts;
mod identity;
mod keychain;
mod passphrase;
mod record;
mod rewrapping;
mod secret;
mod state;
mod unlocking;

pub use envelope::Place;
pub use facts::{Home, PublicKeyFacts, RecoveryFacts, VaultFacts};
pub use keychain::{Deadlines, Found, Keychain, KeychainError, KeychainStore, OsKeychain, Prompt};
pub use passphrase::{Argon2Cost, SealedKey};
pub use record::SecretRecord;
pub use rewrapping::{NewHome, Rewrapping};
pub use secret::Secret;
pub use state::VaultState;
pub use unlocking::{Vault, VaultOptions};
