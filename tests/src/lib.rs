//! Servers and fixtures the tests share, and the desktop in which the journeys run.

pub mod document_server;
pub mod evil_as;
pub mod flow_generator;
pub mod flow_workspace;
pub mod keychain;
pub mod local_api;
pub mod mcp_server;
pub mod scripted;
pub mod token_services;
pub mod workbench;

// Journeys: their screen, keychain, browser and process tree are Linux ones.
#[cfg(target_os = "linux")]
pub mod browser;
#[cfg(target_os = "linux")]
pub mod deadline;
#[cfg(target_os = "linux")]
pub mod process;
#[cfg(target_os = "linux")]
pub mod servers;
#[cfg(target_os = "linux")]
pub mod session;
#[cfg(target_os = "linux")]
pub mod webdriver;
#[cfg(target_os = "linux")]
pub mod wire;
