//! The HTTP client as a parameter, with the bounds every call keeps: no redirects followed, no cookies, no body over
//! its limit, a deadline for the whole exchange (requirements C2, C13, C14, E8).
//!
//! A request may carry a secret, so its `Debug` prints method and host only.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use url::Url;
use zeroize::Zeroizing;

pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    Get,
    Post,
    Put,
    Delete,
    Head,
}

/// One request. Header values and the body may be secret.
pub struct Request {
    pub method: Method,
    pub url: Url,
    pub headers: Vec<(String, Zeroizing<String>)>,
    pub body: Option<Zeroizing<Vec<u8>>>,
    pub limits: Limits,
}

impl Request {
    pub fn new(method: Method, url: Url) -> Self {
        Self {
            method,
            url,
            headers: Vec::new(),
            body: None,
            limits: Limits::default(),
        }
    }

    #[must_use]
    pub fn header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers
            .push((name.to_owned(), Zeroizing::new(value.into())));
        self
    }

    #[must_use]
    pub fn body(mut self, content_type: &str, body: Vec<u8>) -> Self {
        self.body = Some(Zeroizing::new(body));
        self.header("content-type", content_type)
    }
}

impl std::fmt::Debug for Request {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "{:?} {}",
            self.method,
            self.url.host_str().unwrap_or("-")
        )
    }
}

/// What an exchange may cost.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// For the whole exchange, from connecting to the last byte.
    pub total: Duration,
    /// Bytes of the body, after decompression.
    pub body: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            total: Duration::from_secs(30),
            body: 1024 * 1024,
        }
    }
}

/// An answer. The body may hold tokens: it is wiped when dropped and never printed.
pub struct Response {
    pub status: u16,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
    pub body: Zeroizing<Vec<u8>>,
}

impl Response {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(key, _)| key.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }
}

impl std::fmt::Debug for Response {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} ({} bytes)", self.status, self.body.len())
    }
}

/// Why no answer could be had. Carries no address with a query and no body.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HttpError {
    #[error("the name {0} can't be resolved")]
    Dns(String),
    #[error("{0} refused the connection")]
    Refused(String),
    #[error("no secure connection to {0}: {1}")]
    Tls(String, String),
    #[error("{0} did not answer in time")]
    Timeout(String),
    #[error("the answer of {0} is larger than {1} bytes")]
    TooLarge(String, usize),
    #[error("the connection to {0} broke off")]
    Broken(String),
}

/// A client that keeps the bounds of this module.
pub trait Http: Send + Sync {
    fn send(&self, request: Request) -> BoxFuture<'_, Result<Response, HttpError>>;
}
