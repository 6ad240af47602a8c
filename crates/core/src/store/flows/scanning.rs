//! Writing down what was read. Whole lists go in as one JSON parameter, so an import of 60,000 cards takes a handful
//! of statements.

use sqlx::Row as _;
use sqlx::sqlite::SqliteRow;

use super::records::{
    CallWrite, CardRecord, CardWrite, FileRecord, FileWrite, FlowRecord, FlowRecordWrite,
    NamedConnection, SourceRecord,
};
use super::{FlowWrite, json};
use crate::store::{Database, map_sqlx};
use crate::{Code, Error, Result};

/// Adds a source; `None` when the path is one already.
pub(crate) async fn add_source(
    database: &Database,
    path: &str,
    kind: &str,
    now: i64,
) -> Result<Option<i64>> {
    let mut write = database.write().await?;
    let id = sqlx::query_scalar(
        "insert into flow_sources (path, kind, added_at) values (?, ?, ?)
        on conflict (path) do nothing returning id",
    )
    .bind(path)
    .bind(kind)
    .bind(now)
    .fetch_optional(&mut *write)
    .await
    .map_err(map_sqlx)?;
    write.commit().await.map_err(map_sqlx)?;
    Ok(id)
}

pub(crate) async fn sources(database: &Database) -> Result<Vec<SourceRecord>> {
    let rows = sqlx::query("select id, path from flow_sources order by path")
        .fetch_all(database.reader())
        .await
        .map_err(map_sqlx)?;
    rows.iter()
        .map(|row| {
            Ok(SourceRecord {
                id: row.try_get("id").map_err(map_sqlx)?,
                path: row.try_get("path").map_err(map_sqlx)?,
            })
        })
        .collect()
}

pub(crate) async fn source(database: &Database, id: i64) -> Result<SourceRecord> {
    let found = sources(database)
        .await?
        .into_iter()
        .find(|source| source.id == id);
    found.ok_or_else(|| {
        Error::new(
            Code::NotFound,
            "this source of flows isn't in the workspace any more",
        )
    })
}

pub(crate) async fn files(database: &Database, source: i64) -> Result<Vec<FileRecord>> {
    let rows = sqlx::query(
        "select id, path, size, modified, hash, gone_since is not null as is_gone from flow_files where source = ?",
    )
    .bind(source)
    .fetch_all(database.reader())
    .await
    .map_err(map_sqlx)?;
    rows.iter().map(file).collect()
}

fn file(row: &SqliteRow) -> Result<FileRecord> {
    let read = || {
        Ok(FileRecord {
            id: row.try_get("id")?,
            path: row.try_get("path")?,
            size: row.try_get("size")?,
            modified: row.try_get("modified")?,
            hash: row.try_get("hash")?,
            is_gone: row.try_get("is_gone")?,
        })
    };
    read().map_err(map_sqlx)
}

impl FlowWrite {
    /// The number after the last one given in a table; the caller counts on from it.
    pub(crate) async fn next_id(&mut self, table: &'static str) -> Result<i64> {
        let last: Option<i64> =
            sqlx::query_scalar("select seq from sqlite_sequence where name = ?")
                .bind(table)
                .fetch_optional(self.connection())
                .await
                .map_err(map_sqlx)?;
        Ok(last.unwrap_or(0) + 1)
    }

    /// Flows of these files, and flows of the source that a reading has missed before.
    pub(crate) async fn known_flows(
        &mut self,
        source: i64,
        files: &[i64],
    ) -> Result<Vec<FlowRecord>> {
        let rows = sqlx::query(
            "select id, file, folder, name, steps, gone_since is not null as is_gone from flows
            where source = ?1 and (gone_since is not null or file in (select value from json_each(?2)))
            order by file, position",
        )
        .bind(source)
        .bind(json(files))
        .fetch_all(self.connection())
        .await
        .map_err(map_sqlx)?;
        rows.iter()
            .map(|row| {
                let steps: String = row.try_get("steps").map_err(map_sqlx)?;
                Ok(FlowRecord {
                    id: row.try_get("id").map_err(map_sqlx)?,
                    file: row.try_get("file").map_err(map_sqlx)?,
                    folder: row.try_get("folder").map_err(map_sqlx)?,
                    name: row.try_get("name").map_err(map_sqlx)?,
                    steps: serde_json::from_str(&steps).unwrap_or_default(),
                    is_gone: row.try_get("is_gone").map_err(map_sqlx)?,
                })
            })
            .collect()
    }

    pub(crate) async fn known_cards(&mut self, flows: &[i64]) -> Result<Vec<CardRecord>> {
        let rows = sqlx::query(
            "select id, flow, card_id, connector_key, title, nested, connection_name, connection, chosen_by, chosen_at,
                lost_name
            from flow_cards where flow in (select value from json_each(?)) order by flow, position",
        )
        .bind(json(flows))
        .fetch_all(self.connection())
        .await
        .map_err(map_sqlx)?;
        rows.iter().map(|row| card(row).map_err(map_sqlx)).collect()
    }

    /// What people answered in this source: (connector key, folded name) and the connection.
    pub(crate) async fn choices(&mut self, source: i64) -> Result<Vec<(String, String, String)>> {
        sqlx::query_as(
            "select c.connector_key, c.connection_name, c.connection from flow_choices c
            join connections k on k.id = c.connection and k.deleted_at is null
            where c.source = ?",
        )
        .bind(source)
        .fetch_all(self.connection())
        .await
        .map_err(map_sqlx)
    }

    /// Connections that have one of these folded names.
    pub(crate) async fn connections_named(
        &mut self,
        names: &[String],
    ) -> Result<Vec<NamedConnection>> {
        let rows: Vec<(String, String, String)> = sqlx::query_as(
            "select id, name_key, connector from connections
            where deleted_at is null and name_key in (select value from json_each(?))",
        )
        .bind(json(names))
        .fetch_all(self.connection())
        .await
        .map_err(map_sqlx)?;
        Ok(rows
            .into_iter()
            .map(|(id, name_key, connector)| NamedConnection {
                id,
                name_key,
                connector,
            })
            .collect())
    }

    pub(crate) async fn put_files(
        &mut self,
        source: i64,
        files: &[FileWrite],
        now: i64,
    ) -> Result<()> {
        let statement = "insert into flow_files
                (id, source, path, format, version, size, modified, hash, last_read_at, problems)
            select value ->> 'id', ?2, value ->> 'path', value ->> 'format', value ->> 'version', value ->> 'size',
                value ->> 'modified', value ->> 'hash', ?3, value ->> 'problems'
            from json_each(?1) where true
            on conflict (id) do update set
                path = excluded.path, size = excluded.size, modified = excluded.modified, hash = excluded.hash,
                last_read_at = excluded.last_read_at, problems = excluded.problems, gone_since = null,
                -- a file that can't be read now is still what it was
                format = coalesce(excluded.format, format), version = coalesce(excluded.version, version)";
        sqlx::query(statement)
            .bind(json(files))
            .bind(source)
            .bind(now)
            .execute(self.connection())
            .await
            .map_err(map_sqlx)?;
        Ok(())
    }

    pub(crate) async fn put_flows(&mut self, source: i64, flows: &[FlowRecordWrite]) -> Result<()> {
        let statement = "insert into flows (id, source, file, position, file_id, folder, name, description,
                trigger_kind, schedule, command, steps, search, cards, unbound)
            select value ->> 'id', ?2, value ->> 'file', value ->> 'position', value ->> 'file_id',
                value ->> 'folder', value ->> 'name', value ->> 'description', value ->> 'trigger',
                value ->> 'schedule', value ->> 'command', value ->> 'steps', value ->> 'search', value ->> 'cards',
                value ->> 'unbound'
            from json_each(?1) where true
            on conflict (id) do update set
                file = excluded.file, position = excluded.position, file_id = excluded.file_id,
                folder = excluded.folder, name = excluded.name, description = excluded.description,
                trigger_kind = excluded.trigger_kind, schedule = excluded.schedule, command = excluded.command,
                steps = excluded.steps, search = excluded.search, cards = excluded.cards,
                unbound = excluded.unbound, gone_since = null";
        sqlx::query(statement)
            .bind(json(flows))
            .bind(source)
            .execute(self.connection())
            .await
            .map_err(map_sqlx)?;
        Ok(())
    }

    pub(crate) async fn put_cards(&mut self, cards: &[CardWrite]) -> Result<()> {
        let statement = "insert into flow_cards (id, flow, position, card_id, title, connector_key, connector, method,
                connection_name, nested, is_trigger, needs, environment, connection, chosen_by, chosen_at, lost_name)
            select value ->> 'id', value ->> 'flow', value ->> 'position', value ->> 'card_id', value ->> 'title',
                value ->> 'connector_key', value ->> 'connector', value ->> 'method', value ->> 'connection_name',
                value ->> 'nested', value ->> 'is_trigger', value ->> 'needs', value ->> 'environment',
                value ->> 'connection', value ->> 'chosen_by', value ->> 'chosen_at', value ->> 'lost_name'
            from json_each(?1) where true
            on conflict (id) do update set
                flow = excluded.flow, position = excluded.position, card_id = excluded.card_id,
                title = excluded.title, connector_key = excluded.connector_key, connector = excluded.connector,
                method = excluded.method, connection_name = excluded.connection_name, nested = excluded.nested,
                is_trigger = excluded.is_trigger, needs = excluded.needs, environment = excluded.environment,
                connection = excluded.connection, chosen_by = excluded.chosen_by, chosen_at = excluded.chosen_at,
                lost_name = excluded.lost_name";
        // SQLite parses a JSON parameter as a whole: slices keep its memory small.
        for slice in cards.chunks(5_000) {
            sqlx::query(statement)
                .bind(json(slice))
                .execute(self.connection())
                .await
                .map_err(map_sqlx)?;
        }
        Ok(())
    }

    pub(crate) async fn remove_cards(&mut self, cards: &[i64]) -> Result<()> {
        self.with_ids(
            "delete from flow_cards where id in (select value from json_each(?1))",
            cards,
        )
        .await
    }

    /// Replaces the calls of these flows.
    pub(crate) async fn put_calls(&mut self, callers: &[i64], calls: &[CallWrite]) -> Result<()> {
        self.with_ids(
            "delete from flow_calls where caller in (select value from json_each(?1))",
            callers,
        )
        .await?;
        sqlx::query(
            "insert into flow_calls (caller, position, file_id, name, card)
            select value ->> 'caller', value ->> 'position', value ->> 'file_id', value ->> 'name', value ->> 'card'
            from json_each(?1)",
        )
        .bind(json(calls))
        .execute(self.connection())
        .await
        .map_err(map_sqlx)?;
        Ok(())
    }

    /// Finds the called flows: by their id in the same file, in the source, anywhere; else by name in the source.
    pub(crate) async fn resolve_calls(&mut self, source: i64) -> Result<()> {
        sqlx::query(
            "update flow_calls set callee = coalesce(
                (select f.id from flows f join flows me on me.id = flow_calls.caller
                    where f.file_id = flow_calls.file_id and f.gone_since is null
                    order by f.file = me.file desc, f.source = me.source desc, f.id limit 1),
                (select f.id from flows f join flows me on me.id = flow_calls.caller
                    where f.source = me.source and f.name = flow_calls.name and f.gone_since is null
                    order by f.file = me.file desc, f.id limit 1)
            )
            where callee is null or caller in (select id from flows where source = ?1)
                or callee in (select id from flows where source = ?1)",
        )
        .bind(source)
        .execute(self.connection())
        .await
        .map_err(map_sqlx)?;
        Ok(())
    }

    /// Flows that a newer reading of their file doesn't hold.
    pub(crate) async fn mark_flows_gone(&mut self, flows: &[i64], now: i64) -> Result<()> {
        sqlx::query("update flows set gone_since = ?2 where id in (select value from json_each(?1)) and gone_since is null")
            .bind(json(flows))
            .bind(now)
            .execute(self.connection())
            .await
            .map_err(map_sqlx)?;
        Ok(())
    }

    pub(crate) async fn mark_files_gone(&mut self, files: &[i64], now: i64) -> Result<()> {
        sqlx::query(
            "update flow_files set gone_since = ?2 where id in (select value from json_each(?1)) and gone_since is null",
        )
        .bind(json(files))
        .bind(now)
        .execute(self.connection())
        .await
        .map_err(map_sqlx)?;
        Ok(())
    }

    /// Files of which nothing was ever read and nothing is there any more.
    pub(crate) async fn remove_empty_files(&mut self, source: i64) -> Result<()> {
        sqlx::query(
            "delete from flow_files where source = ? and gone_since is not null
            and not exists (select 1 from flows f where f.file = flow_files.id)",
        )
        .bind(source)
        .execute(self.connection())
        .await
        .map_err(map_sqlx)?;
        Ok(())
    }

    /// Files that are as they were, though their time of change is another.
    pub(crate) async fn touch_files(&mut self, files: &[(i64, i64, i64)], now: i64) -> Result<()> {
        sqlx::query(
            "update flow_files set size = j.value ->> 1, modified = j.value ->> 2, last_read_at = ?2, gone_since = null
            from json_each(?1) j where flow_files.id = j.value ->> 0",
        )
        .bind(json(files))
        .bind(now)
        .execute(self.connection())
        .await
        .map_err(map_sqlx)?;
        Ok(())
    }

    pub(crate) async fn put_source(
        &mut self,
        source: i64,
        problems: &str,
        is_gone: bool,
        now: i64,
    ) -> Result<()> {
        sqlx::query(
            "update flow_sources set problems = ?2,
                last_read_at = case when ?3 then last_read_at else ?4 end,
                gone_since = case when ?3 then coalesce(gone_since, ?4) end
            where id = ?1",
        )
        .bind(source)
        .bind(problems)
        .bind(is_gone)
        .bind(now)
        .execute(self.connection())
        .await
        .map_err(map_sqlx)?;
        Ok(())
    }

    /// Removes a source with everything read from it.
    pub(crate) async fn remove_source(&mut self, source: i64) -> Result<()> {
        let removed = sqlx::query("delete from flow_sources where id = ?")
            .bind(source)
            .execute(self.connection())
            .await
            .map_err(map_sqlx)?
            .rows_affected();
        if removed == 0 {
            return Err(Error::new(
                Code::NotFound,
                "this source of flows isn't in the workspace any more",
            ));
        }
        Ok(())
    }

    async fn with_ids(&mut self, statement: &'static str, ids: &[i64]) -> Result<()> {
        sqlx::query(statement)
            .bind(json(ids))
            .execute(self.connection())
            .await
            .map_err(map_sqlx)?;
        Ok(())
    }
}

fn card(row: &SqliteRow) -> sqlx::Result<CardRecord> {
    Ok(CardRecord {
        id: row.try_get("id")?,
        flow: row.try_get("flow")?,
        card_id: row.try_get("card_id")?,
        connector_key: row.try_get("connector_key")?,
        title: row.try_get("title")?,
        nested: row.try_get("nested")?,
        connection_name: row.try_get("connection_name")?,
        connection: row.try_get("connection")?,
        chosen_by: row.try_get("chosen_by")?,
        chosen_at: row.try_get("chosen_at")?,
        lost_name: row.try_get("lost_name")?,
    })
}
