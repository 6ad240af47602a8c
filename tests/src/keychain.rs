//! A keychain in memory, which can be locked, absent, forgetful or silent for ever.

use std::collections::BTreeMap;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use patchbay_core::vault::{Found, Keychain, KeychainError, KeychainStore, Prompt, Secret};

/// How the keychain behaves now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mood {
    Open,
    /// Opens when the person may be asked.
    Locked,
    /// Locked, and the person declines.
    Declined,
    Absent,
    /// Takes items and doesn't keep them.
    Forgetful,
    /// Doesn't answer until the mood changes.
    Silent,
}

#[derive(Debug)]
struct State {
    mood: Mood,
    collection: String,
    items: BTreeMap<String, Vec<String>>,
    reads: usize,
    asked: usize,
    silent: usize,
}

/// See the module.
#[derive(Debug)]
pub struct MemoryKeychain {
    state: Mutex<State>,
    changed: Condvar,
}

impl Default for MemoryKeychain {
    fn default() -> Self {
        Self {
            state: Mutex::new(State {
                mood: Mood::Open,
                collection: "login".into(),
                items: BTreeMap::new(),
                reads: 0,
                asked: 0,
                silent: 0,
            }),
            changed: Condvar::new(),
        }
    }
}

impl MemoryKeychain {
    pub fn set_mood(&self, mood: Mood) {
        self.state().mood = mood;
        self.changed.notify_all();
    }

    /// The collection in which items lie from now on.
    pub fn set_collection(&self, collection: &str) {
        self.state().collection = collection.into();
    }

    /// Every item: its name and its values.
    pub fn items(&self) -> BTreeMap<String, Vec<String>> {
        self.state().items.clone()
    }

    pub fn set_items(&self, items: BTreeMap<String, Vec<String>>) {
        self.state().items = items;
    }

    /// How often it was read so far.
    pub fn reads(&self) -> usize {
        self.state().reads
    }

    /// How often it was asked anything so far, answered or not.
    pub fn asked(&self) -> usize {
        self.state().asked
    }

    /// How many calls are waiting for an answer now.
    pub fn waiting(&self) -> usize {
        self.state().silent
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn admit(&self, prompt: Prompt) -> Result<MutexGuard<'_, State>, KeychainError> {
        let mut state = self.state();
        state.asked += 1;
        while state.mood == Mood::Silent {
            state.silent += 1;
            state = self
                .changed
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
            state.silent -= 1;
        }
        match (state.mood, prompt) {
            (Mood::Absent, _) => Err(KeychainError::Absent),
            (Mood::Locked, Prompt::Never) | (Mood::Declined, _) => Err(KeychainError::Locked),
            (Mood::Locked, Prompt::Allowed) => {
                state.mood = Mood::Open;
                Ok(state)
            }
            (Mood::Open | Mood::Forgetful | Mood::Silent, _) => Ok(state),
        }
    }
}

impl Keychain for MemoryKeychain {
    fn read(&self, item: &str, prompt: Prompt) -> Result<Found, KeychainError> {
        let mut state = self.admit(prompt)?;
        state.reads += 1;
        let values = state.items.get(item).into_iter().flatten();
        Ok(Found {
            values: values.map(Secret::new).collect(),
            store: KeychainStore {
                backend: "memory".into(),
                collection: Some(state.collection.clone()),
            },
        })
    }

    fn write(&self, item: &str, value: &Secret, prompt: Prompt) -> Result<(), KeychainError> {
        let mut state = self.admit(prompt)?;
        if state.mood != Mood::Forgetful {
            let values = state.items.entry(item.to_owned()).or_default();
            values.push(value.expose().to_owned());
        }
        Ok(())
    }

    fn delete(&self, item: &str) -> Result<(), KeychainError> {
        self.admit(Prompt::Never)?.items.remove(item);
        Ok(())
    }
}
