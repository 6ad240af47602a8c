//! Usage of connections: which flows use one, and how many.

use std::collections::HashMap;

use sqlx::{QueryBuilder, Row as _, Sqlite};

use super::{as_u32, json, last_part};
use crate::flow::read::Trigger;
use crate::flow::view::{FlowId, SourceId, UsageGroup, UsageQuery, UsageRow, UsageSort};
use crate::page::Direction;
use crate::store::{Database, map_sqlx};
use crate::{Result, Timestamp};

/// Flows with cards that are bound to the connection, and how many cards each has.
pub(crate) async fn direct(database: &Database, connection: &str) -> Result<Vec<(i64, u32)>> {
    let rows: Vec<(i64, i64)> = sqlx::query_as(
        "select c.flow, count(*) from flow_cards c join flows f on f.id = c.flow
        where c.connection = ? and f.gone_since is null group by c.flow",
    )
    .bind(connection)
    .fetch_all(database.reader())
    .await
    .map_err(map_sqlx)?;
    Ok(rows
        .into_iter()
        .map(|(flow, cards)| (flow, as_u32(cards)))
        .collect())
}

/// Every known call: (called flow, calling flow, title of the calling card).
pub(crate) async fn calls(database: &Database) -> Result<Vec<(i64, i64, String)>> {
    sqlx::query_as(
        "select k.callee, k.caller, k.card from flow_calls k join flows f on f.id = k.caller
        where k.callee is not null and f.gone_since is null order by k.callee, k.caller, k.position",
    )
    .fetch_all(database.reader())
    .await
    .map_err(map_sqlx)
}

/// A flow that uses a connection, 0 for directly or 1 for through another one, and its cards.
pub(crate) type UsedBy = (i64, u8, u32);

/// Rows of these flows, a page of them. Cards and helpers are the caller's to fill in.
pub(crate) async fn rows(
    database: &Database,
    used: &[UsedBy],
    query: &UsageQuery,
) -> Result<Vec<UsageRow>> {
    let down = if query.direction == Direction::Descending {
        " desc"
    } else {
        ""
    };
    let first = match query.sort {
        UsageSort::Way => format!("j.value ->> 1{down}, f.folder{down}, f.name{down}"),
        UsageSort::Name => format!("f.name collate nocase{down}, f.folder"),
        UsageSort::Cards => format!("j.value ->> 2{down}, f.folder, f.name"),
        UsageSort::Read => format!("i.last_read_at{down}, f.folder, f.name"),
    };
    let limit = match query.limit {
        0 => 200,
        limit => limit.min(1_000),
    };
    let mut select = QueryBuilder::<Sqlite>::new(
        "select f.id, f.name, f.folder, f.source, f.trigger_kind, f.schedule, s.path, i.last_read_at,
            coalesce(i.gone_since, s.gone_since) as missing_since
        from json_each(",
    );
    select
        .push_bind(json(used))
        .push(
            ") j join flows f on f.id = j.value ->> 0
            join flow_files i on i.id = f.file join flow_sources s on s.id = f.source order by ",
        )
        .push(first)
        .push(", f.id limit ")
        .push_bind(limit)
        .push(" offset ")
        .push_bind(query.offset);
    let rows = select
        .build()
        .fetch_all(database.reader())
        .await
        .map_err(map_sqlx)?;
    rows.iter()
        .map(|row| {
            let read = || -> sqlx::Result<UsageRow> {
                let path: String = row.try_get("path")?;
                let trigger: String = row.try_get("trigger_kind")?;
                Ok(UsageRow {
                    flow: FlowId(row.try_get("id")?),
                    name: row.try_get("name")?,
                    folder: row.try_get("folder")?,
                    source: SourceId(row.try_get("source")?),
                    source_name: last_part(&path).to_owned(),
                    cards: 0,
                    through: None,
                    trigger: Trigger::from_name(&trigger),
                    schedule: row.try_get("schedule")?,
                    read_at: Timestamp(row.try_get("last_read_at")?),
                    missing_since: row
                        .try_get::<Option<i64>, _>("missing_since")?
                        .map(Timestamp),
                })
            };
            read().map_err(map_sqlx)
        })
        .collect()
}

/// The folders that these flows lie in, those with the most flows first.
pub(crate) async fn groups(database: &Database, used: &[UsedBy]) -> Result<Vec<UsageGroup>> {
    let rows: Vec<(i64, String, String, i64, i64, i64)> = sqlx::query_as(
        "select f.source, s.path, f.folder, count(*), sum(j.value ->> 1 = 0), sum(j.value ->> 2)
        from json_each(?) j join flows f on f.id = j.value ->> 0 join flow_sources s on s.id = f.source
        group by f.source, f.folder order by count(*) desc, s.path, f.folder",
    )
    .bind(json(used))
    .fetch_all(database.reader())
    .await
    .map_err(map_sqlx)?;
    Ok(rows
        .into_iter()
        .map(|(source, path, folder, flows, direct, cards)| UsageGroup {
            source: SourceId(source),
            source_name: last_part(&path).to_owned(),
            folder,
            flows: as_u32(flows),
            direct: as_u32(direct),
            cards: as_u32(cards),
        })
        .collect())
}

/// Names of flows.
pub(crate) async fn names(database: &Database, flows: &[i64]) -> Result<HashMap<i64, String>> {
    let rows: Vec<(i64, String)> =
        sqlx::query_as("select id, name from flows where id in (select value from json_each(?))")
            .bind(json(flows))
            .fetch_all(database.reader())
            .await
            .map_err(map_sqlx)?;
    Ok(rows.into_iter().collect())
}

/// Flows that each of these connections has cards in, as every change of a binding keeps it.
pub(crate) async fn counts(
    database: &Database,
    connections: &[String],
) -> Result<HashMap<String, u32>> {
    let rows: Vec<(String, i64)> = sqlx::query_as(
        "select id, flows from connections where id in (select value from json_each(?))",
    )
    .bind(json(connections))
    .fetch_all(database.reader())
    .await
    .map_err(map_sqlx)?;
    Ok(rows
        .into_iter()
        .map(|(id, count)| (id, as_u32(count)))
        .collect())
}

/// Names of manifest flows that name the connection: their files are what must be changed after a rename.
pub(crate) async fn named_in_manifests(
    database: &Database,
    connector: &str,
    name: &str,
) -> Result<Vec<String>> {
    let rows: Vec<(String, String)> = sqlx::query_as(
        "select distinct f.name, c.connection_name from flow_cards c join flows f on f.id = c.flow
        join flow_files i on i.id = f.file
        where i.format = 'manifest' and f.gone_since is null and c.connector = ? and c.connection_name is not null
        order by f.name",
    )
    .bind(connector)
    .fetch_all(database.reader())
    .await
    .map_err(map_sqlx)?;
    let wanted = super::fold(name);
    let mut names: Vec<String> = rows
        .into_iter()
        .filter(|(_, named)| super::fold(named) == wanted)
        .map(|(flow, _)| flow)
        .collect();
    names.dedup();
    Ok(names)
}
