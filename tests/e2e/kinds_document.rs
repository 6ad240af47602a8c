//! A client that a server knows by a document which the person hosts, made in the window.

use patchbay_tests::document_server::DocumentServer;
use patchbay_tests::scripted::Answer;
use patchbay_tests::session::KeychainAtStart;

use crate::console::{begin_connection, choose, fill, press, wait_for_row};
use crate::journey::journeys;
use crate::signing_in::CONNECTOR;
use crate::stage::Stage;

journeys![a_document_that_the_person_hosts_stands_for_a_registration];

fn a_document_that_the_person_hosts_stands_for_a_registration() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime can be made");
    let server = runtime.block_on(DocumentServer::start(true));
    let stage = Stage::new(KeychainAtStart::Unlocked, &[]);
    let window = stage.open();
    begin_connection(&window, CONNECTOR);
    fill(&window, "Name", "Notes");
    fill(&window, "Issuer", server.api.base());
    choose(&window, "Registration", "A document that you host");
    choose(&window, "The browser comes back by", "A local address");
    fill(&window, "Address of your document", &server.address());
    let shown = window.wait_for("the document for that address", || {
        let text = window
            .find_beginning("textbox", "What to host there")
            .value();
        text.contains(&server.address()).then_some(text)
    });
    press(&window, "Create");
    window.wait_for_text("Your document isn't there (status 404)");
    window.screenshot("document-missing");
    server.host(Answer::new(200, shown).header("content-type", "application/json"));
    press(&window, "Create");
    wait_for_row(&window, "Notes", "Connected");
    assert!(
        server
            .api
            .paths()
            .iter()
            .all(|path| !path.contains("/register")),
        "nothing was registered"
    );
    window.close();
}
