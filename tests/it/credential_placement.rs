//! A credential stands on a request exactly where the definition says, or not at all.

use patchbay_core::connector::{AuthMethod, FieldKind};
use patchbay_core::credential::{Values, apply};
use patchbay_core::http::{Method, Request};
use patchbay_core::{Code, Result, Timestamp};
use url::Url;

/// 2013-05-24T00:00:00Z, the day of the published S3 examples.
const NOW: Timestamp = Timestamp(1_369_353_600_000);

fn method(toml: &str) -> AuthMethod {
    toml::from_str(&format!("id = \"m\"\nlabel = \"M\"\n{toml}"))
        .expect("the method is well formed")
}

fn values(entries: &[(&str, FieldKind, &str)]) -> Values {
    let mut values = Values::default();
    for (key, kind, value) in entries {
        values.insert(key, *kind, *value);
    }
    values
}

fn get(url: &str) -> Request {
    Request::new(
        Method::Get,
        Url::parse(url).expect("the address is well formed"),
    )
}

fn applied(toml: &str, entries: &[(&str, FieldKind, &str)]) -> Result<Request> {
    let mut request = get("https://api.example.com/v1/me?page=1");
    apply(&method(toml), &values(entries), NOW, &mut request).map(|()| request)
}

fn header<'a>(request: &'a Request, name: &str) -> Option<&'a str> {
    let mut found = request
        .headers
        .iter()
        .filter(|(key, _)| key.eq_ignore_ascii_case(name));
    let value = found.next().map(|(_, value)| value.as_str());
    assert!(found.next().is_none(), "{name} is sent once");
    value
}

#[test]
fn a_token_goes_into_the_authorization_header_by_default() {
    for kind in [
        "authorization_code",
        "client_credentials",
        "device_code",
        "jwt_bearer",
        "github_app",
        "session_token",
    ] {
        let request = applied(
            &format!("kind = \"{kind}\""),
            &[("access_token", FieldKind::Secret, "tok-1")],
        )
        .expect("a token can be placed");
        assert_eq!(
            header(&request, "authorization"),
            Some("Bearer tok-1"),
            "{kind}"
        );
        assert_eq!(
            request.url.query(),
            Some("page=1"),
            "{kind}: a token never stands in an address"
        );
    }
}

#[test]
fn a_placement_replaces_the_default() {
    let request = applied(
        "kind = \"authorization_code\"\nplacement = [{ to = \"header\", name = \"X-Shop-Token\", value = \"{access_token}\" }]",
        &[("access_token", FieldKind::Secret, "tok-1")],
    )
    .expect("a token can be placed");
    assert_eq!(header(&request, "x-shop-token"), Some("tok-1"));
    assert_eq!(
        header(&request, "authorization"),
        None,
        "one method of sending, never two"
    );
}

#[test]
fn an_api_key_goes_into_its_header_or_its_query() {
    let entries = [("api_key", FieldKind::Secret, "k&1=ä")];
    let query = applied(
        "kind = \"api_key\"\nplacement = [{ to = \"query\", name = \"key\", value = \"{api_key}\" }]",
        &entries,
    )
    .expect("any text can stand in a query");
    assert_eq!(query.url.query(), Some("page=1&key=k%261%3D%C3%A4"));

    let header_toml = "kind = \"api_key\"\nplacement = [{ to = \"header\", name = \"Authorization\", value = \"Token token={api_key}\" }]";
    let placed =
        applied(header_toml, &[("api_key", FieldKind::Secret, "k1")]).expect("a key can be placed");
    assert_eq!(header(&placed, "authorization"), Some("Token token=k1"));

    for bad in ["k\r\nX-Evil: 1", "k\0", "schlüssel", "k\u{200b}"] {
        let error = applied(header_toml, &[("api_key", FieldKind::Secret, bad)])
            .expect_err("only visible ASCII can stand in a header");
        assert!(
            !format!("{error:?}").contains(bad),
            "the value isn't in the error"
        );
    }
    let error =
        applied("kind = \"api_key\"", &entries).expect_err("a key without a place goes nowhere");
    assert_eq!(error.code, Code::InvalidDefinition);
}

#[test]
fn the_name_of_the_header_may_be_typed_and_is_checked() {
    let toml = "kind = \"api_key\"\nplacement = [{ to = \"header\", name = \"{header}\", value = \"{api_key}\" }]";
    let typed = |name| {
        applied(
            toml,
            &[
                ("header", FieldKind::Text, name),
                ("api_key", FieldKind::Secret, "k1"),
            ],
        )
    };
    assert_eq!(
        header(&typed("X-Key").expect("a token is a header name"), "x-key"),
        Some("k1")
    );
    for bad in ["X Key", "X:Key", "Schlüssel", "X\r\nY"] {
        assert!(typed(bad).is_err(), "{bad:?} is no header name");
    }
}

#[test]
fn a_bearer_method_sends_its_only_secret() {
    let request = applied(
        "kind = \"bearer\"\nfields = [{ key = \"personal_token\", label = \"Token\", kind = \"secret\" }]",
        &[("personal_token", FieldKind::Secret, "pat")],
    )
    .expect("there is one secret");
    assert_eq!(header(&request, "authorization"), Some("Bearer pat"));
    let error = applied(
        "kind = \"bearer\"\nfields = [{ key = \"a\", label = \"A\", kind = \"secret\" }, { key = \"b\", label = \"B\", kind = \"secret\" }]",
        &[("a", FieldKind::Secret, "x"), ("b", FieldKind::Secret, "y")],
    )
    .expect_err("which of two is the token isn't guessed");
    assert_eq!(error.code, Code::InvalidDefinition);
}

#[test]
fn basic_is_utf_8_and_refuses_a_colon_in_the_user_name() {
    let basic = |user, password| {
        applied(
            "kind = \"basic\"",
            &[
                ("username", FieldKind::Text, user),
                ("password", FieldKind::Secret, password),
            ],
        )
    };
    // RFC 7617 2.1: "test" and "123£".
    let request = basic("test", "123£").expect("UTF-8 is sent as it is");
    assert_eq!(
        header(&request, "authorization"),
        Some("Basic dGVzdDoxMjPCow==")
    );
    let colon = basic("ä", "a:b").expect("a colon may stand in the password");
    assert_eq!(header(&colon, "authorization"), Some("Basic w6Q6YTpi"));
    let error = basic("a:b", "c").expect_err("a colon ends the user name");
    assert_eq!(error.field.as_deref(), Some("username"));
    let missing = basic("a", "").expect_err("a missing password is no empty password");
    assert_eq!(missing.field.as_deref(), Some("password"));
}

#[test]
fn a_basic_key_may_stand_alone_or_with_a_fixed_name() {
    let fixed = applied(
        "kind = \"basic\"\nbasic = { username = \"{api_key}\", password = \"\" }",
        &[("api_key", FieldKind::Secret, "key")],
    )
    .expect("an empty password may be fixed");
    assert_eq!(header(&fixed, "authorization"), Some("Basic a2V5Og=="));
    let token = applied(
        "kind = \"basic\"\nbasic = { username = \"{email}/token\", password = \"{api_token}\" }",
        &[
            ("email", FieldKind::Text, "a@b.c"),
            ("api_token", FieldKind::Secret, "t"),
        ],
    )
    .expect("both are templates");
    assert_eq!(
        header(&token, "authorization"),
        Some("Basic YUBiLmMvdG9rZW46dA==")
    );
}

#[test]
fn an_optional_header_without_a_value_is_left_out() {
    let toml = "kind = \"api_key\"\nfields = [{ key = \"org\", label = \"Organisation\", kind = \"text\", optional = true }]\nplacement = [{ to = \"header\", name = \"X-Org\", value = \"{org}\" }, { to = \"header\", name = \"X-Key\", value = \"{api_key}\" }]";
    let request = applied(toml, &[("api_key", FieldKind::Secret, "k")])
        .expect("the organisation is optional");
    assert_eq!(header(&request, "x-org"), None);
    let error = applied(toml, &[("org", FieldKind::Text, "o")]).expect_err("the key is not");
    assert_eq!(error.field.as_deref(), Some("api_key"));
}

fn signed(method_toml: &str, mut request: Request, secret: &str, id: &str) -> String {
    let entries = values(&[
        ("access_key_id", FieldKind::Text, id),
        ("secret_access_key", FieldKind::Secret, secret),
        ("region", FieldKind::Choice, "us-east-1"),
    ]);
    apply(&method(method_toml), &entries, NOW, &mut request).expect("a key pair signs");
    header(&request, "authorization")
        .expect("a signature")
        .to_owned()
}

#[test]
fn the_published_signatures_of_s3_are_reproduced() {
    let s3 = "kind = \"aws_key_pair\"\naws = { service = \"s3\", region = \"{region}\" }";
    let sign = |request| {
        signed(
            s3,
            request,
            "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
            "AKIAIOSFODNN7EXAMPLE",
        )
    };
    let object =
        get("https://examplebucket.s3.amazonaws.com/test.txt").header("Range", "bytes=0-9");
    assert_eq!(
        sign(object),
        "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request, SignedHeaders=host;range;x-amz-content-sha256;x-amz-date, Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"
    );
    let lifecycle = get("https://examplebucket.s3.amazonaws.com/?lifecycle");
    assert!(
        sign(lifecycle)
            .ends_with("=fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543")
    );
    let list = get("https://examplebucket.s3.amazonaws.com/?max-keys=2&prefix=J");
    assert!(
        sign(list).ends_with("=34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7")
    );
}

/// Computed by another implementation of the published steps.
#[test]
fn a_body_a_port_and_an_encoded_path_are_signed_as_they_are_sent() {
    let aws = |service: &str| {
        format!(
            "kind = \"aws_key_pair\"\naws = {{ service = \"{service}\", region = \"{{region}}\" }}"
        )
    };
    let sign = |service: &str, request| {
        signed(
            &aws(service),
            request,
            "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
            "AKIAIOSFODNN7EXAMPLE",
        )
    };
    let sts = Url::parse("https://sts.us-east-1.amazonaws.com/").expect("an address");
    let post = Request::new(Method::Post, sts).body(
        "application/x-www-form-urlencoded",
        b"Action=GetCallerIdentity&Version=2011-06-15".to_vec(),
    );
    assert!(
        sign("sts", post)
            .ends_with("=ba97c5a027e8f20ef5416b9bed55908981830a66bb751f2298f4ec5c5b9e8e23")
    );
    let lambda = get("http://127.0.0.1:5000/2015-03-31/functions/a%20b?a=+%2B%2F&MaxItems=1");
    assert!(
        sign("lambda", lambda)
            .ends_with("=4310df36faf85d2d37ae8f639c2b399e8ac01873f6985d0e238dcfe3f493b222")
    );
}

#[test]
fn a_session_token_is_sent_and_signed() {
    let mut request = get("https://sts.us-east-1.amazonaws.com/");
    let entries = values(&[
        ("access_key_id", FieldKind::Text, "ASIAEXAMPLE"),
        ("secret_access_key", FieldKind::Secret, "secret-canary"),
        ("session_token", FieldKind::Secret, "session-canary"),
    ]);
    let toml = "kind = \"aws_key_pair\"\naws = { service = \"sts\", region = \"us-east-1\" }";
    apply(&method(toml), &entries, NOW, &mut request).expect("a session signs");
    assert_eq!(
        header(&request, "x-amz-security-token"),
        Some("session-canary")
    );
    assert!(
        header(&request, "authorization")
            .is_some_and(|value| value.contains("x-amz-date;x-amz-security-token")),
        "the token is covered by the signature"
    );
    let all: String = request
        .headers
        .iter()
        .map(|(_, value)| value.as_str())
        .collect();
    assert!(
        !all.contains("secret-canary"),
        "the secret key itself is never sent"
    );
}

#[test]
fn a_request_with_a_credential_prints_none_of_it() {
    let request = applied(
        "kind = \"api_key\"\nplacement = [{ to = \"query\", name = \"key\", value = \"{api_key}\" }, { to = \"header\", name = \"X-Key\", value = \"{api_key}\" }]",
        &[("api_key", FieldKind::Secret, "canary-4711")],
    )
    .expect("a key can be placed");
    assert!(
        !format!("{request:?} {request:#?}").contains("canary"),
        "Debug shows method and host only"
    );
}
