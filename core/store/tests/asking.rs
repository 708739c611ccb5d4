//! Calls against a limit, portals that want to be left alone, answers that can be asked about.
#![allow(missing_docs, clippy::unwrap_used)]
mod common;
use chrono::TimeDelta;
use common::*;
use quarterdeck_kpi::source::{Attempt, Outcome};
use quarterdeck_store::*;

fn call(at: chrono::DateTime<chrono::Utc>) -> NewCall {
    NewCall {
        run: None,
        source: "gdb".into(),
        host: "gdb.example.gov.tw".into(),
        at,
    }
}

#[test]
fn a_hundred_calls_a_day_are_a_hundred_over_restarts_and_processes() {
    let folder = Folder::new();
    let limit = CallLimit {
        per_day: Some(100),
        seconds_between: Some(60),
    };
    drop(folder.store());
    let mut counted = 0;
    let mut now = day(1);
    // The program starts anew for every call, as from a cron line, and asks every half minute.
    for _ in 0..400 {
        let mut store = Store::open(&folder.file(), OpenMode::ReadWrite).unwrap();
        let stands = store.count_call(&call(now), limit).unwrap();
        counted += usize::from(stands.from <= now);
        now += TimeDelta::seconds(30);
    }
    assert_eq!(counted, 100);
    println!("calls counted in 400 tries over 200 minutes: {counted}");
    let store = folder.store();
    let stands = store.allowance("gdb", limit, now).unwrap();
    assert_eq!((stands.left, stands.used_up), (Some(0), true));
    assert_eq!(stands.from, day(1) + TimeDelta::hours(24));
    // Another source has its own.
    assert_eq!(
        store.allowance("other", limit, now).unwrap().left,
        Some(100)
    );
    let next_day = store.allowance("gdb", limit, stands.from).unwrap();
    assert_eq!(next_day.left, Some(1), "the day slides");
}

#[test]
fn two_processes_never_spend_the_same_call() {
    let folder = Folder::new();
    drop(folder.store());
    let limit = CallLimit {
        per_day: Some(25),
        seconds_between: None,
    };
    let spent: usize = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..4)
            .map(|_| {
                scope.spawn(|| {
                    let mut store = Store::open(&folder.file(), OpenMode::ReadWrite).unwrap();
                    (0..20)
                        .filter(|_| store.count_call(&call(day(1)), limit).unwrap().from <= day(1))
                        .count()
                })
            })
            .collect();
        threads.into_iter().map(|t| t.join().unwrap()).sum()
    });
    assert_eq!(spent, 25);
}

#[test]
fn a_hold_lasts_until_its_moment_and_a_wrong_clock_voids_it() {
    let folder = Folder::new();
    let mut store = folder.store();
    let hour = TimeDelta::hours(1);
    store
        .hold("busy", "portal", day(2), day(2) + hour * 30)
        .unwrap();
    store
        .hold("busy", "portal", day(2) + hour, day(2) + hour * 2)
        .unwrap();
    let until = |now| {
        let place = ("busy".to_owned(), "portal".to_owned());
        store.holds(now).unwrap().get(&place).copied()
    };
    assert_eq!(
        until(day(2) + hour),
        Some(day(2) + hour * 30),
        "the longest"
    );
    assert_eq!(until(day(2) + hour * 30), None);
    let elsewhere = ("busy".to_owned(), "another-host".to_owned());
    let holds = store.holds(day(2) + hour).unwrap();
    assert_eq!(
        holds.get(&elsewhere),
        None,
        "a source that was moved is free"
    );
    assert_eq!(until(day(1)), None, "said on a day that has not come");
}

fn attempt(store: &mut Store, at: chrono::DateTime<chrono::Utc>, outcome: Outcome) {
    let attempt = Attempt {
        run: 1,
        at,
        outcome,
        rows: 3,
        elapsed_ms: 1,
        message: None,
        certificate_not_after: None,
    };
    let load = Batch {
        attempt: Some(("portal".into(), attempt)),
        ..batch(at)
    };
    store.record(&load).unwrap();
}

#[test]
fn failures_are_counted_since_the_last_good_answer_however_many() {
    let folder = Folder::new();
    let mut store = folder.store();
    assert_eq!(store.pulse("portal").unwrap(), Pulse::default());
    attempt(&mut store, day(1), Outcome::Partial);
    for number in 0..40 {
        let outcome = [Outcome::Failed, Outcome::Rejected][number % 2];
        attempt(&mut store, day(2), outcome);
    }
    let pulse = store.pulse("portal").unwrap();
    assert_eq!(
        (pulse.last, pulse.last_good, pulse.failures),
        (Some(day(2)), Some(day(1)), 40)
    );
    attempt(&mut store, day(3), Outcome::Good);
    assert_eq!(store.pulse("portal").unwrap().failures, 0);
}
