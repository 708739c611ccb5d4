//! The readings that count at a moment, found by the blocks instead of by reading every row.
//!
//! Of each figure the rows are read from the newest back to the first that stands: what is older has no say
//! any more. Rows that stand in no block yet are read all.

use crate::blocks::{self, Block, Figure, Speaks};
use crate::dictionary::Dictionary;
use crate::queries;
use crate::read::{Reader, all, observation};
use crate::store::Fault;
use chrono::{DateTime, Utc};
use quarterdeck_kpi::effective::live_readings;
use quarterdeck_kpi::observation::{Act, Cause, Observation, Recorded};
use rusqlite::{Connection, params};
use std::collections::HashMap;

/// The readings of a figure that were read, newest first.
type Known = HashMap<Figure, Vec<Recorded<Observation>>>;

/// Figures met so far. The database numbers series and periods from 1 on without gaps: places in a list say it
/// much faster than a table of hashes, for a million rows.
#[derive(Default)]
struct Seen {
    periods_of: Vec<Vec<bool>>,
    /// Numbers that are no plain counting.
    too_many: bool,
}

impl Seen {
    const MOST: usize = 1 << 16;

    fn is_first(&mut self, figure: Figure) -> bool {
        let (series, period) = (figure.series as usize, figure.period as usize);
        if series >= Self::MOST || period >= Self::MOST {
            self.too_many = true;
            return false;
        }
        if series >= self.periods_of.len() {
            self.periods_of.resize_with(series + 1, Vec::new);
        }
        let Some(periods) = self.periods_of.get_mut(series) else {
            return false;
        };
        if period >= periods.len() {
            periods.resize(period + 1, false);
        }
        match periods.get_mut(period) {
            Some(seen) => !std::mem::replace(seen, true),
            None => false,
        }
    }
}

/// What was found.
pub(crate) struct Standing {
    /// The readings that count, by sequence, with those they replaced where that is not plain to see.
    pub(crate) rows: Vec<Recorded<Observation>>,
    /// The first row of no block.
    end: i64,
    /// Readings from there on.
    outside: Vec<i64>,
    /// Money lines that the blocks name.
    money: usize,
}

impl Standing {
    /// Whether these are all money lines that the blocks name, and no row after the blocks is missing.
    pub(crate) fn agrees_with(&self, money: &[i64]) -> bool {
        let (inside, outside): (Vec<i64>, Vec<i64>) =
            money.iter().partition(|row| **row < self.end);
        let mut outside = [outside, self.outside.clone()].concat();
        outside.sort_unstable();
        let mut expected = self.end..;
        inside.len() == self.money && outside.iter().all(|row| expected.next() == Some(*row))
    }
}

/// The readings that count; `None` when anything is amiss, so that everything has to be read.
pub(crate) fn observations(
    connection: &Connection,
    words: &Dictionary,
    as_of: DateTime<Utc>,
    up_to: i64,
) -> Result<Option<Standing>, Fault> {
    let mut reader = Reader::on(connection);
    let Some((mut known, outside)) = outside_blocks(connection, words, &mut reader, as_of, up_to)?
    else {
        return Ok(None);
    };
    // The newest row in a block of every figure that is not decided.
    let mut seen = Seen::default();
    for (figure, rows) in &known {
        if is_decided(rows) {
            seen.is_first(*figure);
        }
    }
    let mut wanted: Vec<(i64, Figure)> = Vec::new();
    let money = each_newest_first(connection, as_of, up_to, |figure, sequence| {
        if seen.is_first(figure) {
            wanted.push((sequence, figure));
        }
    })?;
    let Some(money) = money.filter(|_| !seen.too_many) else {
        return Ok(None);
    };
    wanted.reverse();
    let newest: HashMap<Figure, i64> = wanted.iter().map(|(s, f)| (*f, *s)).collect();
    let mut undecided: HashMap<Figure, Vec<i64>> = HashMap::new();
    for (sequence, figure) in wanted {
        let Some(row) = one(connection, words, &mut reader, sequence, figure)? else {
            return Ok(None);
        };
        let rows = known.entry(figure).or_default();
        rows.push(row);
        if !is_decided(rows) {
            undecided.insert(figure, Vec::new());
        }
    }
    if !undecided.is_empty() {
        each_newest_first(connection, as_of, up_to, |figure, sequence| {
            if let Some(older) = undecided.get_mut(&figure)
                && newest.get(&figure).is_some_and(|first| sequence < *first)
            {
                older.push(sequence);
            }
        })?;
    }
    for (figure, older) in undecided {
        let rows = known.entry(figure).or_default();
        for sequence in older {
            if is_decided(rows) {
                break;
            }
            match one(connection, words, &mut reader, sequence, figure)? {
                Some(row) => rows.push(row),
                None => return Ok(None),
            }
        }
    }
    let mut rows: Vec<_> = known.into_values().flatten().collect();
    rows.sort_unstable_by_key(|row| row.sequence);
    Ok(Some(Standing {
        rows,
        end: blocks::end(connection)?,
        outside,
        money,
    }))
}

/// Nothing older has a say: a value stands, and what its source said last is among the rows.
fn is_decided(rows: &[Recorded<Observation>]) -> bool {
    let is_value = |row: &&Recorded<Observation>| {
        !matches!(row.act, Act::Withdraw(_)) && row.item.value().is_some()
    };
    match rows {
        // Most figures have one row that says everything.
        [row] => is_value(&row) && matches!(row.cause, Cause::Capture { .. }),
        _ => {
            let collected = |row: &Recorded<Observation>| {
                matches!(row.cause, Cause::Capture { .. }) && row.item.value().is_some()
            };
            live_readings(rows, |_| false).iter().any(is_value) && rows.iter().any(collected)
        }
    }
}

/// The rows of no block, sorted into their figures, and the numbers of all of them; `None` when one is damaged.
fn outside_blocks(
    connection: &Connection,
    words: &Dictionary,
    reader: &mut Reader<'_>,
    as_of: DateTime<Utc>,
    up_to: i64,
) -> Result<Option<(Known, Vec<i64>)>, Fault> {
    let (mut known, mut numbers) = (Known::new(), Vec::new());
    let range = params![blocks::end(connection)?, i64::MAX];
    let rows = all(connection, queries::OBSERVATIONS_BETWEEN, range, |row| {
        let ids = row.get(5).ok().zip(row.get(6).ok());
        let figure = ids.map(|(series, period)| Figure { series, period });
        (figure, observation(row, words, reader))
    })?;
    for (figure, row) in rows.into_iter().rev() {
        numbers.push(row.sequence);
        match figure {
            Some(figure) if row.intact => {
                if row.recorded_at <= as_of && row.sequence <= up_to {
                    known.entry(figure).or_default().push(row);
                }
            }
            _ => return Ok(None),
        }
    }
    Ok(Some((known, numbers)))
}

/// Every reading of the blocks that was recorded by a moment, newest first. Gives how many money lines they name;
/// `None` when a block is missing or damaged, or a row was not there.
fn each_newest_first(
    connection: &Connection,
    as_of: DateTime<Utc>,
    up_to: i64,
    mut take: impl FnMut(Figure, i64),
) -> Result<Option<usize>, Fault> {
    let as_of = as_of.timestamp_micros();
    let mut money = 0;
    let mut expected = blocks::end(connection)?;
    let mut statement = connection.prepare_cached(queries::BLOCKS_NEWEST_FIRST)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let first: i64 = row.get(0)?;
        expected -= blocks::ROWS;
        let bytes = row.get_ref(1)?.as_blob().unwrap_or_default();
        let Some(block) = Block::read(first, bytes, row.get(2)?) else {
            return Ok(None);
        };
        if first != expected {
            return Ok(None);
        }
        for (sequence, speaks, recorded_at) in block.newest_first() {
            match speaks {
                Speaks::Of(figure) if recorded_at <= as_of && sequence <= up_to => {
                    take(figure, sequence);
                }
                Speaks::Of(_) => {}
                Speaks::Money => money += 1,
                Speaks::Missing => return Ok(None),
            }
        }
    }
    Ok((expected == 1).then_some(money))
}

/// One row, which must be what its block says.
fn one(
    connection: &Connection,
    words: &Dictionary,
    reader: &mut Reader<'_>,
    sequence: i64,
    figure: Figure,
) -> Result<Option<Recorded<Observation>>, Fault> {
    let mut found = all(connection, queries::OBSERVATION, [sequence], |row| {
        let ids = row.get(5).ok().zip(row.get(6).ok());
        let is_same = ids == Some((figure.series, figure.period));
        (is_same, observation(row, words, reader))
    })?;
    Ok(found
        .pop()
        .and_then(|(is_same, row)| (is_same && row.intact).then_some(row)))
}
