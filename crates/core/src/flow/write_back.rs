//! Re-bound copies: a file of flows as it is, with the connections that its cards are bound to here.
//!
//! Written on request only. Whatever stands at the destination is copied aside first, and the new file takes its place
//! whole or not at all.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use super::disk;
use super::flows::Flows;
use super::noting::{counted, of_files};
use super::read::walk;
use super::rewriting::{Rewritten, rewrite};
use super::scanning::aside;
use super::view::{FlowId, ReboundCopy};
use crate::activity::Action;
use crate::store::flows::{FlowWrite, files, last_part};
use crate::{Code, Error, Result};

impl Flows {
    /// Writes a copy of the file that a flow was read from, with references to the connections that the cards of the
    /// file are bound to. `destination` may be the file itself: its former content is kept beside it.
    ///
    /// # Errors
    /// `NotFound`; `Conflict` when the file has changed since it was read; `Unsupported` for other formats than Okta's
    /// and n8n's; `InvalidInput` when the destination can't be written.
    pub async fn export_rebound_copy(
        &self,
        flow: FlowId,
        destination: &Path,
    ) -> Result<ReboundCopy> {
        let file = files::file_of(&self.database, flow).await?;
        let names = files::bound_names(&self.database, file.id).await?;
        let source = disk::outside(&file.source_path, &file.path);
        let destination = destination.to_owned();
        let stamp = self.now().0;
        let name = last_part(&source.to_string_lossy()).to_owned();
        let copy = aside(move || {
            let bytes = read_unchanged(&source, &file.hash)?;
            let path = source.to_string_lossy();
            let rewritten = rewrite(&path, &bytes, |flow, card| {
                names.get(&(flow, card)).cloned()
            })?;
            write(&destination, rewritten, stamp)
        })
        .await??;
        let changed = usize::try_from(copy.changed).unwrap_or(usize::MAX);
        let references = counted(changed, "reference");
        let detail = format!(
            "{references} of {name} changed in {}",
            last_part(&copy.path)
        );
        let mut write = FlowWrite::begin(&self.database).await?;
        write
            .note(of_files(Action::WriteBack, &detail, self.now()))
            .await?;
        write.commit().await?;
        Ok(copy)
    }
}

/// The bytes of a file that is as it was when it was last read.
pub(super) fn read_unchanged(path: &Path, hash: &str) -> Result<Vec<u8>> {
    let bytes =
        walk::bytes(path).map_err(|problem| Error::new(Code::NotFound, problem.to_string()))?;
    if disk::hash(&bytes) == hash {
        return Ok(bytes);
    }
    let message = format!("{} has changed since it was read", path.display());
    Err(Error::new(Code::Conflict, message).with_hint("Read the source again, then try once more."))
}

fn write(destination: &Path, rewritten: Rewritten, stamp: i64) -> Result<ReboundCopy> {
    let backup = match std::fs::metadata(destination) {
        Ok(facts) if facts.is_file() => Some(copy_aside(destination, stamp)?),
        Ok(_) => return Err(Error::field("destination", "the destination is no file")),
        Err(_) => None,
    };
    replace(destination, &rewritten.bytes)?;
    Ok(ReboundCopy {
        path: destination.to_string_lossy().into_owned(),
        backup: backup.map(|path| path.to_string_lossy().into_owned()),
        changed: rewritten.changed,
        notes: rewritten.notes,
    })
}

/// Copies a file to a name beside it that nothing has yet.
fn copy_aside(path: &Path, stamp: i64) -> Result<PathBuf> {
    let bytes = std::fs::read(path).map_err(|error| cannot("read", path, &error))?;
    for count in 0..1000 {
        let mut name = path.file_name().unwrap_or_default().to_owned();
        name.push(format!(".{}.bak", stamp + count));
        let backup = path.with_file_name(name);
        match std::fs::File::create_new(&backup) {
            Ok(mut file) => {
                let written = file.write_all(&bytes).and_then(|()| file.sync_all());
                return written
                    .map(|()| backup.clone())
                    .map_err(|error| cannot("write", &backup, &error));
            }
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(cannot("write", &backup, &error)),
        }
    }
    Err(Error::field("destination", "no name is free for a backup"))
}

/// Puts a file in its place in one step.
pub(super) fn replace(path: &Path, bytes: &[u8]) -> Result<()> {
    // Through a link, so that the link stays.
    let path = &std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let mut name = std::ffi::OsString::from(".");
    name.push(
        path.file_name()
            .ok_or_else(|| Error::field("destination", "the destination has no name"))?,
    );
    name.push(format!(".{}.new", std::process::id()));
    let temporary = path.with_file_name(name);
    let put = || -> std::io::Result<()> {
        let mut file = std::fs::File::create(&temporary)?;
        file.write_all(bytes)?;
        if let Ok(facts) = std::fs::metadata(path) {
            file.set_permissions(facts.permissions())?;
        }
        file.sync_all()?;
        drop(file);
        std::fs::rename(&temporary, path)
    };
    put().map_err(|error| {
        let _ = std::fs::remove_file(&temporary);
        cannot("write", path, &error)
    })
}

fn cannot(doing: &str, path: &Path, error: &std::io::Error) -> Error {
    let message = format!("cannot {doing} {}: {}", path.display(), error.kind());
    match error.kind() {
        std::io::ErrorKind::StorageFull => Error::new(Code::DiskFull, message),
        _ => Error::field("destination", message),
    }
}
