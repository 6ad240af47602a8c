//! The real window, driven through WebKit's own WebDriver (W3C WebDriver, loopback HTTP).
//!
//! Elements are found as a person with a screen reader finds them: by role and accessible name. Every search waits
//! until it succeeds or the deadline ends it with a picture and the page's text in the report.

mod by_role;
mod element;
mod keys;

use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::{Value, json};

use crate::deadline;
use crate::process::Running;
use crate::servers::repository;
use crate::session::Session;
use crate::wire;

pub use element::Element;
pub use keys::Key;

/// How the failure begins when the driver doesn't answer the request for a window.
pub const NO_WINDOW: &str = "the driver answers";

/// The key of an element's reference in answers (W3C WebDriver, section 12).
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// The application's window in a session.
pub struct Window<'s> {
    session: &'s Session,
    base: String,
    driver: Running,
    failures: PathBuf,
}

impl<'s> Window<'s> {
    /// Starts the application under the driver and waits for its window.
    pub fn open(session: &'s Session, application: &Path) -> Self {
        Self::open_with(session, application, &[])
    }

    /// Like [`Window::open`], with arguments, as the desktop gives them with a link.
    pub fn open_with(session: &'s Session, application: &Path, arguments: &[&str]) -> Self {
        let port = {
            let listener = TcpListener::bind(("127.0.0.1", 0)).expect("loopback has free ports");
            listener
                .local_addr()
                .expect("a bound listener has an address")
                .port()
        };
        let mut command = session.command("WebKitWebDriver");
        command
            .arg(format!("--port={port}"))
            // The driver's child takes its orders only with this set.
            .env("TAURI_WEBVIEW_AUTOMATION", "true");
        let mut driver = session.start_program("WebKitWebDriver", &command);
        let address = format!("http://127.0.0.1:{port}");
        deadline::until("WebKitWebDriver to listen", || {
            assert!(
                driver.is_running(),
                "WebKitWebDriver ended: {}",
                driver.printed()
            );
            wire::get(&format!("{address}/status")).ok()
        });
        let wanted = json!({"capabilities": {"alwaysMatch": {
            "webkitgtk:browserOptions": {"binary": application, "args": arguments}
        }}});
        let answer = wire::post_json(&format!("{address}/session"), &wanted).expect(NO_WINDOW);
        let id = answer.json()["value"]["sessionId"]
            .as_str()
            .map(str::to_owned);
        let id = id.unwrap_or_else(|| panic!("no window: {}\n{}", answer.body, driver.printed()));
        Self {
            session,
            base: format!("{address}/session/{id}"),
            driver,
            failures: repository().join("target/e2e"),
        }
    }

    /// Keeps what goes wrong in the page from now on, for the report of a vain wait.
    pub fn watch_for_errors(&self) {
        self.script(
            "window.pageErrors = [];
            addEventListener('error', (event) => pageErrors.push(String(event.error?.stack ?? event.message)));
            addEventListener('unhandledrejection', (event) => pageErrors.push(String(event.reason?.stack ?? event.reason?.message)));",
            &[],
        );
    }

    /// What the application and the driver printed.
    pub fn printed(&self) -> String {
        self.driver.printed()
    }

    /// Closes the window and waits until its process is gone.
    pub fn close(mut self) {
        let _ = wire::request("DELETE", &self.base, &[], "");
        self.driver.end();
    }

    /// The element with this role and accessible name; waits for it.
    #[track_caller]
    pub fn find(&self, role: &str, name: &str) -> Element<'_, 's> {
        self.wait_for(&format!("{role} “{name}”"), || {
            self.look(None, role, name, true).into_iter().next()
        })
    }

    /// Like [`Window::find`], with a name that begins so: “Delete Mail” for one of several.
    #[track_caller]
    pub fn find_beginning(&self, role: &str, name: &str) -> Element<'_, 's> {
        self.wait_for(&format!("{role} “{name}…”"), || {
            self.look(None, role, name, false).into_iter().next()
        })
    }

    /// Clicks the element with this role and accessible name; one that the page draws anew meanwhile is found again.
    #[track_caller]
    pub fn click(&self, role: &str, name: &str) {
        self.wait_for(&format!("a click on {role} “{name}”"), || {
            self.try_click(role, name).then_some(())
        });
    }

    /// Like [`Window::click`], with a name that begins so.
    #[track_caller]
    pub fn click_beginning(&self, role: &str, name: &str) {
        self.wait_for(&format!("a click on {role} “{name}…”"), || {
            let found = self.look(None, role, name, false);
            found.first()?.try_click().then_some(())
        });
    }

    /// Clicks the element if it is there and can be clicked now.
    pub fn try_click(&self, role: &str, name: &str) -> bool {
        let found = self.look(None, role, name, true);
        found.first().is_some_and(Element::try_click)
    }

    /// Every element with this role whose name begins so, now.
    pub fn all_beginning(&self, role: &str, name: &str) -> Vec<Element<'_, 's>> {
        self.look(None, role, name, false)
    }

    /// Every element with this role now; an empty `name` stands for any.
    pub fn all(&self, role: &str, name: &str) -> Vec<Element<'_, 's>> {
        self.look(None, role, name, !name.is_empty())
    }

    /// Whether there is such an element now.
    pub fn has(&self, role: &str, name: &str) -> bool {
        !self.look(None, role, name, true).is_empty()
    }

    /// Waits until there is no such element.
    #[track_caller]
    pub fn wait_until_gone(&self, role: &str, name: &str) {
        self.wait_for(&format!("{role} “{name}” to go"), || {
            (!self.has(role, name)).then_some(())
        });
    }

    /// Waits until there is no element with this role whose name begins so.
    #[track_caller]
    pub fn wait_until_gone_beginning(&self, role: &str, name: &str) {
        self.wait_for(&format!("{role} “{name}…” to go"), || {
            self.look(None, role, name, false).is_empty().then_some(())
        });
    }

    /// Waits until the page shows this text somewhere.
    #[track_caller]
    pub fn wait_for_text(&self, text: &str) {
        self.wait_for(&format!("the text “{text}”"), || {
            self.text().contains(text).then_some(())
        });
    }

    /// The element that a CSS selector finds first; for what has no role.
    #[track_caller]
    pub fn css(&self, selector: &str) -> Element<'_, 's> {
        self.wait_for(selector, || {
            let found = self
                .command(
                    "element",
                    &json!({"using": "css selector", "value": selector}),
                )
                .ok()?;
            Element::from(self, &found)
        })
    }

    /// All visible text.
    pub fn text(&self) -> String {
        self.script("return document.body.innerText", &[])
            .as_str()
            .unwrap_or_default()
            .to_owned()
    }

    /// Runs a function body in the page and returns its result.
    pub fn script(&self, body: &str, arguments: &[Value]) -> Value {
        self.command("execute/sync", &json!({"script": body, "args": arguments}))
            .unwrap_or_else(|error| panic!("a script failed: {error}\n{body:.200}"))
    }

    /// Runs a function body whose last argument is the function to call with the result.
    pub fn script_async(&self, body: &str, arguments: &[Value]) -> Value {
        self.command("execute/async", &json!({"script": body, "args": arguments}))
            .unwrap_or_else(|error| panic!("a script failed: {error}\n{body:.200}"))
    }

    /// Presses keys without an element: shortcuts go to whatever has the focus.
    pub fn press(&self, keys: &[Key]) {
        let mut actions = Vec::new();
        for key in keys {
            actions.push(json!({"type": "keyDown", "value": key.code()}));
        }
        for key in keys.iter().rev() {
            actions.push(json!({"type": "keyUp", "value": key.code()}));
        }
        let chain = json!({"actions": [{"type": "key", "id": "keyboard", "actions": actions}]});
        self.command("actions", &chain)
            .expect("keys can be pressed");
    }

    /// Types text without an element: letters go to whatever has the focus.
    pub fn type_text(&self, text: &str) {
        for letter in text.chars() {
            self.press(&[Key::Char(letter)]);
        }
    }

    /// The accessible name of what has the focus.
    pub fn focused_name(&self) -> String {
        let body = format!(
            "{}\nreturn nameOf(document.activeElement);",
            by_role::SCRIPT
        );
        self.script(&body, &[])
            .as_str()
            .unwrap_or_default()
            .to_owned()
    }

    /// A picture of the screen in `target/e2e`, for a person to look at.
    ///
    /// Taken from the screen, because WebKit's own screenshot command never answers without a compositor.
    pub fn screenshot(&self, name: &str) -> PathBuf {
        let path = self.failures.join(format!("{name}.png"));
        let _ = fs::create_dir_all(&self.failures);
        self.session.screenshot(&path);
        path
    }

    /// Waits for something on the page; the report of a vain wait has the page's text and a picture.
    #[track_caller]
    pub fn wait_for<T>(&self, what: &str, ask: impl FnMut() -> Option<T>) -> T {
        let limit = Duration::from_secs(45);
        deadline::within(limit, ask).unwrap_or_else(|| {
            let picture = self.screenshot("failed");
            let tree = self.outline();
            let errors = self.script("return (window.pageErrors ?? []).join('\\n')", &[]);
            let errors = errors.as_str().unwrap_or_default();
            panic!(
                "waited {} s in vain for {what}; picture: {}\n{errors}\nthe page:\n{tree}",
                limit.as_secs(),
                picture.display()
            )
        })
    }

    /// Roles and names of everything on the page that has both, one per line.
    pub fn outline(&self) -> String {
        let body = format!("{}\nreturn outline();", by_role::SCRIPT);
        self.script(&body, &[])
            .as_str()
            .unwrap_or_default()
            .to_owned()
    }

    fn look(
        &self,
        inside: Option<&str>,
        role: &str,
        name: &str,
        whole: bool,
    ) -> Vec<Element<'_, 's>> {
        let body = format!(
            "{}\nreturn byRole(arguments[0], arguments[1], arguments[2], arguments[3]);",
            by_role::SCRIPT
        );
        let inside = inside.map_or(Value::Null, |id| json!({ ELEMENT: id }));
        let found = self.command(
            "execute/sync",
            &json!({"script": body, "args": [inside, role, name, whole]}),
        );
        // While a page is being drawn anew an answer may not come; whoever asks, asks again.
        let Ok(Value::Array(found)) = found else {
            return Vec::new();
        };
        found
            .iter()
            .filter_map(|value| Element::from(self, value))
            .collect()
    }

    fn command(&self, path: &str, body: &Value) -> Result<Value, String> {
        answer_of(wire::post_json(&format!("{}/{path}", self.base), body))
    }
}

fn answer_of(answer: std::io::Result<wire::Answer>) -> Result<Value, String> {
    let answer = answer.map_err(|error| error.to_string())?;
    let value = answer.json()["value"].clone();
    if answer.status == 200 {
        Ok(value)
    } else {
        Err(format!(
            "{}: {}",
            value["error"].as_str().unwrap_or("error"),
            value["message"].as_str().unwrap_or(&answer.body)
        ))
    }
}
