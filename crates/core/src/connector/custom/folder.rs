//! The person's own connectors on disk: `<data dir>/connectors/<id>/connector.toml` and, if there is one, `icon.svg`.
//!
//! Each file is written whole beside its place and moved there. A folder that can't be read is reported and left alone;
//! it never keeps Patchbay from starting.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use serde::Serialize;
use ts_rs::TS;

use super::{DraftProblem, check, sanitised};
use crate::connector::{Catalogue, Connector, catalogue};
use crate::error::{Code, Error, Result};

/// The folder of custom connectors.
pub struct Folder {
    path: PathBuf,
}

/// A connector as it is given to someone else.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct Exported {
    pub id: String,
    /// The text of `connector.toml`.
    pub toml: String,
    /// The text of `icon.svg`, when it has its own.
    pub icon: Option<String>,
}

impl Folder {
    /// The connectors under a data directory. Nothing is made before the first one is saved.
    pub fn new(data_directory: &Path) -> Self {
        Self {
            path: data_directory.join("connectors"),
        }
    }

    /// Adds every connector of the folder to the catalogue. Gives what couldn't be read, with the reason.
    pub fn load(&self, catalogue: &Catalogue) -> Vec<Error> {
        let Ok(entries) = fs::read_dir(&self.path) else {
            return Vec::new();
        };
        entries
            .flatten()
            .filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()))
            .filter_map(|entry| entry.file_name().into_string().ok())
            .filter_map(|id| self.load_one(catalogue, &id).err())
            .collect()
    }

    fn load_one(&self, catalogue: &Catalogue, id: &str) -> Result<()> {
        let at = |error: Error| Error {
            message: format!("The connector {id} can't be used: {}", error.message),
            ..error
        };
        let exported = self.read(id).map_err(at)?;
        let connector = catalogue::parse(&exported.toml).map_err(at)?;
        refuse_problems(check(catalogue, id, &connector)).map_err(at)?;
        catalogue
            .add_custom(id, connector, exported.icon)
            .map_err(at)
    }

    /// Checks, writes and adds a connector, or replaces the person's own one of this id.
    ///
    /// # Errors
    /// `InvalidDefinition` with the first rule broken; `DatabaseReadOnly` or `DiskFull` when it can't be written.
    pub fn save(
        &self,
        catalogue: &Catalogue,
        id: &str,
        connector: Connector,
        icon: Option<&str>,
    ) -> Result<()> {
        refuse_problems(check(catalogue, id, &connector))?;
        let icon = icon.map(sanitised).transpose()?;
        let toml = catalogue::to_toml(&connector)?;
        let folder = self.place(id)?;
        fs::create_dir_all(&folder).map_err(|error| unwritable(&error))?;
        write(&folder.join("connector.toml"), &toml)?;
        match icon {
            Some(icon) => write(&folder.join("icon.svg"), icon)?,
            None => remove(&folder.join("icon.svg"))?,
        }
        catalogue.add_custom(id, connector, icon.map(str::to_owned))
    }

    /// Takes a connector away. The caller has seen to it that no connection needs it.
    ///
    /// # Errors
    /// `NotFound` when it isn't one of the person's own.
    pub fn delete(&self, catalogue: &Catalogue, id: &str) -> Result<()> {
        if !catalogue.is_custom(id) {
            return Err(Error::new(
                Code::NotFound,
                format!("{id} isn't one of your own connectors"),
            ));
        }
        let folder = self.place(id)?;
        for file in ["connector.toml", "icon.svg"] {
            remove(&folder.join(file))?;
        }
        // Fails when something else lies there, which is then not ours to delete.
        let _ = fs::remove_dir(&folder);
        catalogue.remove_custom(id);
        Ok(())
    }

    /// A connector of the person's own, as files to give away.
    ///
    /// # Errors
    /// `NotFound` when there is none.
    pub fn export(&self, id: &str) -> Result<Exported> {
        self.read(id)
    }

    fn read(&self, id: &str) -> Result<Exported> {
        let folder = self.place(id)?;
        let toml = read(&folder.join("connector.toml"), 512 * 1024)?
            .ok_or_else(|| Error::new(Code::NotFound, format!("there is no connector {id}")))?;
        let icon = read(&folder.join("icon.svg"), 16 * 1024)?;
        let icon = icon
            .map(|svg| sanitised(&svg).map(str::to_owned))
            .transpose()?;
        Ok(Exported {
            id: id.to_owned(),
            toml,
            icon,
        })
    }

    /// The folder of one connector. An id that could lead elsewhere has none.
    fn place(&self, id: &str) -> Result<PathBuf> {
        let plain = !id.is_empty()
            && id.len() <= 64
            && id
                .chars()
                .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
        if !plain {
            return Err(Error::field(
                "id",
                "An id has lower case letters, digits and dashes only",
            ));
        }
        Ok(self.path.join(id))
    }
}

fn refuse_problems(problems: Vec<DraftProblem>) -> Result<()> {
    match problems.into_iter().next() {
        None => Ok(()),
        Some(problem) => Err(Error::new(Code::InvalidDefinition, problem.message)),
    }
}

fn read(path: &Path, limit: u64) -> Result<Option<String>> {
    match fs::metadata(path) {
        Ok(found) if found.len() > limit => Err(Error::new(
            Code::InvalidDefinition,
            "a file in it is too large",
        )),
        Ok(_) => fs::read_to_string(path).map(Some).map_err(|_| {
            Error::new(
                Code::InvalidDefinition,
                "a file in it can't be read as text",
            )
        }),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(_) => Err(Error::new(
            Code::InvalidDefinition,
            "a file in it can't be opened",
        )),
    }
}

/// Writes beside the place and moves: a crash leaves the old file or the new one.
fn write(path: &Path, text: &str) -> Result<()> {
    let beside = path.with_extension("new");
    let written = fs::File::create(&beside).and_then(|mut file| {
        file.write_all(text.as_bytes())?;
        file.sync_all()
    });
    written
        .and_then(|()| fs::rename(&beside, path))
        .map_err(|error| unwritable(&error))
}

fn remove(path: &Path) -> Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(unwritable(&error)),
        _ => Ok(()),
    }
}

fn unwritable(error: &std::io::Error) -> Error {
    let (code, message) = match error.kind() {
        std::io::ErrorKind::StorageFull => (
            Code::DiskFull,
            "The connector can't be saved: the disk is full",
        ),
        _ => (
            Code::DatabaseReadOnly,
            "The connector can't be saved: its folder can't be written",
        ),
    };
    Error::new(code, message).with_hint("Check the data directory of Patchbay, then try again")
}
