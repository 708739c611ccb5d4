//! One source: asked or read by its kind, with what it sent put together.

use super::body::{Held, Share};
use super::desk::Desk;
use super::miss::Miss;
use super::page::{Page, Tell, read_file, shown_path};
use super::{Shared, asking, drop_folder, inbox, pages, probe, record, results, sql, targets};
use crate::failure::Failure;
use crate::transport;
use chrono::{DateTime, Utc};
use quarterdeck_kpi::finding::{Finding, Severity};
use quarterdeck_kpi::message::Message;
use quarterdeck_kpi::source::Outcome;
use quarterdeck_sources::{Carried, Kind, Located, SourceConfig, refuse_contradictions, reject};
use quarterdeck_store::{NewCapture, Packer};
use std::collections::BTreeSet;

/// Older files of a drop folder read in one run at most, and refused ones beside them; the rest
/// waits for the next run.
const FILES: usize = 99;
const REFUSED_FILES: usize = 400;

/// What a source sent, complete and ready to be recorded.
#[derive(Default)]
pub(super) struct Gathered {
    /// What may be stored of each page or file, with the rows of the whole answer; no rows where
    /// no figure was taken from it.
    pub(super) captures: Vec<(NewCapture, Option<u64>)>,
    /// What they take of the memory for captures.
    pub(super) shares: Vec<Share>,
    /// Readings with the hash of the original they stand in.
    pub(super) readings: Vec<(String, Located)>,
    pub(super) findings: Vec<Finding>,
    pub(super) rows: u64,
    /// Why none of the figures may be taken: they are kept as refused ones.
    pub(super) dropped: Option<Message>,
    /// Files that were refused while others were taken, and that nobody has seen to.
    pub(super) refused_files: usize,
    /// Refused files that somebody has seen to: ids of their findings.
    pub(super) noted: BTreeSet<String>,
    /// Tells what the source's file said when it was read.
    pub(super) by: String,
    /// How many of its targets were asked for, and how many gave an answer that was taken.
    pub(super) targets: Option<(usize, usize)>,
    /// How many of these said that nothing changed since their last answer.
    pub(super) unchanged: usize,
}

/// Why there is nothing to record but the attempt.
pub(super) enum Stopped {
    /// It did not answer, or what it sent was refused; then it is kept as evidence.
    Failed(Box<record::Failure>),
    /// Nothing changed since its last answer.
    Unchanged,
    /// No call is allowed before a moment.
    TooEarly(DateTime<Utc>, Message),
    /// The run was stopped.
    Interrupted,
    /// The store cannot take what came.
    Store(Failure),
}

/// Asks a source and decodes what it sends. Runs on the network's thread, so whatever takes time
/// or waits for something else than the network is done apart.
pub(super) async fn gather<'env>(
    desk: &Desk<'_, 'env>,
    host: usize,
    source: &'env SourceConfig,
) -> Result<Gathered, Stopped> {
    let mut gathered = match source.kind {
        Kind::Inbox => desk.apart(source, inbox::gather_packages).await,
        Kind::Sql => {
            count_one(desk, source).await?;
            desk.apart(source, sql::gather).await
        }
        Kind::Health => {
            count_one(desk, source).await?;
            desk.apart(source, probe::gather).await
        }
        _ if source.reads_folder() => desk.apart(source, gather_files).await,
        _ if source.has_targets() => targets::gather(desk, host, source).await,
        _ => pages::gather(desk, host, source).await,
    }?;
    if let Some(reason) = source
        .insecure_certificate
        .as_deref()
        .filter(|_| !source.reads_folder())
    {
        let text = Message::new("collect-insecure-certificate")
            .with("source", source.id.as_str())
            .with("reason", transport::plain(reason, 200));
        gathered.findings.push(Finding::new(
            "insecure-certificate@1",
            Severity::Info,
            None,
            Some(&source.id),
            text,
        ));
    }
    Ok(gathered)
}

pub(super) fn failed(miss: Miss) -> Stopped {
    let (message, why) = (miss.message(), results::word(&miss));
    let (outcome, evidence) = match miss {
        Miss::Net(error) if error.trouble == transport::Trouble::Interrupted => {
            return Stopped::Interrupted;
        }
        Miss::Store(failure) => return Stopped::Store(failure),
        Miss::Interrupted => return Stopped::Interrupted,
        Miss::OverLimit(_) => (Outcome::Failed, None),
        Miss::Unchanged => return Stopped::Unchanged,
        Miss::Net(error) if error.is_answer() => (Outcome::Rejected, None),
        Miss::Refused { evidence, .. } => (Outcome::Rejected, evidence),
        Miss::Net(_) | Miss::Local(_) => (Outcome::Failed, None),
    };
    Stopped::Failed(Box::new(record::Failure {
        outcome,
        message,
        evidence: evidence.into_iter().map(|capture| *capture).collect(),
        findings: Vec::new(),
        why: Some(why),
    }))
}

/// A source that may not be asked yet says until when.
pub(super) fn not_too_early(shared: &Shared<'_>, source: &SourceConfig) -> Result<(), Stopped> {
    let known = shared.known.get(&source.id);
    match known.and_then(|known| known.too_early.as_deref()) {
        Some((until, message)) => Err(Stopped::TooEarly(*until, message.clone())),
        None => Ok(()),
    }
}

/// Counts the one call of a source that is asked apart from the pages.
async fn count_one<'env>(desk: &Desk<'_, 'env>, source: &'env SourceConfig) -> Result<(), Stopped> {
    not_too_early(desk.shared, source)?;
    asking::count(desk, source).await.map_err(failed)
}

fn gather_files(
    shared: &Shared<'_>,
    source: &SourceConfig,
    tell: Tell<'_>,
) -> Result<Gathered, Stopped> {
    let none = BTreeSet::new();
    let look = drop_folder::Look {
        taken: shared
            .known
            .get(&source.id)
            .map_or(&none, |known| &known.files),
        max_bytes: source.max_bytes.unwrap_or(shared.options.limits.max_bytes),
        is_stopping: &|| shared.is_stopping(),
    };
    let found = drop_folder::find(source, &shared.workspace.root, &look)
        .map_err(|message| failed(Miss::Local(message)))?
        .ok_or(Stopped::Interrupted)?;
    let mut gathered = Gathered::default();
    // What a file was refused for, and whether it could be read at all.
    let mut refused: Vec<(Outcome, String, Message)> = Vec::new();
    let mut accepted = 0;
    let mut packer = Packer::new();
    let several = found.files.len() > 1;
    let last = found.files.len().saturating_sub(1);
    for (index, path) in found.files.iter().enumerate() {
        if shared.is_stopping() {
            return Err(Stopped::Interrupted);
        }
        if index < last && (accepted >= FILES || refused.len() >= REFUSED_FILES) {
            continue;
        }
        match read_file(shared, source, path, several, &mut packer, tell) {
            Ok(page) => {
                let mut one = Gathered::default();
                one.take(page, &shared.held);
                one.settle(source);
                if let Some(reason) = one.dropped.take() {
                    refused.push((Outcome::Rejected, shown(shared, path), reason));
                } else {
                    accepted += 1;
                    // The newest file is the last; its rows are what the attempt speaks of.
                    gathered.rows = one.rows;
                }
                gathered.captures.append(&mut one.captures);
                gathered.shares.append(&mut one.shares);
                gathered.readings.append(&mut one.readings);
                gathered.findings.append(&mut one.findings);
                gathered.by = one.by;
            }
            Err(miss) => match failed(miss) {
                Stopped::Failed(mut failure) => {
                    let evidence = std::mem::take(&mut failure.evidence);
                    let evidence = evidence.into_iter().map(|capture| (capture, None));
                    gathered.captures.extend(evidence);
                    refused.push((failure.outcome, shown(shared, path), failure.message));
                }
                other => return Err(other),
            },
        }
    }
    gathered.note_refused(shared, source, accepted, refused)?;
    for (names, count, id, rule) in [
        (
            found.escapes.join(", "),
            found.escapes.len(),
            "collect-link-escapes",
            "link-escape@1",
        ),
        (
            String::new(),
            found.beyond,
            "collect-folder-many",
            "folder-many@1",
        ),
    ] {
        if count > 0 {
            let text = Message::new(id)
                .with("source", source.id.as_str())
                .with("count", count)
                .with("files", names);
            let finding = Finding::new(rule, Severity::Warning, None, Some(&source.id), text);
            gathered.findings.push(finding);
        }
    }
    Ok(gathered)
}

/// The name of a file as it may be shown.
fn shown(shared: &Shared<'_>, path: &std::path::Path) -> String {
    shown_path(path, &shared.workspace.root)
}

impl Gathered {
    /// Adds a page; gives what the next one needs.
    pub(super) fn take(&mut self, page: Page, held: &Held) -> Option<Carried> {
        let Page {
            decoded,
            sha256,
            capture,
            by,
        } = page;
        self.by = by;
        // One page with one figure is usual, and thousands of sources may wait for the store.
        if let Some(capture) = capture {
            if self.captures.is_empty() {
                self.shares.reserve_exact(1);
                self.captures.reserve_exact(1);
            }
            self.shares.push(held.take(&capture.body));
            self.captures.push((capture, None));
        }
        if self.readings.is_empty() {
            self.readings.reserve_exact(decoded.readings.len());
        }
        self.readings.extend(
            decoded
                .readings
                .into_iter()
                .map(|located| (sha256.clone(), located)),
        );
        self.findings.extend(decoded.findings);
        self.rows += decoded.rows;
        self.dropped = self.dropped.take().or(decoded.dropped);
        decoded.carried
    }

    /// What one page of a target held.
    pub(super) fn of(page: Page, source: &SourceConfig, held: &Held) -> Gathered {
        let mut gathered = Gathered::default();
        gathered.take(page, held);
        gathered.settle(source);
        gathered
    }

    /// Adds what another target sent.
    pub(super) fn add(&mut self, mut other: Gathered) {
        self.captures.append(&mut other.captures);
        self.shares.append(&mut other.shares);
        self.readings.append(&mut other.readings);
    }

    /// The last page has come: either every figure is taken, or none is; and none of which it says two things.
    pub(super) fn settle(&mut self, source: &SourceConfig) {
        self.refuse_contradictions(source);
        match &self.dropped {
            Some(reason) => {
                for (_, located) in &mut self.readings {
                    reject(located, reason);
                }
            }
            None => {
                for (_, rows) in &mut self.captures {
                    *rows = Some(self.rows);
                }
            }
        }
    }

    pub(super) fn refuse_contradictions(&mut self, source: &SourceConfig) {
        let mut readings: Vec<&mut Located> = self.readings.iter_mut().map(|(_, l)| l).collect();
        self.findings
            .extend(refuse_contradictions(&mut readings, &source.id));
    }

    /// One bad file holds up no other: it is named, and read again the next time. When there was
    /// none but bad ones, the source has failed. What somebody has seen to is named, and is no trouble any more.
    pub(super) fn note_refused(
        &mut self,
        shared: &Shared<'_>,
        source: &SourceConfig,
        accepted: usize,
        refused: Vec<(Outcome, String, Message)>,
    ) -> Result<(), Stopped> {
        let mut first = None;
        for (outcome, file, reason) in refused {
            let text = Message::new("collect-file-refused")
                .with("file", file.as_str())
                .with("reason", reason);
            let (rule, severity) = ("file-refused@1", Severity::Error);
            let mut finding = Finding::new(rule, severity, None, Some(&source.id), text.clone());
            finding.id = format!("{}:{file}", finding.id);
            if shared.noted.has(&finding) {
                self.noted.insert(finding.id.clone());
            } else {
                self.refused_files += 1;
                first.get_or_insert((outcome, text));
            }
            self.findings.push(finding);
        }
        let Some((outcome, message)) = first.filter(|_| accepted == 0) else {
            return Ok(());
        };
        if self.readings.is_empty() {
            let captures = std::mem::take(&mut self.captures);
            return Err(Stopped::Failed(Box::new(record::Failure {
                outcome,
                message,
                evidence: captures.into_iter().map(|(capture, _)| capture).collect(),
                findings: std::mem::take(&mut self.findings),
                why: None,
            })));
        }
        // What was received stays visible as refused figures.
        self.dropped = Some(message);
        Ok(())
    }
}
