//! Tests, renewals, deletion: what happens to a connection that is there.

use patchbay_core::Code;
use patchbay_core::activity::{Action, ActivityQuery, Outcome};
use patchbay_core::connection::{ReauthorizeDraft, Status};
use patchbay_core::credential::TestVerdict;
use patchbay_core::vault::Secret;
use patchbay_tests::workbench::Workbench;

#[tokio::test(flavor = "multi_thread")]
async fn a_stale_token_is_renewed_before_the_test() {
    let bench = Workbench::start().await;
    let id = bench.connected("Stale").await;
    bench.clock.advance(3590);
    let result = bench.core.test_connection(&id).await.unwrap();
    assert_eq!(result.verdict, TestVerdict::Ok, "{}", result.message);
    assert_eq!(bench.provider().refreshes, 1, "renewed once");
    bench.core.test_connection(&id).await.unwrap();
    assert_eq!(bench.provider().refreshes, 1, "and good for the next test");
}

#[tokio::test(flavor = "multi_thread")]
async fn many_at_once_share_one_renewal() {
    let bench = Workbench::start().await;
    let id = bench.connected("Shared").await;
    bench.clock.advance(4000);
    let mut askers = tokio::task::JoinSet::new();
    for _ in 0..100 {
        let core = bench.core.clone();
        let id = id.clone();
        askers.spawn(async move { core.test_connection(&id).await.unwrap().verdict });
    }
    while let Some(verdict) = askers.join_next().await {
        assert_eq!(
            verdict.unwrap(),
            TestVerdict::Ok,
            "every asker gets the winner's token"
        );
    }
    assert_eq!(bench.provider().refreshes, 1, "one token request (D1)");
}

#[tokio::test(flavor = "multi_thread")]
async fn rotated_refresh_token_replaces_the_old_one() {
    let bench = Workbench::start().await;
    let id = bench.connected("Rotating").await;
    for round in 1..=3 {
        bench.clock.advance(4000);
        assert_eq!(
            bench.core.test_connection(&id).await.unwrap().verdict,
            TestVerdict::Ok,
            "round {round}"
        );
    }
    assert_eq!(bench.provider().refreshes, 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_without_a_refresh_token_keeps_the_old_one() {
    let bench = Workbench::start().await;
    let id = bench.connected("Keeping").await;
    bench.provider().gives_refresh_token = false;
    for _ in 0..2 {
        bench.clock.advance(4000);
        assert_eq!(
            bench.core.test_connection(&id).await.unwrap().verdict,
            TestVerdict::Ok,
            "RFC 6749 6"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_in_trouble_changes_nothing() {
    let bench = Workbench::start().await;
    let id = bench.connected("Storm").await;
    bench.clock.advance(4000);
    bench.provider().token_status = Some(503);
    let result = bench.core.test_connection(&id).await.unwrap();
    assert_eq!(
        result.verdict,
        TestVerdict::ProviderDown,
        "{}",
        result.message
    );
    assert_ne!(
        bench.row(&id).await.status,
        Status::Reauthorize,
        "an outage isn't a revocation (C4)"
    );
    bench.provider().token_status = None;
    assert_eq!(
        bench.core.test_connection(&id).await.unwrap().verdict,
        TestVerdict::Ok,
        "the refresh token is still there"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revoked_grant_asks_for_a_new_sign_in_and_keeps_everything() {
    let bench = Workbench::start().await;
    let id = bench.connected("Revoked").await;
    bench.clock.advance(4000);
    bench.provider().refresh_token = "another".to_owned();
    let result = bench.core.test_connection(&id).await.unwrap();
    assert_eq!(result.verdict, TestVerdict::Revoked, "{}", result.message);
    let detail = bench.core.connection(&id).await.unwrap();
    assert_eq!(detail.row.status, Status::Reauthorize);
    assert!(
        detail
            .problem
            .is_some_and(|problem| problem.message.contains("Revoked")),
        "it names the connection"
    );
    assert!(
        detail.refresh.has_refresh_token,
        "nothing is deleted on a failure (C2)"
    );
    bench
        .core
        .reauthorize_connection(&id, ReauthorizeDraft::default())
        .await
        .unwrap();
    bench.core.handle_link(bench.callback().as_str()).await;
    let after = bench.core.connection(&id).await.unwrap();
    assert_eq!(
        (after.row.id, after.row.status),
        (id, Status::Connected),
        "mended in place"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn deleting_can_be_undone_for_ten_seconds_then_revokes() {
    let bench = Workbench::start().await;
    let id = bench.connected("Doomed").await;
    bench.core.delete_connection(&id).await.unwrap();
    assert!(bench.names().await.is_empty(), "gone from the list at once");
    bench.core.undo_delete(&id).await.unwrap();
    assert_eq!(bench.names().await, ["Doomed"], "and back");
    bench.core.delete_connection(&id).await.unwrap();
    let refresh_token = bench.provider().refresh_token.clone();
    bench.clock.advance(11);
    bench.core.finish_deletions().await;
    assert!(
        bench.provider().revoked.contains(&refresh_token),
        "revoked at the provider (RFC 7009)"
    );
    assert_eq!(
        bench
            .core
            .undo_delete(&id)
            .await
            .expect_err("too late")
            .code,
        Code::NotFound
    );
    let entries = bench
        .core
        .list_activity(&ActivityQuery::default())
        .await
        .unwrap()
        .rows;
    let last: Vec<Action> = entries.iter().take(2).map(|entry| entry.action).collect();
    assert_eq!(last, [Action::Revoke, Action::Delete], "both are on record");
    assert!(entries.iter().all(|entry| entry.outcome == Outcome::Done));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bad_key_is_refused_unless_kept_on_purpose() {
    let bench = Workbench::start().await;
    let error = bench
        .core
        .create_connection(bench.key_draft("Key", "canary-key-bad"))
        .await
        .expect_err("the API refuses it");
    assert_eq!(error.code, Code::BadSecret, "{}", error.message);
    assert!(bench.names().await.is_empty(), "nothing half-made is left");
    let mut draft = bench.key_draft("Key", "canary-key-bad");
    draft.save_anyway = true;
    let id = bench
        .core
        .create_connection(draft)
        .await
        .unwrap()
        .connection;
    assert_eq!(bench.row(&id).await.status, Status::TestFailed);
    let mut mend = ReauthorizeDraft::default();
    mend.values
        .insert("token".to_owned(), Secret::new("canary-key-good"));
    bench.core.reauthorize_connection(&id, mend).await.unwrap();
    let row = bench.row(&id).await;
    assert_eq!(
        (row.status, row.account.as_deref()),
        (Status::Connected, Some("alice")),
        "the new key works"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn names_are_unique_whatever_their_form() {
    let bench = Workbench::start().await;
    bench
        .core
        .create_connection(bench.key_draft("Café", "canary-key-good"))
        .await
        .unwrap();
    for same in ["café", "CAFE\u{301}", "  Café "] {
        let error = bench
            .core
            .check_name(same, None)
            .await
            .expect_err("it is the same name");
        assert_eq!(
            (error.code, error.field.as_deref()),
            (Code::NameTaken, Some("name")),
            "{same}"
        );
    }
    let error = bench
        .core
        .create_connection(bench.key_draft("CAFÉ", "canary-key-good"))
        .await
        .expect_err("the name is taken");
    assert_eq!(error.code, Code::NameTaken);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_secret_lies_in_the_files_or_events() {
    let bench = Workbench::start().await;
    bench.connected("Canary").await;
    bench
        .core
        .create_connection(bench.key_draft("Key", "canary-key-good"))
        .await
        .unwrap();
    for event in bench.events.all() {
        assert!(!event.contains("canary-"), "{event}");
    }
    let mut folders = vec![bench.folder.path().to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let bytes = std::fs::read(&path).unwrap();
            let found = bytes.windows(7).any(|window| window == b"canary-");
            assert!(!found, "a secret lies in {}", path.display());
        }
    }
}
