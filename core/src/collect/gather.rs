//! One source: asked page by page, tried again where that may help, decoded.

use super::body::{Held, Share};
use super::conditional;
use super::desk::Desk;
use super::page::{Miss, Page, Situation, Tell, read_file, shown_path};
use super::signature::Signer;
use super::{Progress, Shared, asking, drop_folder, inbox, probe, record, sql};
use crate::failure::Failure;
use crate::secrets;
use crate::transport::{self, Exchange, Policy};
use chrono::{DateTime, Utc};
use quarterdeck_kpi::finding::{Finding, Severity};
use quarterdeck_kpi::message::Message;
use quarterdeck_kpi::source::Outcome;
use quarterdeck_sources::{
    Carried, Kind, Located, RequestContext, SourceConfig, first_request, refuse_contradictions,
    reject,
};
use quarterdeck_store::{NewCapture, Packer};
use std::collections::BTreeSet;
use std::hash::{BuildHasher, Hasher};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Pages of one answer; a source that has more of them counts wrong.
const PAGES: u32 = 5_000;

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
        _ => gather_pages(desk, host, source).await,
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
    let message = miss.message();
    let (outcome, evidence) = match miss {
        Miss::Net(error) if error.trouble == transport::Trouble::Interrupted => {
            return Stopped::Interrupted;
        }
        Miss::Store(failure) => return Stopped::Store(failure),
        Miss::Interrupted => return Stopped::Interrupted,
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
    }))
}

/// A source that may not be asked yet says until when.
fn not_too_early(shared: &Shared<'_>, source: &SourceConfig) -> Result<(), Stopped> {
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

async fn gather_pages<'env>(
    desk: &Desk<'_, 'env>,
    host: usize,
    source: &'env SourceConfig,
) -> Result<Gathered, Stopped> {
    let shared = desk.shared;
    not_too_early(shared, source)?;
    let local = |message| failed(Miss::Local(message));
    let origin = shared.options.origin.as_ref();
    let context = RequestContext {
        quarter: shared.options.quarter,
        origin: origin.map(|origin| origin.placeholder.as_str()),
        now: (shared.options.now)(),
    };
    let common = common(shared, source).map_err(local)?;
    let signer = match &source.hmac {
        Some(hmac) => Some(Signer::new(hmac, &shared.workspace.root).map_err(local)?),
        None => None,
    };
    let mut gathered = Gathered::default();
    let mut carried = None;
    let mut next = Some(first_request(source, &context).map_err(local)?);
    while let Some(request) = next.take() {
        if request.page >= PAGES {
            let message = Message::new("collect-too-many-pages").with("pages", PAGES);
            return Err(Stopped::Failed(Box::new(record::Failure {
                outcome: Outcome::Rejected,
                message,
                evidence: Vec::new(),
                findings: Vec::new(),
            })));
        }
        let mut exchange = addressed(shared, &common, &request.url).map_err(local)?;
        let question = conditional::question(shared, source, &request);
        exchange.headers.extend(question.iter().cloned());
        let number = request.page;
        let situation = Situation {
            request: Some(request),
            rows_so_far: gathered.rows,
            carried,
        };
        let page = persist(desk, source, async || {
            let mut exchange = exchange.clone();
            // A signature is good for minutes: each try has its own.
            if let Some(signer) = &signer {
                signer.apply(&mut exchange, (shared.options.now)());
            }
            let page = desk.ask(host, source, &exchange, &situation).await;
            page.map_err(|miss| {
                if let Miss::Net(error) = &miss {
                    shared.saw_certificate(&source.id, error.certificate_not_after());
                }
                conditional::heard(miss, &question, &exchange.url)
            })
        })
        .await?;
        let paged = page.decoded.next.is_some() || number > 0;
        let (total, page_next) = (page.decoded.total, page.decoded.next.clone());
        carried = gathered.take(page, &shared.held).map(Arc::new);
        next = page_next;
        if paged {
            desk.tell(Progress::Page {
                source: source.id.clone(),
                rows: gathered.rows,
                total,
            });
        }
    }
    gathered.settle(source);
    Ok(gathered)
}

/// What every exchange of a source has in common; its address is still missing.
pub(super) fn common(shared: &Shared<'_>, source: &SourceConfig) -> Result<Exchange, Message> {
    if let Some(message) = source.literal_secrets().pop() {
        return Err(message);
    }
    let (mut headers, mut masked) = (Vec::new(), Vec::new());
    for (name, value) in &source.headers {
        let resolved = secrets::resolve(value, &shared.workspace.root)?;
        if resolved != *value {
            // Masked is the secret alone, not the word before it.
            let before = value
                .trim()
                .rsplit_once(' ')
                .map_or(0, |(word, _)| word.len() + 1);
            let secret = resolved.get(before..).unwrap_or(&resolved);
            masked.push(secret.to_owned());
        }
        headers.push((name.clone(), resolved));
    }
    let mut limits = shared.options.limits;
    limits.max_bytes = source.max_bytes.unwrap_or(limits.max_bytes);
    if let Some(seconds) = source.timeout_seconds {
        limits.whole = Duration::from_secs(u64::from(seconds));
        // Whoever waits long for the whole waits long for its beginning, too.
        limits.head = limits.head.max(limits.whole / 2);
        limits.idle = limits.idle.max(limits.whole / 2);
    }
    Ok(Exchange {
        url: String::new(),
        masked,
        headers,
        limits,
        policy: Policy {
            allow_private: source.allow_private,
            insecure_certificate: source.insecure_certificate.is_some(),
            accept_status: source.readable_status(),
            origin: shared.options.origin.clone(),
        },
    })
}

/// The exchange for one address, whose secrets are filled in.
pub(super) fn addressed(
    shared: &Shared<'_>,
    common: &Exchange,
    url: &str,
) -> Result<Exchange, Message> {
    let (url, mut masked) = secrets::fill(url, &shared.workspace.root)?;
    masked.extend_from_slice(&common.masked);
    Ok(Exchange {
        url,
        masked,
        ..common.clone()
    })
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

/// Tries until it works, until it cannot, or until the tries are used up.
async fn persist<T>(
    desk: &Desk<'_, '_>,
    source: &SourceConfig,
    mut attempt: impl AsyncFnMut() -> Result<T, Miss>,
) -> Result<T, Stopped> {
    let shared = desk.shared;
    let retry = shared.options.retry;
    let mut tries = 0;
    loop {
        if shared.is_stopping() {
            return Err(Stopped::Interrupted);
        }
        let miss = match attempt().await {
            Ok(page) => return Ok(page),
            Err(miss) => miss,
        };
        tries += 1;
        let asked = miss
            .retry_after()
            .map(|after| after.left((shared.options.now)()));
        if let Some(wait) = asked {
            desk.held(source, wait);
        }
        let patient = asked.is_none_or(|wait| wait <= retry.longest);
        if tries >= retry.tries || !miss.is_passing() || !patient || shared.is_stopping() {
            return Err(failed(miss));
        }
        let wait = jittered(retry.base.saturating_mul(1 << (tries - 1).min(10)))
            .max(asked.unwrap_or_default());
        desk.tell(Progress::Retrying {
            source: source.id.clone(),
            message: miss.message(),
            wait_ms: u64::try_from(wait.as_millis()).unwrap_or(u64::MAX),
        });
        if !desk.pause(wait).await {
            return Err(Stopped::Interrupted);
        }
    }
}

/// The same on a thread of its own, for what is not asked over HTTP.
pub(super) fn persist_apart<T>(
    shared: &Shared<'_>,
    source: &SourceConfig,
    tell: Tell<'_>,
    mut attempt: impl FnMut() -> Result<T, Miss>,
) -> Result<T, Stopped> {
    let retry = shared.options.retry;
    let mut tries = 0;
    loop {
        if shared.is_stopping() {
            return Err(Stopped::Interrupted);
        }
        let miss = match attempt() {
            Ok(page) => return Ok(page),
            Err(miss) => miss,
        };
        tries += 1;
        if tries >= retry.tries || !miss.is_passing() || shared.is_stopping() {
            return Err(failed(miss));
        }
        let wait = jittered(retry.base.saturating_mul(1 << (tries - 1).min(10)));
        tell(Progress::Retrying {
            source: source.id.clone(),
            message: miss.message(),
            wait_ms: u64::try_from(wait.as_millis()).unwrap_or(u64::MAX),
        });
        let began = Instant::now();
        while began.elapsed() < wait {
            if shared.is_stopping() {
                return Err(Stopped::Interrupted);
            }
            std::thread::sleep(Duration::from_millis(20).min(wait.saturating_sub(began.elapsed())));
        }
    }
}

/// Between three quarters and five quarters of a wait, so that many offices do not come back at
/// the same moment.
fn jittered(wait: Duration) -> Duration {
    let random = std::hash::RandomState::new().build_hasher().finish() % 512;
    wait.saturating_mul(768 + u32::try_from(random).unwrap_or_default()) / 1024
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

    /// The last page has come: either every figure is taken, or none is; and none of which it says two things.
    fn settle(&mut self, source: &SourceConfig) {
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
            })));
        }
        // What was received stays visible as refused figures.
        self.dropped = Some(message);
        Ok(())
    }
}
