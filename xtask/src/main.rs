//! The commands around the build: `cargo xtask run`, `cargo xtask test`, `cargo xtask bench`, `cargo xtask flows`.

mod bench;
mod build;
mod conformance;
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
                        PART: lints, unit, it (integration), ui (the console),
                        conformance (MCP's public suite), e2e (journeys in the real window)
                        NAME: only tests whose name contains it
  bench [PART]          install what is missing, measure a release build, print tables
                        PART: start, painting, sign-in (in the real window), core
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
        ["bench"] => bench::run(&root, None),
        ["bench", part] => bench::run(&root, Some(part)),
        ["flows" | "connectors", ..] => return inspect(&root, &arguments),
        _ => {
            step::say(USAGE);
            return ExitCode::from(2);
        }
    };
    exit_code(&outcome)
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
