//! One element of the page.

use serde_json::{Value, json};

use super::{ELEMENT, Key, Window};

/// A reference to an element; it stays valid until the page removes it.
pub struct Element<'w, 's> {
    window: &'w Window<'s>,
    id: String,
}

impl<'w, 's> Element<'w, 's> {
    pub(super) fn from(window: &'w Window<'s>, reference: &Value) -> Option<Self> {
        let id = reference[ELEMENT].as_str()?.to_owned();
        Some(Self { window, id })
    }

    /// Clicks in its middle, as a person does: what covers it gets the click and fails this one.
    #[track_caller]
    pub fn click(&self) {
        self.window
            .wait_for("a click", || self.try_click().then_some(()));
    }

    /// Clicks once; false when it can't be clicked now, can't be used now, or is no longer on the page.
    pub fn try_click(&self) -> bool {
        // The driver takes a click on a disabled button for one that was made.
        let usable = self.window.command(
            "execute/sync",
            &json!({ "script": "return arguments[0].disabled !== true", "args": [self.reference()] }),
        );
        let path = format!("element/{}/click", self.id);
        usable.is_ok_and(|usable| usable == true) && self.window.command(&path, &json!({})).is_ok()
    }

    /// Replaces what is in a text field by `text`, key by key.
    #[track_caller]
    pub fn fill(&self, text: &str) {
        // A dialog scrolls inside itself, which the driver doesn't see to.
        self.window.script(
            "arguments[0].scrollIntoView({ block: 'center' })",
            &[self.reference()],
        );
        let clear = format!("element/{}/clear", self.id);
        self.window.wait_for("a text field to clear", || {
            self.window.command(&clear, &json!({})).ok()
        });
        if text.is_empty() {
            // The driver's clearing is no input to the page; a letter and its removal are.
            self.type_text("x\u{e003}");
        } else {
            self.type_text(text);
        }
    }

    /// Types at its end.
    pub fn type_text(&self, text: &str) {
        let path = format!("element/{}/value", self.id);
        self.window
            .command(&path, &json!({"text": text}))
            .expect("it takes keys");
    }

    /// Presses one key in it.
    pub fn press(&self, key: Key) {
        self.type_text(&key.code());
    }

    /// Its visible text.
    pub fn text(&self) -> String {
        self.property("innerText")
            .as_str()
            .unwrap_or_default()
            .to_owned()
    }

    /// What is in a text field.
    pub fn value(&self) -> String {
        self.property("value")
            .as_str()
            .unwrap_or_default()
            .to_owned()
    }

    /// An attribute, if it is there.
    pub fn attribute(&self, name: &str) -> Option<String> {
        let value = self.window.script(
            "return arguments[0].getAttribute(arguments[1])",
            &[self.reference(), name.into()],
        );
        value.as_str().map(str::to_owned)
    }

    /// A property of the DOM object.
    pub fn property(&self, name: &str) -> Value {
        self.window.script(
            "return arguments[0][arguments[1]]",
            &[self.reference(), name.into()],
        )
    }

    /// What the page says is wrong with what is in this field; empty when nothing is.
    pub fn problem(&self) -> String {
        let said = self.window.script(
            "const ids = (arguments[0].getAttribute('aria-describedby') ?? '').split(' ').filter((id) => id.endsWith('-error'));
             return arguments[0].getAttribute('aria-invalid') === 'true'
               ? ids.map((id) => document.getElementById(id)?.innerText ?? '').join(' ') : '';",
            &[self.reference()],
        );
        said.as_str().unwrap_or_default().to_owned()
    }

    /// Puts text there as a paste does, with characters that no key types.
    pub fn paste(&self, text: &str) {
        self.window.script(
            "arguments[0].focus(); arguments[0].value = arguments[1];
             arguments[0].dispatchEvent(new InputEvent('input', { bubbles: true, inputType: 'insertFromPaste' }));",
            &[self.reference(), text.into()],
        );
    }

    /// Whether a control can't be used now.
    pub fn is_disabled(&self) -> bool {
        self.property("disabled") == true
            || self.attribute("aria-disabled").as_deref() == Some("true")
    }

    /// Whether a checkbox, radio button or switch is on.
    pub fn is_checked(&self) -> bool {
        self.property("checked") == true
            || self.attribute("aria-checked").as_deref() == Some("true")
    }

    /// The element inside it with this role and name; waits for it.
    #[track_caller]
    pub fn find(&self, role: &str, name: &str) -> Element<'w, 's> {
        self.window
            .wait_for(&format!("{role} “{name}” inside"), || {
                self.window
                    .look(Some(&self.id), role, name, true)
                    .into_iter()
                    .next()
            })
    }

    /// The element inside it with this role whose name begins so; waits for it.
    #[track_caller]
    pub fn find_beginning(&self, role: &str, name: &str) -> Element<'w, 's> {
        self.window
            .wait_for(&format!("{role} “{name}…” inside"), || {
                self.window
                    .look(Some(&self.id), role, name, false)
                    .into_iter()
                    .next()
            })
    }

    /// Every element inside it with this role; an empty `name` stands for any.
    pub fn all(&self, role: &str, name: &str) -> Vec<Element<'w, 's>> {
        self.window
            .look(Some(&self.id), role, name, !name.is_empty())
    }

    fn reference(&self) -> Value {
        json!({ ELEMENT: self.id })
    }
}
