//! Client registrations: things of their own, because one serves many connections.

use crate::Core;
use crate::activity::{Action, Outcome};
use crate::connection::{Event, RegistrationSource, RegistrationView};
use crate::connector::ClientAuth;
use crate::error::{Code, Error, Result};
use crate::oauth::ClientIdentity;
use crate::store::activity::NewEntry;
use crate::store::connections;
use crate::store::registrations::{self, RegistrationRecord};
use crate::vault::{Secret, SecretRecord};

/// Names of the secrets in a registration's sealed record.
pub(crate) const CLIENT_SECRET: &str = "client_secret";
const NEXT_CLIENT_SECRET: &str = "next_client_secret";
pub(crate) const REGISTRATION_TOKEN: &str = "registration_access_token";

/// A registration before it is kept.
pub(crate) struct NewRegistration {
    pub connector: String,
    pub name: String,
    pub client_id: String,
    pub client_secret: Option<Secret>,
    pub registration_token: Option<Secret>,
    pub source: RegistrationSource,
    pub origin: Option<String>,
    pub secret_expires_at: Option<crate::Timestamp>,
}

impl Core {
    /// All registrations, or those of one connector.
    pub async fn list_registrations(
        &self,
        connector: Option<&str>,
    ) -> Result<Vec<RegistrationView>> {
        let records = registrations::list(self.database(), connector).await?;
        Ok(records.iter().map(view).collect())
    }

    /// Keeps a registration that the person made at the provider.
    ///
    /// # Errors
    /// `InvalidInput` on `registration_name` or `client_id`; the vault's state when it can't seal.
    pub async fn create_registration(
        &self,
        connector: &str,
        name: &str,
        client_id: &str,
        client_secret: Option<Secret>,
    ) -> Result<RegistrationView> {
        self.catalogue().require(connector)?;
        let record = self
            .keep_registration(NewRegistration {
                connector: connector.to_owned(),
                name: name.to_owned(),
                client_id: client_id.to_owned(),
                client_secret,
                registration_token: None,
                source: RegistrationSource::Manual,
                origin: None,
                secret_expires_at: None,
            })
            .await?;
        Ok(view(&record))
    }

    pub(crate) async fn keep_registration(
        &self,
        new: NewRegistration,
    ) -> Result<RegistrationRecord> {
        let client_id = new.client_id.trim();
        if client_id.is_empty() || client_id.len() > 2048 || client_id.chars().any(char::is_control)
        {
            return Err(Error::field(
                "client_id",
                "Type the client ID that the provider shows",
            ));
        }
        let name = match new.name.trim() {
            "" => client_id.chars().take(60).collect(),
            name => check_name(name)?.to_owned(),
        };
        let id = self.new_id();
        let mut secrets = SecretRecord::new();
        let client_secret = new.client_secret.filter(|secret| !secret.is_empty());
        let has_secret = client_secret.is_some();
        if let Some(secret) = client_secret {
            secrets.insert(CLIENT_SECRET, secret);
        }
        if let Some(token) = new.registration_token {
            secrets.insert(REGISTRATION_TOKEN, token);
        }
        let record = RegistrationRecord {
            sealed: self.seal("registration", &id, 1, &secrets).await?,
            id,
            connector: new.connector,
            name,
            client_id: client_id.to_owned(),
            source: new.source,
            origin: new.origin,
            has_secret,
            has_next_secret: false,
            secret_expires_at: new.secret_expires_at,
            created_at: self.now(),
            generation: 1,
            connections: 0,
        };
        registrations::insert(self.database(), &record).await?;
        self.log_registration(Action::RegistrationCreate, &record)
            .await;
        Ok(record)
    }

    pub async fn rename_registration(&self, id: &str, name: &str) -> Result<()> {
        let mut record = self.find_registration(id).await?;
        record.name = check_name(name)?.to_owned();
        self.replace_registration(record, None).await.map(|_| ())
    }

    /// Keeps a second secret beside the first. The new one is tried first, the old one while the provider still
    /// takes it. Where there is no first one, it becomes that.
    pub async fn rotate_registration_secret(&self, id: &str, secret: Secret) -> Result<()> {
        if secret.is_empty() {
            return Err(Error::field("client_secret", "Type the new client secret"));
        }
        let mut record = self.find_registration(id).await?;
        let mut secrets = self.registration_secrets(&record).await?;
        if record.has_secret {
            secrets.insert(NEXT_CLIENT_SECRET, secret);
            record.has_next_secret = true;
        } else {
            secrets.insert(CLIENT_SECRET, secret);
            record.has_secret = true;
        }
        let record = self.replace_registration(record, Some(secrets)).await?;
        self.log_registration(Action::RegistrationRotate, &record)
            .await;
        Ok(())
    }

    /// Forgets the old secret: the change-over is done.
    pub async fn finish_registration_rotation(&self, id: &str) -> Result<()> {
        let mut record = self.find_registration(id).await?;
        let mut secrets = self.registration_secrets(&record).await?;
        let Some(next) = secrets.remove(NEXT_CLIENT_SECRET) else {
            return Ok(());
        };
        secrets.insert(CLIENT_SECRET, next);
        record.has_next_secret = false;
        record.has_secret = true;
        self.replace_registration(record, Some(secrets)).await?;
        Ok(())
    }

    /// Deletes a registration that nothing hangs on.
    ///
    /// # Errors
    /// `Conflict` with the names of the connections that use it.
    pub async fn delete_registration(&self, id: &str) -> Result<()> {
        let record = self.find_registration(id).await?;
        let users = connections::of_registration(self.database(), id).await?;
        if !users.is_empty() {
            let names: Vec<String> = users
                .iter()
                .take(5)
                .map(|(_, name)| format!("“{name}”"))
                .collect();
            let more = match users.len().saturating_sub(5) {
                0 => String::new(),
                more => format!(" and {more} more"),
            };
            return Err(Error::new(
                Code::Conflict,
                format!("{} is used by {}{more}", record.name, names.join(", ")),
            )
            .with_hint("Give these connections another registration or delete them first"));
        }
        registrations::delete(self.database(), id).await?;
        self.log_registration(Action::RegistrationDelete, &record)
            .await;
        Ok(())
    }

    pub(crate) async fn find_registration(&self, id: &str) -> Result<RegistrationRecord> {
        registrations::find(self.database(), id)
            .await?
            .ok_or_else(|| {
                Error::new(
                    Code::NotFound,
                    "This client registration doesn't exist any more",
                )
                .with_field("registration")
            })
    }

    /// The identities to try at the token endpoint: during a change-over the new secret, then the old one.
    pub(crate) async fn client_identities(
        &self,
        record: &RegistrationRecord,
        auth: ClientAuth,
    ) -> Result<Vec<ClientIdentity>> {
        let mut secrets = self.registration_secrets(record).await?;
        let mut identities = Vec::new();
        if let Some(next) = secrets.remove(NEXT_CLIENT_SECRET) {
            identities.push(ClientIdentity::new(&record.client_id, Some(next), auth));
        }
        identities.push(ClientIdentity::new(
            &record.client_id,
            secrets.remove(CLIENT_SECRET),
            auth,
        ));
        Ok(identities)
    }

    /// Ties a registration to the server it is used at; it is used nowhere else (RFC 9700 4.4).
    pub(crate) async fn bind_registration(
        &self,
        record: &RegistrationRecord,
        token_endpoint: &url::Url,
    ) -> Result<()> {
        let origin = token_endpoint.origin().ascii_serialization();
        match &record.origin {
            Some(bound) if *bound == origin => Ok(()),
            Some(bound) => Err(Error::new(
                Code::BadRegistration,
                format!(
                    "The client registration {} belongs to {bound}, not to {origin}",
                    record.name
                ),
            )
            .with_field("registration")
            .with_hint("Choose or add a registration made at this server")),
            None => {
                let mut record = record.clone();
                record.origin = Some(origin);
                self.replace_registration(record, None).await.map(|_| ())
            }
        }
    }

    async fn registration_secrets(&self, record: &RegistrationRecord) -> Result<SecretRecord> {
        self.unseal(
            "registration",
            &record.id,
            record.generation,
            &record.sealed,
        )
        .await
    }

    async fn replace_registration(
        &self,
        mut record: RegistrationRecord,
        secrets: Option<SecretRecord>,
    ) -> Result<RegistrationRecord> {
        let expected = record.generation;
        if let Some(secrets) = secrets {
            record.generation += 1;
            record.sealed = self
                .seal("registration", &record.id, record.generation, &secrets)
                .await?;
        }
        registrations::replace(self.database(), &record, expected).await?;
        self.emit(Event::RegistrationsChanged);
        Ok(record)
    }

    async fn log_registration(&self, action: Action, record: &RegistrationRecord) {
        self.log_entry(NewEntry {
            at: self.now(),
            action,
            outcome: Outcome::Done,
            connection: None,
            connection_name: None,
            connector: Some(&record.connector),
            detail: Some(&record.name),
        })
        .await;
        self.emit(Event::RegistrationsChanged);
    }
}

fn check_name(name: &str) -> Result<&str> {
    let name = name.trim();
    if name.is_empty() {
        return Err(Error::field(
            "registration_name",
            "Give the registration a name",
        ));
    }
    if name.chars().count() > 120 || name.chars().any(char::is_control) {
        return Err(Error::field(
            "registration_name",
            "At most 120 characters on one line",
        ));
    }
    Ok(name)
}

pub(crate) fn view(record: &RegistrationRecord) -> RegistrationView {
    RegistrationView {
        id: record.id.clone(),
        connector: record.connector.clone(),
        name: record.name.clone(),
        client_id: record.client_id.clone(),
        has_secret: record.has_secret,
        has_next_secret: record.has_next_secret,
        source: record.source,
        origin: record.origin.clone(),
        created_at: record.created_at,
        secret_expires_at: record.secret_expires_at,
        connections: record.connections,
    }
}
