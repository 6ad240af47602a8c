//! From the arrival of the deep link at the running application to *Connected* on the screen, less the time that the
//! authorization server took for its own answers.
//!
//! The arrival is the call by which the second process hands the link over, as a monitor sees it on the session's bus.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use patchbay_tests::deadline;
use patchbay_tests::process::Running;
use patchbay_tests::servers::authorization_server::AuthorizationServer;
use patchbay_tests::session::Session;
use patchbay_tests::webdriver::Window;
use serde_json::json;

use crate::sign_in::sign_in;
use crate::stage::Stage;
use crate::table::row;

const ROUNDS: usize = 9;
const CONNECTOR: &str = "Any OAuth 2.0 service";
const DEEP_LINK: &str = "dev.patchbay.desktop:/callback/any-oauth2";

/// Waits in the page for the row of `arguments[0]` to say *Connected*, and keeps the moment it was painted.
const WATCH: &str = "
    const name = arguments[0];
    window.connectedAt = null;
    const watch = new MutationObserver(() => {
        const row = [...document.querySelectorAll('[data-index]')].find((one) => one.textContent.includes(name));
        if (!row?.querySelector('.status.connected')) return;
        watch.disconnect();
        requestAnimationFrame(() => setTimeout(() => (window.connectedAt = performance.timeOrigin + performance.now())));
    });
    watch.observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true });
";

/// Measures and prints.
pub fn measure() {
    let provider = AuthorizationServer::start();
    provider.public_client("desktop", &[DEEP_LINK]);
    let stage = Stage::new();
    stage.make_workspace("1,000", 1_000, &[]);
    stage.enter("1,000");
    let opened = note_opened_pages(&stage.session);
    let mut monitor = start_monitor(&stage.session);
    let window = stage.open(&stage.application);
    window.find("grid", "Connections");
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let mut whole = Vec::new();
    let mut servers = Vec::new();
    let mut ours = Vec::new();
    // The first sign-in makes the client's TLS state, the keys' cache and the rest; it counts like the others.
    for round in 0..ROUNDS {
        // Sorts before every seeded name, so that its row is on the screen.
        let name = format!("A sign-in {round}");
        begin(&window, &name, provider.issuer(), round == 0);
        let page = deadline::until("the provider's page to be opened", || {
            let page = fs::read_to_string(&opened).ok()?;
            fs::remove_file(&opened).ok()?;
            Some(page)
        });
        let link = runtime.block_on(sign_in(&page));
        window.script(WATCH, &[json!(name)]);
        stage.session.open(&link);
        let connected = window.wait_for("Connected", || {
            window.script("return window.connectedAt", &[]).as_f64()
        });
        let arrived = arrival(&mut monitor, round);
        let server = time_of_server(&provider, arrived, connected);
        whole.push(connected - arrived);
        servers.push(server);
        ours.push(connected - arrived - server);
    }
    stage.close(window);
    println!("| signing in, 1,000 connections | median | slowest | budget |\n|---|---|---|---|");
    row("from the link's arrival to *Connected* painted", whole, "–");
    row("… of which the authorization server's own", servers, "–");
    row("… of which Patchbay's", ours, "≤ 50 ms");
}

/// Describes a connection and presses Create, up to the waiting dialog.
fn begin(window: &Window<'_>, name: &str, issuer: &str, is_first: bool) {
    window.all("button", "New connection")[0].click();
    window
        .find_beginning("searchbox", "Search ")
        .fill(CONNECTOR);
    window.find_beginning("button", CONNECTOR).click();
    window.find("dialog", &format!("New {CONNECTOR} connection"));
    if !is_first {
        window.find_beginning("combobox", "Registration").click();
        window.find_beginning("option", "New registration…").click();
    }
    window.find_beginning("textbox", "Name").fill(name);
    window.find_beginning("textbox", "Issuer").fill(issuer);
    window
        .find_beginning("textbox", "Client ID")
        .fill("desktop");
    window.click("button", "Create");
    window.find("dialog", &format!("Waiting for {CONNECTOR}"));
}

/// In the browser's place, a script that writes down the address it is given.
fn note_opened_pages(session: &Session) -> PathBuf {
    let opened = session.home().join("opened");
    let script = session.home().join("bin/note");
    let text = format!(
        "#!/bin/sh\nprintf %s \"$1\" >'{0}.new' && mv '{0}.new' '{0}'\n",
        opened.display()
    );
    fs::write(&script, text).unwrap();
    fs::set_permissions(&script, fs::Permissions::from_mode(0o755)).unwrap();
    session.set_handler(
        "browser",
        &format!("{} %u", script.display()),
        &["http", "https"],
    );
    opened
}

fn start_monitor(session: &Session) -> Running {
    let mut command = session.command("dbus-monitor");
    command.args([
        "--session",
        "--profile",
        "interface='org.SingleInstance.DBus'",
    ]);
    session.start_program("dbus-monitor", &command)
}

/// When the nth link arrived, in milliseconds of the system's clock. A line of the monitor: type, seconds, serial, …
fn arrival(monitor: &mut Running, round: usize) -> f64 {
    deadline::until("the monitor to tell of the link", || {
        let printed = monitor.printed();
        let call = printed
            .lines()
            .filter(|line| line.contains("ExecuteCallback"))
            .nth(round)?;
        let seconds: f64 = call.split_whitespace().nth(1)?.parse().ok()?;
        Some(seconds * 1000.0)
    })
}

/// How long the server had requests in hand between two moments.
fn time_of_server(provider: &AuthorizationServer, from: f64, to: f64) -> f64 {
    provider
        .requests()
        .iter()
        .filter_map(|request| Some((request["began"].as_f64()?, request["ended"].as_f64()?)))
        .filter(|(began, ended)| *began >= from && *ended <= to)
        .map(|(began, ended)| ended - began)
        .sum()
}
