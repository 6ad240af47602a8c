//! Flows: what is read from files, which connections their cards are bound to, and what a change would touch.

pub mod read;
