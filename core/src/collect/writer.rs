//! The one writer of a collection: records what is complete, then reports it.

use super::gather::{Gathered, Stopped};
use super::record::{self, Prepared, Stored};
use super::results::Part;
use super::{Event, GROUP, Progress, Shared, SourceReport, Understood};
use super::{asking, conditional};
use crate::failure::Failure;
use quarterdeck_sources::SourceConfig;
use quarterdeck_store::{Answer, Recording, Store, StoreError};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;
use std::time::{Duration, Instant};

/// So many answers at once, and more are on their way.
const BUSY: usize = 16;
/// Readings that are kept to be shown.
const READINGS: usize = 20;
const MOMENT: Duration = Duration::from_millis(10);
/// So many answers of targets are worth a transaction, and so long they wait for others.
const PARTS: usize = 256;
const PARTS_WAIT: Duration = Duration::from_millis(250);
/// For fewer of them a moment is waited.
const FEW: usize = 64;
/// It takes those that come meanwhile for so long: others may want to write.
const LONGEST: Duration = Duration::from_secs(1);

pub(super) struct Writer<'a> {
    pub(super) store: &'a mut Store,
    pub(super) shared: &'a Shared<'a>,
    pub(super) run: Option<i64>,
    /// By source, in their order.
    pub(super) reports: &'a mut [Option<SourceReport>],
    pub(super) progress: &'a mut dyn FnMut(Progress),
    /// What is stored of the targets of sources, by source.
    pub(super) stored: BTreeMap<usize, Stored>,
    /// Answers of targets that wait to be stored together, and since when.
    pub(super) parts: Parts,
    pub(super) parts_since: Option<Instant>,
}

/// Answers of sources' targets, by source.
pub(super) type Parts = BTreeMap<usize, Vec<Part>>;

impl Writer<'_> {
    /// Takes what is there, records it in one transaction, reports it, and looks again. While one
    /// group is on its way to the disk the next one gathers.
    pub(super) fn write_down(
        &mut self,
        events: &mpsc::Receiver<Event>,
        interrupt: &AtomicBool,
    ) -> Result<(), Failure> {
        // Behind a filled-in origin a rerun gives the same bytes, so no group depends on speed.
        let (most, most_parts) = match self.shared.options.origin {
            Some(_) => (1, 1),
            None => (GROUP, PARTS),
        };
        let (mut is_busy, mut waiting) = (false, None);
        loop {
            if is_busy && waiting.is_none() {
                // Every group costs the same few writes: with many answers on their way, waiting a
                // moment for more of them is faster, and nobody sees it.
                std::thread::sleep(MOMENT);
            }
            if interrupt.load(Ordering::SeqCst) && !self.shared.is_stopping() {
                self.shared.stop();
            }
            let mut next = match waiting.take() {
                Some(event) => Some(event),
                None => match events.recv_timeout(Duration::from_millis(50)) {
                    Ok(event) => Some(event),
                    Err(mpsc::RecvTimeoutError::Timeout) => None,
                    Err(mpsc::RecvTimeoutError::Disconnected) => {
                        return self.store_parts(events).map(drop);
                    }
                },
            };
            let (mut group, mut in_parts) = (Vec::new(), 0);
            while let Some(event) = next {
                match event {
                    Event::Progress(step) => (self.progress)(step),
                    Event::Held(index, wait) => {
                        if let Some(source) = self.shared.sources.get(index) {
                            let _held = self.shared.options.write_now()?;
                            let now = (self.shared.options.now)();
                            asking::hold(self.store, source, now, wait)?;
                        }
                    }
                    Event::Part(index, part) => {
                        self.parts.entry(index).or_default().push(part);
                        self.parts_since.get_or_insert_with(Instant::now);
                        in_parts += 1;
                    }
                    // Its targets count in what is said of it.
                    Event::Done(..) if !self.parts.is_empty() => {
                        waiting = self.store_parts(events)?;
                        next = Some(event);
                        continue;
                    }
                    Event::Done(index, gathered, elapsed_ms) => {
                        group.push((index, self.prepared(index, gathered, elapsed_ms)?));
                    }
                }
                next = match group.len() + in_parts < most && waiting.is_none() {
                    true => events.try_recv().ok(),
                    false => None,
                };
            }
            is_busy = group.len() + in_parts >= BUSY && most > 1;
            self.store_group(group)?;
            let in_parts: usize = self.parts.values().map(Vec::len).sum();
            let is_time = self.parts_since.is_some_and(|at| at.elapsed() > PARTS_WAIT);
            if is_time || in_parts >= most_parts {
                waiting = self.store_parts(events)?;
            }
        }
    }

    /// Records the answers of targets that wait, and those that come meanwhile, in one transaction.
    /// Gives what else was told in between.
    fn store_parts(&mut self, events: &mpsc::Receiver<Event>) -> Result<Option<Event>, Failure> {
        let Writer {
            store,
            shared,
            run,
            progress,
            stored,
            parts,
            parts_since,
            ..
        } = self;
        *parts_since = None;
        if parts.is_empty() {
            return Ok(None);
        }
        let _held = shared.options.write_now()?;
        // Behind a filled-in origin no group depends on speed.
        let longest = match shared.options.origin {
            Some(_) => Duration::ZERO,
            None => LONGEST,
        };
        let (began, mut other, mut waiting) = (Instant::now(), None, Vec::new());
        // What the last group takes of the memory for answers, until it is handed over.
        let (mut in_hand, mut shares) = (0, Vec::new());
        let more = || {
            let found_last = std::mem::take(&mut in_hand);
            shared.parts.add_permits(found_last);
            shares.clear();
            // Whoever is slow is not waited for with the database in hand.
            let is_fast = found_last >= BUSY && began.elapsed() < longest;
            if parts.is_empty() && other.is_none() && is_fast {
                other = await_parts(events, parts, progress);
            }
            if parts.is_empty() {
                return None;
            }
            let at = (shared.options.now)();
            let mut groups = Vec::new();
            for (index, parts) in std::mem::take(parts) {
                in_hand += parts.len();
                let (mut group, found, held) = record::together(shared, *run, parts);
                group.batch.recorded_at = at;
                groups.push(group);
                waiting.push((index, found));
                shares.extend(held);
            }
            Some(groups)
        };
        let recordings = store.record_while(more)?;
        for ((index, found), recording) in waiting.into_iter().zip(recordings) {
            let before = stored.entry(index).or_default();
            before.readings += found.readings;
            before.rejected += found.rejected;
            before.new += recording.new;
        }
        Ok(other)
    }

    fn prepared(
        &self,
        index: usize,
        gathered: Result<Box<Gathered>, Stopped>,
        elapsed_ms: u64,
    ) -> Result<Prepared, Failure> {
        let Some(source) = self.shared.sources.get(index) else {
            return Ok(Prepared::nothing(""));
        };
        let understood = self.understood(source, &gathered);
        let before = self.stored.get(&index).copied().unwrap_or_default();
        let prepared = self.recorded(source, gathered, before, elapsed_ms);
        prepared.map(|mut prepared| {
            prepared.report.understood = understood;
            prepared
        })
    }

    /// What was understood of a source, with its first readings.
    fn understood(
        &self,
        source: &SourceConfig,
        gathered: &Result<Box<Gathered>, Stopped>,
    ) -> Option<Box<Understood>> {
        if !self.shared.options.preview {
            return None;
        }
        let mut understood = self.shared.understood(&source.id).unwrap_or_default();
        if let Ok(gathered) = gathered {
            let readings = gathered.readings.iter().take(READINGS);
            understood.readings = readings.map(|(_, located)| located.clone()).collect();
        }
        Some(Box::new(understood))
    }

    fn recorded(
        &self,
        source: &SourceConfig,
        gathered: Result<Box<Gathered>, Stopped>,
        before: Stored,
        elapsed_ms: u64,
    ) -> Result<Prepared, Failure> {
        match gathered {
            Ok(gathered) => Ok(record::answer(
                self.shared,
                source,
                self.run,
                *gathered,
                before,
                elapsed_ms,
            )),
            Err(Stopped::Failed(failure)) => Ok(record::failure(
                self.shared,
                source,
                self.run,
                *failure,
                elapsed_ms,
            )),
            Err(Stopped::Unchanged) => Ok(conditional::unchanged(
                self.shared,
                source,
                self.run,
                elapsed_ms,
            )),
            Err(Stopped::TooEarly(until, message)) => Ok(Prepared::only(SourceReport::too_early(
                &source.id, until, message,
            ))),
            Err(Stopped::Interrupted) => Ok(Prepared::nothing(&source.id)),
            Err(Stopped::Store(failure)) => Err(failure),
        }
    }

    fn store_group(&mut self, group: Vec<(usize, Prepared)>) -> Result<(), Failure> {
        let (mut answers, mut waiting) = (Vec::new(), Vec::new());
        let count = group.len();
        // What is recorded together is known from the same moment.
        let at = (self.shared.options.now)();
        for (index, prepared) in group {
            let Prepared {
                answer,
                report,
                shares,
            } = prepared;
            let has_answer = answer.is_some();
            answers.extend(answer.map(|answer| answer.recorded_at(at)));
            waiting.push((index, report, has_answer, shares));
        }
        let _held = match answers.is_empty() {
            true => None,
            false => self.shared.options.write_now()?,
        };
        let (recordings, failure) = match self.store.record_answers(&answers) {
            Ok(recordings) => (recordings, None),
            Err(error) => self.one_by_one(&answers, error),
        };
        drop(answers);
        let mut recordings = recordings.into_iter();
        for (index, mut report, has_answer, _shares) in waiting {
            if has_answer {
                let Some(recording) = recordings.next() else {
                    break;
                };
                report.new = recording.new;
            }
            report.new += self.stored.get(&index).map_or(0, |stored| stored.new);
            (self.progress)(Progress::Finished(report.clone()));
            if let Some(place) = self.reports.get_mut(index) {
                *place = Some(report);
            }
        }
        self.shared.room.add_permits(count);
        failure.map_or(Ok(()), |error| Err(error.into()))
    }

    /// What the store refuses of one source must not cost the others what they sent.
    fn one_by_one(
        &mut self,
        answers: &[Answer],
        error: StoreError,
    ) -> (Vec<Recording>, Option<StoreError>) {
        let mut recordings = Vec::new();
        if answers.len() < 2 {
            return (recordings, Some(error));
        }
        for answer in answers {
            match self.store.record_answers(std::slice::from_ref(answer)) {
                Ok(mut recorded) => recordings.append(&mut recorded),
                Err(error) => return (recordings, Some(error)),
            }
        }
        (recordings, None)
    }
}

/// Takes answers of targets as they come, for a moment; gives what else was told and ends with it.
fn await_parts(
    events: &mpsc::Receiver<Event>,
    parts: &mut Parts,
    progress: &mut dyn FnMut(Progress),
) -> Option<Event> {
    let mut count = 0;
    for is_first in [true, false] {
        while count < PARTS
            && let Ok(event) = events.try_recv()
        {
            match event {
                Event::Part(index, part) => {
                    parts.entry(index).or_default().push(part);
                    count += 1;
                }
                Event::Progress(step) => progress(step),
                other => return Some(other),
            }
        }
        // One at a time they would cost a group each.
        if is_first && count < FEW {
            std::thread::sleep(MOMENT);
        }
    }
    None
}
