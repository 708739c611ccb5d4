//! What is read ahead on another thread is what would have been read without it.
#![allow(missing_docs, clippy::unwrap_used)]
mod common;
use common::*;
use quarterdeck_kpi::money::Span;
use quarterdeck_kpi::observation::{Act, Cause};
use quarterdeck_store::*;

/// Enough to make a database of more than a mebibyte.
const LINES: i64 = 9_000;
const READINGS: i64 = 700;
const ALL: Option<Amounts> = Some(Amounts::ALL);

fn load(first: i64, count: i64) -> Batch {
    let rows = (first..first + count).map(|number| {
        let mut item = line(number);
        item.key.programme = Some(format!("P{number}").into());
        item.key.fiscal_year = i32::try_from(number % 900).unwrap();
        if number % 7 == 0 {
            item.key.span = Span::SinceBeginning;
        }
        let cause = Cause::Capture {
            sha256: sha256_hex(b"answer").into(),
            source: "portal".into(),
            at: format!("$.rows[{number}].amount").into(),
        };
        row(item, cause, Act::Record)
    });
    money(day(1), rows.collect())
}

fn figures(count: i64) -> Batch {
    let rows = (0..count).map(|number| {
        let item = reading(&format!("P{number}/count"), &number.to_string());
        row(item, captured(), Act::Record)
    });
    readings(day(2), rows.collect())
}

/// Amounts, readings between them, and amounts again.
fn filled() -> Folder {
    let folder = Folder::new();
    let mut store = folder.store();
    store.record(&load(1, LINES / 2)).unwrap();
    store.record(&figures(READINGS)).unwrap();
    store.record(&load(LINES / 2 + 1, LINES / 2)).unwrap();
    folder
}

fn all(store: &Store) -> Rows {
    store.rows_as_of(day(20)).unwrap()
}

fn assert_same(read: &Rows, again: &Rows) {
    assert_eq!(read.observations, again.observations);
    assert_eq!(read.money, again.money);
    assert_eq!(read.findings, again.findings);
}

#[test]
fn the_same_rows_with_and_without() {
    let folder = filled();
    // The second thread reads all of it, or only the beginning.
    for wait in [200, 0, 0, 5] {
        let ahead = Ahead::begin(&folder.file(), true, ALL);
        assert!(ahead.is_some(), "the database is large enough");
        let mut store = folder.store();
        std::thread::sleep(std::time::Duration::from_millis(wait));
        store.expect(ahead);
        let read = all(&store);
        assert_eq!(i64::try_from(read.money.len()).unwrap(), LINES);
        assert_eq!(i64::try_from(read.observations.len()).unwrap(), READINGS);
        assert_eq!(read.findings, []);
        // Without: what was read ahead serves once.
        assert_same(&read, &all(&store));
    }
}

#[test]
fn of_one_kind_alone_the_same_rows() {
    let folder = filled();
    let of_years = |totals| {
        Some(Amounts {
            first: 100,
            last: 300,
            totals,
        })
    };
    let asked = [(true, None), (false, ALL), (true, ALL)];
    for (of_readings, of_amounts) in asked
        .into_iter()
        .chain([(false, of_years(true)), (true, of_years(false))])
    {
        let mut store = folder.store();
        let whole = all(&store);
        store.expect(Ahead::begin(&folder.file(), of_readings, of_amounts));
        let read = store
            .rows_of_kinds(day(20), of_readings, of_amounts)
            .unwrap();
        assert_eq!(
            read.observations,
            if of_readings {
                whole.observations
            } else {
                vec![]
            }
        );
        let mut amounts = whole.money;
        amounts.retain(|row| {
            let key = &row.item.key;
            of_amounts.is_some_and(|asked| match key.span {
                Span::YearToDate => (asked.first..=asked.last).contains(&key.fiscal_year),
                Span::SinceBeginning => asked.totals,
            })
        });
        assert_eq!(read.money, amounts);
        // What was read ahead for one question does not serve another.
        store.expect(Ahead::begin(&folder.file(), of_readings, of_amounts));
        assert_same(&all(&store), &all(&folder.store()));
    }
}

#[test]
fn what_was_recorded_since_is_not_missed() {
    let folder = filled();
    let ahead = Ahead::begin(&folder.file(), true, ALL);
    let mut store = folder.store();
    // Before or after it was read ahead: both are the same to who asks.
    store.record(&load(LINES + 1, 30)).unwrap();
    store.expect(ahead);
    let read = all(&store);
    assert_eq!(i64::try_from(read.money.len()).unwrap(), LINES + 30);
    assert_same(&read, &all(&store));
}

#[test]
fn a_database_put_in_its_place_is_read_anew() {
    let (folder, other) = (filled(), Folder::new());
    let mut store = other.store();
    store.record(&load(5, LINES)).unwrap();
    store.record(&figures(READINGS)).unwrap();
    let ahead = Ahead::begin(&other.file(), true, ALL);
    let mut store = folder.store();
    store.expect(ahead);
    assert_same(&all(&store), &all(&folder.store()));
}

#[test]
fn a_small_or_missing_database_is_not_read_ahead() {
    let folder = Folder::new();
    assert!(Ahead::begin(&folder.file(), true, ALL).is_none());
    folder.store().record(&load(1, 3)).unwrap();
    assert!(Ahead::begin(&folder.file(), true, ALL).is_none());
}
