//! What a change of bindings touches, as the activity tells it.

use super::{FlowWrite, json};
use crate::Result;
use crate::store::activity::{NewEntry, add_to};
use crate::store::map_sqlx;

/// Cards of one flow that have the same connection.
#[derive(Debug, Clone)]
pub(crate) struct Touched {
    pub(crate) connection: Option<String>,
    pub(crate) flow_name: String,
    pub(crate) cards: usize,
}

impl FlowWrite {
    /// What these cards are bound to now, by flow.
    pub(crate) async fn touched(&mut self, cards: &[i64]) -> Result<Vec<Touched>> {
        let rows: Vec<(Option<String>, String, i64)> = sqlx::query_as(
            "select c.connection, f.name, count(*) from flow_cards c join flows f on f.id = c.flow
            where c.id in (select value from json_each(?))
            group by c.connection, f.id order by f.name, f.id",
        )
        .bind(json(cards))
        .fetch_all(self.connection())
        .await
        .map_err(map_sqlx)?;
        Ok(rows
            .into_iter()
            .map(|(connection, flow_name, cards)| Touched {
                connection,
                flow_name,
                cards: usize::try_from(cards).unwrap_or_default(),
            })
            .collect())
    }

    /// Leaves an entry that stands or falls with the change itself.
    pub(crate) async fn note(&mut self, entry: NewEntry<'_>) -> Result<()> {
        add_to(&mut self.0, entry).await
    }
}
