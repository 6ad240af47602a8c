//! Assertions signed with a key of one's own: service accounts, GitHub Apps, clients without a shared secret.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use patchbay_core::connector::{ClientAuth, FieldKind, JwtAlgorithm, JwtAssertion};
use patchbay_core::oauth::jwt::key::SigningKey;
use patchbay_core::oauth::{ClientIdentity, FailureKind, github_app, jwt_bearer};
use patchbay_core::vault::Secret;
use patchbay_tests::evil_as::{Case, EvilAs, Reply};
use ring::signature::{ECDSA_P256_SHA256_FIXED, RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};
use serde_json::Value;

const RSA: &str = include_str!("../fixtures/keys/rsa.pkcs8.pem");
const RSA_PKCS1: &str = include_str!("../fixtures/keys/rsa.pkcs1.pem");
const RSA_PUBLIC: &str = include_str!("../fixtures/keys/rsa.public.pem");
const RSA_ENCRYPTED: &str = include_str!("../fixtures/keys/rsa.encrypted.pem");
const P256: &str = include_str!("../fixtures/keys/p256.pkcs8.pem");
const P256_SEC1: &str = include_str!("../fixtures/keys/p256.sec1.pem");

fn assertion() -> JwtAssertion {
    JwtAssertion {
        algorithm: JwtAlgorithm::RS256,
        key_field: "key".to_owned(),
        key_file: false,
        token_uris: Vec::new(),
        issuer: "{service_account}".to_owned(),
        subject: None,
        audience: None,
        key_id: None,
        lifetime_seconds: 3600,
        claims: Default::default(),
        scope_claim: true,
        exchange: None,
    }
}

fn service_account(server: &EvilAs, key: &str) -> Case {
    let mut case = Case::at(server);
    case.client = ClientIdentity::new("", None, ClientAuth::None);
    case.values.insert("key", FieldKind::SecretText, key);
    case.values
        .insert("service_account", FieldKind::Text, "bot@acme.example");
    case
}

/// Header and claims of a token whose signature holds for the fixture's key.
fn checked(token: &str) -> (Value, Value) {
    let (signed, signature) = token.rsplit_once('.').unwrap();
    let (header, claims) = signed.split_once('.').unwrap();
    let signature = URL_SAFE_NO_PAD.decode(signature).unwrap();
    let json = |part: &str| serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap();
    let header: Value = json(header);
    match header["alg"].as_str().unwrap() {
        "RS256" => {
            let random_key = ring::rsa::KeyPair::from_pkcs8(&der(RSA)).unwrap();
            UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, random_key.public().as_ref())
                .verify(signed.as_bytes(), &signature)
                .expect("signed with the fixture's key");
        }
        "ES256" => {
            use ring::signature::KeyPair as _;
            let random = ring::rand::SystemRandom::new();
            let key = ring::signature::EcdsaKeyPair::from_pkcs8(
                &ring::signature::ECDSA_P256_SHA256_FIXED_SIGNING,
                &der(P256),
                &random,
            )
            .unwrap();
            UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, key.public_key().as_ref())
                .verify(signed.as_bytes(), &signature)
                .expect("signed with the fixture's key");
        }
        other => panic!("{other} is not what was asked for"),
    }
    (header, json(claims))
}

fn der(pem: &str) -> Vec<u8> {
    let body: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
    base64::engine::general_purpose::STANDARD
        .decode(body)
        .unwrap()
}

#[tokio::test]
async fn a_service_account_signs_who_it_is_and_what_it_wants() {
    let server = EvilAs::always(Reply::token("at")).await;
    let mut case = service_account(&server, RSA);
    case.values
        .insert("user", FieldKind::Text, "ann@acme.example");
    let mut assertion = assertion();
    assertion.subject = Some("{user}".to_owned());
    assertion.key_id = Some("kid-1".to_owned());
    assertion
        .claims
        .insert("box_sub_type".to_owned(), "enterprise".to_owned());
    let scopes = ["a".to_owned(), "b".to_owned()];
    let answer = jwt_bearer::obtain(&case.outside(), &case.provider(), &assertion, &scopes)
        .await
        .unwrap();
    assert_eq!(answer.access_token.expose(), "at");
    let request = server.only();
    assert_eq!(
        request.parameter("grant_type").as_deref(),
        Some("urn:ietf:params:oauth:grant-type:jwt-bearer")
    );
    assert_eq!(request.parameter("scope"), None, "it is in the assertion");
    assert_eq!(request.parameter("client_id"), None, "there is no client");
    let (header, claims) = checked(&request.parameter("assertion").unwrap());
    assert_eq!(header["kid"], "kid-1");
    assert_eq!(claims["iss"], "bot@acme.example");
    assert_eq!(claims["sub"], "ann@acme.example");
    assert_eq!(claims["aud"], server.url("/token").as_str());
    assert_eq!(claims["scope"], "a b");
    assert_eq!(claims["box_sub_type"], "enterprise");
    let (issued, expires) = (
        claims["iat"].as_i64().unwrap(),
        claims["exp"].as_i64().unwrap(),
    );
    assert_eq!(expires - issued, 3600, "at most an hour");
    assert!(claims["jti"].as_str().unwrap().len() >= 22);
}

#[tokio::test]
async fn an_optional_subject_that_was_not_typed_is_left_out() {
    let server = EvilAs::always(Reply::token("at")).await;
    let case = service_account(&server, RSA);
    let mut assertion = assertion();
    assertion.subject = Some("{user}".to_owned());
    assertion.scope_claim = false;
    let scopes = ["a".to_owned()];
    jwt_bearer::obtain(&case.outside(), &case.provider(), &assertion, &scopes)
        .await
        .unwrap();
    let request = server.only();
    assert_eq!(request.parameter("scope").as_deref(), Some("a"));
    let (_, claims) = checked(&request.parameter("assertion").unwrap());
    assert!(claims.get("sub").is_none() && claims.get("scope").is_none());
}

#[tokio::test]
async fn every_form_of_a_private_key_signs() {
    for (pem, algorithm) in [
        (RSA, JwtAlgorithm::RS256),
        (RSA_PKCS1, JwtAlgorithm::RS256),
        (P256, JwtAlgorithm::ES256),
        (P256_SEC1, JwtAlgorithm::ES256),
        (&RSA.replace('\n', "\\n"), JwtAlgorithm::RS256),
        (&RSA.replace('\n', "\r\n"), JwtAlgorithm::RS256),
    ] {
        let server = EvilAs::always(Reply::token("at")).await;
        let case = service_account(&server, pem);
        let mut assertion = assertion();
        assertion.algorithm = algorithm;
        jwt_bearer::obtain(&case.outside(), &case.provider(), &assertion, &[])
            .await
            .unwrap();
        checked(&server.only().parameter("assertion").unwrap());
    }
}

#[test]
fn keys_that_can_not_sign_are_refused_with_their_reason() {
    for (pem, algorithm, reason) in [
        (RSA_PUBLIC, JwtAlgorithm::RS256, "public half"),
        (RSA_ENCRYPTED, JwtAlgorithm::RS256, "passphrase"),
        (RSA, JwtAlgorithm::ES256, "another kind"),
        (P256, JwtAlgorithm::RS256, "another kind"),
        ("nonsense", JwtAlgorithm::RS256, "PEM form"),
        (
            "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----",
            JwtAlgorithm::RS256,
            "PEM form",
        ),
        (
            "-----BEGIN PRIVATE KEY-----\nAAAA",
            JwtAlgorithm::RS256,
            "PEM form",
        ),
    ] {
        let error = SigningKey::from_pem(&Secret::new(pem), Some(algorithm)).expect_err(reason);
        assert!(error.message.contains(reason), "{error:?}");
        assert!(!format!("{error:?}").contains("AAAA"));
    }
}

fn key_file(token_uri: &str) -> String {
    serde_json::json!({
        "type": "service_account",
        "client_email": "bot@acme.iam.example",
        "private_key": RSA,
        "private_key_id": "kid-7",
        "token_uri": token_uri,
    })
    .to_string()
}

#[tokio::test]
async fn a_key_file_brings_its_issuer_key_and_listed_token_endpoint() {
    let server = EvilAs::always(Reply::token("at")).await;
    let token_uri = server.url("/from-the-file").to_string();
    let case = service_account(&server, &key_file(&token_uri));
    let mut assertion = assertion();
    assertion.key_file = true;
    assertion.issuer = "{client_email}".to_owned();
    assertion.token_uris = vec![token_uri.clone()];
    jwt_bearer::obtain(&case.outside(), &case.provider(), &assertion, &[])
        .await
        .unwrap();
    let request = server.only();
    assert_eq!(request.target, "/from-the-file");
    let (header, claims) = checked(&request.parameter("assertion").unwrap());
    assert_eq!(header["kid"], "kid-7");
    assert_eq!(claims["iss"], "bot@acme.iam.example");
    assert_eq!(claims["aud"], token_uri.as_str());
}

#[tokio::test]
async fn a_key_file_that_names_another_token_endpoint_sends_nothing() {
    let canary = EvilAs::canary().await;
    let server = EvilAs::canary().await;
    let case = service_account(&server, &key_file(canary.url("/token").as_str()));
    let mut assertion = assertion();
    assertion.key_file = true;
    assertion.token_uris = vec![server.url("/token").to_string()];
    let failure = jwt_bearer::obtain(&case.outside(), &case.provider(), &assertion, &[])
        .await
        .expect_err("the file chose it, not the definition");
    let FailureKind::Ours(error) = failure.kind else {
        panic!("{failure:?}");
    };
    assert_eq!(error.field.as_deref(), Some("key"));
    assert_eq!((canary.connections(), server.connections()), (0, 0));
}

#[tokio::test]
async fn a_github_app_buys_a_token_of_its_installation() {
    let server = EvilAs::always(Reply::json(
        201,
        r#"{"token":"ghs_x","expires_at":"2100-01-01T00:00:00Z","permissions":{"contents":"read","issues":"write"}}"#,
    ))
    .await;
    let mut case = service_account(&server, RSA_PKCS1);
    case.values.insert("app_id", FieldKind::Text, "12345");
    case.values
        .insert("installation", FieldKind::PathSegment, "678");
    case.values
        .insert("api", FieldKind::Url, server.url("").as_str());
    let mut assertion = assertion();
    assertion.issuer = "{app_id}".to_owned();
    assertion.exchange = Some("{api}/app/installations/{installation}/access_tokens".to_owned());
    let answer = github_app::obtain(&case.outside(), &case.provider(), &assertion)
        .await
        .unwrap();
    assert_eq!(answer.access_token.expose(), "ghs_x");
    assert!(answer.expires_in.is_some_and(|seconds| seconds > 0));
    assert_eq!(answer.scopes.unwrap(), ["contents:read", "issues:write"]);
    let request = server.only();
    assert_eq!(request.method, "POST");
    assert_eq!(request.target, "/app/installations/678/access_tokens");
    let bearer = request.header("authorization").unwrap();
    let (_, claims) = checked(bearer.strip_prefix("Bearer ").unwrap());
    assert_eq!(claims["iss"], "12345");
    let life = claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap();
    assert!(life <= 600, "GitHub takes ten minutes at most: {life}");
}

#[tokio::test]
async fn a_github_app_that_is_refused_says_why() {
    for (status, kind) in [
        (401, FailureKind::InvalidClient),
        (403, FailureKind::Denied),
        (404, FailureKind::NotAnEndpoint(404)),
        (502, FailureKind::Temporarily { retry_after: None }),
    ] {
        let server = EvilAs::always(Reply::json(status, r#"{"message":"no such key"}"#)).await;
        let case = service_account(&server, RSA);
        let mut assertion = assertion();
        assertion.exchange = Some(server.url("/x").to_string());
        let failure = github_app::obtain(&case.outside(), &case.provider(), &assertion)
            .await
            .expect_err("refused");
        assert_eq!(failure.kind, kind);
        assert_eq!(failure.description.as_deref(), Some("no such key"));
    }
}

#[tokio::test]
async fn a_client_with_its_own_key_names_the_issuer_as_the_only_audience() {
    let server = EvilAs::always(Reply::token("at")).await;
    let mut case = Case::at(&server);
    case.endpoints.issuer = Some("https://honest.example".to_owned());
    case.client = ClientIdentity::new(
        "client-1",
        Some(Secret::new(P256)),
        ClientAuth::PrivateKeyJwt,
    );
    case.client.key_id = Some("kid-1".to_owned());
    case.exchange().await.unwrap();
    case.exchange().await.unwrap();
    let mut seen = Vec::new();
    for request in server.received() {
        assert_eq!(
            request.parameter("client_assertion_type").as_deref(),
            Some("urn:ietf:params:oauth:client-assertion-type:jwt-bearer")
        );
        assert_eq!(request.parameter("client_secret"), None);
        assert_eq!(request.header("authorization"), None);
        let (header, claims) = checked(&request.parameter("client_assertion").unwrap());
        assert_eq!(
            (&header["alg"], &header["kid"]),
            (&"ES256".into(), &"kid-1".into())
        );
        assert_eq!(
            (&claims["iss"], &claims["sub"]),
            (&"client-1".into(), &"client-1".into())
        );
        assert_eq!(
            claims["aud"], "https://honest.example",
            "worth nothing elsewhere"
        );
        let life = claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap();
        assert!(life <= 60, "{life}");
        seen.push(claims["jti"].clone());
    }
    assert_ne!(seen[0], seen[1], "each is good once");
}
