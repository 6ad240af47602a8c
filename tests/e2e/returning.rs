//! Coming back: to a sign-in that was left, to a workspace that was damaged, to a window behind others.

use std::fs;

use patchbay_tests::browser::Decision;
use patchbay_tests::deadline;
use patchbay_tests::session::{KeychainAtStart, Session};
use patchbay_tests::webdriver::Key;

use crate::console::{describe_key, press, row_action, wait_for_row};
use crate::journey::journeys;
use crate::signing_in::{CONNECTOR, connect, describe, provider};
use crate::stage::{LocalApi, Stage, application};

journeys![
    a_sign_in_that_was_left_is_taken_up_again,
    a_cancelled_sign_in_leaves_everything_as_it_was,
    a_damaged_workspace_is_replaced_by_its_newest_backup,
    a_second_start_raises_the_window,
];

fn a_sign_in_that_was_left_is_taken_up_again() {
    let provider = provider();
    let stage = Stage::new(KeychainAtStart::Unlocked, &[provider.issuer()]);
    let window = stage.open();
    describe(&window, "Mail", provider.issuer(), "desktop");
    press(&window, "Create");
    let waiting = format!("Waiting for {CONNECTOR}");
    window.find("dialog", &waiting);
    stage.browser.look(provider.issuer());
    window.press(&[Key::Escape]);
    window.wait_until_gone("dialog", &waiting);
    wait_for_row(&window, "Mail", "Finish signing in");
    row_action(&window, "Finish signing in to", "Mail");
    window.find("dialog", &waiting);
    assert_eq!(
        provider.count("authorization.success"),
        0,
        "the browser's first page still waits"
    );
    stage
        .browser
        .sign_in(provider.issuer(), "alice", "any", Decision::Allow);
    window.wait_until_gone("dialog", &waiting);
    wait_for_row(&window, "Mail", "Connected");
    window.close();
}

fn a_cancelled_sign_in_leaves_everything_as_it_was() {
    let provider = provider();
    let stage = Stage::new(KeychainAtStart::Unlocked, &[provider.issuer()]);
    let window = stage.open();
    connect(&stage, &window, &provider, "Mail", "alice");
    let before = provider.live("RefreshToken");
    row_action(&window, "Reauthorize", "Mail");
    let waiting = format!("Waiting for {CONNECTOR}");
    window.find("dialog", &waiting);
    press(&window, "Cancel");
    window.wait_until_gone("dialog", &waiting);
    // The browser's page is still open; whoever goes on there changes nothing here.
    stage
        .browser
        .sign_in(provider.issuer(), "bob", "any", Decision::Allow);
    window.wait_for_text("matched no sign-in that is under way. Nothing was changed.");
    wait_for_row(&window, "Mail", "alice");
    wait_for_row(&window, "Mail", "Connected");
    assert_eq!(
        provider.live("RefreshToken"),
        before,
        "no code was exchanged for the sign-in that was cancelled"
    );

    describe_again(&window, "Calendar", provider.issuer());
    press(&window, "Create");
    window.find("dialog", &waiting);
    press(&window, "Cancel");
    window.wait_for("the connection that never was to go", || {
        let rows = window.all_beginning("row", "Calendar");
        (rows.is_empty() && !window.has("dialog", &waiting)).then_some(())
    });
    window.close();
}

fn a_damaged_workspace_is_replaced_by_its_newest_backup() {
    let local = LocalApi::start();
    let stage = Stage::new(KeychainAtStart::Unlocked, &[]);
    let window = stage.open();
    describe_key(&window, "Kept", &format!("{}/header", local.api.base()));
    press(&window, "Create");
    wait_for_row(&window, "Kept", "Connected");
    window.close();
    // A day goes by.
    stage.sql("delete from meta where key = 'backed_up_at'");
    let earlier = backups(&stage);
    let window = stage.open();
    window.wait_for("the day's backup", || {
        (backups(&stage) > earlier).then_some(())
    });
    window.close();
    stage.sql("select 1");
    let mut bytes = fs::read(stage.database()).expect("it can be read");
    for page in (4096..bytes.len()).step_by(4096) {
        bytes[page..page + 64].fill(0xAA);
    }
    fs::write(stage.database(), &bytes).expect("it can be damaged");

    let window = stage.open();
    window.wait_for_text("The workspace could not be opened");
    window.wait_for_text("The database is damaged");
    window.wait_for_text(
        &stage
            .session
            .data_folder()
            .join("backups")
            .display()
            .to_string(),
    );
    window.screenshot("damaged");
    press(&window, "Restore the newest backup");
    window.wait_for_text("The backup was restored. The damaged file was kept beside it.");
    wait_for_row(&window, "Kept", "Connected");
    row_action(&window, "Test", "Kept");
    window.wait_for_text("Kept works.");
    window.close();
    let kept = fs::read_dir(stage.session.data_folder())
        .expect("it can be listed")
        .flatten()
        .find(|entry| entry.file_name().to_string_lossy().contains(".damaged-"))
        .expect("the damaged file is kept");
    assert!(
        fs::read(kept.path()).expect("it can be read") == bytes,
        "as it was"
    );
}

fn backups(stage: &Stage) -> usize {
    let folder = fs::read_dir(stage.session.data_folder().join("backups"));
    folder
        .into_iter()
        .flatten()
        .flatten()
        .filter(|entry| entry.path().extension().is_some_and(|kind| kind == "db"))
        .count()
}

fn a_second_start_raises_the_window() {
    let stage = Stage::new(KeychainAtStart::Unlocked, &[]);
    let window = stage.open();
    let session = &stage.session;
    let id = session.run(session.command("xdotool").args([
        "search",
        "--onlyvisible",
        "--name",
        "^Patchbay$",
    ]));
    let id = id.trim();
    session.run(session.command("xdotool").args(["windowminimize", id]));
    deadline::until("the window to be minimised", || {
        state(session, id).contains("Iconic").then_some(())
    });
    session.run(&mut session.command(application()));
    deadline::until("the window to come up", || {
        state(session, id).contains("Normal").then_some(())
    });
    let ours = session
        .processes()
        .into_iter()
        .filter(|id| fs::read_link(format!("/proc/{id}/exe")).is_ok_and(|exe| exe == application()))
        .count();
    assert_eq!(ours, 1, "there is still one application");
    window.find("button", "New connection");
    window.close();
}

fn state(session: &Session, window: &str) -> String {
    session.run(session.command("xprop").args(["-id", window, "WM_STATE"]))
}

/// Like [`describe`], through the registration that is there.
fn describe_again(window: &patchbay_tests::webdriver::Window<'_>, name: &str, issuer: &str) {
    crate::console::begin_connection(window, CONNECTOR);
    crate::console::fill(window, "Name", name);
    crate::console::fill(window, "Issuer", issuer);
}
