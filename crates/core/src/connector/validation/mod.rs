//! The rules that join what a definition says: one small function per rule, in the file of what it is about.
//!
//! A definition without problems is whole: its addresses can be built from its fields, name only hosts that can be
//! read off it, hold no secret, and lead to a connection that can be tested. The same rules hold for the shipped
//! catalogue and for what a user makes, discovers or imports.

mod addresses;
mod cards;
mod example;
mod fields;
mod flows;
mod icon;
mod methods;
mod oauth;
mod scopes;
mod test_request;

use super::definition::{AuthMethod, Connector};

pub use example::{example_value, example_values};
pub use flows::quirks_of_hosts;
pub use icon::check as check_icon;

/// A rule that a definition breaks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The rule's name, stable.
    pub rule: &'static str,
    /// What is wrong and where, for the person who writes the definition.
    pub message: String,
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} ({})", self.message, self.rule)
    }
}

fn problem(rule: &'static str, message: impl Into<String>) -> Problem {
    Problem {
        rule,
        message: message.into(),
    }
}

/// A rule about the definition as a whole, given its id.
type WholeRule = fn(&str, &Connector) -> Vec<Problem>;
/// A rule about one of its methods.
type MethodRule = fn(&Connector, &AuthMethod) -> Vec<Problem>;

/// Checks every rule. Empty: the definition can be used.
pub fn check(id: &str, connector: &Connector) -> Vec<Problem> {
    let whole: [WholeRule; 15] = [
        fields::id_is_an_address_part,
        fields::named,
        fields::docs_linked,
        fields::keys_unique,
        fields::choices_sound,
        fields::patterns_match_their_examples,
        scopes::unique,
        scopes::required_are_defaults,
        scopes::belong_to_methods,
        scopes::refresh_scopes_listed,
        cards::named_once,
        cards::needs_sound,
        cards::name_listed_scopes,
        methods::ids_unique,
        flows::quirks_implied,
    ];
    let per_method: [MethodRule; 15] = [
        methods::parts_fit_the_kind,
        methods::basic_has_its_fields,
        methods::placement_sound,
        methods::session_sound,
        methods::jwt_sound,
        methods::aws_sound,
        oauth::endpoints_present,
        oauth::addresses_sound,
        oauth::redirects_sound,
        oauth::parameters_sound,
        oauth::captures_sound,
        oauth::revocation_sound,
        oauth::refresh_sound,
        oauth::account_sound,
        test_request::sound,
    ];
    let mut found: Vec<Problem> = whole.iter().flat_map(|rule| rule(id, connector)).collect();
    for method in &connector.auth {
        found.extend(per_method.iter().flat_map(|rule| rule(connector, method)));
    }
    found.dedup();
    found
}

#[cfg(test)]
mod tests;
