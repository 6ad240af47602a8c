//! An MCP client of the simplest kind for the public conformance suite: it finds out who guards a server, registers,
//! signs in and calls a tool, all of it through core. The browser is played by one request, as the suite's
//! authorization server needs no person.
//!
//! Started by the suite with the server's address as its last argument; see docs/mcp-conformance.md.

use std::process::ExitCode;

use patchbay_core::clock::SystemClock;
use patchbay_core::connector::custom::from_mcp;
use patchbay_core::connector::template::Values;
use patchbay_core::connector::{Catalogue, ClientAuth, OAuth};
use patchbay_core::credential::challenges;
use patchbay_core::http::{Http, Method, Request, ReqwestHttp, Response};
use patchbay_core::oauth::authorization_code::{Wishes, begin, exchange};
use patchbay_core::oauth::callback::{Outcome, parse};
use patchbay_core::oauth::discovery::{Discovered, discover};
use patchbay_core::oauth::reach::SystemResolver;
use patchbay_core::oauth::registration::{Application, register};
use patchbay_core::oauth::{ClientIdentity, Endpoints, Outside, Provider};
use patchbay_core::random::SystemRandom;
use patchbay_core::vault::Secret;
use patchbay_core::{Code, Error, Result};
use serde_json::{Value, json};
use url::Url;

/// Where the suite says that this client describes itself (Client ID Metadata Documents).
const CLIENT_METADATA: &str = "https://conformance-test.local/client-metadata.json";
const REDIRECT: &str = "http://127.0.0.1:43117/callback/mcp";
/// Sign-ins for one call: the first, and as many as a server may ask for more scopes.
const SIGN_INS: usize = 3;

#[tokio::main]
async fn main() -> ExitCode {
    let Some(url) = std::env::args()
        .next_back()
        .and_then(|text| Url::parse(&text).ok())
    else {
        eprintln!("the address of the server is missing");
        return ExitCode::FAILURE;
    };
    let context: Value = std::env::var("MCP_CONFORMANCE_CONTEXT")
        .ok()
        .and_then(|text| serde_json::from_str(&text).ok())
        .unwrap_or(Value::Null);
    match run(&url, &context).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error} {}", error.hint.as_deref().unwrap_or_default());
            ExitCode::FAILURE
        }
    }
}

async fn run(url: &Url, context: &Value) -> Result<()> {
    let http = ReqwestHttp::new();
    let draft = from_mcp(&http, &SystemResolver, &Catalogue::shipped(), url.as_str()).await?;
    let connector = &draft.connector;
    let oauth = connector.auth[0]
        .oauth
        .as_ref()
        .expect("an MCP connector signs in");
    let mut values = Values::default();
    for field in &connector.fields {
        values.insert(
            &field.key,
            field.kind,
            field.default.clone().unwrap_or_default(),
        );
    }
    let endpoints = Endpoints::resolve(oauth, &connector.quirks, &values)?;
    let issuer = endpoints.issuer.clone().unwrap_or_default();
    let found = discover(&http, &issuer).await?;
    let mut scopes: Vec<String> = connector
        .scopes
        .iter()
        .map(|scope| scope.value.clone())
        .collect();
    if found.scopes.iter().any(|scope| scope == "offline_access") {
        scopes.push("offline_access".to_owned());
    }
    let client = identity(&http, &found, &endpoints, context, &scopes).await?;
    let provider = Provider {
        oauth,
        quirks: &connector.quirks,
        endpoints: &endpoints,
        client: &client,
        values: &values,
    };
    for _ in 0..SIGN_INS {
        let token = sign_in(&http, &provider, oauth, &scopes).await?;
        let Some(missing) = use_server(&http, url, &token).await? else {
            return Ok(());
        };
        // A step up asks for what was granted and what is missing (MCP: scope challenge handling).
        scopes.extend(
            missing
                .into_iter()
                .filter(|scope| !scopes.contains(scope))
                .collect::<Vec<_>>(),
        );
    }
    Err(Error::new(
        Code::MissingScope,
        "the server asks for more scopes each time",
    ))
}

/// A client known beforehand, else one known by its metadata's address, else one that registers itself.
async fn identity(
    http: &dyn Http,
    found: &Discovered,
    endpoints: &Endpoints,
    context: &Value,
    scopes: &[String],
) -> Result<ClientIdentity> {
    if let Some(id) = context["client_id"].as_str() {
        let secret = context["client_secret"].as_str().map(Secret::new);
        let listed = found.client_auth.clone().unwrap_or_default();
        let auth = listed
            .into_iter()
            .find(|auth| *auth != ClientAuth::None)
            .unwrap_or(ClientAuth::Basic);
        return Ok(ClientIdentity::new(id, secret, auth));
    }
    if found.metadata.client_id_metadata_document {
        return Ok(ClientIdentity::new(CLIENT_METADATA, None, ClientAuth::None));
    }
    let endpoint = endpoints
        .registration
        .as_ref()
        .ok_or_else(|| Error::new(Code::Unsupported, "the server registers nobody"))?;
    let application = Application::native(
        "Patchbay",
        vec![REDIRECT.to_owned()],
        scopes.to_vec(),
        found,
    );
    let made = register(http, endpoint, &application, None).await?;
    Ok(ClientIdentity::new(
        made.client_id,
        made.client_secret,
        made.auth,
    ))
}

async fn sign_in(
    http: &dyn Http,
    provider: &Provider<'_>,
    _: &OAuth,
    scopes: &[String],
) -> Result<Secret> {
    let redirect = Url::parse(REDIRECT).expect("a constant address");
    let attempt = begin(
        provider,
        scopes,
        &redirect,
        &Wishes::default(),
        &SystemRandom,
    )?;
    let failed = |what: &str| Error::new(Code::Denied, what);
    let page = http
        .send(Request::new(Method::Get, attempt.url.clone()))
        .await
        .map_err(|error| failed(&error.to_string()))?;
    let address = page
        .header("location")
        .ok_or_else(|| failed("the sign-in page sends nowhere"))?;
    let callback = parse(address).map_err(|error| failed(&error.to_string()))?;
    if !callback.state_matches(&attempt.state)
        || !callback.arrived_at(&redirect)
        || !callback.iss_holds(provider.endpoints)
    {
        return Err(failed("the answer belongs to another sign-in"));
    }
    let Outcome::Code(code) = callback.outcome else {
        return Err(failed("the sign-in was refused"));
    };
    let outside = Outside::new(http, &SystemClock, &SystemRandom);
    let answer = exchange(
        &outside,
        provider,
        &code,
        &redirect,
        attempt.verifier.as_ref(),
    )
    .await
    .map_err(|failure| failure.into_error("the connection", "the server"))?;
    Ok(answer.access_token)
}

/// Says hello, lists the tools and calls the first. Gives the scopes that are missing, if that is what it ends with.
async fn use_server(http: &dyn Http, url: &Url, token: &Secret) -> Result<Option<Vec<String>>> {
    let hello = json!({"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "patchbay-conformance", "version": "0"}});
    let mut session = None;
    let calls = [
        json!({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": hello}),
        json!({"jsonrpc": "2.0", "method": "notifications/initialized"}),
        json!({"jsonrpc": "2.0", "id": 2, "method": "tools/list", "params": {}}),
        json!({"jsonrpc": "2.0", "id": 3, "method": "tools/call", "params": {"name": "test-tool", "arguments": {}}}),
    ];
    for call in calls {
        let mut request = Request::new(Method::Post, url.clone())
            .header("accept", "application/json, text/event-stream")
            .header("mcp-protocol-version", "2025-11-25")
            .header("authorization", format!("Bearer {}", token.expose()))
            .body("application/json", call.to_string().into_bytes());
        if let Some(session) = &session {
            request = request.header("mcp-session-id", String::clone(session));
        }
        let response = http
            .send(request)
            .await
            .map_err(|error| Error::new(Code::Network, error.to_string()))?;
        session = session.or_else(|| response.header("mcp-session-id").map(str::to_owned));
        match response.status {
            200..=299 => {}
            401 | 403 => return Ok(Some(missing_scopes(&response))),
            status => {
                return Err(Error::new(
                    Code::ProviderDown,
                    format!("the server answers {status}"),
                ));
            }
        }
    }
    Ok(None)
}

fn missing_scopes(response: &Response) -> Vec<String> {
    challenges(response)
        .iter()
        .filter_map(|challenge| challenge.get("scope"))
        .flat_map(|scope| scope.split(' '))
        .map(str::to_owned)
        .collect()
}
