//! Moving cards from one connection to another, with a preview and an undo.

use std::collections::HashSet;

use super::binding_rules::PERSON;
use super::connectors::missing_scopes;
use super::flows::Flows;
use super::impact::{flows_of, names, stop};
use super::noting::{about, amount};
use super::usage::as_u32;
use super::view::{CardStop, MoveId, MovePreview, MoveSelection, Moved, Undone};
use crate::activity::Action;
use crate::store::flows::FlowWrite;
use crate::store::flows::bindings::{self, ConnectionFacts, Which};
use crate::store::flows::lists::{self, CardRow};
use crate::store::flows::moves::MoveRecord;
use crate::{Code, Error, Result};

impl Flows {
    /// What moving the selected cards would do; `refused` says why it can't be done.
    ///
    /// # Errors
    /// `NotFound` when one of the connections is gone.
    pub async fn preview_move(
        &self,
        from: &str,
        to: &str,
        selection: &MoveSelection,
    ) -> Result<MovePreview> {
        let (plan, _) = self.plan_move(from, to, selection).await?;
        Ok(plan)
    }

    /// Moves the selected cards.
    ///
    /// # Errors
    /// What the preview refuses: `InvalidInput` (another connector, nothing to move), `MissingScope`; `NotFound`.
    pub async fn apply_move(
        &self,
        from: &str,
        to: &str,
        selection: &MoveSelection,
    ) -> Result<Moved> {
        let (plan, cards) = self.plan_move(from, to, selection).await?;
        if let Some(refused) = plan.refused {
            return Err(refused);
        }
        let ids: Vec<i64> = cards.iter().map(|(card, _)| card.id).collect();
        let now = self.now().0;
        let mut write = FlowWrite::begin(&self.database).await?;
        // Cards bound otherwise since the plan was made stay as they are.
        let before = write.cards_bound(&ids, from).await?;
        let ids: Vec<i64> = before.iter().map(|card| card.card).collect();
        // The whole connection is replaced: names in the files mean the new one from now on.
        let choices = match selection {
            MoveSelection::All => write.choices_of(&ids).await?,
            MoveSelection::Flows { .. } | MoveSelection::Cards { .. } => Vec::new(),
        };
        if !choices.is_empty() {
            write.remember(&ids, to, now).await?;
        }
        let record = MoveRecord {
            from: from.to_owned(),
            to: to.to_owned(),
            cards: before,
            choices,
        };
        let moved = amount(&write.touched(&ids).await?);
        let (flows, connections) = write.bind(&ids, Some(to), PERSON, now).await?;
        let id = write.add_move(&record, now).await?;
        let there = format!("{moved} to {}", plan.to_name);
        let here = format!("{moved} from {}", plan.from_name);
        self.note_move(&mut write, Action::MoveFlows, (from, &there), (to, &here))
            .await?;
        write.recount(&flows, &connections).await?;
        write.commit().await?;
        Ok(Moved {
            id: MoveId(id),
            flows: as_u32(flows.len()),
            cards: as_u32(ids.len()),
        })
    }

    /// Undoes a move. Cards that were bound otherwise meanwhile stay as they are.
    ///
    /// # Errors
    /// `NotFound` when it was undone already; `Conflict` when the connection that the cards had is gone.
    pub async fn undo_move(&self, id: MoveId) -> Result<Undone> {
        let mut write = FlowWrite::begin(&self.database).await?;
        let record = write.take_move(id.0, self.now().0).await?;
        if bindings::connection(&self.database, &record.from)
            .await
            .is_err()
        {
            let message = "the connection that the cards had was deleted";
            return Err(Error::new(Code::Conflict, message).with_hint("Undo its deletion first."));
        }
        let ids: Vec<i64> = record.cards.iter().map(|card| card.card).collect();
        let mut back = write.touched(&ids).await?;
        back.retain(|one| one.connection.as_ref() == Some(&record.to));
        let flows = write.restore_cards(&record).await?;
        write.restore_choices(&record).await?;
        write
            .recount(&flows, &[record.from.clone(), record.to.clone()])
            .await?;
        if !back.is_empty() {
            let back = amount(&back);
            let (from, to) = (record.from.as_str(), record.to.as_str());
            self.note_move(&mut write, Action::UndoMove, (from, &back), (to, &back))
                .await?;
        }
        write.commit().await?;
        let cards = as_u32(flows.len());
        Ok(Undone {
            cards,
            left: as_u32(record.cards.len()) - cards,
        })
    }

    /// Leaves an entry at both connections, each with its own words.
    async fn note_move(
        &self,
        write: &mut FlowWrite,
        action: Action,
        from: (&str, &str),
        to: (&str, &str),
    ) -> Result<()> {
        let ids = [from.0.to_owned(), to.0.to_owned()];
        for facts in bindings::connections(&self.database, Which::Ids(&ids)).await? {
            let detail = if facts.id == from.0 { from.1 } else { to.1 };
            write
                .note(about(action, &facts, detail, self.now()))
                .await?;
        }
        Ok(())
    }

    async fn plan_move(
        &self,
        from: &str,
        to: &str,
        selection: &MoveSelection,
    ) -> Result<(MovePreview, Vec<(CardRow, String)>)> {
        let source = bindings::connection(&self.database, from).await?;
        let target = bindings::connection(&self.database, to).await?;
        let mut cards = lists::cards_of_connection(&self.database, from).await?;
        match selection {
            MoveSelection::All => {}
            MoveSelection::Flows { flows } => {
                let wanted: HashSet<i64> = flows.iter().map(|flow| flow.0).collect();
                cards.retain(|(card, _)| wanted.contains(&card.flow));
            }
            MoveSelection::Cards { cards: chosen } => {
                let wanted: HashSet<i64> = chosen.iter().map(|card| card.0).collect();
                cards.retain(|(card, _)| wanted.contains(&card.id));
            }
        }
        let lacking: Vec<CardStop> = cards
            .iter()
            .filter_map(|(card, flow)| {
                let scopes = missing_scopes(&card.needs, target.granted.as_deref());
                (!scopes.is_empty()).then(|| stop(card, flow, scopes))
            })
            .collect();
        let mut missing_scopes: Vec<String> = lacking
            .iter()
            .flat_map(|stop| stop.scopes.clone())
            .collect();
        missing_scopes.sort_unstable();
        missing_scopes.dedup();
        let refused = refuse(&source, &target, cards.is_empty(), &missing_scopes);
        let plan = MovePreview {
            from: source.id,
            from_name: source.name,
            to: target.id,
            to_name: target.name,
            flows: as_u32(flows_of(&cards).len()),
            cards: as_u32(cards.len()),
            names: names(&cards),
            lacking,
            missing_scopes,
            refused,
        };
        Ok((plan, cards))
    }
}

fn refuse(
    from: &ConnectionFacts,
    to: &ConnectionFacts,
    is_empty: bool,
    missing: &[String],
) -> Option<Error> {
    if from.id == to.id {
        return Some(Error::field(
            "to",
            format!("{} is where the cards are already", to.name),
        ));
    }
    if from.connector != to.connector {
        let message = format!("{} is of another connector than {}", to.name, from.name);
        return Some(Error::field("to", message));
    }
    if is_empty {
        return Some(Error::field(
            "selection",
            format!("no chosen card is bound to {}", from.name),
        ));
    }
    if missing.is_empty() {
        return None;
    }
    let message = format!("{} lacks {}", to.name, missing.join(", "));
    Some(
        Error::new(Code::MissingScope, message)
            .with_field("to")
            .with_hint(format!("Reauthorize {} with the missing scopes.", to.name)),
    )
}
