//! What goes wrong at a person's desk: each has its code, its field where there is one, and words that say what to do.

use std::fs;

use patchbay_core::connection::{AuthorizationPhase, ConnectionDraft};
use patchbay_core::vault::Secret;
use patchbay_core::{Code, Core, Error};
use patchbay_tests::keychain::Mood;
use patchbay_tests::workbench::{Workbench, draft};

/// What a person reads of an error must hold each of `words`.
fn assert_says(error: &Error, words: &[&str]) {
    let shown = format!("{} {}", error.message, error.hint.as_deref().unwrap_or(""));
    for word in words {
        assert!(shown.contains(word), "“{word}” is missing in: {shown}");
    }
}

async fn refused(core: &Core, draft: ConnectionDraft) -> Error {
    core.create_connection(draft)
        .await
        .expect_err("the draft must be refused")
}

/// Refused on a field, with words, and without a trace: nothing kept, nothing opened, nobody asked.
async fn assert_refused_on(draft: ConnectionDraft, bench: &Workbench, field: &str, words: &[&str]) {
    let (names, opened) = (bench.names().await, bench.opened());
    let error = refused(&bench.core, draft).await;
    assert_eq!(error.code, Code::InvalidInput, "{error}");
    assert_eq!(error.field.as_deref(), Some(field), "{error}");
    assert_says(&error, words);
    assert_eq!(bench.names().await, names, "nothing is kept");
    assert_eq!(bench.opened(), opened, "no browser is opened");
    assert!(bench.server.paths().is_empty(), "nobody is asked");
}

/// An address of this machine at which nobody listens.
fn closed_port() -> String {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    format!("http://{}", listener.local_addr().unwrap())
}

/// Begins a sign-in, delivers `callback`, and gives the error it ended with.
async fn failed_sign_in(bench: &Workbench, name: &str, code: &str) -> Error {
    let started = bench
        .core
        .create_connection(bench.oauth_draft(name))
        .await
        .expect("the draft is good");
    let callback = bench.callback();
    let callback = callback.as_str().replace("the-code", code);
    bench.core.handle_link(&callback).await;
    let id = started.authorization.expect("a person signs in").id;
    let view = bench.core.authorization(&id).await.unwrap();
    assert_eq!(view.phase, AuthorizationPhase::Failed, "it is over");
    view.error.expect("it says why")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_taken_name_asks_for_another_however_it_is_written() {
    let bench = Workbench::start().await;
    bench.connected("GitHub bot").await;
    let opened = bench.opened();
    for name in ["GitHub bot", "  github   BOT ", "ＧitHub bot"] {
        let error = refused(&bench.core, bench.oauth_draft(name)).await;
        assert_eq!(error.code, Code::NameTaken, "{name}: {error}");
        assert_eq!(error.field.as_deref(), Some("name"), "{name}");
        assert_says(&error, &["exists already", "Choose another name"]);
    }
    assert_eq!(bench.names().await, ["GitHub bot"], "nothing is kept");
    assert_eq!(bench.opened(), opened, "no browser is opened");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_that_can_not_be_kept_says_what_is_wrong_with_it() {
    let bench = Workbench::start().await;
    let long = "x".repeat(300);
    for (name, words) in [
        ("", &["Give the connection a name"][..]),
        (" \u{a0} ", &["Give the connection a name"]),
        (&long, &["300", "Shorten it to at most 120"]),
        ("bell\u{7}", &["can't be seen", "Type it again"]),
        ("two\nlines", &["can't be seen", "Type it again"]),
        ("nul\0", &["can't be seen", "Type it again"]),
        ("nothing\u{200b}here", &["can't be seen", "Type it again"]),
        ("\u{202e}drawkcab", &["can't be seen", "Type it again"]),
    ] {
        assert_refused_on(bench.oauth_draft(name), &bench, "name", words).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_host_with_a_path_in_it_is_refused_on_its_field() {
    let bench = Workbench::start().await;
    for (domain, words) in [
        ("acme.okta.com/evil", "Only the host name"),
        ("acme.okta.com/", "Only the host name"),
        ("ann@acme.okta.com", "Only the host name"),
        ("https://acme.okta.com", "Leave out https://"),
        ("acme okta", "Type it like acme.example.com"),
    ] {
        let mut okta = draft("Okta", "okta", "oauth");
        okta.values.insert("domain".to_owned(), Secret::new(domain));
        assert_refused_on(okta, &bench, "domain", &[words]).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_endpoint_without_tls_is_refused_unless_it_is_this_machine() {
    let bench = Workbench::start().await;
    for issuer in [
        "http://id.example.com",
        "http://127.0.0.1.example.com",
        "http://10.0.0.1",
    ] {
        let mut plain = bench.oauth_draft("Plain");
        plain
            .values
            .insert("issuer".to_owned(), Secret::new(issuer));
        assert_refused_on(plain, &bench, "issuer", &["must begin with https://"]).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unreachable_host_is_named_with_what_to_check() {
    let bench = Workbench::start().await;
    let nobody = closed_port();
    let mut sign_in = bench.oauth_draft("Nobody there");
    sign_in
        .values
        .insert("issuer".to_owned(), Secret::new(nobody.as_str()));
    let error = refused(&bench.core, sign_in).await;
    assert_eq!(error.code, Code::Network, "{error}");
    assert_eq!(error.field.as_deref(), Some("issuer"), "{error}");
    assert_says(&error, &["127.0.0.1", "Check the address and the network"]);

    let mut key = bench.key_draft("Nobody there", "canary-key-good");
    key.values
        .insert("test_url".to_owned(), Secret::new(nobody.as_str()));
    let error = refused(&bench.core, key).await;
    assert_eq!(error.code, Code::Network, "{error}");
    assert_says(&error, &["127.0.0.1", "Nobody there", "network"]);
    assert!(bench.names().await.is_empty(), "nothing is kept");
    assert_eq!(bench.opened(), 0, "no browser is opened");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_in_trouble_is_told_from_a_wrong_setting() {
    let bench = Workbench::start().await;
    bench.provider().token_status = Some(500);
    let error = failed_sign_in(&bench, "In trouble", "the-code").await;
    assert_eq!(error.code, Code::ProviderDown, "{error}");
    assert_says(&error, &["In trouble", "again in a while"]);
    let asked = bench.server.paths();
    let asked = asked.iter().filter(|path| *path == "POST /token").count();
    assert_eq!(asked, 1, "a code is sent once only");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_client_secret_sends_to_the_registration() {
    let bench = Workbench::start().await;
    {
        let mut provider = bench.provider();
        provider.token_status = Some(401);
        provider.token_error = Some("invalid_client");
    }
    let error = failed_sign_in(&bench, "Wrong secret", "the-code").await;
    assert_eq!(error.code, Code::BadRegistration, "{error}");
    assert_says(
        &error,
        &["Wrong secret", "Check client id and client secret"],
    );
    assert_eq!(error.provider_error.as_deref(), Some("invalid_client"));
    assert!(
        !format!("{error:?}").contains("canary-client-secret"),
        "the secret stays out of the error"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_expired_code_asks_to_start_again() {
    let bench = Workbench::start().await;
    let error = failed_sign_in(&bench, "Too late", "an-old-code").await;
    assert_eq!(error.code, Code::AuthorizationExpired, "{error}");
    assert_says(
        &error,
        &["Too late", "took too long", "Start the sign-in again"],
    );
    assert_eq!(error.provider_error.as_deref(), Some("invalid_grant"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_locked_keychain_says_how_to_go_on_and_nothing_is_lost() {
    let bench = Workbench::start().await;
    let id = bench.connected("Kept").await;
    bench.keychain.set_mood(Mood::Declined);
    let bench = bench.restart().await;
    let opened = bench.opened();

    let error = refused(&bench.core, bench.oauth_draft("New")).await;
    assert_eq!(error.code, Code::KeychainLocked, "{error}");
    assert_says(&error, &["keychain is locked", "Unlock the keychain"]);
    let error = bench.core.unlock_vault().await;
    let error = error.expect_err("the person declined");
    assert_eq!(error.code, Code::KeychainLocked, "{error}");
    let error = bench.core.test_connection(&id).await;
    let error = error.expect_err("its token can't be opened");
    assert_eq!(error.code, Code::KeychainLocked, "{error}");
    assert_eq!(bench.names().await, ["Kept"], "the list needs no keychain");
    assert_eq!(bench.opened(), opened, "no browser is opened");

    bench.keychain.set_mood(Mood::Open);
    bench.core.unlock_vault().await.expect("it is open now");
    bench.core.test_connection(&id).await.expect("as before");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_keychain_nothing_is_kept_in_clear_instead() {
    let bench = Workbench::start().await;
    bench.keychain.set_mood(Mood::Absent);
    let error = refused(
        &bench.core,
        bench.key_draft("Nowhere to seal", "canary-key-good"),
    )
    .await;
    assert_eq!(error.code, Code::KeychainMissing, "{error}");
    assert_says(&error, &["no keychain", "Secret Service"]);
    assert!(bench.names().await.is_empty(), "nothing is kept");
    bench.core.close().await;
    for entry in fs::read_dir(bench.folder.path().join("workspace")).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() {
            let bytes = fs::read(&path).unwrap();
            let key = b"canary-key-good";
            let found = bytes.windows(key.len()).any(|window| window == key);
            assert!(!found, "the key lies in {}", path.display());
        }
    }
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_can_not_be_written_is_still_shown() {
    use std::os::unix::fs::PermissionsExt as _;
    let bench = Workbench::start().await;
    let id = bench.connected("Kept").await;
    bench.core.close().await;
    let folder = bench.folder.path().join("workspace");
    let set = |path: &std::path::Path, mode| {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    };
    set(&bench.database(), 0o400);
    set(&folder, 0o500);
    let opened = bench.opened();

    let core = bench.open_again(None).await.expect("for reading");
    assert!(core.state().await.unwrap().read_only, "the console says so");
    assert_eq!(core.connection(&id).await.unwrap().row.name, "Kept");
    for error in [
        refused(&core, bench.oauth_draft("New")).await,
        core.rename_connection(&id, "Renamed", "")
            .await
            .expect_err("nothing can be kept"),
    ] {
        assert_eq!(error.code, Code::DatabaseReadOnly, "{error}");
        assert_says(&error, &["nothing was changed", "writable for you"]);
    }
    assert_eq!(bench.opened(), opened, "no browser is opened");
    core.close().await;
    set(&folder, 0o700);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_says_to_free_space_and_keeps_what_there_is() {
    let bench = Workbench::start().await;
    let id = bench.connected("Kept").await;
    bench.core.close().await;
    let pages = fs::metadata(bench.database()).unwrap().len() / 4096;
    let core = bench
        .open_again(Some(u32::try_from(pages).unwrap()))
        .await
        .expect("a full disk can be read");

    let mut kept = 1;
    let error = loop {
        let mut draft = bench.key_draft(&format!("Key {kept}"), "canary-key-good");
        draft.description = "d".repeat(500);
        draft.save_anyway = true;
        match core.create_connection(draft).await {
            Ok(_) => kept += 1,
            Err(error) => break error,
        }
        assert!(kept < 500, "the disk never got full");
    };
    assert_eq!(error.code, Code::DiskFull, "{error}");
    assert_says(
        &error,
        &["disk is full", "nothing was changed", "Free some space"],
    );
    let detail = core.connection(&id).await.unwrap();
    assert_eq!(detail.row.name, "Kept", "it is there still");
    let state = core.state().await.unwrap();
    assert_eq!(state.connections, kept, "each is there whole or not at all");
    core.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_of_a_newer_version_asks_for_that_version_and_is_left_alone() {
    let bench = Workbench::start().await;
    bench.connected("Kept").await;
    bench.core.close().await;
    let mut bytes = fs::read(bench.database()).unwrap();
    // user_version in the header (sqlite.org/fileformat.html 1.3).
    bytes[60..64].copy_from_slice(&9_999_i32.to_be_bytes());
    fs::write(bench.database(), &bytes).unwrap();

    let error = match bench.open_again(None).await {
        Ok(_) => panic!("a newer workspace must not be opened"),
        Err(error) => error,
    };
    assert_eq!(error.code, Code::DatabaseNewer, "{error}");
    assert_says(
        &error,
        &[
            "newer version",
            "nothing was changed",
            "Install the newest version",
        ],
    );
    assert_eq!(
        fs::read(bench.database()).unwrap(),
        bytes,
        "not a byte was changed"
    );
}
