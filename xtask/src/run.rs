//! `cargo xtask run`: from a fresh clone to the window.

use std::path::Path;
use std::process::Command;

use crate::build;
use crate::step::{self, Outcome};
use crate::system_packages::Purpose;

/// Makes everything ready, starts the application and stays until it ends.
pub fn run(root: &Path) -> Outcome {
    build::prepare(root, Purpose::Run)?;
    step::compile("compile", build::cargo(root).args(["build", "--workspace"]))?;
    step::stream("Patchbay", &mut Command::new(build::application(root)))
}
