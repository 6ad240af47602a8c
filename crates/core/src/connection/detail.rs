//! Reading: the list, one connection with all that is known of it, and sign-ins that wait.

use crate::Core;
use crate::activity::{ActivityEntry, ActivityQuery, Outcome};
use crate::connector::{AuthMethod, Connector, Quirk};
use crate::error::{Code, Error, Result};
use crate::page::Page;
use crate::store::authorizations::{self, AuthorizationRecord};
use crate::store::connections::ConnectionRecord;
use crate::store::{activity, list};
use crate::workspace::registration_view;

use super::attempt::expired;
use super::callback::action;
use super::checks::fields;
use super::{
    AuthorizationPhase, AuthorizationView, ConnectionCounts, ConnectionDetail, ConnectionQuery,
    ConnectionRow, RefreshView, ScopesView, SecretPresence, Setting,
};

impl Core {
    /// A page of the list.
    pub async fn list_connections(&self, query: &ConnectionQuery) -> Result<Page<ConnectionRow>> {
        list::list(self.database(), query).await
    }

    pub async fn connection_counts(&self) -> Result<ConnectionCounts> {
        list::counts(self.database()).await
    }

    pub async fn list_activity(&self, query: &ActivityQuery) -> Result<Page<ActivityEntry>> {
        activity::list(self.database(), query).await
    }

    /// Everything about one connection, without opening its secrets.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn connection(&self, id: &str) -> Result<ConnectionDetail> {
        let record = self.find(id).await?;
        let connector = self.catalogue().require(&record.connector)?;
        let method = connector.method(&record.method)?;
        let row = list::row(self.database(), id)
            .await?
            .ok_or_else(|| Error::new(Code::NotFound, "This connection doesn't exist any more"))?;
        let registration = match &record.registration {
            Some(id) => Some(registration_view(&self.find_registration(id).await?)),
            None => None,
        };
        let authorization = match authorizations::of_connection(self.database(), id).await? {
            Some(attempt) if attempt.phase != AuthorizationPhase::Connected => {
                Some(self.authorization_view(&attempt).await?)
            }
            Some(_) | None => None,
        };
        Ok(ConnectionDetail {
            row,
            method: method.id.clone(),
            method_label: method.label.clone(),
            kind: method.kind,
            settings: settings(&connector, method, &record),
            secrets: fields(&connector, method)
                .filter(|field| field.is_secret())
                .map(|field| SecretPresence {
                    key: field.key.clone(),
                    label: field.label.clone(),
                    present: record.secret_names.contains(&field.key),
                })
                .collect(),
            registration,
            redirect: record.redirect.clone(),
            scopes: scopes(method, &record),
            account_id: record.account_id.clone(),
            site: super::sites::of(&record),
            created_at: record.created_at,
            authorized_at: record.authorized_at,
            refresh: self.refresh_view(&connector, method, &record),
            last_test: record.last_test.clone(),
            problem: record.problem.clone(),
            authorization,
            deletion_note: super::deletion::note(&record, &connector, method),
        })
    }

    /// One sign-in.
    ///
    /// # Errors
    /// `AuthorizationExpired` when it is gone.
    pub async fn authorization(&self, id: &str) -> Result<AuthorizationView> {
        let record = authorizations::find(self.database(), id)
            .await?
            .ok_or_else(expired)?;
        self.authorization_view(&record).await
    }

    /// Sign-ins that wait for something.
    pub async fn pending_authorizations(&self) -> Result<Vec<AuthorizationView>> {
        let mut views = Vec::new();
        for record in authorizations::open(self.database()).await? {
            if record.expires_at <= self.now() && record.phase == AuthorizationPhase::Waiting {
                self.expire(&record).await?;
                continue;
            }
            views.push(self.authorization_view(&record).await?);
        }
        Ok(views)
    }

    /// Ends a sign-in on the person's word. A connection that was never authorised goes with it: its form is still
    /// open, or easily filled again.
    pub async fn cancel_authorization(&self, id: &str) -> Result<()> {
        let record = authorizations::find(self.database(), id)
            .await?
            .ok_or_else(expired)?;
        self.stop_task(id);
        let phases = [
            AuthorizationPhase::Waiting,
            AuthorizationPhase::AccountQuestion,
        ];
        let moved = authorizations::advance(
            self.database(),
            id,
            &phases,
            AuthorizationPhase::Cancelled,
            None,
        )
        .await?;
        if !moved {
            return Ok(());
        }
        let connection = self.find(&record.connection).await?;
        self.log(action(&record), Outcome::Cancelled, &connection, None)
            .await;
        if connection.authorized_at.is_none() {
            crate::store::connections::wipe(self.database(), &connection.id).await?;
        }
        self.authorization_changed(&record);
        Ok(())
    }

    pub(crate) async fn authorization_view(
        &self,
        record: &AuthorizationRecord,
    ) -> Result<AuthorizationView> {
        let connection = self.find(&record.connection).await?;
        let phase = match record.phase {
            AuthorizationPhase::Waiting if record.expires_at <= self.now() => {
                AuthorizationPhase::Expired
            }
            phase => phase,
        };
        Ok(AuthorizationView {
            id: record.id.clone(),
            connection: connection.id,
            connection_name: connection.name,
            connector: connection.connector,
            connector_name: connection.connector_name,
            phase,
            reauthorization: record.reauthorization,
            started_at: record.started_at,
            expires_at: record.expires_at,
            redirect: record.redirect.clone(),
            device: record.device.clone(),
            scopes: record.scopes.clone(),
            error: record.error.clone(),
            old_account: connection.account_name,
            new_account: record.new_account.clone(),
        })
    }

    fn refresh_view(
        &self,
        connector: &Connector,
        method: &AuthMethod,
        record: &ConnectionRecord,
    ) -> RefreshView {
        RefreshView {
            has_refresh_token: record.has_refresh_token,
            refresh_expires_at: record.refresh_expires_at,
            warning: warning(connector, method, record),
            rotates: method.oauth.as_ref().is_some_and(|o| o.refresh.rotates),
            grace_seconds: method
                .oauth
                .as_ref()
                .map_or(0, |oauth| oauth.refresh.grace_seconds),
            last_refresh_at: record.refreshed_at,
        }
    }
}

/// Why the connection will end by itself, and what to do about it; said at once, not when it has happened (C6, C7).
fn warning(
    connector: &Connector,
    method: &AuthMethod,
    record: &ConnectionRecord,
) -> Option<String> {
    let oauth = method.oauth.as_ref()?;
    record.authorized_at?;
    let ends = record.expires_at.is_some();
    if method.kind.is_interactive() && !record.has_refresh_token && ends && !oauth.refresh.never {
        let missing: Vec<&str> = oauth
            .refresh
            .scopes
            .iter()
            .filter(|scope| !record.scopes_requested.contains(scope))
            .map(String::as_str)
            .collect();
        let cure = match missing.as_slice() {
            [] => format!(
                "Check at {} that the app may be used offline, then reauthorize",
                connector.name
            ),
            missing => format!("Reauthorize with the scope {}", missing.join(" and ")),
        };
        return Some(format!(
            "{} gave no refresh token, so this connection ends with its token. {cure}.",
            connector.name
        ));
    }
    if connector.quirks.contains(&Quirk::TestModeSevenDays) && record.has_refresh_token {
        return Some(
            "While the app is in test mode at Google, its sign-ins end after seven days. Publish the app to keep them."
                .to_owned(),
        );
    }
    None
}

fn settings(connector: &Connector, method: &AuthMethod, record: &ConnectionRecord) -> Vec<Setting> {
    let listed: Vec<Setting> = fields(connector, method)
        .filter(|field| !field.is_secret())
        .filter_map(|field| {
            let value = record.settings.get(&field.key)?;
            let shown = field
                .choices
                .iter()
                .find(|choice| choice.value == *value)
                .map_or(value, |choice| &choice.label);
            Some(Setting {
                key: field.key.clone(),
                label: field.label.clone(),
                value: shown.clone(),
            })
        })
        .collect();
    let captured = method
        .oauth
        .iter()
        .flat_map(|oauth| &oauth.capture)
        .filter_map(|capture| {
            let value = record.settings.get(&capture.field)?;
            Some(Setting {
                key: capture.field.clone(),
                label: capture.field.replace('_', " "),
                value: value.clone(),
            })
        });
    let mut all = listed;
    all.extend(captured);
    all
}

fn scopes(method: &AuthMethod, record: &ConnectionRecord) -> ScopesView {
    let requested = record.scopes_requested.clone();
    let granted = record.scopes_granted.clone();
    // Microsoft leaves offline_access out of its answer: the refresh token that came says that it was granted.
    let by_refresh_token = |scope: &String| {
        let refresh = method.oauth.as_ref().map(|oauth| &oauth.refresh);
        record.has_refresh_token && refresh.is_some_and(|r| r.scopes.contains(scope))
    };
    let (missing, extra) = match &granted {
        None => (Vec::new(), Vec::new()),
        Some(granted) => (
            requested
                .iter()
                .filter(|scope| !granted.contains(scope) && !by_refresh_token(scope))
                .cloned()
                .collect(),
            granted
                .iter()
                .filter(|scope| !requested.contains(scope))
                .cloned()
                .collect(),
        ),
    };
    ScopesView {
        requested,
        granted,
        missing,
        extra,
    }
}
