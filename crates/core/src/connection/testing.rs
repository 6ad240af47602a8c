//! Testing: the connector's real test request with a fresh credential, judged, kept with its time.

use std::sync::atomic::Ordering;

use crate::Core;
use crate::activity::{Action, Outcome};
use crate::connector::template::{self, Values};
use crate::connector::{AuthMethod, Connector};
use crate::credential::{TestVerdict, test};
use crate::error::{Code, Error, Result};
use crate::store::connections::{self, ConnectionRecord};
use crate::store::list;

use super::tokens::Fresh;
use super::values::gather;
use super::{ConnectionQuery, Event, Status, TestResult};

/// Tests at once in *Test all*.
const AT_ONCE: usize = 6;

/// A test as it came out, with what it learned.
pub(crate) struct Tried {
    pub result: TestResult,
    pub account: Option<(String, String)>,
    pub scopes: Option<Vec<String>>,
}

impl Core {
    /// Tests a connection: renews the token first if it is stale, and once more if the provider calls it invalid.
    ///
    /// # Errors
    /// `Unsupported` for a connector without a test request; the vault's state. A failed test is a result.
    pub async fn test_connection(&self, id: &str) -> Result<TestResult> {
        let record = self.find(id).await?;
        if record.status == Status::FinishSigningIn {
            return Err(Error::new(
                Code::Revoked,
                format!("Nobody has signed in for “{}” yet", record.name),
            )
            .with_hint("Finish signing in first"));
        }
        let connector = self.catalogue().require(&record.connector)?;
        let method = connector.method(&record.method)?;
        if test::request_of(&connector, method).is_none() {
            return Err(Error::new(
                Code::Unsupported,
                format!("{} has no test request", connector.name),
            )
            .with_hint(connector.no_test_because.clone().unwrap_or_default()));
        }
        self.ready_vault().await?;
        let mut tried = match self.fresh(id).await {
            Ok(fresh) => self.test_with(&connector, method, &fresh).await?,
            Err(error) => self.failed(&record, &error),
        };
        if tried.result.verdict == TestVerdict::Revoked && method.kind.has_tokens() {
            let record = self.find(id).await?;
            tried = match self.renew_refused(&record).await {
                Ok(fresh) => self.test_with(&connector, method, &fresh).await?,
                Err(error) => self.failed(&record, &error),
            };
        }
        self.keep_test(id, tried).await
    }

    async fn test_with(
        &self,
        connector: &Connector,
        method: &AuthMethod,
        fresh: &Fresh,
    ) -> Result<Tried> {
        let client_id = self.client_id_of(&fresh.record).await?;
        let values = gather(
            connector,
            method,
            &fresh.record.settings,
            &fresh.secrets,
            client_id.as_deref(),
        );
        let tried = self.run_test(connector, method, &values).await;
        Ok(tried.unwrap_or_else(|| Tried {
            result: TestResult {
                at: self.now(),
                verdict: TestVerdict::Ok,
                status: None,
                message: match method.kind.has_tokens() {
                    true => format!(
                        "{} gives a token. No address to test with is set",
                        connector.name
                    ),
                    false => "No address to test with is set, so nothing was asked".to_owned(),
                },
                hint: None,
                provider_error: None,
                took_ms: 0,
            },
            account: None,
            scopes: None,
        }))
    }

    /// Runs the test request; `None` when the connector has none.
    pub(crate) async fn run_test(
        &self,
        connector: &Connector,
        method: &AuthMethod,
        values: &Values,
    ) -> Option<Tried> {
        let request = test::request_of(connector, method)?;
        if lacks_address(&request.url, values) {
            return None;
        }
        let at = self.now();
        let http = self.http_for(connector, values, None);
        let outcome = test::run(&http, connector, method, values, at).await;
        let took_ms = u32::try_from(self.now().0.saturating_sub(at.0)).unwrap_or(0);
        Some(match outcome {
            Ok(outcome) => {
                let (message, hint) = outcome.describe(&connector.name, method.kind);
                Tried {
                    result: TestResult {
                        at,
                        verdict: outcome.verdict,
                        status: outcome.status,
                        message,
                        hint,
                        provider_error: outcome.provider_error.clone(),
                        took_ms,
                    },
                    account: outcome.account.map(|account| {
                        let name = account.name.unwrap_or_else(|| account.id.clone());
                        (account.id, name)
                    }),
                    scopes: outcome.scopes,
                }
            }
            Err(error) => Tried {
                result: TestResult {
                    at,
                    verdict: TestVerdict::WrongSettings,
                    status: None,
                    message: error.message,
                    hint: error.hint,
                    provider_error: None,
                    took_ms,
                },
                account: None,
                scopes: None,
            },
        })
    }

    /// A test that couldn't be run because no token was to be had.
    fn failed(&self, record: &ConnectionRecord, error: &Error) -> Tried {
        tracing::debug!(connection = record.id, code = ?error.code, "no fresh token");
        Tried {
            result: TestResult {
                at: self.now(),
                verdict: verdict_of(error.code),
                status: None,
                message: error.message.clone(),
                hint: error.hint.clone(),
                provider_error: error.provider_error.clone(),
                took_ms: 0,
            },
            account: None,
            scopes: None,
        }
    }

    async fn keep_test(&self, id: &str, tried: Tried) -> Result<TestResult> {
        let record = self.find(id).await?;
        let (status, reason, problem) = status_after(&record, Some(&tried.result));
        connections::set_test(
            self.database(),
            id,
            &tried.result,
            status,
            reason.as_deref(),
            problem.as_ref(),
        )
        .await?;
        let outcome = match tried.result.verdict {
            TestVerdict::Ok => Outcome::Done,
            _ => Outcome::Failed,
        };
        self.log(Action::Test, outcome, &record, Some(&tried.result.message))
            .await;
        self.changed(id);
        Ok(tried.result)
    }

    /// Tests all that match, a few at a time; progress comes as events. Gives how many will be tested.
    ///
    /// # Errors
    /// When the list can't be read.
    pub async fn test_all(&self, query: &ConnectionQuery) -> Result<u32> {
        self.ready_vault().await?;
        let ids = list::ids(self.database(), query).await?;
        let total = u32::try_from(ids.len()).unwrap_or(u32::MAX);
        self.0.test_all_cancelled.store(false, Ordering::Relaxed);
        let core = self.clone();
        tokio::spawn(async move { core.test_each(ids, total).await });
        Ok(total)
    }

    pub fn cancel_test_all(&self) {
        self.0.test_all_cancelled.store(true, Ordering::Relaxed);
    }

    async fn test_each(&self, ids: Vec<String>, total: u32) {
        let mut running = tokio::task::JoinSet::new();
        let mut done = 0;
        let mut failed = 0;
        let mut ids = ids.into_iter();
        loop {
            while running.len() < AT_ONCE && !self.0.test_all_cancelled.load(Ordering::Relaxed) {
                let Some(id) = ids.next() else { break };
                let core = self.clone();
                running.spawn(async move { core.test_connection(&id).await });
            }
            let Some(finished) = running.join_next().await else {
                break;
            };
            done += 1;
            let good = matches!(finished, Ok(Ok(result)) if result.verdict == TestVerdict::Ok);
            failed += u32::from(!good);
            self.emit(Event::TestProgress {
                done,
                total,
                failed,
            });
        }
        if done < total {
            self.emit(Event::TestProgress {
                done: total,
                total,
                failed,
            });
        }
    }
}

/// Whether the address of the test request is left to the person, who left it empty.
fn lacks_address(template: &str, values: &Values) -> bool {
    template::keys(template)
        .unwrap_or_default()
        .iter()
        .any(|key| values.get(key).is_none_or(str::is_empty))
}

/// The status a connection has after a test. Trouble on the way to the provider says nothing about the connection.
pub(crate) fn status_after(
    record: &ConnectionRecord,
    test: Option<&TestResult>,
) -> (Status, Option<String>, Option<Error>) {
    let Some(test) = test else {
        return (Status::Connected, None, None);
    };
    let fault = || Some(error_of(record, test));
    match test.verdict {
        TestVerdict::Ok => (Status::Connected, None, None),
        TestVerdict::Revoked => (
            Status::Reauthorize,
            Some("sign in again".to_owned()),
            fault(),
        ),
        TestVerdict::Network
        | TestVerdict::ProviderDown
        | TestVerdict::BadSecret
        | TestVerdict::MissingScope
        | TestVerdict::WrongSettings
        | TestVerdict::Unexpected => {
            let reason = short_reason(code_of(test.verdict));
            let reason = match test.status {
                Some(status) => format!("{status} {reason}"),
                None => reason.to_owned(),
            };
            (Status::TestFailed, Some(reason), fault())
        }
    }
}

/// A failed test as an error that names the connection.
pub(crate) fn error_of(record: &ConnectionRecord, test: &TestResult) -> Error {
    Error {
        hint: test.hint.clone(),
        provider_error: test.provider_error.clone(),
        ..Error::new(
            code_of(test.verdict),
            format!("“{}”: {}", record.name, test.message),
        )
    }
}

fn code_of(verdict: TestVerdict) -> Code {
    match verdict {
        TestVerdict::Ok | TestVerdict::Unexpected | TestVerdict::ProviderDown => Code::ProviderDown,
        TestVerdict::Network => Code::Network,
        TestVerdict::BadSecret => Code::BadSecret,
        TestVerdict::MissingScope => Code::MissingScope,
        TestVerdict::Revoked => Code::Revoked,
        TestVerdict::WrongSettings => Code::WrongSettings,
    }
}

fn verdict_of(code: Code) -> TestVerdict {
    match code {
        Code::Network => TestVerdict::Network,
        Code::BadSecret | Code::BadRegistration => TestVerdict::BadSecret,
        Code::MissingScope => TestVerdict::MissingScope,
        Code::Revoked | Code::Denied | Code::AuthorizationExpired => TestVerdict::Revoked,
        Code::WrongSettings | Code::InvalidInput => TestVerdict::WrongSettings,
        Code::ProviderDown => TestVerdict::ProviderDown,
        _ => TestVerdict::Unexpected,
    }
}

/// A failure in two or three words, for the row.
pub(crate) fn short_reason(code: Code) -> &'static str {
    match code {
        Code::Network => "not reachable",
        Code::BadSecret => "wrong secret",
        Code::BadRegistration => "registration refused",
        Code::MissingScope => "missing scope",
        Code::Revoked | Code::Denied => "sign in again",
        Code::WrongSettings | Code::InvalidInput => "wrong settings",
        Code::ProviderDown => "provider in trouble",
        _ => "failed",
    }
}
