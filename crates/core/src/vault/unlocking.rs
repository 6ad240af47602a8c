//! The vault of one workspace: seals always, opens once the identity is there.
//!
//! The identity is read from the keychain once per unlock and kept in wiped memory. Whoever asks while it is being
//! read waits for that one attempt and shares its outcome.

use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use uuid::Uuid;

use super::facts::{Home, VaultFacts};
use super::identity::{KeyPair, Recipient};
use super::keychain::{Deadlines, Found, Keychain, KeychainError, KeychainThread, Prompt};
use super::passphrase::{Argon2Cost, Purpose, SealedKey};
use super::{Place, Secret, SecretRecord, VaultState, envelope};
use crate::random::{Random, SystemRandom};
use crate::{Code, Error, Result};

/// What a vault is built from besides its keychain.
#[derive(Clone)]
pub struct VaultOptions {
    pub random: Arc<dyn Random>,
    pub deadlines: Deadlines,
    /// What new passphrases cost to guess.
    pub cost: Argon2Cost,
}

impl Default for VaultOptions {
    fn default() -> Self {
        Self {
            random: Arc::new(SystemRandom),
            deadlines: Deadlines::default(),
            cost: Argon2Cost::default(),
        }
    }
}

/// The vault of a workspace. Cloning gives another handle to the same one.
#[derive(Clone)]
pub struct Vault(pub(super) Arc<Inner>);

pub(super) struct Inner {
    pub(super) workspace: Uuid,
    pub(super) options: VaultOptions,
    pub(super) keychain: KeychainThread,
    /// One attempt to get the identity, or one change of it, at a time.
    attempt: Arc<tokio::sync::Mutex<()>>,
    current: RwLock<Current>,
}

pub(super) struct Current {
    pub(super) facts: Option<VaultFacts>,
    pub(super) recipients: Vec<Recipient>,
    pub(super) identity: Option<Arc<KeyPair>>,
    state: VaultState,
    /// How many attempts have ended: tells who waited that the outcome is new.
    attempts: u64,
    /// Locked on purpose: only [`Vault::unlock`] asks the keychain again.
    pub(super) shut: bool,
}

impl Vault {
    /// The vault of `workspace`, without asking the keychain anything yet: [`start`](Self::start) does, or the first
    /// [`open`](Self::open). For who must not wait for a keychain, as a window that is to be drawn.
    ///
    /// # Errors
    /// `DatabaseDamaged` when the facts contradict themselves or belong to another workspace.
    pub fn new(
        keychain: Arc<dyn Keychain>,
        options: VaultOptions,
        workspace: Uuid,
        facts: Option<VaultFacts>,
    ) -> Result<Self> {
        let recipients = match &facts {
            Some(facts) => recipients(workspace, facts)?,
            None => Vec::new(),
        };
        let state = match facts.as_ref().map(|facts| &facts.home) {
            Some(Home::Keychain { .. }) => VaultState::Ready,
            Some(Home::Passphrase { .. }) => VaultState::PassphraseNeeded,
            None => VaultState::Locked,
        };
        Ok(Self(Arc::new(Inner {
            workspace,
            keychain: KeychainThread::new(keychain, options.deadlines),
            options,
            attempt: Arc::default(),
            current: RwLock::new(Current {
                facts,
                recipients,
                identity: None,
                state,
                attempts: 0,
                shut: false,
            }),
        })))
    }

    /// Asks the keychain for the identity, without a prompt. A workspace that has none gets one: it is made, put into
    /// the keychain and read back, and its facts are given back, to be stored before anything is sealed. If the
    /// keychain doesn't play along, [`state`](Self::state) says why.
    pub async fn start(&self) -> Option<VaultFacts> {
        let _guard = self.0.attempt.lock().await;
        let settled = {
            let current = self.0.read();
            current.identity.is_some() || current.shut
        };
        if settled {
            return None;
        }
        self.try_identity(Prompt::Never).await.unwrap_or_default()
    }

    /// [`new`](Self::new) and [`start`](Self::start).
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub async fn open_or_create(
        keychain: Arc<dyn Keychain>,
        options: VaultOptions,
        workspace: Uuid,
        facts: Option<VaultFacts>,
    ) -> Result<(Self, Option<VaultFacts>)> {
        let vault = Self::new(keychain, options, workspace, facts)?;
        let created = vault.start().await;
        Ok((vault, created))
    }

    /// The public facts, once there is an identity.
    pub fn facts(&self) -> Option<VaultFacts> {
        self.0.read().facts.clone()
    }

    /// The state that the last attempt found. Before the first one: `Ready` while nothing speaks against it, since
    /// [`open`](Self::open) asks the keychain by itself.
    pub fn state(&self) -> VaultState {
        self.0.read().state
    }

    /// Seals a record for its place. Works while the keychain is locked or gone.
    ///
    /// # Errors
    /// `InvalidInput` when the record is too large; the code of the state when the workspace has no identity yet.
    pub fn seal(&self, place: &Place, record: &SecretRecord) -> Result<Vec<u8>> {
        let recipients = {
            let current = self.0.read();
            if current.recipients.is_empty() {
                return Err(not_ready(current.state));
            }
            current.recipients.clone()
        };
        envelope::seal(&*self.0.options.random, &recipients, place, record)
    }

    /// Opens a record at its place. If the identity isn't at hand, the keychain is asked for it, without a prompt.
    ///
    /// # Errors
    /// `Tampered` when record and place don't match; otherwise the code of the state (see [`VaultState::error`]).
    pub async fn open(&self, place: &Place, sealed: &[u8]) -> Result<SecretRecord> {
        let identity = self.identity().await?;
        envelope::open(&identity, place, sealed)
    }

    /// Tries the keychain again; the person may be asked to unlock it. New facts when the identity was made now: to
    /// be stored before anything is sealed.
    ///
    /// # Errors
    /// The code of the state in which the vault remains.
    pub async fn unlock(&self) -> Result<Option<VaultFacts>> {
        let _guard = self.0.attempt.lock().await;
        self.0.write().shut = false;
        if self.0.read().identity.is_some() {
            return Ok(None);
        }
        self.try_identity(Prompt::Allowed).await
    }

    /// Forgets the identity until [`unlock`](Self::unlock). Sealing goes on.
    pub fn lock(&self) {
        let mut current = self.0.write();
        current.identity = None;
        current.shut = true;
        current.state = match current.facts.as_ref().map(|facts| &facts.home) {
            Some(Home::Passphrase { .. }) => VaultState::PassphraseNeeded,
            Some(Home::Keychain { .. }) | None => VaultState::Locked,
        };
    }

    /// Opens an identity that lies under a passphrase.
    ///
    /// # Errors
    /// `InvalidInput` on `passphrase` when it is the wrong one; `Conflict` when the identity lies elsewhere.
    pub async fn unlock_with_passphrase(&self, passphrase: &Secret) -> Result<()> {
        let _guard = self.0.attempt.lock().await;
        let Some(facts) = self.facts() else {
            return Err(not_ready(self.state()));
        };
        let Home::Passphrase { key } = &facts.home else {
            return Err(Error::new(
                Code::Conflict,
                "this workspace's key is in the keychain, not under a passphrase",
            ));
        };
        let pair = key
            .open(self.0.workspace, Purpose::Identity, passphrase)
            .await?;
        if pair.recipient.facts() != facts.identity {
            return Err(not_ready(VaultState::ForeignKey));
        }
        self.0.settle(facts, Arc::new(pair))
    }

    /// The identity, asking the keychain if need be.
    pub(super) async fn identity(&self) -> Result<Arc<KeyPair>> {
        let seen = {
            let current = self.0.read();
            if let Some(identity) = &current.identity {
                return Ok(Arc::clone(identity));
            }
            if current.shut || current.facts.is_none() {
                return Err(not_ready(current.state));
            }
            current.attempts
        };
        let _guard = self.0.attempt.lock().await;
        let tried = {
            let current = self.0.read();
            current.identity.is_some() || current.shut || current.attempts != seen
        };
        if !tried {
            self.try_identity(Prompt::Never).await?;
        }
        let current = self.0.read();
        current
            .identity
            .clone()
            .ok_or_else(|| not_ready(current.state))
    }

    /// One attempt, under the attempt's lock. Leaves the state it found.
    async fn try_identity(&self, prompt: Prompt) -> Result<Option<VaultFacts>> {
        let outcome = match self.facts() {
            Some(facts) => match self.0.find(&facts, prompt).await {
                Ok(pair) => {
                    self.0.settle(facts, pair)?;
                    Ok(None)
                }
                Err(state) => Err(state),
            },
            None => match self.0.create(prompt).await {
                Ok((facts, pair)) => {
                    self.0.settle(facts.clone(), pair)?;
                    Ok(Some(facts))
                }
                Err(state) => Err(state),
            },
        };
        outcome.map_err(|state| {
            let mut current = self.0.write();
            current.attempts += 1;
            current.state = state;
            not_ready(state)
        })
    }
}

impl Inner {
    /// Waits until no attempt and no change is under way, and keeps others from beginning one.
    pub(super) async fn turn(&self) -> tokio::sync::OwnedMutexGuard<()> {
        Arc::clone(&self.attempt).lock_owned().await
    }

    pub(super) fn read(&self) -> RwLockReadGuard<'_, Current> {
        self.current.read().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn write(&self) -> RwLockWriteGuard<'_, Current> {
        self.current.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// The vault is open with this identity from now on.
    pub(super) fn settle(&self, facts: VaultFacts, identity: Arc<KeyPair>) -> Result<()> {
        let recipients = recipients(self.workspace, &facts)?;
        let mut current = self.write();
        current.facts = Some(facts);
        current.recipients = recipients;
        current.identity = Some(identity);
        current.state = VaultState::Ready;
        current.attempts += 1;
        current.shut = false;
        Ok(())
    }

    /// The workspace's own identity, or why it isn't at hand.
    pub(super) async fn find(
        &self,
        facts: &VaultFacts,
        prompt: Prompt,
    ) -> Result<Arc<KeyPair>, VaultState> {
        let Home::Keychain { item, store } = &facts.home else {
            return Err(VaultState::PassphraseNeeded);
        };
        let found = self.keychain.read(item, prompt).await.map_err(state_of)?;
        let changed = found.store != *store;
        let mut pairs = identities(&found);
        match pairs
            .iter()
            .position(|pair| pair.recipient.facts() == facts.identity)
        {
            Some(own) => Ok(Arc::new(pairs.swap_remove(own))),
            None if !pairs.is_empty() => Err(VaultState::ForeignKey),
            None if changed => Err(VaultState::StoreChanged),
            None => Err(VaultState::Missing),
        }
    }

    /// A first identity, in the keychain and read back from it.
    async fn create(&self, prompt: Prompt) -> Result<(VaultFacts, Arc<KeyPair>), VaultState> {
        let item = self.workspace.to_string();
        let found = self.keychain.read(&item, prompt).await.map_err(state_of)?;
        // An earlier start wrote it and ended before its facts were stored.
        let (pair, home) = match identities(&found).pop() {
            Some(pair) => (
                pair,
                Home::Keychain {
                    item,
                    store: found.store,
                },
            ),
            None => {
                let pair = KeyPair::generate(&*self.options.random);
                let home = self.put_into_keychain(item, &pair, prompt).await?;
                (pair, home)
            }
        };
        let facts = VaultFacts {
            workspace: self.workspace,
            identity: pair.recipient.facts(),
            home,
            recovery: None,
        };
        Ok((facts, Arc::new(pair)))
    }

    /// Writes the identity under a name that is free and reads it back: a keychain that takes an item and doesn't
    /// give it back is none.
    pub(super) async fn put_into_keychain(
        &self,
        item: String,
        pair: &KeyPair,
        prompt: Prompt,
    ) -> Result<Home, VaultState> {
        self.keychain
            .write(&item, pair.to_line(), prompt)
            .await
            .map_err(state_of)?;
        let found = self.keychain.read(&item, prompt).await.map_err(state_of)?;
        let kept = identities(&found)
            .iter()
            .any(|kept| kept.recipient.kid == pair.recipient.kid);
        if kept {
            Ok(Home::Keychain {
                item,
                store: found.store,
            })
        } else {
            tracing::warn!("the keychain doesn't give back what it was given");
            Err(VaultState::NoKeychain)
        }
    }

    pub(super) async fn under_passphrase(
        &self,
        pair: &KeyPair,
        passphrase: &Secret,
    ) -> Result<Home> {
        let key = SealedKey::seal(
            &*self.options.random,
            self.options.cost,
            self.workspace,
            Purpose::Identity,
            pair,
            passphrase,
        )
        .await?;
        Ok(Home::Passphrase { key })
    }
}

/// The key pairs among the values that lie under our name.
pub(super) fn identities(found: &Found) -> Vec<KeyPair> {
    found.values.iter().filter_map(KeyPair::from_line).collect()
}

pub(super) fn not_ready(state: VaultState) -> Error {
    state
        .error()
        .unwrap_or_else(|| Error::internal("the vault is open"))
}

pub(super) fn state_of(error: KeychainError) -> VaultState {
    match error {
        KeychainError::Locked | KeychainError::TimedOut => VaultState::Locked,
        KeychainError::Absent => VaultState::NoKeychain,
        KeychainError::Failed(reason) => {
            tracing::warn!(reason, "the keychain fails");
            VaultState::NoKeychain
        }
    }
}

/// To whom records are sealed: the identity first, then the recovery key.
pub(super) fn recipients(workspace: Uuid, facts: &VaultFacts) -> Result<Vec<Recipient>> {
    let public = std::iter::once(&facts.identity)
        .chain(facts.recovery.as_ref().map(|recovery| &recovery.recipient));
    let recipients: Option<Vec<_>> = public.map(Recipient::from_facts).collect();
    recipients
        .filter(|_| facts.workspace == workspace)
        .ok_or_else(|| {
            Error::new(
                Code::DatabaseDamaged,
                "what the database says about the vault contradicts itself",
            )
            .with_hint("Restore the newest backup of the database.")
        })
}
