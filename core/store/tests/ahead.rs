//! What is read ahead on another thread is what would have been read without it.
#![allow(missing_docs, clippy::unwrap_used)]
mod common;
use common::*;
use quarterdeck_kpi::money::MoneyLine;
use quarterdeck_kpi::observation::{Act, Cause, Recorded};
use quarterdeck_store::*;

/// Enough to make a database of more than a mebibyte.
const LINES: i64 = 9_000;

fn load(first: i64, count: i64) -> Batch {
    let rows = (first..first + count).map(|number| {
        let mut item = line(number);
        item.key.programme = Some(format!("P{number}").into());
        item.key.fiscal_year = i32::try_from(number % 900).unwrap();
        let cause = Cause::Capture {
            sha256: sha256_hex(b"answer").into(),
            source: "portal".into(),
            at: format!("$.rows[{number}].amount").into(),
        };
        row(item, cause, Act::Record)
    });
    money(day(1), rows.collect())
}

fn filled() -> Folder {
    let folder = Folder::new();
    folder.store().record(&load(1, LINES)).unwrap();
    folder
}

fn lines(store: &Store) -> Vec<Recorded<MoneyLine>> {
    store.rows_as_of(day(20)).unwrap().money
}

#[test]
fn the_same_amounts_with_and_without() {
    let folder = filled();
    let ahead = Ahead::begin(&folder.file());
    assert!(ahead.is_some(), "the database is large enough");
    let mut store = folder.store();
    store.expect(ahead);
    let read = lines(&store);
    assert_eq!(i64::try_from(read.len()).unwrap(), LINES);
    // Without: what was read ahead serves once.
    assert_eq!(read, lines(&store));
    assert_eq!(store.rows_as_of(day(20)).unwrap().findings, []);
}

#[test]
fn what_was_recorded_since_is_not_missed() {
    let folder = filled();
    let ahead = Ahead::begin(&folder.file());
    let mut store = folder.store();
    // Before or after it was read ahead: both are the same to who asks.
    store.record(&load(LINES + 1, 30)).unwrap();
    store.expect(ahead);
    let read = lines(&store);
    assert_eq!(i64::try_from(read.len()).unwrap(), LINES + 30);
    assert_eq!(read, lines(&store));
}

#[test]
fn a_database_put_in_its_place_is_read_anew() {
    let (folder, other) = (filled(), Folder::new());
    other.store().record(&load(5, LINES)).unwrap();
    let ahead = Ahead::begin(&other.file());
    let mut store = folder.store();
    store.expect(ahead);
    assert_eq!(lines(&store), lines(&folder.store()));
}

#[test]
fn a_small_or_missing_database_is_not_read_ahead() {
    let folder = Folder::new();
    assert!(Ahead::begin(&folder.file()).is_none());
    folder.store().record(&load(1, 3)).unwrap();
    assert!(Ahead::begin(&folder.file()).is_none());
}
