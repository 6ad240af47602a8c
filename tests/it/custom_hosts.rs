//! No host that a person didn't see: the list of a definition's hosts, and what holds it to the list.

use patchbay_core::connector::custom::{allowed, by_hand, hosts, import};
use patchbay_core::connector::template::Values;
use patchbay_core::connector::{Catalogue, Connector, FieldKind};
use patchbay_core::{Code, Result};
use url::Url;

fn definition(rest: &str) -> Connector {
    toml::from_str(&format!("name = \"Acme\"\ncategory = \"custom\"\ndocs = {{ api = \"https://docs.acme.example\" }}\n{rest}")).expect("it is well formed")
}

fn whole() -> Connector {
    definition(
        r#"
        test = { url = "https://{region}.api.acme.example/me" }
        fields = [
            { key = "region", label = "Region", kind = "choice", choices = [{ value = "eu", label = "EU" }, { value = "us", label = "US" }] },
            { key = "site", label = "Site", kind = "subdomain" },
            { key = "host", label = "Host", kind = "host" },
            { key = "server", label = "Server", kind = "url" },
        ]

        [[auth]]
        id = "oauth"
        label = "OAuth"
        kind = "authorization_code"
        [auth.oauth]
        issuer = "https://id.acme.example"
        authorization_endpoint = "https://{site}.acme.example/authorize"
        token_endpoint = "https://{host}/token"
        refresh_endpoint = "{server}/refresh"
        registration_endpoint = "{api}/register"
        jwks_uri = "https://xn--80ak6aa92e.example/keys"
        revocation = { endpoint = "https://id.acme.example:8443/revoke" }
        redirect = [{ kind = "paste", uri = "https://return.acme.example/" }]
        capture = [{ from = "token", at = "/api", field = "api", kind = "url", hosts = ["*.acme-api.example"] }]

        [[auth]]
        id = "session"
        label = "Session"
        kind = "session_token"
        session = { method = "POST", url = "https://login.acme.example/session", token = "/token" }
        "#,
    )
}

#[test]
fn every_host_is_listed_with_what_it_is_for() {
    let listed: Vec<String> = hosts(&whole())
        .into_iter()
        .map(|used| {
            format!(
                "{}{}: {}",
                used.host,
                if used.typed { " (typed)" } else { "" },
                used.purpose
            )
        })
        .collect();
    assert_eq!(
        listed,
        [
            "id.acme.example: issuer",
            "*.acme.example: sign-in in the browser",
            "{host} (typed): token",
            "{server} (typed): refresh",
            "*.acme-api.example: registration",
            "xn--80ak6aa92e.example: keys",
            "id.acme.example:8443: revocation",
            "return.acme.example: end of the sign-in in the browser",
            "login.acme.example: token",
            "eu.api.acme.example: test request",
            "us.api.acme.example: test request",
            "docs.acme.example: documentation in the browser",
        ]
    );
}

#[test]
fn letters_of_other_scripts_are_shown_for_what_they_are() {
    let made = definition(
        "auth = [{ id = \"n\", label = \"N\", kind = \"none\" }]\ntest = { url = \"https://аpple.example/me\" }",
    );
    assert_eq!(hosts(&made)[0].host, "xn--pple-43d.example");
}

#[test]
fn only_listed_hosts_are_allowed() {
    let made = whole();
    let mut values = Values::default();
    for (key, kind, value) in [
        ("region", FieldKind::Choice, "eu"),
        ("site", FieldKind::Subdomain, "blue"),
        ("host", FieldKind::Host, "tokens.acme.example"),
        ("server", FieldKind::Url, "http://127.0.0.1:4010/base"),
    ] {
        values.insert(key, kind, value);
    }
    let may = |url: &str| allowed(&made, &values, &Url::parse(url).expect("an address"));
    for fine in [
        "https://id.acme.example/anything",
        "https://id.acme.example:8443/revoke",
        "https://blue.acme.example/authorize?state=x",
        "https://tokens.acme.example/token",
        "http://127.0.0.1:4010/base/refresh",
        "https://login.acme.example/session",
        "https://eu.api.acme.example/me",
    ] {
        assert!(may(fine), "{fine}");
    }
    for elsewhere in [
        "https://evil.example.org/",
        "https://red.acme.example/authorize",
        "https://us.api.acme.example/me",
        "http://id.acme.example/",
        "https://id.acme.example:9443/",
        "https://id.acme.example.evil.example/",
        "https://127.0.0.1:4010/",
        "http://127.0.0.1:4011/",
        "https://docs.acme.example/",
        "https://return.acme.example/",
        "https://x.acme-api.example/register",
    ] {
        assert!(!may(elsewhere), "{elsewhere}");
    }
    values.insert("api", FieldKind::Url, "https://one.acme-api.example");
    assert!(
        allowed(
            &made,
            &values,
            &Url::parse("https://one.acme-api.example/register").expect("an address")
        ),
        "what was captured within its hosts is"
    );
}

fn imported(id: &str, rest: &str) -> Result<Vec<String>> {
    let text = format!(
        "name = \"Acme\"\ncategory = \"custom\"\ndocs = {{ api = \"https://docs.acme.example\" }}\n{rest}"
    );
    import(&Catalogue::shipped(), id, &text, None).map(|draft| {
        draft
            .problems
            .into_iter()
            .map(|problem| problem.rule)
            .collect()
    })
}

const KEY: &str = "auth = [{ id = \"k\", label = \"K\", kind = \"api_key\", fields = [{ key = \"key\", label = \"Key\", kind = \"secret\" }], placement = [{ to = \"header\", name = \"X-Key\", value = \"{key}\" }] }]\n";

#[test]
fn a_malicious_definition_has_problems_and_cant_be_saved() {
    let test = |url: &str| {
        imported("acme", &format!("{KEY}test = {{ url = \"{url}\" }}")).expect("it is readable")
    };
    assert_eq!(test("https://api.acme.example/me"), Vec::<String>::new());
    for bad in [
        "https://api.acme.example@evil.example.org/",
        "https://evil.example.org/{key}",
        "https://{key}.evil.example.org/",
        "http://api.acme.example/me",
        "file:///etc/passwd",
        "https://api.acme.example/#x",
        "https:///evil",
        "https://api.acme.example/{unknown}",
        "https://api.acme.example/{",
        "//evil.example.org",
    ] {
        assert!(!test(bad).is_empty(), "{bad}");
    }
    let placed = |name: &str| {
        imported("acme", &format!("auth = [{{ id = \"k\", label = \"K\", kind = \"api_key\", fields = [{{ key = \"key\", label = \"Key\", kind = \"secret\" }}], placement = [{{ to = \"header\", name = \"{name}\", value = \"{{key}}\" }}] }}]\ntest = {{ url = \"https://api.acme.example/me\" }}")).expect("it is readable")
    };
    assert!(
        placed("Host").contains(&"placement".to_owned()),
        "a definition can't name another host behind the address"
    );
    let oauth = imported(
        "acme",
        "no_test_because = \"none\"\nauth = [{ id = \"o\", label = \"O\", kind = \"authorization_code\", fields = [{ key = \"pin\", label = \"Pin\", kind = \"secret\" }], oauth = { authorization_endpoint = \"https://id.acme.example/a\", token_endpoint = \"https://id.acme.example/t\", redirect = [{ kind = \"deep_link\" }], authorize_params = { hint = \"{pin}\" } } }]",
    )
    .expect("it is readable");
    assert_eq!(
        oauth,
        ["secret_in_address"],
        "a secret never goes into the browser's address"
    );
    let hidden = imported("acme", &format!("notes = \"plain \\u202e turned\"\n{KEY}test = {{ url = \"https://api.acme.example/me\" }}")).expect("it is readable");
    assert_eq!(hidden, ["text"]);
}

#[test]
fn a_definition_cant_take_a_place_that_isnt_its_own() {
    let rest = format!("{KEY}test = {{ url = \"https://api.acme.example/me\" }}");
    for id in ["github", "con", "com1", "", "../evil", "a/b", "Acme", "a b"] {
        assert!(
            imported(id, &rest)
                .expect("it is readable")
                .contains(&"id".to_owned()),
            "{id}"
        );
    }
    let error = imported("acme", "surprise = true").expect_err("an unknown key");
    assert_eq!(error.code, Code::InvalidDefinition);
    let large = format!("{rest}\n# {}", "x".repeat(600 * 1024));
    assert_eq!(
        imported("acme", &large).expect_err("too large").code,
        Code::InvalidDefinition
    );
}

#[test]
fn replacing_a_connector_shows_the_hosts_that_are_new() {
    let catalogue = Catalogue::shipped();
    let at = |host: &str| definition(&format!("{KEY}test = {{ url = \"https://{host}/me\" }}"));
    catalogue
        .add_custom("acme", at("api.acme.example"), None)
        .expect("it is free");
    let draft = by_hand(&catalogue, "acme", at("api.evil.example"));
    assert!(draft.replaces);
    assert_eq!(draft.added_hosts, ["api.evil.example"]);
    assert_eq!(
        by_hand(&catalogue, "other", at("api.acme.example")).added_hosts,
        Vec::<String>::new()
    );
}
