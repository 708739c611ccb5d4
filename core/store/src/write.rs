//! Recording a load: one transaction, nothing changed, nothing stored twice.

mod rows;

use crate::blocks::Fresh;
use crate::dictionary::{Dictionary, Load};
use crate::error::ErrorKind;
use crate::model::{Answer, Batch, Head, HumanAct, NewRow, PackedAnswers, Recording};
use crate::moment::not_before;
use crate::read::Reader;
use crate::store::{Commit, Fault, Store};
use crate::witness::{Witness, Witnessing};
use crate::{StoreError, acts, blocks, queries};
use chrono::{DateTime, Utc};
use quarterdeck_kpi::message::Message;
use quarterdeck_kpi::observation::{Cause, Recorded};
use rusqlite::{Connection, params};
use std::path::Path;

/// A load while it is being written; its row in `batch` is made with its first row.
struct Writing<'a> {
    connection: &'a Connection,
    words: &'a mut Dictionary,
    file: &'a Path,
    load: Load,
    load_number: Option<i64>,
    began: i64,
    next: i64,
    reader: Reader<'a>,
    sequences: Vec<i64>,
    new: usize,
    last_cause: Option<(Cause, i64)>,
    fresh: Fresh,
    /// Of what came with a person's act.
    witnessing: Option<Witnessing>,
}

impl Store {
    /// Records a load in one transaction and gives one sequence number a row, observations first.
    ///
    /// A collected reading that says what the source's last one said is not stored again; neither
    /// is an entry equal to the one in effect. Their numbers are those of the rows already there.
    /// A figure too large for the columns (64 bits) is kept as rejected when it was collected and
    /// refused when it was entered.
    pub fn record(&mut self, batch: &Batch) -> Result<Vec<i64>, StoreError> {
        self.record_counted(batch)
            .map(|recording| recording.sequences)
    }

    /// As [`Store::record`], saying how many rows were new.
    pub fn record_counted(&mut self, batch: &Batch) -> Result<Recording, StoreError> {
        self.record_then(batch, |_, recording| Ok(recording))
    }

    /// Records answers with everything that was read from them, all in one transaction: captures
    /// and loads are there together, or nothing is. One answer or many cost one write to the disk.
    pub fn record_answers(&mut self, answers: &[Answer]) -> Result<Vec<Recording>, StoreError> {
        let mut ready = Vec::with_capacity(answers.len());
        for answer in answers {
            let mut captures = Vec::with_capacity(answer.captures.len());
            for (capture, taken) in &answer.captures {
                captures.push(self.ready(capture, taken.as_ref())?);
            }
            ready.push(captures);
        }
        let file = self.path().to_owned();
        self.write(Commit::Durable, |transaction, dictionary| {
            let mut writing = Writing::begin(transaction, dictionary, &file)?;
            let mut recordings = Vec::with_capacity(answers.len());
            for (answer, captures) in answers.iter().zip(ready) {
                for capture in captures {
                    capture.insert(transaction)?;
                }
                if let (Some(settings), Some((source, attempt))) =
                    (&answer.revisit, &answer.batch.attempt)
                {
                    transaction
                        .prepare_cached(queries::INSERT_REVISIT)?
                        .insert(params![attempt.run, source, settings])?;
                }
                recordings.push(writing.batch(&answer.batch)?);
            }
            writing.end()?;
            Ok(recordings)
        })
    }

    /// Records one group of answers after the other, all in one transaction: as long as `more` gives
    /// another, which may wait a moment for it. Thousands of answers change the same pages of the
    /// indexes over and over; together each of these is written once.
    pub fn record_while(
        &mut self,
        mut more: impl FnMut() -> Option<Vec<PackedAnswers>>,
    ) -> Result<Vec<Recording>, StoreError> {
        let file = self.path().to_owned();
        self.write(Commit::Durable, |transaction, dictionary| {
            let mut writing = Writing::begin(transaction, dictionary, &file)?;
            let mut recordings = Vec::new();
            while let Some(groups) = more() {
                for group in groups {
                    for packed in &group.captures {
                        packed.insert(transaction, writing.words, &file)?;
                    }
                    recordings.push(writing.batch(&group.batch)?);
                }
            }
            writing.end()?;
            Ok(recordings)
        })
    }

    /// Records what a person did together with the act in the log: both are there, or neither.
    /// `act` learns the sequence numbers.
    pub fn record_act(
        &mut self,
        batch: &Batch,
        act: impl FnOnce(&Recording) -> HumanAct,
    ) -> Result<(Recording, Head), StoreError> {
        let (file, signer) = (self.path().to_owned(), self.signer());
        self.write(Commit::Durable, |transaction, dictionary| {
            let mut writing = Writing::begin(transaction, dictionary, &file)?;
            let (recording, witness) = writing.witnessed(batch)?;
            writing.end()?;
            let mut act = act(&recording);
            witness.iter().for_each(|rows| rows.put_into(&mut act));
            let head = acts::append(transaction, signer.as_deref(), &act, false)?;
            Ok((recording, head))
        })
    }

    /// Records several things a person did at once, each with its act in the log: all are there, or
    /// none. `act` learns which batch it is for, and its sequence numbers.
    pub fn record_acts(
        &mut self,
        batches: &[Batch],
        act: impl Fn(usize, &Recording) -> HumanAct,
    ) -> Result<Vec<(Recording, Head)>, StoreError> {
        let file = self.path().to_owned();
        let signer = self.signer();
        self.write(Commit::Durable, |transaction, dictionary| {
            let mut writing = Writing::begin(transaction, dictionary, &file)?;
            let mut done = Vec::with_capacity(batches.len());
            for (at, batch) in batches.iter().enumerate() {
                let (recording, witness) = writing.witnessed(batch)?;
                let mut act = act(at, &recording);
                witness.iter().for_each(|rows| rows.put_into(&mut act));
                let head = acts::append(transaction, signer.as_deref(), &act, false)?;
                done.push((recording, head));
            }
            writing.end()?;
            Ok(done)
        })
    }

    fn record_then<T>(
        &mut self,
        batch: &Batch,
        then: impl FnOnce(&Connection, Recording) -> Result<T, Fault>,
    ) -> Result<T, StoreError> {
        let file = self.path().to_owned();
        self.write(Commit::Durable, |transaction, dictionary| {
            let mut writing = Writing::begin(transaction, dictionary, &file)?;
            let recording = writing.batch(batch)?;
            writing.end()?;
            then(transaction, recording)
        })
    }
}

/// The database keeps microseconds.
fn micros(at: DateTime<Utc>) -> DateTime<Utc> {
    DateTime::from_timestamp_micros(at.timestamp_micros()).unwrap_or(at)
}

impl<'a> Writing<'a> {
    fn begin(
        connection: &'a Connection,
        words: &'a mut Dictionary,
        file: &'a Path,
    ) -> Result<Self, Fault> {
        words.refresh(connection)?;
        let next = connection
            .prepare_cached(queries::NEXT_SEQUENCE)?
            .query_row([], |row| row.get(0))?;
        Ok(Writing {
            connection,
            words,
            file,
            load: Load::default(),
            load_number: None,
            began: next,
            next,
            reader: Reader::on(connection),
            sequences: Vec::new(),
            new: 0,
            last_cause: None,
            fresh: Fresh::default(),
            witnessing: None,
        })
    }

    fn batch(&mut self, batch: &Batch) -> Result<Recording, Fault> {
        let load = Load {
            recorded_at: not_before(self.connection, micros(batch.recorded_at))?,
            run: batch.run,
            actor: batch.actor.as_str().into(),
            identity: batch.identity.as_str().into(),
            reason: batch.reason.as_deref().map(Into::into),
        };
        // What was recorded together by the same person at the same moment is one load.
        if self.load != load {
            (self.load, self.load_number) = (load, None);
        }
        self.new = 0;
        for row in &batch.observations {
            self.observation(row)?;
        }
        for row in &batch.money {
            self.money(row)?;
        }
        if batch.attempt.is_some() || !batch.findings.is_empty() {
            self.findings_and_attempt(batch)?;
        }
        Ok(Recording {
            sequences: std::mem::take(&mut self.sequences),
            new: self.new,
        })
    }
}

impl Writing<'_> {
    /// Makes the blocks that these rows completed.
    fn end(self) -> Result<(), Fault> {
        // Rows are counted from 1 on.
        if (self.next - 1) / blocks::ROWS > (self.began - 1) / blocks::ROWS {
            blocks::make(self.connection, self.words)?;
        }
        Ok(())
    }

    /// Writes what a person did, with what the log is to say of the rows.
    fn witnessed(&mut self, batch: &Batch) -> Result<(Recording, Option<Witness>), Fault> {
        self.witnessing = Some(Witnessing::from(self.next));
        let recording = self.batch(batch)?;
        let witness = self.witnessing.take();
        Ok((recording, witness.and_then(|rows| rows.end(self.next))))
    }

    fn load_number(&mut self) -> Result<i64, Fault> {
        if let Some(number) = self.load_number {
            return Ok(number);
        }
        let number = Dictionary::load(self.connection, &self.load)?;
        self.load_number = Some(number);
        Ok(number)
    }

    /// The number of the last row's cause, where this is the same.
    fn last_cause(&self, cause: &Cause) -> Option<i64> {
        let last = self.last_cause.as_ref();
        last.filter(|(last, _)| last == cause).map(|(_, id)| *id)
    }

    /// The number of a cause, which may be known.
    fn cause(&mut self, cause: &Cause, known: Option<i64>) -> Result<i64, Fault> {
        let id = match known {
            Some(id) => id,
            None => Dictionary::cause(self.connection, cause)?,
        };
        self.last_cause = Some((cause.clone(), id));
        Ok(id)
    }

    fn refused(&self, message: Message, next: &'static str) -> Fault {
        Fault::Store(StoreError::saying(
            ErrorKind::Other,
            self.file,
            message,
            Message::new(next),
        ))
    }

    fn recorded<T>(&self, row: &NewRow<T>, item: T) -> Recorded<T> {
        let Load {
            recorded_at,
            run,
            actor,
            identity,
            reason,
        } = self.load.clone();
        let (cause, act) = (row.cause.clone(), row.act);
        Recorded {
            sequence: self.next,
            recorded_at,
            run,
            actor,
            identity,
            reason,
            cause,
            act,
            intact: true,
            item,
        }
    }

    /// A row of a figure was written: of a series and period, or (0 and 1) of money.
    fn stored(&mut self, figure: (i64, i64)) -> Result<(), Fault> {
        let at = self.load.recorded_at.timestamp_micros();
        self.fresh.wrote(self.connection, self.next, figure, at)?;
        if let Some(witnessing) = &mut self.witnessing {
            witnessing.row(self.reader.sum.content());
        }
        self.sequences.push(self.next);
        self.next += 1;
        self.new += 1;
        Ok(())
    }

    fn findings_and_attempt(&mut self, batch: &Batch) -> Result<(), Fault> {
        let number = self.load_number()?;
        for finding in &batch.findings {
            let body = self.json(finding)?;
            let values = params![number, finding.source, finding.id, body];
            self.connection
                .prepare_cached(queries::INSERT_FINDING)?
                .insert(values)?;
        }
        if let Some((source, attempt)) = &batch.attempt {
            let message = attempt
                .message
                .as_ref()
                .map(|message| self.json(message))
                .transpose()?;
            let count = |value: u64| i64::try_from(value).unwrap_or(i64::MAX);
            self.connection
                .prepare_cached(queries::INSERT_ATTEMPT)?
                .insert(params![
                    number,
                    source,
                    attempt.run,
                    attempt.at.timestamp_micros(),
                    attempt.outcome.id(),
                    count(attempt.rows),
                    count(attempt.elapsed_ms),
                    message,
                    attempt
                        .certificate_not_after
                        .map(|at| at.timestamp_micros()),
                ])?;
        }
        Ok(())
    }

    fn json<T: serde::Serialize>(&self, value: &T) -> Result<String, Fault> {
        serde_json::to_string(value).map_err(|error| {
            Fault::Store(StoreError::new(
                ErrorKind::Other,
                self.file,
                error.to_string(),
            ))
        })
    }
}
