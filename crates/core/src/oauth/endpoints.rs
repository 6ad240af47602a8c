//! Where a provider is: its endpoints as whole addresses, from the definition's templates or from its metadata.

use serde::{Deserialize, Serialize};
use url::Url;

use crate::connector::template::{Values, check_scheme, expand_text, expand_url};
use crate::connector::{ClientAuth, OAuth, Quirk, RevocationStyle};
use crate::error::{Code, Error, Result};

/// A provider's endpoints for one connection. `None`: it has none, or discovery hasn't told yet.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Endpoints {
    /// As it is written, because it is compared character by character (RFC 9207 2.4).
    pub issuer: Option<String>,
    pub authorization: Option<Url>,
    pub token: Option<Url>,
    /// Where it differs from the token endpoint.
    pub refresh: Option<Url>,
    pub revocation: Option<Url>,
    pub revocation_style: RevocationStyle,
    pub device_authorization: Option<Url>,
    pub registration: Option<Url>,
    pub jwks: Option<Url>,
    /// The provider promised `iss` in its answers: one without it is refused.
    pub iss_required: bool,
    /// How to authenticate at the token endpoint, where discovery or a registration told.
    #[serde(default)]
    pub client_auth: Option<ClientAuth>,
    /// Clients may be known by the address of their metadata.
    #[serde(default)]
    pub client_id_metadata_document: bool,
}

/// What metadata (RFC 8414, OpenID Discovery) said, already checked by the one who fetched it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Metadata {
    pub issuer: String,
    pub authorization: Option<Url>,
    pub token: Option<Url>,
    pub revocation: Option<Url>,
    pub device_authorization: Option<Url>,
    pub registration: Option<Url>,
    pub jwks: Option<Url>,
    pub iss_supported: bool,
    pub client_id_metadata_document: bool,
}

impl Endpoints {
    /// Expands the definition's templates.
    ///
    /// # Errors
    /// `InvalidInput` on the setting whose value can't stand in an address; `InvalidDefinition` for an address that
    /// may not be opened or called.
    pub fn resolve(oauth: &OAuth, quirks: &[Quirk], values: &Values) -> Result<Self> {
        let expand = |template: &Option<String>| -> Result<Option<Url>> {
            let Some(template) = template else {
                return Ok(None);
            };
            let url = expand_url(template, values)?;
            check_endpoint(&url)?;
            Ok(Some(url))
        };
        let mut endpoints = Self {
            issuer: match &oauth.issuer {
                Some(template) => Some(issuer_text(template, values)?),
                None => None,
            },
            authorization: expand(&oauth.authorization_endpoint)?,
            token: expand(&oauth.token_endpoint)?,
            refresh: expand(&oauth.refresh_endpoint)?,
            // GitHub's holds the client id, which is only known once a registration is chosen.
            revocation: match &oauth.revocation {
                Some(revocation)
                    if !revocation.endpoint.contains("{client_id}")
                        || values.get("client_id").is_some() =>
                {
                    expand(&Some(revocation.endpoint.clone()))?
                }
                Some(_) | None => None,
            },
            revocation_style: oauth
                .revocation
                .as_ref()
                .map(|revocation| revocation.style)
                .unwrap_or_default(),
            device_authorization: expand(&oauth.device_authorization_endpoint)?,
            registration: expand(&oauth.registration_endpoint)?,
            jwks: expand(&oauth.jwks_uri)?,
            iss_required: oauth.iss_required,
            client_auth: None,
            client_id_metadata_document: oauth.client_id_metadata_document,
        };
        if quirks.contains(&Quirk::AccountsServer) {
            endpoints.move_to_accounts_server(oauth, values)?;
        }
        Ok(endpoints)
    }

    /// Fills in what the definition left open; what it says itself stands.
    pub fn merge(&mut self, metadata: Metadata) {
        let fill = |own: &mut Option<Url>, found: Option<Url>| {
            if own.is_none() {
                *own = found;
            }
        };
        fill(&mut self.authorization, metadata.authorization);
        fill(&mut self.token, metadata.token);
        fill(&mut self.revocation, metadata.revocation);
        fill(
            &mut self.device_authorization,
            metadata.device_authorization,
        );
        fill(&mut self.registration, metadata.registration);
        fill(&mut self.jwks, metadata.jwks);
        self.iss_required |= metadata.iss_supported;
        self.client_id_metadata_document |= metadata.client_id_metadata_document;
        self.issuer.get_or_insert(metadata.issuer);
    }

    /// Every address that is asked, or opened in the browser.
    pub fn urls(&self) -> impl Iterator<Item = &Url> {
        [
            &self.authorization,
            &self.token,
            &self.refresh,
            &self.revocation,
            &self.device_authorization,
            &self.registration,
            &self.jwks,
        ]
        .into_iter()
        .flatten()
    }

    /// The token endpoint.
    ///
    /// # Errors
    /// `WrongSettings` when neither the definition nor metadata named one.
    pub fn token(&self) -> Result<&Url> {
        self.token.as_ref().ok_or_else(|| missing("token endpoint"))
    }

    /// Where refresh tokens go.
    ///
    /// # Errors
    /// `WrongSettings` when neither the definition nor metadata named one.
    pub fn refresh(&self) -> Result<&Url> {
        match &self.refresh {
            Some(url) => Ok(url),
            None => self.token(),
        }
    }

    /// Zoho: the authorization server that holds the account came in the callback and was kept as a field; the
    /// endpoints that take tokens are there. Which hosts it may name was checked when it was captured.
    fn move_to_accounts_server(&mut self, oauth: &OAuth, values: &Values) -> Result<()> {
        let field = oauth
            .capture
            .iter()
            .find(|capture| capture.at == "accounts-server")
            .map(|capture| capture.field.as_str());
        let Some(server) = field.and_then(|field| values.get(field)) else {
            return Ok(());
        };
        let server = Url::parse(server).map_err(|_| {
            Error::new(
                Code::WrongSettings,
                "the account's authorization server isn't an address",
            )
        })?;
        check_scheme(&server)?;
        for endpoint in [&mut self.token, &mut self.refresh, &mut self.revocation]
            .into_iter()
            .flatten()
        {
            let path = endpoint.path().to_owned();
            let mut moved = server.clone();
            moved.set_path(&path);
            moved.set_query(endpoint.query());
            *endpoint = moved;
        }
        Ok(())
    }
}

/// An issuer is kept as it is written; only that it is an address of the right kind is checked.
fn issuer_text(template: &str, values: &Values) -> Result<String> {
    expand_url(template, values)?;
    Ok(expand_text(template, values)?.as_str().to_owned())
}

pub(super) fn missing(what: &str) -> Error {
    Error::new(
        Code::WrongSettings,
        format!("no {what} is known for this provider"),
    )
    .with_hint("Type the endpoint, or an issuer whose metadata names it")
}

/// Whether an address may be opened in a browser or called: https (or this machine), no user name, no fragment, at
/// most 8 kB, and in its path nothing that a shell would act on (requirement A2).
///
/// # Errors
/// `WrongSettings`, without repeating the address.
pub fn check_endpoint(url: &Url) -> Result<()> {
    let refused = |why: &str| {
        Err(Error::new(
            Code::WrongSettings,
            format!("an address of the provider can't be used: {why}"),
        ))
    };
    if check_scheme(url).is_err() {
        return refused("it doesn't begin with https://");
    }
    if !url.username().is_empty() || url.password().is_some() {
        return refused("it holds a user name");
    }
    if url.fragment().is_some() {
        return refused("it holds a part after #");
    }
    if url.as_str().len() > 8192 {
        return refused("it is longer than 8,192 characters");
    }
    let plain = |c: char| c.is_ascii_alphanumeric() || "-._~/%:@!*+,=".contains(c);
    // Encoded, only what a tenant's name may need: blank + / : @
    let encoded = url.path().split('%').skip(1).all(|rest| {
        ["20", "2B", "2F", "3A", "40"]
            .contains(&rest.get(..2).unwrap_or("").to_ascii_uppercase().as_str())
    });
    if !url.path().chars().all(plain) || !encoded {
        return refused("its path holds characters that no endpoint needs");
    }
    if !url
        .query()
        .unwrap_or("")
        .chars()
        .all(|c| plain(c) || c == '&' || c == '?')
    {
        return refused("its query holds characters that no endpoint needs");
    }
    Ok(())
}
