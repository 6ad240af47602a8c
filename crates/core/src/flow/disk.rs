//! Sources on the disk: which files are there, which have changed, and reading those. Blocking; run aside.

use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use sha2::{Digest as _, Sha256};

use super::read::{self, Problem, ReadSource, walk};

/// A file as the disk shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Seen {
    /// Inside the source, with `/`; empty when the source is the file.
    pub(super) path: String,
    pub(super) absolute: PathBuf,
    pub(super) size: i64,
    /// Milliseconds since 1970.
    pub(super) modified: i64,
}

/// What a look at a source shows.
#[derive(Debug, Default)]
pub(super) struct Look {
    pub(super) files: Vec<Seen>,
    pub(super) problems: Vec<Problem>,
    /// The path of the source isn't there or can't be opened.
    pub(super) is_gone: bool,
}

pub(super) fn look(source: &Path) -> Look {
    let (files, problems) = walk::files(source);
    let is_gone = std::fs::metadata(source).is_err();
    let files = files
        .into_iter()
        .map(|absolute| {
            let facts = std::fs::metadata(&absolute).ok();
            let modified = facts
                .as_ref()
                .and_then(|facts| facts.modified().ok())
                .and_then(|time| time.duration_since(UNIX_EPOCH).ok());
            Seen {
                path: inside(source, &absolute),
                size: facts
                    .as_ref()
                    .map_or(0, |facts| i64::try_from(facts.len()).unwrap_or(i64::MAX)),
                modified: modified.map_or(0, |time| {
                    i64::try_from(time.as_millis()).unwrap_or(i64::MAX)
                }),
                absolute,
            }
        })
        .collect();
    Look {
        files,
        problems,
        is_gone,
    }
}

/// The path of a file inside its source, as the store keeps it.
pub(super) fn inside(source: &Path, file: &Path) -> String {
    let names: Vec<String> = file
        .strip_prefix(source)
        .into_iter()
        .flat_map(Path::components)
        .map(|name| name.as_os_str().to_string_lossy().into_owned())
        .collect();
    names.join("/")
}

/// The absolute path of a file of a source.
pub(super) fn outside(source: &str, inside: &str) -> PathBuf {
    let source = PathBuf::from(source);
    if inside.is_empty() {
        source
    } else {
        inside.split('/').fold(source, |path, name| path.join(name))
    }
}

/// A file that was read, or the reason why not.
#[derive(Debug)]
pub(super) struct Reading {
    pub(super) seen: Seen,
    /// SHA-256 of the bytes as hex; empty when they couldn't be read.
    pub(super) hash: String,
    /// `None` when the bytes are those of the last time.
    pub(super) source: Option<ReadSource>,
    /// The folder that each flow is shown in.
    pub(super) folders: Vec<String>,
}

/// Reads a file unless its bytes have the hash `known`.
pub(super) fn read(root: &Path, seen: Seen, known: Option<&str>) -> Reading {
    let path = seen.absolute.to_string_lossy().into_owned();
    let (hash, source) = match walk::bytes(&seen.absolute) {
        Ok(bytes) => {
            let hash = hash(&bytes);
            let unchanged = known == Some(hash.as_str());
            (hash, (!unchanged).then(|| read::read_bytes(&path, &bytes)))
        }
        Err(problem) => (
            String::new(),
            Some(ReadSource {
                problems: vec![problem],
                ..ReadSource::default()
            }),
        ),
    };
    let flows = source.iter().flat_map(|source| &source.flows);
    let folders = flows
        .map(|flow| read::folder_of(flow, root, &seen.absolute))
        .collect();
    Reading {
        folders,
        seen,
        hash,
        source,
    }
}

pub(super) fn hash(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    Sha256::digest(bytes)
        .iter()
        .fold(String::with_capacity(64), |mut hex, byte| {
            let _ = write!(hex, "{byte:02x}");
            hex
        })
}
