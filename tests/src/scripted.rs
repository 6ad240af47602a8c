//! A server on this machine that answers as a test says and keeps what it was asked.

use std::sync::{Arc, Mutex, PoisonError};

use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::response::Response;
use url::Url;

/// One request as it arrived.
#[derive(Debug, Clone)]
pub struct Seen {
    pub method: String,
    /// With the query.
    pub path: String,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
    /// The server's own origin, without a slash at the end.
    pub base: String,
}

impl Seen {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }
}

/// What to answer.
#[derive(Debug, Clone)]
pub struct Answer {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn new(status: u16, body: impl Into<Vec<u8>>) -> Self {
        Self {
            status,
            headers: Vec::new(),
            body: body.into(),
        }
    }

    pub fn json(status: u16, body: &serde_json::Value) -> Self {
        Self::new(status, body.to_string()).header("content-type", "application/json")
    }

    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }
}

type Script = dyn Fn(&Seen) -> Answer + Send + Sync;

struct Stage {
    base: String,
    script: Box<Script>,
    seen: Mutex<Vec<Seen>>,
}

/// See the module. Ends when dropped.
pub struct Scripted {
    stage: Arc<Stage>,
    task: tokio::task::JoinHandle<()>,
}

impl Scripted {
    pub async fn start(script: impl Fn(&Seen) -> Answer + Send + Sync + 'static) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
            .await
            .expect("this machine has a free port");
        let port = listener.local_addr().expect("it is bound").port();
        let stage = Arc::new(Stage {
            base: format!("http://127.0.0.1:{port}"),
            script: Box::new(script),
            seen: Mutex::default(),
        });
        let router = axum::Router::new()
            .fallback(answer)
            .with_state(Arc::clone(&stage));
        let task = tokio::spawn(async move {
            axum::serve(listener, router)
                .await
                .expect("a bound listener serves");
        });
        Self { stage, task }
    }

    /// The server's origin, without a slash at the end.
    pub fn base(&self) -> &str {
        &self.stage.base
    }

    pub fn url(&self, path: &str) -> Url {
        Url::parse(&format!("{}{path}", self.stage.base)).expect("a path of a test")
    }

    /// Everything asked so far.
    pub fn seen(&self) -> Vec<Seen> {
        self.stage
            .seen
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Method and path of everything asked so far.
    pub fn paths(&self) -> Vec<String> {
        self.seen()
            .iter()
            .map(|seen| format!("{} {}", seen.method, seen.path))
            .collect()
    }
}

impl Drop for Scripted {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn answer(State(stage): State<Arc<Stage>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let headers = parts.headers.iter().map(|(name, value)| {
        let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
        (name.as_str().to_owned(), value)
    });
    let seen = Seen {
        method: parts.method.to_string(),
        path: parts.uri.to_string(),
        headers: headers.collect(),
        body: to_bytes(body, 4 * 1024 * 1024)
            .await
            .unwrap_or_default()
            .to_vec(),
        base: stage.base.clone(),
    };
    let answer = (stage.script)(&seen);
    stage
        .seen
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .push(seen);
    let mut response = Response::builder().status(answer.status);
    for (name, value) in answer.headers {
        response = response.header(name, value);
    }
    response
        .body(Body::from(answer.body))
        .expect("a test's answer is well formed")
}
