//! [`Core`]: the store, the vault, the catalogue and the outside, under one roof.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::OnceCell;
use uuid::Uuid;

use super::outside::{Browser, Events, Links};
use super::place;
use crate::activity::{Action, Outcome};
use crate::clock::{Clock, Timestamp};
use crate::connection::{Event, WorkspaceState};
use crate::connector::custom::Guarded;
use crate::connector::template::Values;
use crate::connector::{Catalogue, Connector};
use crate::error::{Code, Error, Result};
use crate::http::Http;
use crate::oauth::{Endpoints, KeyCache, Outside};
use crate::random::Random;
use crate::store::activity::NewEntry;
use crate::store::connections::ConnectionRecord;
use crate::store::migrations::MIGRATIONS;
use crate::store::{Database, DatabaseOptions, Owner, Ownership, connections, list, meta};
use crate::vault::{Keychain, Place, SecretRecord, Vault, VaultFacts, VaultOptions, VaultState};

/// What a core is made from.
pub struct Options {
    /// The workspace's own directory; made if it isn't there.
    pub directory: PathBuf,
    pub version: String,
    pub catalogue: Catalogue,
    pub keychain: Arc<dyn Keychain>,
    pub vault: VaultOptions,
    pub clock: Arc<dyn Clock>,
    pub random: Arc<dyn Random>,
    pub http: Arc<dyn Http>,
    pub browser: Arc<dyn Browser>,
    pub events: Arc<dyn Events>,
    pub links: Arc<dyn Links>,
}

/// A workspace, opened. Cloning gives another handle to the same one.
#[derive(Clone)]
pub struct Core(pub(crate) Arc<Inner>);

pub(crate) struct Inner {
    pub options: Options,
    pub database: Database,
    pub workspace: Uuid,
    /// Opened in the background: no list waits for the keychain.
    vault: OnceCell<Vault>,
    /// One lock per connection: one refresh in flight, one test at a time.
    flights: Mutex<HashMap<String, Arc<tokio::sync::Mutex<()>>>>,
    /// Tasks that wait for a loopback callback or poll a device code, by authorization; and the one that waits for the
    /// keychain.
    pub waiting: Mutex<HashMap<String, tokio::task::AbortHandle>>,
    pub test_all_cancelled: AtomicBool,
    /// Signing keys of issuers, for ID tokens.
    pub keys: KeyCache,
    pub flows: std::sync::OnceLock<crate::flow::Flows>,
    /// What is wrong with the place of the workspace's folder.
    place_warning: Option<String>,
    /// The first damage that was found in the database.
    damage: Mutex<Option<Error>>,
    owner: Mutex<Option<Owner>>,
}

/// The database's name in the workspace's directory.
pub(super) const DATABASE: &str = "workspace.db";

impl Core {
    /// Opens the workspace in `options.directory`, making it at the first start.
    ///
    /// # Errors
    /// `Conflict` when another process owns the workspace; `DatabaseNewer`, `DatabaseDamaged`, `DiskFull`.
    pub async fn open(options: Options) -> Result<Self> {
        Self::open_within(options, None).await
    }

    /// As [`open`](Self::open), on a disk that is full once the database has `max_pages` pages of 4 KiB.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub async fn open_within(options: Options, max_pages: Option<u32>) -> Result<Self> {
        let owner = match Owner::acquire(&options.directory) {
            Ok(Ownership::Ours(owner)) => Some(owner),
            Ok(Ownership::Held(_)) => {
                return Err(
                    Error::new(Code::Conflict, "Another Patchbay has this workspace open")
                        .with_hint("Close the other one, then start again"),
                );
            }
            // A folder that can't be written can still be looked at.
            Err(error) if error.code == Code::DatabaseReadOnly => None,
            Err(error) => return Err(error),
        };
        let database = Database::open(
            &options.directory.join(DATABASE),
            MIGRATIONS,
            DatabaseOptions {
                max_pages,
                ..DatabaseOptions::at(options.clock.now())
            },
        )
        .await?;
        let workspace = workspace_id(&database, &*options.random).await?;
        let core = Self(Arc::new(Inner {
            place_warning: place::warning(&options.directory, &place::mounts()),
            options,
            database,
            workspace,
            vault: OnceCell::new(),
            flights: Mutex::default(),
            waiting: Mutex::default(),
            test_all_cancelled: AtomicBool::new(false),
            keys: KeyCache::default(),
            flows: std::sync::OnceLock::new(),
            damage: Mutex::default(),
            owner: Mutex::new(owner),
        }));
        for problem in core.load_custom_connectors() {
            tracing::warn!(%problem, "a connector of the person's own was left out");
        }
        Ok(core)
    }

    /// What goes on after the first paint: the vault is opened, deletions whose time is over become final, and
    /// sign-ins that were waiting wait again. Then the database is checked and backed up, if that is due.
    pub async fn settle(&self) {
        let _ = self.vault().await;
        self.emit(Event::VaultChanged);
        self.watch_keychain().await;
        self.finish_deletions().await;
        self.resume_authorizations().await;
        self.keep_up().await;
    }

    async fn watch_keychain(&self) {
        if !matches!(self.vault().await.map(Vault::state), Ok(VaultState::Locked)) {
            return;
        }
        let task = tokio::spawn(super::vault::watch_keychain(Arc::downgrade(&self.0)));
        let waiting = self.0.waiting.lock();
        waiting
            .unwrap_or_else(PoisonError::into_inner)
            .insert("keychain".to_owned(), task.abort_handle());
    }

    /// Ends what waits, closes the store for every handle to it and gives its ownership up; the workspace can be opened
    /// again afterwards.
    pub async fn close(&self) {
        self.stop_waiting();
        self.0.database.close().await;
        *self.0.owner.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// Ends what waits for a callback or polls a device code.
    pub(super) fn stop_waiting(&self) {
        let waiting = self.0.waiting.lock();
        let waiting = std::mem::take(&mut *waiting.unwrap_or_else(PoisonError::into_inner));
        for task in waiting.into_values() {
            task.abort();
        }
    }

    pub(super) fn damage(&self) -> Option<Error> {
        let damage = self.0.damage.lock();
        damage.unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Whether this is the first damage.
    pub(super) fn set_damage(&self, error: Error) -> bool {
        let damage = self.0.damage.lock();
        let mut damage = damage.unwrap_or_else(PoisonError::into_inner);
        damage.replace(error).is_none()
    }

    /// The workspace at a glance. A damaged one has a state too, which names the newest backup.
    ///
    /// # Errors
    /// When the store can't be read.
    pub async fn state(&self) -> Result<WorkspaceState> {
        let state = match self.damage() {
            Some(damage) => Err(damage),
            None => self.usable_state().await,
        };
        state.or_else(|error| {
            if error.code != Code::DatabaseDamaged {
                return Err(error);
            }
            let error = self.database().name_backup(error);
            self.set_damage(error.clone());
            let options = &self.0.options;
            Ok(WorkspaceState::closed(
                error,
                &options.version,
                &options.directory,
            ))
        })
    }

    async fn usable_state(&self) -> Result<WorkspaceState> {
        let counts = list::counts(&self.0.database).await?;
        let vault = self.vault().await?;
        let facts = vault.facts();
        Ok(WorkspaceState {
            vault: vault.state(),
            vault_store: super::vault::store_name(facts.as_ref()),
            has_recovery: facts.is_some_and(|facts| facts.recovery.is_some()),
            read_only: self.0.database.is_read_only(),
            place_warning: self.0.place_warning.clone(),
            version: self.0.options.version.clone(),
            data_directory: self.0.options.directory.display().to_string(),
            connections: counts.all,
            attention: counts.attention,
            flows: self.flows().counts().await?.all,
            connectors: u32::try_from(self.catalogue().len()).unwrap_or(u32::MAX),
            problem: None,
            link_handler: self.0.options.links.handler(),
        })
    }

    pub fn catalogue(&self) -> &Catalogue {
        &self.0.options.catalogue
    }

    pub(crate) fn database(&self) -> &Database {
        &self.0.database
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.0.options.clock.now()
    }

    pub(crate) fn emit(&self, event: Event) {
        self.0.options.events.emit(event);
    }

    pub(crate) fn changed(&self, connection: &str) {
        self.emit(Event::ConnectionsChanged {
            ids: vec![connection.to_owned()],
        });
    }

    /// The only way to a connector's servers: for one of the person's own, only to hosts that its definition names
    /// with these values, or that a typed issuer named.
    pub(crate) fn http_for(
        &self,
        connector: &Connector,
        values: &Values,
        found: Option<&Endpoints>,
    ) -> Guarded<'_> {
        let http = &*self.0.options.http;
        match self.catalogue().is_shipped(connector) {
            true => Guarded::open(http),
            false => Guarded::for_own(http, connector, values, found),
        }
    }

    pub(crate) fn outside<'a>(&'a self, http: &'a Guarded<'_>) -> Outside<'a> {
        Outside::new(http, &*self.0.options.clock, &*self.0.options.random)
    }

    pub(crate) fn new_id(&self) -> String {
        let mut bytes = [0; 10];
        self.0.options.random.fill(&mut bytes);
        let millis = u64::try_from(self.now().0).unwrap_or(0);
        uuid::Builder::from_unix_timestamp_millis(millis, &bytes)
            .into_uuid()
            .to_string()
    }

    /// The vault, opened at the first need.
    pub(crate) async fn vault(&self) -> Result<&Vault> {
        self.0
            .vault
            .get_or_try_init(|| async {
                let facts: Option<VaultFacts> = meta::get(&self.0.database, "vault").await?;
                let (vault, created) = Vault::open_or_create(
                    Arc::clone(&self.0.options.keychain),
                    self.0.options.vault.clone(),
                    self.0.workspace,
                    facts,
                )
                .await?;
                if let Some(facts) = created {
                    meta::set(&self.0.database, "vault", &facts).await?;
                }
                Ok(vault)
            })
            .await
    }

    /// The vault, or why secrets can't be opened.
    pub(crate) async fn ready_vault(&self) -> Result<&Vault> {
        let vault = self.vault().await?;
        match vault.state() {
            VaultState::Ready => Ok(vault),
            state => state.error().map_or(Ok(vault), Err),
        }
    }

    fn place(&self, kind: &str, id: &str, generation: u64) -> Place {
        Place {
            workspace: self.0.workspace,
            record: format!("{kind}:{id}"),
            generation,
        }
    }

    pub(crate) async fn seal(
        &self,
        kind: &str,
        id: &str,
        generation: u64,
        secrets: &SecretRecord,
    ) -> Result<Vec<u8>> {
        let place = self.place(kind, id, generation);
        self.vault().await?.seal(&place, secrets)
    }

    pub(crate) async fn unseal(
        &self,
        kind: &str,
        id: &str,
        generation: u64,
        sealed: &[u8],
    ) -> Result<SecretRecord> {
        let place = self.place(kind, id, generation);
        self.vault().await?.open(&place, sealed).await
    }

    /// A connection that isn't deleted.
    ///
    /// # Errors
    /// `NotFound`.
    pub(crate) async fn find(&self, id: &str) -> Result<ConnectionRecord> {
        connections::find(&self.0.database, id)
            .await?
            .filter(|record| record.deleted_at.is_none())
            .ok_or_else(|| Error::new(Code::NotFound, "This connection doesn't exist any more"))
    }

    pub(crate) async fn secrets_of(&self, record: &ConnectionRecord) -> Result<SecretRecord> {
        self.unseal("connection", &record.id, record.generation, &record.sealed)
            .await
    }

    /// The lock under which a connection's tokens are renewed.
    pub(crate) fn flight(&self, connection: &str) -> Arc<tokio::sync::Mutex<()>> {
        let mut flights = self
            .0
            .flights
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        flights.retain(|id, flight| Arc::strong_count(flight) > 1 || id == connection);
        Arc::clone(flights.entry(connection.to_owned()).or_default())
    }

    /// Leaves an activity entry about a connection. A full disk must not undo the action, so its own failure is
    /// only logged.
    pub(crate) async fn log(
        &self,
        action: Action,
        outcome: Outcome,
        record: &ConnectionRecord,
        detail: Option<&str>,
    ) {
        let entry = NewEntry {
            at: self.now(),
            action,
            outcome,
            connection: Some(&record.id),
            connection_name: Some(&record.name),
            connector: Some(&record.connector),
            detail,
        };
        self.log_entry(entry).await;
    }

    pub(crate) async fn log_entry(&self, entry: NewEntry<'_>) {
        if let Err(error) = crate::store::activity::add(&self.0.database, entry).await {
            tracing::warn!(code = ?error.code, "an activity entry was not written");
        }
    }
}

async fn workspace_id(database: &Database, random: &dyn Random) -> Result<Uuid> {
    if let Some(id) = meta::get(database, "workspace").await? {
        return Ok(id);
    }
    let mut bytes = [0; 16];
    random.fill(&mut bytes);
    let id = uuid::Builder::from_random_bytes(bytes).into_uuid();
    meta::set(database, "workspace", &id).await?;
    Ok(id)
}
