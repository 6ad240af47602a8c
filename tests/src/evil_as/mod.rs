//! A hostile authorization server on loopback. A script sees each request and says what happens: a sloppy answer, a
//! broken one, none at all. It is written on bare sockets, because a proper HTTP server refuses to misbehave.

pub mod case;
pub mod doubles;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use url::Url;

pub use case::Case;
pub use doubles::{FixedClock, ScriptedHttp};

/// A request as it arrived.
#[derive(Debug, Clone, Default)]
pub struct Received {
    pub method: String,
    /// Path and query.
    pub target: String,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Received {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    /// The form parameters of the body, in order.
    pub fn form(&self) -> Vec<(String, String)> {
        url::form_urlencoded::parse(&self.body)
            .into_owned()
            .collect()
    }

    /// The value of one form parameter. A parameter that is there twice is a fault of ours and fails the test.
    pub fn parameter(&self, name: &str) -> Option<String> {
        let mut found = self.form().into_iter().filter(|(known, _)| known == name);
        let value = found.next().map(|(_, value)| value);
        assert!(found.next().is_none(), "{name} was sent twice");
        value
    }
}

/// What the server does with a request.
#[derive(Clone)]
pub enum Reply {
    /// A whole answer.
    Http {
        status: u16,
        headers: Vec<(String, String)>,
        body: Vec<u8>,
    },
    /// These bytes, then the end of the connection.
    Raw(Vec<u8>),
    /// Nothing, for ever.
    Silence,
    /// The first bytes, then one byte of the second part again and again, for ever.
    Drip(Vec<u8>, u8),
    /// The first bytes, then the second part again and again, as fast as it is taken.
    Flood(Vec<u8>, Vec<u8>),
}

impl Reply {
    pub fn json(status: u16, body: &str) -> Self {
        Self::typed(status, "application/json", body.as_bytes())
    }

    pub fn typed(status: u16, content_type: &str, body: &[u8]) -> Self {
        Self::Http {
            status,
            headers: vec![("content-type".to_owned(), content_type.to_owned())],
            body: body.to_vec(),
        }
    }

    pub fn status(status: u16) -> Self {
        Self::Http {
            status,
            headers: Vec::new(),
            body: Vec::new(),
        }
    }

    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        if let Self::Http { headers, .. } = &mut self {
            headers.push((name.to_owned(), value.to_owned()));
        }
        self
    }

    /// The least a token answer holds.
    pub fn token(access_token: &str) -> Self {
        Self::json(
            200,
            &serde_json::json!({
                "access_token": access_token,
                "token_type": "Bearer",
                "expires_in": 3600,
            })
            .to_string(),
        )
    }

    fn head(&self) -> Vec<u8> {
        match self {
            Self::Http {
                status,
                headers,
                body,
            } => {
                let mut text = format!("HTTP/1.1 {status} Scripted\r\n");
                for (name, value) in headers {
                    text.push_str(&format!("{name}: {value}\r\n"));
                }
                text.push_str(&format!(
                    "content-length: {}\r\nconnection: close\r\n\r\n",
                    body.len()
                ));
                [text.as_bytes(), body].concat()
            }
            Self::Raw(bytes) | Self::Drip(bytes, _) | Self::Flood(bytes, _) => bytes.clone(),
            Self::Silence => Vec::new(),
        }
    }
}

type Script = dyn Fn(&Received) -> Reply + Send + Sync;

#[derive(Default)]
struct Log {
    received: Vec<Received>,
    connections: usize,
}

/// The running server. It ends when it is dropped.
pub struct EvilAs {
    address: String,
    log: Arc<Mutex<Log>>,
    task: JoinHandle<()>,
}

impl EvilAs {
    pub async fn start(script: impl Fn(&Received) -> Reply + Send + Sync + 'static) -> Self {
        Self::listen(Arc::new(script), None).await
    }

    /// The same over TLS.
    pub async fn start_tls(
        certificate: Arc<rustls::ServerConfig>,
        script: impl Fn(&Received) -> Reply + Send + Sync + 'static,
    ) -> Self {
        Self::listen(Arc::new(script), Some(certificate)).await
    }

    /// A server that answers everything in the same way.
    pub async fn always(reply: Reply) -> Self {
        Self::start(move |_| reply.clone()).await
    }

    /// A server to which nothing may come: what did is in [`EvilAs::connections`].
    pub async fn canary() -> Self {
        Self::always(Reply::token("canary")).await
    }

    async fn listen(script: Arc<Script>, tls: Option<Arc<rustls::ServerConfig>>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0")
            .await
            .expect("a loopback port is free");
        let address = listener
            .local_addr()
            .expect("a bound socket has an address");
        let log = Arc::new(Mutex::new(Log::default()));
        let kept = Arc::clone(&log);
        let scheme = if tls.is_some() { "https" } else { "http" };
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                kept.lock()
                    .expect("no test panics with the log")
                    .connections += 1;
                let (script, log, tls) = (Arc::clone(&script), Arc::clone(&kept), tls.clone());
                tokio::spawn(async move {
                    match tls {
                        None => serve(stream, &*script, &log).await,
                        Some(config) => {
                            let acceptor = tokio_rustls::TlsAcceptor::from(config);
                            if let Ok(stream) = acceptor.accept(stream).await {
                                serve(stream, &*script, &log).await;
                            }
                        }
                    }
                });
            }
        });
        Self {
            address: format!("{scheme}://{address}"),
            log,
            task,
        }
    }

    /// An address of this server. `path` begins with `/`.
    pub fn url(&self, path: &str) -> Url {
        Url::parse(&format!("{}{path}", self.address)).expect("a test's path is well-formed")
    }

    pub fn received(&self) -> Vec<Received> {
        let log = self.log.lock().expect("no test panics with the log");
        log.received.clone()
    }

    /// The only request there was.
    pub fn only(&self) -> Received {
        let mut received = self.received();
        assert_eq!(received.len(), 1, "exactly one request was expected");
        received.remove(0)
    }

    pub fn connections(&self) -> usize {
        let log = self.log.lock().expect("no test panics with the log");
        log.connections
    }
}

impl Drop for EvilAs {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve<S: AsyncRead + AsyncWrite + Unpin>(
    mut stream: S,
    script: &Script,
    log: &Mutex<Log>,
) {
    let Some(request) = read(&mut stream).await else {
        return;
    };
    log.lock()
        .expect("no test panics with the log")
        .received
        .push(request.clone());
    let reply = script(&request);
    let head = reply.head();
    if stream.write_all(&head).await.is_err() {
        return;
    }
    match reply {
        Reply::Http { .. } | Reply::Raw(_) => {
            let _ = stream.shutdown().await;
        }
        Reply::Silence => std::future::pending().await,
        Reply::Drip(_, byte) => {
            while stream.write_all(&[byte]).await.is_ok() {
                let _ = stream.flush().await;
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        }
        Reply::Flood(_, piece) => while stream.write_all(&piece).await.is_ok() {},
    }
}

async fn read<S: AsyncRead + Unpin>(stream: &mut S) -> Option<Received> {
    let mut bytes = Vec::new();
    let mut piece = [0; 4096];
    let end = loop {
        let count = stream
            .read(&mut piece)
            .await
            .ok()
            .filter(|count| *count > 0)?;
        bytes.extend_from_slice(&piece[..count]);
        if let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            break end;
        }
    };
    let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
    let mut lines = head.split("\r\n");
    let mut words = lines.next()?.split(' ').map(str::to_owned);
    let mut request = Received {
        method: words.next()?,
        target: words.next()?,
        headers: lines
            .filter_map(|line| line.split_once(": "))
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect(),
        body: bytes.split_off(end + 4),
    };
    let length: usize = request
        .header("content-length")
        .and_then(|length| length.parse().ok())
        .unwrap_or(0);
    while request.body.len() < length {
        let count = stream
            .read(&mut piece)
            .await
            .ok()
            .filter(|count| *count > 0)?;
        request.body.extend_from_slice(&piece[..count]);
    }
    Some(request)
}
