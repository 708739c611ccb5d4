//! Blocks of 1,024 rows that say which figure each row speaks of, and since when it is known.
//!
//! They repeat what is in the rows, and only of rows whose sums were right when the block was made,
//! so that an as-of of a large database finds the rows that count without reading all of them. A
//! block has a sum of its own. Where one is missing or does not match, every row is read instead:
//! a block saves time and decides nothing.

use crate::dictionary::Dictionary;
use crate::read::{Reader, money, observation};
use crate::store::Fault;
use crate::{queries, sum};
use rusqlite::{Connection, OptionalExtension, TransactionBehavior, params};

/// Rows of a block.
pub(crate) const ROWS: i64 = 1024;
const PLACES: usize = 1024;

/// Blocks made in one transaction at most: a large database that had none gets them in portions.
const AT_ONCE: usize = 256;

/// What a row of a block speaks of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Speaks {
    /// A reading of this series and period, as the database numbers them.
    Of(Figure),
    /// Money.
    Money,
    /// Nothing: the row was not there.
    Missing,
}

/// Series and period as the database numbers them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Figure {
    pub(crate) series: u32,
    pub(crate) period: u32,
}

/// A block as it is stored.
#[derive(Debug)]
pub(crate) struct Block<'a> {
    first: i64,
    figures: &'a [u8],
    loads: &'a [u8],
}

impl<'a> Block<'a> {
    /// A block that matches its sum.
    pub(crate) fn read(first: i64, bytes: &'a [u8], row_sum: i64) -> Option<Self> {
        let (figures, loads) = bytes.split_at_checked(PLACES * 8)?;
        let is_whole = loads.len().is_multiple_of(12) && sum::block(first, bytes) == row_sum;
        is_whole.then_some(Self {
            first,
            figures,
            loads,
        })
    }

    /// Its rows, newest first, with the microsecond each is known since.
    pub(crate) fn newest_first(&self) -> impl Iterator<Item = (i64, Speaks, i64)> + use<'a> {
        let mut places = self.figures.chunks_exact(8).rev();
        let mut sequence = self.first + ROWS;
        self.loads.chunks_exact(12).rev().flat_map(move |load| {
            let (count, at) = load.split_at(4);
            let at = i64::from_le_bytes(at.try_into().unwrap_or_default());
            let rows: Vec<_> = places
                .by_ref()
                .take(word(count) as usize)
                .map(|place| {
                    sequence -= 1;
                    let (series, period) = place.split_at(4);
                    let speaks = match (word(series), word(period)) {
                        (0, 0) => Speaks::Missing,
                        (0, _) => Speaks::Money,
                        (series, period) => Speaks::Of(Figure { series, period }),
                    };
                    (sequence, speaks, at)
                })
                .collect();
            rows
        })
    }
}

fn word(bytes: &[u8]) -> u32 {
    u32::from_le_bytes(bytes.try_into().unwrap_or_default())
}

/// The first row that stands in no block.
pub(crate) fn end(connection: &Connection) -> rusqlite::Result<i64> {
    let last: Option<i64> = connection
        .prepare_cached(queries::LAST_BLOCK)?
        .query_row([], |row| row.get(0))
        .optional()?;
    Ok(last.map_or(1, |first| first + ROWS))
}

/// Makes the blocks whose rows are all there, as far as their sums are right.
pub(crate) fn make(connection: &Connection, words: &Dictionary) -> Result<(), Fault> {
    let mut first = end(connection)?;
    let last: i64 = connection
        .prepare_cached(queries::LAST_ROW)?
        .query_row([], |row| row.get(0))?;
    for _ in 0..AT_ONCE {
        if first + ROWS > last + 1 {
            break;
        }
        let Some(bytes) = of_rows(connection, words, first)? else {
            break;
        };
        insert(connection, first, &bytes)?;
        first += ROWS;
    }
    Ok(())
}

/// Makes every block that can be made, a portion at a time.
pub(crate) fn make_all(connection: &mut Connection) -> Result<(), Fault> {
    let mut words = Dictionary::default();
    loop {
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        words.refresh(&transaction)?;
        let before = end(&transaction)?;
        make(&transaction, &words)?;
        let after = end(&transaction)?;
        transaction.commit()?;
        if after == before {
            return Ok(());
        }
    }
}

/// What a block of the rows from `first` on holds; `None` when one of them is damaged.
fn of_rows(
    connection: &Connection,
    words: &Dictionary,
    first: i64,
) -> Result<Option<Vec<u8>>, Fault> {
    let mut places = vec![(0_u32, 0_u32, None); PLACES];
    let mut reader = Reader::on(connection);
    let mut is_sound = true;
    let mut note = |sequence: i64, figure: Option<(u32, u32)>, at: i64, intact: bool| {
        let place = usize::try_from(sequence - first)
            .ok()
            .and_then(|place| places.get_mut(place));
        match (place, figure) {
            (Some(place), Some((series, period))) if intact => *place = (series, period, Some(at)),
            _ => is_sound = false,
        }
    };
    let range = params![first, first + ROWS - 1];
    let mut statement = connection.prepare_cached(queries::OBSERVATIONS_BETWEEN)?;
    let mut rows = statement.query(range)?;
    while let Some(row) = rows.next()? {
        let full = observation(row, words, &mut reader);
        let ids = (row.get(5), row.get(6));
        let figure = ids.0.ok().zip(ids.1.ok());
        let at = full.recorded_at.timestamp_micros();
        note(full.sequence, figure, at, full.intact);
    }
    let mut statement = connection.prepare_cached(queries::MONEY_BETWEEN)?;
    let mut rows = statement.query(range)?;
    while let Some(row) = rows.next()? {
        let full = money(row, words, &mut reader);
        let at = full.recorded_at.timestamp_micros();
        note(full.sequence, Some((0, 1)), at, full.intact);
    }
    Ok(is_sound.then(|| packed(&places)))
}

/// Figures and times of the rows of a block, as they are stored.
fn packed(places: &[(u32, u32, Option<i64>)]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(PLACES * 8 + 1024);
    for (series, period, _) in places {
        bytes.extend_from_slice(&series.to_le_bytes());
        bytes.extend_from_slice(&period.to_le_bytes());
    }
    // A row that is not there has no time of its own.
    let mut loads: Vec<(u32, i64)> = Vec::new();
    for (_, _, at) in places {
        match (loads.last_mut(), *at) {
            (Some((count, known)), at) if at.is_none_or(|at| at == *known) => *count += 1,
            (_, at) => loads.push((1, at.unwrap_or_default())),
        }
    }
    for (count, at) in loads {
        bytes.extend_from_slice(&count.to_le_bytes());
        bytes.extend_from_slice(&at.to_le_bytes());
    }
    bytes
}

/// The newest rows of a load that is being written: a block of rows that were all written just now is
/// made without reading them back.
#[derive(Debug, Default)]
pub(crate) struct Fresh(Vec<(u32, u32, Option<i64>)>);

impl Fresh {
    /// Notes a row that was written, of a series and period or (0 and 1) of money, known since a
    /// microsecond; with the last of a block the block is made.
    pub(crate) fn wrote(
        &mut self,
        connection: &Connection,
        sequence: i64,
        (series, period): (i64, i64),
        at: i64,
    ) -> Result<(), Fault> {
        // Rows are counted from 1 on.
        if (sequence - 1) % ROWS == 0 {
            self.0.clear();
        }
        if let (Ok(series), Ok(period)) = (u32::try_from(series), u32::try_from(period)) {
            self.0.push((series, period, Some(at)));
        }
        let first = sequence + 1 - ROWS;
        if sequence % ROWS == 0 && self.0.len() == PLACES && end(connection)? == first {
            insert(connection, first, &packed(&self.0))?;
        }
        Ok(())
    }
}

fn insert(connection: &Connection, first: i64, bytes: &[u8]) -> Result<(), Fault> {
    let values = params![first, bytes, sum::block(first, bytes)];
    connection
        .prepare_cached(queries::INSERT_BLOCK)?
        .insert(values)?;
    Ok(())
}
