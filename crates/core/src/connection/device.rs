//! The device grant (RFC 8628): polling until the person has typed the code elsewhere.

use std::time::Duration;

use url::Url;

use crate::Core;
use crate::error::Result;
use crate::oauth::{Provider, TokenAnswer, device_code};
use crate::store::authorizations::{self, AuthorizationRecord};

use super::AuthorizationPhase;
use super::attempt::{ADDRESS, DEVICE_CODE, expired};
use super::values::settings_only;

impl Core {
    /// Polls until the person has typed the code, said no, or the time is over (RFC 8628 3.5).
    pub(crate) async fn poll_device_code(&self, id: &str, interval: Duration) {
        let mut interval = interval;
        loop {
            tokio::time::sleep(interval).await;
            let Ok(record) = self.waiting_authorization(id).await else {
                if let Ok(Some(record)) = authorizations::find(self.database(), id).await {
                    let _ = self.expire(&record).await;
                }
                return;
            };
            match self.poll_once(&record).await {
                Ok(device_code::Poll::Pending) => {}
                Ok(device_code::Poll::SlowDown) => interval += Duration::from_secs(5),
                Ok(device_code::Poll::Granted(answer)) => {
                    if let Err(error) = self.accept_device(&record, *answer).await {
                        self.fail(&record, error).await;
                    }
                    return;
                }
                Err(error) => {
                    self.fail(&record, error).await;
                    return;
                }
            }
        }
    }

    async fn poll_once(&self, record: &AuthorizationRecord) -> Result<device_code::Poll> {
        let connection = self.find(&record.connection).await?;
        let connector = self.catalogue().require(&connection.connector)?;
        let method = connector.method(&connection.method)?;
        let (Some(oauth), Some(endpoints)) = (&method.oauth, &record.endpoints) else {
            return Err(expired());
        };
        let secrets = self
            .unseal(
                "authorization",
                &record.id,
                record.generation,
                &record.sealed,
            )
            .await?;
        let settings = record
            .change
            .settings
            .as_ref()
            .unwrap_or(&connection.settings);
        let values = settings_only(&connector, method, settings);
        let registration = match &record.change.registration {
            Some(id) => Some(self.find_registration(id).await?),
            None => None,
        };
        let client = self.client(registration.as_ref(), oauth, endpoints).await?;
        let provider = Provider {
            oauth,
            quirks: &connector.quirks,
            endpoints,
            client: &client,
            values: &values,
        };
        let shown = record.device.as_ref().ok_or_else(expired)?;
        let device = device_code::DeviceAuthorization {
            device_code: secrets.get(DEVICE_CODE).ok_or_else(expired)?.duplicate(),
            user_code: shown.user_code.clone(),
            verification_uri: Url::parse(&shown.verification_uri).map_err(|_| expired())?,
            verification_uri_complete: None,
            expires_at: record.expires_at,
            interval: 5,
        };
        let http = self.http_for(&connector, &values, Some(endpoints));
        device_code::poll(&self.outside(&http), &provider, &device)
            .await
            .map_err(|failure| failure.into_error(&connection.name, &connector.name))
    }

    async fn accept_device(&self, record: &AuthorizationRecord, answer: TokenAnswer) -> Result<()> {
        let claimed = authorizations::advance(
            self.database(),
            &record.id,
            &[AuthorizationPhase::Waiting],
            AuthorizationPhase::Finishing,
            None,
        )
        .await?;
        if !claimed {
            return Ok(());
        }
        self.authorization_changed(record);
        let connection = self.find(&record.connection).await?;
        let mut secrets = self
            .unseal(
                "authorization",
                &record.id,
                record.generation,
                &record.sealed,
            )
            .await?;
        secrets.remove(DEVICE_CODE);
        secrets.remove(ADDRESS);
        let settings = record
            .change
            .settings
            .clone()
            .unwrap_or_else(|| connection.settings.clone());
        let endpoints = record.endpoints.clone().ok_or_else(expired)?;
        self.accept(record, connection, settings, secrets, answer, &endpoints)
            .await
    }
}
