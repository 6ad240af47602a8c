//! An empty window of the same toolkit, built as the application is: what first rows and memory are compared with.
//! Started by `cargo xtask bench`; no part of the application.

fn main() {
    tauri::Builder::default()
        .setup(|app| {
            tauri::WebviewWindowBuilder::new(app, "main", tauri::WebviewUrl::default())
                .title("Empty")
                .inner_size(1280.0, 800.0)
                .build()?;
            Ok(())
        })
        .run(tauri::generate_context!(
            "tests/benches/empty_window/tauri.conf.json"
        ))
        .expect("the desktop gives the window its event loop");
}
