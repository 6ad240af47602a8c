//! The commands around the build: `cargo xtask run`, `cargo xtask test`, `cargo xtask flows`.

mod build;
mod console;
mod python;
mod run;
mod step;
mod system_packages;
mod test;

use std::path::Path;
use std::process::{Command, ExitCode};

use step::Outcome;

const USAGE: &str = "\
usage: cargo xtask COMMAND

  run                   install what is missing, build, start Patchbay
  test [PART] [NAME]    install what is missing, build, run every test
                        PART: lints, unit, it (integration), ui (the console), e2e (journeys in the real window)
                        NAME: only tests whose name contains it
  bench                 measure core in a release build: lists, flows, the catalogue (needs Python 3)
  flows PATH… [--json]  print what the flow readers see in files and folders
  connectors check [ID…]
                        print every rule that a definition in connectors/ breaks
  connectors schema     write the JSON schema of connector.toml";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let root = build::root();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let outcome = match words.as_slice() {
        ["run"] => run::run(&root),
        ["test", ..] => test::run(&root, &arguments[1..]),
        ["bench"] => return bench(&root),
        ["flows" | "connectors", ..] => return inspect(&root, &arguments),
        _ => {
            step::say(USAGE);
            return ExitCode::from(2);
        }
    };
    exit_code(&outcome)
}

/// Compiles the measurements as a user's build is compiled, and runs them.
fn bench(root: &Path) -> ExitCode {
    let mut measure = build::cargo(root);
    measure.args([
        "bench",
        "--quiet",
        "--package",
        "patchbay-tests",
        "--bench",
        "core",
    ]);
    match measure.status() {
        Ok(status) if status.success() => ExitCode::SUCCESS,
        Ok(_) | Err(_) => ExitCode::FAILURE,
    }
}

/// Hands the command to `patchbay-inspect`, which links core; paths are as seen from where the person is.
fn inspect(root: &Path, arguments: &[String]) -> ExitCode {
    let mut compile = build::cargo(root);
    compile.args([
        "build",
        "--quiet",
        "--workspace",
        "--bin",
        "patchbay-inspect",
    ]);
    if !compile.status().is_ok_and(|status| status.success()) {
        return ExitCode::FAILURE;
    }
    let program = build::target_folder(root).join(format!(
        "debug/patchbay-inspect{}",
        std::env::consts::EXE_SUFFIX
    ));
    match Command::new(program).args(arguments).status() {
        Ok(status) => ExitCode::from(
            status
                .code()
                .and_then(|code| u8::try_from(code).ok())
                .unwrap_or(1),
        ),
        Err(error) => exit_code(&Err(step::fail(&format!(
            "can't start patchbay-inspect: {error}"
        )))),
    }
}

fn exit_code(outcome: &Outcome) -> ExitCode {
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(step::Failed) => ExitCode::FAILURE,
    }
}
