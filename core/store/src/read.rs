//! Reading rows as they were known at a moment, each checked against its sum.

use crate::dictionary::{Dictionary, Load, instant, lossy};
use crate::model::{Rows, StoredRow};
use crate::queries;
use crate::store::{Fault, Store};
use crate::sum::RowSum;
use crate::StoreError;
use chrono::{DateTime, NaiveDate, Utc};
use quarterdeck_kpi::Decimal;
use quarterdeck_kpi::address::{FigureAddress, SeriesId};
use quarterdeck_kpi::calendar::{Period, end_of_day};
use quarterdeck_kpi::finding::{Finding, Severity};
use quarterdeck_kpi::message::Message;
use quarterdeck_kpi::money::{AmountKind, MoneyKey, MoneyLine, Span};
use quarterdeck_kpi::observation::{Act, Cause, Observation, Parts, Qualifier, Reading, Recorded, Stage};
use quarterdeck_kpi::source::{Attempt, Outcome};
use rusqlite::types::ValueRef;
use rusqlite::{Connection, Params, Row, params};
use std::collections::BTreeMap;

/// Reads the columns of one row and remembers whether any made no sense.
struct Columns<'a> {
    row: &'a Row<'a>,
    damaged: bool,
}

impl Columns<'_> {
    fn maybe_int(&mut self, column: usize) -> Option<i64> {
        match self.row.get_ref(column) {
            Ok(ValueRef::Integer(value)) => Some(value),
            Ok(ValueRef::Null) => None,
            _ => self.bad(),
        }
    }
    fn int(&mut self, column: usize) -> i64 {
        let value = self.maybe_int(column);
        self.need(value)
    }
    fn maybe_text(&mut self, column: usize) -> Option<String> {
        match self.row.get_ref(column) {
            Ok(ValueRef::Null) => None,
            Ok(ValueRef::Text(_)) => lossy(self.row, column),
            _ => self.bad(),
        }
    }
    fn text(&mut self, column: usize) -> String {
        let value = self.maybe_text(column);
        self.need(value)
    }
    fn decimal(&mut self, column: usize) -> Option<Decimal> {
        let (mantissa, scale) = (self.maybe_int(column)?, self.int(column + 1));
        let value = u32::try_from(scale).ok().and_then(|s| Decimal::try_from_i128_with_scale(mantissa.into(), s).ok());
        if value.is_none() {
            self.damaged = true;
        }
        value
    }
    fn instant(&mut self, column: usize) -> DateTime<Utc> {
        let micros = self.int(column);
        self.need(instant(micros))
    }
    fn shared(&mut self, column: usize, words: &std::collections::HashMap<i64, String>) -> Option<String> {
        let id = self.maybe_int(column)?;
        let word = words.get(&id).cloned();
        Some(self.need(word))
    }
    fn bad<T>(&mut self) -> Option<T> {
        self.damaged = true;
        None
    }
    fn need<T: Default>(&mut self, value: Option<T>) -> T {
        self.damaged |= value.is_none();
        value.unwrap_or_default()
    }
    /// The first five columns, which readings and money have in common; `None` when the load is
    /// not among `loads`.
    fn recorded(&mut self, dictionary: &Dictionary) -> Recorded<()> {
        let sequence = self.int(0);
        let batch = self.int(1);
        let load = dictionary.loads.get(&batch).cloned();
        self.damaged |= load.is_none();
        let Load { recorded_at, run, actor, identity, reason } = load.unwrap_or_else(|| Load {
            recorded_at: DateTime::<Utc>::MIN_UTC,
            run: None,
            actor: String::new(),
            identity: String::new(),
            reason: None,
        });
        let act = match (self.int(2), self.maybe_int(3)) {
            (0, None) => Act::Record,
            (1, Some(row)) => Act::Correct(row),
            (2, Some(row)) => Act::Withdraw(row),
            _ => {
                self.damaged = true;
                Act::Record
            }
        };
        let cause = dictionary.causes.get(&self.int(4)).cloned();
        self.damaged |= cause.is_none();
        let cause = cause.unwrap_or(Cause::Entry { evidence: None });
        Recorded { sequence, recorded_at, run, actor, identity, reason, cause, act, intact: false, item: () }
    }
    fn period(&mut self, column: usize, dictionary: &Dictionary) -> Period {
        let period = dictionary.periods.get(&self.int(column)).copied();
        self.damaged |= period.is_none();
        period.unwrap_or_else(|| Period::day(NaiveDate::default()))
    }
}

fn with<T>(row: Recorded<()>, item: T) -> Recorded<T> {
    let Recorded { sequence, recorded_at, run, actor, identity, reason, cause, act, intact, item: () } = row;
    Recorded { sequence, recorded_at, run, actor, identity, reason, cause, act, intact, item }
}

pub(crate) fn observation(row: &Row<'_>, dictionary: &Dictionary, sum: &mut RowSum) -> Recorded<Observation> {
    let mut columns = Columns { row, damaged: false };
    let recorded = columns.recorded(dictionary);
    let series = dictionary.series.get(&columns.int(5)).cloned();
    columns.damaged |= series.is_none();
    let series = series.unwrap_or_else(|| SeriesId::new("damaged", format!("row-{}", recorded.sequence)));
    let period = columns.period(6, dictionary);
    let value = columns.decimal(7);
    let rejected = columns.maybe_text(9);
    let reading = match (value, rejected.as_deref().map(serde_json::from_str::<Message>)) {
        (Some(value), None) => Reading::Value(value),
        (None, Some(Ok(message))) => Reading::Rejected(message),
        _ => {
            columns.damaged = true;
            Reading::Rejected(Message::new("store-row-damaged").with("row", recorded.sequence))
        }
    };
    let printed = columns.maybe_text(10);
    let qualifier = Qualifier::from_sign(&columns.text(11));
    let qualifier = columns.need(qualifier);
    let stage = Stage::from_id(&columns.text(12));
    let stage = columns.need(stage);
    let unit = columns.shared(13, &dictionary.texts);
    let unit = columns.need(unit);
    let parts = match (columns.decimal(14), columns.decimal(16)) {
        (Some(numerator), Some(denominator)) => Some(Parts { numerator, denominator }),
        (None, None) => None,
        _ => columns.bad(),
    };
    let observed_at = columns.instant(18);
    let definition_version = u32::try_from(columns.int(19)).ok();
    let definition_version = columns.need(definition_version);
    let stored_sum = columns.int(20);
    let damaged = columns.damaged;
    let item = Observation {
        series,
        period,
        reading,
        printed,
        qualifier,
        stage,
        unit,
        parts,
        observed_at,
        definition_version,
    };
    let mut full = with(recorded, item);
    full.intact = !damaged && sum.observation(&full, rejected.as_deref()) == stored_sum;
    full
}

pub(crate) fn money(row: &Row<'_>, dictionary: &Dictionary, sum: &mut RowSum) -> Recorded<MoneyLine> {
    let mut columns = Columns { row, damaged: false };
    let recorded = columns.recorded(dictionary);
    let plan = columns.shared(5, &dictionary.texts);
    let plan = columns.need(plan);
    let programme = columns.shared(6, &dictionary.texts);
    let agency = columns.shared(7, &dictionary.texts);
    let fiscal_year = i32::try_from(columns.int(8)).ok();
    let fiscal_year = columns.need(fiscal_year);
    let span = Span::from_id(&columns.text(9));
    let kind = AmountKind::from_id(&columns.text(10));
    columns.damaged |= span.is_none() || kind.is_none();
    let key = MoneyKey {
        plan,
        programme,
        agency,
        fiscal_year,
        span: span.unwrap_or(Span::YearToDate),
        kind: kind.unwrap_or(AmountKind::Budget),
    };
    let period = columns.period(11, dictionary);
    let amount_ntd = columns.int(12);
    let printed = columns.maybe_text(13);
    let stored_sum = columns.int(14);
    let damaged = columns.damaged;
    let mut full = with(recorded, MoneyLine { key, period, amount_ntd, printed });
    full.intact = !damaged && sum.money(&full) == stored_sum;
    full
}

/// Every row of a statement.
pub(crate) fn all<T>(
    connection: &Connection,
    sql: &str,
    values: impl Params,
    mut take: impl FnMut(&Row<'_>) -> T,
) -> rusqlite::Result<Vec<T>> {
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query(values)?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(take(row));
    }
    Ok(found)
}

impl Store {
    /// Everything recorded by a moment, by sequence. A row whose checksum fails is there with
    /// `intact` false, and a finding names it.
    pub fn rows_as_of(&self, as_of: DateTime<Utc>) -> Result<Rows, StoreError> {
        self.read(|connection, dictionary| {
            dictionary.refresh(connection)?;
            let mut sum = RowSum::default();
            let mut rows = Rows::default();
            // A row whose load is damaged has the earliest of all times: it is never left out.
            let mut read = all(connection, queries::OBSERVATIONS, [], |row| observation(row, dictionary, &mut sum))?;
            let mut sequences: Vec<i64> = read.iter().map(|row| row.sequence).collect();
            read.retain(|row| row.recorded_at <= as_of);
            rows.observations = read;
            let mut read = all(connection, queries::MONEY_LINES, [], |row| money(row, dictionary, &mut sum))?;
            sequences.extend(read.iter().map(|row| row.sequence));
            read.retain(|row| row.recorded_at <= as_of);
            rows.money = read;
            rows.findings = findings(connection, as_of)?;
            rows.findings.extend(damage(&rows));
            rows.findings.extend(gaps(sequences));
            rows.attempts = attempts(connection, as_of)?;
            rows.newest_data = newest_data(&rows);
            Ok(rows)
        })
    }

    /// One row by its sequence number.
    pub fn row(&self, sequence: i64) -> Result<Option<StoredRow>, StoreError> {
        self.read(|connection, dictionary| {
            dictionary.refresh(connection)?;
            let mut sum = RowSum::default();
            let mut found =
                all(connection, queries::OBSERVATION, [sequence], |row| observation(row, dictionary, &mut sum))?;
            if let Some(row) = found.pop() {
                return Ok(Some(StoredRow::Observation(row)));
            }
            let mut found = all(connection, queries::MONEY_LINE, [sequence], |row| money(row, dictionary, &mut sum))?;
            Ok(found.pop().map(StoredRow::Money))
        })
    }
}

fn findings(connection: &Connection, as_of: DateTime<Utc>) -> Result<Vec<Finding>, Fault> {
    let bodies = all(connection, queries::FINDINGS, [as_of.timestamp_micros()], |row| lossy(row, 1))?;
    Ok(bodies.into_iter().flatten().filter_map(|body| serde_json::from_str(&body).ok()).collect())
}

/// One finding for every row that does not match its checksum.
fn damage(rows: &Rows) -> Vec<Finding> {
    let finding = |sequence: i64, figure: Option<FigureAddress>| {
        let text = Message::new("store-row-damaged").with("row", sequence);
        let mut finding = Finding::new("row-sum@1", Severity::Error, figure, None, text);
        // Two damaged rows of one figure are two findings.
        finding.id = format!("{}#{sequence}", finding.id);
        finding
    };
    let readings = rows.observations.iter().filter(|row| !row.intact);
    let readings = readings.map(|row| finding(row.sequence, Some(row.item.series.clone().at(row.item.period))));
    let money = rows.money.iter().filter(|row| !row.intact).map(|row| finding(row.sequence, money_figure(&row.item)));
    readings.chain(money).collect()
}

fn money_figure(line: &MoneyLine) -> Option<FigureAddress> {
    let key = &line.key;
    let scope = match (&key.programme, &key.agency) {
        (Some(programme), _) => programme.clone(),
        (None, Some(agency)) => format!("agency:{agency}"),
        (None, None) => format!("plan:{}", key.plan),
    };
    Some(SeriesId::new(scope, "budget").part(key.kind.id()).at(line.period))
}

/// Sequence numbers leave no gaps: a missing one is a row that somebody took out of the file.
fn gaps(mut sequences: Vec<i64>) -> Vec<Finding> {
    sequences.sort_unstable();
    let mut expected = 1;
    let mut found = Vec::new();
    for sequence in sequences {
        if sequence > expected {
            let text = Message::new("store-rows-missing").with("first", expected).with("last", sequence - 1);
            let mut finding = Finding::new("row-missing@1", Severity::Error, None, None, text);
            finding.id = format!("row-missing@1:{expected}");
            found.push(finding);
        }
        expected = sequence.saturating_add(1);
    }
    found
}

fn attempts(connection: &Connection, as_of: DateTime<Utc>) -> Result<BTreeMap<String, Vec<Attempt>>, Fault> {
    let mut found = BTreeMap::new();
    for source in all(connection, queries::ATTEMPT_SOURCES, [], |row| lossy(row, 0))?.into_iter().flatten() {
        let values = params![source, as_of.timestamp_micros()];
        let latest = all(connection, queries::ATTEMPTS, values, |row| {
            let mut columns = Columns { row, damaged: false };
            Attempt {
                run: columns.int(0),
                at: columns.instant(1),
                outcome: Outcome::from_id(&columns.text(2)).unwrap_or(Outcome::Failed),
                rows: columns.int(3).unsigned_abs(),
                elapsed_ms: columns.int(4).unsigned_abs(),
                message: columns.maybe_text(5).and_then(|text| serde_json::from_str(&text).ok()),
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
    let mut note = |cause: &Cause, at: DateTime<Utc>| {
        if let Cause::Capture { source, .. } = cause {
            match newest.get_mut(source.as_str()) {
                Some(known) => *known = at.max(*known),
                None => {
                    newest.insert(source.clone(), at);
                }
            }
        }
    };
    for row in rows.observations.iter().filter(|row| row.intact && row.item.value().is_some()) {
        note(&row.cause, row.item.observed_at);
    }
    for row in rows.money.iter().filter(|row| row.intact) {
        note(&row.cause, end_of_day(row.item.period.end).min(row.recorded_at));
    }
    newest
}
