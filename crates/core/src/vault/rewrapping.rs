//! Changing to whom records are sealed: a recovery key is added, a lost keychain is recovered from, a workspace
//! without a keychain gets its identity under a passphrase.
//!
//! The change is prepared here, carried out by the store in one transaction (every record through
//! [`Rewrapping::rewrap`], then the facts), and adopted by the vault after the commit. Until then nothing has changed:
//! the old identity's keychain item is left alone, and an interrupted change is simply made again. From its preparation
//! on, records are sealed to the old and the new recipients, so one that is written meanwhile isn't lost. As long as a
//! change is neither adopted nor dropped, unlocking and other changes wait.

use std::sync::Arc;

use tokio::sync::OwnedMutexGuard;

use super::facts::{Home, RecoveryFacts, VaultFacts};
use super::identity::{KeyPair, Recipient};
use super::keychain::Prompt;
use super::passphrase::{Purpose, SealedKey};
use super::unlocking::{Vault, identities, not_ready, recipients};
use super::{Place, Secret, envelope};
use crate::random::Random;
use crate::{Code, Error, Result};

/// Where a fresh identity goes.
pub enum NewHome<'a> {
    Keychain,
    Passphrase(&'a Secret),
}

/// A prepared change of recipients. Dropping it leaves everything as it was.
pub struct Rewrapping {
    facts: VaultFacts,
    recipients: Vec<Recipient>,
    /// Opens the records as they are now.
    opener: Arc<KeyPair>,
    /// The identity after the change.
    identity: Arc<KeyPair>,
    random: Arc<dyn Random>,
    _turn: OwnedMutexGuard<()>,
}

impl Rewrapping {
    /// The facts to be stored in the transaction that rewraps the records.
    pub fn facts(&self) -> &VaultFacts {
        &self.facts
    }

    /// The record for its new recipients: only its data key is sealed anew, its place stays the same.
    ///
    /// # Errors
    /// `Tampered` when record and place don't match, or the record isn't sealed to the key at hand.
    pub fn rewrap(&self, place: &Place, sealed: &[u8]) -> Result<Vec<u8>> {
        envelope::rewrap(&*self.random, &self.opener, &self.recipients, place, sealed)
    }
}

impl Vault {
    /// Prepares an identity that lies under a passphrase instead of in a keychain. Only ever on the person's explicit
    /// choice. There are no records yet: store the facts, then [`adopt`](Self::adopt).
    ///
    /// # Errors
    /// `Conflict` when the workspace has an identity; `InvalidInput` on `passphrase` when it is too short.
    pub async fn create_with_passphrase(&self, passphrase: &Secret) -> Result<Rewrapping> {
        // An unlocking under way may make the identity just now.
        let turn = self.0.turn().await;
        if self.facts().is_some() {
            return Err(Error::new(
                Code::Conflict,
                "this workspace has a key already: it is not replaced",
            ));
        }
        let pair = Arc::new(KeyPair::generate(&*self.0.options.random));
        let facts = VaultFacts {
            workspace: self.0.workspace,
            identity: pair.recipient.facts(),
            home: self.0.under_passphrase(&pair, passphrase).await?,
            recovery: None,
        };
        self.rewrapping(turn, facts, Arc::clone(&pair), pair)
    }

    /// Prepares a recovery key under `passphrase`, in place of an earlier one. Needs the identity at hand.
    ///
    /// # Errors
    /// `InvalidInput` on `passphrase` when it is too short; otherwise the code of the vault's state.
    pub async fn set_recovery_passphrase(&self, passphrase: &Secret) -> Result<Rewrapping> {
        self.identity().await?;
        let turn = self.0.turn().await;
        // Another change may have come first.
        let current = self.0.read().identity.clone();
        let identity = current.ok_or_else(|| not_ready(self.state()))?;
        let mut facts = self.facts().ok_or_else(|| not_ready(self.state()))?;
        let pair = KeyPair::generate(&*self.0.options.random);
        let key = SealedKey::seal(
            &*self.0.options.random,
            self.0.options.cost,
            self.0.workspace,
            Purpose::Recovery,
            &pair,
            passphrase,
        )
        .await?;
        facts.recovery = Some(RecoveryFacts {
            recipient: pair.recipient.facts(),
            key,
        });
        let change = self.rewrapping(turn, facts, Arc::clone(&identity), identity)?;
        self.seal_to_both(&change);
        Ok(change)
    }

    /// Prepares a fresh identity for a workspace whose own is lost, opening its records with the recovery key. The
    /// recovery key stays. The person may be asked to unlock the keychain.
    ///
    /// # Errors
    /// `NotFound` when no recovery key was made; `InvalidInput` on `passphrase` when it is the wrong one, and on
    /// `into_passphrase` when the new one is too short; the code of the state when the keychain doesn't take the new
    /// identity.
    pub async fn recover(&self, passphrase: &Secret, home: NewHome<'_>) -> Result<Rewrapping> {
        let turn = self.0.turn().await;
        let mut facts = self.facts().ok_or_else(|| not_ready(self.state()))?;
        let Some(recovery) = &facts.recovery else {
            return Err(Error::new(
                Code::NotFound,
                "this workspace has no recovery passphrase",
            ));
        };
        let opener = recovery
            .key
            .open(self.0.workspace, Purpose::Recovery, passphrase)
            .await?;
        let identity = KeyPair::generate(&*self.0.options.random);
        facts.identity = identity.recipient.facts();
        facts.home = match home {
            // A name of its own: the old item, or a foreign one, stays untouched.
            NewHome::Keychain => {
                let item = format!("{}.{}", self.0.workspace, facts.identity.kid);
                self.0
                    .put_into_keychain(item, &identity, Prompt::Allowed)
                    .await
                    .map_err(not_ready)?
            }
            NewHome::Passphrase(passphrase) => self
                .0
                .under_passphrase(&identity, passphrase)
                .await
                .map_err(|mut error| {
                    error.field = error.field.map(|_| "into_passphrase".to_owned());
                    error
                })?,
        };
        let change = self.rewrapping(turn, facts, Arc::new(opener), Arc::new(identity))?;
        self.seal_to_both(&change);
        Ok(change)
    }

    /// Takes up a change whose transaction is committed. The item of an identity that is no longer used is removed
    /// from the keychain; if that fails, it stays there and opens nothing.
    pub async fn adopt(&self, change: Rewrapping) -> Result<()> {
        let before = self.facts();
        let Rewrapping {
            facts,
            identity,
            _turn,
            ..
        } = change;
        let kept = facts.home.clone();
        self.0.settle(facts, identity)?;
        let Some(before) = before.filter(|before| before.home != kept) else {
            return Ok(());
        };
        let Home::Keychain { item, .. } = &before.home else {
            return Ok(());
        };
        if let Ok(found) = self.0.keychain.read(item, Prompt::Never).await {
            let ours = identities(&found);
            let only_ours = found.values.len() == ours.len()
                && ours
                    .iter()
                    .all(|pair| pair.recipient.facts() == before.identity);
            if only_ours && !ours.is_empty() {
                let _ = self.0.keychain.delete(item).await;
            }
        }
        Ok(())
    }

    /// Until the change is adopted or the next one is, records go to its recipients too.
    fn seal_to_both(&self, change: &Rewrapping) {
        let mut current = self.0.write();
        for recipient in &change.recipients {
            if current
                .recipients
                .iter()
                .all(|now| now.kid != recipient.kid)
            {
                current.recipients.push(recipient.clone());
            }
        }
    }

    fn rewrapping(
        &self,
        turn: OwnedMutexGuard<()>,
        facts: VaultFacts,
        opener: Arc<KeyPair>,
        identity: Arc<KeyPair>,
    ) -> Result<Rewrapping> {
        Ok(Rewrapping {
            recipients: recipients(self.0.workspace, &facts)?,
            facts,
            opener,
            identity,
            random: Arc::clone(&self.0.options.random),
            _turn: turn,
        })
    }
}
