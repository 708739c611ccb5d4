//! Everything that was known at a moment.

use crate::ahead::{Ahead, Amounts, Both, Kinds, Question};
use crate::dictionary::{Dictionary, instant, lossy};
use crate::model::{Rows, StoredRow};
use crate::read::{Columns, Reader, all, money, observation, whole};
use crate::store::{Fault, Store};
use crate::{StoreError, blocks, queries, standing};
use chrono::{DateTime, Utc};
use quarterdeck_kpi::address::{FigureAddress, SeriesId};
use quarterdeck_kpi::calendar::{Period, end_of_day};
use quarterdeck_kpi::explain::series_of_line;
use quarterdeck_kpi::finding::{DAMAGED_ROW, Finding, Severity};
use quarterdeck_kpi::message::Message;
use quarterdeck_kpi::money::MoneyLine;
use quarterdeck_kpi::observation::{Observation, Recorded};
use quarterdeck_kpi::source::{Attempt, Outcome};
use rusqlite::{Connection, Row, params};
use std::cell::RefCell;
use std::collections::BTreeMap;

/// Which rows of a scope are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    /// Readings and amounts.
    Both,
    /// Readings alone.
    Readings,
    /// Amounts alone.
    Amounts,
}

impl Store {
    /// Everything recorded by a moment, by sequence. A row whose checksum fails is there whatever
    /// its time says, with `intact` false, and a finding names it.
    pub fn rows_as_of(&self, as_of: DateTime<Utc>) -> Result<Rows, StoreError> {
        self.read(|connection, dictionary| whole_as_of(connection, dictionary, as_of, &self.ahead))
    }

    /// The same without readings that a later one of their figure has replaced, as if the last row were
    /// `up_to`. A small database is read whole, and so is one in which anything is amiss:
    /// [`Rows::left_out`] says which.
    pub fn standing_as_of(&self, as_of: DateTime<Utc>, up_to: i64) -> Result<Rows, StoreError> {
        let limit = self.whole_up_to;
        self.read(|connection, dictionary| {
            if blocks::end(connection)? > limit {
                dictionary.refresh(connection)?;
                let found = standing::observations(connection, dictionary, as_of, up_to)?;
                if let Some(mut found) = found {
                    let mut rows = Rows {
                        observations: std::mem::take(&mut found.rows),
                        left_out: true,
                        ..Rows::default()
                    };
                    let kinds = Kinds::AMOUNTS;
                    let amounts = of_kinds(connection, dictionary, kinds, &self.ahead)?.amounts;
                    let money = rest(connection, as_of, amounts, &mut rows)?;
                    if found.agrees_with(&money) && rows.money.iter().all(|row| row.intact) {
                        rows.money.retain(|row| row.sequence <= up_to);
                        return Ok(rows);
                    }
                }
            }
            let mut rows = whole_as_of(connection, dictionary, as_of, &self.ahead)?;
            rows.observations.retain(|row| row.sequence <= up_to);
            rows.money.retain(|row| row.sequence <= up_to);
            Ok(rows)
        })
    }

    /// All readings, some amounts or both that were recorded by a moment, by sequence. Without findings and attempts.
    pub fn rows_of_kinds(
        &self,
        as_of: DateTime<Utc>,
        readings: bool,
        amounts: Option<Amounts>,
    ) -> Result<Rows, StoreError> {
        self.read(|connection, dictionary| {
            dictionary.refresh(connection)?;
            let kinds = Kinds { readings, amounts };
            let mut found = of_kinds(connection, dictionary, kinds, &self.ahead)?;
            found.readings.retain(|row| was_known(row, as_of));
            found.amounts.retain(|row| was_known(row, as_of));
            Ok(Rows {
                observations: found.readings,
                money: found.amounts,
                ..Rows::default()
            })
        })
    }

    /// What a source brought by a moment, with the attempts at it and what it brought last: how it is doing. Of amounts
    /// that came at once for one period there is one: the others say nothing more of the source.
    pub fn rows_of_source(&self, as_of: DateTime<Utc>, source: &str) -> Result<Rows, StoreError> {
        self.read(|connection, dictionary| {
            dictionary.refresh(connection)?;
            let mut reader = Reader::on(connection);
            let mut rows = Rows::default();
            let take = |row: &Row<'_>| observation(row, dictionary, &mut reader);
            rows.observations = all(connection, queries::OBSERVATIONS_OF_SOURCE, [source], take)?;
            rows.observations.retain(|row| was_known(row, as_of));
            let mut amounts = |sql: &str| {
                let take = |row: &Row<'_>| money(row, dictionary, &mut reader);
                all(connection, sql, [source], take)
            };
            let mut once = amounts(queries::MONEY_OF_SOURCE_ONCE)?;
            // What is damaged does not speak for the others.
            if once.iter().any(|row| !row.intact) {
                once = amounts(queries::MONEY_OF_SOURCE)?;
            }
            rest(connection, as_of, once, &mut rows)?;
            Ok(rows)
        })
    }

    /// The rows of these scopes recorded by a moment, by sequence, read by their index: what one
    /// figure of a programme rests on, without the rest: readings, amounts or both. Without findings and attempts.
    pub fn rows_of(
        &self,
        as_of: DateTime<Utc>,
        scopes: &[impl AsRef<str>],
        wanted: Wanted,
    ) -> Result<Rows, StoreError> {
        self.read(|connection, dictionary| {
            dictionary.refresh(connection)?;
            let mut reader = Reader::on(connection);
            let mut rows = Rows::default();
            for scope in scopes.iter().map(AsRef::as_ref) {
                if wanted != Wanted::Amounts {
                    // Every address of the scope: `/` is the sign before `0`.
                    let (first, last) = (format!("{scope}/"), format!("{scope}0"));
                    let read = all(
                        connection,
                        queries::OBSERVATIONS_OF_SCOPE,
                        [first, last],
                        |row| observation(row, dictionary, &mut reader),
                    )?;
                    rows.observations.extend(read);
                }
                let id = (wanted != Wanted::Readings).then(|| dictionary.text_id(scope));
                if let Some(id) = id.flatten() {
                    let read = all(connection, queries::MONEY_OF_PROGRAMME, [id], |row| {
                        money(row, dictionary, &mut reader)
                    })?;
                    rows.money.extend(read);
                }
            }
            rows.observations.retain(|row| was_known(row, as_of));
            rows.money.retain(|row| was_known(row, as_of));
            rows.observations.sort_by_key(|row| row.sequence);
            rows.money.sort_by_key(|row| row.sequence);
            Ok(rows)
        })
    }

    /// Every reading of a series, of one period or of all, by sequence and whatever a clock dated it;
    /// read by its index.
    pub fn readings_of(
        &self,
        series: &SeriesId,
        period: Option<Period>,
    ) -> Result<Vec<Recorded<Observation>>, StoreError> {
        self.read(|connection, dictionary| {
            dictionary.refresh(connection)?;
            let Some(series) = dictionary.series_id(series) else {
                return Ok(Vec::new());
            };
            let mut reader = Reader::on(connection);
            let take = |row: &rusqlite::Row<'_>| observation(row, dictionary, &mut reader);
            let Some(period) = period else {
                let sql = queries::OBSERVATIONS_OF_SERIES;
                return Ok(all(connection, sql, [series], take)?);
            };
            let Some(period) = dictionary.period_id(period) else {
                return Ok(Vec::new());
            };
            let sql = queries::OBSERVATIONS_OF_FIGURE;
            let mut newest_first = all(connection, sql, [series, period], take)?;
            newest_first.reverse();
            Ok(newest_first)
        })
    }

    /// Every money line of a plan's fiscal year at one cut-off, by sequence and whatever a clock dated it;
    /// read by its index.
    pub fn lines_of(
        &self,
        plan: &str,
        fiscal_year: i32,
        period: Period,
    ) -> Result<Vec<Recorded<MoneyLine>>, StoreError> {
        self.read(|connection, dictionary| {
            dictionary.refresh(connection)?;
            let ids = dictionary.text_id(plan).zip(dictionary.period_id(period));
            let Some((plan, period)) = ids else {
                return Ok(Vec::new());
            };
            let mut reader = Reader::on(connection);
            let values = params![plan, fiscal_year, period];
            let take = |row: &rusqlite::Row<'_>| money(row, dictionary, &mut reader);
            Ok(all(connection, queries::MONEY_OF_PERIOD, values, take)?)
        })
    }

    /// One row by its sequence number.
    pub fn row(&self, sequence: i64) -> Result<Option<StoredRow>, StoreError> {
        self.read(|connection, dictionary| {
            dictionary.refresh(connection)?;
            let mut reader = Reader::on(connection);
            let mut found = all(connection, queries::OBSERVATION, [sequence], |row| {
                observation(row, dictionary, &mut reader)
            })?;
            if let Some(row) = found.pop() {
                return Ok(Some(StoredRow::Observation(row)));
            }
            let mut found = all(connection, queries::MONEY_LINE, [sequence], |row| {
                money(row, dictionary, &mut reader)
            })?;
            Ok(found.pop().map(StoredRow::Money))
        })
    }
}

fn whole_as_of(
    connection: &Connection,
    dictionary: &mut Dictionary,
    as_of: DateTime<Utc>,
    ahead: &RefCell<Option<Ahead>>,
) -> Result<Rows, Fault> {
    dictionary.refresh(connection)?;
    let mut rows = Rows::default();
    let mut found = of_kinds(connection, dictionary, Kinds::ALL, ahead)?;
    let mut sequences: Vec<i64> = found.readings.iter().map(|row| row.sequence).collect();
    found.readings.retain(|row| was_known(row, as_of));
    rows.observations = found.readings;
    sequences.extend(rest(connection, as_of, found.amounts, &mut rows)?);
    rows.findings.extend(damage(&rows));
    rows.findings.extend(gaps(sequences));
    Ok(rows)
}

/// Everything beside the readings; gives the numbers of all money lines.
fn rest(
    connection: &Connection,
    as_of: DateTime<Utc>,
    amounts: Vec<Recorded<MoneyLine>>,
    rows: &mut Rows,
) -> Result<Vec<i64>, Fault> {
    let mut read = amounts;
    let sequences = read.iter().map(|row| row.sequence).collect();
    read.retain(|row| was_known(row, as_of));
    rows.money = read;
    // Loads after this one are of later: what a source said last is not looked for among them.
    let last_load = all(
        connection,
        queries::LAST_LOAD_BY,
        [as_of.timestamp_micros()],
        |row| row.get::<_, i64>(0).unwrap_or(i64::MAX),
    )?;
    let last_load = last_load.first().copied().unwrap_or_default();
    rows.findings = findings(connection, as_of, last_load)?;
    rows.attempts = attempts(connection, as_of, last_load)?;
    rows.newest_data = newest_data(rows);
    Ok(sequences)
}

/// A damaged row does not say reliably when it was recorded: it is never left out.
pub(crate) fn was_known<T>(row: &Recorded<T>, as_of: DateTime<Utc>) -> bool {
    !row.intact || row.recorded_at <= as_of
}

/// Every row of these kinds; those that were read ahead are not read again.
fn of_kinds(
    connection: &Connection,
    dictionary: &Dictionary,
    kinds: Kinds,
    ahead: &RefCell<Option<Ahead>>,
) -> Result<Both, Fault> {
    if let Some(ahead) = ahead.take()
        && let Some(read) = ahead.seen_by(connection, dictionary, &Question::Kinds(kinds))?
    {
        return Ok(read);
    }
    let mut reader = Reader::on(connection);
    let mut rows = Both::default();
    if kinds.readings {
        let (count, sql) = (queries::OBSERVATIONS_COUNT, queries::OBSERVATIONS);
        let take = |row: &Row<'_>| observation(row, dictionary, &mut reader);
        rows.readings = whole(connection, count, sql, take)?;
    }
    let mut line = |row: &Row<'_>| money(row, dictionary, &mut reader);
    match kinds.amounts {
        Some(_) if kinds.amounts == Kinds::ALL.amounts => {
            let (count, sql) = (queries::MONEY_COUNT, queries::MONEY_LINES);
            rows.amounts = whole(connection, count, sql, line)?;
        }
        Some(Amounts {
            first,
            last,
            totals,
        }) => {
            let values = params![i64::MIN, i64::MAX, first, last, totals];
            rows.amounts = all(connection, queries::MONEY_OF_YEARS, values, &mut line)?;
        }
        None => {}
    }
    Ok(rows)
}

fn findings(
    connection: &Connection,
    as_of: DateTime<Utc>,
    last_load: i64,
) -> Result<Vec<Finding>, Fault> {
    let values = [as_of.timestamp_micros(), last_load];
    let bodies = all(connection, queries::FINDINGS, values, |row| lossy(row, 1))?;
    Ok(bodies
        .into_iter()
        .flatten()
        .filter_map(|body| serde_json::from_str(&body).ok())
        .collect())
}

/// One finding for every row that does not match its checksum.
fn damage(rows: &Rows) -> Vec<Finding> {
    let finding = |sequence: i64, figure: Option<FigureAddress>| {
        let text = Message::new("store-row-damaged").with("row", sequence);
        let mut finding = Finding::new(DAMAGED_ROW, Severity::Error, figure, None, text);
        // Two damaged rows of one figure are two findings.
        finding.id = format!("{}#{sequence}", finding.id);
        finding
    };
    let readings = rows.observations.iter().filter(|row| !row.intact);
    let readings = readings.map(|row| {
        finding(
            row.sequence,
            Some(row.item.series.clone().at(row.item.period)),
        )
    });
    let money = rows.money.iter().filter(|row| !row.intact).map(|row| {
        let figure = series_of_line(&row.item).at(row.item.period);
        finding(row.sequence, Some(figure))
    });
    readings.chain(money).collect()
}

/// Sequence numbers leave no gaps: a missing one is a row that somebody took out of the file.
fn gaps(mut sequences: Vec<i64>) -> Vec<Finding> {
    sequences.sort_unstable();
    let mut expected = 1;
    let mut found = Vec::new();
    for sequence in sequences {
        if sequence > expected {
            let text = Message::new("store-rows-missing")
                .with("first", expected)
                .with("last", sequence - 1);
            let mut finding = Finding::new("row-missing@1", Severity::Error, None, None, text);
            finding.id = format!("row-missing@1:{expected}");
            found.push(finding);
        }
        expected = sequence.saturating_add(1);
    }
    found
}

fn attempts(
    connection: &Connection,
    as_of: DateTime<Utc>,
    last_load: i64,
) -> Result<BTreeMap<String, Vec<Attempt>>, Fault> {
    let mut found = BTreeMap::new();
    for source in all(connection, queries::ATTEMPT_SOURCES, [], |row| {
        lossy(row, 0)
    })?
    .into_iter()
    .flatten()
    {
        let values = params![source, as_of.timestamp_micros(), last_load];
        let latest = all(connection, queries::ATTEMPTS, values, |row| {
            let mut columns = Columns::of(row);
            Attempt {
                run: columns.int(0),
                at: columns.instant(1),
                outcome: Outcome::from_id(&columns.text(2)).unwrap_or(Outcome::Failed),
                rows: columns.int(3).unsigned_abs(),
                elapsed_ms: columns.int(4).unsigned_abs(),
                message: columns
                    .maybe_text(5)
                    .and_then(|text| serde_json::from_str(&text).ok()),
                certificate_not_after: columns.maybe_int(6).and_then(instant),
            }
        })?;
        if !latest.is_empty() {
            found.insert(source, latest);
        }
    }
    Ok(found)
}

/// A reading says when it was true; money stands at the end of its period, as far as recorded.
fn newest_data(rows: &Rows) -> BTreeMap<String, DateTime<Utc>> {
    let mut newest: BTreeMap<String, DateTime<Utc>> = BTreeMap::new();
    let mut note = |source: &str, at: DateTime<Utc>| match newest.get_mut(source) {
        Some(known) => *known = at.max(*known),
        None => {
            newest.insert(source.to_owned(), at);
        }
    };
    // What one answer brought follows each other: its source is looked up once.
    let known = |row: &&Recorded<Observation>| row.intact && row.item.value().is_some();
    for rows in rows
        .observations
        .chunk_by(|a, b| a.cause.source() == b.cause.source())
    {
        let latest = rows
            .iter()
            .filter(known)
            .map(|row| row.item.observed_at)
            .max();
        if let (Some(source), Some(latest)) =
            (rows.first().and_then(|row| row.cause.source()), latest)
        {
            note(source, latest);
        }
    }
    let intact = |row: &&Recorded<MoneyLine>| row.intact;
    for rows in rows.money.chunk_by(|a, b| {
        a.cause.source() == b.cause.source()
            && (a.item.period.end, a.recorded_at) == (b.item.period.end, b.recorded_at)
    }) {
        let row = rows.iter().find(intact);
        if let Some((source, row)) = row.and_then(|row| Some((row.cause.source()?, row))) {
            note(source, end_of_day(row.item.period.end).min(row.recorded_at));
        }
    }
    newest
}
