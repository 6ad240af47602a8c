//! The keys an issuer signs ID tokens with (RFC 7517): fetched from its own address only, bounded, and fetched again
//! for an unknown key at most once in five minutes (requirement I2).

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents, UnparsedPublicKey,
};
use url::Url;

use super::id_token::IdTokenRefused;
use crate::clock::Timestamp;
use crate::http::{Limits, Method, Request};
use crate::oauth::Outside;
use crate::oauth::endpoints::check_endpoint;
use crate::oauth::token::json::Json;

const BODY: usize = 256 * 1024;
const KEYS: usize = 100;
/// Seconds between two fetches for the sake of an unknown key.
const REFETCH: i64 = 300;
/// Seconds after which keys are fetched anew in any case.
const STALE: i64 = 24 * 60 * 60;

/// A public key of an issuer.
pub(super) struct Key {
    pub kid: Option<String>,
    material: Material,
}

enum Material {
    Rsa {
        n: Vec<u8>,
        e: Vec<u8>,
    },
    /// `0x04`, x, y.
    P256(Vec<u8>),
}

impl Key {
    pub(super) fn fits(&self, algorithm: &str) -> bool {
        match self.material {
            Material::Rsa { .. } => algorithm == "RS256",
            Material::P256(_) => algorithm == "ES256",
        }
    }

    pub(super) fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        match &self.material {
            Material::Rsa { n, e } => RsaPublicKeyComponents { n, e }
                .verify(&RSA_PKCS1_2048_8192_SHA256, message, signature)
                .is_ok(),
            Material::P256(point) => UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point)
                .verify(message, signature)
                .is_ok(),
        }
    }

    fn read(value: &Json) -> Option<Self> {
        let text = |name: &str| value.get(name).and_then(Json::text);
        let bytes = |name: &str| URL_SAFE_NO_PAD.decode(text(name)?).ok();
        if text("use").is_some_and(|purpose| purpose != "sig") {
            return None;
        }
        let material = match (text("kty")?, text("crv")) {
            ("RSA", _) if text("alg").is_none_or(|alg| alg == "RS256") => Material::Rsa {
                n: bytes("n")?,
                e: bytes("e")?,
            },
            ("EC", Some("P-256")) => {
                let (x, y) = (bytes("x")?, bytes("y")?);
                if x.len() != 32 || y.len() != 32 {
                    return None;
                }
                Material::P256([&[4][..], &x, &y].concat())
            }
            _ => return None,
        };
        Some(Self {
            kid: text("kid").map(str::to_owned),
            material,
        })
    }
}

/// Keys by the address they came from. One per process.
#[derive(Default)]
pub struct KeyCache {
    sets: Mutex<HashMap<String, Set>>,
}

#[derive(Clone)]
struct Set {
    keys: Arc<Vec<Key>>,
    fetched_at: Timestamp,
}

impl KeyCache {
    /// The keys behind an address. `wanted` says whether they hold what is looked for; if not, they are fetched anew,
    /// unless that was done a short while ago.
    pub(super) async fn keys(
        &self,
        outside: &Outside<'_>,
        address: &Url,
        wanted: impl Fn(&[Key]) -> bool,
    ) -> Result<Arc<Vec<Key>>, IdTokenRefused> {
        let now = outside.clock.now();
        let known = self.known(address);
        if let Some(set) = known {
            let age = now.seconds_since(set.fetched_at);
            if age < REFETCH || (age < STALE && wanted(&set.keys)) {
                return Ok(set.keys);
            }
        }
        let keys = Arc::new(fetch(outside, address).await?);
        let set = Set {
            keys: Arc::clone(&keys),
            fetched_at: now,
        };
        if let Ok(mut sets) = self.sets.lock() {
            sets.insert(address.to_string(), set);
        }
        Ok(keys)
    }

    fn known(&self, address: &Url) -> Option<Set> {
        self.sets.lock().ok()?.get(address.as_str()).cloned()
    }
}

async fn fetch(outside: &Outside<'_>, address: &Url) -> Result<Vec<Key>, IdTokenRefused> {
    check_endpoint(address).map_err(|_| IdTokenRefused::NoKeys)?;
    let mut request =
        Request::new(Method::Get, address.clone()).header("accept", "application/json");
    request.limits = Limits {
        body: BODY,
        ..outside.limits
    };
    let answer = outside
        .http
        .send(request)
        .await
        .map_err(IdTokenRefused::Unreachable)?;
    if answer.status != 200 {
        return Err(IdTokenRefused::NoKeys);
    }
    let set = Json::parse(&answer.body, 8).map_err(|_| IdTokenRefused::NoKeys)?;
    let keys = set
        .get("keys")
        .and_then(Json::list)
        .filter(|keys| keys.len() <= KEYS)
        .ok_or(IdTokenRefused::NoKeys)?;
    // Keys of kinds we don't use are left out, not refused (RFC 7517 5).
    Ok(keys.iter().filter_map(Key::read).collect())
}
