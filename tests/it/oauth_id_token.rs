//! ID tokens: who signed in, believed only when the issuer said so.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use patchbay_core::connector::{AccountFromToken, AccountSource};
use patchbay_core::oauth::id_token::{Claims, IdTokenRefused, verify};
use patchbay_core::oauth::{KeyCache, Outside};
use patchbay_core::random::SystemRandom;
use patchbay_core::vault::Secret;
use patchbay_tests::evil_as::{Case, EvilAs, FixedClock, Reply};
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
use serde_json::{Value, json};

const NOW: i64 = 1_700_000_000;
const NONCE: &str = "canary-nonce";

struct Key(EcdsaKeyPair);

impl Key {
    fn new() -> Self {
        let random = ring::rand::SystemRandom::new();
        let pkcs8 =
            EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).unwrap();
        let key =
            EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8.as_ref(), &random);
        Self(key.unwrap())
    }

    fn jwk(&self, kid: Option<&str>) -> Value {
        let point = self.0.public_key().as_ref();
        let mut jwk = json!({
            "kty": "EC",
            "crv": "P-256",
            "use": "sig",
            "x": URL_SAFE_NO_PAD.encode(&point[1..33]),
            "y": URL_SAFE_NO_PAD.encode(&point[33..]),
        });
        if let Some(kid) = kid {
            jwk["kid"] = kid.into();
        }
        jwk
    }

    fn sign(&self, header: &Value, claims: &Value) -> String {
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let signed = format!("{}.{}", part(header), part(claims));
        let random = ring::rand::SystemRandom::new();
        let signature = self.0.sign(&random, signed.as_bytes()).unwrap();
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
    }
}

fn header() -> Value {
    json!({ "alg": "ES256", "kid": "k1" })
}

fn claims() -> Value {
    json!({
        "iss": "https://as.example",
        "aud": "client-1",
        "sub": "user-7",
        "email": "ann@example.com",
        "iat": NOW - 10,
        "exp": NOW + 300,
        "nonce": NONCE,
    })
}

fn keys(jwks: &[Value]) -> Reply {
    Reply::json(200, &json!({ "keys": jwks }).to_string())
}

struct Issuer {
    case: Case,
    server: EvilAs,
    clock: FixedClock,
    cache: KeyCache,
}

impl Issuer {
    async fn with(reply: Reply) -> Self {
        Self::at(EvilAs::always(reply).await)
    }

    fn at(server: EvilAs) -> Self {
        let mut case = Case::at(&server);
        case.endpoints.issuer = Some("https://as.example".to_owned());
        Self {
            case,
            server,
            clock: FixedClock::at(NOW),
            cache: KeyCache::default(),
        }
    }

    async fn judge(&self, token: &str) -> Result<Claims, IdTokenRefused> {
        let outside = Outside::new(&self.case.http, &self.clock, &SystemRandom);
        verify(
            &outside,
            &self.case.endpoints,
            "client-1",
            &self.cache,
            &Secret::new(token),
            Some(&Secret::new(NONCE)),
        )
        .await
    }
}

#[tokio::test]
async fn a_good_token_tells_the_account() {
    let key = Key::new();
    let issuer = Issuer::with(keys(&[key.jwk(Some("k1"))])).await;
    let claims = issuer.judge(&key.sign(&header(), &claims())).await.unwrap();
    assert_eq!(claims.subject(), "user-7");
    let from = AccountFromToken {
        source: AccountSource::IdToken,
        id: "/sub".to_owned(),
        name: Some("/email".to_owned()),
    };
    let account = claims.account(&from).unwrap();
    assert_eq!(account.id, "user-7");
    assert_eq!(account.name.as_deref(), Some("ann@example.com"));
    assert!(!format!("{claims:?}").contains("ann"));
}

#[tokio::test]
async fn wrong_claims_are_refused_each_for_its_reason() {
    let key = Key::new();
    let issuer = Issuer::with(keys(&[key.jwk(Some("k1"))])).await;
    let absent = Value::Null;
    for (name, value, refused) in [
        (
            "iss",
            json!("https://as.example/"),
            Some(IdTokenRefused::Issuer),
        ),
        (
            "iss",
            json!("https://AS.example"),
            Some(IdTokenRefused::Issuer),
        ),
        ("iss", absent.clone(), Some(IdTokenRefused::Issuer)),
        ("aud", json!("client-2"), Some(IdTokenRefused::Audience)),
        ("aud", absent.clone(), Some(IdTokenRefused::Audience)),
        ("aud", json!([]), Some(IdTokenRefused::Audience)),
        ("aud", json!(["client-1"]), None),
        (
            "aud",
            json!(["client-1", "client-2"]),
            Some(IdTokenRefused::Audience),
        ),
        ("azp", json!("client-2"), Some(IdTokenRefused::Audience)),
        ("azp", json!("client-1"), None),
        ("sub", absent.clone(), Some(IdTokenRefused::Subject)),
        ("sub", json!(""), Some(IdTokenRefused::Subject)),
        ("sub", json!(7), Some(IdTokenRefused::Subject)),
        ("iat", absent.clone(), Some(IdTokenRefused::Time)),
        ("iat", json!(NOW + 59), None),
        ("iat", json!(NOW + 61), Some(IdTokenRefused::Time)),
        ("exp", absent.clone(), Some(IdTokenRefused::Time)),
        ("exp", json!(NOW - 59), None),
        ("exp", json!(NOW - 60), Some(IdTokenRefused::Time)),
        ("exp", json!("soon"), Some(IdTokenRefused::Time)),
        ("nonce", json!("another"), Some(IdTokenRefused::Nonce)),
        ("nonce", absent, Some(IdTokenRefused::Nonce)),
    ] {
        let mut claims = claims();
        match value.is_null() {
            true => drop(claims.as_object_mut().unwrap().remove(name)),
            false => claims[name] = value.clone(),
        }
        let outcome = issuer.judge(&key.sign(&header(), &claims)).await;
        assert_eq!(outcome.err(), refused, "{name} = {value}");
    }
}

#[tokio::test]
async fn several_audiences_need_the_client_as_authorized_party() {
    let key = Key::new();
    let issuer = Issuer::with(keys(&[key.jwk(Some("k1"))])).await;
    let mut claims = claims();
    claims["aud"] = json!(["client-1", "client-2"]);
    claims["azp"] = json!("client-1");
    assert!(issuer.judge(&key.sign(&header(), &claims)).await.is_ok());
}

#[tokio::test]
async fn a_wrong_signature_is_refused() {
    let (key, other) = (Key::new(), Key::new());
    let issuer = Issuer::with(keys(&[key.jwk(Some("k1"))])).await;
    let forged = other.sign(&header(), &claims());
    assert_eq!(
        issuer.judge(&forged).await.err(),
        Some(IdTokenRefused::Signature)
    );
    let good = key.sign(&header(), &claims());
    let (signed, _) = good.rsplit_once('.').unwrap();
    for signature in ["", "AAAA"] {
        let cut = format!("{signed}.{signature}");
        assert_eq!(
            issuer.judge(&cut).await.err(),
            Some(IdTokenRefused::Signature)
        );
    }
}

#[tokio::test]
async fn algorithms_other_than_the_two_are_refused() {
    let key = Key::new();
    let issuer = Issuer::with(keys(&[key.jwk(Some("k1"))])).await;
    for alg in ["none", "None", "HS256", "HS512", "RS1", "ES256K", "PS256"] {
        let token = key.sign(&json!({ "alg": alg, "kid": "k1" }), &claims());
        assert_eq!(
            issuer.judge(&token).await.err(),
            Some(IdTokenRefused::Algorithm),
            "{alg}"
        );
    }
    // A key of another kind is not tried for RS256.
    let token = key.sign(&json!({ "alg": "RS256", "kid": "k1" }), &claims());
    assert_eq!(
        issuer.judge(&token).await.err(),
        Some(IdTokenRefused::UnknownKey)
    );
    let critical = json!({ "alg": "ES256", "kid": "k1", "crit": ["b64"], "b64": false });
    let token = key.sign(&critical, &claims());
    assert_eq!(
        issuer.judge(&token).await.err(),
        Some(IdTokenRefused::Algorithm)
    );
}

#[tokio::test]
async fn a_token_without_kid_needs_an_issuer_with_one_key() {
    let (key, other) = (Key::new(), Key::new());
    let token = key.sign(&json!({ "alg": "ES256" }), &claims());
    let one = Issuer::with(keys(&[key.jwk(None)])).await;
    assert!(one.judge(&token).await.is_ok());
    let two = Issuer::with(keys(&[key.jwk(Some("k1")), other.jwk(Some("k2"))])).await;
    assert_eq!(
        two.judge(&token).await.err(),
        Some(IdTokenRefused::UnknownKey)
    );
}

#[tokio::test]
async fn an_address_for_keys_inside_the_token_is_never_asked() {
    let (key, forger) = (Key::new(), Key::new());
    let evil = EvilAs::always(keys(&[forger.jwk(Some("k1"))])).await;
    let issuer = Issuer::with(keys(&[key.jwk(Some("k1"))])).await;
    let mut header = header();
    header["jku"] = evil.url("/jwks").as_str().into();
    header["x5u"] = evil.url("/cert").as_str().into();
    header["jwk"] = forger.jwk(Some("k1"));
    let token = forger.sign(&header, &claims());
    assert_eq!(
        issuer.judge(&token).await.err(),
        Some(IdTokenRefused::Signature)
    );
    assert_eq!(evil.connections(), 0);
}

#[tokio::test]
async fn an_unknown_key_is_looked_up_anew_at_most_once_in_five_minutes() {
    let (old, new) = (Key::new(), Key::new());
    let jwks = [keys(&[old.jwk(Some("k1"))]), keys(&[new.jwk(Some("k2"))])];
    let asked = std::sync::atomic::AtomicUsize::new(0);
    let server = EvilAs::start(move |_| {
        let at = asked.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        jwks[at.min(1)].clone()
    })
    .await;
    let issuer = Issuer::at(server);
    let old_token = old.sign(&header(), &claims());
    let new_token = new.sign(&json!({ "alg": "ES256", "kid": "k2" }), &claims());
    assert!(issuer.judge(&old_token).await.is_ok());
    for _ in 0..5 {
        assert_eq!(
            issuer.judge(&new_token).await.err(),
            Some(IdTokenRefused::UnknownKey)
        );
    }
    assert_eq!(
        issuer.server.received().len(),
        1,
        "not for each unknown key"
    );
    issuer.clock.advance(301);
    assert!(
        issuer.judge(&new_token).await.is_ok(),
        "the issuer has a new key"
    );
    assert_eq!(issuer.server.received().len(), 2);
}

#[tokio::test]
async fn key_sets_over_the_bounds_are_not_read() {
    let key = Key::new();
    let token = key.sign(&header(), &claims());
    let many: Vec<Value> = (0..101).map(|_| key.jwk(Some("k1"))).collect();
    let large = json!({ "keys": [key.jwk(Some("k1"))], "x": "y".repeat(300_000) }).to_string();
    for reply in [
        keys(&many),
        Reply::json(200, &large),
        Reply::json(200, "{}"),
        Reply::json(200, "[]"),
        Reply::json(500, "{}"),
        Reply::status(302).header("location", "https://evil.example/jwks"),
    ] {
        let outcome = Issuer::with(reply).await.judge(&token).await;
        assert!(
            matches!(
                outcome,
                Err(IdTokenRefused::NoKeys | IdTokenRefused::Unreachable(_))
            ),
            "{outcome:?}"
        );
    }
}

#[tokio::test]
async fn what_is_no_token_is_refused_without_asking_for_keys() {
    let issuer = Issuer::with(keys(&[])).await;
    for token in [
        "",
        "a",
        "a.b",
        "a.b.c",
        "....",
        "e30.e30.%%%",
        "W10.e30.AAAA",
    ] {
        assert!(issuer.judge(token).await.is_err(), "{token}");
    }
    assert_eq!(issuer.server.connections(), 0);
}

#[tokio::test]
async fn nothing_is_believed_of_a_provider_without_issuer_or_keys() {
    let key = Key::new();
    let token = key.sign(&header(), &claims());
    let mut issuer = Issuer::with(keys(&[key.jwk(Some("k1"))])).await;
    issuer.case.endpoints.issuer = None;
    assert_eq!(
        issuer.judge(&token).await.err(),
        Some(IdTokenRefused::NoIssuer)
    );
}

#[tokio::test]
async fn rsa_keys_are_checked_too() {
    let pem = include_str!("../fixtures/keys/rsa.pkcs8.pem");
    let body: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
    let der = base64::engine::general_purpose::STANDARD
        .decode(body)
        .unwrap();
    let key = ring::rsa::KeyPair::from_pkcs8(&der).unwrap();
    let public = ring::rsa::PublicKeyComponents::<Vec<u8>>::from(key.public());
    let jwk = json!({
        "kty": "RSA",
        "kid": "r1",
        "alg": "RS256",
        "n": URL_SAFE_NO_PAD.encode(&public.n),
        "e": URL_SAFE_NO_PAD.encode(&public.e),
    });
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let header = json!({ "alg": "RS256", "kid": "r1" });
    let signed = format!("{}.{}", part(&header), part(&claims()));
    let mut signature = vec![0; key.public().modulus_len()];
    let random = ring::rand::SystemRandom::new();
    key.sign(
        &ring::signature::RSA_PKCS1_SHA256,
        &random,
        signed.as_bytes(),
        &mut signature,
    )
    .unwrap();
    let issuer = Issuer::with(keys(&[jwk])).await;
    let good = format!("{signed}.{}", URL_SAFE_NO_PAD.encode(&signature));
    assert_eq!(issuer.judge(&good).await.unwrap().subject(), "user-7");
    signature[100] ^= 1;
    let bent = format!("{signed}.{}", URL_SAFE_NO_PAD.encode(&signature));
    assert_eq!(
        issuer.judge(&bent).await.err(),
        Some(IdTokenRefused::Signature)
    );
}
