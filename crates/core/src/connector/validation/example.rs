//! Values that a definition could be filled in with: its examples, else something of the right kind. Rules build
//! addresses from them, and so do the golden files.

use crate::connector::{
    definition::{AuthKind, AuthMethod, Connector, Field, FieldKind, Quirk},
    template::Values,
};

/// The example of a field, its default, or a value of its kind.
pub fn example_value(field: &Field) -> String {
    if let Some(example) = field.example.as_ref().or(field.default.as_ref()) {
        return example.clone();
    }
    if let Some(choice) = field.choices.first() {
        return choice.value.clone();
    }
    sample(field.kind, &field.key)
}

fn sample(kind: FieldKind, key: &str) -> String {
    match kind {
        FieldKind::Text | FieldKind::PathSegment | FieldKind::Choice => format!("example-{key}"),
        FieldKind::Secret => format!("secret-{key}"),
        FieldKind::SecretText => format!("secret-{key}\nsecond line"),
        FieldKind::Host => "host.example.com".to_owned(),
        FieldKind::Subdomain => "acme".to_owned(),
        FieldKind::Url => "https://host.example.com/base".to_owned(),
    }
}

/// Everything that a method's templates may refer to, with example values: the fields, what is captured at sign-in,
/// the client id, the access token, and what quirks and key files add.
pub fn example_values(connector: &Connector, method: &AuthMethod) -> Values {
    let mut values = Values::default();
    for field in connector.fields.iter().chain(&method.fields) {
        values.insert(&field.key, field.kind, example_value(field));
    }
    let mut add = |key: &str, kind| {
        if values.get(key).is_none() {
            values.insert(key, kind, sample(kind, key));
        }
    };
    if let Some(oauth) = &method.oauth {
        for capture in &oauth.capture {
            add(&capture.field, capture.kind);
        }
        add("client_id", FieldKind::PathSegment);
    }
    if method.kind.has_tokens() {
        add("access_token", FieldKind::Secret);
    }
    let sites = [Quirk::AtlassianCloudId, Quirk::XeroTenant];
    if method.kind == AuthKind::AuthorizationCode
        && sites.iter().any(|quirk| connector.quirks.contains(quirk))
    {
        add("site_id", FieldKind::PathSegment);
    }
    if method.jwt.as_ref().is_some_and(|jwt| jwt.key_file) {
        add("client_email", FieldKind::Text);
        add("private_key_id", FieldKind::Text);
        add("project_id", FieldKind::Text);
    }
    values
}
