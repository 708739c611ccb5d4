//! Recording a load: one transaction, nothing changed, nothing stored twice.

use crate::blocks::Fresh;
use crate::dictionary::{Dictionary, Load};
use crate::error::ErrorKind;
use crate::model::{Answer, Batch, Head, HumanAct, NewRow, PackedAnswers, Recording};
use crate::moment::not_before;
use crate::read::{self, Reader, all};
use crate::repeated::{already_there, same_reading, says_last};
use crate::store::{Commit, Fault, Store};
use crate::sum::{act_columns, narrow};
use crate::witness::{Witness, Witnessing};
use crate::{StoreError, acts, blocks, queries};
use chrono::{DateTime, Utc};
use quarterdeck_kpi::Decimal;
use quarterdeck_kpi::address::SeriesId;
use quarterdeck_kpi::calendar::taipei_day;
use quarterdeck_kpi::message::{Arg, Message};
use quarterdeck_kpi::money::MoneyLine;
use quarterdeck_kpi::observation::{Act, Cause, Observation, Reading, Recorded};
use rusqlite::{Connection, Row, params};
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

    /// A correction or withdrawal names a row of the same figure. Numbers below 1 are rows that
    /// the register carries.
    fn check_act(
        &self,
        act: Act,
        sql: &str,
        is_same: impl Fn(&Row<'_>) -> bool,
    ) -> Result<(), Fault> {
        let (Act::Correct(row) | Act::Withdraw(row)) = act else {
            return Ok(());
        };
        if row < 1 || all(self.connection, sql, [row], is_same)?.contains(&true) {
            return Ok(());
        }
        Err(self.refused(
            Message::new("store-no-such-row").with("row", row),
            "store-no-such-row-next",
        ))
    }

    fn observation(&mut self, row: &NewRow<Observation>) -> Result<(), Fault> {
        let item = self.fitted(row)?;
        if SeriesId::parse(&item.series.to_string()).as_ref() != Ok(&item.series) {
            let message = Message::new("store-bad-series").with("series", item.series.to_string());
            return Err(self.refused(message, "store-bad-series-next"));
        }
        let (series, is_new) = self.words.series(self.connection, &item.series)?;
        let period = self.words.period(self.connection, item.period)?;
        self.check_act(row.act, queries::OBSERVATION, |row| {
            (row.get(5).ok(), row.get(6).ok()) == (Some(series), Some(period))
        })?;
        let mut cause = self.last_cause(&row.cause);
        if row.act == Act::Record && !is_new {
            // What a clock dated ahead does not count yet, so it says nothing either.
            let at = self.load.recorded_at;
            let (words, reader) = (&*self.words, &mut self.reader);
            let mut known = read::back_to(
                self.connection,
                queries::OBSERVATIONS_OF_FIGURE,
                [series, period],
                |columns| {
                    let old = read::observation(columns, words, reader);
                    if old.cause == row.cause {
                        cause = columns.get(4).ok();
                    }
                    old
                },
                |old| old.recorded_at <= at && says_last(&old.cause, old.act, &row.cause),
            )?;
            known.retain(|old| old.recorded_at <= at);
            if let Some(same) = already_there(
                &known,
                &row.cause,
                |old| same_reading(&old.item, &item),
                |old, current| {
                    let day = taipei_day(old.item.observed_at);
                    let seen_out = row.undated && day >= item.period.end;
                    current && !seen_out && taipei_day(item.observed_at) > day
                },
            ) {
                self.sequences.push(same);
                return Ok(());
            }
        }
        let full = self.recorded(row, item);
        let item = &full.item;
        let rejected = match &item.reading {
            Reading::Value(_) => None,
            Reading::Rejected(message) => Some(self.json(message)?),
        };
        let batch = self.load_number()?;
        let cause = self.cause(&row.cause, cause)?;
        let unit = self.words.text(self.connection, &item.unit)?;
        let (act, acts_on) = act_columns(row.act);
        let split = |value: Option<Decimal>| value.and_then(narrow).unzip();
        let (mantissa, scale): (Option<i64>, Option<i64>) = split(item.value());
        let (numerator, numerator_scale): (Option<i64>, Option<i64>) =
            split(item.parts.map(|p| p.numerator));
        let (denominator, denominator_scale): (Option<i64>, Option<i64>) =
            split(item.parts.map(|p| p.denominator));
        let row_sum = self.reader.sum.observation(&full, rejected.as_deref());
        self.connection
            .prepare_cached(queries::INSERT_OBSERVATION)?
            .insert(params![
                full.sequence,
                batch,
                act,
                acts_on,
                cause,
                series,
                period,
                mantissa,
                scale,
                rejected,
                item.printed,
                item.qualifier.sign(),
                item.stage.id(),
                unit,
                numerator,
                numerator_scale,
                denominator,
                denominator_scale,
                item.observed_at.timestamp_micros(),
                item.definition_version,
                row_sum,
            ])?;
        self.stored((series, period))
    }

    /// The reading as the columns can hold it.
    fn fitted(&self, row: &NewRow<Observation>) -> Result<Observation, Fault> {
        let mut item = row.item.clone();
        item.observed_at = micros(item.observed_at);
        let parts = item
            .parts
            .map(|parts| [parts.numerator, parts.denominator])
            .into_iter()
            .flatten();
        let Some(wide) = item
            .value()
            .into_iter()
            .chain(parts)
            .find(|value| narrow(*value).is_none())
        else {
            // `printed` is kept only where it says something else than the value.
            if item
                .value()
                .is_some_and(|value| item.printed.as_deref() == Some(value.to_string().as_str()))
            {
                item.printed = None;
            }
            return Ok(item);
        };
        let too_wide = Message::new("store-too-wide")
            .with("series", item.series.to_string())
            .with("value", Arg::Text(wide.to_string()));
        if matches!(row.cause, Cause::Entry { .. }) {
            return Err(self.refused(too_wide, "store-too-wide-next"));
        }
        item.printed = item
            .printed
            .take()
            .or(item.value().map(|value| value.to_string()));
        item.reading = Reading::Rejected(
            Message::new("store-rejected-too-wide").with("value", Arg::Text(wide.to_string())),
        );
        item.parts = None;
        Ok(item)
    }

    fn money(&mut self, row: &NewRow<MoneyLine>) -> Result<(), Fault> {
        self.check_act(row.act, queries::MONEY_LINE, |_| true)?;
        let mut item = row.item.clone();
        if item.printed.as_deref() == Some(item.amount_ntd.to_string().as_str()) {
            item.printed = None;
        }
        let plan = self.words.text(self.connection, &item.key.plan)?;
        let word = |words: &mut Dictionary, text: Option<&str>| {
            text.map(|text| words.text(self.connection, text))
                .transpose()
        };
        let programme = word(self.words, item.key.programme.as_deref())?;
        let agency = word(self.words, item.key.agency.as_deref())?;
        let period = self.words.period(self.connection, item.period)?;
        let (span, kind, year) = (item.key.span.id(), item.key.kind.id(), item.key.fiscal_year);
        let mut cause = self.last_cause(&row.cause);
        if row.act == Act::Record {
            let at = self.load.recorded_at;
            let (words, reader) = (&*self.words, &mut self.reader);
            let values = params![plan, year, period, kind, programme, agency, span];
            let mut known = read::back_to(
                self.connection,
                queries::MONEY_OF_KEY,
                values,
                |columns| {
                    let old = read::money(columns, words, reader);
                    if old.cause == row.cause {
                        cause = columns.get(4).ok();
                    }
                    old
                },
                |old| old.recorded_at <= at && says_last(&old.cause, old.act, &row.cause),
            )?;
            known.retain(|old| old.recorded_at <= at);
            let same = |old: &Recorded<MoneyLine>| old.item.amount_ntd == item.amount_ntd;
            if let Some(same) = already_there(&known, &row.cause, same, |_, _| false) {
                self.sequences.push(same);
                return Ok(());
            }
        }
        let full = self.recorded(row, item);
        let batch = self.load_number()?;
        let cause = self.cause(&row.cause, cause)?;
        let (act, acts_on) = act_columns(row.act);
        let row_sum = self.reader.sum.money(&full);
        self.connection
            .prepare_cached(queries::INSERT_MONEY)?
            .insert(params![
                full.sequence,
                batch,
                act,
                acts_on,
                cause,
                plan,
                programme,
                agency,
                year,
                span,
                kind,
                period,
                full.item.amount_ntd,
                full.item.printed,
                row_sum,
            ])?;
        self.stored((0, 1))
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
