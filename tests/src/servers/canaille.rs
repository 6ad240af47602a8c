//! A second OpenID provider of another lineage (PyPI canaille): what works with one server only would show here.

use tempfile::TempDir;

use super::{free_port, python, repository};
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
    pub client_id: &'static str,
    /// That client's secret.
    pub client_secret: &'static str,
    _folder: TempDir,
    _running: Running,
}

impl Canaille {
    /// Starts it with one client whose redirect URI is `redirect_uri`.
    pub fn start(redirect_uri: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder for the settings can be made");
        let port = free_port();
        let issuer = format!("http://127.0.0.1:{port}");
        let mut command = python("python");
        command
            .arg(repository().join("tests/tools/canaille-server.py"))
            .arg(port.to_string())
            .arg(redirect_uri)
            .env("HOME", folder.path())
            // It listens on plain loopback.
            .env("AUTHLIB_INSECURE_TRANSPORT", "1")
            .current_dir(folder.path());
        let mut running = Running::start("canaille", &command);
        deadline::until("canaille to listen", || {
            assert!(
                running.is_running(),
                "canaille ended: {}",
                running.printed()
            );
            let url = format!("{issuer}/.well-known/openid-configuration");
            wire::get(&url).ok().filter(|answer| answer.status == 200)
        });
        Self {
            issuer,
            login: "alice",
            password: "correct horse battery",
            client_id: "patchbay-tests",
            client_secret: "canaille-client-secret",
            _folder: folder,
            _running: running,
        }
    }

    /// Where it listens, and who it says it is.
    pub fn issuer(&self) -> &str {
        &self.issuer
    }
}
