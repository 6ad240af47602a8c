//! The session's keychain: a real gnome-keyring, unlocked, locked or not there at all.

use std::io::Write;
use std::process::Stdio;

use super::Session;
use crate::deadline;

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
    pub(super) fn start_keychain(&mut self, keychain: KeychainAtStart) {
        match keychain {
            KeychainAtStart::Absent => {}
            KeychainAtStart::Unlocked => self.unlock_keychain(),
            KeychainAtStart::Locked => {
                self.unlock_keychain();
                self.lock_keychain();
            }
        }
    }

    /// Gives the password, and starts the keychain if it wasn't running.
    pub fn unlock_keychain(&mut self) {
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
        let text = self.secret_service(
            "/org/freedesktop/secrets/collection/login",
            &[
                "org.freedesktop.DBus.Properties.Get",
                "string:org.freedesktop.Secret.Collection",
                "string:Items",
            ],
        );
        text.matches("object path").count()
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
