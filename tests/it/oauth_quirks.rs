//! Departures from the standards, each with an answer of the provider's shape. Shapes are our own writing after the
//! providers' documentation; no value in them was ever issued.

use patchbay_core::clock::SystemClock;
use patchbay_core::connector::template::Values;
use patchbay_core::connector::{AccountFromToken, Capture, CaptureSource, FieldKind, OAuth, Quirk};
use patchbay_core::http::HttpError;
use patchbay_core::oauth::{
    Endpoints, FailureKind, Outside, TokenAnswer, TokenFailure, callback, sites,
};
use patchbay_core::random::SystemRandom;
use patchbay_core::vault::Secret;
use patchbay_tests::evil_as::{Case, EvilAs, Reply, ScriptedHttp};

async fn answer(oauth: OAuth, quirks: &[Quirk], reply: Reply) -> Result<TokenAnswer, TokenFailure> {
    let server = EvilAs::always(reply).await;
    let mut case = Case::at(&server);
    case.oauth = oauth;
    case.quirks = quirks.to_vec();
    case.exchange().await
}

#[tokio::test]
async fn github_errors_come_with_status_200() {
    for (word, kind) in [
        ("bad_verification_code", FailureKind::InvalidGrant),
        ("bad_refresh_token", FailureKind::InvalidGrant),
        ("incorrect_client_credentials", FailureKind::InvalidClient),
        ("redirect_uri_mismatch", FailureKind::Other),
    ] {
        let body = format!(r#"{{"error":"{word}","error_description":"The code is incorrect."}}"#);
        let failure = answer(
            OAuth::default(),
            &[Quirk::ErrorIn200],
            Reply::json(200, &body),
        )
        .await
        .expect_err(word);
        assert_eq!(failure.kind, kind, "{word}");
    }
}

#[tokio::test]
async fn github_scopes_are_separated_by_commas_and_a_form_is_read_too() {
    let form = b"access_token=gho_x&scope=repo%2Cgist&token_type=bearer";
    let reply = Reply::typed(
        200,
        "application/x-www-form-urlencoded; charset=utf-8",
        form,
    );
    let quirks = [Quirk::ErrorIn200, Quirk::CommaScopes, Quirk::FormAnswer];
    let answer = answer(OAuth::default(), &quirks, reply).await.unwrap();
    assert_eq!(answer.access_token.expose(), "gho_x");
    assert_eq!(answer.scopes.unwrap(), ["repo", "gist"]);
}

#[tokio::test]
async fn a_form_that_names_a_token_twice_is_refused() {
    let form = b"access_token=a&access_token=b&token_type=bearer";
    let reply = Reply::typed(200, "application/x-www-form-urlencoded", form);
    assert!(
        answer(OAuth::default(), &[Quirk::FormAnswer], reply)
            .await
            .is_err()
    );
}

fn slack() -> OAuth {
    OAuth {
        token_at: Some("/authed_user".to_owned()),
        account: Some(AccountFromToken {
            id: "/authed_user/id".to_owned(),
            name: Some("/team/name".to_owned()),
            ..AccountFromToken::default()
        }),
        ..OAuth::default()
    }
}

const SLACK: [Quirk; 3] = [Quirk::OkFalse, Quirk::CommaScopes, Quirk::TokenTypeFree];

#[tokio::test]
async fn slack_user_tokens_are_nested_beside_the_bots() {
    let reply = Reply::json(
        200,
        r#"{"ok":true,"app_id":"A1","access_token":"xoxb-bot","token_type":"bot","scope":"commands",
            "team":{"id":"T1","name":"Acme"},
            "authed_user":{"id":"U1","scope":"chat:write,users:read","access_token":"xoxe.xoxp-user",
                           "token_type":"user","expires_in":43200,"refresh_token":"xoxe-1-r"}}"#,
    );
    let answer = answer(slack(), &SLACK, reply).await.unwrap();
    assert_eq!(
        answer.access_token.expose(),
        "xoxe.xoxp-user",
        "not the bot's"
    );
    assert_eq!(answer.refresh_token.unwrap().expose(), "xoxe-1-r");
    assert_eq!(answer.expires_in, Some(43_200));
    assert_eq!(answer.scopes.unwrap(), ["chat:write", "users:read"]);
    let account = answer.account.unwrap();
    assert_eq!(
        (account.id.as_str(), account.name.as_deref()),
        ("U1", Some("Acme"))
    );
}

#[tokio::test]
async fn slack_without_a_user_token_is_not_given_the_bots() {
    let reply = Reply::json(
        200,
        r#"{"ok":true,"access_token":"xoxb-bot","token_type":"bot","authed_user":{"id":"U1"}}"#,
    );
    assert!(answer(slack(), &SLACK, reply).await.is_err());
    let reply = Reply::json(
        200,
        r#"{"ok":true,"access_token":"xoxb-bot","token_type":"bot"}"#,
    );
    assert!(answer(slack(), &SLACK, reply).await.is_err());
}

#[tokio::test]
async fn slack_errors_are_ok_false() {
    for (word, kind) in [
        ("invalid_code", FailureKind::InvalidGrant),
        ("code_already_used", FailureKind::InvalidGrant),
        ("invalid_refresh_token", FailureKind::InvalidGrant),
        ("bad_client_secret", FailureKind::InvalidClient),
        (
            "ratelimited",
            FailureKind::Temporarily { retry_after: None },
        ),
        ("something_new", FailureKind::Other),
    ] {
        let reply = Reply::json(200, &format!(r#"{{"ok":false,"error":"{word}"}}"#));
        let failure = answer(slack(), &SLACK, reply).await.expect_err(word);
        assert_eq!(failure.kind, kind, "{word}");
    }
    let reply = Reply::json(200, r#"{"ok":false}"#);
    assert!(answer(slack(), &SLACK, reply).await.is_err());
}

#[tokio::test]
async fn twitch_lists_scopes_and_wants_the_client_id_on_calls() {
    let reply = Reply::json(
        200,
        r#"{"access_token":"at","expires_in":14124,"refresh_token":"rt",
            "scope":["channel:moderate","chat:edit"],"token_type":"bearer"}"#,
    );
    let answer = answer(OAuth::default(), &[Quirk::ClientIdHeader], reply)
        .await
        .unwrap();
    assert_eq!(answer.scopes.unwrap(), ["channel:moderate", "chat:edit"]);
    assert_eq!(
        sites::api_headers(&[Quirk::ClientIdHeader], "abc"),
        [("client-id", "abc".to_owned())]
    );
    assert!(sites::api_headers(&[], "abc").is_empty());
}

#[tokio::test]
async fn google_in_test_mode_is_known_by_its_seven_days() {
    for (member, ends) in [
        (r#","refresh_token_expires_in":604799"#, true),
        (r#","refresh_token_expires_in":7776000"#, false),
        ("", false),
    ] {
        let reply = || {
            Reply::json(
                200,
                &format!(
                    r#"{{"access_token":"at","refresh_token":"rt","token_type":"Bearer"{member}}}"#
                ),
            )
        };
        let known = answer(OAuth::default(), &[Quirk::TestModeSevenDays], reply())
            .await
            .unwrap();
        assert_eq!(known.ends_with_test_mode, ends, "{member}");
        let other = answer(OAuth::default(), &[], reply()).await.unwrap();
        assert!(
            !other.ends_with_test_mode,
            "another provider's days mean something else"
        );
        assert_eq!(other.refresh_expires_in.is_some(), !member.is_empty());
    }
}

#[tokio::test]
async fn salesforce_names_its_instance() {
    let oauth = OAuth {
        capture: vec![Capture {
            from: CaptureSource::Token,
            at: "/instance_url".to_owned(),
            field: "instance_url".to_owned(),
            kind: FieldKind::Url,
            required: true,
            hosts: vec!["*.my.salesforce.com".to_owned()],
        }],
        ..OAuth::default()
    };
    let reply = |instance: &str| {
        Reply::json(
            200,
            &format!(
                r#"{{"access_token":"00D!x","refresh_token":"5Ae","instance_url":"{instance}",
                    "id":"https://login.salesforce.com/id/00D/005","token_type":"Bearer",
                    "issued_at":"1278448832702","signature":"c2ln","scope":"api refresh_token"}}"#
            ),
        )
    };
    let good = answer(oauth.clone(), &[], reply("https://acme.my.salesforce.com"))
        .await
        .unwrap();
    assert_eq!(good.captures[0].value, "https://acme.my.salesforce.com");
    assert_eq!(good.expires_in, None, "Salesforce doesn't say");
    let bad = answer(oauth, &[], reply("https://my.salesforce.com.evil.example")).await;
    assert!(bad.is_err());
}

#[tokio::test]
async fn quickbooks_names_its_company_in_the_callback() {
    let oauth = OAuth {
        capture: vec![Capture {
            from: CaptureSource::Callback,
            at: "realmId".to_owned(),
            field: "realm_id".to_owned(),
            kind: FieldKind::PathSegment,
            required: true,
            hosts: Vec::new(),
        }],
        ..OAuth::default()
    };
    let callback = callback::parse(
        "http://localhost:8484/callback/quickbooks?code=c&state=s&realmId=9130347957983546",
    )
    .unwrap();
    let captured = callback.captures(&oauth).unwrap();
    assert_eq!(
        (captured[0].field.as_str(), captured[0].value.as_str()),
        ("realm_id", "9130347957983546")
    );
}

#[test]
fn zoho_tokens_go_to_the_accounts_own_server_if_it_is_zohos() {
    let oauth = OAuth {
        authorization_endpoint: Some("https://accounts.zoho.com/oauth/v2/auth".to_owned()),
        token_endpoint: Some("https://accounts.zoho.com/oauth/v2/token".to_owned()),
        capture: vec![Capture {
            from: CaptureSource::Callback,
            at: "accounts-server".to_owned(),
            field: "accounts_server".to_owned(),
            kind: FieldKind::Url,
            required: false,
            hosts: vec![
                "accounts.zoho.com".to_owned(),
                "accounts.zoho.eu".to_owned(),
            ],
        }],
        ..OAuth::default()
    };
    let come_back = |server: &str| {
        let address = format!(
            "dev.patchbay.desktop:/callback/zoho?code=c&state=s&location=eu&accounts-server={server}"
        );
        callback::parse(&address).unwrap().captures(&oauth)
    };
    let captured = come_back("https%3A%2F%2Faccounts.zoho.eu").unwrap();
    let mut values = Values::default();
    values.insert(
        "accounts_server",
        captured[0].kind,
        captured[0].value.as_str(),
    );
    let endpoints = Endpoints::resolve(&oauth, &[Quirk::AccountsServer], &values).unwrap();
    assert_eq!(
        endpoints.token().unwrap().as_str(),
        "https://accounts.zoho.eu/oauth/v2/token"
    );
    assert_eq!(
        endpoints.authorization.unwrap().as_str(),
        "https://accounts.zoho.com/oauth/v2/auth"
    );
    let plain = Endpoints::resolve(&oauth, &[], &values).unwrap();
    assert_eq!(plain.token().unwrap().host_str(), Some("accounts.zoho.com"));
    assert!(come_back("https%3A%2F%2Faccounts.zoho.eu.evil.example").is_err());
}

async fn look_up(
    quirk: Quirk,
    status: u16,
    body: &'static str,
) -> (Result<Option<Vec<sites::Site>>, TokenFailure>, Vec<String>) {
    let http = ScriptedHttp::new(move |request| {
        let bearer = request
            .headers
            .iter()
            .find(|(name, _)| name == "authorization");
        match bearer.map(|(_, value)| value.as_str()) {
            Some("Bearer at") => Ok((status, body.to_owned())),
            _ => Err(HttpError::Broken("no bearer".to_owned())),
        }
    });
    let outside = Outside::new(&http, &SystemClock, &SystemRandom);
    let found = sites::look_up(&outside, &[quirk], &Secret::new("at")).await;
    let asked = http.asked().into_iter().map(|(_, url)| url).collect();
    (found, asked)
}

fn site(id: &str, name: &str) -> sites::Site {
    sites::Site {
        id: id.to_owned(),
        name: name.to_owned(),
    }
}

#[tokio::test]
async fn atlassian_sites_are_asked_for_and_named_once() {
    let (found, asked) = look_up(
        Quirk::AtlassianCloudId,
        200,
        r#"[{"id":"1324a887-45db","url":"https://acme.atlassian.net","name":"acme","scopes":["read:jira-work"]},
            {"id":"1324a887-45db","url":"https://acme.atlassian.net","name":"acme","scopes":["read:page:confluence"]},
            {"id":"9f2c","url":"https://other.atlassian.net","name":"other","scopes":[]}]"#,
    )
    .await;
    let expected = [
        site("1324a887-45db", "https://acme.atlassian.net"),
        site("9f2c", "https://other.atlassian.net"),
    ];
    assert_eq!(found.unwrap().unwrap(), expected);
    assert_eq!(
        asked,
        ["https://api.atlassian.com/oauth/token/accessible-resources"]
    );
}

#[tokio::test]
async fn xero_organisations_are_asked_for() {
    let (found, asked) = look_up(
        Quirk::XeroTenant,
        200,
        r#"[{"id":"e1eede29","tenantId":"70784a63-d24b","tenantType":"ORGANISATION","tenantName":"Maple Florist"}]"#,
    )
    .await;
    assert_eq!(
        found.unwrap().unwrap(),
        [site("70784a63-d24b", "Maple Florist")]
    );
    assert_eq!(asked, ["https://api.xero.com/connections"]);
}

#[tokio::test]
async fn a_list_of_sites_that_can_not_be_read_is_a_failure() {
    for (status, body) in [
        (200, r#"[{"id":"../../x","url":"https://a"}]"#),
        (200, r#"[{"id":"a b","url":"https://a"}]"#),
        (200, r#"{"id":"a"}"#),
        (200, "<html>"),
        (302, ""),
    ] {
        let (found, _) = look_up(Quirk::AtlassianCloudId, status, body).await;
        assert!(
            matches!(
                found.as_ref().map_err(|failure| &failure.kind),
                Err(FailureKind::Malformed(_))
            ),
            "{body}: {found:?}"
        );
    }
    let (found, _) = look_up(Quirk::XeroTenant, 401, "{}").await;
    assert_eq!(found.expect_err("refused").kind, FailureKind::InvalidGrant);
    let (found, asked) = look_up(Quirk::OkFalse, 200, "[]").await;
    assert!(
        found.unwrap().is_none() && asked.is_empty(),
        "only two providers are asked"
    );
}
