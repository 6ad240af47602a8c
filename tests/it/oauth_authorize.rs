//! The address that the browser opens.

use std::collections::{BTreeMap, HashSet};

use base64::Engine as _;
use patchbay_core::connector::template::Values;
use patchbay_core::connector::{FieldKind, OAuth, Pkce, Quirk, Separator};
use patchbay_core::oauth::authorization_code::{AuthorizationRequest, Wishes, begin};
use patchbay_core::oauth::endpoints::check_endpoint;
use patchbay_core::oauth::{Endpoints, Metadata};
use patchbay_core::random::SystemRandom;
use patchbay_core::{Code, Result};
use patchbay_tests::evil_as::Case;
use patchbay_tests::evil_as::case::redirect_uri;

fn case() -> Case {
    Case::with_token_endpoint("https://id.example.com/token".parse().unwrap())
}

fn started(case: &Case, scopes: &[&str]) -> Result<AuthorizationRequest> {
    let scopes: Vec<String> = scopes.iter().map(|scope| (*scope).to_owned()).collect();
    begin(
        &case.provider(),
        &scopes,
        &redirect_uri(),
        &Wishes::default(),
        &SystemRandom,
    )
}

fn query(request: &AuthorizationRequest) -> BTreeMap<String, String> {
    let pairs: Vec<_> = request.url.query_pairs().into_owned().collect();
    let map: BTreeMap<_, _> = pairs.iter().cloned().collect();
    assert_eq!(map.len(), pairs.len(), "a parameter is there twice");
    map
}

#[test]
fn it_asks_for_a_code_with_s256_and_the_redirect_uri_of_the_connector() {
    let request = started(&case(), &["a", "b"]).unwrap();
    let query = query(&request);
    assert_eq!(query["response_type"], "code");
    assert_eq!(query["client_id"], "client-1");
    assert_eq!(query["redirect_uri"], "dev.patchbay.desktop:/callback/evil");
    assert_eq!(query["scope"], "a b");
    assert_eq!(query["state"], request.state.expose());
    assert_eq!(query["code_challenge_method"], "S256");
    let verifier = request.verifier.as_ref().unwrap().expose();
    assert_eq!(verifier.len(), 43, "RFC 7636 4.1");
    let digest = ring::digest::digest(&ring::digest::SHA256, verifier.as_bytes());
    assert_eq!(
        query["code_challenge"],
        base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(digest)
    );
    assert!(
        !request.url.as_str().contains(verifier),
        "only its digest leaves"
    );
    assert!(!query.contains_key("nonce"), "no ID token was asked for");
    assert!(!query.contains_key("client_secret"));
}

#[test]
fn states_and_verifiers_never_repeat_and_their_bits_are_even() {
    let case = case();
    let mut seen = HashSet::new();
    let mut ones = 0_u64;
    const ATTEMPTS: u64 = 4_000;
    for _ in 0..ATTEMPTS {
        let request = started(&case, &[]).unwrap();
        let bytes = base64::engine::general_purpose::URL_SAFE_NO_PAD
            .decode(request.state.expose())
            .unwrap();
        assert_eq!(bytes.len(), 32, "256 bits");
        ones += bytes
            .iter()
            .map(|byte| u64::from(byte.count_ones()))
            .sum::<u64>();
        assert!(
            seen.insert(request.state.expose().to_owned()),
            "a state repeated"
        );
        assert!(seen.insert(request.verifier.unwrap().expose().to_owned()));
    }
    // Half of the bits, within ten standard deviations (√(n/4) of a binomial distribution).
    let bits = (ATTEMPTS * 256) as f64;
    assert!(
        (ones as f64 - bits / 2.0).abs() < 10.0 * (bits / 4.0).sqrt(),
        "{ones} of {bits}"
    );
}

#[test]
fn a_definition_can_not_turn_the_code_grant_into_another() {
    let mut case = case();
    for (name, value) in [
        ("response_type", "token"),
        ("code_challenge_method", "plain"),
        ("state", "fixed"),
        ("redirect_uri", "https://evil.example"),
        ("access_type", "offline"),
    ] {
        case.oauth
            .authorize_params
            .insert(name.to_owned(), value.to_owned());
    }
    let request = started(&case, &[]).unwrap();
    let query = query(&request);
    assert_eq!(query["response_type"], "code");
    assert_eq!(query["code_challenge_method"], "S256");
    assert_eq!(query["state"], request.state.expose());
    assert_eq!(query["redirect_uri"], "dev.patchbay.desktop:/callback/evil");
    assert_eq!(query["access_type"], "offline", "what is its own stays");
}

#[test]
fn pkce_is_left_out_only_where_the_provider_refuses_it() {
    let mut case = case();
    case.oauth.pkce = Pkce::Refused;
    let request = started(&case, &[]).unwrap();
    assert!(request.verifier.is_none());
    assert!(!query(&request).contains_key("code_challenge"));
}

#[test]
fn an_id_token_is_asked_for_with_a_nonce() {
    let request = started(&case(), &["openid", "email"]).unwrap();
    let nonce = request.nonce.as_ref().unwrap();
    assert_eq!(query(&request)["nonce"], nonce.expose());
    assert_ne!(nonce.expose(), request.state.expose());
}

#[test]
fn scopes_go_where_and_how_the_provider_wants_them() {
    let mut case = case();
    case.oauth.scope_param = Some("user_scope".to_owned());
    case.oauth.scope_separator = Separator::Comma;
    case.oauth
        .authorize_params
        .insert("scope".to_owned(), String::new());
    let query = query(&started(&case, &["chat:write", "users:read"]).unwrap());
    assert_eq!(query["user_scope"], "chat:write,users:read");
    assert_eq!(query["scope"], "");
}

#[test]
fn wishes_and_the_resource_are_sent() {
    let mut case = case();
    case.oauth.resource = Some("https://api.example.com/{tenant}".to_owned());
    case.values.insert("tenant", FieldKind::PathSegment, "acme");
    let wishes = Wishes {
        prompt: Some("select_account".to_owned()),
        login_hint: Some("ann@example.com".to_owned()),
    };
    let request = begin(
        &case.provider(),
        &[],
        &redirect_uri(),
        &wishes,
        &SystemRandom,
    )
    .unwrap();
    let query = query(&request);
    assert_eq!(query["prompt"], "select_account");
    assert_eq!(query["login_hint"], "ann@example.com");
    assert_eq!(query["resource"], "https://api.example.com/acme");
    assert!(!query.contains_key("scope"), "none was chosen");
}

#[test]
fn a_provider_with_a_client_key_gets_its_name() {
    let case = case().quirk(Quirk::ClientKeyParameter);
    let query = query(&started(&case, &[]).unwrap());
    assert_eq!(query["client_key"], "client-1");
    assert!(!query.contains_key("client_id"));
}

#[test]
fn an_endpoint_that_sets_our_parameters_itself_is_refused() {
    let mut case = case();
    let endpoint = |text: &str| Some(text.parse().unwrap());
    case.endpoints.authorization = endpoint("https://id.example.com/authorize?tenant=acme");
    let request = started(&case, &[]).unwrap();
    assert_eq!(query(&request)["tenant"], "acme", "its own parameters stay");
    case.endpoints.authorization = endpoint("https://id.example.com/authorize?state=fixed");
    let error = started(&case, &[]).expect_err("two states");
    assert_eq!(error.code, Code::WrongSettings, "{error}");
    assert!(error.message.contains("state"), "it is named: {error}");
}

#[test]
fn a_definition_can_not_put_the_scopes_in_the_place_of_the_state() {
    let mut case = case();
    case.oauth.scope_param = Some("state".to_owned());
    let error = started(&case, &["read"]).expect_err("two states");
    assert_eq!(error.code, Code::WrongSettings, "{error}");
}

#[test]
fn an_address_that_would_be_too_long_is_refused_with_its_reason() {
    let many: Vec<String> = (0..900).map(|number| format!("scope:{number}")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    let error = started(&case(), &many).expect_err("it is longer than 8 kB");
    assert_eq!(
        (error.code, error.field.as_deref()),
        (Code::InvalidInput, Some("scopes"))
    );
}

#[test]
fn only_addresses_that_are_safe_to_open_are_opened() {
    for (address, good) in [
        ("https://id.example.com/oauth2/v1/authorize", true),
        ("https://id.example.com/a?b=c&d=e", true),
        ("http://127.0.0.1:4010/authorize", true),
        ("http://localhost:4010/authorize", true),
        ("http://[::1]:4010/authorize", true),
        ("http://id.example.com/authorize", false),
        ("file:///etc/passwd", false),
        ("javascript:alert(1)", false),
        ("ms-msdt:/id", false),
        ("smb://id.example.com/x", false),
        ("search-ms:query=x", false),
        ("https://u@id.example.com/", false),
        ("https://u:p@id.example.com/", false),
        ("https://h/$(calc)", false),
        ("https://h/\"&calc&\"", false),
        ("https://h/`calc`", false),
        ("https://h/a|b", false),
        ("https://h/a;b", false),
        ("https://h/?x=$(calc)", false),
        ("https://h/#x", false),
    ] {
        let url = address.parse().unwrap();
        assert_eq!(check_endpoint(&url).is_ok(), good, "{address}");
        if good {
            continue;
        }
        let mut case = case();
        case.endpoints.authorization = Some(url);
        let error = started(&case, &[]).expect_err("it may not be opened");
        assert_eq!(error.code, Code::WrongSettings, "{address}");
    }
    let long = format!("https://h/{}", "a".repeat(1_000_000))
        .parse()
        .unwrap();
    assert!(check_endpoint(&long).is_err());
}

#[test]
fn endpoints_come_from_templates_over_settings() {
    let oauth = OAuth {
        issuer: Some("https://{domain}".to_owned()),
        authorization_endpoint: Some("https://{domain}/authorize".to_owned()),
        token_endpoint: Some("https://{domain}/token".to_owned()),
        ..OAuth::default()
    };
    let mut values = Values::default();
    values.insert("domain", FieldKind::Host, "acme.okta.com");
    let endpoints = Endpoints::resolve(&oauth, &[], &values).unwrap();
    assert_eq!(endpoints.issuer.as_deref(), Some("https://acme.okta.com"));
    assert_eq!(
        endpoints.token().unwrap().as_str(),
        "https://acme.okta.com/token"
    );
    assert_eq!(endpoints.refresh().unwrap(), endpoints.token().unwrap());

    values.insert("domain", FieldKind::Host, "acme.okta.com/evil");
    let error = Endpoints::resolve(&oauth, &[], &values).expect_err("more than a host");
    assert_eq!(error.field.as_deref(), Some("domain"));
}

#[test]
fn metadata_fills_what_the_definition_left_open_and_changes_nothing_else() {
    let url = |text: &str| Some(text.parse().unwrap());
    let mut endpoints = Endpoints {
        token: url("https://id.example.com/token"),
        ..Endpoints::default()
    };
    assert!(Endpoints::default().token().is_err(), "nobody named one");
    endpoints.merge(Metadata {
        issuer: "https://id.example.com".to_owned(),
        authorization: url("https://id.example.com/authorize"),
        token: url("https://evil.example/token"),
        iss_supported: true,
        client_id_metadata_document: false,
        ..Metadata::default()
    });
    assert_eq!(endpoints.token, url("https://id.example.com/token"));
    assert_eq!(
        endpoints.authorization,
        url("https://id.example.com/authorize")
    );
    assert_eq!(endpoints.issuer.as_deref(), Some("https://id.example.com"));
    assert!(
        endpoints.iss_required,
        "it promised iss, so an answer without is refused"
    );
}
