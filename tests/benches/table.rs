//! Rows of the tables: medians, because a machine that does something else for a moment must not move them.

use std::time::Instant;

/// The middle value, and the largest.
pub fn median_and_slowest(mut values: Vec<f64>) -> (f64, f64) {
    values.sort_by(f64::total_cmp);
    (values[values.len() / 2], values[values.len() - 1])
}

/// Prints a row of times in milliseconds.
pub fn row(what: &str, times: Vec<f64>, budget: &str) {
    let (median, slowest) = median_and_slowest(times);
    println!("| {what} | {median:.2} ms | {slowest:.2} ms | {budget} |");
}

/// How long ago that was.
pub fn milliseconds(since: Instant) -> f64 {
    since.elapsed().as_secs_f64() * 1000.0
}
