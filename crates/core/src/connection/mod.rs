//! Connections: their life from the first form to the last wipe, as methods of [`crate::Core`], one file per action.

mod accept;
mod attempt;
mod callback;
mod checks;
mod create;
mod deletion;
mod detail;
mod device;
mod editing;
mod endpoints;
mod redirects;
mod refusals;
mod sites;
mod testing;
mod tokens;
pub(crate) mod values;
pub mod view;
mod waiting;

pub use deletion::UNDO_SECONDS;
pub use redirects::SCHEME;
pub(crate) use redirects::redirect_uris;
pub use view::*;
