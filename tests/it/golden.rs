//! What every connector's every method would send, written down for a person to read: the sign-in address, the token
//! request, the refresh and the test request, built from example values.
//!
//! `PATCHBAY_UPDATE_GOLDEN=1` writes the files anew; look at the difference before it is committed.

use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;
use std::sync::Mutex;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use patchbay_core::Timestamp;
use patchbay_core::clock::Clock;
use patchbay_core::connector::template::Values;
use patchbay_core::connector::validation::example_values;
use patchbay_core::connector::{
    AuthKind, AuthMethod, Catalogue, Connector, FieldKind, LoopbackHost, OAuth, Redirect,
};
use patchbay_core::credential::test as test_request;
use patchbay_core::http::{BoxFuture, Http, HttpError, Request, Response};
use patchbay_core::oauth::{
    ClientIdentity, Endpoints, Metadata, Outside, Provider, authorization_code, client_credentials,
    device_code, github_app, jwt_bearer, refresh_token, session_token,
};
use patchbay_core::random::Random;
use patchbay_core::vault::Secret;
use url::Url;

const NOW: Timestamp = Timestamp(1_780_000_000_000);
const RSA_KEY: &str = include_str!("../fixtures/keys/rsa.pkcs8.pem");

struct StoppedClock;

impl Clock for StoppedClock {
    fn now(&self) -> Timestamp {
        NOW
    }
}

/// Always zero, so that states and verifiers are the same every time.
struct NoRandom;

impl Random for NoRandom {
    fn fill(&self, bytes: &mut [u8]) {
        bytes.fill(0);
    }
}

/// Keeps what is sent and reaches nobody.
#[derive(Default)]
struct Recorder(Mutex<Vec<Request>>);

impl Http for Recorder {
    fn send(&self, request: Request) -> BoxFuture<'_, Result<Response, HttpError>> {
        let host = request.url.host_str().unwrap_or_default().to_owned();
        self.0.lock().unwrap().push(request);
        Box::pin(async move { Err(HttpError::Unreachable(host)) })
    }
}

#[tokio::test]
async fn every_request_is_the_one_that_was_read_and_agreed() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("golden");
    let update = std::env::var_os("PATCHBAY_UPDATE_GOLDEN").is_some();
    let catalogue = Catalogue::shipped();
    let mut differing = Vec::new();
    let mut expected = Vec::new();
    for id in catalogue.ids() {
        let connector = catalogue.get(&id).unwrap();
        let text = describe(&id, &connector).await;
        let path = folder.join(format!("{id}.txt"));
        if update {
            fs::create_dir_all(&folder).unwrap();
            fs::write(&path, &text).unwrap();
        }
        let agreed = fs::read_to_string(&path).unwrap_or_default();
        if agreed.replace("\r\n", "\n") != text {
            differing.push(first_difference(&id, &agreed, &text));
        }
        expected.push(format!("{id}.txt"));
    }
    for entry in fs::read_dir(&folder).unwrap() {
        let name = entry.unwrap().file_name().to_string_lossy().into_owned();
        if !expected.contains(&name) {
            differing.push(format!("tests/golden/{name} belongs to no connector"));
        }
    }
    assert!(
        differing.is_empty(),
        "requests changed; PATCHBAY_UPDATE_GOLDEN=1 writes them anew:\n{}",
        differing.join("\n")
    );
}

fn first_difference(id: &str, agreed: &str, now: &str) -> String {
    let line = agreed
        .lines()
        .zip(now.lines())
        .position(|(a, b)| a != b)
        .unwrap_or_else(|| agreed.lines().count().min(now.lines().count()));
    format!(
        "tests/golden/{id}.txt, line {}:\n  agreed: {}\n  now:    {}",
        line + 1,
        agreed.lines().nth(line).unwrap_or("(end)"),
        now.lines().nth(line).unwrap_or("(end)")
    )
}

async fn describe(id: &str, connector: &Connector) -> String {
    let mut text = format!("{} ({id})\n", connector.name);
    for method in &connector.auth {
        writeln!(text, "\n== {}: {}", method.id, method.label).unwrap();
        let values = values_of(connector, method);
        let requests = Requests {
            id,
            connector,
            method,
            values: &values,
        };
        requests.write(&mut text).await;
    }
    text
}

/// Example values, with a key that can sign where one is needed.
fn values_of(connector: &Connector, method: &AuthMethod) -> Values {
    let mut values = example_values(connector, method);
    if let Some(jwt) = &method.jwt {
        let key = match jwt.key_file {
            false => RSA_KEY.to_owned(),
            true => serde_json::json!({
                "client_email": "robot@my-project-123456.iam.gserviceaccount.com",
                "private_key_id": "0123abcd",
                "private_key": RSA_KEY,
                "token_uri": jwt.token_uris[0],
            })
            .to_string(),
        };
        values.insert(&jwt.key_field, FieldKind::SecretText, key);
    }
    values
}

struct Requests<'a> {
    id: &'a str,
    connector: &'a Connector,
    method: &'a AuthMethod,
    values: &'a Values,
}

impl Requests<'_> {
    async fn write(&self, text: &mut String) {
        let recorder = Recorder::default();
        let outside = Outside::new(&recorder, &StoppedClock, &NoRandom);
        if let Some(oauth) = &self.method.oauth {
            self.oauth(text, &recorder, &outside, oauth).await;
        }
        match (&self.method.session, &self.method.jwt) {
            (Some(session), _) => {
                let sent = session_token::obtain(&outside, session, self.values).await;
                assert!(sent.is_err(), "nothing answers");
                recorder.write(text, "token request");
            }
            (None, Some(jwt)) if self.method.kind == AuthKind::GithubApp => {
                let oauth = OAuth::default();
                let client =
                    ClientIdentity::new("", None, patchbay_core::connector::ClientAuth::None);
                let endpoints = Endpoints::default();
                let provider = self.provider(&oauth, &endpoints, &client);
                let sent = github_app::obtain(&outside, &provider, jwt).await;
                assert!(sent.is_err(), "nothing answers");
                recorder.write(text, "token request");
            }
            (None, _) => {}
        }
        match test_request::request_of(self.connector, self.method) {
            Some(_) => {
                let request = test_request::build(self.connector, self.method, self.values, NOW)
                    .unwrap_or_else(|error| panic!("{}: {error}", self.id));
                write_request(text, "test request", &request);
            }
            None => {
                let why = self
                    .connector
                    .no_test_because
                    .as_deref()
                    .unwrap_or_default();
                writeln!(text, "\nno test request: {why}").unwrap();
            }
        }
    }

    fn provider<'a>(
        &'a self,
        oauth: &'a OAuth,
        endpoints: &'a Endpoints,
        client: &'a ClientIdentity,
    ) -> Provider<'a> {
        Provider {
            oauth,
            quirks: &self.connector.quirks,
            endpoints,
            client,
            values: self.values,
        }
    }

    async fn oauth(
        &self,
        text: &mut String,
        recorder: &Recorder,
        outside: &Outside<'_>,
        oauth: &OAuth,
    ) {
        let fail = |error: &dyn std::fmt::Display| -> ! { panic!("{}: {error}", self.id) };
        let mut endpoints = Endpoints::resolve(oauth, &self.connector.quirks, self.values)
            .unwrap_or_else(|error| fail(&error));
        if oauth.discovery {
            endpoints.merge(discovered());
            writeln!(text, "\nendpoints come from the issuer's metadata").unwrap();
        }
        let secret = Secret::new("client-secret");
        let service_account = self.method.kind == AuthKind::JwtBearer;
        let client = match service_account {
            true => ClientIdentity::new("", None, oauth.client_auth[0]),
            false => ClientIdentity::new("client-id", Some(secret), oauth.client_auth[0]),
        };
        let provider = self.provider(oauth, &endpoints, &client);
        let scopes: Vec<String> = self
            .connector
            .scopes
            .iter()
            .filter(|scope| scope.default)
            .filter(|scope| scope.methods.is_empty() || scope.methods.contains(&self.method.id))
            .map(|scope| scope.value.clone())
            .collect();
        match self.method.kind {
            AuthKind::AuthorizationCode => {
                let redirect = self.redirect_uri(&oauth.redirect[0]);
                let attempt = authorization_code::begin(
                    &provider,
                    &scopes,
                    &redirect,
                    &authorization_code::Wishes::default(),
                    outside.random,
                )
                .unwrap_or_else(|error| fail(&error));
                writeln!(text, "\nsign-in address").unwrap();
                write_address(text, "OPEN", &attempt.url);
                let code = Secret::new("code-from-the-callback");
                let verifier = attempt.verifier.as_ref();
                let sent =
                    authorization_code::exchange(outside, &provider, &code, &redirect, verifier)
                        .await;
                assert!(sent.is_err(), "nothing answers");
            }
            AuthKind::ClientCredentials => {
                let sent = client_credentials::obtain(outside, &provider, &scopes).await;
                assert!(sent.is_err(), "nothing answers");
            }
            AuthKind::DeviceCode => {
                let sent = device_code::begin(outside, &provider, &scopes).await;
                assert!(sent.is_err(), "nothing answers");
            }
            AuthKind::JwtBearer => {
                let jwt = self.method.jwt.as_ref().expect("a rule asks for it");
                let sent = jwt_bearer::obtain(outside, &provider, jwt, &scopes).await;
                assert!(sent.is_err(), "nothing answers");
            }
            AuthKind::GithubApp
            | AuthKind::ApiKey
            | AuthKind::Bearer
            | AuthKind::Basic
            | AuthKind::AwsKeyPair
            | AuthKind::SessionToken
            | AuthKind::None => panic!("{}: OAuth where there is none", self.id),
        }
        let what = match self.method.kind {
            AuthKind::DeviceCode => "device authorization request",
            _ => "token request",
        };
        recorder.write(text, what);
        if self.method.kind.is_interactive() && !oauth.refresh.never {
            let token = Secret::new("refresh-token");
            let sent = refresh_token::refresh(outside, &provider, &token, &scopes).await;
            assert!(sent.is_err(), "nothing answers");
            recorder.write(text, "refresh request");
        }
    }

    fn redirect_uri(&self, redirect: &Redirect) -> Url {
        let id = self.id;
        let address = match redirect {
            Redirect::DeepLink => format!("dev.patchbay.desktop:/callback/{id}"),
            Redirect::Loopback { host, ports } => {
                let host = match host {
                    LoopbackHost::Ip => "127.0.0.1",
                    LoopbackHost::Localhost => "localhost",
                };
                let port = ports.first().copied().unwrap_or(50_000);
                format!("http://{host}:{port}/callback/{id}")
            }
            Redirect::Paste { uri: Some(uri) } => uri.clone(),
            Redirect::Paste { uri: None } => "https://registered.example.com/callback".to_owned(),
        };
        Url::parse(&address).unwrap()
    }
}

impl Recorder {
    /// Writes the one request that was sent.
    fn write(&self, text: &mut String, what: &str) {
        let sent: Vec<Request> = self.0.lock().unwrap().drain(..).collect();
        assert_eq!(sent.len(), 1, "{what}: sent once");
        write_request(text, what, &sent[0]);
    }
}

fn discovered() -> Metadata {
    let at = |path: &str| Url::parse(&format!("https://id.example.com/{path}")).ok();
    Metadata {
        issuer: "https://id.example.com".to_owned(),
        authorization: at("authorize"),
        token: at("token"),
        revocation: at("revoke"),
        device_authorization: at("device"),
        ..Metadata::default()
    }
}

fn write_request(text: &mut String, what: &str, request: &Request) {
    writeln!(text, "\n{what}").unwrap();
    let verb = format!("{:?}", request.method).to_uppercase();
    write_address(text, &verb, &request.url);
    for (name, value) in &request.headers {
        writeln!(text, "  {}: {}", name.to_lowercase(), readable(value)).unwrap();
    }
    let Some(body) = &request.body else { return };
    let body = String::from_utf8_lossy(body);
    let form = request
        .headers
        .iter()
        .any(|(name, value)| name.eq_ignore_ascii_case("content-type") && value.contains("form"));
    match form {
        true => write_parameters(text, &mut url::form_urlencoded::parse(body.as_bytes())),
        false => writeln!(text, "    {body}").unwrap(),
    }
}

fn write_address(text: &mut String, verb: &str, url: &Url) {
    let mut bare = url.clone();
    bare.set_query(None);
    writeln!(text, "  {verb} {bare}").unwrap();
    write_parameters(text, &mut url.query_pairs());
}

fn write_parameters<'a>(
    text: &mut String,
    pairs: &mut dyn Iterator<Item = (std::borrow::Cow<'a, str>, std::borrow::Cow<'a, str>)>,
) {
    for (name, value) in pairs {
        writeln!(text, "    {name} = {}", readable(&value)).unwrap();
    }
}

/// What is packed is unpacked: basic credentials and signed assertions.
fn readable(value: &str) -> String {
    if let Some(packed) = value.strip_prefix("Basic ") {
        let pair = STANDARD.decode(packed).unwrap_or_default();
        return format!("Basic base64({})", String::from_utf8_lossy(&pair));
    }
    let (word, token) = match value.strip_prefix("Bearer ") {
        Some(token) => ("Bearer ", token),
        None => ("", value),
    };
    let pieces: Vec<&str> = token.split('.').collect();
    let decoded: Vec<String> = pieces
        .iter()
        .take(2)
        .filter_map(|piece| URL_SAFE_NO_PAD.decode(piece).ok())
        .filter_map(|bytes| String::from_utf8(bytes).ok())
        .filter(|json| json.starts_with('{'))
        .collect();
    match (pieces.len(), decoded.as_slice()) {
        (3, [header, claims]) => format!("{word}signed({header} {claims})"),
        _ => value.to_owned(),
    }
}
