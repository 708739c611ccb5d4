//! When a figure was seen, beside the quarter it is filed under.

use crate::assess::assess;
use crate::calendar::end_of_day;
use crate::finding::{Finding, Severity};
use crate::observation::Cause;
use crate::snapshot::Snapshot;
use crate::source::SourceState;
use crate::testing::{dec, indicator, period, programme, quarter, row, snapshot};

/// A value of 2025Q4 from a source, seen on a day.
fn seen(on: &str) -> Snapshot {
    let mut row = row(1, "P01/x", "2025Q4", dec("5"));
    row.item.observed_at = end_of_day(period(on).end);
    row.cause = Cause::Capture {
        sha256: "0".repeat(64).into(),
        source: "portal".into(),
        at: "$.n".into(),
    };
    let programme = programme("P01", vec![indicator("P01/x")]);
    snapshot("2026-06-30", vec![programme], vec![row])
}

#[test]
fn a_value_without_a_day_read_after_the_quarter_is_said_to_be_so() {
    let found = |on: &str, limit: u32| {
        let mut known = seen(on);
        known.register.rules.quality.observed_after_days = limit;
        let assessed = assess(&known, quarter("2025Q4"));
        let of_rule = assessed
            .findings
            .into_iter()
            .find(|f| f.rule == "observed-after@1");
        of_rule.map(|f| (f.severity, f.id, f.text.id.to_string()))
    };
    let id = "observed-after@1:source:portal".to_owned();
    let mentioned = Some((
        Severity::Info,
        id.clone(),
        "finding-observed-after".to_owned(),
    ));
    let asked = Some((Severity::Warning, id, "finding-observed-late".to_owned()));
    // True on the quarter's last day.
    assert_eq!(found("2025-12-31", 31), None);
    assert_eq!(found("2026-01-01", 31), mentioned);
    assert_eq!(found("2026-01-31", 31), mentioned);
    assert_eq!(found("2026-02-01", 31), asked);
    assert_eq!(found("2026-02-01", 32), mentioned);
    // Asked for nowhere.
    assert_eq!(found("2026-06-30", 0), mentioned);
    // The sentence that has to be accepted stays the same when the value is read again.
    let text = |on| {
        let assessed = assess(&seen(on), quarter("2025Q4"));
        let mut all = assessed.findings.into_iter();
        all.find(|f| f.rule == "observed-after@1").unwrap().text
    };
    assert_eq!(text("2026-03-01"), text("2026-05-01"));
    // In a later quarter it is not said again.
    let later = assess(&seen("2026-03-01"), quarter("2026Q1"));
    assert!(later.findings.iter().all(|f| f.rule != "observed-after@1"));
}

#[test]
fn what_a_person_says_of_a_quarter_is_not_seen_later() {
    let mut known = seen("2026-03-01");
    known.observations[0].cause = Cause::Entry { evidence: None };
    let assessed = assess(&known, quarter("2025Q4"));
    assert!(
        assessed
            .findings
            .iter()
            .all(|f| f.rule != "observed-after@1")
    );
}

#[test]
fn a_finding_about_a_later_quarter_does_not_stand_open_in_an_earlier_one() {
    let mut known = seen("2025-12-31");
    let about = |rule: &str, at: &str| {
        let figure = crate::address::FigureAddress::parse(&format!("P01/{at}")).unwrap();
        let text = crate::message::Message::new("x");
        Finding::new(rule, Severity::Error, Some(figure), Some("portal"), text)
    };
    known.findings = vec![
        about("map-not-followed@1", "x@2025Q4"),
        about("map-not-followed@1", "x@2025Q2"),
        about("unit-changed@1", "y@2025"),
        // A target is set ahead, and damage is damage whatever quarter is looked at.
        about("target-dropped@1", "x.target@2027"),
        about(crate::finding::DAMAGED_ROW, "x@2025Q4"),
        Finding::new(
            "row-count-drop@1",
            Severity::Warning,
            None,
            Some("portal"),
            crate::message::Message::new("x"),
        ),
    ];
    let open = |at: &str| -> Vec<String> {
        let found = crate::signoff::items(&known, &assess(&known, quarter(at)));
        let recorded = found.into_iter().filter(|f| f.text.id == "x");
        let mut ids: Vec<String> = recorded.map(|f| f.id).collect();
        ids.sort();
        ids
    };
    let always = [
        "row-count-drop@1:source:portal",
        "row-sum@1:P01/x@2025Q4",
        "target-dropped@1:P01/x.target@2027",
    ];
    let expected = |more: &[&str]| {
        let mut ids: Vec<String> = always
            .iter()
            .chain(more)
            .map(|id| (*id).to_owned())
            .collect();
        ids.sort();
        ids
    };
    let (second, fourth, year) = (
        "map-not-followed@1:P01/x@2025Q2",
        "map-not-followed@1:P01/x@2025Q4",
        "unit-changed@1:P01/y@2025",
    );
    assert_eq!(open("2025Q4"), expected(&[second, fourth, year]));
    assert_eq!(open("2025Q2"), expected(&[second, year]));
    assert_eq!(open("2024Q4"), expected(&[]));
}

#[test]
fn data_that_reach_a_quarters_end_are_old_for_later_quarters_only() {
    let mut known = seen("2025-12-31");
    known.sources = vec![SourceState {
        id: "portal".to_owned(),
        kind: "json".to_owned(),
        place: String::new(),
        feeds: Vec::new(),
        schedule: String::new(),
        next_run: None,
        calls_left_today: None,
        disabled: None,
        max_age_days: Some(60),
        licence: None,
        attribution: None,
        attempts: Vec::new(),
        newest_data: Some(end_of_day(period("2025-09-30").end)),
    }];
    let is_old = |at: &str| {
        let found = crate::signoff::items(&known, &assess(&known, quarter(at)));
        found.iter().any(|f| f.rule == "stale-source@1")
    };
    assert_eq!(
        ["2025Q2", "2025Q3", "2025Q4", "2026Q1"].map(is_old),
        [false, false, true, true]
    );
}
