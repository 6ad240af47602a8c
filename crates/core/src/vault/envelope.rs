//! One sealed record: data key, recipients, payload.
//!
//! Layout: version (1 byte) | number of recipients (1) | for each recipient: kid (8), encapsulated key (32), sealed
//! data key (48) | nonce (24), tag (16) over this header | nonce (24), payload with its tag.
//! The payload is XChaCha20-Poly1305 under the data key; the data key is sealed by HPKE (RFC 9180, base mode,
//! DHKEM(X25519, HKDF-SHA256), ChaCha20Poly1305). Every part is bound to its [`Place`]; the header has a tag of its own,
//! so that recipients can be changed without touching the payload and yet no byte goes unchecked.

use chacha20poly1305::aead::{Aead as _, KeyInit as _, Payload};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};
use hpke::{Deserializable as _, OpModeR, OpModeS, Serializable as _};
use uuid::Uuid;
use zeroize::Zeroizing;

use super::SecretRecord;
use super::identity::{Generator, Kem, KeyPair, Recipient};
use crate::random::Random;
use crate::{Code, Error, Result};

type HpkeAead = hpke::aead::ChaCha20Poly1305;
type HpkeKdf = hpke::kdf::HkdfSha256;
type DataKey = Zeroizing<[u8; 32]>;

const VERSION: u8 = 1;
const FIELD: &str = "secrets";
const INFO: &[u8] = b"patchbay data key v1";
const WRAP: usize = 8 + 32 + 48;
const NONCE: usize = 24;
const TAG: usize = 16;

/// Where a record lies. A record opens only at the place for which it was sealed, so rows can't be swapped, taken
/// from another workspace, or put back to an earlier generation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    pub workspace: Uuid,
    /// Kind and id, as `connection:<uuid>`.
    pub record: String,
    /// Counts the changes of the secrets: each write seals the next one.
    pub generation: u64,
}

impl Place {
    /// The associated data of one part of the record.
    fn bind(&self, part: &str, more: &[u8]) -> Vec<u8> {
        let mut bytes = vec![VERSION];
        bytes.extend_from_slice(self.workspace.as_bytes());
        bytes.extend_from_slice(&self.generation.to_le_bytes());
        for text in [self.record.as_str(), FIELD, part] {
            bytes.extend_from_slice(&(text.len() as u64).to_le_bytes());
            bytes.extend_from_slice(text.as_bytes());
        }
        bytes.extend_from_slice(more);
        bytes
    }

    fn tampered(&self) -> Error {
        Error::new(
            Code::Tampered,
            format!(
                "the sealed secrets of {} don't match their place: they were changed outside Patchbay",
                self.record
            ),
        )
        .with_hint("Restore a backup of the database, or enter these secrets again.")
    }
}

/// Seals `record` to every recipient. Needs public halves only.
pub(super) fn seal(
    random: &dyn Random,
    recipients: &[Recipient],
    place: &Place,
    record: &SecretRecord,
) -> Result<Vec<u8>> {
    let plain = record.encode()?;
    let mut key = DataKey::default();
    random.fill(&mut *key);
    let mut sealed = header(random, recipients, place, &key)?;
    sealed.extend(encrypt(random, &key, &plain, &place.bind("payload", &[]))?);
    Ok(sealed)
}

/// Opens a record with one of the key pairs to which it was sealed.
///
/// # Errors
/// `Tampered` when any byte, the place or the key is another one.
pub(super) fn open(pair: &KeyPair, place: &Place, sealed: &[u8]) -> Result<SecretRecord> {
    let (key, payload) = data_key(pair, place, sealed).ok_or_else(|| place.tampered())?;
    let plain = decrypt(&key, payload, &place.bind("payload", &[]));
    plain
        .and_then(|plain| SecretRecord::decode(&plain))
        .ok_or_else(|| place.tampered())
}

/// Seals the data key to other recipients; the payload stays as it is.
///
/// # Errors
/// `Tampered` as in [`open`].
pub(super) fn rewrap(
    random: &dyn Random,
    pair: &KeyPair,
    recipients: &[Recipient],
    place: &Place,
    sealed: &[u8],
) -> Result<Vec<u8>> {
    let (key, payload) = data_key(pair, place, sealed).ok_or_else(|| place.tampered())?;
    let mut rewrapped = header(random, recipients, place, &key)?;
    rewrapped.extend_from_slice(payload);
    Ok(rewrapped)
}

fn header(
    random: &dyn Random,
    recipients: &[Recipient],
    place: &Place,
    key: &DataKey,
) -> Result<Vec<u8>> {
    let count = u8::try_from(recipients.len()).expect("a workspace has few recipients");
    let mut header = vec![VERSION, count];
    for recipient in recipients {
        let (encapsulated, sealed_key) = hpke::single_shot_seal_with_rng::<HpkeAead, HpkeKdf, Kem>(
            &OpModeS::Base,
            &recipient.public,
            INFO,
            &**key,
            &place.bind("data key", &recipient.kid.0),
            &mut Generator(random),
        )
        .map_err(|_| Error::internal("cannot seal a data key to its recipient"))?;
        header.extend_from_slice(&recipient.kid.0);
        header.extend_from_slice(&encapsulated.to_bytes());
        header.extend_from_slice(&sealed_key);
    }
    let tag = encrypt(random, key, &[], &place.bind("header", &header))?;
    header.extend(tag);
    Ok(header)
}

/// The data key and what follows the header; `None` when the header isn't whole, isn't ours or was changed.
fn data_key<'a>(pair: &KeyPair, place: &Place, sealed: &'a [u8]) -> Option<(DataKey, &'a [u8])> {
    let &[version, count, ..] = sealed else {
        return None;
    };
    if version != VERSION {
        return None;
    }
    let (header, rest) = sealed.split_at_checked(2 + usize::from(count) * WRAP)?;
    let (tag, payload) = rest.split_at_checked(NONCE + TAG)?;
    let kid = pair.recipient.kid;
    let wrap = header[2..]
        .chunks_exact(WRAP)
        .find(|wrap| wrap[..8] == kid.0)?;
    let encapsulated = <Kem as hpke::Kem>::EncappedKey::from_bytes(&wrap[8..40]).ok()?;
    let opened = Zeroizing::new(
        hpke::single_shot_open::<HpkeAead, HpkeKdf, Kem>(
            &OpModeR::Base,
            &pair.private,
            &encapsulated,
            INFO,
            &wrap[40..],
            &place.bind("data key", &kid.0),
        )
        .ok()?,
    );
    let mut key = DataKey::default();
    key.copy_from_slice(opened.get(..32)?);
    decrypt(&key, tag, &place.bind("header", header))?;
    Some((key, payload))
}

/// Nonce, ciphertext and tag.
pub(super) fn encrypt(
    random: &dyn Random,
    key: &[u8; 32],
    plain: &[u8],
    aad: &[u8],
) -> Result<Vec<u8>> {
    let mut nonce = [0; NONCE];
    random.fill(&mut nonce);
    let sealed = XChaCha20Poly1305::new(<&Key>::from(key))
        .encrypt(&XNonce::from(nonce), Payload { msg: plain, aad })
        .map_err(|_| Error::internal("cannot encrypt a record"))?;
    let mut bytes = Vec::with_capacity(NONCE + sealed.len());
    bytes.extend_from_slice(&nonce);
    bytes.extend_from_slice(&sealed);
    Ok(bytes)
}

/// `None` when the bytes are not those that [`encrypt`] made with this key and associated data.
pub(super) fn decrypt(key: &[u8; 32], sealed: &[u8], aad: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let (nonce, msg) = sealed.split_first_chunk::<NONCE>()?;
    XChaCha20Poly1305::new(<&Key>::from(key))
        .decrypt(&XNonce::from(*nonce), Payload { msg, aad })
        .ok()
        .map(Zeroizing::new)
}
