//! Connections: their life from the first form to the last wipe.

pub mod view;

pub use view::*;
