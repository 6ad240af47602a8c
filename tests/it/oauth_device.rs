//! Signing in with a code typed in another browser.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use patchbay_core::Code;
use patchbay_core::http::BoxFuture;
use patchbay_core::oauth::device_code::{Poll, begin, poll, wait};
use patchbay_core::oauth::{FailureKind, Outside, TokenAnswer, TokenFailure};
use patchbay_core::random::SystemRandom;
use patchbay_tests::evil_as::{Case, EvilAs, FixedClock, Reply};

const PENDING: &str = r#"{"error":"authorization_pending"}"#;
const SLOW_DOWN: &str = r#"{"error":"slow_down"}"#;

fn device(members: &str) -> Reply {
    Reply::json(
        200,
        &format!(
            r#"{{"device_code":"canary-device-code","user_code":"WDJB-MJHT","verification_uri":"https://id.example.com/device"{members}}}"#
        ),
    )
}

/// A server that gives a code and then answers the polls one after the other; the last for ever.
async fn server(members: &'static str, polls: Vec<Reply>) -> EvilAs {
    let asked = AtomicUsize::new(0);
    EvilAs::start(move |request| match request.target.as_str() {
        "/device" => device(members),
        _ => {
            let at = asked.fetch_add(1, Ordering::SeqCst).min(polls.len() - 1);
            polls[at].clone()
        }
    })
    .await
}

/// Runs the whole grant; gives the waits it made, in seconds, and how it ended.
async fn run(server: &EvilAs) -> (Vec<u64>, Result<TokenAnswer, TokenFailure>) {
    let mut case = Case::at(server);
    case.limits.total = Duration::from_millis(600);
    let clock = Arc::new(FixedClock::at(1_700_000_000));
    let waits = Arc::new(Mutex::new(Vec::new()));
    let outside = Outside {
        limits: case.limits,
        ..Outside::new(&case.http, &*clock, &SystemRandom)
    };
    let device = begin(&outside, &case.provider(), &["a".to_owned()])
        .await
        .unwrap();
    let (kept, moved) = (Arc::clone(&waits), Arc::clone(&clock));
    let sleep = move |time: Duration| -> BoxFuture<'static, ()> {
        kept.lock().unwrap().push(time.as_secs());
        moved.advance(i64::try_from(time.as_secs()).unwrap());
        Box::pin(std::future::ready(()))
    };
    let outcome = wait(&outside, &case.provider(), &device, &sleep).await;
    let waits = waits.lock().unwrap().clone();
    (waits, outcome)
}

#[tokio::test]
async fn it_asks_at_the_interval_until_the_person_has_agreed() {
    let pending = || Reply::json(400, PENDING);
    let server = server(
        r#","interval":7,"expires_in":900"#,
        vec![pending(), pending(), Reply::token("at")],
    )
    .await;
    let (waits, outcome) = run(&server).await;
    assert_eq!(outcome.unwrap().access_token.expose(), "at");
    assert_eq!(waits, [7, 7, 7]);
    let received = server.received();
    assert_eq!(received[0].parameter("scope").as_deref(), Some("a"));
    assert_eq!(
        received[1].parameter("grant_type").as_deref(),
        Some("urn:ietf:params:oauth:grant-type:device_code")
    );
    assert_eq!(
        received[1].parameter("device_code").as_deref(),
        Some("canary-device-code")
    );
}

#[tokio::test]
async fn slow_down_adds_five_seconds_for_good() {
    let slow = || Reply::json(400, SLOW_DOWN);
    let server = server(
        r#","expires_in":900"#,
        vec![
            slow(),
            Reply::json(200, SLOW_DOWN),
            Reply::json(400, PENDING),
            slow(),
            Reply::token("at"),
        ],
    )
    .await;
    let (waits, outcome) = run(&server).await;
    assert!(outcome.is_ok());
    assert_eq!(waits, [5, 10, 15, 15, 20], "five is the default");
}

#[tokio::test]
async fn a_server_in_trouble_is_asked_less_often_not_given_up() {
    let server = server(
        r#","interval":1,"expires_in":900"#,
        vec![
            Reply::status(503),
            Reply::Raw(Vec::new()),
            Reply::token("at"),
        ],
    )
    .await;
    let (waits, outcome) = run(&server).await;
    assert!(outcome.is_ok());
    assert_eq!(waits, [1, 2, 4]);
}

#[tokio::test]
async fn asking_ends_when_the_code_has_expired() {
    let server = server(
        r#","interval":5,"expires_in":22"#,
        vec![Reply::json(400, PENDING)],
    )
    .await;
    let (waits, outcome) = run(&server).await;
    assert_eq!(waits.len(), 4, "never after the end");
    let error = outcome
        .expect_err("nobody typed it")
        .into_error("ci", "Evil");
    assert_eq!(error.code, Code::AuthorizationExpired);
}

#[tokio::test]
async fn a_refusal_ends_it_at_once() {
    for (word, code) in [
        ("access_denied", Code::Denied),
        ("expired_token", Code::AuthorizationExpired),
        ("invalid_client", Code::BadRegistration),
    ] {
        let refusal = Reply::json(400, &format!(r#"{{"error":"{word}"}}"#));
        let server = server(r#","expires_in":900"#, vec![refusal]).await;
        let (waits, outcome) = run(&server).await;
        assert_eq!(waits.len(), 1, "{word}");
        let error = outcome.expect_err(word).into_error("ci", "Evil");
        assert_eq!(error.code, code, "{word}");
    }
}

#[tokio::test]
async fn odd_intervals_become_sensible_ones() {
    for (members, interval) in [
        ("", 5),
        (r#","interval":0"#, 5),
        (r#","interval":-1"#, 5),
        (r#","interval":null"#, 5),
        (r#","interval":"8""#, 8),
        (r#","interval":30"#, 30),
    ] {
        let server = server(members, vec![Reply::token("at")]).await;
        let case = Case::at(&server);
        let device = begin(&case.outside(), &case.provider(), &[]).await.unwrap();
        assert_eq!(device.interval, interval, "{members}");
        assert_eq!(device.user_code, "WDJB-MJHT");
    }
    // Longer than the code lives: it ends without a question, and without a sleep of thirty years.
    let server = server(
        r#","interval":1000000000,"expires_in":900"#,
        vec![Reply::token("at")],
    )
    .await;
    let (waits, outcome) = run(&server).await;
    assert!(outcome.is_err() && waits.is_empty());
}

#[tokio::test]
async fn an_address_that_may_not_be_opened_ends_it_before_it_begins() {
    for uri in [
        "file:///etc/passwd",
        "javascript:alert(1)",
        "http://id.example.com/device",
        "https://u@id.example.com/",
        "https://h/$(calc)",
        "not an address",
    ] {
        for member in ["verification_uri", "verification_uri_complete"] {
            let mut answer = serde_json::json!({
                "device_code": "d",
                "user_code": "AB",
                "verification_uri": "https://id.example.com/device",
            });
            answer[member] = uri.into();
            let server = EvilAs::always(Reply::json(200, &answer.to_string())).await;
            let case = Case::at(&server);
            let failure = begin(&case.outside(), &case.provider(), &[])
                .await
                .expect_err(uri);
            assert!(
                matches!(failure.kind, FailureKind::Malformed(_)),
                "{member} {uri}"
            );
        }
    }
}

#[tokio::test]
async fn the_device_code_is_a_secret() {
    let server = server("", vec![Reply::json(400, PENDING)]).await;
    let case = Case::at(&server);
    let device = begin(&case.outside(), &case.provider(), &[]).await.unwrap();
    assert!(!format!("{device:?}").contains("canary-device-code"));
    let asked = poll(&case.outside(), &case.provider(), &device)
        .await
        .unwrap();
    assert!(matches!(asked, Poll::Pending));
}
