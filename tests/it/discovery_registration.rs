//! Dynamic registration: what comes back is compared with what was asked.

use patchbay_core::connector::ClientAuth;
use patchbay_core::error::Result;
use patchbay_core::http::ReqwestHttp;
use patchbay_core::oauth::registration::{Application, Registered, delete, register};
use patchbay_core::vault::Secret;
use patchbay_core::{Code, Timestamp};
use patchbay_tests::scripted::{Answer, Scripted, Seen};
use serde_json::{Value, json};

const URI: &str = "dev.patchbay.desktop:/callback/acme";

fn application(auth: ClientAuth) -> Application {
    Application {
        name: "Patchbay".into(),
        redirect_uris: vec![URI.into()],
        grant_types: vec!["authorization_code".into(), "refresh_token".into()],
        scopes: vec!["mail.read".into()],
        auth,
    }
}

async fn registered(
    auth: ClientAuth,
    script: impl Fn(&Seen) -> Answer + Send + Sync + 'static,
) -> (Result<Registered>, Scripted) {
    let server = Scripted::start(script).await;
    let outcome = register(
        &ReqwestHttp::new(),
        &server.url("/register"),
        &application(auth),
        None,
    )
    .await;
    (outcome, server)
}

/// The server repeats what was asked, with one change.
async fn echoed(
    auth: ClientAuth,
    status: u16,
    change: impl Fn(&mut Value, &str) + Send + Sync + 'static,
) -> Result<Registered> {
    let script = move |seen: &Seen| {
        let mut document: Value = serde_json::from_slice(&seen.body).expect("JSON was sent");
        document["client_id"] = "c-1".into();
        change(&mut document, &seen.base);
        Answer::json(status, &document)
    };
    registered(auth, script).await.0
}

#[tokio::test]
async fn a_native_application_is_registered_without_a_secret() {
    let (outcome, server) = registered(ClientAuth::None, |seen| {
        let mut document: Value = serde_json::from_slice(&seen.body).expect("JSON was sent");
        document["client_id"] = "c-1".into();
        document["registration_client_uri"] = format!("{}/register/c-1", seen.base).into();
        document["registration_access_token"] = "canary-rat".into();
        match seen.method.as_str() {
            "POST" => Answer::json(201, &document),
            _ => Answer::new(204, ""),
        }
    })
    .await;
    let made = outcome.expect("it is as asked");
    assert_eq!(
        (made.client_id.as_str(), made.auth),
        ("c-1", ClientAuth::None)
    );
    assert!(made.client_secret.is_none());
    assert!(
        !format!("{made:?}").contains("canary"),
        "the registration token isn't printed"
    );
    let asked: Value = serde_json::from_slice(&server.seen()[0].body).expect("JSON was sent");
    assert_eq!(asked["application_type"], "native");
    assert_eq!(asked["token_endpoint_auth_method"], "none");
    assert_eq!(asked["redirect_uris"], json!([URI]));
    assert_eq!(asked["scope"], "mail.read");
}

#[tokio::test]
async fn a_registration_is_deleted_where_it_was_made() {
    let (outcome, server) = registered(ClientAuth::None, |seen| match seen.method.as_str() {
        "POST" => Answer::json(201, &json!({"client_id": "c", "registration_client_uri": format!("{}/r/c", seen.base), "registration_access_token": "t-1"})),
        _ if seen.header("authorization") == Some("Bearer t-1") => Answer::new(204, ""),
        _ => Answer::new(500, ""),
    })
    .await;
    let management = outcome
        .expect("sound")
        .management
        .expect("it can be managed");
    assert!(
        delete(&ReqwestHttp::new(), &management)
            .await
            .expect("it answers")
    );
    assert_eq!(
        server.paths().last().map(String::as_str),
        Some("DELETE /r/c")
    );
    let elsewhere = echoed(ClientAuth::None, 201, |document, _| {
        document["registration_client_uri"] = "https://evil.example.org/r".into();
        document["registration_access_token"] = "t".into();
    })
    .await
    .expect("the registration itself is sound");
    assert!(
        elsewhere.management.is_none(),
        "the token would go to another host"
    );
}

#[tokio::test]
async fn a_registration_other_than_asked_isnt_used() {
    type Change = fn(&mut Value, &str);
    let changes: [(&str, Change); 8] = [
        ("other redirect", |d, _| {
            d["redirect_uris"] = json!(["https://evil.example.org/cb"])
        }),
        ("one more redirect", |d, _| {
            d["redirect_uris"] = json!([URI, "https://evil.example.org/cb"])
        }),
        ("no redirect", |d, _| d["redirect_uris"] = json!([])),
        ("a redirect that is no list", |d, _| {
            d["redirect_uris"] = json!("x")
        }),
        ("another authentication", |d, _| {
            d["token_endpoint_auth_method"] = "client_secret_post".into()
        }),
        ("no id", |d, _| d["client_id"] = Value::Null),
        ("an id that breaks headers", |d, _| {
            d["client_id"] = "a\r\nb".into()
        }),
        ("an error", |d, _| {
            d["error"] = "invalid_client_metadata".into()
        }),
    ];
    for (what, change) in changes {
        for status in [200, 201] {
            let error = echoed(ClientAuth::None, status, change)
                .await
                .expect_err(what);
            assert_eq!(error.code, Code::BadRegistration, "{what}");
        }
    }
    echoed(ClientAuth::None, 200, |_, _| ())
        .await
        .expect("200 instead of 201 is tolerated");
}

#[tokio::test]
async fn a_secret_is_kept_with_its_end() {
    let made = echoed(ClientAuth::Basic, 201, |d, _| {
        d["client_secret"] = "canary-secret".into();
        d["client_secret_expires_at"] = 1_900_000_000.into();
    })
    .await
    .expect("it is as asked");
    assert_eq!(
        made.client_secret.as_ref().map(Secret::expose),
        Some("canary-secret")
    );
    assert_eq!(made.secret_expires_at, Some(Timestamp(1_900_000_000_000)));
    assert!(!format!("{made:?}").contains("canary"));
    let endless = echoed(ClientAuth::Post, 201, |d, _| {
        d["client_secret"] = "s".into();
        d["client_secret_expires_at"] = 0.into();
    })
    .await
    .expect("it is as asked");
    assert_eq!(endless.secret_expires_at, None, "zero means never");
    let error = echoed(ClientAuth::Basic, 201, |_, _| ())
        .await
        .expect_err("a secret was needed");
    assert_eq!(error.code, Code::BadRegistration);
    let silent = echoed(ClientAuth::None, 201, |d, _| {
        d["client_secret"] = "s".into();
        d.as_object_mut()
            .expect("an object")
            .remove("token_endpoint_auth_method");
    })
    .await
    .expect("without a word, the default of RFC 7591 holds");
    assert_eq!(silent.auth, ClientAuth::Basic);
}

#[tokio::test]
async fn a_refusal_says_why_and_what_to_do() {
    let table: Vec<(u16, &str, Code)> = vec![
        (
            400,
            r#"{"error":"invalid_redirect_uri","error_description":"no private schemes"}"#,
            Code::BadRegistration,
        ),
        (401, r#"{"error":"invalid_token"}"#, Code::Denied),
        (403, "", Code::Denied),
        (404, "<html>", Code::Unsupported),
        (302, "", Code::WrongSettings),
        (500, "", Code::ProviderDown),
        (429, "", Code::ProviderDown),
        (201, "<html>", Code::BadRegistration),
        (201, "[]", Code::BadRegistration),
    ];
    for (status, body, code) in table {
        let (outcome, _server) =
            registered(ClientAuth::None, move |_| Answer::new(status, body)).await;
        let error = outcome.expect_err(body);
        assert_eq!(error.code, code, "{status} {body}");
    }
    let (outcome, _server) = registered(ClientAuth::None, |_| {
        Answer::new(
            400,
            r#"{"error":"invalid_redirect_uri","error_description":"no private schemes"}"#,
        )
    })
    .await;
    assert_eq!(
        outcome.expect_err("refused").provider_error.as_deref(),
        Some("invalid_redirect_uri: no private schemes")
    );
}

#[tokio::test]
async fn an_initial_access_token_goes_along_and_nowhere_else() {
    let server = Scripted::start(|seen| match seen.header("authorization") {
        Some("Bearer canary-iat") => Answer::new(307, "").header("location", "http://127.0.0.1:1/"),
        _ => Answer::new(401, ""),
    })
    .await;
    let token = Secret::new("canary-iat");
    let error = register(
        &ReqwestHttp::new(),
        &server.url("/register"),
        &application(ClientAuth::None),
        Some(&token),
    )
    .await
    .expect_err("a redirect isn't followed");
    assert_eq!(error.code, Code::WrongSettings);
    assert!(!format!("{error:?}").contains("canary"));
    assert_eq!(server.paths().len(), 1);
}
