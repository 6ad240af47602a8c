//! `cargo xtask bench`: what Patchbay costs, measured in a release build beside an empty window of the same toolkit.

use std::path::Path;

use crate::build;
use crate::step::{self, Outcome};
use crate::system_packages::{self, Purpose};

/// Measures everything, or the part that is asked for, and prints tables in Markdown.
pub fn run(root: &Path, part: Option<&str>) -> Outcome {
    build::prepare(root, Purpose::Test)?;
    // All in one selection of packages, so that their dependencies are compiled once.
    step::compile(
        "compile as a user's build is compiled",
        build::cargo(root).args([
            "build",
            "--release",
            "--workspace",
            "--bin",
            "patchbay-desktop",
            "--example",
            "empty-window",
        ]),
    )?;
    step::compile(
        "compile the measurements",
        build::cargo(root).args(["bench", "--workspace", "--bench", "measure", "--no-run"]),
    )?;
    let built = build::target_folder(root).join("release");
    let mut measure = build::cargo(root);
    measure
        .args([
            "bench",
            "--quiet",
            "--workspace",
            "--bench",
            "measure",
            "--",
        ])
        .args(part)
        .env("PATCHBAY_BENCH_APPLICATION", built.join("patchbay-desktop"))
        .env(
            "PATCHBAY_BENCH_EMPTY_WINDOW",
            built.join("examples/empty-window"),
        );
    if !system_packages::has_journeys() {
        step::say("  the window: measured only on Linux so far");
    }
    step::stream("measure", &mut measure)
}
