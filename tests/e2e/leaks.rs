//! Secrets stay where they belong: after a full journey no secret is found in any file, log, argument, variable or
//! page.

use std::fs;
use std::path::{Path, PathBuf};

use patchbay_tests::local_api::GOOD;
use patchbay_tests::process;
use patchbay_tests::session::KeychainAtStart;
use patchbay_tests::webdriver::Window;

use crate::console::{begin_connection, fill, press, row_action, wait_for_row};
use crate::journey::journeys;
use crate::signing_in::{DEEP_LINK, connect, describe_apart, provider};
use crate::stage::{LocalApi, Stage};

journeys![no_secret_is_found_outside_the_vault];

const CANARY: &str = "canary-5f1d0c2e-client-secret";

fn no_secret_is_found_outside_the_vault() {
    let provider = provider();
    provider.confidential_client("with-secret", CANARY, &[DEEP_LINK]);
    let local = LocalApi::start();
    let stage = Stage::new(KeychainAtStart::Unlocked, &[provider.issuer()]);
    let window = stage.open();
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
    begin_connection(&window, "Any API");
    fill(&window, "Name", "Key");
    fill(&window, "Header name", "X-Api-Key");
    fill(&window, "Header value", GOOD);
    fill(
        &window,
        "Address to test with",
        &format!("{}/header", local.api.base()),
    );
    press(&window, "Create");
    wait_for_row(&window, "Key", "Connected");
    row_action(&window, "Test", "Key");
    window.wait_for_text("Key works.");

    let mut secrets = vec![CANARY.to_owned(), GOOD.to_owned()];
    for item in provider.stored() {
        // The provider keeps tokens under their own values.
        let kind = item["kind"].as_str().unwrap_or_default();
        if matches!(kind, "AccessToken" | "RefreshToken") {
            secrets.push(item["id"].as_str().unwrap_or_default().to_owned());
        }
    }
    assert!(
        secrets.len() >= 6,
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
