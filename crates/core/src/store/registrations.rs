//! The table of client registrations.

use sqlx::sqlite::SqliteRow;

use super::columns::{get, to_word, word};
use super::{Database, map_sqlx};
use crate::clock::Timestamp;
use crate::connection::RegistrationSource;
use crate::error::{Code, Error, Result};

/// A client registration as it is kept.
#[derive(Debug, Clone)]
pub struct RegistrationRecord {
    pub id: String,
    pub connector: String,
    pub name: String,
    pub client_id: String,
    pub source: RegistrationSource,
    pub origin: Option<String>,
    pub has_secret: bool,
    pub has_next_secret: bool,
    pub secret_expires_at: Option<Timestamp>,
    pub created_at: Timestamp,
    pub generation: u64,
    pub sealed: Vec<u8>,
    /// Connections that hang on it; read only.
    pub connections: u32,
}

const SELECT: &str = "select r.*, (
        select count(*) from connections c where c.registration = r.id and c.deleted_at is null
    ) as connections from registrations r";

pub(crate) async fn insert(database: &Database, record: &RegistrationRecord) -> Result<()> {
    let mut write = database.write().await?;
    sqlx::query(
        "insert into registrations (id, connector, name, client_id, source, origin, has_secret, has_next_secret,
            secret_expires_at, created_at, generation, sealed) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(&record.id)
    .bind(&record.connector)
    .bind(&record.name)
    .bind(&record.client_id)
    .bind(to_word(&record.source))
    .bind(&record.origin)
    .bind(record.has_secret)
    .bind(record.has_next_secret)
    .bind(record.secret_expires_at.map(|at| at.0))
    .bind(record.created_at.0)
    .bind(record.generation.cast_signed())
    .bind(&record.sealed)
    .execute(&mut *write)
    .await
    .map_err(map_sqlx)?;
    write.commit().await.map_err(map_sqlx)
}

/// Writes the row if its stored generation is still `expected`.
pub(crate) async fn replace(
    database: &Database,
    record: &RegistrationRecord,
    expected: u64,
) -> Result<()> {
    let mut write = database.write().await?;
    let done = sqlx::query(
        "update registrations set name = ?, client_id = ?, origin = ?, has_secret = ?, has_next_secret = ?,
            secret_expires_at = ?, generation = ?, sealed = ? where id = ? and generation = ?",
    )
    .bind(&record.name)
    .bind(&record.client_id)
    .bind(&record.origin)
    .bind(record.has_secret)
    .bind(record.has_next_secret)
    .bind(record.secret_expires_at.map(|at| at.0))
    .bind(record.generation.cast_signed())
    .bind(&record.sealed)
    .bind(&record.id)
    .bind(expected.cast_signed())
    .execute(&mut *write)
    .await
    .map_err(map_sqlx)?;
    if done.rows_affected() != 1 {
        return Err(Error::new(
            Code::Conflict,
            format!("“{}” was changed meanwhile", record.name),
        ));
    }
    write.commit().await.map_err(map_sqlx)
}

pub(crate) async fn find(database: &Database, id: &str) -> Result<Option<RegistrationRecord>> {
    sqlx::query(sqlx::AssertSqlSafe(format!("{SELECT} where r.id = ?")))
        .bind(id)
        .fetch_optional(database.reader())
        .await
        .map_err(map_sqlx)?
        .map(|row| read(&row))
        .transpose()
}

pub(crate) async fn list(
    database: &Database,
    connector: Option<&str>,
) -> Result<Vec<RegistrationRecord>> {
    let rows = sqlx::query(sqlx::AssertSqlSafe(format!(
        "{SELECT} where ?1 is null or r.connector = ?1 order by r.connector, r.name"
    )))
    .bind(connector)
    .fetch_all(database.reader())
    .await
    .map_err(map_sqlx)?;
    rows.iter().map(read).collect()
}

pub(crate) async fn delete(database: &Database, id: &str) -> Result<()> {
    let mut write = database.write().await?;
    sqlx::query("update connections set registration = null where registration = ? and deleted_at is not null")
        .bind(id)
        .execute(&mut *write)
        .await
        .map_err(map_sqlx)?;
    sqlx::query("delete from registrations where id = ?")
        .bind(id)
        .execute(&mut *write)
        .await
        .map_err(map_sqlx)?;
    write.commit().await.map_err(map_sqlx)
}

fn read(row: &SqliteRow) -> Result<RegistrationRecord> {
    Ok(RegistrationRecord {
        id: get(row, "id")?,
        connector: get(row, "connector")?,
        name: get(row, "name")?,
        client_id: get(row, "client_id")?,
        source: word(row, "source")?,
        origin: get(row, "origin")?,
        has_secret: get(row, "has_secret")?,
        has_next_secret: get(row, "has_next_secret")?,
        secret_expires_at: get::<Option<i64>>(row, "secret_expires_at")?.map(Timestamp),
        created_at: Timestamp(get(row, "created_at")?),
        generation: get::<i64>(row, "generation")?.cast_unsigned(),
        sealed: get(row, "sealed")?,
        connections: u32::try_from(get::<i64>(row, "connections")?).unwrap_or(0),
    })
}
