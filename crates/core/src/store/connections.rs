//! The table of connections: one row each, its sealed secrets in the same row as its metadata, so both commit together.
//! Every change of secrets names the generation it replaces.

use std::collections::BTreeMap;

use sqlx::sqlite::SqliteRow;

use super::columns::{get, json, json_or_none, to_json, to_word, word};
use super::{Database, map_sqlx};
use crate::clock::Timestamp;
use crate::connection::{RedirectView, Status, TestResult};
use crate::error::{Code, Error, Result};
use crate::oauth::Endpoints;

/// A connection as it is kept. `sealed` can be opened by the vault only.
#[derive(Debug, Clone)]
pub struct ConnectionRecord {
    pub id: String,
    pub name: String,
    pub description: String,
    pub connector: String,
    pub connector_name: String,
    pub method: String,
    pub settings: BTreeMap<String, String>,
    pub registration: Option<String>,
    pub scopes_requested: Vec<String>,
    pub scopes_granted: Option<Vec<String>>,
    pub account_id: Option<String>,
    pub account_name: Option<String>,
    pub status: Status,
    pub status_reason: Option<String>,
    pub problem: Option<Error>,
    pub redirect: Option<RedirectView>,
    pub endpoints: Option<Endpoints>,
    pub created_at: Timestamp,
    pub authorized_at: Option<Timestamp>,
    pub refreshed_at: Option<Timestamp>,
    pub expires_at: Option<Timestamp>,
    pub refresh_expires_at: Option<Timestamp>,
    pub has_refresh_token: bool,
    pub secret_names: Vec<String>,
    pub last_test: Option<TestResult>,
    pub generation: u64,
    pub sealed: Vec<u8>,
    /// An attempt to refresh that has no result yet.
    pub refresh_started_at: Option<Timestamp>,
    pub deleted_at: Option<Timestamp>,
}

/// A name made comparable: NFKC, lower case, single spaces.
pub(crate) fn fold(text: &str) -> String {
    use unicode_normalization::UnicodeNormalization as _;
    let lower: String = text.nfkc().collect::<String>().to_lowercase();
    lower.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Text made comparable for search: accents and case don't matter.
pub(crate) fn search_fold(text: &str) -> String {
    use unicode_normalization::UnicodeNormalization as _;
    use unicode_normalization::char::is_combining_mark;
    fold(
        &text
            .nfkd()
            .filter(|c| !is_combining_mark(*c))
            .collect::<String>(),
    )
}

fn search_text(record: &ConnectionRecord) -> String {
    if record.deleted_at.is_some() {
        return String::new();
    }
    search_fold(&format!(
        "{} {} {} {}",
        record.name,
        record.description,
        record.account_name.as_deref().unwrap_or_default(),
        record.connector_name
    ))
}

pub(crate) async fn insert(database: &Database, record: &ConnectionRecord) -> Result<()> {
    let mut write = database.write().await?;
    save(&mut write, record, None).await?;
    write.commit().await.map_err(map_sqlx)
}

/// Writes the whole row if its stored generation is still `expected`; the new generation is `record.generation`.
///
/// # Errors
/// `Conflict` when another writer was first; nothing is changed then.
pub(crate) async fn replace(
    database: &Database,
    record: &ConnectionRecord,
    expected: u64,
) -> Result<()> {
    let mut write = database.write().await?;
    save(&mut write, record, Some(expected)).await?;
    write.commit().await.map_err(map_sqlx)
}

pub(crate) async fn save(
    write: &mut sqlx::Transaction<'static, sqlx::Sqlite>,
    record: &ConnectionRecord,
    expected: Option<u64>,
) -> Result<()> {
    let statement = match expected {
        None => INSERT,
        Some(_) => UPDATE,
    };
    let query = sqlx::query(statement)
        .bind(&record.id)
        .bind(&record.name)
        .bind(fold(&record.name))
        .bind(&record.description)
        .bind(&record.connector)
        .bind(&record.connector_name)
        .bind(&record.method)
        .bind(to_json(&record.settings))
        .bind(&record.registration)
        .bind(to_json(&record.scopes_requested))
        .bind(record.scopes_granted.as_ref().map(to_json))
        .bind(&record.account_id)
        .bind(&record.account_name)
        .bind(record.status.as_str())
        .bind(&record.status_reason)
        .bind(record.problem.as_ref().map(to_json))
        .bind(record.redirect.as_ref().map(to_json))
        .bind(record.endpoints.as_ref().map(to_json))
        .bind(record.created_at.0)
        .bind(record.authorized_at.map(|at| at.0))
        .bind(record.refreshed_at.map(|at| at.0))
        .bind(record.expires_at.map(|at| at.0))
        .bind(record.refresh_expires_at.map(|at| at.0))
        .bind(record.has_refresh_token)
        .bind(to_json(&record.secret_names))
        .bind(record.last_test.as_ref().map(|test| test.at.0))
        .bind(record.last_test.as_ref().map(|test| to_word(&test.verdict)))
        .bind(record.last_test.as_ref().map(to_json))
        .bind(record.generation.cast_signed())
        .bind(&record.sealed)
        .bind(record.refresh_started_at.map(|at| at.0))
        .bind(record.deleted_at.map(|at| at.0))
        .bind(search_text(record))
        .bind(expected.unwrap_or_default().cast_signed());
    let done = query
        .execute(&mut **write)
        .await
        .map_err(|error| name_taken(&error, &record.name).unwrap_or_else(|| map_sqlx(error)))?;
    match done.rows_affected() {
        1 => Ok(()),
        _ => Err(Error::new(
            Code::Conflict,
            format!("“{}” was changed meanwhile", record.name),
        )),
    }
}

const INSERT: &str = "insert into connections (
    id, name, name_key, description, connector, connector_name, method, settings, registration,
    scopes_requested, scopes_granted, account_id, account_name, status, status_reason, problem, redirect, endpoints,
    created_at, authorized_at, refreshed_at, expires_at, refresh_expires_at, has_refresh_token, secret_names,
    last_test_at, last_test_verdict, last_test, generation, sealed, refresh_started_at, deleted_at, search
) values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22,
    ?23, ?24, ?25, ?26, ?27, ?28, ?29, ?30, ?31, ?32, ?33)";

const UPDATE: &str = "update connections set
    name = ?2, name_key = ?3, description = ?4, connector = ?5, connector_name = ?6, method = ?7, settings = ?8,
    registration = ?9, scopes_requested = ?10, scopes_granted = ?11, account_id = ?12, account_name = ?13,
    status = ?14, status_reason = ?15, problem = ?16, redirect = ?17, endpoints = ?18, created_at = ?19,
    authorized_at = ?20, refreshed_at = ?21, expires_at = ?22, refresh_expires_at = ?23, has_refresh_token = ?24,
    secret_names = ?25, last_test_at = ?26, last_test_verdict = ?27, last_test = ?28, generation = ?29, sealed = ?30,
    refresh_started_at = ?31, deleted_at = ?32, search = ?33
    where id = ?1 and generation = ?34";

fn name_taken(error: &sqlx::Error, name: &str) -> Option<Error> {
    let database = error.as_database_error()?;
    (database.is_unique_violation() && database.message().contains("name_key")).then(|| taken(name))
}

pub(crate) fn taken(name: &str) -> Error {
    Error::new(
        Code::NameTaken,
        format!("A connection named “{name}” exists already"),
    )
    .with_field("name")
    .with_hint("Choose another name")
}

/// One connection, deleted ones only with `deleted`.
pub(crate) async fn find(database: &Database, id: &str) -> Result<Option<ConnectionRecord>> {
    sqlx::query("select * from connections where id = ?")
        .bind(id)
        .fetch_optional(database.reader())
        .await
        .map_err(map_sqlx)?
        .map(|row| read(&row))
        .transpose()
}

pub(crate) async fn name_owner(database: &Database, name: &str) -> Result<Option<String>> {
    sqlx::query_scalar("select id from connections where name_key = ? and deleted_at is null")
        .bind(fold(name))
        .fetch_optional(database.reader())
        .await
        .map_err(map_sqlx)
}

/// Ids of the connections of a connector.
pub(crate) async fn of_connector(database: &Database, connector: &str) -> Result<Vec<String>> {
    sqlx::query_scalar(
        "select id from connections where connector = ? and deleted_at is null order by name_key",
    )
    .bind(connector)
    .fetch_all(database.reader())
    .await
    .map_err(map_sqlx)
}

/// The methods that connections of a connector use, with how many do; and how many more are deleted but can still be
/// brought back.
pub(crate) async fn methods_in_use(
    database: &Database,
    connector: &str,
) -> Result<(Vec<(String, u32)>, u32)> {
    let rows = sqlx::query(
        "select method, count(*) filter (where deleted_at is null) as present,
            count(*) filter (where deleted_at is not null) as deleted
         from connections where connector = ? group by method order by method",
    )
    .bind(connector)
    .fetch_all(database.reader())
    .await
    .map_err(map_sqlx)?;
    let number = |row: &SqliteRow, column: &'static str| -> Result<u32> {
        Ok(u32::try_from(get::<i64>(row, column)?).unwrap_or(u32::MAX))
    };
    let mut used = Vec::new();
    let mut deleted = 0;
    for row in &rows {
        used.push((get(row, "method")?, number(row, "present")?));
        deleted += number(row, "deleted")?;
    }
    Ok((used, deleted))
}

/// Ids and names of the connections of a client registration.
pub(crate) async fn of_registration(
    database: &Database,
    registration: &str,
) -> Result<Vec<(String, String)>> {
    let rows = sqlx::query(
        "select id, name from connections where registration = ? and deleted_at is null order by name_key",
    )
    .bind(registration)
    .fetch_all(database.reader())
    .await
    .map_err(map_sqlx)?;
    rows.iter()
        .map(|row| Ok((get(row, "id")?, get(row, "name")?)))
        .collect()
}

/// Connections whose deletion became final at `now`.
pub(crate) async fn deleted_before(database: &Database, now: Timestamp) -> Result<Vec<String>> {
    sqlx::query_scalar(
        "select id from connections where deleted_at is not null and deleted_at <= ?",
    )
    .bind(now.0)
    .fetch_all(database.reader())
    .await
    .map_err(map_sqlx)
}

/// Wipes the row; `secure_delete` overwrites it on disk.
pub(crate) async fn wipe(database: &Database, id: &str) -> Result<()> {
    let mut write = database.write().await?;
    sqlx::query("delete from connections where id = ?")
        .bind(id)
        .execute(&mut *write)
        .await
        .map_err(map_sqlx)?;
    write.commit().await.map_err(map_sqlx)
}

pub(crate) fn read(row: &SqliteRow) -> Result<ConnectionRecord> {
    let time = |column| -> Result<Option<Timestamp>> {
        Ok(get::<Option<i64>>(row, column)?.map(Timestamp))
    };
    Ok(ConnectionRecord {
        id: get(row, "id")?,
        name: get(row, "name")?,
        description: get(row, "description")?,
        connector: get(row, "connector")?,
        connector_name: get(row, "connector_name")?,
        method: get(row, "method")?,
        settings: json(row, "settings")?,
        registration: get(row, "registration")?,
        scopes_requested: json(row, "scopes_requested")?,
        scopes_granted: json_or_none(row, "scopes_granted")?,
        account_id: get(row, "account_id")?,
        account_name: get(row, "account_name")?,
        status: word(row, "status")?,
        status_reason: get(row, "status_reason")?,
        problem: json_or_none(row, "problem")?,
        redirect: json_or_none(row, "redirect")?,
        endpoints: json_or_none(row, "endpoints")?,
        created_at: Timestamp(get(row, "created_at")?),
        authorized_at: time("authorized_at")?,
        refreshed_at: time("refreshed_at")?,
        expires_at: time("expires_at")?,
        refresh_expires_at: time("refresh_expires_at")?,
        has_refresh_token: get(row, "has_refresh_token")?,
        secret_names: json(row, "secret_names")?,
        last_test: json_or_none(row, "last_test")?,
        generation: get::<i64>(row, "generation")?.cast_unsigned(),
        sealed: get(row, "sealed")?,
        refresh_started_at: time("refresh_started_at")?,
        deleted_at: time("deleted_at")?,
    })
}

/// Keeps the outcome of a test and the status it gives. Secrets aren't touched, so no generation is named.
pub(crate) async fn set_test(
    database: &Database,
    id: &str,
    test: &TestResult,
    status: Status,
    reason: Option<&str>,
    problem: Option<&Error>,
) -> Result<()> {
    let mut write = database.write().await?;
    sqlx::query(
        "update connections set last_test_at = ?, last_test_verdict = ?, last_test = ?, status = ?,
            status_reason = ?, problem = ? where id = ? and deleted_at is null",
    )
    .bind(test.at.0)
    .bind(to_word(&test.verdict))
    .bind(to_json(test))
    .bind(status.as_str())
    .bind(reason)
    .bind(problem.map(to_json))
    .bind(id)
    .execute(&mut *write)
    .await
    .map_err(map_sqlx)?;
    write.commit().await.map_err(map_sqlx)
}

/// Keeps a status and its reason.
pub(crate) async fn set_status(
    database: &Database,
    id: &str,
    status: Status,
    reason: Option<&str>,
    problem: Option<&Error>,
) -> Result<()> {
    let mut write = database.write().await?;
    sqlx::query("update connections set status = ?, status_reason = ?, problem = ? where id = ?")
        .bind(status.as_str())
        .bind(reason)
        .bind(problem.map(to_json))
        .bind(id)
        .execute(&mut *write)
        .await
        .map_err(map_sqlx)?;
    write.commit().await.map_err(map_sqlx)
}

/// The journal of a refresh: written before the request is sent, so that a crash leaves a trace.
pub(crate) async fn set_refresh_started(
    database: &Database,
    id: &str,
    generation: u64,
    at: Option<Timestamp>,
) -> Result<()> {
    let mut write = database.write().await?;
    sqlx::query("update connections set refresh_started_at = ? where id = ? and generation = ?")
        .bind(at.map(|at| at.0))
        .bind(id)
        .bind(generation.cast_signed())
        .execute(&mut *write)
        .await
        .map_err(map_sqlx)?;
    write.commit().await.map_err(map_sqlx)
}
