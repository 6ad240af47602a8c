//! Whom a call talks to and as whom, and what it needs from outside.

use zeroize::Zeroizing;

use super::Endpoints;
use crate::clock::Clock;
use crate::connector::template::Values;
use crate::connector::{ClientAuth, OAuth, Quirk};
use crate::http::{Http, Limits};
use crate::random::Random;
use crate::vault::Secret;

/// HTTP, time and randomness, with the bounds each exchange keeps.
#[derive(Clone, Copy)]
pub struct Outside<'a> {
    pub http: &'a dyn Http,
    pub clock: &'a dyn Clock,
    pub random: &'a dyn Random,
    pub limits: Limits,
}

impl<'a> Outside<'a> {
    pub fn new(http: &'a dyn Http, clock: &'a dyn Clock, random: &'a dyn Random) -> Self {
        Self {
            http,
            clock,
            random,
            limits: Limits::default(),
        }
    }
}

/// A provider as one connection sees it.
#[derive(Clone, Copy)]
pub struct Provider<'a> {
    pub oauth: &'a OAuth,
    pub quirks: &'a [Quirk],
    pub endpoints: &'a Endpoints,
    pub client: &'a ClientIdentity,
    /// The connection's settings, for the templates in parameters.
    pub values: &'a Values,
}

impl Provider<'_> {
    pub fn has(&self, quirk: Quirk) -> bool {
        self.quirks.contains(&quirk)
    }
}

/// The client registration a call speaks for. An empty id means that the grant needs none (a service account).
pub struct ClientIdentity {
    pub client_id: String,
    /// With [`ClientAuth::PrivateKeyJwt`] the private key in PEM form, otherwise the client secret.
    pub client_secret: Option<Secret>,
    pub auth: ClientAuth,
    /// `kid` of the private key, where the provider tells keys apart.
    pub key_id: Option<String>,
}

impl ClientIdentity {
    pub fn new(client_id: impl Into<String>, secret: Option<Secret>, auth: ClientAuth) -> Self {
        Self {
            client_id: client_id.into(),
            client_secret: secret.filter(|secret| !secret.is_empty()),
            auth,
            key_id: None,
        }
    }

    /// The method in use: a registration without a secret is a public client, whatever the definition prefers.
    pub fn method(&self) -> ClientAuth {
        match self.client_secret {
            Some(_) => self.auth,
            None => ClientAuth::None,
        }
    }

    /// `Authorization: Basic` of RFC 6749 2.3.1: id and secret are form-encoded before they are joined.
    pub(super) fn basic(&self) -> Zeroizing<String> {
        use base64::Engine as _;
        let secret = self.client_secret.as_ref().map_or("", Secret::expose);
        let joined = Zeroizing::new(format!(
            "{}:{}",
            form_encoded(&self.client_id).as_str(),
            form_encoded(secret).as_str()
        ));
        Zeroizing::new(format!(
            "Basic {}",
            Zeroizing::new(base64::engine::general_purpose::STANDARD.encode(joined.as_bytes()))
                .as_str()
        ))
    }
}

impl std::fmt::Debug for ClientIdentity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ClientIdentity")
            .field("client_id", &self.client_id)
            .field("has_client_secret", &self.client_secret.is_some())
            .field("auth", &self.auth)
            .finish_non_exhaustive()
    }
}

fn form_encoded(text: &str) -> Zeroizing<String> {
    // Three bytes for one at most, so the text never grows out of its buffer.
    let mut encoded = Zeroizing::new(String::with_capacity(text.len() * 3));
    encoded.extend(url::form_urlencoded::byte_serialize(text.as_bytes()));
    encoded
}
