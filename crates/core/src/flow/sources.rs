//! Files and folders that flows are read from: added and removed. What is read in them is a scan's.

use std::path::Path;

use super::flows::Flows;
use super::noting::{counted, of_files};
use super::scanning::aside;
use super::view::{ScanResult, SourceId, SourceKind};
use crate::activity::Action;
use crate::store::flows::scanning::{add_source, source};
use crate::store::flows::{FlowWrite, files, last_part};
use crate::{Error, Result};

impl Flows {
    /// Adds a file or folder and reads it. What can't be read in it is reported, not refused.
    ///
    /// # Errors
    /// `InvalidInput` when the path isn't there or is a source already.
    pub async fn add_source(&self, path: &Path) -> Result<(SourceId, ScanResult)> {
        let asked = path.to_owned();
        let (path, kind) = aside(move || resolve(&asked)).await??;
        let kind = match kind {
            SourceKind::File => "file",
            SourceKind::Folder => "folder",
        };
        let added = add_source(&self.database, &path, kind, self.now().0).await?;
        let id = added
            .ok_or_else(|| Error::field("path", format!("{path} is a source of flows already")))?;
        let result = self.rescan(SourceId(id)).await?;
        let mut detail = size(result.flows, result.cards, &path);
        if result.matched > 0 {
            detail.push_str(&format!(", {} bound by name", result.matched));
        }
        let mut write = FlowWrite::begin(&self.database).await?;
        write
            .note(of_files(Action::SourceAdd, &detail, self.now()))
            .await?;
        write.commit().await?;
        Ok((SourceId(id), result))
    }

    /// Removes a source with its flows and bindings. Files stay as they are.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn remove_source(&self, id: SourceId) -> Result<()> {
        let _one = self.scanning.lock().await;
        let source = source(&self.database, id.0).await?;
        let (flows, cards) = files::source_size(&self.database, id.0).await?;
        let detail = size(flows, cards, &source.path);
        let mut write = FlowWrite::begin(&self.database).await?;
        write.remove_source(id.0).await?;
        write.recount_connections().await?;
        write
            .note(of_files(Action::SourceRemove, &detail, self.now()))
            .await?;
        write.commit().await?;
        self.forget_callers();
        Ok(())
    }
}

/// `1 flow with 2 cards from reports.folder`: a name first would be written like the beginning of a sentence.
fn size(flows: u32, cards: u32, path: &str) -> String {
    let count = |n: u32, word: &str| counted(usize::try_from(n).unwrap_or(usize::MAX), word);
    let (flows, cards) = (count(flows, "flow"), count(cards, "card"));
    format!("{flows} with {cards} from {}", last_part(path))
}

/// The path as a source keeps it: absolute and without links.
pub(super) fn resolve(path: &Path) -> Result<(String, SourceKind)> {
    let real = std::fs::canonicalize(path).map_err(|_| {
        Error::field(
            "path",
            format!("{} isn't there or can't be opened", path.display()),
        )
    })?;
    let kind = if real.is_dir() {
        SourceKind::Folder
    } else {
        SourceKind::File
    };
    let text = real
        .to_str()
        .ok_or_else(|| Error::field("path", "the path isn't Unicode and can't be kept"))?;
    // Windows' long form; the short one is what people know and every program takes.
    let text = text
        .strip_prefix(r"\\?\")
        .filter(|rest| !rest.starts_with("UNC"))
        .unwrap_or(text);
    Ok((text.to_owned(), kind))
}
