//! Everything that the application says to its console: the answer to every command, and every event.
//!
//! Both arrive in the page through one table of callbacks, whichever way they came. The table is watched from the
//! outside, as a script in the page could.

use patchbay_tests::webdriver::Window;
use serde_json::Value;

/// Records from now on, until the page is loaded anew.
pub fn record(window: &Window<'_>) {
    window.script(
        "const heard = (window.heard = []);
         const commands = new Map();
         const send = window.fetch;
         window.fetch = (address, options) => {
           const headers = new Headers(options?.headers);
           const command = decodeURIComponent(String(address).split('/').pop());
           commands.set(headers.get('Tauri-Callback'), command);
           commands.set(headers.get('Tauri-Error'), command + ' (refused)');
           return send.call(window, address, options);
         };
         const { callbacks } = window.__TAURI_INTERNALS__;
         const get = callbacks.get;
         callbacks.get = (id) => {
           const run = get.call(callbacks, id);
           return run && ((said) => {
             heard.push([commands.get(String(id)) ?? 'event', JSON.stringify(said) ?? '']);
             return run(said);
           });
         };",
        &[],
    );
}

/// What was heard since, in order: the command, or `event`, and the JSON of what was said.
pub fn recorded(window: &Window<'_>) -> Vec<(String, String)> {
    let heard = window.script("return window.heard", &[]);
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    heard
        .as_array()
        .expect("the recording has begun, and the page was not loaded anew")
        .iter()
        .map(|pair| (text(&pair[0]), text(&pair[1])))
        .collect()
}
