//! Where the flows that answer a query stand: sources and folders with their numbers, in the order of the list.

use sqlx::Row as _;

use super::lists::filtered;
use super::{as_u32, last_part};
use crate::Result;
use crate::flow::view::{FlowGroup, FlowQuery, SourceId};
use crate::page::Direction;
use crate::store::{Database, map_sqlx};

pub(crate) async fn list(database: &Database, query: &FlowQuery) -> Result<Vec<FlowGroup>> {
    let select = "select f.source, s.path, f.folder, count(*) as flows, sum(f.unbound) as unbound
        from flows f join flow_sources s on s.id = f.source";
    let mut select = filtered(select, query);
    // As the list by folder is ordered, so that groups follow each other without gaps.
    select.push(match query.direction {
        Direction::Ascending => " group by s.path, f.folder order by s.path, f.folder",
        Direction::Descending => " group by s.path, f.folder order by s.path desc, f.folder desc",
    });
    let rows = select
        .build()
        .fetch_all(database.reader())
        .await
        .map_err(map_sqlx)?;
    rows.iter()
        .map(|row| {
            let read = || -> sqlx::Result<FlowGroup> {
                let path: String = row.try_get("path")?;
                Ok(FlowGroup {
                    source: SourceId(row.try_get("source")?),
                    source_name: last_part(&path).to_owned(),
                    folder: row.try_get("folder")?,
                    flows: as_u32(row.try_get("flows")?),
                    unbound: as_u32(row.try_get("unbound")?),
                })
            };
            read().map_err(map_sqlx)
        })
        .collect()
}
