//! Key pairs to which data keys are sealed, their short names, and the line under which one lies in the keychain.

use std::convert::Infallible;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hpke::kem::X25519HkdfSha256;
use hpke::rand_core::{TryCryptoRng, TryRng};
use hpke::{Deserializable as _, Kem as _, Serializable as _};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use zeroize::{Zeroize as _, Zeroizing};

use super::Secret;
use super::facts::PublicKeyFacts;
use crate::random::Random;

pub(super) type Kem = X25519HkdfSha256;
pub(super) type PublicKey = <Kem as hpke::Kem>::PublicKey;
type PrivateKey = <Kem as hpke::Kem>::PrivateKey;

/// The first characters of our keychain item. Other programs' items under the same name lack them.
const LINE_PREFIX: &str = "vnd1";

/// The name of a key pair: the first 8 bytes of the SHA-256 of its public half. On paper: 16 hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub(super) struct Kid(pub(super) [u8; 8]);

impl Kid {
    fn of(public: &PublicKey) -> Self {
        let digest = Sha256::digest(public.to_bytes());
        let (start, _) = digest
            .as_slice()
            .split_first_chunk::<8>()
            .expect("a SHA-256 has 32 bytes");
        Self(*start)
    }
}

impl From<Kid> for String {
    fn from(kid: Kid) -> Self {
        kid.0.iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

impl TryFrom<String> for Kid {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let wrong = "a key id is 16 hexadecimal digits";
        if text.len() != 16 || !text.is_ascii() {
            return Err(wrong);
        }
        let mut bytes = [0; 8];
        for (byte, at) in bytes.iter_mut().zip((0..).step_by(2)) {
            *byte = u8::from_str_radix(&text[at..at + 2], 16).map_err(|_| wrong)?;
        }
        Ok(Self(bytes))
    }
}

/// The public half of a key pair: enough to seal.
#[derive(Clone)]
pub(super) struct Recipient {
    pub(super) kid: Kid,
    pub(super) public: PublicKey,
}

impl Recipient {
    /// `None` when the facts don't hold a key that bears its name.
    pub(super) fn from_facts(facts: &PublicKeyFacts) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(&facts.public_key).ok()?;
        let public = PublicKey::from_bytes(&bytes).ok()?;
        let kid = Kid::of(&public);
        (String::from(kid) == facts.kid).then_some(Self { kid, public })
    }

    pub(super) fn facts(&self) -> PublicKeyFacts {
        PublicKeyFacts {
            kid: self.kid.into(),
            public_key: URL_SAFE_NO_PAD.encode(self.public.to_bytes()),
        }
    }
}

/// A whole key pair. The private half is wiped when dropped (x25519-dalek's `StaticSecret`).
pub(super) struct KeyPair {
    pub(super) private: PrivateKey,
    pub(super) recipient: Recipient,
}

impl KeyPair {
    pub(super) fn generate(random: &dyn Random) -> Self {
        let mut seed = Zeroizing::new([0; 32]);
        random.fill(&mut *seed);
        let (private, _) = Kem::derive_keypair(&*seed);
        Self::from_private(private)
    }

    fn from_private(private: PrivateKey) -> Self {
        let public = Kem::sk_to_pk(&private);
        let recipient = Recipient {
            kid: Kid::of(&public),
            public,
        };
        Self { private, recipient }
    }

    pub(super) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        PrivateKey::from_bytes(bytes).ok().map(Self::from_private)
    }

    pub(super) fn private_bytes(&self) -> Zeroizing<[u8; 32]> {
        let mut bytes = self.private.to_bytes();
        let copy = Zeroizing::new(bytes.into());
        bytes.zeroize();
        copy
    }

    /// The keychain item: `vnd1.<kid>.<private half in base64url>`, 65 ASCII characters on one line. One line,
    /// because a line break corrupts an unencrypted GNOME keyring; ASCII, because KWallet and Windows want text.
    pub(super) fn to_line(&self) -> Secret {
        let private = self.private_bytes();
        let mut line = String::with_capacity(80);
        line.push_str(LINE_PREFIX);
        line.push('.');
        line.push_str(&String::from(self.recipient.kid));
        line.push('.');
        URL_SAFE_NO_PAD.encode_string(private.as_slice(), &mut line);
        Secret::new(line)
    }

    /// `None` for what isn't a whole line of ours, for instance another program's item under the same name.
    pub(super) fn from_line(line: &Secret) -> Option<Self> {
        let mut parts = line.expose().split('.');
        let (prefix, kid, key) = (parts.next()?, parts.next()?, parts.next()?);
        if prefix != LINE_PREFIX || parts.next().is_some() {
            return None;
        }
        let bytes = Zeroizing::new(URL_SAFE_NO_PAD.decode(key).ok()?);
        let pair = Self::from_bytes(&bytes)?;
        (String::from(pair.recipient.kid) == kid).then_some(pair)
    }
}

/// Our [`Random`] as the generator that the HPKE crate asks for.
pub(super) struct Generator<'a>(pub(super) &'a dyn Random);

impl TryRng for Generator<'_> {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        let mut bytes = [0; 4];
        self.0.fill(&mut bytes);
        Ok(u32::from_le_bytes(bytes))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        let mut bytes = [0; 8];
        self.0.fill(&mut bytes);
        Ok(u64::from_le_bytes(bytes))
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        self.0.fill(bytes);
        Ok(())
    }
}

impl TryCryptoRng for Generator<'_> {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::SystemRandom;

    #[test]
    fn the_keychain_item_is_one_short_ascii_line_that_reads_back() {
        let pair = KeyPair::generate(&SystemRandom);
        let line = pair.to_line();
        assert!(line.expose().len() < 200, "fits every keychain's limit");
        assert!(
            line.expose().bytes().all(|b| b.is_ascii_graphic()),
            "no line break, no blank, no byte beyond ASCII"
        );
        let back = KeyPair::from_line(&line).expect("our own line is read");
        assert_eq!(
            back.recipient.kid, pair.recipient.kid,
            "it is the same key pair"
        );
    }

    #[test]
    fn a_line_whose_key_does_not_bear_its_name_is_not_ours() {
        let line = KeyPair::generate(&SystemRandom).to_line();
        let other = KeyPair::generate(&SystemRandom).to_line();
        let mixed = format!("{}{}", &line.expose()[..21], &other.expose()[21..]);
        assert!(
            KeyPair::from_line(&Secret::new(mixed)).is_none(),
            "name and key disagree"
        );
        for foreign in ["", "hunter2", "vnd1..", "vnd2.00.00"] {
            assert!(
                KeyPair::from_line(&Secret::new(foreign)).is_none(),
                "{foreign} was taken"
            );
        }
    }
}
