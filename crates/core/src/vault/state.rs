//! How the vault is, told apart because each state is mended differently.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Whether secrets can be opened now, and what keeps them shut otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum VaultState {
    Ready,
    /// The keychain is locked.
    Locked,
    /// The identity isn't in the keychain any more.
    Missing,
    /// The keychain holds the identity of another workspace.
    ForeignKey,
    /// The keychain's store is another one than when the identity was made.
    StoreChanged,
    /// There is no keychain on this machine.
    NoKeychain,
    /// The identity is in a passphrase-sealed file that hasn't been opened yet.
    PassphraseNeeded,
}
