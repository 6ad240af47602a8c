//! A certified OpenID provider (npm oidc-provider) with registration, rotation, revocation, device flow and `iss`.

use serde_json::{Value, json};

use super::{bare, repository};
use crate::process::Running;
use crate::wire;

/// The running provider; its issuer is also its address.
pub struct AuthorizationServer {
    issuer: String,
    running: Running,
}

impl AuthorizationServer {
    /// Starts one with nothing in it.
    pub fn start() -> Self {
        let mut command = bare("node");
        command
            .arg(repository().join("tests/tools/authorization-server.mjs"))
            // Plain warnings on its outputs, no colours.
            .env("NODE_ENV", "test");
        let mut running = Running::start("oidc-provider", &command);
        let issuer = running.wait_for_line("its issuer", |line| {
            let said: Value = serde_json::from_str(line).ok()?;
            Some(said["issuer"].as_str()?.to_owned())
        });
        Self { issuer, running }
    }

    /// Where it listens, and who it says it is.
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// Registers a public native client, as a person does on a provider's page.
    pub fn public_client(&self, client_id: &str, redirect_uris: &[&str]) {
        self.client(&json!({
            "client_id": client_id,
            "redirect_uris": redirect_uris,
            "application_type": "native",
            "token_endpoint_auth_method": "none",
        }));
    }

    /// Registers a client with a secret.
    pub fn confidential_client(
        &self,
        client_id: &str,
        client_secret: &str,
        redirect_uris: &[&str],
    ) {
        self.client(&json!({
            "client_id": client_id,
            "client_secret": client_secret,
            "redirect_uris": redirect_uris,
            "application_type": "native",
            "token_endpoint_auth_method": "client_secret_basic",
        }));
    }

    /// Registers a client with metadata after RFC 7591.
    pub fn client(&self, metadata: &Value) {
        self.control("clients", metadata);
    }

    /// Changes `accessTokenTtl` and `deviceCodeTtl` (seconds), `expiredCodes` (codes come too late), `refreshTokens`
    /// (whether any come) or `fail` (`{path, status, body, type, times}`: what a path answers instead).
    pub fn set(&self, settings: &Value) {
        self.control("settings", settings);
    }

    /// Ends every access token, as time does.
    pub fn expire_access_tokens(&self) {
        self.control("expire-access-tokens", &json!({}));
    }

    /// Ends every grant and session, as an administrator does.
    pub fn revoke_everything(&self) {
        self.control("revoke-everything", &json!({}));
    }

    /// What happened so far: `[{name, error, grant_type, client_id, scope, prompt}]`.
    pub fn events(&self) -> Vec<Value> {
        self.list("events")
    }

    /// What it answered so far: `[{path, began, ended}]`, in milliseconds of the system's clock.
    pub fn requests(&self) -> Vec<Value> {
        self.list("requests")
    }

    /// How often `name` happened.
    pub fn count(&self, name: &str) -> usize {
        self.events()
            .iter()
            .filter(|event| event["name"] == name)
            .count()
    }

    /// What it holds: `[{kind, id, account, client, scope, audience, consumed, live}]`. The ids of tokens are their values.
    pub fn stored(&self) -> Vec<Value> {
        self.list("stored")
    }

    /// The live tokens and grants of a kind: `AccessToken`, `RefreshToken`, `Grant`.
    pub fn live(&self, kind: &str) -> Vec<Value> {
        let mut stored = self.stored();
        stored.retain(|item| {
            item["kind"] == kind && item["live"] == true && item["consumed"] == false
        });
        stored
    }

    /// What it printed, for a failure's report.
    pub fn printed(&self) -> String {
        self.running.printed()
    }

    fn control(&self, name: &str, body: &Value) {
        let answer = wire::post_json(&format!("{}/test/{name}", self.issuer), body)
            .expect("oidc-provider is running");
        assert_eq!(
            answer.status, 200,
            "oidc-provider refused {name}: {}",
            answer.body
        );
    }

    fn list(&self, name: &str) -> Vec<Value> {
        let answer =
            wire::get(&format!("{}/test/{name}", self.issuer)).expect("oidc-provider is running");
        answer.json().as_array().cloned().unwrap_or_default()
    }
}
