//! Connectors: what a service is, where its definition comes from and what is checked in it.

pub mod definition;
pub mod template;

pub use definition::*;
