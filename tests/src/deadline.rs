//! Waiting for something to become true: by asking again, never by sleeping a guessed time.
//!
//! The limit is no assertion about speed; it only ends a wait that will never succeed, so it is generous.

use std::thread;
use std::time::{Duration, Instant};

/// How long anything may take on a slow, busy machine.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// Asks until the answer is `Some`; panics with `what` when that never happens.
pub fn until<T>(what: &str, ask: impl FnMut() -> Option<T>) -> T {
    within(PATIENCE, ask)
        .unwrap_or_else(|| panic!("waited {} s in vain for {what}", PATIENCE.as_secs()))
}

/// Asks until the answer is `Some` or `limit` has passed.
pub fn within<T>(limit: Duration, mut ask: impl FnMut() -> Option<T>) -> Option<T> {
    let started = Instant::now();
    loop {
        if let Some(answer) = ask() {
            return Some(answer);
        }
        if started.elapsed() > limit {
            return None;
        }
        thread::sleep(Duration::from_millis(25));
    }
}
