//! What the console is told about flows, and what it asks. Ids are strings there and numbers in the store.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

pub use super::grouping::{FlowGroup, Question};
use super::read::manifest::EnvironmentValue;
use super::read::{Format, Problem, Trigger};
pub use super::usage_view::{Usage, UsageGroup, UsageQuery, UsageRow, UsageSort};
use crate::connection::Status;
use crate::page::Direction;
use crate::{Error, Timestamp};

macro_rules! id {
    ($(#[$meta:meta])* $name:ident) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
        #[serde(try_from = "String", into = "String")]
        #[ts(export, type = "string")]
        pub struct $name(pub(crate) i64);

        impl TryFrom<String> for $name {
            type Error = Error;

            fn try_from(text: String) -> Result<Self, Error> {
                text.parse().map(Self).map_err(|_| Error::field("id", "this is no id"))
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.0.to_string()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

id!(
    /// A flow. Stays the same when the flow is exported anew.
    FlowId
);
id!(
    /// A card of a flow. Stays the same when the flow is exported anew.
    CardId
);
id!(
    /// A file or folder that flows are read from.
    SourceId
);
id!(
    /// A move of cards, which can be undone.
    MoveId
);

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum SourceKind {
    File,
    Folder,
}

/// A file or folder that flows are read from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct SourceRow {
    pub id: SourceId,
    pub path: String,
    /// Its last part.
    pub name: String,
    pub kind: SourceKind,
    pub flows: u32,
    pub cards: u32,
    pub unbound: u32,
    pub last_read_at: Option<Timestamp>,
    /// It isn't there since then; what was read is kept.
    pub gone_since: Option<Timestamp>,
    /// Of the folder and of its files.
    pub problems: Vec<Problem>,
}

#[derive(Debug, Clone, Default, Deserialize, TS)]
#[serde(default)]
#[ts(export)]
pub struct FlowQuery {
    /// Matches names, folders, files, card titles and connection names; case and accents don't matter.
    pub search: String,
    pub source: Option<SourceId>,
    pub folder: Option<String>,
    pub filter: FlowFilter,
    pub sort: FlowSort,
    pub direction: Direction,
    pub offset: u32,
    /// At most 500; 0 means 100.
    pub limit: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS, Default)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum FlowFilter {
    #[default]
    All,
    /// At least one card needs a connection.
    Unbound,
    /// At least one card's connection doesn't work, lacks a scope or was deleted.
    Broken,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS, Default)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum FlowSort {
    /// By source, then folder, then name.
    #[default]
    Folder,
    Name,
    Cards,
    Unbound,
}

#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[ts(export)]
pub struct FlowRow {
    pub id: FlowId,
    pub name: String,
    pub description: String,
    /// Folders joined by ` / `; empty at the top.
    pub folder: String,
    pub source: SourceId,
    pub source_name: String,
    /// The file inside the source; empty when the source is the file.
    pub file: String,
    pub format: Option<Format>,
    pub trigger: Trigger,
    pub schedule: Option<String>,
    pub cards: u32,
    /// Cards that need a connection.
    pub unbound: u32,
    /// Cards whose connection doesn't work, lacks a scope or was deleted.
    pub broken: u32,
    /// Flows that call this one.
    pub called_by: u32,
    /// Connectors of its cards, as ids where they are known, otherwise as the file names them.
    pub connectors: Vec<String>,
    pub read_at: Timestamp,
    /// The file isn't there since then.
    pub missing_since: Option<Timestamp>,
}

/// Numbers for the rail, the filter chips and the banner.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct FlowCounts {
    pub all: u32,
    /// Flows with a card that needs a connection.
    pub unbound: u32,
    pub unbound_cards: u32,
    pub broken: u32,
}

/// One flow with its cards.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[ts(export)]
pub struct FlowDetail {
    pub row: FlowRow,
    /// The file it was read from.
    pub path: String,
    pub command: Vec<String>,
    pub cards: Vec<CardView>,
    pub calls: Vec<CallView>,
    pub called_by: Vec<CallView>,
    /// Of its file.
    pub problems: Vec<Problem>,
    /// A copy with re-bound references can be exported.
    pub can_export: bool,
    /// It can be edited here: a manifest.
    pub can_edit: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct CallView {
    /// `None` when the other flow isn't known.
    pub flow: Option<FlowId>,
    pub name: String,
    /// Title of the calling card.
    pub card: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[ts(export)]
pub struct CardView {
    pub id: CardId,
    pub title: String,
    /// As the file names the connector.
    pub connector_key: String,
    /// The connector's id; `None` when the catalogue doesn't know the key.
    pub connector: Option<String>,
    /// As the file names the connection.
    pub connection_name: Option<String>,
    /// `inside If / Else`.
    pub nested: Option<String>,
    pub is_trigger: bool,
    pub binding: Binding,
    /// All of the outer list are needed; any one of an inner list will do.
    pub needs: Vec<Vec<String>>,
    /// Variables of a manifest's command.
    #[ts(type = "Record<string, string>")]
    pub environment: BTreeMap<String, EnvironmentValue>,
}

/// What a card is bound to.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[ts(export, rename = "CardBinding")]
pub enum Binding {
    Unbound,
    Bound {
        connection: String,
        name: String,
        status: Status,
        chosen_by: ChosenBy,
        /// Scopes that the card needs and the connection wasn't granted.
        missing: Vec<String>,
    },
    /// The connection of that name was deleted.
    Lost {
        name: String,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum ChosenBy {
    /// Name and connector were the same.
    Match,
    Person,
}

/// A connection that a card could be bound to, the best first.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[ts(export)]
pub struct Suggestion {
    pub connection: String,
    pub name: String,
    pub status: Status,
    pub reason: SuggestionReason,
    /// Scopes that the card needs and the connection wasn't granted.
    pub missing: Vec<String>,
    /// Taken unless the person chooses another one.
    pub preselected: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum SuggestionReason {
    /// Chosen before for this name in this source.
    Remembered,
    /// The same card, in another export, is bound to it.
    SameCard,
    SameName,
    /// Another card of this flow uses it.
    SameFlow,
    /// Another flow of this source uses it.
    SameSource,
    /// Another flow uses it.
    Used,
    SameConnector,
}

/// What a binding changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct BindResult {
    /// Cards that are bound now: those asked for and unbound ones of the same name in their sources.
    pub cards: u32,
    pub flows: u32,
}

/// What is about to be done to a connection.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
#[ts(export)]
pub enum ImpactAction {
    Delete,
    ScopeChange {
        removed: Vec<String>,
        added: Vec<String>,
    },
    Rename,
    /// Reauthorization as another account.
    AccountChange,
}

/// What it touches.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[ts(export)]
pub struct Impact {
    pub flows: u32,
    /// Flows that reach it through another flow.
    pub indirect: u32,
    pub cards: u32,
    /// Names of the flows touched, at most 20.
    pub names: Vec<String>,
    /// Cards that stop working, and why.
    pub stops: Vec<CardStop>,
    /// Cards that lack scopes now and after a change of scopes too. Removing and adding none: what is lacking now.
    pub lacking: Vec<CardStop>,
    /// Flows whose file names the connection: they must be changed too after a rename.
    pub by_name: Vec<String>,
    /// One sentence.
    pub summary: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct CardStop {
    pub flow: FlowId,
    pub flow_name: String,
    pub card: CardId,
    pub card_title: String,
    /// Scopes that the card needs and won't have; empty when the connection itself goes.
    pub scopes: Vec<String>,
}

/// Which cards to move.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
#[ts(export)]
pub enum MoveSelection {
    All,
    Flows { flows: Vec<FlowId> },
    Cards { cards: Vec<CardId> },
}

/// What a move would do.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[ts(export)]
pub struct MovePreview {
    pub from: String,
    pub from_name: String,
    pub to: String,
    pub to_name: String,
    pub flows: u32,
    pub cards: u32,
    /// Names of the flows, at most 20.
    pub names: Vec<String>,
    /// Cards that would lack scopes.
    pub lacking: Vec<CardStop>,
    /// Scopes to ask for in a reauthorization of the target, so that it covers the cards.
    pub missing_scopes: Vec<String>,
    /// Why it can't be done, when it can't.
    pub refused: Option<Error>,
}

/// A move that was done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct Moved {
    /// For undo.
    pub id: MoveId,
    pub flows: u32,
    pub cards: u32,
}

/// What an undo brought back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct Undone {
    pub cards: u32,
    /// Cards that were bound otherwise meanwhile, or are gone: left as they are.
    pub left: u32,
}

/// What a rescan saw.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct ScanResult {
    /// Files that were read anew.
    pub files: u32,
    pub flows: u32,
    pub cards: u32,
    /// Cards that need a connection.
    pub unbound: u32,
    /// Cards bound in this scan because name and connector were the same.
    pub matched: u32,
    pub problems: Vec<Problem>,
}

/// A file written with re-bound references.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct ReboundCopy {
    pub path: String,
    /// Copy of the file that stood there before.
    pub backup: Option<String>,
    /// References that differ from the source.
    pub changed: u32,
    /// What a person should know before importing it.
    pub notes: Vec<String>,
}
