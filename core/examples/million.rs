//! A workspace with a million readings, and how long an as-of takes in it.
//!
//! ```text
//! cargo run --release -p quarterdeck-core --example million -- DEMO OUT [READINGS]
//! ```
//!
//! DEMO is a folder that `qd demo` made. OUT becomes a workspace with its files and, of each of its
//! figures, as many readings as make READINGS (1,000,000) in all: every day until twenty days after
//! its quarter, as if a portal gave another value each time it was asked. All of it is invented.
#![allow(missing_docs, clippy::unwrap_used, clippy::print_stdout)]

use chrono::{DateTime, Duration, TimeZone, Utc};
use quarterdeck_core::entry;
use quarterdeck_core::session::{Access, Clock, DATABASE, Session};
use quarterdeck_kpi::Decimal;
use quarterdeck_kpi::address::FigureAddress;
use quarterdeck_kpi::calendar::Quarter;
use quarterdeck_kpi::observation::{Act, Cause, Reading};
use quarterdeck_store::{Batch, NewRow, OpenMode, Store, sha256_hex};
use quarterdeck_view::msg::EntryRequest;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Instant;

fn main() {
    let mut arguments = std::env::args().skip(1);
    let demo = PathBuf::from(arguments.next().unwrap());
    let out = PathBuf::from(arguments.next().unwrap());
    let readings = arguments.next().map_or(1_000_000, |n| n.parse().unwrap());
    if !out.exists() {
        fill(&demo, &out, readings);
    }
    measure(&out);
}

fn fill(demo: &Path, out: &Path, readings: usize) {
    let began = Instant::now();
    for folder in [
        "register",
        "register/programmes",
        "register/texts",
        "sources",
    ] {
        let Ok(entries) = std::fs::read_dir(demo.join(folder)) else {
            continue;
        };
        std::fs::create_dir_all(out.join(folder)).unwrap();
        for entry in entries {
            let from = entry.unwrap().path();
            if from.is_file() {
                std::fs::copy(&from, out.join(folder).join(from.file_name().unwrap())).unwrap();
            }
        }
    }
    let settings = "quarterdeck.toml";
    std::fs::copy(demo.join(settings), out.join(settings)).unwrap();
    let known = Store::open(&demo.join(DATABASE), OpenMode::ReadOnly).unwrap();
    let last_moment = "2026-01-20T01:00:00Z".parse::<DateTime<Utc>>().unwrap();
    let rows = known.rows_as_of(last_moment).unwrap();
    let mut store = Store::open(&out.join(DATABASE), OpenMode::Create).unwrap();
    let mut by_quarter: BTreeMap<Quarter, Vec<_>> = BTreeMap::new();
    for row in &rows.observations {
        let is_number = matches!(row.item.reading, Reading::Value(_)) && row.item.printed.is_none();
        if row.act == Act::Record && is_number {
            by_quarter
                .entry(row.item.period.quarter())
                .or_default()
                .push(row);
        }
    }
    let figures: usize = by_quarter.values().map(Vec::len).sum();
    let each = readings.div_ceil(figures);
    let mut written = 0;
    for (quarter, rows) in &by_quarter {
        let begin = Utc.from_utc_datetime(&quarter.start().and_hms_opt(0, 0, 0).unwrap());
        let end = begin + Duration::days(quarter.days() + 20);
        for number in 1..=each {
            let share = i32::try_from(number).unwrap();
            let moment = begin + (end - begin) / i32::try_from(each).unwrap() * share;
            let observations = rows.iter().map(|row| {
                let mut item = row.item.clone();
                if let (Reading::Value(value), None) = (&mut item.reading, item.parts) {
                    *value += Decimal::new(i64::from(share) - i64::try_from(each).unwrap(), 3);
                }
                item.observed_at =
                    moment.min(row.item.observed_at + Duration::days(i64::from(share)));
                let at = match &row.cause {
                    Cause::Capture { at, .. } => at.clone(),
                    _ => "$.value".into(),
                };
                let sha256 = sha256_hex(format!("{quarter}{number}").as_bytes()).into();
                let source = "portal".into();
                NewRow {
                    item,
                    cause: Cause::Capture { sha256, source, at },
                    act: Act::Record,
                    undated: false,
                }
            });
            let batch = Batch {
                run: None,
                recorded_at: moment,
                actor: "system".into(),
                identity: "demo".into(),
                reason: None,
                observations: observations.collect(),
                money: Vec::new(),
                findings: Vec::new(),
                attempt: None,
            };
            written += store.record_counted(&batch).unwrap().new;
        }
    }
    let mut by_moment: BTreeMap<DateTime<Utc>, Vec<NewRow<_>>> = BTreeMap::new();
    for row in rows.money.iter().filter(|row| row.act == Act::Record) {
        let (item, cause, act) = (row.item.clone(), row.cause.clone(), row.act);
        by_moment
            .entry(row.recorded_at)
            .or_default()
            .push(NewRow::new(item, cause, act));
    }
    for (recorded_at, money) in by_moment {
        let (actor, identity) = ("system".into(), "demo".into());
        store
            .record(&Batch {
                run: None,
                recorded_at,
                actor,
                identity,
                reason: None,
                observations: Vec::new(),
                money,
                findings: Vec::new(),
                attempt: None,
            })
            .unwrap();
    }
    let bytes = std::fs::metadata(out.join(DATABASE)).unwrap().len();
    println!(
        "{written} readings of {figures} figures written in {:.1} s, {} MB",
        began.elapsed().as_secs_f64(),
        bytes / 1_000_000
    );
}

/// How long a person's figure takes, from the opening of the workspace on.
fn enter(out: &Path) {
    let began = Instant::now();
    let mut session = Session::open(out, Access::ReadWrite, Clock::system()).unwrap();
    let opened = began.elapsed();
    // A figure of the demo that people enter.
    let figure = FigureAddress::parse("P24/trained@2025Q3").unwrap();
    let request = EntryRequest {
        key: String::new(),
        series: figure.series,
        period: figure.period.unwrap(),
        text: "4711".to_owned(),
        evidence: None,
        note: Some("measured".to_owned()),
    };
    let began = Instant::now();
    let entered = entry::enter(&mut session, &[request]).unwrap();
    println!(
        "entered {} in {:?}, after opening in {opened:?}: {:?}",
        entered[0].figure,
        began.elapsed(),
        entered[0].result
    );
}

fn measure(out: &Path) {
    let began = Instant::now();
    let session = Session::open(out, Access::ReadWrite, Clock::system()).unwrap();
    println!("opened in {:?}", began.elapsed());
    let moments = session.moments().unwrap();
    let mut times = Vec::new();
    for step in 0..40 {
        let at = moments[(moments.len() - 1) * (step + 1) / 40];
        let began = Instant::now();
        let loaded = session.loaded(None, Some(at)).unwrap();
        times.push(began.elapsed());
        if step % 8 == 7 {
            let rows = loaded.snapshot.observations.len();
            println!("as of {at}: {rows} rows read, {:?}", times.last().unwrap());
        }
    }
    drop(session);
    enter(out);
    times.sort();
    println!(
        "{} moments of {}: median {:?}, most {:?}",
        times.len(),
        moments.len(),
        times[20],
        times[39]
    );
}
