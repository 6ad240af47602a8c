//! Pages of the providers, and the icons of connectors.

use std::collections::BTreeMap;

use serde::Deserialize;
use ts_rs::TS;
use url::Url;

use crate::Core;
use crate::error::{Code, Error, Result};
use crate::oauth::endpoints::check_endpoint;

/// A page that a definition names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum DocsPage {
    Api,
    Oauth,
    Scopes,
    Credentials,
}

impl Core {
    /// Opens a provider's page in the person's browser.
    ///
    /// # Errors
    /// `NotFound` when the definition names no such page.
    pub fn open_docs(&self, connector: &str, page: DocsPage) -> Result<()> {
        let definition = self.catalogue().require(connector)?;
        let docs = &definition.docs;
        let address = match page {
            DocsPage::Api => &docs.api,
            DocsPage::Oauth => &docs.oauth,
            DocsPage::Scopes => &docs.scopes,
            DocsPage::Credentials => &docs.credentials,
        };
        let url = address
            .as_deref()
            .and_then(|address| Url::parse(address).ok())
            .ok_or_else(|| {
                Error::new(
                    Code::NotFound,
                    format!("{} names no such page", definition.name),
                )
            })?;
        let mut checked = url.clone();
        checked.set_fragment(None);
        check_endpoint(&checked)?;
        self.0.options.browser.open(&url)
    }

    /// Icons as `data:` addresses, by connector.
    pub fn connector_icons(&self, ids: &[String]) -> BTreeMap<String, String> {
        ids.iter()
            .filter_map(|id| {
                let icon = self.catalogue().icon(id)?;
                Some((id.clone(), crate::connector::view::icon_address(&icon)))
            })
            .collect()
    }
}
