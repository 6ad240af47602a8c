//! What the Flows page shows.

use super::disk;
use super::flows::Flows;
use super::read::Format;
use super::view::{
    FlowCounts, FlowDetail, FlowGroup, FlowId, FlowQuery, FlowRow, Question, SourceId, SourceRow,
};
use crate::Result;
use crate::page::Page;
use crate::store::flows::{files, groups, lists, questions};

impl Flows {
    /// A page of flows. Flows that a newer reading of their file doesn't hold are left out; flows of files that
    /// aren't there any more are not.
    pub async fn list_flows(&self, query: &FlowQuery) -> Result<Page<FlowRow>> {
        lists::page(&self.database, query).await
    }

    /// Sources and folders of the flows that answer a query, in the order of the list by folder. Offset and limit of
    /// the query don't count.
    pub async fn groups(&self, query: &FlowQuery) -> Result<Vec<FlowGroup>> {
        groups::list(&self.database, query).await
    }

    pub async fn counts(&self) -> Result<FlowCounts> {
        lists::counts(&self.database).await
    }

    pub async fn sources(&self) -> Result<Vec<SourceRow>> {
        files::source_rows(&self.database).await
    }

    /// What a person has to be asked so that cards without a connection get one, the most cards first; at most 200.
    pub async fn questions(&self, source: Option<SourceId>) -> Result<Vec<Question>> {
        questions::list(&self.database, source.map(|source| source.0)).await
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
