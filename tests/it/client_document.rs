//! A client that servers know by the address of its document: what is to be hosted, what is checked before it is used,
//! and a sign-in with it.

use patchbay_core::connection::{ConnectionDraft, RegistrationChoice, RegistrationSource, Status};
use patchbay_core::vault::Secret;
use patchbay_core::{Code, Error};
use patchbay_tests::document_server::DocumentServer;
use patchbay_tests::scripted::Answer;
use patchbay_tests::workbench::{Workbench, draft};
use serde_json::{Value, json};

struct World {
    bench: Workbench,
    server: DocumentServer,
}

impl World {
    async fn start(supported: bool) -> Self {
        Self {
            bench: Workbench::start().await,
            server: DocumentServer::start(supported).await,
        }
    }

    fn address(&self) -> String {
        self.server.address()
    }

    /// Hosts what Patchbay shows, changed.
    fn host_shown(&self, change: impl FnOnce(&mut Value)) {
        let text = self
            .bench
            .core
            .client_document("any-oauth2", "issuer", &self.address(), None)
            .expect("the connector is there");
        let mut document = serde_json::from_str(&text).expect("it is JSON");
        change(&mut document);
        self.server.host(Answer::json(200, &document));
    }

    fn draft(&self, address: &str) -> ConnectionDraft {
        let mut draft = draft("Mail", "any-oauth2", "issuer");
        draft
            .values
            .insert("issuer".to_owned(), Secret::new(self.server.api.base()));
        draft.registration = RegistrationChoice::Document {
            address: address.to_owned(),
            name: "Our document".to_owned(),
        };
        draft
    }

    async fn refused(&self, address: &str) -> Error {
        let created = self.bench.core.create_connection(self.draft(address)).await;
        let error = created.expect_err("the document isn't right");
        assert!(
            self.bench.names().await.is_empty(),
            "nothing half-made is left: {error}"
        );
        let kept = self.bench.core.list_registrations(None).await;
        assert!(kept.expect("the list can be read").is_empty(), "{error}");
        error
    }
}

#[tokio::test]
async fn the_address_of_a_hosted_document_is_the_client_id() {
    let world = World::start(true).await;
    world.host_shown(|document| {
        assert_eq!(document["client_id"], world.address());
        assert_eq!(document["client_name"], "Patchbay");
        assert_eq!(document["token_endpoint_auth_method"], "none");
        assert_eq!(
            document["grant_types"],
            json!(["authorization_code", "refresh_token"])
        );
        assert_eq!(
            document["redirect_uris"],
            json!([
                "dev.patchbay.desktop:/callback/any-oauth2",
                "http://127.0.0.1/callback/any-oauth2"
            ]),
            "every way back"
        );
    });
    let started = world
        .bench
        .core
        .create_connection(world.draft(&world.address()))
        .await
        .expect("the document is right");
    let mut back = world.bench.callback();
    let pairs: Vec<(String, String)> = back
        .query_pairs()
        .into_owned()
        .filter(|(name, _)| name != "iss")
        .collect();
    back.query_pairs_mut().clear().extend_pairs(pairs);
    world.bench.core.handle_link(back.as_str()).await;
    let row = world.bench.row(&started.connection).await;
    assert_eq!(row.status, Status::Connected, "signed in as that client");
    let kept = world.bench.core.list_registrations(None).await.unwrap();
    assert_eq!(kept.len(), 1);
    assert_eq!(kept[0].source, RegistrationSource::Document);
    assert_eq!(kept[0].client_id, world.address());
    assert!(!kept[0].has_secret, "there is no secret");
}

#[tokio::test]
async fn a_server_that_takes_no_documents_is_not_asked_with_one() {
    let world = World::start(false).await;
    world.host_shown(|_| ());
    let error = world.refused(&world.address()).await;
    assert_eq!(error.code, Code::Unsupported);
    assert_eq!(error.field.as_deref(), Some("registration"));
}

#[tokio::test]
async fn a_document_that_servers_would_refuse_is_refused_here_first() {
    let world = World::start(true).await;
    type Change = fn(&mut Value);
    let cases: [(Change, &str); 7] = [
        (
            |d| d["client_id"] = json!("https://example.com/other.json"),
            "names another client_id",
        ),
        (
            |d| d["redirect_uris"] = json!(["http://127.0.0.1/callback/any-oauth2"]),
            "doesn't list the callback address",
        ),
        (|d| d["client_secret"] = json!("s"), "holds a client secret"),
        (
            |d| d["token_endpoint_auth_method"] = json!("client_secret_post"),
            "another token_endpoint_auth_method",
        ),
        (
            |d| {
                d.as_object_mut()
                    .unwrap()
                    .remove("token_endpoint_auth_method");
            },
            "expect a secret",
        ),
        (
            |d| d["grant_types"] = json!(["client_credentials"]),
            "authorization_code",
        ),
        (
            |d| d["logo_uri"] = json!("x".repeat(6000)),
            "larger than 5 kB",
        ),
    ];
    for (change, says) in cases {
        world.host_shown(change);
        let error = world.refused(&world.address()).await;
        assert!(error.message.contains(says), "{says}: {error}");
        assert_eq!(error.field.as_deref(), Some("client_document"), "{error}");
    }
    for (answer, code) in [
        (Answer::new(404, ""), Code::BadRegistration),
        (
            Answer::new(302, "").header("location", "https://example.com"),
            Code::BadRegistration,
        ),
        (Answer::new(503, ""), Code::ProviderDown),
        (Answer::new(200, "<html>"), Code::BadRegistration),
    ] {
        world.server.host(answer);
        assert_eq!(world.refused(&world.address()).await.code, code);
    }
}

#[tokio::test]
async fn an_address_that_servers_would_refuse_is_said_beside_the_field() {
    let world = World::start(true).await;
    let base = world.server.api.base();
    for address in [
        "patchbay.json".to_owned(),
        "http://example.com/patchbay.json".to_owned(),
        "https://example.com".to_owned(),
        "https://example.com/a/../patchbay.json".to_owned(),
        "https://example.com/patchbay.json?v=1".to_owned(),
        "https://me:pw@example.com/patchbay.json".to_owned(),
        format!("{base}/patchbay.json#x"),
    ] {
        let error = world.refused(&address).await;
        assert_eq!(error.code, Code::InvalidInput, "{address}: {error}");
        assert_eq!(error.field.as_deref(), Some("client_document"), "{address}");
    }
}

#[tokio::test]
async fn any_port_of_this_machine_is_the_same_way_back() {
    let world = World::start(true).await;
    world.host_shown(|document| {
        document["redirect_uris"] = json!(["http://127.0.0.1:8912/callback/any-oauth2"]);
    });
    let mut draft = world.draft(&world.address());
    draft.redirect = Some(patchbay_core::connection::RedirectKind::Loopback);
    world
        .bench
        .core
        .create_connection(draft)
        .await
        .expect("servers take any port there (RFC 8252 7.3)");
}
