//! In which state the vault is, and the one thing that mends it.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{Code, Error};

/// How to get a keychain where there is none.
const START_ONE: &str = if cfg!(target_os = "macos") {
    "Open Keychain Access and unlock or make a login keychain."
} else if cfg!(windows) {
    "Sign in at this computer itself (not over a network logon), and see that Credential Manager runs."
} else {
    "Start a Secret Service such as GNOME Keyring, KWallet or KeePassXC."
};

/// Whether secrets can be opened now, and if not, why. Sealing works in every state once there is an identity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum VaultState {
    Ready,
    /// The keychain is locked, or didn't answer in time.
    Locked,
    /// The keychain is open and the identity isn't in it.
    Missing,
    /// The identity in the keychain is another one than the workspace's.
    ForeignKey,
    /// The keychain is another one than before, and the identity isn't in it.
    StoreChanged,
    /// This computer has no keychain that answers.
    NoKeychain,
    /// The identity lies under a passphrase that wasn't entered yet.
    PassphraseNeeded,
}

impl VaultState {
    /// Why secrets can't be opened; `None` when they can.
    pub fn error(self) -> Option<Error> {
        let (code, message, hint) = match self {
            Self::Ready => return None,
            Self::Locked => (
                Code::KeychainLocked,
                "the keychain is locked",
                "Unlock the keychain, usually with your login password.",
            ),
            Self::Missing => (
                Code::IdentityMissing,
                "this workspace's key is not in the keychain",
                "Put the keychain item `dev.patchbay.desktop` back, or use the recovery passphrase.",
            ),
            Self::ForeignKey => (
                Code::ForeignKey,
                "the keychain holds another workspace's key",
                "Put this workspace's own keychain item back, or use the recovery passphrase.",
            ),
            Self::StoreChanged => (
                Code::StoreChanged,
                "the keychain is another one than before, and this workspace's key is not in it",
                "Start with the keychain you used before, or use the recovery passphrase.",
            ),
            Self::NoKeychain => (
                Code::KeychainMissing,
                "this computer has no keychain that answers",
                START_ONE,
            ),
            Self::PassphraseNeeded => (
                Code::PassphraseNeeded,
                "the workspace is locked with a passphrase",
                "Enter the workspace's passphrase.",
            ),
        };
        Some(Error::new(code, message).with_hint(hint))
    }
}
