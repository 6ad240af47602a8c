//! The commands around the build: `cargo xtask flows`.

mod flows;

use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.split_first() {
        Some((command, rest)) if command == "flows" => flows::run(rest),
        _ => ExitCode::from(2),
    }
}
