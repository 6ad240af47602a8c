//! Which connector a file means by its keys, and what is known of the needs of its cards.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use super::disk;
use super::read::{Format, ReadCard};
use crate::connector::{CardNeeds, Catalogue, Connector};

/// The part of the catalogue that flows need, by the keys that files use.
#[derive(Debug, Clone, Default)]
pub struct ConnectorKeys {
    okta: HashMap<String, String>,
    n8n: HashMap<String, String>,
    node_red: HashMap<String, String>,
    ids: HashSet<String>,
    needs: HashMap<String, Vec<CardNeeds>>,
}

impl ConnectorKeys {
    /// From the catalogue's connectors and their ids. Where two name the same key, the first has it.
    pub fn new<'c>(connectors: impl IntoIterator<Item = (&'c str, &'c Connector)>) -> Self {
        let mut keys = Self::default();
        for (id, connector) in connectors {
            keys.ids.insert(id.to_owned());
            let add = |table: &mut HashMap<String, String>, names: &[String]| {
                for name in names {
                    table.entry(name.clone()).or_insert_with(|| id.to_owned());
                }
            };
            add(&mut keys.okta, &connector.flow_keys.okta);
            add(&mut keys.n8n, &connector.flow_keys.n8n);
            add(&mut keys.node_red, &connector.flow_keys.node_red);
            if !connector.cards.is_empty() {
                keys.needs.insert(id.to_owned(), connector.cards.clone());
            }
        }
        keys
    }

    /// From a whole catalogue.
    pub fn of(catalogue: &Catalogue) -> Self {
        let ids = catalogue.ids();
        let connectors: Vec<_> = ids
            .iter()
            .filter_map(|id| Some((id, catalogue.get(id)?)))
            .collect();
        Self::new(
            connectors
                .iter()
                .map(|(id, connector)| (id.as_str(), connector.as_ref())),
        )
    }

    /// Stands for everything in it: another one tells that cards may mean other connectors, or need other scopes.
    pub fn fingerprint(&self) -> String {
        fn sorted<K: Ord, V>(table: &HashMap<K, V>) -> BTreeMap<&K, &V> {
            table.iter().collect()
        }
        let ids: BTreeSet<&String> = self.ids.iter().collect();
        let text = format!(
            "{:?}{:?}{:?}{:?}{ids:?}",
            sorted(&self.okta),
            sorted(&self.n8n),
            sorted(&self.node_red),
            sorted(&self.needs),
        );
        disk::hash(text.as_bytes())
    }

    /// The connector that a file of this format names by `key`.
    pub fn connector(&self, format: Format, key: &str) -> Option<&str> {
        let found = match format {
            Format::Okta => self
                .okta
                .get(key)
                .or_else(|| self.okta.get(without_suffix(key)?)),
            Format::N8n => self.n8n.get(key),
            Format::NodeRed => self.node_red.get(key),
            Format::Manifest => return self.ids.get(key).map(String::as_str),
        };
        found.map(String::as_str)
    }

    /// Scopes a card needs: those its file lists, and those the catalogue knows for the action. A manifest says itself
    /// what it needs: titles of its cards are free words.
    pub fn needs(
        &self,
        format: Option<Format>,
        connector: Option<&str>,
        card: &ReadCard,
    ) -> Vec<Vec<String>> {
        let mut needs: Vec<Vec<String>> = card
            .scopes
            .iter()
            .map(|scope| vec![scope.clone()])
            .collect();
        if format == Some(Format::Manifest) {
            return needs;
        }
        let known = connector.and_then(|connector| self.needs.get(connector));
        let action = known.and_then(|cards| known_card(cards, card));
        for any_of in action.into_iter().flat_map(|known| &known.scopes) {
            if !needs.contains(any_of) {
                needs.push(any_of.clone());
            }
        }
        needs
    }
}

/// The action that a card stands for: by its method, which a person can't rename, then by its title.
fn known_card<'k>(known: &'k [CardNeeds], card: &ReadCard) -> Option<&'k CardNeeds> {
    let by_method = card.method.as_ref().and_then(|method| {
        let by_key = known.iter().find(|known| known.keys.contains(method));
        by_key.or_else(|| {
            known
                .iter()
                .find(|known| plain(&known.title).eq(plain(method)))
        })
    });
    by_method.or_else(|| {
        let title = card.title.trim();
        known
            .iter()
            .find(|known| known.title.eq_ignore_ascii_case(title))
    })
}

/// Letters and digits only: exports call the card "Add User to Group" `addUserToGroup`.
fn plain(name: &str) -> impl Iterator<Item = char> {
    name.chars()
        .filter(|character| character.is_alphanumeric())
        .map(|character| character.to_ascii_lowercase())
}

/// The key of a connector built in the Connector Builder without its 32 hexadecimal digits.
fn without_suffix(key: &str) -> Option<&str> {
    let at = key.len().checked_sub(32)?;
    let (name, suffix) = (key.get(..at)?, key.get(at..)?);
    let name = name.trim_end_matches(['_', '-']);
    (!name.is_empty() && suffix.bytes().all(|byte| byte.is_ascii_hexdigit())).then_some(name)
}

/// Scopes that are needed and not granted. `granted` of `None`: nobody said, so nothing is known to be missing. Of
/// alternatives the first is named.
pub fn missing_scopes(needs: &[Vec<String>], granted: Option<&[String]>) -> Vec<String> {
    let Some(granted) = granted else {
        return Vec::new();
    };
    let mut missing = Vec::new();
    for any_of in needs {
        if any_of.iter().any(|scope| granted.contains(scope)) {
            continue;
        }
        if let Some(first) = any_of.first()
            && !missing.contains(first)
        {
            missing.push(first.clone());
        }
    }
    missing
}
