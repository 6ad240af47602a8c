//! Connectors that the person makes: drafts are shown with every host they will talk to before they are kept.

use std::collections::BTreeMap;

use zeroize::Zeroizing;

use crate::Core;
use crate::activity::{Action, Outcome};
use crate::connection::Event;
use crate::connector::Connector;
use crate::connector::custom::{self, Draft, Exported, Folder};
use crate::credential::TestOutcome;
use crate::error::{Code, Error, Result};
use crate::oauth::reach::SystemResolver;
use crate::store::activity::NewEntry;
use crate::store::connections;
use crate::vault::Secret;

impl Core {
    /// Reads the person's own connectors. Gives what couldn't be read, with the reason.
    pub fn load_custom_connectors(&self) -> Vec<Error> {
        self.folder().load(self.catalogue())
    }

    /// A draft from an issuer's metadata (RFC 8414, OpenID Discovery).
    ///
    /// # Errors
    /// `InvalidInput` on `issuer`; `WrongSettings`, `Network`, `ProviderDown`.
    pub async fn draft_from_issuer(&self, issuer: &str) -> Result<Draft> {
        custom::from_issuer(&*self.0.options.http, self.catalogue(), issuer).await
    }

    /// A draft from an OpenAPI 3 document, JSON or YAML.
    ///
    /// # Errors
    /// `InvalidDefinition`, saying where the document breaks.
    pub fn draft_from_openapi(&self, text: &str, source: Option<&str>) -> Result<Draft> {
        custom::from_openapi(self.catalogue(), text, source)
    }

    /// A draft from an MCP server's address (RFC 9728, then RFC 8414).
    ///
    /// # Errors
    /// `InvalidInput` on `url`; `WrongSettings`, `Network`, `ProviderDown`.
    pub async fn draft_from_mcp(&self, url: &str) -> Result<Draft> {
        custom::from_mcp(
            &*self.0.options.http,
            &SystemResolver,
            self.catalogue(),
            url,
        )
        .await
    }

    /// A definition typed in or changed by hand, checked; one in use keeps the methods that its connections use.
    ///
    /// # Errors
    /// When the workspace can't be read.
    pub async fn check_connector(&self, id: &str, connector: Connector) -> Result<Draft> {
        self.with_connections(custom::by_hand(self.catalogue(), id, connector))
            .await
    }

    /// A definition from a file, before it is taken over.
    ///
    /// # Errors
    /// `InvalidDefinition` when the text or the icon can't be read at all.
    pub async fn draft_from_definition(
        &self,
        id: &str,
        toml: &str,
        icon: Option<&str>,
    ) -> Result<Draft> {
        self.with_connections(custom::import(self.catalogue(), id, toml, icon)?)
            .await
    }

    async fn with_connections(&self, mut draft: Draft) -> Result<Draft> {
        if draft.replaces {
            let (used, _) = connections::methods_in_use(self.database(), &draft.id).await?;
            let before = self.catalogue().get(&draft.id);
            let lost = custom::lost_methods(before.as_deref(), &draft.connector, &used);
            draft.problems.extend(lost);
            draft.connections = used.iter().map(|(_, count)| count).sum();
        }
        Ok(draft)
    }

    /// Keeps a draft as one of the person's own connectors. Connections made from one that it replaces go on with it.
    ///
    /// # Errors
    /// `Conflict` when a connection would lose its way to authenticate; `InvalidDefinition` with the first rule broken;
    /// `NameTaken` on `id`; `DatabaseReadOnly`, `DiskFull`.
    pub async fn save_connector(
        &self,
        id: &str,
        connector: Connector,
        icon: Option<&str>,
    ) -> Result<()> {
        let (used, _) = connections::methods_in_use(self.database(), id).await?;
        let before = self.catalogue().get(id);
        if let Some(lost) = custom::lost_methods(before.as_deref(), &connector, &used)
            .into_iter()
            .next()
        {
            return Err(Error::new(Code::Conflict, lost.message));
        }
        let name = connector.name.clone();
        self.folder().save(self.catalogue(), id, connector, icon)?;
        if before.is_some_and(|before| before.name != name) {
            self.rename_in_connections(id, &name).await?;
        }
        self.log_connector(Action::ConnectorSave, id).await;
        self.reread_flows().await;
        Ok(())
    }

    /// Rows carry the connector's name, for search and sorting.
    async fn rename_in_connections(&self, id: &str, name: &str) -> Result<()> {
        for connection in connections::of_connector(self.database(), id).await? {
            let flight = self.flight(&connection);
            let _flight = flight.lock().await;
            let mut record = self.find(&connection).await?;
            name.clone_into(&mut record.connector_name);
            connections::replace(self.database(), &record, record.generation).await?;
            self.changed(&connection);
        }
        Ok(())
    }

    /// Deletes one of the person's own connectors.
    ///
    /// # Errors
    /// `Conflict` while connections were made from it; `NotFound`.
    pub async fn delete_connector(&self, id: &str) -> Result<()> {
        let (used, deleted) = connections::methods_in_use(self.database(), id).await?;
        let users: u32 = used.iter().map(|(_, count)| count).sum();
        if users > 0 {
            let what = match users {
                1 => "One connection is".to_owned(),
                users => format!("{users} connections are"),
            };
            return Err(
                Error::new(Code::Conflict, format!("{what} made from this connector"))
                    .with_hint("Delete these connections first"),
            );
        }
        if deleted > 0 {
            return Err(Error::new(
                Code::Conflict,
                "A connection made from this connector was deleted just now and can still be brought back",
            )
            .with_hint("Try again in a few seconds"));
        }
        self.folder().delete(self.catalogue(), id)?;
        self.log_connector(Action::ConnectorDelete, id).await;
        self.reread_flows().await;
        Ok(())
    }

    /// One of the person's own connectors as text, to give away.
    ///
    /// # Errors
    /// `NotFound`.
    pub fn export_connector(&self, id: &str) -> Result<Exported> {
        match self.catalogue().source(id) {
            Some(toml) => Ok(Exported {
                id: id.to_owned(),
                toml: toml.to_owned(),
                icon: self.catalogue().icon(id).map(|icon| icon.to_string()),
            }),
            None => self.folder().export(id),
        }
    }

    /// Runs a draft's test request with typed values, keeping nothing.
    ///
    /// # Errors
    /// `InvalidInput` on the field at fault; `Unsupported` for a method that needs a sign-in.
    pub async fn try_connector(
        &self,
        connector: &Connector,
        method: &str,
        typed: BTreeMap<String, Secret>,
    ) -> Result<TestOutcome> {
        let typed: BTreeMap<String, Zeroizing<String>> = typed
            .into_iter()
            .map(|(key, value)| (key, Zeroizing::new(value.expose().to_owned())))
            .collect();
        custom::try_it(&*self.0.options.http, connector, method, &typed, self.now()).await
    }

    fn folder(&self) -> Folder {
        Folder::new(&self.0.options.directory)
    }

    async fn log_connector(&self, action: Action, id: &str) {
        self.log_entry(NewEntry {
            at: self.now(),
            action,
            outcome: Outcome::Done,
            connection: None,
            connection_name: None,
            connector: Some(id),
            detail: None,
        })
        .await;
        self.emit(Event::ConnectorsChanged);
    }
}
