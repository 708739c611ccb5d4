//! What was known on a day stays what was known on that day.
#![allow(missing_docs, clippy::unwrap_used, clippy::panic, clippy::print_stdout)]
mod common;
use common::*;
use quarterdeck_kpi::finding::{Finding, Severity};
use quarterdeck_kpi::message::Message;
use quarterdeck_kpi::observation::{Act, Cause, Reading};
use quarterdeck_kpi::source::{Attempt, Outcome};
use quarterdeck_store::*;

fn values(rows: &Rows) -> Vec<String> {
    rows.observations
        .iter()
        .filter_map(|r| r.item.value())
        .map(|v| v.to_string())
        .collect()
}

#[test]
fn a_day_is_known_again_exactly_after_corrections() {
    let folder = Folder::new();
    let mut store = folder.store();
    let first = store
        .record(&readings(
            day(3),
            vec![row(
                reading("P01/gold-share", "75.3"),
                captured(),
                Act::Record,
            )],
        ))
        .unwrap();
    let paid = store
        .record(&money(
            day(4),
            vec![row(line(1_007_000_000), captured(), Act::Record)],
        ))
        .unwrap();
    let before = store.rows_as_of(day(5)).unwrap();

    let mut correction = readings(
        day(10),
        vec![row(
            reading("P01/gold-share", "74.9"),
            entered(),
            Act::Correct(first[0]),
        )],
    );
    correction.reason = Some("counted twice".into());
    store.record(&correction).unwrap();
    store
        .record(&money(
            day(11),
            vec![row(line(1_008_000_000), entered(), Act::Withdraw(paid[0]))],
        ))
        .unwrap();

    assert_eq!(store.rows_as_of(day(5)).unwrap(), before);
    assert_eq!(
        before.money.iter().map(|m| m.item.amount_ntd).sum::<i64>(),
        1_007_000_000
    );
    assert_eq!(store.rows_as_of(day(2)).unwrap(), Rows::default());
    let now = store.rows_as_of(day(20)).unwrap();
    assert_eq!(values(&now), ["75.3", "74.9"]);
    assert_eq!(now.observations[1].act, Act::Correct(1));
    assert_eq!(now.observations[1].reason.as_deref(), Some("counted twice"));
    assert_eq!(now.observations[1].actor, "wang");
    assert_eq!(now.money[1].act, Act::Withdraw(2));
    assert!(now.observations.iter().all(|r| r.intact) && now.money.iter().all(|r| r.intact));
    // One sequence for both.
    assert_eq!(
        now.observations
            .iter()
            .map(|r| r.sequence)
            .collect::<Vec<_>>(),
        [1, 3]
    );
    assert_eq!(
        now.money.iter().map(|r| r.sequence).collect::<Vec<_>>(),
        [2, 4]
    );
    assert_eq!(
        store.row(3).unwrap(),
        Some(StoredRow::Observation(now.observations[1].clone()))
    );
    assert_eq!(
        store.row(4).unwrap(),
        Some(StoredRow::Money(now.money[1].clone()))
    );
    assert_eq!(store.row(5).unwrap(), None);
    assert_eq!(store.last_recorded().unwrap(), Some(day(11)));
}

#[test]
fn collecting_again_stores_nothing_new() {
    let folder = Folder::new();
    let mut store = folder.store();
    let mut load = readings(
        day(3),
        vec![
            row(reading("P01/gold-share", "75.30"), captured(), Act::Record),
            row(reading("P02/visits", "1234"), captured(), Act::Record),
        ],
    );
    load.money = vec![row(line(5), captured(), Act::Record)];
    let first = store.record_counted(&load).unwrap();
    assert_eq!((first.new, first.sequences.clone()), (3, vec![1, 2, 3]));
    load.recorded_at = day(4);
    load.observations[0].item = reading("P01/gold-share", "75.3");
    load.observations[0].cause = Cause::Capture {
        sha256: "cd".repeat(32).into(),
        source: "moda-usage".into(),
        at: "$.count".into(),
    };
    let again = store.record_counted(&load).unwrap();
    assert_eq!((again.new, again.sequences), (0, vec![1, 2, 3]));
    assert_eq!(store.last_recorded().unwrap(), Some(day(3)));

    // Another value, unit or definition is new; so is the same value from a person.
    let mut item = reading("P01/gold-share", "75.3");
    item.definition_version = 2;
    assert_eq!(
        store
            .record_counted(&readings(day(5), vec![row(item, captured(), Act::Record)]))
            .unwrap()
            .new,
        1
    );
    let entry = readings(
        day(6),
        vec![row(reading("P02/visits", "1234"), entered(), Act::Record)],
    );
    assert_eq!(store.record_counted(&entry).unwrap().new, 1);
    assert_eq!(store.record_counted(&entry).unwrap().new, 0);
}

#[test]
fn a_source_that_repeats_itself_does_not_undo_a_person() {
    let folder = Folder::new();
    let mut store = folder.store();
    let collected = |value: &str, seen: u32| {
        let mut item = reading("P02/visits", value);
        item.observed_at = day(seen);
        readings(day(seen), vec![row(item, captured(), Act::Record)])
    };
    assert_eq!(store.record_counted(&collected("5", 1)).unwrap().new, 1);
    // Said of a later day it is fresh news, so that the figure does not grow old.
    assert_eq!(store.record_counted(&collected("5", 2)).unwrap().new, 1);
    store
        .record(&readings(
            day(3),
            vec![row(reading("P02/visits", "6"), entered(), Act::Correct(2))],
        ))
        .unwrap();
    assert_eq!(store.record_counted(&collected("5", 4)).unwrap().new, 0);
    assert_eq!(store.record_counted(&collected("7", 5)).unwrap().new, 1);
    store
        .record(&readings(
            day(6),
            vec![row(reading("P02/visits", "7"), entered(), Act::Withdraw(4))],
        ))
        .unwrap();
    assert_eq!(store.record_counted(&collected("7", 7)).unwrap().new, 0);
}

#[test]
fn an_entry_withdrawn_can_be_entered_again() {
    let folder = Folder::new();
    let mut store = folder.store();
    let entry = readings(
        day(1),
        vec![row(reading("P02/visits", "6"), entered(), Act::Record)],
    );
    store.record(&entry).unwrap();
    store
        .record(&readings(
            day(2),
            vec![row(reading("P02/visits", "6"), entered(), Act::Withdraw(1))],
        ))
        .unwrap();
    assert_eq!(store.record(&entry).unwrap(), [3]);
}

#[test]
fn a_clock_that_goes_back_keeps_the_order_and_the_moments() {
    let folder = Folder::new();
    let mut store = folder.store();
    for (number, value) in [(5, "1"), (4, "2"), (3, "3")] {
        let item = row(reading("P02/visits", value), captured(), Act::Record);
        store.record(&readings(day(number), vec![item])).unwrap();
    }
    let rows = store.rows_as_of(day(9)).unwrap();
    assert_eq!(values(&rows), ["1", "2", "3"]);
    let numbers = rows.observations.iter().map(|r| r.sequence);
    assert_eq!(numbers.collect::<Vec<_>>(), [1, 2, 3]);
    // Time stood still: nothing that came later is shown at an earlier moment.
    assert!(
        rows.observations
            .iter()
            .all(|row| row.recorded_at == day(5))
    );
    assert!(values(&store.rows_as_of(day(4)).unwrap()).is_empty());
    assert_eq!(store.moment(day(4)).unwrap(), day(5));
    assert_eq!(store.moment(day(6)).unwrap(), day(6));
    // Acts and register versions alike.
    let act = HumanAct {
        at: day(4),
        actor: "lin".into(),
        identity: "os-account".into(),
        kind: "enter".into(),
        subject: "x".into(),
        detail_json: "{}".into(),
    };
    store.append_act(&act).unwrap();
    assert_eq!(store.acts().unwrap()[0].act.at, day(5));
    let files = [("register/people.toml".to_owned(), b"x".to_vec())];
    store
        .record_register(&files, "lin", "os-account", day(4))
        .unwrap();
    assert_eq!(store.register_versions().unwrap()[0].recorded_at, day(5));
}

#[test]
fn what_a_clock_dated_years_ahead_does_not_count_and_is_stored_again() {
    let folder = Folder::new();
    let mut store = folder.store();
    let ahead = day(5) + chrono::TimeDelta::days(3650);
    for (at, value) in [(day(4), "1"), (ahead, "2"), (day(6), "2"), (day(7), "3")] {
        let item = row(reading("P02/visits", value), captured(), Act::Record);
        store.record(&readings(at, vec![item])).unwrap();
    }
    // The clock was right again on day 6, and the same figure was stored again.
    assert_eq!(values(&store.rows_as_of(day(5)).unwrap()), ["1"]);
    assert_eq!(values(&store.rows_as_of(day(6)).unwrap()), ["1", "2"]);
    let now = store.rows_as_of(day(9)).unwrap();
    assert_eq!(values(&now), ["1", "2", "3"]);
    let numbers: Vec<i64> = now.observations.iter().map(|row| row.sequence).collect();
    assert_eq!(numbers, [1, 3, 4]);
    assert_eq!(store.last_recorded().unwrap(), Some(ahead));
}

#[test]
fn a_correction_names_a_row_that_exists_and_a_load_is_whole_or_not_at_all() {
    let folder = Folder::new();
    let mut store = folder.store();
    let load = readings(
        day(1),
        vec![
            row(reading("P02/visits", "6"), entered(), Act::Record),
            row(reading("P02/visits", "7"), entered(), Act::Correct(9)),
        ],
    );
    let error = store.record(&load).unwrap_err();
    assert_eq!(error.message().id, "store-no-such-row");
    assert_eq!(store.rows_as_of(day(9)).unwrap(), Rows::default());
    // Words that were rolled back are written again.
    store
        .record(&readings(day(1), load.observations[..1].to_vec()))
        .unwrap();
    let rows = store.rows_as_of(day(9)).unwrap();
    assert!(rows.observations[0].intact);
    assert_eq!(rows.observations[0].item, reading("P02/visits", "6"));
}

#[test]
fn too_many_digits_are_refused_to_people_and_kept_as_rejected_from_sources() {
    let folder = Folder::new();
    let mut store = folder.store();
    let wide = reading("P02/visits", "12345678901234567890.5");
    let error = store
        .record(&readings(
            day(1),
            vec![row(wide.clone(), entered(), Act::Record)],
        ))
        .unwrap_err();
    assert_eq!(error.message().id, "store-too-wide");
    store
        .record(&readings(day(1), vec![row(wide, captured(), Act::Record)]))
        .unwrap();
    let rows = store.rows_as_of(day(2)).unwrap();
    let kept = &rows.observations[0];
    assert_eq!(kept.item.printed.as_deref(), Some("12345678901234567890.5"));
    assert!(
        matches!(&kept.item.reading, Reading::Rejected(m) if m.id == "store-rejected-too-wide")
    );
    assert!(kept.intact);
    // Trailing zeros are no digits.
    store
        .record(&readings(
            day(1),
            vec![row(
                reading("P03/x", "123456789012345678.0000"),
                entered(),
                Act::Record,
            )],
        ))
        .unwrap();
}

#[test]
fn attempts_and_findings_are_those_of_the_moment() {
    let folder = Folder::new();
    let mut store = folder.store();
    let finding = |text: &'static str| {
        Finding::new(
            "row-count-drop@1",
            Severity::Warning,
            None,
            Some("a"),
            Message::new(text),
        )
    };
    let mut attempt = |number: u32, outcome, findings: Vec<Finding>| {
        let run = store
            .begin_run(&NewRun {
                started_at: day(number),
                actor: "system".into(),
                identity: "system".into(),
                command: "qd collect".into(),
            })
            .unwrap();
        let attempt = Attempt {
            run,
            at: day(number),
            outcome,
            rows: 10,
            elapsed_ms: 12,
            message: Some(Message::new("x").with("n", 1i64)),
            certificate_not_after: Some(day(number + 9)),
        };
        let load = Batch {
            run: Some(run),
            findings,
            attempt: Some(("a".into(), attempt)),
            ..batch(day(number))
        };
        store.record(&load).unwrap();
        store.end_run(run, day(number), "good").unwrap();
    };
    attempt(
        1,
        Outcome::Partial,
        vec![
            finding("one"),
            Finding::new("r@1", Severity::Info, None, Some("a"), Message::new("more")),
        ],
    );
    attempt(2, Outcome::Failed, vec![]);
    attempt(3, Outcome::Partial, vec![finding("two")]);
    attempt(4, Outcome::Good, vec![]);
    for number in 5..20 {
        attempt(number, Outcome::Good, vec![]);
    }
    let texts = |number: u32| {
        let rows = store.rows_as_of(day(number)).unwrap();
        rows.findings
            .iter()
            .map(|f| f.text.id.to_string())
            .collect::<Vec<_>>()
    };
    assert_eq!(texts(1), ["one", "more"]);
    // A source that does not answer says nothing about its data.
    assert_eq!(texts(2), ["one", "more"]);
    assert_eq!(texts(3), ["two"]);
    assert!(texts(4).is_empty());
    let rows = store.rows_as_of(day(3)).unwrap();
    assert_eq!(
        rows.attempts["a"]
            .iter()
            .map(|a| (a.run, a.outcome))
            .collect::<Vec<_>>(),
        [
            (3, Outcome::Partial),
            (2, Outcome::Failed),
            (1, Outcome::Partial)
        ]
    );
    assert_eq!(store.rows_as_of(day(30)).unwrap().attempts["a"].len(), 12);
    store
        .record(&readings(
            day(30),
            vec![row(reading("P02/visits", "6"), captured(), Act::Record)],
        ))
        .unwrap();
    assert_eq!(
        store.rows_as_of(day(30)).unwrap().newest_data["moda-usage"],
        day(1)
    );
}

proptest::proptest! {
    #![proptest_config(proptest::test_runner::Config::with_cases(24))]
    /// Whatever is recorded, corrected or withdrawn later: what was known at every moment before stays the same, rows
    /// and the amount that follows from them.
    #[test]
    fn no_sequence_of_corrections_changes_an_earlier_answer(
        acts in proptest::collection::vec((0_u8..3, 0_usize..8, -1_000_000_i64..1_000_000), 1..12)
    ) {
        let folder = Folder::new();
        let mut store = folder.store();
        let mut sequences: Vec<i64> = Vec::new();
        let mut known: Vec<(u32, Rows, Option<i64>)> = Vec::new();
        let counts = |rows: &Rows| {
            let live = quarterdeck_kpi::effective::live(&rows.money);
            let last = live.iter().rev().find(|row| !matches!(row.act, Act::Withdraw(_)));
            last.map(|row| row.item.amount_ntd)
        };
        for (number, (kind, which, amount)) in (1_u32..).zip(acts) {
            let target = sequences.get(which % sequences.len().max(1)).copied();
            let act = match (kind, target) {
                (1, Some(target)) => Act::Correct(target),
                (2, Some(target)) => Act::Withdraw(target),
                _ => Act::Record,
            };
            let mut batch = money(day(number), vec![row(line(amount), entered(), act)]);
            batch.reason = Some("tried".into());
            if let Ok(stored) = store.record(&batch) {
                sequences.extend(stored);
            }
            let rows = store.rows_as_of(day(number)).unwrap();
            let counted = counts(&rows);
            known.push((number, rows, counted));
        }
        for (number, rows, counted) in known {
            let again = store.rows_as_of(day(number)).unwrap();
            proptest::prop_assert_eq!(counts(&again), counted);
            proptest::prop_assert_eq!(again, rows);
        }
    }
}
