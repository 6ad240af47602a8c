//! Runs the programs a command is made of, one line per step with its duration.
//!
//! What a step prints is kept back and shown whole when it fails, so that a good run is a short list and a bad one
//! says everything. No step reads from standard input: a run without a terminal never waits for an answer.

use std::io::{self, IsTerminal, Write};
use std::process::{Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

/// Why a command ended early; what there is to say was already printed.
#[derive(Debug)]
pub struct Failed;

/// The outcome of a step or of a whole command.
pub type Outcome = Result<(), Failed>;

/// Writes one line to the person at the terminal.
pub fn say(line: &str) {
    let mut out = io::stdout().lock();
    // Nobody is left to tell when the terminal is gone.
    let _ = writeln!(out, "{line}");
    let _ = out.flush();
}

/// Says why the command can't go on.
pub fn fail(reason: &str) -> Failed {
    say(&format!("✗ {reason}"));
    Failed
}

/// Runs a program quietly; its output is shown only when it fails.
pub fn run(label: &str, command: &mut Command) -> Outcome {
    quiet(label, command).map(drop)
}

/// Like [`run`], and returns what the program wrote to both outputs, for a summary.
pub fn quiet(label: &str, command: &mut Command) -> Result<String, Failed> {
    let started = Instant::now();
    begin(label);
    let output = match command.stdin(Stdio::null()).output() {
        Ok(output) => output,
        Err(error) => {
            return Err(fail(&format!(
                "{label}: can't start {}: {error}",
                shown(command)
            )));
        }
    };
    let text = format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    if output.status.success() {
        say(&format!("✓ {label}  {}", seconds(started.elapsed())));
        return Ok(text);
    }
    say(text.trim_end());
    Err(fail(&format!(
        "{label}  {}  ({}; {})",
        seconds(started.elapsed()),
        ended(output.status),
        shown(command)
    )))
}

/// Runs a program whose output is shown as it comes: the application, journeys, long compilations at a terminal.
pub fn stream(label: &str, command: &mut Command) -> Outcome {
    let started = Instant::now();
    begin(label);
    match command.stdin(Stdio::null()).status() {
        Ok(status) if status.success() => {
            say(&format!("✓ {label}  {}", seconds(started.elapsed())));
            Ok(())
        }
        Ok(status) => Err(fail(&format!(
            "{label}  {}  ({}; {})",
            seconds(started.elapsed()),
            ended(status),
            shown(command)
        ))),
        Err(error) => Err(fail(&format!(
            "{label}: can't start {}: {error}",
            shown(command)
        ))),
    }
}

/// Compiles: with its progress at a terminal, quietly elsewhere.
pub fn compile(label: &str, command: &mut Command) -> Outcome {
    if io::stderr().is_terminal() {
        stream(label, command)
    } else {
        run(label, command)
    }
}

/// What a program prints when asked, or nothing if it isn't there or fails.
pub fn answer(program: &str, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output()
        .ok()?;
    output
        .status
        .success()
        .then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// A duration as a person reads it.
pub fn seconds(duration: Duration) -> String {
    let all = duration.as_secs();
    if all >= 60 {
        format!("{} min {:02} s", all / 60, all % 60)
    } else {
        format!("{:.1} s", duration.as_secs_f64())
    }
}

fn begin(label: &str) {
    say(&format!("  {label} …"));
}

fn ended(status: ExitStatus) -> String {
    match status.code() {
        Some(code) => format!("exit code {code}"),
        None => "ended by a signal".to_owned(),
    }
}

fn shown(command: &Command) -> String {
    let mut words = vec![command.get_program().to_string_lossy().into_owned()];
    words.extend(
        command
            .get_args()
            .map(|word| word.to_string_lossy().into_owned()),
    );
    words.join(" ")
}
