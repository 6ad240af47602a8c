//! Each way of being shut: told apart, ended by a deadline, and never a reason to make a second identity.

use std::collections::BTreeMap;

use super::*;

#[tokio::test]
async fn each_way_of_being_shut_has_its_own_state_code_and_hint() {
    let other = Stage::new();
    other.first().await;
    let foreign = other.keychain.items().into_values().next().unwrap();
    type Spoil = Box<dyn Fn(&Stage)>;
    let cases: [(VaultState, Code, Spoil); 6] = [
        (
            VaultState::Locked,
            Code::KeychainLocked,
            Box::new(|stage| stage.keychain.set_mood(Mood::Locked)),
        ),
        (
            VaultState::NoKeychain,
            Code::KeychainMissing,
            Box::new(|stage| stage.keychain.set_mood(Mood::Absent)),
        ),
        (
            VaultState::Missing,
            Code::IdentityMissing,
            Box::new(|stage| stage.keychain.set_items(BTreeMap::new())),
        ),
        (
            VaultState::ForeignKey,
            Code::ForeignKey,
            Box::new(move |stage| {
                let items = stage
                    .keychain
                    .items()
                    .into_keys()
                    .map(|name| (name, foreign.clone()));
                stage.keychain.set_items(items.collect());
            }),
        ),
        (
            VaultState::Missing,
            Code::IdentityMissing,
            Box::new(|stage| {
                let items = stage.keychain.items().into_keys();
                stage
                    .keychain
                    .set_items(items.map(|name| (name, vec!["hunter2".into()])).collect());
            }),
        ),
        (
            VaultState::StoreChanged,
            Code::StoreChanged,
            Box::new(|stage| {
                stage.keychain.set_collection("another");
                stage.keychain.set_items(BTreeMap::new());
            }),
        ),
    ];
    for (state, expected, spoil) in cases {
        let stage = Stage::new();
        let (first, facts) = stage.first().await;
        let place = stage.place("connection:1", 1);
        let sealed = first.seal(&place, &record()).unwrap();
        spoil(&stage);
        let before = stage.keychain.items();
        let (vault, created) = stage.open(Some(facts)).await;
        assert_eq!(vault.state(), state, "told apart");
        assert!(created.is_none(), "{state:?}: no new identity is made");
        let error = vault
            .open(&place, &sealed)
            .await
            .expect_err("the record stays shut");
        assert_eq!(error.code, expected, "{state:?}");
        assert!(error.hint.is_some(), "{state:?}: it says what to do");
        vault.seal(&place, &record()).expect("sealing goes on");
        assert_eq!(
            stage.keychain.items(),
            before,
            "{state:?}: the keychain is left as it is"
        );
    }
}

#[tokio::test]
async fn a_moved_identity_is_found_in_the_new_collection() {
    let stage = Stage::new();
    let (_, facts) = stage.first().await;
    stage.keychain.set_collection("another");
    let (vault, _) = stage.open(Some(facts)).await;
    assert_eq!(
        vault.state(),
        VaultState::Ready,
        "the identity is there, wherever it lies"
    );
}

#[tokio::test]
async fn a_keychain_that_never_answers_counts_as_locked() {
    let stage = Stage::new();
    let (first, facts) = stage.first().await;
    let place = stage.place("connection:1", 1);
    let sealed = first.seal(&place, &record()).unwrap();
    stage.keychain.set_mood(Mood::Silent);
    let vault = stage.open_impatient(facts).await;
    assert_eq!(vault.state(), VaultState::Locked, "after its deadline");
    for _ in 0..8 {
        assert_eq!(
            code(vault.open(&place, &sealed).await),
            Code::KeychainLocked,
            "each try ends"
        );
    }
    assert!(stage.keychain.waiting() <= 4, "stuck threads don't pile up");
    stage.keychain.set_mood(Mood::Open);
    // The stuck threads end by themselves now; until then no further one may be started.
    while vault.open(&place, &sealed).await.is_err() {
        tokio::task::yield_now().await;
    }
    assert_eq!(vault.state(), VaultState::Ready, "and it recovers");
}

#[tokio::test]
async fn who_waits_for_one_attempt_shares_its_outcome() {
    let stage = Stage::new();
    let (first, facts) = stage.first().await;
    let place = stage.place("connection:1", 1);
    let sealed = first.seal(&place, &record()).unwrap();
    stage.keychain.set_mood(Mood::Locked);
    let (vault, _) = stage.open(Some(facts)).await;
    let before = stage.keychain.asked();
    stage.keychain.set_mood(Mood::Silent);
    let tries = (0..50).map(|_| {
        let (vault, place, sealed) = (vault.clone(), place.clone(), sealed.clone());
        tokio::spawn(async move { code(vault.open(&place, &sealed).await) })
    });
    let tries: Vec<_> = tries.collect();
    // One thread runs all of them: once the keychain is asked, each has come to wait.
    while stage.keychain.waiting() == 0 {
        tokio::task::yield_now().await;
    }
    stage.keychain.set_mood(Mood::Declined);
    for attempt in tries {
        assert_eq!(
            attempt.await.unwrap(),
            Code::KeychainLocked,
            "each of them is answered"
        );
    }
    assert_eq!(
        stage.keychain.asked() - before,
        1,
        "the keychain was asked once for all of them"
    );
}

#[tokio::test]
async fn a_first_start_without_a_keychain_makes_nothing_and_can_be_tried_again() {
    let stage = Stage::new();
    for (mood, state) in [
        (Mood::Absent, VaultState::NoKeychain),
        (Mood::Declined, VaultState::Locked),
        (Mood::Forgetful, VaultState::NoKeychain),
    ] {
        stage.keychain.set_mood(mood);
        let (vault, facts) = stage.open(None).await;
        assert!(
            facts.is_none(),
            "{mood:?}: no identity without a place for it"
        );
        assert_eq!(vault.state(), state, "{mood:?}");
        assert!(
            vault
                .seal(&stage.place("connection:1", 1), &record())
                .is_err(),
            "{mood:?}: nothing to seal to"
        );
    }
    stage.keychain.set_mood(Mood::Locked);
    let (vault, _) = stage.open(None).await;
    let facts = vault.unlock().await.unwrap();
    assert!(
        facts.is_some(),
        "the person unlocked it: now there is an identity to be stored"
    );
}

#[tokio::test]
async fn an_identity_whose_facts_were_lost_before_they_were_stored_is_taken_up() {
    let stage = Stage::new();
    let (_, facts) = stage.first().await;
    let (_, again) = stage.open(None).await;
    assert_eq!(
        again.unwrap(),
        facts,
        "the item in the keychain is the workspace's"
    );
    assert_eq!(stage.keychain.items().len(), 1, "no second item is written");
}
