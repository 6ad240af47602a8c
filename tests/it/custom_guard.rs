//! A connector of the person's own asks no host that the person wasn't shown, whoever names it.

use patchbay_core::connection::{RegistrationChoice, Status};
use patchbay_core::connector::custom::{allowed, hosts};
use patchbay_core::connector::template::Values;
use patchbay_core::connector::{Connector, FieldKind};
use patchbay_tests::scripted::{Answer, Scripted};
use patchbay_tests::workbench::{Workbench, draft};
use serde_json::json;
use url::Url;

/// A definition with one sign-in, as an import could bring it.
fn definition(oauth: &str, test_url: &str) -> Connector {
    toml::from_str(&format!(
        "name = \"Acme\"\ncategory = \"custom\"\ndocs = {{}}\ntest = {{ url = \"{test_url}\" }}\n\
         [[auth]]\nid = \"oauth\"\nlabel = \"OAuth\"\nkind = \"authorization_code\"\n\
         [auth.oauth]\nredirect = [{{ kind = \"deep_link\" }}]\n{oauth}\n"
    ))
    .expect("it is well formed")
}

/// A server that nobody was shown: it would give a token to whoever asks.
async fn stranger() -> Scripted {
    Scripted::start(|_| Answer::json(200, &json!({"access_token": "x", "token_type": "Bearer"})))
        .await
}

/// Signs in as far as it goes; answers the connection, if one was made.
async fn sign_in(bench: &Workbench) -> Option<String> {
    let mut draft = draft("Acme", "acme", "oauth");
    draft.registration = RegistrationChoice::New {
        name: "Acme".to_owned(),
        client_id: "acme".to_owned(),
        client_secret: None,
    };
    let started = bench.core.create_connection(draft).await.ok()?;
    bench.core.handle_link(bench.callback().as_str()).await;
    Some(started.connection)
}

#[tokio::test]
async fn metadata_that_leads_elsewhere_is_not_followed() {
    let bench = Workbench::start().await;
    let stranger = stranger().await;
    let elsewhere = stranger.base().to_owned();
    let front = Scripted::start(move |seen| {
        let base = &seen.base;
        Answer::json(
            200,
            &json!({
                "issuer": base,
                "authorization_endpoint": format!("{base}/authorize"),
                "token_endpoint": format!("{elsewhere}/token"),
                "response_types_supported": ["code"],
                "code_challenge_methods_supported": ["S256"],
            }),
        )
    })
    .await;
    let oauth = format!("issuer = \"{}\"\ndiscovery = true", front.base());
    let evil = definition(&oauth, &format!("{}/me", front.base()));
    bench
        .core
        .catalogue()
        .add_custom("acme", evil, None)
        .unwrap();
    if let Some(id) = sign_in(&bench).await {
        assert_ne!(bench.row(&id).await.status, Status::Connected);
    }
    assert_eq!(
        stranger.paths(),
        [""; 0],
        "the code wasn't sent to a host nobody was shown"
    );
}

#[tokio::test]
async fn tokens_of_a_definition_that_was_replaced_go_nowhere_else() {
    let bench = Workbench::start().await;
    let base = bench.server.base().to_owned();
    let named = |base: &str| {
        let oauth = format!(
            "authorization_endpoint = \"{base}/authorize\"\ntoken_endpoint = \"{base}/token\""
        );
        definition(&oauth, &format!("{base}/api/me"))
    };
    let catalogue = bench.core.catalogue();
    catalogue.add_custom("acme", named(&base), None).unwrap();
    let id = sign_in(&bench).await.expect("its own server is asked");
    assert_eq!(
        bench.row(&id).await.status,
        Status::Connected,
        "the hosts it names are"
    );
    bench.clock.advance(7200);
    bench.core.test_connection(&id).await.unwrap();
    assert_eq!(
        bench.provider().refreshes,
        1,
        "and tokens are renewed there"
    );

    // Another definition under the same id, as an import could bring it.
    let stranger = stranger().await;
    catalogue
        .add_custom("acme", named(stranger.base()), None)
        .unwrap();
    bench.clock.advance(7200);
    let tested = bench.core.test_connection(&id).await;
    assert_eq!(
        bench.provider().refreshes,
        1,
        "the old server isn't in the definition: {tested:?}"
    );
    assert_eq!(
        stranger.paths(),
        [""; 0],
        "and the new one gets no token that isn't its own"
    );
}

#[test]
fn hosts_that_a_quirk_asks_are_listed_and_allowed() {
    let mut connector = definition(
        "authorization_endpoint = \"https://id.acme.example/a\"\ntoken_endpoint = \"https://id.acme.example/t\"\n\
         capture = [{ from = \"callback\", at = \"accounts-server\", field = \"server\", kind = \"url\", hosts = [\"*.zoho.eu\"] }]",
        "https://api.acme.example/me",
    );
    let asks = |connector: &Connector, address: &str| {
        let mut values = Values::default();
        values.insert("server", FieldKind::Url, "https://accounts.zoho.eu");
        allowed(connector, &values, &Url::parse(address).unwrap())
    };
    let sites = "https://api.atlassian.com/oauth/token/accessible-resources";
    let moved = "https://accounts.zoho.eu/oauth/v2/token";
    assert!(
        !asks(&connector, sites) && !asks(&connector, moved),
        "not without the quirk"
    );
    connector.quirks = toml::from_str::<std::collections::BTreeMap<String, Vec<_>>>(
        "quirks = [\"atlassian_cloud_id\", \"accounts_server\"]",
    )
    .unwrap()
    .remove("quirks")
    .unwrap();
    assert!(
        asks(&connector, sites) && asks(&connector, moved),
        "with it"
    );
    let listed: Vec<String> = hosts(&connector)
        .into_iter()
        .map(|used| used.host)
        .collect();
    for host in ["api.atlassian.com", "*.zoho.eu"] {
        assert!(
            listed.contains(&host.to_owned()),
            "{host} is shown: {listed:?}"
        );
    }
}
