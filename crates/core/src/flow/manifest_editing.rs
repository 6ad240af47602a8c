//! Editing a manifest in its own text: comments, order and layout stay, and what would come out is checked before it
//! is saved.

use std::collections::BTreeMap;

use serde::Deserialize;
use toml_edit::{ArrayOfTables, DocumentMut, InlineTable, Item, Table, TableLike, Value};
use ts_rs::TS;

use super::disk;
use super::flows::Flows;
use super::noting::of_files;
use super::read::manifest::{self, EnvironmentValue};
use super::scanning::aside;
use super::view::{FlowDetail, FlowId};
use super::write_back::{read_unchanged, replace};
use crate::activity::Action;
use crate::store::flows::{FlowWrite, files, last_part};
use crate::{Code, Error, Result};

/// One change to a manifest.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
#[ts(export)]
pub enum ManifestEdit {
    AddCard {
        card: ManifestCard,
    },
    /// The card of that title becomes `card`.
    ChangeCard {
        title: String,
        card: ManifestCard,
    },
    RemoveCard {
        title: String,
    },
    SetName {
        name: String,
    },
    SetDescription {
        description: String,
    },
    SetCommand {
        command: Vec<String>,
    },
    /// `None` takes it away.
    SetSchedule {
        schedule: Option<String>,
    },
}

/// A card of a manifest, as the console sends it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, TS)]
#[serde(deny_unknown_fields)]
#[ts(export)]
pub struct ManifestCard {
    pub title: String,
    pub connector: String,
    #[serde(default)]
    pub connection: Option<String>,
    #[serde(default)]
    pub scopes: Vec<String>,
    /// Variable → `token` or `field:<key>`.
    #[serde(default)]
    #[ts(type = "Record<string, string>")]
    pub env: BTreeMap<String, EnvironmentValue>,
}

impl Flows {
    /// Changes the manifest that a flow was read from, and reads it again. All changes are made or none.
    ///
    /// # Errors
    /// `InvalidDefinition` with the key at fault; `Conflict` when the file has changed since it was read; `NotFound`;
    /// `Unsupported` when the flow is no manifest.
    pub async fn edit_manifest(&self, flow: FlowId, edits: &[ManifestEdit]) -> Result<FlowDetail> {
        let file = files::file_of(&self.database, flow).await?;
        if file.format.as_deref() != Some("manifest") {
            return Err(Error::new(
                Code::Unsupported,
                "only manifests can be edited here",
            ));
        }
        let path = disk::outside(&file.source_path, &file.path);
        let saved = path.to_string_lossy().into_owned();
        let edits = edits.to_vec();
        aside(move || -> Result<()> {
            let bytes = read_unchanged(&path, &file.hash)?;
            let text = String::from_utf8(bytes)
                .map_err(|_| Error::new(Code::InvalidDefinition, "the manifest isn't UTF-8"))?;
            replace(&path, edit(&text, &edits)?.as_bytes())
        })
        .await??;
        let name = format!("in {}", last_part(&saved));
        let mut write = FlowWrite::begin(&self.database).await?;
        write
            .note(of_files(Action::ManifestSave, &name, self.now()))
            .await?;
        write.commit().await?;
        self.rescan(file.source).await?;
        self.flow(flow).await
    }
}

/// The text of a manifest with the changes in it.
///
/// # Errors
/// `InvalidDefinition` with the key at fault; `NotFound` when there is no card of a title.
pub fn edit(text: &str, edits: &[ManifestEdit]) -> Result<String> {
    let mut document: DocumentMut = text.parse().map_err(|error: toml_edit::TomlError| {
        Error::new(Code::InvalidDefinition, error.message())
    })?;
    for edit in edits {
        apply(&mut document, edit)?;
    }
    let edited = document.to_string();
    manifest::parse(&edited).map_err(|faults| {
        let first = faults.first();
        let message = first.map_or_else(String::new, ToString::to_string);
        let key = first.map(|fault| fault.key.clone()).unwrap_or_default();
        Error::new(Code::InvalidDefinition, message).with_field(key)
    })?;
    Ok(edited)
}

fn apply(document: &mut DocumentMut, edit: &ManifestEdit) -> Result<()> {
    match edit {
        ManifestEdit::AddCard { card } => {
            let mut table = Table::new();
            fill(&mut table, card);
            cards(document)?.push(table);
        }
        ManifestEdit::ChangeCard { title, card } => {
            let cards = cards(document)?;
            let index = find(cards, title)?;
            if let Some(table) = cards.get_mut(index) {
                fill(table, card);
            }
        }
        ManifestEdit::RemoveCard { title } => {
            let cards = cards(document)?;
            let index = find(cards, title)?;
            cards.remove(index);
            if cards.is_empty() {
                document.remove("cards");
            }
        }
        ManifestEdit::SetName { name } => {
            set(document.as_table_mut(), "name", Some(name.as_str().into()))
        }
        ManifestEdit::SetDescription { description } => {
            let value = (!description.is_empty()).then(|| description.as_str().into());
            set(document.as_table_mut(), "description", value);
        }
        ManifestEdit::SetCommand { command } => {
            let value = (!command.is_empty()).then(|| command.iter().collect());
            set(document.as_table_mut(), "command", value);
        }
        ManifestEdit::SetSchedule { schedule } => {
            let value = schedule.as_deref().map(Value::from);
            set(document.as_table_mut(), "schedule", value);
        }
    }
    Ok(())
}

/// The cards, also where they are written as a list of inline tables.
fn cards(document: &mut DocumentMut) -> Result<&mut ArrayOfTables> {
    // Written anew under a key of its own: that of a list keeps the space before `=`, which a heading shows.
    let written = document.remove("cards");
    let tables = match written.map(Item::into_array_of_tables) {
        Some(Ok(tables)) => Item::ArrayOfTables(tables),
        Some(Err(other)) if !other.as_array().is_some_and(toml_edit::Array::is_empty) => other,
        Some(Err(_)) | None => Item::ArrayOfTables(ArrayOfTables::new()),
    };
    document.insert("cards", tables);
    let item = &mut document["cards"];
    item.as_array_of_tables_mut().ok_or_else(|| {
        Error::new(Code::InvalidDefinition, "`cards` is no list of tables").with_field("cards")
    })
}

fn find(cards: &ArrayOfTables, title: &str) -> Result<usize> {
    let is_it = |table: &Table| table.get("title").and_then(Item::as_str) == Some(title);
    cards.iter().position(is_it).ok_or_else(|| {
        Error::new(
            Code::NotFound,
            format!("the manifest has no card `{title}`"),
        )
    })
}

fn fill(table: &mut Table, card: &ManifestCard) {
    set(table, "title", Some(card.title.as_str().into()));
    set(table, "connector", Some(card.connector.as_str().into()));
    set(
        table,
        "connection",
        card.connection.as_deref().map(Value::from),
    );
    set(
        table,
        "scopes",
        (!card.scopes.is_empty()).then(|| card.scopes.iter().collect()),
    );
    if card.env.is_empty() {
        table.remove("env");
        return;
    }
    let env = table
        .entry("env")
        .or_insert_with(|| InlineTable::new().into());
    if env.as_table_like().is_none() {
        *env = InlineTable::new().into();
    }
    if let Some(env) = env.as_table_like_mut() {
        let gone: Vec<String> = env
            .iter()
            .map(|(key, _)| key.to_owned())
            .filter(|key| !card.env.contains_key(key))
            .collect();
        for key in gone {
            env.remove(&key);
        }
        for (variable, value) in &card.env {
            set(env, variable, Some(value.to_string().into()));
        }
    }
}

/// Sets or removes a value; one that is the same stays untouched, and a comment behind it stays behind it.
fn set(table: &mut dyn TableLike, key: &str, value: Option<Value>) {
    let Some(mut value) = value else {
        table.remove(key);
        return;
    };
    let plain = |value: &Value| value.clone().decorated("", "").to_string();
    match table.get_mut(key).and_then(Item::as_value_mut) {
        Some(old) if plain(old) == plain(&value) => {}
        Some(old) => {
            *value.decor_mut() = old.decor().clone();
            *old = value;
        }
        None => {
            table.insert(key, Item::Value(value));
        }
    }
}
