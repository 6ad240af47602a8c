//! The window itself: it opens on a fresh machine and says what it is.

use patchbay_tests::session::KeychainAtStart;

use crate::journey::journeys;
use crate::stage::Stage;

journeys![a_fresh_machine_shows_how_to_begin];

fn a_fresh_machine_shows_how_to_begin() {
    let stage = Stage::new(KeychainAtStart::Unlocked, &[]);
    let window = stage.open();
    window.find("heading", "Sign in once. Every flow can use it.");
    window.find("button", "New connection");
    window.screenshot("first-run");
    window.close();
}
