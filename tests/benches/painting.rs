//! From a person's input to what it brought on the screen, in the window: lists of 100,000 connections, the selector of
//! connectors, the page of 10,000 flows.
//!
//! The page itself takes the times: from the input event to the end of the frame that shows the answer. So the wait for
//! the next frame (up to 16 ms) and any pause the console makes for typing fingers are in them.

use std::thread;
use std::time::Duration;

use patchbay_tests::flow_generator::{self, Shape};
use patchbay_tests::webdriver::{Key, Window};
use serde_json::json;

use crate::stage::Stage;
use crate::table::row;

/// Repetitions of each measurement.
const ROUNDS: usize = 11;
const PAINTED: &str = "≤ 50 ms";
const ONE_FRAME: &str = "one frame, 16 ms";

/// `measure(act, seen)`: how long from `act` until `seen` has been painted.
const MEASURE: &str = "
    const done = arguments[arguments.length - 1];
    const table = () => document.querySelector('[aria-rowcount]');
    const rows = () => Number(table()?.getAttribute('aria-rowcount') ?? 0) - 1;
    const first = () => table()?.querySelector('[data-index=\"0\"]')?.textContent;
    const there = (index) => table()?.querySelector(`[data-index=\"${index}\"]:not(:has(.coming))`);
    const button = (name) => [...document.querySelectorAll('button')].find((one) => one.textContent.trim().startsWith(name));
    function measure(act, seen) {
        let started;
        const watch = new MutationObserver(() => {
            if (!seen()) return;
            watch.disconnect();
            requestAnimationFrame(() => setTimeout(() => done(performance.now() - started)));
        });
        watch.observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true });
        started = performance.now();
        act();
    }
";

/// Types `arguments[0]` into the search at once; done when the number of rows has changed.
const SEARCH: &str = "
    const field = document.querySelector('input[type=search]');
    const before = rows();
    measure(() => {
        field.value = arguments[0];
        field.dispatchEvent(new InputEvent('input', { bubbles: true }));
    }, () => rows() !== before);
";

/// Clicks the heading of the column `arguments[0]`; done when another row is the first.
const SORT: &str = "
    const before = first();
    const heading = [...document.querySelectorAll('[role=columnheader] button')].find((one) => one.textContent.trim() === arguments[0]);
    measure(() => heading.click(), () => first() !== before);
";

/// Drags the scroll bar to `arguments[0]` of the height; done when rows that weren't there before fill the view.
const SCROLL: &str = "
    const drawn = () => [...table().querySelectorAll('[data-index]')];
    const before = Math.max(...drawn().map((row) => Number(row.dataset.index)));
    measure(() => { table().scrollTop = arguments[0] * table().scrollHeight; },
        () => drawn().every((row) => Number(row.dataset.index) > before && !row.querySelector('.coming')));
";

/// Presses New connection; done when the connectors that fit into the dialog are there.
const SELECTOR: &str = "
    measure(() => button('New connection').click(), () => document.querySelectorAll('[role=dialog] .grid button').length >= 20);
";

/// Goes to the page `arguments[0]`, whose table has the role `arguments[1]`; done when its first rows are there.
const PAGE: &str = "
    measure(() => button(arguments[0]).click(), () => table()?.getAttribute('role') === arguments[1] && there(0) && there(9));
";

/// Measures and prints.
pub fn measure() {
    let stage = Stage::new();
    println!("| in the window, until painted | median | slowest | budget |\n|---|---|---|---|");
    lists(&stage);
    flows(&stage);
}

fn lists(stage: &Stage) {
    stage.make_workspace("100,000", 100_000, &[]);
    stage.enter("100,000");
    let window = stage.open(&stage.application);
    window.find("grid", "Connections");
    for (what, word) in [
        ("100,000 connections: search, one hit: “054321”", "054321"),
        ("… search, 12,500 hits: “payments”", "payments"),
        ("… search, two letters: “gi”", "gi"),
        ("… search, no hit: “zzzz”", "zzzz"),
    ] {
        let mut times = Vec::new();
        for _ in 0..ROUNDS {
            times.push(once(&window, SEARCH, &[word]));
            once(&window, SEARCH, &[""]);
        }
        row(what, times, PAINTED);
    }
    for (what, column) in [
        ("… sort by account", "Account"),
        ("… sort by last test", "Last tested"),
    ] {
        let mut times = Vec::new();
        for _ in 0..ROUNDS {
            times.push(once(&window, SORT, &[column]));
            once(&window, SORT, &["Name"]);
        }
        row(what, times, PAINTED);
    }
    let mut far = Vec::new();
    for round in 0..ROUNDS {
        // Each time somewhere else, where no row is at hand.
        let to = (1.0 + 8.0 * round as f64) / 100.0;
        far.push(time(&window, SCROLL, &[json!(to)]));
    }
    row("… a drag of the scroll bar", far, PAINTED);
    selector(&window);
    stage.close(window);
}

fn selector(window: &Window<'_>) {
    let mut times = Vec::new();
    for _ in 0..ROUNDS {
        times.push(once(window, SELECTOR, &[]));
        window.press(&[Key::Escape]);
        window.wait_until_gone("dialog", "New connection");
    }
    row("the selector, with every connector", times, ONE_FRAME);
}

fn flows(stage: &Stage) {
    const FLOWS: usize = 10_000;
    const EXPORT: usize = 500;
    let folder = stage.session.home().join("exports");
    std::fs::create_dir_all(&folder).unwrap();
    for index in 0..FLOWS / EXPORT {
        let shape = Shape {
            seed: index as u64 + 1,
            export: index as u64 + 1,
            flows: EXPORT,
            cards: 6,
            connections: 200,
            folders: 10,
            version: "1.5.0",
        };
        let export = flow_generator::export(&shape);
        std::fs::write(folder.join(format!("export-{index}.folder")), export).unwrap();
    }
    stage.make_workspace("flows", 200, &["--for-flows"]);
    stage.enter("flows");
    let window = stage.open(&stage.application);
    window.find("grid", "Connections");
    // What the button in *Add flows* asks for.
    let added = window.script_async(
        "const done = arguments[1];
        window.__TAURI_INTERNALS__.invoke('add_flow_source', { path: arguments[0] }).then(() => done(true), done);",
        &[json!(folder)],
    );
    assert_eq!(added, true, "the exports are read");
    let mut times = Vec::new();
    let mut back = Vec::new();
    for _ in 0..ROUNDS {
        times.push(once(&window, PAGE, &["Flows", "treegrid"]));
        back.push(once(&window, PAGE, &["Connections", "grid"]));
    }
    row("the page of 10,000 flows", times, ONE_FRAME);
    row("back to the page of connections", back, ONE_FRAME);
    stage.close(window);
}

fn once(window: &Window<'_>, act: &str, words: &[&str]) -> f64 {
    let words: Vec<_> = words.iter().map(|word| json!(word)).collect();
    time(window, act, &words)
}

fn time(window: &Window<'_>, act: &str, arguments: &[serde_json::Value]) -> f64 {
    // What the last one left behind (icons, counts) is over.
    thread::sleep(Duration::from_millis(250));
    let taken = window.script_async(&format!("{MEASURE}{act}"), arguments);
    taken
        .as_f64()
        .unwrap_or_else(|| panic!("no time came: {taken}"))
}
