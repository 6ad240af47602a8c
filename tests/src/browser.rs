//! The session's browser: Debian's Chromium without a window, opened by the application through the desktop's default
//! applications, and driven as a person would sign in.
//!
//! Handing a private scheme to the operating system needs a click in a prompt that a headless browser hasn't. The
//! policy that spares it is given to this Chromium alone, in a mount namespace of its own. Where namespaces are not
//! allowed it is written for all and removed again, also by a panic.

use std::cell::RefCell;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use serde_json::{Value, json};

use crate::servers::repository;
use crate::session::Session;
use crate::{deadline, process};

/// Where Chromium looks for what an administrator decided.
const POLICIES: &str = "/etc/chromium/policies/managed";

/// The default browser of one session.
pub struct Browser {
    profile: PathBuf,
    shared_policy: Option<PathBuf>,
    /// Tabs that had their turn: the next page is another one, also when it opens late.
    finished: RefCell<Vec<String>>,
}

/// What the person does at the provider.
#[derive(Clone, Copy, Debug)]
pub enum Decision {
    /// Signs in and consents.
    Allow,
    /// Signs in if asked, and refuses.
    Deny,
}

/// How a sign-in ended, seen from the browser.
#[derive(Debug)]
pub struct SignedIn {
    /// The redirect URI with the answer, as the provider sent the browser there.
    pub sent_to: String,
    /// What the address bar shows at the end.
    pub ended_at: String,
    /// What the page says at the end.
    pub text: String,
}

impl Browser {
    /// Makes Chromium the session's browser; links of the application's scheme that `origins` send go through unasked.
    pub fn install(session: &Session, origins: &[&str]) -> Self {
        let profile = session.home().join("browser");
        let policy = json!({
            "AutoLaunchProtocolsFromOrigins": [{"protocol": "dev.patchbay.desktop", "allowed_origins": origins}],
            "BrowserSignin": 0,
            "PasswordManagerEnabled": false,
        });
        let policy_file = session.home().join("browser-policy.json");
        fs::write(&policy_file, policy.to_string()).expect("the policy can be written");
        let program = program();
        let (wrapper, shared_policy) = if namespaces_work() {
            let wrapper = format!(
                "bwrap --dev-bind / / --tmpfs /etc/chromium --ro-bind '{}' {POLICIES}/patchbay-tests.json --",
                policy_file.display()
            );
            (wrapper, None)
        } else {
            let shared =
                Path::new(POLICIES).join(format!("patchbay-tests-{}.json", std::process::id()));
            fs::create_dir_all(POLICIES).expect(
                "without namespaces the tests must be allowed to write Chromium's policies",
            );
            fs::copy(&policy_file, &shared).expect("the policy can be copied");
            (String::new(), Some(shared))
        };
        // A headless Chromium that runs takes no links from a second one, as a person's does: it is asked for a tab.
        let tab = repository().join("tests/tools/open-tab.mjs");
        let script = format!(
            "#!/bin/sh\nport=$(head -n 1 '{0}/DevToolsActivePort' 2>/dev/null)\n\
             [ -n \"$port\" ] && node '{tab}' \"$port\" \"$1\" && exit 0\n\
             exec {wrapper} {program} --headless --no-sandbox --no-first-run --no-default-browser-check \
             --password-store=basic --disable-gpu --disable-background-networking --disable-component-update --disable-sync \
             --disable-dev-shm-usage --host-resolver-rules='MAP *.test ~NOTFOUND' --user-data-dir='{0}' --remote-debugging-port=0 \"$@\" >>'{1}' 2>&1\n",
            profile.display(),
            session.home().join("browser.log").display(),
            tab = tab.display(),
        );
        let start = session.home().join("bin/browser");
        fs::write(&start, script).expect("the start script can be written");
        fs::set_permissions(&start, fs::Permissions::from_mode(0o755))
            .expect("it can be made executable");
        session.set_handler(
            "browser",
            &format!("{} %u", start.display()),
            &["http", "https"],
        );
        Self {
            profile,
            shared_policy,
            finished: RefCell::default(),
        }
    }

    /// Signs in as `login` at the provider at `origin`, whose page the application has opened, and decides.
    pub fn sign_in(
        &self,
        origin: &str,
        login: &str,
        password: &str,
        decision: Decision,
    ) -> SignedIn {
        let answer = self.drive(&json!({
            "origin": origin,
            "login": login,
            "password": password,
            "decision": match decision { Decision::Allow => "allow", Decision::Deny => "deny" },
        }));
        self.finish(&answer);
        SignedIn {
            sent_to: text(&answer, "sent_to"),
            ended_at: text(&answer, "ended_at"),
            text: text(&answer, "text"),
        }
    }

    /// Types a device's code on the page that the application has opened, signs in as `login` and decides. Gives the
    /// code that the page asked to compare.
    pub fn type_code(&self, origin: &str, code: &str, login: &str, decision: Decision) -> String {
        let answer = self.drive(&json!({
            "origin": origin,
            "code": code,
            "login": login,
            "decision": match decision { Decision::Allow => "allow", Decision::Deny => "deny" },
        }));
        self.finish(&answer);
        text(&answer, "confirmed")
    }

    /// Waits until the provider's page is open and returns its text, doing nothing there.
    pub fn look(&self, origin: &str) -> String {
        let answer = self.drive(&json!({"origin": origin, "decision": "look"}));
        text(&answer, "text")
    }

    /// Waits until the provider's page is open, and turns away from it for good.
    pub fn ignore(&self, origin: &str) {
        let answer = self.drive(&json!({"origin": origin, "decision": "look"}));
        self.finish(&answer);
    }

    fn finish(&self, answer: &Value) {
        self.finished.borrow_mut().push(text(answer, "tab"));
    }

    /// Closes it and forgets its cookies: the next sign-in starts from nothing.
    pub fn forget(&self) {
        self.close();
        let _ = fs::remove_dir_all(&self.profile);
    }

    /// Ends its processes, found by their profile: Chromium overwrites the environment that marks the others.
    fn close(&self) {
        let profile = format!("--user-data-dir={}", self.profile.display());
        let ours: Vec<u32> = process::all()
            .filter(|id| {
                fs::read(format!("/proc/{id}/cmdline"))
                    .is_ok_and(|words| String::from_utf8_lossy(&words).contains(&profile))
            })
            .collect();
        process::signal("TERM", &ours);
        let gone = || (!ours.iter().any(|id| is_running(*id))).then_some(());
        if deadline::within(Duration::from_secs(10), gone).is_none() {
            process::signal("KILL", &ours);
        }
    }

    fn drive(&self, wanted: &Value) -> Value {
        let mut wanted = wanted.clone();
        wanted["profile"] = json!(self.profile);
        wanted["not"] = json!(*self.finished.borrow());
        let output = Command::new("node")
            .arg(repository().join("tests/tools/browser.mjs"))
            .arg(wanted.to_string())
            .stdin(Stdio::null())
            .output()
            .expect("node is installed");
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        let parsed = said
            .lines()
            .find_map(|line| serde_json::from_str(line).ok());
        parsed.unwrap_or_else(|| {
            panic!(
                "the browser could not be driven:\n{said}{}",
                String::from_utf8_lossy(&output.stderr)
            )
        })
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        self.close();
        if let Some(policy) = &self.shared_policy {
            let _ = fs::remove_file(policy);
        }
    }
}

fn text(answer: &Value, key: &str) -> String {
    answer[key].as_str().unwrap_or_default().to_owned()
}

fn is_running(id: u32) -> bool {
    fs::read_to_string(format!("/proc/{id}/stat")).is_ok_and(|stat| !stat.contains(") Z "))
}

/// Debian's Chromium, or what else of its kind is installed.
fn program() -> &'static str {
    [
        "/usr/bin/chromium",
        "/usr/bin/chromium-browser",
        "/usr/bin/google-chrome",
    ]
    .into_iter()
    .find(|path| Path::new(path).exists())
    .expect(
        "Chromium is installed; on Ubuntu, where it is only a snap, install google-chrome-stable",
    )
}

fn namespaces_work() -> bool {
    Command::new("bwrap")
        .args(["--dev-bind", "/", "/", "--tmpfs", "/etc/chromium", "true"])
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}
