//! Who guards a resource (RFC 9728), and where a stranger may not send us.

use std::net::IpAddr;

use patchbay_core::Code;
use patchbay_core::error::Result;
use patchbay_core::http::{BoxFuture, ReqwestHttp};
use patchbay_core::oauth::protected_resource::{Resource, discover};
use patchbay_core::oauth::reach::{self, Resolver};
use patchbay_tests::scripted::{Answer, Scripted, Seen};
use serde_json::json;
use url::Url;

/// A name service of two names.
struct Names;

impl Resolver for Names {
    fn addresses<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Vec<IpAddr>> {
        Box::pin(async move {
            match name {
                "rebound.example.org" => vec![
                    IpAddr::from([93, 184, 216, 34]),
                    IpAddr::from([127, 0, 0, 1]),
                ],
                "intranet.example.org" => vec![IpAddr::from([10, 0, 0, 7])],
                _ => vec![IpAddr::from([93, 184, 216, 34])],
            }
        })
    }
}

fn url(text: &str) -> Url {
    Url::parse(text).expect("an address of a test")
}

async fn asked(
    path: &str,
    script: impl Fn(&Seen) -> Answer + Send + Sync + 'static,
) -> (Result<Resource>, Scripted) {
    let server = Scripted::start(script).await;
    let found = discover(&ReqwestHttp::new(), &Names, &server.url(path)).await;
    (found, server)
}

fn document(resource: &str, base: &str) -> Answer {
    Answer::json(
        200,
        &json!({"resource": resource, "authorization_servers": [base], "scopes_supported": ["a", "b"], "resource_name": "Notes"}),
    )
}

#[tokio::test]
async fn the_challenge_comes_first_and_its_scope_counts() {
    let (found, server) = asked("/mcp", |seen| match seen.path.as_str() {
        "/mcp" => Answer::new(401, "").header(
            "www-authenticate",
            &format!(
                r#"Bearer resource_metadata="{}/meta", scope="notes.read""#,
                seen.base
            ),
        ),
        "/meta" => document(&format!("{}/mcp", seen.base), &seen.base),
        _ => Answer::new(404, ""),
    })
    .await;
    let found = found.expect("it is sound");
    assert_eq!(
        (found.scopes, found.name.as_deref(), found.assumed),
        (vec!["notes.read".to_owned()], Some("Notes"), false)
    );
    assert_eq!(found.authorization_servers, [server.base()]);
    assert_eq!(server.paths(), ["POST /mcp", "GET /meta"]);
}

#[tokio::test]
async fn without_a_challenge_the_well_known_addresses_are_tried() {
    let at = |place: &'static str| {
        asked("/mcp", move |seen| match seen.path.as_str() {
            path if path == place && path.ends_with("/mcp") => {
                document(&format!("{}/mcp", seen.base), &seen.base)
            }
            path if path == place => document(&seen.base, &seen.base),
            "/mcp" => Answer::new(401, ""),
            _ => Answer::new(404, ""),
        })
    };
    for place in [
        "/.well-known/oauth-protected-resource/mcp",
        "/.well-known/oauth-protected-resource",
    ] {
        let found = at(place).await.0.expect(place);
        assert_eq!(
            found.scopes,
            ["a", "b"],
            "{place}: the listed scopes, as no challenge named one"
        );
    }
    let found = at("/nowhere").await;
    let assumed = found
        .0
        .expect("a guarded server without metadata is its own issuer");
    assert!(assumed.assumed);
    assert_eq!(assumed.authorization_servers, [found.1.base()]);
}

#[tokio::test]
async fn metadata_of_another_resource_is_refused() {
    for other in [
        "https://api.example.com/mcp",
        "",
        "/mcp",
        "http://127.0.0.1:1/mcp",
    ] {
        let (found, _server) = asked("/mcp", move |seen| match seen.path.as_str() {
            "/mcp" => Answer::new(401, ""),
            _ => document(other, &seen.base),
        })
        .await;
        assert_eq!(found.expect_err(other).code, Code::WrongSettings, "{other}");
    }
    let (found, _server) = asked("/mcp", |seen| match seen.path.as_str() {
        "/mcp" => Answer::new(401, ""),
        _ => document(&format!("{}/other", seen.base), &seen.base),
    })
    .await;
    assert_eq!(found.expect_err("another path").code, Code::WrongSettings);
}

#[tokio::test]
async fn an_open_or_broken_server_is_told_so() {
    let outcome = async |answer: Answer| {
        asked("/mcp", move |seen| match seen.path.as_str() {
            "/mcp" => Answer::new(401, ""),
            _ => answer.clone(),
        })
        .await
        .0
        .expect_err("it can't be used")
        .code
    };
    assert_eq!(
        outcome(Answer::new(200, "<html>")).await,
        Code::WrongSettings
    );
    assert_eq!(
        outcome(Answer::new(200, "x".repeat(70_000))).await,
        Code::WrongSettings
    );
    assert_eq!(
        outcome(Answer::new(302, "").header("location", "/x")).await,
        Code::WrongSettings
    );
    assert_eq!(outcome(Answer::new(500, "")).await, Code::ProviderDown);
    assert_eq!(
        outcome(Answer::json(
            200,
            &json!({"resource": "x", "authorization_servers": []})
        ))
        .await,
        Code::WrongSettings
    );
    let (open, _server) = asked("/mcp", |seen| match seen.path.as_str() {
        "/mcp" => Answer::json(200, &json!({"result": {}})),
        _ => Answer::new(404, ""),
    })
    .await;
    assert_eq!(open.expect_err("nobody guards it").code, Code::Unsupported);
}

#[tokio::test]
async fn a_stranger_cant_send_us_inside() {
    let public = url("https://mcp.example.com/");
    for inside in [
        "https://169.254.169.254/latest/meta-data",
        "https://[::1]/",
        "https://0.0.0.0/",
        "https://2130706433/",
        "https://0x7f.1/",
        "https://10.1.2.3/",
        "https://[::ffff:127.0.0.1]/",
        "https://localhost/",
        "https://printer.local/",
        "https://rebound.example.org/",
        "https://intranet.example.org/",
        "http://mcp.example.com/",
        "https://user@id.example.com/",
        "file:///etc/passwd",
        "http://127.0.0.1:9/",
    ] {
        let error = reach::check(&Names, &public, &url(inside))
            .await
            .expect_err(inside);
        assert_eq!(error.code, Code::WrongSettings, "{inside}");
    }
    reach::check(&Names, &public, &url("https://id.example.com/meta"))
        .await
        .expect("a public name is fine");
    let here = url("http://127.0.0.1:4010/mcp");
    reach::check(&Names, &here, &url("http://127.0.0.1:4011/meta"))
        .await
        .expect("this machine may name itself");
    let intranet = url("https://intranet.example.org/mcp");
    reach::check(&Names, &intranet, &url("https://10.0.0.8/"))
        .await
        .expect("an intranet may name its own");
}

/// A public server whose challenge points into this machine; counts what it is asked.
#[derive(Default)]
struct Pointing(std::sync::atomic::AtomicUsize);

impl patchbay_core::http::Http for Pointing {
    fn send(
        &self,
        _: patchbay_core::http::Request,
    ) -> BoxFuture<
        '_,
        std::result::Result<patchbay_core::http::Response, patchbay_core::http::HttpError>,
    > {
        self.0.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        let challenge = r#"Bearer resource_metadata="https://169.254.169.254/meta""#;
        Box::pin(async move {
            Ok(patchbay_core::http::Response {
                status: 401,
                headers: vec![("www-authenticate".into(), challenge.into())],
                body: Vec::new().into(),
            })
        })
    }
}

#[tokio::test]
async fn a_challenge_that_points_inside_is_not_followed() {
    let server = Pointing::default();
    let error = discover(&server, &Names, &url("https://mcp.example.com/mcp"))
        .await
        .expect_err("it points inside");
    assert_eq!(error.code, Code::WrongSettings);
    let asked = server.0.load(std::sync::atomic::Ordering::SeqCst);
    assert_eq!(asked, 1, "nothing was sent but the first question");
}
