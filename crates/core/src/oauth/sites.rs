//! What some providers make one ask after the sign-in: which of the account's sites (Atlassian) or organisations
//! (Xero) the token is for. And the header Twitch wants on every call.

use url::Url;

use super::Outside;
use super::token::json::{DEPTH, Json};
use super::token::{FailureKind, TokenFailure};
use crate::connector::Quirk;
use crate::error::provider_text;
use crate::http::{Method, Request};
use crate::vault::Secret;

/// One place a token gives access to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Site {
    /// What goes into API addresses or headers.
    pub id: String,
    /// What a person knows it by.
    pub name: String,
}

/// Where a provider lists the sites of a token, and under which names. `None`: it has no such list.
fn directory(quirk: Quirk) -> Option<(&'static str, &'static str, &'static str)> {
    match quirk {
        Quirk::AtlassianCloudId => Some((
            "https://api.atlassian.com/oauth/token/accessible-resources",
            "id",
            "url",
        )),
        Quirk::XeroTenant => Some(("https://api.xero.com/connections", "tenantId", "tenantName")),
        Quirk::ErrorIn200
        | Quirk::OkFalse
        | Quirk::TokenTypeFree
        | Quirk::FormAnswer
        | Quirk::CommaScopes
        | Quirk::TestModeSevenDays
        | Quirk::ClientIdHeader
        | Quirk::AccountsServer
        | Quirk::ClientKeyParameter => None,
    }
}

/// The address that a connector with this quirk asks for the account's sites.
pub(crate) fn site_directory(quirk: Quirk) -> Option<&'static str> {
    directory(quirk).map(|(address, ..)| address)
}

/// The sites an access token is good for; `None` when the provider isn't one that is asked. With more than one the
/// person chooses.
///
/// # Errors
/// `InvalidGrant` when the token isn't taken; other kinds of [`TokenFailure`].
pub async fn look_up(
    outside: &Outside<'_>,
    quirks: &[Quirk],
    access_token: &Secret,
) -> Result<Option<Vec<Site>>, TokenFailure> {
    let Some((address, id, name)) = quirks.iter().copied().find_map(directory) else {
        return Ok(None);
    };
    let url = Url::parse(address).expect("a fixed address of this file is well-formed");
    let mut request = Request::new(Method::Get, url);
    request.limits = outside.limits;
    let request = request
        .header("accept", "application/json")
        .header("authorization", format!("Bearer {}", access_token.expose()));
    let answer = outside.http.send(request).await?;
    match answer.status {
        200 => {}
        401 => return Err(TokenFailure::new(FailureKind::InvalidGrant)),
        403 => return Err(TokenFailure::new(FailureKind::InvalidScope)),
        408 | 425 | 429 | 500..=599 => {
            let retry_after = None;
            return Err(TokenFailure::new(FailureKind::Temporarily { retry_after }));
        }
        _ => return Err(TokenFailure::malformed("it isn't the list of sites")),
    }
    let unreadable = || TokenFailure::malformed("it isn't the list of sites");
    let list = Json::parse(&answer.body, DEPTH).map_err(|_| unreadable())?;
    let sites = list
        .list()
        .ok_or_else(unreadable)?
        .iter()
        .map(|site| {
            let id = site.get(id).and_then(Json::text).filter(|id| is_id(id))?;
            let name = site.get(name).and_then(Json::text).and_then(provider_text);
            Some(Site {
                id: id.to_owned(),
                name: name.unwrap_or_else(|| id.to_owned()),
            })
        })
        .collect::<Option<Vec<_>>>()
        .ok_or_else(unreadable)?;
    // A list may name a site once for each of its products.
    let mut distinct: Vec<Site> = Vec::new();
    for site in sites {
        if !distinct.iter().any(|known| known.id == site.id) {
            distinct.push(site);
        }
    }
    Ok(Some(distinct))
}

/// Headers an API wants besides the credential.
pub fn api_headers(quirks: &[Quirk], client_id: &str) -> Vec<(&'static str, String)> {
    match quirks.contains(&Quirk::ClientIdHeader) {
        true => vec![("client-id", client_id.to_owned())],
        false => Vec::new(),
    }
}

/// Ids go into paths and headers.
fn is_id(id: &str) -> bool {
    (1..=128).contains(&id.len()) && id.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
}
