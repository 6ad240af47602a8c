//! A definition from an OpenAPI 3.0, 3.1 or 3.2 document, in JSON or YAML.
//!
//! Security schemes become methods with their fields and scopes, the server becomes the base address (its variables
//! become fields), and a GET without parameters that looks like "who am I" is proposed as the test request. Only
//! references inside the document are followed. What can't be taken over is a warning, never a guess.

mod document;
mod security;
mod servers;
mod who_am_i;

use document::Document;

use super::parts::{connector, free_id, link};
use super::{Draft, draft};
use crate::connector::validation::quirks_of_hosts;
use crate::connector::{Catalogue, Docs};
use crate::error::{Code, Error, Result};

/// Reads a document. `source` is the address or file name it came from: relative addresses in it are resolved against
/// an address, and it is linked as the documentation.
///
/// # Errors
/// `InvalidDefinition` for a text that is no OpenAPI 3 document; `Unsupported` when none of its security schemes can be
/// used.
pub fn from_openapi(catalogue: &Catalogue, text: &str, source: Option<&str>) -> Result<Draft> {
    let document = Document::parse(text, source)?;
    let title = document.text("/info/title").unwrap_or("My connector");
    let mut made = connector(title, docs(&document));
    let mut warnings = Vec::new();
    let base = servers::base(&document, &mut made, &mut warnings);
    security::methods(&document, base.as_deref(), &mut made, &mut warnings);
    if made.auth.is_empty() {
        return Err(match warnings.is_empty() {
            true => Error::new(
                Code::Unsupported,
                "The document doesn't say how to authenticate",
            )
            .with_hint("Add securitySchemes to the document, or make the connector by hand"),
            false => Error::new(
                Code::Unsupported,
                "The document offers no authentication that Patchbay knows",
            )
            .with_hint(warnings.join(". ")),
        });
    }
    who_am_i::propose(&document, base.as_deref(), &mut made, &mut warnings);
    made.quirks = quirks_of_hosts(&made);
    let id = free_id(catalogue, &made.name);
    Ok(draft(catalogue, id, made, warnings))
}

fn docs(document: &Document) -> Docs {
    let api = [
        "/externalDocs/url",
        "/info/contact/url",
        "/info/termsOfService",
    ]
    .into_iter()
    .find_map(|at| link(document.text(at)))
    .or_else(|| link(document.source.as_ref().map(url::Url::as_str)))
    .or_else(|| Some("https://spec.openapis.org/oas/latest.html".to_owned()));
    Docs {
        api,
        ..Docs::default()
    }
}
