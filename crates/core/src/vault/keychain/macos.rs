//! macOS: a generic password in the login keychain.
//!
//! The system asks the person by itself, at any call, when the keychain is locked or the program's signature is new.

use apple_native_keyring_store::keychain::Store;
use keyring_core::api::CredentialStoreApi as _;
use keyring_core::{Entry, Error};
use zeroize::Zeroizing;

use super::{Found, Keychain, KeychainError, KeychainStore, Prompt, SERVICE};
use crate::vault::Secret;

/// The keychain of this computer.
#[derive(Debug, Default)]
pub struct OsKeychain;

impl Keychain for OsKeychain {
    fn read(&self, item: &str, _prompt: Prompt) -> Result<Found, KeychainError> {
        let values = match entry(item)?.get_secret() {
            Ok(bytes) => {
                let bytes = Zeroizing::new(bytes);
                std::str::from_utf8(&bytes)
                    .ok()
                    .map(Secret::new)
                    .into_iter()
                    .collect()
            }
            Err(Error::NoEntry) => Vec::new(),
            Err(error) => return Err(fault(&error)),
        };
        Ok(Found {
            values,
            store: KeychainStore {
                backend: "macos_keychain".into(),
                collection: None,
            },
        })
    }

    fn write(&self, item: &str, value: &Secret, _prompt: Prompt) -> Result<(), KeychainError> {
        entry(item)?
            .set_secret(value.expose().as_bytes())
            .map_err(|error| fault(&error))
    }

    fn delete(&self, item: &str) -> Result<(), KeychainError> {
        match entry(item)?.delete_credential() {
            Ok(()) | Err(Error::NoEntry) => Ok(()),
            Err(error) => Err(fault(&error)),
        }
    }

    fn may_ask_by_itself(&self) -> bool {
        true
    }
}

fn entry(item: &str) -> Result<Entry, KeychainError> {
    Store::new()
        .and_then(|store| store.build(SERVICE, item, None))
        .map_err(|error| fault(&error))
}

/// The store doesn't tell a locked keychain, a declined prompt and a refused program apart: all mean that the person
/// has to let us in.
fn fault(error: &Error) -> KeychainError {
    match error {
        Error::NoStorageAccess(_) | Error::PlatformFailure(_) => {
            tracing::warn!(%error, "the login keychain refuses");
            KeychainError::Locked
        }
        error => KeychainError::Failed(error.to_string()),
    }
}
