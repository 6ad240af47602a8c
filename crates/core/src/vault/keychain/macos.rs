//! macOS: a generic password in the login keychain.
//!
//! The system asks the person by itself, at any call, when the keychain is locked or the program's signature is new.

use keyring::Error;

use super::entry::{self, Entry};
use super::{Found, Keychain, KeychainError, KeychainStore, Prompt, SERVICE};
use crate::vault::Secret;

/// The keychain of this computer.
#[derive(Debug, Default)]
pub struct OsKeychain;

impl Keychain for OsKeychain {
    fn read(&self, item: &str, _prompt: Prompt) -> Result<Found, KeychainError> {
        Ok(Found {
            values: entry::values(&open(item)?).map_err(fault)?,
            store: KeychainStore {
                backend: "macos_keychain".into(),
                collection: None,
            },
        })
    }

    fn write(&self, item: &str, value: &Secret, _prompt: Prompt) -> Result<(), KeychainError> {
        open(item)?
            .set_secret(value.expose().as_bytes())
            .map_err(fault)
    }

    fn delete(&self, item: &str) -> Result<(), KeychainError> {
        entry::delete(&open(item)?).map_err(fault)
    }

    fn may_ask_by_itself(&self) -> bool {
        true
    }
}

fn open(item: &str) -> Result<Entry, KeychainError> {
    Entry::new(SERVICE, item).map_err(fault)
}

/// The store doesn't tell a locked keychain, a declined prompt and a refused program apart: all mean that the person
/// has to let us in.
fn fault(error: Error) -> KeychainError {
    match error {
        Error::NoStorageAccess(_) | Error::PlatformFailure(_) => {
            tracing::warn!(%error, "the login keychain refuses");
            KeychainError::Locked
        }
        error => entry::failed(&error),
    }
}
