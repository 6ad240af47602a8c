//! `cargo xtask flows PATH… [--json]`: prints what the readers see in files and folders.
//!
//! The console shows the same; here anyone can hold it against files that nobody here wrote.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use patchbay_core::flow::read::{self, Problem, ReadFlow, walk};
use serde_json::{Value, json};

/// One flow and where it was found.
struct Found {
    source: String,
    format: &'static str,
    folder: String,
    flow: ReadFlow,
}

/// Reads the paths and prints; fails only when no path is given or the output can't be written.
pub fn run(arguments: &[String]) -> ExitCode {
    let as_json = arguments.iter().any(|argument| argument == "--json");
    let paths: Vec<PathBuf> = arguments
        .iter()
        .filter(|argument| *argument != "--json")
        .map(PathBuf::from)
        .collect();
    if paths.is_empty() {
        let _ = writeln!(io::stderr(), "usage: cargo xtask flows PATH… [--json]");
        return ExitCode::from(2);
    }
    let mut found = Vec::new();
    let mut problems = Vec::new();
    for path in &paths {
        read_all(path, &mut found, &mut problems);
    }
    let mut out = io::BufWriter::new(io::stdout().lock());
    let written = if as_json {
        write_json(&mut out, &found, &problems)
    } else {
        write_table(&mut out, &found, &problems)
    };
    match written.and_then(|()| out.flush()) {
        Ok(()) => ExitCode::SUCCESS,
        // The reader of a pipe may leave early.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}

fn read_all(root: &Path, found: &mut Vec<Found>, problems: &mut Vec<Problem>) {
    let (files, unreachable) = walk::files(root);
    problems.extend(unreachable);
    for file in files {
        let read = read::read_path(&file);
        problems.extend(read.problems);
        let Some(format) = read.format else { continue };
        let source = file.to_string_lossy().into_owned();
        found.extend(read.flows.into_iter().map(|flow| Found {
            source: source.clone(),
            format: format.as_str(),
            folder: read::folder_of(&flow, root, &file),
            flow,
        }));
    }
}

fn write_json(out: &mut impl Write, found: &[Found], problems: &[Problem]) -> io::Result<()> {
    let flows: Vec<Value> = found.iter().map(flow_json).collect();
    let all = json!({ "flows": flows, "problems": problems });
    serde_json::to_writer_pretty(&mut *out, &all)?;
    writeln!(out)
}

fn flow_json(found: &Found) -> Value {
    let cards: Vec<Value> = found
        .flow
        .cards
        .iter()
        .map(|card| {
            json!({
                "title": card.title,
                "connector": card.connector,
                "connection": card.connection,
                "nested": card.nested,
                "id": card.id,
            })
        })
        .collect();
    let calls: Vec<&str> = found
        .flow
        .calls
        .iter()
        .filter_map(|call| call.name.as_deref().or(call.file_id.as_deref()))
        .collect();
    json!({
        "name": found.flow.name,
        "folder": found.folder,
        "source": found.source,
        "format": found.format,
        "cards": cards,
        "calls": calls,
    })
}

fn write_table(out: &mut impl Write, found: &[Found], problems: &[Problem]) -> io::Result<()> {
    let mut source = "";
    for item in found {
        if item.source != source {
            source = &item.source;
            writeln!(out, "{source} ({})", item.format)?;
        }
        let folder = if item.folder.is_empty() {
            String::new()
        } else {
            format!("{} / ", item.folder)
        };
        let schedule = item
            .flow
            .schedule
            .as_ref()
            .map(|schedule| format!("  [{schedule}]"));
        writeln!(
            out,
            "  {folder}{}{}",
            item.flow.name,
            schedule.unwrap_or_default()
        )?;
        for card in &item.flow.cards {
            let connection = card.connection.as_deref().unwrap_or("no connection");
            let nested = card.nested.as_ref().map(|nested| format!(" · {nested}"));
            writeln!(
                out,
                "    {:<24} {:<36} {connection}{}",
                card.connector,
                card.title,
                nested.unwrap_or_default()
            )?;
        }
        for call in &item.flow.calls {
            let called = call
                .name
                .as_deref()
                .or(call.file_id.as_deref())
                .unwrap_or("unknown");
            writeln!(out, "    calls {called} ({})", call.card)?;
        }
    }
    for problem in problems {
        writeln!(out, "! {problem}")?;
    }
    let cards: usize = found.iter().map(|item| item.flow.cards.len()).sum();
    writeln!(
        out,
        "{} flows, {cards} cards, {} problems",
        found.len(),
        problems.len()
    )
}
