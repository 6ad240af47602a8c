//! Attempts that wait: for the browser on a loopback port, for a device code; again after a start, and never too many.

use std::time::Duration;

use url::Url;

use crate::Core;
use crate::clock::Timestamp;
use crate::connector::LoopbackHost;
use crate::error::{Code, Error, Result};
use crate::oauth::loopback::{Listener, Patience};
use crate::store::authorizations::{self, AuthorizationRecord};
use crate::vault::Secret;

use super::attempt::{STATE, expired};
use super::{AuthorizationPhase, RedirectKind};

/// How many sign-ins may wait at once.
const MOST_WAITING: usize = 8;

impl Core {
    pub(crate) async fn waiting_authorization(&self, id: &str) -> Result<AuthorizationRecord> {
        let record = authorizations::find(self.database(), id)
            .await?
            .ok_or_else(expired)?;
        match record.phase == AuthorizationPhase::Waiting && record.expires_at > self.now() {
            true => Ok(record),
            false => Err(expired()),
        }
    }

    /// At most eight sign-ins wait; those whose time is over make room.
    pub(super) async fn make_room(&self, connection: &str) -> Result<()> {
        let open = authorizations::open(self.database()).await?;
        let now = self.now();
        let mut waiting = 0;
        for record in open.iter().filter(|record| record.connection != connection) {
            if record.expires_at <= now {
                self.expire(record).await?;
            } else {
                waiting += 1;
            }
        }
        match waiting < MOST_WAITING {
            true => Ok(()),
            false => Err(
                Error::new(Code::Conflict, "Eight sign-ins are waiting already")
                    .with_hint("Finish or cancel one of them first"),
            ),
        }
    }

    pub(super) fn wait_for_loopback(
        &self,
        id: &str,
        listener: Listener,
        state: Secret,
        expires_at: Timestamp,
    ) {
        let seconds = u64::try_from(expires_at.seconds_since(self.now())).unwrap_or(0);
        let patience = Patience {
            whole: Duration::from_secs(seconds),
            ..Patience::default()
        };
        let core = self.clone();
        let task = tokio::spawn(async move {
            if let Ok(address) = listener.receive(&state, patience).await {
                core.deliver(address.expose()).await;
            }
        });
        self.keep_task(id, task.abort_handle());
    }

    /// The listener of an earlier start: on its old port, with its state.
    async fn listen_again(
        &self,
        record: &AuthorizationRecord,
        redirect_uri: &str,
    ) -> Option<(Listener, Secret)> {
        let url = Url::parse(redirect_uri).ok()?;
        let host = match url.host_str() {
            Some("localhost") => LoopbackHost::Localhost,
            _ => LoopbackHost::Ip,
        };
        let connection = self.find(&record.connection).await.ok()?;
        let listener = Listener::bind(&connection.connector, host, &[url.port()?])
            .await
            .ok()?;
        let mut secrets = self
            .unseal(
                "authorization",
                &record.id,
                record.generation,
                &record.sealed,
            )
            .await
            .ok()?;
        Some((listener, secrets.remove(STATE)?))
    }

    pub(crate) fn poll_device(&self, id: &str, interval: Duration) {
        let core = self.clone();
        let authorization = id.to_owned();
        let task =
            tokio::spawn(async move { core.poll_device_code(&authorization, interval).await });
        self.keep_task(id, task.abort_handle());
    }

    fn keep_task(&self, id: &str, task: tokio::task::AbortHandle) {
        let mut waiting = self
            .0
            .waiting
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        waiting.retain(|_, task| !task.is_finished());
        if let Some(old) = waiting.insert(id.to_owned(), task) {
            old.abort();
        }
    }

    pub(crate) fn stop_task(&self, id: &str) {
        let task = self
            .0
            .waiting
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
            .remove(id);
        if let Some(task) = task {
            task.abort();
        }
    }

    /// After a start: sign-ins that were waiting wait again, on their old port or device code.
    pub(crate) async fn resume_authorizations(&self) {
        let Ok(open) = authorizations::open(self.database()).await else {
            return;
        };
        for record in open {
            if record.expires_at <= self.now() || record.phase == AuthorizationPhase::Finishing {
                let _ = self.expire(&record).await;
                continue;
            }
            if record.phase != AuthorizationPhase::Waiting {
                continue;
            }
            if record.device.is_some() {
                self.poll_device(&record.id, Duration::from_secs(5));
            } else if let Some(redirect) = &record.redirect
                && redirect.kind == RedirectKind::Loopback
                && let Some((listener, state)) = self.listen_again(&record, &redirect.uri).await
            {
                self.wait_for_loopback(&record.id, listener, state, record.expires_at);
            }
        }
    }
}
