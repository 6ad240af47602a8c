//! The system libraries and programs that building and testing need, and how they get onto the machine.
//!
//! Debian and Ubuntu: what is missing is installed, after saying what. Elsewhere: said in that system's own words.
//! Nothing here is guessed from the presence of a file: dpkg is asked.

use std::collections::BTreeSet;
use std::io::{self, IsTerminal};
use std::path::Path;
use std::process::Command;

use crate::step::{self, Outcome};

/// What a command is about to do with the machine.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Build the application and start it.
    Run,
    /// Also run every test.
    Test,
}

const TO_RUN: &[&str] = &[
    "build-essential",
    "desktop-file-utils",
    "libwebkit2gtk-4.1-dev",
    "pkg-config",
    "xdg-utils",
];

const TO_TEST: &[&str] = &[
    "bubblewrap",
    "chromium",
    "dbus",
    "dbus-x11",
    "fonts-dejavu-core",
    "gnome-keyring",
    "imagemagick",
    "libsecret-tools",
    "openbox",
    "procps",
    "python3",
    "python3-venv",
    "shared-mime-info",
    "webkit2gtk-driver",
    "x11-utils",
    "xdotool",
    "xvfb",
];

const FEDORA: &str = "sudo dnf install gcc gcc-c++ make pkgconf-pkg-config webkit2gtk4.1-devel xdg-utils desktop-file-utils";
const FEDORA_TEST: &str = "sudo dnf install bubblewrap chromium dbus-daemon dbus-x11 dejavu-sans-fonts gnome-keyring ImageMagick libsecret \
    openbox procps-ng python3 shared-mime-info webkit2gtk-driver xdotool xorg-x11-server-Xvfb xprop";

/// The families of systems that are treated differently.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum System {
    Debian { chromium_is_a_snap: bool },
    Fedora,
    OtherLinux,
    MacOs,
    Windows,
}

/// Makes sure that what `purpose` needs is there, or says what to install and goes on.
pub fn ensure(purpose: Purpose) -> Outcome {
    match this_system() {
        System::Debian { chromium_is_a_snap } => ensure_debian(purpose, chromium_is_a_snap),
        System::Fedora => {
            step::say(
                "Fedora: Patchbay needs these packages; what is there already stays as it is:",
            );
            step::say(&format!("    {FEDORA}"));
            if purpose == Purpose::Test {
                step::say(&format!("    {FEDORA_TEST}"));
            }
            Ok(())
        }
        System::OtherLinux => {
            step::say(
                "This Linux is neither Debian nor Fedora. Patchbay needs a C compiler, pkg-config, xdg-utils and the",
            );
            step::say(
                "development files of webkit2gtk-4.1; tests also need the programs that README.md lists.",
            );
            Ok(())
        }
        System::MacOs => {
            step::say(
                "macOS: Patchbay needs the command line tools of Xcode (xcode-select --install).",
            );
            Ok(())
        }
        System::Windows => {
            step::say(
                "Windows: Patchbay needs the Visual Studio C++ build tools and the WebView2 runtime (part of Windows 11):",
            );
            step::say(
                "    winget install Microsoft.VisualStudio.2022.BuildTools Microsoft.EdgeWebView2Runtime",
            );
            Ok(())
        }
    }
}

/// Whether the journeys in the real window can run on this system.
pub fn has_journeys() -> bool {
    cfg!(target_os = "linux")
}

fn ensure_debian(purpose: Purpose, chromium_is_a_snap: bool) -> Outcome {
    let wanted = wanted(purpose, chromium_is_a_snap);
    let listing = Command::new("dpkg-query")
        .args(["--show", "--showformat=${db:Status-Abbrev} ${Package}\\n"])
        .args(&wanted)
        .output()
        .map_err(|error| step::fail(&format!("can't ask dpkg what is installed: {error}")))?;
    // dpkg-query fails when one of the packages is unknown to it; what it does know is on its output all the same.
    let missing = missing(&wanted, &String::from_utf8_lossy(&listing.stdout));
    if missing.is_empty() {
        return Ok(());
    }
    step::say(&format!(
        "These system packages are missing and will be installed: {}",
        missing.join(" ")
    ));
    let root = step::answer("id", &["-u"]).as_deref() == Some("0");
    if !root {
        step::say("Installing needs sudo.");
    }
    let asks = io::stdin().is_terminal() && std::env::var_os("CI").is_none();
    let apt = |arguments: &[&str]| apt_get(root, asks, arguments);
    let mut install = vec!["install", "--yes", "--no-install-recommends"];
    install.extend(&missing);
    if has_package_lists() && step::run("install system packages", &mut apt(&install)).is_ok() {
        return Ok(());
    }
    step::run("refresh the list of system packages", &mut apt(&["update"]))?;
    step::run("install system packages", &mut apt(&install))
}

fn wanted(purpose: Purpose, chromium_is_a_snap: bool) -> Vec<&'static str> {
    let mut wanted = TO_RUN.to_vec();
    if purpose == Purpose::Test {
        wanted.extend(TO_TEST);
    }
    // A snap can't be started with a home of the test's own; the journeys look for another Chromium there.
    wanted.retain(|package| !(chromium_is_a_snap && *package == "chromium"));
    wanted
}

fn missing<'a>(wanted: &[&'a str], listing: &str) -> Vec<&'a str> {
    let installed: BTreeSet<&str> = listing
        .lines()
        .filter_map(|line| line.strip_prefix("ii ").map(str::trim))
        .collect();
    wanted
        .iter()
        .copied()
        .filter(|package| !installed.contains(package))
        .collect()
}

fn apt_get(root: bool, asks: bool, arguments: &[&str]) -> Command {
    let mut words: Vec<&str> = Vec::new();
    if !root {
        words.push("sudo");
        // sudo asks at the terminal itself; without one it must fail at once instead of waiting.
        if !asks {
            words.push("--non-interactive");
        }
    }
    words.extend(["env", "DEBIAN_FRONTEND=noninteractive", "apt-get"]);
    words.extend(arguments);
    let mut command = Command::new(words[0]);
    command.args(&words[1..]);
    command
}

fn has_package_lists() -> bool {
    std::fs::read_dir("/var/lib/apt/lists").is_ok_and(|entries| {
        entries
            .flatten()
            .any(|entry| entry.file_name().to_string_lossy().contains("_Packages"))
    })
}

fn this_system() -> System {
    if cfg!(target_os = "macos") {
        return System::MacOs;
    }
    if cfg!(target_os = "windows") {
        return System::Windows;
    }
    let release = std::fs::read_to_string("/etc/os-release").unwrap_or_default();
    linux_from(&release, Path::new("/usr/bin/apt-get").exists())
}

fn linux_from(os_release: &str, has_apt: bool) -> System {
    let value = |key: &str| {
        os_release
            .lines()
            .find_map(|line| line.strip_prefix(key)?.strip_prefix('='))
            .unwrap_or_default()
            .trim_matches('"')
            .to_owned()
    };
    let families = format!("{} {}", value("ID"), value("ID_LIKE"));
    let is = |name: &str| families.split_whitespace().any(|family| family == name);
    if has_apt && (is("debian") || is("ubuntu")) {
        System::Debian {
            chromium_is_a_snap: is("ubuntu"),
        }
    } else if is("fedora") || is("rhel") {
        System::Fedora
    } else {
        System::OtherLinux
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_dpkg_calls_installed_counts() {
        let listing = "ii  xvfb\nrc  openbox\nun  chromium\nii  dbus\n";
        assert_eq!(
            missing(&["xvfb", "openbox", "chromium", "dbus", "xdotool"], listing),
            ["openbox", "chromium", "xdotool"],
            "a removed package with its settings left (rc) is missing too"
        );
    }

    #[test]
    fn running_needs_no_test_program() {
        let wanted = wanted(Purpose::Run, false);
        assert!(!wanted.contains(&"chromium") && wanted.contains(&"libwebkit2gtk-4.1-dev"));
    }

    #[test]
    fn ubuntu_is_not_given_the_chromium_snap() {
        let ubuntu = "NAME=\"Ubuntu\"\nID=ubuntu\nID_LIKE=debian\n";
        assert_eq!(
            linux_from(ubuntu, true),
            System::Debian {
                chromium_is_a_snap: true
            }
        );
        assert!(!wanted(Purpose::Test, true).contains(&"chromium"));
        assert_eq!(
            linux_from("ID=debian\n", true),
            System::Debian {
                chromium_is_a_snap: false
            }
        );
        assert!(wanted(Purpose::Test, false).contains(&"chromium"));
    }

    #[test]
    fn fedora_and_its_relatives_are_told_dnf() {
        assert_eq!(linux_from("ID=fedora\n", false), System::Fedora);
        assert_eq!(
            linux_from("ID=rocky\nID_LIKE=\"rhel centos fedora\"\n", false),
            System::Fedora
        );
        assert_eq!(linux_from("ID=arch\n", false), System::OtherLinux);
    }

    #[test]
    fn root_installs_without_sudo_and_no_terminal_means_no_question() {
        let words = |command: &Command| {
            let mut words = vec![command.get_program().to_string_lossy().into_owned()];
            words.extend(
                command
                    .get_args()
                    .map(|word| word.to_string_lossy().into_owned()),
            );
            words.join(" ")
        };
        assert_eq!(
            words(&apt_get(true, false, &["update"])),
            "env DEBIAN_FRONTEND=noninteractive apt-get update"
        );
        assert_eq!(
            words(&apt_get(false, false, &["update"])),
            "sudo --non-interactive env DEBIAN_FRONTEND=noninteractive apt-get update"
        );
        assert_eq!(
            words(&apt_get(false, true, &["update"])),
            "sudo env DEBIAN_FRONTEND=noninteractive apt-get update"
        );
    }
}
