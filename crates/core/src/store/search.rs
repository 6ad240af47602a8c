//! Search over all connections, in memory: a copy of what the list is searched, filtered and sorted by, made at the
//! first search and kept true by reading again the rows that were written since.
//!
//! Why not an index: docs/decisions/0004. What a search finds is the same as SQLite would find in the column `search`.

use std::cmp::Ordering;
use std::collections::{BTreeSet, HashSet};
use std::fmt;
use std::sync::Arc;

use memchr::memmem::Finder;
use sqlx::sqlite::SqliteRow;
use sqlx::{QueryBuilder, SqliteConnection};
use tokio::sync::Mutex;

use super::changes::Changes;
use super::columns::{get, to_json, word};
use super::{Database, map_sqlx};
use crate::connection::{ConnectionQuery, ConnectionSort, Status};
use crate::error::Result;
use crate::page::Direction;

/// More rows than this are read faster with all the others than one by one.
const MANY: usize = 5_000;

/// The haystack, once there was a search, and what was written since.
#[derive(Default)]
pub(super) struct Search {
    pub changes: Changes,
    /// Held while it is brought up to date: of two searches, the later one must not undo what the other one read.
    haystack: Mutex<Option<Haystack>>,
}

impl fmt::Debug for Search {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Search").finish_non_exhaustive()
    }
}

/// Rowids of the connections whose text contains `folded` and that pass the filters: those of the page in the wanted
/// order, and how many there are in all. No `limit`: all of them.
pub(super) async fn find(
    database: &Database,
    folded: &str,
    query: &ConnectionQuery,
    limit: Option<usize>,
) -> Result<(Vec<i64>, usize)> {
    let search = database.search();
    let mut haystack = search.haystack.lock().await;
    let current = bring_up_to_date(database, &search.changes, &mut haystack).await?;
    Ok(current.page(folded, query, limit))
}

async fn bring_up_to_date<'a>(
    database: &Database,
    changes: &Changes,
    haystack: &'a mut Option<Haystack>,
) -> Result<&'a Haystack> {
    // Whoever has the writer sees every commit. While a transaction is open, its marks stay for the next search.
    let mut writer = database.idle_writer();
    let (marks, mut reader);
    let connection: &mut SqliteConnection = match &mut writer {
        Some(writer) => {
            marks = changes.take();
            writer
        }
        None => {
            marks = changes.look();
            reader = database.reader().acquire().await.map_err(map_sqlx)?;
            &mut reader
        }
    };
    // A database that this process can't write has no marks: its owner may write it.
    let known = haystack
        .take()
        .filter(|_| marks.len() <= MANY && !database.is_read_only());
    let current = match known {
        Some(mut known) => {
            if !marks.is_empty() {
                known.read_again(connection, &marks).await?;
            }
            known
        }
        None => Haystack::read(connection).await?,
    };
    Ok(haystack.insert(current))
}

/// Everything that isn't deleted, by name.
#[derive(Default)]
struct Haystack {
    entries: Vec<Entry>,
    /// Ids and names of connectors and ids of registrations, which repeat.
    words: HashSet<Arc<str>>,
}

struct Entry {
    rowid: i64,
    name_key: Box<str>,
    text: Box<str>,
    account: Option<Box<str>>,
    connector: Arc<str>,
    connector_name: Arc<str>,
    registration: Option<Arc<str>>,
    status: Status,
    flows: i64,
    last_test_at: Option<i64>,
}

const COLUMNS: &str =
    "c.rowid as place, c.name_key, c.search, c.account_name, c.connector, c.connector_name,
    c.registration, c.status, c.flows, c.last_test_at";

impl Haystack {
    async fn read(connection: &mut SqliteConnection) -> Result<Self> {
        let rows = QueryBuilder::new(format!(
            "select {COLUMNS} from connections c indexed by connections_listed where c.deleted_at is null
             order by c.name_key"
        ))
        .build()
        .fetch_all(connection)
        .await
        .map_err(map_sqlx)?;
        let mut haystack = Self::default();
        haystack.entries.reserve_exact(rows.len());
        for row in &rows {
            haystack.add(row)?;
        }
        Ok(haystack)
    }

    async fn read_again(
        &mut self,
        connection: &mut SqliteConnection,
        marks: &BTreeSet<i64>,
    ) -> Result<()> {
        let rows = QueryBuilder::new(format!(
            "select {COLUMNS} from connections c where c.deleted_at is null
             and c.rowid in (select value from json_each("
        ))
        .push_bind(to_json(marks))
        .push("))")
        .build()
        .fetch_all(connection)
        .await
        .map_err(map_sqlx)?;
        self.entries.retain(|entry| !marks.contains(&entry.rowid));
        for row in &rows {
            self.add(row)?;
        }
        // One sorted run and a few more: close to one pass.
        self.entries.sort_by(|a, b| a.name_key.cmp(&b.name_key));
        Ok(())
    }

    fn add(&mut self, row: &SqliteRow) -> Result<()> {
        let entry = Entry {
            rowid: get(row, "place")?,
            name_key: get(row, "name_key")?,
            text: get(row, "search")?,
            account: get(row, "account_name")?,
            connector: self.word(get(row, "connector")?),
            connector_name: self.word(get(row, "connector_name")?),
            registration: get::<Option<&str>>(row, "registration")?.map(|id| self.word(id)),
            status: word(row, "status")?,
            flows: get(row, "flows")?,
            last_test_at: get(row, "last_test_at")?,
        };
        self.entries.push(entry);
        Ok(())
    }

    fn word(&mut self, text: &str) -> Arc<str> {
        if let Some(known) = self.words.get(text) {
            return Arc::clone(known);
        }
        let word: Arc<str> = text.into();
        self.words.insert(Arc::clone(&word));
        word
    }

    fn page(
        &self,
        folded: &str,
        query: &ConnectionQuery,
        limit: Option<usize>,
    ) -> (Vec<i64>, usize) {
        let finder = Finder::new(folded);
        // In the order of names, so an entry's place in the list breaks ties of all other orders.
        let mut hits: Vec<usize> = (0..self.entries.len())
            .filter(|place| {
                let entry = &self.entries[*place];
                passes(entry, query) && finder.find(entry.text.as_bytes()).is_some()
            })
            .collect();
        let total = hits.len();
        let first = usize::try_from(query.offset)
            .unwrap_or(usize::MAX)
            .min(total);
        let end = limit.map_or(total, |limit| first.saturating_add(limit).min(total));
        let order = |a: &usize, b: &usize| match query.direction {
            Direction::Ascending => self.compare(query.sort, *a, *b),
            Direction::Descending => self.compare(query.sort, *b, *a),
        };
        if end < total {
            hits.select_nth_unstable_by(end, order);
            hits.truncate(end);
        }
        hits.sort_unstable_by(order);
        let page = hits[first..].iter();
        (
            page.map(|place| self.entries[*place].rowid).collect(),
            total,
        )
    }

    fn compare(&self, sort: ConnectionSort, a: usize, b: usize) -> Ordering {
        let (one, other) = (&self.entries[a], &self.entries[b]);
        let by = match sort {
            ConnectionSort::Name => Ordering::Equal,
            ConnectionSort::Connector => {
                let names = one.connector_name.cmp(&other.connector_name);
                names.then_with(|| one.connector.cmp(&other.connector))
            }
            ConnectionSort::Account => one.account.cmp(&other.account),
            ConnectionSort::Status => one.status.as_str().cmp(other.status.as_str()),
            ConnectionSort::LastTest => one.last_test_at.cmp(&other.last_test_at),
            ConnectionSort::Flows => one.flows.cmp(&other.flows),
        };
        by.then(a.cmp(&b))
    }
}

/// Whether a row is among those that the filters leave.
fn passes(entry: &Entry, query: &ConnectionQuery) -> bool {
    let one_of = |ids: &[String]| ids.iter().any(|id| **id == *entry.connector);
    (!query.attention || entry.status.needs_attention())
        && (!query.unused || entry.flows == 0)
        && (query.status.is_empty() || query.status.contains(&entry.status))
        && (query.connectors.is_empty() || one_of(&query.connectors))
        && (query.registration.is_none()
            || query.registration.as_deref() == entry.registration.as_deref())
}
