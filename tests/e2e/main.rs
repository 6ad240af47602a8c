//! Journeys in the real window.

#[cfg(target_os = "linux")]
mod keychain;
