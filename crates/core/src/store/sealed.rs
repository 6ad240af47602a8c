//! All sealed records at once: what a change of recipients needs.

use super::columns::{get, to_json};
use super::{Database, map_sqlx};
use crate::error::Result;
use crate::vault::VaultFacts;

/// Where sealed records lie, and the kind under which they are sealed.
const TABLES: [(&str, &str); 3] = [
    ("connections", "connection"),
    ("registrations", "registration"),
    ("authorizations", "authorization"),
];

/// Seals every record's data key anew with `rewrap(record, generation, bytes)` and keeps the vault's new facts, in one
/// transaction: after a failure everything is as it was.
pub(crate) async fn rewrap(
    database: &Database,
    facts: &VaultFacts,
    rewrap: impl Fn(String, u64, &[u8]) -> Result<Vec<u8>>,
) -> Result<()> {
    let mut write = database.write().await?;
    for (table, kind) in TABLES {
        let rows = sqlx::query(sqlx::AssertSqlSafe(format!(
            "select id, generation, sealed from {table}"
        )))
        .fetch_all(&mut *write)
        .await
        .map_err(map_sqlx)?;
        for row in &rows {
            let id: String = get(row, "id")?;
            let generation = get::<i64>(row, "generation")?.cast_unsigned();
            let bytes: Vec<u8> = get(row, "sealed")?;
            if bytes.is_empty() {
                continue;
            }
            let sealed = rewrap(format!("{kind}:{id}"), generation, &bytes)?;
            sqlx::query(sqlx::AssertSqlSafe(format!(
                "update {table} set sealed = ? where id = ?"
            )))
            .bind(sealed)
            .bind(id)
            .execute(&mut *write)
            .await
            .map_err(map_sqlx)?;
        }
    }
    sqlx::query("update meta set value = ? where key = 'vault'")
        .bind(to_json(facts))
        .execute(&mut *write)
        .await
        .map_err(map_sqlx)?;
    write.commit().await.map_err(map_sqlx)
}
