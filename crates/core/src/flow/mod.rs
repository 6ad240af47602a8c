//! Flows: what is read from files, which connections their cards are bound to, and what a change would touch.
//!
//! Usage here is *declared*: cards in files. What programs really asked for is told by the broker and isn't mixed in.

mod binding_rules;
mod bindings;
mod connectors;
mod disk;
mod flows;
mod impact;
mod listing;
mod moving;
pub mod read;
mod recognition;
mod scanning;
mod usage;
pub mod view;

pub use connectors::ConnectorKeys;
pub use flows::Flows;
