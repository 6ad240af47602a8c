//! The document as a tree, with bounds, and references inside it.

use serde_json::Value;
use url::Url;

use crate::error::{Code, Error, Result};

/// Bytes. The largest public descriptions have about twelve million.
const SIZE: usize = 24 * 1024 * 1024;
/// References that lead to references.
const HOPS: usize = 8;

pub(super) struct Document {
    root: Value,
    /// Where it came from, when that is an address.
    pub(super) source: Option<Url>,
}

impl Document {
    pub(super) fn parse(text: &str, source: Option<&str>) -> Result<Self> {
        let invalid = |message: &str| Error::new(Code::InvalidDefinition, message);
        if text.len() > SIZE {
            return Err(invalid("The document is larger than 24 MB"));
        }
        let text = text.trim_start_matches('\u{feff}').trim_start();
        let root: Value = match text.starts_with('{') {
            true => serde_json::from_str(text).map_err(|error| {
                invalid(&format!(
                    "The document isn't JSON: line {}, column {}",
                    error.line(),
                    error.column()
                ))
            })?,
            false => serde_saphyr::from_str_with_options(text, yaml())
                .map_err(|_| invalid("The document is neither JSON nor YAML"))?,
        };
        let version = root.get("openapi").and_then(scalar).unwrap_or_default();
        let source = source
            .and_then(|source| Url::parse(source).ok())
            .filter(Url::has_host);
        match version.split('.').next() {
            Some("3") => Ok(Self { root, source }),
            _ if root.get("swagger").is_some() => Err(invalid(
                "This is a Swagger 2 document; OpenAPI 3 is needed",
            )
            .with_hint("Most generators can write OpenAPI 3 too, and converters are at hand")),
            _ => Err(invalid(
                "This is no OpenAPI 3 document: it has no member “openapi”",
            )),
        }
    }

    /// The value at a JSON pointer, references on the way followed.
    pub(super) fn at(&self, pointer: &str) -> Option<&Value> {
        let steps = pointer.strip_prefix('/')?.split('/');
        steps.into_iter().try_fold(&self.root, |value, step| {
            let step = step.replace("~1", "/").replace("~0", "~");
            self.resolved(value).get(step)
        })
    }

    pub(super) fn text(&self, pointer: &str) -> Option<&str> {
        self.at(pointer)?.as_str()
    }

    /// What a value refers to, or the value itself. A reference out of the document leads nowhere.
    pub(super) fn resolved<'a>(&'a self, value: &'a Value) -> &'a Value {
        let mut value = value;
        for _ in 0..HOPS {
            let Some(reference) = value.get("$ref").and_then(Value::as_str) else {
                return value;
            };
            let target = reference
                .strip_prefix('#')
                .and_then(|pointer| self.root.pointer(pointer));
            match target {
                Some(target) => value = target,
                None => return &Value::Null,
            }
        }
        &Value::Null
    }

    /// The members of an object at a pointer, in the document's order, references followed.
    pub(super) fn members(&self, pointer: &str) -> impl Iterator<Item = (&str, &Value)> {
        let object = self
            .at(pointer)
            .map(|value| self.resolved(value))
            .and_then(Value::as_object);
        object
            .into_iter()
            .flatten()
            .map(|(name, value)| (name.as_str(), self.resolved(value)))
    }
}

/// YAML 1.2, as OpenAPI wants it: `no` and `on` are texts, not booleans. The budget fits the largest public documents;
/// what aliases may add to it is bounded on its own.
fn yaml() -> serde_saphyr::Options {
    serde_saphyr::options! {
        strict_booleans: true,
        budget: serde_saphyr::budget! { max_nodes: 1_500_000, max_events: 3_000_000 },
        alias_limits: serde_saphyr::alias_limits! { max_total_replayed_events: 50_000 },
    }
}

/// A text, or a number or boolean that someone forgot to quote.
pub(super) fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(value) => Some(value.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}
