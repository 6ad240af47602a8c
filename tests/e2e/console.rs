//! What a person does in the console, in the words they would use for it.

use patchbay_tests::local_api::GOOD;
use patchbay_tests::webdriver::Window;

/// Opens the dialog for a connector through the selector's search.
#[track_caller]
pub fn begin_connection(window: &Window<'_>, connector: &str) {
    window.all("button", "New connection")[0].click();
    window
        .find_beginning("searchbox", "Search ")
        .fill(connector);
    window.find_beginning("button", connector).click();
    window.find("dialog", &format!("New {connector} connection"));
}

/// Types into the field with this label.
#[track_caller]
pub fn fill(window: &Window<'_>, label: &str, text: &str) {
    window.find_beginning("textbox", label).fill(text);
}

/// Fills in a connection that sends a key to `address`, up to Create.
#[track_caller]
pub fn describe_key(window: &Window<'_>, name: &str, address: &str) {
    begin_connection(window, "Any API");
    fill(window, "Name", name);
    fill(window, "Header name", "X-Api-Key");
    fill(window, "Header value", GOOD);
    fill(window, "Address to test with", address);
}

/// Waits until the page says this of the text field with this label, at the field itself.
#[track_caller]
pub fn wait_for_problem(window: &Window<'_>, label: &str, says: &str) {
    window.wait_for(&format!("“{says}” at the field {label}"), || {
        let field = window.all_beginning("textbox", label).into_iter().next()?;
        field.problem().contains(says).then_some(())
    });
}

/// Picks a choice of a list.
#[track_caller]
pub fn choose(window: &Window<'_>, label: &str, choice: &str) {
    window.find_beginning("combobox", label).click();
    window.find_beginning("option", choice).click();
}

/// Presses the dialog's button.
#[track_caller]
pub fn press(window: &Window<'_>, button: &str) {
    window.click("button", button);
}

/// Waits until the row of a connection says this somewhere.
#[track_caller]
pub fn wait_for_row(window: &Window<'_>, connection: &str, says: &str) {
    window.wait_for(&format!("“{says}” in the row of {connection}"), || {
        let row = window
            .all("row", "")
            .into_iter()
            .find(|row| row.text().contains(connection))?;
        row.text().contains(says).then_some(())
    });
}

/// Fills in a connection with an address to test with, up to Create.
#[track_caller]
pub fn describe_with_test(
    window: &Window<'_>,
    name: &str,
    issuer: &str,
    client_id: &str,
    test_url: &str,
) {
    crate::signing_in::describe(window, name, issuer, client_id);
    fill(window, "Address to test with", test_url);
}

/// Presses an action of a connection's row; the row shows them when it is chosen.
#[track_caller]
pub fn row_action(window: &Window<'_>, action: &str, connection: &str) {
    let button = format!("{action} {connection}");
    window.wait_for(&format!("the action “{button}”"), || {
        let row = window.all_beginning("row", connection).into_iter().next()?;
        (row.try_click() && window.try_click("button", &button)).then_some(())
    });
}
