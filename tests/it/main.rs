//! Integration tests of core through its public face.

mod connectors;
mod credential_judge;
mod credential_placement;
mod credential_run;
mod database;
mod flow_reading;
mod flow_reading_properties;
mod vault;
