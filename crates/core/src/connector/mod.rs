//! Connectors: what a service is, where its definition comes from and what is checked in it.

pub mod catalogue;
pub mod custom;
pub mod definition;
mod lookup;
pub mod schema;
pub mod template;
pub mod validation;
pub mod view;

pub use catalogue::Catalogue;
pub use definition::*;
pub use view::{ConnectorQuery, ConnectorSummary, MethodSummary};
