//! A workspace in a folder of its own, with a well-behaved authorization server and an API beside it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use patchbay_core::clock::Clock;
use patchbay_core::connection::{
    ConnectionDraft, ConnectionQuery, ConnectionRow, Event, LinkHandler, RegistrationChoice,
    ScopeChoice, Started,
};
use patchbay_core::connector::Catalogue;
use patchbay_core::http::{Http, ReqwestHttp};
use patchbay_core::random::SystemRandom;
use patchbay_core::vault::{Secret, VaultOptions};
use patchbay_core::workspace::{Browser, Events, Links, Options};
use patchbay_core::{Core, Result};
use serde_json::json;
use url::Url;

use crate::evil_as::FixedClock;
use crate::keychain::MemoryKeychain;
use crate::scripted::{Answer, Scripted, Seen};

/// What the server does and has done.
#[derive(Debug, Default)]
pub struct Provider {
    /// Who signs in next.
    pub account: String,
    pub expires_in: i64,
    pub gives_refresh_token: bool,
    /// The refresh token that is good now.
    pub refresh_token: String,
    pub access_token: String,
    pub refreshes: u32,
    pub exchanges: u32,
    pub revoked: Vec<String>,
    /// A status that the token endpoint answers with instead.
    pub token_status: Option<u16>,
    /// The error word of that answer, instead of `temporarily_unavailable`.
    pub token_error: Option<&'static str>,
    /// A status that the API answers with instead.
    pub api_status: Option<u16>,
    pub granted: Option<String>,
    issued: u32,
}

impl Provider {
    fn issue(&mut self, seen: &Seen) -> Answer {
        let form: BTreeMap<String, String> = url::form_urlencoded::parse(&seen.body)
            .into_owned()
            .collect();
        if let Some(status) = self.token_status {
            let word = self.token_error.unwrap_or("temporarily_unavailable");
            return Answer::json(status, &json!({"error": word}));
        }
        match form.get("grant_type").map(String::as_str) {
            Some("authorization_code") => {
                self.exchanges += 1;
                if form.get("code").is_none_or(|code| code != "the-code") {
                    return Answer::json(400, &json!({"error": "invalid_grant"}));
                }
            }
            Some("refresh_token") => {
                if form.get("refresh_token") != Some(&self.refresh_token) {
                    return Answer::json(400, &json!({"error": "invalid_grant"}));
                }
                self.refreshes += 1;
            }
            _ => return Answer::json(400, &json!({"error": "unsupported_grant_type"})),
        }
        self.issued += 1;
        self.access_token = format!("canary-access-{}", self.issued);
        let mut answer = json!({
            "access_token": self.access_token,
            "token_type": "Bearer",
            "expires_in": self.expires_in,
        });
        if self.gives_refresh_token {
            self.refresh_token = format!("canary-refresh-{}", self.issued);
            answer["refresh_token"] = self.refresh_token.clone().into();
        }
        if let Some(granted) = &self.granted {
            answer["scope"] = granted.clone().into();
        }
        Answer::json(200, &answer)
    }

    fn answer(&mut self, seen: &Seen) -> Answer {
        let base = &seen.base;
        match seen.path.split('?').next().unwrap_or_default() {
            "/.well-known/oauth-authorization-server" | "/.well-known/openid-configuration" => {
                Answer::json(
                    200,
                    &json!({
                        "issuer": base,
                        "authorization_endpoint": format!("{base}/authorize"),
                        "token_endpoint": format!("{base}/token"),
                        "revocation_endpoint": format!("{base}/revoke"),
                        "response_types_supported": ["code"],
                        "code_challenge_methods_supported": ["S256"],
                        "token_endpoint_auth_methods_supported": ["client_secret_basic", "none"],
                        "authorization_response_iss_parameter_supported": true,
                    }),
                )
            }
            "/token" => self.issue(seen),
            "/revoke" => {
                let form: BTreeMap<String, String> = url::form_urlencoded::parse(&seen.body)
                    .into_owned()
                    .collect();
                self.revoked.extend(form.get("token").cloned());
                Answer::new(200, "")
            }
            "/api/me" => {
                if let Some(status) = self.api_status {
                    return Answer::json(status, &json!({"message": "no"}));
                }
                let wanted = [
                    format!("Bearer {}", self.access_token),
                    "Bearer canary-key-good".to_owned(),
                ];
                match seen.header("authorization") {
                    Some(given) if wanted.iter().any(|wanted| wanted == given) => {
                        Answer::json(200, &json!({"id": self.account, "name": self.account}))
                    }
                    _ => Answer::json(401, &json!({"error": "invalid_token"})),
                }
            }
            _ => Answer::new(404, ""),
        }
    }
}

/// Remembers the addresses that were to be opened.
#[derive(Default)]
pub struct RememberingBrowser(Mutex<Vec<Url>>);

impl Browser for RememberingBrowser {
    fn open(&self, url: &Url) -> Result<()> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(url.clone());
        Ok(())
    }
}

/// Keeps what the console would hear.
#[derive(Default)]
pub struct KeptEvents(Mutex<Vec<String>>);

impl KeptEvents {
    pub fn all(&self) -> Vec<String> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

impl Events for KeptEvents {
    fn emit(&self, event: Event) {
        let text = serde_json::to_string(&event).expect("events are written as JSON");
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(text);
    }
}

struct OurLinks;

impl Links for OurLinks {
    fn handler(&self) -> LinkHandler {
        LinkHandler::Ours
    }
}

/// See the module.
pub struct Workbench {
    pub core: Core,
    pub clock: Arc<FixedClock>,
    pub browser: Arc<RememberingBrowser>,
    pub events: Arc<KeptEvents>,
    pub keychain: Arc<MemoryKeychain>,
    pub server: Scripted,
    provider: Arc<Mutex<Provider>>,
    http: Arc<dyn Http>,
    pub folder: tempfile::TempDir,
}

impl Workbench {
    pub async fn start() -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        Self::start_over(Arc::new(ReqwestHttp::new())).await
    }

    /// One that talks to the world through `http`.
    pub async fn start_over(http: Arc<dyn Http>) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let provider = Arc::new(Mutex::new(Provider {
            account: "alice".to_owned(),
            expires_in: 3600,
            gives_refresh_token: true,
            ..Provider::default()
        }));
        let scripted = Arc::clone(&provider);
        let server = Scripted::start(move |seen| {
            scripted
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .answer(seen)
        })
        .await;
        let folder = tempfile::tempdir().expect("a folder can be made");
        let clock = Arc::new(FixedClock::at(1_800_000_000));
        let browser = Arc::new(RememberingBrowser::default());
        let events = Arc::new(KeptEvents::default());
        let keychain = Arc::new(MemoryKeychain::default());
        let core = Core::open(options(
            &folder, &clock, &browser, &events, &keychain, &http,
        ))
        .await
        .expect("a new workspace opens");
        Self {
            core,
            clock,
            browser,
            events,
            keychain,
            server,
            provider,
            http,
            folder,
        }
    }

    /// Ends the app and starts it again on the same folder and keychain.
    pub async fn restart(self) -> Self {
        let Self {
            core,
            clock,
            browser,
            events,
            keychain,
            server,
            provider,
            http,
            folder,
        } = self;
        core.close().await;
        drop(core);
        let core = Core::open(options(
            &folder, &clock, &browser, &events, &keychain, &http,
        ))
        .await
        .expect("the workspace opens again");
        core.settle().await;
        Self {
            core,
            clock,
            browser,
            events,
            keychain,
            server,
            provider,
            http,
            folder,
        }
    }

    /// Closes the app and tries to start it on what its folder has become, with at most `max_pages` pages of database.
    ///
    /// # Errors
    /// Why the workspace isn't opened.
    pub async fn open_again(&self, max_pages: Option<u32>) -> Result<Core> {
        self.core.close().await;
        let options = options(
            &self.folder,
            &self.clock,
            &self.browser,
            &self.events,
            &self.keychain,
            &self.http,
        );
        Core::open_within(options, max_pages).await
    }

    /// The database's file.
    pub fn database(&self) -> std::path::PathBuf {
        self.folder.path().join("workspace").join("workspace.db")
    }

    /// How many addresses were to be opened so far.
    pub fn opened(&self) -> usize {
        let opened = self.browser.0.lock();
        opened.unwrap_or_else(PoisonError::into_inner).len()
    }

    pub fn provider(&self) -> MutexGuard<'_, Provider> {
        self.provider.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A draft of an OAuth connection to the server, by deep link.
    pub fn oauth_draft(&self, name: &str) -> ConnectionDraft {
        let mut draft = draft(name, "any-oauth2", "issuer");
        draft
            .values
            .insert("issuer".to_owned(), Secret::new(self.server.base()));
        draft.values.insert(
            "test_url".to_owned(),
            Secret::new(format!("{}/api/me", self.server.base())),
        );
        draft.registration = RegistrationChoice::New {
            name: "Workbench".to_owned(),
            client_id: "workbench".to_owned(),
            client_secret: Some(Secret::new("canary-client-secret")),
        };
        draft.scopes = ScopeChoice::Custom {
            scopes: vec!["read".to_owned(), "offline_access".to_owned()],
        };
        draft
    }

    /// A draft of a connection with a bearer token.
    pub fn key_draft(&self, name: &str, key: &str) -> ConnectionDraft {
        let mut draft = draft(name, "any-api", "bearer");
        draft.values.insert("token".to_owned(), Secret::new(key));
        draft.values.insert(
            "test_url".to_owned(),
            Secret::new(format!("{}/api/me", self.server.base())),
        );
        draft
    }

    /// The address at which the browser of the last sign-in ends.
    pub fn callback(&self) -> Url {
        let opened = self
            .browser
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let asked = opened.last().expect("the browser was opened");
        let parameter = |name: &str| {
            asked
                .query_pairs()
                .find(|(key, _)| key == name)
                .map(|(_, value)| value.into_owned())
                .expect("the authorization request has it")
        };
        let mut back = Url::parse(&parameter("redirect_uri")).expect("a redirect URI");
        back.query_pairs_mut()
            .append_pair("code", "the-code")
            .append_pair("state", &parameter("state"))
            .append_pair("iss", self.server.base());
        back
    }

    /// Creates an OAuth connection and signs in.
    pub async fn connected(&self, name: &str) -> String {
        let started: Started = self
            .core
            .create_connection(self.oauth_draft(name))
            .await
            .expect("the draft is good");
        self.core.handle_link(self.callback().as_str()).await;
        started.connection
    }

    pub async fn row(&self, id: &str) -> ConnectionRow {
        self.core
            .connection(id)
            .await
            .expect("the connection is there")
            .row
    }

    pub async fn names(&self) -> Vec<String> {
        let page = self
            .core
            .list_connections(&ConnectionQuery::default())
            .await
            .expect("the list can be read");
        page.rows.into_iter().map(|row| row.name).collect()
    }
}

fn options(
    folder: &tempfile::TempDir,
    clock: &Arc<FixedClock>,
    browser: &Arc<RememberingBrowser>,
    events: &Arc<KeptEvents>,
    keychain: &Arc<MemoryKeychain>,
    http: &Arc<dyn Http>,
) -> Options {
    Options {
        directory: folder.path().join("workspace"),
        version: "0.0.0".to_owned(),
        catalogue: Catalogue::shipped(),
        keychain: Arc::clone(keychain) as _,
        vault: VaultOptions::default(),
        clock: Arc::clone(clock) as Arc<dyn Clock>,
        random: Arc::new(SystemRandom),
        http: Arc::clone(http),
        browser: Arc::clone(browser) as _,
        events: Arc::clone(events) as _,
        links: Arc::new(OurLinks),
    }
}

/// A draft without values.
pub fn draft(name: &str, connector: &str, method: &str) -> ConnectionDraft {
    ConnectionDraft {
        connector: connector.to_owned(),
        method: method.to_owned(),
        name: name.to_owned(),
        description: String::new(),
        values: BTreeMap::new(),
        registration: RegistrationChoice::Keep,
        scopes: ScopeChoice::Default,
        redirect: None,
        paste_uri: None,
        save_anyway: false,
    }
}
