//! What is done alike with a keyring entry on every system.

use keyring::Error;
use zeroize::Zeroizing;

use super::KeychainError;
use crate::vault::Secret;

pub(super) use keyring::Entry;

/// Every text that lies under the entry's name: none, one, or more where other programs put items there too. What
/// isn't text isn't ours.
pub(super) fn values(entry: &Entry) -> Result<Vec<Secret>, Error> {
    match entry.get_secret() {
        Ok(bytes) => Ok(text(bytes).into_iter().collect()),
        Err(Error::NoEntry) => Ok(Vec::new()),
        Err(Error::Ambiguous(entries)) => {
            let mut values = Vec::new();
            for entry in entries {
                values.extend(text(entry.get_secret()?));
            }
            Ok(values)
        }
        Err(error) => Err(error),
    }
}

/// Deletes all that lies under the entry's name; nothing there is as good.
pub(super) fn delete(entry: &Entry) -> Result<(), Error> {
    match entry.delete_credential() {
        Ok(()) | Err(Error::NoEntry) => Ok(()),
        Err(Error::Ambiguous(entries)) => entries
            .iter()
            .try_for_each(|entry| entry.delete_credential()),
        Err(error) => Err(error),
    }
}

/// A fault that no state stands for. Only the kind of those that carry the item's bytes is named.
pub(super) fn failed(error: &Error) -> KeychainError {
    KeychainError::Failed(match error {
        Error::BadEncoding(_) | Error::BadDataFormat(..) => "the item is malformed".into(),
        error => error.to_string(),
    })
}

fn text(bytes: Vec<u8>) -> Option<Secret> {
    let bytes = Zeroizing::new(bytes);
    std::str::from_utf8(&bytes).ok().map(Secret::new)
}
