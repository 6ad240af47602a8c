//! The operating system's own keychain: a GNOME keyring on a session bus of its own, locked, emptied and missing.
//!
//! The bus is named by the environment, so each scene runs in a process of its own: this test program again, started
//! inside the session.

use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};
use std::sync::Arc;

use patchbay_core::Code;
use patchbay_core::vault::{
    Home, Keychain as _, OsKeychain, Place, Secret, SecretRecord, Vault, VaultFacts, VaultOptions,
    VaultState,
};
use uuid::Uuid;

/// Runs the ignored test `scene` of this program in a session with an unlocked keyring, or with no bus at all.
fn play(scene: &str, with_keyring: bool) {
    let home = tempfile::tempdir().expect("a temporary home");
    let program = std::env::current_exe().expect("this program has a path");
    let mut command = if with_keyring {
        let mut command = Command::new("dbus-run-session");
        let session = r#"printf app-pass | gnome-keyring-daemon --unlock --components=secrets > /dev/null && "$0" "$@""#;
        command.args(["--", "sh", "-c", session]).arg(program);
        command.env_remove("DBUS_SESSION_BUS_ADDRESS");
        command
    } else {
        let mut command = Command::new(program);
        let nowhere = format!("unix:path={}/bus", home.path().display());
        command.env("DBUS_SESSION_BUS_ADDRESS", nowhere);
        command
    };
    let output = command
        .args(["--ignored", "--exact", scene])
        .env("HOME", home.path())
        .env("XDG_RUNTIME_DIR", home.path())
        .env("XDG_DATA_HOME", home.path().join("data"))
        .env("XDG_CONFIG_HOME", home.path().join("config"))
        .env_remove("DISPLAY")
        .env_remove("WAYLAND_DISPLAY")
        .output()
        .expect("dbus-run-session is installed");
    let said = String::from_utf8_lossy(&output.stdout);
    let failed = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success() && said.contains("1 passed"),
        "{scene}:\n{said}\n{failed}"
    );
}

async fn open(workspace: Uuid, facts: Option<VaultFacts>) -> (Vault, Option<VaultFacts>) {
    let options = VaultOptions::default();
    Vault::open_or_create(Arc::new(OsKeychain), options, workspace, facts)
        .await
        .expect("a vault opens whatever its keychain does")
}

#[test]
fn the_real_keychain_tells_locked_missing_and_ready_apart() {
    play("keychain::scene_with_a_keyring", true);
}

#[test]
fn without_a_session_bus_there_is_no_keychain() {
    play("keychain::scene_without_a_bus", false);
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "plays inside the session that the_real_keychain_tells_locked_missing_and_ready_apart starts"]
async fn scene_with_a_keyring() {
    let workspace = Uuid::new_v4();
    let place = Place {
        workspace,
        record: "connection:1".into(),
        generation: 1,
    };
    let (vault, facts) = open(workspace, None).await;
    let facts = facts.expect("the keyring takes the identity");
    let record = SecretRecord::from_iter([("access_token", Secret::new("kept"))]);
    let sealed = vault.seal(&place, &record).expect("it seals");

    let (again, created) = open(workspace, Some(facts.clone())).await;
    assert!(created.is_none(), "no second identity is made");
    let opened = again.open(&place, &sealed).await.expect("it opens");
    let token = opened.get("access_token").map(Secret::expose);
    assert_eq!(token, Some("kept"), "the same secret after a restart");

    lock_keyring();
    let (locked, _) = open(workspace, Some(facts.clone())).await;
    assert_eq!(locked.state(), VaultState::Locked, "nobody was prompted");
    locked
        .seal(&place, &record)
        .expect("sealing needs no keyring");
    let error = locked
        .open(&place, &sealed)
        .await
        .expect_err("opening does");
    assert_eq!(error.code, Code::KeychainLocked, "{error}");
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "plays inside the session that an_item_deleted_in_the_real_keychain_is_missed starts"]
async fn scene_with_a_deleted_item() {
    let workspace = Uuid::new_v4();
    let (_, facts) = open(workspace, None).await;
    let facts = facts.expect("the keyring takes the identity");
    let Home::Keychain { item, .. } = &facts.home else {
        panic!("the identity lies in the keyring");
    };
    OsKeychain.delete(item).expect("the item is deleted");
    let (vault, created) = open(workspace, Some(facts)).await;
    assert_eq!(
        vault.state(),
        VaultState::Missing,
        "the keyring is open and empty"
    );
    assert!(created.is_none(), "and stays empty");
}

#[test]
fn an_item_deleted_in_the_real_keychain_is_missed() {
    play("keychain::scene_with_a_deleted_item", true);
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "plays without a bus, as without_a_session_bus_there_is_no_keychain starts it"]
async fn scene_without_a_bus() {
    let (vault, facts) = open(Uuid::new_v4(), None).await;
    assert_eq!(vault.state(), VaultState::NoKeychain, "it says so");
    assert!(facts.is_none(), "no identity without a place for it");
}

#[test]
fn a_keyring_that_starts_after_the_program_is_found() {
    play("keychain::scene_with_a_late_keyring", false);
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "plays without a bus at first, as a_keyring_that_starts_after_the_program_is_found starts it"]
async fn scene_with_a_late_keyring() {
    let (vault, _) = open(Uuid::new_v4(), None).await;
    assert_eq!(vault.state(), VaultState::NoKeychain, "there is no bus yet");

    let _session = LateSession::start();
    let facts = vault.unlock().await.expect("the keyring is there now");
    assert!(facts.is_some(), "the identity is made now");
    assert_eq!(vault.state(), VaultState::Ready, "in the same process");
}

/// A bus and a keyring at the address that the scene was given.
struct LateSession(std::process::Child);

impl LateSession {
    fn start() -> Self {
        let address = std::env::var("DBUS_SESSION_BUS_ADDRESS").expect("the scene has an address");
        let mut bus = Command::new("dbus-daemon")
            .args(["--session", "--nofork", "--print-address=1", "--address"])
            .arg(address)
            .stdout(Stdio::piped())
            .spawn()
            .expect("dbus-daemon is installed");
        let mut line = String::new();
        let said = bus.stdout.take().expect("its output is piped");
        BufReader::new(said)
            .read_line(&mut line)
            .expect("the bus names its address once it listens");
        let keyring =
            "printf app-pass | gnome-keyring-daemon --unlock --components=secrets > /dev/null";
        let status = Command::new("sh")
            .args(["-c", keyring])
            .status()
            .expect("gnome-keyring-daemon is installed");
        assert!(status.success(), "the keyring is unlocked");
        Self(bus)
    }
}

impl Drop for LateSession {
    fn drop(&mut self) {
        // The keyring ends with its bus.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn lock_keyring() {
    let status = Command::new("dbus-send")
        .args([
            "--session",
            "--print-reply",
            "--dest=org.freedesktop.secrets",
            "/org/freedesktop/secrets",
            "org.freedesktop.Secret.Service.Lock",
            "array:objpath:/org/freedesktop/secrets/collection/login",
        ])
        .status()
        .expect("dbus-send is installed");
    assert!(status.success(), "the keyring is locked");
}
