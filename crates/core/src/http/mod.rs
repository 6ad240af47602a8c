//! The HTTP client as a parameter, with the bounds every call keeps: no redirects followed, no cookies, no body over
//! its limit, a deadline for the whole exchange (requirements C2, C13, C14, E8).
//!
//! A request may carry a secret, so its `Debug` prints method and host only. The client itself is [`ReqwestHttp`].

mod client;

pub use client::ReqwestHttp;

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
    /// Until the answer's headers are there.
    pub first_byte: Duration,
    /// Bytes of the body, after decompression.
    pub body: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            total: Duration::from_secs(30),
            first_byte: Duration::from_secs(15),
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
    /// No connection within the time for connecting: nothing was sent.
    #[error("{0} can't be reached")]
    Unreachable(String),
    /// The request may have been sent; no (whole) answer came in time.
    #[error("{0} did not answer in time")]
    Timeout(String),
    #[error("the answer of {0} is larger than {1} bytes")]
    TooLarge(String, usize),
    /// The connection ended, or what came wasn't HTTP, after the request may have been sent.
    #[error("the connection to {0} broke off")]
    Broken(String),
    /// The request can't be written as HTTP; nothing was sent.
    #[error("the request to {0} can't be written")]
    Unwritable(String),
    /// See [`crate::connector::custom::Guarded`]; nothing was sent.
    #[error("the connector's definition doesn't name {0}, so nothing was sent there")]
    Unnamed(String),
}

impl HttpError {
    /// Whether the server may have acted on the request: then it isn't simply sent again (requirements C17, D6).
    pub fn may_have_been_sent(&self) -> bool {
        match self {
            Self::Timeout(_) | Self::TooLarge(..) | Self::Broken(_) => true,
            Self::Dns(_)
            | Self::Refused(_)
            | Self::Tls(..)
            | Self::Unreachable(_)
            | Self::Unwritable(_)
            | Self::Unnamed(_) => false,
        }
    }
}

/// A client that keeps the bounds of this module.
pub trait Http: Send + Sync {
    fn send(&self, request: Request) -> BoxFuture<'_, Result<Response, HttpError>>;
}
