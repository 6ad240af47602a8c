//! Cards without a connection, joined by what their files call it: one answer serves all of a name.

use sqlx::Row as _;

use super::as_u32;
use crate::Result;
use crate::flow::view::{CardId, Question, SourceId};
use crate::store::{Database, map_sqlx};

/// Most questions that are asked at once.
const MOST: u32 = 200;

/// Named cards are joined across a source; cards without a name are joined by flow, as nothing says that those of two
/// flows mean the same.
pub(crate) async fn list(database: &Database, source: Option<i64>) -> Result<Vec<Question>> {
    let rows = sqlx::query(
        "select f.source, c.connector_key, c.connector, c.connection_name, max(c.lost_name) as lost_name,
            count(*) as cards, count(distinct c.flow) as flows, min(c.id) as card, min(f.name) as flow_name,
            json_group_array(c.id) as ids
        from flow_cards c join flows f on f.id = c.flow
        where c.connection is null and f.gone_since is null and (?1 is null or f.source = ?1)
        group by f.source, c.connector_key, c.connector, c.connection_name,
            case when c.connection_name is null then f.id end
        order by cards desc, c.connector_key, c.connection_name, card limit ?2",
    )
    .bind(source)
    .bind(MOST)
    .fetch_all(database.reader())
    .await
    .map_err(map_sqlx)?;
    rows.iter()
        .map(|row| {
            let read = || -> sqlx::Result<Question> {
                let ids: String = row.try_get("ids")?;
                let ids: Vec<i64> = serde_json::from_str(&ids).unwrap_or_default();
                Ok(Question {
                    source: SourceId(row.try_get("source")?),
                    connector_key: row.try_get("connector_key")?,
                    connector: row.try_get("connector")?,
                    connection_name: row.try_get("connection_name")?,
                    lost_name: row.try_get("lost_name")?,
                    cards: as_u32(row.try_get("cards")?),
                    flows: as_u32(row.try_get("flows")?),
                    flow_name: row.try_get("flow_name")?,
                    card_ids: ids.into_iter().map(CardId).collect(),
                })
            };
            read().map_err(map_sqlx)
        })
        .collect()
}
