//! Linux and the BSDs: the Secret Service on the session bus (GNOME Keyring, KWallet, KeePassXC).
//!
//! Spoken to without the keyring crates above it, because their search unlocks what it finds, prompting without being
//! asked, and because they can't say in which collection an item lies. Each call opens its own session, so a service
//! that starts later, or again, is found.

use std::collections::HashMap;

use secret_service::blocking::{Collection, Item, SecretService};
use secret_service::{EncryptionType, Error};
use zeroize::Zeroizing;

use super::{Found, Keychain, KeychainError, KeychainStore, Prompt, SERVICE};
use crate::vault::Secret;

/// The keychain of this computer.
#[derive(Debug, Default)]
pub struct OsKeychain;

impl Keychain for OsKeychain {
    fn read(&self, item: &str, prompt: Prompt) -> Result<Found, KeychainError> {
        let service = connect()?;
        let found = service.search_items(attributes(item)).map_err(fault)?;
        if !found.locked.is_empty() {
            if prompt == Prompt::Never && found.unlocked.is_empty() {
                return Err(KeychainError::Locked);
            }
            if prompt == Prompt::Allowed {
                let locked: Vec<&Item> = found.locked.iter().collect();
                service.unlock_all(&locked).map_err(fault)?;
            }
        }
        let mut values = Vec::new();
        for item in found.unlocked.iter().chain(&found.locked) {
            match item.get_secret() {
                Ok(bytes) => values.extend(text(bytes)),
                Err(Error::Locked) => {}
                Err(error) => return Err(fault(error)),
            }
        }
        let collection = default_collection(&service)?;
        if values.is_empty() {
            // A locked collection may hide its items: unlock it, then look once more.
            let Some(collection) = &collection else {
                return nothing_in(None);
            };
            if collection.is_locked().map_err(fault)? {
                if prompt == Prompt::Never {
                    return Err(KeychainError::Locked);
                }
                collection.unlock().map_err(fault)?;
                for item in collection.search_items(attributes(item)).map_err(fault)? {
                    values.extend(text(item.get_secret().map_err(fault)?));
                }
            }
        }
        Ok(Found {
            values,
            store: store(collection.as_ref()),
        })
    }

    fn write(&self, item: &str, value: &Secret, prompt: Prompt) -> Result<(), KeychainError> {
        let service = connect()?;
        let collection = match (default_collection(&service)?, prompt) {
            (Some(collection), _) => collection,
            // The first keyring of a person: its password is asked for.
            (None, Prompt::Allowed) => service
                .create_collection("Login", "default")
                .map_err(fault)?,
            (None, Prompt::Never) => return Err(KeychainError::Locked),
        };
        if collection.is_locked().map_err(fault)? {
            match prompt {
                Prompt::Allowed => collection.unlock().map_err(fault)?,
                Prompt::Never => return Err(KeychainError::Locked),
            }
        }
        collection
            .create_item(
                "Patchbay: key of the workspace",
                attributes(item),
                value.expose().as_bytes(),
                false,
                "text/plain",
            )
            .map_err(fault)?;
        Ok(())
    }

    fn delete(&self, item: &str) -> Result<(), KeychainError> {
        let service = connect()?;
        let found = service.search_items(attributes(item)).map_err(fault)?;
        if !found.locked.is_empty() {
            return Err(KeychainError::Locked);
        }
        for item in &found.unlocked {
            item.delete().map_err(fault)?;
        }
        Ok(())
    }
}

/// The attributes that the keyring crates use too, so that other tools find the item.
fn attributes(item: &str) -> HashMap<&str, &str> {
    HashMap::from([("service", SERVICE), ("username", item)])
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

fn store(collection: Option<&Collection>) -> KeychainStore {
    KeychainStore {
        backend: "secret_service".into(),
        collection: collection.map(|collection| collection.collection_path.to_string()),
    }
}

fn nothing_in(collection: Option<&Collection>) -> Result<Found, KeychainError> {
    Ok(Found {
        values: Vec::new(),
        store: store(collection),
    })
}

fn text(bytes: Vec<u8>) -> Option<Secret> {
    let bytes = Zeroizing::new(bytes);
    std::str::from_utf8(&bytes).ok().map(Secret::new)
}

fn fault(error: Error) -> KeychainError {
    match error {
        Error::Locked | Error::Prompt | Error::PromptDisconnected => KeychainError::Locked,
        Error::Unavailable => KeychainError::Absent,
        error => KeychainError::Failed(error.to_string()),
    }
}
