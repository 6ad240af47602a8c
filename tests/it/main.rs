//! Integration tests of core through its public face.

mod flow_reading;
mod flow_reading_properties;
