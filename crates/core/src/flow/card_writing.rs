//! Cards of a scan on their way into the store: recognised, bound by the rules, numbered.

use std::collections::{HashMap, HashSet};

use super::binding_rules::{Bound, Names, Offered, decide};
use super::connectors::ConnectorKeys;
use super::read::{Format, ReadCard, ReadSource};
use super::recognition::{CardFace, recognise_cards};
use crate::store::flows::records::{CardRecord, CardWrite};
use crate::store::flows::{FlowWrite, fold};
use crate::{Result, Timestamp};

/// Cards of a scan: those known before keep their ids and bindings.
pub(super) struct CardWriting<'s> {
    keys: &'s ConnectorKeys,
    now: Timestamp,
    known: HashMap<i64, Vec<CardRecord>>,
    offered: Offered,
    /// Names that the file at hand uses.
    names: Names,
    pub(super) writes: Vec<CardWrite>,
    kept: HashSet<i64>,
    pub(super) matched: u32,
    next: i64,
}

impl<'s> CardWriting<'s> {
    /// `flows` are the known ones, `read` is what the files of `source` say now.
    pub(super) async fn begin(
        keys: &'s ConnectorKeys,
        now: Timestamp,
        write: &mut FlowWrite,
        source: i64,
        flows: &[i64],
        read: impl Iterator<Item = &ReadSource>,
    ) -> Result<Self> {
        let mut known: HashMap<i64, Vec<CardRecord>> = HashMap::new();
        for card in write.known_cards(flows).await? {
            known.entry(card.flow).or_default().push(card);
        }
        let named = read
            .flat_map(|source| &source.flows)
            .flat_map(|flow| &flow.cards)
            .filter_map(|card| card.connection.as_deref())
            .collect::<HashSet<&str>>();
        let folded: Vec<String> = named.into_iter().map(fold).collect();
        let offered = Offered::new(
            write.connections_named(&folded).await?,
            write.choices(source).await?,
        );
        Ok(Self {
            keys,
            now,
            known,
            offered,
            names: Names::default(),
            writes: Vec::new(),
            kept: HashSet::new(),
            matched: 0,
            next: write.next_id("flow_cards").await?,
        })
    }

    pub(super) fn enter_file(&mut self, source: &ReadSource) {
        self.names = Names::of(source);
    }

    /// Takes in the cards of a flow; returns how many need a connection.
    pub(super) fn flow(&mut self, flow: i64, format: Option<Format>, cards: &[ReadCard]) -> usize {
        let old = self.known.remove(&flow).unwrap_or_default();
        let old_faces: Vec<CardFace> = old
            .iter()
            .map(|card| CardFace {
                card_id: card.card_id.clone(),
                connector_key: card.connector_key.clone(),
                title: card.title.clone(),
                nested: card.nested.clone(),
            })
            .collect();
        let new_faces: Vec<CardFace> = cards
            .iter()
            .map(|card| CardFace {
                card_id: card.id.clone(),
                connector_key: card.connector.clone(),
                title: card.title.clone(),
                nested: card.nested.clone(),
            })
            .collect();
        let recognised = recognise_cards(&old_faces, &new_faces);
        let mut unbound = 0;
        for (position, (card, found)) in cards.iter().zip(recognised).enumerate() {
            let before = found.map(|index| &old[index]);
            let connector = format.and_then(|format| self.keys.connector(format, &card.connector));
            let needs = self.keys.needs(format, connector, card);
            let bound = decide(
                card,
                connector,
                before,
                &self.offered,
                &self.names,
                self.now,
            );
            self.matched += u32::from(bound.is_new_match);
            unbound += usize::from(bound.connection.is_none());
            let id = match before {
                Some(before) => before.id,
                None => {
                    self.next += 1;
                    self.next - 1
                }
            };
            self.kept.insert(id);
            let connector = connector.map(str::to_owned);
            self.writes.push(card_write(
                id, flow, position, card, connector, &needs, bound,
            ));
        }
        self.known.insert(flow, old);
        unbound
    }

    /// Cards that were in the flows before and are not any more.
    pub(super) fn leftover(&self) -> Vec<i64> {
        let all = self.known.values().flatten().map(|card| card.id);
        all.filter(|id| !self.kept.contains(id)).collect()
    }
}

fn card_write(
    id: i64,
    flow: i64,
    position: usize,
    card: &ReadCard,
    connector: Option<String>,
    needs: &[Vec<String>],
    bound: Bound,
) -> CardWrite {
    let as_json =
        |value: serde_json::Result<String>| value.expect("strings can be written as JSON");
    CardWrite {
        id,
        flow,
        position,
        card_id: card.id.clone(),
        title: card.title.clone(),
        connector_key: card.connector.clone(),
        connector,
        method: card.method.clone(),
        connection_name: card.connection.clone(),
        nested: card.nested.clone(),
        is_trigger: card.is_trigger,
        needs: (!needs.is_empty()).then(|| as_json(serde_json::to_string(needs))),
        environment: (!card.environment.is_empty())
            .then(|| as_json(serde_json::to_string(&card.environment))),
        connection: bound.connection,
        chosen_by: bound.chosen_by.map(str::to_owned),
        chosen_at: bound.chosen_at,
        lost_name: bound.lost_name,
    }
}
