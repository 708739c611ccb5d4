//! Collection (介接): every enabled source is asked, decoded and stored; one that fails never holds
//! up another, and its earlier figures stay.
//!
//! Up to four sources are asked at once, each decoded on the thread that reads it. The store has
//! one writer: what a source sent is recorded in one transaction as soon as it is complete, and
//! only then reported. Stopping in between loses nothing that was reported.

mod body;
mod drop_folder;
mod gather;
mod inbox;
mod made;
mod page;
mod probe;
mod record;
mod report;
mod signature;
mod sql;
#[cfg(test)]
mod tests;
mod words;

pub use report::{CollectSummary, Progress, SourceReport};

use crate::failure::Failure;
use crate::transport::{self, Limits, NetworkRules, OriginOverride, Transport};
use crate::workspace::Workspace;
use chrono::{DateTime, Utc};
use gather::{Gathered, Stopped};
use quarterdeck_kpi::address::SeriesId;
use quarterdeck_kpi::calendar::{Period, Quarter};
use quarterdeck_kpi::message::Message;
use quarterdeck_sources::{
    Earlier, Kind, RequestContext, SourceConfig, first_request, page_request,
};
use quarterdeck_store::{CaptureFile, NewRun, Store};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc;
use std::time::Duration;
use words::RegisterWords;

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
}

impl<'a> CollectOptions<'a> {
    /// Every enabled source, by the system, with the usual bounds.
    pub fn new(quarter: Quarter, now: &'a (dyn Fn() -> DateTime<Utc> + Sync)) -> Self {
        Self {
            sources: None,
            dry_run: false,
            quarter,
            now,
            actor: "system".to_owned(),
            identity: "system".to_owned(),
            command: "collect".to_owned(),
            origin: None,
            limits: Limits::default(),
            retry: Retry::default(),
        }
    }
}

/// Sources asked at once.
const AT_ONCE: usize = 4;

/// What a worker tells the writer.
enum Event {
    Progress(Progress),
    Done(usize, Result<Box<Gathered>, Stopped>, u64),
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
    transport: Transport,
    stopping: AtomicBool,
    next: AtomicUsize,
    /// Folder of the store; none for a dry run.
    folder: Option<PathBuf>,
}

/// What the store knows of a source before it is asked.
#[derive(Debug, Default)]
struct Known {
    /// The question, as it is kept: compared are answers to the same one only.
    asked: String,
    /// Fingerprint of the source file.
    by: String,
    /// Rows of the last answer to this question from which figures were taken.
    rows: Option<u64>,
    /// Files of a drop folder that were read by this source file: hashes.
    files: BTreeSet<String>,
    /// Packages that were taken.
    packages: Vec<quarterdeck_sources::inbox::Taken>,
}

impl Known {
    fn of(
        source: &SourceConfig,
        store: &Store,
        options: &CollectOptions<'_>,
    ) -> Result<Known, Failure> {
        let asked = if source.reads_folder() {
            let part = |text: &Option<String>| text.clone().unwrap_or_default();
            format!("{}/{}", part(&source.folder), part(&source.pattern))
        } else if source.kind == Kind::Sql {
            sql::asked(source, options.quarter)
        } else {
            asked(source, options.quarter, options.origin.as_ref())
        };
        let by = fingerprint(source);
        let is_inbox = source.kind == Kind::Inbox;
        let files = match source.reads_folder() && !is_inbox {
            true => store.taken_by(&source.id, &by)?,
            false => BTreeSet::new(),
        };
        let packages = match is_inbox {
            true => inbox::taken(source, store)?,
            false => Vec::new(),
        };
        let rows = store.last_taken_rows(&source.id, &asked, (options.now)())?;
        Ok(Known {
            asked,
            by,
            rows,
            files,
            packages,
        })
    }
}

/// The filled-in address, without secrets and the same for every page.
fn asked(source: &SourceConfig, quarter: Quarter, origin: Option<&OriginOverride>) -> String {
    let context = RequestContext {
        quarter,
        origin: origin.map(|origin| origin.placeholder.as_str()),
    };
    let Ok(request) = first_request(source, &context) else {
        return String::new();
    };
    let url = match source.kind {
        Kind::Datastore => page_request(&request.url, 0, 0, 0).url,
        _ => request.url,
    };
    url::Url::parse(&url).map_or_else(|_| String::new(), |url| transport::without_secrets(&url))
}

/// Tells whether a source file says today what it said then.
fn fingerprint(source: &SourceConfig) -> String {
    quarterdeck_store::sha256_hex(&serde_json::to_vec(source).unwrap_or_default())
}

/// Collects the sources of a workspace into its store. The caller holds the workspace's lock.
pub fn collect(
    workspace: &Workspace,
    store: &mut Store,
    options: &CollectOptions<'_>,
    progress: &mut dyn FnMut(Progress),
    interrupt: &AtomicBool,
) -> Result<CollectSummary, Failure> {
    let sources = chosen(workspace, options)?;
    let shared = prepare(workspace, store, options, &sources)?;
    let run = match options.dry_run {
        true => None,
        false => {
            let run = NewRun {
                started_at: (options.now)(),
                actor: options.actor.clone(),
                identity: options.identity.clone(),
                command: options.command.clone(),
            };
            Some(store.begin_run(&run)?)
        }
    };
    let mut reports: Vec<Option<SourceReport>> = vec![None; sources.len()];
    let outcome = std::thread::scope(|scope| {
        let (events_to, events) = mpsc::channel();
        // Behind a filled-in origin the order of rows must not depend on which answer came first.
        let workers = if options.origin.is_some() {
            1
        } else {
            AT_ONCE.min(sources.len())
        };
        for _ in 0..workers {
            let (shared, events_to) = (&shared, events_to.clone());
            scope.spawn(move || work(shared, &events_to));
        }
        drop(events_to);
        let stored = write_down(
            store,
            &shared,
            run,
            &events,
            &mut reports,
            progress,
            interrupt,
        );
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
    let interrupted = reports.iter().any(|report| report.outcome.is_none());
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

fn prepare<'a>(
    workspace: &'a Workspace,
    store: &Store,
    options: &'a CollectOptions<'a>,
    sources: &'a [&'a SourceConfig],
) -> Result<Shared<'a>, Failure> {
    let network = &workspace.settings.network;
    let rules = NetworkRules {
        ca_files: network
            .ca_files
            .iter()
            .map(|file| workspace.root.join(file))
            .collect(),
        proxy: network.proxy.clone(),
        allow_hosts: network.allow_hosts.clone(),
    };
    let transport = Transport::new(rules).map_err(|e| Failure::nothing(e.message()))?;
    let mut known = BTreeMap::new();
    for source in sources {
        known.insert(source.id.clone(), Known::of(source, store, options)?);
    }
    let mut earlier = HashMap::new();
    if sources.iter().any(|source| source.kind == Kind::Health) {
        // A clock that was set back hides nothing that was counted before.
        let now = (options.now)();
        let latest = store.last_recorded()?.map_or(now, |last| last.max(now));
        earlier = probe::earlier(&store.rows_as_of(latest)?.observations, sources);
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
        transport,
        stopping: AtomicBool::new(false),
        next: AtomicUsize::new(0),
        folder: (!options.dry_run).then(|| store.folder().to_owned()),
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
    fn is_stopping(&self) -> bool {
        self.stopping.load(Ordering::SeqCst)
    }
}

/// Takes one source after the other until none is left.
fn work(shared: &Shared<'_>, events: &mpsc::Sender<Event>) {
    loop {
        let index = shared.next.fetch_add(1, Ordering::SeqCst);
        let Some(source) = shared.sources.get(index) else {
            return;
        };
        if shared.is_stopping() {
            return;
        }
        let began = (shared.options.now)();
        let tell = |progress| {
            // The writer is gone only when the run has failed.
            let _ = events.send(Event::Progress(progress));
        };
        tell(Progress::Started {
            source: source.id.clone(),
            position: index + 1,
            of: shared.sources.len(),
        });
        let gathered = gather::gather(shared, source, &tell).map(Box::new);
        let elapsed = ((shared.options.now)() - began).num_milliseconds();
        let _ = events.send(Event::Done(
            index,
            gathered,
            u64::try_from(elapsed).unwrap_or_default(),
        ));
    }
}

/// The one writer: records each answer as it is complete, then reports it.
fn write_down(
    store: &mut Store,
    shared: &Shared<'_>,
    run: Option<i64>,
    events: &mpsc::Receiver<Event>,
    reports: &mut [Option<SourceReport>],
    progress: &mut dyn FnMut(Progress),
    interrupt: &AtomicBool,
) -> Result<(), Failure> {
    loop {
        if interrupt.load(Ordering::SeqCst) && !shared.is_stopping() {
            shared.stop();
        }
        let (index, gathered, elapsed_ms) = match events.recv_timeout(Duration::from_millis(50)) {
            Ok(Event::Progress(step)) => {
                progress(step);
                continue;
            }
            Ok(Event::Done(index, gathered, elapsed_ms)) => (index, gathered, elapsed_ms),
            Err(mpsc::RecvTimeoutError::Timeout) => continue,
            Err(mpsc::RecvTimeoutError::Disconnected) => return Ok(()),
        };
        let Some(source) = shared.sources.get(index) else {
            continue;
        };
        let report = match gathered {
            Ok(gathered) => record::answer(store, shared, source, run, *gathered, elapsed_ms)?,
            Err(Stopped::Failed(failure)) => {
                record::failure(store, shared, source, run, *failure, elapsed_ms)?
            }
            Err(Stopped::Interrupted) => SourceReport::not_done(&source.id),
            Err(Stopped::Store(failure)) => return Err(failure),
        };
        progress(Progress::Finished(report.clone()));
        if let Some(place) = reports.get_mut(index) {
            *place = Some(report);
        }
    }
}
