//! From the start of the process to the first rows on screen, and the memory of all processes a moment later: beside an
//! empty window of the same toolkit, in turn, so that both meet the same machine.

use std::fs;
use std::path::Path;
use std::thread;
use std::time::Duration;

use serde_json::Value;

use crate::processes;
use crate::stage::Stage;
use crate::table::median_and_slowest;

/// How often each window is opened; one round more comes first and isn't counted.
const ROUNDS: usize = 9;
/// How long a window is left alone before its memory is looked at.
const IDLE: Duration = Duration::from_secs(3);

/// A kind of window, and what was measured of it.
struct Subject {
    label: &'static str,
    /// `None`: the empty window.
    workspace: Option<&'static str>,
    painted: Vec<f64>,
    /// Of all processes.
    memory: Vec<f64>,
    /// Of the program alone, without WebKit's.
    own: Vec<f64>,
}

/// Measures and prints.
pub fn measure() {
    let stage = Stage::new();
    stage.make_workspace("10", 10, &[]);
    stage.make_workspace("1,000", 1_000, &[]);
    stage.make_workspace("10,000", 10_000, &[]);
    stage.make_workspace("own", 1_000, &[]);
    let own = add_connectors_of_ones_own(&stage, "own");
    let mut subjects = [
        ("an empty window", None),
        ("10 connections", Some("10")),
        ("1,000 connections", Some("1,000")),
        ("10,000 connections", Some("10,000")),
        ("1,000 connections, twice the catalogue", Some("own")),
    ]
    .map(|(label, workspace)| Subject {
        label,
        workspace,
        painted: Vec::new(),
        memory: Vec::new(),
        own: Vec::new(),
    });
    for round in 0..=ROUNDS {
        for subject in &mut subjects {
            let (painted, own, webkit) = open_once(&stage, subject.workspace);
            if round > 0 {
                subject.painted.push(painted);
                subject.memory.push(own + webkit);
                subject.own.push(own);
            }
        }
    }
    println!(
        "| first rows on screen, from the start of the process | median | slowest | to the empty window | budget |\n|---|---|---|---|---|"
    );
    print(&subjects, |subject| &subject.painted, "ms", "≤ 1.2 ×");
    println!();
    println!(
        "| memory: PSS of all processes | median | largest | to the empty window | budget |\n|---|---|---|---|---|"
    );
    print(&subjects, |subject| &subject.memory, "MiB", "≤ 1.1 ×");
    println!();
    println!(
        "| … of which the program, without WebKit's processes | median | largest | to the empty window | budget |\n|---|---|---|---|---|"
    );
    print(&subjects, |subject| &subject.own, "MiB", "–");
    println!();
    println!("| size of the program, stripped | |\n|---|---|");
    println!(
        "| Patchbay, with {own} connectors | {} |",
        size(&stage.application)
    );
    println!("| the empty window | {} |", size(&stage.empty_window));
}

fn print(subjects: &[Subject], values: impl Fn(&Subject) -> &Vec<f64>, unit: &str, budget: &str) {
    let (empty, _) = median_and_slowest(values(&subjects[0]).clone());
    for subject in subjects {
        let (median, most) = median_and_slowest(values(subject).clone());
        let (ratio, budget) = match subject.workspace {
            Some(_) => (format!("{:.2} ×", median / empty), budget),
            None => ("–".to_owned(), "–"),
        };
        println!(
            "| {} | {median:.0} {unit} | {most:.0} {unit} | {ratio} | {budget} |",
            subject.label
        );
    }
}

/// Opens a window, leaves it alone, and gives milliseconds from its start to its first rows and the memory, in MiB, of
/// the program and of WebKit's processes.
fn open_once(stage: &Stage, workspace: Option<&str>) -> (f64, f64, f64) {
    let program = match workspace {
        Some(name) => {
            stage.enter(name);
            &stage.application
        }
        None => &stage.empty_window,
    };
    let window = stage.open(program);
    // The page is asked last: a question costs it memory and time.
    let (painted, own, webkit) = loop {
        thread::sleep(IDLE);
        let (own, webkit) = processes::memory(processes::of(&stage.session, program)[0]);
        let painted = window.script(
            "const [mark] = performance.getEntriesByName('painted');
            return mark ? performance.timeOrigin + mark.startTime : null;",
            &[],
        );
        if let Value::Number(painted) = painted {
            break (painted.as_f64().unwrap(), own, webkit);
        }
    };
    if let Some(name) = workspace {
        let rows = window.script(
            "return document.querySelectorAll('[data-index]').length",
            &[],
        );
        let rows = rows.as_u64().unwrap_or(0);
        assert!(rows >= 10, "{rows} rows on the screen of {name}");
    }
    let painted = painted - stage.started();
    stage.close(window);
    (painted, own, webkit)
}

/// Puts a copy of each shipped connector into a workspace as one of the person's own. Gives their number.
fn add_connectors_of_ones_own(stage: &Stage, workspace: &str) -> usize {
    stage.enter(workspace);
    let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("../connectors");
    let own = stage.session.data_folder().join("connectors");
    let mut count = 0;
    for entry in fs::read_dir(shipped).unwrap().flatten() {
        let definition = entry.path().join("connector.toml");
        if !definition.exists() {
            continue;
        }
        let folder = own.join(format!("own-{}", entry.file_name().to_string_lossy()));
        fs::create_dir_all(&folder).unwrap();
        fs::copy(&definition, folder.join("connector.toml")).unwrap();
        count += 1;
    }
    count
}

fn size(program: &Path) -> String {
    let bytes = fs::metadata(program).unwrap().len();
    format!("{:.1} MiB", bytes as f64 / 1024.0 / 1024.0)
}
