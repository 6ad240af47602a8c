//! Servers and fixtures the tests share.

pub mod flow_generator;
pub mod keychain;
