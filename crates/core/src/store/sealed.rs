//! All sealed records at once: what a change of recipients needs, and giving them up.

use super::columns::{get, to_json};
use super::{Database, map_sqlx};
use crate::connection::Status;
use crate::error::{Error, Result};
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
    keep_facts(&mut write, facts).await?;
    write.commit().await.map_err(map_sqlx)
}

/// Gives every secret up, in one transaction with the vault's new facts: each record becomes the empty one that `seal`
/// makes for its place, at the next generation; connections ask for a reauthorization with `problem`, except those for
/// whose connector and method `needs_none`; sign-ins that waited are gone.
pub(crate) async fn discard(
    database: &Database,
    facts: &VaultFacts,
    problem: &Error,
    needs_none: impl Fn(&str, &str) -> bool,
    seal: impl Fn(String, u64) -> Result<Vec<u8>>,
) -> Result<()> {
    let mut write = database.write().await?;
    sqlx::query("delete from authorizations")
        .execute(&mut *write)
        .await
        .map_err(map_sqlx)?;
    let connections =
        sqlx::query("select id, generation, connector, method, status from connections")
            .fetch_all(&mut *write)
            .await
            .map_err(map_sqlx)?;
    for row in &connections {
        let id: String = get(row, "id")?;
        let generation = get::<i64>(row, "generation")? + 1;
        let sealed = seal(format!("connection:{id}"), generation.cast_unsigned())?;
        sqlx::query(
            "update connections set sealed = ?2, generation = ?3, secret_names = '[]', has_refresh_token = 0,
                refresh_started_at = null, refresh_generation = null, expires_at = null, refresh_expires_at = null
             where id = ?1",
        )
        .bind(&id)
        .bind(sealed)
        .bind(generation)
        .execute(&mut *write)
        .await
        .map_err(map_sqlx)?;
        // Who never signed in is asked to do that already.
        let asks = get::<String>(row, "status")? != Status::FinishSigningIn.as_str();
        if asks
            && !needs_none(
                &get::<String>(row, "connector")?,
                &get::<String>(row, "method")?,
            )
        {
            sqlx::query("update connections set status = ?2, status_reason = 'key lost', problem = ?3 where id = ?1")
                .bind(&id)
                .bind(Status::Reauthorize.as_str())
                .bind(to_json(problem))
                .execute(&mut *write)
                .await
                .map_err(map_sqlx)?;
        }
    }
    let registrations = sqlx::query("select id, generation from registrations")
        .fetch_all(&mut *write)
        .await
        .map_err(map_sqlx)?;
    for row in &registrations {
        let id: String = get(row, "id")?;
        let generation = get::<i64>(row, "generation")? + 1;
        let sealed = seal(format!("registration:{id}"), generation.cast_unsigned())?;
        sqlx::query(
            "update registrations set sealed = ?2, generation = ?3, has_secret = 0, has_next_secret = 0,
                secret_expires_at = null where id = ?1",
        )
        .bind(id)
        .bind(sealed)
        .bind(generation)
        .execute(&mut *write)
        .await
        .map_err(map_sqlx)?;
    }
    keep_facts(&mut write, facts).await?;
    write.commit().await.map_err(map_sqlx)
}

async fn keep_facts(
    write: &mut sqlx::Transaction<'static, sqlx::Sqlite>,
    facts: &VaultFacts,
) -> Result<()> {
    sqlx::query("update meta set value = ? where key = 'vault'")
        .bind(to_json(facts))
        .execute(&mut **write)
        .await
        .map_err(map_sqlx)?;
    Ok(())
}
