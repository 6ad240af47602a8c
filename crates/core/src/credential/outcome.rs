//! A test's outcome in words: one sentence of what is the matter and the one thing that mends it.

use super::TestVerdict;
use super::sigv4::SECRET_ACCESS_KEY;
use super::test::TestOutcome;
use crate::connector::AuthKind;
use crate::error::{Code, Error};

impl TestOutcome {
    pub(super) fn new(verdict: TestVerdict) -> Self {
        Self {
            verdict,
            status: None,
            account: None,
            scopes: None,
            provider_error: None,
            detail: None,
            missing_scope: None,
            field: None,
            retry_after_seconds: None,
            clock_offset_seconds: None,
        }
    }

    pub fn is_ok(&self) -> bool {
        self.verdict == TestVerdict::Ok
    }

    /// The sentence for a person, and the action that mends it. `name` is the connection's or the service's.
    pub fn describe(&self, name: &str, kind: AuthKind) -> (String, Option<String>) {
        let because = |text: String| match &self.detail {
            Some(detail) => format!("{text}: {detail}"),
            None => text,
        };
        let status = self
            .status
            .map_or(String::new(), |status| format!(" (status {status})"));
        let (message, hint) = match self.verdict {
            TestVerdict::Ok => return (self.good(name), None),
            TestVerdict::Network => (
                because(format!("{name} can't be reached")),
                "Check the network, the VPN and the proxy, then test again".to_owned(),
            ),
            TestVerdict::BadSecret => self.bad_secret(name, kind),
            TestVerdict::MissingScope => self.missing_scope(name, kind),
            TestVerdict::Revoked => revoked(name, kind),
            TestVerdict::ProviderDown => self.provider_down(name, &status),
            TestVerdict::WrongSettings => match self.clock_offset_seconds {
                Some(seconds) => wrong_clock(name, seconds),
                None => (
                    because(format!("What was asked isn't the API of {name}{status}")),
                    match &self.field {
                        Some(field) => format!("Check the setting “{field}”"),
                        None => "Check the settings of the connection".to_owned(),
                    },
                ),
            },
            TestVerdict::Unexpected => (
                because(format!("{name} answered something unexpected{status}")),
                "Test again. If it stays so, the provider's status page or documentation knows more"
                    .to_owned(),
            ),
        };
        (message, Some(hint))
    }

    /// The outcome as an error, unless it is good.
    pub fn to_error(&self, name: &str, kind: AuthKind) -> Option<Error> {
        let code = match self.verdict {
            TestVerdict::Ok => return None,
            TestVerdict::Network => Code::Network,
            TestVerdict::BadSecret => Code::BadSecret,
            TestVerdict::MissingScope => Code::MissingScope,
            TestVerdict::Revoked => Code::Revoked,
            TestVerdict::ProviderDown | TestVerdict::Unexpected => Code::ProviderDown,
            TestVerdict::WrongSettings => Code::WrongSettings,
        };
        let (message, hint) = self.describe(name, kind);
        Some(Error {
            hint,
            field: self.field.clone(),
            provider_error: self.provider_error.clone(),
            ..Error::new(code, message)
        })
    }

    fn good(&self, name: &str) -> String {
        match &self.account {
            Some(account) => format!(
                "{name} works, connected as {}",
                account.name.as_deref().unwrap_or(&account.id)
            ),
            None => format!("{name} works"),
        }
    }

    fn bad_secret(&self, name: &str, kind: AuthKind) -> (String, String) {
        if kind == AuthKind::AwsKeyPair {
            return if self.field.as_deref() == Some(SECRET_ACCESS_KEY) {
                (
                    format!("{name} knows the access key, but the secret access key is wrong"),
                    "Enter the secret access key again".to_owned(),
                )
            } else {
                (
                    format!("{name} doesn't know the access key"),
                    "Enter a valid access key pair".to_owned(),
                )
            };
        }
        let what = match kind {
            AuthKind::Basic => "user name or password",
            AuthKind::Bearer => "token",
            AuthKind::ApiKey => "key",
            AuthKind::None => "request without a credential",
            AuthKind::AuthorizationCode
            | AuthKind::ClientCredentials
            | AuthKind::DeviceCode
            | AuthKind::JwtBearer
            | AuthKind::GithubApp
            | AuthKind::AwsKeyPair
            | AuthKind::SessionToken => "credential",
        };
        (
            format!("{name} refused the {what}"),
            format!("Enter a valid {what}"),
        )
    }

    fn missing_scope(&self, name: &str, kind: AuthKind) -> (String, String) {
        let what = match &self.missing_scope {
            Some(scope) => format!("the permission {scope}"),
            None => "a permission".to_owned(),
        };
        let hint = match kind {
            AuthKind::AuthorizationCode | AuthKind::DeviceCode => {
                "Add the scope under Permissions and reauthorize"
            }
            AuthKind::AwsKeyPair => "Allow the action in a policy of the key's user",
            AuthKind::ClientCredentials
            | AuthKind::JwtBearer
            | AuthKind::GithubApp
            | AuthKind::ApiKey
            | AuthKind::Bearer
            | AuthKind::Basic
            | AuthKind::SessionToken
            | AuthKind::None => "Give it that permission at the provider, then test again",
        };
        (
            format!("{name} takes the credential, but it lacks {what}"),
            hint.to_owned(),
        )
    }

    fn provider_down(&self, name: &str, status: &str) -> (String, String) {
        let message = match self.status {
            Some(429 | 403) => format!("{name} has had too many requests{status}"),
            _ => format!("{name} has a problem of its own{status}"),
        };
        let hint = match self.retry_after_seconds {
            Some(seconds) if seconds > 90 => {
                format!(
                    "Nothing to mend here: test again in {} minutes",
                    seconds.div_ceil(60)
                )
            }
            Some(seconds) if seconds > 0 => {
                format!("Nothing to mend here: test again in {seconds} seconds")
            }
            _ => "Nothing to mend here: test again later".to_owned(),
        };
        (message, hint)
    }
}

fn revoked(name: &str, kind: AuthKind) -> (String, String) {
    let (message, hint) = match kind {
        AuthKind::AuthorizationCode | AuthKind::DeviceCode => (
            "no longer accepts this sign-in",
            "Reauthorize the connection",
        ),
        AuthKind::AwsKeyPair => (
            "says that the temporary credentials have expired",
            "Enter new ones",
        ),
        AuthKind::ClientCredentials
        | AuthKind::JwtBearer
        | AuthKind::GithubApp
        | AuthKind::ApiKey
        | AuthKind::Bearer
        | AuthKind::Basic
        | AuthKind::SessionToken
        | AuthKind::None => (
            "no longer accepts the token",
            "Reauthorize the connection; if that fails, enter its credentials again",
        ),
    };
    (format!("{name} {message}"), hint.to_owned())
}

fn wrong_clock(name: &str, seconds: i32) -> (String, String) {
    let direction = if seconds > 0 { "behind" } else { "ahead of" };
    let minutes = seconds.unsigned_abs().div_ceil(60);
    (
        format!("This machine's clock is about {minutes} minutes {direction} that of {name}"),
        "Set the clock of this machine, then test again".to_owned(),
    )
}
