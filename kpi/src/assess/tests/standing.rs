//! Figures that stand on beyond their own quarter: milestones, yearly figures, figures printed once.

use super::statuses::{seen, status, with_target};
use crate::indicator::{Direction, Frequency, Kind, Road};
use crate::message::Message;
use crate::status::Status;
use crate::testing::{dec, indicator, period, row, target};

#[test]
fn a_milestone_without_a_date_is_never_behind() {
    let mut i = indicator("P01/x");
    (i.kind, i.direction, i.frequency) = (Kind::Milestone, Direction::Done, Frequency::Once);
    (i.unit, i.due_days) = ("done".into(), None);
    assert_eq!(status(&i, vec![], "2025Q3", "2030-01-01"), Status::NotDue);
    assert_eq!(
        status(
            &i,
            vec![row(1, "P01/x", "2024Q4", 0)],
            "2025Q3",
            "2030-01-01"
        ),
        Status::NotDue
    );
    assert_eq!(
        status(
            &i,
            vec![row(1, "P01/x", "2024Q4", 1)],
            "2025Q3",
            "2030-01-01"
        ),
        Status::Met
    );
    i.targets = vec![target("2025Q2", "1")];
    assert_eq!(status(&i, vec![], "2025Q2", "2025-06-30"), Status::NotDue);
    assert_eq!(status(&i, vec![], "2025Q3", "2025-10-20"), Status::Behind);
    assert_eq!(
        status(
            &i,
            vec![row(1, "P01/x", "2025Q3", 1)],
            "2025Q3",
            "2025-10-20"
        ),
        Status::Met
    );
    assert_eq!(
        status(
            &i,
            vec![row(1, "P01/x", "2025Q4", 1)],
            "2025Q3",
            "2026-01-20"
        ),
        Status::Behind,
        "done only later"
    );
}

#[test]
fn an_annual_figure_stands_at_its_fourth_quarter_and_is_shown_with_its_year() {
    let mut i = with_target();
    i.frequency = Frequency::Year;
    i.targets = vec![target("2024", "50"), target("2025", "100")];
    let rows = vec![row(1, "P01/x", "2024", 50)];
    for q in ["2024Q4", "2025Q1", "2025Q2", "2025Q3"] {
        let found = seen(&i, rows.clone(), q, "2026-01-05");
        assert_eq!(
            found.status,
            Status::Met,
            "{q}: rated against its own year's target"
        );
        assert_eq!(found.figure.unwrap().period.to_string(), "2024");
    }
    assert_eq!(
        status(&i, rows.clone(), "2025Q4", "2026-01-05"),
        Status::NotDue
    );
    assert_eq!(
        status(&i, rows.clone(), "2025Q4", "2026-01-11"),
        Status::Late
    );
    assert_eq!(
        status(&i, rows.clone(), "2024Q3", "2026-01-11"),
        Status::NotDue,
        "before it began"
    );
    let mut half = i.clone();
    half.frequency = Frequency::Half;
    half.targets = vec![target("2024", "50")];
    let rows = vec![row(1, "P01/x", "2024H2", 60)];
    assert_eq!(
        status(&half, rows.clone(), "2025Q1", "2025-04-20"),
        Status::Met
    );
    assert_eq!(
        status(&half, rows.clone(), "2025Q2", "2025-07-20"),
        Status::Late
    );
    assert_eq!(
        status(&half, rows, "2025Q3", "2025-10-20"),
        Status::Late,
        "the missing half stays late"
    );
}

#[test]
fn what_was_printed_once_stands_on_and_is_never_late() {
    let mut i = with_target();
    i.road = Road::Document;
    i.targets = Vec::new();
    let rows = vec![row(1, "P01/x", "2019", 43000)];
    let found = seen(&i, rows.clone(), "2025Q3", "2025-10-20");
    assert_eq!((found.status, found.due_on), (Status::NoTarget, None));
    assert_eq!(found.figure.unwrap().period.to_string(), "2019");
    assert_eq!(
        status(&i, rows, "2019Q3", "2025-10-20"),
        Status::NoData,
        "not before it was"
    );
    i.frequency = Frequency::Once;
    assert_eq!(status(&i, vec![], "2025Q3", "2030-01-01"), Status::NoData);
    i.max_age_days = Some(365);
    assert_eq!(
        status(&i, vec![row(1, "P01/x", "2019", 1)], "2025Q3", "2025-10-20"),
        Status::Stale
    );
}

#[test]
fn the_first_period_asked_for_is_named() {
    let mut i = with_target();
    i.frequency = Frequency::Year;
    i.valid_from = Some(period("2025").start);
    i.valid_to = Some(period("2025").end);
    let found = seen(&i, vec![], "2025Q3", "2025-10-20");
    assert_eq!(found.status, Status::NotDue);
    assert!(found.rule.to_string().contains("2025"), "{}", found.rule);
    assert_eq!(
        found.rule,
        Message::new("rule-first-expected").with("period", period("2025"))
    );
    assert_eq!(
        found.target.unwrap().value,
        dec("100"),
        "its target is shown already"
    );
    assert_eq!(status(&i, vec![], "2025Q4", "2026-01-20"), Status::Late);
    assert_eq!(status(&i, vec![], "2026Q1", "2026-04-20"), Status::Late);
    assert_eq!(
        status(&i, vec![], "2026Q4", "2027-01-20"),
        Status::NotDue,
        "ended"
    );
    // A half-yearly one in its first quarter names the half it lies in.
    let mut half = indicator("P01/x");
    half.frequency = Frequency::Half;
    let found = seen(&half, vec![], "2025Q3", "2025-10-20");
    assert_eq!(
        found.rule,
        Message::new("rule-first-expected").with("period", period("2025H2"))
    );
}

#[test]
fn a_printed_figure_is_not_measured_by_a_later_target() {
    let mut i = with_target();
    (i.road, i.due_days) = (Road::Document, None);
    let rows = vec![row(1, "P01/x", "2025Q2", 100)];
    assert_eq!(
        status(&i, rows.clone(), "2025Q2", "2026-01-20"),
        Status::Met
    );
    let found = seen(&i, rows, "2025Q3", "2026-01-20");
    assert_eq!((found.status, found.figure), (Status::NoData, None));
    assert_eq!(found.target.unwrap().value, dec("100"));
}

#[test]
fn what_is_done_stays_done() {
    let mut i = with_target();
    (i.kind, i.direction) = (Kind::Milestone, Direction::Done);
    i.targets = vec![target("2025Q1", "1")];
    let rows = vec![row(1, "P01/x", "2025Q1", 1)];
    assert_eq!(status(&i, rows, "2025Q3", "2025-10-20"), Status::Met);
}
