//! JSON as a hostile server may send it: bounded depth, bounded strings, no key twice, and strings wiped when dropped
//! because some are tokens (requirements C11, C12).

use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use zeroize::Zeroizing;

/// How deep an answer may be nested.
pub const DEPTH: usize = 16;
const STRING: usize = 64 * 1024;

/// A JSON value. Its `Debug` shows kinds, never contents.
#[derive(PartialEq)]
pub enum Json {
    Null,
    Bool(bool),
    Number(serde_json::Number),
    Text(Zeroizing<String>),
    List(Vec<Json>),
    Object(Vec<(String, Json)>),
}

/// Why a text isn't taken. Never quotes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("it isn't JSON as agreed")]
pub struct NotJson;

impl Json {
    /// Parses a whole text.
    ///
    /// # Errors
    /// [`NotJson`] for anything else than one JSON value of UTF-8 within the bounds.
    pub fn parse(text: &[u8], depth: usize) -> Result<Self, NotJson> {
        let mut deserializer = serde_json::Deserializer::from_slice(text);
        let value = Level(depth)
            .deserialize(&mut deserializer)
            .map_err(|_| NotJson)?;
        deserializer.end().map_err(|_| NotJson)?;
        Ok(value)
    }

    pub fn get(&self, key: &str) -> Option<&Self> {
        match self {
            Self::Object(members) => members
                .iter()
                .find(|(name, _)| name == key)
                .map(|(_, value)| value),
            _ => None,
        }
    }

    /// The value at a JSON pointer (RFC 6901).
    pub fn pointer(&self, pointer: &str) -> Option<&Self> {
        if pointer.is_empty() {
            return Some(self);
        }
        pointer
            .strip_prefix('/')?
            .split('/')
            .try_fold(self, |value, step| {
                let step = step.replace("~1", "/").replace("~0", "~");
                match value {
                    Self::List(items) => items.get(step.parse::<usize>().ok()?),
                    _ => value.get(&step),
                }
            })
    }

    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    pub fn list(&self) -> Option<&[Self]> {
        match self {
            Self::List(items) => Some(items),
            _ => None,
        }
    }

    pub fn integer(&self) -> Option<i64> {
        match self {
            Self::Number(number) => number.as_i64(),
            _ => None,
        }
    }

    pub fn bool(&self) -> Option<bool> {
        match self {
            Self::Bool(value) => Some(*value),
            _ => None,
        }
    }

    pub fn is_object(&self) -> bool {
        matches!(self, Self::Object(_))
    }

    /// A text, number or boolean as text: an id is one or the other, depending on the provider.
    pub fn scalar(&self) -> Option<Zeroizing<String>> {
        match self {
            Self::Text(text) => Some(text.clone()),
            Self::Number(number) => Some(Zeroizing::new(number.to_string())),
            Self::Bool(value) => Some(Zeroizing::new(value.to_string())),
            Self::Null | Self::List(_) | Self::Object(_) => None,
        }
    }
}

impl std::fmt::Debug for Json {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Null => "null",
            Self::Bool(_) => "boolean",
            Self::Number(_) => "number",
            Self::Text(_) => "text",
            Self::List(_) => "list",
            Self::Object(_) => "object",
        })
    }
}

#[derive(Clone, Copy)]
struct Level(usize);

impl<'de> DeserializeSeed<'de> for Level {
    type Value = Json;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Json, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl Level {
    fn below<E: serde::de::Error>(self) -> Result<Self, E> {
        self.0
            .checked_sub(1)
            .map(Self)
            .ok_or_else(|| E::custom("nested too deeply"))
    }
}

impl<'de> Visitor<'de> for Level {
    type Value = Json;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Json, E> {
        Ok(Json::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Json, E> {
        Ok(Json::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Json, E> {
        Ok(Json::Number(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Json, E> {
        Ok(Json::Number(value.into()))
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Json, E> {
        serde_json::Number::from_f64(value)
            .map(Json::Number)
            .ok_or_else(|| E::custom("not a number"))
    }

    fn visit_str<E: serde::de::Error>(self, value: &str) -> Result<Json, E> {
        if value.len() > STRING {
            return Err(E::custom("a text is too long"));
        }
        Ok(Json::Text(Zeroizing::new(value.to_owned())))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Json, A::Error> {
        let below = self.below()?;
        let mut items = Vec::new();
        while let Some(item) = access.next_element_seed(below)? {
            items.push(item);
        }
        Ok(Json::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Json, A::Error> {
        let below = self.below()?;
        let mut members = Vec::new();
        let mut seen = std::collections::HashSet::new();
        while let Some(key) = access.next_key::<String>()? {
            if !seen.insert(key.clone()) {
                return Err(A::Error::custom("a key is there twice"));
            }
            members.push((key, access.next_value_seed(below)?));
        }
        Ok(Json::Object(members))
    }
}
