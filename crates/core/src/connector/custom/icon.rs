//! Icons from elsewhere: an SVG is taken only when every element and attribute of it is one that draws.
//!
//! Nothing is repaired or left out: a picture that holds a script, a handler, a style, an entity or a reference to
//! anything outside itself is refused whole.

use crate::connector::validation::check_icon;
use crate::error::{Code, Error, Result};

const ELEMENTS: &[&str] = &[
    "svg",
    "g",
    "path",
    "circle",
    "ellipse",
    "rect",
    "line",
    "polyline",
    "polygon",
    "defs",
    "lineargradient",
    "radialgradient",
    "stop",
    "clippath",
    "mask",
    "title",
    "desc",
    "use",
];

/// The picture, if it is nothing but one.
///
/// # Errors
/// `InvalidDefinition` on the field `icon`, saying what it holds.
pub fn sanitised(svg: &str) -> Result<&str> {
    let svg = svg.trim().trim_start_matches('\u{feff}');
    let svg = match svg.strip_prefix("<?xml") {
        Some(rest) => rest
            .split_once("?>")
            .map_or(svg, |(_, rest)| rest.trim_start()),
        None => svg,
    };
    if let Some(problem) = check_icon(svg).into_iter().next() {
        return refused(&problem.message);
    }
    match elements(svg) {
        Ok(()) => Ok(svg),
        Err(what) => refused(&format!("the icon holds {what}")),
    }
}

fn refused(why: &str) -> Result<&'static str> {
    Err(Error::new(
        Code::InvalidDefinition,
        format!("The icon isn't taken: {why}"),
    )
    .with_field("icon")
    .with_hint("Save the icon as a plain SVG, with paths only"))
}

fn elements(svg: &str) -> std::result::Result<(), String> {
    let mut rest = svg;
    while let Some(open) = rest.find('<') {
        if rest[..open].contains('&') {
            return Err("an entity".into());
        }
        let tag = &rest[open + 1..];
        let end = tag.find('>').ok_or("a tag without an end")?;
        element(&tag[..end])?;
        rest = &tag[end + 1..];
    }
    if rest.contains(['&', '>']) {
        return Err("text after its end".into());
    }
    Ok(())
}

fn element(tag: &str) -> std::result::Result<(), String> {
    let name: String = tag
        .trim_start_matches('/')
        .chars()
        .take_while(char::is_ascii_alphanumeric)
        .collect();
    if !ELEMENTS.contains(&name.to_ascii_lowercase().as_str()) {
        return Err(format!(
            "something other than shapes: <{}",
            name.chars().take(20).collect::<String>()
        ));
    }
    let mut rest = tag.trim_start_matches('/')[name.len()..].trim_start();
    while !rest.is_empty() && rest != "/" {
        let Some((attribute, after)) = rest.split_once('=') else {
            return Err("an attribute without a value".into());
        };
        let attribute = attribute.trim();
        let after = after.trim_start();
        let quote = after
            .chars()
            .next()
            .filter(|c| matches!(c, '"' | '\''))
            .ok_or("a value without quotes")?;
        let (value, behind) = after[1..]
            .split_once(quote)
            .ok_or("a value without an end")?;
        attribute_is_plain(attribute, value)?;
        rest = behind.trim_start();
    }
    Ok(())
}

fn attribute_is_plain(name: &str, value: &str) -> std::result::Result<(), String> {
    let name = name.to_ascii_lowercase();
    let sound = !name.is_empty()
        && name
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | ':' | '_'));
    if !sound || name.starts_with("on") || name == "style" || name == "xml:base" {
        return Err(format!(
            "the attribute {}",
            name.chars().take(20).collect::<String>()
        ));
    }
    let lower = value.to_ascii_lowercase();
    let reference = name == "href" || name.ends_with(":href");
    let elsewhere = (reference && !value.starts_with('#'))
        || (lower.contains("url(") && !lower.replace(' ', "").contains("url(#"))
        || value.contains(['&', '\\'])
        || lower.contains("javascript:")
        || (value.contains("://") && !name.starts_with("xmlns"));
    if elsewhere {
        return Err(format!("a reference in {name}"));
    }
    Ok(())
}
