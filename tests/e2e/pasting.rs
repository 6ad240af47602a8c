//! The last resort: the browser ends somewhere else, and the person carries the address back by hand.

use patchbay_tests::browser::Decision;
use patchbay_tests::session::KeychainAtStart;

use crate::console::{choose, fill, press, wait_for_problem, wait_for_row};
use crate::journey::journeys;
use crate::signing_in::{CONNECTOR, describe, provider};
use crate::stage::Stage;

journeys![an_address_pasted_by_hand_finishes_the_sign_in];

/// An address of the person's own that nobody answers at.
const ELSEWHERE: &str = "https://oauth.example.test/callback/patchbay";

fn an_address_pasted_by_hand_finishes_the_sign_in() {
    let provider = provider();
    provider.public_client("far-away", &[ELSEWHERE]);
    // No origin may send links, and the provider knows no other redirect: nothing comes back by itself.
    let stage = Stage::new(KeychainAtStart::Unlocked, &[]);
    let window = stage.open();
    describe(&window, "Mail", provider.issuer(), "far-away");
    choose(&window, "The browser comes back by", "Pasting the address");
    press(&window, "Create");
    wait_for_problem(&window, "Redirect address", "Fill in the redirect address.");
    fill(&window, "Redirect address", ELSEWHERE);
    press(&window, "Create");
    window.find("dialog", &format!("Waiting for {CONNECTOR}"));
    let signed_in = stage
        .browser
        .sign_in(provider.issuer(), "alice", "any", Decision::Allow);
    let address = signed_in.ended_at;
    assert!(
        address.starts_with(ELSEWHERE) && address == signed_in.sent_to,
        "the browser ends at the person's own address: {address}"
    );

    let (start, end) = address.split_at(address.len() / 2);
    let (state, of_another) = another_state(&address);
    let not_it = "That isn't the address at which the sign-in ended. Copy the whole address bar";
    for (wrong, says) in [
        (format!("{}/me", provider.issuer()), not_it),
        (ELSEWHERE.to_owned(), not_it),
        (format!("{start} {end}"), not_it),
        (of_another, "That address belongs to another sign-in"),
        // Cut off in the name of the server that answered, which comes last.
        (
            address[..address.len() - 4].to_owned(),
            "That address isn't whole",
        ),
    ] {
        fill(&window, "Address", &wrong);
        press(&window, "Finish");
        wait_for_problem(&window, "Address", says);
        assert_eq!(
            window.find("textbox", "Address").value(),
            wrong,
            "what was pasted is there to be looked at"
        );
    }
    window.screenshot("pasted-wrong");
    assert!(
        provider.live("AccessToken").is_empty() && provider.count("grant.error") == 0,
        "no wrong address reached the provider"
    );

    fill(&window, "Address", &format!("  {address} "));
    press(&window, "Finish");
    wait_for_row(&window, "Mail", "Connected");
    wait_for_row(&window, "Mail", "alice");
    assert!(
        !window.text().contains(state),
        "the address is not kept on the page"
    );
    window.close();
}

/// The state in the address, and the address with another one.
fn another_state(address: &str) -> (&str, String) {
    let after = address
        .split_once("state=")
        .expect("a callback has a state")
        .1;
    let state = after.split_once('&').map_or(after, |(state, _)| state);
    (
        state,
        address.replace(state, &state.chars().rev().collect::<String>()),
    )
}
