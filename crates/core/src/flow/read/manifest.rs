//! Patchbay's own flows: `*.flow.toml`, a program and the connections it needs.
//!
//! Read strictly: an unknown key, a malformed scope or a variable that is filled twice is reported with its line and
//! key, because such a file is what the command line will run.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{Format, Problem, ProblemKind, ReadCard, ReadFlow, ReadSource, Trigger};

/// A manifest, as it is written.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    pub name: String,
    #[serde(default)]
    pub description: String,
    /// Program and arguments; run without a shell.
    #[serde(default)]
    pub command: Vec<String>,
    /// When something else starts it, for people to read.
    #[serde(default)]
    pub schedule: Option<String>,
    #[serde(default)]
    pub cards: Vec<Card>,
}

/// A connection that the program needs.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Card {
    /// Unique in the manifest: it identifies the card.
    pub title: String,
    /// The connector's id.
    pub connector: String,
    /// Name of the connection; none: the console asks.
    #[serde(default)]
    pub connection: Option<String>,
    #[serde(default)]
    pub scopes: Vec<String>,
    #[serde(default)]
    pub env: BTreeMap<String, EnvironmentValue>,
}

/// What a variable of the program's environment is filled with.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize, TS)]
#[serde(try_from = "String", into = "String")]
#[ts(export, type = "string")]
pub enum EnvironmentValue {
    /// `token`: the access token, or the key of a connection that has no token.
    Token,
    /// `field:<key>`: a field of the connection.
    Field(String),
}

impl TryFrom<String> for EnvironmentValue {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        match text.split_once(':') {
            None if text == "token" => Ok(Self::Token),
            Some(("field", key)) if is_field_key(key) => Ok(Self::Field(key.to_owned())),
            _ => Err(format!("`{text}` is neither `token` nor `field:<key>`")),
        }
    }
}

impl From<EnvironmentValue> for String {
    fn from(value: EnvironmentValue) -> Self {
        value.to_string()
    }
}

impl fmt::Display for EnvironmentValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Token => f.write_str("token"),
            Self::Field(key) => write!(f, "field:{key}"),
        }
    }
}

/// What is wrong with a manifest and where: `line 4, cards[0].env.GH_TOKEN: …`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The line, counted from 1, where it is known.
    pub line: Option<usize>,
    /// The key, as a path.
    pub key: String,
    pub reason: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(line) = self.line {
            write!(f, "line {line}: ")?;
        }
        if !self.key.is_empty() {
            write!(f, "{}: ", self.key)?;
        }
        f.write_str(&self.reason)
    }
}

/// Parses and checks a manifest.
pub fn parse(text: &str) -> Result<Manifest, Vec<Fault>> {
    let manifest: Manifest = toml::from_str(text).map_err(|error| {
        let line = error.span().map(|span| line_of(text, span.start));
        let reason: Vec<&str> = error
            .message()
            .lines()
            .map(str::trim)
            .filter(|line| !line.is_empty())
            .collect();
        vec![Fault {
            line,
            key: line.map(|line| key_on(text, line)).unwrap_or_default(),
            reason: reason.join(", "),
        }]
    })?;
    let faults = check(&manifest, text);
    if faults.is_empty() {
        Ok(manifest)
    } else {
        Err(faults)
    }
}

pub(super) fn read(path: &str, text: &str) -> ReadSource {
    if !path.to_ascii_lowercase().ends_with(".flow.toml") {
        return ReadSource::problem(
            ProblemKind::NotAFlow,
            path,
            "not a flow: manifests are named `*.flow.toml`",
        );
    }
    match parse(text) {
        Ok(manifest) => ReadSource {
            format: Some(Format::Manifest),
            flows: vec![flow(manifest)],
            ..ReadSource::default()
        },
        Err(faults) => ReadSource {
            format: Some(Format::Manifest),
            problems: faults
                .iter()
                .map(|fault| Problem {
                    path: path.to_owned(),
                    kind: ProblemKind::Malformed,
                    reason: fault.to_string(),
                })
                .collect(),
            ..ReadSource::default()
        },
    }
}

fn flow(manifest: Manifest) -> ReadFlow {
    ReadFlow {
        name: manifest.name,
        description: manifest.description,
        trigger: if manifest.schedule.is_some() {
            Trigger::Schedule
        } else {
            Trigger::Manual
        },
        schedule: manifest.schedule,
        command: manifest.command,
        step_ids: manifest
            .cards
            .iter()
            .map(|card| card.title.clone())
            .collect(),
        cards: manifest
            .cards
            .into_iter()
            .map(|card| ReadCard {
                id: card.title.clone(),
                title: card.title,
                connector: card.connector,
                connection: card.connection,
                scopes: card.scopes,
                environment: card.env,
                ..ReadCard::default()
            })
            .collect(),
        ..ReadFlow::default()
    }
}

fn check(manifest: &Manifest, text: &str) -> Vec<Fault> {
    let mut faults = Vec::new();
    let mut fault =
        |key: String, line: Option<usize>, reason: String| faults.push(Fault { line, key, reason });
    let top = |key: &str| find_line(text, None, key);
    check_line("name", &manifest.name, 200, |reason| {
        fault("name".to_owned(), top("name"), reason)
    });
    if manifest
        .command
        .first()
        .is_some_and(|program| program.trim().is_empty())
    {
        fault(
            "command".to_owned(),
            top("command"),
            "the program is empty".to_owned(),
        );
    }
    if manifest.command.iter().any(|part| part.contains('\0')) {
        fault(
            "command".to_owned(),
            top("command"),
            "an argument holds a zero byte".to_owned(),
        );
    }
    let mut titles = BTreeSet::new();
    let mut variables = BTreeMap::new();
    for (index, card) in manifest.cards.iter().enumerate() {
        let at = |key: &str| format!("cards[{index}].{key}");
        let line = |key: &str| find_line(text, Some(index), key);
        check_line("title", &card.title, 200, |reason| {
            fault(at("title"), line("title"), reason)
        });
        if !titles.insert(card.title.trim().to_lowercase()) {
            let reason = format!("`{}` is the title of another card", card.title);
            fault(at("title"), line("title"), reason);
        }
        if !is_connector_id(&card.connector) {
            let reason = format!(
                "`{}` is no connector's id: lower case letters, digits and `-`",
                card.connector
            );
            fault(at("connector"), line("connector"), reason);
        }
        if let Some(connection) = &card.connection {
            check_line("connection", connection, 200, |reason| {
                fault(at("connection"), line("connection"), reason);
            });
        }
        for scope in &card.scopes {
            // RFC 6749 3.3: printable ASCII without space, `"` and `\`.
            if scope.is_empty()
                || !scope
                    .bytes()
                    .all(|byte| matches!(byte, 0x21 | 0x23..=0x5b | 0x5d..=0x7e))
            {
                fault(
                    at("scopes"),
                    line("scopes"),
                    format!("`{scope}` is no scope"),
                );
            }
        }
        for variable in card.env.keys() {
            let key = format!("cards[{index}].env.{variable}");
            if !is_variable(variable) {
                let reason = format!("`{variable}` is no variable's name: letters, digits and `_`");
                fault(key, line("env"), reason);
            } else if let Some(first) = variables.insert(variable.clone(), card.title.clone()) {
                fault(
                    key,
                    line("env"),
                    format!("`{variable}` is already filled by card `{first}`"),
                );
            }
        }
    }
    faults
}

fn check_line(what: &str, value: &str, most: usize, mut fault: impl FnMut(String)) {
    if value.trim().is_empty() {
        fault(format!("the {what} is empty"));
    } else if value.chars().count() > most {
        fault(format!("the {what} is longer than {most} characters"));
    } else if value.chars().any(char::is_control) {
        fault(format!("the {what} holds a control character"));
    }
}

fn is_connector_id(text: &str) -> bool {
    !text.is_empty()
        && text.bytes().all(|byte| {
            byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'_')
        })
}

fn is_field_key(text: &str) -> bool {
    !text.is_empty()
        && text
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
}

fn is_variable(text: &str) -> bool {
    text.bytes()
        .next()
        .is_some_and(|byte| byte.is_ascii_alphabetic() || byte == b'_')
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

fn line_of(text: &str, at: usize) -> usize {
    text.as_bytes()
        .iter()
        .take(at)
        .filter(|byte| **byte == b'\n')
        .count()
        + 1
}

/// The key that a line begins with.
fn key_on(text: &str, line: usize) -> String {
    let line = text.lines().nth(line - 1).unwrap_or_default();
    match line.split_once('=') {
        Some((key, _)) => key.trim().to_owned(),
        None => String::new(),
    }
}

/// The line of a key at the top, or in the card of that index, when the file is written in the usual way.
fn find_line(text: &str, card: Option<usize>, key: &str) -> Option<usize> {
    let mut current: Option<usize> = None;
    for (index, line) in text.lines().enumerate() {
        let line = line.trim_start();
        if line.starts_with("[[cards]]") {
            current = Some(current.map_or(0, |card| card + 1));
        }
        let section = line
            .strip_prefix("[cards.")
            .is_some_and(|rest| rest.starts_with(key));
        let is_key = line
            .strip_prefix(key)
            .is_some_and(|rest| rest.trim_start().starts_with(['=', '.']));
        if current == card && (is_key || section) {
            return Some(index + 1);
        }
    }
    None
}
