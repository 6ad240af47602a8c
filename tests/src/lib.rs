//! Servers and fixtures the tests share.

pub mod evil_as;
pub mod flow_generator;
pub mod flow_workspace;
pub mod keychain;
pub mod local_api;
pub mod scripted;
