//! What a workspace knows about its vault without opening it. Stored beside the records; holds no secret.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::keychain::KeychainStore;
use super::passphrase::SealedKey;

/// The public half of a key pair and its name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublicKeyFacts {
    /// 16 hexadecimal digits: the start of the public half's SHA-256.
    pub kid: String,
    /// X25519, 32 bytes, base64url.
    pub public_key: String,
}

/// Where the identity's private half lies.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Home {
    /// In the operating system's keychain, as the item of this name.
    Keychain {
        item: String,
        /// The store in which it was put: if it isn't there and the store is another one now, that is the reason.
        store: KeychainStore,
    },
    /// Here, under a passphrase that is asked for at each start.
    Passphrase { key: SealedKey },
}

/// The recovery key: its private half lies here, under a passphrase.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecoveryFacts {
    pub recipient: PublicKeyFacts,
    pub key: SealedKey,
}

/// The public facts of a workspace's vault. While they exist, no other identity is made for the workspace.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VaultFacts {
    pub workspace: Uuid,
    pub identity: PublicKeyFacts,
    pub home: Home,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recovery: Option<RecoveryFacts>,
}
