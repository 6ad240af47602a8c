//! Connectors a person makes: from an issuer, an OpenAPI document, an MCP server, by hand or from a file.
//!
//! Each way ends in a [`Draft`]: the definition, every host it will talk to, and what is wrong with it. Nothing is asked
//! or stored on its behalf before a person has seen that. What is saved is the same TOML as the catalogue's, in the
//! person's data directory, under the same rules; and [`allowed`] is asked before anything is sent for a connector of
//! this kind, so that a definition can't lead to a host that isn't on its list.

mod check;
mod folder;
mod guard;
mod hosts;
mod icon;
mod issuer;
mod mcp;
mod openapi;
mod parts;
mod try_it;

use serde::Serialize;
use ts_rs::TS;

pub use check::{DraftProblem, check};
pub use folder::{Exported, Folder};
pub use guard::Guarded;
pub use hosts::{HostUse, allowed, hosts, issuer_is_typed};
pub use icon::sanitised;
pub use issuer::from_issuer;
pub use mcp::from_mcp;
pub use openapi::from_openapi;
pub use try_it::try_it;

use super::{Catalogue, Connector, catalogue};
use crate::error::Result;

/// A definition that isn't in use yet, with all a person needs to decide on it.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[ts(export)]
pub struct Draft {
    /// The id it would get. Free, unless `replaces` is set.
    pub id: String,
    pub connector: Connector,
    /// Every host it will talk to or send the browser to.
    pub hosts: Vec<HostUse>,
    /// What couldn't be taken over, or deserves a look.
    pub warnings: Vec<String>,
    /// Rules it breaks. It can be saved when this is empty.
    pub problems: Vec<DraftProblem>,
    /// A connector of the person's own has this id: saving replaces it, and its connections follow.
    pub replaces: bool,
    /// Hosts that the connector to be replaced didn't talk to.
    pub added_hosts: Vec<String>,
    /// Connections made from the connector to be replaced: they follow.
    pub connections: u32,
}

/// A definition typed in or changed by hand, checked. Cheap enough to be asked at every keystroke.
pub fn by_hand(catalogue: &Catalogue, id: &str, connector: Connector) -> Draft {
    draft(catalogue, id.to_owned(), connector, Vec::new())
}

/// A definition from a file, before it is taken over. `id` is the one wanted, usually the name of its folder.
///
/// # Errors
/// `InvalidDefinition` when the text or the icon can't be read at all; broken rules are in the draft instead.
pub fn import(catalogue: &Catalogue, id: &str, toml: &str, icon: Option<&str>) -> Result<Draft> {
    check::size(toml)?;
    let connector = catalogue::parse(toml)?;
    if let Some(icon) = icon {
        sanitised(icon)?;
    }
    Ok(draft(catalogue, id.to_owned(), connector, Vec::new()))
}

fn draft(catalogue: &Catalogue, id: String, connector: Connector, warnings: Vec<String>) -> Draft {
    let hosts = hosts(&connector);
    let before = catalogue
        .is_custom(&id)
        .then(|| catalogue.get(&id))
        .flatten();
    let known: Vec<HostUse> = before.as_deref().map(self::hosts).unwrap_or_default();
    let added_hosts = match &before {
        Some(_) => hosts
            .iter()
            .map(|used| used.host.clone())
            .filter(|host| !known.iter().any(|used| used.host == *host))
            .collect(),
        None => Vec::new(),
    };
    Draft {
        problems: check(catalogue, &id, &connector),
        replaces: before.is_some(),
        id,
        connector,
        hosts,
        warnings,
        added_hosts,
        connections: 0,
    }
}

/// What keeps a definition from taking the place of one that connections use: a way to authenticate that they use and
/// that it no longer has. `used` are methods with their numbers of connections.
pub fn lost_methods(
    before: Option<&Connector>,
    after: &Connector,
    used: &[(String, u32)],
) -> Vec<DraftProblem> {
    let find = |connector: &Connector, id: &str| {
        let found = connector.auth.iter().find(|method| method.id == id);
        found.map(|method| (method.kind, method.label.clone()))
    };
    used.iter()
        .filter(|(_, connections)| *connections > 0)
        .filter_map(|(id, connections)| {
            let old = before.and_then(|before| find(before, id));
            let kept = match (&old, find(after, id)) {
                (Some((kind, _)), Some((after, _))) => *kind == after,
                (None, Some(_)) => true,
                (_, None) => false,
            };
            if kept {
                return None;
            }
            let label = old.map_or_else(|| id.clone(), |(_, label)| label);
            let who = match connections {
                1 => "one connection authenticates".to_owned(),
                connections => format!("{connections} connections authenticate"),
            };
            Some(DraftProblem {
                rule: "in_use".to_owned(),
                message: format!(
                    "{who} by “{label}”: keep the method `{id}` and its kind, or delete them first"
                ),
            })
        })
        .collect()
}
