//! Milestones: late ones, re-plans, weights.

use super::control::day;
use super::money::{at, with};
use crate::assess::{ProgressBasis, Timeliness};
use crate::indicator::Title;
use crate::observation::{Cause, Observation, Recorded};
use crate::register::{Milestone, MilestonePlan, Plan};
use crate::snapshot::Snapshot;
use crate::testing::{dec, row};

pub(super) fn milestone(id: &str, weight: i64, plans: &[(&str, Option<&str>)]) -> Milestone {
    let plan = |(planned, set_on): &(&str, Option<&str>)| MilestonePlan {
        planned: day(planned),
        set_on: set_on.map(day),
        by: None,
        document: None,
    };
    Milestone {
        id: id.into(),
        title: Title::default(),
        weight: weight.into(),
        plans: plans.iter().map(plan).collect(),
        evidence: None,
        place: None,
    }
}

fn done_on(sequence: i64, id: &str, on: &str) -> Recorded<Observation> {
    let mut row = row(sequence, &format!("P12/milestone.{id}"), on, 1);
    row.cause = Cause::Entry {
        evidence: Some(("00".into(), "minutes.pdf".into())),
    };
    row
}

#[test]
fn an_early_milestone_hides_no_late_one_and_a_replan_keeps_the_old_plan() {
    let mut known = with(&["P12"], Vec::new());
    known.register.programmes[0].milestones = vec![
        milestone("1", 20, &[("2025-03-31", None)]),
        milestone("2", 30, &[("2025-05-31", None)]),
        milestone(
            "3",
            10,
            &[("2025-06-30", None), ("2025-08-31", Some("2025-06-01"))],
        ),
        milestone("4", 40, &[("2025-12-31", None)]),
    ];
    known.observations = vec![done_on(1, "1", "2025-01-10"), done_on(2, "3", "2025-09-04")];
    let found = at(&known, "2025Q3");
    let p12 = &found.programmes[0];
    let states: Vec<_> = p12
        .milestones
        .iter()
        .map(|m| (m.timeliness, m.days_late))
        .collect();
    assert_eq!(
        states,
        [
            (Timeliness::Done, Some(-80)),
            (Timeliness::Late, Some(122)),
            (Timeliness::DoneLate, Some(4)),
            (Timeliness::Open, None),
        ]
    );
    assert_eq!(p12.milestones[2].former[0].planned, day("2025-06-30"));
    assert_eq!(p12.milestones[0].evidence.as_deref(), Some("minutes.pdf"));
    // Planned by the end of September 20 + 30 + 10, done 20 + 10; nothing was reported beside it.
    assert_eq!(p12.weighted_progress, Some((dec("60"), dec("30"))));
    // So the rules look at it, and it is said.
    assert_eq!(p12.progress, p12.weighted_progress);
    assert_eq!(p12.progress_basis, Some(ProgressBasis::Milestones));
    assert_eq!(p12.variance_points, Some(dec("-30")));
    // Half a report is not filled up with the other kind.
    let mut half = known.clone();
    let planned = row(9, "P12/progress.planned", "2025Q3", dec("60"));
    half.observations.push(planned);
    let p12 = &at(&half, "2025Q3").programmes[0];
    assert_eq!((p12.progress, p12.progress_basis), (None, None));
    // The second one is half completed: 30 x 50 % more.
    let partial = row(10, "P12/milestone.2.partial", "2025Q2", dec("50"));
    half.observations.push(partial);
    let p12 = &at(&half, "2025Q3").programmes[0];
    assert_eq!(p12.weighted_progress, Some((dec("60"), dec("45"))));
    assert_eq!(p12.milestones[1].timeliness, Timeliness::Late);
    let late: Vec<_> = found
        .findings
        .iter()
        .filter(|f| f.rule == "milestone-late@1")
        .collect();
    assert_eq!(late.len(), 1);
    assert_eq!(
        late[0].figure.as_ref().unwrap().to_string(),
        "P12/milestone.2@2025Q3"
    );
    // Before the re-plan the first plan stood.
    let earlier = at(&known, "2025Q1").programmes.remove(0);
    assert_eq!(earlier.milestones[2].plan.planned, day("2025-06-30"));
    assert_eq!(earlier.weighted_progress, Some((dec("20"), dec("20"))));
}

#[test]
fn weights_that_do_not_add_up_are_a_finding_and_no_progress() {
    let mut known = with(&["P12"], Vec::new());
    known.register.programmes[0].milestones = vec![
        milestone("1", 20, &[("2025-03-31", None)]),
        milestone("2", 70, &[("2025-12-31", None)]),
    ];
    let found = at(&known, "2025Q3");
    assert_eq!(found.programmes[0].weighted_progress, None);
    let finding = found
        .findings
        .iter()
        .find(|f| f.rule == "milestone-weights@1")
        .unwrap();
    assert_eq!(
        finding.text.to_string(),
        "finding-milestone-weights sum=Number(90)"
    );
}

#[test]
fn a_milestone_reported_for_a_quarter_is_done_by_its_end() {
    let mut known = with(&["P12"], Vec::new());
    known.register.programmes[0].milestones = vec![milestone("1", 100, &[("2025-08-31", None)])];
    known.observations = vec![row(1, "P12/milestone.1", "2025Q3", 1)];
    let found = at(&known, "2025Q3")
        .programmes
        .remove(0)
        .milestones
        .remove(0);
    assert_eq!(
        (found.done_on, found.done_within),
        (Some(day("2025-09-30")), true)
    );
    // Reopened by a later reading.
    known
        .observations
        .push(row(2, "P12/milestone.1", "2025Q4", 0));
    let found = at(&known, "2025Q4")
        .programmes
        .remove(0)
        .milestones
        .remove(0);
    assert_eq!(found.done_on, None);
}

#[test]
fn before_anything_was_planned_progress_is_unknown_and_never_zero() {
    let mut known = with(&["P12"], Vec::new());
    known.register.programmes[0].milestones = vec![
        milestone("1", 60, &[("2025-06-30", Some("2024-12-18"))]),
        milestone("2", 40, &[("2025-12-31", None)]),
    ];
    known.register.programmes[0].plan = "dgp2".into();
    known.register.plans = vec![Plan {
        id: "dgp2".into(),
        title: Title::default(),
        years: (2021, 2025),
        years_basis: "printed".into(),
        document: None,
    }];
    let seen = |known: &Snapshot, quarter: &str| {
        let found = at(known, quarter);
        let p12 = &found.programmes[0];
        (p12.weighted_progress.is_some(), p12.variance_points)
    };
    // Nothing is due yet: a zero that is known.
    assert_eq!(seen(&known, "2025Q1"), (true, Some(dec("0"))));
    // Before the plan began nobody planned anything.
    assert_eq!(seen(&known, "1999Q1"), (false, None));
    // Nor before the first of the milestones was decided.
    known.register.programmes[0].milestones[1].plans[0].set_on = Some(day("2024-12-18"));
    assert_eq!(seen(&known, "2024Q3"), (false, None));
    assert_eq!(seen(&known, "2024Q4"), (true, Some(dec("0"))));
}
