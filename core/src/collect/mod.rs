//! Collection (介接): every enabled source is asked, decoded and stored; one that fails never holds
//! up another, and its earlier figures stay.
//!
//! One thread owns the network and asks many sources at once, a few of each host (`desk`). Others
//! decode, hash and compress. The store has one writer: it takes what is complete, records it in
//! one transaction, and only then reports it. Stopping in between loses nothing that was reported.
//!
//! Memory has bounds whatever the portals do: so many exchanges, so many answers that wait for a
//! reader, so many sources that wait for the writer, so many bytes of captures in memory.

mod asking;
mod blank;
mod body;
mod conditional;
mod desk;
mod drop_folder;
mod gather;
mod inbox;
mod known;
mod made;
mod miss;
mod page;
mod pages;
mod probe;
mod record;
mod report;
mod results;
mod signature;
mod sql;
mod targets;
#[cfg(test)]
mod tests;
mod words;
mod writer;

pub(crate) use asking::{held, host_of, limit_of};
pub(crate) use blank::refusal as without_secret_texts;
pub use report::{CollectSummary, Progress, SourceReport, Understood};
pub(crate) use words::RegisterWords;

use crate::failure::Failure;
use crate::handled::Noted;
use crate::transport::{self, Limits, NetworkRules, OriginOverride, Transport};
use crate::workspace::Workspace;
use chrono::{DateTime, Utc};
use gather::{Gathered, Stopped};
use known::{Known, fingerprint};
use quarterdeck_kpi::address::SeriesId;
use quarterdeck_kpi::calendar::{Period, Quarter};
use quarterdeck_kpi::message::Message;
use quarterdeck_sources::{Earlier, Kind, RequestContext, SourceConfig};
use quarterdeck_store::{CaptureFile, Expected, NewRun, Store, WorkspaceLock};
use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError, mpsc};
use std::time::Duration;
use tokio::sync::Semaphore;
use writer::Writer;

/// Tells the decoders that are built in from those of every other build: a hash of their sources.
pub const DECODERS: &str = env!("QUARTERDECK_DECODERS");

/// How often a source is asked, and how long is waited in between.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retry {
    /// Tries in all.
    pub tries: u32,
    /// Before the second try; doubled before each later one, with a random part.
    pub base: Duration,
    /// A portal that asks for a longer wait is not asked again.
    pub longest: Duration,
}

impl Default for Retry {
    fn default() -> Self {
        Self {
            tries: 3,
            base: Duration::from_millis(500),
            longest: Duration::from_secs(30),
        }
    }
}

/// What to collect, when, and for whom.
#[derive(Clone)]
pub struct CollectOptions<'a> {
    /// These sources only; `None`: every enabled one.
    pub sources: Option<Vec<String>>,
    /// Ask and decode, store nothing.
    pub dry_run: bool,
    /// Keep what the decoders understood for the reports, and ask for whole answers.
    pub preview: bool,
    /// The quarter whose data are collected.
    pub quarter: Quarter,
    /// Tells the time.
    pub now: &'a (dyn Fn() -> DateTime<Utc> + Sync),
    /// Id of the person, or `system`.
    pub actor: String,
    /// How sure the identity is.
    pub identity: String,
    /// The command line, without secrets.
    pub command: String,
    /// An origin that only exists while the program runs (the demo's portals).
    pub origin: Option<OriginOverride>,
    /// Bounds of one exchange; a source's own settings go before them.
    pub limits: Limits,
    /// Tries and waits.
    pub retry: Retry,
    /// Which decoders read the answers; another program's answers are not asked about.
    pub decoders: &'a str,
    /// Exchanges at once; `None`: as the settings say.
    pub at_once: Option<usize>,
    /// Takes the workspace's lock for a moment of writing; `None`: the caller holds it.
    pub writing: Option<&'a (dyn Fn() -> Result<WorkspaceLock, Failure> + Sync)>,
}

impl<'a> CollectOptions<'a> {
    /// Every enabled source, by the system, with the usual bounds.
    pub fn new(quarter: Quarter, now: &'a (dyn Fn() -> DateTime<Utc> + Sync)) -> Self {
        Self {
            sources: None,
            dry_run: false,
            preview: false,
            quarter,
            now,
            actor: "system".to_owned(),
            identity: "system".to_owned(),
            command: "collect".to_owned(),
            origin: None,
            limits: Limits::default(),
            retry: Retry::default(),
            decoders: DECODERS,
            at_once: None,
            writing: None,
        }
    }

    /// What an address is filled in with; of targets nothing yet.
    fn request_context(&self) -> RequestContext<'_> {
        let origin = self.origin.as_ref();
        RequestContext {
            quarter: self.quarter,
            origin: origin.map(|origin| origin.placeholder.as_str()),
            now: (self.now)(),
            target: None,
        }
    }

    /// The right to write, for as long as the value lives.
    fn write_now(&self) -> Result<Option<WorkspaceLock>, Failure> {
        self.writing.map(|take| take()).transpose()
    }
}

/// Sources that are begun and not yet stored, beside those that are being asked.
const UNSTORED: usize = 512;

/// Answers that are recorded in one transaction at most.
const GROUP: usize = 512;

/// From so many sources on the store makes room for what they send.
const MANY: usize = 500;

/// What a worker tells the writer.
enum Event {
    Progress(Progress),
    /// What one target of a source sent.
    Part(usize, results::Part),
    Done(usize, Result<Box<Gathered>, Stopped>, u64),
    /// A portal wants to be left alone for so long.
    Held(usize, Duration),
}

/// What the threads of a run share.
struct Shared<'a> {
    workspace: &'a Workspace,
    options: &'a CollectOptions<'a>,
    sources: &'a [&'a SourceConfig],
    words: RegisterWords<'a>,
    /// What the store knows of each source.
    known: BTreeMap<String, Known>,
    /// The last reading of each figure of the sources of kind `health`, which count on from there.
    earlier: HashMap<(String, SeriesId, Period), Earlier>,
    /// Refused files that somebody has seen to.
    noted: Noted,
    /// Hash of what decides about every answer alike.
    common: String,
    ledger: asking::Ledger,
    transport: Transport,
    stopping: AtomicBool,
    /// Exchanges at once, in all and of one host.
    at_once: usize,
    per_host: usize,
    /// Sources that may still be begun before the writer has stored others.
    room: Semaphore,
    /// The same of answers of targets.
    parts: Semaphore,
    held: body::Held,
    /// Folder of the store; none for a dry run.
    folder: Option<PathBuf>,
    /// What was understood of each source, where that was asked for.
    understood: Mutex<BTreeMap<String, Understood>>,
    /// End of validity of the certificate that each source's server showed; of several the first.
    certificates: Mutex<BTreeMap<String, DateTime<Utc>>>,
}

/// Collects the sources of a workspace into its store. The caller holds the workspace's lock, or
/// gives [`CollectOptions::writing`].
pub fn collect(
    workspace: &Workspace,
    store: &mut Store,
    options: &CollectOptions<'_>,
    progress: &mut dyn FnMut(Progress),
    interrupt: &AtomicBool,
) -> Result<CollectSummary, Failure> {
    let sources = chosen(workspace, options)?;
    let mut shared = prepare(workspace, store, options, &sources)?;
    let run = match options.dry_run {
        true => None,
        false => {
            let _held = options.write_now()?;
            let run = NewRun {
                started_at: (options.now)(),
                actor: options.actor.clone(),
                identity: options.identity.clone(),
                command: options.command.clone(),
            };
            Some(store.begin_run(&run)?)
        }
    };
    shared.ledger.belongs_to(run);
    let targets: usize = sources.iter().map(|source| source.targets.len()).sum();
    let expected = match run {
        Some(_) if sources.len() >= MANY => Expected::ManyOfManySources,
        Some(_) if targets >= MANY => Expected::ManyOfOneSource,
        _ => Expected::Few,
    };
    if expected != Expected::Few {
        store.expect_many(expected)?;
    }
    progress(Progress::Began { run });
    let mut reports: Vec<Option<SourceReport>> = vec![None; sources.len()];
    let outcome = std::thread::scope(|scope| {
        let (events_to, events) = mpsc::channel();
        desk::start(scope, &shared, events_to).map_err(|error| {
            Failure::nothing(Message::new("collect-no-thread").with("detail", error.to_string()))
        })?;
        let mut writer = Writer {
            store,
            shared: &shared,
            run,
            reports: &mut reports,
            progress,
            stored: BTreeMap::new(),
            parts: BTreeMap::new(),
            parts_since: None,
        };
        let stored = writer.write_down(&events, interrupt);
        if stored.is_err() {
            // The store takes nothing more: what is still coming in would be lost anyway.
            shared.stop();
        }
        stored
    });
    let reports: Vec<SourceReport> = reports
        .into_iter()
        .zip(&sources)
        .map(|(report, source)| report.unwrap_or_else(|| SourceReport::not_done(&source.id)))
        .collect();
    outcome?;
    if expected != Expected::Few {
        store.expect_many(Expected::Few)?;
    }
    let interrupted = reports.iter().any(SourceReport::was_stopped);
    let summary = CollectSummary {
        run,
        sources: reports,
        interrupted,
    };
    if let Some(run) = run {
        let word = match (interrupted, summary.is_nothing(), summary.is_complete()) {
            (true, ..) => "interrupted",
            (_, true, _) => "failed",
            (_, _, true) => "good",
            _ => "partial",
        };
        let _held = options.write_now()?;
        store.end_run(run, (options.now)(), word)?;
    }
    Ok(summary)
}

/// The sources of this run, in the order of the workspace.
fn chosen<'a>(
    workspace: &'a Workspace,
    options: &CollectOptions<'_>,
) -> Result<Vec<&'a SourceConfig>, Failure> {
    let Some(wanted) = &options.sources else {
        return Ok(workspace
            .sources
            .iter()
            .filter(|source| !source.disabled)
            .collect());
    };
    for id in wanted {
        match workspace.sources.iter().find(|source| source.id == *id) {
            None => {
                let known = workspace.sources.iter().map(|source| source.id.as_str());
                let near = known
                    .map(|known| (strsim::normalized_damerau_levenshtein(id, known), known))
                    .filter(|(score, _)| *score >= 0.4)
                    .max_by(|a, b| a.0.total_cmp(&b.0))
                    .map(|(_, known)| known);
                let message = match near {
                    Some(near) => Message::new("collect-unknown-source-near").with("near", near),
                    None => Message::new("collect-unknown-source"),
                };
                let id = transport::plain(id, 80);
                return Err(Failure::usage(message.with("source", id)));
            }
            Some(source) if source.disabled => {
                let reason = source.disabled_reason.clone().unwrap_or_default();
                return Err(Failure::usage(
                    Message::new("collect-disabled")
                        .with("source", id.as_str())
                        .with("reason", transport::plain(&reason, 200)),
                ));
            }
            Some(_) => {}
        }
    }
    Ok(workspace
        .sources
        .iter()
        .filter(|source| wanted.contains(&source.id))
        .collect())
}

/// What the office's settings say about the network.
pub(crate) fn network_rules(workspace: &Workspace) -> NetworkRules {
    let network = &workspace.settings.network;
    NetworkRules {
        ca_files: network
            .ca_files
            .iter()
            .map(|file| workspace.root.join(file))
            .collect(),
        proxy: network.proxy.clone(),
        allow_hosts: network.allow_hosts.clone(),
    }
}

fn prepare<'a>(
    workspace: &'a Workspace,
    store: &Store,
    options: &'a CollectOptions<'a>,
    sources: &'a [&'a SourceConfig],
) -> Result<Shared<'a>, Failure> {
    let network = &workspace.settings.network;
    let rules = network_rules(workspace);
    let at_once = options.at_once.unwrap_or(network.at_once);
    let transport = Transport::new(rules).map_err(|e| Failure::nothing(e.message()))?;
    let mut known = Known::of_all(sources, store, options)?;
    asking::look(store, sources, (options.now)(), &mut known)?;
    let common = conditional::common(workspace, options);
    if !options.preview {
        conditional::look(workspace, &common, store, options, sources, &mut known)?;
    }
    let mut earlier = HashMap::new();
    if sources.iter().any(|source| source.kind == Kind::Health) {
        // A clock that was set back hides nothing that was counted before.
        let now = (options.now)();
        let latest = store.last_recorded()?.map_or(now, |last| last.max(now));
        earlier = probe::earlier(
            &store.standing_as_of(latest, i64::MAX)?.observations,
            sources,
        );
    }
    if !options.dry_run {
        CaptureFile::sweep(store.folder());
    }
    Ok(Shared {
        workspace,
        options,
        sources,
        words: RegisterWords::new(&workspace.register),
        known,
        earlier,
        noted: Noted::by(store, (options.now)())?,
        common,
        ledger: asking::Ledger::new(store),
        transport,
        stopping: AtomicBool::new(false),
        at_once,
        per_host: network.per_host,
        room: Semaphore::new(at_once.saturating_mul(4).saturating_add(UNSTORED)),
        parts: Semaphore::new(targets::UNSTORED_PARTS),
        held: body::Held::default(),
        folder: (!options.dry_run).then(|| store.folder().to_owned()),
        understood: Mutex::default(),
        certificates: Mutex::default(),
    })
}

impl Shared<'_> {
    fn stop(&self) {
        self.stopping.store(true, Ordering::SeqCst);
        self.transport.stop();
    }
    fn earlier(&self, source: &str, series: &SeriesId, period: Period) -> Option<Earlier> {
        if self.earlier.is_empty() {
            return None;
        }
        let key = (source.to_owned(), series.clone(), period);
        self.earlier.get(&key).copied()
    }
    /// Notes until when the certificate of a source's server is valid.
    fn saw_certificate(&self, source: &str, not_after: Option<DateTime<Utc>>) {
        let Some(not_after) = not_after else { return };
        let mut all = self
            .certificates
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let first = all.entry(source.to_owned()).or_insert(not_after);
        *first = not_after.min(*first);
    }
    /// Until when the certificate of a source's server is valid, as this run saw it.
    fn certificate_of(&self, source: &str) -> Option<DateTime<Utc>> {
        let all = self
            .certificates
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        all.get(source).copied()
    }
    /// Keeps what was understood of a source's first answer.
    fn understand(&self, source: &str, understood: Understood) {
        let mut all = self
            .understood
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        all.entry(source.to_owned()).or_insert(understood);
    }
    /// What was understood of a source.
    fn understood(&self, source: &str) -> Option<Understood> {
        let mut all = self
            .understood
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        all.remove(source)
    }
    fn is_stopping(&self) -> bool {
        self.stopping.load(Ordering::SeqCst)
    }
}
