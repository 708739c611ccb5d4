//! One row out of its columns, checked against its sum.

use crate::dictionary::{Dictionary, Load, Numbered, instant, lossy, text_of};
use crate::queries;
use crate::sum::RowSum;
use chrono::{DateTime, NaiveDate, Utc};
use ecow::EcoString;
use quarterdeck_kpi::Decimal;
use quarterdeck_kpi::address::SeriesId;
use quarterdeck_kpi::calendar::Period;
use quarterdeck_kpi::message::Message;
use quarterdeck_kpi::money::{AmountKind, MoneyKey, MoneyLine, Span};
use quarterdeck_kpi::observation::{
    Act, Cause, Observation, Parts, Qualifier, Reading, Recorded, Stage,
};
use rusqlite::types::ValueRef;
use rusqlite::{Connection, Params, Row};
use std::collections::HashMap;

/// What reads one row after another: rows of one load share its words, rows of one answer its hash and
/// its source.
#[derive(Debug)]
pub(crate) struct Reader<'c> {
    connection: &'c Connection,
    pub(crate) sum: RowSum,
    loads: HashMap<i64, Option<Load>>,
    last_load: Option<(i64, Load)>,
    sha256: EcoString,
    source: EcoString,
    /// The sums of the last reading and of the last amount, as stored.
    pub(crate) last_sums: [i64; 2],
}

impl<'c> Reader<'c> {
    pub(crate) fn on(connection: &'c Connection) -> Self {
        Reader {
            connection,
            sum: RowSum::default(),
            loads: HashMap::new(),
            last_load: None,
            sha256: EcoString::new(),
            source: EcoString::new(),
            last_sums: [0; 2],
        }
    }

    /// The load of this number, if it can be understood.
    fn load(&mut self, number: i64) -> Option<Load> {
        // Rows of a load mostly follow each other.
        if let Some((last, load)) = &self.last_load
            && *last == number
        {
            return Some(load.clone());
        }
        let load = match self.loads.get(&number) {
            Some(known) => known.clone(),
            None => self.read_load(number),
        };
        self.last_load = load.clone().map(|load| (number, load));
        load
    }

    fn read_load(&mut self, number: i64) -> Option<Load> {
        let load = all(self.connection, queries::BATCH, [number], |row| {
            Some(Load {
                recorded_at: row.get(0).ok().and_then(instant)?,
                run: row.get(1).unwrap_or_default(),
                actor: lossy(row, 2)?.into(),
                identity: lossy(row, 3)?.into(),
                reason: lossy(row, 4).map(Into::into),
            })
        });
        let load = load.ok().and_then(|mut found| found.pop()).flatten();
        self.loads.insert(number, load.clone());
        load
    }
}

/// The last word once more when it is the same, so that it stands in memory once.
fn again(last: &mut EcoString, word: &str) -> EcoString {
    if last != word {
        *last = word.into();
    }
    last.clone()
}

/// Reads the columns of one row and remembers whether any made no sense.
pub(crate) struct Columns<'a> {
    row: &'a Row<'a>,
    damaged: bool,
}

impl<'a> Columns<'a> {
    pub(crate) fn of(row: &'a Row<'a>) -> Self {
        Columns {
            row,
            damaged: false,
        }
    }
    pub(crate) fn maybe_int(&mut self, column: usize) -> Option<i64> {
        match self.row.get_ref(column) {
            Ok(ValueRef::Integer(value)) => Some(value),
            Ok(ValueRef::Null) => None,
            _ => self.bad(),
        }
    }
    pub(crate) fn int(&mut self, column: usize) -> i64 {
        let value = self.maybe_int(column);
        self.need(value)
    }
    pub(crate) fn maybe_text(&mut self, column: usize) -> Option<String> {
        match self.row.get_ref(column) {
            Ok(ValueRef::Null) => None,
            Ok(ValueRef::Text(_)) => lossy(self.row, column),
            _ => self.bad(),
        }
    }
    pub(crate) fn text(&mut self, column: usize) -> String {
        let value = self.maybe_text(column);
        self.need(value)
    }
    /// A text column that is only looked at.
    fn word(&mut self, column: usize) -> &'a str {
        let word = self.row.get_ref(column).ok();
        let word = word.and_then(|value| value.as_str().ok());
        self.need(word)
    }
    fn decimal(&mut self, column: usize) -> Option<Decimal> {
        let (mantissa, scale) = (self.maybe_int(column)?, self.int(column + 1));
        let value = u32::try_from(scale)
            .ok()
            .and_then(|s| Decimal::try_from_i128_with_scale(mantissa.into(), s).ok());
        if value.is_none() {
            self.damaged = true;
        }
        value
    }
    pub(crate) fn instant(&mut self, column: usize) -> DateTime<Utc> {
        let micros = self.int(column);
        self.need(instant(micros))
    }
    fn shared(&mut self, column: usize, words: &Numbered<EcoString>) -> Option<EcoString> {
        let id = self.maybe_int(column)?;
        let word = words.get(id).cloned();
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
    /// The first five columns, which readings and money have in common, and the four of the cause
    /// from `cause_at` on. There are nearly as many causes as rows: they are read with their rows
    /// instead of being kept.
    fn recorded(&mut self, cause_at: usize, reader: &mut Reader<'_>) -> Recorded<()> {
        let sequence = self.int(0);
        let batch = self.int(1);
        let load = reader.load(batch);
        self.damaged |= load.is_none();
        let Load {
            recorded_at,
            run,
            actor,
            identity,
            reason,
        } = load.unwrap_or_else(|| Load {
            recorded_at: DateTime::UNIX_EPOCH,
            run: None,
            actor: EcoString::new(),
            identity: EcoString::new(),
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
        self.int(4);
        let cause = self.cause(cause_at, reader);
        self.damaged |= cause.is_none();
        let cause = cause.unwrap_or(Cause::Entry { evidence: None });
        Recorded {
            sequence,
            recorded_at,
            run,
            actor,
            identity,
            reason,
            cause,
            act,
            intact: false,
            item: (),
        }
    }
    fn cause(&self, column: usize, reader: &mut Reader<'_>) -> Option<Cause> {
        let part = |next: usize| text_of(self.row, column + next);
        match &*part(0)? {
            "capture" => Some(Cause::Capture {
                sha256: again(&mut reader.sha256, &part(1)?),
                source: again(&mut reader.source, &part(2)?),
                at: part(3)?.into(),
            }),
            "entry" => match (part(1), part(2)) {
                (None, None) => Some(Cause::Entry { evidence: None }),
                (sha256, name) => Some(Cause::Entry {
                    evidence: Some((sha256?.into_owned(), name?.into_owned())),
                }),
            },
            "document" => Some(Cause::Document {
                title: part(2)?.into_owned(),
                place: part(3)?.into_owned(),
            }),
            _ => None,
        }
    }
    fn period(&mut self, column: usize, dictionary: &Dictionary) -> Period {
        let period = dictionary.periods.get(self.int(column)).copied();
        self.damaged |= period.is_none();
        period.unwrap_or_else(|| Period::day(NaiveDate::default()))
    }
}

fn with<T>(row: Recorded<()>, item: T) -> Recorded<T> {
    let Recorded {
        sequence,
        recorded_at,
        run,
        actor,
        identity,
        reason,
        cause,
        act,
        intact,
        item: (),
    } = row;
    Recorded {
        sequence,
        recorded_at,
        run,
        actor,
        identity,
        reason,
        cause,
        act,
        intact,
        item,
    }
}

pub(crate) fn observation(
    row: &Row<'_>,
    dictionary: &Dictionary,
    reader: &mut Reader<'_>,
) -> Recorded<Observation> {
    let mut columns = Columns::of(row);
    let recorded = columns.recorded(21, reader);
    let series = dictionary.series.get(columns.int(5)).cloned();
    columns.damaged |= series.is_none();
    let series =
        series.unwrap_or_else(|| SeriesId::new("damaged", format!("row-{}", recorded.sequence)));
    let period = columns.period(6, dictionary);
    let value = columns.decimal(7);
    let rejected = columns.maybe_text(9);
    let reading = match (
        value,
        rejected.as_deref().map(serde_json::from_str::<Message>),
    ) {
        (Some(value), None) => Reading::Value(value),
        (None, Some(Ok(message))) => Reading::Rejected(message),
        _ => {
            columns.damaged = true;
            Reading::Rejected(Message::new("store-row-damaged").with("row", recorded.sequence))
        }
    };
    let printed = columns.maybe_text(10);
    let qualifier = Qualifier::from_sign(columns.word(11));
    let qualifier = columns.need(qualifier);
    let stage = Stage::from_id(columns.word(12));
    let stage = columns.need(stage);
    let unit = columns.shared(13, &dictionary.texts);
    let unit = columns.need(unit);
    let parts = match (columns.decimal(14), columns.decimal(16)) {
        (Some(numerator), Some(denominator)) => Some(Parts {
            numerator,
            denominator,
        }),
        (None, None) => None,
        _ => columns.bad(),
    };
    let observed_at = columns.instant(18);
    let definition_version = u32::try_from(columns.int(19)).ok();
    let definition_version = columns.need(definition_version);
    let stored_sum = columns.int(20);
    reader.last_sums[0] = stored_sum;
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
    full.intact = !damaged && reader.sum.observation(&full, rejected.as_deref()) == stored_sum;
    full
}

pub(crate) fn money(
    row: &Row<'_>,
    dictionary: &Dictionary,
    reader: &mut Reader<'_>,
) -> Recorded<MoneyLine> {
    let mut columns = Columns::of(row);
    let recorded = columns.recorded(15, reader);
    let plan = columns.shared(5, &dictionary.texts);
    let plan = columns.need(plan);
    let programme = columns.shared(6, &dictionary.texts);
    let agency = columns.shared(7, &dictionary.texts);
    let fiscal_year = i32::try_from(columns.int(8)).ok();
    let fiscal_year = columns.need(fiscal_year);
    let span = Span::from_id(columns.word(9));
    let kind = AmountKind::from_id(columns.word(10));
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
    reader.last_sums[1] = stored_sum;
    let damaged = columns.damaged;
    let mut full = with(
        recorded,
        MoneyLine {
            key,
            period,
            amount_ntd,
            printed,
        },
    );
    full.intact = !damaged && reader.sum.money(&full) == stored_sum;
    full
}

/// Every row of a statement.
pub(crate) fn all<T>(
    connection: &Connection,
    sql: &str,
    values: impl Params,
    mut take: impl FnMut(&Row<'_>) -> T,
) -> rusqlite::Result<Vec<T>> {
    let mut found = Vec::new();
    add(&mut found, connection, sql, values, &mut take)?;
    Ok(found)
}

/// The rows of a statement that gives the newest first, back to the one that is the last asked for;
/// oldest first.
pub(crate) fn back_to<T>(
    connection: &Connection,
    sql: &str,
    values: impl Params,
    mut take: impl FnMut(&Row<'_>) -> T,
    is_last: impl Fn(&T) -> bool,
) -> rusqlite::Result<Vec<T>> {
    let mut found = Vec::new();
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query(values)?;
    while let Some(row) = rows.next()? {
        let row = take(row);
        let is_last = is_last(&row);
        found.push(row);
        if is_last {
            break;
        }
    }
    found.reverse();
    Ok(found)
}

/// Every row of a statement over a whole table, which is counted first: a list that grows would
/// stand in memory twice.
pub(crate) fn whole<T>(
    connection: &Connection,
    count: &str,
    sql: &str,
    mut take: impl FnMut(&Row<'_>) -> T,
) -> rusqlite::Result<Vec<T>> {
    let rows: i64 = connection.query_row(count, [], |row| row.get(0))?;
    let mut found = Vec::with_capacity(usize::try_from(rows).unwrap_or_default());
    add(&mut found, connection, sql, [], &mut take)?;
    Ok(found)
}

/// Adds every row of a statement.
pub(crate) fn add<T>(
    found: &mut Vec<T>,
    connection: &Connection,
    sql: &str,
    values: impl Params,
    take: &mut impl FnMut(&Row<'_>) -> T,
) -> rusqlite::Result<()> {
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query(values)?;
    while let Some(row) = rows.next()? {
        found.push(take(row));
    }
    Ok(())
}
