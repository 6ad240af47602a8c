//! Windows: a generic credential in the Credential Manager, kept on this computer only.

use std::collections::HashMap;

use keyring_core::api::{CredentialPersistence, CredentialStoreApi as _};
use keyring_core::{Entry, Error};
use windows_native_keyring_store::Store;
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
            Err(error) => return Err(fault(error)),
        };
        Ok(Found {
            values,
            store: KeychainStore {
                backend: "windows_credential_manager".into(),
                collection: None,
            },
        })
    }

    fn write(&self, item: &str, value: &Secret, _prompt: Prompt) -> Result<(), KeychainError> {
        entry(item)?
            .set_secret(value.expose().as_bytes())
            .map_err(fault)
    }

    fn delete(&self, item: &str) -> Result<(), KeychainError> {
        match entry(item)?.delete_credential() {
            Ok(()) | Err(Error::NoEntry) => Ok(()),
            Err(error) => Err(fault(error)),
        }
    }
}

fn entry(item: &str) -> Result<Entry, KeychainError> {
    let store = Store::new().map_err(fault)?;
    if !matches!(store.persistence(), CredentialPersistence::UntilDelete) {
        return Err(KeychainError::Failed(
            "the store forgets its items by itself".into(),
        ));
    }
    // Local: the default would roam with the person's profile to other computers.
    let local = HashMap::from([("persistence", "Local")]);
    store.build(SERVICE, item, Some(&local)).map_err(fault)
}

fn fault(error: Error) -> KeychainError {
    match error {
        // No logon session of the person: a service or a network logon has no credential set.
        Error::NoStorageAccess(_) => KeychainError::Absent,
        error => KeychainError::Failed(error.to_string()),
    }
}
