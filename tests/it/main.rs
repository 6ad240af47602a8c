//! Integration tests of core through its public face.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod connectors;
mod credential_judge;
mod credential_placement;
mod credential_run;
mod database;
mod flow_reading;
mod flow_reading_properties;
mod oauth_http;
mod oauth_token_answer;
mod oauth_token_request;
mod vault;
