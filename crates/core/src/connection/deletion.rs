//! Deleting: ten seconds to take it back, then the grant is revoked at the provider and the record wiped.

use std::time::Duration;

use crate::Core;
use crate::activity::{Action, Outcome};
use crate::connector::{AuthMethod, Connector};
use crate::error::{Code, Error, Result};
use crate::oauth::{Endpoints, Provider, revocation};
use crate::store::authorizations;
use crate::store::connections::{self, ConnectionRecord};

use super::values::{ACCESS_TOKEN, REFRESH_TOKEN, gather};
use super::{Deletion, Event, RevocationResult};

/// Seconds in which a deletion can be taken back.
pub const UNDO_SECONDS: i64 = 10;

impl Core {
    /// Deletes a connection: it is gone from every list at once, and for good after ten seconds.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn delete_connection(&self, id: &str) -> Result<Deletion> {
        let mut record = self.find(id).await?;
        if let Some(attempt) = authorizations::of_connection(self.database(), id).await? {
            self.stop_task(&attempt.id);
        }
        let undo_until = self.now().plus_seconds(UNDO_SECONDS);
        record.deleted_at = Some(undo_until);
        connections::replace(self.database(), &record, record.generation).await?;
        self.changed(id);
        let core = self.clone();
        tokio::spawn(async move {
            let wait = u64::try_from(UNDO_SECONDS).unwrap_or(10);
            tokio::time::sleep(Duration::from_secs(wait) + Duration::from_millis(50)).await;
            core.finish_deletions().await;
        });
        Ok(Deletion {
            connection: record.id,
            name: record.name,
            undo_until,
        })
    }

    /// Takes a deletion back.
    ///
    /// # Errors
    /// `NotFound` when the ten seconds are over; `NameTaken` when its name was given away meanwhile.
    pub async fn undo_delete(&self, id: &str) -> Result<()> {
        let mut record = connections::find(self.database(), id)
            .await?
            .filter(|record| record.deleted_at.is_some())
            .ok_or_else(|| Error::new(Code::NotFound, "The connection is deleted for good"))?;
        record.deleted_at = None;
        connections::replace(self.database(), &record, record.generation).await?;
        self.log(Action::UndoDelete, Outcome::Done, &record, None)
            .await;
        self.rematch_flows(id).await;
        self.changed(id);
        Ok(())
    }

    /// Makes deletions final whose time is over.
    pub async fn finish_deletions(&self) {
        let Ok(due) = connections::deleted_before(self.database(), self.now()).await else {
            return;
        };
        for id in due {
            let flight = self.flight(&id);
            let _flight = flight.lock().await;
            let Ok(Some(record)) = connections::find(self.database(), &id).await else {
                continue;
            };
            if record.deleted_at.is_some()
                && let Err(error) = self.finish_deletion(&record).await
            {
                tracing::warn!(connection = id, code = ?error.code, "a deletion could not be finished");
            }
        }
    }

    async fn finish_deletion(&self, record: &ConnectionRecord) -> Result<()> {
        let connector = self.catalogue().get(&record.connector);
        let revocation = match &connector {
            Some(connector) => self.revoke(connector, record).await,
            None => RevocationResult::NotOffered,
        };
        connections::wipe(self.database(), &record.id).await?;
        let left_to_do = left_to_do(record, connector.as_deref(), revocation);
        self.log(Action::Delete, Outcome::Done, record, None).await;
        match revocation {
            RevocationResult::NothingToRevoke => {}
            RevocationResult::Revoked => {
                self.log(Action::Revoke, Outcome::Done, record, None).await
            }
            RevocationResult::NotOffered | RevocationResult::Failed => {
                self.log(
                    Action::Revoke,
                    Outcome::Failed,
                    record,
                    left_to_do.as_deref(),
                )
                .await;
            }
        }
        self.emit(Event::Deleted {
            name: record.name.clone(),
            connector_name: record.connector_name.clone(),
            revocation,
            left_to_do,
        });
        self.changed(&record.id);
        Ok(())
    }

    /// Revokes refresh and access token where the provider has an endpoint for it (RFC 7009).
    async fn revoke(&self, connector: &Connector, record: &ConnectionRecord) -> RevocationResult {
        let Ok(method) = connector.method(&record.method) else {
            return RevocationResult::NotOffered;
        };
        let Ok(secrets) = self.secrets_of(record).await else {
            return RevocationResult::Failed;
        };
        let access = secrets.get(ACCESS_TOKEN);
        let refresh = secrets.get(REFRESH_TOKEN);
        if access.is_none() && refresh.is_none() {
            return match has_standing_secret(method)
                && record.authorized_at.is_none()
                && secrets.keys().next().is_some()
            {
                true => RevocationResult::NotOffered,
                false => RevocationResult::NothingToRevoke,
            };
        }
        let (Some(oauth), Some(endpoints)) = (&method.oauth, &record.endpoints) else {
            return RevocationResult::NotOffered;
        };
        let registration = match &record.registration {
            Some(id) => self.find_registration(id).await.ok(),
            None => None,
        };
        let Ok(client) = self.client(registration.as_ref(), oauth, endpoints).await else {
            return RevocationResult::Failed;
        };
        let values = gather(
            connector,
            method,
            &record.settings,
            &secrets,
            Some(&client.client_id),
        );
        let mut endpoints = endpoints.clone();
        if endpoints.revocation.is_none()
            && let Ok(whole) = Endpoints::resolve(oauth, &connector.quirks, &values)
        {
            // An address that holds the client id couldn't be made when the sign-in began.
            endpoints.revocation = whole.revocation;
            endpoints.revocation_style = whole.revocation_style;
        }
        let provider = Provider {
            oauth,
            quirks: &connector.quirks,
            endpoints: &endpoints,
            client: &client,
            values: &values,
        };
        let http = self.http_for(connector, &values, Some(&endpoints));
        match revocation::revoke(&self.outside(&http), &provider, access, refresh).await {
            revocation::RevocationOutcome::Revoked => RevocationResult::Revoked,
            revocation::RevocationOutcome::NoEndpoint => RevocationResult::NotOffered,
            revocation::RevocationOutcome::Failed(_) => RevocationResult::Failed,
        }
    }
}

/// Whether the secret itself goes on being valid at the provider: keys, passwords.
fn has_standing_secret(method: &AuthMethod) -> bool {
    !method.kind.is_interactive()
}

fn left_to_do(
    record: &ConnectionRecord,
    connector: Option<&Connector>,
    revocation: RevocationResult,
) -> Option<String> {
    let name = &record.connector_name;
    let place = connector
        .and_then(|connector| connector.docs.credentials.as_deref())
        .map_or(String::new(), |page| format!(" ({page})"));
    let oauth = connector
        .and_then(|connector| connector.method(&record.method).ok())
        .is_some_and(|method| method.oauth.is_some());
    match (revocation, oauth) {
        (RevocationResult::Revoked | RevocationResult::NothingToRevoke, _) => None,
        (RevocationResult::NotOffered, true) => Some(format!(
            "{name} has no way to revoke tokens from here. Remove the app's access in your {name} account{place}"
        )),
        (RevocationResult::NotOffered, false) => Some(format!(
            "The key or password itself is still valid. Delete it at {name}{place}"
        )),
        (RevocationResult::Failed, _) => Some(format!(
            "{name} didn't confirm the revocation, so the token may still be valid. Remove the app's access in your \
             {name} account{place}"
        )),
    }
}

/// What a deletion will do at the provider, said before it is done.
pub(crate) fn note(
    record: &ConnectionRecord,
    connector: &Connector,
    method: &AuthMethod,
) -> String {
    let name = &record.connector_name;
    let can_revoke = record
        .endpoints
        .as_ref()
        .is_some_and(|endpoints| endpoints.revocation.is_some())
        || method
            .oauth
            .as_ref()
            .is_some_and(|oauth| oauth.revocation.is_some());
    match (can_revoke, method.kind.is_interactive()) {
        (true, _) => format!("Its tokens are revoked at {name}."),
        (false, true) => {
            format!(
                "{name} has no way to revoke tokens from here: remove the app's access in your {name} account."
            )
        }
        (false, false) => format!(
            "The key or password stays valid at {}: delete it there.",
            connector.name
        ),
    }
}
