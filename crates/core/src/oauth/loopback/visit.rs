//! One connection to the loopback listener: a hand-written reader of one HTTP/1.1 request, because nothing more is
//! ever allowed on it.

use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use url::Url;
use zeroize::Zeroizing;

use crate::oauth::callback;
use crate::vault::Secret;

/// Request line and headers together.
const HEAD: usize = 32 * 1024;

/// What a visitor is measured by.
pub(super) struct Desk {
    /// `127.0.0.1:<port>` or `localhost:<port>`.
    host: String,
    path: String,
    state: Secret,
    patience: Duration,
}

impl Desk {
    pub(super) fn new(redirect_uri: &Url, state: &Secret, patience: Duration) -> Self {
        Self {
            host: format!(
                "{}:{}",
                redirect_uri.host_str().unwrap_or_default(),
                // `Url` leaves out 80, the default port of http.
                redirect_uri.port().unwrap_or(80)
            ),
            path: redirect_uri.path().to_owned(),
            state: state.duplicate(),
            patience,
        }
    }

    /// The callback's address, or the status of the refusal.
    fn judge(&self, head: &str) -> Result<Secret, &'static str> {
        let mut lines = head.split("\r\n");
        let mut words = lines.next().unwrap_or("").split(' ');
        let (method, target, version) =
            match (words.next(), words.next(), words.next(), words.next()) {
                (Some(method), Some(target), Some(version), None) => (method, target, version),
                _ => return Err("400 Bad Request"),
            };
        if version != "HTTP/1.1" {
            return Err("505 HTTP Version Not Supported");
        }
        let headers: Vec<(&str, &str)> = lines
            .filter(|line| !line.is_empty())
            .map(|line| {
                line.split_once(':')
                    .map(|(name, value)| (name, value.trim()))
            })
            .collect::<Option<_>>()
            .ok_or("400 Bad Request")?;
        let named = |wanted: &'static str| {
            headers
                .iter()
                .filter(move |(name, _)| name.eq_ignore_ascii_case(wanted))
                .map(|(_, value)| *value)
        };
        // Another name that resolves to this machine is somebody else's page (DNS rebinding).
        if named("host").collect::<Vec<_>>() != [self.host.as_str()] {
            return Err("421 Misdirected Request");
        }
        if target.split('?').next() != Some(self.path.as_str()) {
            return Err("404 Not Found");
        }
        if method != "GET" {
            return Err("405 Method Not Allowed");
        }
        let has_body = named("transfer-encoding").next().is_some()
            || named("content-length").any(|length| length != "0");
        if has_body {
            return Err("400 Bad Request");
        }
        let address = Zeroizing::new(format!("http://{}{target}", self.host));
        match callback::parse(&address) {
            Ok(callback) if callback.state_matches(&self.state) => {
                Ok(Secret::new(address.as_str()))
            }
            Ok(_) | Err(_) => Err("400 Bad Request"),
        }
    }
}

/// Serves one visitor and reports the address if it is the one that is waited for.
pub(super) async fn receive(mut stream: TcpStream, desk: Arc<Desk>, found: mpsc::Sender<Secret>) {
    let Ok(Some(head)) = tokio::time::timeout(desk.patience, read_head(&mut stream)).await else {
        return;
    };
    let verdict = desk.judge(&head);
    let page = page(verdict.as_ref().map(|_| ()).map_err(|status| *status));
    let write = async {
        stream.write_all(page.as_bytes()).await?;
        stream.shutdown().await
    };
    // Whether the page could be written doesn't matter: the address has arrived.
    let _ = tokio::time::timeout(desk.patience, write).await;
    if let Ok(address) = verdict {
        let _ = found.send(address).await;
    }
}

/// Everything up to the empty line. `None` when it is too long, isn't text or ends early.
async fn read_head(stream: &mut TcpStream) -> Option<Zeroizing<String>> {
    let mut head = Zeroizing::new(Vec::with_capacity(HEAD));
    let mut piece = Zeroizing::new([0_u8; 2048]);
    loop {
        let read = stream.read(piece.as_mut()).await.ok()?;
        if read == 0 || head.len() + read > HEAD {
            return None;
        }
        head.extend_from_slice(&piece[..read]);
        if let Some(end) = head.windows(4).position(|window| window == b"\r\n\r\n") {
            let text = std::str::from_utf8(&head[..end]).ok()?;
            return Some(Zeroizing::new(text.to_owned()));
        }
    }
}

fn page(verdict: Result<(), &'static str>) -> String {
    let (status, title, text) = match verdict {
        Ok(()) => (
            "200 OK",
            "Back to Patchbay",
            "Patchbay has the answer of the sign-in. You can close this page.",
        ),
        Err(status) => (
            status,
            "Not the page Patchbay waits for",
            "Go back to Patchbay and start the sign-in there.",
        ),
    };
    let body = format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>{title}</title>\
         <style>body{{font:16px/1.5 system-ui,sans-serif;margin:20vh auto;max-width:32rem;padding:0 1rem;\
         color:#1c1c1e;background:#fff}}\
         @media(prefers-color-scheme:dark){{body{{color:#f2f2f3;background:#18181b}}}}</style>\
         <h1>{title}</h1><p>{text}</p></html>"
    );
    format!(
        "HTTP/1.1 {status}\r\ncontent-type: text/html; charset=utf-8\r\ncontent-length: {}\r\n\
         cache-control: no-store\r\nreferrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\n\
         content-security-policy: default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'\r\n\
         connection: close\r\n\r\n{body}",
        body.len()
    )
}
