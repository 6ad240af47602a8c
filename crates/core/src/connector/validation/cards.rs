//! Cards: each is known by one title, and needs scopes that a person can ask for.

use std::collections::BTreeSet;

use super::{Problem, problem};
use crate::connector::definition::Connector;

/// A flow's card is found by its method key or its title, whatever the case: neither may mean two cards.
pub(super) fn named_once(_: &str, connector: &Connector) -> Vec<Problem> {
    let mut titles = BTreeSet::new();
    let mut keys = BTreeSet::new();
    let mut found = Vec::new();
    let mut complain = |message: String| found.push(problem("card_names", message));
    for card in &connector.cards {
        let title = card.title.trim();
        if title.is_empty() || title != card.title {
            complain(format!("a card needs a plain title: `{}`", card.title));
        }
        if !titles.insert(title.to_lowercase()) {
            complain(format!("card twice: {title}"));
        }
        for key in &card.keys {
            if key.trim().is_empty() || !keys.insert(key) {
                complain(format!(
                    "card {title}: its key `{key}` is empty or not its own"
                ));
            }
        }
    }
    found
}

/// What a card needs says something: at least one scope, no empty choice, nothing twice.
pub(super) fn needs_sound(_: &str, connector: &Connector) -> Vec<Problem> {
    let mut found = Vec::new();
    for card in &connector.cards {
        let mut complain = |message: &str| {
            let message = format!("card {}: {message}", card.title);
            found.push(problem("card_needs", message));
        };
        if card.scopes.is_empty() {
            complain("it needs no scope, so there is nothing to say of it");
        }
        let mut needs = BTreeSet::new();
        for any_of in &card.scopes {
            let choice: BTreeSet<&String> = any_of.iter().collect();
            if choice.is_empty() {
                complain("an empty choice can't be met");
            }
            if choice.len() != any_of.len() || !needs.insert(choice) {
                complain("it needs the same twice");
            }
        }
    }
    found
}

pub(super) fn name_listed_scopes(_: &str, connector: &Connector) -> Vec<Problem> {
    let listed: BTreeSet<&str> = connector.scopes.iter().map(|s| s.value.as_str()).collect();
    connector
        .cards
        .iter()
        .flat_map(|card| card.scopes.iter().flatten().map(move |scope| (card, scope)))
        .filter(|(_, scope)| !listed.contains(scope.as_str()))
        .map(|(card, scope)| {
            let message = format!("card {}: {scope} isn't among the scopes", card.title);
            problem("cards", message)
        })
        .collect()
}
