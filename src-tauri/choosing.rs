//! Files that a person chooses or wants to see: the desktop's own choosers and file browser, asked from Rust only.

use std::path::Path;

use patchbay_core::{Code, Error, Result};
use serde::Deserialize;
use tauri::{AppHandle, Manager as _, Wry};
use tauri_plugin_dialog::DialogExt as _;
use tokio::sync::oneshot;

/// What is asked for.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Choose {
    File,
    Folder,
    /// A place for a new file.
    Save,
}

/// The path that the person chose; `None` when the chooser was closed. `name` is offered for a new file.
pub async fn path(
    app: &AppHandle<Wry>,
    kind: Choose,
    name: Option<String>,
) -> Result<Option<String>> {
    let mut chooser = app.dialog().file();
    if let Some(window) = app.get_webview_window("main") {
        chooser = chooser.set_parent(&window);
    }
    if let Some(name) = name {
        chooser = chooser.set_file_name(name);
    }
    let (sender, chosen) = oneshot::channel();
    let answer = move |path| {
        let _ = sender.send(path);
    };
    match kind {
        Choose::File => chooser.pick_file(answer),
        Choose::Folder => chooser.pick_folder(answer),
        Choose::Save => chooser.save_file(answer),
    }
    Ok(chosen.await.ok().flatten().map(|path| path.to_string()))
}

/// Shows a file in the desktop's file browser. Nothing is run: a folder is opened, never the file.
///
/// # Errors
/// `NotFound` when neither the file nor its folder is there; `Unsupported` when the desktop has no file browser.
pub fn show(file: &Path) -> Result<()> {
    if file.exists() && tauri_plugin_opener::reveal_item_in_dir(file).is_ok() {
        return Ok(());
    }
    let folder = file.parent().filter(|folder| folder.is_dir());
    let folder = folder.ok_or_else(|| {
        let message = format!("{} isn't there any more", file.display());
        Error::new(Code::NotFound, message)
    })?;
    tauri_plugin_opener::open_path(folder, None::<&str>).map_err(|_| {
        let message = "the desktop has no program that shows folders";
        Error::new(Code::Unsupported, message).with_hint(format!("The file is {}.", file.display()))
    })
}
