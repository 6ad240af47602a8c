//! The connectors there are: the shipped ones, embedded when Patchbay is built, and the user's own, added at run time.
//!
//! Loading costs nothing: lists come from a table made at build time, and a definition is parsed when it is first
//! asked for. A custom connector can't take the id of a shipped one, so a connection never changes its meaning.

use std::{
    collections::BTreeMap,
    sync::{Arc, OnceLock, PoisonError, RwLock},
};

use super::{
    definition::{AuthKind, Category, Connector, Quality},
    view::{ConnectorQuery, ConnectorSummary, MethodSummary, icon_address},
};
use crate::error::{Code, Error, Result};

include!(concat!(env!("OUT_DIR"), "/shipped.rs"));

/// A shipped connector as the build script wrote it down.
struct Shipped {
    id: &'static str,
    name: &'static str,
    category: Category,
    quality: Quality,
    keywords: &'static [&'static str],
    /// Id, name and keywords in lower case.
    search: &'static str,
    methods: &'static [ShippedMethod],
    toml: &'static str,
    icon: &'static str,
}

struct ShippedMethod {
    id: &'static str,
    label: &'static str,
    kind: AuthKind,
}

#[derive(Clone)]
struct Custom {
    connector: Arc<Connector>,
    icon: Arc<str>,
}

/// Stands in where a custom connector brings no icon.
const CUSTOM_ICON: &str = concat!(
    "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 24 24\">",
    "<rect width=\"24\" height=\"24\" rx=\"5\" fill=\"#8a6d3b\"/>",
    "<path fill=\"none\" stroke=\"#fff\" stroke-width=\"2\" stroke-linecap=\"round\" ",
    "d=\"M9 6v4m6-4v4M7 10h10v2a5 5 0 0 1-10 0zm5 7v3\"/></svg>"
);

/// All connectors. Shared freely; adding a custom one needs no exclusive access.
pub struct Catalogue {
    shipped: &'static [Shipped],
    parsed: Vec<OnceLock<Option<Arc<Connector>>>>,
    custom: RwLock<BTreeMap<String, Custom>>,
}

impl Catalogue {
    /// The shipped catalogue, without custom connectors.
    pub fn shipped() -> Self {
        Self {
            shipped: SHIPPED,
            parsed: SHIPPED.iter().map(|_| OnceLock::new()).collect(),
            custom: RwLock::default(),
        }
    }

    /// The definition, parsed at its first use. `None` when there is no such connector.
    pub fn get(&self, id: &str) -> Option<Arc<Connector>> {
        if let Some(index) = self.index(id) {
            return self.parsed[index]
                .get_or_init(|| match parse(self.shipped[index].toml) {
                    Ok(connector) => Some(Arc::new(connector)),
                    // A test parses every shipped definition, so this is a broken build.
                    Err(error) => {
                        tracing::error!(connector = id, %error, "shipped definition is broken");
                        None
                    }
                })
                .clone();
        }
        self.read_custom().get(id).map(|c| c.connector.clone())
    }

    /// The connector's icon as SVG text.
    pub fn icon(&self, id: &str) -> Option<Arc<str>> {
        match self.index(id) {
            Some(index) => Some(self.shipped[index].icon.into()),
            None => self.read_custom().get(id).map(|c| c.icon.clone()),
        }
    }

    /// The TOML text a shipped connector was written in.
    pub fn source(&self, id: &str) -> Option<&'static str> {
        self.index(id).map(|index| self.shipped[index].toml)
    }

    /// The ids of all connectors, shipped ones first.
    pub fn ids(&self) -> Vec<String> {
        let shipped = self.shipped.iter().map(|entry| entry.id.to_owned());
        shipped.chain(self.read_custom().keys().cloned()).collect()
    }

    /// How many connectors there are.
    pub fn len(&self) -> usize {
        self.shipped.len() + self.read_custom().len()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether this very definition is one of the catalogue's, and not the person's own.
    pub fn is_shipped(&self, connector: &Connector) -> bool {
        let parsed = self.parsed.iter().filter_map(|once| once.get()?.as_deref());
        parsed
            .into_iter()
            .any(|known| std::ptr::eq(known, connector))
    }

    pub fn is_custom(&self, id: &str) -> bool {
        self.read_custom().contains_key(id)
    }

    /// Adds a connector of the user's, or replaces an earlier one of the same id.
    /// The caller has checked it with [`super::validation`].
    ///
    /// # Errors
    /// `NameTaken` when a shipped connector has this id.
    pub fn add_custom(&self, id: &str, connector: Connector, icon: Option<String>) -> Result<()> {
        if self.index(id).is_some() {
            return Err(Error::new(
                Code::NameTaken,
                format!("There is a connector called {id} in the catalogue already"),
            )
            .with_field("id")
            .with_hint("Choose another id for your own connector"));
        }
        let custom = Custom {
            connector: Arc::new(connector),
            icon: icon.map_or_else(|| CUSTOM_ICON.into(), Arc::from),
        };
        self.write_custom().insert(id.to_owned(), custom);
        Ok(())
    }

    /// Takes a custom connector out. Says whether it was there.
    pub fn remove_custom(&self, id: &str) -> bool {
        self.write_custom().remove(id).is_some()
    }

    /// The connectors that fit the query, by name; those whose name begins with what was typed come first.
    pub fn list(&self, query: &ConnectorQuery) -> Vec<ConnectorSummary> {
        let typed = query.search.as_deref().unwrap_or_default().to_lowercase();
        let words: Vec<&str> = typed.split_whitespace().collect();
        let fits = |search: &str| words.iter().all(|word| search.contains(word));
        let category = |category: Category| query.category.is_none_or(|wanted| wanted == category);
        let method = |kind: AuthKind| query.method.is_none_or(|wanted| wanted == kind);

        let mut found: Vec<ConnectorSummary> = self
            .shipped
            .iter()
            .filter(|entry| fits(entry.search) && category(entry.category))
            .filter(|entry| entry.methods.iter().any(|m| method(m.kind)))
            .map(shipped_summary)
            .collect();
        let custom = self.read_custom();
        found.extend(
            custom
                .iter()
                .filter(|(_, c)| category(c.connector.category))
                .filter(|(_, c)| c.connector.auth.iter().any(|m| method(m.kind)))
                .filter(|(id, c)| fits(&search_text(id, &c.connector)))
                .map(|(id, c)| custom_summary(id, c)),
        );
        found.sort_by_cached_key(|summary| {
            let name = summary.name.to_lowercase();
            let rank = match typed.trim() {
                "" => 0,
                typed if name.starts_with(typed) => 0,
                typed if name.contains(typed) => 1,
                _ => 2,
            };
            (rank, name)
        });
        found
    }

    fn index(&self, id: &str) -> Option<usize> {
        self.shipped.binary_search_by(|e| e.id.cmp(id)).ok()
    }

    fn read_custom(&self) -> std::sync::RwLockReadGuard<'_, BTreeMap<String, Custom>> {
        self.custom.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write_custom(&self) -> std::sync::RwLockWriteGuard<'_, BTreeMap<String, Custom>> {
        self.custom.write().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Reads a definition.
///
/// # Errors
/// `InvalidDefinition` with the line at fault.
pub fn parse(text: &str) -> Result<Connector> {
    toml::from_str(text).map_err(|error| {
        Error::new(
            Code::InvalidDefinition,
            format!("The definition can't be read: {}", error.to_string().trim()),
        )
    })
}

/// Writes a definition the way [`parse`] reads it.
///
/// # Errors
/// `Internal` when the definition holds something that TOML can't.
pub fn to_toml(connector: &Connector) -> Result<String> {
    toml::to_string_pretty(connector)
        .map_err(|error| Error::internal(format!("the definition can't be written: {error}")))
}

fn search_text(id: &str, connector: &Connector) -> String {
    [id, &connector.name, &connector.keywords.join(" ")]
        .join(" ")
        .to_lowercase()
}

fn shipped_summary(entry: &Shipped) -> ConnectorSummary {
    ConnectorSummary {
        id: entry.id.to_owned(),
        name: entry.name.to_owned(),
        category: entry.category,
        quality: entry.quality,
        keywords: entry.keywords.iter().map(|&word| word.into()).collect(),
        methods: entry
            .methods
            .iter()
            .map(|method| MethodSummary {
                id: method.id.to_owned(),
                label: method.label.to_owned(),
                kind: method.kind,
            })
            .collect(),
        icon: icon_address(entry.icon),
        custom: false,
    }
}

fn custom_summary(id: &str, custom: &Custom) -> ConnectorSummary {
    let connector = &custom.connector;
    ConnectorSummary {
        id: id.to_owned(),
        name: connector.name.clone(),
        category: connector.category,
        quality: connector.quality,
        keywords: connector.keywords.clone(),
        methods: connector
            .auth
            .iter()
            .map(|method| MethodSummary {
                id: method.id.clone(),
                label: method.label.clone(),
                kind: method.kind,
            })
            .collect(),
        icon: icon_address(&custom.icon),
        custom: true,
    }
}
