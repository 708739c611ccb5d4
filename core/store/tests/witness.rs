//! What the log says of rows, registers and dropped answers is compared with them: somebody who knows how a row's own
//! sum is made can make another, and is found all the same.
#![allow(missing_docs, clippy::unwrap_used, clippy::panic, clippy::print_stdout)]
mod common;
use common::*;
use quarterdeck_kpi::observation::{Act, Cause};
use quarterdeck_store::*;
use rusqlite::Connection;

/// A database in which a person entered two figures and corrected one.
fn entered(second: &str) -> Folder {
    let folder = Folder::new();
    let mut store = folder.store();
    for (number, value) in [(3, "75.3"), (4, second)] {
        let entry = row(
            reading("P01/gold-share", value),
            Cause::Entry { evidence: None },
            match number {
                3 => Act::Record,
                _ => Act::Correct(1),
            },
        );
        let told = |recording: &Recording| HumanAct {
            at: day(number),
            actor: "chen".into(),
            identity: "os-account".into(),
            kind: "enter".into(),
            subject: "P01/gold-share".into(),
            detail_json: format!("{{\"sequence\":{}}}", recording.sequences[0]),
        };
        let load = readings(day(number), vec![entry]);
        store.record_act(&load, told).unwrap();
    }
    assert!(store.check().unwrap().holds());
    drop(store);
    folder
}

fn check(folder: &Folder) -> StoreCheck {
    folder.store().check().unwrap()
}

#[test]
fn an_entry_that_says_something_else_with_a_sum_of_its_own_is_found_by_its_act() {
    // The other database is like this one but for the value, and so has the sum that is wanted.
    let (other, folder) = (entered("80.1"), entered("70.1"));
    let (mantissa, sum): (i64, i64) = Connection::open(other.file())
        .unwrap()
        .query_row(
            "SELECT mantissa, row_sum FROM observation WHERE sequence = 2",
            [],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
        .unwrap();
    let forged = folder
        .unguarded()
        .execute(
            "UPDATE observation SET mantissa = ?1, row_sum = ?2 WHERE sequence = 2",
            [mantissa, sum],
        )
        .unwrap();
    assert_eq!(forged, 1);
    let found = check(&folder);
    assert!(found.bad_rows.is_empty(), "the row's own sum holds");
    assert_eq!(found.contradicted_acts, [2]);
    assert!(!found.holds());
}

#[test]
fn an_entry_that_is_gone_or_that_nobody_made_is_found() {
    let folder = entered("70.1");
    folder
        .unguarded()
        .execute_batch("DELETE FROM observation WHERE sequence = 2")
        .unwrap();
    assert_eq!(check(&folder).contradicted_acts, [2]);
    let folder = entered("70.1");
    // As a person's entry, and no act of the log with it.
    let nobody = |value| {
        let cause = Cause::Entry { evidence: None };
        row(reading("P02/visits", value), cause, Act::Record)
    };
    let mut store = folder.store();
    store.record(&readings(day(5), vec![nobody("1")])).unwrap();
    store.record(&readings(day(6), vec![nobody("2")])).unwrap();
    drop(store);
    assert_eq!(check(&folder).unnamed_rows, [(3, 4)]);
}

#[test]
fn a_register_version_with_files_of_another_or_none_is_found() {
    let folder = Folder::new();
    let mut store = folder.store();
    for (number, text) in [
        (3, "target = 500"),
        (4, "target = 572"),
        (5, "target = 660"),
    ] {
        let file = |name: &str, text: &str| (name.to_owned(), text.as_bytes().to_vec());
        let files = vec![
            file("register/P12.toml", text),
            file("quarterdeck.toml", "x"),
        ];
        store
            .record_register(&files, "chen", "os-account", day(number))
            .unwrap();
    }
    assert!(store.check().unwrap().holds());
    drop(store);
    let bodies = "(SELECT body FROM register_file WHERE version = 1 AND path LIKE '%P12%')";
    folder
        .unguarded()
        .execute_batch(&format!(
            "UPDATE register_file SET body = {bodies} WHERE version = 3 AND path LIKE '%P12%'"
        ))
        .unwrap();
    assert_eq!(check(&folder).bad_registers, [3]);
    folder.unguarded()
        .execute_batch(
            "DELETE FROM register_file WHERE version = 2; DELETE FROM register_version WHERE version = 2",
        )
        .unwrap();
    assert_eq!(check(&folder).bad_registers, [2, 3]);
}

#[test]
fn an_answer_that_a_figure_rests_on_is_never_among_the_dropped() {
    let folder = Folder::new();
    let mut store = folder.store();
    let body = b"{\"n\": 75.3}";
    let sha256 = sha256_hex(body);
    store
        .put_capture(&NewCapture {
            sha256: sha256.clone(),
            stored_sha256: sha256.clone(),
            recipe: None,
            url: "https://example.gov.tw/n.json".into(),
            method: "GET".into(),
            http_status: 200,
            headers: Vec::new(),
            remote_addr: None,
            fetched_at: day(3),
            bytes: body.len() as u64,
            body: CaptureBody::Inline(body.to_vec()),
            source: "portal".into(),
            run: None,
        })
        .unwrap();
    let cause = Cause::Capture {
        sha256: sha256.clone().into(),
        source: "portal".into(),
        at: "$.n".into(),
    };
    let figure = row(reading("P01/gold-share", "75.3"), cause, Act::Record);
    store.record(&readings(day(3), vec![figure])).unwrap();
    assert!(store.check().unwrap().holds());
    drop(store);
    folder
        .unguarded()
        .execute_batch(
            "PRAGMA foreign_keys = off;
             INSERT INTO pruned (capture, at, act, bytes) VALUES (1, 1, 1, 1);
             UPDATE capture SET body = x'' WHERE id = 1",
        )
        .unwrap();
    assert_eq!(check(&folder).bad_bodies, [sha256]);
}
