//! Finding and opening flow files: the only part of the readers that touches the disk.
//!
//! Hidden folders and `node_modules` are skipped; a folder is entered once however many links lead to it.

use std::collections::HashSet;
use std::io::Read;
use std::path::{Path, PathBuf};

use super::{MAX_BYTES, Problem, ProblemKind, too_large_reason};

/// Most files that one folder yields; more is a wrong folder.
pub const MAX_FILES: usize = 100_000;

/// Flow files at and under `path`, in the order of their names, and what couldn't be opened. A file is given back
/// whatever its ending; in a folder only the endings that flows have are.
pub fn files(path: &Path) -> (Vec<PathBuf>, Vec<Problem>) {
    let mut found = Vec::new();
    let mut problems = Vec::new();
    match std::fs::metadata(path) {
        Ok(metadata) if metadata.is_dir() => {}
        Ok(_) => return (vec![path.to_owned()], problems),
        Err(error) => {
            problems.push(unreadable(path, &error));
            return (found, problems);
        }
    }
    let mut entered = HashSet::new();
    let mut folders = vec![path.to_owned()];
    while let Some(folder) = folders.pop() {
        match std::fs::canonicalize(&folder) {
            Ok(real) if entered.insert(real.clone()) => {}
            Ok(_) => continue,
            Err(error) => {
                problems.push(unreadable(&folder, &error));
                continue;
            }
        }
        let entries = match std::fs::read_dir(&folder) {
            Ok(entries) => entries,
            Err(error) => {
                problems.push(unreadable(&folder, &error));
                continue;
            }
        };
        for entry in entries.flatten() {
            let name = entry.file_name();
            let name = name.to_string_lossy();
            let path = entry.path();
            // Follows links: a linked folder counts like any other, once.
            let Ok(metadata) = std::fs::metadata(&path) else {
                if has_flow_ending(&name) {
                    let problem = "the link leads nowhere";
                    problems.push(problem_at(&path, ProblemKind::Unreadable, problem));
                }
                continue;
            };
            if metadata.is_dir() {
                if !name.starts_with('.') && name != "node_modules" {
                    folders.push(path);
                }
            } else if metadata.is_file() && !name.starts_with('.') && has_flow_ending(&name) {
                found.push(path);
            }
        }
        if found.len() > MAX_FILES {
            found.truncate(MAX_FILES);
            let reason =
                format!("the folder holds more than {MAX_FILES} files; choose one further down");
            problems.push(problem_at(path, ProblemKind::TooLarge, &reason));
            break;
        }
    }
    found.sort();
    problems.sort_by(|a, b| a.path.cmp(&b.path));
    (found, problems)
}

/// Whether a file of that name may hold flows.
pub fn has_flow_ending(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    [".flow", ".folder", ".flopack", ".json", ".flow.toml"]
        .iter()
        .any(|ending| name.ends_with(ending))
}

/// The bytes of a file, unless it is larger than [`MAX_BYTES`] or no file.
pub fn bytes(path: &Path) -> Result<Vec<u8>, Problem> {
    let metadata = std::fs::metadata(path).map_err(|error| unreadable(path, &error))?;
    if !metadata.is_file() {
        return Err(problem_at(path, ProblemKind::Unreadable, "not a file"));
    }
    if metadata.len() > MAX_BYTES {
        let reason = too_large_reason(metadata.len());
        return Err(problem_at(path, ProblemKind::TooLarge, &reason));
    }
    let mut bytes = Vec::with_capacity(usize::try_from(metadata.len()).unwrap_or(0));
    std::fs::File::open(path)
        // It may grow while it is read.
        .and_then(|file| file.take(MAX_BYTES + 1).read_to_end(&mut bytes))
        .map_err(|error| unreadable(path, &error))?;
    Ok(bytes)
}

fn unreadable(path: &Path, error: &std::io::Error) -> Problem {
    let reason = match error.kind() {
        std::io::ErrorKind::NotFound => "it isn't there".to_owned(),
        std::io::ErrorKind::PermissionDenied => "it may not be read".to_owned(),
        _ => format!("it can't be read: {error}"),
    };
    problem_at(path, ProblemKind::Unreadable, &reason)
}

fn problem_at(path: &Path, kind: ProblemKind, reason: &str) -> Problem {
    Problem {
        path: path.to_string_lossy().into_owned(),
        kind,
        reason: reason.to_owned(),
    }
}
