//! Bindings: which connection a card has, what people chose, and what is known of the connections themselves.

use sqlx::Row as _;

use super::{FlowWrite, fold, json};
use crate::connection::Status;
use crate::store::{Database, map_sqlx};
use crate::{Code, Error, Result};

/// What flows need to know of a connection.
#[derive(Debug, Clone)]
pub(crate) struct ConnectionFacts {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) connector: String,
    pub(crate) status: Status,
    /// Granted scopes; the requested ones when the provider didn't say; `None` when scopes mean nothing here.
    pub(crate) granted: Option<Vec<String>>,
    pub(crate) is_deleted: bool,
}

/// Which connections to look up.
pub(crate) enum Which<'w> {
    Ids(&'w [String]),
    /// Those of a connector that aren't deleted, by name.
    Connector(&'w str),
    /// All that aren't deleted, by name; at most 500.
    All,
}

const FACTS: &str = "select id, name, connector, status, scopes_granted, scopes_requested,
        deleted_at is not null as is_deleted from connections";

pub(crate) async fn connections(
    database: &Database,
    which: Which<'_>,
) -> Result<Vec<ConnectionFacts>> {
    let mut select = sqlx::QueryBuilder::<sqlx::Sqlite>::new(FACTS);
    match which {
        Which::Ids(ids) => {
            select
                .push(" where id in (select value from json_each(")
                .push_bind(json(ids))
                .push("))");
        }
        Which::Connector(connector) => {
            select
                .push(" where deleted_at is null and connector = ")
                .push_bind(connector.to_owned())
                .push(" order by name_key limit 500");
        }
        Which::All => {
            select.push(" where deleted_at is null order by name_key limit 500");
        }
    }
    let rows = select
        .build()
        .fetch_all(database.reader())
        .await
        .map_err(map_sqlx)?;
    rows.iter()
        .map(|row| {
            let read = || -> sqlx::Result<ConnectionFacts> {
                let status: String = row.try_get("status")?;
                let granted: Option<String> = row.try_get("scopes_granted")?;
                let requested: String = row.try_get("scopes_requested")?;
                let scopes =
                    |text: String| serde_json::from_str::<Vec<String>>(&text).unwrap_or_default();
                let requested = Some(scopes(requested)).filter(|requested| !requested.is_empty());
                Ok(ConnectionFacts {
                    id: row.try_get("id")?,
                    name: row.try_get("name")?,
                    connector: row.try_get("connector")?,
                    status: status_of(&status),
                    granted: granted.map(scopes).or(requested),
                    is_deleted: row.try_get("is_deleted")?,
                })
            };
            read().map_err(map_sqlx)
        })
        .collect()
}

fn status_of(word: &str) -> Status {
    let all = [
        Status::Connected,
        Status::TestFailed,
        Status::FinishSigningIn,
    ];
    all.into_iter()
        .find(|status| status.as_str() == word)
        .unwrap_or(Status::Reauthorize)
}

/// One connection that isn't deleted.
pub(crate) async fn connection(database: &Database, id: &str) -> Result<ConnectionFacts> {
    let ids = [id.to_owned()];
    let found = connections(database, Which::Ids(&ids))
        .await?
        .into_iter()
        .next();
    found.filter(|facts| !facts.is_deleted).ok_or_else(|| {
        Error::new(
            Code::NotFound,
            "this connection isn't in the workspace any more",
        )
    })
}

/// Where a card's connection suggests itself from: (connection, how near: 0 same card elsewhere, 1 same flow, 2 same
/// source, 3 anywhere), with the number of cards.
pub(crate) async fn used_near(
    database: &Database,
    card: i64,
    flow: i64,
    card_id: &str,
    connector_key: &str,
    connector: Option<&str>,
) -> Result<Vec<(String, i64, i64)>> {
    sqlx::query_as(
        "select c.connection, min(case when c.card_id = ?3 and c.connector_key = ?4 and c.card_id <> '' then 0
                when c.flow = ?2 then 1 when f.source = (select source from flows where id = ?2) then 2 else 3 end),
            count(*)
        from flow_cards c join flows f on f.id = c.flow
        where c.connection is not null and c.id <> ?1 and (c.connector_key = ?4 or c.connector = ?5)
        group by c.connection",
    )
    .bind(card)
    .bind(flow)
    .bind(card_id)
    .bind(connector_key)
    .bind(connector)
    .fetch_all(database.reader())
    .await
    .map_err(map_sqlx)
}

/// What was chosen in the flow's source for this name.
pub(crate) async fn chosen(
    database: &Database,
    flow: i64,
    connector_key: &str,
    name: Option<&str>,
) -> Result<Option<String>> {
    sqlx::query_scalar(
        "select connection from flow_choices where source = (select source from flows where id = ?)
        and connector_key = ? and connection_name = ?",
    )
    .bind(flow)
    .bind(connector_key)
    .bind(name.map(fold).unwrap_or_default())
    .fetch_optional(database.reader())
    .await
    .map_err(map_sqlx)
}

impl FlowWrite {
    /// Unbound cards of the same connector key and name in the same sources as these: they get the same answer. Cards
    /// that a person left unbound stay so.
    pub(crate) async fn same_name(&mut self, cards: &[i64]) -> Result<Vec<i64>> {
        sqlx::query_scalar(
            "select distinct o.id from flow_cards c join flows f on f.id = c.flow
            join flows g on g.source = f.source
            join flow_cards o on o.flow = g.id
            where c.id in (select value from json_each(?)) and c.connection_name is not null
                and o.connection is null and o.chosen_by is null
                and o.connector_key = c.connector_key and o.connection_name = c.connection_name",
        )
        .bind(json(cards))
        .fetch_all(self.connection())
        .await
        .map_err(map_sqlx)
    }

    /// Binds the cards; returns their flows and the connections that they had.
    pub(crate) async fn bind(
        &mut self,
        cards: &[i64],
        connection: Option<&str>,
        chosen_by: &str,
        now: i64,
    ) -> Result<(Vec<i64>, Vec<String>)> {
        let before: Vec<(i64, Option<String>)> = sqlx::query_as(
            "select flow, connection from flow_cards where id in (select value from json_each(?))",
        )
        .bind(json(cards))
        .fetch_all(self.connection())
        .await
        .map_err(map_sqlx)?;
        sqlx::query(
            "update flow_cards set connection = ?2, chosen_by = ?3, chosen_at = ?4, lost_name = null
            where id in (select value from json_each(?1))",
        )
        .bind(json(cards))
        .bind(connection)
        .bind(chosen_by)
        .bind(now)
        .execute(self.connection())
        .await
        .map_err(map_sqlx)?;
        let mut flows: Vec<i64> = before.iter().map(|(flow, _)| *flow).collect();
        flows.sort_unstable();
        flows.dedup();
        let mut connections: Vec<String> = before
            .into_iter()
            .filter_map(|(_, connection)| connection)
            .collect();
        connections.extend(connection.map(str::to_owned));
        connections.sort_unstable();
        connections.dedup();
        Ok((flows, connections))
    }

    /// Remembers the answer for the names of these cards in their sources.
    pub(crate) async fn remember(
        &mut self,
        cards: &[i64],
        connection: &str,
        now: i64,
    ) -> Result<()> {
        let named: Vec<(i64, String, String)> = sqlx::query_as(
            "select distinct f.source, c.connector_key, c.connection_name from flow_cards c
            join flows f on f.id = c.flow
            where c.connection_name is not null and c.id in (select value from json_each(?))",
        )
        .bind(json(cards))
        .fetch_all(self.connection())
        .await
        .map_err(map_sqlx)?;
        for (source, key, name) in named {
            sqlx::query(
                "insert into flow_choices (source, connector_key, connection_name, connection, chosen_at)
                values (?, ?, ?, ?, ?)
                on conflict do update set connection = excluded.connection, chosen_at = excluded.chosen_at",
            )
            .bind(source)
            .bind(key)
            .bind(fold(&name))
            .bind(connection)
            .bind(now)
            .execute(self.connection())
            .await
            .map_err(map_sqlx)?;
        }
        Ok(())
    }

    /// Remembers the names by which cards were matched to a connection that is called `name` (folded) by now. What a
    /// person answered for such a name stays.
    pub(crate) async fn remember_former_names(
        &mut self,
        connection: &str,
        name: &str,
        now: i64,
    ) -> Result<()> {
        let named: Vec<(i64, String, String)> = sqlx::query_as(
            "select distinct f.source, c.connector_key, c.connection_name from flow_cards c
            join flows f on f.id = c.flow
            where c.connection = ? and c.chosen_by = 'match' and c.connection_name is not null",
        )
        .bind(connection)
        .fetch_all(self.connection())
        .await
        .map_err(map_sqlx)?;
        for (source, key, former) in named {
            let former = fold(&former);
            if former == name {
                continue;
            }
            sqlx::query(
                "insert into flow_choices (source, connector_key, connection_name, connection, chosen_at)
                values (?, ?, ?, ?, ?) on conflict do nothing",
            )
            .bind(source)
            .bind(key)
            .bind(former)
            .bind(connection)
            .bind(now)
            .execute(self.connection())
            .await
            .map_err(map_sqlx)?;
        }
        Ok(())
    }

    /// Unbound cards of a connector that name a connection: (card, name).
    pub(crate) async fn unbound_named(&mut self, connector: &str) -> Result<Vec<(i64, String)>> {
        sqlx::query_as(
            "select id, connection_name from flow_cards
            where connector = ? and connection is null and chosen_by is null and connection_name is not null",
        )
        .bind(connector)
        .fetch_all(self.connection())
        .await
        .map_err(map_sqlx)
    }
}
