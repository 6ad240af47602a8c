//! The one window: made in code, kept on its own pages, raised when something wants the person.

use tauri::{AppHandle, Manager as _, WebviewUrl, WebviewWindowBuilder, Wry};

/// Opens the window. It can show nothing but the console: every other address is refused (the content security policy
/// doesn't cover top-level navigation).
///
/// # Errors
/// When the desktop gives no window.
pub fn open(app: &AppHandle<Wry>) -> tauri::Result<()> {
    let mut window = WebviewWindowBuilder::new(app, "main", WebviewUrl::default())
        .title("Patchbay")
        .inner_size(1280.0, 800.0)
        .min_inner_size(960.0, 640.0)
        .disable_drag_drop_handler()
        .on_navigation(is_ours)
        .on_new_window(|_, _| tauri::webview::NewWindowResponse::Deny);
    // What the web view writes for itself is of no value to the person and doesn't belong beside the workspace.
    // Without effect on macOS, which has a place of its own for it.
    if let Ok(cache) = app.path().app_cache_dir() {
        window = window.data_directory(cache.join("webview"));
    }
    window.build()?;
    Ok(())
}

/// `tauri://localhost`, or `http(s)://tauri.localhost` on Windows.
fn is_ours(url: &url::Url) -> bool {
    match url.scheme() {
        "tauri" => url.host_str() == Some("localhost"),
        "http" | "https" => url.host_str() == Some("tauri.localhost"),
        _ => false,
    }
}

pub fn raise(app: &AppHandle<Wry>) {
    if let Some(window) = app.get_webview_window("main") {
        let _ = window.unminimize();
        let _ = window.show();
        let _ = window.set_focus();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_window_stays_on_the_console() {
        let ours = |address: &str| is_ours(&url::Url::parse(address).unwrap());
        assert!(ours("tauri://localhost/index.html"));
        assert!(ours("http://tauri.localhost/"));
        for other in [
            "http://127.0.0.1:9400/",
            "https://tauri.localhost.evil.example/",
            "tauri://evil.example/",
            "file:///etc/passwd",
            "about:blank",
        ] {
            assert!(!ours(other), "{other}");
        }
    }
}
