//! The vault: what it seals opens at its place and nowhere else, and each way of being shut has its own name.

use std::sync::Arc;
use std::time::Duration;

use patchbay_core::vault::{
    Argon2Cost, Deadlines, NewHome, Place, Secret, SecretRecord, Vault, VaultFacts, VaultOptions,
    VaultState,
};
use patchbay_core::{Code, Error};
use patchbay_tests::keychain::{MemoryKeychain, Mood};
use uuid::Uuid;

mod recovery;
mod shut;
mod starting_over;

const PASSPHRASE: &str = "correct horse battery";
const CANARY: &str = "canary-7f3a9c";

struct Stage {
    keychain: Arc<MemoryKeychain>,
    workspace: Uuid,
}

impl Stage {
    fn new() -> Self {
        Self {
            keychain: Arc::default(),
            workspace: Uuid::new_v4(),
        }
    }

    async fn open(&self, facts: Option<VaultFacts>) -> (Vault, Option<VaultFacts>) {
        self.open_with(facts, Duration::from_secs(60)).await
    }

    /// A vault that soon stops waiting for a keychain that never answers.
    async fn open_impatient(&self, facts: VaultFacts) -> Vault {
        self.open_with(Some(facts), Duration::from_millis(40))
            .await
            .0
    }

    async fn open_with(
        &self,
        facts: Option<VaultFacts>,
        deadline: Duration,
    ) -> (Vault, Option<VaultFacts>) {
        let options = VaultOptions {
            deadlines: Deadlines {
                silent: deadline,
                prompted: deadline,
            },
            cost: Argon2Cost {
                memory_kib: 64,
                passes: 1,
            },
            ..VaultOptions::default()
        };
        Vault::open_or_create(self.keychain.clone(), options, self.workspace, facts)
            .await
            .expect("a vault opens whatever its keychain does")
    }

    /// A vault on its first day, and the facts that the store keeps.
    async fn first(&self) -> (Vault, VaultFacts) {
        let (vault, facts) = self.open(None).await;
        (vault, facts.expect("an open keychain takes the identity"))
    }

    fn place(&self, record: &str, generation: u64) -> Place {
        Place {
            workspace: self.workspace,
            record: record.into(),
            generation,
        }
    }
}

fn record() -> SecretRecord {
    SecretRecord::from_iter([("access_token", Secret::new(CANARY))])
}

fn token(record: &SecretRecord) -> &str {
    record
        .get("access_token")
        .expect("the token is there")
        .expose()
}

fn code(result: Result<SecretRecord, Error>) -> Code {
    result.expect_err("the record stays shut").code
}

#[tokio::test]
async fn a_sealed_record_opens_after_a_restart() {
    let stage = Stage::new();
    let (vault, facts) = stage.first().await;
    let place = stage.place("connection:1", 1);
    let sealed = vault.seal(&place, &record()).unwrap();
    let (again, created) = stage.open(Some(facts)).await;
    assert!(created.is_none(), "no second identity is made");
    let opened = again.open(&place, &sealed).await.unwrap();
    assert_eq!(token(&opened), CANARY, "the same secret comes back");
    assert_eq!(
        opened.keys().collect::<Vec<_>>(),
        ["access_token"],
        "and nothing else"
    );
}

#[tokio::test]
async fn large_and_odd_secrets_come_back_unchanged() {
    let stage = Stage::new();
    let (vault, _) = stage.first().await;
    let place = stage.place("connection:1", 1);
    let large = "ü".repeat(8 * 1024);
    let secrets = SecretRecord::from_iter([
        ("large", Secret::new(large.clone())),
        ("empty", Secret::new("")),
        ("lines", Secret::new("a\nb\0c")),
    ]);
    let sealed = vault.seal(&place, &secrets).unwrap();
    let opened = vault.open(&place, &sealed).await.unwrap();
    for (name, value) in [
        ("large", large.as_str()),
        ("empty", ""),
        ("lines", "a\nb\0c"),
    ] {
        assert_eq!(opened.get(name).unwrap().expose(), value, "{name}");
    }
    let sealed = vault.seal(&place, &SecretRecord::new()).unwrap();
    assert!(
        vault.open(&place, &sealed).await.unwrap().is_empty(),
        "no secrets at all"
    );
    let huge = SecretRecord::from_iter([("huge", Secret::new("x".repeat(2 << 20)))]);
    let refused = vault
        .seal(&place, &huge)
        .expect_err("two megabytes are too much");
    assert_eq!(refused.code, Code::InvalidInput, "{refused}");
}

#[tokio::test]
async fn a_record_opens_at_its_own_place_only() {
    let stage = Stage::new();
    let (vault, _) = stage.first().await;
    let place = stage.place("connection:1", 7);
    let sealed = vault.seal(&place, &record()).unwrap();
    let elsewhere = [
        ("another row", stage.place("connection:2", 7)),
        ("a later generation", stage.place("connection:1", 8)),
        ("an earlier generation", stage.place("connection:1", 6)),
        ("another kind", stage.place("registration:1", 7)),
        (
            "another workspace",
            Place {
                workspace: Uuid::new_v4(),
                ..place.clone()
            },
        ),
    ];
    for (what, elsewhere) in elsewhere {
        assert_eq!(
            code(vault.open(&elsewhere, &sealed).await),
            Code::Tampered,
            "{what}"
        );
    }
}

#[tokio::test]
async fn a_change_of_any_byte_is_noticed() {
    let stage = Stage::new();
    let (vault, _) = stage.first().await;
    let with_recovery = vault
        .set_recovery_passphrase(&Secret::new(PASSPHRASE))
        .await
        .unwrap();
    vault.adopt(with_recovery).await.unwrap();
    let place = stage.place("connection:1", 1);
    let sealed = vault.seal(&place, &record()).unwrap();
    for at in 0..sealed.len() {
        let mut changed = sealed.clone();
        changed[at] ^= 1;
        assert_eq!(
            code(vault.open(&place, &changed).await),
            Code::Tampered,
            "byte {at} was changed"
        );
    }
    for length in (0..sealed.len()).step_by(9) {
        assert_eq!(
            code(vault.open(&place, &sealed[..length]).await),
            Code::Tampered,
            "cut off after {length} bytes"
        );
    }
}

#[tokio::test]
async fn sealing_twice_gives_nothing_to_compare() {
    let stage = Stage::new();
    let (vault, _) = stage.first().await;
    let place = stage.place("connection:1", 1);
    let (one, two) = (
        vault.seal(&place, &record()).unwrap(),
        vault.seal(&place, &record()).unwrap(),
    );
    assert_ne!(one, two, "each seal has its own data key and nonce");
    let visible = one
        .windows(CANARY.len())
        .any(|bytes| bytes == CANARY.as_bytes());
    assert!(!visible, "the secret can't be read in the record");
}

#[tokio::test]
async fn a_rotated_token_is_sealed_while_the_keychain_is_locked() {
    let stage = Stage::new();
    let (_, facts) = stage.first().await;
    stage.keychain.set_mood(Mood::Locked);
    let (vault, _) = stage.open(Some(facts)).await;
    assert_eq!(
        vault.state(),
        VaultState::Locked,
        "nobody was asked to unlock it"
    );
    let place = stage.place("connection:1", 2);
    let sealed = vault.seal(&place, &record()).unwrap();
    assert_eq!(
        code(vault.open(&place, &sealed).await),
        Code::KeychainLocked,
        "opening has to wait"
    );
    vault.unlock().await.unwrap();
    assert_eq!(
        token(&vault.open(&place, &sealed).await.unwrap()),
        CANARY,
        "it was sealed whole"
    );
}

#[tokio::test]
async fn a_keychain_unlocked_elsewhere_is_noticed_by_the_next_open() {
    let stage = Stage::new();
    let (first, facts) = stage.first().await;
    let place = stage.place("connection:1", 1);
    let sealed = first.seal(&place, &record()).unwrap();
    stage.keychain.set_mood(Mood::Locked);
    let (vault, _) = stage.open(Some(facts)).await;
    stage.keychain.set_mood(Mood::Open);
    vault.open(&place, &sealed).await.unwrap();
    assert_eq!(vault.state(), VaultState::Ready, "the state follows");
}

#[tokio::test]
async fn the_keychain_is_read_once_per_unlock() {
    let stage = Stage::new();
    let (first, facts) = stage.first().await;
    let place = stage.place("connection:1", 1);
    let sealed = first.seal(&place, &record()).unwrap();
    let before = stage.keychain.reads();
    let (vault, _) = stage.open(Some(facts)).await;
    for _ in 0..20 {
        vault.open(&place, &sealed).await.unwrap();
    }
    assert_eq!(
        stage.keychain.reads() - before,
        1,
        "the identity stays at hand"
    );
}

#[tokio::test]
async fn a_vault_locked_on_purpose_stays_shut_until_it_is_unlocked() {
    let stage = Stage::new();
    let (vault, _) = stage.first().await;
    let place = stage.place("connection:1", 1);
    let sealed = vault.seal(&place, &record()).unwrap();
    vault.lock();
    assert_eq!(
        code(vault.open(&place, &sealed).await),
        Code::KeychainLocked,
        "although the keychain is open"
    );
    vault.seal(&place, &record()).expect("sealing goes on");
    vault.unlock().await.unwrap();
    vault.open(&place, &sealed).await.expect("unlocked again");
}

#[tokio::test]
async fn a_vault_that_was_not_started_asks_the_keychain_at_the_first_open() {
    let stage = Stage::new();
    let (first, facts) = stage.first().await;
    let place = stage.place("connection:1", 1);
    let sealed = first.seal(&place, &record()).unwrap();
    let before = stage.keychain.reads();
    let vault = Vault::new(
        stage.keychain.clone(),
        VaultOptions::default(),
        stage.workspace,
        Some(facts),
    )
    .unwrap();
    assert_eq!(
        vault.state(),
        VaultState::Ready,
        "nothing speaks against it"
    );
    assert_eq!(
        stage.keychain.reads(),
        before,
        "nobody waited for the keychain"
    );
    vault.open(&place, &sealed).await.unwrap();
    assert_eq!(
        stage.keychain.reads(),
        before + 1,
        "it was asked when needed"
    );
}

#[tokio::test]
async fn facts_of_another_workspace_are_refused() {
    let stage = Stage::new();
    let (_, facts) = Stage::new().first().await;
    let refused = Vault::open_or_create(
        stage.keychain.clone(),
        VaultOptions::default(),
        stage.workspace,
        Some(facts),
    )
    .await;
    assert_eq!(
        refused.err().unwrap().code,
        Code::DatabaseDamaged,
        "they belong elsewhere"
    );
}

#[tokio::test]
async fn debug_prints_names_and_no_value() {
    let stage = Stage::new();
    let (vault, facts) = stage.first().await;
    let change = vault
        .set_recovery_passphrase(&Secret::new(PASSPHRASE))
        .await
        .unwrap();
    let printed = format!("{:?} {facts:?} {:?}", record(), change.facts());
    assert!(printed.contains("access_token"), "names help");
    let private = stage
        .keychain
        .items()
        .into_values()
        .flatten()
        .next()
        .unwrap();
    let private = private.rsplit('.').next().unwrap();
    for secret in [CANARY, PASSPHRASE, private] {
        assert!(!printed.contains(secret), "a value was printed");
    }
}
