//! Private keys under a passphrase: the recovery key, and the identity where there is no keychain.
//!
//! Argon2id (RFC 9106) stretches the passphrase; the key is then sealed like a record. Chosen by the person, never a
//! fallback.

use argon2::{Algorithm, Argon2, Params, Version};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use uuid::Uuid;
use zeroize::Zeroizing;

use super::Secret;
use super::envelope::{decrypt, encrypt};
use super::identity::KeyPair;
use crate::random::Random;
use crate::{Error, Result};

/// The shortest passphrase that is taken, in characters.
const MIN_CHARACTERS: usize = 12;

/// What one guess costs. The default is the one for real keys; tests may go lower.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Argon2Cost {
    pub memory_kib: u32,
    pub passes: u32,
}

impl Default for Argon2Cost {
    fn default() -> Self {
        Self {
            memory_kib: 64 * 1024,
            passes: 3,
        }
    }
}

/// The most a stored cost may ask for: a changed database must not make opening take all memory.
const MAX_COST: Argon2Cost = Argon2Cost {
    memory_kib: 1024 * 1024,
    passes: 16,
};

/// A private key that only its passphrase opens. Safe to store and to back up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SealedKey {
    #[serde(flatten)]
    pub cost: Argon2Cost,
    /// 16 bytes, base64url.
    pub salt: String,
    /// Nonce, ciphertext and tag, base64url.
    pub sealed: String,
}

/// For whom a key is sealed: it opens for nothing else.
#[derive(Debug, Clone, Copy)]
pub(super) enum Purpose {
    Identity,
    Recovery,
}

impl SealedKey {
    /// Takes as long as the cost asks for; runs off the async threads.
    ///
    /// # Errors
    /// `InvalidInput` on field `passphrase` when it is shorter than 12 characters.
    pub(super) async fn seal(
        random: &dyn Random,
        cost: Argon2Cost,
        workspace: Uuid,
        purpose: Purpose,
        pair: &KeyPair,
        passphrase: &Secret,
    ) -> Result<Self> {
        if passphrase.expose().chars().count() < MIN_CHARACTERS {
            return Err(Error::field(
                "passphrase",
                format!("a passphrase has at least {MIN_CHARACTERS} characters"),
            ));
        }
        let mut salt = [0; 16];
        random.fill(&mut salt);
        let key = stretch(cost, salt, passphrase).await?;
        let sealed = encrypt(
            random,
            &key,
            &*pair.private_bytes(),
            &bind(workspace, purpose),
        )?;
        Ok(Self {
            cost,
            salt: URL_SAFE_NO_PAD.encode(salt),
            sealed: URL_SAFE_NO_PAD.encode(sealed),
        })
    }

    /// # Errors
    /// `InvalidInput` on field `passphrase` when it doesn't open the key.
    pub(super) async fn open(
        &self,
        workspace: Uuid,
        purpose: Purpose,
        passphrase: &Secret,
    ) -> Result<KeyPair> {
        let wrong = || {
            Error::field("passphrase", "this passphrase doesn't open the key")
                .with_hint("Enter the passphrase you chose for this workspace.")
        };
        let salt = URL_SAFE_NO_PAD
            .decode(&self.salt)
            .ok()
            .and_then(|salt| <[u8; 16]>::try_from(salt).ok())
            .ok_or_else(wrong)?;
        let sealed = URL_SAFE_NO_PAD.decode(&self.sealed).map_err(|_| wrong())?;
        if self.cost.memory_kib > MAX_COST.memory_kib || self.cost.passes > MAX_COST.passes {
            return Err(wrong());
        }
        let key = stretch(self.cost, salt, passphrase).await?;
        decrypt(&key, &sealed, &bind(workspace, purpose))
            .and_then(|private| KeyPair::from_bytes(&private))
            .ok_or_else(wrong)
    }
}

fn bind(workspace: Uuid, purpose: Purpose) -> Vec<u8> {
    let purpose = match purpose {
        Purpose::Identity => "identity",
        Purpose::Recovery => "recovery",
    };
    [
        b"patchbay sealed key v1".as_slice(),
        workspace.as_bytes(),
        purpose.as_bytes(),
    ]
    .concat()
}

async fn stretch(
    cost: Argon2Cost,
    salt: [u8; 16],
    passphrase: &Secret,
) -> Result<Zeroizing<[u8; 32]>> {
    let passphrase = passphrase.duplicate();
    let work = tokio::task::spawn_blocking(move || {
        let params = Params::new(cost.memory_kib, cost.passes, 1, Some(32))
            .map_err(|_| Error::internal("the cost of the passphrase is out of range"))?;
        let mut key = Zeroizing::new([0; 32]);
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
            .hash_password_into(passphrase.expose().as_bytes(), &salt, &mut *key)
            .map_err(|_| Error::internal("cannot derive a key from the passphrase"))?;
        Ok(key)
    });
    work.await
        .map_err(|_| Error::internal("deriving a key from the passphrase was interrupted"))?
}
