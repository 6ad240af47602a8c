//! A draft's test request with what a person typed, without saving anything.

use std::collections::BTreeMap;

use zeroize::Zeroizing;

use super::allowed;
use crate::clock::Timestamp;
use crate::connector::{Connector, FieldKind};
use crate::credential::{ACCESS_TOKEN, TestOutcome, collect, test};
use crate::error::{Code, Error, Result};
use crate::http::Http;

/// Runs the test request of one method. For methods with tokens `typed` may hold an `access_token` to try with.
///
/// # Errors
/// `InvalidInput` on the field at fault; `NotFound` for a method that isn't there; `Unsupported` when the method first
/// needs a sign-in, or has no test request.
pub async fn try_it(
    http: &dyn Http,
    connector: &Connector,
    method: &str,
    typed: &BTreeMap<String, Zeroizing<String>>,
    now: Timestamp,
) -> Result<TestOutcome> {
    let method = connector
        .auth
        .iter()
        .find(|known| known.id == method)
        .ok_or_else(|| Error::new(Code::NotFound, format!("there is no method `{method}`")))?;
    let mut values = collect(connector, method, typed)?;
    if method.kind.has_tokens() {
        let token = typed
            .get(ACCESS_TOKEN)
            .filter(|token| !token.is_empty())
            .ok_or_else(|| {
                Error::new(
                    Code::Unsupported,
                    "This method can be tried once it has a token",
                )
                .with_field(ACCESS_TOKEN)
                .with_hint(
                    "Save the connector and sign in, or paste an access token to try it with",
                )
            })?;
        values.insert(ACCESS_TOKEN, FieldKind::Secret, token.as_str());
    }
    let request = test::build(connector, method, &values, now)?;
    if !allowed(connector, &values, &request.url) {
        return Err(Error::new(
            Code::WrongSettings,
            "The test request leads to a host that the definition doesn't list",
        ));
    }
    test::run(http, connector, method, &values, now).await
}
