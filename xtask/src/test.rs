//! `cargo xtask test`: everything that must hold before a change lands.
//!
//! The order is that of the time a failure costs: format, lints and the console's checks say no before the journeys
//! start. `unit`, `it`, `ui`, `conformance` and `e2e` select a part; any other word selects tests by name.

use std::collections::hash_map::DefaultHasher;
use std::fs;
use std::hash::{Hash, Hasher};
use std::path::Path;
use std::time::Instant;

use crate::step::{self, Failed, Outcome};
use crate::system_packages::{self, Purpose};
use crate::{build, conformance, console};

/// Files that tests write from the Rust types, and that are committed.
const GENERATED: &[&str] = &["ui/src/lib/bindings", "docs/connector.schema.json"];

/// The parts that can be asked for alone.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Lints,
    Unit,
    Integration,
    Console,
    Conformance,
    Journeys,
}

/// Runs every test, or the part or the names that `arguments` select.
pub fn run(root: &Path, arguments: &[String]) -> Outcome {
    let started = Instant::now();
    let (parts, filter) = selection(arguments);
    build::prepare(root, Purpose::Test)?;
    for part in parts {
        match part {
            Part::Lints => lints(root)?,
            Part::Unit => cargo_test(root, "unit tests", &["--lib", "--bins"], filter)?,
            Part::Integration => cargo_test(root, "integration tests", &["--test", "it"], filter)?,
            Part::Console => console_tests(root)?,
            Part::Conformance => conformance::run(root)?,
            Part::Journeys => journeys(root, filter)?,
        }
    }
    step::say(&format!(
        "✓ everything asked for holds  {}",
        step::seconds(started.elapsed())
    ));
    Ok(())
}

fn selection(arguments: &[String]) -> (Vec<Part>, Option<&str>) {
    let (part, rest) = match arguments.split_first() {
        None => {
            let all = vec![
                Part::Lints,
                Part::Console,
                Part::Unit,
                Part::Integration,
                Part::Conformance,
                Part::Journeys,
            ];
            return (all, None);
        }
        Some((first, rest)) => match first.as_str() {
            "lints" => (Some(Part::Lints), rest),
            "unit" => (Some(Part::Unit), rest),
            "it" => (Some(Part::Integration), rest),
            "ui" => (Some(Part::Console), rest),
            "conformance" => (Some(Part::Conformance), rest),
            "e2e" => (Some(Part::Journeys), rest),
            _ => (None, arguments),
        },
    };
    let parts = match part {
        Some(part) => vec![part],
        None => vec![Part::Unit, Part::Integration, Part::Journeys],
    };
    (parts, rest.first().map(String::as_str))
}

fn lints(root: &Path) -> Outcome {
    step::run(
        "format",
        build::cargo(root).args(["fmt", "--all", "--check"]),
    )?;
    step::compile(
        "lints",
        build::cargo(root).args([
            "clippy",
            "--workspace",
            "--all-targets",
            "--",
            "--deny",
            "warnings",
        ]),
    )
}

fn console_tests(root: &Path) -> Outcome {
    let ui = root.join("ui");
    step::run(
        "console: types and accessibility hints",
        console::npm(&ui).args(["run", "check"]),
    )?;
    step::run("console: tests", console::npm(&ui).args(["run", "test"]))
}

fn cargo_test(root: &Path, label: &str, targets: &[&str], filter: Option<&str>) -> Outcome {
    step::compile(
        &format!("compile the {label}"),
        build::cargo(root)
            .args(["test", "--workspace", "--no-run"])
            .args(targets),
    )?;
    let before = generated(root)?;
    let mut command = build::cargo(root);
    command
        .args(["test", "--workspace", "--no-fail-fast"])
        .args(targets);
    command.args(filter);
    let text = step::quiet(label, &mut command)?;
    step::say(&format!("    {} passed", passed(&text)));
    if filter.is_none() && generated(root)? != before {
        return Err(step::fail(&format!(
            "generated files were not up to date; the tests have written them again, commit them: {}",
            GENERATED.join(" ")
        )));
    }
    Ok(())
}

fn journeys(root: &Path, filter: Option<&str>) -> Outcome {
    if !system_packages::has_journeys() {
        step::say(
            "  journeys in the real window: only on Linux so far (their keychain, browser and screen are Linux ones)",
        );
        return Ok(());
    }
    step::compile(
        "compile the application",
        build::cargo(root).args(["build", "--workspace", "--all-targets"]),
    )?;
    step::compile(
        "compile the journeys",
        build::cargo(root).args(["test", "--workspace", "--no-run", "--test", "e2e"]),
    )?;
    let mut command = build::cargo(root);
    command
        .args(["test", "--quiet", "--workspace", "--test", "e2e", "--"])
        .args(filter);
    command
        .env("PATCHBAY_E2E_APPLICATION", build::application(root))
        .env("PATCHBAY_E2E_TARGET", build::target_folder(root));
    step::stream("journeys in the real window", &mut command)
}

/// How many tests passed, from cargo's `test result: ok. 12 passed; …` lines.
fn passed(text: &str) -> usize {
    text.lines()
        .filter_map(|line| {
            line.strip_prefix("test result: ok. ")?
                .split(' ')
                .next()?
                .parse::<usize>()
                .ok()
        })
        .sum()
}

/// A fingerprint of the generated files.
fn generated(root: &Path) -> Result<u64, Failed> {
    let mut hasher = DefaultHasher::new();
    let mut paths: Vec<_> = GENERATED.iter().map(|path| root.join(path)).collect();
    while let Some(path) = paths.pop() {
        if path.is_dir() {
            let mut inside: Vec<_> = fs::read_dir(&path)
                .map_err(|error| step::fail(&format!("can't list {}: {error}", path.display())))?
                .flatten()
                .map(|entry| entry.path())
                .collect();
            inside.sort();
            paths.extend(inside);
        } else {
            path.hash(&mut hasher);
            fs::read(&path).unwrap_or_default().hash(&mut hasher);
        }
    }
    Ok(hasher.finish())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_of_several_test_programs_add_up() {
        let text = "running 2 tests\ntest result: ok. 2 passed; 0 failed\n\ntest result: ok. 40 passed; 0 failed\n";
        assert_eq!(passed(text), 42);
    }

    #[test]
    fn a_word_that_names_no_part_selects_tests_by_name() {
        let words = ["denied_consent".to_owned()];
        let (parts, filter) = selection(&words);
        assert!(!parts.contains(&Part::Lints) && parts.contains(&Part::Journeys));
        assert_eq!(filter, Some("denied_consent"));
        let words = ["e2e".to_owned(), "keychain".to_owned()];
        let (parts, filter) = selection(&words);
        assert!(parts == [Part::Journeys]);
        assert_eq!(filter, Some("keychain"));
    }
}
