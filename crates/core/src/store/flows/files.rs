//! Sources and files as the console sees them, and what a write-back needs to know of a file.

use std::collections::HashMap;

use sqlx::Row as _;

use super::lists::problems_of;
use super::{as_u32, last_part};
use crate::flow::view::{FlowId, SourceId, SourceKind, SourceRow};
use crate::store::{Database, map_sqlx};
use crate::{Code, Error, Result, Timestamp};

pub(crate) async fn source_rows(database: &Database) -> Result<Vec<SourceRow>> {
    let rows = sqlx::query(
        "select s.id, s.path, s.kind, s.last_read_at, s.gone_since, s.problems,
            (select count(*) from flows f where f.source = s.id and f.gone_since is null) as flows,
            (select coalesce(sum(cards), 0) from flows f where f.source = s.id and f.gone_since is null) as cards,
            (select coalesce(sum(unbound), 0) from flows f where f.source = s.id and f.gone_since is null) as unbound
        from flow_sources s order by s.path",
    )
    .fetch_all(database.reader())
    .await
    .map_err(map_sqlx)?;
    let files: Vec<(i64, String)> = sqlx::query_as(
        "select source, problems from flow_files where problems <> '[]' and gone_since is null order by path",
    )
    .fetch_all(database.reader())
    .await
    .map_err(map_sqlx)?;
    rows.iter()
        .map(|row| {
            let read = || -> sqlx::Result<SourceRow> {
                let id: i64 = row.try_get("id")?;
                let path: String = row.try_get("path")?;
                let kind: String = row.try_get("kind")?;
                let mut problems = problems_of(&row.try_get::<String, _>("problems")?);
                let of_files = files.iter().filter(|(source, _)| *source == id);
                problems.extend(of_files.flat_map(|(_, text)| problems_of(text)));
                Ok(SourceRow {
                    id: SourceId(id),
                    name: last_part(&path).to_owned(),
                    path,
                    kind: if kind == "folder" {
                        SourceKind::Folder
                    } else {
                        SourceKind::File
                    },
                    flows: as_u32(row.try_get("flows")?),
                    cards: as_u32(row.try_get("cards")?),
                    unbound: as_u32(row.try_get("unbound")?),
                    last_read_at: row
                        .try_get::<Option<i64>, _>("last_read_at")?
                        .map(Timestamp),
                    gone_since: row.try_get::<Option<i64>, _>("gone_since")?.map(Timestamp),
                    problems,
                })
            };
            read().map_err(map_sqlx)
        })
        .collect()
}

/// How many flows and cards a source has.
pub(crate) async fn source_size(database: &Database, source: i64) -> Result<(u32, u32)> {
    let (flows, cards): (i64, i64) = sqlx::query_as(
        "select count(*), coalesce(sum(cards), 0) from flows where source = ? and gone_since is null",
    )
    .bind(source)
    .fetch_one(database.reader())
    .await
    .map_err(map_sqlx)?;
    Ok((as_u32(flows), as_u32(cards)))
}

/// The flow of a file that holds one, by the file's path inside its source.
pub(crate) async fn flow_at(
    database: &Database,
    source: i64,
    path: &str,
) -> Result<Option<FlowId>> {
    let found: Option<i64> = sqlx::query_scalar(
        "select f.id from flows f join flow_files i on i.id = f.file
        where i.source = ? and i.path = ? and f.gone_since is null and i.gone_since is null",
    )
    .bind(source)
    .bind(path)
    .fetch_optional(database.reader())
    .await
    .map_err(map_sqlx)?;
    Ok(found.map(FlowId))
}

/// The file that a flow was read from.
#[derive(Debug, Clone)]
pub(crate) struct FileOfFlow {
    pub(crate) id: i64,
    pub(crate) source: SourceId,
    pub(crate) source_path: String,
    pub(crate) path: String,
    pub(crate) hash: String,
    pub(crate) format: Option<String>,
}

pub(crate) async fn file_of(database: &Database, flow: FlowId) -> Result<FileOfFlow> {
    let row: Option<(i64, i64, String, String, String, Option<String>)> = sqlx::query_as(
        "select i.id, s.id, s.path, i.path, i.hash, i.format from flows f
        join flow_files i on i.id = f.file join flow_sources s on s.id = i.source where f.id = ?",
    )
    .bind(flow.0)
    .fetch_optional(database.reader())
    .await
    .map_err(map_sqlx)?;
    let (id, source, source_path, path, hash, format) =
        row.ok_or_else(|| Error::new(Code::NotFound, "this flow isn't in the workspace any more"))?;
    Ok(FileOfFlow {
        id,
        source: SourceId(source),
        source_path,
        path,
        hash,
        format,
    })
}

/// Names of the connections that the cards of a file are bound to, by the places of flow and card.
pub(crate) async fn bound_names(
    database: &Database,
    file: i64,
) -> Result<HashMap<(usize, usize), String>> {
    let rows: Vec<(i64, i64, String)> = sqlx::query_as(
        "select f.position, c.position, k.name from flows f join flow_cards c on c.flow = f.id
        join connections k on k.id = c.connection and k.deleted_at is null
        where f.file = ? and f.gone_since is null",
    )
    .bind(file)
    .fetch_all(database.reader())
    .await
    .map_err(map_sqlx)?;
    let place = |number: i64| usize::try_from(number).unwrap_or(usize::MAX);
    Ok(rows
        .into_iter()
        .map(|(flow, card, name)| ((place(flow), place(card)), name))
        .collect())
}
