//! Creating a connection: everything is checked before anything is kept, and nothing half-made is left behind.

use crate::Core;
use crate::activity::{Action, Outcome};
use crate::connector::{AuthKind, AuthMethod, Connector};
use crate::error::{Error, Result};
use crate::store::connections::{self, ConnectionRecord};
use crate::store::registrations::RegistrationRecord;
use crate::vault::SecretRecord;
use crate::workspace::NewRegistration;

use super::attempt::Attempt;
use super::checks::{check_description, check_name, check_values, choose_scopes};
use super::values::field_name;
use super::{ConnectionDraft, RegistrationChoice, RegistrationSource, Started, Status};

impl Core {
    /// Checks a name as it is typed.
    ///
    /// # Errors
    /// `InvalidInput` or `NameTaken` on `name`.
    pub async fn check_name(&self, name: &str, except: Option<&str>) -> Result<()> {
        let name = check_name(name)?;
        match connections::name_owner(self.database(), &name).await? {
            Some(owner) if Some(owner.as_str()) != except => Err(connections::taken(&name)),
            Some(_) | None => Ok(()),
        }
    }

    /// Creates a connection. A method with a sign-in leaves it waiting and opens the browser; any other is tried out
    /// first and kept when it works (or when the draft says to keep it anyway).
    ///
    /// # Errors
    /// On the field at fault; otherwise what the provider or the vault said.
    pub async fn create_connection(&self, draft: ConnectionDraft) -> Result<Started> {
        let connector = self.catalogue().require(&draft.connector)?;
        let method = connector.method(&draft.method)?;
        let name = check_name(&draft.name)?;
        self.check_name(&name, None).await?;
        let description = check_description(&draft.description)?;
        let checked = check_values(&connector, method, draft.values, &[])?;
        let scopes = choose_scopes(&connector, method, &draft.scopes, None)?;
        self.ready_vault().await?;

        let mut secrets = SecretRecord::new();
        let secret_names = checked.secrets.keys().cloned().collect();
        for (key, secret) in checked.secrets {
            secrets.insert(field_name(&key), secret);
        }
        let id = self.new_id();
        let mut record = ConnectionRecord {
            id: id.clone(),
            name,
            description,
            connector: draft.connector.clone(),
            connector_name: connector.name.clone(),
            method: draft.method.clone(),
            settings: checked.settings,
            registration: None,
            scopes_requested: scopes,
            scopes_granted: None,
            account_id: None,
            account_name: None,
            status: Status::FinishSigningIn,
            status_reason: None,
            problem: None,
            redirect: None,
            endpoints: None,
            created_at: self.now(),
            authorized_at: None,
            refreshed_at: None,
            expires_at: None,
            refresh_expires_at: None,
            has_refresh_token: false,
            secret_names,
            last_test: None,
            generation: 1,
            sealed: Vec::new(),
            refresh_started_at: None,
            deleted_at: None,
        };

        if method.kind.is_interactive() {
            let redirect = match method.kind {
                AuthKind::AuthorizationCode => Some(self.choose_redirect(
                    &draft.connector,
                    method,
                    draft.redirect,
                    draft.paste_uri.as_deref(),
                )?),
                _ => None,
            };
            let endpoints = self.endpoints(&connector, method, &record.settings).await?;
            let registration = self
                .registration_for(
                    &connector,
                    &record,
                    method,
                    draft.registration,
                    redirect.as_ref(),
                    &endpoints,
                )
                .await?;
            record.registration = registration
                .as_ref()
                .map(|registration| registration.id.clone());
            record.redirect = redirect;
            record.sealed = self.seal("connection", &id, 1, &secrets).await?;
            connections::insert(self.database(), &record).await?;
            self.log(Action::Create, Outcome::Done, &record, None).await;
            let begun = self
                .begin(Attempt {
                    record: &record,
                    reauthorization: false,
                    scopes: record.scopes_requested.clone(),
                    settings: None,
                    registration,
                    secrets: SecretRecord::new(),
                    redirect: record.redirect.clone(),
                    endpoints,
                })
                .await;
            match begun {
                Ok(authorization) => {
                    self.rematch_flows(&id).await;
                    self.changed(&id);
                    Ok(Started {
                        connection: id,
                        authorization: Some(authorization),
                    })
                }
                Err(error) => {
                    // Nothing was signed in to: the form still holds what was typed.
                    connections::wipe(self.database(), &id).await?;
                    Err(error)
                }
            }
        } else {
            self.obtain_and_keep(
                &connector,
                method,
                record,
                secrets,
                draft.save_anyway,
                draft.registration,
            )
            .await
        }
    }

    /// The non-interactive methods: get a token if the method has one, run the test request, keep.
    async fn obtain_and_keep(
        &self,
        connector: &Connector,
        method: &AuthMethod,
        mut record: ConnectionRecord,
        mut secrets: SecretRecord,
        save_anyway: bool,
        registration: RegistrationChoice,
    ) -> Result<Started> {
        if needs_registration(method) {
            let endpoints = self.endpoints(connector, method, &record.settings).await?;
            let kept = self
                .registration_for(connector, &record, method, registration, None, &endpoints)
                .await?;
            record.registration = kept.map(|kept| kept.id);
        }
        let tried = self
            .try_out(connector, method, &mut record, &mut secrets)
            .await;
        if let Err(error) = tried {
            if !save_anyway {
                return Err(error);
            }
            record.status = Status::TestFailed;
            record.status_reason = Some(super::testing::short_reason(error.code).to_owned());
            record.problem = Some(error);
        }
        record.sealed = self
            .seal("connection", &record.id, record.generation, &secrets)
            .await?;
        connections::insert(self.database(), &record).await?;
        self.log(Action::Create, Outcome::Done, &record, None).await;
        self.rematch_flows(&record.id).await;
        self.changed(&record.id);
        Ok(Started {
            connection: record.id,
            authorization: None,
        })
    }

    /// The client registration of an attempt: the chosen one, a new one, or one made at the server.
    pub(crate) async fn registration_for(
        &self,
        connector: &Connector,
        record: &ConnectionRecord,
        method: &AuthMethod,
        choice: RegistrationChoice,
        redirect: Option<&super::RedirectView>,
        endpoints: &crate::oauth::Endpoints,
    ) -> Result<Option<RegistrationRecord>> {
        let token_endpoint = endpoints.token()?;
        let registration = match choice {
            RegistrationChoice::Keep => match &record.registration {
                Some(id) => self.find_registration(id).await?,
                None if !needs_registration(method) => return Ok(None),
                None => {
                    return Err(Error::field(
                        "client_id",
                        format!("Type the client ID that {} shows", connector.name),
                    ));
                }
            },
            RegistrationChoice::Existing { id } => {
                let found = self.find_registration(&id).await?;
                if found.connector != record.connector {
                    return Err(Error::field(
                        "registration",
                        format!("That registration isn't one of {}", connector.name),
                    ));
                }
                found
            }
            RegistrationChoice::New {
                name,
                client_id,
                client_secret,
            } => {
                self.keep_registration(NewRegistration {
                    connector: record.connector.clone(),
                    name,
                    client_id,
                    client_secret,
                    registration_token: None,
                    source: RegistrationSource::Manual,
                    origin: None,
                    secret_expires_at: None,
                })
                .await?
            }
            RegistrationChoice::Dynamic => {
                self.register_at_server(connector, record, method, redirect, endpoints)
                    .await?
            }
            RegistrationChoice::Document { address, name } => {
                self.known_by_document(connector, record, redirect, endpoints, &address, name)
                    .await?
            }
        };
        self.bind_registration(&registration, token_endpoint)
            .await?;
        self.find_registration(&registration.id).await.map(Some)
    }
}

/// Whether a method signs in through a client registration.
pub(crate) fn needs_registration(method: &AuthMethod) -> bool {
    match method.kind {
        AuthKind::AuthorizationCode | AuthKind::ClientCredentials | AuthKind::DeviceCode => true,
        AuthKind::JwtBearer
        | AuthKind::GithubApp
        | AuthKind::ApiKey
        | AuthKind::Bearer
        | AuthKind::Basic
        | AuthKind::AwsKeyPair
        | AuthKind::SessionToken
        | AuthKind::None => false,
    }
}
