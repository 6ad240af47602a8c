//! Signing in: the deep link, loopback, paste, restarts, refusals and the question whose account it is.

use patchbay_core::Code;
use patchbay_core::connection::{
    AuthorizationPhase, ReauthorizeDraft, RedirectKind, ScopeChoice, Status,
};
use patchbay_tests::workbench::Workbench;

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_is_made_by_deep_link() {
    let bench = Workbench::start().await;
    let started = bench
        .core
        .create_connection(bench.oauth_draft("GitHub bot"))
        .await
        .unwrap();
    let waiting = started.authorization.expect("a person must sign in");
    assert_eq!(
        waiting.phase,
        AuthorizationPhase::Waiting,
        "it waits for the browser"
    );
    assert_eq!(
        bench.row(&started.connection).await.status,
        Status::FinishSigningIn,
        "nobody has signed in yet"
    );

    let answered = bench.core.handle_link(bench.callback().as_str()).await;
    assert_eq!(
        answered.as_deref(),
        Some(waiting.id.as_str()),
        "the link belongs to this sign-in"
    );
    let detail = bench.core.connection(&started.connection).await.unwrap();
    assert_eq!(detail.row.status, Status::Connected, "{:?}", detail.problem);
    assert_eq!(
        detail.row.account.as_deref(),
        Some("alice"),
        "the account was asked for"
    );
    assert!(
        detail.refresh.has_refresh_token,
        "the server gave a refresh token"
    );
    assert_eq!(
        detail.scopes.requested,
        ["read", "offline_access"],
        "as chosen"
    );
    assert!(detail.authorization.is_none(), "nothing waits any more");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_is_made_by_loopback() {
    let bench = Workbench::start().await;
    let mut draft = bench.oauth_draft("By loopback");
    draft.redirect = Some(RedirectKind::Loopback);
    let started = bench.core.create_connection(draft).await.unwrap();
    let answer = reqwest::get(bench.callback()).await.unwrap();
    assert_eq!(
        answer.status(),
        200,
        "the browser is told to go back to the app"
    );
    let id = started.authorization.unwrap().id;
    loop {
        let view = bench.core.authorization(&id).await.unwrap();
        match view.phase {
            AuthorizationPhase::Waiting | AuthorizationPhase::Finishing => {
                tokio::task::yield_now().await
            }
            phase => {
                assert_eq!(phase, AuthorizationPhase::Connected, "{:?}", view.error);
                break;
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_to_a_freshly_started_app_completes_the_sign_in() {
    let bench = Workbench::start().await;
    let started = bench
        .core
        .create_connection(bench.oauth_draft("Survivor"))
        .await
        .unwrap();
    let bench = bench.restart().await;
    bench.core.handle_link(bench.callback().as_str()).await;
    assert_eq!(
        bench.row(&started.connection).await.status,
        Status::Connected,
        "the attempt was sealed in the store"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_link_twice_is_exchanged_once() {
    let bench = Workbench::start().await;
    bench
        .core
        .create_connection(bench.oauth_draft("Once"))
        .await
        .unwrap();
    let link = bench.callback();
    let (first, second) = tokio::join!(
        bench.core.handle_link(link.as_str()),
        bench.core.handle_link(link.as_str())
    );
    assert!(
        first.is_some() || second.is_some(),
        "one of them completes the sign-in"
    );
    assert_eq!(
        bench.provider().exchanges,
        1,
        "a code is presented once (RFC 6749 4.1.2)"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_that_matches_nothing_does_nothing() {
    let bench = Workbench::start().await;
    bench
        .core
        .create_connection(bench.oauth_draft("Quiet"))
        .await
        .unwrap();
    let good = bench.callback();
    for bad in [
        "dev.patchbay.desktop:/callback/any-oauth2?code=the-code&state=guessed".to_owned(),
        good.as_str().replace("/any-oauth2", "/github"),
        good.as_str().replace("code=the-code", "access_token=x"),
        good.as_str().replace(
            "dev.patchbay.desktop:/callback",
            "http://127.0.0.1:9/callback",
        ),
    ] {
        assert_eq!(bench.core.handle_link(&bad).await, None, "{bad}");
    }
    assert_eq!(bench.provider().exchanges, 0, "no code went anywhere");
    assert!(
        bench.core.handle_link(good.as_str()).await.is_some(),
        "the real one still counts"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn another_issuer_is_refused_before_the_code_is_sent() {
    let bench = Workbench::start().await;
    let started = bench
        .core
        .create_connection(bench.oauth_draft("Mixed up"))
        .await
        .unwrap();
    let mut forged = bench.callback();
    let pairs: Vec<(String, String)> = forged
        .query_pairs()
        .filter(|(key, _)| key != "iss")
        .map(|(key, value)| (key.into_owned(), value.into_owned()))
        .collect();
    forged
        .query_pairs_mut()
        .clear()
        .extend_pairs(pairs)
        .append_pair("iss", "https://evil.example");
    bench.core.handle_link(forged.as_str()).await;
    let view = bench
        .core
        .authorization(&started.authorization.unwrap().id)
        .await
        .unwrap();
    assert_eq!(view.phase, AuthorizationPhase::Failed, "RFC 9207");
    assert_eq!(bench.provider().exchanges, 0, "the code stayed here");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_denied_consent_is_told_and_can_be_tried_again() {
    let bench = Workbench::start().await;
    let started = bench
        .core
        .create_connection(bench.oauth_draft("Denied"))
        .await
        .unwrap();
    let denied = bench.callback().as_str().replace(
        "code=the-code",
        "error=access_denied&error_description=The+person+said+no",
    );
    bench.core.handle_link(&denied).await;
    let view = bench
        .core
        .authorization(&started.authorization.unwrap().id)
        .await
        .unwrap();
    let error = view.error.expect("the reason is kept");
    assert_eq!(error.code, Code::Denied);
    assert!(
        error.message.contains("Denied"),
        "it names the connection: {}",
        error.message
    );
    assert_eq!(
        error.provider_error.as_deref(),
        Some("access_denied: The person said no")
    );
    let again = bench
        .core
        .reauthorize_connection(&started.connection, ReauthorizeDraft::default())
        .await
        .unwrap();
    bench.core.handle_link(bench.callback().as_str()).await;
    assert_eq!(
        bench.row(&again.connection).await.status,
        Status::Connected,
        "the second try works"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_late_link_finds_the_sign_in_expired() {
    let bench = Workbench::start().await;
    let started = bench
        .core
        .create_connection(bench.oauth_draft("Late"))
        .await
        .unwrap();
    bench.clock.advance(601);
    assert_eq!(
        bench.core.handle_link(bench.callback().as_str()).await,
        None,
        "ten minutes are over"
    );
    let view = bench
        .core
        .authorization(&started.authorization.unwrap().id)
        .await
        .unwrap();
    assert_eq!(view.phase, AuthorizationPhase::Expired);
    assert_eq!(bench.provider().exchanges, 0, "no token request");
}

#[tokio::test(flavor = "multi_thread")]
async fn another_account_needs_an_explicit_yes() {
    let bench = Workbench::start().await;
    let id = bench.connected("Work mail").await;
    bench.provider().account = "mallory".to_owned();
    let again = bench
        .core
        .reauthorize_connection(&id, ReauthorizeDraft::default())
        .await
        .unwrap()
        .authorization
        .unwrap();
    bench.core.handle_link(bench.callback().as_str()).await;
    let asked = bench.core.authorization(&again.id).await.unwrap();
    assert_eq!(asked.phase, AuthorizationPhase::AccountQuestion);
    assert_eq!(asked.old_account.as_deref(), Some("alice"));
    assert_eq!(asked.new_account.as_deref(), Some("mallory"));
    assert_eq!(
        bench.row(&id).await.account.as_deref(),
        Some("alice"),
        "nothing is replaced before the yes"
    );

    bench
        .core
        .answer_account_question(&again.id, false)
        .await
        .unwrap();
    assert_eq!(
        bench.row(&id).await.account.as_deref(),
        Some("alice"),
        "a no keeps the old one"
    );

    let again = bench
        .core
        .reauthorize_connection(&id, ReauthorizeDraft::default())
        .await
        .unwrap()
        .authorization
        .unwrap();
    bench.core.handle_link(bench.callback().as_str()).await;
    bench
        .core
        .answer_account_question(&again.id, true)
        .await
        .unwrap();
    assert_eq!(
        bench.row(&id).await.account.as_deref(),
        Some("mallory"),
        "a yes replaces it"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancelled_sign_in_leaves_nothing_behind() {
    let bench = Workbench::start().await;
    let started = bench
        .core
        .create_connection(bench.oauth_draft("Gone"))
        .await
        .unwrap();
    bench
        .core
        .cancel_authorization(&started.authorization.unwrap().id)
        .await
        .unwrap();
    assert!(
        bench.names().await.is_empty(),
        "nothing was ever authorised"
    );
    assert_eq!(
        bench.core.handle_link(bench.callback().as_str()).await,
        None
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_address_can_be_pasted() {
    let bench = Workbench::start().await;
    let started = bench
        .core
        .create_connection(bench.oauth_draft("Pasted"))
        .await
        .unwrap();
    let id = started.authorization.unwrap().id;
    let error = bench
        .core
        .paste_address(&id, "hello")
        .await
        .expect_err("that is no address");
    assert_eq!(error.field.as_deref(), Some("address"));
    let whole = bench.callback();
    let error = bench
        .core
        .paste_address(&id, &whole.as_str()[..whole.as_str().len() - 2])
        .await
        .expect_err("the issuer at its end isn't the server that was asked");
    assert_eq!(error.field.as_deref(), Some("address"));
    assert_eq!(
        bench.core.authorization(&id).await.unwrap().phase,
        AuthorizationPhase::Waiting,
        "the right address can still be pasted"
    );
    let view = bench
        .core
        .paste_address(&id, bench.callback().as_str())
        .await
        .unwrap();
    assert_eq!(
        view.phase,
        AuthorizationPhase::Connected,
        "{:?}",
        view.error
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn fewer_scopes_than_requested_are_shown() {
    let bench = Workbench::start().await;
    bench.provider().granted = Some("read".to_owned());
    let id = bench.connected("Partial").await;
    let scopes = bench.core.connection(&id).await.unwrap().scopes;
    assert_eq!(scopes.granted.as_deref(), Some(&["read".to_owned()][..]));
    assert_eq!(
        scopes.missing,
        ["offline_access"],
        "partial consent isn't accepted silently"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missing_refresh_token_is_told_at_once() {
    let bench = Workbench::start().await;
    bench.provider().gives_refresh_token = false;
    let id = bench.connected("Short lived").await;
    let warning = bench.core.connection(&id).await.unwrap().refresh.warning;
    assert!(
        warning.is_some_and(|text| text.contains("no refresh token")),
        "C6"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn changed_scopes_are_asked_for_in_place() {
    let bench = Workbench::start().await;
    let id = bench.connected("Scopes").await;
    let draft = ReauthorizeDraft {
        scopes: ScopeChoice::Custom {
            scopes: vec!["read".to_owned(), "write".to_owned()],
        },
        ..ReauthorizeDraft::default()
    };
    bench.core.reauthorize_connection(&id, draft).await.unwrap();
    assert!(
        bench
            .callback()
            .as_str()
            .starts_with("dev.patchbay.desktop:/callback/any-oauth2"),
        "the same way back as before"
    );
    let before = bench.core.connection(&id).await.unwrap().scopes.requested;
    assert_eq!(
        before,
        ["read", "offline_access"],
        "nothing changes before the grant"
    );
    bench.core.handle_link(bench.callback().as_str()).await;
    assert_eq!(
        bench.core.connection(&id).await.unwrap().scopes.requested,
        ["read", "write"]
    );
}
