//! The repository's sources as these tests look at them: without comments and without the tests inside them.

use std::fs;
use std::path::{Path, PathBuf};

/// A Rust file's code.
pub struct File {
    /// From the root, with `/`.
    pub path: String,
    pub code: String,
}

impl File {
    /// What stands between double quotes.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        self.code.split('"').skip(1).step_by(2)
    }
}

pub fn root() -> PathBuf {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
    tests.parent().unwrap().to_owned()
}

pub fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap()
}

/// Every Rust file below `folder`.
pub fn rust(folder: &str) -> Vec<File> {
    let mut files = Vec::new();
    collect(&root().join(folder), &mut files);
    assert!(!files.is_empty(), "{folder} has sources");
    files.sort_by(|a, b| a.path.cmp(&b.path));
    files
}

fn collect(folder: &Path, files: &mut Vec<File>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        if path.is_dir() {
            if !["tests", "target", "gen"].contains(&name) {
                collect(&path, files);
            }
        } else if name.ends_with(".rs") && name != "tests.rs" {
            let from_root = path.strip_prefix(root()).unwrap().to_str().unwrap();
            files.push(File {
                path: from_root.replace('\\', "/"),
                code: code(&fs::read_to_string(&path).unwrap()),
            });
        }
    }
}

/// Without the lines that are comments, and without the test module, which stands last.
fn code(text: &str) -> String {
    let text = text
        .split("#[cfg(test)]\nmod tests {")
        .next()
        .unwrap_or(text);
    text.lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .collect::<Vec<_>>()
        .join("\n")
}

/// The identifiers and numbers in a piece of code.
pub fn words(code: &str) -> impl Iterator<Item = &str> {
    code.split(|c: char| !c.is_alphanumeric() && c != '_')
        .filter(|word| !word.is_empty())
}
