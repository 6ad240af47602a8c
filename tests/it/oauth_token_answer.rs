//! What comes from the token endpoint: sloppy answers are read, harmful ones are not.

use patchbay_core::connector::{OAuth, Quirk, Separator};
use patchbay_core::oauth::token::json::{DEPTH, Json};
use patchbay_core::oauth::{FailureKind, TokenAnswer, TokenFailure};
use patchbay_core::vault::Secret;
use patchbay_tests::evil_as::{Case, EvilAs, Reply};
use proptest::prelude::*;

async fn answer(reply: Reply, quirks: &[Quirk]) -> Result<TokenAnswer, TokenFailure> {
    answer_for(OAuth::default(), reply, quirks).await
}

async fn answer_for(
    oauth: OAuth,
    reply: Reply,
    quirks: &[Quirk],
) -> Result<TokenAnswer, TokenFailure> {
    let server = EvilAs::always(reply).await;
    let mut case = Case::at(&server);
    case.oauth = oauth;
    case.quirks = quirks.to_vec();
    case.exchange().await
}

fn with(members: &str) -> Reply {
    Reply::json(
        200,
        &format!(r#"{{"access_token":"at","token_type":"Bearer"{members}}}"#),
    )
}

#[tokio::test]
async fn content_types_decide_how_a_body_is_read() {
    let json = r#"{"access_token":"at","token_type":"Bearer"}"#;
    let form = "access_token=at&token_type=bearer";
    let html = "<html><body>Sign in to the airport's network</body></html>";
    // Content type; whether JSON is read, a form is read, a form is read of a provider known to answer so.
    let table = [
        (Some("application/json"), true, false, false),
        (Some("application/json; charset=UTF-8"), true, false, false),
        (
            Some("Application/JSON;charset=iso-8859-1"),
            true,
            false,
            false,
        ),
        (Some("application/vnd.example+json"), true, false, false),
        (Some("text/javascript"), true, false, false),
        (None, true, false, false),
        (
            Some("application/x-www-form-urlencoded"),
            false,
            false,
            true,
        ),
        (Some("text/html"), false, false, false),
        (Some("application/octet-stream"), false, false, false),
    ];
    for (kind, reads_json, reads_form, reads_known_form) in table {
        let reply = |body: &str| match kind {
            Some(kind) => Reply::typed(200, kind, body.as_bytes()),
            None => Reply::Http {
                status: 200,
                headers: Vec::new(),
                body: body.as_bytes().to_vec(),
            },
        };
        assert_eq!(
            answer(reply(json), &[]).await.is_ok(),
            reads_json,
            "{kind:?} json"
        );
        assert_eq!(
            answer(reply(form), &[]).await.is_ok(),
            reads_form,
            "{kind:?} form"
        );
        assert_eq!(
            answer(reply(form), &[Quirk::FormAnswer]).await.is_ok(),
            reads_known_form,
            "{kind:?} form of a form provider"
        );
        let failure = answer(reply(html), &[])
            .await
            .expect_err("a web page is no token");
        assert!(
            matches!(failure.kind, FailureKind::Malformed(_)),
            "{kind:?} html"
        );
    }
}

#[tokio::test]
async fn a_form_provider_may_answer_in_json_too() {
    assert!(answer(with(""), &[Quirk::FormAnswer]).await.is_ok());
}

#[tokio::test]
async fn only_200_and_201_are_success() {
    let body = r#"{"access_token":"at","token_type":"Bearer"}"#;
    for (status, good) in [
        (200, true),
        (201, true),
        (202, false),
        (203, false),
        (206, false),
    ] {
        let outcome = answer(Reply::json(status, body), &[]).await;
        assert_eq!(outcome.is_ok(), good, "{status}");
    }
    let failure = answer(Reply::status(204), &[])
        .await
        .expect_err("it is empty");
    assert!(matches!(failure.kind, FailureKind::Malformed(_)));
}

#[tokio::test]
async fn lifetimes_in_every_form_become_seconds_or_unknown() {
    const TEN_YEARS: i64 = 315_360_000;
    for (value, expected) in [
        ("3600", Some(3600)),
        ("3599.7", Some(3599)),
        (r#""3600""#, Some(3600)),
        (r#"" 3600 ""#, Some(3600)),
        (r#""3600.0""#, Some(3600)),
        ("0", Some(0)),
        ("-1", Some(0)),
        ("9007199254740993", Some(TEN_YEARS)),
        ("1e300", Some(TEN_YEARS)),
        ("18446744073709551615", Some(TEN_YEARS)),
        (r#""99999999999999999999""#, Some(TEN_YEARS)),
        ("null", None),
        (r#""never""#, None),
        (r#""NaN""#, None),
        (r#""inf""#, None),
        (r#""""#, None),
        ("true", None),
        ("[3600]", None),
    ] {
        let answer = answer(with(&format!(r#","expires_in":{value}"#)), &[])
            .await
            .unwrap();
        assert_eq!(answer.expires_in, expected, "{value}");
    }
    assert_eq!(answer(with(""), &[]).await.unwrap().expires_in, None);
}

#[tokio::test]
async fn a_missing_lifetime_is_the_definitions_where_it_knows_one() {
    let mut oauth = OAuth::default();
    oauth.refresh.access_lifetime_seconds = Some(7200);
    let answer = answer_for(oauth, with(""), &[]).await.unwrap();
    assert_eq!(answer.expires_in, Some(7200));
}

#[tokio::test]
async fn granted_scopes_are_read_in_every_form() {
    let list = |scopes: &[&str]| Some(scopes.iter().map(|s| (*s).to_owned()).collect::<Vec<_>>());
    let space = Separator::Space;
    type Row = (
        &'static str,
        Separator,
        &'static [Quirk],
        Option<Vec<String>>,
    );
    let table: [Row; 11] = [
        (r#""a b""#, space, &[], list(&["a", "b"])),
        (r#""a  b\n a""#, space, &[], list(&["a", "b"])),
        (r#""a,b c""#, space, &[], list(&["a,b", "c"])),
        (
            r#""a,b c""#,
            space,
            &[Quirk::CommaScopes],
            list(&["a", "b", "c"]),
        ),
        (r#""a, b""#, Separator::Comma, &[], list(&["a", "b"])),
        (r#""a+b""#, Separator::Plus, &[], list(&["a", "b"])),
        (r#""a+b""#, space, &[], list(&["a+b"])),
        (r#"["a","b"]"#, space, &[], list(&["a", "b"])),
        (r#""""#, space, &[], list(&[])),
        ("null", space, &[], None),
        ("7", space, &[], None),
    ];
    for (value, separator, quirks, expected) in table {
        let oauth = OAuth {
            scope_separator: separator,
            ..OAuth::default()
        };
        let reply = with(&format!(r#","scope":{value}"#));
        let answer = answer_for(oauth, reply, quirks).await.unwrap();
        assert_eq!(answer.scopes, expected, "{value} {separator:?} {quirks:?}");
    }
    assert_eq!(
        answer(with(""), &[]).await.unwrap().scopes,
        None,
        "as requested"
    );
}

#[tokio::test]
async fn a_token_of_an_unknown_type_is_not_used() {
    for (kind, strict, free) in [
        (r#","token_type":"Bearer""#, true, true),
        (r#","token_type":"bearer""#, true, true),
        (r#","token_type":"BEARER""#, true, true),
        (r#","token_type":"mac""#, false, true),
        (r#","token_type":"N_A""#, false, true),
        (r#","token_type":"DPoP""#, false, true),
        (r#","token_type":null"#, false, true),
        ("", false, true),
    ] {
        let reply = || Reply::json(200, &format!(r#"{{"access_token":"at"{kind}}}"#));
        assert_eq!(answer(reply(), &[]).await.is_ok(), strict, "{kind}");
        let lenient = answer(reply(), &[Quirk::TokenTypeFree]).await;
        assert_eq!(lenient.is_ok(), free, "{kind} of a flagged provider");
    }
}

#[tokio::test]
async fn json_that_could_harm_is_refused() {
    let deep = format!(
        "{}{}",
        r#"{"x":"#.repeat(40),
        "1".to_owned() + &"}".repeat(40)
    );
    let long = format!(
        r#"{{"access_token":"{}","token_type":"Bearer"}}"#,
        "a".repeat(70_000)
    );
    let good = r#"{"access_token":"at","token_type":"Bearer"}"#;
    let mut with_bom = b"\xef\xbb\xbf".to_vec();
    with_bom.extend_from_slice(good.as_bytes());
    let utf16: Vec<u8> = good.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let cases: Vec<(&str, Vec<u8>)> = vec![
        (
            "a key twice",
            br#"{"access_token":"a","access_token":"b","token_type":"Bearer"}"#.to_vec(),
        ),
        (
            "a nested key twice",
            br#"{"access_token":"a","token_type":"Bearer","x":{"y":1,"y":2}}"#.to_vec(),
        ),
        ("too deep", deep.into_bytes()),
        (
            "too deep in arrays",
            ["[".repeat(5000), "]".repeat(5000)].concat().into_bytes(),
        ),
        ("a text too long", long.into_bytes()),
        (
            "a line break in a token",
            br#"{"access_token":"a\r\nX: y","token_type":"Bearer"}"#.to_vec(),
        ),
        (
            "a letter beyond ASCII in a token",
            r#"{"access_token":"tökén","token_type":"Bearer"}"#.into(),
        ),
        (
            "a line break in a refresh token",
            br#"{"access_token":"a","refresh_token":"b\n","token_type":"Bearer"}"#.to_vec(),
        ),
        (
            "a token that is a number",
            br#"{"access_token":17,"token_type":"Bearer"}"#.to_vec(),
        ),
        ("no token", br#"{"token_type":"Bearer"}"#.to_vec()),
        (
            "an empty token",
            br#"{"access_token":"","token_type":"Bearer"}"#.to_vec(),
        ),
        (
            "invalid UTF-8",
            b"{\"access_token\":\"\xff\xfe\",\"token_type\":\"Bearer\"}".to_vec(),
        ),
        ("a byte order mark", with_bom),
        ("UTF-16", utf16),
        ("something behind it", [good.as_bytes(), b" {}"].concat()),
        ("half of it", good.as_bytes()[..20].to_vec()),
        ("a list", b"[]".to_vec()),
        ("a text", br#""token""#.to_vec()),
        ("nothing", Vec::new()),
    ];
    for (what, body) in cases {
        let failure = answer(Reply::typed(200, "application/json", &body), &[])
            .await
            .expect_err(what);
        assert!(
            matches!(failure.kind, FailureKind::Malformed(_)),
            "{what}: {failure:?}"
        );
    }
}

#[tokio::test]
async fn unknown_members_are_ignored() {
    let answer = answer(
        with(r#","x":{"y":[1,2,{"z":null}]},"refresh_token":"rt""#),
        &[],
    )
    .await
    .unwrap();
    assert_eq!(answer.access_token.expose(), "at");
    assert_eq!(
        answer.refresh_token.as_ref().map(Secret::expose),
        Some("rt")
    );
}

#[tokio::test]
async fn error_words_become_kinds() {
    let later = FailureKind::Temporarily { retry_after: None };
    for (status, word, kind) in [
        (400, "invalid_grant", FailureKind::InvalidGrant),
        (400, "interaction_required", FailureKind::InvalidGrant),
        (401, "invalid_client", FailureKind::InvalidClient),
        (400, "unauthorized_client", FailureKind::InvalidClient),
        (400, "invalid_scope", FailureKind::InvalidScope),
        (403, "access_denied", FailureKind::Denied),
        (400, "temporarily_unavailable", later.clone()),
        (200, "invalid_grant", FailureKind::InvalidGrant),
        (400, "something_new", FailureKind::Other),
        // A server in trouble has decided nothing, whatever it says.
        (503, "invalid_grant", later.clone()),
        (429, "invalid_client", later),
    ] {
        let body = format!(r#"{{"error":"{word}","error_description":"why"}}"#);
        let failure = answer(Reply::json(status, &body), &[])
            .await
            .expect_err(word);
        assert_eq!(failure.kind, kind, "{status} {word}");
        assert_eq!(failure.word.as_deref(), Some(word));
        assert_eq!(failure.description.as_deref(), Some("why"));
    }
}

#[tokio::test]
async fn answers_without_an_error_word_are_told_apart_by_status() {
    let page = |status| Reply::typed(status, "text/html", b"<h1>Bad gateway</h1>");
    for (reply, kind) in [
        (page(502), FailureKind::Temporarily { retry_after: None }),
        (
            Reply::status(408),
            FailureKind::Temporarily { retry_after: None },
        ),
        (page(404), FailureKind::NotAnEndpoint(404)),
        (page(405), FailureKind::NotAnEndpoint(405)),
        (page(401), FailureKind::InvalidClient),
    ] {
        assert_eq!(answer(reply, &[]).await.expect_err("an error").kind, kind);
    }
    let failure = answer(page(400), &[]).await.expect_err("an error");
    assert!(matches!(failure.kind, FailureKind::Malformed(_)));
}

#[tokio::test]
async fn a_wait_the_provider_asks_for_is_kept_but_capped() {
    for (value, seconds) in [
        ("7", Some(7)),
        ("86400", Some(900)),
        ("Fri, 31 Dec 2100 23:59:59 GMT", Some(900)),
        ("Fri, 31 Dec 1999 23:59:59 GMT", Some(0)),
        ("-5", None),
        ("soon", None),
    ] {
        let reply = Reply::status(503).header("retry-after", value);
        let failure = answer(reply, &[]).await.expect_err("the server is down");
        let retry_after = seconds.map(std::time::Duration::from_secs);
        assert_eq!(
            failure.kind,
            FailureKind::Temporarily { retry_after },
            "{value}"
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn any_bytes_are_json_or_refused_without_a_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = Json::parse(&bytes, DEPTH);
    }

    #[test]
    fn what_is_taken_for_json_is_json(text in r#"[\[\]{}",:a0-9.eE \\-]{0,40}"#) {
        let ours = Json::parse(text.as_bytes(), DEPTH);
        let theirs = serde_json::from_str::<serde_json::Value>(&text);
        // Ours refuses more (a key twice), never less.
        prop_assert!(ours.is_err() || theirs.is_ok(), "{text}");
    }
}

#[test]
fn json_pointers_find_what_they_name() {
    let json = Json::parse(br#"{"a":{"b/c":[10,{"~":"x"}]},"":true}"#, DEPTH).unwrap();
    let text = |pointer: &str| json.pointer(pointer).and_then(Json::scalar);
    assert_eq!(text("/a/b~1c/0").as_deref().map(String::as_str), Some("10"));
    assert_eq!(
        text("/a/b~1c/1/~0").as_deref().map(String::as_str),
        Some("x")
    );
    assert_eq!(text("/").as_deref().map(String::as_str), Some("true"));
    for missing in [
        "a",
        "/a/b",
        "/a/b~1c/2",
        "/a/b~1c/-1",
        "/a/b~1c/x",
        "/a/b~1c/0/0",
    ] {
        assert!(text(missing).is_none(), "{missing}");
    }
}
