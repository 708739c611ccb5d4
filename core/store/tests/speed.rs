//! How long a snapshot takes to read: `cargo test --release -p quarterdeck-store --test speed -- --ignored --nocapture`.
#![allow(missing_docs, clippy::unwrap_used, clippy::panic, clippy::print_stdout)]
mod common;
use common::*;
use quarterdeck_kpi::observation::{Act, Cause};
use quarterdeck_store::*;
use std::time::Instant;

#[test]
#[ignore = "a measurement"]
fn seven_thousand_rows() {
    let folder = Folder::new();
    let mut store = folder.store();
    let began = Instant::now();
    for load in 0..100 {
        let rows = (0..70)
            .map(|n| {
                let cause = Cause::Capture {
                    sha256: sha256_hex(format!("{load}").as_bytes()).into(),
                    source: format!("source-{}", n % 9).into(),
                    at: format!("$.rows[{n}].count").into(),
                };
                row(
                    reading(&format!("P{n:02}/figure"), &format!("{load}.{n}")),
                    cause,
                    Act::Record,
                )
            })
            .collect();
        store.record(&readings(day(1), rows)).unwrap();
    }
    println!(
        "100 loads of 70 rows stored one after the other: {:?}",
        began.elapsed()
    );
    drop(store);
    for mode in [OpenMode::ReadWrite, OpenMode::ReadOnly] {
        let mut times: Vec<_> = (0..15)
            .map(|_| {
                let began = Instant::now();
                let store = Store::open(&folder.file(), mode).unwrap();
                let rows = store.rows_as_of(day(2)).unwrap();
                assert_eq!(rows.observations.len(), 7000);
                let first = began.elapsed();
                let began = Instant::now();
                store.rows_as_of(day(2)).unwrap();
                (first, began.elapsed())
            })
            .collect();
        times.sort();
        let (best, middle) = (times[0], times[7]);
        println!("{mode:?}, opened, read and checked; again: best {best:?}, median {middle:?}");
    }
}

#[test]
fn an_amount_among_thousands_is_stored_as_fast_as_the_first() {
    let folder = Folder::new();
    let mut store = folder.store();
    let mut record = |programmes: std::ops::Range<usize>, amount: i64| {
        let began = Instant::now();
        let lines = programmes.map(|n| {
            let mut line = line(amount);
            line.key.programme = Some(format!("X{n:05}").into());
            row(line, Cause::Entry { evidence: None }, Act::Record)
        });
        let load = Batch {
            money: lines.collect(),
            ..batch(day(1))
        };
        let recorded = store.record(&load).unwrap();
        assert_eq!(recorded.len(), load.money.len());
        began.elapsed()
    };
    // One plan, year, period and kind, as a catalogue of projects has it.
    let first = record(0..500, 1_000);
    record(500..8_000, 1_000);
    let among = record(0..500, 2_000);
    println!("500 amounts into nothing {first:?}, among 8,000 {among:?}");
    assert!(among < first * 10 + std::time::Duration::from_secs(1));
}
