//! The words providers use for what is wrong, sorted into what a person can do about it.
//!
//! A word is compared in lower case without separators (`INVALID_AUTH`, `invalid-auth` and `invalidAuth` are one). Only
//! words seen in providers' documentation are listed; an unknown word decides nothing.

/// What a word means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Meaning {
    /// The secret or token isn't taken.
    Credential,
    /// It is taken, and lacks a permission.
    Permission,
    /// A host, region, site, clock or switch at the provider is wrong.
    Settings,
    /// Nothing is wrong here: try later.
    Later,
}

use Meaning::{Credential, Later, Permission, Settings};

pub(super) fn meaning(word: &str) -> Option<Meaning> {
    let word: String = word
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .take(80)
        .map(|c| c.to_ascii_lowercase())
        .collect();
    let word = word.as_str();
    if CREDENTIAL.contains(&word) {
        return Some(Credential);
    }
    if PERMISSION.contains(&word) {
        return Some(Permission);
    }
    if SETTINGS.contains(&word) {
        return Some(Settings);
    }
    LATER.contains(&word).then_some(Later)
}

/// What a sentence means, where an answer has no word. Only phrases that can't be read otherwise.
pub(super) fn phrase(sentence: &str) -> Option<Meaning> {
    let sentence = sentence.to_ascii_lowercase();
    let says = |phrases: &[&str]| phrases.iter().any(|phrase| sentence.contains(phrase));
    if says(&["rate limit", "too many requests", "abuse detection"]) {
        return Some(Later);
    }
    if says(&[
        "insufficient scope",
        "missing scope",
        "insufficient authentication scopes",
        "required scope",
        "insufficient permission",
        "not authorized to perform",
        "not accessible by",
        "does not have permission",
        "do not have permission",
        "don't have permission",
        "lacks permission",
        "insufficient privileges",
    ]) {
        return Some(Permission);
    }
    if says(&[
        "has not been used in project",
        "api is disabled",
        "api access is disabled",
    ]) {
        return Some(Settings);
    }
    says(&[
        "api key is invalid",
        "api key not valid",
        "api key not found",
        "bad credentials",
        "incorrect api key",
        "incorrect username or password",
        "invalid access token",
        "invalid api key",
        "invalid api token",
        "invalid authentication",
        "invalid credentials",
        "invalid key",
        "invalid token",
        "invalid username or password",
        "key has expired",
        "not authenticated",
        "session expired",
        "token expired",
        "token has expired",
        "token is expired",
        "token is invalid",
        "token is not valid",
        "token has been revoked",
        "token was revoked",
    ])
    .then_some(Credential)
}

const CREDENTIAL: &[&str] = &[
    "accesstokenexpired",
    "accountinactive",
    "apikeyinvalid",
    "apikeynotfound",
    "authenticationerror",
    "authenticationfailed",
    "authenticationfailure",
    "authenticationrequired",
    "autherror",
    "authfailure",
    "authinvalid",
    "badcredentials",
    "e0000004",
    "e0000011",
    "expiredaccesstoken",
    "expiredauthenticationtoken",
    "expiredtoken",
    "expiredtokenexception",
    "incompletesignature",
    "incompletesignatureexception",
    "invalidaccesskeyid",
    "invalidaccesstoken",
    "invalidapikey",
    "invalidauth",
    "invalidauthentication",
    "invalidauthenticationtoken",
    "invalidclienttokenid",
    "invalidcredentials",
    "invalidgrant",
    "invalidkey",
    "invalidlogin",
    "invalidsecurity",
    "invalidsecuritytoken",
    "invalidsessionid",
    "invalidsignatureexception",
    "invalidtoken",
    "notauthed",
    "notauthenticated",
    "sessionexpired",
    "signaturedoesnotmatch",
    "tokenexpired",
    "tokenrefreshrequired",
    "tokenrevoked",
    "unauthenticated",
    "unrecognizedclientexception",
];

const PERMISSION: &[&str] = &[
    "accessdenied",
    "accessdeniedexception",
    "accesstokenscopeinsufficient",
    "authorizationrequestdenied",
    "e0000006",
    "erroraccessdenied",
    "insufficientaccess",
    "insufficientaccessoronlyreadpermission",
    "insufficientpermissions",
    "insufficientprivileges",
    "insufficientscope",
    "insufficientscopes",
    "missingscope",
    "missingscopes",
    "nopermission",
    "notallowedtokentype",
    "permissiondenied",
    "restrictedaction",
    "scopeinsufficient",
    "unauthorizedoperation",
];

const SETTINGS: &[&str] = &[
    "accessnotconfigured",
    "apidisabledfororg",
    "apinotenabled",
    "authorizationheadermalformed",
    "illegallocationconstraintexception",
    "invalidregion",
    "nosuchbucket",
    "optinrequired",
    "permanentredirect",
    "requesttimetooskewed",
    "servicedisabled",
    "teamnotfound",
    "tenantnotfound",
    "unknownmethod",
];

const LATER: &[&str] = &[
    "fatalerror",
    "internalerror",
    "internalfailure",
    "ratelimited",
    "ratelimitexceeded",
    "requestlimitexceeded",
    "resourceexhausted",
    "serviceunavailable",
    "slowdown",
    "temporarilyunavailable",
    "throttling",
    "throttlingexception",
    "toomanyrequests",
    "toomanyrequestsexception",
    "userratelimitexceeded",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_means_the_same_however_it_is_joined() {
        for word in [
            "invalid_auth",
            "INVALID-AUTH",
            "invalidAuth",
            "Invalid auth",
        ] {
            assert_eq!(meaning(word), Some(Credential), "{word}");
        }
        assert_eq!(meaning("ACCESS_TOKEN_SCOPE_INSUFFICIENT"), Some(Permission));
        assert_eq!(meaning("teapot"), None);
        assert_eq!(meaning(""), None);
    }

    #[test]
    fn no_word_is_listed_twice_and_each_is_in_its_compared_form() {
        let mut seen = std::collections::BTreeSet::new();
        for word in [CREDENTIAL, PERMISSION, SETTINGS, LATER].concat() {
            assert!(seen.insert(word), "`{word}` is listed twice");
            assert!(
                word.chars()
                    .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit()),
                "`{word}` can never match"
            );
        }
    }
}
