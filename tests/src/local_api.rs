//! An API on this machine that takes a credential in every usual place and answers as real ones do.
//!
//! `/header` wants `X-Api-Key`, `/query` the parameter `api_key`, `/bearer` a bearer token, `/basic` a user name and
//! password. Each knows one good secret, one that may not do this, and refuses every other.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

use crate::scripted::{Answer, Scripted, Seen};

/// Taken: the account is `u-1`, Release Bot.
pub const GOOD: &str = "good-secret-1";
/// Taken, but without the permission `me:read`.
pub const LIMITED: &str = "limited-secret-1";
/// The user name of `/basic`.
pub const USER: &str = "björn";

pub async fn start() -> Scripted {
    Scripted::start(answer).await
}

fn answer(seen: &Seen) -> Answer {
    let (path, query) = seen.path.split_once('?').unwrap_or((&seen.path, ""));
    let authorization = seen.header("authorization").unwrap_or_default();
    let secret = match path {
        "/header" => seen.header("x-api-key").unwrap_or_default().to_owned(),
        "/query" => url::form_urlencoded::parse(query.as_bytes())
            .find(|(name, _)| name == "api_key")
            .map(|(_, value)| value.into_owned())
            .unwrap_or_default(),
        "/bearer" => authorization
            .strip_prefix("Bearer ")
            .unwrap_or_default()
            .to_owned(),
        "/basic" => basic_password(authorization).unwrap_or_default(),
        "/down" => {
            return Answer::json(503, &json!({"message": "maintenance"}))
                .header("retry-after", "90");
        }
        "/page" => {
            return Answer::new(200, "<!doctype html><html><title>Sign in</title></html>")
                .header("content-type", "text/html");
        }
        "/moved" => {
            return Answer::new(302, "").header("location", &format!("{}/bearer", seen.base));
        }
        _ => return Answer::json(404, &json!({"message": "no such path"})),
    };
    match secret.as_str() {
        GOOD => Answer::json(200, &json!({"id": "u-1", "name": "Release Bot"})),
        LIMITED => Answer::json(403, &json!({"error": "insufficient_scope"})).header(
            "www-authenticate",
            r#"Bearer error="insufficient_scope", scope="me:read""#,
        ),
        other => {
            // As a careless service does, so that a test can see that it isn't shown.
            let sentence = format!("the secret {other} is not known");
            Answer::json(
                401,
                &json!({"error": "invalid_credentials", "message": sentence}),
            )
        }
    }
}

fn basic_password(authorization: &str) -> Option<String> {
    let pair = STANDARD
        .decode(authorization.strip_prefix("Basic ")?)
        .ok()?;
    let pair = String::from_utf8(pair).ok()?;
    let (user, password) = pair.split_once(':')?;
    (user == USER).then(|| password.to_owned())
}
