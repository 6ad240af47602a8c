//! Windows: a generic credential in the Credential Manager, kept on this computer only.

use std::collections::HashMap;

use keyring::Error;
use keyring_core::api::CredentialPersistence;

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
                backend: "windows_credential_manager".into(),
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
}

fn open(item: &str) -> Result<Entry, KeychainError> {
    // The first call makes the Credential Manager the process's store.
    if let Err(error) = Entry::store_status() {
        return Err(entry::failed(error));
    }
    let lasts = keyring_core::get_default_store()
        .is_some_and(|store| matches!(store.persistence(), CredentialPersistence::UntilDelete));
    if !lasts {
        return Err(KeychainError::Failed(
            "the store forgets its items by itself".into(),
        ));
    }
    // Local: the default would roam with the person's profile to other computers.
    let local = HashMap::from([("persistence", "Local")]);
    keyring_core::Entry::new_with_modifiers(SERVICE, item, &local)
        .map(|inner| Entry { inner })
        .map_err(fault)
}

fn fault(error: Error) -> KeychainError {
    match error {
        // No logon session of the person: a service or a network logon has no credential set.
        Error::NoStorageAccess(_) => KeychainError::Absent,
        error => entry::failed(&error),
    }
}
