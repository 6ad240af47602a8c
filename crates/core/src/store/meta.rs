//! Facts about the workspace itself, by key.

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::columns::to_json;
use super::{Database, map_sqlx};
use crate::error::{Error, Result};

pub(crate) async fn get<T: DeserializeOwned>(database: &Database, key: &str) -> Result<Option<T>> {
    let text: Option<String> = sqlx::query_scalar("select value from meta where key = ?")
        .bind(key)
        .fetch_optional(database.reader())
        .await
        .map_err(map_sqlx)?;
    text.map(|text| {
        serde_json::from_str(&text)
            .map_err(|_| Error::internal(format!("cannot read the workspace's `{key}`")))
    })
    .transpose()
}

pub(crate) async fn set<T: Serialize>(database: &Database, key: &str, value: &T) -> Result<()> {
    let mut write = database.write().await?;
    sqlx::query(
        "insert into meta (key, value) values (?1, ?2) on conflict (key) do update set value = ?2",
    )
    .bind(key)
    .bind(to_json(value))
    .execute(&mut *write)
    .await
    .map_err(map_sqlx)?;
    write.commit().await.map_err(map_sqlx)
}
