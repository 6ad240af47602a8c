//! A second OpenID provider of another lineage (PyPI canaille): what works with one server only would show here.

use std::fs;

use tempfile::TempDir;

use super::{free_port, python};
use crate::process::Running;
use crate::{deadline, wire};

/// The running provider with one user.
pub struct Canaille {
    issuer: String,
    /// The login of its one user.
    pub login: &'static str,
    /// The password of its one user.
    pub password: &'static str,
    /// A client that was registered for the redirect URI given at the start.
    pub client_id: String,
    /// That client's secret.
    pub client_secret: String,
    _folder: TempDir,
    _running: Running,
}

impl Canaille {
    /// Starts it and registers one client for `redirect_uri` by RFC 7591.
    pub fn start(redirect_uri: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder for the settings can be made");
        let port = free_port();
        let issuer = format!("http://127.0.0.1:{port}");
        let settings = folder.path().join("canaille.toml");
        fs::write(&settings, settings_text(port)).expect("the settings can be written");
        let wsgi = folder.path().join("serve.py");
        fs::write(&wsgi, SERVE).expect("the start program can be written");
        let mut command = python("python");
        command
            .arg(&wsgi)
            .arg(port.to_string())
            .env("CANAILLE_CONFIG", &settings)
            .env("HOME", folder.path())
            // It listens on plain loopback.
            .env("AUTHLIB_INSECURE_TRANSPORT", "1")
            .current_dir(folder.path());
        let mut running = Running::start("canaille", &command);
        deadline::until("canaille to listen", || {
            assert!(running.is_running(), "canaille ended: {}", running.printed());
            let url = format!("{issuer}/.well-known/openid-configuration");
            wire::get(&url).ok().filter(|answer| answer.status == 200)
        });
        let metadata = serde_json::json!({
            "client_name": "Patchbay tests",
            "redirect_uris": [redirect_uri],
            "grant_types": ["authorization_code", "refresh_token"],
            "response_types": ["code"],
            "token_endpoint_auth_method": "client_secret_basic",
            "scope": "openid profile email offline_access",
        });
        let answer = wire::post_json(&format!("{issuer}/oauth/register"), &metadata).expect("canaille is running");
        let client = answer.json();
        let text = |key: &str| {
            let value = client[key].as_str();
            value.unwrap_or_else(|| panic!("canaille registered no client: {}\n{}", answer.body, running.printed())).to_owned()
        };
        Self {
            issuer,
            login: "alice",
            password: "correct horse battery",
            client_id: text("client_id"),
            client_secret: text("client_secret"),
            _folder: folder,
            _running: running,
        }
    }

    /// Where it listens, and who it says it is.
    pub fn issuer(&self) -> &str {
        &self.issuer
    }
}

fn settings_text(port: u16) -> String {
    format!(
        r#"SECRET_KEY = "only for these tests"
SERVER_NAME = "127.0.0.1:{port}"
PREFERRED_URL_SCHEME = "http"
[CANAILLE]
DATABASE = "memory"
[CANAILLE_OIDC]
DYNAMIC_CLIENT_REGISTRATION_OPEN = true
"#
    )
}

/// Makes the application and its user in one process, because its memory database is that process's.
const SERVE: &str = r#"
import sys
from canaille import create_app
from canaille.app import models
app = create_app()
with app.app_context():
    user = models.User(user_name="alice", formatted_name="Alice Example", given_name="Alice", family_name="Example",
                       emails=["alice@example.test"], password="correct horse battery")
    app.backend.save(user) if hasattr(app, "backend") else __import__("canaille.backends", fromlist=["Backend"]).Backend.instance.save(user)
app.run(host="127.0.0.1", port=int(sys.argv[1]), threaded=True)
"#;
