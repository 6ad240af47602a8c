//! The bytes of a re-bound copy: references to connections are rewritten, every other byte stays.
//!
//! Pure. Edits are made on the spans of the file's own text; nothing is parsed and written again, so spaces, order,
//! numbers and unknown members survive.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::Range;

use sha2::{Digest as _, Sha256};

use super::read::json::{Document, Kind, Node, quote};
use super::read::{Format, ReadCard, ReadSource, read_bytes, without_mark};
use crate::{Code, Error, Result};

/// A rewritten file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rewritten {
    pub bytes: Vec<u8>,
    /// Cards whose reference differs.
    pub changed: u32,
    /// What a person should know before importing it.
    pub notes: Vec<String>,
}

/// Rewrites a file. `wanted(flow, card)` is the name that a card shall refer to, by their places in the file; `None`
/// leaves it as it is.
///
/// # Errors
/// `InvalidDefinition` when the file can't be read; `Unsupported` for formats without a write-back.
pub fn rewrite(
    path: &str,
    bytes: &[u8],
    wanted: impl Fn(usize, usize) -> Option<String>,
) -> Result<Rewritten> {
    let source = read_bytes(path, bytes);
    let body = without_mark(bytes);
    let unreadable = || {
        let reason = source
            .problems
            .first()
            .map_or("it holds no flow", |problem| &problem.reason);
        Error::new(
            Code::InvalidDefinition,
            format!("the file can't be rewritten: {reason}"),
        )
    };
    let text = std::str::from_utf8(body).map_err(|_| unreadable())?;
    let mut writing = Writing::default();
    match source.format {
        Some(Format::Okta) => {
            let document = Document::parse(text).map_err(|_| unreadable())?;
            okta(&mut writing, document.root(), &source, &wanted)?;
        }
        Some(Format::N8n) => {
            let document = Document::parse(text).map_err(|_| unreadable())?;
            n8n(&mut writing, document.root(), &source, &wanted);
        }
        Some(Format::NodeRed | Format::Manifest) => {
            return Err(Error::new(
                Code::Unsupported,
                "copies are exported of Okta and n8n files only",
            ));
        }
        None => return Err(unreadable()),
    }
    let mark = &bytes[..bytes.len() - body.len()];
    Ok(Rewritten {
        bytes: [mark, writing.apply(text).as_bytes()].concat(),
        changed: writing.changed,
        notes: writing.notes,
    })
}

#[derive(Default)]
struct Writing {
    edits: BTreeMap<(usize, usize), String>,
    changed: u32,
    notes: Vec<String>,
}

impl Writing {
    fn put(&mut self, span: Range<usize>, text: String) {
        self.edits.insert((span.start, span.end), text);
    }

    fn apply(&self, text: &str) -> String {
        let mut out = String::with_capacity(text.len() + 64);
        let mut at = 0;
        for ((start, end), new) in &self.edits {
            out.push_str(&text[at..*start]);
            out.push_str(new);
            at = *end;
        }
        out.push_str(&text[at..]);
        out
    }
}

/// Each card with the name it shall refer to.
fn wishes<'s>(
    source: &'s ReadSource,
    wanted: &impl Fn(usize, usize) -> Option<String>,
) -> Vec<(&'s ReadCard, Option<String>)> {
    let mut wishes = Vec::new();
    for (flow_index, flow) in source.flows.iter().enumerate() {
        for (card_index, card) in flow.cards.iter().enumerate() {
            wishes.push((card, wanted(flow_index, card_index)));
        }
    }
    wishes
}

fn okta(
    writing: &mut Writing,
    root: Node<'_>,
    source: &ReadSource,
    wanted: &impl Fn(usize, usize) -> Option<String>,
) -> Result<()> {
    let configs = root
        .at(&["data", "configs"])
        .filter(|configs| configs.is_object())
        .ok_or_else(|| {
            Error::new(
                Code::InvalidDefinition,
                "the file lists no connections (data.configs)",
            )
        })?;
    let entries: HashMap<String, Node<'_>> = configs
        .children()
        .filter_map(|entry| Some((entry.key()?.into_owned(), entry)))
        .collect();
    // Entries whose cards all want one other name are renamed.
    let mut names: BTreeMap<String, BTreeSet<Option<String>>> = BTreeMap::new();
    let wishes = wishes(source, wanted);
    for (card, name) in &wishes {
        if let Some(id) = card
            .connection_file_id
            .as_ref()
            .filter(|id| entries.contains_key(*id))
        {
            names
                .entry(id.clone())
                .or_default()
                .insert(name.clone().or_else(|| card.connection.clone()));
        }
    }
    let mut now_named: HashMap<(String, String), String> = HashMap::new();
    let mut final_names: HashMap<String, Option<String>> = HashMap::new();
    for (id, entry) in &entries {
        let old = entry.text("name");
        let new = match names
            .get(id)
            .map(|wanted| wanted.iter().collect::<Vec<_>>())
            .as_deref()
        {
            Some([Some(only)]) => Some(only.clone()),
            _ => old.clone(),
        };
        if new != old
            && let Some(new) = &new
        {
            match entry.get("name") {
                Some(name) => writing.put(name.span(), quote(new)),
                None => {
                    let start = entry.span().start + 1;
                    let comma = if entry.children().next().is_some() {
                        ","
                    } else {
                        ""
                    };
                    writing.put(start..start, format!("\"name\":{}{comma}", quote(new)));
                }
            }
        }
        if let (Some(name), Some(module)) = (&new, entry.text("module")) {
            // Of entries of one name the smallest id, so that the result is always the same.
            let known = now_named
                .entry((module, name.clone()))
                .or_insert_with(|| id.clone());
            if id < known {
                known.clone_from(id);
            }
        }
        final_names.insert(id.clone(), new);
    }
    let mut added = String::new();
    let mut is_empty = entries.is_empty();
    for (card, name) in &wishes {
        let Some(name) = name else { continue };
        if card.connection.as_ref() != Some(name) {
            writing.changed += 1;
        }
        let renamed = card
            .connection_file_id
            .as_ref()
            .and_then(|id| final_names.get(id));
        if renamed == Some(&Some(name.clone())) {
            continue;
        }
        let Some(span) = card.reference.clone() else {
            writing.changed = writing.changed.saturating_sub(1);
            writing.notes.push(format!(
                "Card “{}” has no place for a connection and was left.",
                card.title
            ));
            continue;
        };
        let key = (card.connector.clone(), name.clone());
        let id = now_named.get(&key).cloned().unwrap_or_else(|| {
            let id = new_id(&entries, &key);
            let comma = if std::mem::take(&mut is_empty) {
                ""
            } else {
                ","
            };
            added.push_str(&format!(
                "{comma}{0}:{{\"id\":{0},\"name\":{1},\"module\":{2},\"data\":null}}",
                quote(&id),
                quote(name),
                quote(&card.connector)
            ));
            now_named.insert(key, id.clone());
            id
        });
        writing.put(span, quote(&id));
    }
    if !added.is_empty() {
        let end = configs
            .children()
            .last()
            .map_or(configs.span().start + 1, |last| last.span().end);
        writing.put(end..end, added);
    }
    if root.get("checksum").is_some() && !writing.edits.is_empty() {
        writing.notes.push(
            "The file's checksum was left as it was, because how Okta computes it isn't known. Should the import \
            refuse the copy, choose the connections in Okta instead."
                .to_owned(),
        );
    }
    Ok(())
}

/// An id for a new entry: made from what it stands for, so that the same copy comes out each time.
fn new_id(entries: &HashMap<String, Node<'_>>, key: &(String, String)) -> String {
    let mut count = 0_u32;
    loop {
        let digest = Sha256::digest(format!("{}\n{}\n{count}", key.0, key.1));
        let bytes: [u8; 16] = std::array::from_fn(|index| digest[index]);
        let id = uuid::Builder::from_random_bytes(bytes)
            .into_uuid()
            .to_string();
        if !entries.contains_key(&id) {
            return id;
        }
        count += 1;
    }
}

fn n8n(
    writing: &mut Writing,
    root: Node<'_>,
    source: &ReadSource,
    wanted: &impl Fn(usize, usize) -> Option<String>,
) {
    let wishes = wishes(source, wanted);
    // Ids that the file itself knows for a type and name.
    let mut ids: HashMap<(&str, &str), &str> = HashMap::new();
    for (card, _) in &wishes {
        if let (Some(name), Some(id)) = (&card.connection, &card.connection_file_id) {
            ids.insert((&card.connector, name), id);
        }
    }
    let places: HashMap<usize, Node<'_>> = root
        .subtree()
        .map(|node| (node.span().start, node))
        .collect();
    let mut without_place = 0;
    let mut without_id = false;
    for (card, name) in &wishes {
        let Some(name) = name
            .as_ref()
            .filter(|name| card.connection.as_ref() != Some(*name))
        else {
            continue;
        };
        let Some(place) = card
            .reference
            .as_ref()
            .and_then(|span| places.get(&span.start))
        else {
            without_place += 1;
            continue;
        };
        let id = ids
            .get(&(card.connector.as_str(), name.as_str()))
            .map(|id| quote(id));
        writing.changed += 1;
        match place.kind() {
            Kind::Object => {
                without_id |= id.is_none();
                let id = id.unwrap_or_else(|| "null".to_owned());
                let mut missing = Vec::new();
                for (member, value) in [("id", id), ("name", quote(name))] {
                    match place.get(member) {
                        Some(old) => writing.put(old.span(), value),
                        None => missing.push(format!("\"{member}\":{value}")),
                    }
                }
                if !missing.is_empty() {
                    let start = place.span().start + 1;
                    let comma = if place.children().next().is_some() {
                        ","
                    } else {
                        ""
                    };
                    writing.put(start..start, missing.join(",") + comma);
                }
            }
            Kind::String | Kind::Null | Kind::Bool | Kind::Number | Kind::Array => {
                writing.put(place.span(), quote(name));
            }
        }
    }
    if without_place > 0 {
        let cards = if without_place == 1 {
            "1 card names".to_owned()
        } else {
            format!("{without_place} cards name")
        };
        writing.notes.push(format!(
            "{cards} no credential in the file that could be rewritten: choose it in n8n."
        ));
    }
    if without_id {
        let note = "Credentials that the file didn't know before are named without an id; n8n finds them by name.";
        writing.notes.push(note.to_owned());
    }
}
