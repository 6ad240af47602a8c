//! Runs journeys and says how each ended.

use std::any::Any;
use std::io::{self, Write};
use std::panic::{self, AssertUnwindSafe};
use std::process::ExitCode;
use std::time::Instant;

use patchbay_tests::webdriver::NO_WINDOW;

/// A journey: the sentence that holds, and what shows it.
pub type Journey = (&'static str, fn());

/// Names each function as its own sentence.
macro_rules! journeys {
    ($($name:ident),* $(,)?) => {
        pub const JOURNEYS: &[$crate::journey::Journey] = &[$((stringify!($name), $name)),*];
    };
}
pub(crate) use journeys;

/// Runs the journeys that the arguments select; all of them without one.
pub fn run(groups: &[&[Journey]]) -> ExitCode {
    if std::env::var_os("PATCHBAY_E2E_APPLICATION").is_none() {
        say("journeys in the real window run with `cargo xtask test e2e`");
        return ExitCode::SUCCESS;
    }
    // Core's client comes without a TLS provider of its own.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let wanted = std::env::args()
        .skip(1)
        .find(|argument| !argument.starts_with('-'));
    let chosen: Vec<&Journey> = groups
        .iter()
        .flat_map(|group| group.iter())
        .filter(|(name, _)| {
            wanted
                .as_ref()
                .is_none_or(|wanted| name.contains(wanted.as_str()))
        })
        .collect();
    // Where and why; what a wait saw on the page is in its message, and a backtrace would only hide it.
    panic::set_hook(Box::new(|panicked| {
        let place = panicked
            .location()
            .map(ToString::to_string)
            .unwrap_or_default();
        say(&format!(
            "    {place}: {}",
            panicked.payload_as_str().unwrap_or("a panic without words")
        ));
    }));
    let mut failed = Vec::new();
    for (name, journey) in &chosen {
        let started = Instant::now();
        let mut outcome = panic::catch_unwind(AssertUnwindSafe(journey));
        if outcome
            .as_ref()
            .is_err_and(|said| no_window_came(said.as_ref()))
        {
            say(&format!(
                "    {name}: the driver opened no window; once more"
            ));
            outcome = panic::catch_unwind(AssertUnwindSafe(journey));
        }
        let held = outcome.is_ok();
        let sign = if held { '✓' } else { '✗' };
        say(&format!(
            "    {sign} {name}  {:.1} s",
            started.elapsed().as_secs_f64()
        ));
        if !held {
            failed.push(*name);
        }
    }
    say(&format!(
        "    {} journeys, {} failed {}",
        chosen.len(),
        failed.len(),
        failed.join(" ")
    ));
    if failed.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// WebKit's driver sometimes never answers the request for a new window. That says nothing about the application, so
/// the journey is begun anew, once.
fn no_window_came(said: &(dyn Any + Send)) -> bool {
    said.downcast_ref::<String>()
        .is_some_and(|said| said.starts_with(NO_WINDOW))
}

pub fn say(line: &str) {
    let mut out = io::stdout().lock();
    let _ = writeln!(out, "{line}");
    let _ = out.flush();
}
