//! Linux and the BSDs: the Secret Service on the session bus (GNOME Keyring, KWallet, KeePassXC).
//!
//! The item is read, written and deleted through keyring, whose store is made anew for each call, so that a service
//! that starts later, or again, is found. Before, `secret_service` looks whether that would prompt: keyring's search
//! unlocks whatever it finds, and it can't say in which collection an item lies.

use std::collections::HashMap;

use keyring_core::api::CredentialStoreApi as _;
use secret_service::blocking::{Collection, Item, SecretService};
use secret_service::{EncryptionType, Error};
use zbus_secret_service_keyring_store::Store;

use super::entry::{self, Entry};
use super::{Found, Keychain, KeychainError, KeychainStore, Prompt, SERVICE};
use crate::vault::Secret;

/// The keychain of this computer.
#[derive(Debug, Default)]
pub struct OsKeychain;

impl Keychain for OsKeychain {
    fn read(&self, item: &str, prompt: Prompt) -> Result<Found, KeychainError> {
        let service = connect()?;
        unlock_items(&service, item, prompt)?;
        let mut values = entry::values(&open(item)?).map_err(refused)?;
        let collection = default_collection(&service)?;
        if values.is_empty()
            && let Some(collection) = &collection
            // A locked collection may hide its items: unlock it, then look once more.
            && collection.is_locked().map_err(fault)?
        {
            unlock(collection, prompt)?;
            values = entry::values(&open(item)?).map_err(refused)?;
        }
        Ok(Found {
            values,
            store: KeychainStore {
                backend: "secret_service".into(),
                collection: collection.map(|collection| collection.collection_path.to_string()),
            },
        })
    }

    fn write(&self, item: &str, value: &Secret, prompt: Prompt) -> Result<(), KeychainError> {
        let service = connect()?;
        unlock_items(&service, item, prompt)?;
        let collection = match (default_collection(&service)?, prompt) {
            (Some(collection), _) => collection,
            // The first keyring of a person: its password is asked for.
            (None, Prompt::Allowed) => service
                .create_collection("Login", "default")
                .map_err(fault)?,
            (None, Prompt::Never) => return Err(KeychainError::Locked),
        };
        if collection.is_locked().map_err(fault)? {
            unlock(&collection, prompt)?;
        }
        open(item)?
            .set_secret(value.expose().as_bytes())
            .map_err(refused)
    }

    fn delete(&self, item: &str) -> Result<(), KeychainError> {
        unlock_items(&connect()?, item, Prompt::Never)?;
        entry::delete(&open(item)?).map_err(refused)
    }
}

/// keyring's entry, in a store of its own: the one that `Entry::new` keeps never recovers from a service that was
/// absent or went away.
fn open(item: &str) -> Result<Entry, KeychainError> {
    let label = HashMap::from([("label", "Patchbay: key of the workspace")]);
    Store::new()
        .and_then(|store| store.build(SERVICE, item, Some(&label)))
        .map(|inner| Entry { inner })
        .map_err(refused)
}

fn connect() -> Result<SecretService<'static>, KeychainError> {
    SecretService::connect(EncryptionType::Dh).map_err(|error| match error {
        Error::Crypto(_) => fault(error),
        _ => {
            tracing::warn!(%error, "no Secret Service answers");
            KeychainError::Absent
        }
    })
}

/// Unlocks what lies under the name, if the person may be asked, so that no later search asks.
fn unlock_items(
    service: &SecretService<'_>,
    item: &str,
    prompt: Prompt,
) -> Result<(), KeychainError> {
    let attributes = HashMap::from([("service", SERVICE), ("username", item)]);
    let locked = service.search_items(attributes).map_err(fault)?.locked;
    match prompt {
        _ if locked.is_empty() => Ok(()),
        Prompt::Allowed => {
            let locked: Vec<&Item> = locked.iter().collect();
            service.unlock_all(&locked).map_err(fault)
        }
        Prompt::Never => Err(KeychainError::Locked),
    }
}

fn unlock(collection: &Collection<'_>, prompt: Prompt) -> Result<(), KeychainError> {
    match prompt {
        Prompt::Allowed => collection.unlock().map_err(fault),
        Prompt::Never => Err(KeychainError::Locked),
    }
}

/// Where new items go, if anywhere. The session's collection is no place: it is forgotten at logout.
fn default_collection<'a>(
    service: &'a SecretService<'a>,
) -> Result<Option<Collection<'a>>, KeychainError> {
    match service.get_default_collection() {
        Ok(collection) if collection.collection_path.ends_with("/collection/session") => Ok(None),
        Ok(collection) => Ok(Some(collection)),
        Err(Error::NoResult) => Ok(None),
        Err(error) => Err(fault(error)),
    }
}

fn fault(error: Error) -> KeychainError {
    match error {
        Error::Locked | Error::Prompt | Error::PromptDisconnected => KeychainError::Locked,
        Error::Unavailable => KeychainError::Absent,
        error => KeychainError::Failed(error.to_string()),
    }
}

/// A fault of keyring's. It was looked before whether there is a service and whether it is open.
fn refused(error: keyring::Error) -> KeychainError {
    match error {
        keyring::Error::NoStorageAccess(_) => KeychainError::Locked,
        error => entry::failed(&error),
    }
}
