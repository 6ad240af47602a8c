//! The workspace on this device: SQLite with one owner, one writer, durable commits and verified backups. The only
//! place with SQL; no sqlx type leaves it, because a team's workspace will be a second store. Secrets pass through as
//! sealed bytes.

pub(crate) mod activity;
pub(crate) mod authorizations;
mod backup;
mod changes;
mod columns;
pub(crate) mod connections;
pub mod database;
mod database_file;
mod fault;
pub mod flows;
pub(crate) mod list;
pub(crate) mod meta;
pub(crate) mod migrations;
pub mod owner;
pub(crate) mod registrations;
mod restore;
pub(crate) mod sealed;
mod search;

pub use database::{Database, DatabaseOptions, Migration};
pub(crate) use fault::map_sqlx;
pub use owner::{Owner, Ownership};
