//! The session's keychain: a real gnome-keyring, unlocked, locked or not there at all.

use std::fs;
use std::io::Write;
use std::process::Stdio;

use super::Session;
use crate::{deadline, process};

/// Its password. Not empty: with an empty one gnome-keyring makes no login collection and asks instead.
const PASSWORD: &str = "the keyring's password";

/// The state of the keychain when the session starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeychainAtStart {
    /// As after a normal sign-in to the desktop.
    Unlocked,
    /// It is there, but its password was not given.
    Locked,
    /// No program offers one, and none can be started.
    Absent,
}

impl Session {
    pub(super) fn start_keychain(&self, keychain: KeychainAtStart) {
        match keychain {
            KeychainAtStart::Absent => {}
            KeychainAtStart::Unlocked => self.unlock_keychain(),
            KeychainAtStart::Locked => {
                self.unlock_keychain();
                self.lock_keychain();
            }
        }
    }

    /// Starts the keychain with its password, in place of one that runs: a running one takes none from outside.
    pub fn unlock_keychain(&self) {
        let running: Vec<u32> = self
            .processes()
            .into_iter()
            .filter(|id| {
                fs::read_to_string(format!("/proc/{id}/comm"))
                    .is_ok_and(|name| name.starts_with("gnome-keyring"))
            })
            .collect();
        process::signal("TERM", &running);
        deadline::until("the running keychain to end", || {
            let left = self.processes();
            (!running.iter().any(|id| left.contains(id))).then_some(())
        });
        let mut child = self
            .command("gnome-keyring-daemon")
            .args(["--unlock", "--components=secrets"])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("gnome-keyring is installed");
        let mut input = child.stdin.take().expect("its input was asked for");
        input
            .write_all(PASSWORD.as_bytes())
            .expect("it reads the password");
        drop(input);
        child.wait().expect("it goes to the background");
        deadline::until("an unlocked keychain", || {
            (self.keychain_is_locked() == Some(false)).then_some(())
        });
    }

    /// Locks it, as a screen lock or an idle time would.
    pub fn lock_keychain(&self) {
        self.secret_service(
            "/org/freedesktop/secrets",
            &[
                "org.freedesktop.Secret.Service.Lock",
                "array:objpath:/org/freedesktop/secrets/collection/login",
            ],
        );
        deadline::until("a locked keychain", || {
            (self.keychain_is_locked() == Some(true)).then_some(())
        });
    }

    /// Whether it is locked; nothing when it isn't there.
    pub fn keychain_is_locked(&self) -> Option<bool> {
        let text = self.secret_service(
            "/org/freedesktop/secrets/collection/login",
            &[
                "org.freedesktop.DBus.Properties.Get",
                "string:org.freedesktop.Secret.Collection",
                "string:Locked",
            ],
        );
        if text.contains("boolean true") {
            Some(true)
        } else if text.contains("boolean false") {
            Some(false)
        } else {
            None
        }
    }

    /// How many items the login collection holds.
    pub fn keychain_items(&self) -> usize {
        self.items().len()
    }

    /// Deletes every item, as somebody who tidies up does.
    pub fn empty_keychain(&self) {
        for item in self.items() {
            self.secret_service(&item, &["org.freedesktop.Secret.Item.Delete"]);
        }
        deadline::until("an empty keychain", || {
            self.items().is_empty().then_some(())
        });
    }

    /// The object paths of the login collection's items.
    fn items(&self) -> Vec<String> {
        let text = self.secret_service(
            "/org/freedesktop/secrets/collection/login",
            &[
                "org.freedesktop.DBus.Properties.Get",
                "string:org.freedesktop.Secret.Collection",
                "string:Items",
            ],
        );
        text.lines()
            .filter_map(|line| line.split_once("object path \"")?.1.split('"').next())
            .map(str::to_owned)
            .collect()
    }

    fn secret_service(&self, path: &str, call: &[&str]) -> String {
        let output = self
            .command("dbus-send")
            .args([
                "--session",
                "--print-reply",
                "--reply-timeout=5000",
                "--dest=org.freedesktop.secrets",
                path,
            ])
            .args(call)
            .output()
            .expect("dbus-send is installed");
        String::from_utf8_lossy(&output.stdout).into_owned()
    }
}
