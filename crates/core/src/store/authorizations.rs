//! The table of authorizations: attempts to authorise, sealed until the callback comes or their time is over.

use serde::{Deserialize, Serialize};
use sqlx::sqlite::SqliteRow;
use std::collections::BTreeMap;

use super::columns::{get, json, json_or_none, to_json, to_word, word};
use super::{Database, map_sqlx};
use crate::clock::Timestamp;
use crate::connection::{AuthorizationPhase, DeviceView, RedirectView};
use crate::error::{Code, Error, Result};
use crate::oauth::Endpoints;

/// An attempt as it is kept.
#[derive(Debug, Clone)]
pub struct AuthorizationRecord {
    pub id: String,
    pub connection: String,
    pub reauthorization: bool,
    pub state_key: Option<String>,
    pub phase: AuthorizationPhase,
    pub started_at: Timestamp,
    pub expires_at: Timestamp,
    pub redirect: Option<RedirectView>,
    pub scopes: Vec<String>,
    pub change: Change,
    pub endpoints: Option<Endpoints>,
    pub device: Option<DeviceView>,
    pub error: Option<Error>,
    pub new_account: Option<String>,
    pub generation: u64,
    pub sealed: Vec<u8>,
}

/// What becomes of the connection with the attempt's success.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    pub settings: Option<BTreeMap<String, String>>,
    pub registration: Option<String>,
}

pub(crate) async fn insert(database: &Database, record: &AuthorizationRecord) -> Result<()> {
    let mut write = database.write().await?;
    sqlx::query("delete from authorizations where connection = ?")
        .bind(&record.connection)
        .execute(&mut *write)
        .await
        .map_err(map_sqlx)?;
    sqlx::query(
        "insert into authorizations (id, connection, reauthorization, state_key, phase, started_at, expires_at,
            redirect, scopes, change, endpoints, device, error, new_account, generation, sealed)
         values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(&record.id)
    .bind(&record.connection)
    .bind(record.reauthorization)
    .bind(&record.state_key)
    .bind(to_word(&record.phase))
    .bind(record.started_at.0)
    .bind(record.expires_at.0)
    .bind(record.redirect.as_ref().map(to_json))
    .bind(to_json(&record.scopes))
    .bind(to_json(&record.change))
    .bind(record.endpoints.as_ref().map(to_json))
    .bind(record.device.as_ref().map(to_json))
    .bind(record.error.as_ref().map(to_json))
    .bind(&record.new_account)
    .bind(record.generation.cast_signed())
    .bind(&record.sealed)
    .execute(&mut *write)
    .await
    .map_err(map_sqlx)?;
    write.commit().await.map_err(map_sqlx)
}

/// Moves an attempt on, if it is still in `from`. The one who gets `true` acts; a second delivery of the same
/// callback gets `false`.
pub(crate) async fn advance(
    database: &Database,
    id: &str,
    from: &[AuthorizationPhase],
    to: AuthorizationPhase,
    error: Option<&Error>,
) -> Result<bool> {
    let mut write = database.write().await?;
    let from: Vec<String> = from.iter().map(to_word).collect();
    let done = sqlx::query(
        "update authorizations set phase = ?, error = ?
         where id = ? and phase in (select value from json_each(?))",
    )
    .bind(to_word(&to))
    .bind(error.map(to_json))
    .bind(id)
    .bind(to_json(&from))
    .execute(&mut *write)
    .await
    .map_err(map_sqlx)?;
    write.commit().await.map_err(map_sqlx)?;
    Ok(done.rows_affected() == 1)
}

/// Writes what changes in the course of an attempt: phase, error, account, sealed record.
pub(crate) async fn replace(
    database: &Database,
    record: &AuthorizationRecord,
    expected: u64,
) -> Result<()> {
    let mut write = database.write().await?;
    let done = sqlx::query(
        "update authorizations set phase = ?, error = ?, new_account = ?, device = ?, generation = ?, sealed = ?
         where id = ? and generation = ?",
    )
    .bind(to_word(&record.phase))
    .bind(record.error.as_ref().map(to_json))
    .bind(&record.new_account)
    .bind(record.device.as_ref().map(to_json))
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
            "the sign-in was changed meanwhile",
        ));
    }
    write.commit().await.map_err(map_sqlx)
}

pub(crate) async fn find(database: &Database, id: &str) -> Result<Option<AuthorizationRecord>> {
    one(database, "id = ?", id).await
}

pub(crate) async fn of_connection(
    database: &Database,
    connection: &str,
) -> Result<Option<AuthorizationRecord>> {
    one(database, "connection = ?", connection).await
}

pub(crate) async fn by_state_key(
    database: &Database,
    state_key: &str,
) -> Result<Option<AuthorizationRecord>> {
    one(database, "state_key = ?", state_key).await
}

/// Attempts that still wait for something, oldest first.
pub(crate) async fn open(database: &Database) -> Result<Vec<AuthorizationRecord>> {
    let rows = sqlx::query(
        "select * from authorizations where phase in ('waiting', 'finishing', 'account_question')
         order by started_at",
    )
    .fetch_all(database.reader())
    .await
    .map_err(map_sqlx)?;
    rows.iter().map(read).collect()
}

async fn one(
    database: &Database,
    condition: &str,
    value: &str,
) -> Result<Option<AuthorizationRecord>> {
    sqlx::query(sqlx::AssertSqlSafe(format!(
        "select * from authorizations where {condition}"
    )))
    .bind(value)
    .fetch_optional(database.reader())
    .await
    .map_err(map_sqlx)?
    .map(|row| read(&row))
    .transpose()
}

fn read(row: &SqliteRow) -> Result<AuthorizationRecord> {
    Ok(AuthorizationRecord {
        id: get(row, "id")?,
        connection: get(row, "connection")?,
        reauthorization: get(row, "reauthorization")?,
        state_key: get(row, "state_key")?,
        phase: word(row, "phase")?,
        started_at: Timestamp(get(row, "started_at")?),
        expires_at: Timestamp(get(row, "expires_at")?),
        redirect: json_or_none(row, "redirect")?,
        scopes: json(row, "scopes")?,
        change: json(row, "change")?,
        endpoints: json_or_none(row, "endpoints")?,
        device: json_or_none(row, "device")?,
        error: json_or_none(row, "error")?,
        new_account: get(row, "new_account")?,
        generation: get::<i64>(row, "generation")?.cast_unsigned(),
        sealed: get(row, "sealed")?,
    })
}
