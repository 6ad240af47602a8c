//! The desktop's own file chooser, answered as a person does: a path typed on the keyboard, and Enter.

use std::path::Path;
use std::time::Duration;

use super::Session;
use crate::deadline;

/// What GTK calls its choosers.
const TITLES: &str = "^(Open|Save|Select|Choose)";

impl Session {
    /// Types a path into the file chooser that is about to open, and confirms it. Returns when the chooser is closed.
    pub fn choose_file(&self, path: &Path) {
        let chooser = deadline::until("the file chooser", || self.open_chooser());
        let typed = deadline::within(Duration::from_secs(45), || {
            // The first keys may come before the chooser listens: then it is still open, and they are typed anew.
            self.run(
                self.command("xdotool")
                    .args(["windowactivate", "--sync", &chooser]),
            );
            // Whatever name is offered is replaced; a `/` elsewhere opens the place where a path is typed.
            self.run(self.command("xdotool").args(["key", "ctrl+a"]));
            let path = path.to_str().expect("a test's paths are Unicode");
            self.run(
                self.command("xdotool")
                    .args(["type", "--delay", "15", path]),
            );
            self.run(self.command("xdotool").args(["key", "Return"]));
            deadline::within(Duration::from_secs(5), || {
                self.open_chooser().is_none().then_some(())
            })
        });
        assert!(typed.is_some(), "the file chooser stays open");
    }

    /// Closes the file chooser that is about to open, choosing nothing.
    pub fn close_file_chooser(&self) {
        let chooser = deadline::until("the file chooser", || self.open_chooser());
        self.run(
            self.command("xdotool")
                .args(["windowactivate", "--sync", &chooser]),
        );
        deadline::until("the file chooser to close", || {
            self.run(self.command("xdotool").args(["key", "Escape"]));
            self.open_chooser().is_none().then_some(())
        });
    }

    fn open_chooser(&self) -> Option<String> {
        let found = self
            .command("xdotool")
            .args(["search", "--onlyvisible", "--name", TITLES])
            .output()
            .ok()?;
        let found = String::from_utf8_lossy(&found.stdout);
        found.lines().next().map(str::to_owned)
    }
}
