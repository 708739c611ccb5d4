//! The one writer of a collection: records what is complete, then reports it.

use super::gather::{Gathered, Stopped};
use super::record::{self, Prepared};
use super::{Event, GROUP, Progress, Shared, SourceReport, Understood};
use super::{asking, conditional};
use crate::failure::Failure;
use quarterdeck_sources::SourceConfig;
use quarterdeck_store::{Answer, Recording, Store, StoreError};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;
use std::time::Duration;

/// So many answers at once, and more are on their way.
const BUSY: usize = 16;
/// Readings that are kept to be shown.
const READINGS: usize = 20;
const MOMENT: Duration = Duration::from_millis(10);

pub(super) struct Writer<'a> {
    pub(super) store: &'a mut Store,
    pub(super) shared: &'a Shared<'a>,
    pub(super) run: Option<i64>,
    /// By source, in their order.
    pub(super) reports: &'a mut [Option<SourceReport>],
    pub(super) progress: &'a mut dyn FnMut(Progress),
}

impl Writer<'_> {
    /// Takes what is there, records it in one transaction, reports it, and looks again. While one
    /// group is on its way to the disk the next one gathers.
    pub(super) fn write_down(
        &mut self,
        events: &mpsc::Receiver<Event>,
        interrupt: &AtomicBool,
    ) -> Result<(), Failure> {
        // Behind a filled-in origin a rerun gives the same bytes, so no group depends on speed.
        let most = match self.shared.options.origin {
            Some(_) => 1,
            None => GROUP,
        };
        let mut is_busy = false;
        loop {
            if is_busy {
                // Every group costs the same few writes: with many answers on their way, waiting a
                // moment for more of them is faster, and nobody sees it.
                std::thread::sleep(MOMENT);
            }
            if interrupt.load(Ordering::SeqCst) && !self.shared.is_stopping() {
                self.shared.stop();
            }
            let mut next = match events.recv_timeout(Duration::from_millis(50)) {
                Ok(event) => Some(event),
                Err(mpsc::RecvTimeoutError::Timeout) => None,
                Err(mpsc::RecvTimeoutError::Disconnected) => return Ok(()),
            };
            let mut group = Vec::new();
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
                    Event::Done(index, gathered, elapsed_ms) => {
                        group.push((index, self.prepared(index, gathered, elapsed_ms)?));
                    }
                }
                next = match group.len() < most {
                    true => events.try_recv().ok(),
                    false => None,
                };
            }
            is_busy = group.len() >= BUSY && most > 1;
            self.store_group(group)?;
        }
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
        let prepared = self.recorded(source, gathered, elapsed_ms);
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
        elapsed_ms: u64,
    ) -> Result<Prepared, Failure> {
        match gathered {
            Ok(gathered) => Ok(record::answer(
                self.shared,
                source,
                self.run,
                *gathered,
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
