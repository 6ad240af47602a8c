//! What a provider's refusal in the browser's answer means for a person.

use crate::error::{Code, Error};
use crate::oauth::{FailureKind, TokenFailure};

/// Why the code that the browser brought bought no token. It is spent, so every way on begins with a new sign-in.
pub(crate) fn not_exchanged(connection: &str, provider: &str, failure: TokenFailure) -> Error {
    let kind = failure.kind.clone();
    let error = failure.into_error(connection, provider);
    match kind {
        FailureKind::InvalidGrant => Error {
            code: Code::AuthorizationExpired,
            message: format!(
                "{provider} doesn't take the code of this sign-in for “{connection}”: it took too long, or was used already"
            ),
            ..error
        }
        .with_hint("Start the sign-in again"),
        FailureKind::Temporarily { .. } => {
            error.with_hint("Start the sign-in again in a while; nothing was changed")
        }
        FailureKind::Uncertain(_) => error.with_hint("Start the sign-in again"),
        _ => error,
    }
}

/// RFC 9207 2.4: the answer isn't the issuer's, so nothing in it is believed or shown.
pub(crate) fn wrong_issuer(connection: &str, provider: &str) -> Error {
    Error::new(
        Code::WrongSettings,
        format!(
            "The answer for “{connection}” didn't come from {provider}: its issuer is another one"
        ),
    )
    .with_hint("Start again. If it happens again, check the issuer in the connection's settings")
}

/// What the error words of RFC 6749 4.1.2.1 and OpenID Connect 3.1.2.6 mean for a person.
pub(crate) fn refused(
    connection: &str,
    provider: &str,
    word: &str,
    description: Option<&str>,
) -> Error {
    let (code, message, hint) = match word {
        "access_denied" => (
            Code::Denied,
            format!("“{connection}” was not connected: the sign-in at {provider} was denied"),
            "Sign in again and allow the access",
        ),
        "invalid_scope" => (
            Code::MissingScope,
            format!("{provider} refused the scopes of “{connection}”"),
            "Take out the scope it names, or allow it in the registration at the provider",
        ),
        "unauthorized_client" | "invalid_client" | "unsupported_response_type" => (
            Code::BadRegistration,
            format!("{provider} refused the client registration of “{connection}”"),
            "Check the client ID and its callback address at the provider",
        ),
        "temporarily_unavailable" | "server_error" => (
            Code::ProviderDown,
            format!("{provider} is in trouble, so “{connection}” was not connected"),
            "Try again in a while",
        ),
        "login_required"
        | "consent_required"
        | "interaction_required"
        | "account_selection_required" => (
            Code::Denied,
            format!("{provider} wants a sign-in for “{connection}” that was not finished"),
            "Sign in again",
        ),
        _ => (
            Code::ProviderDown,
            format!("{provider} ended the sign-in of “{connection}” with an error"),
            "Read what the provider said, then try again",
        ),
    };
    let said = match description {
        Some(description) => format!("{word}: {description}"),
        None => word.to_owned(),
    };
    Error::new(code, message)
        .with_hint(hint)
        .with_provider(&said)
}
