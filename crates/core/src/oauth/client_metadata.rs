//! Client ID metadata documents (draft-ietf-oauth-client-id-metadata-document): a client whose id is the address of a
//! document that describes it, so that no server has to register it.
//!
//! The person hosts the document; what has to be in it is made here, and what is really there is checked here before
//! the address is used: a server reads the same document, and would refuse a sign-in for each of these reasons.

use serde_json::{Value, json};
use url::Url;

use crate::connector::template::{check_scheme, is_loopback};
use crate::error::{Code, Error, Result};
use crate::http::{Http, HttpError, Limits, Method, Request};

/// Bytes of a document that every server reads (draft, 6.6).
const SIZE: usize = 5 * 1024;
/// The form's field for the address.
pub const FIELD: &str = "client_document";
/// What stands in the document until the person has typed its address.
const PLACEHOLDER: &str = "https://";

/// The document to host: public, a native application, with every way back it may use.
pub fn document(address: &str, name: &str, redirect_uris: &[String]) -> String {
    let address = match address.trim() {
        "" => PLACEHOLDER,
        typed => typed,
    };
    let document = json!({
        "client_id": address,
        "client_name": name,
        "application_type": "native",
        "redirect_uris": redirect_uris,
        "grant_types": ["authorization_code", "refresh_token"],
        "response_types": ["code"],
        "token_endpoint_auth_method": "none",
    });
    serde_json::to_string_pretty(&document).expect("an object of texts can be written")
}

/// The address as a client id: https (or on this machine) with a path, written as it is compared.
///
/// # Errors
/// `InvalidInput` on [`FIELD`].
pub fn address(typed: &str) -> Result<Url> {
    let typed = typed.trim();
    let refused = |message: &str| Err(Error::field(FIELD, message));
    let Ok(url) = Url::parse(typed) else {
        return refused("Type the whole address of the document, beginning with https://");
    };
    if let Err(error) = check_scheme(&url) {
        return Err(error.with_field(FIELD));
    }
    if url.path() == "/" {
        return refused("The address needs a path, such as /patchbay.json");
    }
    if url.query().is_some() || url.fragment().is_some() {
        return refused("Leave out the part from ? or # on: servers compare the address as it is");
    }
    if !url.username().is_empty() || url.password().is_some() {
        return refused("Leave user name and password out of the address");
    }
    if url.as_str() != typed || typed.len() > 2048 {
        return Err(
            Error::field(FIELD, "Servers compare the address character by character")
                .with_hint(format!("Type it as {url}")),
        );
    }
    Ok(url)
}

/// Reads the document and compares it with what a sign-in through `redirect_uri` needs.
///
/// # Errors
/// On [`FIELD`]: `Network` or `ProviderDown` when it can't be read, `BadRegistration` when something in it is wrong.
pub async fn check(http: &dyn Http, address: &Url, redirect_uri: &str) -> Result<()> {
    let mut request =
        Request::new(Method::Get, address.clone()).header("accept", "application/json");
    request.limits = Limits {
        body: SIZE,
        ..Limits::default()
    };
    let response = match http.send(request).await {
        Ok(response) => response,
        Err(HttpError::TooLarge(..)) => return Err(wrong("is larger than 5 kB")),
        Err(error) => {
            return Err(Error::new(
                Code::Network,
                format!("Your document can't be read: {error}"),
            )
            .with_field(FIELD)
            .with_hint("Host it where every server can read it, then try again"));
        }
    };
    match response.status {
        200 => {}
        300..=399 => return Err(wrong("sends elsewhere, which servers don't follow")),
        429 | 500..=599 => {
            return Err(Error::new(
                Code::ProviderDown,
                format!(
                    "Your document's host answers with status {}",
                    response.status
                ),
            )
            .with_field(FIELD));
        }
        status => return Err(wrong(&format!("isn't there (status {status})"))),
    }
    let document: Value = serde_json::from_slice(&response.body)
        .ok()
        .filter(Value::is_object)
        .ok_or_else(|| wrong("isn't a JSON object"))?;
    compare(&document, address, redirect_uri)
}

fn compare(document: &Value, address: &Url, redirect_uri: &str) -> Result<()> {
    if document["client_id"].as_str() != Some(address.as_str()) {
        return Err(wrong("names another client_id than its address"));
    }
    if document.get("client_secret").is_some() || document.get("client_secret_expires_at").is_some()
    {
        return Err(wrong("holds a client secret, which everybody could read"));
    }
    match document
        .get("token_endpoint_auth_method")
        .map(Value::as_str)
    {
        Some(Some("none")) => {}
        None => {
            return Err(wrong(
                "doesn't say \"token_endpoint_auth_method\": \"none\", so servers expect a secret",
            ));
        }
        Some(_) => return Err(wrong("has another token_endpoint_auth_method than none")),
    }
    let names = |key: &str, wanted: &str| {
        document[key]
            .as_array()
            .is_some_and(|entries| entries.iter().any(|entry| entry == wanted))
    };
    if document.get("grant_types").is_some() && !names("grant_types", "authorization_code") {
        return Err(wrong("doesn't list the grant type authorization_code"));
    }
    if document.get("response_types").is_some() && !names("response_types", "code") {
        return Err(wrong("doesn't list the response type code"));
    }
    let listed = document["redirect_uris"].as_array().is_some_and(|entries| {
        entries
            .iter()
            .filter_map(Value::as_str)
            .any(|entry| same_way_back(entry, redirect_uri))
    });
    match listed {
        true => Ok(()),
        false => Err(wrong(&format!(
            "doesn't list the callback address {redirect_uri}"
        ))),
    }
}

/// Compared as servers do: exactly, but for the port of an address of this machine (RFC 8252 7.3).
fn same_way_back(listed: &str, used: &str) -> bool {
    let without_port = |text: &str| {
        let mut url = Url::parse(text).ok().filter(is_loopback)?;
        url.set_port(None).ok()?;
        Some(url)
    };
    listed == used || without_port(listed).is_some_and(|url| without_port(used) == Some(url))
}

fn wrong(what: &str) -> Error {
    Error::new(Code::BadRegistration, format!("Your document {what}"))
        .with_field(FIELD)
        .with_hint("Host the document exactly as it is shown")
}
