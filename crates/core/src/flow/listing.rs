//! What the Flows page shows.

use super::disk;
use super::flows::Flows;
use super::read::Format;
use super::view::{FlowCounts, FlowDetail, FlowId, FlowQuery, FlowRow, SourceRow};
use crate::Result;
use crate::page::Page;
use crate::store::flows::{files, lists};

impl Flows {
    /// A page of flows. Flows that a newer reading of their file doesn't hold are left out; flows of files that
    /// aren't there any more are not.
    pub async fn list_flows(&self, query: &FlowQuery) -> Result<Page<FlowRow>> {
        lists::page(&self.database, query).await
    }

    pub async fn counts(&self) -> Result<FlowCounts> {
        lists::counts(&self.database).await
    }

    pub async fn sources(&self) -> Result<Vec<SourceRow>> {
        files::source_rows(&self.database).await
    }

    /// One flow with its cards and what these are bound to.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn flow(&self, id: FlowId) -> Result<FlowDetail> {
        let whole = lists::flow(&self.database, id).await?;
        let cards = self
            .card_views(lists::cards(&self.database, id).await?)
            .await?;
        let (calls, called_by) = lists::calls(&self.database, id).await?;
        let path = disk::outside(&whole.source_path, &whole.row.file);
        Ok(FlowDetail {
            can_export: matches!(whole.row.format, Some(Format::Okta | Format::N8n)),
            can_edit: whole.row.format == Some(Format::Manifest),
            path: path.to_string_lossy().into_owned(),
            command: whole.command,
            problems: whole.problems,
            row: whole.row,
            cards,
            calls,
            called_by,
        })
    }
}
