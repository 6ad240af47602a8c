//! Builds the console in `ui/` and fetches Node packages, only when something changed since the last time.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::SystemTime;

use crate::step::{self, Outcome};

/// The oldest Node that the console's tools run on.
const NODE: u32 = 20;

/// What in `ui/` the built console is made from.
const SOURCES: &[&str] = &[
    "src",
    "public",
    "index.html",
    "package.json",
    "package-lock.json",
    "svelte.config.js",
    "tsconfig.json",
    "vite.config.ts",
];

/// Checks that Node is there and new enough.
pub fn ensure_node() -> Outcome {
    let Some(version) = step::answer("node", &["--version"]) else {
        return Err(step::fail(&format!(
            "Node.js is not installed. Patchbay needs version {NODE} or newer: https://nodejs.org/en/download"
        )));
    };
    match major(&version) {
        Some(major) if major >= NODE => Ok(()),
        _ => Err(step::fail(&format!(
            "Node.js is {version}; Patchbay needs version {NODE} or newer: https://nodejs.org/en/download"
        ))),
    }
}

/// The major version of the machine's Node, if it has one.
pub fn node_version() -> Option<u32> {
    major(&step::answer("node", &["--version"])?)
}

fn major(version: &str) -> Option<u32> {
    version
        .trim_start_matches('v')
        .split('.')
        .next()?
        .parse()
        .ok()
}

/// Fetches the Node packages of `folder` when its lock file is not the one they were fetched for.
pub fn fetch_packages(folder: &Path, label: &str) -> Outcome {
    fetch_packages_without(folder, label, &[])
}

/// Like [`fetch_packages`], without the kinds of dependencies in `omitted`.
pub fn fetch_packages_without(folder: &Path, label: &str, omitted: &[&str]) -> Outcome {
    let lock = fs::read(folder.join("package-lock.json")).map_err(|error| {
        step::fail(&format!(
            "can't read {}: {error}",
            folder.join("package-lock.json").display()
        ))
    })?;
    let mut lock = lock;
    lock.extend(omitted.iter().flat_map(|kind| kind.bytes()));
    let stamp = folder.join("node_modules/.fetched-for");
    if fs::read(&stamp).is_ok_and(|fetched| fetched == lock) {
        return Ok(());
    }
    let omit = omitted.iter().map(|kind| format!("--omit={kind}"));
    step::run(
        label,
        npm(folder)
            .args(["ci", "--no-audit", "--no-fund"])
            .args(omit),
    )?;
    fs::write(&stamp, lock)
        .map_err(|error| step::fail(&format!("can't write {}: {error}", stamp.display())))
}

/// Builds `ui/dist` when a source is newer than it.
pub fn build(root: &Path) -> Outcome {
    let ui = root.join("ui");
    let built = modified(&ui.join("dist/index.html"));
    let newest = SOURCES
        .iter()
        .filter_map(|source| newest_in(&ui.join(source)))
        .max();
    if built.is_some() && built >= newest {
        return Ok(());
    }
    step::run("build the console", npm(&ui).args(["run", "build"]))
}

/// `npm`, to be run in `folder`.
pub fn npm(folder: &Path) -> Command {
    let mut command = Command::new(if cfg!(windows) { "npm.cmd" } else { "npm" });
    command.current_dir(folder);
    command
}

fn modified(path: &Path) -> Option<SystemTime> {
    fs::metadata(path).and_then(|entry| entry.modified()).ok()
}

/// The newest modification in a file or a folder; folders count themselves, so a deletion is seen.
fn newest_in(path: &Path) -> Option<SystemTime> {
    let mut newest = modified(path);
    let mut folders: Vec<PathBuf> = vec![path.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
            let path = entry.path();
            newest = newest.max(modified(&path));
            if path.is_dir() {
                folders.push(path);
            }
        }
    }
    newest
}
