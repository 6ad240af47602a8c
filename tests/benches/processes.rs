//! Memory and ends of a window's processes: the program and everything it started.

use std::fs;
use std::path::Path;

use patchbay_tests::process;
use patchbay_tests::session::Session;

/// The session's processes that run this program.
pub fn of(session: &Session, program: &Path) -> Vec<u32> {
    let mut ids = session.processes();
    ids.retain(|id| fs::read_link(format!("/proc/{id}/exe")).is_ok_and(|exe| exe == program));
    ids
}

/// Proportional set size (shared pages count once, whoever shares them) of a process and of its descendants, in MiB.
pub fn memory(root: u32) -> (f64, f64) {
    let mut family = vec![root];
    let mut at = 0;
    while let Some(parent) = family.get(at).copied() {
        family.extend(process::all().filter(|id| parent_of(*id) == Some(parent)));
        at += 1;
    }
    let (own, others) = family.split_first().unwrap();
    (pss(*own), others.iter().map(|id| pss(*id)).sum())
}

fn pss(id: u32) -> f64 {
    let rollup = fs::read_to_string(format!("/proc/{id}/smaps_rollup")).unwrap_or_default();
    let kilobytes = rollup
        .lines()
        .find_map(|line| line.strip_prefix("Pss:"))
        .and_then(|rest| rest.split_whitespace().next()?.parse().ok());
    kilobytes.unwrap_or(0.0) / 1024.0
}

/// From `/proc/ID/stat`: the name in parentheses may hold anything, what follows it is numbers.
fn parent_of(id: u32) -> Option<u32> {
    let stat = fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
    let (_, rest) = stat.rsplit_once(')')?;
    rest.split_whitespace().nth(1)?.parse().ok()
}
