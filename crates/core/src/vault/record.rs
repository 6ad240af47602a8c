//! What one sealed record holds: a few secrets by name, and their bytes under the seal.
//!
//! The encoding is our own because a general one would leave copies of secrets in buffers that nobody wipes.

use std::collections::BTreeMap;

use zeroize::Zeroizing;

use super::Secret;
use crate::{Code, Error, Result};

/// The most that one record may hold, in bytes, names included.
const MAX_BYTES: usize = 1 << 20;

/// The secrets of a connection, a client registration or an authorization. Its `Debug` prints names only.
#[derive(Default)]
pub struct SecretRecord(BTreeMap<String, Secret>);

impl SecretRecord {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn get(&self, name: &str) -> Option<&Secret> {
        self.0.get(name)
    }

    /// Puts a secret under `name` and gives back the one it replaces.
    pub fn insert(&mut self, name: impl Into<String>, secret: Secret) -> Option<Secret> {
        self.0.insert(name.into(), secret)
    }

    pub fn remove(&mut self, name: &str) -> Option<Secret> {
        self.0.remove(name)
    }

    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The bytes that are sealed: for each secret its name and value, each after its length (u32, little endian).
    ///
    /// # Errors
    /// `InvalidInput` when the record is larger than 1 MiB.
    pub(super) fn encode(&self) -> Result<Zeroizing<Vec<u8>>> {
        let size: usize = self
            .0
            .iter()
            .map(|(name, secret)| 8 + name.len() + secret.expose().len())
            .sum();
        if size > MAX_BYTES {
            return Err(Error::new(
                Code::InvalidInput,
                "the secrets of one record are larger than 1 MiB",
            ));
        }
        // Reserved at once: a buffer that grows leaves copies behind.
        let mut bytes = Zeroizing::new(Vec::with_capacity(size));
        for (name, secret) in &self.0 {
            for part in [name.as_str(), secret.expose()] {
                let length = u32::try_from(part.len()).expect("a part is smaller than 1 MiB");
                bytes.extend_from_slice(&length.to_le_bytes());
                bytes.extend_from_slice(part.as_bytes());
            }
        }
        Ok(bytes)
    }

    /// Reads what [`encode`](Self::encode) wrote; `None` when it is anything else.
    pub(super) fn decode(mut bytes: &[u8]) -> Option<Self> {
        let mut secrets = BTreeMap::new();
        while !bytes.is_empty() {
            let name = take_text(&mut bytes)?.to_owned();
            let secret = Secret::new(take_text(&mut bytes)?);
            secrets.insert(name, secret);
        }
        Some(Self(secrets))
    }
}

fn take_text<'a>(bytes: &mut &'a [u8]) -> Option<&'a str> {
    let (length, rest) = bytes.split_first_chunk::<4>()?;
    let length = usize::try_from(u32::from_le_bytes(*length)).ok()?;
    let (text, rest) = rest.split_at_checked(length)?;
    *bytes = rest;
    std::str::from_utf8(text).ok()
}

impl std::fmt::Debug for SecretRecord {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

impl<N: Into<String>> FromIterator<(N, Secret)> for SecretRecord {
    fn from_iter<I: IntoIterator<Item = (N, Secret)>>(secrets: I) -> Self {
        Self(
            secrets
                .into_iter()
                .map(|(name, secret)| (name.into(), secret))
                .collect(),
        )
    }
}
