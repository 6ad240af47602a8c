//! The public face of flows: one value that holds the store's database, the clock and the connectors' keys.
//!
//! The operations are spread over this folder by subject; each is a method of [`Flows`].

use std::collections::HashMap;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, RwLock};

use super::connectors::ConnectorKeys;
use crate::clock::Clock;
use crate::connection::Event;
use crate::store::Database;
use crate::{Core, Timestamp};

/// Flows of a workspace.
pub struct Flows {
    pub(super) database: Database,
    pub(super) clock: Arc<dyn Clock>,
    keys: Box<dyn Fn() -> ConnectorKeys + Send + Sync>,
    /// Called flow → flows that call it; read again after a scan.
    pub(super) callers: RwLock<Option<Arc<Callers>>>,
    /// One scan at a time: two would give the same flow two ids.
    pub(super) scanning: tokio::sync::Mutex<()>,
    /// The catalogue of this version of the app was looked at.
    pub(super) caught_up: AtomicBool,
}

/// Called flow → (calling flow, title of the calling card).
pub(super) type Callers = HashMap<i64, Vec<(i64, String)>>;

impl Flows {
    /// `keys` is asked at each scan, so that custom connectors count as soon as they are there.
    pub fn new(
        database: Database,
        clock: Arc<dyn Clock>,
        keys: impl Fn() -> ConnectorKeys + Send + Sync + 'static,
    ) -> Self {
        Self {
            database,
            clock,
            keys: Box::new(keys),
            callers: RwLock::new(None),
            scanning: tokio::sync::Mutex::new(()),
            caught_up: AtomicBool::new(false),
        }
    }

    pub(super) fn keys(&self) -> ConnectorKeys {
        (self.keys)()
    }

    pub(super) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub(super) fn forget_callers(&self) {
        *self
            .callers
            .write()
            .expect("nobody panics while holding this lock") = None;
    }
}

impl Core {
    /// The workspace's flows.
    pub fn flows(&self) -> &Flows {
        self.0.flows.get_or_init(|| {
            let inner = Arc::downgrade(&self.0);
            let clock = Arc::clone(&self.0.options.clock);
            Flows::new(self.database().clone(), clock, move || {
                inner
                    .upgrade()
                    .map(|inner| ConnectorKeys::of(&inner.options.catalogue))
                    .unwrap_or_default()
            })
        })
    }

    /// Reads flows with the connectors there are now.
    pub(crate) async fn reread_flows(&self) {
        match self.flows().keep_up().await {
            Ok(true) => self.emit(Event::FlowsChanged),
            Ok(false) => {}
            Err(error) => {
                tracing::warn!(%error, "flows could not be read with the changed connectors")
            }
        }
    }

    /// Binds cards that name this connection, now that it has its name.
    pub(crate) async fn rematch_flows(&self, connection: &str) {
        match self.flows().rematch(connection).await {
            Ok(bound) if bound.cards > 0 => self.emit(Event::FlowsChanged),
            Ok(_) => {}
            Err(error) => tracing::warn!(%error, connection, "cards could not be matched"),
        }
    }
}
