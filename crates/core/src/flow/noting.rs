//! What changes of flows leave in the activity: which cards of which flows, by name.

use crate::Result;
use crate::activity::{Action, Outcome};
use crate::clock::Timestamp;
use crate::store::activity::NewEntry;
use crate::store::flows::FlowWrite;
use crate::store::flows::bindings::ConnectionFacts;
use crate::store::flows::touched::Touched;

/// Most flows that are named; the count tells the rest.
const NAMED: usize = 3;

/// An entry about a connection.
pub(super) fn about<'a>(
    action: Action,
    connection: &'a ConnectionFacts,
    detail: &'a str,
    at: Timestamp,
) -> NewEntry<'a> {
    NewEntry {
        at,
        action,
        outcome: Outcome::Done,
        connection: Some(&connection.id),
        connection_name: Some(&connection.name),
        connector: Some(&connection.connector),
        detail: Some(detail),
    }
}

/// An entry about a file or a source of flows.
pub(super) fn of_files(action: Action, detail: &str, at: Timestamp) -> NewEntry<'_> {
    NewEntry {
        at,
        action,
        outcome: Outcome::Done,
        connection: None,
        connection_name: None,
        connector: None,
        detail: Some(detail),
    }
}

/// `3 cards in Nightly report and Publish release`.
pub(super) fn amount<'t>(touched: impl IntoIterator<Item = &'t Touched>) -> String {
    let mut cards = 0;
    let mut names: Vec<&str> = Vec::new();
    for one in touched {
        cards += one.cards;
        names.push(&one.flow_name);
    }
    let rest = names.len().saturating_sub(NAMED);
    names.truncate(NAMED);
    let last = match rest {
        0 => names.pop().unwrap_or_default().to_owned(),
        1 => "1 more flow".to_owned(),
        rest => format!("{rest} more flows"),
    };
    let cards = counted(cards, "card");
    if names.is_empty() {
        format!("{cards} in {last}")
    } else {
        format!("{cards} in {} and {last}", names.join(", "))
    }
}

pub(super) fn counted(count: usize, word: &str) -> String {
    if count == 1 {
        format!("1 {word}")
    } else {
        format!("{count} {word}s")
    }
}

impl FlowWrite {
    /// Leaves the entries of cards that now have `to` instead of what they had: one at each connection.
    pub(super) async fn note_binding(
        &mut self,
        before: &[Touched],
        had: &[ConnectionFacts],
        to: Option<&ConnectionFacts>,
        at: Timestamp,
    ) -> Result<()> {
        let target = to.map(|facts| facts.id.as_str());
        if let Some(to) = to {
            let new = || {
                before
                    .iter()
                    .filter(|one| one.connection.as_deref() != target)
            };
            if new().next().is_some() {
                let detail = amount(new());
                self.note(about(Action::Bind, to, &detail, at)).await?;
            }
        }
        for facts in had.iter().filter(|facts| Some(facts.id.as_str()) != target) {
            let lost = amount(
                before
                    .iter()
                    .filter(|one| one.connection.as_ref() == Some(&facts.id)),
            );
            let detail = match to {
                Some(to) => format!("{lost}, now bound to {}", to.name),
                None => lost,
            };
            self.note(about(Action::Unbind, facts, &detail, at)).await?;
        }
        Ok(())
    }
}

/// The connections that cards have.
pub(super) fn connections_of(before: &[Touched]) -> Vec<String> {
    let mut ids: Vec<String> = before
        .iter()
        .filter_map(|one| one.connection.clone())
        .collect();
    ids.sort_unstable();
    ids.dedup();
    ids
}

#[cfg(test)]
mod tests {
    use super::*;

    fn touched(flow: &str, cards: usize) -> Touched {
        Touched {
            connection: None,
            flow_name: flow.to_owned(),
            cards,
        }
    }

    #[test]
    fn flows_are_named_as_far_as_they_fit_a_line() {
        let of = |flows: &[(&str, usize)]| {
            let all: Vec<Touched> = flows.iter().map(|(flow, n)| touched(flow, *n)).collect();
            amount(&all)
        };
        assert_eq!(of(&[("A", 1)]), "1 card in A", "one of one");
        assert_eq!(of(&[("A", 1), ("B", 2)]), "3 cards in A and B", "two");
        assert_eq!(
            of(&[("A", 1), ("B", 1), ("C", 1), ("D", 1), ("E", 1)]),
            "5 cards in A, B, C and 2 more flows",
            "the rest is counted"
        );
    }
}
