//! What a person does in the console, in the words they would use for it.

use std::path::Path;

use patchbay_tests::local_api::GOOD;
use patchbay_tests::scripted::Scripted;
use patchbay_tests::webdriver::Window;

/// Opens the dialog for a connector through the selector's search.
#[track_caller]
pub fn begin_connection(window: &Window<'_>, connector: &str) {
    window.all("button", "New connection")[0].click();
    window
        .find_beginning("searchbox", "Search ")
        .fill(connector);
    window.click_beginning("button", connector);
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
    window.click_beginning("combobox", label);
    window.click_beginning("option", choice);
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

/// Picks a choice of a list that can be searched.
#[track_caller]
pub fn pick(window: &Window<'_>, label: &str, choice: &str) {
    window.find_beginning("combobox", label).fill(choice);
    window.find_beginning("option", choice).click();
}

/// Makes a connection with a key that the local API takes.
#[track_caller]
pub fn add_key(window: &Window<'_>, api: &Scripted, name: &str) {
    begin_connection(window, "Any API");
    fill(window, "Name", name);
    fill(window, "Header name", "X-Api-Key");
    fill(window, "Header value", GOOD);
    fill(
        window,
        "Address to test with",
        &format!("{}/header", api.base()),
    );
    press(window, "Create");
    wait_for_row(window, name, "Connected");
}

/// Adds a file or folder on the Flows page, up to what was found in it.
#[track_caller]
pub fn add_flows(window: &Window<'_>, path: &Path) {
    window.find_beginning("button", "Flows").click();
    window.wait_for("the button that adds flows", || {
        let button = window.all("button", "Add flows").into_iter().next()?;
        button.try_click().then_some(())
    });
    fill(window, "Path", &path.to_string_lossy());
    press(window, "Add");
    window.wait_for_text("Found ");
}

/// Opens a flow of the Flows page.
#[track_caller]
pub fn show_flow(window: &Window<'_>, flow: &str) {
    window.wait_for(&format!("the row of {flow}"), || {
        let row = window.all_beginning("row", flow).into_iter().next()?;
        row.try_click().then_some(())
    });
    window.find("complementary", &format!("Details of {flow}"));
}
