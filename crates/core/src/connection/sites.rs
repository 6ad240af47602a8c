//! Which of an account's sites (Atlassian) or organisations (Xero) a connection is for: the first at the sign-in, any
//! other on the person's word afterwards, and the same again at a reauthorization.

use std::collections::BTreeMap;

use crate::Core;
use crate::activity::{Action, Outcome};
use crate::connector::Connector;
use crate::connector::template::Values;
use crate::error::{Code, Error, Result};
use crate::oauth::{TokenFailure, sites};
use crate::store::connections::{self, ConnectionRecord};
use crate::vault::Secret;

use super::SiteView;
use super::values::{ACCESS_TOKEN, SITE_ID, SITE_NAME};

impl Core {
    /// The sites that the account of a connection may use, as the provider lists them now.
    ///
    /// # Errors
    /// `Unsupported` for a connector whose accounts have no sites; as a renewal of the token, and `Network`,
    /// `ProviderDown` or `Revoked` when the list can't be had.
    pub async fn connection_sites(&self, id: &str) -> Result<Vec<SiteView>> {
        let record = self.find(id).await?;
        let connector = self.catalogue().require(&record.connector)?;
        let fresh = self.fresh(id).await?;
        let token = fresh.secrets.get(ACCESS_TOKEN).ok_or_else(no_sites)?;
        let sites = self.look_up_sites(&connector, token).await?;
        sites.ok_or_else(no_sites)
    }

    /// Uses another of the account's sites from now on.
    ///
    /// # Errors
    /// `InvalidInput` on `site` when the account may not use it; as [`Self::connection_sites`].
    pub async fn choose_connection_site(&self, id: &str, site: &str) -> Result<()> {
        let sites = self.connection_sites(id).await?;
        let Some(chosen) = sites.into_iter().find(|known| known.id == site) else {
            return Err(Error::field(
                "site",
                "The account may not use that site any more",
            ));
        };
        let flight = self.flight(id);
        let _flight = flight.lock().await;
        let mut record = self.find(id).await?;
        put(&mut record.settings, &chosen);
        connections::replace(self.database(), &record, record.generation).await?;
        self.log(
            Action::ChooseSite,
            Outcome::Done,
            &record,
            Some(&chosen.name),
        )
        .await;
        self.changed(id);
        Ok(())
    }

    /// Puts the site that a new token is for into the settings: the one that is there already if the account may still
    /// use it, the one that the settings name, else the first.
    pub(crate) async fn settle_site(
        &self,
        connector: &Connector,
        settings: &mut BTreeMap<String, String>,
        token: &Secret,
    ) -> Result<()> {
        let Some(sites) = self.look_up_sites(connector, token).await? else {
            return Ok(());
        };
        let wanted = settings.get("site").cloned().unwrap_or_default();
        let present = settings.get(SITE_ID);
        let site = sites
            .iter()
            .find(|site| Some(&site.id) == present)
            .or_else(|| {
                sites
                    .iter()
                    .find(|site| !wanted.is_empty() && site.name.contains(&wanted))
            })
            .or(sites.first())
            .ok_or_else(|| {
                Error::new(
                    Code::MissingScope,
                    format!(
                        "The account has no site at {} that this app may use",
                        connector.name
                    ),
                )
                .with_hint("Sign in with an account that has one")
            })?;
        put(settings, site);
        Ok(())
    }

    async fn look_up_sites(
        &self,
        connector: &Connector,
        token: &Secret,
    ) -> Result<Option<Vec<SiteView>>> {
        let failed = |failure: TokenFailure| failure.into_error(&connector.name, &connector.name);
        let http = self.http_for(connector, &Values::default(), None);
        let sites = sites::look_up(&self.outside(&http), &connector.quirks, token)
            .await
            .map_err(failed)?;
        let view = |site: sites::Site| SiteView {
            id: site.id,
            name: site.name,
        };
        Ok(sites.map(|sites| sites.into_iter().map(view).collect()))
    }
}

/// The site a connection is for.
pub(super) fn of(record: &ConnectionRecord) -> Option<SiteView> {
    let id = record.settings.get(SITE_ID)?;
    Some(SiteView {
        id: id.clone(),
        name: record.settings.get(SITE_NAME).unwrap_or(id).clone(),
    })
}

fn put(settings: &mut BTreeMap<String, String>, site: &SiteView) {
    settings.insert(SITE_ID.to_owned(), site.id.clone());
    settings.insert(SITE_NAME.to_owned(), site.name.clone());
}

fn no_sites() -> Error {
    Error::new(
        Code::Unsupported,
        "Accounts of this connector have no sites to choose from",
    )
}
