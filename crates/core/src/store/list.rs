//! The list of connections: filtered, sorted and paged by SQLite, so that 100,000 rows open like ten.
//!
//! Search takes one of two ways. Few hits: the trigram index finds them and they are sorted. Many hits: the index of
//! the wanted order is walked and each row tested, which ends as soon as the page is full.

use sqlx::sqlite::SqliteRow;
use sqlx::{QueryBuilder, Sqlite};

use super::columns::{from_word, get, word};
use super::connections::search_fold;
use super::{Database, map_sqlx};
use crate::clock::Timestamp;
use crate::connection::{
    ConnectionCounts, ConnectionQuery, ConnectionRow, ConnectionSort, ConnectorCount, Status,
};
use crate::error::Result;
use crate::page::{Direction, Page};

/// More hits than this are cheaper to meet by walking the order than to sort.
const FEW: i64 = 2_000;

const COLUMNS: &str = "c.id, c.name, c.description, c.connector, c.connector_name, c.account_name, c.status,
    c.status_reason, c.last_test_at, c.last_test_verdict, c.expires_at, c.flows,
    (select a.id from authorizations a where a.connection = c.id and a.phase in ('waiting', 'account_question'))
        as authorization";

/// How the search word is looked for.
enum Search {
    None,
    /// By the trigram index, as an FTS5 phrase.
    Indexed(String),
    /// By reading the folded text of each row.
    Walked(String),
}

pub(crate) async fn list(
    database: &Database,
    query: &ConnectionQuery,
) -> Result<Page<ConnectionRow>> {
    let (search, hits) = plan(database, &query.search).await?;
    let total = match (hits, is_filtered(query)) {
        (Some(hits), false) => hits,
        _ => count(database, query, &search).await?,
    };
    let mut select = QueryBuilder::new(format!("select {COLUMNS} from connections c"));
    restrict(&mut select, query, &search);
    select.push(order(query.sort, query.direction));
    select
        .push(" limit ")
        .push_bind(i64::from(match query.limit {
            0 => 100,
            limit => limit.min(500),
        }));
    select.push(" offset ").push_bind(i64::from(query.offset));
    let rows = select
        .build()
        .fetch_all(database.reader())
        .await
        .map_err(map_sqlx)?;
    Ok(Page {
        rows: rows.iter().map(read).collect::<Result<_>>()?,
        total: u32::try_from(total).unwrap_or(u32::MAX),
        offset: query.offset,
    })
}

/// Ids of all that match, in order; for *Test all*.
pub(crate) async fn ids(database: &Database, query: &ConnectionQuery) -> Result<Vec<String>> {
    let (search, _) = plan(database, &query.search).await?;
    let mut select = QueryBuilder::new("select c.id from connections c");
    restrict(&mut select, query, &search);
    select.push(order(query.sort, query.direction));
    select
        .build_query_scalar()
        .fetch_all(database.reader())
        .await
        .map_err(map_sqlx)
}

/// One row as the list shows it.
pub(crate) async fn row(database: &Database, id: &str) -> Result<Option<ConnectionRow>> {
    let mut select =
        QueryBuilder::new(format!("select {COLUMNS} from connections c where c.id = "));
    select.push_bind(id).push(" and c.deleted_at is null");
    select
        .build()
        .fetch_optional(database.reader())
        .await
        .map_err(map_sqlx)?
        .map(|row| read(&row))
        .transpose()
}

pub(crate) async fn counts(database: &Database) -> Result<ConnectionCounts> {
    let mut counts = ConnectionCounts {
        all: 0,
        attention: 0,
        unused: 0,
        connected: 0,
        reauthorize: 0,
        test_failed: 0,
        finish_signing_in: 0,
        connectors: Vec::new(),
    };
    let by_status = sqlx::query(
        "select status, count(*) as n from connections where deleted_at is null group by status",
    )
    .fetch_all(database.reader())
    .await
    .map_err(map_sqlx)?;
    for row in &by_status {
        let status: Status = word(row, "status")?;
        let n = number(row, "n")?;
        counts.all += n;
        if status.needs_attention() {
            counts.attention += n;
        }
        match status {
            Status::Connected => counts.connected = n,
            Status::Reauthorize => counts.reauthorize = n,
            Status::TestFailed => counts.test_failed = n,
            Status::FinishSigningIn => counts.finish_signing_in = n,
        }
    }
    let unused: i64 = sqlx::query_scalar(
        "select count(*) from connections where deleted_at is null and flows = 0",
    )
    .fetch_one(database.reader())
    .await
    .map_err(map_sqlx)?;
    counts.unused = u32::try_from(unused).unwrap_or(u32::MAX);
    let by_connector = sqlx::query(
        "select connector, connector_name, count(*) as n from connections where deleted_at is null
         group by connector_name, connector order by n desc, connector_name",
    )
    .fetch_all(database.reader())
    .await
    .map_err(map_sqlx)?;
    for row in &by_connector {
        counts.connectors.push(ConnectorCount {
            id: get(row, "connector")?,
            name: get(row, "connector_name")?,
            count: number(row, "n")?,
        });
    }
    Ok(counts)
}

/// Chooses the way of the search, and how many rows contain the word if the index was asked.
async fn plan(database: &Database, search: &str) -> Result<(Search, Option<i64>)> {
    let folded = search_fold(search);
    if folded.is_empty() {
        return Ok((Search::None, None));
    }
    if folded.chars().count() < 3 {
        return Ok((Search::Walked(folded), None));
    }
    let phrase = format!("\"{}\"", folded.replace('"', "\"\""));
    let hits: i64 = sqlx::query_scalar(
        "select count(*) from connection_search where connection_search match ?",
    )
    .bind(&phrase)
    .fetch_one(database.reader())
    .await
    .map_err(map_sqlx)?;
    Ok(match hits {
        ..=FEW => (Search::Indexed(phrase), Some(hits)),
        _ => (Search::Walked(folded), Some(hits)),
    })
}

async fn count(database: &Database, query: &ConnectionQuery, search: &Search) -> Result<i64> {
    let mut count = QueryBuilder::new("select count(*) from connections c");
    // A word in many rows: the index of names carries all that filters look at.
    if matches!(search, Search::Walked(_)) {
        count.push(" indexed by connections_by_name");
    }
    restrict(&mut count, query, search);
    count
        .build_query_scalar()
        .fetch_one(database.reader())
        .await
        .map_err(map_sqlx)
}

fn is_filtered(query: &ConnectionQuery) -> bool {
    !query.status.is_empty()
        || query.attention
        || query.unused
        || !query.connectors.is_empty()
        || query.registration.is_some()
}

fn restrict(builder: &mut QueryBuilder<Sqlite>, query: &ConnectionQuery, search: &Search) {
    builder.push(" where c.deleted_at is null");
    if query.attention {
        builder.push(" and c.status in ('reauthorize', 'test_failed', 'finish_signing_in')");
    }
    if query.unused {
        builder.push(" and c.flows = 0");
    }
    if !query.status.is_empty() {
        builder.push(" and c.status in (");
        let mut list = builder.separated(", ");
        for status in &query.status {
            list.push_bind(status.as_str());
        }
        builder.push(")");
    }
    if !query.connectors.is_empty() {
        builder.push(" and c.connector in (");
        let mut list = builder.separated(", ");
        for connector in &query.connectors {
            list.push_bind(connector.clone());
        }
        builder.push(")");
    }
    if let Some(registration) = &query.registration {
        builder
            .push(" and c.registration = ")
            .push_bind(registration.clone());
    }
    match search {
        Search::None => {}
        Search::Indexed(phrase) => {
            builder
                .push(" and c.rowid in (select rowid from connection_search where connection_search match ")
                .push_bind(phrase.clone())
                .push(")");
        }
        Search::Walked(word) => {
            builder
                .push(" and instr(c.search, ")
                .push_bind(word.clone())
                .push(") > 0");
        }
    }
}

fn order(sort: ConnectionSort, direction: Direction) -> String {
    let columns: &[&str] = match sort {
        ConnectionSort::Name => &["c.name_key"],
        ConnectionSort::Connector => &["c.connector_name", "c.connector", "c.name_key"],
        ConnectionSort::Account => &["c.account_name", "c.name_key"],
        ConnectionSort::Status => &["c.status", "c.name_key"],
        ConnectionSort::LastTest => &["c.last_test_at", "c.name_key"],
        ConnectionSort::Flows => &["c.flows", "c.name_key"],
    };
    let direction = match direction {
        Direction::Ascending => "asc",
        Direction::Descending => "desc",
    };
    let columns: Vec<String> = columns
        .iter()
        .map(|column| format!("{column} {direction}"))
        .collect();
    format!(" order by {}", columns.join(", "))
}

fn number(row: &SqliteRow, column: &'static str) -> Result<u32> {
    Ok(u32::try_from(get::<i64>(row, column)?).unwrap_or(u32::MAX))
}

fn read(row: &SqliteRow) -> Result<ConnectionRow> {
    Ok(ConnectionRow {
        id: get(row, "id")?,
        name: get(row, "name")?,
        description: get(row, "description")?,
        connector: get(row, "connector")?,
        connector_name: get(row, "connector_name")?,
        account: get(row, "account_name")?,
        status: word(row, "status")?,
        status_reason: get(row, "status_reason")?,
        last_test_at: get::<Option<i64>>(row, "last_test_at")?.map(Timestamp),
        last_test: get::<Option<String>>(row, "last_test_verdict")?
            .map(|verdict| from_word(&verdict, "last_test_verdict"))
            .transpose()?,
        expires_at: get::<Option<i64>>(row, "expires_at")?.map(Timestamp),
        flows: number(row, "flows")?,
        authorization: get(row, "authorization")?,
    })
}
