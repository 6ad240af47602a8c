//! A workspace whose key is lost for good begins again with a new one, when the person says so and never else.

use std::collections::BTreeMap;
use std::path::Path;

use patchbay_core::activity::{Action, ActivityQuery};
use patchbay_core::connection::{ReauthorizeDraft, Status};
use patchbay_tests::workbench::Workbench;

use super::*;

/// A workspace with a sign-in, an API key and an attempt that waits, after its keychain item was removed.
struct Lost {
    bench: Workbench,
    signed_in: String,
    key: String,
    waiting: String,
    items: BTreeMap<String, Vec<String>>,
}

async fn lost() -> Lost {
    let bench = Workbench::start().await;
    let signed_in = bench.connected("Release bot").await;
    let key = bench
        .core
        .create_connection(bench.key_draft("Reader", "canary-key-good"))
        .await
        .unwrap()
        .connection;
    let waiting = bench
        .core
        .create_connection(bench.oauth_draft("Unfinished"))
        .await
        .unwrap();
    let items = bench.keychain.items();
    bench.keychain.set_items(BTreeMap::new());
    let bench = bench.restart().await;
    assert_eq!(state(&bench).await, VaultState::Missing, "the key is gone");
    Lost {
        bench,
        signed_in,
        key,
        waiting: waiting.authorization.unwrap().id,
        items,
    }
}

async fn state(bench: &Workbench) -> VaultState {
    bench.core.state().await.unwrap().vault
}

/// The drafts of a reauthorization that changes nothing, and of one with a key.
fn with_key(key: &str) -> ReauthorizeDraft {
    ReauthorizeDraft {
        values: BTreeMap::from([("token".to_owned(), Secret::new(key))]),
        ..ReauthorizeDraft::default()
    }
}

fn holds(path: &Path, text: &[u8]) -> bool {
    let bytes = std::fs::read(path).unwrap();
    bytes.windows(text.len()).any(|window| window == text)
}

#[tokio::test]
async fn starting_over_gives_up_secrets_and_keeps_everything_else() {
    let lost = lost().await;
    let core = &lost.bench.core;
    let before = core.connection(&lost.signed_in).await.unwrap();
    let kept = core.start_over().await.unwrap();

    assert_eq!(
        state(&lost.bench).await,
        VaultState::Ready,
        "there is a new key"
    );
    let after = core.connection(&lost.signed_in).await.unwrap();
    assert_eq!(after.row.name, before.row.name, "the name stays");
    assert_eq!(
        after.scopes.requested, before.scopes.requested,
        "and what is asked for"
    );
    let settings = |detail: &patchbay_core::connection::ConnectionDetail| {
        let settings = detail.settings.iter();
        settings
            .map(|setting| (setting.key.clone(), setting.value.clone()))
            .collect::<Vec<_>>()
    };
    assert_eq!(settings(&after), settings(&before), "and the settings");
    assert_eq!(
        after.row.status,
        Status::Reauthorize,
        "a person must sign in"
    );
    assert!(!after.refresh.has_refresh_token, "no token is left");
    let problem = after.problem.expect("it says why");
    assert_eq!(problem.code, Code::Revoked, "{problem}");

    let key = core.connection(&lost.key).await.unwrap();
    assert_eq!(key.row.status, Status::Reauthorize);
    assert!(
        key.secrets.iter().all(|secret| !secret.present),
        "no key is left: {:?}",
        key.secrets
    );

    let registrations = core.list_registrations(None).await.unwrap();
    assert!(!registrations.is_empty(), "client registrations stay");
    assert!(
        registrations
            .iter()
            .all(|one| !one.has_secret && !one.has_next_secret),
        "without their secrets"
    );
    assert!(
        core.authorization(&lost.waiting).await.is_err(),
        "the sign-in that waited is gone"
    );

    assert!(
        kept.is_file(),
        "the database as it was is kept: {}",
        kept.display()
    );
    let database = lost.bench.database();
    assert!(holds(&kept, b"Release bot"), "and it is that database");
    assert_eq!(kept.parent(), database.parent(), "beside the new one");

    let activity = core.list_activity(&ActivityQuery::default()).await.unwrap();
    assert!(
        activity
            .rows
            .iter()
            .any(|entry| entry.action == Action::VaultStartOver),
        "it is in the activity"
    );
}

#[tokio::test]
async fn after_starting_over_connections_are_reauthorized_in_place() {
    let lost = lost().await;
    let core = &lost.bench.core;
    core.start_over().await.unwrap();

    let missing = core
        .reauthorize_connection(&lost.key, ReauthorizeDraft::default())
        .await
        .expect_err("the key has to be typed again");
    assert_eq!(missing.field.as_deref(), Some("token"), "{missing}");
    core.reauthorize_connection(&lost.key, with_key("canary-key-good"))
        .await
        .unwrap();
    assert_eq!(lost.bench.row(&lost.key).await.status, Status::Connected);

    let registration = core.list_registrations(None).await.unwrap().remove(0);
    core.rotate_registration_secret(&registration.id, Secret::new("canary-client-secret"))
        .await
        .unwrap();
    let registration = core.list_registrations(None).await.unwrap().remove(0);
    assert!(
        registration.has_secret && !registration.has_next_secret,
        "it is the first secret, not a second one"
    );
    core.reauthorize_connection(&lost.signed_in, ReauthorizeDraft::default())
        .await
        .unwrap();
    core.handle_link(lost.bench.callback().as_str()).await;
    assert_eq!(
        lost.bench.row(&lost.signed_in).await.status,
        Status::Connected
    );

    let bench = lost.bench.restart().await;
    assert_eq!(
        state(&bench).await,
        VaultState::Ready,
        "the new key is found at the next start"
    );
    bench.core.test_connection(&lost.signed_in).await.unwrap();
    assert_eq!(
        bench.row(&lost.signed_in).await.status,
        Status::Connected,
        "and opens the new tokens"
    );
}

#[tokio::test]
async fn an_old_key_that_is_found_again_opens_nothing_of_the_new_workspace() {
    let lost = lost().await;
    let core = &lost.bench.core;
    core.start_over().await.unwrap();
    let new = lost.bench.keychain.items();
    assert_eq!(new.len(), 1, "one key in the keychain");

    // Under its old name it is looked at by nobody.
    let mut both = new.clone();
    both.extend(lost.items.clone());
    lost.bench.keychain.set_items(both);
    let bench = lost.bench.restart().await;
    assert_eq!(state(&bench).await, VaultState::Ready, "the new key holds");

    // In the new one's place it is another workspace's.
    let old = lost.items.into_values().next().unwrap();
    let name = new.into_keys().next().unwrap();
    bench.keychain.set_items(BTreeMap::from([(name, old)]));
    let bench = bench.restart().await;
    assert_eq!(
        state(&bench).await,
        VaultState::ForeignKey,
        "it doesn't open the vault"
    );
}

#[tokio::test]
async fn a_foreign_key_in_the_keychain_survives_starting_over() {
    let lost = lost().await;
    let name = lost.items.into_keys().next().unwrap();
    let other = Stage::new();
    other.first().await;
    let foreign = other.keychain.items().into_values().next().unwrap();
    lost.bench
        .keychain
        .set_items(BTreeMap::from([(name.clone(), foreign.clone())]));
    let bench = lost.bench.restart().await;
    assert_eq!(state(&bench).await, VaultState::ForeignKey);
    bench.core.start_over().await.unwrap();
    assert_eq!(state(&bench).await, VaultState::Ready);
    assert_eq!(
        bench.keychain.items()[&name],
        foreign,
        "the other workspace's key is untouched"
    );
}

#[tokio::test]
async fn starting_over_is_refused_while_the_key_may_come_back() {
    let bench = Workbench::start().await;
    let id = bench.connected("Release bot").await;
    let refused = bench
        .core
        .start_over()
        .await
        .expect_err("the vault is open");
    assert_eq!(refused.code, Code::Conflict, "{refused}");

    // Each time the app starts with the keychain in another state.
    let items = bench.keychain.items();
    let mut bench = bench;
    for (mood, collection, there, code) in [
        (Mood::Declined, "login", false, Code::KeychainLocked),
        (Mood::Absent, "login", false, Code::KeychainMissing),
        (Mood::Open, "another", false, Code::StoreChanged),
        (Mood::Open, "login", true, Code::Conflict),
    ] {
        bench.keychain.set_mood(mood);
        bench.keychain.set_collection(collection);
        bench.keychain.set_items(match there {
            true => items.clone(),
            false => BTreeMap::new(),
        });
        bench = bench.restart().await;
        let refused = bench.core.start_over().await.expect_err("it is no loss");
        assert_eq!(refused.code, code, "{mood:?}: {refused}");
        assert_eq!(
            bench.row(&id).await.status,
            Status::Connected,
            "{mood:?}: nothing was given up"
        );
    }
    bench.core.test_connection(&id).await.unwrap();
    assert_eq!(
        bench.row(&id).await.status,
        Status::Connected,
        "the tokens are still there"
    );
}

#[tokio::test]
async fn a_key_that_is_back_just_in_time_keeps_everything() {
    let lost = lost().await;
    lost.bench.keychain.set_items(lost.items.clone());
    let refused = lost
        .bench
        .core
        .start_over()
        .await
        .expect_err("the key is back");
    assert_eq!(refused.code, Code::Conflict, "{refused}");
    assert_eq!(
        state(&lost.bench).await,
        VaultState::Ready,
        "and the vault is open with it"
    );
    lost.bench
        .core
        .test_connection(&lost.signed_in)
        .await
        .unwrap();
    assert_eq!(
        lost.bench.row(&lost.signed_in).await.status,
        Status::Connected
    );
}

#[tokio::test]
async fn a_keychain_that_keeps_nothing_stops_starting_over() {
    let lost = lost().await;
    lost.bench.keychain.set_mood(Mood::Forgetful);
    let refused = lost
        .bench
        .core
        .start_over()
        .await
        .expect_err("there is no place for a key");
    assert_eq!(refused.code, Code::KeychainMissing, "{refused}");
    lost.bench.keychain.set_mood(Mood::Open);
    lost.bench.keychain.set_items(lost.items.clone());
    lost.bench.core.unlock_vault().await.unwrap();
    lost.bench
        .core
        .test_connection(&lost.signed_in)
        .await
        .unwrap();
    assert_eq!(
        lost.bench.row(&lost.signed_in).await.status,
        Status::Connected,
        "nothing was given up"
    );
}
