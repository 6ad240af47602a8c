//! Servers and fixtures the tests share, and the desktop in which the journeys run.

pub mod browser;
pub mod deadline;
pub mod evil_as;
pub mod flow_generator;
pub mod flow_workspace;
pub mod keychain;
pub mod local_api;
pub mod process;
pub mod scripted;
pub mod servers;
pub mod session;
pub mod webdriver;
pub mod wire;
pub mod workbench;

// Journeys: their screen, keychain, browser and process tree are Linux ones.
#[cfg(target_os = "linux")]
#[cfg(target_os = "linux")]
#[cfg(target_os = "linux")]
#[cfg(target_os = "linux")]
#[cfg(target_os = "linux")]
#[cfg(target_os = "linux")]
#[cfg(target_os = "linux")]
