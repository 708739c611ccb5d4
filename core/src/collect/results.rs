//! What the targets of one source came to: noted by the network's thread and by readers, told as one
//! at the end.

use super::body::Share;
use super::desk::Desk;
use super::gather::{Gathered, Stopped, failed};
use super::miss::Miss;
use super::page::Page;
use super::record::{self, Stored};
use super::{Event, Progress, Shared};
use crate::transport::Trouble;
use quarterdeck_kpi::finding::{Finding, Severity};
use quarterdeck_kpi::message::Message;
use quarterdeck_kpi::money::MoneyLine;
use quarterdeck_kpi::observation::Observation;
use quarterdeck_kpi::source::Outcome;
use quarterdeck_sources::SourceConfig;
use quarterdeck_store::{Alike, NewRow, PackedCapture};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, mpsc};
use tokio::sync::Notify;

/// After so many in a row that gave no answer at all, the rest is not asked.
const SILENT: u32 = 20;
/// Targets that are named in the sentence, and in findings of their own.
const NAMED: usize = 5;
const DETAILED: usize = 20;
/// Findings of single targets that are kept.
const FINDINGS: usize = 50;
/// Progress is told every so many targets.
const TOLD: usize = 100;

/// What a target's answer held, ready to be stored.
#[derive(Default)]
pub(super) struct Part {
    pub(super) observations: Vec<NewRow<Observation>>,
    pub(super) money: Vec<NewRow<MoneyLine>>,
    pub(super) captures: Vec<PackedCapture>,
    pub(super) shares: Vec<Share>,
    pub(super) stored: Stored,
}

/// What became of an answer.
#[derive(PartialEq, Eq)]
pub(super) enum Taken {
    Noted,
    /// The limit of calls did not allow to ask.
    NotAsked,
}

/// What the targets of a source came to so far; readers and the network add to it.
pub(super) struct Results<'env> {
    shared: &'env Shared<'env>,
    source: &'env SourceConfig,
    index: usize,
    of: usize,
    events: mpsc::Sender<Event>,
    /// What its answers say alike.
    alike: Alike,
    state: Mutex<State>,
    /// Answers that are with a reader.
    open: AtomicUsize,
    closed: Notify,
}

#[derive(Default)]
struct State {
    answered: usize,
    /// Of these: those whose portal said that nothing changed.
    unchanged: usize,
    rows: u64,
    bytes: u64,
    /// Why the rest is not asked for.
    ended: Option<Message>,
    missing: usize,
    /// Of these: answers that were refused.
    refused: usize,
    /// Targets in a row that gave no answer at all.
    silent: u32,
    named: Vec<(String, Message)>,
    details: Vec<Finding>,
    findings: Vec<Finding>,
    findings_left: usize,
    /// Ends the source: the run was stopped, or the store takes nothing more.
    fatal: Option<Stopped>,
    /// In a try everything stays together.
    tried: Gathered,
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

/// An answer on its way to a reader and through it.
pub(super) struct Open<'env> {
    results: Arc<Results<'env>>,
    name: Arc<str>,
}

impl<'env> Open<'env> {
    pub(super) fn new(results: &Arc<Results<'env>>, name: &Arc<str>) -> Open<'env> {
        results.open.fetch_add(1, Ordering::SeqCst);
        Open {
            results: Arc::clone(results),
            name: Arc::clone(name),
        }
    }

    /// Takes what a reader made of it.
    pub(super) fn read(self, page: Result<Page, Miss>) {
        let Results { shared, source, .. } = &*self.results;
        let gathered = page.map(|page| Gathered::of(page, source, &shared.held));
        self.results.take(&self.name, gathered.map_err(failed));
    }
}

impl Drop for Open<'_> {
    fn drop(&mut self) {
        if self.results.open.fetch_sub(1, Ordering::SeqCst) == 1 {
            self.results.closed.notify_one();
        }
    }
}

impl<'env> Results<'env> {
    /// Nothing yet of so many targets of a source.
    pub(super) fn new(desk: &Desk<'_, 'env>, source: &'env SourceConfig, of: usize) -> Self {
        Results {
            shared: desk.shared,
            source,
            index: desk.index_of(source).unwrap_or_default(),
            of,
            events: desk.events(),
            alike: Alike::default(),
            state: Mutex::default(),
            open: AtomicUsize::new(0),
            closed: Notify::new(),
        }
    }

    /// The rest is not asked for, for this reason.
    pub(super) fn end_with(&self, why: Message) {
        lock(&self.state).ended.get_or_insert(why);
    }

    /// Waits until no reader has an answer any more.
    pub(super) async fn all_closed(&self) {
        while self.open.load(Ordering::SeqCst) > 0 {
            self.closed.notified().await;
        }
    }

    pub(super) fn is_over(&self) -> bool {
        let state = lock(&self.state);
        state.ended.is_some() || state.fatal.is_some()
    }

    pub(super) fn stop(&self, why: Stopped) {
        lock(&self.state).fatal.get_or_insert(why);
    }

    /// Notes what a target came to and hands what is to be stored to the writer, which gives the
    /// room for it back.
    pub(super) fn take(&self, target: &Arc<str>, gathered: Result<Gathered, Stopped>) -> Taken {
        let mut taken = Taken::Noted;
        let part = match gathered {
            Ok(gathered) => self.answered(target, gathered),
            Err(Stopped::Failed(failure)) if self.is_limit(&failure) => {
                taken = Taken::NotAsked;
                None
            }
            Err(Stopped::Failed(failure)) => self.missed(target, *failure),
            Err(Stopped::Unchanged) => {
                self.unchanged(target);
                None
            }
            Err(other) => {
                self.stop(other);
                None
            }
        };
        match part {
            Some(part) => drop(self.events.send(Event::Part(self.index, part))),
            None => self.shared.parts.add_permits(1),
        }
        taken
    }

    fn is_limit(&self, failure: &record::Failure) -> bool {
        lock(&self.state).ended.as_ref() == Some(&failure.message)
    }

    fn answered(&self, target: &Arc<str>, mut gathered: Gathered) -> Option<Part> {
        let mut state = lock(&self.state);
        state.silent = 0;
        state.rows += gathered.rows;
        let bytes = gathered.captures.iter().map(|(capture, _)| capture.bytes);
        state.bytes += bytes.sum::<u64>();
        match gathered.dropped.take() {
            None => state.answered += 1,
            // Its figures are kept as refused ones, and the others are as good as ever.
            Some(reason) => {
                state.note_missing(target, reason_refused(), reason, &self.source.id);
                state.refused += 1;
            }
        }
        state.note(target, std::mem::take(&mut gathered.findings));
        self.tell(&state);
        if self.shared.options.dry_run {
            state.tried.add(gathered);
            return None;
        }
        drop(state);
        Some(self.part(target, gathered))
    }

    /// Notes that a target's figures stay as they are.
    fn unchanged(&self, target: &str) {
        let known = self.shared.known.get(&self.source.id);
        let mark = known.and_then(|known| known.marks.get(target));
        let mut state = lock(&self.state);
        state.silent = 0;
        state.answered += 1;
        state.unchanged += 1;
        state.rows += mark.map_or(0, |mark| mark.rows);
        self.tell(&state);
    }

    /// Notes that a target gave no answer that can be taken; what was refused is kept as evidence.
    fn missed(&self, target: &Arc<str>, failure: record::Failure) -> Option<Part> {
        let mut state = lock(&self.state);
        let why = failure.why.unwrap_or_else(reason_failed);
        state.note_missing(target, why, failure.message, &self.source.id);
        if failure.outcome == Outcome::Rejected {
            state.refused += 1;
            state.silent = 0;
        } else {
            state.silent += 1;
        }
        if state.silent >= SILENT {
            let text = Message::new("collect-targets-silent").with("count", SILENT);
            state.ended.get_or_insert(text);
        }
        self.tell(&state);
        drop(state);
        if failure.evidence.is_empty() || self.shared.options.dry_run {
            return None;
        }
        let evidence = failure.evidence.into_iter().map(|capture| (capture, None));
        let gathered = Gathered {
            captures: evidence.collect(),
            ..Gathered::default()
        };
        Some(self.part(target, gathered))
    }

    /// What a target's answer held, ready to be stored beside those that are like it.
    fn part(&self, target: &Arc<str>, gathered: Gathered) -> Part {
        let (shared, source) = (self.shared, self.source);
        record::part(shared, source, target, gathered, &self.alike)
    }

    fn tell(&self, state: &State) {
        let done = state.answered + state.missing;
        if done.is_multiple_of(TOLD) || done == self.of {
            let step = Progress::Target {
                source: self.source.id.clone(),
                done,
                of: self.of,
                bytes: state.bytes,
            };
            // The writer is gone only when the run has failed.
            let _ = self.events.send(Event::Progress(step));
        }
    }

    /// What the source as a whole came to, after so many were asked for.
    pub(super) fn end(&self, asked: usize) -> Result<Gathered, Stopped> {
        let (source, of) = (self.source, self.of);
        let mut state = std::mem::take(&mut *lock(&self.state));
        if let Some(why) = state.fatal {
            return Err(why);
        }
        if self.shared.is_stopping() && asked < of {
            return Err(Stopped::Interrupted);
        }
        let mut findings = state.summary(source, of);
        let message = match findings.as_slice() {
            [] => None,
            [missing, rest, ..] if state.missing > 0 && rest.rule == "targets-not-asked@1" => Some(
                Message::new("collect-targets-two")
                    .with("first", missing.text.clone())
                    .with("second", rest.text.clone()),
            ),
            [first, ..] => Some(first.text.clone()),
        };
        // In the order of the targets, whichever answered first.
        state.details.sort_by(|one, other| one.id.cmp(&other.id));
        state.findings.sort_by(|one, other| one.id.cmp(&other.id));
        findings.append(&mut state.details);
        findings.append(&mut state.findings);
        if state.findings_left > 0 {
            let text = Message::new("collect-targets-findings").with("count", state.findings_left);
            let (rule, severity) = ("targets-findings@1", Severity::Warning);
            findings.push(Finding::new(rule, severity, None, Some(&source.id), text));
        }
        if state.answered == 0
            && let Some(message) = message
        {
            return Err(Stopped::Failed(Box::new(record::Failure {
                outcome: match state.refused {
                    0 => Outcome::Failed,
                    _ => Outcome::Rejected,
                },
                message,
                evidence: Vec::new(),
                findings,
                why: None,
            })));
        }
        Ok(Gathered {
            rows: state.rows,
            findings,
            targets: Some((of, state.answered)),
            unchanged: state.unchanged,
            ..state.tried
        })
    }
}

impl State {
    /// What is said of the source as a whole.
    fn summary(&mut self, source: &SourceConfig, of: usize) -> Vec<Finding> {
        let mut summary = Vec::new();
        let finding =
            |rule: &str, severity, text| Finding::new(rule, severity, None, Some(&source.id), text);
        if self.missing > 0 {
            let id = match self.refused {
                0 => "collect-targets-missing",
                _ => "collect-targets-unusable",
            };
            let text = Message::new(id)
                .with("missing", self.missing)
                .with("of", of)
                .with("which", listed(&self.named, self.missing));
            summary.push(finding("targets-missing@1", Severity::Warning, text));
        }
        if let Some(why) = self.ended.take() {
            let text = Message::new("collect-targets-not-asked")
                .with("count", of.saturating_sub(self.answered + self.missing))
                .with("of", of)
                .with("reason", why);
            summary.push(finding("targets-not-asked@1", Severity::Warning, text));
        }
        if of < source.targets.len() {
            let text = Message::new("collect-targets-tried")
                .with("count", of)
                .with("of", source.targets.len());
            summary.push(finding("targets-tried@1", Severity::Info, text));
        }
        summary
    }

    fn note_missing(&mut self, target: &str, why: Message, said: Message, source: &str) {
        self.missing += 1;
        if self.named.len() < NAMED {
            self.named.push((target.to_owned(), why));
        }
        if self.details.len() < DETAILED {
            let text = said_of(target, said);
            let (rule, severity) = ("target-missing@1", Severity::Warning);
            let mut finding = Finding::new(rule, severity, None, Some(source), text);
            finding.id = format!("{}:{target}", finding.id);
            self.details.push(finding);
        }
    }

    /// Keeps what was noticed in a target's answer, of the first ones.
    fn note(&mut self, target: &str, findings: Vec<Finding>) {
        for mut finding in findings {
            if self.findings.len() >= FINDINGS {
                self.findings_left += 1;
                continue;
            }
            finding.id = format!("{}:{target}", finding.id);
            finding.text = said_of(target, finding.text);
            self.findings.push(finding);
        }
    }
}

fn said_of(target: &str, text: Message) -> Message {
    Message::new("collect-target-said")
        .with("target", target)
        .with("text", text)
}

/// The first targets with a word on each, as one sentence.
fn listed(named: &[(String, Message)], count: usize) -> Message {
    let one = |id, (target, why): &(String, Message)| {
        let text = Message::new(id).with("target", target.as_str());
        text.with("why", why.clone())
    };
    let mut all = named.iter();
    let Some(first) = all.next() else {
        return Message::new("collect-targets-others").with("count", count);
    };
    let mut text = one("collect-targets-first", first);
    for next in all {
        text = one("collect-targets-next", next).with("before", text);
    }
    match count.saturating_sub(named.len()) {
        0 => text,
        more => Message::new("collect-targets-more")
            .with("before", text)
            .with("count", more),
    }
}

fn reason_refused() -> Message {
    Message::new("collect-why-refused")
}

fn reason_failed() -> Message {
    Message::new("collect-why-failed")
}

/// In a word or two, why a target gave no answer.
pub(super) fn word(miss: &Miss) -> Message {
    let Miss::Net(error) = miss else {
        return match miss {
            Miss::Refused { .. } => reason_refused(),
            _ => reason_failed(),
        };
    };
    match &error.trouble {
        Trouble::ConnectTimeout { .. }
        | Trouble::HeadTimeout { .. }
        | Trouble::IdleTimeout { .. }
        | Trouble::WholeTimeout { .. } => Message::new("collect-why-timeout"),
        Trouble::Status { status, .. } => {
            let status = u32::from(*status).to_string();
            Message::new("collect-why-status").with("status", status)
        }
        Trouble::Name { .. } | Trouble::Connect { .. } => Message::new("collect-why-connection"),
        Trouble::Truncated { .. } | Trouble::Broken { .. } => Message::new("collect-why-broken"),
        Trouble::Private { .. } | Trouble::NotAllowed { .. } => Message::new("collect-why-private"),
        _ => reason_failed(),
    }
}
