//! Which connection a card gets when its file is read. Pure.
//!
//! What a person chose stays. Otherwise a card gets what was chosen for its name in this source, else the one
//! connection of that connector and name. A name that has vanished from the file was renamed at the other system: its
//! cards keep their connection.

use std::collections::{HashMap, HashSet};

use super::read::{ReadCard, ReadSource};
use crate::Timestamp;
use crate::store::flows::fold;
use crate::store::flows::records::{CardRecord, NamedConnection};

/// Who chose, as the store writes it.
pub(super) const MATCH: &str = "match";
pub(super) const PERSON: &str = "person";

/// Connections that cards may be bound to by name.
#[derive(Debug, Default)]
pub(super) struct Offered {
    /// (connector, folded name) → connection
    by_name: HashMap<(String, String), String>,
    /// (connector key of the files, folded name) → connection
    chosen: HashMap<(String, String), String>,
}

impl Offered {
    pub(super) fn new(named: Vec<NamedConnection>, chosen: Vec<(String, String, String)>) -> Self {
        let by_name = named
            .into_iter()
            .map(|found| ((found.connector, found.name_key), found.id));
        let chosen = chosen
            .into_iter()
            .map(|(key, name, connection)| ((key, name), connection));
        Self {
            // Names are unique in a workspace: there is one at most.
            by_name: by_name.collect(),
            chosen: chosen.collect(),
        }
    }
}

/// The names of connections that a file uses, by connector key.
#[derive(Debug, Default)]
pub(super) struct Names(HashSet<(String, String)>);

impl Names {
    pub(super) fn of(source: &ReadSource) -> Self {
        let cards = source.flows.iter().flat_map(|flow| &flow.cards);
        Self(
            cards
                .filter_map(|card| {
                    Some((card.connector.clone(), fold(card.connection.as_deref()?)))
                })
                .collect(),
        )
    }
}

/// A card's binding after a reading.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Bound {
    pub(super) connection: Option<String>,
    pub(super) chosen_by: Option<&'static str>,
    pub(super) chosen_at: Option<i64>,
    pub(super) lost_name: Option<String>,
    /// Bound just now because connector and name are the same.
    pub(super) is_new_match: bool,
}

pub(super) fn decide(
    card: &ReadCard,
    connector: Option<&str>,
    before: Option<&CardRecord>,
    offered: &Offered,
    names: &Names,
    now: Timestamp,
) -> Bound {
    let name = card.connection.as_deref().map(fold);
    if let Some(before) = before {
        let keep = || Bound {
            connection: before.connection.clone(),
            chosen_by: if before.chosen_by.as_deref() == Some(PERSON) {
                Some(PERSON)
            } else {
                before.connection.as_ref().map(|_| MATCH)
            },
            chosen_at: before.chosen_at,
            lost_name: before.lost_name.clone(),
            is_new_match: false,
        };
        let same_name = before.connection_name.as_deref().map(fold) == name;
        let by_person = before.chosen_by.as_deref() == Some(PERSON);
        if by_person || (before.connection.is_some() && same_name) {
            return keep();
        }
        let found = find(card, connector, name.as_deref(), offered, now);
        if found.connection.is_some() {
            return found;
        }
        let old_name = before
            .connection_name
            .as_deref()
            .map(|old| (card.connector.clone(), fold(old)));
        let was_renamed = old_name.is_some_and(|old| !names.0.contains(&old)) && name.is_some();
        if was_renamed || before.connection.is_none() {
            return keep();
        }
        return Bound::default();
    }
    find(card, connector, name.as_deref(), offered, now)
}

fn find(
    card: &ReadCard,
    connector: Option<&str>,
    name: Option<&str>,
    offered: &Offered,
    now: Timestamp,
) -> Bound {
    let Some(name) = name else {
        return Bound::default();
    };
    let bound = |connection: &String, by: &'static str| Bound {
        connection: Some(connection.clone()),
        chosen_by: Some(by),
        chosen_at: Some(now.0),
        lost_name: None,
        is_new_match: by == MATCH,
    };
    if let Some(connection) = offered
        .chosen
        .get(&(card.connector.clone(), name.to_owned()))
    {
        return bound(connection, PERSON);
    }
    connector
        .and_then(|connector| {
            offered
                .by_name
                .get(&(connector.to_owned(), name.to_owned()))
        })
        .map(|connection| bound(connection, MATCH))
        .unwrap_or_default()
}
