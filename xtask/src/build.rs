//! What running and testing have in common: the machine, the console and the workspace, made ready.
//!
//! Every cargo command selects the whole workspace: another selection would unify features differently and compile
//! hundreds of crates again.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::step::Outcome;
use crate::system_packages::{self, Purpose};
use crate::{console, python};

/// The top of the repository.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("xtask is a folder of the repository")
        .to_owned()
}

/// Installs and fetches what `purpose` needs and builds the console: all that must be there before cargo compiles.
pub fn prepare(root: &Path, purpose: Purpose) -> Outcome {
    system_packages::ensure(purpose)?;
    console::ensure_node()?;
    console::fetch_packages(&root.join("ui"), "fetch the console's packages")?;
    if purpose == Purpose::Test && system_packages::has_journeys() {
        console::fetch_packages(
            &root.join("tests"),
            "fetch the servers and the browser driver of the tests",
        )?;
        python::ensure(root)?;
    }
    console::build(root)
}

/// `cargo`, to be run at the top of the repository.
pub fn cargo(root: &Path) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(root);
    command
}

/// The application that was built last.
pub fn application(root: &Path) -> PathBuf {
    target_folder(root).join(format!(
        "debug/patchbay-desktop{}",
        std::env::consts::EXE_SUFFIX
    ))
}

/// Where cargo puts what it builds.
pub fn target_folder(root: &Path) -> PathBuf {
    match std::env::var_os("CARGO_TARGET_DIR") {
        Some(folder) => root.join(folder),
        None => root.join("target"),
    }
}
