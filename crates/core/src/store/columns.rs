//! Reading and writing columns that hold JSON or words.

use serde::Serialize;
use serde::de::DeserializeOwned;
use sqlx::sqlite::SqliteRow;
use sqlx::{ColumnIndex, Decode, Row, Sqlite, Type};

use super::map_sqlx;
use crate::error::{Error, Result};

/// A column by its name.
pub(crate) fn get<'r, T>(row: &'r SqliteRow, column: &'static str) -> Result<T>
where
    T: Decode<'r, Sqlite> + Type<Sqlite>,
    &'static str: ColumnIndex<SqliteRow>,
{
    row.try_get(column).map_err(map_sqlx)
}

/// A column of JSON text.
pub(crate) fn json<T: DeserializeOwned>(row: &SqliteRow, column: &'static str) -> Result<T> {
    parse(&get::<String>(row, column)?, column)
}

/// A column of JSON text that may be null.
pub(crate) fn json_or_none<T: DeserializeOwned>(
    row: &SqliteRow,
    column: &'static str,
) -> Result<Option<T>> {
    get::<Option<String>>(row, column)?
        .map(|text| parse(&text, column))
        .transpose()
}

/// A column that holds one word of a closed set.
pub(crate) fn word<T: DeserializeOwned>(row: &SqliteRow, column: &'static str) -> Result<T> {
    from_word(&get::<String>(row, column)?, column)
}

pub(crate) fn from_word<T: DeserializeOwned>(text: &str, column: &'static str) -> Result<T> {
    serde_json::from_value(serde_json::Value::String(text.to_owned()))
        .map_err(|_| unreadable(column))
}

/// The word of a value of a closed set.
pub(crate) fn to_word<T: Serialize>(value: &T) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => word,
        _ => unreachable!("closed sets are written as words"),
    }
}

pub(crate) fn to_json<T: Serialize>(value: &T) -> String {
    serde_json::to_string(value).expect("what the store keeps can be written as JSON")
}

fn parse<T: DeserializeOwned>(text: &str, column: &'static str) -> Result<T> {
    serde_json::from_str(text).map_err(|_| unreadable(column))
}

fn unreadable(column: &'static str) -> Error {
    Error::new(
        crate::Code::DatabaseDamaged,
        format!("cannot read the workspace: column `{column}` holds something unexpected"),
    )
}
