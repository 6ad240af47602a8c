//! A definition from an issuer: what the provider's metadata says, written down.
//!
//! The endpoints stand in the definition from then on. Metadata that changes later can't send tokens elsewhere.

use url::Url;

use super::parts::{address, all_redirects, connector, free_id, link, method, oauth, scopes};
use super::{Draft, draft};
use crate::connector::validation::quirks_of_hosts;
use crate::connector::{
    AccountFromToken, AccountSource, AuthKind, AuthMethod, Catalogue, ClientAuth, Connector, Docs,
    Field, OAuth, Redirect, Revocation, RevocationStyle, Scope, TestRequest,
};
use crate::error::Result;
use crate::http::Http;
use crate::oauth::discovery::{Discovered, discover};

/// Asks an issuer and writes down what it offers.
///
/// # Errors
/// As [`discover`]; `Unsupported` when it offers no grant we know.
pub async fn from_issuer(http: &dyn Http, catalogue: &Catalogue, issuer: &str) -> Result<Draft> {
    let found = discover(http, issuer).await?;
    let code = found.check(AuthKind::AuthorizationCode, false);
    let mut kinds = vec![(AuthKind::AuthorizationCode, "oauth", "OAuth 2.0")];
    if code.is_err() {
        kinds.clear();
    }
    let listed = |grant: &str| {
        found
            .grant_types
            .as_ref()
            .is_some_and(|grants| grants.iter().any(|known| known == grant))
    };
    if found.metadata.device_authorization.is_some()
        && found.check(AuthKind::DeviceCode, false).is_ok()
    {
        kinds.push((AuthKind::DeviceCode, "device", "Device code"));
    }
    if listed("client_credentials") && found.metadata.token.is_some() {
        kinds.push((
            AuthKind::ClientCredentials,
            "client_credentials",
            "Client credentials",
        ));
    }
    if kinds.is_empty() {
        code?;
    }
    let host = Url::parse(issuer)
        .ok()
        .and_then(|url| url.host_str().map(str::to_owned))
        .unwrap_or_default();
    let documentation = found.documentation.as_ref().map(Url::as_str);
    let mut made = connector(
        &host,
        Docs {
            oauth: link(documentation)
                .or_else(|| link(Some(found.document.as_str())))
                .or_else(|| Some("https://datatracker.ietf.org/doc/html/rfc8414".to_owned())),
            ..Docs::default()
        },
    );
    let listed_scopes = listed_scopes(&found);
    for (kind, id, label) in kinds {
        let redirect = match kind {
            AuthKind::AuthorizationCode => all_redirects(),
            _ => Vec::new(),
        };
        let mut method = method(id, label, kind);
        method.oauth = Some(pinned(&found, kind, redirect, &mut made.fields));
        made.auth.push(method);
    }
    made.scopes = listed_scopes;
    refresh_scope(&mut made);
    test(&mut made, &found);
    made.quirks = quirks_of_hosts(&made);
    let warnings = warnings(&found);
    Ok(draft(catalogue, free_id(catalogue, &host), made, warnings))
}

/// The OAuth part with the endpoints as they are now.
pub(super) fn pinned(
    found: &Discovered,
    kind: AuthKind,
    redirect: Vec<Redirect>,
    fields: &mut Vec<Field>,
) -> OAuth {
    let metadata = &found.metadata;
    let mut endpoint = |url: &Option<Url>, key: &str, label: &str| {
        url.as_ref()
            .map(|url| address(url.as_str(), key, label, fields))
    };
    let openid = found.scopes.iter().any(|scope| scope == "openid");
    let interactive = kind.is_interactive();
    OAuth {
        authorization_endpoint: match kind {
            AuthKind::AuthorizationCode => endpoint(
                &metadata.authorization,
                "authorization_endpoint",
                "Authorization endpoint",
            ),
            _ => None,
        },
        device_authorization_endpoint: match kind {
            AuthKind::DeviceCode => endpoint(
                &metadata.device_authorization,
                "device_endpoint",
                "Device authorization endpoint",
            ),
            _ => None,
        },
        token_endpoint: endpoint(&metadata.token, "token_endpoint", "Token endpoint"),
        registration_endpoint: match kind {
            AuthKind::AuthorizationCode => endpoint(
                &metadata.registration,
                "registration_endpoint",
                "Registration endpoint",
            ),
            _ => None,
        },
        jwks_uri: endpoint(&metadata.jwks, "keys_endpoint", "Keys"),
        revocation: endpoint(
            &metadata.revocation,
            "revocation_endpoint",
            "Revocation endpoint",
        )
        .map(|endpoint| Revocation {
            endpoint,
            style: RevocationStyle::Rfc7009,
        }),
        issuer: Some(address(&metadata.issuer, "issuer", "Issuer", fields)),
        iss_required: metadata.iss_supported && kind == AuthKind::AuthorizationCode,
        client_id_metadata_document: metadata.client_id_metadata_document
            && kind == AuthKind::AuthorizationCode,
        client_auth: client_auth(found),
        account: (openid && interactive).then(|| AccountFromToken {
            source: AccountSource::IdToken,
            id: "/sub".to_owned(),
            name: Some("/preferred_username".to_owned()),
        }),
        ..oauth(redirect)
    }
}

/// What the server lists, those with a shared secret first; a server that lists nothing takes basic (RFC 8414 2).
fn client_auth(found: &Discovered) -> Vec<ClientAuth> {
    let order = [ClientAuth::Basic, ClientAuth::Post, ClientAuth::None];
    let listed: Vec<ClientAuth> = match &found.client_auth {
        Some(listed) => order
            .into_iter()
            .filter(|method| listed.contains(method))
            .collect(),
        None => vec![ClientAuth::Basic],
    };
    if listed.is_empty() {
        order.to_vec()
    } else {
        listed
    }
}

fn listed_scopes(found: &Discovered) -> Vec<Scope> {
    let mut listed = scopes(found.scopes.iter().map(|value| (value.as_str(), None)));
    for scope in &mut listed {
        scope.default = matches!(
            scope.value.as_str(),
            "openid" | "profile" | "email" | "offline_access"
        );
    }
    listed
}

fn refresh_scope(made: &mut Connector) {
    let offline = made
        .scopes
        .iter()
        .any(|scope| scope.value == "offline_access");
    let interactive = |method: &&mut AuthMethod| method.kind.is_interactive();
    for method in made.auth.iter_mut().filter(interactive) {
        if let Some(oauth) = method.oauth.as_mut().filter(|_| offline) {
            oauth.refresh.scopes = vec!["offline_access".to_owned()];
        }
    }
}

fn test(made: &mut Connector, found: &Discovered) {
    match &found.userinfo {
        Some(userinfo) => {
            let url = address(
                userinfo.as_str(),
                "userinfo_endpoint",
                "User info endpoint",
                &mut made.fields,
            );
            made.test = Some(TestRequest {
                url,
                account_id: Some("/sub".to_owned()),
                account_name: Some("/name".to_owned()),
                ..TestRequest::default()
            });
        }
        None => {
            made.no_test_because =
                Some("The issuer names no address that tells whose token it is".to_owned())
        }
    }
}

fn warnings(found: &Discovered) -> Vec<String> {
    let mut warnings: Vec<String> = found
        .other_hosts
        .iter()
        .map(|host| format!("An endpoint lies on another host than the issuer: {host}"))
        .collect();
    if found.pkce_s256.is_none() {
        warnings.push(
            "The provider doesn't say that it supports PKCE; it is sent all the same".to_owned(),
        );
    }
    if found.scopes.is_empty() {
        warnings.push("The provider lists no scopes: add the ones you need by hand".to_owned());
    }
    warnings
}
