//! Rows that a second thread reads while the first is busy with the workspace's files: what a question about the
//! whole portfolio waits for. Once the first has time it reads along, from the other end.

use crate::dictionary::Dictionary;
use crate::platform::{Core, Kept};
use crate::queries;
use crate::read::{Reader, add, money, observation};
use crate::store::{Fault, OpenMode, Store};
use quarterdeck_kpi::money::MoneyLine;
use quarterdeck_kpi::observation::{Observation, Recorded};
use rusqlite::{Connection, OptionalExtension, ToSql, params};
use std::ops::RangeInclusive;
use std::path::Path;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};

/// In a smaller file (bytes) there is less to gain than a thread costs.
const LARGE: u64 = 1 << 20;
/// With a higher number (rows) nothing is read ahead.
const MOST: i64 = 1 << 24;
/// Room that is set aside at first (rows).
const ROOM: usize = 1 << 15;
/// Numbers that are read at a time.
const PORTION: i64 = 512;
/// Cache in KiB (below zero, as SQLite takes it). Every page is looked at once: a larger one is memory that is asked for,
/// filled and given back.
const CACHE: i64 = -256;

/// Which rows are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Kinds {
    pub(crate) readings: bool,
    pub(crate) amounts: Option<Amounts>,
}

/// Which amounts are asked for; rows that act on others are always there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Amounts {
    /// 年累計 of the fiscal years from this one.
    pub first: i32,
    /// To this one.
    pub last: i32,
    /// Those since the beginning (總累計), which are of no year.
    pub totals: bool,
}

impl Amounts {
    /// Every amount.
    pub const ALL: Amounts = Amounts {
        first: i32::MIN,
        last: i32::MAX,
        totals: true,
    };
}

impl Kinds {
    pub(crate) const ALL: Kinds = Kinds {
        readings: true,
        amounts: Some(Amounts::ALL),
    };
    pub(crate) const AMOUNTS: Kinds = Kinds {
        readings: false,
        ..Kinds::ALL
    };
}

/// Whose rows are read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Question {
    /// Everybody's.
    Kinds(Kinds),
    /// Amounts of an agency, by its id, and of the programmes of which a line names it.
    Agency(String),
}

impl Question {
    /// All rows of the answer, read here and now.
    pub(crate) fn answered(
        &self,
        connection: &Connection,
        dictionary: &Dictionary,
    ) -> rusqlite::Result<Both> {
        let asked = Asked::of(self, connection, dictionary)?;
        let mut reader = Reader::on(connection);
        portion(connection, dictionary, &mut reader, &asked, 1..=i64::MAX)
    }
}

/// Rows by sequence.
#[derive(Debug, Default)]
pub(crate) struct Both {
    pub(crate) readings: Vec<Recorded<Observation>>,
    pub(crate) amounts: Vec<Recorded<MoneyLine>>,
}

/// Rows on their way; see [`Store::expect`].
#[derive(Debug)]
pub struct Ahead {
    question: Question,
    left: Arc<Mutex<Left>>,
    reader: Receiver<Early>,
    _kept: Kept,
}

/// The numbers that nobody has taken yet.
#[derive(Debug)]
struct Left {
    first: i64,
    last: i64,
    /// Who is asked about, once it is known.
    asked: Option<Asked>,
}

/// A question in the words of the database.
#[derive(Debug, Clone)]
enum Asked {
    Kinds(Kinds),
    /// Numbers of an agency and, as a list in JSON, of programmes.
    Agency(Option<i64>, String),
}

impl Asked {
    fn of(
        question: &Question,
        connection: &Connection,
        dictionary: &Dictionary,
    ) -> rusqlite::Result<Asked> {
        Ok(match question {
            Question::Kinds(kinds) => Asked::Kinds(*kinds),
            Question::Agency(agency) => {
                let id = dictionary.text_id(agency);
                let named = queries::PROGRAMMES_OF_AGENCY;
                Asked::Agency(id, connection.query_row(named, [id], |row| row.get(0))?)
            }
        })
    }
}

/// The rows up to a number, as the other thread read them.
#[derive(Debug)]
struct Early {
    rows: Both,
    up_to: i64,
    last: Last,
}

/// Number and stored sum of the last reading, and of the last amount, by a number. Rows are only ever added: who knows
/// the same last rows knows the same rows.
type Last = [Option<(i64, i64)>; 2];

impl Left {
    fn of(shared: &Mutex<Left>) -> std::sync::MutexGuard<'_, Left> {
        shared.lock().unwrap_or_else(PoisonError::into_inner)
    }
    fn lowest(&mut self) -> Option<RangeInclusive<i64>> {
        let first = self.first;
        let last = first.saturating_add(PORTION - 1).min(self.last);
        self.first = last.saturating_add(1);
        (first <= last).then_some(first..=last)
    }
    fn highest(&mut self) -> Option<RangeInclusive<i64>> {
        let last = self.last;
        let first = last.saturating_sub(PORTION - 1).max(self.first);
        self.last = first.saturating_sub(1);
        (first <= last).then_some(first..=last)
    }
}

impl Ahead {
    /// Begins to read the readings of a database and the amounts of some fiscal years, if it is large enough. Nothing is written, and
    /// what goes wrong is met again, and said, by who reads them without it.
    pub fn begin(path: &Path, readings: bool, amounts: Option<Amounts>) -> Option<Ahead> {
        Self::ask(path, Question::Kinds(Kinds { readings, amounts }))
    }

    /// The same with the amounts of an agency and of all programmes of which a line names it.
    pub fn begin_agency(path: &Path, agency: &str) -> Option<Ahead> {
        Self::ask(path, Question::Agency(agency.to_owned()))
    }

    fn ask(path: &Path, question: Question) -> Option<Ahead> {
        if std::fs::metadata(path).ok()?.len() < LARGE {
            return None;
        }
        // What is in the database is not known yet.
        let left = Arc::new(Mutex::new(Left {
            first: 1,
            last: 0,
            asked: None,
        }));
        let (path, shared, asked) = (path.to_owned(), Arc::clone(&left), question.clone());
        let (rows, reader) = channel();
        let core = Core::in_use();
        let read = move || {
            core.leave();
            read(&path, &asked, &shared, &rows);
        };
        let thread = std::thread::Builder::new().name("ahead".into()).spawn(read);
        thread.ok()?;
        Some(Ahead {
            question,
            left,
            reader,
            _kept: core.keep(),
        })
    }

    /// All rows that were asked for as this connection sees them: rows are only ever added, so that it knows those that
    /// were read ahead, and perhaps more. `None` when it does not, or something else was asked for.
    pub(crate) fn seen_by(
        self,
        connection: &Connection,
        dictionary: &Dictionary,
        question: &Question,
    ) -> Result<Option<Both>, Fault> {
        if self.question != *question {
            return Ok(None);
        }
        let mut reader = Reader::on(connection);
        let mut upper = Vec::new();
        loop {
            let mut left = Left::of(&self.left);
            let (Some(numbers), Some(asked)) = (left.highest(), left.asked.clone()) else {
                break;
            };
            drop(left);
            let end = *numbers.end();
            let read = portion(connection, dictionary, &mut reader, &asked, numbers)?;
            upper.push((end, read));
        }
        // All are taken: what is below is with the other thread, or was read by it.
        let below = Left::of(&self.left).first.saturating_sub(1);
        let now = last_by(connection, question, below)?;
        let Ok(early) = self.reader.recv() else {
            return Ok(None);
        };
        let Early {
            mut rows,
            up_to,
            last: then,
        } = early;
        // What is damaged, or was written to while it was read, is looked at again.
        let is_whole = rows.are_intact();
        // It may not have begun yet when the first came to read along.
        let now = match up_to == below {
            true => now,
            false => last_by(connection, question, up_to)?,
        };
        let asked = Left::of(&self.left).asked.clone();
        let Some(asked) = asked.filter(|_| is_whole && now == then) else {
            return Ok(None);
        };
        let end = upper.first().map_or(up_to, |(last, _)| *last);
        for (_, mut portion) in upper.into_iter().rev() {
            rows.readings.append(&mut portion.readings);
            rows.amounts.append(&mut portion.amounts);
        }
        let later = end.saturating_add(1)..=i64::MAX;
        let mut since = portion(connection, dictionary, &mut reader, &asked, later)?;
        rows.readings.append(&mut since.readings);
        rows.amounts.append(&mut since.amounts);
        Ok(Some(rows))
    }
}

impl Both {
    fn are_intact(&self) -> bool {
        let readings = self.readings.iter().all(|row| row.intact);
        readings && self.amounts.iter().all(|row| row.intact)
    }
}

/// The rows of these numbers.
fn portion(
    connection: &Connection,
    dictionary: &Dictionary,
    reader: &mut Reader<'_>,
    asked: &Asked,
    numbers: RangeInclusive<i64>,
) -> rusqlite::Result<Both> {
    let mut rows = Both::default();
    add_portion(&mut rows, connection, dictionary, reader, asked, numbers)?;
    Ok(rows)
}

fn add_portion(
    rows: &mut Both,
    connection: &Connection,
    dictionary: &Dictionary,
    reader: &mut Reader<'_>,
    asked: &Asked,
    numbers: RangeInclusive<i64>,
) -> rusqlite::Result<()> {
    let kinds = match asked {
        Asked::Kinds(kinds) => kinds,
        Asked::Agency(agency, programmes) => {
            let values = params![programmes, agency, numbers.start(), numbers.end()];
            let mut take = |row: &rusqlite::Row<'_>| money(row, dictionary, reader);
            let sql = queries::MONEY_OF_AGENCY_BETWEEN;
            return add(&mut rows.amounts, connection, sql, values, &mut take);
        }
    };
    if kinds.readings {
        let range = params![numbers.start(), numbers.end()];
        let mut take = |row: &rusqlite::Row<'_>| observation(row, dictionary, reader);
        let sql = queries::OBSERVATIONS_BETWEEN;
        add(&mut rows.readings, connection, sql, range, &mut take)?;
    }
    if let Some(asked) = kinds.amounts {
        let Amounts {
            first,
            last,
            totals,
        } = asked;
        let range = params![numbers.start(), numbers.end(), first, last, totals];
        let mut take = |row: &rusqlite::Row<'_>| money(row, dictionary, reader);
        let sql = queries::MONEY_OF_YEARS;
        add(&mut rows.amounts, connection, sql, range, &mut take)?;
    }
    Ok(())
}

fn last_by(connection: &Connection, question: &Question, up_to: i64) -> rusqlite::Result<Last> {
    let (kinds, up_to) = match question {
        Question::Kinds(kinds) => (*kinds, up_to),
        // A later line may name another programme.
        Question::Agency(_) => (Kinds::AMOUNTS, i64::MAX),
    };
    let of = |sql: &str, values: &[&dyn ToSql]| {
        let mut statement = connection.prepare_cached(sql)?;
        let found = statement.query_row(values, |row| Ok((row.get(0)?, row.get(1)?)));
        found.optional()
    };
    let readings = match kinds.readings {
        true => of(queries::LAST_OBSERVATION_BY, &[&up_to])?,
        false => None,
    };
    let amounts = match kinds.amounts {
        Some(Amounts {
            first,
            last,
            totals,
        }) => of(queries::LAST_MONEY_BY, &[&up_to, &first, &last, &totals])?,
        None => None,
    };
    Ok([readings, amounts])
}

/// Sends the rows, if all went well; nobody waits until the database is closed again.
fn read(path: &Path, question: &Question, left: &Mutex<Left>, rows: &Sender<Early>) -> Option<()> {
    let store = Store::open(path, OpenMode::ReadOnly).ok()?;
    let limit = store.whole_up_to;
    let is_again = std::cell::Cell::new(false);
    let early = store
        .read(|connection, dictionary| {
            // Portions are taken once: what was written to meanwhile is read by who waits for it.
            if is_again.replace(true) {
                return Ok(None);
            }
            connection.pragma_update(None, "cache_size", CACHE)?;
            let last: i64 = connection.query_row(queries::NEXT_SEQUENCE, [], |row| row.get(0))?;
            let kinds = match question {
                Question::Kinds(kinds) => *kinds,
                Question::Agency(_) => Kinds::AMOUNTS,
            };
            // Of a large database not every reading is wanted; and numbers that no honest one has are not gone through.
            if kinds.readings && last > limit || last > MOST {
                return Ok(None);
            }
            dictionary.refresh(connection)?;
            let asked = Asked::of(question, connection, dictionary)?;
            let mut shared = Left::of(left);
            (shared.last, shared.asked) = (last - 1, Some(asked.clone()));
            drop(shared);
            let mut reader = Reader::on(connection);
            let (mut rows, mut up_to) = (Both::default(), 0);
            // Room that is not used costs no memory; a list that grows is copied.
            let room = usize::try_from(last).unwrap_or_default().min(ROOM);
            rows.readings
                .reserve_exact(if kinds.readings { room } else { 0 });
            rows.amounts
                .reserve_exact(kinds.amounts.map_or(0, |_| room));
            loop {
                let Some(numbers) = Left::of(left).lowest() else {
                    break;
                };
                up_to = *numbers.end();
                add_portion(
                    &mut rows,
                    connection,
                    dictionary,
                    &mut reader,
                    &asked,
                    numbers,
                )?;
            }
            let [reading, amount] = reader.last_sums;
            let last = match question {
                Question::Kinds(_) => [
                    rows.readings.last().map(|row| (row.sequence, reading)),
                    rows.amounts.last().map(|row| (row.sequence, amount)),
                ],
                Question::Agency(_) => last_by(connection, question, up_to)?,
            };
            Ok(Some(Early { rows, up_to, last }))
        })
        .ok()??;
    rows.send(early).ok()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::model::{Batch, NewRow};
    use chrono::DateTime;
    use quarterdeck_kpi::calendar::Period;
    use quarterdeck_kpi::money::{AmountKind, MoneyKey, Span};
    use quarterdeck_kpi::observation::{Act, Cause};

    /// Without this it could fail at everything and nobody would see more than that it takes longer.
    #[test]
    fn the_second_thread_reads_what_nobody_reads_before_it() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("quarterdeck.db");
        let line = |number: i64| MoneyLine {
            key: MoneyKey {
                plan: "dgp1".into(),
                programme: Some(format!("P{number}").into()),
                agency: None,
                fiscal_year: 2021 + i32::try_from(number % 5).unwrap(),
                span: Span::YearToDate,
                kind: AmountKind::Paid,
            },
            period: Period::year(2025),
            amount_ntd: number,
            printed: None,
        };
        let cause = |number| Cause::Capture {
            sha256: "ab".repeat(32).into(),
            source: "portal".into(),
            at: format!("$.rows[{number}].a_rather_long_name_of_an_amount").into(),
        };
        let rows = (1..=9_000).map(|number| NewRow::new(line(number), cause(number), Act::Record));
        let batch = Batch {
            run: None,
            recorded_at: DateTime::UNIX_EPOCH,
            actor: "wang".into(),
            identity: "os-account".into(),
            reason: None,
            observations: Vec::new(),
            money: rows.collect(),
            findings: Vec::new(),
            attempt: None,
        };
        let mut store = Store::open(&file, OpenMode::Create).unwrap();
        store.record(&batch).unwrap();
        drop(store);
        let some = Amounts {
            first: 2022,
            last: 2023,
            totals: true,
        };
        for (amounts, expected) in [(Amounts::ALL, 9_000), (some, 3_600)] {
            let ahead = Ahead::begin(&file, true, Some(amounts)).unwrap();
            let early = ahead.reader.recv().unwrap();
            assert_eq!(early.rows.amounts.len(), expected);
            assert!(early.rows.readings.is_empty());
            assert_eq!(early.up_to, 9_000);
        }
    }
}
