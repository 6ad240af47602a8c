//! Services on this machine that give a token for something else than a sign-in, with answers of the recorded shapes:
//! a service account's assertion (RFC 7523, as Google answers), a GitHub App's assertion (as api.github.com answers), a
//! user name and password (as many appliances do). `/me` takes the tokens they gave, and `/open` takes everybody.
//!
//! Assertions are verified with the public halves of the keys in `fixtures/keys`.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use ring::signature::{ECDSA_P256_SHA256_FIXED, RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};
use serde_json::{Value, json};

use crate::scripted::{Answer, Scripted, Seen};

/// The private keys whose assertions are believed.
pub const RSA_KEY: &str = include_str!("../fixtures/keys/rsa.pkcs8.pem");
pub const P256_KEY: &str = include_str!("../fixtures/keys/p256.pkcs8.pem");
pub const SERVICE_ACCOUNT: &str = "bot@acme.example";
pub const APP: &str = "123456";
pub const INSTALLATION: &str = "38631545";
pub const USER: &str = "reports";
pub const PASSWORD: &str = "right-password-1";

/// The tokens given so far, by kind.
type Given = Arc<Mutex<Vec<String>>>;

pub async fn start() -> Scripted {
    let given = Given::default();
    Scripted::start(move |seen| answer(seen, &given)).await
}

fn answer(seen: &Seen, given: &Given) -> Answer {
    let path = seen.path.split('?').next().unwrap_or_default();
    match (seen.method.as_str(), path) {
        ("POST", "/token") => service_account(seen, given),
        ("POST", "/session") => session(seen, given),
        ("POST", path) if path.starts_with("/app/installations/") => {
            installation(seen, path, given)
        }
        ("GET", "/open") => Answer::json(200, &json!({"id": "everybody"})),
        ("GET", "/me") => {
            let token = bearer(seen).unwrap_or_default();
            let given = given.lock().unwrap_or_else(PoisonError::into_inner);
            match given.iter().any(|known| known == token) {
                true => {
                    let kind = token.split('-').next().unwrap_or_default();
                    Answer::json(200, &json!({"id": kind, "name": kind}))
                }
                false => Answer::json(401, &json!({"message": "Bad credentials"})),
            }
        }
        _ => Answer::json(404, &json!({"message": "Not Found"})),
    }
}

/// Google's shape.
fn service_account(seen: &Seen, given: &Given) -> Answer {
    let form: BTreeMap<String, String> = url::form_urlencoded::parse(&seen.body)
        .into_owned()
        .collect();
    let refused = |why: &str| {
        Answer::json(
            400,
            &json!({"error": "invalid_grant", "error_description": why}),
        )
    };
    if form.get("grant_type").map(String::as_str)
        != Some("urn:ietf:params:oauth:grant-type:jwt-bearer")
    {
        return Answer::json(400, &json!({"error": "unsupported_grant_type"}));
    }
    let Some(claims) = form.get("assertion").and_then(|token| verified(token)) else {
        return refused("Invalid JWT Signature.");
    };
    if claims["iss"] != SERVICE_ACCOUNT {
        return refused("Invalid grant: account not found");
    }
    if claims["aud"] != format!("{}/token", seen.base).as_str() {
        return refused("Invalid JWT: wrong audience");
    }
    let token = give(given, "robot");
    Answer::json(
        200,
        &json!({"access_token": token, "expires_in": 3599, "token_type": "Bearer"}),
    )
}

/// The shape of `POST /app/installations/{installation_id}/access_tokens`.
fn installation(seen: &Seen, path: &str, given: &Given) -> Answer {
    let claims = bearer(seen).and_then(verified);
    let Some(claims) = claims.filter(|claims| claims["iss"] == APP) else {
        return Answer::json(
            401,
            &json!({"message": "A JSON web token could not be decoded", "documentation_url": "https://docs.github.com/rest"}),
        );
    };
    let life =
        claims["exp"].as_i64().unwrap_or_default() - claims["iat"].as_i64().unwrap_or_default();
    if life > 600 {
        return Answer::json(
            401,
            &json!({"message": "'Expiration time' claim ('exp') is too far in the future"}),
        );
    }
    if path != format!("/app/installations/{INSTALLATION}/access_tokens") {
        return Answer::json(404, &json!({"message": "Not Found"}));
    }
    let token = give(given, "installation");
    Answer::json(
        201,
        &json!({
            "token": token,
            "expires_at": "2100-01-01T00:00:00Z",
            "permissions": {"contents": "read", "metadata": "read"},
            "repository_selection": "selected",
        }),
    )
}

fn session(seen: &Seen, given: &Given) -> Answer {
    let body: Value = serde_json::from_slice(&seen.body).unwrap_or_default();
    match body["username"] == USER && body["password"] == PASSWORD {
        true => {
            let token = give(given, "session");
            Answer::json(200, &json!({"data": {"token": token, "ttl": 1200}}))
        }
        false => Answer::json(401, &json!({"message": "wrong user name or password"})),
    }
}

fn give(given: &Given, kind: &str) -> String {
    let mut given = given.lock().unwrap_or_else(PoisonError::into_inner);
    let token = format!("{kind}-token-{}", given.len() + 1);
    given.push(token.clone());
    token
}

fn bearer(seen: &Seen) -> Option<&str> {
    seen.header("authorization")?.strip_prefix("Bearer ")
}

/// The claims of an assertion whose signature holds for a key of the fixtures.
fn verified(token: &str) -> Option<Value> {
    use ring::signature::KeyPair as _;
    let (signed, signature) = token.rsplit_once('.')?;
    let (header, claims) = signed.split_once('.')?;
    let part = |text: &str| -> Option<Value> {
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(text).ok()?).ok()
    };
    let signature = URL_SAFE_NO_PAD.decode(signature).ok()?;
    let holds = match part(header)?["alg"].as_str()? {
        "RS256" => {
            let key = ring::rsa::KeyPair::from_pkcs8(&der(RSA_KEY)).ok()?;
            UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, key.public().as_ref())
                .verify(signed.as_bytes(), &signature)
        }
        "ES256" => {
            let random = ring::rand::SystemRandom::new();
            let algorithm = &ring::signature::ECDSA_P256_SHA256_FIXED_SIGNING;
            let key = ring::signature::EcdsaKeyPair::from_pkcs8(algorithm, &der(P256_KEY), &random)
                .ok()?;
            UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, key.public_key().as_ref())
                .verify(signed.as_bytes(), &signature)
        }
        _ => return None,
    };
    holds.ok()?;
    part(claims)
}

fn der(pem: &str) -> Vec<u8> {
    let body: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
    STANDARD.decode(body).expect("the fixture is a PEM file")
}
