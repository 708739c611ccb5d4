//! Damage to the file is noticed, and named.
#![allow(missing_docs, clippy::unwrap_used, clippy::panic, clippy::print_stdout)]
mod common;
use common::*;
use quarterdeck_kpi::observation::Act;
use quarterdeck_store::*;
use rusqlite::Connection;

/// Changes the file as a bad disk would.
fn vandalise(folder: &Folder, sql: &str) {
    folder.unguarded().execute_batch(sql).unwrap();
}

fn filled() -> Folder {
    let folder = Folder::new();
    let mut store = folder.store();
    let mut load = readings(
        day(3),
        vec![
            row(reading("P01/gold-share", "75.3"), captured(), Act::Record),
            row(reading("P02/visits", "1234"), captured(), Act::Record),
        ],
    );
    load.money = vec![row(line(1_007_000_000), captured(), Act::Record)];
    store.record(&load).unwrap();
    drop(store);
    folder
}

#[test]
fn a_damaged_amount_does_not_speak_for_those_that_came_with_it() {
    let folder = Folder::new();
    let mut store = folder.store();
    let amounts: Vec<_> = (1..=3)
        .map(|n| row(line(n * 1_000), captured(), Act::Record))
        .collect();
    store.record(&money(day(3), amounts)).unwrap();
    let source = captured().source().unwrap().to_owned();
    let rows = |store: &Store| store.rows_of_source(day(9), &source).unwrap();
    let whole = rows(&store);
    assert_eq!(whole.money.len(), 1, "one speaks for all");
    assert_eq!(
        whole.newest_data,
        store.rows_as_of(day(9)).unwrap().newest_data
    );
    drop(store);
    vandalise(
        &folder,
        "UPDATE money SET amount_ntd = 7 WHERE sequence = 1",
    );
    let store = Store::open(&folder.file(), OpenMode::ReadOnly).unwrap();
    let damaged = rows(&store);
    assert_eq!(damaged.money.len(), 3, "then all are read");
    assert_eq!(damaged.newest_data, whole.newest_data);
}

#[test]
fn a_flipped_bit_in_any_cell_of_a_row_is_found() {
    for sql in [
        "UPDATE observation SET mantissa = mantissa | 1024 WHERE sequence = 1",
        "UPDATE observation SET scale = 0 WHERE sequence = 1",
        "UPDATE observation SET observed_at = observed_at + 1 WHERE sequence = 1",
        "UPDATE observation SET stage = 'fin`l' WHERE sequence = 1",
        "UPDATE observation SET qualifier = '>' WHERE sequence = 1",
        "UPDATE observation SET definition = 3 WHERE sequence = 1",
        "UPDATE observation SET row_sum = row_sum + 1 WHERE sequence = 1",
        "UPDATE series SET address = 'P05/gold-share' WHERE id = 1",
        "UPDATE series SET address = 'P01-gold-share' WHERE id = 1",
        "INSERT INTO period (first_day, last_day, kind) VALUES ('2025-04-01', '2025-06-30', 'quarter'); UPDATE observation SET period = 2 WHERE sequence = 1",
        "INSERT INTO batch (recorded_at, actor, identity) SELECT recorded_at, 'wong', identity FROM batch; UPDATE observation SET batch = 2 WHERE sequence = 1",
        "INSERT INTO batch (recorded_at, actor, identity) SELECT recorded_at + 999000000000000, actor, identity FROM batch; UPDATE observation SET batch = 2 WHERE sequence = 1",
        "PRAGMA foreign_keys = OFF; UPDATE observation SET batch = 77 WHERE sequence = 1",
        "UPDATE observation SET mantissa = NULL, scale = NULL, rejected = '{not json' WHERE sequence = 1",
    ] {
        let folder = filled();
        vandalise(&folder, sql);
        let store = Store::open(&folder.file(), OpenMode::ReadOnly).unwrap();
        let rows = store.rows_as_of(day(9)).unwrap();
        assert_eq!(
            rows.observations
                .iter()
                .map(|r| r.intact)
                .collect::<Vec<_>>(),
            [false, true],
            "{sql}"
        );
        assert!(rows.money[0].intact);
        assert_eq!(rows.findings.len(), 1, "{sql}");
        assert!(
            rows.findings[0].text.to_string().contains("row=1"),
            "{}",
            rows.findings[0].text
        );
    }
}

#[test]
fn a_flipped_bit_in_the_bytes_of_the_file_is_found() {
    let folder = filled();
    let mut bytes = std::fs::read(folder.file()).unwrap();
    // 1,007,000,000 as SQLite writes it: four bytes, high first.
    let amount = 1_007_000_000_u32.to_be_bytes();
    let place = bytes
        .windows(4)
        .position(|window| window == amount)
        .unwrap();
    bytes[place + 1] ^= 0x10;
    std::fs::write(folder.file(), bytes).unwrap();
    let rows = folder.store().rows_as_of(day(9)).unwrap();
    assert_ne!(rows.money[0].item.amount_ntd, 1_007_000_000);
    assert!(!rows.money[0].intact);
    assert_eq!(rows.findings[0].id, "row-sum@1:P12/budget.paid@2025Q3#3");
}

#[test]
fn words_that_all_rows_share_are_covered() {
    for sql in [
        "UPDATE batch SET actor = 'chen'",
        "UPDATE batch SET recorded_at = recorded_at - 1",
        // A load moved into the far future would otherwise vanish without a word.
        "UPDATE batch SET recorded_at = recorded_at + (1 << 50)",
        "UPDATE batch SET reason = 'because'",
        "UPDATE cause SET place = '$.total'",
        "UPDATE period SET last_day = '2025-09-29'",
    ] {
        let folder = filled();
        vandalise(&folder, sql);
        let rows = folder.store().rows_as_of(day(9)).unwrap();
        assert!(
            rows.observations.iter().all(|r| !r.intact) && rows.money.iter().all(|r| !r.intact),
            "{sql}"
        );
        assert_eq!(rows.findings.len(), 3);
    }
}

#[test]
fn a_row_taken_out_is_missed() {
    let folder = filled();
    vandalise(&folder, "DELETE FROM observation WHERE sequence = 2");
    let rows = folder.store().rows_as_of(day(9)).unwrap();
    assert_eq!(
        rows.findings
            .iter()
            .map(|f| f.id.as_str())
            .collect::<Vec<_>>(),
        ["row-missing@1:2"]
    );
}

#[test]
fn a_damaged_row_is_stored_again_when_collected_again() {
    let folder = filled();
    vandalise(
        &folder,
        "UPDATE observation SET mantissa = 999 WHERE sequence = 2",
    );
    let mut store = folder.store();
    let again = store
        .record_counted(&readings(
            day(4),
            vec![row(reading("P02/visits", "1234"), captured(), Act::Record)],
        ))
        .unwrap();
    assert_eq!((again.new, again.sequences), (1, vec![4]));
}

#[test]
fn nothing_can_be_changed_or_deleted_while_the_triggers_stand() {
    let folder = filled();
    let connection = Connection::open(folder.file()).unwrap();
    let tables: Vec<String> = connection
        .prepare("SELECT name FROM sqlite_schema WHERE type = 'table'")
        .unwrap()
        .query_map([], |row| row.get(0))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    assert_eq!(tables.len(), 23);
    for table in &tables {
        for (what, word) in [("update", "changed"), ("delete", "deleted")] {
            let name = format!("{table}_no_{what}");
            let sql: String = connection
                .query_row(
                    "SELECT sql FROM sqlite_schema WHERE name = ?1",
                    [&name],
                    |row| row.get(0),
                )
                .unwrap();
            assert!(
                sql.contains(word) && sql.contains(&format!("{} ON {table} ", what.to_uppercase())),
                "{sql}"
            );
        }
    }
    for sql in [
        "UPDATE observation SET mantissa = 1",
        "DELETE FROM money",
        "DELETE FROM batch",
        "UPDATE series SET address = 'x/y'",
    ] {
        let error = connection.execute_batch(sql).unwrap_err().to_string();
        assert!(error.contains("rows are never"), "{error}");
    }
}
