//! The list of connections: filtered, sorted and paged by SQLite, so that 100,000 rows open like ten. A search word is
//! looked for in memory ([`search`]), and only the page it gives is read from here.

use std::cmp::Reverse;
use std::collections::HashMap;

use sqlx::sqlite::SqliteRow;
use sqlx::{QueryBuilder, Sqlite};

use super::columns::{from_word, get, to_json, word};
use super::connections::search_fold;
use super::{Database, map_sqlx, search};
use crate::clock::Timestamp;
use crate::connection::{
    ConnectionCounts, ConnectionQuery, ConnectionRow, ConnectionSort, ConnectorCount, Status,
};
use crate::error::Result;
use crate::page::{Direction, Page};

const COLUMNS: &str = "c.rowid as place, c.id, c.name, c.description, c.connector, c.connector_name, c.account_name, c.status,
    c.status_reason, c.last_test_at, c.last_test_verdict, c.expires_at, c.flows,
    (select a.id from authorizations a where a.connection = c.id and a.phase in ('waiting', 'account_question'))
        as authorization";

pub(crate) async fn list(
    database: &Database,
    query: &ConnectionQuery,
) -> Result<Page<ConnectionRow>> {
    let limit = match query.limit {
        0 => 100,
        limit => limit.min(500),
    };
    let folded = search_fold(&query.search);
    let (rows, total) = if folded.is_empty() {
        let mut select = QueryBuilder::new(format!("select {COLUMNS} from connections c"));
        restrict(&mut select, query);
        select.push(order(query.sort, query.direction));
        select.push(" limit ").push_bind(i64::from(limit));
        select.push(" offset ").push_bind(i64::from(query.offset));
        (
            read_all(database, select).await?,
            count(database, query).await?,
        )
    } else {
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let (places, total) = search::find(database, &folded, query, Some(limit)).await?;
        (at(database, &places).await?, total)
    };
    Ok(Page {
        rows: rows.into_iter().map(|(_, row)| row).collect(),
        total: u32::try_from(total).unwrap_or(u32::MAX),
        offset: query.offset,
    })
}

/// Ids of all that match, in order; for *Test all*.
pub(crate) async fn ids(database: &Database, query: &ConnectionQuery) -> Result<Vec<String>> {
    let folded = search_fold(&query.search);
    if !folded.is_empty() {
        let everything = ConnectionQuery {
            offset: 0,
            ..query.clone()
        };
        let (places, _) = search::find(database, &folded, &everything, None).await?;
        let rows = at(database, &places).await?;
        return Ok(rows.into_iter().map(|(_, row)| row.id).collect());
    }
    let mut select = QueryBuilder::new("select c.id from connections c");
    restrict(&mut select, query);
    select.push(order(query.sort, query.direction));
    select
        .build_query_scalar()
        .fetch_all(database.reader())
        .await
        .map_err(map_sqlx)
}

/// The rows at these places, in their order.
async fn at(database: &Database, places: &[i64]) -> Result<Vec<(i64, ConnectionRow)>> {
    let mut select = QueryBuilder::new(format!(
        "select {COLUMNS} from connections c where c.deleted_at is null
         and c.rowid in (select value from json_each("
    ));
    select.push_bind(to_json(&places)).push("))");
    let mut rows = read_all(database, select).await?;
    let order: HashMap<i64, usize> = places.iter().copied().zip(0..).collect();
    rows.sort_unstable_by_key(|(place, _)| order.get(place).copied());
    Ok(rows)
}

async fn read_all(
    database: &Database,
    mut select: QueryBuilder<Sqlite>,
) -> Result<Vec<(i64, ConnectionRow)>> {
    let rows = select
        .build()
        .fetch_all(database.reader())
        .await
        .map_err(map_sqlx)?;
    rows.iter()
        .map(|row| Ok((get(row, "place")?, read(row)?)))
        .collect()
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
    let groups = sqlx::query(
        "select connector, connector_name, status, count(*) as n, sum(flows = 0) as unused from connections
         where deleted_at is null group by connector_name, connector, status",
    )
    .fetch_all(database.reader())
    .await
    .map_err(map_sqlx)?;
    for row in &groups {
        let status: Status = word(row, "status")?;
        let n = number(row, "n")?;
        counts.all += n;
        counts.unused += number(row, "unused")?;
        if status.needs_attention() {
            counts.attention += n;
        }
        match status {
            Status::Connected => counts.connected += n,
            Status::Reauthorize => counts.reauthorize += n,
            Status::TestFailed => counts.test_failed += n,
            Status::FinishSigningIn => counts.finish_signing_in += n,
        }
        let (id, name): (String, String) = (get(row, "connector")?, get(row, "connector_name")?);
        // Groups of one connector follow each other.
        match counts.connectors.last_mut() {
            Some(last) if last.id == id && last.name == name => last.count += n,
            _ => counts
                .connectors
                .push(ConnectorCount { id, name, count: n }),
        }
    }
    // Stable: those that are used alike stay by name.
    counts
        .connectors
        .sort_by_key(|connector| Reverse(connector.count));
    Ok(counts)
}

async fn count(database: &Database, query: &ConnectionQuery) -> Result<usize> {
    let mut count = QueryBuilder::new("select count(*) from connections c");
    restrict(&mut count, query);
    let count: i64 = count
        .build_query_scalar()
        .fetch_one(database.reader())
        .await
        .map_err(map_sqlx)?;
    Ok(usize::try_from(count).unwrap_or(0))
}

fn restrict(builder: &mut QueryBuilder<Sqlite>, query: &ConnectionQuery) {
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
