//! Integration tests of core through its public face.

mod connectors;
mod flow_reading;
mod flow_reading_properties;
mod vault;
