//! The Python environment of the tests: servers that are only published on PyPI.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::step::{self, Outcome};

/// Makes `target/venv` hold exactly what `tests/requirements.txt` pins.
pub fn ensure(root: &Path) -> Outcome {
    let venv = root.join("target/venv");
    let list = root.join("tests/requirements.txt");
    let wanted = fs::read(&list)
        .map_err(|error| step::fail(&format!("can't read {}: {error}", list.display())))?;
    let stamp = venv.join(".installed-for");
    if fs::read(&stamp).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    step::run(
        "make the Python environment of the tests",
        Command::new("python3")
            .args(["-m", "venv", "--clear"])
            .arg(&venv),
    )?;
    step::run(
        "fetch the Python servers of the tests",
        Command::new(venv.join("bin/python"))
            .args([
                "-m",
                "pip",
                "install",
                "--quiet",
                "--disable-pip-version-check",
                "--no-input",
                "--requirement",
            ])
            .arg(&list),
    )?;
    fs::write(&stamp, wanted)
        .map_err(|error| step::fail(&format!("can't write {}: {error}", stamp.display())))
}
