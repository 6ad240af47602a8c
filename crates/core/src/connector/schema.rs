//! The JSON schema of `connector.toml`, for editors. Generated from the types, so it can't say anything else.

use super::Connector;

/// The schema as it stands in `connectors/connector.schema.json`.
pub fn json_schema() -> String {
    let schema = schemars::schema_for!(Connector);
    let mut text =
        serde_json::to_string_pretty(&schema).expect("a schema is plain JSON and can be written");
    text.push('\n');
    text
}
