//! The table of activity.

use sqlx::{QueryBuilder, Sqlite};

use super::columns::{get, to_word, word};
use super::{Database, map_sqlx};
use crate::activity::{Action, ActivityEntry, ActivityQuery, Outcome};
use crate::clock::Timestamp;
use crate::error::Result;
use crate::page::Page;

/// An entry before it has a number.
pub(crate) struct NewEntry<'a> {
    pub at: Timestamp,
    pub action: Action,
    pub outcome: Outcome,
    pub connection: Option<&'a str>,
    pub connection_name: Option<&'a str>,
    pub connector: Option<&'a str>,
    pub detail: Option<&'a str>,
}

pub(crate) async fn add(database: &Database, entry: NewEntry<'_>) -> Result<()> {
    let mut write = database.write().await?;
    add_to(&mut write, entry).await?;
    write.commit().await.map_err(map_sqlx)
}

pub(crate) async fn add_to(
    write: &mut sqlx::Transaction<'static, sqlx::Sqlite>,
    entry: NewEntry<'_>,
) -> Result<()> {
    sqlx::query(
        "insert into activity (at, action, outcome, connection, connection_name, connector, detail)
         values (?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(entry.at.0)
    .bind(to_word(&entry.action))
    .bind(to_word(&entry.outcome))
    .bind(entry.connection)
    .bind(entry.connection_name)
    .bind(entry.connector)
    .bind(entry.detail)
    .execute(&mut **write)
    .await
    .map_err(map_sqlx)?;
    Ok(())
}

pub(crate) async fn list(
    database: &Database,
    query: &ActivityQuery,
) -> Result<Page<ActivityEntry>> {
    let mut count = QueryBuilder::new("select count(*) from activity");
    restrict(&mut count, query);
    let total: i64 = count
        .build_query_scalar()
        .fetch_one(database.reader())
        .await
        .map_err(map_sqlx)?;
    let mut select = QueryBuilder::new("select * from activity");
    restrict(&mut select, query);
    select
        .push(" order by id desc limit ")
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
    let rows = rows
        .iter()
        .map(|row| {
            Ok(ActivityEntry {
                id: get(row, "id")?,
                at: Timestamp(get(row, "at")?),
                action: word(row, "action")?,
                outcome: word(row, "outcome")?,
                connection: get(row, "connection")?,
                connection_name: get(row, "connection_name")?,
                connector: get(row, "connector")?,
                detail: get(row, "detail")?,
            })
        })
        .collect::<Result<_>>()?;
    Ok(Page {
        rows,
        total: u32::try_from(total).unwrap_or(u32::MAX),
        offset: query.offset,
    })
}

fn restrict(builder: &mut QueryBuilder<Sqlite>, query: &ActivityQuery) {
    builder.push(" where 1 = 1");
    if let Some(connection) = &query.connection {
        builder
            .push(" and connection = ")
            .push_bind(connection.clone());
    }
    if let Some(outcome) = query.outcome {
        builder.push(" and outcome = ").push_bind(to_word(&outcome));
    }
    if let Some(action) = query.action {
        builder.push(" and action = ").push_bind(to_word(&action));
    }
}
