//! Usage of a connection: flows whose cards are bound to it, and flows that reach it by calling those.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use super::flows::{Callers, Flows};
use super::view::{CallView, FlowId, Usage, UsageGroup, UsageQuery};
use crate::Result;
use crate::store::flows::bindings;
use crate::store::flows::usage::{self, UsedBy};

impl Flows {
    /// Which flows use a connection, by their way to it. `limit` 0 means 200; at most 1,000.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn usage(&self, connection: &str, offset: u32, limit: u32) -> Result<Usage> {
        let query = UsageQuery {
            offset,
            limit,
            ..UsageQuery::default()
        };
        self.usage_page(connection, &query).await
    }

    /// [`usage`](Self::usage) in an order that the query tells.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn usage_page(&self, connection: &str, query: &UsageQuery) -> Result<Usage> {
        bindings::connection(&self.database, connection).await?;
        let direct: HashMap<i64, u32> = usage::direct(&self.database, connection)
            .await?
            .into_iter()
            .collect();
        let indirect = reach(&direct, &*self.callers().await?);
        let used: Vec<UsedBy> = direct
            .iter()
            .map(|(flow, cards)| (*flow, 0, *cards))
            .chain(indirect.keys().map(|flow| (*flow, 1, 0)))
            .collect();
        let mut rows = usage::rows(&self.database, &used, query).await?;
        let through: Vec<i64> = rows
            .iter()
            .filter_map(|row| indirect.get(&row.flow.0))
            .map(|reached| reached.through)
            .collect();
        let names = usage::names(&self.database, &through).await?;
        for row in &mut rows {
            row.cards = direct.get(&row.flow.0).copied().unwrap_or(0);
            row.through = indirect.get(&row.flow.0).map(|reached| CallView {
                flow: Some(FlowId(reached.through)),
                name: names.get(&reached.through).cloned().unwrap_or_default(),
                card: reached.card.clone(),
            });
        }
        let mut groups = match query.offset {
            0 => usage::groups(&self.database, &used).await?,
            _ => Vec::new(),
        };
        let more_groups = as_u32(groups.len().saturating_sub(UsageGroup::MOST));
        groups.truncate(UsageGroup::MOST);
        Ok(Usage {
            connection: connection.to_owned(),
            direct: as_u32(direct.len()),
            indirect: as_u32(indirect.len()),
            cards: direct.values().sum(),
            rows,
            offset: query.offset,
            groups,
            more_groups,
        })
    }

    /// For each connection the number of flows that use it directly; 0 for those that nothing uses.
    pub async fn usage_counts(&self, connections: &[String]) -> Result<HashMap<String, u32>> {
        let mut counts = usage::counts(&self.database, connections).await?;
        for connection in connections {
            counts.entry(connection.clone()).or_insert(0);
        }
        Ok(counts)
    }

    pub(super) async fn callers(&self) -> Result<Arc<Callers>> {
        let kept = self
            .callers
            .read()
            .expect("nobody panics while holding this lock")
            .clone();
        if let Some(callers) = kept {
            return Ok(callers);
        }
        let mut callers = Callers::new();
        for (callee, caller, card) in usage::calls(&self.database).await? {
            callers.entry(callee).or_default().push((caller, card));
        }
        let callers = Arc::new(callers);
        *self
            .callers
            .write()
            .expect("nobody panics while holding this lock") = Some(callers.clone());
        Ok(callers)
    }
}

/// How a flow reaches a connection that none of its own cards is bound to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Reached {
    /// The flow that it calls.
    pub(super) through: i64,
    /// Title of the card that calls it.
    pub(super) card: String,
}

/// Flows that call the direct ones, and those that call them, and so on; each once, by its shortest way.
pub(super) fn reach(direct: &HashMap<i64, u32>, callers: &Callers) -> HashMap<i64, Reached> {
    let mut reached: HashMap<i64, Reached> = HashMap::new();
    let mut start: Vec<i64> = direct.keys().copied().collect();
    start.sort_unstable();
    let mut pending: VecDeque<i64> = start.into();
    while let Some(callee) = pending.pop_front() {
        for (caller, card) in callers.get(&callee).into_iter().flatten() {
            if direct.contains_key(caller) || reached.contains_key(caller) {
                continue;
            }
            let way = Reached {
                through: callee,
                card: card.clone(),
            };
            reached.insert(*caller, way);
            pending.push_back(*caller);
        }
    }
    reached
}

pub(super) fn as_u32(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
