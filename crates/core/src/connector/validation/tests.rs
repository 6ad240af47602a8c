//! One broken definition per rule, each a sound one with a single change.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use super::{check, check_icon};
use crate::connector::catalogue::parse;

/// A definition that keeps every rule, with most of what one can say.
const SOUND: &str = include_str!("sound.toml");

/// The rules that are broken after a change; `from` must be there, so that the change is one.
fn broken_by(from: &str, to: &str) -> Vec<&'static str> {
    assert!(SOUND.contains(from), "nothing to change: {from}");
    rules("acme", &SOUND.replacen(from, to, 1))
}

fn rules(id: &str, text: &str) -> Vec<&'static str> {
    let connector = parse(text).unwrap_or_else(|error| panic!("{error}"));
    let mut rules: Vec<&str> = check(id, &connector)
        .into_iter()
        .map(|problem| problem.rule)
        .collect();
    rules.dedup();
    rules
}

#[test]
fn a_sound_definition_has_no_problem() {
    let connector = parse(SOUND).unwrap();
    assert_eq!(check("acme", &connector), vec![]);
}

#[test]
fn an_unknown_key_is_refused() {
    assert!(parse(&SOUND.replacen("label = \"Site\"", "labell = \"Site\"", 1)).is_err());
}

#[test]
fn an_id_can_stand_in_a_redirect_address() {
    for id in ["", "Acme", "ac_me", "-acme", "ac/me", "../acme"] {
        assert_eq!(rules(id, SOUND), ["id"], "{id}");
    }
}

#[test]
fn names_and_labels_are_there() {
    assert_eq!(broken_by("name = \"Acme\"", "name = \" \""), ["name"]);
    assert_eq!(broken_by("label = \"Site\"", "label = \"\""), ["name"]);
}

#[test]
fn documentation_is_linked_by_https() {
    let api = "api = \"https://docs.acme.example/api\"";
    assert_eq!(broken_by(api, ""), ["docs"]);
    assert_eq!(
        broken_by(api, "api = \"http://docs.acme.example\""),
        ["docs"]
    );
}

#[test]
fn keys_are_unique_and_can_stand_in_templates() {
    assert_eq!(
        broken_by("key = \"robot_id\"", "key = \"region\""),
        ["field_keys", "template_field"]
    );
    assert_eq!(
        broken_by("key = \"region\"\nlabel", "key = \"Region\"\nlabel"),
        ["field_keys", "template_field"]
    );
    assert!(broken_by("key = \"username\"", "key = \"client_id\"").contains(&"field_keys"));
}

#[test]
fn a_choice_has_distinct_values_and_nothing_else_has_any() {
    assert_eq!(
        broken_by("{ value = \"us\", label", "{ value = \"eu\", label"),
        ["choices"]
    );
    assert_eq!(
        broken_by("kind = \"choice\"\ndefault = \"eu\"", "kind = \"text\""),
        ["choices"]
    );
}

#[test]
fn a_pattern_compiles_and_takes_its_example() {
    assert_eq!(broken_by("\"[a-z]+\"", "\"[a-z\""), ["pattern"]);
    assert_eq!(broken_by("\"[a-z]+\"", "\"[0-9]+\""), ["pattern"]);
    assert_eq!(broken_by("example = \"acme\"\n", ""), ["pattern"]);
    assert_eq!(
        broken_by("default = \"eu\"", "default = \"mars\""),
        ["pattern"]
    );
}

#[test]
fn scopes_are_distinct_described_and_well_formed() {
    assert!(broken_by("value = \"read\"", "value = \"offline\"").contains(&"scopes"));
    assert_eq!(broken_by("\"Read everything\"", "\"\""), ["scopes"]);
    assert!(broken_by("value = \"read\"", "value = \"read all\"").contains(&"scopes"));
}

#[test]
fn what_is_required_is_a_default() {
    assert_eq!(broken_by("default = true\n", ""), ["required_scopes"]);
}

#[test]
fn scopes_name_methods_that_ask_for_scopes() {
    assert_eq!(
        broken_by("methods = [\"oauth\"]", "methods = [\"key\"]"),
        ["scope_methods"]
    );
}

#[test]
fn a_scope_that_refreshing_needs_is_listed() {
    assert_eq!(
        broken_by(
            "refresh = { scopes = [\"offline\"]",
            "refresh = { scopes = [\"forever\"]"
        ),
        ["refresh_scopes"]
    );
}

#[test]
fn cards_need_listed_scopes() {
    assert_eq!(
        broken_by("[[\"read\", \"offline\"]]", "[[\"read\", \"write\"]]"),
        ["cards"]
    );
}

#[test]
fn a_card_needs_something_that_can_be_met() {
    for needs in [
        "[]",
        "[[]]",
        "[[\"read\"], []]",
        "[[\"read\", \"read\"]]",
        "[[\"read\"], [\"read\"]]",
    ] {
        assert_eq!(
            broken_by("[[\"read\", \"offline\"]]", needs),
            ["card_needs"],
            "{needs}"
        );
    }
}

#[test]
fn a_title_and_a_key_mean_one_card() {
    let title = "title = \"Read a thing\"";
    for other in ["Read a thing", "read A THING"] {
        let twice = format!("title = \"{other}\"\nscopes = [[\"read\"]]\n\n[[cards]]\n{title}");
        assert_eq!(broken_by(title, &twice), ["card_names"], "{other}");
    }
    for blank in ["title = \"\"", "title = \" Read\""] {
        assert_eq!(broken_by(title, blank), ["card_names"], "{blank}");
    }
    for keys in ["[\"\"]", "[\"read\", \"read\"]"] {
        let keyed = format!("{title}\nkeys = {keys}");
        assert_eq!(broken_by(title, &keyed), ["card_names"], "{keys}");
    }
}

#[test]
fn method_ids_are_unique() {
    assert_eq!(broken_by("id = \"login\"", "id = \"key\""), ["methods"]);
    assert_eq!(broken_by("id = \"login\"", "id = \"log-in\""), ["methods"]);
}

#[test]
fn a_method_has_the_parts_of_its_kind() {
    assert!(broken_by("kind = \"basic\"", "kind = \"api_key\"").contains(&"method_parts"));
    assert!(broken_by("kind = \"session_token\"", "kind = \"none\"").contains(&"method_parts"));
}

#[test]
fn basic_has_a_user_name_and_a_secret() {
    assert_eq!(
        broken_by("key = \"username\"", "key = \"user\""),
        ["template_field"]
    );
    let open = "key = \"password\"\nlabel = \"Password\"\nkind = \"text\"";
    let secret = "key = \"password\"\nlabel = \"Password\"\nkind = \"secret\"";
    assert_eq!(broken_by(secret, open), ["credential"]);
}

#[test]
fn a_key_goes_into_a_header_that_may_be_set() {
    assert_eq!(broken_by("\"X-Api-Key\"", "\"Host\""), ["placement"]);
    assert_eq!(broken_by("\"X-Api-Key\"", "\"X Api Key\""), ["placement"]);
    assert_eq!(
        broken_by("value = \"{api_key}\"", "value = \"Bearer\""),
        ["credential"]
    );
}

#[test]
fn a_session_token_is_read_by_a_pointer() {
    assert_eq!(
        broken_by("token = \"/token\"", "token = \"token\""),
        ["session"]
    );
}

#[test]
fn an_assertion_is_signed_by_a_secret_and_lives_an_hour_at_most() {
    assert_eq!(
        broken_by("lifetime_seconds = 300", "lifetime_seconds = 7200"),
        ["jwt"]
    );
    assert_eq!(
        broken_by("key_field = \"private_key\"", "key_field = \"robot_id\""),
        ["jwt"]
    );
    assert_eq!(
        broken_by(
            "issuer = \"{robot_id}\"",
            "issuer = \"{robot_id}\"\nkey_file = true"
        ),
        ["jwt"]
    );
}

#[test]
fn a_signature_has_its_two_keys() {
    assert_eq!(
        broken_by("key = \"access_key_id\"", "key = \"access_key\""),
        ["aws"]
    );
}

#[test]
fn endpoints_are_given_or_discovered() {
    assert_eq!(
        broken_by(
            "oauth.token_endpoint = \"https://{site}.acme.example/oauth/token\"\n",
            ""
        ),
        ["endpoints"]
    );
    assert_eq!(
        broken_by(
            "oauth.authorize_params",
            "oauth.discovery = true\noauth.authorize_params"
        ),
        ["endpoints"]
    );
}

#[test]
fn an_address_is_https_and_whole() {
    let token = "oauth.token_endpoint = \"https://{site}.acme.example/oauth/token\"";
    let with = |address: &str| broken_by(token, &format!("oauth.token_endpoint = \"{address}\""));
    assert_eq!(with("http://{site}.acme.example/token"), ["https"]);
    assert_eq!(
        with("https://{site}.acme.example/{nothing}"),
        ["template_field"]
    );
    assert_eq!(with("https://{site}.acme.example/a b"), ["address"]);
    assert_eq!(with("https://{site}.acme.example/#x"), ["address"]);
    assert_eq!(with("https://{site}.acme.example/{Site}"), ["address"]);
    assert_eq!(
        with("https://{client_id}.acme.example/token"),
        ["host_place"]
    );
    assert_eq!(with("https://{site}/token"), ["host_place"]);
    assert_eq!(with("https://{site}.example/token"), ["host_place"]);
}

#[test]
fn a_secret_never_stands_in_an_address() {
    assert_eq!(
        broken_by(
            "url = \"https://{site}.acme.example/session\"",
            "url = \"https://{site}.acme.example/session?key={pair_key}\""
        ),
        ["secret_in_address"]
    );
}

#[test]
fn a_field_that_may_be_empty_stands_in_no_address() {
    assert!(
        broken_by("suffix = \".acme.example\"", "optional = true").contains(&"optional_in_address")
    );
}

#[test]
fn a_sign_in_has_a_way_back() {
    let redirect = "oauth.redirect = [{ kind = \"deep_link\" }, { kind = \"loopback\", ports = [53682, 53683] }, { kind = \"paste\" }]";
    assert_eq!(broken_by(redirect, ""), ["redirect"]);
    assert_eq!(broken_by("[53682, 53683]", "[53682, 53682]"), ["redirect"]);
    assert_eq!(broken_by("[53682, 53683]", "[80]"), ["redirect"]);
    assert_eq!(
        broken_by("{ kind = \"deep_link\" }", "{ kind = \"paste\" }"),
        ["redirect"]
    );
}

#[test]
fn parameters_of_the_protocol_are_its_own() {
    assert_eq!(
        broken_by("{ audience = \"api\" }", "{ state = \"fixed\" }"),
        ["parameters"]
    );
}

#[test]
fn a_captured_address_is_one_of_listed_hosts() {
    assert_eq!(broken_by(", hosts = [\"*.acme.example\"]", ""), ["capture"]);
    assert_eq!(broken_by("[\"*.acme.example\"]", "[\"*\"]"), ["capture"]);
    assert!(broken_by("field = \"api_url\"", "field = \"site\"").contains(&"capture"));
}

#[test]
fn revocation_is_addressed_like_everything_else() {
    assert_eq!(
        broken_by(
            "revocation = { endpoint = \"https://{site}.acme.example/oauth/revoke\" }",
            "revocation = { endpoint = \"https://{site}.acme.example/revoke\", style = \"github_grant\" }"
        ),
        ["revocation"]
    );
}

#[test]
fn rules_of_refreshing_do_not_contradict_each_other() {
    assert_eq!(
        broken_by("rotates = true }", "rotates = true, never = true }"),
        ["refresh"]
    );
    assert_eq!(broken_by("rotates = true }", "idle = true }"), ["refresh"]);
}

#[test]
fn an_account_comes_from_an_id_token_that_can_be_checked() {
    assert_eq!(
        broken_by(
            "{ id = \"/account/id\" }",
            "{ source = \"id_token\", id = \"/sub\" }"
        ),
        ["account"]
    );
}

#[test]
fn a_test_is_there_or_missed_for_a_reason() {
    let test =
        "[test]\nurl = \"https://{site}.acme.example/me?region={region}\"\naccount_id = \"/id\"\n";
    assert_eq!(broken_by(test, ""), ["test"]);
    let reasoned =
        SOUND
            .replacen(test, "", 1)
            .replacen("category", "no_test_because = \"none\"\ncategory", 1);
    assert!(rules("acme", &reasoned).is_empty());
}

#[test]
fn a_test_only_reads() {
    assert_eq!(
        broken_by("[test]\n", "[test]\nmethod = \"DELETE\"\n"),
        ["test"]
    );
    assert_eq!(broken_by("[test]\n", "[test]\nform = \"a=b\"\n"), ["test"]);
    assert_eq!(
        broken_by("[test]\n", "[test]\nmethod = \"POST\"\njson = \"{\"\n"),
        ["test"]
    );
    assert_eq!(
        broken_by("account_id = \"/id\"", "account_id = \"data.id\""),
        ["test"]
    );
}

#[test]
fn quirks_go_with_the_provider_that_has_them() {
    assert_eq!(
        broken_by("category", "quirks = [\"xero_tenant\"]\ncategory"),
        ["quirk"]
    );
    assert_eq!(
        broken_by("account_id = \"/id\"", "account_id = \"/id\"\nok = \"/ok\""),
        ["quirk"]
    );
}

#[test]
fn an_icon_is_a_small_picture_and_nothing_else() {
    let icon = |inside: &str| {
        let svg =
            format!("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 1 1\">{inside}</svg>");
        check_icon(&svg).len()
    };
    assert_eq!(icon("<path fill=\"url(#a)\" d=\"M0 0h1v1z\"/>"), 0);
    for bad in [
        "<script>x</script>",
        "<path onload=\"x\"/>",
        "<use href=\"https://acme.example/x.svg\"/>",
        "<foreignObject/>",
        "<path style=\"fill:url(https://acme.example)\"/>",
    ] {
        assert!(icon(bad) > 0, "{bad}");
    }
    assert!(icon(&"x".repeat(8192)) > 0, "too large");
    assert!(!check_icon("<svg></svg>").is_empty(), "it can't be scaled");
    assert!(!check_icon("<html></html>").is_empty());
}
