//! A provider at an [`EvilAs`], to be bent by each test.

use std::time::Duration;

use patchbay_core::clock::SystemClock;
use patchbay_core::connector::template::Values;
use patchbay_core::connector::{ClientAuth, OAuth, Quirk};
use patchbay_core::http::{Limits, ReqwestHttp};
use patchbay_core::oauth::{
    ClientIdentity, Endpoints, Outside, Provider, TokenAnswer, TokenFailure, authorization_code,
};
use patchbay_core::random::SystemRandom;
use patchbay_core::vault::Secret;
use url::Url;

use super::EvilAs;

/// Secrets that may never be seen anywhere but on the wire.
pub const CODE: &str = "canary-code-3f9a";
pub const VERIFIER: &str = "canary-verifier-77c1-aaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
pub const CLIENT_SECRET: &str = "canary-client-secret-b20e";
pub const REFRESH_TOKEN: &str = "canary-refresh-token-91d4";

/// All a call needs, with real HTTP and short limits.
pub struct Case {
    pub oauth: OAuth,
    pub quirks: Vec<Quirk>,
    pub endpoints: Endpoints,
    pub client: ClientIdentity,
    pub values: Values,
    pub http: ReqwestHttp,
    pub limits: Limits,
}

impl Case {
    /// A confidential client of a provider whose endpoints are all at `server`.
    pub fn at(server: &EvilAs) -> Self {
        Self::with_token_endpoint(server.url("/token"))
    }

    pub fn with_token_endpoint(token: Url) -> Self {
        let beside = |path| token.join(path).expect("a test's path is well-formed");
        let endpoints = Endpoints {
            issuer: Some(token.origin().ascii_serialization()),
            authorization: Some(beside("/authorize")),
            revocation: Some(beside("/revoke")),
            device_authorization: Some(beside("/device")),
            jwks: Some(beside("/jwks")),
            token: Some(token),
            ..Endpoints::default()
        };
        Self {
            oauth: OAuth::default(),
            quirks: Vec::new(),
            endpoints,
            client: ClientIdentity::new(
                "client-1",
                Some(Secret::new(CLIENT_SECRET)),
                ClientAuth::Post,
            ),
            values: Values::default(),
            http: ReqwestHttp::new(),
            limits: Limits::default(),
        }
    }

    #[must_use]
    pub fn quirk(mut self, quirk: Quirk) -> Self {
        self.quirks.push(quirk);
        self
    }

    /// Limits that end within a test's patience.
    #[must_use]
    pub fn impatient(mut self) -> Self {
        self.limits.total = Duration::from_millis(600);
        self.limits.first_byte = Duration::from_millis(300);
        self
    }

    pub fn provider(&self) -> Provider<'_> {
        Provider {
            oauth: &self.oauth,
            quirks: &self.quirks,
            endpoints: &self.endpoints,
            client: &self.client,
            values: &self.values,
        }
    }

    pub fn outside(&self) -> Outside<'_> {
        Outside {
            limits: self.limits,
            ..Outside::new(&self.http, &SystemClock, &SystemRandom)
        }
    }

    /// Exchanges a code.
    pub async fn exchange(&self) -> Result<TokenAnswer, TokenFailure> {
        authorization_code::exchange(
            &self.outside(),
            &self.provider(),
            &Secret::new(CODE),
            &redirect_uri(),
            Some(&Secret::new(VERIFIER)),
        )
        .await
    }
}

pub fn redirect_uri() -> Url {
    Url::parse("dev.patchbay.desktop:/callback/evil").expect("it is well-formed")
}
