//! Icons: small, scalable, and nothing but a picture.

use super::{Problem, problem};

const LIMIT: usize = 8 * 1024;

/// What may not stand in a picture: it would run, load or refer to something elsewhere.
const FORBIDDEN: [&str; 11] = [
    "<script",
    "<foreignobject",
    "<image",
    "<style",
    "<animate",
    "<set",
    "<!doctype",
    "<!entity",
    "javascript:",
    "@import",
    "<a ",
];

pub fn check(svg: &str) -> Vec<Problem> {
    let mut found = Vec::new();
    let mut complain = |message: String| found.push(problem("icon", message));
    let lower = svg.to_ascii_lowercase();
    if svg.len() >= LIMIT {
        complain(format!("the icon has {} bytes; less than 8 kB", svg.len()));
    }
    if !lower.trim_start().starts_with("<svg") || !lower.trim_end().ends_with("</svg>") {
        complain("the icon isn't an SVG".to_owned());
    }
    if !svg.contains("viewBox=") {
        complain("the icon has no viewBox, so it doesn't scale".to_owned());
    }
    for word in FORBIDDEN.iter().filter(|word| lower.contains(**word)) {
        complain(format!("the icon holds {word}"));
    }
    for attribute in attributes(&lower) {
        let (name, value) = attribute;
        let inside = value.starts_with('#');
        if name.ends_with("href") && !inside {
            complain(format!("the icon refers to {value}"));
        }
        if name.starts_with("on") {
            complain(format!("the icon has a handler: {name}"));
        }
        if value.contains("url(") && !value.contains("url(#") {
            complain(format!("the icon loads {value}"));
        }
    }
    found
}

/// Name and value of every `name="value"`.
fn attributes(svg: &str) -> impl Iterator<Item = (&str, &str)> {
    svg.split(['<', '>']).flat_map(|tag| {
        let mut pieces = tag.split('"');
        std::iter::from_fn(move || {
            let name = pieces.next()?.trim().trim_end_matches('=');
            let value = pieces.next()?;
            Some((name.rsplit(' ').next().unwrap_or(name), value))
        })
    })
}
