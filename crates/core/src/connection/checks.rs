//! What is checked before anything is kept: names, fields and scopes, each error on its field.

use std::collections::BTreeMap;

use crate::connector::template::check_value;
use crate::connector::{AuthMethod, Connector, Field};
use crate::error::{Error, Result};
use crate::vault::Secret;

use super::ScopeChoice;

/// Characters in a name, at most.
const NAME_LIMIT: usize = 120;
/// Characters in a description, at most.
const DESCRIPTION_LIMIT: usize = 500;

/// A name as it is kept: trimmed, with single spaces.
///
/// # Errors
/// `InvalidInput` on `name`.
pub(crate) fn check_name(name: &str) -> Result<String> {
    if name.chars().any(cannot_be_seen) {
        return Err(Error::field(
            "name",
            "The name holds characters that can't be seen. Type it again without them",
        ));
    }
    let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
    match name.chars().count() {
        0 => Err(Error::field("name", "Give the connection a name")),
        length if length > NAME_LIMIT => Err(Error::field(
            "name",
            format!("The name has {length} characters. Shorten it to at most {NAME_LIMIT}"),
        )),
        _ => Ok(name),
    }
}

/// Control characters, and those that change how a name looks without being seen: two names must not look alike.
/// Joiners stay, because some scripts need them.
fn cannot_be_seen(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{200b}'
                | '\u{2028}'
                | '\u{2029}'
                | '\u{202a}'..='\u{202e}'
                | '\u{2060}'
                | '\u{2066}'..='\u{2069}'
                | '\u{feff}'
        )
}

/// A description as it is kept.
///
/// # Errors
/// `InvalidInput` on `description`.
pub(crate) fn check_description(description: &str) -> Result<String> {
    let description = description.trim();
    if description.chars().any(|c| c.is_control() && c != '\n') {
        return Err(Error::field(
            "description",
            "The description holds characters that can't be typed. Type it again",
        ));
    }
    match description.chars().count() {
        length if length > DESCRIPTION_LIMIT => Err(Error::field(
            "description",
            format!(
                "The description has {length} characters. Shorten it to at most {DESCRIPTION_LIMIT}"
            ),
        )),
        _ => Ok(description.to_owned()),
    }
}

/// All fields that a method asks for: the connector's, then its own.
pub(crate) fn fields<'a>(
    connector: &'a Connector,
    method: &'a AuthMethod,
) -> impl Iterator<Item = &'a Field> {
    connector.fields.iter().chain(&method.fields)
}

/// Typed values, checked and told apart.
pub(crate) struct Checked {
    pub settings: BTreeMap<String, String>,
    pub secrets: BTreeMap<String, Secret>,
}

/// Checks typed values. With `kept`, a secret that is left empty and is kept already stays as it is.
///
/// # Errors
/// `InvalidInput` on the first field at fault, in the order of the form.
pub(crate) fn check_values(
    connector: &Connector,
    method: &AuthMethod,
    mut values: BTreeMap<String, Secret>,
    kept: &[String],
) -> Result<Checked> {
    let mut checked = Checked {
        settings: BTreeMap::new(),
        secrets: BTreeMap::new(),
    };
    for field in fields(connector, method) {
        let typed = values.remove(&field.key);
        let value = typed.as_ref().map_or("", |value| match field.is_secret() {
            true => value.expose().trim_end_matches(['\r', '\n']),
            false => value.expose().trim(),
        });
        let value = match (value, &field.default) {
            ("", Some(default)) if !field.is_secret() => default.as_str(),
            (value, _) => value,
        };
        if value.is_empty() {
            let is_kept = field.is_secret() && kept.contains(&field.key);
            if field.optional || is_kept {
                continue;
            }
            return Err(Error::field(
                &field.key,
                format!("{} is needed", field.label),
            ));
        }
        check_value(field, value)?;
        match field.is_secret() {
            true => {
                checked
                    .secrets
                    .insert(field.key.clone(), Secret::new(value));
            }
            false => {
                checked.settings.insert(field.key.clone(), value.to_owned());
            }
        }
    }
    match values.into_keys().next() {
        Some(key) => Err(Error::field(
            &key,
            format!("{} has no field {key}", connector.name),
        )),
        None => Ok(checked),
    }
}

/// The scopes to request: required ones always, then the defaults or the chosen ones, each once.
///
/// # Errors
/// `InvalidInput` on `scopes` for a malformed scope, or one that isn't listed where none may be added by hand.
pub(crate) fn choose_scopes(
    connector: &Connector,
    method: &AuthMethod,
    choice: &ScopeChoice,
    present: Option<&[String]>,
) -> Result<Vec<String>> {
    let belongs = |scope: &&crate::connector::Scope| {
        scope.methods.is_empty() || scope.methods.contains(&method.id)
    };
    let listed: Vec<_> = connector.scopes.iter().filter(belongs).collect();
    let mut scopes: Vec<String> = Vec::new();
    let mut add = |scope: &str| {
        if !scopes.iter().any(|have| have == scope) {
            scopes.push(scope.to_owned());
        }
    };
    listed
        .iter()
        .filter(|scope| scope.required)
        .for_each(|scope| add(&scope.value));
    match (choice, present) {
        (ScopeChoice::Default, Some(present)) => present.iter().for_each(|scope| add(scope)),
        (ScopeChoice::Default, None) => listed
            .iter()
            .filter(|scope| scope.default)
            .for_each(|scope| add(&scope.value)),
        (ScopeChoice::Custom { scopes: chosen }, _) => {
            let manual = method
                .oauth
                .as_ref()
                .is_some_and(|oauth| oauth.manual_scopes);
            for scope in chosen {
                check_scope(scope)?;
                let known = listed.iter().any(|listed| listed.value == *scope)
                    || present.is_some_and(|present| present.contains(scope));
                if !known && !manual {
                    return Err(Error::field(
                        "scopes",
                        format!("{} doesn't list the scope {scope}", connector.name),
                    )
                    .with_hint("Add it to the connector's definition to use it"));
                }
                add(scope);
            }
        }
    }
    Ok(scopes)
}

/// A scope of RFC 6749 3.3: printable ASCII without blank, `"` and `\`.
fn check_scope(scope: &str) -> Result<()> {
    let fits = !scope.is_empty()
        && scope.len() <= 512
        && scope
            .bytes()
            .all(|b| matches!(b, 0x21 | 0x23..=0x5b | 0x5d..=0x7e));
    match fits {
        true => Ok(()),
        false => Err(Error::field(
            "scopes",
            format!(
                "“{}” isn't a scope: no blanks, quotes or letters outside ASCII",
                scope.escape_debug()
            ),
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_trimmed_and_bounded() {
        assert_eq!(check_name("  GitHub   bot ").unwrap(), "GitHub bot");
        for (bad, why) in [
            ("", "name"),
            ("   ", "name"),
            ("a\u{7}b", "type"),
            (&"x".repeat(300), "300"),
        ] {
            let error = check_name(bad).expect_err("the name must be refused");
            assert_eq!(error.field.as_deref(), Some("name"), "{bad}");
            assert!(
                error.message.to_lowercase().contains(why),
                "{}",
                error.message
            );
        }
    }

    #[test]
    fn a_scope_is_printable_ascii() {
        assert!(check_scope("https://www.googleapis.com/auth/gmail.send").is_ok());
        for bad in ["", "two words", "quo\"te", "back\\slash", "ä"] {
            assert!(check_scope(bad).is_err(), "{bad}");
        }
    }
}
