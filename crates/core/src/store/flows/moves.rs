//! Moves of cards from one connection to another, with what is needed to undo them.

use serde::{Deserialize, Serialize};

use super::{FlowWrite, json};
use crate::store::map_sqlx;
use crate::{Code, Error, Result};

/// A card before a move.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct MovedCard {
    pub(crate) card: i64,
    pub(crate) chosen_by: Option<String>,
    pub(crate) chosen_at: Option<i64>,
}

/// A remembered answer that a move changed.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct MovedChoice {
    pub(crate) source: i64,
    pub(crate) connector_key: String,
    pub(crate) connection_name: String,
    /// `None`: there was no answer before.
    pub(crate) connection: Option<String>,
    pub(crate) chosen_at: i64,
}

/// A move as it was written down.
#[derive(Debug, Clone)]
pub(crate) struct MoveRecord {
    pub(crate) from: String,
    pub(crate) to: String,
    pub(crate) cards: Vec<MovedCard>,
    pub(crate) choices: Vec<MovedChoice>,
}

impl FlowWrite {
    /// Cards as they are now, of those that are bound to `connection`.
    pub(crate) async fn cards_bound(
        &mut self,
        cards: &[i64],
        connection: &str,
    ) -> Result<Vec<MovedCard>> {
        let rows: Vec<(i64, Option<String>, Option<i64>)> = sqlx::query_as(
            "select id, chosen_by, chosen_at from flow_cards
            where connection = ?2 and id in (select value from json_each(?1)) order by id",
        )
        .bind(json(cards))
        .bind(connection)
        .fetch_all(self.connection())
        .await
        .map_err(map_sqlx)?;
        Ok(rows
            .into_iter()
            .map(|(card, chosen_by, chosen_at)| MovedCard {
                card,
                chosen_by,
                chosen_at,
            })
            .collect())
    }

    /// Answers for the names of these cards in their sources, as they are now.
    pub(crate) async fn choices_of(&mut self, cards: &[i64]) -> Result<Vec<MovedChoice>> {
        let named: Vec<(i64, String, String)> = sqlx::query_as(
            "select distinct f.source, c.connector_key, c.connection_name from flow_cards c
            join flows f on f.id = c.flow
            where c.connection_name is not null and c.id in (select value from json_each(?))",
        )
        .bind(json(cards))
        .fetch_all(self.connection())
        .await
        .map_err(map_sqlx)?;
        let mut choices = Vec::new();
        for (source, connector_key, name) in named {
            let connection_name = super::fold(&name);
            let before: Option<(String, i64)> = sqlx::query_as(
                "select connection, chosen_at from flow_choices
                where source = ? and connector_key = ? and connection_name = ?",
            )
            .bind(source)
            .bind(&connector_key)
            .bind(&connection_name)
            .fetch_optional(self.connection())
            .await
            .map_err(map_sqlx)?;
            let (connection, chosen_at) =
                before.map_or((None, 0), |(connection, at)| (Some(connection), at));
            choices.push(MovedChoice {
                source,
                connector_key,
                connection_name,
                connection,
                chosen_at,
            });
        }
        Ok(choices)
    }

    pub(crate) async fn add_move(&mut self, record: &MoveRecord, now: i64) -> Result<i64> {
        sqlx::query_scalar(
            "insert into flow_moves (at, from_connection, to_connection, cards, choices)
            values (?, ?, ?, ?, ?) returning id",
        )
        .bind(now)
        .bind(&record.from)
        .bind(&record.to)
        .bind(json(&record.cards))
        .bind(json(&record.choices))
        .fetch_one(self.connection())
        .await
        .map_err(map_sqlx)
    }

    /// Takes a move for undoing; it can't be taken twice.
    pub(crate) async fn take_move(&mut self, id: i64, now: i64) -> Result<MoveRecord> {
        let row: Option<(String, String, String, String)> = sqlx::query_as(
            "update flow_moves set undone_at = ? where id = ? and undone_at is null
            returning from_connection, to_connection, cards, choices",
        )
        .bind(now)
        .bind(id)
        .fetch_optional(self.connection())
        .await
        .map_err(map_sqlx)?;
        let (from, to, cards, choices) = row.ok_or_else(|| {
            Error::new(Code::NotFound, "this move was undone already, or never was")
        })?;
        let unreadable = |_| Error::internal("cannot read the move to undo");
        Ok(MoveRecord {
            from,
            to,
            cards: serde_json::from_str(&cards).map_err(unreadable)?,
            choices: serde_json::from_str(&choices).map_err(unreadable)?,
        })
    }

    /// Gives cards back what they had. Returns how many still were as the move left them.
    pub(crate) async fn restore_cards(&mut self, record: &MoveRecord) -> Result<Vec<i64>> {
        sqlx::query_scalar(
            "update flow_cards set connection = ?2, chosen_by = j.value ->> 'chosen_by',
                chosen_at = j.value ->> 'chosen_at'
            from json_each(?1) j
            where flow_cards.id = j.value ->> 'card' and flow_cards.connection = ?3 returning flow_cards.flow",
        )
        .bind(json(&record.cards))
        .bind(&record.from)
        .bind(&record.to)
        .fetch_all(self.connection())
        .await
        .map_err(map_sqlx)
    }

    /// Gives back the answers that the move changed, where they still are as it left them.
    pub(crate) async fn restore_choices(&mut self, record: &MoveRecord) -> Result<()> {
        for choice in &record.choices {
            let statement = match &choice.connection {
                Some(_) => {
                    "update flow_choices set connection = ?4, chosen_at = ?5
                    where source = ?1 and connector_key = ?2 and connection_name = ?3 and connection = ?6"
                }
                None => {
                    "delete from flow_choices where source = ?1 and connector_key = ?2 and connection_name = ?3
                    and connection = ?6 and ?4 is null and ?5 = ?5"
                }
            };
            sqlx::query(statement)
                .bind(choice.source)
                .bind(&choice.connector_key)
                .bind(&choice.connection_name)
                .bind(&choice.connection)
                .bind(choice.chosen_at)
                .bind(&record.to)
                .execute(self.connection())
                .await
                .map_err(map_sqlx)?;
        }
        Ok(())
    }
}
