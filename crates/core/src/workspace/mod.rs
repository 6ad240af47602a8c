//! The workspace: [`Core`], the one face that the shell sees, and what belongs to the workspace as a whole.
//!
//! Actions on connections are in [`crate::connection`], one file each, as methods of [`Core`].

mod core;
mod custom;
mod docs;
mod dynamic;
mod outside;
mod place;
mod registrations;
mod upkeep;
mod vault;

pub use self::core::{Core, Options};
pub use docs::DocsPage;
pub use outside::{Browser, Events, Links};
pub(crate) use registrations::{NewRegistration, view as registration_view};
pub use upkeep::Restoring;
