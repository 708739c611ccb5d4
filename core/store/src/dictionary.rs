//! The words that many rows share, read once and kept: their tables only grow.

use crate::alike::First;
use crate::queries;
use crate::sum::{cause_columns, kind_word};
use chrono::{DateTime, NaiveDate, Utc};
use ecow::EcoString;
use foldhash::fast::RandomState;
use quarterdeck_kpi::address::SeriesId;
use quarterdeck_kpi::calendar::{Period, PeriodKind};
use quarterdeck_kpi::observation::Cause;
use rusqlite::types::Value;
use rusqlite::{Connection, Row, params};
use std::borrow::Cow;
use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

type Result<T> = rusqlite::Result<T>;

/// What a load's rows share.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Load {
    pub(crate) recorded_at: DateTime<Utc>,
    pub(crate) run: Option<i64>,
    pub(crate) actor: EcoString,
    pub(crate) identity: EcoString,
    pub(crate) reason: Option<EcoString>,
}

/// Values by the numbers SQLite gave them: 1, 2, 3, ... without gaps in an undamaged file.
#[derive(Debug)]
pub(crate) struct Numbered<T>(Vec<Option<T>>);

impl<T> Default for Numbered<T> {
    fn default() -> Self {
        Numbered(Vec::new())
    }
}

impl<T> Numbered<T> {
    /// A gap wider than this is damage, and not worth the memory.
    const GAP: usize = 1 << 16;

    pub(crate) fn get(&self, number: i64) -> Option<&T> {
        self.0.get(usize::try_from(number).ok()?)?.as_ref()
    }
    fn insert(&mut self, number: i64, value: T) {
        let Ok(place) = usize::try_from(number) else {
            return;
        };
        if place >= self.0.len() + Self::GAP {
            return;
        }
        if place >= self.0.len() {
            self.0.resize_with(place + 1, || None);
        }
        self.0[place] = Some(value);
    }
}

/// Everything read so far. What cannot be understood is left out: a row that needs it is damaged.
#[derive(Debug, Default)]
pub(crate) struct Dictionary {
    pub(crate) texts: Numbered<EcoString>,
    pub(crate) series: Numbered<SeriesId>,
    pub(crate) periods: Numbered<Period>,
    text_ids: HashMap<EcoString, i64, RandomState>,
    series_ids: HashMap<SeriesId, i64, RandomState>,
    period_ids: HashMap<Period, i64, RandomState>,
    last: [i64; 3],
    /// Fetches that others are like.
    firsts: VecDeque<(Arc<First>, i64)>,
}

/// Sources whose answers come at once and are compared with the first of them.
const FIRSTS: usize = 64;

/// A text column, whatever its bytes are.
pub(crate) fn lossy(row: &Row<'_>, column: usize) -> Option<String> {
    text_of(row, column).map(Cow::into_owned)
}

/// The same, looked at where SQLite holds it.
pub(crate) fn text_of<'a>(row: &'a Row<'_>, column: usize) -> Option<Cow<'a, str>> {
    let bytes = row.get_ref(column).ok()?.as_bytes().ok()?;
    Some(match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => String::from_utf8_lossy(bytes),
    })
}

/// A count of microseconds as an instant, if there is such an instant.
pub(crate) fn instant(micros: i64) -> Option<DateTime<Utc>> {
    DateTime::from_timestamp_micros(micros)
}

fn read_period(first: &str, last: &str, kind: &str) -> Option<Period> {
    use PeriodKind::{Day, Half, Month, Quarter, Span, Year};
    let kind = [Day, Month, Quarter, Half, Year, Span]
        .into_iter()
        .find(|k| kind_word(*k) == kind)?;
    let day = |text: &str| NaiveDate::parse_from_str(text, "%Y-%m-%d").ok();
    Some(Period {
        start: day(first)?,
        end: day(last)?,
        kind,
    })
}

fn each(
    connection: &Connection,
    sql: &str,
    last: &mut i64,
    mut take: impl FnMut(i64, &Row<'_>),
) -> Result<()> {
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query(params![*last])?;
    while let Some(row) = rows.next()? {
        let id = row.get(0)?;
        *last = id;
        take(id, row);
    }
    Ok(())
}

impl Dictionary {
    /// Reads what was added since.
    pub(crate) fn refresh(&mut self, connection: &Connection) -> Result<()> {
        let [text, series, period] = &mut self.last;
        each(connection, queries::TEXTS_AFTER, text, |id, row| {
            if let Some(word) = lossy(row, 1).map(EcoString::from) {
                self.text_ids.insert(word.clone(), id);
                self.texts.insert(id, word);
            }
        })?;
        each(connection, queries::SERIES_AFTER, series, |id, row| {
            if let Some(address) = lossy(row, 1).and_then(|text| SeriesId::parse(&text).ok()) {
                self.series_ids.insert(address.clone(), id);
                self.series.insert(id, address);
            }
        })?;
        each(connection, queries::PERIODS_AFTER, period, |id, row| {
            if let (Some(first), Some(last), Some(kind)) =
                (lossy(row, 1), lossy(row, 2), lossy(row, 3))
                && let Some(period) = read_period(&first, &last, &kind)
            {
                self.period_ids.insert(period, id);
                self.periods.insert(id, period);
            }
        })
    }

    /// The number of a word that is there already.
    pub(crate) fn text_id(&self, word: &str) -> Option<i64> {
        self.text_ids.get(word).copied()
    }

    /// The number of a series that is there already.
    pub(crate) fn series_id(&self, series: &SeriesId) -> Option<i64> {
        self.series_ids.get(series).copied()
    }

    /// The number of a period that is there already.
    pub(crate) fn period_id(&self, period: Period) -> Option<i64> {
        self.period_ids.get(&period).copied()
    }

    fn insert(connection: &Connection, sql: &str, values: &[&dyn rusqlite::ToSql]) -> Result<i64> {
        connection.prepare_cached(sql)?.insert(values)
    }

    /// The number of a word, which is added when new. The dictionary must be fresh.
    pub(crate) fn text(&mut self, connection: &Connection, word: &str) -> Result<i64> {
        if let Some(id) = self.text_ids.get(word) {
            return Ok(*id);
        }
        let id = Self::insert(connection, queries::INSERT_TEXT, &[&word])?;
        self.text_ids.insert(word.into(), id);
        self.texts.insert(id, word.into());
        self.last[0] = id;
        Ok(id)
    }

    /// The number of a series, and whether it is new.
    pub(crate) fn series(
        &mut self,
        connection: &Connection,
        series: &SeriesId,
    ) -> Result<(i64, bool)> {
        if let Some(id) = self.series_ids.get(series) {
            return Ok((*id, false));
        }
        let id = Self::insert(connection, queries::INSERT_SERIES, &[&series.to_string()])?;
        self.series_ids.insert(series.clone(), id);
        self.series.insert(id, series.clone());
        self.last[1] = id;
        Ok((id, true))
    }

    /// The number of a period.
    pub(crate) fn period(&mut self, connection: &Connection, period: Period) -> Result<i64> {
        if let Some(id) = self.period_ids.get(&period) {
            return Ok(*id);
        }
        let day = |day: NaiveDate| day.format("%Y-%m-%d").to_string();
        let values: [&dyn rusqlite::ToSql; 3] = [
            &day(period.start),
            &day(period.end),
            &kind_word(period.kind),
        ];
        let id = Self::insert(connection, queries::INSERT_PERIOD, &values)?;
        self.period_ids.insert(period, id);
        self.periods.insert(id, period);
        self.last[2] = id;
        Ok(id)
    }

    /// The number of a fetch that others are like, if it was written.
    pub(crate) fn first(&self, first: &Arc<First>) -> Option<i64> {
        let mut firsts = self.firsts.iter();
        let found = firsts.find(|(known, _)| Arc::ptr_eq(known, first));
        found.map(|(_, id)| *id)
    }

    /// Notes the number of a fetch that others are like.
    pub(crate) fn is_first(&mut self, first: &Arc<First>, id: i64) {
        self.firsts.truncate(FIRSTS - 1);
        self.firsts.push_front((Arc::clone(first), id));
    }

    /// The number of a cause. A place in an answer is taken for a new one: where it is the cause of
    /// another row, that row is known to who asks. Of what people enter the index tells.
    pub(crate) fn cause(connection: &Connection, cause: &Cause) -> Result<i64> {
        let (kind, sha256, name, place) = cause_columns(cause);
        let added = connection
            .prepare_cached(queries::INSERT_CAUSE)?
            .execute(params![kind, sha256, name, place])?;
        if added > 0 {
            return Ok(connection.last_insert_rowid());
        }
        let mut known = connection.prepare_cached(queries::CAUSE_ID)?;
        // What is not there is looked for as 0, as the index holds it.
        let or_0 = |text: Option<&str>| text.map_or(Value::Integer(0), |t| Value::Text(t.into()));
        let values = params![kind, or_0(sha256), or_0(name), or_0(place)];
        known.query_row(values, |row| row.get(0))
    }

    /// A new load.
    pub(crate) fn load(connection: &Connection, load: &Load) -> Result<i64> {
        let values: [&dyn rusqlite::ToSql; 5] = [
            &load.run,
            &load.recorded_at.timestamp_micros(),
            &load.actor.as_str(),
            &load.identity.as_str(),
            &load.reason.as_deref(),
        ];
        Self::insert(connection, queries::INSERT_BATCH, &values)
    }
}
