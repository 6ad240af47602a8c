//! Keys that sign assertions, read from what people paste: PEM of PKCS#8, PKCS#1 (RSA) or SEC1 (EC).

use base64::Engine as _;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, RSA_PKCS1_SHA256, RsaKeyPair,
};
use zeroize::Zeroizing;

use crate::connector::JwtAlgorithm;
use crate::error::{Error, Result};
use crate::vault::Secret;

/// A key ready to sign. Holds private material and therefore prints nothing.
pub enum SigningKey {
    Rsa(Box<RsaKeyPair>),
    P256(EcdsaKeyPair),
    Hmac(ring::hmac::Key),
}

impl SigningKey {
    /// Reads a private key from PEM. `wanted` refuses a key of another kind than the definition's algorithm; without
    /// it the key decides.
    ///
    /// # Errors
    /// `InvalidInput` with what is wrong with the key; never the key.
    pub fn from_pem(pem: &Secret, wanted: Option<JwtAlgorithm>) -> Result<Self> {
        if wanted == Some(JwtAlgorithm::HS256) {
            return Ok(Self::Hmac(ring::hmac::Key::new(
                ring::hmac::HMAC_SHA256,
                pem.expose().as_bytes(),
            )));
        }
        let (label, der) = decode(pem.expose())?;
        let key = match label.as_str() {
            "RSA PRIVATE KEY" => RsaKeyPair::from_der(&der)
                .map(|key| Self::Rsa(Box::new(key)))
                .map_err(|_| unusable()),
            "EC PRIVATE KEY" => p256(&pkcs8_of_sec1(&der)?),
            "PRIVATE KEY" => RsaKeyPair::from_pkcs8(&der)
                .map(|key| Self::Rsa(Box::new(key)))
                .or_else(|_| p256(&der)),
            "ENCRYPTED PRIVATE KEY" => Err(Error::new(
                crate::Code::InvalidInput,
                "the private key is encrypted with a passphrase",
            )
            .with_hint("Paste it decrypted: openssl pkcs8 -in key.pem -nocrypt")),
            "PUBLIC KEY" | "RSA PUBLIC KEY" | "CERTIFICATE" => Err(Error::new(
                crate::Code::InvalidInput,
                "that is the public half; the private key is needed",
            )),
            _ => Err(unusable()),
        }?;
        match (&key, wanted) {
            (_, None)
            | (Self::Rsa(_), Some(JwtAlgorithm::RS256))
            | (Self::P256(_), Some(JwtAlgorithm::ES256)) => Ok(key),
            _ => Err(Error::new(
                crate::Code::InvalidInput,
                "the private key is of another kind than the provider's algorithm",
            )),
        }
    }

    pub fn algorithm_name(&self) -> &'static str {
        match self {
            Self::Rsa(_) => "RS256",
            Self::P256(_) => "ES256",
            Self::Hmac(_) => "HS256",
        }
    }

    /// Signs a message.
    ///
    /// # Errors
    /// `InvalidInput` when the key turns out not to be able to.
    pub fn sign(&self, message: &[u8]) -> Result<Vec<u8>> {
        let random = ring::rand::SystemRandom::new();
        match self {
            Self::Rsa(key) => {
                let mut signature = vec![0; key.public().modulus_len()];
                key.sign(&RSA_PKCS1_SHA256, &random, message, &mut signature)
                    .map_err(|_| unusable())?;
                Ok(signature)
            }
            Self::P256(key) => key
                .sign(&random, message)
                .map(|signature| signature.as_ref().to_vec())
                .map_err(|_| unusable()),
            Self::Hmac(key) => Ok(ring::hmac::sign(key, message).as_ref().to_vec()),
        }
    }
}

impl std::fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SigningKey({})", self.algorithm_name())
    }
}

fn p256(pkcs8: &[u8]) -> Result<SigningKey> {
    let random = ring::rand::SystemRandom::new();
    EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8, &random)
        .map(SigningKey::P256)
        .map_err(|_| unusable())
}

fn unusable() -> Error {
    Error::new(
        crate::Code::InvalidInput,
        "the private key can't be used: an RSA key of 2,048 bits or more, or a P-256 key, in PEM form is needed",
    )
}

/// The first PEM block that isn't parameters: its label and bytes. Accepts `\n` written as two characters, as key
/// files hold it when they are pasted.
fn decode(pem: &str) -> Result<(String, Zeroizing<Vec<u8>>)> {
    let pem = Zeroizing::new(pem.replace("\\n", "\n"));
    let mut rest = pem.as_str();
    loop {
        let (_, after) = rest.split_once("-----BEGIN ").ok_or_else(unusable)?;
        let (label, after) = after.split_once("-----").ok_or_else(unusable)?;
        let end = format!("-----END {label}-----");
        let (body, after) = after.split_once(end.as_str()).ok_or_else(unusable)?;
        rest = after;
        if label == "EC PARAMETERS" {
            continue;
        }
        if body.contains(':') {
            return Err(Error::new(
                crate::Code::InvalidInput,
                "the private key is encrypted with a passphrase",
            )
            .with_hint("Paste it decrypted: openssl rsa -in key.pem"));
        }
        let packed: Zeroizing<String> =
            Zeroizing::new(body.chars().filter(|c| !c.is_whitespace()).collect());
        let der = base64::engine::general_purpose::STANDARD
            .decode(packed.as_bytes())
            .map_err(|_| unusable())?;
        return Ok((label.to_owned(), Zeroizing::new(der)));
    }
}

/// Wraps a SEC1 P-256 key into PKCS#8 (RFC 5208), the only form ring takes.
fn pkcs8_of_sec1(sec1: &[u8]) -> Result<Zeroizing<Vec<u8>>> {
    // version 0; AlgorithmIdentifier { id-ecPublicKey, prime256v1 }
    const HEAD: [u8; 24] = [
        0x02, 0x01, 0x00, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06,
        0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07,
    ];
    let wrap = |tag: u8, content: &[u8]| -> Result<Zeroizing<Vec<u8>>> {
        let length = u8::try_from(content.len()).map_err(|_| unusable())?;
        let mut der = Zeroizing::new(Vec::with_capacity(content.len() + 4));
        der.push(tag);
        if length >= 0x80 {
            der.push(0x81);
        }
        der.push(length);
        der.extend_from_slice(content);
        Ok(der)
    };
    let octets = wrap(0x04, sec1)?;
    let mut content = Zeroizing::new(Vec::with_capacity(HEAD.len() + octets.len()));
    content.extend_from_slice(&HEAD);
    content.extend_from_slice(&octets);
    wrap(0x30, &content)
}
