//! Readers: what a file says about flows, their cards and the connections these name.
//!
//! Pure: bytes in, a [`ReadSource`] out; only [`read_path`] opens a file. One file per format. A reader never fails as a
//! whole: what can't be read becomes a [`Problem`] and the rest goes on. Ids in exports link things inside one file
//! only; matching them with what was read before is done elsewhere.

pub mod json;
pub mod manifest;
mod n8n;
mod node_red;
mod okta;
mod okta_schedule;
pub mod walk;

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;
use std::path::Path;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use json::{Document, Kind, Node};

/// Largest file that is read, in bytes. The largest known export is 1.8 MB; 50 MB must pass.
pub const MAX_BYTES: u64 = 64 * 1024 * 1024;

/// Which program wrote a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export, rename = "FlowFormat")]
pub enum Format {
    /// Okta Workflows: `.flow`, `.folder`, `.flopack`.
    Okta,
    N8n,
    NodeRed,
    /// Patchbay's own `*.flow.toml`.
    Manifest,
}

impl Format {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Okta => "okta",
            Self::N8n => "n8n",
            Self::NodeRed => "node_red",
            Self::Manifest => "manifest",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Okta, Self::N8n, Self::NodeRed, Self::Manifest]
            .into_iter()
            .find(|format| format.as_str() == name)
    }
}

/// Why a file, or a part of it, couldn't be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export, rename = "FlowProblemKind")]
pub enum ProblemKind {
    /// The file or folder can't be opened.
    Unreadable,
    TooLarge,
    TooDeep,
    /// Not JSON, not TOML, cut off.
    Malformed,
    /// Well formed, but not a flow in any format that is known.
    NotAFlow,
    /// Another version than those that are known; its flows may be missing or incomplete.
    OtherVersion,
    /// The file was read, but something in it doesn't fit.
    Inconsistent,
}

impl ProblemKind {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unreadable => "unreadable",
            Self::TooLarge => "too_large",
            Self::TooDeep => "too_deep",
            Self::Malformed => "malformed",
            Self::NotAFlow => "not_a_flow",
            Self::OtherVersion => "other_version",
            Self::Inconsistent => "inconsistent",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        [
            Self::Unreadable,
            Self::TooLarge,
            Self::TooDeep,
            Self::Malformed,
            Self::NotAFlow,
            Self::OtherVersion,
            Self::Inconsistent,
        ]
        .into_iter()
        .find(|kind| kind.as_str() == name)
    }
}

/// What is wrong with a file, for a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export, rename = "FlowProblem")]
pub struct Problem {
    pub path: String,
    pub kind: ProblemKind,
    pub reason: String,
}

/// What a file holds.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ReadSource {
    /// `None` when the file is no flow.
    pub format: Option<Format>,
    /// The format's version, where the file tells it.
    pub version: Option<String>,
    pub flows: Vec<ReadFlow>,
    pub problems: Vec<Problem>,
}

/// How a flow starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS, Default)]
#[serde(rename_all = "snake_case")]
#[ts(export, rename = "FlowTrigger")]
pub enum Trigger {
    /// The file doesn't say.
    #[default]
    Unknown,
    Schedule,
    /// An event at a connected application.
    Event,
    /// An address that is called: API Endpoint, webhook.
    Endpoint,
    /// Another flow calls it.
    Called,
    /// A person starts it.
    Manual,
}

impl Trigger {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Schedule => "schedule",
            Self::Event => "event",
            Self::Endpoint => "endpoint",
            Self::Called => "called",
            Self::Manual => "manual",
        }
    }

    pub fn from_name(name: &str) -> Self {
        [
            Self::Schedule,
            Self::Event,
            Self::Endpoint,
            Self::Called,
            Self::Manual,
        ]
        .into_iter()
        .find(|trigger| trigger.as_str() == name)
        .unwrap_or_default()
    }
}

/// One flow as a file describes it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ReadFlow {
    /// The id in the file. New in every Okta export; calls inside the file use it.
    pub file_id: Option<String>,
    pub name: String,
    pub description: String,
    /// Folders inside the file, the outermost first.
    pub folder: Vec<String>,
    pub trigger: Trigger,
    /// When it runs, in the words or the cron expression of the file.
    pub schedule: Option<String>,
    /// Ids of all its steps, also of those that need no connector: they survive a new export.
    pub step_ids: Vec<String>,
    pub cards: Vec<ReadCard>,
    pub calls: Vec<ReadCall>,
    /// Program and arguments, in manifests.
    pub command: Vec<String>,
}

/// One step that needs a connector.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ReadCard {
    /// The id in the file; in manifests the title. May occur twice in a hand-edited file.
    pub id: String,
    pub title: String,
    /// As the file names the connector: a module key, a credential type, a node type, a connector's id.
    pub connector: String,
    /// The key of the action (`removeUserFromGroup`), where the file has one.
    pub method: Option<String>,
    /// Name of the connection that the file refers to.
    pub connection: Option<String>,
    /// Id of that connection inside the file.
    pub connection_file_id: Option<String>,
    /// Where it lies inside other cards: `inside If / Else`. `None` at the top of the flow.
    pub nested: Option<String>,
    /// It starts the flow.
    pub is_trigger: bool,
    /// The bytes of the reference in the file: what the write-back changes. `None` where it can't.
    pub reference: Option<Range<usize>>,
    /// Scopes that a manifest says it needs.
    pub scopes: Vec<String>,
    /// Environment of a manifest's command: variable → what it is filled with.
    pub environment: BTreeMap<String, manifest::EnvironmentValue>,
}

/// One flow calls another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadCall {
    /// Id of the called flow in its file.
    pub file_id: Option<String>,
    /// Its name, when the file tells it or the called flow is in the same file.
    pub name: Option<String>,
    /// Title of the calling card.
    pub card: String,
}

impl ReadSource {
    fn problem(kind: ProblemKind, path: &str, reason: impl Into<String>) -> Self {
        Self {
            problems: vec![Problem {
                path: path.to_owned(),
                kind,
                reason: reason.into(),
            }],
            ..Self::default()
        }
    }

    /// Names the called flows that are in this source.
    fn name_calls(&mut self) {
        let names: BTreeMap<String, String> = self
            .flows
            .iter()
            .filter_map(|flow| Some((flow.file_id.clone()?, flow.name.clone())))
            .collect();
        for call in self.flows.iter_mut().flat_map(|flow| &mut flow.calls) {
            if let Some(name) = call.file_id.as_ref().and_then(|id| names.get(id)) {
                call.name = Some(name.clone());
            }
        }
    }
}

/// Reads one file. `path` serves messages and tells manifests by their ending; it isn't opened.
pub fn read_bytes(path: &str, bytes: &[u8]) -> ReadSource {
    if bytes.len() as u64 > MAX_BYTES {
        return too_large(path, bytes.len() as u64);
    }
    let bytes = without_mark(bytes);
    if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") {
        return ReadSource::problem(
            ProblemKind::Malformed,
            path,
            "the file is UTF-16; save it as UTF-8",
        );
    }
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => {
            let reason = format!(
                "the file isn't UTF-8 text: byte {} doesn't fit",
                error.valid_up_to() + 1
            );
            return ReadSource::problem(ProblemKind::Malformed, path, reason);
        }
    };
    if text.trim().is_empty() {
        return ReadSource::problem(ProblemKind::NotAFlow, path, "the file is empty");
    }
    if is_toml(path) {
        return manifest::read(path, text);
    }
    let document = match Document::parse(text) {
        Ok(document) => document,
        Err(malformed) => {
            let (kind, subject) = if malformed.too_deep {
                (ProblemKind::TooDeep, "the file is")
            } else {
                (ProblemKind::Malformed, "the file isn't JSON:")
            };
            let reason = format!(
                "{subject} {} (line {}, column {})",
                malformed.what, malformed.line, malformed.column
            );
            return ReadSource::problem(kind, path, reason);
        }
    };
    let mut source = read_document(path, document.root());
    source.name_calls();
    source
}

/// The bytes without a byte order mark. Spans count from here.
pub(crate) fn without_mark(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes)
}

/// Opens and reads one file; a file that can't be opened is a [`Problem`] too.
pub fn read_path(path: &Path) -> ReadSource {
    match walk::bytes(path) {
        Ok(bytes) => read_bytes(&path.to_string_lossy(), &bytes),
        Err(problem) => ReadSource {
            problems: vec![problem],
            ..ReadSource::default()
        },
    }
}

/// The folder that a flow is shown in: that of its file's own tree, else where its file lies under `root`.
pub fn folder_of(flow: &ReadFlow, root: &Path, file: &Path) -> String {
    if !flow.folder.is_empty() {
        return flow.folder.join(" / ");
    }
    let folder = file.strip_prefix(root).ok().and_then(Path::parent);
    let names: Vec<String> = folder
        .into_iter()
        .flat_map(Path::components)
        .map(|name| name.as_os_str().to_string_lossy().into_owned())
        .collect();
    names.join(" / ")
}

fn read_document(path: &str, root: Node<'_>) -> ReadSource {
    match root.kind() {
        Kind::Object if okta::is_export(root) => okta::read(path, root),
        Kind::Object | Kind::Array if n8n::is_export(root) => n8n::read(path, root),
        Kind::Object | Kind::Array if node_red::is_export(root) => node_red::read(path, root),
        Kind::Object | Kind::Array | Kind::Null | Kind::Bool | Kind::Number | Kind::String => {
            ReadSource::problem(
                ProblemKind::NotAFlow,
                path,
                "not a flow: neither an Okta Workflows export, an n8n workflow, Node-RED flows nor a flow manifest",
            )
        }
    }
}

fn is_toml(path: &str) -> bool {
    path.len() >= 5
        && path
            .get(path.len() - 5..)
            .is_some_and(|end| end.eq_ignore_ascii_case(".toml"))
}

fn too_large(path: &str, bytes: u64) -> ReadSource {
    ReadSource::problem(ProblemKind::TooLarge, path, too_large_reason(bytes))
}

fn too_large_reason(bytes: u64) -> String {
    format!(
        "the file has {} MB; at most {} MB are read",
        bytes.div_ceil(1024 * 1024),
        MAX_BYTES / (1024 * 1024)
    )
}

/// Titles of the cards that a card lies in, as a sentence: `inside For Each › If / Else`. Very deep places show the
/// innermost levels only.
struct Nesting {
    /// (label, parent)
    levels: Vec<(String, Option<usize>)>,
}

impl Nesting {
    const SHOWN: usize = 6;

    fn new() -> Self {
        Self { levels: Vec::new() }
    }

    fn enter(&mut self, label: String, parent: Option<usize>) -> usize {
        self.levels.push((label, parent));
        self.levels.len() - 1
    }

    fn describe(&self, at: Option<usize>) -> Option<String> {
        let mut labels = Vec::new();
        let mut level = Some(at?);
        while let Some(index) = level {
            if labels.len() == Self::SHOWN {
                labels.push("…");
                break;
            }
            let (label, parent) = &self.levels[index];
            labels.push(label);
            level = *parent;
        }
        labels.reverse();
        Some(format!("inside {}", labels.join(" › ")))
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path, self.reason)
    }
}
