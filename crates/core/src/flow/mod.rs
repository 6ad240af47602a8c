//! Flows: what is read from files, which connections their cards are bound to, and what a change would touch.
//!
//! Usage here is *declared*: cards in files. What programs really asked for is told by the broker and isn't mixed in.

mod binding_rules;
mod bindings;
mod card_writing;
mod connectors;
mod disk;
mod flows;
mod grouping;
mod impact;
mod listing;
mod manifest_creating;
pub mod manifest_editing;
mod moving;
mod noting;
pub mod read;
mod recognition;
pub mod rewriting;
mod scanning;
mod sources;
mod usage;
mod usage_view;
pub mod view;
mod write_back;

pub use connectors::ConnectorKeys;
pub use flows::Flows;
