//! Looking things up by id, with the error a caller would make of a miss.

use std::sync::Arc;

use super::{AuthMethod, Catalogue, Connector};
use crate::error::{Code, Error, Result};

impl Catalogue {
    /// A connector's definition.
    ///
    /// # Errors
    /// `NotFound` when the catalogue doesn't have it (a custom connector that was deleted, say).
    pub fn require(&self, id: &str) -> Result<Arc<Connector>> {
        self.get(id).ok_or_else(|| {
            Error::new(
                Code::NotFound,
                format!("The connector `{id}` isn't in the catalogue"),
            )
            .with_hint("Import its definition again under Connectors")
        })
    }
}

impl Connector {
    /// An authentication method by its id.
    ///
    /// # Errors
    /// `NotFound` when the definition doesn't have it any more.
    pub fn method(&self, id: &str) -> Result<&AuthMethod> {
        self.auth
            .iter()
            .find(|method| method.id == id)
            .ok_or_else(|| {
                Error::new(
                    Code::NotFound,
                    format!("{} has no authentication method `{id}`", self.name),
                )
                .with_field("method")
            })
    }
}
