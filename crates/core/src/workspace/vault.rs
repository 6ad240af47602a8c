//! The vault as the person meets it: unlocked, under a passphrase, recovered.

use std::path::PathBuf;
use std::sync::Weak;
use std::time::Duration;

use super::core::Inner;
use crate::Core;
use crate::activity::{Action, Outcome};
use crate::connection::Event;
use crate::connector::AuthKind;
use crate::error::{Code, Error, Result};
use crate::store::activity::NewEntry;
use crate::store::{meta, sealed};
use crate::vault::{Home, NewHome, Place, Rewrapping, Secret, VaultFacts, VaultState};

/// When a locked keychain is looked at again for the first time; each pause is twice the one before.
const FIRST_LOOK: Duration = Duration::from_secs(2);
const LONGEST_PAUSE: Duration = Duration::from_secs(60);

/// Notices that a keychain was unlocked elsewhere, or answers at last: nothing tells. Holds the workspace only while it
/// looks.
pub(super) async fn watch_keychain(workspace: Weak<Inner>) {
    let mut pause = FIRST_LOOK;
    loop {
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(LONGEST_PAUSE);
        match workspace.upgrade().map(Core) {
            Some(core) if core.look_for_keychain().await => {}
            Some(_) | None => return,
        }
    }
}

impl Core {
    /// Asks the keychain again; the person may see its prompt.
    ///
    /// # Errors
    /// The code of the state in which the vault stays.
    pub async fn unlock_vault(&self) -> Result<VaultState> {
        let vault = self.vault().await?;
        if let Some(facts) = vault.unlock().await? {
            meta::set(self.database(), "vault", &facts).await?;
        }
        self.emit(Event::VaultChanged);
        Ok(vault.state())
    }

    /// Looks again, without asking anybody, for a keychain that was locked or too slow when the workspace was opened.
    /// Says whether it has to be looked for once more.
    async fn look_for_keychain(&self) -> bool {
        let Ok(vault) = self.vault().await else {
            return false;
        };
        if vault.state() != VaultState::Locked {
            return false;
        }
        if let Some(facts) = vault.start().await
            && let Err(error) = meta::set(self.database(), "vault", &facts).await
        {
            tracing::warn!(code = ?error.code, "the vault's facts were not kept");
            return false;
        }
        let locked = vault.state() == VaultState::Locked;
        if !locked {
            self.emit(Event::VaultChanged);
        }
        locked
    }

    /// Opens an identity that lies under a passphrase.
    ///
    /// # Errors
    /// `InvalidInput` on `passphrase` when it is the wrong one.
    pub async fn unlock_with_passphrase(&self, passphrase: &Secret) -> Result<VaultState> {
        let vault = self.vault().await?;
        vault.unlock_with_passphrase(passphrase).await?;
        self.emit(Event::VaultChanged);
        Ok(vault.state())
    }

    /// Where there is no keychain: lays the identity under a passphrase, on the person's explicit choice.
    ///
    /// # Errors
    /// `Conflict` when the workspace has an identity; `InvalidInput` on `passphrase`.
    pub async fn choose_passphrase_vault(&self, passphrase: &Secret) -> Result<VaultState> {
        let vault = self.vault().await?;
        let change = vault.create_with_passphrase(passphrase).await?;
        meta::set(self.database(), "vault", change.facts()).await?;
        vault.adopt(change).await?;
        self.emit(Event::VaultChanged);
        Ok(vault.state())
    }

    /// Makes a recovery key under a passphrase; every record is sealed to it too from now on.
    ///
    /// # Errors
    /// The vault's state; `InvalidInput` on `passphrase`.
    pub async fn set_recovery_passphrase(&self, passphrase: &Secret) -> Result<()> {
        let vault = self.ready_vault().await?;
        let change = vault.set_recovery_passphrase(passphrase).await?;
        self.rewrap_all(change).await
    }

    /// Opens the workspace with the recovery passphrase and gives it a new identity: in the keychain, or under
    /// `into_passphrase` where the person chose to do without one.
    ///
    /// # Errors
    /// `InvalidInput` on `passphrase` or `into_passphrase`; `NotFound` when there is no recovery key; the vault's
    /// state, as `KeychainMissing`, when the keychain doesn't take the identity.
    pub async fn recover_vault(
        &self,
        passphrase: &Secret,
        into_passphrase: Option<&Secret>,
    ) -> Result<VaultState> {
        let vault = self.vault().await?;
        let home = into_passphrase.map_or(NewHome::Keychain, NewHome::Passphrase);
        let change = vault.recover(passphrase, home).await?;
        self.rewrap_all(change).await?;
        Ok(self.vault().await?.state())
    }

    /// Gives up the secrets of a workspace whose key is lost, and begins with a new key: names, settings, flows and
    /// bindings stay, every connection asks to be reauthorized, client registrations wait for their secrets. The
    /// database as it was is kept beside it; answers where.
    ///
    /// Only ever on the person's explicit choice, and only while the keychain is open and the key isn't in it.
    ///
    /// # Errors
    /// `Conflict` when the key is there after all; the vault's state when it may come back; `DiskFull`,
    /// `DatabaseReadOnly`. Nothing is given up then.
    pub async fn start_over(&self) -> Result<PathBuf> {
        let vault = self.vault().await?;
        if let Err(error) = vault.confirm_loss().await {
            self.emit(Event::VaultChanged);
            return Err(error);
        }
        let kept = self
            .database()
            .put_aside("before-starting-over", self.now())
            .await?;
        let change = vault.start_over().await?;
        let workspace = self.0.workspace;
        let catalogue = self.catalogue();
        let problem = Error::new(
            Code::Revoked,
            "The key to this connection's secrets was lost, and they were given up",
        )
        .with_hint("Reauthorize it; if its client registration had a secret, type that in first");
        sealed::discard(
            self.database(),
            change.facts(),
            &problem,
            |connector, method| {
                let connector = catalogue.get(connector);
                connector.is_some_and(|connector| {
                    let method = connector.method(method);
                    method.is_ok_and(|method| method.kind == AuthKind::None)
                })
            },
            |record, generation| {
                change.seal_nothing(&Place {
                    workspace,
                    record,
                    generation,
                })
            },
        )
        .await?;
        self.stop_waiting();
        vault.adopt(change).await?;
        self.log_entry(NewEntry {
            at: self.now(),
            action: Action::VaultStartOver,
            outcome: Outcome::Done,
            connection: None,
            connection_name: None,
            connector: None,
            detail: kept.file_name().and_then(|name| name.to_str()),
        })
        .await;
        self.emit(Event::VaultChanged);
        self.emit(Event::RegistrationsChanged);
        self.emit(Event::ConnectionsChanged { ids: Vec::new() });
        Ok(kept)
    }

    /// Seals every data key anew, in one transaction with the new facts; payloads stay as they are.
    async fn rewrap_all(&self, change: Rewrapping) -> Result<()> {
        let workspace = self.0.workspace;
        sealed::rewrap(
            self.database(),
            change.facts(),
            |record, generation, bytes| {
                let place = Place {
                    workspace,
                    record,
                    generation,
                };
                change.rewrap(&place, bytes)
            },
        )
        .await?;
        self.vault().await?.adopt(change).await?;
        self.emit(Event::VaultChanged);
        Ok(())
    }
}

/// The kind of store the identity lies in, in words.
pub(crate) fn store_name(facts: Option<&VaultFacts>) -> String {
    match facts.map(|facts| &facts.home) {
        Some(Home::Passphrase { .. }) => "Passphrase".to_owned(),
        Some(Home::Keychain { store, .. }) => store.backend.clone(),
        None => "Keychain".to_owned(),
    }
}
