//! Anybody can send a link: what is taken for a callback, and what is not.

use patchbay_core::connector::{Capture, CaptureSource, FieldKind, OAuth};
use patchbay_core::oauth::Endpoints;
use patchbay_core::oauth::callback::{Callback, CallbackRefused, Outcome, parse};
use patchbay_core::vault::Secret;
use proptest::prelude::*;

const BASE: &str = "dev.patchbay.desktop:/callback/github";

fn with(query: &str) -> Result<Callback, CallbackRefused> {
    parse(&format!("{BASE}?{query}"))
}

#[test]
fn the_three_forms_are_read() {
    for (address, connector) in [
        (
            "dev.patchbay.desktop:/callback/github?code=c&state=s",
            Some("github"),
        ),
        (
            "http://127.0.0.1:49152/callback/any_oauth-2?code=c&state=s",
            Some("any_oauth-2"),
        ),
        (
            "http://localhost:3000/callback/github?state=s&code=c",
            Some("github"),
        ),
        ("https://example.com/oauth/done?code=c&state=s", None),
    ] {
        let callback = parse(address).unwrap();
        assert_eq!(callback.connector.as_deref(), connector, "{address}");
        assert!(callback.state_matches(&Secret::new("s")));
        assert!(matches!(&callback.outcome, Outcome::Code(code) if code.expose() == "c"));
        let own = address.split('?').next().unwrap().parse().unwrap();
        assert!(callback.arrived_at(&own), "{address}");
    }
}

#[test]
fn addresses_that_are_not_ours_are_refused() {
    for address in [
        "dev.patchbay.desktop:/callback",
        "dev.patchbay.desktop:/callback?code=c&state=s",
        "dev.patchbay.desktop:/callback/?code=c&state=s",
        "dev.patchbay.desktop:///callback/github?code=c&state=s",
        "dev.patchbay.desktop://callback/github?code=c&state=s",
        "dev.patchbay.desktop:callback/github?code=c&state=s",
        "DEV.PATCHBAY.DESKTOP:/CALLBACK/GITHUB?code=c&state=s",
        "dev.patchbay.desktop:/callback/GitHub?code=c&state=s",
        "dev.patchbay.desktop:/callback/github/../x?code=c&state=s",
        "dev.patchbay.desktop:/callback/%2e%2e/x?code=c&state=s",
        "dev.patchbay.desktop:/callback/..?code=c&state=s",
        "dev.patchbay.desktop:/open/github?code=c&state=s",
        "dev.patchbay.desktop.evil:/callback/github?code=c&state=s",
        "patchbay:/callback/github?code=c&state=s",
        "http://127.0.0.1/callback/github?code=c&state=s",
        "http://127.0.0.1:0080/callback/github?code=c&state=s",
        "http://127.0.0.1:99999/callback/github?code=c&state=s",
        "http://127.0.0.2:8080/callback/github?code=c&state=s",
        "http://127.0.0.1:8080@evil.com/callback/github?code=c&state=s",
        "http://localhost.evil.com:80/callback/github?code=c&state=s",
        "http://example.com/callback/github?code=c&state=s",
        "https://user@example.com/cb?code=c&state=s",
        "file:///callback/github?code=c&state=s",
        "javascript:alert(1)?code=c&state=s",
        "--flag=x",
        "",
    ] {
        let refused = parse(address).expect_err(address);
        assert_eq!(refused, CallbackRefused::NotOurs, "{address}");
    }
    let long = format!(
        "dev.patchbay.desktop:/callback/{}?code=c&state=s",
        "a".repeat(65)
    );
    assert_eq!(
        parse(&long).expect_err("65 letters"),
        CallbackRefused::NotOurs
    );
}

#[test]
fn characters_that_no_address_holds_are_refused() {
    for address in [
        "dev.patchbay.desktop:/callback/x\" --flag=\"",
        "dev.patchbay.desktop:/callback/github?code=c&state=s x",
        "dev.patchbay.desktop:/callback/github?code=c&state=s\n",
        "dev.patchbay.desktop:/callback/github?error=e&error_description=<img src=x onerror=alert(1)>&state=s",
        "dev.patchbay.desktop:/callback/github?code=\u{202e}&state=s",
        "dev.patchbay.desktop:/callback/githüb?code=c&state=s",
        "dev.patchbay.desktop:/callback\\github?code=c&state=s",
        "dev.patchbay.desktop:/callback/github?code=%ff%fe&state=s",
        "dev.patchbay.desktop:/callback/github?code=%0d%0aX:1&state=s",
        "dev.patchbay.desktop:/callback/github?code=c&state=%00",
        "dev.patchbay.desktop:/callback/github?code=%&state=s",
        "dev.patchbay.desktop:/callback/github?code=%g1&state=s",
        "dev.patchbay.desktop:/callback/github?code=%+1&state=s",
        "dev.patchbay.desktop:/callback/github?code=c&state=s&x%00=1",
    ] {
        let refused = parse(address).expect_err(address);
        assert_eq!(refused, CallbackRefused::Characters, "{address}");
    }
}

#[test]
fn duplicates_are_refused_whatever_they_are() {
    for query in [
        "code=a&code=b&state=s",
        "code=a&code=a&state=s",
        "code=a&state=s&state=s",
        "code=a&state=s&%73tate=t",
        "code=a&state=s&iss=x&iss=y",
        "code=a&state=s&access_token=x&access_token=y",
        "code=a&state=s&realmId=1&realmId=2",
    ] {
        assert_eq!(
            with(query).expect_err(query),
            CallbackRefused::Duplicate,
            "{query}"
        );
    }
}

#[test]
fn a_callback_holds_a_state_and_exactly_one_outcome() {
    for (query, refused) in [
        ("", CallbackRefused::NoState),
        ("code=c", CallbackRefused::NoState),
        ("code=c&state=", CallbackRefused::NoState),
        (
            "error=access_denied&error_description=phish",
            CallbackRefused::NoState,
        ),
        ("state=s", CallbackRefused::NoOutcome),
        ("code=&state=s", CallbackRefused::NoOutcome),
        (
            "code=c&error=access_denied&state=s",
            CallbackRefused::NoOutcome,
        ),
        ("access_token=z&state=s", CallbackRefused::NoOutcome),
    ] {
        assert_eq!(with(query).expect_err(query), refused, "{query}");
    }
    assert_eq!(parse(BASE).expect_err("no query"), CallbackRefused::NoState);
}

#[test]
fn fragments_are_refused_except_the_two_that_say_nothing() {
    for fragment in ["access_token=z", "code=c&state=s", "/x", "_=_&x"] {
        let address = format!("{BASE}?code=c&state=s#{fragment}");
        assert_eq!(
            parse(&address).expect_err("a fragment"),
            CallbackRefused::Fragment
        );
    }
    for fragment in ["", "_=_"] {
        assert!(parse(&format!("{BASE}?code=c&state=s#{fragment}")).is_ok());
    }
}

#[test]
fn sizes_are_bounded() {
    let fits = format!("code={}&state=s", "c".repeat(4096));
    assert!(with(&fits).is_ok());
    let value = format!("code={}&state=s", "c".repeat(4097));
    assert_eq!(
        with(&value).expect_err("a long value"),
        CallbackRefused::TooLong
    );
    for length in [8193, 2_000_000] {
        let address = format!("{BASE}?code=c&state=s&x={}", "y".repeat(length));
        assert_eq!(
            parse(&address).expect_err("a long address"),
            CallbackRefused::TooLong
        );
    }
    let many: String = (0..40).map(|number| format!("&p{number}=1")).collect();
    let many = format!("code=c&state=s{many}");
    assert_eq!(
        with(&many).expect_err("many parameters"),
        CallbackRefused::TooLong
    );
}

#[test]
fn an_error_comes_with_its_description_on_one_line() {
    // Microsoft's descriptions are of several lines.
    let callback =
        with("error=access_denied&error_description=Declined.%0d%0aTrace+ID%3a+7&state=s").unwrap();
    let Outcome::Error { code, description } = callback.outcome else {
        panic!("it is an error");
    };
    assert_eq!(code, "access_denied");
    assert_eq!(description.as_deref(), Some("Declined.  Trace ID: 7"));
}

#[test]
fn a_state_matches_only_itself() {
    let callback = with("code=c&state=abc").unwrap();
    for (state, same) in [
        ("abc", true),
        ("abd", false),
        ("ab", false),
        ("abcd", false),
        ("", false),
    ] {
        assert_eq!(callback.state_matches(&Secret::new(state)), same, "{state}");
    }
}

#[test]
fn a_callback_belongs_to_the_address_it_arrived_at() {
    let callback = with("code=c&state=s").unwrap();
    for (redirect_uri, same) in [
        (BASE, true),
        ("dev.patchbay.desktop:/callback/gitlab", false),
        ("http://127.0.0.1:8080/callback/github", false),
    ] {
        let redirect_uri = redirect_uri.parse().unwrap();
        assert_eq!(callback.arrived_at(&redirect_uri), same, "{redirect_uri}");
    }
}

#[test]
fn the_issuer_is_compared_character_by_character() {
    let issuer = "https://as.example";
    // What came, whether it was promised, whether it holds.
    for (came, promised, holds) in [
        (Some("https://as.example"), true, true),
        (Some("https://as.example"), false, true),
        (None, false, true),
        (None, true, false),
        (Some("https://AS.example"), false, false),
        (Some("https://as.example:443"), false, false),
        (Some("https://as.example/"), false, false),
        (Some("https%3a//as%2eexample"), false, true),
        (Some("https://as%252eexample"), false, false),
        (Some("https://honest.example"), true, false),
    ] {
        let iss = came.map(|iss| format!("&iss={iss}")).unwrap_or_default();
        let callback = with(&format!("code=c&state=s{iss}")).unwrap();
        let endpoints = Endpoints {
            issuer: Some(issuer.to_owned()),
            iss_required: promised,
            ..Endpoints::default()
        };
        assert_eq!(callback.iss_holds(&endpoints), holds, "{came:?} {promised}");
    }
}

#[test]
fn tokens_in_a_callback_are_dropped_and_other_parameters_read_only_when_captured() {
    let callback = with(
        "code=c&state=s&access_token=canary-1&id_token=canary-2&refresh_token=canary-3&realmId=9&x=1",
    )
    .unwrap();
    let capture = |at: &str| Capture {
        from: CaptureSource::Callback,
        at: at.to_owned(),
        field: "kept".to_owned(),
        kind: FieldKind::Text,
        required: false,
        hosts: Vec::new(),
    };
    let captured = |at: &str| {
        let oauth = OAuth {
            capture: vec![capture(at)],
            ..OAuth::default()
        };
        callback.captures(&oauth).unwrap()
    };
    assert_eq!(captured("realmId")[0].value, "9");
    for dropped in [
        "access_token",
        "id_token",
        "refresh_token",
        "missing",
        "code",
        "state",
    ] {
        assert!(captured(dropped).is_empty(), "{dropped}");
    }
    assert!(callback.captures(&OAuth::default()).unwrap().is_empty());
    assert!(!format!("{callback:?}").contains("canary"));
}

#[test]
fn a_required_capture_that_is_missing_refuses_the_callback() {
    let oauth = OAuth {
        capture: vec![Capture {
            from: CaptureSource::Callback,
            at: "realmId".to_owned(),
            field: "realm".to_owned(),
            kind: FieldKind::PathSegment,
            required: true,
            hosts: Vec::new(),
        }],
        ..OAuth::default()
    };
    assert!(with("code=c&state=s").unwrap().captures(&oauth).is_err());
    assert!(
        with("code=c&state=s&realmId=..")
            .unwrap()
            .captures(&oauth)
            .is_err()
    );
    assert!(
        with("code=c&state=s&realmId=123")
            .unwrap()
            .captures(&oauth)
            .is_ok()
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn any_text_is_read_or_refused_without_a_panic(text in ".{0,300}") {
        let _ = parse(&text);
        let _ = parse(&format!("{BASE}?{text}"));
    }

    #[test]
    fn whatever_is_taken_has_a_state_and_no_control_characters(
        query in "[a-z=&%0-9+#?./:_-]{0,120}",
    ) {
        if let Ok(callback) = parse(&format!("{BASE}?code=c&state=s&{query}")) {
            prop_assert!(!callback.state.is_empty());
            prop_assert!(!callback.state.expose().chars().any(char::is_control));
            prop_assert_eq!(callback.connector.as_deref(), Some("github"));
        }
    }
}
