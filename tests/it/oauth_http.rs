//! The bounds every exchange keeps, whatever the server does.

use std::time::Duration;

use patchbay_core::http::{Http, HttpError, Limits, Method, Request, ReqwestHttp};
use patchbay_core::oauth::FailureKind;
use patchbay_tests::evil_as::{Case, EvilAs, Reply};

fn get(server: &EvilAs, limits: Limits) -> Request {
    let mut request = Request::new(Method::Get, server.url("/x"));
    request.limits = limits;
    request
}

fn short() -> Limits {
    Limits {
        total: Duration::from_millis(600),
        first_byte: Duration::from_millis(300),
        body: 10_000,
    }
}

#[tokio::test]
async fn a_body_over_its_limit_is_not_read_to_its_end() {
    let chunk = [b"1000\r\n".as_slice(), &[b'x'; 0x1000], b"\r\n"].concat();
    let endless = Reply::Flood(
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n".to_vec(),
        chunk,
    );
    let announced = Reply::Flood(
        b"HTTP/1.1 200 OK\r\ncontent-length: 5000000000\r\n\r\n".to_vec(),
        vec![b'x'; 4096],
    );
    for reply in [endless, announced] {
        let server = EvilAs::always(reply).await;
        // Minutes to read: it is the size that ends it.
        let limits = Limits {
            body: 100_000,
            ..Limits::default()
        };
        let error = ReqwestHttp::new()
            .send(get(&server, limits))
            .await
            .expect_err("it never ends");
        assert_eq!(error, HttpError::TooLarge("127.0.0.1".to_owned(), 100_000));
    }
}

#[tokio::test]
async fn a_compressed_answer_is_never_unpacked() {
    // A gzip header is not JSON, so a bomb is just a few unreadable bytes.
    let server = EvilAs::always(
        Reply::typed(200, "application/json", b"\x1f\x8b\x08\x00bomb")
            .header("content-encoding", "gzip"),
    )
    .await;
    let failure = Case::at(&server).exchange().await.expect_err("not JSON");
    assert!(
        matches!(failure.kind, FailureKind::Malformed(_)),
        "{failure:?}"
    );
}

#[tokio::test]
async fn headers_without_end_are_cut_off() {
    let many = format!("HTTP/1.1 200 OK\r\n{}\r\n{{}}", "x: y\r\n".repeat(100_000));
    let large = format!("HTTP/1.1 200 OK\r\nx: {}\r\n\r\n{{}}", "y".repeat(70_000));
    let endless = Reply::Flood(b"HTTP/1.1 200 OK\r\n".to_vec(), b"x: y\r\n".repeat(100));
    for reply in [
        Reply::Raw(many.into_bytes()),
        Reply::Raw(large.into_bytes()),
        endless,
    ] {
        let server = EvilAs::always(reply).await;
        let outcome = ReqwestHttp::new()
            .send(get(&server, Limits::default()))
            .await;
        assert!(outcome.is_err(), "{outcome:?}");
    }
}

#[tokio::test]
async fn slow_servers_end_at_the_limits() {
    let head = b"HTTP/1.1 200 OK\r\n".to_vec();
    let body = b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n".to_vec();
    for reply in [
        Reply::Silence,
        Reply::Drip(head, b'x'),
        Reply::Drip(body, b' '),
    ] {
        let server = EvilAs::always(reply).await;
        let error = ReqwestHttp::new()
            .send(get(&server, short()))
            .await
            .expect_err("it never ends");
        assert_eq!(error, HttpError::Timeout("127.0.0.1".to_owned()));
        assert!(error.may_have_been_sent(), "the server has the request");
    }
}

#[tokio::test]
async fn a_secure_connection_that_never_comes_about_ends_at_the_limit() {
    // It speaks no TLS: it takes the greeting and is silent.
    let server = EvilAs::always(Reply::Silence).await;
    let url = server.url("/x").to_string().replace("http://", "https://");
    let mut request = Request::new(Method::Get, url.parse().unwrap());
    request.limits = short();
    assert!(ReqwestHttp::new().send(request).await.is_err());
}

#[tokio::test]
async fn broken_answers_are_clean_failures() {
    for raw in [
        &b""[..],
        b"\x15\x03\x01\x00\x02\x02\x28",
        b"HTTP/1.1 2000 OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nab",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\nab\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n{}",
    ] {
        let server = EvilAs::always(Reply::Raw(raw.to_vec())).await;
        let error = ReqwestHttp::new()
            .send(get(&server, Limits::default()))
            .await
            .expect_err("it isn't HTTP");
        assert_eq!(error, HttpError::Broken("127.0.0.1".to_owned()));
        let failure = Case::at(&server)
            .exchange()
            .await
            .expect_err("it isn't HTTP");
        assert!(
            matches!(failure.kind, FailureKind::Uncertain(_)),
            "{failure:?}"
        );
    }
}

#[tokio::test]
async fn a_code_whose_answer_was_lost_is_not_sent_again() {
    let server = EvilAs::always(Reply::Raw(Vec::new())).await;
    let failure = Case::at(&server).exchange().await.expect_err("cut off");
    assert!(matches!(failure.kind, FailureKind::Uncertain(_)));
    assert_eq!(server.received().len(), 1, "the code went out once");
}

#[tokio::test]
async fn nobody_at_the_port_is_told_apart_from_a_silent_server() {
    let server = EvilAs::canary().await;
    let mut case = Case::at(&server);
    let url = server.url("/token");
    drop(server);
    // The port is free again once the server's task has ended.
    tokio::task::yield_now().await;
    case.endpoints.token = Some(url);
    let failure = case.exchange().await.expect_err("nobody is there");
    assert!(
        matches!(failure.kind, FailureKind::Network(HttpError::Refused(_))),
        "{failure:?}"
    );
    assert!(failure.is_temporary());
}

#[tokio::test]
async fn a_name_that_does_not_exist_is_told() {
    let request = Request::new(
        Method::Get,
        "https://nowhere.invalid/token".parse().unwrap(),
    );
    let error = ReqwestHttp::new()
        .send(request)
        .await
        .expect_err("RFC 6761 6.4");
    assert_eq!(error, HttpError::Dns("nowhere.invalid".to_owned()));
    assert!(!error.may_have_been_sent());
}

#[tokio::test]
async fn a_header_with_a_line_break_is_never_sent() {
    let server = EvilAs::canary().await;
    let request = get(&server, Limits::default()).header("authorization", "Bearer a\r\nx: y");
    let error = ReqwestHttp::new()
        .send(request)
        .await
        .expect_err("two headers in one");
    assert_eq!(error, HttpError::Unwritable("127.0.0.1".to_owned()));
    assert_eq!(server.connections(), 0);
}

#[tokio::test]
async fn cookies_are_not_kept() {
    let server = EvilAs::always(Reply::json(200, "{}").header("set-cookie", "sid=1")).await;
    let http = ReqwestHttp::new();
    for _ in 0..2 {
        http.send(get(&server, Limits::default())).await.unwrap();
    }
    assert!(
        server
            .received()
            .iter()
            .all(|request| request.header("cookie").is_none())
    );
}

/// A server certificate for 127.0.0.1 and the root that signed it.
fn certificate() -> (String, std::sync::Arc<rustls::ServerConfig>) {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let root_key = rcgen::KeyPair::generate().unwrap();
    let mut root = rcgen::CertificateParams::new(Vec::new()).unwrap();
    root.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    let root_pem = root.self_signed(&root_key).unwrap().pem();
    let issuer = rcgen::Issuer::new(root, root_key);
    let key = rcgen::KeyPair::generate().unwrap();
    let leaf = rcgen::CertificateParams::new(vec!["127.0.0.1".to_owned()])
        .unwrap()
        .signed_by(&key, &issuer)
        .unwrap();
    let key = rustls::pki_types::PrivateKeyDer::try_from(key.serialize_der()).unwrap();
    let config = rustls::ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(vec![leaf.der().clone()], key)
        .unwrap();
    (root_pem, std::sync::Arc::new(config))
}

#[tokio::test]
async fn a_certificate_of_an_unknown_authority_is_refused_before_anything_is_sent() {
    let (root, config) = certificate();
    let server = EvilAs::start_tls(config, |_| Reply::token("at")).await;
    let mut case = Case::at(&server);
    let failure = case.exchange().await.expect_err("nobody vouches for it");
    assert!(
        matches!(failure.kind, FailureKind::Network(HttpError::Tls(..))),
        "{failure:?}"
    );
    assert!(server.received().is_empty(), "nothing was sent");

    case.http = ReqwestHttp::new().with_root_pem(&root).unwrap();
    let answer = case.exchange().await.unwrap();
    assert_eq!(answer.access_token.expose(), "at");
}
