//! How one indicator comes to its status.

use crate::assess::{IndicatorAssessment, assess};
use crate::calendar::end_of_day;
use crate::indicator::{Combine, Direction, Frequency, Indicator, Kind, REPORTED_PROGRESS};
use crate::message::Message;
use crate::observation::{Observation, Qualifier, Reading, Recorded};
use crate::status::Status;
use crate::testing::{dec, indicator, period, programme, quarter, row, snapshot, target};

/// The indicator alone in a programme, seen in a quarter at the end of a day.
pub(super) fn seen(
    i: &Indicator,
    rows: Vec<Recorded<Observation>>,
    q: &str,
    on: &str,
) -> IndicatorAssessment {
    let known = snapshot(on, vec![programme("P01", vec![i.clone()])], rows);
    assess(&known, quarter(q))
        .programmes
        .remove(0)
        .indicators
        .remove(0)
}

pub(super) fn status(i: &Indicator, rows: Vec<Recorded<Observation>>, q: &str, on: &str) -> Status {
    seen(i, rows, q, on).status
}

pub(super) fn with_target() -> Indicator {
    let mut i = indicator("P01/x");
    i.targets = vec![target("2025", "100")];
    i
}

fn refused(sequence: i64) -> Recorded<Observation> {
    let mut row = row(sequence, "P01/x", "2025Q3", 0);
    row.item.reading = Reading::Rejected(Message::new("number-unreadable").with("text", "NaN"));
    row.item.printed = Some("NaN".into());
    row
}

#[test]
fn a_value_is_rated_against_the_target() {
    for (value, expected) in [
        (100, Status::Met),
        (95, Status::OnTrack),
        (85, Status::AtRisk),
        (10, Status::Behind),
        (0, Status::Behind),
    ] {
        let found = seen(
            &with_target(),
            vec![row(1, "P01/x", "2025Q3", value)],
            "2025Q3",
            "2025-10-20",
        );
        assert_eq!(found.status, expected, "{value}");
        assert_eq!(found.rule_id, "higher@1");
        assert_eq!(found.figure.unwrap().rows, [1]);
    }
    let found = seen(
        &with_target(),
        vec![row(1, "P01/x", "2025Q3", 85)],
        "2025Q3",
        "2025-10-20",
    );
    assert_eq!(found.achievement, Some(dec("0.85")));
    assert_eq!(found.formula.unwrap().id, "rule-formula-actual-over-target");
}

#[test]
fn zero_is_a_value() {
    let mut i = with_target();
    i.direction = Direction::Lower;
    i.targets = vec![target("2025", "0")];
    let found = seen(
        &i,
        vec![row(1, "P01/x", "2025Q3", 0)],
        "2025Q3",
        "2025-10-20",
    );
    assert_eq!(
        (found.status, found.figure.unwrap().value),
        (Status::Met, dec("0"))
    );
}

#[test]
fn without_a_figure_the_calendar_decides() {
    let i = with_target();
    assert_eq!(
        status(&i, vec![], "2025Q3", "2025-09-29"),
        Status::NotDue,
        "running"
    );
    assert_eq!(
        status(&i, vec![], "2025Q3", "2025-10-10"),
        Status::NotDue,
        "on the due day"
    );
    assert_eq!(status(&i, vec![], "2025Q3", "2025-10-11"), Status::Late);
    assert_eq!(
        status(&i, vec![], "2026Q3", "2025-10-11"),
        Status::NotDue,
        "the future"
    );
    let mut nobody = i.clone();
    nobody.due_days = None;
    assert_eq!(
        status(&nobody, vec![], "2025Q3", "2025-09-29"),
        Status::NotDue
    );
    assert_eq!(
        status(&nobody, vec![], "2025Q3", "2025-12-31"),
        Status::NoData
    );
    let late = seen(&i, vec![], "2025Q3", "2025-10-20");
    assert_eq!(late.due_on.unwrap().to_string(), "2025-10-10");
    assert_eq!(
        late.target.unwrap().value,
        dec("100"),
        "the target is shown all the same"
    );
}

#[test]
fn an_old_figure_is_stale_but_not_by_waiting() {
    let mut i = with_target();
    i.max_age_days = Some(40);
    let mut old = row(1, "P01/x", "2025Q3", 100);
    old.item.observed_at = end_of_day(period("2025-08-15").end);
    // The day of reference is the due day at the latest: a closed quarter does not age.
    let found = seen(&i, vec![old.clone()], "2025Q3", "2027-01-01");
    assert_eq!((found.status, found.age_days), (Status::Stale, Some(56)));
    assert!(found.figure.is_some(), "a stale figure is still shown");
    old.item.observed_at = end_of_day(period("2025-09-30").end);
    let found = seen(&i, vec![old], "2025Q3", "2027-01-01");
    assert_eq!((found.status, found.age_days), (Status::Met, Some(10)));
}

#[test]
fn a_refused_reading_is_shown_with_its_text() {
    let i = with_target();
    let found = seen(&i, vec![refused(1)], "2025Q3", "2025-10-20");
    assert_eq!(found.status, Status::Rejected);
    assert_eq!(found.figure, None);
    assert_eq!(found.rejected.unwrap().0, "NaN");
    // A good reading of the period counts, and the refusal stays visible beside it.
    let found = seen(
        &i,
        vec![row(1, "P01/x", "2025Q3", 100), refused(2)],
        "2025Q3",
        "2025-10-20",
    );
    assert_eq!(found.status, Status::Met);
    assert!(found.rejected.is_some());
    // A good reading after the refusal settles it.
    let found = seen(
        &i,
        vec![refused(1), row(2, "P01/x", "2025Q3", 100)],
        "2025Q3",
        "2025-10-20",
    );
    assert_eq!((found.status, found.rejected), (Status::Met, None));
}

#[test]
fn a_broken_row_is_named_and_its_figure_refused() {
    let mut broken = row(7, "P01/x", "2025Q3", 100);
    broken.intact = false;
    let found = seen(
        &with_target(),
        vec![row(1, "P01/x", "2025Q3", 90), broken],
        "2025Q3",
        "2025-10-20",
    );
    assert_eq!(
        (found.status, found.rule_id.as_str()),
        (Status::Rejected, "broken-row@1")
    );
    assert_eq!(found.figure, None);
    assert!(found.rule.to_string().contains('7'), "{}", found.rule);
}

#[test]
fn a_value_without_a_target_is_shown_not_rated() {
    let found = seen(
        &indicator("P01/x"),
        vec![row(1, "P01/x", "2025Q3", 5)],
        "2025Q3",
        "2025-10-20",
    );
    assert_eq!((found.status, found.achievement), (Status::NoTarget, None));
    assert!(found.figure.is_some());
}

#[test]
fn a_rank_is_met_or_behind() {
    let mut i = with_target();
    (i.kind, i.direction) = (Kind::Rank, Direction::Lower);
    i.targets = vec![target("2025", "10")];
    let found = seen(
        &i,
        vec![row(1, "P01/x", "2025Q3", 11)],
        "2025Q3",
        "2025-10-20",
    );
    assert_eq!((found.status, found.achievement), (Status::Behind, None));
    assert_eq!(found.rule_id, "rank@1");
}

#[test]
fn a_printed_bound_is_a_bound() {
    let mut bound = row(1, "P01/x", "2025Q3", 43000);
    bound.item.qualifier = Qualifier::MoreThan;
    let mut i = with_target();
    i.targets = vec![target("2025", "43000")];
    assert_eq!(
        status(&i, vec![bound.clone()], "2025Q3", "2025-10-20"),
        Status::Met
    );
    bound.item.qualifier = Qualifier::AtMost;
    let found = seen(&i, vec![bound], "2025Q3", "2025-10-20");
    assert_eq!(
        (found.status, found.rule.id.as_ref()),
        (Status::NoData, "rule-bound-undecided")
    );
}

#[test]
fn a_sum_with_a_missing_month_is_late_and_not_behind() {
    use crate::indicator::{Combine, Frequency};
    let mut i = with_target();
    (i.frequency, i.combine) = (Frequency::Month, Combine::Sum);
    i.targets = vec![target("2025", "300")];
    let rows = |months: &[(&str, i64)]| -> Vec<_> {
        (1..)
            .zip(months)
            .map(|(n, (month, value))| row(n, "P01/x", month, *value))
            .collect()
    };
    let two = || rows(&[("2025-07", 100), ("2025-09", 100)]);
    let found = seen(&i, two(), "2025Q3", "2025-10-20");
    assert_eq!(
        (found.status, found.rule.id.as_ref(), found.achievement),
        (Status::Late, "rule-month-late", None)
    );
    assert_eq!(found.due_on.unwrap().to_string(), "2025-09-10");
    let figure = found.figure.unwrap();
    assert_eq!(
        (figure.value, figure.qualifier),
        (dec("200"), Qualifier::AtLeast)
    );
    // Nobody is bound to a day: nothing is late, and still nothing is proven.
    let mut nobody = i.clone();
    nobody.due_days = None;
    let found = seen(&nobody, two(), "2025Q3", "2025-10-20");
    assert_eq!(
        (found.status, found.rule.id.as_ref()),
        (Status::NoData, "rule-bound-undecided")
    );
    // The known months reach the target, or miss it where less is better: the missing one changes nothing.
    let enough = rows(&[("2025-07", 100), ("2025-09", 250)]);
    assert_eq!(status(&i, enough, "2025Q3", "2025-10-20"), Status::Met);
    i.direction = Direction::Lower;
    i.targets = vec![target("2025", "100")];
    assert_eq!(status(&i, two(), "2025Q3", "2025-10-20"), Status::Behind);
}

#[test]
fn a_running_sum_is_shown_and_not_rated() {
    use crate::indicator::Combine;
    let mut i = with_target();
    for combine in [Combine::Sum, Combine::Cumulative] {
        i.combine = combine;
        let rows = || vec![row(1, "P01/x", "2025-07", 30)];
        let found = seen(&i, rows(), "2025Q3", "2025-08-20");
        assert_eq!(
            (found.status, found.rule.id.as_ref()),
            (Status::NotDue, "rule-sum-running"),
            "{combine:?}"
        );
        assert_eq!(found.figure.unwrap().value, dec("30"));
    }
    // A level is a level on any day.
    i.combine = Combine::Last;
    let rows = vec![row(1, "P01/x", "2025-07", 30)];
    assert_eq!(status(&i, rows, "2025Q3", "2025-08-20"), Status::Behind);
}

#[test]
fn each_month_of_a_monthly_indicator_is_late_after_its_own_day() {
    use crate::indicator::{Combine, Frequency};
    let mut i = with_target();
    (i.frequency, i.combine) = (Frequency::Month, Combine::Last);
    let july = || vec![row(1, "P01/x", "2025-07", 100)];
    for (on, expected) in [
        ("2025-09-10", Status::Met),
        ("2025-09-11", Status::Late),
        ("2025-10-20", Status::Late),
    ] {
        assert_eq!(status(&i, july(), "2025Q3", on), expected, "{on}");
    }
    let found = seen(&i, july(), "2025Q3", "2025-10-20");
    assert_eq!(found.figure.unwrap().value, dec("100"), "still shown");
    // The last month settles the quarter; a reading of the whole quarter too.
    for last in ["2025-09", "2025Q3"] {
        let mut rows = july();
        rows.push(row(2, "P01/x", last, 90));
        assert_eq!(status(&i, rows, "2025Q3", "2025-10-20"), Status::OnTrack);
    }
    // A refused last month is told as refused.
    let mut rows = july();
    let mut bad = refused(2);
    bad.item.period = period("2025-09");
    rows.push(bad);
    assert_eq!(status(&i, rows, "2025Q3", "2025-10-20"), Status::Rejected);
    // Months after its end are not asked for.
    i.valid_to = Some(period("2025-07").end);
    assert_eq!(status(&i, july(), "2025Q3", "2025-10-20"), Status::Met);
}

#[test]
fn an_ended_definition_asks_for_nothing() {
    let mut i = with_target();
    i.valid_to = Some(period("2016").end);
    assert_eq!(status(&i, vec![], "2025Q3", "2025-10-20"), Status::NotDue);
    i.valid_to = None;
    i.valid_from = Some(period("2026").start);
    assert_eq!(status(&i, vec![], "2025Q3", "2025-10-20"), Status::NotDue);
}

#[test]
fn as_of_decides_which_target_is_compared() {
    let mut i = with_target();
    let mut lowered = target("2025", "80");
    lowered.set_on = Some(period("2025-10-05").end);
    i.targets.push(lowered);
    let rows = || vec![row(1, "P01/x", "2025Q3", 80)];
    assert_eq!(status(&i, rows(), "2025Q3", "2025-10-04"), Status::AtRisk);
    let after = seen(&i, rows(), "2025Q3", "2025-10-05");
    assert_eq!(after.status, Status::Met);
    assert_eq!(after.target.unwrap().former.unwrap().0, dec("100"));
}

#[test]
fn history_is_twelve_quarters_with_breaks_of_the_definition() {
    let mut rows = vec![
        row(1, "P01/x", "2025Q1", 50),
        row(2, "P01/x", "2025Q2", 100),
        row(3, "P01/x", "2025Q3", 95),
    ];
    rows[2].item.definition_version = 2;
    let history = seen(&with_target(), rows, "2025Q3", "2025-10-20").history;
    assert_eq!(history.len(), 12);
    assert_eq!(history[0].quarter, quarter("2022Q4"));
    let last: Vec<_> = history[9..]
        .iter()
        .map(|p| (p.status, p.definition_break))
        .collect();
    assert_eq!(
        last,
        [
            (Status::Behind, false),
            (Status::Met, false),
            (Status::OnTrack, true)
        ]
    );
    assert_eq!(history[8].value, None);
    assert_eq!(history[8].target, None);
}

#[test]
fn what_counts_within_its_year_starts_again_with_the_next() {
    let restarts = |asked: &Indicator, values: [(&str, i64); 5]| -> Vec<String> {
        let id = asked.series.to_string();
        let rows = values.into_iter().zip(1..);
        let rows = rows.map(|((period, value), n)| row(n, &id, period, value));
        let history = seen(asked, rows.collect(), "2026Q2", "2026-07-20").history;
        let found = history.iter().filter(|p| p.starts_again);
        found.map(|p| p.quarter.to_string()).collect()
    };
    let mut year = [
        ("2025Q1", 20),
        ("2025Q2", 45),
        ("2025Q3", 70),
        ("2025Q4", 100),
        ("2026Q1", 25),
    ];
    let mut flows = with_target();
    flows.combine = Combine::Cumulative;
    assert_eq!(restarts(&flows, year), ["2026Q1"]);
    // A level goes on, whatever it does.
    assert!(restarts(&with_target(), year).is_empty());
    let reported = indicator(&format!("P01/{REPORTED_PROGRESS}"));
    assert_eq!(restarts(&reported, year), ["2026Q1"]);
    // Counted since the beginning, progress goes on.
    year[4].1 = 100;
    assert!(restarts(&reported, year).is_empty());
}

#[test]
fn an_old_figure_is_no_point_of_later_quarters() {
    let seen = |frequency, year: &str| {
        let mut asked = with_target();
        asked.frequency = frequency;
        let rows = vec![row(1, "P01/x", year, 50)];
        let found = seen(&asked, rows, "2025Q4", "2026-01-20");
        let known = found.history.iter().filter(|p| p.value.is_some());
        let quarters: Vec<String> = known.map(|p| p.quarter.to_string()).collect();
        (found.figure.is_some(), quarters)
    };
    // It is still shown, with its year, and is no line.
    assert_eq!(seen(Frequency::Once, "2019"), (true, Vec::new()));
    let carried = ["2023Q4", "2024Q1", "2024Q2", "2024Q3"];
    assert_eq!(seen(Frequency::Once, "2023").1, carried);
    assert_eq!(seen(Frequency::Year, "2023").1, carried);
}

#[test]
fn every_status_of_an_indicator_has_been_seen() {
    use std::collections::BTreeSet;
    let mut old = row(1, "P01/x", "2025Q3", 100);
    old.item.observed_at = end_of_day(period("2025-01-01").end);
    let mut aged = with_target();
    aged.max_age_days = Some(30);
    let mut nobody = with_target();
    nobody.due_days = None;
    let on = "2025-10-20";
    let at = |i: &Indicator, rows| status(i, rows, "2025Q3", on);
    let value = |value: i64| vec![row(1, "P01/x", "2025Q3", value)];
    let seen: BTreeSet<Status> = [
        at(&with_target(), value(100)),
        at(&with_target(), value(90)),
        at(&with_target(), value(80)),
        at(&with_target(), value(79)),
        status(&with_target(), vec![], "2025Q4", on),
        at(&nobody, vec![]),
        at(&with_target(), vec![]),
        at(&aged, vec![old]),
        at(&with_target(), vec![refused(1)]),
        at(&indicator("P01/x"), value(1)),
    ]
    .into();
    let all: BTreeSet<Status> = Status::ALL
        .into_iter()
        .filter(|s| *s != Status::Unknown)
        .collect();
    assert_eq!(seen, all);
}
