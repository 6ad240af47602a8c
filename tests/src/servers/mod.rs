//! Real servers on loopback: they pick a free port, are waited for, and end with their owner.

pub mod authorization_server;
pub mod aws;
pub mod canaille;

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The top of the repository.
pub fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("the tests are a folder of the repository")
        .to_owned()
}

/// A port that was free a moment ago, for servers that can't choose one themselves.
fn free_port() -> u16 {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("loopback has free ports");
    listener
        .local_addr()
        .expect("a bound listener has an address")
        .port()
}

/// A program with nothing of this environment but where to find programs.
fn bare(program: impl AsRef<std::ffi::OsStr>) -> Command {
    let mut command = Command::new(program);
    command
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("LANG", "C.UTF-8");
    command
}

/// A program of the Python environment that `cargo xtask test` makes.
fn python(program: &str) -> Command {
    let path = repository().join("target/venv/bin").join(program);
    assert!(
        path.exists(),
        "{} is missing: run `cargo xtask test` once",
        path.display()
    );
    bare(path)
}
