//! Whether the workspace's folder is a place for a database: on this computer, and copied by nobody else.
//!
//! On a network file system locks and the log may not hold; a program that syncs the folder copies the database and its
//! log at different moments and may put an older one back. Neither stops the workspace from opening: where the desktop
//! keeps data isn't always the person's choice.

use std::path::{Component, Path, Prefix};

/// Folders of programs that sync, by the beginning of their name in lower case.
const SYNCED: [(&str, &str); 12] = [
    ("dropbox", "Dropbox"),
    ("onedrive", "OneDrive"),
    ("icloud drive", "iCloud"),
    ("iclouddrive", "iCloud"),
    ("mobile documents", "iCloud"),
    ("cloudstorage", "a cloud drive"),
    ("google drive", "Google Drive"),
    ("googledrive", "Google Drive"),
    ("nextcloud", "Nextcloud"),
    ("owncloud", "ownCloud"),
    ("pclouddrive", "pCloud"),
    ("syncthing", "Syncthing"),
];

/// File systems whose files lie on another computer, as Linux names them.
const NETWORK: [&str; 12] = [
    "nfs",
    "nfs4",
    "cifs",
    "smb3",
    "smbfs",
    "afs",
    "ceph",
    "davfs",
    "fuse.sshfs",
    "fuse.rclone",
    "fuse.davfs2",
    "fuse.glusterfs",
];

/// What to tell the person about this folder, if anything. `mounts` is Linux's `/proc/self/mountinfo`; empty elsewhere.
pub(super) fn warning(folder: &Path, mounts: &str) -> Option<String> {
    if let Some(program) = synced_by(folder) {
        return Some(format!(
            "The workspace lies in a folder that {program} syncs, which can damage its database or bring back an older \
             one. Leave this folder out of syncing: {}",
            folder.display()
        ));
    }
    is_remote(folder, mounts).then(|| {
        format!(
            "The workspace lies on a network drive, where its database can be damaged when the connection breaks. Let \
             application data lie on this computer: {}",
            folder.display()
        )
    })
}

/// The mounts of this computer, where it tells them.
pub(super) fn mounts() -> String {
    match cfg!(target_os = "linux") {
        true => std::fs::read_to_string("/proc/self/mountinfo").unwrap_or_default(),
        false => String::new(),
    }
}

fn synced_by(folder: &Path) -> Option<&'static str> {
    folder.components().find_map(|part| {
        let name = part.as_os_str().to_str()?.to_lowercase();
        let known = SYNCED.iter().find(|(start, _)| {
            // "OneDrive - Northwind", "Dropbox (Personal)".
            let rest = name.strip_prefix(start);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', '-']))
        });
        known.map(|(_, program)| *program)
    })
}

fn is_remote(folder: &Path, mounts: &str) -> bool {
    let unc = matches!(
        folder.components().next(),
        Some(Component::Prefix(prefix))
            if matches!(prefix.kind(), Prefix::UNC(..) | Prefix::VerbatimUNC(..))
    );
    unc || folder.starts_with("/Network")
        || file_system(folder, mounts).is_some_and(|kind| NETWORK.contains(&kind))
}

/// The file system that the folder is on: that of the longest mount point above it, the last one where several are at
/// the same.
fn file_system<'a>(folder: &Path, mounts: &'a str) -> Option<&'a str> {
    let mount = |line: &'a str| {
        let (before, after) = line.split_once(" - ")?;
        let point = unescaped(before.split(' ').nth(4)?);
        let kind = after.split(' ').next()?;
        folder.starts_with(&point).then_some((point.len(), kind))
    };
    let found = mounts.lines().filter_map(mount);
    found
        .max_by_key(|(length, _)| *length)
        .map(|(_, kind)| kind)
}

/// Mount points hold spaces, tabs, line ends and backslashes as octal numbers.
fn unescaped(point: &str) -> String {
    point
        .replace("\\040", " ")
        .replace("\\011", "\t")
        .replace("\\012", "\n")
        .replace("\\134", "\\")
}

#[cfg(test)]
mod tests {
    use super::*;

    const MOUNTS: &str = "\
22 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw
40 22 0:35 / /home rw,relatime shared:20 - nfs4 server:/home rw
41 40 254:1 / /home/ann/local\\040disk rw shared:3 - xfs /dev/vdb rw
42 22 0:40 / /mnt/keys rw shared:4 - fuse.sshfs ann@host: rw
43 22 0:41 / /mnt/vault rw shared:5 - fuse.gocryptfs /x rw";

    fn warned(folder: &str) -> bool {
        warning(Path::new(folder), MOUNTS).is_some()
    }

    #[test]
    fn a_network_drive_is_told_from_one_of_this_computer() {
        assert!(warned("/home/ann/.local/share/patchbay"), "NFS");
        assert!(warned("/mnt/keys/patchbay"), "over SSH");
        assert!(warned("/Network/Servers/home/ann"), "macOS");
        for own in [
            "/var/lib/patchbay",
            "/home/ann/local disk/patchbay",
            "/mnt/vault/patchbay",
            "/homes/ann",
        ] {
            assert!(!warned(own), "{own}");
        }
        assert!(
            warning(Path::new("/home/ann"), "").is_none(),
            "no list of mounts, no claim"
        );
        assert!(warning(Path::new("/home/ann"), "half a line - nfs").is_none());
    }

    #[cfg(windows)]
    #[test]
    fn a_share_of_another_computer_is_a_network_drive() {
        assert!(warned(r"\\server\home\ann\patchbay"));
        assert!(!warned(r"C:\Users\ann\AppData\Roaming\patchbay"));
    }

    #[test]
    fn a_synced_folder_is_named_with_its_program() {
        for (folder, program) in [
            ("/var/ann/Dropbox/patchbay", "Dropbox"),
            ("/var/ann/Dropbox (Personal)/patchbay", "Dropbox"),
            ("/var/ann/OneDrive - Northwind/x", "OneDrive"),
            (
                "/Users/ann/Library/Mobile Documents/com~apple~CloudDocs/x",
                "iCloud",
            ),
            (
                "/Users/ann/Library/CloudStorage/GoogleDrive-a@b/x",
                "a cloud drive",
            ),
            ("/var/ann/Nextcloud/x", "Nextcloud"),
        ] {
            let said = warning(Path::new(folder), MOUNTS).expect(folder);
            assert!(said.contains(program) && said.contains(folder), "{said}");
        }
        for own in [
            "/var/dropboxes/x",
            "/var/ann/not Dropbox/x",
            "/var/ann/Desktop/x",
        ] {
            assert!(!warned(own), "{own}");
        }
    }
}
