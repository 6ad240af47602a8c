//! Sources looked at again. A scan reads what has changed, recognises flows and cards it has seen before, keeps what
//! people chose and matches the rest by connector and name.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;

use super::card_writing::CardWriting;
use super::connectors::ConnectorKeys;
use super::disk::{self, Look, Reading};
use super::flows::Flows;
use super::read::{Problem, ProblemKind, ReadSource};
use super::recognition::{FlowFace, recognise_flows};
use super::view::{ScanResult, SourceId};
use crate::store::flows::records::{
    CallWrite, FileRecord, FileWrite, FlowRecord, FlowRecordWrite, SourceRecord,
};
use crate::store::flows::scanning::{files, source, sources};
use crate::store::flows::{FlowWrite, search_fold};
use crate::store::meta;
use crate::{Error, Result, Timestamp};

/// Where the fingerprint of the catalogue is kept that cards were read with.
const CATALOGUE: &str = "flow_connectors";

impl Flows {
    /// Looks at a source again and reads the files that have changed.
    ///
    /// # Errors
    /// `NotFound`; errors of the store. Files that can't be read are problems in the result.
    pub async fn rescan(&self, id: SourceId) -> Result<ScanResult> {
        self.scan(source(&self.database, id.0).await?, false).await
    }

    /// [`rescan`](Self::rescan) of every source; with `thorough` also of files that haven't changed.
    pub async fn rescan_all(&self, thorough: bool) -> Result<ScanResult> {
        let mut all = ScanResult::default();
        for source in sources(&self.database).await? {
            let one = self.scan(source, thorough).await?;
            all.files += one.files;
            all.flows += one.flows;
            all.cards += one.cards;
            all.unbound += one.unbound;
            all.matched += one.matched;
            all.problems.extend(one.problems);
        }
        Ok(all)
    }

    /// Reads everything again when the catalogue is another one than at the last time: cards may mean connectors that
    /// weren't known, and need scopes that nobody knew of. Says whether anything was read.
    pub async fn keep_up(&self) -> Result<bool> {
        let now = self.keys().fingerprint();
        let before: Option<String> = meta::get(&self.database, CATALOGUE).await?;
        if before.as_ref() == Some(&now) {
            return Ok(false);
        }
        let read = self.rescan_all(true).await?;
        meta::set(&self.database, CATALOGUE, &now).await?;
        Ok(read.files > 0)
    }

    /// [`keep_up`](Self::keep_up), once in the life of this workspace: what changed with a new version of the app.
    pub async fn catch_up(&self) -> Result<bool> {
        if self.caught_up.swap(true, Ordering::Relaxed) {
            return Ok(false);
        }
        self.keep_up().await
    }

    /// Sources of which a file came, went or changed since it was read, by size and time of change. Cheap: nothing is
    /// read.
    pub async fn changed_sources(&self) -> Result<Vec<SourceId>> {
        let mut changed = Vec::new();
        for source in sources(&self.database).await? {
            let known: HashMap<String, FileRecord> = files(&self.database, source.id)
                .await?
                .into_iter()
                .map(|file| (file.path.clone(), file))
                .collect();
            let path = PathBuf::from(&source.path);
            let look = aside(move || disk::look(&path)).await?;
            let there = known.values().filter(|file| !file.is_gone).count();
            let same = look.files.len() == there
                && look.files.iter().all(|seen| {
                    known.get(&seen.path).is_some_and(|file| {
                        !file.is_gone && (file.size, file.modified) == (seen.size, seen.modified)
                    })
                });
            if !same {
                changed.push(SourceId(source.id));
            }
        }
        Ok(changed)
    }

    async fn scan(&self, source: SourceRecord, thorough: bool) -> Result<ScanResult> {
        let _one = self.scanning.lock().await;
        let known = files(&self.database, source.id).await?;
        let root = PathBuf::from(&source.path);
        let before = known.clone();
        let (look, readings) = aside(move || read_changed(&root, &before, thorough)).await?;
        let scan = Scan {
            source,
            known,
            look,
            keys: self.keys(),
            now: self.now(),
        };
        let result = scan.write_down(&self.database, readings).await?;
        self.forget_callers();
        Ok(result)
    }
}

/// Runs blocking work beside the runtime.
pub(super) async fn aside<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|_| Error::internal("reading flows was interrupted"))
}

fn read_changed(root: &Path, known: &[FileRecord], thorough: bool) -> (Look, Vec<Reading>) {
    let by_path: HashMap<&str, &FileRecord> = known
        .iter()
        .map(|file| (file.path.as_str(), file))
        .collect();
    let look = disk::look(root);
    let mut readings = Vec::new();
    for seen in &look.files {
        let file = by_path.get(seen.path.as_str());
        let same = file.is_some_and(|file| {
            !file.is_gone
                && !file.hash.is_empty()
                && (file.size, file.modified) == (seen.size, seen.modified)
        });
        if thorough || !same {
            let hash = file.filter(|_| !thorough).map(|file| file.hash.as_str());
            readings.push(disk::read(root, seen.clone(), hash));
        }
    }
    (look, readings)
}

/// One look at a source, about to be written down.
struct Scan {
    source: SourceRecord,
    known: Vec<FileRecord>,
    look: Look,
    keys: ConnectorKeys,
    now: Timestamp,
}

impl Scan {
    async fn write_down(
        self,
        database: &crate::store::Database,
        readings: Vec<Reading>,
    ) -> Result<ScanResult> {
        let mut write = FlowWrite::begin(database).await?;
        let ids: HashMap<&str, i64> = self
            .known
            .iter()
            .map(|file| (file.path.as_str(), file.id))
            .collect();
        let mut next_file = write.next_id("flow_files").await?;
        let mut file_writes = Vec::new();
        let mut touched = Vec::new();
        let mut read_files: Vec<(i64, Reading)> = Vec::new();
        for reading in readings {
            let known = ids.get(reading.seen.path.as_str()).copied();
            let Some(read) = &reading.source else {
                let id = known.expect("only a known file can have the bytes of the last time");
                touched.push((id, reading.seen.size, reading.seen.modified));
                continue;
            };
            let id = known.unwrap_or_else(|| {
                next_file += 1;
                next_file - 1
            });
            file_writes.push(FileWrite {
                id,
                path: reading.seen.path.clone(),
                format: read.format.map(super::read::Format::as_str),
                version: read.version.clone(),
                size: reading.seen.size,
                modified: reading.seen.modified,
                hash: reading.hash.clone(),
                problems: problems_json(&read.problems),
            });
            read_files.push((id, reading));
        }
        let there: HashSet<&str> = self
            .look
            .files
            .iter()
            .map(|seen| seen.path.as_str())
            .collect();
        let gone: Vec<i64> = self
            .known
            .iter()
            .filter(|file| !there.contains(file.path.as_str()))
            .map(|file| file.id)
            .collect();
        write
            .put_files(self.source.id, &file_writes, self.now.0)
            .await?;
        write.touch_files(&touched, self.now.0).await?;
        write.mark_files_gone(&gone, self.now.0).await?;
        let mut result = self.write_flows(&mut write, &read_files, &gone).await?;
        write.remove_empty_files(self.source.id).await?;
        write
            .put_source(
                self.source.id,
                &problems_json(&self.look.problems),
                self.look.is_gone,
                self.now.0,
            )
            .await?;
        write.resolve_calls(self.source.id).await?;
        write.recount_connections().await?;
        write.commit().await?;
        result.problems.extend(self.look.problems.iter().cloned());
        Ok(result)
    }

    /// Writes the flows of the files that were read; flows of files that are gone may turn up in them.
    async fn write_flows(
        &self,
        write: &mut FlowWrite,
        read: &[(i64, Reading)],
        gone: &[i64],
    ) -> Result<ScanResult> {
        let mut result = ScanResult {
            files: u32::try_from(read.len()).unwrap_or(u32::MAX),
            ..ScanResult::default()
        };
        // What can't be read now keeps the flows of its last reading.
        let usable: Vec<(i64, &Reading, &ReadSource)> = read
            .iter()
            .filter_map(|(id, reading)| Some((*id, reading, reading.source.as_ref()?)))
            .inspect(|(_, _, source)| result.problems.extend(source.problems.iter().cloned()))
            .filter(|(_, _, source)| is_usable(source))
            .collect();
        let candidates: Vec<i64> = usable
            .iter()
            .map(|(id, _, _)| *id)
            .chain(gone.iter().copied())
            .collect();
        let known = write.known_flows(self.source.id, &candidates).await?;
        let paths: HashMap<i64, &str> = self
            .known
            .iter()
            .map(|file| (file.id, file.path.as_str()))
            .chain(
                read.iter()
                    .map(|(id, reading)| (*id, reading.seen.path.as_str())),
            )
            .collect();
        let old_faces: Vec<FlowFace> = known.iter().map(|flow| face_of(flow, &paths)).collect();
        let mut new_faces = Vec::new();
        for (_, reading, source) in &usable {
            new_faces.extend(
                source
                    .flows
                    .iter()
                    .zip(&reading.folders)
                    .map(|(flow, folder)| FlowFace {
                        file: reading.seen.path.clone(),
                        folder: folder.clone(),
                        name: flow.name.clone(),
                        steps: flow.step_ids.clone(),
                    }),
            );
        }
        let recognised = recognise_flows(&old_faces, &new_faces);
        let found: Vec<i64> = recognised
            .iter()
            .flatten()
            .map(|index| known[*index].id)
            .collect();
        let mut cards = CardWriting::begin(
            &self.keys,
            self.now,
            write,
            self.source.id,
            &found,
            usable.iter().map(|(_, _, source)| *source),
        )
        .await?;
        let mut next_flow = write.next_id("flows").await?;
        let mut flow_writes = Vec::new();
        let mut calls = Vec::new();
        let mut index = 0;
        for (file, reading, source) in &usable {
            cards.enter_file(source);
            for (position, (flow, folder)) in source.flows.iter().zip(&reading.folders).enumerate()
            {
                let id = match recognised[index] {
                    Some(old) => known[old].id,
                    None => {
                        next_flow += 1;
                        next_flow - 1
                    }
                };
                index += 1;
                let unbound = cards.flow(id, source.format, &flow.cards);
                calls.extend(
                    flow.calls
                        .iter()
                        .enumerate()
                        .map(|(position, call)| CallWrite {
                            caller: id,
                            position,
                            file_id: call.file_id.clone(),
                            name: call.name.clone(),
                            card: call.card.clone(),
                        }),
                );
                result.unbound += u32::try_from(unbound).unwrap_or(u32::MAX);
                flow_writes.push(FlowRecordWrite {
                    id,
                    file: *file,
                    position,
                    file_id: flow.file_id.clone(),
                    folder: folder.clone(),
                    name: flow.name.clone(),
                    description: flow.description.clone(),
                    trigger: flow.trigger.as_str(),
                    schedule: flow.schedule.clone(),
                    command: serde_json::Value::from(flow.command.clone()).to_string(),
                    steps: serde_json::Value::from(flow.step_ids.clone()).to_string(),
                    search: search_text(self, reading, folder, flow),
                    cards: flow.cards.len(),
                    unbound,
                });
            }
        }
        result.flows = u32::try_from(flow_writes.len()).unwrap_or(u32::MAX);
        result.cards = u32::try_from(cards.writes.len()).unwrap_or(u32::MAX);
        result.matched = cards.matched;
        write.put_flows(self.source.id, &flow_writes).await?;
        write.remove_cards(&cards.leftover()).await?;
        write.put_cards(&cards.writes).await?;
        let callers: Vec<i64> = flow_writes.iter().map(|flow| flow.id).collect();
        write.put_calls(&callers, &calls).await?;
        // Flows of a file that was read and doesn't hold them any more.
        let read_ids: HashSet<i64> = usable.iter().map(|(id, _, _)| *id).collect();
        let found: HashSet<i64> = found.into_iter().collect();
        let missing: Vec<i64> = known
            .iter()
            .filter(|flow| {
                !flow.is_gone && read_ids.contains(&flow.file) && !found.contains(&flow.id)
            })
            .map(|flow| flow.id)
            .collect();
        write.mark_flows_gone(&missing, self.now.0).await?;
        Ok(result)
    }
}

/// Whether a reading says anything about flows; otherwise those of the last reading stay.
fn is_usable(source: &ReadSource) -> bool {
    !source.flows.is_empty()
        || source.problems.iter().all(|problem| match problem.kind {
            ProblemKind::Inconsistent => true,
            ProblemKind::Unreadable
            | ProblemKind::TooLarge
            | ProblemKind::TooDeep
            | ProblemKind::Malformed
            | ProblemKind::NotAFlow
            | ProblemKind::OtherVersion => false,
        })
}

fn face_of(flow: &FlowRecord, paths: &HashMap<i64, &str>) -> FlowFace {
    FlowFace {
        file: paths
            .get(&flow.file)
            .copied()
            .unwrap_or_default()
            .to_owned(),
        folder: flow.folder.clone(),
        name: flow.name.clone(),
        steps: flow.steps.clone(),
    }
}

fn problems_json(problems: &[Problem]) -> String {
    serde_json::to_string(problems).expect("problems are strings")
}

fn search_text(
    scan: &Scan,
    reading: &Reading,
    folder: &str,
    flow: &super::read::ReadFlow,
) -> String {
    let mut words: Vec<&str> = vec![&flow.name, folder, &reading.seen.path, &flow.description];
    words.push(crate::store::flows::last_part(&scan.source.path));
    let mut seen: HashSet<&str> = HashSet::new();
    for card in &flow.cards {
        for word in [
            Some(&card.title),
            Some(&card.connector),
            card.connection.as_ref(),
        ]
        .into_iter()
        .flatten()
        {
            if seen.insert(word) {
                words.push(word);
            }
        }
    }
    search_fold(&words.join("\n"))
}
