//! Every screen, light and dark, checked by axe-core in the real window against WCAG 2.2 AA.

use std::fs;

use patchbay_tests::browser::Decision;
use patchbay_tests::servers::repository;
use patchbay_tests::session::KeychainAtStart;
use patchbay_tests::webdriver::{Key, Window};
use serde_json::Value;

use crate::console::{begin_connection, press, row_action, wait_for_row};
use crate::journey::journeys;
use crate::signing_in::{CONNECTOR, describe, provider};
use crate::stage::Stage;

journeys![
    no_screen_breaks_wcag_in_light,
    no_screen_breaks_wcag_in_dark
];

fn no_screen_breaks_wcag_in_light() {
    walk("light");
}

fn no_screen_breaks_wcag_in_dark() {
    walk("dark");
}

fn walk(scheme: &str) {
    let provider = provider();
    let mut stage = Stage::new(KeychainAtStart::Unlocked, &[provider.issuer()]);
    follow_scheme(&mut stage, scheme);
    let window = stage.open();
    let mut found = Vec::new();
    let mut check = |screen: &str| found.extend(violations(&window, scheme, screen));
    check("first run");
    window.all("button", "New connection")[0].click();
    window.find("dialog", "New connection");
    check("selector");
    window.press(&[Key::Escape]);
    begin_connection(&window, CONNECTOR);
    check("general");
    window.click_beginning("tab", "Permissions");
    window.click_beginning("radio", "Customize scopes (advanced)");
    check("permissions");
    window.click_beginning("tab", "General");
    press(&window, "Create");
    check("general with problems");
    press(&window, "Cancel");
    describe(&window, "Mail", provider.issuer(), "desktop");
    press(&window, "Create");
    window.find("dialog", &format!("Waiting for {CONNECTOR}"));
    check("waiting");
    stage
        .browser
        .sign_in(provider.issuer(), "alice", "any", Decision::Allow);
    wait_for_row(&window, "Mail", "Connected");
    check("connections");
    row_action(&window, "Rename", "Mail");
    check("rename");
    press(&window, "Cancel");
    row_action(&window, "Delete", "Mail");
    check("delete");
    press(&window, "Cancel");
    window.click_beginning("row", "Mail");
    window.find_beginning("tab", "Overview");
    check("details");
    for tab in window.all("tab", "") {
        tab.click();
        check(&format!("details, {}", tab.text()));
    }
    let pages = window.find("navigation", "Pages").all("button", "");
    assert!(pages.len() >= 3, "the rail leads to the pages");
    for page in pages {
        let name = page.text();
        page.click();
        check(&name);
    }
    window.press(&[Key::Control, Key::Char('k')]);
    window.find("dialog", "Commands");
    check("commands");
    window.close();
    assert_none(scheme, &found);
}

/// Makes the desktop a light or dark one, which the window follows.
pub fn follow_scheme(stage: &mut Stage, scheme: &str) {
    if scheme == "dark" {
        stage.session.set("GTK_THEME", "Adwaita:dark");
    }
}

pub fn assert_none(scheme: &str, found: &[String]) {
    assert!(
        found.is_empty(),
        "axe-core found in {scheme}:\n{}",
        found.join("\n")
    );
}

/// What axe-core finds on the screen as it is now, one line each.
pub fn violations(window: &Window<'_>, scheme: &str, screen: &str) -> Vec<String> {
    let dark = window.script(
        "return matchMedia('(prefers-color-scheme: dark)').matches",
        &[],
    );
    assert_eq!(
        dark,
        scheme == "dark",
        "the window follows the desktop's scheme"
    );
    window.screenshot(&format!(
        "axe-{scheme}-{}",
        screen.replace([' ', ','], "-").to_lowercase()
    ));
    if window.script("return typeof axe", &[]) == "undefined" {
        let path = repository().join("tests/node_modules/axe-core/axe.min.js");
        let source = fs::read_to_string(path).expect("axe-core was fetched");
        window.script(&source, &[]);
        window.script("window.axe = axe", &[]);
    }
    let result = window.script_async(
        "const done = arguments[arguments.length - 1];
         Promise.all(document.getAnimations().map((one) => one.finished.catch(() => {})))
           .then(() => axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] }))
           .then((result) => done(result.violations.map((one) =>
             one.id + ': ' + one.help + ' ' + one.nodes.slice(0, 3).map((node) => node.html.slice(0, 160) + ' ' + node.failureSummary.replace(/\\s+/g, ' ')).join(' | '))))
           .catch((error) => done(['axe failed: ' + error]));",
        &[],
    );
    let lines = result.as_array().cloned().unwrap_or_default();
    lines
        .iter()
        .filter_map(Value::as_str)
        .map(|line| format!("  {screen}: {line}"))
        .collect()
}
