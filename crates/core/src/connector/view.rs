//! What lists show of a connector. The whole definition is a [`Connector`](super::Connector).

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::definition::{AuthKind, Category, Quality};

/// One row of the selector and of the Connectors page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct ConnectorSummary {
    pub id: String,
    pub name: String,
    pub category: Category,
    pub quality: Quality,
    /// Other words people search it by.
    pub keywords: Vec<String>,
    /// The preferred one first.
    pub methods: Vec<MethodSummary>,
    /// The icon as a `data:` address for an `img`: an image can't run what a foreign definition brings.
    pub icon: String,
    /// Made or imported by the user, not part of the shipped catalogue.
    pub custom: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct MethodSummary {
    pub id: String,
    pub label: String,
    pub kind: AuthKind,
}

/// What a list of connectors is narrowed to. Everything empty: all of them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, TS)]
#[serde(default, deny_unknown_fields)]
#[ts(export, optional_fields)]
pub struct ConnectorQuery {
    /// Words that must all occur in the name, the id or the keywords.
    pub search: Option<String>,
    pub category: Option<Category>,
    /// Connectors that have a method of this kind.
    pub method: Option<AuthKind>,
}

/// An SVG as a `data:` address. Only what would end the address or its attribute is escaped, so it stays small.
pub fn icon_address(svg: &str) -> String {
    let mut address = String::with_capacity(svg.len() + svg.len() / 4 + 32);
    address.push_str("data:image/svg+xml,");
    for c in svg.chars() {
        match c {
            '<' => address.push_str("%3C"),
            '>' => address.push_str("%3E"),
            '#' => address.push_str("%23"),
            '%' => address.push_str("%25"),
            '&' => address.push_str("%26"),
            '"' => address.push('\''),
            '\n' | '\r' | '\t' => address.push(' '),
            _ => address.push(c),
        }
    }
    address
}
