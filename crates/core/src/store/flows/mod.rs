//! The tables of flows: sources, files, flows, cards, calls, choices and moves.

pub(crate) mod bindings;
pub(crate) mod files;
pub(crate) mod groups;
pub(crate) mod lists;
pub(crate) mod moves;
pub(crate) mod questions;
pub(crate) mod records;
pub(crate) mod scanning;
pub(crate) mod touched;
pub(crate) mod usage;

use sqlx::{Sqlite, SqliteConnection, Transaction};

pub(crate) use super::connections::{fold, search_fold};
use super::{Database, Migration, map_sqlx};
use crate::Result;

/// The tables of flows, on top of the workspace's.
pub const MIGRATION: Migration = Migration {
    version: 2,
    name: "flows",
    sql: include_str!("../../../migrations/0002_flows.sql"),
};

/// A write in progress, for operations that take several steps. Rolled back unless committed.
pub(crate) struct FlowWrite(Transaction<'static, Sqlite>);

impl FlowWrite {
    pub(crate) async fn begin(database: &Database) -> Result<Self> {
        Ok(Self(database.write().await?))
    }

    pub(crate) async fn commit(self) -> Result<()> {
        self.0.commit().await.map_err(map_sqlx)
    }

    fn connection(&mut self) -> &mut SqliteConnection {
        &mut self.0
    }

    /// Brings counts up to date after cards changed: `flows.unbound` and `connections.flows`.
    pub(crate) async fn recount(&mut self, flows: &[i64], connections: &[String]) -> Result<()> {
        sqlx::query(
            "update flows set
                cards = (select count(*) from flow_cards c where c.flow = flows.id),
                unbound = (select count(*) from flow_cards c where c.flow = flows.id and c.connection is null)
            where id in (select value from json_each(?))",
        )
        .bind(json(flows))
        .execute(self.connection())
        .await
        .map_err(map_sqlx)?;
        sqlx::query(
            "update connections set flows = (
                select count(distinct c.flow) from flow_cards c
                join flows f on f.id = c.flow and f.gone_since is null
                where c.connection = connections.id
            ) where id in (select value from json_each(?))",
        )
        .bind(json(connections))
        .execute(self.connection())
        .await
        .map_err(map_sqlx)?;
        Ok(())
    }

    /// [`recount`](Self::recount) for every connection that has or had flows.
    pub(crate) async fn recount_connections(&mut self) -> Result<()> {
        sqlx::query(
            "with used (id, n) as materialized (
                select c.connection, count(distinct c.flow) from flow_cards c
                join flows f on f.id = c.flow and f.gone_since is null
                where c.connection is not null
                group by c.connection
            ), changed (id, n) as materialized (
                select k.id, coalesce(u.n, 0) from connections k left join used u on u.id = k.id
                where k.flows <> coalesce(u.n, 0)
            )
            update connections set flows = changed.n from changed where changed.id = connections.id",
        )
        .execute(self.connection())
        .await
        .map_err(map_sqlx)?;
        Ok(())
    }
}

/// A list as a JSON parameter, for `in (select value from json_each(?))`.
fn json<T: serde::Serialize + ?Sized>(value: &T) -> String {
    serde_json::to_string(value).expect("numbers and strings can be written as JSON")
}

fn as_u32(count: i64) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// The name of a source or file for people: its last part.
pub(crate) fn last_part(path: &str) -> &str {
    path.trim_end_matches(['/', '\\'])
        .rsplit(['/', '\\'])
        .next()
        .filter(|name| !name.is_empty())
        .unwrap_or(path)
}
