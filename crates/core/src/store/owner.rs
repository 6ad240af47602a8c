//! Exactly one process owns a workspace: the holder of an operating system lock on `owner.lock`.
//!
//! The lock, not the file, means ownership: it goes with the process however that ends. The process id inside is for
//! display only.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read as _, Seek as _, Write as _};
use std::path::Path;

use super::database_file::create_folder;
use super::fault::map_io;
use crate::Result;

/// Ownership of a workspace, held until dropped.
#[derive(Debug)]
pub struct Owner {
    _lock: File,
}

/// What asking for ownership came to.
#[derive(Debug)]
pub enum Ownership {
    Ours(Owner),
    /// Another process has it; its id, if that can be read.
    Held(Option<u32>),
}

impl Owner {
    /// Asks for the workspace in `folder`, without waiting.
    ///
    /// # Errors
    /// `DatabaseReadOnly` or `DiskFull` when the lock file can't be made.
    pub fn acquire(folder: &Path) -> Result<Ownership> {
        let fault = |error: std::io::Error| map_io("lock the workspace", &error);
        create_folder(folder).map_err(fault)?;
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(folder.join("owner.lock")).map_err(fault)?;
        match file.try_lock() {
            Ok(()) => {
                write_id(&mut file).map_err(fault)?;
                Ok(Ownership::Ours(Self { _lock: file }))
            }
            Err(TryLockError::WouldBlock) => Ok(Ownership::Held(read_id(&mut file))),
            Err(TryLockError::Error(error)) => Err(fault(error)),
        }
    }
}

fn write_id(file: &mut File) -> std::io::Result<()> {
    file.set_len(0)?;
    file.rewind()?;
    write!(file, "{}", std::process::id())
}

/// On Windows a locked file can't be read by others: `None`.
fn read_id(file: &mut File) -> Option<u32> {
    let mut text = String::new();
    file.take(16).read_to_string(&mut text).ok()?;
    text.trim().parse().ok()
}
