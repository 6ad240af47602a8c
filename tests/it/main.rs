//! Integration tests of core through its public face.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod connectors;
mod credential_judge;
mod credential_local_api;
mod credential_placement;
mod credential_run;
mod custom_discovery;
mod custom_folder;
mod custom_hosts;
mod custom_openapi;
mod database;
mod discovery_metadata;
mod discovery_registration;
mod discovery_resource;
mod flow_bindings;
mod flow_manifest_editing;
mod flow_reading;
mod flow_reading_properties;
mod flow_usage;
mod flow_write_back;
mod golden;
mod oauth_assertion;
mod oauth_authorize;
mod oauth_callback;
mod oauth_canary;
mod oauth_device;
mod oauth_http;
mod oauth_id_token;
mod oauth_loopback;
mod oauth_quirks;
mod oauth_revocation;
mod oauth_session;
mod oauth_token_answer;
mod oauth_token_request;
mod vault;
