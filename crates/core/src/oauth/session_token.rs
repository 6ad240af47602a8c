//! Services that exchange a key or a password for a token of limited life, each in its own way: the definition says
//! how, and the exchange is simply done again when the token has ended.

use base64::Engine as _;
use zeroize::Zeroizing;

use super::Outside;
use super::endpoints::check_endpoint;
use super::token::json::{DEPTH, Json};
use super::token::{FailureKind, TokenAnswer, TokenFailure, failure, response};
use crate::connector::template::{Values, expand_text, expand_url};
use crate::connector::{Basic, RequestMethod, SessionExchange, TokenBody};
use crate::error::{Error, Result};
use crate::http::{Method, Request};
use crate::vault::Secret;

/// Exchanges the fields for a token.
///
/// # Errors
/// `BadSecret` when the provider refuses them; every other kind of [`TokenFailure`].
pub async fn obtain(
    outside: &Outside<'_>,
    exchange: &SessionExchange,
    values: &Values,
) -> Result<TokenAnswer, TokenFailure> {
    let request = request(outside, exchange, values)?;
    let answer = outside.http.send(request).await?;
    let body = Json::parse(&answer.body, DEPTH);
    let sent: Vec<Secret> = values
        .keys()
        .filter(|key| values.kind(key).is_some_and(is_secret))
        .filter_map(|key| values.get(key).map(Secret::new))
        .collect();
    match answer.status {
        200..=299 => {}
        status => {
            let kind = match status {
                400 | 401 | 403 | 422 => FailureKind::BadSecret,
                408 | 425 | 429 | 500..=599 => FailureKind::Temporarily {
                    retry_after: answer
                        .header("retry-after")
                        .and_then(|value| failure::retry_after(value, outside.clock.now())),
                },
                300..=399 | 404 | 405 | 410 => FailureKind::NotAnEndpoint(status),
                _ => FailureKind::Other,
            };
            let said = body.as_ref().ok().and_then(|body| {
                ["error_description", "message", "error"]
                    .iter()
                    .find_map(|name| body.get(name))
                    .and_then(Json::text)
            });
            return Err(TokenFailure::said(kind, None, said, &sent));
        }
    }
    let body = body.map_err(|_| TokenFailure::malformed("it isn't JSON as agreed"))?;
    let access_token = response::token_value(body.pointer(&exchange.token))?
        // Several services answer 200 with an error of their own when the password is wrong.
        .ok_or(TokenFailure::malformed("it holds no token"))?;
    let told = exchange
        .expires_in
        .as_deref()
        .and_then(|pointer| body.pointer(pointer))
        .and_then(response::seconds);
    Ok(TokenAnswer {
        expires_in: told.or(exchange.lifetime_seconds.map(i64::from)),
        ..TokenAnswer::only(access_token)
    })
}

fn is_secret(kind: crate::connector::FieldKind) -> bool {
    use crate::connector::FieldKind::{Secret, SecretText};
    matches!(kind, Secret | SecretText)
}

fn request(outside: &Outside<'_>, exchange: &SessionExchange, values: &Values) -> Result<Request> {
    let url = expand_url(&exchange.url, values)?;
    check_endpoint(&url)?;
    let method = match exchange.method {
        RequestMethod::Get => Method::Get,
        RequestMethod::Post => Method::Post,
        RequestMethod::Put => Method::Put,
        RequestMethod::Delete => Method::Delete,
        RequestMethod::Head => Method::Head,
    };
    let mut request = Request::new(method, url);
    request.limits = outside.limits;
    if !exchange
        .headers
        .keys()
        .any(|name| name.eq_ignore_ascii_case("accept"))
    {
        request = request.header("accept", "application/json");
    }
    for (name, template) in &exchange.headers {
        request = request.header(name, expand_text(template, values)?.as_str());
    }
    if let Some(basic) = &exchange.basic {
        request = request.header("authorization", basic_header(basic, values)?.as_str());
    }
    if exchange.body.is_empty() {
        return Ok(request);
    }
    let mut members: Vec<(&str, Zeroizing<String>)> = Vec::new();
    for (name, template) in &exchange.body {
        members.push((name, expand_text(template, values)?));
    }
    Ok(match exchange.body_format {
        TokenBody::Form => {
            let mut form = url::form_urlencoded::Serializer::new(String::new());
            for (name, value) in &members {
                form.append_pair(name, value);
            }
            request.body(
                "application/x-www-form-urlencoded",
                form.finish().into_bytes(),
            )
        }
        TokenBody::Json => {
            let object: serde_json::Map<String, serde_json::Value> = members
                .iter()
                .map(|(name, value)| ((*name).to_owned(), value.as_str().into()))
                .collect();
            let text = serde_json::Value::Object(object).to_string();
            request.body("application/json", text.into_bytes())
        }
    })
}

/// RFC 7617, in UTF-8. A user name with a colon can't be told from its password and is refused.
fn basic_header(basic: &Basic, values: &Values) -> Result<Zeroizing<String>> {
    let username = expand_text(&basic.username, values)?;
    if username.contains(':') {
        return Err(Error::new(
            crate::Code::InvalidInput,
            "a user name can't hold a colon",
        ));
    }
    let password = expand_text(&basic.password, values)?;
    let joined = Zeroizing::new(format!("{}:{}", username.as_str(), password.as_str()));
    Ok(Zeroizing::new(format!(
        "Basic {}",
        base64::engine::general_purpose::STANDARD.encode(joined.as_bytes())
    )))
}
