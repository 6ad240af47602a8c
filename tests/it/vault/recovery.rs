//! Passphrases: an identity without a keychain, and getting back into a workspace whose keychain is lost.

use std::collections::BTreeMap;

use super::*;

fn passphrase() -> Secret {
    Secret::new(PASSPHRASE)
}

fn other_passphrase() -> Secret {
    Secret::new("another long passphrase")
}

/// A workspace with a recovery passphrase and one record, rewrapped as the store does it.
async fn with_recovery(stage: &Stage) -> (Vault, Place, Vec<u8>) {
    let (vault, _) = stage.first().await;
    let place = stage.place("connection:1", 3);
    let sealed = vault.seal(&place, &record()).unwrap();
    let change = vault.set_recovery_passphrase(&passphrase()).await.unwrap();
    let rewrapped = change.rewrap(&place, &sealed).unwrap();
    vault.adopt(change).await.unwrap();
    (vault, place, rewrapped)
}

#[tokio::test]
async fn a_lost_keychain_is_recovered_from_with_the_passphrase() {
    let stage = Stage::new();
    let (vault, place, sealed) = with_recovery(&stage).await;
    let later = vault.seal(&place, &record()).unwrap();
    let facts = vault.facts();
    stage.keychain.set_items(BTreeMap::new());

    let (vault, _) = stage.open(facts).await;
    assert_eq!(
        vault.state(),
        VaultState::Missing,
        "the keychain item is gone"
    );
    let change = vault
        .recover(&passphrase(), NewHome::Keychain)
        .await
        .unwrap();
    let rewrapped: Vec<_> = [sealed, later]
        .iter()
        .map(|sealed| change.rewrap(&place, sealed).unwrap())
        .collect();
    let facts = change.facts().clone();
    vault.adopt(change).await.unwrap();

    let (restarted, _) = stage.open(Some(facts)).await;
    assert_eq!(
        restarted.state(),
        VaultState::Ready,
        "the fresh identity is in the keychain"
    );
    for sealed in rewrapped {
        let opened = restarted.open(&place, &sealed).await.unwrap();
        assert_eq!(token(&opened), CANARY, "old and newer records open again");
    }
}

#[tokio::test]
async fn recovering_twice_works_with_the_same_passphrase() {
    let stage = Stage::new();
    let (vault, place, mut sealed) = with_recovery(&stage).await;
    for round in 0..2 {
        let change = vault
            .recover(&passphrase(), NewHome::Keychain)
            .await
            .unwrap();
        sealed = change.rewrap(&place, &sealed).unwrap();
        vault.adopt(change).await.unwrap();
        assert_eq!(
            token(&vault.open(&place, &sealed).await.unwrap()),
            CANARY,
            "round {round}"
        );
    }
    assert_eq!(
        stage.keychain.items().len(),
        1,
        "items of identities no longer used are removed"
    );
}

#[tokio::test]
async fn a_recovery_that_is_not_adopted_changes_nothing() {
    let stage = Stage::new();
    let (vault, place, sealed) = with_recovery(&stage).await;
    let facts = vault.facts();
    drop(
        vault
            .recover(&passphrase(), NewHome::Keychain)
            .await
            .unwrap(),
    );
    let (again, _) = stage.open(facts).await;
    assert_eq!(
        token(&again.open(&place, &sealed).await.unwrap()),
        CANARY,
        "the old identity still holds"
    );
}

#[tokio::test]
async fn a_record_sealed_during_a_recovery_opens_after_it() {
    let stage = Stage::new();
    let (vault, place, _) = with_recovery(&stage).await;
    let change = vault
        .recover(&passphrase(), NewHome::Keychain)
        .await
        .unwrap();
    let meanwhile = vault.seal(&place, &record()).unwrap();
    let facts = change.facts().clone();
    vault.adopt(change).await.unwrap();
    let (again, _) = stage.open(Some(facts)).await;
    assert_eq!(
        token(&again.open(&place, &meanwhile).await.unwrap()),
        CANARY,
        "it was sealed to the coming identity too"
    );
}

#[tokio::test]
async fn a_foreign_keychain_item_survives_a_recovery() {
    let stage = Stage::new();
    let (vault, ..) = with_recovery(&stage).await;
    let other = Stage::new();
    other.first().await;
    let foreign = other.keychain.items().into_values().next().unwrap();
    let name = stage.keychain.items().into_keys().next().unwrap();
    stage
        .keychain
        .set_items(BTreeMap::from([(name.clone(), foreign.clone())]));
    let change = vault
        .recover(&passphrase(), NewHome::Keychain)
        .await
        .unwrap();
    vault.adopt(change).await.unwrap();
    assert_eq!(
        stage.keychain.items().get(&name),
        Some(&foreign),
        "it may be another copy's only key"
    );
}

#[tokio::test]
async fn rewrapping_keeps_the_payload_and_the_place() {
    let stage = Stage::new();
    let (vault, _) = stage.first().await;
    let place = stage.place("connection:1", 3);
    let sealed = vault.seal(&place, &record()).unwrap();
    let change = vault.set_recovery_passphrase(&passphrase()).await.unwrap();
    let rewrapped = change.rewrap(&place, &sealed).unwrap();
    let payload = 24 + 16 + 8 + "access_token".len() + CANARY.len();
    assert_eq!(
        rewrapped[rewrapped.len() - payload..],
        sealed[sealed.len() - payload..],
        "payload untouched"
    );
    let elsewhere = stage.place("connection:2", 3);
    let moved = change
        .rewrap(&elsewhere, &sealed)
        .expect_err("a record can't be moved by rewrapping it");
    assert_eq!(moved.code, Code::Tampered, "{moved}");
}

#[tokio::test]
async fn a_wrong_or_short_passphrase_is_named_on_its_field() {
    let stage = Stage::new();
    let (vault, ..) = with_recovery(&stage).await;
    let wrong = vault
        .recover(&other_passphrase(), NewHome::Keychain)
        .await
        .err()
        .unwrap();
    let short = vault
        .set_recovery_passphrase(&Secret::new("too short"))
        .await
        .err()
        .unwrap();
    for (what, error) in [("wrong", wrong), ("short", short)] {
        assert_eq!(error.code, Code::InvalidInput, "{what}");
        assert_eq!(
            error.field.as_deref(),
            Some("passphrase"),
            "{what}: shown at its field"
        );
    }
    assert_eq!(
        stage.keychain.items().len(),
        1,
        "nothing was written to the keychain"
    );
}

#[tokio::test]
async fn without_a_recovery_passphrase_there_is_nothing_to_recover_with() {
    let stage = Stage::new();
    let (vault, _) = stage.first().await;
    let refused = vault
        .recover(&passphrase(), NewHome::Keychain)
        .await
        .err()
        .unwrap();
    assert_eq!(refused.code, Code::NotFound, "{refused}");
}

#[tokio::test]
async fn an_identity_under_a_passphrase_needs_no_keychain() {
    let stage = Stage::new();
    stage.keychain.set_mood(Mood::Absent);
    let (vault, _) = stage.open(None).await;
    let change = vault.create_with_passphrase(&passphrase()).await.unwrap();
    let place = stage.place("connection:1", 1);
    vault
        .seal(&place, &record())
        .expect_err("nothing is sealed to an identity whose facts aren't stored");
    let facts = change.facts().clone();
    vault.adopt(change).await.unwrap();
    let place = stage.place("connection:1", 1);
    let sealed = vault.seal(&place, &record()).unwrap();

    let (again, _) = stage.open(Some(facts)).await;
    assert_eq!(again.state(), VaultState::PassphraseNeeded, "at each start");
    assert_eq!(
        code(again.open(&place, &sealed).await),
        Code::PassphraseNeeded,
        "shut until then"
    );
    again.seal(&place, &record()).expect("sealing goes on");
    let wrong = again
        .unlock_with_passphrase(&other_passphrase())
        .await
        .unwrap_err();
    assert_eq!(wrong.field.as_deref(), Some("passphrase"), "{wrong}");
    again.unlock_with_passphrase(&passphrase()).await.unwrap();
    assert_eq!(
        token(&again.open(&place, &sealed).await.unwrap()),
        CANARY,
        "open"
    );
    again.lock();
    assert_eq!(again.state(), VaultState::PassphraseNeeded, "locked again");
    assert!(
        stage.keychain.items().is_empty(),
        "the keychain was left alone"
    );
}

#[tokio::test]
async fn an_identity_is_never_replaced_by_a_passphrase() {
    let stage = Stage::new();
    let (_, facts) = stage.first().await;
    stage.keychain.set_mood(Mood::Absent);
    let (vault, _) = stage.open(Some(facts)).await;
    let refused = vault
        .create_with_passphrase(&passphrase())
        .await
        .err()
        .unwrap();
    assert_eq!(refused.code, Code::Conflict, "{refused}");
}

#[tokio::test]
async fn choosing_a_passphrase_while_the_keychain_is_being_unlocked_makes_one_identity() {
    let stage = Stage::new();
    stage.keychain.set_mood(Mood::Absent);
    let (vault, _) = stage.open(None).await;
    stage.keychain.set_mood(Mood::Silent);
    let unlocking = tokio::spawn({
        let vault = vault.clone();
        async move { vault.unlock().await }
    });
    while stage.keychain.waiting() == 0 {
        tokio::task::yield_now().await;
    }
    let choosing = tokio::spawn({
        let vault = vault.clone();
        async move { vault.create_with_passphrase(&passphrase()).await }
    });
    tokio::task::yield_now().await;
    stage.keychain.set_mood(Mood::Open);
    let made = unlocking.await.unwrap().unwrap();
    let refused = choosing.await.unwrap().err().unwrap();
    assert_eq!(refused.code, Code::Conflict, "the keychain's came first");
    assert_eq!(vault.facts(), made, "and is the only one");
}

#[tokio::test]
async fn unlocking_waits_for_the_passphrase_that_is_being_chosen() {
    let stage = Stage::new();
    stage.keychain.set_mood(Mood::Absent);
    let (vault, _) = stage.open(None).await;
    stage.keychain.set_mood(Mood::Open);
    let change = vault.create_with_passphrase(&passphrase()).await.unwrap();
    let facts = change.facts().clone();
    let unlocking = tokio::spawn({
        let vault = vault.clone();
        async move { vault.unlock().await }
    });
    tokio::task::yield_now().await;
    vault.adopt(change).await.unwrap();
    assert_eq!(
        unlocking.await.unwrap().unwrap(),
        None,
        "there is nothing left to make"
    );
    assert_eq!(
        vault.facts(),
        Some(facts),
        "the passphrase's identity stays"
    );
    assert!(
        stage.keychain.items().is_empty(),
        "no second one lies in the keychain"
    );
}

#[tokio::test]
async fn a_new_passphrase_that_is_too_short_is_told_from_a_wrong_recovery_passphrase() {
    let stage = Stage::new();
    let (vault, _, _) = with_recovery(&stage).await;
    let short = Secret::new("too short");
    let refused = vault
        .recover(&passphrase(), NewHome::Passphrase(&short))
        .await
        .err()
        .unwrap();
    assert_eq!(
        refused.field.as_deref(),
        Some("into_passphrase"),
        "{refused}"
    );
}

#[tokio::test]
async fn a_workspace_moves_from_its_keychain_under_a_passphrase() {
    let stage = Stage::new();
    let (vault, place, sealed) = with_recovery(&stage).await;
    stage.keychain.set_mood(Mood::Absent);
    let change = vault
        .recover(&passphrase(), NewHome::Passphrase(&other_passphrase()))
        .await
        .unwrap();
    let rewrapped = change.rewrap(&place, &sealed).unwrap();
    let facts = change.facts().clone();
    vault.adopt(change).await.unwrap();
    let (again, _) = stage.open(Some(facts)).await;
    again
        .unlock_with_passphrase(&other_passphrase())
        .await
        .unwrap();
    assert_eq!(
        token(&again.open(&place, &rewrapped).await.unwrap()),
        CANARY,
        "open without a keychain"
    );
}

#[tokio::test]
async fn facts_survive_their_storage_and_hold_no_private_key() {
    let stage = Stage::new();
    let (vault, ..) = with_recovery(&stage).await;
    let facts = vault.facts().unwrap();
    let text = serde_json::to_string(&facts).unwrap();
    assert_eq!(
        serde_json::from_str::<VaultFacts>(&text).unwrap(),
        facts,
        "read back the same"
    );
    let line = stage
        .keychain
        .items()
        .into_values()
        .flatten()
        .next()
        .unwrap();
    let private = line.rsplit('.').next().unwrap();
    assert!(
        !text.contains(private),
        "the identity's private half is in the keychain only"
    );
}
