//! Without a mouse: every step by a key, to where the focus is.

use patchbay_tests::local_api::GOOD;
use patchbay_tests::session::KeychainAtStart;
use patchbay_tests::webdriver::{Key, Window};

use crate::console::wait_for_row;
use crate::journey::journeys;
use crate::stage::{LocalApi, Stage};

journeys![a_connection_is_made_managed_and_deleted_by_keys_alone];

fn a_connection_is_made_managed_and_deleted_by_keys_alone() {
    let local = LocalApi::start();
    let stage = Stage::new(KeychainAtStart::Unlocked, &[]);
    let window = stage.open();
    window.find("button", "New connection");

    window.press(&[Key::Char('n')]);
    wait_for_focus(&window, "Search ");
    window.type_text("any api");
    window.find_beginning("button", "Any API");
    window.press(&[Key::Enter]);
    wait_for_focus(&window, "Name");
    window.type_text("By keys");
    tab_to(&window, "Authentication");
    window.press(&[Key::Enter]);
    window.find_beginning("option", "Bearer token");
    arrow_to(&window, "Bearer token");
    window.press(&[Key::Enter]);
    wait_for_focus(&window, "Authentication: Bearer token");
    tab_to(&window, "Address to test with");
    window.type_text(&format!("{}/bearer", local.api.base()));
    tab_to(&window, "Token");
    window.type_text("a wrong token");
    window.press(&[Key::Enter]);
    window.find("button", "Save anyway");
    // Refused: the focus goes back to what is to blame, and what is typed there takes its place.
    tab_to(&window, "Token");
    window.press(&[Key::Control, Key::Char('a')]);
    window.type_text(GOOD);
    tab_to(&window, "Create");
    window.press(&[Key::Enter]);
    window.wait_until_gone_beginning("dialog", "New Any API");
    wait_for_row(&window, "By keys", "Connected");

    tab_to(&window, "By keys");
    window.press(&[Key::Char('t')]);
    window.wait_for_text("By keys works.");
    window.press(&[Key::F2]);
    wait_for_focus(&window, "Name");
    window.type_text("Renamed by keys");
    window.press(&[Key::Escape]);
    window.wait_until_gone("dialog", "Rename By keys");
    wait_for_focus(&window, "By keys");
    window.press(&[Key::F2]);
    wait_for_focus(&window, "Name");
    window.type_text("Renamed by keys");
    window.press(&[Key::Enter]);
    wait_for_row(&window, "Renamed by keys", "Connected");
    wait_for_focus(&window, "Renamed by keys");

    // Its actions stand behind it, and its menu opens at it.
    window.press(&[Key::Right]);
    wait_for_focus(&window, "Rename Renamed by keys");
    window.press(&[Key::Left]);
    wait_for_focus(&window, "Renamed by keys");
    // The toolkit, not the page, knows this key: it must come from the screen.
    let session = &stage.session;
    session.run(session.command("xdotool").args(["key", "shift+F10"]));
    window.find_beginning("menuitem", "Delete");
    window.press(&[Key::Escape]);
    window.wait_until_gone_beginning("menuitem", "Delete");
    wait_for_focus(&window, "Renamed by keys");

    window.press(&[Key::Delete]);
    window.find("dialog", "Delete Renamed by keys?");
    window.press(&[Key::Escape]);
    window.wait_until_gone_beginning("dialog", "Delete");
    wait_for_focus(&window, "Renamed by keys");
    window.press(&[Key::Delete]);
    wait_for_focus(&window, "Delete");
    window.press(&[Key::Enter]);
    window.wait_for_text("Deleted Renamed by keys.");
    window.press(&[Key::Control, Key::Char('z')]);
    wait_for_row(&window, "Renamed by keys", "Connected");
    tab_to(&window, "Renamed by keys");
    window.press(&[Key::Delete]);
    wait_for_focus(&window, "Delete");
    window.press(&[Key::Enter]);
    window.find("heading", "Sign in once. Every flow can use it.");
    window.close();
}

/// Waits until what has the focus has a name that begins so.
#[track_caller]
fn wait_for_focus(window: &Window<'_>, name: &str) {
    window.wait_for(&format!("the focus on “{name}…”"), || {
        window.focused_name().starts_with(name).then_some(())
    });
}

/// Presses Tab until the focus is there; once around the page at most.
#[track_caller]
fn tab_to(window: &Window<'_>, name: &str) {
    let mut seen = Vec::new();
    for _ in 0..60 {
        let here = window.focused_name();
        if here.starts_with(name) {
            return;
        }
        seen.push(here);
        window.press(&[Key::Tab]);
    }
    panic!("Tab never leads to “{name}”, only to: {}", seen.join(", "));
}

/// Presses Down until the choice of the open list is marked.
#[track_caller]
fn arrow_to(window: &Window<'_>, choice: &str) {
    let marked =
        "return document.querySelector('[role=option][data-highlighted]')?.innerText.trim() ?? ''";
    for _ in 0..20 {
        if window.script(marked, &[]) == choice {
            return;
        }
        window.press(&[Key::Down]);
    }
    panic!("Down never leads to “{choice}”");
}
