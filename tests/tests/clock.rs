//! The machine's clock jumps in the middle of a collection, at any place of it: a day back, and ten
//! years ahead.
#![allow(missing_docs, clippy::unwrap_used, clippy::panic)]

use chrono::{DateTime, TimeDelta, Utc};
use quarterdeck_core::platform;
use quarterdeck_core::session::Clock;
use quarterdeck_store::{OpenMode, Store};
use quarterdeck_tests::faulty::rounds;
use quarterdeck_tests::office::Office;
use quarterdeck_tests::program::{Answer, valid};
use quarterdeck_tests::small::{SOURCES, Small, qd, rows, verified};
use quarterdeck_tests::tools::say;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// A clock that jumps when it is asked for the time so often, and goes on from there.
#[derive(Clone)]
struct Jumping {
    asked: Arc<AtomicU64>,
    at: u64,
    by: TimeDelta,
    from: DateTime<Utc>,
}

impl Jumping {
    fn new(at: u64, by: TimeDelta) -> Jumping {
        Jumping {
            asked: Arc::new(AtomicU64::new(0)),
            at,
            by,
            from: platform::now(),
        }
    }
    fn clock(&self) -> Clock {
        let own = self.clone();
        Clock::new(move || {
            let asked = own.asked.fetch_add(1, Ordering::SeqCst);
            let asked_ms = i64::try_from(asked).unwrap();
            let now = own.from + TimeDelta::milliseconds(asked_ms);
            if asked < own.at { now } else { now + own.by }
        })
    }
    /// The clock as it stands when it has jumped already.
    fn after(&self) -> Clock {
        Clock::fixed(self.from + self.by + TimeDelta::minutes(1))
    }
    fn asked(&self) -> u64 {
        self.asked.load(Ordering::SeqCst)
    }
}

fn by(office: &Office, clock: Clock, args: &[&str]) -> Answer {
    office.qd_by(clock, &platform::account_name(), args)
}

/// The board names the clock.
fn says_so(answer: &Answer) -> bool {
    let document = answer.clone().expect(0).json();
    let findings = document["findings"].as_array().unwrap();
    findings.iter().any(|finding| finding["rule"] == "clock@1")
}

/// Places of the run at which the clock jumps: every one when all are asked for, else some.
fn places(small: &Small, usual: u64) -> Vec<u64> {
    let whole = small.office.copy();
    let still = Jumping::new(u64::MAX, TimeDelta::zero());
    by(&whole, still.clock(), &["collect", "--quiet"]).expect(0);
    let asked = still.asked();
    let step = asked.div_ceil(rounds(asked, usual));
    (1..=asked)
        .step_by(usize::try_from(step).unwrap())
        .collect()
}

#[test]
fn a_clock_that_is_set_back_a_day_in_a_run_shows_nothing_before_its_time() {
    let small = Small::new(false);
    let places = places(&small, 8);
    for at in &places {
        let office = small.office.copy();
        let before = platform::now();
        let jumping = Jumping::new(*at, TimeDelta::days(-1));
        by(&office, jumping.clock(), &["collect", "--quiet"]).expect(0);
        let file = office.root().join("quarterdeck.db");
        let store = Store::open(&file, OpenMode::ReadOnly).unwrap();
        let all = store
            .rows_as_of(DateTime::<Utc>::MAX_UTC)
            .unwrap()
            .observations;
        assert!(
            all.is_sorted_by_key(|row| row.recorded_at),
            "row for row, no moment lies before the last one"
        );
        assert_eq!(all.len(), small.rows.0 + SOURCES as usize);
        // As of yesterday, and as of just before the run: nothing of it.
        for then in [before - TimeDelta::hours(20), before] {
            let seen = store.rows_as_of(then).unwrap().observations;
            assert!(seen.iter().all(|row| row.recorded_at <= then));
            assert!(
                seen.len() <= small.rows.0,
                "place {at}: {} rows",
                seen.len()
            );
        }
        drop(store);
        // With the clock still wrong: what was collected is on the board, and the clock is named.
        let board = by(&office, jumping.after(), &["status", "--json"]);
        assert!(says_so(&board), "place {at}");
        let value = quarterdeck_tests::office::indicator(&board.json(), "P05/n0")["value"].clone();
        assert_eq!(value, 200, "place {at}");
        // And right again: nothing is lost, nothing doubled.
        qd(&office, &["collect", "--quiet"]).expect(0);
        assert_eq!(rows(&office).0, small.rows.0 + SOURCES as usize);
        assert_eq!(verified(&office), Vec::<String>::new());
    }
    say(&format!(
        "clock set back a day: {} places of a run",
        places.len()
    ));
}

#[test]
fn what_a_clock_ten_years_ahead_dated_does_not_count_and_is_collected_again() {
    let small = Small::new(false);
    let places = places(&small, 8);
    let mut dated_ahead = 0;
    for at in &places {
        let office = small.office.copy();
        let jumping = Jumping::new(*at, TimeDelta::days(3653));
        by(&office, jumping.clock(), &["collect", "--quiet"]).expect(0);
        let ahead = |office: &Office| {
            let file = office.root().join("quarterdeck.db");
            let store = Store::open(&file, OpenMode::ReadOnly).unwrap();
            let all = store
                .rows_as_of(DateTime::<Utc>::MAX_UTC)
                .unwrap()
                .observations;
            let limit = platform::now() + TimeDelta::days(365);
            all.iter().filter(|row| row.recorded_at > limit).count()
        };
        let wrong = ahead(&office);
        dated_ahead += wrong;
        // The clock is right again: what is dated ahead does not count, and the board says so.
        let board = qd(&office, &["status", "--json"]);
        // At the last places nothing is left to be recorded.
        assert!(says_so(&board) || wrong == 0, "place {at}");
        small.no_run_is_half_shown(&office);
        qd(&office, &["collect", "--quiet"]).expect(0);
        assert_eq!(
            small.no_run_is_half_shown(&office),
            SOURCES as usize,
            "place {at}"
        );
        // Stored anew, and nothing of it was dated ahead.
        assert_eq!(rows(&office).0, small.rows.0 + SOURCES as usize + wrong);
        assert_eq!(ahead(&office), wrong);
        assert_eq!(verified(&office), Vec::<String>::new());
        // Whoever signs has to accept it by name.
        let state = office.qd_as(
            "lin",
            &platform::now().to_rfc3339(),
            &["prepare", &small.quarter.to_string(), "--dry-run", "--json"],
        );
        let state = state.expect(0).json();
        assert!(
            wrong == 0
                || state["items"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .any(|item| item["rule"] == "clock@1")
        );
    }
    say(&format!(
        "clock ten years ahead: {} places of a run, {dated_ahead} rows dated ahead, stored again with the right time",
        places.len()
    ));
}

/// A figure that a person enters, by a clock.
fn entered(office: &Office, clock: Clock, value: &str) -> Answer {
    let figure = ["enter", "P01/narrative.reason@2025Q3", value];
    by(
        office,
        clock,
        &[&figure[..], &["--note", "again", "--quiet"]].concat(),
    )
}

#[test]
fn an_act_that_is_dated_before_the_one_before_is_never_silent() {
    let office = Office::new();
    let now = platform::now();
    let ahead = Clock::fixed(now + TimeDelta::days(3653));
    let first = entered(&office, ahead, "first").expect(0);
    assert!(!first.err.contains("clock"), "{}", first.err);
    // A log like any other so far.
    let verify = ["verify", ".", "--json"];
    let before = by(&office, Clock::fixed(now), &verify).expect(0).json();
    valid("verify", &before);
    assert_eq!(before["acts_back_in_time"], serde_json::json!([]));
    // The clock is right again, or two years behind: nobody can know, so it is said beforehand.
    assert!(says_so(&by(
        &office,
        Clock::fixed(now),
        &["status", "--json"]
    )));
    let second = entered(&office, Clock::fixed(now), "second").expect(0);
    assert!(second.err.contains("clock shows now"), "{}", second.err);
    // And whoever checks the log is told which act it is.
    let after = by(&office, Clock::fixed(now), &verify).expect(0).json();
    assert_eq!(after["acts_back_in_time"], serde_json::json!([2]));
    let told = by(&office, Clock::fixed(now), &["verify", "."]).expect(0);
    assert!(
        told.err.contains("Dated before the act before"),
        "{}",
        told.err
    );
    // An hour behind, time stands still instead: said as well, and the order of dates holds.
    let behind = Clock::fixed(now + TimeDelta::days(3652));
    let third = entered(&office, behind.clone(), "third").expect(0);
    assert!(third.err.contains("is behind"), "{}", third.err);
    let after = by(&office, behind, &verify).expect(0).json();
    assert_eq!(after["acts_back_in_time"], serde_json::json!([2]));
}
