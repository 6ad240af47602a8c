//! What an action on a connection would touch, before it is done.

use std::collections::HashMap;

use super::connectors::missing_scopes;
use super::flows::Flows;
use super::usage::{as_u32, reach};
use super::view::{CardId, CardStop, FlowId, Impact, ImpactAction};
use crate::Result;
use crate::store::flows::bindings::{self, ConnectionFacts};
use crate::store::flows::lists::{self, CardRow};
use crate::store::flows::usage;

/// Most names that are listed; the count tells the rest.
const NAMES: usize = 20;

impl Flows {
    /// Flows and cards that an action touches, and the cards that stop working.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn impact(&self, action: &ImpactAction, connection: &str) -> Result<Impact> {
        let facts = bindings::connection(&self.database, connection).await?;
        let cards = lists::cards_of_connection(&self.database, connection).await?;
        let direct = flows_of(&cards);
        let indirect = reach(&direct, &*self.callers().await?).len();
        let by_name = match action {
            ImpactAction::Rename => {
                usage::named_in_manifests(&self.database, &facts.connector, &facts.name).await?
            }
            ImpactAction::Delete
            | ImpactAction::ScopeChange { .. }
            | ImpactAction::AccountChange => Vec::new(),
        };
        let stops = stops(action, &facts, &cards);
        Ok(Impact {
            flows: as_u32(direct.len()),
            indirect: as_u32(indirect),
            cards: as_u32(cards.len()),
            names: names(&cards),
            summary: summary(action, &facts.name, direct.len(), &stops, &by_name),
            stops,
            lacking: lacking(action, &facts, &cards),
            by_name,
        })
    }
}

/// Flow → number of its cards.
pub(super) fn flows_of(cards: &[(CardRow, String)]) -> HashMap<i64, u32> {
    let mut flows = HashMap::new();
    for (card, _) in cards {
        *flows.entry(card.flow).or_insert(0) += 1;
    }
    flows
}

/// Names of the flows, each flow once.
pub(super) fn names(cards: &[(CardRow, String)]) -> Vec<String> {
    let mut seen = std::collections::HashSet::new();
    cards
        .iter()
        .filter(|(card, _)| seen.insert(card.flow))
        .map(|(_, name)| name.clone())
        .take(NAMES)
        .collect()
}

pub(super) fn stop(card: &CardRow, flow_name: &str, scopes: Vec<String>) -> CardStop {
    CardStop {
        flow: FlowId(card.flow),
        flow_name: flow_name.to_owned(),
        card: CardId(card.id),
        card_title: card.title.clone(),
        scopes,
    }
}

fn stops(
    action: &ImpactAction,
    facts: &ConnectionFacts,
    cards: &[(CardRow, String)],
) -> Vec<CardStop> {
    match action {
        ImpactAction::Delete => cards
            .iter()
            .map(|(card, flow)| stop(card, flow, Vec::new()))
            .collect(),
        ImpactAction::ScopeChange { removed, added } => {
            let before = facts.granted.clone().unwrap_or_default();
            let after = changed(&before, removed, added);
            let gone = |card: &CardRow| -> Vec<String> {
                let lacked = missing_scopes(&card.needs, facts.granted.as_deref());
                let mut lacking = missing_scopes(&card.needs, Some(&after));
                // What it lacks already doesn't stop working now. An alternative that goes is named itself.
                lacking.retain(|scope| !lacked.contains(scope));
                for any_of in &card.needs {
                    if let (Some(first), Some(had)) = (
                        any_of.first(),
                        any_of.iter().find(|scope| before.contains(scope)),
                    ) && let Some(named) = lacking.iter_mut().find(|scope| *scope == first)
                    {
                        named.clone_from(had);
                    }
                }
                lacking
            };
            cards
                .iter()
                .filter_map(|(card, flow)| {
                    let scopes = gone(card);
                    (!scopes.is_empty()).then(|| stop(card, flow, scopes))
                })
                .collect()
        }
        // Nothing stops for certain: whether the other account may do the same isn't known.
        ImpactAction::Rename | ImpactAction::AccountChange => Vec::new(),
    }
}

/// The scopes after a change.
fn changed(before: &[String], removed: &[String], added: &[String]) -> Vec<String> {
    let kept = before.iter().filter(|scope| !removed.contains(scope));
    kept.chain(added).cloned().collect()
}

/// Cards that lack scopes before the change and after it.
fn lacking(
    action: &ImpactAction,
    facts: &ConnectionFacts,
    cards: &[(CardRow, String)],
) -> Vec<CardStop> {
    let (ImpactAction::ScopeChange { removed, added }, Some(before)) = (action, &facts.granted)
    else {
        return Vec::new();
    };
    let after = changed(before, removed, added);
    cards
        .iter()
        .filter_map(|(card, flow)| {
            let lacked = missing_scopes(&card.needs, Some(before));
            let mut lacks = missing_scopes(&card.needs, Some(&after));
            lacks.retain(|scope| lacked.contains(scope));
            (!lacks.is_empty()).then(|| stop(card, flow, lacks))
        })
        .collect()
}

fn summary(
    action: &ImpactAction,
    name: &str,
    flows: usize,
    stops: &[CardStop],
    by_name: &[String],
) -> String {
    let count = |n: usize, word: &str| {
        if n == 1 {
            format!("1 {word}")
        } else {
            format!("{n} {word}s")
        }
    };
    let used = count(flows, "flow");
    match action {
        _ if flows == 0 && by_name.is_empty() => format!("No flow uses {name}."),
        ImpactAction::Delete => {
            format!(
                "{used} will have {} without a connection.",
                count(stops.len(), "card")
            )
        }
        ImpactAction::ScopeChange { .. } if stops.is_empty() => {
            format!("{used} will use the changed scopes; no card is known to stop working.")
        }
        ImpactAction::ScopeChange { .. } => {
            let verb = if stops.len() == 1 { "stops" } else { "stop" };
            format!("{} {verb} working.", count(stops.len(), "card"))
        }
        ImpactAction::Rename if by_name.is_empty() => {
            format!("{used} keep using it under the new name.")
        }
        ImpactAction::Rename => format!(
            "{} name{} it in the file and must be changed there.",
            count(by_name.len(), "flow"),
            if by_name.len() == 1 { "s" } else { "" }
        ),
        ImpactAction::AccountChange => format!("{used} will act as the other account."),
    }
}
