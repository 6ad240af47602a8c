//! A workspace with connections but without a vault, for tests and benchmarks of flows. Connections are written as the
//! store has them: no secret is needed to bind a card.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use patchbay_core::clock::Clock;
use patchbay_core::connector::Connector;
use patchbay_core::flow::{ConnectorKeys, Flows};
use patchbay_core::store::{Database, DatabaseOptions, Migration};
use patchbay_core::{Result, Timestamp};

use crate::flow_generator::{self, Shape};

/// A clock that stands still until it is moved.
pub struct StandingClock(pub AtomicI64);

impl Clock for StandingClock {
    fn now(&self) -> Timestamp {
        Timestamp(self.0.load(Ordering::Relaxed))
    }
}

/// A connection to begin with.
#[derive(Debug, Clone)]
pub struct Seed {
    pub id: String,
    pub name: String,
    pub connector: String,
    pub status: &'static str,
    /// `None`: the provider didn't say.
    pub granted: Option<Vec<String>>,
}

/// A connection that works.
pub fn seed(id: &str, name: &str, connector: &str) -> Seed {
    Seed {
        id: id.to_owned(),
        name: name.to_owned(),
        connector: connector.to_owned(),
        status: "connected",
        granted: None,
    }
}

/// A database with connections, and the flows in it.
pub struct FlowWorkspace {
    folder: tempfile::TempDir,
    migrations: Vec<Migration>,
    pub clock: Arc<StandingClock>,
    pub database: Database,
    pub flows: Flows,
}

impl FlowWorkspace {
    /// Opens a new workspace.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn open(connections: &[Seed]) -> Result<Self> {
        let mut migrations = vec![
            Migration {
                version: 1,
                name: "workspace",
                sql: include_str!("../../crates/core/migrations/0001_workspace.sql"),
            },
            patchbay_core::store::flows::MIGRATION,
        ];
        migrations.push(step(3, insert(connections)));
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        let clock = Arc::new(StandingClock(AtomicI64::new(1_700_000_000_000)));
        let (database, flows) = open(folder.path(), &migrations, &clock).await?;
        Ok(Self {
            folder,
            migrations,
            clock,
            database,
            flows,
        })
    }

    /// Changes connections as another part of the app would, and opens the workspace again.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn change(&mut self, sql: &str) -> Result<()> {
        self.database.close().await;
        let version = i64::try_from(self.migrations.len()).expect("few steps") + 1;
        self.migrations.push(step(version, sql.to_owned()));
        (self.database, self.flows) =
            open(self.folder.path(), &self.migrations, &self.clock).await?;
        Ok(())
    }

    /// Writes a file beside the database, in `files/`.
    pub fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.files().join(name);
        std::fs::create_dir_all(path.parent().expect("a file has a folder"))
            .expect("a folder can be made");
        std::fs::write(&path, bytes).expect("a file can be written");
        path
    }

    /// The folder of the files.
    pub fn files(&self) -> PathBuf {
        let path = self.folder.path().join("files");
        std::fs::create_dir_all(&path).expect("a folder can be made");
        path
    }

    /// A workspace with `flows` flows of `cards` cards each in exports of 500 flows, and `connections` connections
    /// that the cards match by name; not scanned yet.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn large(flows: usize, cards: usize, connections: usize) -> Result<Self> {
        let seeds: Vec<Seed> = (0..connections)
            .map(|index| {
                let (name, connector) = flow_generator::connection(index);
                seed(&format!("c{index}"), &name, connector)
            })
            .collect();
        let workspace = Self::open(&seeds).await?;
        for (index, first) in (0..flows).step_by(500).enumerate() {
            let shape = Shape {
                seed: index as u64 + 1,
                export: index as u64 + 1,
                flows: 500.min(flows - first),
                cards,
                connections,
                folders: 10,
                version: "1.5.0",
            };
            workspace.write(
                &format!("export-{index}.folder"),
                flow_generator::export(&shape),
            );
        }
        Ok(workspace)
    }
}

/// The connectors that fixtures and generated exports use, with the needs of a few cards.
pub fn connectors() -> ConnectorKeys {
    let definitions: Vec<(&str, Connector)> = [
        ("okta", "okta = [\"okta\"]", ""),
        ("slack", "okta = [\"slack\"]\nn8n = [\"slackApi\"]", ""),
        (
            "gmail",
            "okta = [\"gmail\"]\nn8n = [\"gmailOAuth2\"]",
            "[[cards]]\ntitle = \"Send Email\"\nkeys = [\"sendEmail\"]\nscopes = [[\"gmail.send\", \"mail.full\"]]\n",
        ),
        ("github", "okta = [\"github\"]\nn8n = [\"githubApi\"]", ""),
        ("jira", "okta = [\"jira\"]\nn8n = [\"jiraSoftwareCloudApi\"]", ""),
        ("salesforce", "okta = [\"salesforce\"]", ""),
        ("mqtt", "node_red = [\"mqtt-broker\"]", ""),
    ]
    .into_iter()
    .map(|(id, keys, cards)| {
        let text = format!(
            "name = \"{id}\"\ncategory = \"any\"\n[docs]\n[flow_keys]\n{keys}\n\
            [[auth]]\nid = \"key\"\nlabel = \"Key\"\nkind = \"api_key\"\n{cards}"
        );
        (id, toml::from_str(&text).expect("the definition is right"))
    })
    .collect();
    ConnectorKeys::new(definitions.iter().map(|(id, connector)| (*id, connector)))
}

async fn open(
    folder: &Path,
    migrations: &[Migration],
    clock: &Arc<StandingClock>,
) -> Result<(Database, Flows)> {
    // The database keeps its steps for ever; a test's are few.
    let steps: &'static [Migration] = Vec::leak(migrations.to_vec());
    let path = folder.join("workspace.db");
    let database = Database::open(&path, steps, DatabaseOptions::at(clock.now())).await?;
    let flows = Flows::new(
        database.clone(),
        Arc::clone(clock) as Arc<dyn Clock>,
        connectors,
    );
    Ok((database, flows))
}

fn step(version: i64, sql: String) -> Migration {
    Migration {
        version,
        name: "of a test",
        sql: String::leak(sql),
    }
}

fn insert(connections: &[Seed]) -> String {
    let quote = |text: &str| format!("'{}'", text.replace('\'', "''"));
    let mut sql = String::from("select 1;");
    for connection in connections {
        let granted = connection
            .granted
            .as_ref()
            .map_or("null".to_owned(), |scopes| {
                quote(&serde_json::to_string(scopes).expect("strings are JSON"))
            });
        let name_key = connection.name.to_lowercase();
        sql.push_str(&format!(
            "insert into connections (id, name, name_key, description, connector, connector_name, method, settings,
            scopes_requested, scopes_granted, status, created_at, sealed, search)
            values ({}, {}, {}, '', {}, {}, 'key', '{{}}', '[]', {granted}, {}, 0, x'', '');",
            quote(&connection.id),
            quote(&connection.name),
            quote(&name_key),
            quote(&connection.connector),
            quote(&connection.connector),
            quote(connection.status),
        ));
    }
    sql
}
