//! Binding cards to connections by a person's choice, and what to suggest.
//!
//! One answer serves every unbound card of the same name in the source: nobody is asked twice.

use std::collections::HashMap;

use super::binding_rules::{MATCH, PERSON};
use super::connectors::missing_scopes;
use super::flows::Flows;
use super::noting::connections_of;
use super::view::{BindResult, Binding, CardId, CardView, ChosenBy, Suggestion, SuggestionReason};
use crate::store::flows::bindings::{self, ConnectionFacts, Which};
use crate::store::flows::lists::{self, CardRow};
use crate::store::flows::{FlowWrite, fold};
use crate::{Code, Error, Result};

impl Flows {
    /// Binds cards to a connection and remembers the answer for the names in their files.
    ///
    /// # Errors
    /// `NotFound`; `InvalidInput` when a card needs another connector.
    pub async fn bind_cards(&self, cards: &[CardId], connection: &str) -> Result<BindResult> {
        let facts = bindings::connection(&self.database, connection).await?;
        let rows = self.cards_by_id(cards).await?;
        if let Some(other) = rows.iter().find(|row| !fits(row, &facts)) {
            let needed = other.connector.as_deref().unwrap_or(&other.connector_key);
            let message = format!(
                "card {} needs a {needed} connection; {} is none",
                other.title, facts.name
            );
            return Err(Error::field("connection", message));
        }
        let mut ids: Vec<i64> = cards.iter().map(|card| card.0).collect();
        let mut write = FlowWrite::begin(&self.database).await?;
        let now = self.now().0;
        ids.extend(write.same_name(&ids).await?);
        ids.sort_unstable();
        ids.dedup();
        write.remember(&ids, connection, now).await?;
        self.note_binding(&mut write, &ids, Some(&facts)).await?;
        let (flows, connections) = write.bind(&ids, Some(connection), PERSON, now).await?;
        write.recount(&flows, &connections).await?;
        write.commit().await?;
        Ok(bound(&ids, &flows))
    }

    /// Takes the connection from cards. They stay unbound until a person binds them.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn unbind(&self, cards: &[CardId]) -> Result<BindResult> {
        self.cards_by_id(cards).await?;
        let ids: Vec<i64> = cards.iter().map(|card| card.0).collect();
        let mut write = FlowWrite::begin(&self.database).await?;
        self.note_binding(&mut write, &ids, None).await?;
        let (flows, connections) = write.bind(&ids, None, PERSON, self.now().0).await?;
        write.recount(&flows, &connections).await?;
        write.commit().await?;
        Ok(bound(&ids, &flows))
    }

    /// Binds unbound cards that name this connection: after it was created or renamed, or its deletion undone.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn rematch(&self, connection: &str) -> Result<BindResult> {
        let facts = bindings::connection(&self.database, connection).await?;
        let name = fold(&facts.name);
        let mut write = FlowWrite::begin(&self.database).await?;
        // Files still say the name it was matched by: it stands for it in newer exports too.
        write
            .remember_former_names(connection, &name, self.now().0)
            .await?;
        let named = write.unbound_named(&facts.connector).await?;
        let ids: Vec<i64> = named
            .into_iter()
            .filter(|(_, named)| fold(named) == name)
            .map(|(card, _)| card)
            .collect();
        if ids.is_empty() {
            write.commit().await?;
            return Ok(bound(&[], &[]));
        }
        self.note_binding(&mut write, &ids, Some(&facts)).await?;
        let (flows, connections) = write
            .bind(&ids, Some(connection), MATCH, self.now().0)
            .await?;
        write.recount(&flows, &connections).await?;
        write.commit().await?;
        Ok(bound(&ids, &flows))
    }

    /// Connections that a card could be bound to, the best first. The first is preselected when there is a reason
    /// beyond being of the connector.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn suggestions(&self, card: CardId) -> Result<Vec<Suggestion>> {
        let rows = self.cards_by_id(&[card]).await?;
        let row = rows.first().ok_or_else(no_card)?;
        let which = row
            .connector
            .as_deref()
            .map_or(Which::All, Which::Connector);
        let facts = bindings::connections(&self.database, which).await?;
        let name = row.connection_name.as_deref();
        let chosen = bindings::chosen(&self.database, row.flow, &row.connector_key, name).await?;
        let near = bindings::used_near(
            &self.database,
            row.id,
            row.flow,
            &row.card_id,
            &row.connector_key,
            row.connector.as_deref(),
        )
        .await?;
        let near: HashMap<String, (i64, i64)> = near
            .into_iter()
            .map(|(id, distance, count)| (id, (distance, count)))
            .collect();
        let folded = name.map(fold);
        let mut found: Vec<(SuggestionReason, i64, ConnectionFacts)> = facts
            .into_iter()
            .map(|facts| {
                let (distance, count) = near.get(&facts.id).copied().unwrap_or((4, 0));
                let reason = if chosen.as_deref() == Some(facts.id.as_str()) {
                    SuggestionReason::Remembered
                } else if distance == 0 {
                    SuggestionReason::SameCard
                } else if folded.as_deref() == Some(fold(&facts.name).as_str()) {
                    SuggestionReason::SameName
                } else {
                    match distance {
                        1 => SuggestionReason::SameFlow,
                        2 => SuggestionReason::SameSource,
                        3 => SuggestionReason::Used,
                        _ => SuggestionReason::SameConnector,
                    }
                };
                (reason, count, facts)
            })
            .collect();
        found.sort_by(|a, b| {
            a.0.cmp(&b.0)
                .then(b.1.cmp(&a.1))
                .then_with(|| a.2.name.cmp(&b.2.name))
        });
        Ok(found
            .into_iter()
            .enumerate()
            .map(|(index, (reason, _, facts))| Suggestion {
                missing: missing_scopes(&row.needs, facts.granted.as_deref()),
                connection: facts.id,
                name: facts.name,
                status: facts.status,
                reason,
                preselected: index == 0 && reason != SuggestionReason::SameConnector,
            })
            .collect())
    }

    /// Leaves in the activity what a binding that is about to be made changes.
    async fn note_binding(
        &self,
        write: &mut FlowWrite,
        cards: &[i64],
        to: Option<&ConnectionFacts>,
    ) -> Result<()> {
        let before = write.touched(cards).await?;
        let had = connections_of(&before);
        let had = bindings::connections(&self.database, Which::Ids(&had)).await?;
        write.note_binding(&before, &had, to, self.now()).await
    }

    /// The cards, all of them.
    pub(super) async fn cards_by_id(&self, cards: &[CardId]) -> Result<Vec<CardRow>> {
        let mut ids: Vec<i64> = cards.iter().map(|card| card.0).collect();
        ids.sort_unstable();
        ids.dedup();
        let rows = lists::cards_by_id(&self.database, &ids).await?;
        if rows.len() == ids.len() {
            Ok(rows)
        } else {
            Err(no_card())
        }
    }

    /// Cards as the console shows them, with the state of their connections.
    pub(super) async fn card_views(&self, rows: Vec<CardRow>) -> Result<Vec<CardView>> {
        let mut ids: Vec<String> = rows
            .iter()
            .filter_map(|row| row.connection.clone())
            .collect();
        ids.sort_unstable();
        ids.dedup();
        let facts: HashMap<String, ConnectionFacts> =
            bindings::connections(&self.database, Which::Ids(&ids))
                .await?
                .into_iter()
                .map(|facts| (facts.id.clone(), facts))
                .collect();
        Ok(rows
            .into_iter()
            .map(|row| CardView {
                binding: binding(&row, &facts),
                id: CardId(row.id),
                title: row.title,
                connector_key: row.connector_key,
                connector: row.connector,
                connection_name: row.connection_name,
                nested: row.nested,
                is_trigger: row.is_trigger,
                needs: row.needs,
                environment: row
                    .environment
                    .and_then(|text| serde_json::from_str(&text).ok())
                    .unwrap_or_default(),
            })
            .collect())
    }
}

fn no_card() -> Error {
    Error::new(Code::NotFound, "this card isn't in the workspace any more")
}

/// Whether a card can use the connection. A card whose connector isn't in the catalogue takes any.
pub(super) fn fits(row: &CardRow, facts: &ConnectionFacts) -> bool {
    row.connector
        .as_ref()
        .is_none_or(|connector| *connector == facts.connector)
}

fn binding(row: &CardRow, facts: &HashMap<String, ConnectionFacts>) -> Binding {
    let Some(connection) = &row.connection else {
        return match &row.lost_name {
            Some(name) => Binding::Lost { name: name.clone() },
            None => Binding::Unbound,
        };
    };
    match facts.get(connection) {
        Some(facts) if !facts.is_deleted => Binding::Bound {
            connection: connection.clone(),
            name: facts.name.clone(),
            status: facts.status,
            chosen_by: if row.chosen_by.as_deref() == Some(PERSON) {
                ChosenBy::Person
            } else {
                ChosenBy::Match
            },
            missing: missing_scopes(&row.needs, facts.granted.as_deref()),
        },
        Some(facts) => Binding::Lost {
            name: facts.name.clone(),
        },
        None => Binding::Unbound,
    }
}

fn bound(cards: &[i64], flows: &[i64]) -> BindResult {
    BindResult {
        cards: u32::try_from(cards.len()).unwrap_or(u32::MAX),
        flows: u32::try_from(flows.len()).unwrap_or(u32::MAX),
    }
}
