//! Changing to whom records are sealed: a recovery key is added, a lost keychain is recovered from, a workspace
//! without a keychain gets its identity under a passphrase, a workspace whose key is lost for good gets another one.
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
use super::{Place, Secret, SecretRecord, VaultState, envelope};
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

    /// A record for the new recipients that holds nothing.
    ///
    /// # Errors
    /// As [`Vault::seal`].
    pub fn seal_nothing(&self, place: &Place) -> Result<Vec<u8>> {
        envelope::seal(&*self.random, &self.recipients, place, &SecretRecord::new())
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
            NewHome::Keychain => self.keep_in_keychain(&facts, &identity).await?,
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

    /// Makes sure that the identity is lost: asks the keychain once more, with a prompt if need be.
    ///
    /// # Errors
    /// `Conflict` when it is at hand; the code of the state when it may come back by itself (a locked keychain, another
    /// one than before, a passphrase).
    pub async fn confirm_loss(&self) -> Result<()> {
        let _turn = self.0.turn().await;
        self.look_for_loss().await.map(|_| ())
    }

    /// Prepares a fresh identity for a workspace whose own is lost and won't come back. What is sealed can't be opened
    /// after it, and there is no recovery key any more: only ever on the person's explicit choice.
    ///
    /// # Errors
    /// As [`confirm_loss`](Self::confirm_loss), and the code of the state when the keychain doesn't take the identity.
    pub async fn start_over(&self) -> Result<Rewrapping> {
        let turn = self.0.turn().await;
        let mut facts = self.look_for_loss().await?;
        let identity = Arc::new(KeyPair::generate(&*self.0.options.random));
        facts.identity = identity.recipient.facts();
        facts.recovery = None;
        facts.home = self.keep_in_keychain(&facts, &identity).await?;
        let change = self.rewrapping(turn, facts, Arc::clone(&identity), identity)?;
        self.seal_to_both(&change);
        Ok(change)
    }

    /// The facts of an identity that isn't there. Under the turn.
    async fn look_for_loss(&self) -> Result<VaultFacts> {
        let (facts, at_hand, shut) = {
            let current = self.0.read();
            (
                current.facts.clone(),
                current.identity.is_some(),
                current.shut,
            )
        };
        let facts = facts.ok_or_else(|| not_ready(self.state()))?;
        if shut {
            return Err(not_ready(self.state()));
        }
        let found = match at_hand {
            true => Ok(()),
            false => match self.0.find(&facts, Prompt::Allowed).await {
                Ok(pair) => {
                    self.0.settle(facts.clone(), pair)?;
                    Ok(())
                }
                Err(state) => Err(state),
            },
        };
        match found {
            Ok(()) => Err(Error::new(
                Code::Conflict,
                "the workspace's key is there: nothing was given up",
            )),
            Err(VaultState::Missing | VaultState::ForeignKey) => Ok(facts),
            Err(state) => Err(not_ready(state)),
        }
    }

    /// Puts a fresh identity under a name of its own: the old item, or a foreign one, stays untouched.
    async fn keep_in_keychain(&self, facts: &VaultFacts, identity: &KeyPair) -> Result<Home> {
        let item = format!("{}.{}", self.0.workspace, facts.identity.kid);
        self.0
            .put_into_keychain(item, identity, Prompt::Allowed)
            .await
            .map_err(not_ready)
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
