//! What core asks of the desktop around it.

use url::Url;

use crate::Result;
use crate::connection::{Event, LinkHandler};

/// Opens the person's own browser.
pub trait Browser: Send + Sync {
    /// Opens an address that core has checked: http(s), no user name, no control characters, at most 8 kB
    /// (requirement A2).
    ///
    /// # Errors
    /// When no browser could be started.
    fn open(&self, url: &Url) -> Result<()>;
}

/// Takes what the console is to hear.
pub trait Events: Send + Sync {
    fn emit(&self, event: Event);
}

/// Knows who gets links of our scheme on this machine.
pub trait Links: Send + Sync {
    fn handler(&self) -> LinkHandler;
}
