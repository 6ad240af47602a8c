//! The database's file and folder before SQLite touches them: permissions, whether they can be written, and whose
//! they are. A foreign or newer file is found out here, so that opening can't change it.

use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Read as _};
use std::path::{Path, PathBuf};

use super::fault::{damaged, map_io, read_only};
use crate::{Code, Error, Result};

/// `PtBy`: what a database of ours says in its header (PRAGMA application_id).
pub(super) const APPLICATION_ID: i32 = 0x5074_4279;

/// How the file may be opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Access {
    ReadWrite,
    ReadOnly,
}

/// Makes folder and file ready, readable for their owner only, and says how the file can be opened.
///
/// # Errors
/// `DatabaseReadOnly` when there is no file and none can be made.
pub(super) fn prepare(path: &Path) -> Result<Access> {
    let folder = folder(path);
    create_folder(&folder).map_err(|error| map_io("create Patchbay's data folder", &error))?;
    tighten(&folder, 0o700);
    let access = if folder_writable(&folder) {
        Access::ReadWrite
    } else {
        Access::ReadOnly
    };
    match fs::metadata(path) {
        Ok(facts) => {
            tighten(path, 0o600);
            let writable = !facts.permissions().readonly()
                && OpenOptions::new().write(true).open(path).is_ok();
            Ok(if writable { access } else { Access::ReadOnly })
        }
        Err(error) if error.kind() == ErrorKind::NotFound => match access {
            Access::ReadWrite => {
                create_file(path).map_err(|error| map_io("create the database", &error))?;
                Ok(access)
            }
            Access::ReadOnly => Err(read_only()),
        },
        Err(error) => Err(map_io("read the database", &error)),
    }
}

/// Refuses a file that is no SQLite database, another program's, or of a newer version, without changing it.
///
/// # Errors
/// `DatabaseDamaged` or `DatabaseNewer`.
pub(super) fn inspect(path: &Path, newest: i64) -> Result<()> {
    let mut header = Vec::with_capacity(100);
    File::open(path)
        .and_then(|file| file.take(100).read_to_end(&mut header))
        .map_err(|error| map_io("read the database", &error))?;
    if header.is_empty() {
        return Ok(());
    }
    if header.len() < 100 || !header.starts_with(b"SQLite format 3\0") {
        return Err(damaged("the database is damaged: it lacks its header"));
    }
    // Big-endian fields of the header (sqlite.org/fileformat.html 1.3). A new file may have them in its log only.
    let field = |at: usize| {
        i32::from_be_bytes([header[at], header[at + 1], header[at + 2], header[at + 3]])
    };
    whose(field(68), field(60), newest)
}

/// As [`inspect`], from what SQLite itself says.
pub(super) fn whose(application_id: i32, user_version: i32, newest: i64) -> Result<()> {
    if application_id != APPLICATION_ID && application_id != 0 {
        return Err(damaged("this file is another program's database")
            .with_hint("Move the file away; Patchbay then starts with an empty workspace."));
    }
    if i64::from(user_version) > newest {
        return Err(Error::new(
            Code::DatabaseNewer,
            "this workspace was made by a newer version of Patchbay: nothing was changed",
        )
        .with_hint("Install the newest version of Patchbay."));
    }
    Ok(())
}

/// Whether a write-ahead log was left: the last owner ended without closing the database.
pub(super) fn has_log(path: &Path) -> bool {
    let mut log = path.as_os_str().to_owned();
    log.push("-wal");
    fs::metadata(PathBuf::from(log)).is_ok_and(|facts| facts.len() > 0)
}

pub(super) fn folder(path: &Path) -> PathBuf {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder.to_owned(),
        _ => PathBuf::from("."),
    }
}

fn folder_writable(folder: &Path) -> bool {
    // Root may write anywhere; a folder without any write permission is meant to stay as it is.
    #[cfg(unix)]
    if fs::metadata(folder).is_ok_and(|facts| facts.permissions().readonly()) {
        return false;
    }
    let probe = folder.join(format!(".write-{}", std::process::id()));
    match File::create(&probe) {
        Ok(_) => {
            let _ = fs::remove_file(&probe);
            true
        }
        Err(error) => !matches!(
            error.kind(),
            ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem
        ),
    }
}

/// A folder that only its owner may enter.
pub(super) fn create_folder(folder: &Path) -> std::io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// An empty file that only its owner may read. SQLite gives its log the same permissions.
pub(super) fn create_file(path: &Path) -> std::io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// Takes away what `mode` doesn't allow; never adds anything.
#[cfg(unix)]
fn tighten(path: &Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt as _;
    if let Ok(facts) = fs::metadata(path) {
        let now = facts.permissions().mode() & 0o777;
        if now & !mode != 0
            && fs::set_permissions(path, fs::Permissions::from_mode(now & mode)).is_err()
        {
            tracing::warn!("others may read Patchbay's data folder, and that can't be changed");
        }
    }
}

/// On Windows the profile's access list keeps others out.
#[cfg(not(unix))]
fn tighten(_path: &Path, _mode: u32) {}

/// Makes a created or renamed entry of the folder durable.
pub(super) fn sync_folder(folder: &Path) -> std::io::Result<()> {
    #[cfg(unix)]
    File::open(folder)?.sync_all()?;
    #[cfg(not(unix))]
    let _ = folder;
    Ok(())
}
