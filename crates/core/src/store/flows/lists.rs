//! Reading flows for the console: pages of rows, one flow with its cards, sources and counts.

use std::collections::HashMap;

use sqlx::sqlite::SqliteRow;
use sqlx::{QueryBuilder, Row as _, Sqlite};

use super::{as_u32, json, last_part, search_fold};
use crate::flow::read::{Format, Problem, ProblemKind, Trigger};
use crate::flow::view::{
    CallView, FlowCounts, FlowFilter, FlowId, FlowQuery, FlowRow, FlowSort, SourceId,
};
use crate::page::{Direction, Page};
use crate::store::{Database, map_sqlx};
use crate::{Code, Error, Result, Timestamp};

/// Flows with a card whose connection was deleted, doesn't work or lacks a scope. Each part has an index of its own.
const BROKEN_FLOWS: &str = "select c.flow from flow_cards c where c.lost_name is not null and c.connection is null
    union select c.flow from connections k join flow_cards c on c.connection = k.id
        where k.deleted_at is null and k.status <> 'connected'
    union select c.flow from connections k join flow_cards c on c.connection = k.id where k.deleted_at is not null
    union select c.flow from flow_cards c join connections k on k.id = c.connection
        where c.needs is not null and (k.scopes_granted is not null or k.scopes_requested <> '[]') and exists (
            select 1 from json_each(c.needs) n where not exists (
                select 1 from json_each(n.value) s where s.value in (
                    select value from json_each(coalesce(k.scopes_granted, k.scopes_requested)))))";

const ROW: &str = "select f.id, f.name, f.description, f.folder, f.source, f.trigger_kind, f.schedule, f.cards,
        f.unbound, f.command, s.path as source_path, s.gone_since as source_gone, i.path as file_path, i.format,
        i.last_read_at, i.gone_since as file_gone, i.problems, i.hash
    from flows f join flow_files i on i.id = f.file join flow_sources s on s.id = f.source";

/// A card with its binding as the store has it.
#[derive(Debug, Clone)]
pub(crate) struct CardRow {
    pub(crate) id: i64,
    pub(crate) flow: i64,
    pub(crate) title: String,
    pub(crate) connector_key: String,
    pub(crate) connector: Option<String>,
    pub(crate) connection_name: Option<String>,
    pub(crate) nested: Option<String>,
    pub(crate) is_trigger: bool,
    pub(crate) needs: Vec<Vec<String>>,
    pub(crate) environment: Option<String>,
    pub(crate) connection: Option<String>,
    pub(crate) chosen_by: Option<String>,
    pub(crate) lost_name: Option<String>,
    pub(crate) card_id: String,
}

/// One flow's row and what only its detail shows.
#[derive(Debug, Clone)]
pub(crate) struct FlowWhole {
    pub(crate) row: FlowRow,
    pub(crate) source_path: String,
    pub(crate) command: Vec<String>,
    pub(crate) problems: Vec<Problem>,
}

pub(crate) async fn page(database: &Database, query: &FlowQuery) -> Result<Page<FlowRow>> {
    let total: i64 = filtered("select count(*) from flows f", query)
        .build_query_scalar()
        .fetch_one(database.reader())
        .await
        .map_err(map_sqlx)?;
    // Ids first: sorting needs an index only, not the rows.
    let mut select = filtered(
        "select f.id from flows f join flow_sources s on s.id = f.source",
        query,
    );
    let down = if query.direction == Direction::Descending {
        " desc"
    } else {
        ""
    };
    select.push(match query.sort {
        FlowSort::Folder => {
            format!(" order by s.path{down}, f.folder{down}, f.name collate nocase{down}, f.id")
        }
        FlowSort::Name => format!(" order by f.name collate nocase{down}, f.id"),
        FlowSort::Cards => format!(" order by f.cards{down}, f.name collate nocase, f.id"),
        FlowSort::Unbound => format!(" order by f.unbound{down}, f.name collate nocase, f.id"),
    });
    let limit = if query.limit == 0 {
        100
    } else {
        query.limit.min(500)
    };
    select
        .push(" limit ")
        .push_bind(limit)
        .push(" offset ")
        .push_bind(query.offset);
    let ids: Vec<i64> = select
        .build_query_scalar()
        .fetch_all(database.reader())
        .await
        .map_err(map_sqlx)?;
    let mut select = QueryBuilder::<Sqlite>::new(ROW);
    select
        .push(" where f.id in (select value from json_each(")
        .push_bind(json(&ids))
        .push("))");
    let found = select
        .build()
        .fetch_all(database.reader())
        .await
        .map_err(map_sqlx)?;
    let mut by_id = HashMap::new();
    for row in &found {
        let row = whole(row)?.row;
        by_id.insert(row.id.0, row);
    }
    let mut rows: Vec<FlowRow> = ids.iter().filter_map(|id| by_id.remove(id)).collect();
    fill(database, &mut rows).await?;
    Ok(Page {
        rows,
        total: as_u32(total),
        offset: query.offset,
    })
}

pub(super) fn filtered(select: &'static str, query: &FlowQuery) -> QueryBuilder<Sqlite> {
    let mut builder = QueryBuilder::new(select);
    builder.push(" where f.gone_since is null");
    for word in search_fold(&query.search).split_whitespace() {
        builder
            .push(" and instr(f.search, ")
            .push_bind(word.to_owned())
            .push(") > 0");
    }
    if let Some(source) = query.source {
        builder.push(" and f.source = ").push_bind(source.0);
    }
    if let Some(folder) = &query.folder {
        builder.push(" and f.folder = ").push_bind(folder.clone());
    }
    match query.filter {
        FlowFilter::All => {}
        FlowFilter::Unbound => {
            builder.push(" and f.unbound > 0");
        }
        FlowFilter::Broken => {
            builder.push(" and f.id in (").push(BROKEN_FLOWS).push(")");
        }
    }
    builder
}

pub(crate) async fn counts(database: &Database) -> Result<FlowCounts> {
    let (all, unbound, unbound_cards): (i64, i64, i64) = sqlx::query_as(
        "select count(*), coalesce(sum(unbound > 0), 0), coalesce(sum(unbound), 0) from flows where gone_since is null",
    )
    .fetch_one(database.reader())
    .await
    .map_err(map_sqlx)?;
    let broken = FlowQuery {
        filter: FlowFilter::Broken,
        ..FlowQuery::default()
    };
    let broken: i64 = filtered("select count(*) from flows f", &broken)
        .build_query_scalar()
        .fetch_one(database.reader())
        .await
        .map_err(map_sqlx)?;
    Ok(FlowCounts {
        all: as_u32(all),
        unbound: as_u32(unbound),
        unbound_cards: as_u32(unbound_cards),
        broken: as_u32(broken),
    })
}

pub(crate) async fn flow(database: &Database, id: FlowId) -> Result<FlowWhole> {
    let mut select = QueryBuilder::<Sqlite>::new(ROW);
    select
        .push(" where f.gone_since is null and f.id = ")
        .push_bind(id.0);
    let row = select
        .build()
        .fetch_optional(database.reader())
        .await
        .map_err(map_sqlx)?
        .ok_or_else(|| Error::new(Code::NotFound, "this flow isn't in the workspace any more"))?;
    let mut whole = whole(&row)?;
    fill(database, std::slice::from_mut(&mut whole.row)).await?;
    Ok(whole)
}

/// Fills in what is counted over cards and calls.
async fn fill(database: &Database, rows: &mut [FlowRow]) -> Result<()> {
    let ids: Vec<i64> = rows.iter().map(|row| row.id.0).collect();
    let at: HashMap<i64, usize> = ids
        .iter()
        .enumerate()
        .map(|(index, id)| (*id, index))
        .collect();
    let connectors: Vec<(i64, String)> = sqlx::query_as(
        "select flow, coalesce(connector, connector_key) from flow_cards
        where flow in (select value from json_each(?)) group by 1, 2 order by flow, min(position)",
    )
    .bind(json(&ids))
    .fetch_all(database.reader())
    .await
    .map_err(map_sqlx)?;
    for (flow, connector) in connectors {
        rows[at[&flow]].connectors.push(connector);
    }
    let callers: Vec<(i64, i64)> = sqlx::query_as(
        "select k.callee, count(distinct k.caller) from flow_calls k join flows f on f.id = k.caller
        where f.gone_since is null and k.callee in (select value from json_each(?)) group by 1",
    )
    .bind(json(&ids))
    .fetch_all(database.reader())
    .await
    .map_err(map_sqlx)?;
    for (flow, count) in callers {
        rows[at[&flow]].called_by = as_u32(count);
    }
    let broken: Vec<(i64, i64)> = sqlx::query_as(
        "select c.flow, count(*) from flow_cards c left join connections k on k.id = c.connection
        where c.flow in (select value from json_each(?)) and (
            (c.connection is null and c.lost_name is not null)
            or (c.connection is not null and (k.id is null or k.deleted_at is not null or k.status <> 'connected'))
            or (c.needs is not null and (k.scopes_granted is not null or k.scopes_requested <> '[]') and exists (
                select 1 from json_each(c.needs) n where not exists (
                    select 1 from json_each(n.value) s where s.value in (
                        select value from json_each(coalesce(k.scopes_granted, k.scopes_requested)))))))
        group by 1",
    )
    .bind(json(&ids))
    .fetch_all(database.reader())
    .await
    .map_err(map_sqlx)?;
    for (flow, count) in broken {
        rows[at[&flow]].broken = as_u32(count);
    }
    Ok(())
}

fn whole(row: &SqliteRow) -> Result<FlowWhole> {
    let read = || -> sqlx::Result<FlowWhole> {
        let source_path: String = row.try_get("source_path")?;
        let format: Option<String> = row.try_get("format")?;
        let trigger: String = row.try_get("trigger_kind")?;
        let command: String = row.try_get("command")?;
        let problems: String = row.try_get("problems")?;
        let gone: Option<i64> = row.try_get("file_gone")?;
        let source_gone: Option<i64> = row.try_get("source_gone")?;
        Ok(FlowWhole {
            row: FlowRow {
                id: FlowId(row.try_get("id")?),
                name: row.try_get("name")?,
                description: row.try_get("description")?,
                folder: row.try_get("folder")?,
                source: SourceId(row.try_get("source")?),
                source_name: last_part(&source_path).to_owned(),
                file: row.try_get("file_path")?,
                format: format.as_deref().and_then(Format::from_name),
                trigger: Trigger::from_name(&trigger),
                schedule: row.try_get("schedule")?,
                cards: as_u32(row.try_get("cards")?),
                unbound: as_u32(row.try_get("unbound")?),
                broken: 0,
                called_by: 0,
                connectors: Vec::new(),
                read_at: Timestamp(row.try_get("last_read_at")?),
                missing_since: gone.or(source_gone).map(Timestamp),
            },
            source_path,
            command: serde_json::from_str(&command).unwrap_or_default(),
            problems: problems_of(&problems),
        })
    };
    read().map_err(map_sqlx)
}

/// Problems as they were written.
pub(super) fn problems_of(text: &str) -> Vec<Problem> {
    let list: Vec<serde_json::Value> = serde_json::from_str(text).unwrap_or_default();
    let word =
        |value: &serde_json::Value, key: &str| value[key].as_str().unwrap_or_default().to_owned();
    list.iter()
        .map(|value| Problem {
            path: word(value, "path"),
            kind: ProblemKind::from_name(&word(value, "kind")).unwrap_or(ProblemKind::Inconsistent),
            reason: word(value, "reason"),
        })
        .collect()
}

pub(crate) async fn cards(database: &Database, flow: FlowId) -> Result<Vec<CardRow>> {
    let rows = sqlx::query(
        "select id, flow, title, connector_key, connector, connection_name, nested, is_trigger, needs, environment,
            connection, chosen_by, lost_name, card_id
        from flow_cards where flow = ? order by position",
    )
    .bind(flow.0)
    .fetch_all(database.reader())
    .await
    .map_err(map_sqlx)?;
    rows.iter().map(|row| card(row).map_err(map_sqlx)).collect()
}

/// Cards by their ids, in no order.
pub(crate) async fn cards_by_id(database: &Database, cards: &[i64]) -> Result<Vec<CardRow>> {
    let rows = sqlx::query(
        "select id, flow, title, connector_key, connector, connection_name, nested, is_trigger, needs, environment,
            connection, chosen_by, lost_name, card_id
        from flow_cards where id in (select value from json_each(?))",
    )
    .bind(json(cards))
    .fetch_all(database.reader())
    .await
    .map_err(map_sqlx)?;
    rows.iter().map(|row| card(row).map_err(map_sqlx)).collect()
}

/// Cards that are bound to a connection, with their flows' names, by folder and name.
pub(crate) async fn cards_of_connection(
    database: &Database,
    connection: &str,
) -> Result<Vec<(CardRow, String)>> {
    let rows = sqlx::query(
        "select c.id, c.flow, c.title, c.connector_key, c.connector, c.connection_name, c.nested, c.is_trigger,
            c.needs, c.environment, c.connection, c.chosen_by, c.lost_name, c.card_id, f.name as flow_name
        from flow_cards c join flows f on f.id = c.flow
        where c.connection = ? and f.gone_since is null order by f.folder, f.name, f.id, c.position",
    )
    .bind(connection)
    .fetch_all(database.reader())
    .await
    .map_err(map_sqlx)?;
    rows.iter()
        .map(|row| {
            let name = row.try_get("flow_name").map_err(map_sqlx)?;
            Ok((card(row).map_err(map_sqlx)?, name))
        })
        .collect()
}

fn card(row: &SqliteRow) -> sqlx::Result<CardRow> {
    let needs: Option<String> = row.try_get("needs")?;
    Ok(CardRow {
        id: row.try_get("id")?,
        flow: row.try_get("flow")?,
        title: row.try_get("title")?,
        connector_key: row.try_get("connector_key")?,
        connector: row.try_get("connector")?,
        connection_name: row.try_get("connection_name")?,
        nested: row.try_get("nested")?,
        is_trigger: row.try_get("is_trigger")?,
        needs: needs
            .and_then(|needs| serde_json::from_str(&needs).ok())
            .unwrap_or_default(),
        environment: row.try_get("environment")?,
        connection: row.try_get("connection")?,
        chosen_by: row.try_get("chosen_by")?,
        lost_name: row.try_get("lost_name")?,
        card_id: row.try_get("card_id")?,
    })
}

/// The called flow, its name, the name and the id that the file gives it, and the calling card.
type CallRow = (
    Option<i64>,
    Option<String>,
    Option<String>,
    Option<String>,
    String,
);

/// Flows that a flow calls, and flows that call it.
pub(crate) async fn calls(
    database: &Database,
    flow: FlowId,
) -> Result<(Vec<CallView>, Vec<CallView>)> {
    let called: Vec<CallRow> = sqlx::query_as(
        "select k.callee, f.name, k.name, k.file_id, k.card from flow_calls k left join flows f on f.id = k.callee
        where k.caller = ? order by k.position",
    )
    .bind(flow.0)
    .fetch_all(database.reader())
    .await
    .map_err(map_sqlx)?;
    let callers: Vec<(i64, String, String)> = sqlx::query_as(
        "select f.id, f.name, k.card from flow_calls k join flows f on f.id = k.caller
        where k.callee = ? and f.gone_since is null order by f.folder, f.name, k.position",
    )
    .bind(flow.0)
    .fetch_all(database.reader())
    .await
    .map_err(map_sqlx)?;
    Ok((
        called
            .into_iter()
            .map(|(callee, known, named, file_id, card)| CallView {
                flow: callee.map(FlowId),
                name: known.or(named).or(file_id).unwrap_or_default(),
                card,
            })
            .collect(),
        callers
            .into_iter()
            .map(|(caller, name, card)| CallView {
                flow: Some(FlowId(caller)),
                name,
                card,
            })
            .collect(),
    ))
}
