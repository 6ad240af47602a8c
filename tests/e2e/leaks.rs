//! Secrets stay where they belong: after a full journey no secret is found in any file, log, argument, variable or
//! page, nor in anything that the application said to the page.

use std::fs;
use std::path::{Path, PathBuf};

use patchbay_tests::local_api::GOOD;
use patchbay_tests::process;
use patchbay_tests::session::KeychainAtStart;
use patchbay_tests::webdriver::Window;

use crate::console::{describe_key, fill, press, row_action, wait_for_row};
use crate::journey::journeys;
use crate::replies;
use crate::signing_in::{CONNECTOR, DEEP_LINK, connect, describe_apart, provider};
use crate::stage::{LocalApi, Stage};

journeys![no_secret_is_found_outside_the_vault];

const CANARY: &str = "canary-5f1d0c2e-client-secret";
/// A key that the service refuses, saying so with the key in its answer.
const REFUSED: &str = "canary-91b7c3aa-refused-key";
const ROTATED: &str = "canary-c3e6a805-next-client-secret";
const PASSPHRASE: &str = "canary-7d20e5f4 a passphrase for later";

fn no_secret_is_found_outside_the_vault() {
    let provider = provider();
    provider.confidential_client("with-secret", CANARY, &[DEEP_LINK]);
    let local = LocalApi::start();
    let stage = Stage::new(KeychainAtStart::Unlocked, &[provider.issuer()]);
    let window = stage.open();
    replies::record(&window);
    connect(&stage, &window, &provider, "Mail", "alice");
    stage.browser.forget();
    describe_apart(&window, "Confidential", provider.issuer(), "with-secret");
    fill(&window, "Client secret", CANARY);
    press(&window, "Create");
    stage.browser.sign_in(
        provider.issuer(),
        "alice",
        "any",
        patchbay_tests::browser::Decision::Allow,
    );
    wait_for_row(&window, "Confidential", "Connected");
    describe_key(&window, "Key", &format!("{}/header", local.api.base()));
    fill(&window, "Header value", REFUSED);
    press(&window, "Create");
    window.find("button", "Save anyway");
    fill(&window, "Header value", GOOD);
    press(&window, "Create");
    wait_for_row(&window, "Key", "Connected");
    row_action(&window, "Test", "Key");
    window.wait_for_text("Key works.");
    look_at_everything(&window);

    let mut secrets: Vec<String> = [CANARY, REFUSED, ROTATED, PASSPHRASE, GOOD]
        .map(str::to_owned)
        .to_vec();
    for item in provider.stored() {
        // The provider keeps tokens under their own values.
        let kind = item["kind"].as_str().unwrap_or_default();
        if matches!(kind, "AccessToken" | "RefreshToken") {
            secrets.push(item["id"].as_str().unwrap_or_default().to_owned());
        }
    }
    assert!(
        secrets.len() >= 9,
        "two sign-ins left tokens to look for: {}",
        secrets.len()
    );

    assert!(
        GOOD.len() > 8 && known_to_be_found(&stage),
        "the search finds what is there"
    );
    let mut places = files(&stage);
    places.extend(processes(&stage));
    places.push((
        "the application's output".to_owned(),
        window.printed().into_bytes(),
    ));
    places.push(("the page".to_owned(), page(&window).into_bytes()));
    let replies = replies::recorded(&window);
    assert_heard(&replies);
    places.extend(
        replies
            .into_iter()
            .map(|(command, said)| (format!("what {command} said"), said.into_bytes())),
    );
    let found: Vec<String> = places
        .iter()
        .flat_map(|(place, content)| {
            secrets
                .iter()
                .filter(|secret| contains(content, secret))
                .map(move |_| place.clone())
        })
        .collect();
    assert!(
        found.is_empty(),
        "secrets were found in: {}",
        found.join(", ")
    );
    window.close();
    let after = files(&stage);
    let found: Vec<&String> = after
        .iter()
        .filter(|(_, content)| secrets.iter().any(|secret| contains(content, secret)))
        .map(|(place, _)| place)
        .collect();
    assert!(
        found.is_empty(),
        "secrets were found after the end in: {found:?}"
    );
}

/// Goes wherever the application has something to say about a secret: details, settings of a connection, registrations,
/// the vault, what happened.
fn look_at_everything(window: &Window<'_>) {
    for connection in ["Mail", "Confidential", "Key"] {
        window.click_beginning("row", connection);
        window.find("tab", "Overview");
        for tab in window.all("tab", "") {
            tab.click();
        }
        press(window, "Settings…");
        window.find("dialog", &format!("Reauthorize {connection}"));
        press(window, "Cancel");
    }
    window.click_beginning("button", "Connectors");
    window
        .find_beginning("searchbox", "Search")
        .fill("Any OAuth");
    window.click_beginning("row", CONNECTOR);
    window.click_beginning("tab", "Registrations");
    window.wait_for_text("with-secret");
    press(window, "Change secret");
    fill(window, "New client secret", ROTATED);
    press(window, "Use the new secret");
    window.wait_until_gone_beginning("dialog", "Change the secret");
    window.click_beginning("button", "Activity");
    window.wait_for_text("Tested");
    window.click_beginning("button", "Settings");
    press(window, "Create a recovery passphrase");
    fill(window, "Passphrase", PASSPHRASE);
    fill(window, "Passphrase again", PASSPHRASE);
    press(window, "Save");
    window.wait_for_text("There is one. It opens the workspace");
    window.click_beginning("button", "Connections");
    window.find_beginning("row", "Mail");
}

/// A recording that hears nothing would hold for ever.
fn assert_heard(replies: &[(String, String)]) {
    for command in [
        "create_connection",
        "create_connection (refused)",
        "list_connections",
        "connection",
        "authorization",
        "test_connection",
        "list_registrations",
        "connector",
        "rotate_registration_secret",
        "list_activity",
        "set_recovery_passphrase",
        "workspace_state",
        "event",
    ] {
        assert!(
            replies.iter().any(|(heard, _)| heard == command),
            "the answer of {command} was heard"
        );
    }
    assert!(
        replies
            .iter()
            .any(|(_, said)| said.contains("Confidential")),
        "with what it said"
    );
}

/// Every file of the home that the application may have written: all but the browser's own.
fn files(stage: &Stage) -> Vec<(String, Vec<u8>)> {
    let mut found = Vec::new();
    let mut folders: Vec<PathBuf> = vec![stage.session.home().to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() && !path.ends_with("browser") {
                folders.push(path);
            } else if entry.metadata().is_ok_and(|meta| meta.is_file()) {
                found.push((
                    path.display().to_string(),
                    fs::read(&path).unwrap_or_default(),
                ));
            }
        }
    }
    found
}

/// Arguments and environment of every process of the desktop, the browser's included.
fn processes(stage: &Stage) -> Vec<(String, Vec<u8>)> {
    stage
        .session
        .processes()
        .into_iter()
        .flat_map(|id| ["cmdline", "environ"].map(|what| format!("/proc/{id}/{what}")))
        .map(|path| (path.clone(), fs::read(path).unwrap_or_default()))
        .collect()
}

/// Everything the page holds: its text, its fields, its storage.
fn page(window: &Window<'_>) -> String {
    let body = "return document.documentElement.outerHTML + [...document.querySelectorAll('input, textarea')].map((e) => e.value).join(' ')
        + JSON.stringify({ ...localStorage }) + JSON.stringify({ ...sessionStorage })";
    window
        .script(body, &[])
        .as_str()
        .unwrap_or_default()
        .to_owned()
}

/// A search that finds nothing because it looks nowhere would hold for ever.
fn known_to_be_found(stage: &Stage) -> bool {
    let files = files(stage);
    let database = files
        .iter()
        .any(|(place, _)| Path::new(place).starts_with(stage.session.data_folder()));
    let name = files
        .iter()
        .any(|(_, content)| contains(content, "Confidential"));
    database && name && processes(stage).len() > 4 && process::all().count() > 4
}

fn contains(content: &[u8], secret: &str) -> bool {
    content
        .windows(secret.len())
        .any(|window| window == secret.as_bytes())
}
