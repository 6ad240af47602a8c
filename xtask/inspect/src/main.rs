//! The commands of `cargo xtask` that need core: what its readers see in files,
//! and what its rules say of the connector definitions.
//!
//! Apart from `xtask` because that one must start before anything else is compiled.

mod connectors;
mod flows;

use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.split_first() {
        Some((command, rest)) if command == "flows" => flows::run(rest),
        Some((command, rest)) if command == "connectors" => connectors::run(rest),
        _ => ExitCode::from(2),
    }
}
