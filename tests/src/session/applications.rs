//! Default applications of the session: which program opens a link of a scheme, as an installed package would say it.

use std::fs;
use std::path::Path;

use super::Session;

impl Session {
    /// Makes `exec` the program that opens links of `schemes`. `%u` in it stands for the link.
    pub fn set_handler(&self, name: &str, exec: &str, schemes: &[&str]) {
        let applications = self.home().join(".local/share/applications");
        let types: String = schemes
            .iter()
            .map(|scheme| format!("x-scheme-handler/{scheme};"))
            .collect();
        let entry = format!(
            "[Desktop Entry]\nType=Application\nName={name}\nExec={exec}\nTerminal=false\nNoDisplay=true\nMimeType={types}\n"
        );
        fs::write(applications.join(format!("{name}.desktop")), entry)
            .expect("a desktop entry can be written");
        self.run(self.command("update-desktop-database").arg(&applications));
        for scheme in schemes {
            self.run(
                self.command("xdg-mime")
                    .arg("default")
                    .arg(format!("{name}.desktop"))
                    .arg(format!("x-scheme-handler/{scheme}")),
            );
        }
    }

    /// Registers the application for its own scheme, as its Debian package does.
    pub fn install_link_handler(&self, application: &Path) {
        self.set_handler(
            "Patchbay",
            &format!("{} %u", application.display()),
            &["dev.patchbay.desktop"],
        );
    }

    /// Opens a link as a person's click would, with whatever the session has for it.
    pub fn open(&self, link: &str) {
        self.run(self.command("xdg-open").arg(link));
    }
}
