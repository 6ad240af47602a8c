//! Changing a connector of one's own while connections are made from it.

use patchbay_core::Code;
use patchbay_core::connector::Connector;
use patchbay_core::vault::Secret;
use patchbay_tests::workbench::{Workbench, draft};

fn definition(name: &str, method: &str, kind: &str, test: &str) -> Connector {
    let text = format!(
        r#"
        name = "{name}"
        category = "custom"
        docs = {{ api = "https://docs.acme.example" }}
        fields = [{{ key = "server", label = "Server", kind = "url" }}]
        test = {{ url = "{test}", account_id = "/id" }}

        [[auth]]
        id = "{method}"
        label = "Our key"
        kind = "{kind}"
        fields = [{{ key = "token", label = "Token", kind = "secret" }}]
        placement = [{{ to = "header", name = "Authorization", value = "Bearer {{token}}" }}]
        "#
    );
    toml::from_str(&text).expect("it is well formed")
}

async fn connected(bench: &Workbench) -> String {
    let first = definition("Acme", "key", "api_key", "{server}/api/me");
    bench
        .core
        .save_connector("acme", first, None)
        .await
        .expect("it is sound");
    let mut draft = draft("Acme key", "acme", "key");
    let mut put = |key: &str, value: &str| draft.values.insert(key.to_owned(), Secret::new(value));
    put("server", bench.server.base());
    put("token", "canary-key-good");
    let started = bench.core.create_connection(draft).await;
    started.expect("the key is good").connection
}

#[tokio::test]
async fn connections_go_on_with_the_changed_connector() {
    let bench = Workbench::start().await;
    let id = connected(&bench).await;
    let changed = definition("Acme Cloud", "key", "api_key", "{server}/api/me?v=2");
    let seen = bench.core.check_connector("acme", changed.clone()).await;
    let seen = seen.expect("it can be checked");
    assert!(seen.replaces && seen.problems.is_empty(), "{seen:?}");
    assert_eq!(seen.connections, 1, "it says what hangs on it");
    bench
        .core
        .save_connector("acme", changed, None)
        .await
        .expect("it is sound");
    assert_eq!(bench.row(&id).await.connector_name, "Acme Cloud");
    let tested = bench.core.test_connection(&id).await.expect("it is tested");
    assert_eq!(tested.status, Some(200), "{tested:?}");
    let asked = bench.server.paths();
    assert_eq!(
        asked.last().map(String::as_str),
        Some("GET /api/me?v=2"),
        "by the new definition"
    );
}

#[tokio::test]
async fn a_host_that_is_added_is_named_before_it_is_saved() {
    let bench = Workbench::start().await;
    connected(&bench).await;
    let changed = definition("Acme", "key", "api_key", "https://elsewhere.example/me");
    let seen = bench.core.check_connector("acme", changed).await;
    assert_eq!(
        seen.expect("it can be checked").added_hosts,
        ["elsewhere.example"]
    );
}

#[tokio::test]
async fn a_way_to_authenticate_that_connections_use_can_not_be_taken_away() {
    let bench = Workbench::start().await;
    connected(&bench).await;
    for (method, kind) in [("other", "api_key"), ("key", "bearer")] {
        let changed = definition("Acme", method, kind, "{server}/api/me");
        let seen = bench.core.check_connector("acme", changed.clone()).await;
        let seen = seen.expect("it can be checked");
        assert!(
            seen.problems.iter().any(|problem| problem.rule == "in_use"
                && problem
                    .message
                    .contains("one connection authenticates by “Our key”")),
            "{seen:?}"
        );
        let refused = bench.core.save_connector("acme", changed, None).await;
        assert_eq!(refused.expect_err("it is in use").code, Code::Conflict);
    }
}

#[tokio::test]
async fn a_connector_stays_while_its_connections_can_come_back() {
    let bench = Workbench::start().await;
    let id = connected(&bench).await;
    let refused = bench.core.delete_connector("acme").await;
    assert_eq!(
        refused.expect_err("a connection uses it").code,
        Code::Conflict
    );
    bench.core.delete_connection(&id).await.expect("it goes");
    let refused = bench.core.delete_connector("acme").await;
    let refused = refused.expect_err("the deletion can be undone");
    assert!(refused.message.contains("brought back"), "{refused}");
    bench.core.undo_delete(&id).await.expect("it comes back");
    assert_eq!(bench.names().await, ["Acme key"]);
}
