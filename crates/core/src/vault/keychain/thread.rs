//! The one thread that talks to the keychain, with a deadline for each answer.
//!
//! One thread, because on Windows calls from several threads aren't in sequence, and because a locked keychain with
//! nobody at the prompt blocks for ever. A thread that misses its deadline is abandoned: it ends by itself once the
//! keychain answers, and the process doesn't wait for it to exit.

use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::ThreadId;

use tokio::sync::oneshot;

use super::{Deadlines, Found, Keychain, KeychainError, Prompt};
use crate::vault::Secret;

/// Threads that may be stuck in the keychain at the same time. When all are, no further one is started.
const MAX_THREADS: usize = 4;

type Job = Box<dyn FnOnce(&dyn Keychain) + Send>;

pub(in crate::vault) struct KeychainThread {
    keychain: Arc<dyn Keychain>,
    deadlines: Deadlines,
    worker: Mutex<Option<Worker>>,
    /// Held once here and once by each thread that still runs.
    alive: Arc<()>,
}

#[derive(Clone)]
struct Worker {
    jobs: Sender<Job>,
    /// Tells a worker from the one that took its place.
    thread: ThreadId,
}

impl KeychainThread {
    pub(in crate::vault) fn new(keychain: Arc<dyn Keychain>, deadlines: Deadlines) -> Self {
        Self {
            keychain,
            deadlines,
            worker: Mutex::new(None),
            alive: Arc::new(()),
        }
    }

    pub(in crate::vault) async fn read(
        &self,
        item: &str,
        prompt: Prompt,
    ) -> Result<Found, KeychainError> {
        let item = item.to_owned();
        self.call(prompt, move |keychain| keychain.read(&item, prompt))
            .await
    }

    pub(in crate::vault) async fn write(
        &self,
        item: &str,
        value: Secret,
        prompt: Prompt,
    ) -> Result<(), KeychainError> {
        let item = item.to_owned();
        self.call(prompt, move |keychain| {
            keychain.write(&item, &value, prompt)
        })
        .await
    }

    pub(in crate::vault) async fn delete(&self, item: &str) -> Result<(), KeychainError> {
        let item = item.to_owned();
        self.call(Prompt::Never, move |keychain| keychain.delete(&item))
            .await
    }

    async fn call<T: Send + 'static>(
        &self,
        prompt: Prompt,
        ask: impl FnOnce(&dyn Keychain) -> Result<T, KeychainError> + Send + 'static,
    ) -> Result<T, KeychainError> {
        let (answer, answered) = oneshot::channel();
        let worker = self.worker()?;
        let job: Job = Box::new(move |keychain| {
            // After the deadline nobody waits: the answer is dropped, and what is secret in it wiped.
            let _ = answer.send(ask(keychain));
        });
        // A worker that is gone drops the job, and with it `answer`: seen below.
        let _ = worker.jobs.send(job);
        let deadline = match prompt {
            Prompt::Never if !self.keychain.may_ask_by_itself() => self.deadlines.silent,
            Prompt::Never | Prompt::Allowed => self.deadlines.prompted,
        };
        let failed = match tokio::time::timeout(deadline, answered).await {
            Ok(Ok(answer)) => return answer,
            Ok(Err(_)) => KeychainError::Failed("the keychain's client broke down".into()),
            Err(_) => KeychainError::TimedOut,
        };
        self.abandon(&worker);
        Err(failed)
    }

    fn worker(&self) -> Result<Worker, KeychainError> {
        let mut current = self.worker.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(worker) = current.as_ref() {
            return Ok(worker.clone());
        }
        if Arc::strong_count(&self.alive) > MAX_THREADS {
            return Err(KeychainError::TimedOut);
        }
        let (jobs, queue) = channel::<Job>();
        let keychain = Arc::clone(&self.keychain);
        let alive = Arc::clone(&self.alive);
        let thread = std::thread::Builder::new()
            .name("keychain".into())
            .spawn(move || {
                let _alive = alive;
                for job in queue {
                    job(&*keychain);
                }
            })
            .map_err(|error| KeychainError::Failed(format!("no thread: {}", error.kind())))?;
        let worker = Worker {
            jobs,
            thread: thread.thread().id(),
        };
        *current = Some(worker.clone());
        Ok(worker)
    }

    fn abandon(&self, worker: &Worker) {
        let mut current = self.worker.lock().unwrap_or_else(PoisonError::into_inner);
        if current
            .as_ref()
            .is_some_and(|now| now.thread == worker.thread)
        {
            *current = None;
        }
    }
}
