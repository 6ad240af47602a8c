//! Client registrations as things of their own: made on the Connectors page, used by several connections, given a new
//! secret while both are kept, and deleted once nothing hangs on them.

use patchbay_tests::browser::Decision;
use patchbay_tests::servers::authorization_server::AuthorizationServer;
use patchbay_tests::session::KeychainAtStart;
use patchbay_tests::webdriver::Window;

use crate::console::{begin_connection, fill, press, row_action, wait_for_row};
use crate::custom::{leave_connectors, open_connector};
use crate::journey::journeys;
use crate::signing_in::{CONNECTOR, DEEP_LINK};
use crate::stage::Stage;

journeys![a_registration_serves_two_connections_through_a_change_of_its_secret];

const NAME: &str = "Company app";

fn a_registration_serves_two_connections_through_a_change_of_its_secret() {
    let provider = AuthorizationServer::start();
    provider.confidential_client("company", "first-secret-1", &[DEEP_LINK]);
    let stage = Stage::new(KeychainAtStart::Unlocked, &[provider.issuer()]);
    let window = stage.open();
    open_registrations(&window);
    press(&window, "New registration");
    fill(&window, "Client ID", "company");
    fill(&window, "Client secret", "first-secret-1");
    fill(&window, "Name", NAME);
    press(&window, "Create");
    window.wait_for_text("Made the registration Company app");
    leave_connectors(&window);
    for (name, login) in [("Mail", "alice"), ("Calendar", "bob")] {
        begin_connection(&window, CONNECTOR);
        fill(&window, "Name", name);
        fill(&window, "Issuer", provider.issuer());
        fill(
            &window,
            "Address to test with",
            &format!("{}/me", provider.issuer()),
        );
        window.wait_for_text("Company app");
        press(&window, "Create");
        stage
            .browser
            .sign_in(provider.issuer(), login, "any", Decision::Allow);
        wait_for_row(&window, name, "Connected");
        stage.browser.forget();
    }

    open_registrations(&window);
    press_of_registration(&window, "Change secret");
    fill(&window, "New client secret", "second-secret-2");
    press(&window, "Use the new secret");
    window.wait_for_text("Two secrets are kept");
    window.screenshot("two-secrets");
    leave_connectors(&window);
    // The provider knows the old one only: it is gone back to.
    renew(&window, &provider, "Mail");
    provider.confidential_client("company", "second-secret-2", &[DEEP_LINK]);
    renew(&window, &provider, "Calendar");

    open_registrations(&window);
    press_of_registration(&window, "Finish change-over");
    press(&window, "Forget the old secret");
    window.wait_for_text("Forgot the old secret of Company app");
    leave_connectors(&window);
    renew(&window, &provider, "Mail");

    open_registrations(&window);
    press_of_registration(&window, "Delete");
    window.find("dialog", "Delete the registration Company app?");
    window.wait_for_text("2 connections sign in through it.");
    confirm(&window);
    window.wait_for_text("Company app is used by “Calendar”, “Mail”");
    window.screenshot("registration-in-use");
    press(&window, "Cancel");
    leave_connectors(&window);
    for name in ["Mail", "Calendar"] {
        row_action(&window, "Delete", name);
        window.find("dialog", &format!("Delete {name}?"));
        press(&window, "Delete");
        window.wait_for_text(&format!("{name} is gone"));
    }
    open_registrations(&window);
    press_of_registration(&window, "Delete");
    confirm(&window);
    window.wait_for_text("Deleted the registration Company app");
    window.close();
}

fn open_registrations(window: &Window<'_>) {
    open_connector(window, CONNECTOR);
    window.find_beginning("tab", "Registrations").click();
}

fn press_of_registration(window: &Window<'_>, button: &str) {
    let actions = format!("Actions for {NAME}");
    window.wait_for(&format!("“{button}” of {NAME}"), || {
        let group = window.all("group", &actions).into_iter().next()?;
        let button = group.all("button", button).into_iter().next()?;
        button.try_click().then_some(())
    });
}

fn confirm(window: &Window<'_>) {
    window
        .find("dialog", "Delete the registration Company app?")
        .find("button", "Delete")
        .click();
}

/// Lets the tokens end and tests the connection, which renews it.
fn renew(window: &Window<'_>, provider: &AuthorizationServer, name: &str) {
    let renewals = || {
        let events = provider.events();
        let renewed = events.iter().filter(|event| {
            event["name"] == "grant.success" && event["grant_type"] == "refresh_token"
        });
        renewed.count()
    };
    let works = format!("{name} works.");
    window.wait_for("the notice of an earlier test to go", || {
        (!window.text().contains(&works)).then_some(())
    });
    let before = renewals();
    provider.expire_access_tokens();
    row_action(window, "Test", name);
    // The test itself is waited for too: tokens that end between its renewal and its request would fail it.
    window.wait_for_text(&works);
    assert!(renewals() > before, "{name} was renewed for its test");
    wait_for_row(window, name, "Connected");
}
