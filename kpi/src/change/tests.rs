use super::*;
use crate::observation::{Act, Observation, Parts, Reading, Recorded};
use crate::testing::{dec, indicator, programme, quarter, row, snapshot, target};
use proptest::prelude::*;

const SERIES: &str = "P01/x";

/// A share with its parts.
fn share(sequence: i64, over: i64, under: i64) -> Recorded<Observation> {
    let parts = Parts {
        numerator: over.into(),
        denominator: under.into(),
    };
    let value = (parts.numerator * Decimal::ONE_HUNDRED / parts.denominator)
        .round_dp(6)
        .normalize();
    let mut row = row(sequence, SERIES, "2025Q3", value);
    row.item.unit = "percent".into();
    row.item.parts = Some(parts);
    row
}

fn known(
    as_of: &str,
    targets: &[(&str, Option<&str>)],
    rows: Vec<Recorded<Observation>>,
) -> Snapshot {
    let mut i = indicator(SERIES);
    i.unit = "percent".into();
    i.targets = targets
        .iter()
        .map(|(value, set_on)| {
            let mut target = target("2025", value);
            target.set_on = set_on.map(|day| crate::calendar::parse_date(day).unwrap());
            target
        })
        .collect();
    snapshot(as_of, vec![programme("P01", vec![i])], rows)
}

fn of<'a>(changes: &'a [Change], figure: &str) -> &'a Change {
    changes
        .iter()
        .find(|c| c.figure.to_string() == figure)
        .unwrap_or_else(|| panic!("{figure} did not change: {changes:#?}"))
}

fn causes(change: &Change) -> Vec<Cause> {
    change.steps.iter().map(|s| s.cause).collect()
}

/// Every step begins where the one before ended, and the parts add up.
fn adds_up(change: &Change) {
    let mut at = change.from;
    for step in &change.steps {
        assert_eq!(step.from, at, "{change:#?}");
        assert_ne!(step.from, step.to, "{change:#?}");
        at = step.to;
    }
    assert_eq!(at, change.to, "{change:#?}");
    let parts: Option<Decimal> = change
        .steps
        .iter()
        .map(Step::by)
        .try_fold(Decimal::ZERO, |sum, by| Some(sum + by?));
    if let (Some(parts), Some(whole)) = (parts, change.by()) {
        assert_eq!(parts, whole, "{change:#?}");
    }
}

#[test]
fn nothing_changed_when_nothing_did() {
    let known = known("2025-10-20", &[("60", None)], vec![share(1, 1, 2)]);
    assert_eq!(changes(&known, &known, quarter("2025Q3")), []);
}

#[test]
fn a_ratio_that_moved_by_its_denominator_says_so() {
    let before = known("2025-10-20", &[("60", None)], vec![share(1, 50, 100)]);
    let after = known(
        "2025-10-20",
        &[("60", None)],
        vec![share(1, 50, 100), share(2, 60, 80)],
    );
    let found = changes(&before, &after, quarter("2025Q3"));
    let value = of(&found, "P01/x@2025Q3");
    assert_eq!(causes(value), [Cause::NewData, Cause::Denominator]);
    // 60 of the old 100, then of the new 80.
    assert_eq!(value.steps[0].to, Value::Number(dec("60")));
    assert_eq!(value.by(), Some(dec("25")));
    adds_up(value);
    let status = of(&found, "P01/x.status@2025Q3");
    assert_eq!(status.to, Value::Status(Status::Met));
    assert_eq!(of(&found, "P01/status@2025Q3").causes(), [Cause::NewData]);
}

#[test]
fn correction_target_and_rule_are_told_apart() {
    let before = known("2025-10-20", &[("60", None)], vec![share(1, 54, 100)]);
    let mut corrected = share(2, 48, 100);
    corrected.act = Act::Correct(1);
    let mut after = known(
        "2025-10-21",
        &[("60", None), ("50", Some("2025-10-21"))],
        vec![share(1, 54, 100), corrected],
    );
    after.register.rules.bands.on_track = dec("0.97");
    let found = changes(&before, &after, quarter("2025Q3"));
    let value = of(&found, "P01/x@2025Q3");
    assert_eq!(causes(value), [Cause::Correction]);
    let achievement = of(&found, "P01/x.achievement@2025Q3");
    assert_eq!(causes(achievement), [Cause::Correction, Cause::Target]);
    // 54/60, 48/60, 48/50.
    assert_eq!(achievement.steps[0].to, Value::Number(dec("0.8")));
    assert_eq!(achievement.to, Value::Number(dec("0.96")));
    let status = found
        .iter()
        .find(|c| c.figure.to_string() == "P01/x.status@2025Q3");
    let steps = &status.unwrap().steps;
    assert_eq!(
        steps.iter().map(|s| (s.cause, s.to)).collect::<Vec<_>>(),
        [
            (Cause::Correction, Value::Status(Status::AtRisk)),
            (Cause::Target, Value::Status(Status::OnTrack)),
            (Cause::Rule, Value::Status(Status::AtRisk)),
        ]
    );
    found.iter().for_each(adds_up);
}

#[test]
fn what_became_late_became_so_by_time() {
    let before = known("2025-10-05", &[("60", None)], Vec::new());
    let after = known("2025-10-20", &[("60", None)], Vec::new());
    let found = changes(&before, &after, quarter("2025Q3"));
    let status = of(&found, "P01/x.status@2025Q3");
    assert_eq!(status.from, Value::Status(Status::NotDue));
    assert_eq!(status.to, Value::Status(Status::Late));
    assert_eq!(causes(status), [Cause::Time]);
}

#[test]
fn a_definition_is_a_cause_of_its_own_and_a_new_indicator_begins_unknown() {
    let before = known("2025-10-20", &[("60", None)], vec![share(1, 50, 100)]);
    let mut after = before.clone();
    let mut other = indicator("P01/y");
    other.targets = vec![target("2025", "10")];
    after.register.programmes[0].indicators[0].direction = crate::indicator::Direction::Lower;
    after.register.programmes[0].indicators.push(other);
    after.observations.push(row(2, "P01/y", "2025Q3", 9));
    let found = changes(&before, &after, quarter("2025Q3"));
    assert_eq!(
        causes(of(&found, "P01/x.status@2025Q3")),
        [Cause::Definition]
    );
    let new = of(&found, "P01/y@2025Q3");
    assert_eq!(
        (new.from, new.to),
        (Value::Unknown, Value::Number(dec("9")))
    );
    assert_eq!(new.by(), None);
    found.iter().for_each(adds_up);
}

/// One thing that happens between the two moments.
#[derive(Debug, Clone)]
enum Event {
    Row(i64, i64),
    Correct(i64, i64),
    Withdraw,
    Refuse,
    Target(i64),
    Former(i64),
    Band(i64),
    Lower,
}

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        (0_i64..200, 1_i64..200).prop_map(|(a, b)| Event::Row(a, b)),
        (0_i64..200, 1_i64..200).prop_map(|(a, b)| Event::Correct(a, b)),
        Just(Event::Withdraw),
        Just(Event::Refuse),
        (-5_i64..150).prop_map(Event::Target),
        (1_i64..150).prop_map(Event::Former),
        (50_i64..100).prop_map(Event::Band),
        Just(Event::Lower),
    ]
}

proptest! {
    #[test]
    fn the_parts_add_up_to_the_change_exactly(
        first in proptest::option::of((0_i64..200, 1_i64..200)),
        target in proptest::option::of(1_i64..150),
        events in proptest::collection::vec(event(), 0..8),
        days in 0_i64..40,
    ) {
        let text = target.map(|t| t.to_string());
        let targets: Vec<_> = text.iter().map(|t| (t.as_str(), None)).collect();
        let rows = first.map(|(a, b)| share(1, a, b)).into_iter().collect();
        let before = known("2025-10-05", &targets, rows);
        let mut after = before.clone();
        after.as_of += chrono::Duration::days(days);
        let mut sequence = 1;
        for event in events {
            sequence += 1;
            let last = after.observations.last().map(|row| row.sequence);
            let indicator = &mut after.register.programmes[0].indicators[0];
            match event {
                Event::Row(a, b) => after.observations.push(share(sequence, a, b)),
                Event::Correct(a, b) => {
                    let mut row = share(sequence, a, b);
                    row.act = last.map_or(Act::Record, Act::Correct);
                    after.observations.push(row);
                }
                Event::Withdraw => {
                    let mut row = share(sequence, 1, 1);
                    row.act = last.map_or(Act::Record, Act::Withdraw);
                    after.observations.push(row);
                }
                Event::Refuse => {
                    let mut row = share(sequence, 1, 1);
                    row.item.reading = Reading::Rejected(crate::message::Message::new("x"));
                    row.item.parts = None;
                    after.observations.push(row);
                }
                Event::Target(value) => {
                    let mut new = crate::testing::target("2025", &value.to_string());
                    new.set_on = Some(crate::calendar::taipei_day(after.as_of));
                    indicator.targets.push(new);
                }
                Event::Former(value) => {
                    indicator.targets.insert(0, crate::testing::target("2025", &value.to_string()));
                }
                Event::Band(value) => after.register.rules.bands.on_track = Decimal::new(value, 2),
                Event::Lower => indicator.direction = crate::indicator::Direction::Lower,
            }
        }
        let found = changes(&before, &after, quarter("2025Q3"));
        for change in &found {
            adds_up(change);
            prop_assert!(change.from != change.to);
        }
        // Nothing else moved: the list is the whole difference.
        let (a, b) = (assess(&before, quarter("2025Q3")), assess(&after, quarter("2025Q3")));
        let value = |x: &crate::assess::Assessment| {
            x.programmes[0].indicators[0].figure.as_ref().map(|f| f.value)
        };
        let listed = found.iter().any(|c| c.figure.to_string() == "P01/x@2025Q3");
        prop_assert_eq!(value(&a) != value(&b), listed);
    }
}
