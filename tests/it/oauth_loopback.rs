//! The listener for the way back over loopback: it hears one address and nothing else.

use std::time::Duration;

use patchbay_core::Code;
use patchbay_core::connector::LoopbackHost;
use patchbay_core::oauth::callback;
use patchbay_core::oauth::loopback::{Listener, Patience};
use patchbay_core::vault::Secret;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use url::Url;

const STATE: &str = "the-state-of-this-attempt";

struct Waiting {
    redirect_uri: Url,
    task: JoinHandle<patchbay_core::Result<Secret>>,
}

impl Waiting {
    async fn start(host: LoopbackHost) -> Self {
        Self::patiently(host, Patience::default()).await
    }

    async fn patiently(host: LoopbackHost, patience: Patience) -> Self {
        let listener = Listener::bind("github", host, &[]).await.unwrap();
        Self {
            redirect_uri: listener.redirect_uri().clone(),
            task: tokio::spawn(
                async move { listener.receive(&Secret::new(STATE), patience).await },
            ),
        }
    }

    fn port(&self) -> u16 {
        self.redirect_uri.port().unwrap()
    }

    fn host(&self) -> String {
        format!("{}:{}", self.redirect_uri.host_str().unwrap(), self.port())
    }

    fn target(&self) -> String {
        format!("/callback/github?code=c&state={STATE}")
    }

    /// Sends bytes and reads all that comes back.
    async fn say(&self, bytes: &[u8]) -> String {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port()))
            .await
            .unwrap();
        let _ = stream.write_all(bytes).await;
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer).await;
        String::from_utf8(answer).unwrap()
    }

    async fn get(&self, target: &str, host: &str) -> String {
        self.say(format!("GET {target} HTTP/1.1\r\nHost: {host}\r\n\r\n").as_bytes())
            .await
    }

    /// The true answer still arrives: nothing said before had an effect.
    async fn still_hears(self) {
        assert!(
            !self.task.is_finished(),
            "it took something else for the answer"
        );
        let answer = self.get(&self.target(), &self.host()).await;
        assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
        let address = self.task.await.unwrap().unwrap();
        let expected = format!(
            "http://{}",
            self.redirect_uri.as_str().trim_start_matches("http://")
        );
        assert_eq!(address.expose(), format!("{expected}?code=c&state={STATE}"));
        assert!(
            callback::parse(address.expose())
                .unwrap()
                .arrived_at(&self.redirect_uri)
        );
    }
}

#[tokio::test]
async fn it_hears_the_answer_once_and_closes() {
    let waiting = Waiting::start(LoopbackHost::Ip).await;
    let port = waiting.port();
    assert_eq!(
        waiting.redirect_uri.as_str(),
        format!("http://127.0.0.1:{port}/callback/github")
    );
    waiting.still_hears().await;
    let again = TcpStream::connect(("127.0.0.1", port)).await;
    assert!(again.is_err(), "the port is closed");
}

#[tokio::test]
async fn localhost_is_heard_on_both_loopback_addresses() {
    let waiting = Waiting::start(LoopbackHost::Localhost).await;
    assert_eq!(waiting.redirect_uri.host_str(), Some("localhost"));
    let Ok(mut stream) = TcpStream::connect(("::1", waiting.port())).await else {
        // A machine without IPv6: the other address is enough there.
        return waiting.still_hears().await;
    };
    let request = format!(
        "GET {} HTTP/1.1\r\nHost: {}\r\n\r\n",
        waiting.target(),
        waiting.host()
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    assert!(waiting.task.await.unwrap().is_ok());
}

#[tokio::test]
async fn nothing_is_bound_beyond_loopback() {
    let waiting = Waiting::start(LoopbackHost::Ip).await;
    // 127.0.0.2 is this machine too; a listener on all addresses would answer there.
    let other = TcpStream::connect(("127.0.0.2", waiting.port())).await;
    assert!(other.is_err(), "it listens on 127.0.0.1 alone");
}

#[tokio::test]
async fn anything_but_the_one_request_is_refused_without_effect() {
    let waiting = Waiting::start(LoopbackHost::Ip).await;
    let (host, target) = (waiting.host(), waiting.target());
    let port = waiting.port();
    let cases: Vec<(&str, String, &str)> = vec![
        (
            "another method",
            format!("POST {target} HTTP/1.1\r\nHost: {host}\r\n\r\n"),
            "405",
        ),
        (
            "another method",
            format!(
                "OPTIONS {target} HTTP/1.1\r\nHost: {host}\r\nOrigin: https://evil.example\r\n\r\n"
            ),
            "405",
        ),
        (
            "another path",
            format!("GET /favicon.ico HTTP/1.1\r\nHost: {host}\r\n\r\n"),
            "404",
        ),
        (
            "another connector",
            format!("GET /callback/gitlab?code=c&state={STATE} HTTP/1.1\r\nHost: {host}\r\n\r\n"),
            "404",
        ),
        (
            "a path around it",
            format!(
                "GET /callback/x/../github?code=c&state={STATE} HTTP/1.1\r\nHost: {host}\r\n\r\n"
            ),
            "404",
        ),
        (
            "a whole address",
            format!("GET http://{host}{target} HTTP/1.1\r\nHost: {host}\r\n\r\n"),
            "404",
        ),
        (
            "a rebound name",
            format!("GET {target} HTTP/1.1\r\nHost: evil.example:{port}\r\n\r\n"),
            "421",
        ),
        (
            "localhost instead",
            format!("GET {target} HTTP/1.1\r\nHost: localhost:{port}\r\n\r\n"),
            "421",
        ),
        (
            "no port in the host",
            format!("GET {target} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"),
            "421",
        ),
        (
            "two hosts",
            format!("GET {target} HTTP/1.1\r\nHost: {host}\r\nHost: {host}\r\n\r\n"),
            "421",
        ),
        ("no host", format!("GET {target} HTTP/1.1\r\n\r\n"), "421"),
        (
            "an old version",
            format!("GET {target} HTTP/1.0\r\nHost: {host}\r\n\r\n"),
            "505",
        ),
        (
            "a body",
            format!("GET {target} HTTP/1.1\r\nHost: {host}\r\nContent-Length: 3\r\n\r\nabc"),
            "400",
        ),
        (
            "a broken header",
            format!("GET {target} HTTP/1.1\r\nHost: {host}\r\nnonsense\r\n\r\n"),
            "400",
        ),
        (
            "a wrong state",
            format!("GET /callback/github?code=c&state=forged HTTP/1.1\r\nHost: {host}\r\n\r\n"),
            "400",
        ),
        (
            "no state",
            format!("GET /callback/github?code=c HTTP/1.1\r\nHost: {host}\r\n\r\n"),
            "400",
        ),
        (
            "two codes",
            format!(
                "GET /callback/github?code=c&code=d&state={STATE} HTTP/1.1\r\nHost: {host}\r\n\r\n"
            ),
            "400",
        ),
        ("no request", "nonsense\r\n\r\n".to_owned(), "400"),
    ];
    for (what, bytes, status) in cases {
        let answer = waiting.say(bytes.as_bytes()).await;
        assert!(
            answer.starts_with(&format!("HTTP/1.1 {status} ")),
            "{what}: {answer}"
        );
        assert!(
            !answer.contains("access-control"),
            "{what}: no page may read it"
        );
    }
    waiting.still_hears().await;
}

#[tokio::test]
async fn requests_over_the_limit_are_cut_off_without_an_answer() {
    let waiting = Waiting::start(LoopbackHost::Ip).await;
    let long = format!("GET /callback/github?{} HTTP/1.1\r\n", "x".repeat(65_536));
    assert_eq!(waiting.say(long.as_bytes()).await, "");
    let headers = format!("GET / HTTP/1.1\r\n{}", "x: y\r\n".repeat(20_000));
    assert_eq!(waiting.say(headers.as_bytes()).await, "");
    assert_eq!(
        waiting
            .say(b"GET /\xff\xfe HTTP/1.1\r\nHost: x\r\n\r\n")
            .await,
        ""
    );
    waiting.still_hears().await;
}

#[tokio::test]
async fn half_open_connections_do_not_keep_the_answer_out() {
    // Longer than any test: none of them gives up by itself.
    let patience = Patience {
        visitor: Duration::from_secs(3600),
        ..Patience::default()
    };
    let waiting = Waiting::patiently(LoopbackHost::Ip, patience).await;
    let mut half_open = Vec::new();
    for _ in 0..200 {
        let mut stream = TcpStream::connect(("127.0.0.1", waiting.port()))
            .await
            .unwrap();
        stream.write_all(b"GET /callback").await.unwrap();
        half_open.push(stream);
    }
    waiting.still_hears().await;
    drop(half_open);
}

#[tokio::test]
async fn a_visitor_that_says_nothing_is_sent_away() {
    let patience = Patience {
        visitor: Duration::from_millis(20),
        ..Patience::default()
    };
    let waiting = Waiting::patiently(LoopbackHost::Ip, patience).await;
    let mut stream = TcpStream::connect(("127.0.0.1", waiting.port()))
        .await
        .unwrap();
    stream.write_all(b"GET /callback").await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    assert!(answer.is_empty(), "closed without a word");
    waiting.still_hears().await;
}

#[tokio::test]
async fn the_page_has_no_script_and_leaves_no_trace() {
    let waiting = Waiting::start(LoopbackHost::Ip).await;
    let answer = waiting
        .get(&waiting.target(), &waiting.host())
        .await
        .to_lowercase();
    for needed in [
        "cache-control: no-store",
        "referrer-policy: no-referrer",
        "content-security-policy: default-src 'none'",
        "frame-ancestors 'none'",
        "x-content-type-options: nosniff",
        "connection: close",
    ] {
        assert!(answer.contains(needed), "{needed} is missing in {answer}");
    }
    for forbidden in [
        "<script",
        STATE,
        "code=",
        "http://",
        "https://",
        "set-cookie",
    ] {
        assert!(!answer.contains(forbidden), "{forbidden} is in {answer}");
    }
}

#[tokio::test]
async fn a_browser_that_does_not_come_back_ends_the_attempt() {
    let patience = Patience {
        whole: Duration::from_millis(20),
        ..Patience::default()
    };
    let waiting = Waiting::patiently(LoopbackHost::Ip, patience).await;
    let port = waiting.port();
    let error = waiting.task.await.unwrap().expect_err("nobody came");
    assert_eq!(error.code, Code::AuthorizationExpired);
    assert!(TcpStream::connect(("127.0.0.1", port)).await.is_err());
}

#[tokio::test]
async fn cancelling_closes_the_port() {
    let waiting = Waiting::start(LoopbackHost::Ip).await;
    let port = waiting.port();
    waiting.task.abort();
    assert!(waiting.task.await.is_err(), "it was cancelled");
    assert!(TcpStream::connect(("127.0.0.1", port)).await.is_err());
}

#[tokio::test]
async fn the_first_free_one_of_the_registered_ports_is_taken() {
    let held = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let taken = held.local_addr().unwrap().port();
    let free = {
        let probe = TcpListener::bind("127.0.0.1:0").await.unwrap();
        probe.local_addr().unwrap().port()
    };
    let listener = Listener::bind("github", LoopbackHost::Ip, &[taken, free])
        .await
        .unwrap();
    assert_eq!(listener.redirect_uri().port(), Some(free));

    let error = Listener::bind("github", LoopbackHost::Ip, &[taken])
        .await
        .expect_err("another program holds it");
    assert_eq!(error.code, Code::Unsupported);
    assert!(error.hint.unwrap().contains(&taken.to_string()));
}

#[tokio::test]
async fn a_port_whose_other_half_is_taken_is_not_used_for_localhost() {
    let Ok(held) = TcpListener::bind("[::1]:0").await else {
        // Without IPv6 there is no other half.
        return;
    };
    let port = held.local_addr().unwrap().port();
    let outcome = Listener::bind("github", LoopbackHost::Localhost, &[port]).await;
    assert!(
        outcome.is_err(),
        "the browser might go to the other program"
    );
}
