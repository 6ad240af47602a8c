//! What goes to a token endpoint: a POST with the client authenticated in exactly one way (requirements C1 to C3).

use url::Url;
use zeroize::Zeroizing;

use super::TokenFailure;
use crate::connector::template::expand_text;
use crate::connector::{ClientAuth, Quirk, TokenBody};
use crate::http::{Method, Request, Response};
use crate::oauth::endpoints::check_endpoint;
use crate::oauth::{Outside, Provider};
use crate::vault::Secret;

/// The parameters of one request. Values may be secret; those given to [`Parameters::secret`] are cut out of
/// whatever the provider says in return.
#[derive(Default)]
pub struct Parameters {
    entries: Vec<(String, Zeroizing<String>)>,
    sent: Vec<Secret>,
}

impl Parameters {
    pub fn new(grant_type: &str) -> Self {
        let mut parameters = Self::default();
        parameters.add("grant_type", grant_type);
        parameters
    }

    pub fn add(&mut self, name: &str, value: &str) {
        self.entries
            .push((name.to_owned(), Zeroizing::new(value.to_owned())));
    }

    pub fn secret(&mut self, name: &str, value: &Secret) {
        self.add(name, value.expose());
        self.sent.push(value.duplicate());
    }

    /// Adds what the definition adds to every token request, and the resource (RFC 8707).
    ///
    /// # Errors
    /// `Ours` when a value of a template is missing.
    pub fn from_definition(&mut self, provider: &Provider<'_>) -> Result<(), TokenFailure> {
        if let Some(resource) = &provider.oauth.resource {
            self.add("resource", &expand_text(resource, provider.values)?);
        }
        for (name, template) in &provider.oauth.token_params {
            self.entries.retain(|(key, _)| key != name);
            self.add(name, &expand_text(template, provider.values)?);
        }
        Ok(())
    }

    /// The scopes, joined as the provider wants them; nothing when there are none.
    pub fn scopes(&mut self, provider: &Provider<'_>, scopes: &[String]) {
        if !scopes.is_empty() {
            self.add(
                "scope",
                &scopes.join(provider.oauth.scope_separator.as_str()),
            );
        }
    }

    fn form(&self) -> Vec<u8> {
        let room: usize = self
            .entries
            .iter()
            .map(|(name, value)| 3 * (name.len() + value.len()) + 2)
            .sum();
        let mut form = url::form_urlencoded::Serializer::new(String::with_capacity(room));
        for (name, value) in &self.entries {
            form.append_pair(name, value);
        }
        form.finish().into_bytes()
    }

    fn json(&self) -> Vec<u8> {
        let members: serde_json::Map<String, serde_json::Value> = self
            .entries
            .iter()
            .map(|(name, value)| (name.clone(), value.as_str().into()))
            .collect();
        serde_json::Value::Object(members).to_string().into_bytes()
    }
}

/// An answer, with what the request held that must not be shown if the answer repeats it.
pub struct Exchanged {
    pub response: Response,
    pub sent: Vec<Secret>,
}

/// Sends a request with client authentication. Redirects are not followed; the bounds of `outside` hold.
///
/// # Errors
/// `Network` or `Uncertain`; `Ours` when the endpoint or the registration can't be used.
pub async fn send(
    outside: &Outside<'_>,
    provider: &Provider<'_>,
    endpoint: &Url,
    parameters: Parameters,
) -> Result<Exchanged, TokenFailure> {
    check_endpoint(endpoint)?;
    let mut parameters = parameters;
    let mut request = Request::new(Method::Post, endpoint.clone());
    request.limits = outside.limits;
    let mut request = request.header("accept", "application/json");
    if let Some(authorization) = authenticate(outside, provider, &mut parameters)? {
        request = request.header("authorization", authorization.as_str());
    }
    let request = match provider.oauth.token_body {
        TokenBody::Form => request.body("application/x-www-form-urlencoded", parameters.form()),
        TokenBody::Json => request.body("application/json", parameters.json()),
    };
    let response = outside.http.send(request).await?;
    Ok(Exchanged {
        response,
        sent: parameters.sent,
    })
}

/// One method and no second: either a header, or parameters in the body.
fn authenticate(
    outside: &Outside<'_>,
    provider: &Provider<'_>,
    parameters: &mut Parameters,
) -> Result<Option<Zeroizing<String>>, TokenFailure> {
    let client = provider.client;
    if client.client_id.is_empty() {
        return Ok(None);
    }
    let id_name = match provider.has(Quirk::ClientKeyParameter) {
        true => "client_key",
        false => "client_id",
    };
    if let Some(secret) = &client.client_secret {
        parameters.sent.push(secret.duplicate());
    }
    match (client.method(), &client.client_secret) {
        (ClientAuth::Basic, Some(_)) => return Ok(Some(client.basic())),
        (ClientAuth::Post, Some(secret)) => {
            parameters.add(id_name, &client.client_id);
            parameters.secret("client_secret", secret);
        }
        (ClientAuth::PrivateKeyJwt, Some(key)) => {
            let assertion = super::super::jwt::client_assertion(outside, provider, key)?;
            parameters.add(id_name, &client.client_id);
            parameters.add(
                "client_assertion_type",
                "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
            );
            parameters.secret("client_assertion", &assertion);
        }
        (ClientAuth::None, _) | (_, None) => parameters.add(id_name, &client.client_id),
    }
    Ok(None)
}
