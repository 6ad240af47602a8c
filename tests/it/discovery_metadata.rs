//! A provider's metadata against the shapes a sloppy or hostile server gives it.

use patchbay_core::Code;
use patchbay_core::connector::{AuthKind, ClientAuth};
use patchbay_core::error::Result;
use patchbay_core::http::ReqwestHttp;
use patchbay_core::oauth::discovery::{Discovered, discover};
use patchbay_tests::scripted::{Answer, Scripted, Seen};
use serde_json::{Value, json};

const WELL_KNOWN: &str = "/.well-known/oauth-authorization-server";

fn whole(issuer: &str, base: &str) -> Value {
    json!({
        "issuer": issuer,
        "authorization_endpoint": format!("{base}/authorize"),
        "token_endpoint": format!("{base}/token"),
        "revocation_endpoint": format!("{base}/revoke"),
        "device_authorization_endpoint": format!("{base}/device"),
        "registration_endpoint": format!("{base}/register"),
        "userinfo_endpoint": format!("{base}/me"),
        "jwks_uri": format!("{base}/keys"),
        "scopes_supported": ["openid", "mail.read"],
        "response_types_supported": ["code"],
        "grant_types_supported": ["authorization_code", "refresh_token"],
        "token_endpoint_auth_methods_supported": ["none", "client_secret_basic", "tls_client_auth"],
        "code_challenge_methods_supported": ["S256"],
        "authorization_response_iss_parameter_supported": true,
        "client_id_metadata_document_supported": true,
    })
}

async fn asked(
    path: &str,
    script: impl Fn(&Seen) -> Answer + Send + Sync + 'static,
) -> (Result<Discovered>, Scripted) {
    let server = Scripted::start(script).await;
    let issuer = format!("{}{path}", server.base());
    (discover(&ReqwestHttp::new(), &issuer).await, server)
}

/// The metadata with one change, at the first address.
async fn changed(change: impl Fn(&mut Value, &str) + Send + Sync + 'static) -> Result<Discovered> {
    let script = move |seen: &Seen| {
        if seen.path != WELL_KNOWN {
            return Answer::new(404, "");
        }
        let mut document = whole(&seen.base, &seen.base);
        change(&mut document, &seen.base);
        Answer::json(200, &document)
    };
    asked("", script).await.0
}

#[tokio::test]
async fn metadata_is_read_whole() {
    let found = changed(|_, _| ()).await.expect("it is sound");
    let metadata = &found.metadata;
    assert!(
        metadata.authorization.is_some()
            && metadata.token.is_some()
            && metadata.registration.is_some()
    );
    assert!(metadata.iss_supported && metadata.client_id_metadata_document);
    assert_eq!(found.scopes, ["openid", "mail.read"]);
    assert_eq!(
        found.client_auth,
        Some(vec![ClientAuth::None, ClientAuth::Basic]),
        "unknown methods are left out"
    );
    assert_eq!(found.pkce_s256, Some(true));
    assert_eq!(found.other_hosts, Vec::<String>::new());
    assert_eq!(found.endpoints().len(), 7);
    found
        .check(AuthKind::AuthorizationCode, true)
        .expect("all of it is offered");
}

#[tokio::test]
async fn documents_are_tried_in_order() {
    let (outcome, server) = asked("/tenant/", |_| Answer::new(404, "")).await;
    let error = outcome.expect_err("there is none");
    assert_eq!(
        (error.code, error.field.as_deref()),
        (Code::WrongSettings, Some("issuer"))
    );
    assert_eq!(
        server.paths(),
        [
            "GET /.well-known/oauth-authorization-server/tenant",
            "GET /.well-known/openid-configuration/tenant",
            "GET /tenant/.well-known/openid-configuration",
        ]
    );
    let last = |seen: &Seen| match seen.path.as_str() {
        "/tenant/.well-known/openid-configuration" => {
            Answer::json(200, &whole(&format!("{}/tenant", seen.base), &seen.base))
        }
        _ => Answer::new(404, "<html>no</html>"),
    };
    asked("/tenant", last)
        .await
        .0
        .expect("the appended one is found");
    let (found, server) = asked("", |seen| Answer::json(200, &whole(&seen.base, &seen.base))).await;
    found.expect("the first one is taken");
    assert_eq!(server.paths().len(), 1, "and no other is asked");
}

#[tokio::test]
async fn metadata_of_another_issuer_is_discarded() {
    type Write = fn(&str) -> String;
    let others: [(&str, Write); 6] = [
        ("trailing slash", |base| format!("{base}/")),
        ("path", |base| format!("{base}/tenant")),
        ("case", str::to_uppercase),
        ("port", |base| {
            let (rest, last) = base.split_at(base.len() - 1);
            format!("{rest}{}", if last == "1" { "2" } else { "1" })
        }),
        ("name", |base| base.replace("127.0.0.1", "localhost")),
        ("another", |_| "https://evil.example.org".to_owned()),
    ];
    for (what, other) in others {
        let error = changed(move |document, base| document["issuer"] = other(base).into())
            .await
            .expect_err(what);
        assert_eq!(error.code, Code::WrongSettings, "{what}");
        assert!(
            error
                .hint
                .is_some_and(|hint| hint.contains("It calls itself")),
            "{what}: the real one is told"
        );
    }
    for missing in [Value::Null, json!(7), json!("")] {
        let error = changed(move |document, _| document["issuer"] = missing.clone())
            .await
            .expect_err("no issuer");
        assert_eq!(error.code, Code::WrongSettings);
    }
}

#[tokio::test]
async fn an_endpoint_that_may_not_be_used_spoils_the_document() {
    for key in [
        "authorization_endpoint",
        "token_endpoint",
        "revocation_endpoint",
        "registration_endpoint",
        "jwks_uri",
        "userinfo_endpoint",
        "device_authorization_endpoint",
    ] {
        for bad in [
            "http://id.example.com/x",
            "file:///etc/passwd",
            "javascript:alert(1)",
            "https://u:p@id.example.com/",
            "https://id.example.com/$(calc)",
            "https://id.example.com/\"&calc&\"",
            "https://id.example.com/#x",
            "/relative",
            "smb://id.example.com/",
        ] {
            let error = changed(move |document, _| document[key] = bad.into())
                .await
                .expect_err(bad);
            assert_eq!(error.code, Code::WrongSettings, "{key} {bad}");
            assert!(!error.message.contains(bad), "the address isn't repeated");
        }
    }
}

#[tokio::test]
async fn endpoints_elsewhere_are_reported() {
    let found =
        changed(|document, _| document["token_endpoint"] = "https://tokens.example.org/t".into())
            .await
            .expect("it may be elsewhere");
    assert_eq!(found.other_hosts, ["tokens.example.org"]);
    let elsewhere: Vec<_> = found
        .endpoints()
        .into_iter()
        .filter(|endpoint| endpoint.other_host)
        .map(|endpoint| endpoint.purpose)
        .collect();
    assert_eq!(elsewhere, ["Token"]);
}

#[tokio::test]
async fn any_field_may_be_missing_or_of_another_kind() {
    let keys: Vec<String> = whole("", "")
        .as_object()
        .expect("an object")
        .keys()
        .cloned()
        .collect();
    for key in keys.iter().filter(|key| *key != "issuer") {
        for value in [
            None,
            Some(Value::Null),
            Some(json!(7)),
            Some(json!({"a": 1})),
            Some(json!([1, null, {}])),
            Some(json!("")),
        ] {
            let key = key.clone();
            let altered = changed({
                let (key, value) = (key.clone(), value.clone());
                move |document, _| match &value {
                    Some(value) => document[&key] = value.clone(),
                    None => {
                        document.as_object_mut().expect("an object").remove(&key);
                    }
                }
            })
            .await;
            let found = altered.unwrap_or_else(|error| panic!("{key} {value:?}: {error}"));
            let _ = found.check(AuthKind::AuthorizationCode, true);
        }
    }
}

#[tokio::test]
async fn what_a_grant_needs_must_be_offered() {
    let refused = async |kind, mcp, change: fn(&mut Value)| {
        let found = changed(move |document, _| change(document))
            .await
            .expect("it is readable");
        found.check(kind, mcp).err().map(|error| error.code)
    };
    let code = AuthKind::AuthorizationCode;
    let unsupported = Some(Code::Unsupported);
    assert_eq!(
        refused(code, false, |d| d["response_types_supported"] =
            json!(["token"]))
        .await,
        unsupported,
        "implicit only"
    );
    assert_eq!(
        refused(code, false, |d| d["grant_types_supported"] =
            json!(["password"]))
        .await,
        unsupported,
        "password only"
    );
    assert_eq!(
        refused(code, false, |d| d["code_challenge_methods_supported"] =
            json!(["plain"]))
        .await,
        unsupported,
        "plain PKCE"
    );
    assert_eq!(
        refused(code, true, |d| d["code_challenge_methods_supported"] =
            Value::Null)
        .await,
        unsupported,
        "MCP wants it announced"
    );
    assert_eq!(
        refused(code, false, |d| d["code_challenge_methods_supported"] =
            Value::Null)
        .await,
        None
    );
    assert_eq!(
        refused(code, false, |d| d["token_endpoint"] = Value::Null).await,
        unsupported
    );
    assert_eq!(
        refused(
            AuthKind::DeviceCode,
            false,
            |d| d["device_authorization_endpoint"] = Value::Null
        )
        .await,
        unsupported
    );
    assert_eq!(
        refused(AuthKind::ClientCredentials, false, |_| ()).await,
        unsupported
    );
}

#[tokio::test]
async fn what_isnt_metadata_is_refused() {
    let big = format!("{{\"issuer\":\"{}\"}}", "x".repeat(1024 * 1024));
    let deep = format!("{}1{}", "{\"a\":".repeat(200), "}".repeat(200));
    let table: Vec<(&str, Answer, Code)> = vec![
        (
            "a page",
            Answer::new(200, "<html>Sign in</html>").header("content-type", "text/html"),
            Code::WrongSettings,
        ),
        ("nothing", Answer::new(200, ""), Code::WrongSettings),
        ("a list", Answer::new(200, "[]"), Code::WrongSettings),
        ("a megabyte", Answer::new(200, big), Code::WrongSettings),
        ("depth", Answer::new(200, deep), Code::WrongSettings),
        (
            "a key twice",
            Answer::new(200, "{\"issuer\":\"a\",\"issuer\":\"b\"}"),
            Code::WrongSettings,
        ),
        (
            "no text",
            Answer::new(200, vec![0xff, 0xfe]),
            Code::WrongSettings,
        ),
        (
            "a redirect",
            Answer::new(302, "").header("location", "https://evil.example.org/"),
            Code::WrongSettings,
        ),
        (
            "trouble",
            Answer::new(503, "<html>later</html>"),
            Code::ProviderDown,
        ),
        ("no content", Answer::new(204, ""), Code::WrongSettings),
    ];
    for (what, answer, code) in table {
        let (outcome, server) = asked("", move |_| answer.clone()).await;
        assert_eq!(outcome.expect_err(what).code, code, "{what}");
        assert_eq!(
            server.paths().len(),
            2,
            "{what}: both addresses are tried, no redirect is followed"
        );
    }
}

#[tokio::test]
async fn what_cant_be_an_issuer_is_never_asked() {
    for bad in [
        "",
        "id.example.com",
        "http://id.example.com",
        "ftp://id.example.com",
        "https://id.example.com/?a=b",
        "https://id.example.com/#a",
        "https://u:p@id.example.com",
        " https://id.example.com",
        "https://id.example.com/\n",
    ] {
        let error = discover(&ReqwestHttp::new(), bad).await.expect_err(bad);
        assert_eq!(error.field.as_deref(), Some("issuer"), "{bad}");
    }
}
