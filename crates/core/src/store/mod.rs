//! The workspace's database: one owner, one writer, durable commits, verified backups.

mod backup;
pub mod database;
mod database_file;
mod fault;
pub mod owner;

pub use database::{Database, DatabaseOptions, Migration};
pub(crate) use fault::map_sqlx;
pub use owner::{Owner, Ownership};
