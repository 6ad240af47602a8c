//! What the console is told about connections, and what it sends. Nothing here can hold a secret on its way out;
//! the drafts hold them on their way in, as [`crate::vault::Secret`], which can be read from JSON but not written.

mod authorization;
mod detail;
mod draft;
mod list;
mod registration;
mod workspace;

pub use authorization::*;
pub use detail::*;
pub use draft::*;
pub use list::*;
pub use registration::*;
pub use workspace::*;
