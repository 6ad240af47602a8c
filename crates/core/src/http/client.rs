//! The HTTP client that talks to providers: reqwest over rustls, with the roots of the operating system.
//!
//! Two clients stand behind it: one that honours the proxy settings and one that doesn't, for this machine's own
//! addresses. Neither follows a redirect, keeps a cookie, decompresses, or sends a request a second time by itself.

use std::sync::OnceLock;
use std::time::Duration;

use url::Url;
use zeroize::Zeroizing;

use super::{BoxFuture, Http, HttpError, Limits, Method, Request, Response};
use crate::connector::template::is_loopback;
use crate::error::{Error, Result};

const CONNECT: Duration = Duration::from_secs(10);
/// All header names and values of an answer together, in bytes.
const HEADERS: usize = 64 * 1024;
const HEADER_LINES: usize = 100;

/// [`Http`] over real sockets. Cheap to make: roots are read at the first request.
#[derive(Default)]
pub struct ReqwestHttp {
    extra_roots: Vec<reqwest::Certificate>,
    proxied: OnceLock<reqwest::Client>,
    direct: OnceLock<reqwest::Client>,
}

impl ReqwestHttp {
    pub fn new() -> Self {
        Self::default()
    }

    /// Trusts one more root, besides those of the operating system: a company's own, or a test's.
    ///
    /// # Errors
    /// `InvalidInput` when the text isn't a PEM certificate.
    pub fn with_root_pem(mut self, pem: &str) -> Result<Self> {
        let root = reqwest::Certificate::from_pem(pem.as_bytes()).map_err(|_| {
            Error::new(
                crate::Code::InvalidInput,
                "that isn't a certificate in PEM form",
            )
        })?;
        self.extra_roots.push(root);
        Ok(self)
    }

    fn client(&self, url: &Url) -> Result<&reqwest::Client, HttpError> {
        let direct = is_loopback(url);
        let cell = if direct { &self.direct } else { &self.proxied };
        if let Some(client) = cell.get() {
            return Ok(client);
        }
        let client = build(direct, &self.extra_roots, false)
            // A machine without any roots can still talk to itself.
            .or_else(|error| match direct {
                true => build(direct, &self.extra_roots, true),
                false => Err(error),
            })
            .map_err(|error| HttpError::Tls(host_of(url), innermost(&error)))?;
        Ok(cell.get_or_init(|| client))
    }
}

fn build(
    direct: bool,
    roots: &[reqwest::Certificate],
    only_these: bool,
) -> reqwest::Result<reqwest::Client> {
    // Fails only when a provider is installed already, which is then the one in use.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut builder = reqwest::Client::builder()
        .user_agent(concat!("Patchbay/", env!("CARGO_PKG_VERSION")))
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .referer(false)
        .connect_timeout(CONNECT)
        .pool_idle_timeout(Duration::from_secs(30))
        .pool_max_idle_per_host(2)
        .tls_version_min(reqwest::tls::Version::TLS_1_2)
        .http2_max_header_list_size(HEADERS as u32);
    if direct {
        builder = builder.no_proxy();
    }
    if only_these {
        builder = builder.tls_certs_only(roots.iter().cloned());
    } else if !roots.is_empty() {
        builder = builder.tls_certs_merge(roots.iter().cloned());
    }
    builder.build()
}

impl Http for ReqwestHttp {
    fn send(&self, request: Request) -> BoxFuture<'_, Result<Response, HttpError>> {
        Box::pin(async move {
            let host = host_of(&request.url);
            let limits = request.limits;
            let client = self.client(&request.url)?;
            let request = written(request).ok_or_else(|| HttpError::Unwritable(host.clone()))?;
            tokio::time::timeout(limits.total, exchange(client, request, limits, &host))
                .await
                .map_err(|_| HttpError::Timeout(host.clone()))?
        })
    }
}

async fn exchange(
    client: &reqwest::Client,
    request: reqwest::Request,
    limits: Limits,
    host: &str,
) -> Result<Response, HttpError> {
    let mut answer = tokio::time::timeout(limits.first_byte, client.execute(request))
        .await
        .map_err(|_| HttpError::Timeout(host.to_owned()))?
        .map_err(|error| failure(&error, host))?;
    let size: usize = answer
        .headers()
        .iter()
        .map(|(name, value)| name.as_str().len() + value.len())
        .sum();
    if size > HEADERS || answer.headers().len() > HEADER_LINES {
        return Err(HttpError::TooLarge(host.to_owned(), HEADERS));
    }
    let too_large = || HttpError::TooLarge(host.to_owned(), limits.body);
    if answer
        .content_length()
        .is_some_and(|length| length > limits.body as u64)
    {
        return Err(too_large());
    }
    let mut body = Zeroizing::new(Vec::new());
    while let Some(piece) = answer
        .chunk()
        .await
        .map_err(|error| failure(&error, host))?
    {
        if body.len() + piece.len() > limits.body {
            return Err(too_large());
        }
        append(&mut body, &piece);
    }
    Ok(Response {
        status: answer.status().as_u16(),
        headers: answer
            .headers()
            .iter()
            .map(|(name, value)| {
                let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
                (name.as_str().to_owned(), value)
            })
            .collect(),
        body,
    })
}

/// Grows by hand, because a vector that grows by itself leaves its old bytes behind unwiped.
fn append(body: &mut Zeroizing<Vec<u8>>, piece: &[u8]) {
    if body.capacity() - body.len() < piece.len() {
        let capacity = (body.len() + piece.len()).next_power_of_two().max(4096);
        let mut larger = Zeroizing::new(Vec::with_capacity(capacity));
        larger.extend_from_slice(body);
        *body = larger;
    }
    body.extend_from_slice(piece);
}

fn written(mut request: Request) -> Option<reqwest::Request> {
    let method = match request.method {
        Method::Get => reqwest::Method::GET,
        Method::Post => reqwest::Method::POST,
        Method::Put => reqwest::Method::PUT,
        Method::Delete => reqwest::Method::DELETE,
        Method::Head => reqwest::Method::HEAD,
    };
    let mut written = reqwest::Request::new(method, request.url.clone());
    let headers = written.headers_mut();
    headers.insert(
        reqwest::header::ACCEPT_ENCODING,
        reqwest::header::HeaderValue::from_static("identity"),
    );
    for (name, value) in &request.headers {
        let name = reqwest::header::HeaderName::from_bytes(name.as_bytes()).ok()?;
        let mut value = reqwest::header::HeaderValue::from_bytes(value.as_bytes()).ok()?;
        value.set_sensitive(true);
        headers.insert(name, value);
    }
    if let Some(body) = request.body.take() {
        *written.body_mut() = Some(reqwest::Body::from(body.to_vec()));
    }
    Some(written)
}

fn failure(error: &reqwest::Error, host: &str) -> HttpError {
    let host = host.to_owned();
    if error.is_builder() {
        return HttpError::Unwritable(host);
    }
    // From here on the server may have the request, also where TLS itself failed.
    if !error.is_connect() {
        return match error.is_timeout() {
            true => HttpError::Timeout(host),
            false => HttpError::Broken(host),
        };
    }
    let mut next: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(cause) = next {
        if let Some(tls) = cause.downcast_ref::<rustls::Error>() {
            return HttpError::Tls(host, tls.to_string());
        }
        if cause.to_string() == "dns error" {
            return HttpError::Dns(host);
        }
        let io = cause.downcast_ref::<std::io::Error>();
        if io.is_some_and(|io| io.kind() == std::io::ErrorKind::ConnectionRefused) {
            return HttpError::Refused(host);
        }
        // The source of an I/O error skips the very error it wraps.
        next = match io.and_then(std::io::Error::get_ref) {
            Some(inner) => Some(inner),
            None => cause.source(),
        };
    }
    HttpError::Unreachable(host)
}

fn innermost(error: &dyn std::error::Error) -> String {
    let mut cause = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    cause.to_string()
}

fn host_of(url: &Url) -> String {
    url.host_str().unwrap_or("the address").to_owned()
}
