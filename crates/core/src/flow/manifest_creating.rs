//! A new manifest: written where a person chose, checked before it is, and read like any other source.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use super::disk;
use super::flows::Flows;
use super::manifest_editing::{ManifestEdit, edit};
use super::noting::of_files;
use super::scanning::aside;
use super::sources::resolve;
use super::view::{FlowDetail, FlowId, SourceId};
use crate::activity::Action;
use crate::store::flows::scanning::sources;
use crate::store::flows::{FlowWrite, files, last_part};
use crate::{Code, Error, Result};

/// What the names of manifests end with.
const ENDING: &str = ".flow.toml";

impl Flows {
    /// Writes a manifest that `edits` make out of nothing, and reads it: with the source that its folder is in, else as
    /// a source of its own. A name without the ending of manifests gets it. Nothing is ever overwritten.
    ///
    /// # Errors
    /// `InvalidDefinition` with the key at fault; `InvalidInput` on `path` when it can't be written there.
    pub async fn create_manifest(&self, path: &Path, edits: &[ManifestEdit]) -> Result<FlowDetail> {
        let text = edit("", edits)?;
        let wanted = with_ending(path)?;
        let (path, _) = aside(move || {
            write_new(&wanted, text.as_bytes())?;
            resolve(&wanted)
        })
        .await??;
        let detail = format!("in {}", last_part(&path));
        let mut write = FlowWrite::begin(&self.database).await?;
        write
            .note(of_files(Action::ManifestCreate, &detail, self.now()))
            .await?;
        write.commit().await?;
        let flow = match self.read_with_its_folder(&path).await? {
            Some(flow) => flow,
            None => {
                let (source, _) = self.add_source(Path::new(&path)).await?;
                files::flow_at(&self.database, source.0, "")
                    .await?
                    .ok_or_else(|| Error::new(Code::NotFound, "the new flow can't be read"))?
            }
        };
        self.flow(flow).await
    }

    /// Reads the source that a new file lies in; `None` when there is none or it doesn't look there.
    async fn read_with_its_folder(&self, path: &str) -> Result<Option<FlowId>> {
        let path = Path::new(path);
        let all = sources(&self.database).await?;
        let around = all
            .into_iter()
            .find(|source| path.starts_with(&source.path));
        let Some(source) = around else {
            return Ok(None);
        };
        self.rescan(SourceId(source.id)).await?;
        let inside = disk::inside(Path::new(&source.path), path);
        files::flow_at(&self.database, source.id, &inside).await
    }
}

fn with_ending(path: &Path) -> Result<PathBuf> {
    let name = path
        .file_name()
        .and_then(|name| name.to_str())
        .ok_or_else(|| Error::field("path", "the path has no file name"))?;
    if !path.is_absolute() {
        return Err(Error::field(
            "path",
            "the path isn't absolute: it must begin at the top of the disk",
        ));
    }
    let lower = name.to_ascii_lowercase();
    let stem = [ENDING, ".toml", ".flow"]
        .iter()
        .find(|ending| lower.ends_with(*ending))
        .map_or(name, |ending| &name[..name.len() - ending.len()]);
    if stem.is_empty() {
        return Err(Error::field("path", "the file name is empty"));
    }
    Ok(path.with_file_name(format!("{stem}{ENDING}")))
}

fn write_new(path: &Path, bytes: &[u8]) -> Result<()> {
    let put = || -> std::io::Result<()> {
        let mut file = std::fs::File::create_new(path)?;
        file.write_all(bytes)?;
        file.sync_all()
    };
    put().map_err(|error| {
        let path = path.display();
        match error.kind() {
            std::io::ErrorKind::AlreadyExists => {
                Error::field("path", format!("{path} is there already"))
                    .with_hint("Choose another name: a file that is there is never overwritten.")
            }
            std::io::ErrorKind::NotFound => {
                Error::field("path", format!("the folder of {path} isn't there"))
            }
            std::io::ErrorKind::StorageFull => Error::new(
                Code::DiskFull,
                format!("cannot write {path}: the disk is full"),
            ),
            kind => Error::field("path", format!("cannot write {path}: {kind}")),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_manifest_gets_the_ending_of_manifests() {
        let named = |name: &str| {
            let path = std::env::temp_dir().join(name);
            let path = with_ending(&path).unwrap();
            path.file_name().unwrap().to_str().unwrap().to_owned()
        };
        for name in ["report", "report.toml", "report.flow", "report.flow.toml"] {
            assert_eq!(named(name), "report.flow.toml", "{name}");
        }
        assert_eq!(
            named("v1.2"),
            "v1.2.flow.toml",
            "other dots belong to the name"
        );
        assert!(
            with_ending(Path::new("report")).is_err(),
            "relative to what?"
        );
        let nameless = std::env::temp_dir().join(".toml");
        assert!(with_ending(&nameless).is_err(), "an ending is no name");
    }
}
