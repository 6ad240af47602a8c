//! `connectors check` and `connectors schema`: the definitions as they lie in the folder, not as they were built in.

#![allow(clippy::print_stdout, reason = "the problems are what it is asked for")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use patchbay_core::connector::{
    catalogue::parse,
    schema::json_schema,
    validation::{check, check_icon},
};

const SCHEMA: &str = "connector.schema.json";

pub fn run(arguments: &[String]) -> ExitCode {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../connectors");
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let outcome = match words.as_slice() {
        ["check"] => check_all(&root, &[]),
        ["check", ids @ ..] => check_all(&root, ids),
        ["schema"] => write_schema(&root),
        _ => {
            eprintln!("usage: cargo xtask connectors check [ID…] | schema");
            return ExitCode::from(2);
        }
    };
    match outcome {
        Ok(code) => code,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

/// One line per problem on the standard output; fails when there is any.
fn check_all(root: &Path, ids: &[&str]) -> Result<ExitCode, std::io::Error> {
    let mut folders: Vec<PathBuf> = fs::read_dir(root)?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.is_dir())
        .filter(|path| ids.is_empty() || ids.contains(&id_of(path).as_str()))
        .collect();
    folders.sort();
    let mut problems = 0;
    for folder in &folders {
        let id = id_of(folder);
        for problem in check_folder(folder, &id) {
            println!("{id}: {problem}");
            problems += 1;
        }
    }
    for id in ids
        .iter()
        .filter(|id| !folders.iter().any(|path| id_of(path) == **id))
    {
        println!("{id}: there is no such folder");
        problems += 1;
    }
    eprintln!("{} connectors, {problems} problems", folders.len());
    Ok(match problems {
        0 => ExitCode::SUCCESS,
        _ => ExitCode::FAILURE,
    })
}

fn check_folder(folder: &Path, id: &str) -> Vec<String> {
    let mut found = Vec::new();
    match fs::read_to_string(folder.join("connector.toml")) {
        Ok(text) => match parse(&text) {
            Ok(connector) => found.extend(check(id, &connector).iter().map(ToString::to_string)),
            Err(error) => found.push(error.to_string()),
        },
        Err(error) => found.push(format!("connector.toml: {error}")),
    }
    match fs::read_to_string(folder.join("icon.svg")) {
        Ok(svg) => found.extend(check_icon(&svg).iter().map(ToString::to_string)),
        Err(error) => found.push(format!("icon.svg: {error}")),
    }
    found
}

fn id_of(folder: &Path) -> String {
    folder
        .file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default()
}

fn write_schema(root: &Path) -> Result<ExitCode, std::io::Error> {
    fs::write(root.join(SCHEMA), json_schema())?;
    Ok(ExitCode::SUCCESS)
}
