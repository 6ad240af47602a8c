//! Accounts with several sites: which one a connection is for, and choosing another.

use std::sync::{Arc, Mutex, PoisonError};

use patchbay_core::Code;
use patchbay_core::connection::ConnectionDetail;
use patchbay_core::http::{BoxFuture, Http, HttpError, Request, ReqwestHttp, Response};
use patchbay_tests::scripted::{Answer, Scripted};
use patchbay_tests::workbench::Workbench;
use serde_json::{Value, json};
use url::Url;

/// Carries what is for Atlassian to this machine.
struct ToUs {
    http: ReqwestHttp,
    directory: Url,
}

impl Http for ToUs {
    fn send(&self, mut request: Request) -> BoxFuture<'_, Result<Response, HttpError>> {
        if request.url.host_str() == Some("api.atlassian.com") {
            let mut url = self.directory.clone();
            url.set_path(request.url.path());
            request.url = url;
        }
        self.http.send(request)
    }
}

struct World {
    bench: Workbench,
    sites: Arc<Mutex<Value>>,
    _directory: Scripted,
}

fn site(name: &str) -> Value {
    json!({"id": format!("id-{name}"), "url": format!("https://{name}.atlassian.net"), "scopes": []})
}

impl World {
    async fn start(names: &[&str]) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let list = |names: &[&str]| Value::Array(names.iter().map(|name| site(name)).collect());
        let sites = Arc::new(Mutex::new(list(names)));
        let served = Arc::clone(&sites);
        let directory = Scripted::start(move |seen| match seen.path.as_str() {
            "/oauth/token/accessible-resources" => {
                Answer::json(200, &served.lock().unwrap_or_else(PoisonError::into_inner))
            }
            _ => Answer::new(404, ""),
        })
        .await;
        let http = Arc::new(ToUs {
            http: ReqwestHttp::new(),
            directory: directory.url("/"),
        });
        let bench = Workbench::start_over(http).await;
        let definition = format!(
            r#"
            name = "Acme sites"
            category = "custom"
            docs = {{ api = "https://docs.acme.example" }}
            quirks = ["atlassian_cloud_id"]
            fields = [{{ key = "issuer", label = "Issuer", kind = "url", default = "{}" }}]
            test = {{ url = "{{issuer}}/api/me", account_id = "/id" }}

            [[auth]]
            id = "oauth"
            label = "OAuth"
            kind = "authorization_code"
            oauth = {{ issuer = "{{issuer}}", authorization_endpoint = "https://auth.atlassian.com/authorize", token_endpoint = "{{issuer}}/token", client_auth = ["none"], manual_scopes = true, redirect = [{{ kind = "deep_link" }}] }}
            "#,
            bench.server.base()
        );
        let definition = toml::from_str(&definition).expect("it is well formed");
        bench
            .core
            .save_connector("acme-sites", definition, None)
            .await
            .expect("it is sound");
        Self {
            bench,
            sites,
            _directory: directory,
        }
    }

    fn now(&self, names: &[&str]) {
        *self.sites.lock().unwrap_or_else(PoisonError::into_inner) =
            Value::Array(names.iter().map(|name| site(name)).collect());
    }

    async fn connect(&self) -> String {
        let mut draft = self.bench.oauth_draft("Issues");
        draft.connector = "acme-sites".to_owned();
        draft.method = "oauth".to_owned();
        draft.values.remove("test_url");
        let started = self.bench.core.create_connection(draft).await;
        let started = started.expect("the draft is good");
        let callback = self.bench.callback();
        self.bench.core.handle_link(callback.as_str()).await;
        started.connection
    }

    async fn detail(&self, id: &str) -> ConnectionDetail {
        let detail = self.bench.core.connection(id).await;
        detail.expect("the connection is there")
    }

    async fn site(&self, id: &str) -> String {
        let site = self.detail(id).await.site;
        site.expect("it is for a site").name
    }
}

#[tokio::test]
async fn the_first_site_is_taken_and_another_can_be_chosen() {
    let world = World::start(&["alpha", "beta"]).await;
    let id = world.connect().await;
    assert_eq!(world.site(&id).await, "https://alpha.atlassian.net");
    let sites = world.bench.core.connection_sites(&id).await.unwrap();
    let names: Vec<&str> = sites.iter().map(|site| site.name.as_str()).collect();
    assert_eq!(
        names,
        ["https://alpha.atlassian.net", "https://beta.atlassian.net"],
        "all that the account may use"
    );
    world
        .bench
        .core
        .choose_connection_site(&id, "id-beta")
        .await
        .expect("the account may use it");
    assert_eq!(world.site(&id).await, "https://beta.atlassian.net");
}

#[tokio::test]
async fn a_chosen_site_stays_at_a_reauthorization_while_the_account_may_use_it() {
    let world = World::start(&["alpha", "beta"]).await;
    let id = world.connect().await;
    let core = &world.bench.core;
    core.choose_connection_site(&id, "id-beta").await.unwrap();
    let again = || async {
        core.reauthorize_connection(&id, Default::default())
            .await
            .expect("it begins");
        core.handle_link(world.bench.callback().as_str()).await;
    };
    again().await;
    assert_eq!(world.site(&id).await, "https://beta.atlassian.net");
    world.now(&["alpha"]);
    again().await;
    assert_eq!(
        world.site(&id).await,
        "https://alpha.atlassian.net",
        "a site that is gone gives way"
    );
}

#[tokio::test]
async fn only_a_site_of_the_account_can_be_chosen() {
    let world = World::start(&["alpha"]).await;
    let id = world.connect().await;
    let refused = world
        .bench
        .core
        .choose_connection_site(&id, "id-other")
        .await;
    let refused = refused.expect_err("the account may not use it");
    assert_eq!(refused.field.as_deref(), Some("site"));
    assert_eq!(world.site(&id).await, "https://alpha.atlassian.net");
}

#[tokio::test]
async fn a_connector_without_sites_has_none_to_choose() {
    let bench = Workbench::start().await;
    let id = bench.connected("Mail").await;
    let refused = bench.core.connection_sites(&id).await;
    assert_eq!(refused.expect_err("no sites").code, Code::Unsupported);
}
