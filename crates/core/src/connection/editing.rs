//! Renaming, and reauthorizing in place: same id, same name, same settings unless changed here.

use crate::Core;
use crate::activity::{Action, Outcome};
use crate::connector::AuthKind;
use crate::error::{Code, Error, Result};
use crate::store::connections::{self, ConnectionRecord};
use crate::vault::SecretRecord;

use super::accept::{secret_fields, signs_in_again};
use super::attempt::Attempt;
use super::checks::{check_description, check_name, check_values, choose_scopes};
use super::values::field_name;
use super::{ReauthorizeDraft, RegistrationChoice, Started, Status};

impl Core {
    /// Changes name and description.
    ///
    /// # Errors
    /// `InvalidInput` or `NameTaken` on `name`; `InvalidInput` on `description`.
    pub async fn rename_connection(&self, id: &str, name: &str, description: &str) -> Result<()> {
        let mut record = self.find(id).await?;
        let old = record.name.clone();
        record.name = check_name(name)?;
        record.description = check_description(description)?;
        connections::replace(self.database(), &record, record.generation).await?;
        let detail = (old != record.name).then(|| format!("was “{old}”"));
        self.log(Action::Rename, Outcome::Done, &record, detail.as_deref())
            .await;
        self.rematch_flows(id).await;
        self.changed(id);
        Ok(())
    }

    /// Authorises a connection again, with the changes of the draft. What it has stays until the new grant or secret
    /// is stored.
    ///
    /// # Errors
    /// On the field at fault; otherwise what the provider or the vault said.
    pub async fn reauthorize_connection(
        &self,
        id: &str,
        draft: ReauthorizeDraft,
    ) -> Result<Started> {
        let record = self.find(id).await?;
        let connector = self.catalogue().require(&record.connector)?;
        let method = connector.method(&record.method)?;
        self.ready_vault().await?;
        let mut typed = draft.values;
        for field in super::checks::fields(&connector, method).filter(|field| !field.is_secret()) {
            if let Some(kept) = record.settings.get(&field.key) {
                typed
                    .entry(field.key.clone())
                    .or_insert_with(|| crate::vault::Secret::new(kept.as_str()));
            }
        }
        let checked = check_values(&connector, method, typed, &record.secret_names)?;
        let scopes = choose_scopes(
            &connector,
            method,
            &draft.scopes,
            Some(&record.scopes_requested),
        )?;
        // What a callback or a token answer once told stays, unless a new one tells it anew.
        let mut settings = record.settings.clone();
        settings.extend(checked.settings);

        if signs_in_again(method) {
            let endpoints = self.endpoints(&connector, method, &settings).await?;
            let redirect = match method.kind {
                AuthKind::AuthorizationCode => {
                    let last = record.redirect.as_ref();
                    let works = self.redirect_options(&record.connector, &record.method)?;
                    let wanted = draft.redirect.or_else(|| {
                        last.map(|last| last.kind)
                            .filter(|kind| works.iter().any(|way| way.kind == *kind))
                    });
                    let paste_uri = draft
                        .paste_uri
                        .as_deref()
                        .or(last.map(|last| last.uri.as_str()));
                    Some(self.choose_redirect(&record.connector, method, wanted, paste_uri)?)
                }
                _ => None,
            };
            let mut secrets = SecretRecord::new();
            for (key, secret) in checked.secrets {
                secrets.insert(field_name(&key), secret);
            }
            let changed = ConnectionRecord {
                settings: settings.clone(),
                ..record.clone()
            };
            let registration = self
                .registration_for(
                    &connector,
                    &changed,
                    method,
                    draft.registration,
                    redirect.as_ref(),
                    &endpoints,
                )
                .await?;
            let authorization = self
                .begin(Attempt {
                    record: &record,
                    reauthorization: record.authorized_at.is_some(),
                    scopes,
                    settings: Some(settings),
                    registration,
                    secrets,
                    redirect,
                    endpoints,
                })
                .await?;
            self.changed(id);
            return Ok(Started {
                connection: record.id,
                authorization: Some(authorization),
            });
        }

        let mut secrets = self.secrets_of(&record).await?;
        for (key, secret) in checked.secrets {
            secrets.insert(field_name(&key), secret);
        }
        let mut changed = record.clone();
        changed.settings = settings;
        changed.scopes_requested = scopes;
        changed.endpoints = None;
        if !matches!(draft.registration, RegistrationChoice::Keep) {
            let endpoints = self
                .endpoints(&connector, method, &changed.settings)
                .await?;
            changed.registration = self
                .registration_for(
                    &connector,
                    &changed,
                    method,
                    draft.registration,
                    None,
                    &endpoints,
                )
                .await?
                .map(|registration| registration.id);
        }
        let old_account = record.account_id.clone();
        if let Err(error) = self
            .try_out(&connector, method, &mut changed, &mut secrets)
            .await
        {
            self.log(
                Action::Reauthorize,
                Outcome::Failed,
                &record,
                Some(&error.message),
            )
            .await;
            if !draft.save_anyway {
                return Err(error);
            }
            changed.status = Status::TestFailed;
            changed.status_reason = Some(super::testing::short_reason(error.code).to_owned());
            changed.problem = Some(error);
        } else {
            if let (Some(old), Some(new)) = (&old_account, &changed.account_id)
                && old != new
                && !draft.save_anyway
            {
                return Err(Error::new(
                    Code::AccountChanged,
                    format!(
                        "“{}” was connected as {}, and this is {}",
                        record.name,
                        record.account_name.as_deref().unwrap_or(old),
                        changed.account_name.as_deref().unwrap_or(new)
                    ),
                )
                .with_hint("Keep the old account, or use the new one from now on"));
            }
            changed.problem = None;
            changed.status_reason = None;
        }
        let expected = record.generation;
        changed.generation = expected + 1;
        changed.secret_names = secret_fields(&secrets);
        changed.sealed = self
            .seal("connection", id, changed.generation, &secrets)
            .await?;
        connections::replace(self.database(), &changed, expected).await?;
        self.log(Action::Reauthorize, Outcome::Done, &changed, None)
            .await;
        self.changed(id);
        Ok(Started {
            connection: record.id,
            authorization: None,
        })
    }
}
