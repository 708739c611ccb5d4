//! What counts is the same whether every row is read or only those that the blocks lead to.
#![allow(missing_docs, clippy::unwrap_used, clippy::panic, clippy::print_stdout)]
mod common;
use chrono::{DateTime, Duration, Utc};
use common::*;
use quarterdeck_kpi::address::SeriesId;
use quarterdeck_kpi::calendar::Quarter;
use quarterdeck_kpi::effective::effective;
use quarterdeck_kpi::message::Message;
use quarterdeck_kpi::observation::{Act, Cause, Observation, Reading};
use quarterdeck_store::*;
use rusqlite::Connection;

const PROGRAMMES: usize = 7;
const QUARTERS: usize = 5;
const LOADS: usize = 130;

fn series(programme: usize) -> SeriesId {
    SeriesId::parse(&format!("P{programme:02}/visits")).unwrap()
}

fn quarter(number: usize) -> Quarter {
    Quarter::new(2024, 1)
        .unwrap()
        .plus(i32::try_from(number).unwrap())
}

fn observation(random: &mut Random) -> Observation {
    let mut item = reading("P01/visits", &format!("{}.5", random.below(100_000)));
    item.series = series(random.below(PROGRAMMES));
    item.period = quarter(random.below(QUARTERS)).period();
    if random.below(9) == 0 {
        item.reading = Reading::Rejected(Message::new("number-empty"));
        item.printed = Some(format!("n/a {}", random.below(1_000_000)));
    }
    item
}

/// Loads of collected, entered, corrected, withdrawn and refused readings, with a clock that sometimes
/// goes back; some money among them.
fn filled(seed: u64) -> (Folder, Vec<DateTime<Utc>>) {
    let folder = Folder::new();
    let mut store = folder.store();
    let mut random = Random(seed);
    let mut known: Vec<(i64, Observation)> = Vec::new();
    let mut moments = Vec::new();
    for load in 0..LOADS {
        let mut moment = day(1) + Duration::hours(i64::try_from(load).unwrap());
        if random.below(11) == 0 {
            moment -= Duration::hours(30);
        }
        let mut rows = Vec::new();
        for _ in 0..20 {
            let (item, cause, act) = match random.below(12) {
                0 | 1 if !known.is_empty() => {
                    let (on, old) = &known[random.below(known.len())];
                    let mut item = old.clone();
                    let act = if random.below(2) == 0 {
                        item.reading = Reading::Value(random.below(90_000).into());
                        item.printed = None;
                        Act::Correct(*on)
                    } else {
                        Act::Withdraw(*on)
                    };
                    (item, entered(), act)
                }
                2 => (observation(&mut random), entered(), Act::Record),
                n => {
                    let cause = Cause::Capture {
                        sha256: sha256_hex(format!("{load}").as_bytes()).into(),
                        source: format!("source-{}", n % 3).into(),
                        at: format!("$.rows[{n}]").into(),
                    };
                    (observation(&mut random), cause, Act::Record)
                }
            };
            rows.push(row(item, cause, act));
        }
        let mut batch = readings(moment, rows.clone());
        if load % 9 == 0 {
            let amount = i64::try_from(load).unwrap() * 1000;
            batch.money = vec![row(line(amount), captured(), Act::Record)];
        }
        let sequences = store.record(&batch).unwrap();
        known.extend(
            sequences
                .into_iter()
                .zip(rows.into_iter().map(|row| row.item)),
        );
        moments.push(moment);
    }
    (folder, moments)
}

/// What is shown of every figure: the rows that count, refused ones and doubtful ones, by number.
fn shown(rows: &Rows) -> Vec<[Option<i64>; 3]> {
    let figures = effective(&rows.observations);
    (0..PROGRAMMES)
        .flat_map(|programme| {
            let known = figures.of(&series(programme)).to_vec();
            known.into_iter().map(|period| {
                [period.good, period.refused, period.broken].map(|row| row.map(|row| row.sequence))
            })
        })
        .collect()
}

fn large(folder: &Folder) -> Store {
    let mut store = folder.store();
    store.set_whole_up_to(0);
    store
}

#[test]
fn every_moment_shows_the_same_figures() {
    for seed in [1, 2, 3] {
        let (folder, moments) = filled(seed);
        let store = large(&folder);
        let all = store.rows_as_of(day(28)).unwrap();
        assert!(
            all.observations.len() > 2 * 1024,
            "{}",
            all.observations.len()
        );
        let mut read = 0;
        for moment in moments.iter().step_by(3).chain([&day(28), &day(1)]) {
            let whole = store.rows_as_of(*moment).unwrap();
            let standing = store.standing_as_of(*moment, i64::MAX).unwrap();
            assert!(standing.left_out);
            assert_eq!(shown(&whole), shown(&standing), "seed {seed}, {moment}");
            assert_eq!(
                whole.newest_data, standing.newest_data,
                "seed {seed}, {moment}"
            );
            assert_eq!(
                (whole.money, whole.findings),
                (standing.money, standing.findings)
            );
            read += standing.observations.len();
            // As if a row were the last.
            let last = moment.timestamp() % 2000 + 300;
            let mut whole = store.rows_as_of(*moment).unwrap();
            whole.observations.retain(|row| row.sequence <= last);
            let standing = store.standing_as_of(*moment, last).unwrap();
            assert_eq!(
                shown(&whole),
                shown(&standing),
                "seed {seed}, {moment}, row {last}"
            );
        }
        println!(
            "seed {seed}: {read} rows read for {} moments",
            moments.len() / 3 + 2
        );
        drop(store);
        // A database of ordinary size is read whole.
        let rows = folder.store().standing_as_of(day(28), i64::MAX).unwrap();
        assert_eq!((rows.left_out, rows), (false, all));
    }
}

fn vandalise(folder: &Folder, sql: &str) {
    let connection = Connection::open(folder.file()).unwrap();
    connection
        .execute_batch(
            "DROP TRIGGER IF EXISTS block_no_update; DROP TRIGGER IF EXISTS block_no_delete;
             DROP TRIGGER IF EXISTS observation_no_update; DROP TRIGGER IF EXISTS observation_no_delete;
             DROP TRIGGER IF EXISTS money_no_delete; PRAGMA foreign_keys = off;",
        )
        .unwrap();
    assert_ne!(connection.execute(sql, []).unwrap(), 0, "{sql}");
}

#[test]
fn with_anything_amiss_every_row_is_read() {
    for sql in [
        "UPDATE block SET row_sum = row_sum + 1 WHERE first = 1025",
        "UPDATE block SET figures = substr(figures, 1, 100) WHERE first = 1025",
        "DELETE FROM block WHERE first = 1",
        "UPDATE observation SET mantissa = mantissa + 1 WHERE sequence = (SELECT max(sequence) FROM observation WHERE mantissa IS NOT NULL)",
        "UPDATE observation SET series = series % 5 + 1 WHERE sequence = (SELECT max(sequence) FROM observation)",
        "DELETE FROM observation WHERE sequence = (SELECT max(sequence) - 2 FROM observation)",
        "DELETE FROM money WHERE sequence = (SELECT min(sequence) FROM money)",
    ] {
        let (folder, _) = filled(7);
        vandalise(&folder, sql);
        let store = large(&folder);
        let standing = store.standing_as_of(day(28), i64::MAX).unwrap();
        assert!(!standing.left_out, "{sql}");
        assert_eq!(standing, store.rows_as_of(day(28)).unwrap(), "{sql}");
    }
    // The last block is missing: the rows it named are read as those of no block are.
    let (folder, _) = filled(7);
    let before = shown(&large(&folder).standing_as_of(day(28), i64::MAX).unwrap());
    vandalise(
        &folder,
        "DELETE FROM block WHERE first = (SELECT max(first) FROM block)",
    );
    let standing = large(&folder).standing_as_of(day(28), i64::MAX).unwrap();
    assert!(standing.left_out);
    assert_eq!(shown(&standing), before);
}

#[test]
fn a_flipped_bit_never_brings_back_an_old_figure() {
    let (folder, _) = filled(11);
    let truth = shown(&folder.store().rows_as_of(day(28)).unwrap());
    let whole = folder.in_one_file();
    let (mut random, mut right, mut read_whole, mut refused) = (Random(0x5eed), 0, 0, 0);
    for round in 0..150 {
        let torn = Folder::new();
        let mut bytes = whole.clone();
        let at = random.below(bytes.len());
        bytes[at] ^= 1 << random.below(8);
        std::fs::write(torn.file(), &bytes).unwrap();
        let Ok(mut store) = Store::open(&torn.file(), OpenMode::ReadOnly) else {
            refused += 1;
            continue;
        };
        store.set_whole_up_to(0);
        match store.standing_as_of(day(28), i64::MAX) {
            Ok(rows) if rows.left_out => {
                assert_eq!(shown(&rows), truth, "round {round}, byte {at}");
                right += 1;
            }
            // What is shown then is the matter of `flips.rs`.
            Ok(_) => read_whole += 1,
            Err(_) => refused += 1,
        }
    }
    println!(
        "150 bits flipped: {right} times all figures right, {read_whole} times every row read, {refused} refused"
    );
}

#[test]
fn the_history_of_one_figure_is_read_without_the_others() {
    let (folder, _) = filled(4);
    let store = folder.store();
    let all = store.rows_as_of(DateTime::<Utc>::MAX_UTC).unwrap();
    for programme in 0..PROGRAMMES {
        let series = series(programme);
        let of = |period: Option<_>| {
            let rows = all.observations.iter().cloned();
            rows.filter(|row| row.item.series == series)
                .filter(|row| period.is_none_or(|period| row.item.period == period))
                .collect::<Vec<_>>()
        };
        assert_eq!(store.readings_of(&series, None).unwrap(), of(None));
        for number in 0..QUARTERS {
            let period = quarter(number).period();
            let known = store.readings_of(&series, Some(period)).unwrap();
            assert!(!known.is_empty());
            assert_eq!(known, of(Some(period)));
        }
    }
    let item = line(0);
    let lines = store.lines_of("dgp1", 2025, item.period).unwrap();
    assert!(!lines.is_empty());
    assert_eq!(lines, all.money);
    assert_eq!(store.lines_of("dgp2", 2025, item.period).unwrap(), []);
    let nobody = SeriesId::parse("P77/visits").unwrap();
    assert_eq!(store.readings_of(&nobody, None).unwrap(), []);
    // By the index, and not by a look at every row.
    let database = Connection::open(folder.file()).unwrap();
    let sql =
        std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/sql/rows.sql")).unwrap();
    for name in [
        "OBSERVATIONS_OF_FIGURE",
        "OBSERVATIONS_OF_SERIES",
        "MONEY_OF_PERIOD",
    ] {
        let text = sql.split(&format!("-- name: {name}\n")).nth(1).unwrap();
        let text = text.split("-- name:").next().unwrap();
        let mut statement = database
            .prepare(&format!("EXPLAIN QUERY PLAN {text}"))
            .unwrap();
        for number in 1..=statement.parameter_count() {
            statement.raw_bind_parameter(number, 1).unwrap();
        }
        let mut rows = statement.raw_query();
        let mut plan = Vec::new();
        while let Some(row) = rows.next().unwrap() {
            plan.push(row.get::<_, String>(3).unwrap());
        }
        assert!(plan[0].starts_with("SEARCH"), "{name}: {plan:?}");
    }
}
