//! Events to the console: ids and states only, over a channel that the console opens itself. Tauri's own events aren't
//! used, so the page needs no permission to hear any, those of plugins included.

use std::sync::{Arc, Mutex, PoisonError};

use patchbay_core::connection::Event;
use patchbay_core::workspace::Events;
use tauri::ipc::Channel;

/// The console as the taker of events. Before its page is there, and between two loads of it, events are dropped: a page
/// asks for everything it shows when it starts.
#[derive(Clone, Default)]
pub struct Console {
    channel: Arc<Mutex<Option<Channel<Event>>>>,
}

impl Console {
    /// Sends events here from now on, and nowhere else.
    pub fn follow(&self, channel: Channel<Event>) {
        *self.channel.lock().unwrap_or_else(PoisonError::into_inner) = Some(channel);
    }
}

impl Events for Console {
    fn emit(&self, event: Event) {
        let channel = self
            .channel
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        if let Some(channel) = channel
            && let Err(error) = channel.send(event)
        {
            tracing::warn!(%error, "an event did not reach the console");
        }
    }
}
