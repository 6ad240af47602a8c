//! The boundary to the operating system's keychain: what we ask of it, and the thread on which it is asked.
//!
//! Only this module names a keychain crate. A keychain that can't be used is said to be so: there is no store in
//! memory, in the kernel or in clear to fall back to.

mod entry;
mod thread;

#[cfg_attr(target_os = "macos", path = "macos.rs")]
#[cfg_attr(target_os = "windows", path = "windows.rs")]
#[cfg_attr(
    not(any(target_os = "macos", target_os = "windows")),
    path = "secret_service.rs"
)]
mod system;

pub use system::OsKeychain;
pub(super) use thread::KeychainThread;

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::Secret;

/// The name under which our items lie in every keychain.
const SERVICE: &str = "dev.patchbay.desktop";

/// Whether the person may be asked to unlock the keychain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Prompt {
    Never,
    Allowed,
}

/// Which store answers: a workspace remembers where its identity was put.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeychainStore {
    /// The kind, as `secret_service`.
    pub backend: String,
    /// Where in it new items go, if the kind has more than one place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub collection: Option<String>,
}

/// What lies under a name. Empty when nothing does.
#[derive(Debug)]
pub struct Found {
    /// Every value: some keychains let other programs put items under the same name.
    pub values: Vec<Secret>,
    pub store: KeychainStore,
}

/// Why a keychain didn't do what was asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeychainError {
    /// It is locked, or the person declined to unlock it.
    Locked,
    /// None answers.
    Absent,
    /// No answer within the deadline.
    TimedOut,
    /// Anything else; the text names the fault, never a value.
    Failed(String),
}

/// A keychain, as seen from the one thread on which it is used. Every call may block.
pub trait Keychain: Send + Sync {
    fn read(&self, item: &str, prompt: Prompt) -> Result<Found, KeychainError>;

    /// Puts `value` under a name that is free.
    fn write(&self, item: &str, value: &Secret, prompt: Prompt) -> Result<(), KeychainError>;

    fn delete(&self, item: &str) -> Result<(), KeychainError>;

    /// Whether the system may ask the person whatever [`Prompt`] says; the longer deadline holds then.
    fn may_ask_by_itself(&self) -> bool {
        false
    }
}

/// How long an answer of the keychain is waited for.
#[derive(Debug, Clone, Copy)]
pub struct Deadlines {
    /// When nobody is asked anything.
    pub silent: Duration,
    /// When a prompt may be on screen.
    pub prompted: Duration,
}

impl Default for Deadlines {
    fn default() -> Self {
        Self {
            silent: Duration::from_secs(3),
            prompted: Duration::from_secs(60),
        }
    }
}
