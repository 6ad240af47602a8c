//! The test request over real sockets, against an API that takes credentials in every usual place.

use std::collections::BTreeMap;

use patchbay_core::Timestamp;
use patchbay_core::connector::{AuthKind, Connector};
use patchbay_core::credential::{TestOutcome, TestVerdict, collect, test};
use patchbay_core::http::ReqwestHttp;
use patchbay_tests::local_api::{self, GOOD, LIMITED, USER};
use patchbay_tests::scripted::Scripted;

fn api(path: &str) -> Connector {
    toml::from_str(&format!(
        r#"
        name = "Local"
        category = "any"
        docs = {{}}
        fields = [{{ key = "server", label = "Server", kind = "url" }}]
        test = {{ url = "{{server}}{path}", account_id = "/id", account_name = "/name" }}

        [[auth]]
        id = "header"
        label = "Key"
        kind = "api_key"
        fields = [{{ key = "secret", label = "Key", kind = "secret" }}]
        placement = [{{ to = "header", name = "X-Api-Key", value = "{{secret}}" }}]

        [[auth]]
        id = "query"
        label = "Key"
        kind = "api_key"
        fields = [{{ key = "secret", label = "Key", kind = "secret" }}]
        placement = [{{ to = "query", name = "api_key", value = "{{secret}}" }}]

        [[auth]]
        id = "bearer"
        label = "Token"
        kind = "bearer"
        fields = [{{ key = "secret", label = "Token", kind = "secret" }}]

        [[auth]]
        id = "basic"
        label = "Password"
        kind = "basic"
        basic = {{ username = "{{username}}", password = "{{secret}}" }}
        fields = [{{ key = "username", label = "User", kind = "text" }}, {{ key = "secret", label = "Password", kind = "secret" }}]
        "#
    ))
    .expect("the connector is well formed")
}

async fn tested(
    server: &Scripted,
    path: &str,
    method: &str,
    secret: &str,
) -> (TestOutcome, AuthKind) {
    let connector = api(path);
    let method = connector
        .auth
        .iter()
        .find(|known| known.id == method)
        .expect("it has the method");
    let typed: BTreeMap<_, _> = [
        ("server", server.base()),
        ("username", USER),
        ("secret", secret),
    ]
    .map(|(key, value)| (key.to_owned(), value.to_owned().into()))
    .into();
    let values = collect(&connector, method, &typed).expect("all is typed");
    let outcome = test::run(
        &ReqwestHttp::new(),
        &connector,
        method,
        &values,
        Timestamp(0),
    )
    .await
    .expect("the request can be made");
    (outcome, method.kind)
}

#[tokio::test]
async fn each_place_takes_the_good_secret_and_tells_the_others_apart() {
    let server = local_api::start().await;
    for method in ["header", "query", "bearer", "basic"] {
        let path = format!("/{method}");
        let (good, kind) = tested(&server, &path, method, GOOD).await;
        assert_eq!(
            good.describe("Local", kind).0,
            "Local works, connected as Release Bot",
            "{method}"
        );
        let (limited, _) = tested(&server, &path, method, LIMITED).await;
        assert_eq!(
            (limited.verdict, limited.missing_scope.as_deref()),
            (TestVerdict::MissingScope, Some("me:read")),
            "{method}"
        );
        // Outside a header anything may be sent.
        let secret = if method == "query" || method == "basic" {
            "canary secret&+ä%"
        } else {
            "canary-secret"
        };
        let (wrong, kind) = tested(&server, &path, method, secret).await;
        assert_eq!(wrong.verdict, TestVerdict::BadSecret, "{method}");
        let error = wrong.to_error("Local", kind).expect("it failed");
        assert!(
            !format!("{wrong:?}{error:?}").contains("canary"),
            "{method}: what the API echoes isn't shown"
        );
        assert_eq!(
            wrong.provider_error.as_deref(),
            Some("invalid_credentials: the secret ••• is not known"),
            "{method}"
        );
    }
}

#[tokio::test]
async fn what_is_wrong_with_the_server_is_told_from_what_is_wrong_with_the_secret() {
    let server = local_api::start().await;
    let verdict = async |path| tested(&server, path, "bearer", GOOD).await.0;
    let down = verdict("/down").await;
    assert_eq!(
        (down.verdict, down.retry_after_seconds),
        (TestVerdict::ProviderDown, Some(90))
    );
    for path in ["/page", "/nowhere", "/moved"] {
        let outcome = verdict(path).await;
        assert_eq!(
            (outcome.verdict, outcome.field.as_deref()),
            (TestVerdict::WrongSettings, Some("server")),
            "{path}"
        );
    }
    assert_eq!(
        server
            .paths()
            .iter()
            .filter(|path| path.contains("/bearer"))
            .count(),
        0,
        "no redirect was followed"
    );
}

#[tokio::test]
async fn a_server_that_isnt_there_is_the_network() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let port = listener.local_addr().expect("bound").port();
    drop(listener);
    let connector = api("/bearer");
    let typed: BTreeMap<_, _> = [
        ("server", format!("http://127.0.0.1:{port}")),
        ("secret", GOOD.into()),
    ]
    .map(|(key, value)| (key.to_owned(), value.into()))
    .into();
    let values = collect(&connector, &connector.auth[2], &typed).expect("all is typed");
    let outcome = test::run(
        &ReqwestHttp::new(),
        &connector,
        &connector.auth[2],
        &values,
        Timestamp(0),
    )
    .await
    .expect("the request can be made");
    assert_eq!(outcome.verdict, TestVerdict::Network);
    assert_eq!(
        outcome.describe("Local", AuthKind::Bearer).0,
        "Local can't be reached: 127.0.0.1 refused the connection"
    );
}
