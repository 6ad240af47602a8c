//! Patchbay's own manifests: made, chosen with the desktop's file chooser, edited, with connections made on the way.

use std::fs;

use patchbay_tests::local_api::GOOD;
use patchbay_tests::session::KeychainAtStart;

use crate::console::{add_key, fill, pick, press, show_flow, wait_for_row};
use crate::journey::journeys;
use crate::stage::{LocalApi, Stage};

journeys![
    a_manifest_is_made_where_the_file_chooser_says_and_its_card_gets_a_new_connection,
    flows_are_added_with_the_file_chooser_and_asked_for_until_every_card_has_a_connection,
];

fn a_manifest_is_made_where_the_file_chooser_says_and_its_card_gets_a_new_connection() {
    let local = LocalApi::start();
    let stage = Stage::new(KeychainAtStart::Unlocked, &[]);
    let window = stage.open();
    let file = stage.session.home().join("report.flow.toml");

    window.find_beginning("button", "Flows").click();
    window.find("heading", "See what your flows depend on");
    window.all("button", "New manifest")[0].click();
    window.find("dialog", "New manifest");
    fill(&window, "Name", "Nightly report");
    fill(&window, "Command", "./report.sh --to 'the whole team");
    press(&window, "Browse…");
    stage.session.choose_file(&file);
    window.wait_for("the chosen path", || {
        let path = window.find_beginning("textbox", "Save as").value();
        (path == file.to_string_lossy()).then_some(())
    });
    press(&window, "Create");
    window.wait_for_text("A quote isn't closed.");
    assert!(!file.exists(), "what isn't right is not written");
    fill(&window, "Command", "./report.sh --to 'the whole team'");
    press(&window, "Create");

    // It has no card yet, so the first one is asked for; its connection is made on the way.
    window.find("dialog", "Add a card to Nightly report");
    fill(&window, "Title", "Send");
    pick(&window, "Connector", "Any API");
    fill(&window, "Environment", "REPORT_KEY=token");
    press(&window, "New Any API connection…");
    window.find("dialog", "New Any API connection");
    fill(&window, "Name", "Report key");
    fill(&window, "Header name", "X-Api-Key");
    fill(&window, "Header value", GOOD);
    fill(
        &window,
        "Address to test with",
        &format!("{}/header", local.api.base()),
    );
    press(&window, "Create");
    window.find("dialog", "Add a card to Nightly report");
    window.wait_for("the new connection in its field", || {
        let field = window.find_beginning("combobox", "Connection").value();
        (field == "Report key").then_some(())
    });
    assert_eq!(
        window.find_beginning("textbox", "Title").value(),
        "Send",
        "what was typed before is still there"
    );
    press(&window, "Add");
    wait_for_row(&window, "Nightly report", "1");
    window.wait_for_text("Any API · Send");
    window.screenshot("manifest");
    assert_eq!(
        fs::read_to_string(&file).expect("the manifest is there"),
        "name = \"Nightly report\"\n\
         command = [\"./report.sh\", \"--to\", \"the whole team\"]\n\
         \n\
         [[cards]]\n\
         title = \"Send\"\n\
         connector = \"any-api\"\n\
         connection = \"Report key\"\n\
         env = { REPORT_KEY = \"token\" }\n",
        "a file as a person would write it, with no key in it"
    );

    // Then it is edited like any other.
    press(&window, "Edit…");
    window.find("dialog", "Edit Nightly report");
    fill(&window, "Schedule", "weekdays at 7");
    press(&window, "Save");
    window.wait_for_text("Nightly report was saved.");
    wait_for_row(&window, "Nightly report", "weekdays at 7");
    press(&window, "Add card…");
    fill(&window, "Title", "send");
    pick(&window, "Connector", "Any API");
    press(&window, "Add");
    window.wait_for_text("is the title of another card");
    fill(&window, "Title", "Fetch");
    pick(&window, "Connection", "Report key");
    press(&window, "Add");
    window.wait_for_text("Any API · Fetch");
    let text = fs::read_to_string(&file).expect("the manifest is there");
    assert!(
        text.contains("schedule = \"weekdays at 7\"") && text.matches("[[cards]]").count() == 2,
        "both changes are in the file: {text}"
    );
    window.close();
}

fn flows_are_added_with_the_file_chooser_and_asked_for_until_every_card_has_a_connection() {
    let local = LocalApi::start();
    let stage = Stage::new(KeychainAtStart::Unlocked, &[]);
    let window = stage.open();
    add_key(&window, &local.api, "First key");
    let folder = stage.session.home().join("flows");
    fs::create_dir_all(&folder).expect("a folder can be made");
    for (name, connection) in [("one", "Old key"), ("two", "Other key")] {
        let text = format!(
            "name = \"Flow {name}\"\n[[cards]]\ntitle = \"Send\"\nconnector = \"any-api\"\nconnection = \"{connection}\"\n"
        );
        fs::write(folder.join(format!("{name}.flow.toml")), text).expect("a flow can be written");
    }
    window.find_beginning("button", "Flows").click();
    window.find("heading", "See what your flows depend on");
    window.all("button", "Add flows")[0].click();
    window.find("dialog", "Add flows");
    press(&window, "Choose folder…");
    stage.session.close_file_chooser();
    window.find("dialog", "Add flows");
    press(&window, "Choose folder…");
    stage.session.choose_file(&folder);
    window.wait_for_text("Found 2 flows with 2 cards.");
    press(&window, "Choose connections");

    // One name is answered with a connection made on the way; the question about the other waits, with its answer.
    window.find("dialog", "Choose connections");
    pick(&window, "Connection for Any API · Other key", "First key");
    window.screenshot("questions");
    window.all("button", "New connection…")[0].click();
    window.find("dialog", "New Any API connection");
    fill(&window, "Name", "Second key");
    fill(&window, "Header name", "X-Api-Key");
    fill(&window, "Header value", GOOD);
    fill(
        &window,
        "Address to test with",
        &format!("{}/header", local.api.base()),
    );
    press(&window, "Create");
    window.find("dialog", "Choose connections");
    window.wait_until_gone_beginning("combobox", "Connection for Any API · Old key");
    assert_eq!(
        window
            .find_beginning("combobox", "Connection for Any API · Other key")
            .value(),
        "First key",
        "the answer given before stands"
    );
    press(&window, "Bind");
    window.wait_for_text("Bound 1 card in 1 flow.");
    show_flow(&window, "Flow one");
    window.wait_for("the new connection on its card", || {
        let cards = window.find("list", "Cards").text();
        cards.contains("Second key").then_some(())
    });
    window.close();
}
