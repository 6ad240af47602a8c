//! What Patchbay costs, beside what a person would have without it. Started by `cargo xtask bench`, in a release build;
//! prints tables in Markdown, asserts nothing about time.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a measurement prints its table and ends at the first fault"
)]

mod table;
mod without_a_window;

#[cfg(target_os = "linux")]
mod painting;
#[cfg(target_os = "linux")]
mod processes;
#[cfg(target_os = "linux")]
mod sign_in;
#[cfg(target_os = "linux")]
mod signing_in;
#[cfg(target_os = "linux")]
mod stage;
#[cfg(target_os = "linux")]
mod start;

fn main() {
    // `cargo test` starts benches too, to see that they run: nothing is measured then.
    if !std::env::args().any(|argument| argument == "--bench") {
        return;
    }
    let _ = rustls::crypto::ring::default_provider().install_default();
    let wanted = std::env::args()
        .skip(1)
        .find(|argument| !argument.starts_with('-'));
    for (name, measure) in PARTS {
        if wanted.as_deref().is_none_or(|wanted| wanted == *name) {
            eprintln!("  {name} …");
            measure();
            println!();
        }
    }
}

/// What can be asked for alone.
#[cfg(target_os = "linux")]
const PARTS: &[(&str, fn())] = &[
    ("start", start::measure),
    ("painting", painting::measure),
    ("sign-in", signing_in::measure),
    ("core", without_a_window::measure),
];
/// The window's driver, screen and process tree are Linux ones.
#[cfg(not(target_os = "linux"))]
const PARTS: &[(&str, fn())] = &[("core", without_a_window::measure)];
