//! Scopes, and the methods that ask for them.

use std::collections::BTreeSet;

use super::{Problem, problem};
use crate::connector::definition::Connector;

pub(super) fn unique(_: &str, connector: &Connector) -> Vec<Problem> {
    let mut seen = BTreeSet::new();
    let mut found = Vec::new();
    for scope in &connector.scopes {
        if !seen.insert(&scope.value) {
            found.push(problem("scopes", format!("scope twice: {}", scope.value)));
        }
        let sound = !scope.value.is_empty()
            && scope
                .value
                .chars()
                .all(|c| c.is_ascii_graphic() && !matches!(c, '"' | '\\'));
        if !sound {
            let message = format!("not a scope (RFC 6749, 3.3): `{}`", scope.value);
            found.push(problem("scopes", message));
        }
        if scope.description.trim().is_empty() {
            let message = format!("scope without description: {}", scope.value);
            found.push(problem("scopes", message));
        }
    }
    found
}

pub(super) fn required_are_defaults(_: &str, connector: &Connector) -> Vec<Problem> {
    connector
        .scopes
        .iter()
        .filter(|scope| scope.required && !scope.default)
        .map(|scope| {
            let message = format!("required but not a default: {}", scope.value);
            problem("required_scopes", message)
        })
        .collect()
}

/// Scopes are for OAuth methods, and name methods that exist.
pub(super) fn belong_to_methods(_: &str, connector: &Connector) -> Vec<Problem> {
    let oauth: BTreeSet<&str> = connector
        .auth
        .iter()
        .filter(|method| method.oauth.is_some())
        .map(|method| method.id.as_str())
        .collect();
    if oauth.is_empty() && !connector.scopes.is_empty() {
        return vec![problem(
            "scope_methods",
            "scopes, but no method asks for any",
        )];
    }
    connector
        .scopes
        .iter()
        .flat_map(|scope| scope.methods.iter().map(move |method| (scope, method)))
        .filter(|(_, method)| !oauth.contains(method.as_str()))
        .map(|(scope, method)| {
            let message = format!("{}: there is no OAuth method `{method}`", scope.value);
            problem("scope_methods", message)
        })
        .collect()
}

/// A scope without which no refresh token comes is among the scopes, for the method that needs it.
pub(super) fn refresh_scopes_listed(_: &str, connector: &Connector) -> Vec<Problem> {
    let mut found = Vec::new();
    for method in &connector.auth {
        let Some(oauth) = &method.oauth else { continue };
        for wanted in &oauth.refresh.scopes {
            let listed = connector.scopes.iter().any(|scope| {
                &scope.value == wanted
                    && (scope.methods.is_empty() || scope.methods.contains(&method.id))
            });
            if !listed {
                let message = format!("`{}` needs {wanted} to refresh", method.id);
                found.push(problem("refresh_scopes", message));
            }
        }
    }
    found
}
