//! Milestones (查核點): planned against actual, each by itself, and the progress their weights give.
//!
//! The day of reference is the quarter's end, or the day of knowledge while the quarter runs. The plan in force is the
//! last one decided by then; former plans stay visible. Lateness is counted for each milestone alone, so that an early
//! one hides no late one.

use super::reading::Index;
use crate::address::SeriesId;
use crate::calendar::{Period, PeriodKind, Quarter, taipei_day};
use crate::observation::{Cause, Observation, Recorded};
use crate::register::{Milestone, MilestonePlan, Programme};
use chrono::NaiveDate;
use rust_decimal::Decimal;

/// How a milestone stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Timeliness {
    /// Not done, and its day has passed.
    Late,
    /// Not done, and its day is still to come.
    Open,
    /// Done after its day.
    DoneLate,
    /// Done on or before its day.
    Done,
}

impl Timeliness {
    /// Word for JSON.
    pub fn id(self) -> &'static str {
        match self {
            Timeliness::Late => "late",
            Timeliness::Open => "open",
            Timeliness::DoneLate => "done_late",
            Timeliness::Done => "done",
        }
    }
    /// Key of its words in the language files.
    pub fn term(self) -> &'static str {
        match self {
            Timeliness::Late => "milestone-late",
            Timeliness::Open => "milestone-open",
            Timeliness::DoneLate => "milestone-done-late",
            Timeliness::Done => "milestone-done",
        }
    }
}

/// A planned date, as it was decided.
pub type MilestonePlanned = MilestonePlan;

/// State of a milestone at the day of reference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MilestoneState {
    /// Milestone id.
    pub id: String,
    /// Weight in percent.
    pub weight: Decimal,
    /// The plan in force.
    pub plan: MilestonePlanned,
    /// The plans before it, oldest first.
    pub former: Vec<MilestonePlanned>,
    /// The day it was done.
    pub done_on: Option<NaiveDate>,
    /// The day is known only to lie in the period it was reported for; `done_on` is that period's last.
    pub done_within: bool,
    /// Days after its planned day: done or open; negative when early. `None` while open with its day to come.
    pub days_late: Option<i64>,
    /// How it stands.
    pub timeliness: Timeliness,
    /// Name of the evidence file, if one was given.
    pub evidence: Option<String>,
    /// Row that says it is done.
    pub row: Option<i64>,
    /// Completed in part, while it is not done: the last report of `milestone.ID.partial` by the day of reference.
    pub partial: Option<MilestonePartial>,
}

/// How much of a milestone is completed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MilestonePartial {
    /// Percent of the milestone, 0 to 100.
    pub percent: Decimal,
    /// The period it was reported for.
    pub period: Period,
    /// Row.
    pub row: i64,
}

/// The day that lateness is counted to.
pub(super) fn reference_day(quarter: Quarter, known_on: NaiveDate) -> NaiveDate {
    quarter.end().min(known_on)
}

/// How the milestones of a programme stand; one without a plan is left out (a check names it).
pub(super) fn milestones(
    programme: &str,
    milestones: &[Milestone],
    quarter: Quarter,
    index: &Index<'_>,
) -> Vec<MilestoneState> {
    let day = reference_day(quarter, index.day);
    milestones
        .iter()
        .filter_map(|milestone| state(programme, milestone, day, index))
        .collect()
}

fn state(
    programme: &str,
    milestone: &Milestone,
    day: NaiveDate,
    index: &Index<'_>,
) -> Option<MilestoneState> {
    let decided: Vec<&MilestonePlan> = milestone
        .plans
        .iter()
        .filter(|plan| plan.set_on.is_none_or(|set_on| set_on <= day))
        .collect();
    // A first plan stands even before the day it was decided: there is no other.
    let (plan, former) = match decided.split_last() {
        Some((last, before)) => (
            (*last).clone(),
            before.iter().map(|p| (*p).clone()).collect(),
        ),
        None => (milestone.plans.first()?.clone(), Vec::new()),
    };
    let done = done(programme, &milestone.id, day, index);
    let done_on = done.map(|(_, on, _)| on);
    let after = |day: NaiveDate| (day - plan.planned).num_days();
    let days_late = match done_on {
        Some(on) => Some(after(on)),
        None => Some(after(day)).filter(|days| *days > 0),
    };
    Some(MilestoneState {
        id: milestone.id.clone(),
        weight: milestone.weight,
        former,
        done_on,
        done_within: done.is_some_and(|(_, _, within)| within),
        days_late,
        timeliness: match (done_on, days_late) {
            (Some(_), Some(days)) if days > 0 => Timeliness::DoneLate,
            (Some(_), _) => Timeliness::Done,
            (None, Some(_)) => Timeliness::Late,
            (None, None) => Timeliness::Open,
        },
        evidence: done.and_then(|(row, ..)| evidence(row)),
        row: done.map(|(row, ..)| row.sequence),
        partial: match done {
            Some(_) => None,
            None => partial(programme, &milestone.id, day, index),
        },
        plan,
    })
}

/// What was last reported of a milestone that is not done; what is completed stays completed.
fn partial(
    programme: &str,
    milestone: &str,
    by: NaiveDate,
    index: &Index<'_>,
) -> Option<MilestonePartial> {
    let series = SeriesId::new(programme, "milestone").part(format!("{milestone}.partial"));
    let known = index.figures.of(&series).iter().rev();
    let last = known.take_while(|p| p.broken.is_none()).find_map(|p| {
        let row = p.good?;
        (row.item.period.start <= by).then_some(row)
    })?;
    Some(MilestonePartial {
        percent: last.item.value()?,
        period: last.item.period,
        row: last.sequence,
    })
}

/// The row that says it is done by a day, the day it was done, and whether only the period is known.
fn done<'a>(
    programme: &str,
    milestone: &str,
    by: NaiveDate,
    index: &Index<'a>,
) -> Option<(&'a Recorded<Observation>, NaiveDate, bool)> {
    let known = index
        .figures
        .of(&SeriesId::new(programme, "milestone").part(milestone));
    let row = known
        .iter()
        .rev()
        .filter(|period| period.broken.is_none())
        .filter_map(|period| period.good)
        .find(|row| row.item.period.start <= by)?;
    let is_done = row.item.value().is_some_and(|value| value >= Decimal::ONE);
    let period = row.item.period;
    // A reading with an instant inside its period says the day; one of a whole quarter says only the quarter.
    let observed = taipei_day(row.item.observed_at);
    let (on, within) = match period.kind {
        PeriodKind::Day => (period.end, false),
        _ if observed < period.end && observed >= period.start => (observed, false),
        _ => (period.end, true),
    };
    (is_done && on <= by).then_some((row, on, within))
}

fn evidence(row: &Recorded<Observation>) -> Option<String> {
    match &row.cause {
        Cause::Entry { evidence } => evidence.as_ref().map(|(_, name)| name.clone()),
        Cause::Document { title, .. } => Some(title.clone()),
        Cause::Capture { .. } => None,
    }
}

/// The sum of the weights, percent.
pub(super) fn weights(milestones: &[Milestone]) -> Decimal {
    milestones.iter().fold(Decimal::ZERO, |sum, milestone| {
        sum.checked_add(milestone.weight).unwrap_or(Decimal::MAX)
    })
}

/// 加權進度, the sum of weight × progress (rule `weighted-progress@1`): planned are the weights of what was planned by
/// the day of reference; actual are the weights of what was done by then, and of a milestone that is not done its weight
/// × the part completed. In percent. `None` when there are no milestones, their weights do not add up to 100, or the
/// quarter lies before the plan's first year or the day on which the first of them was decided.
pub(super) fn weighted(
    states: &[MilestoneState],
    programme: &Programme,
    quarter: Quarter,
    index: &Index<'_>,
) -> Option<(Decimal, Decimal)> {
    let milestones = &programme.milestones;
    if states.len() != milestones.len() || weights(milestones) != Decimal::ONE_HUNDRED {
        return None;
    }
    let day = reference_day(quarter, index.day);
    let is_decided = |plan: &MilestonePlan| plan.set_on.is_none_or(|set_on| set_on <= day);
    let plan = index.plans.iter().find(|plan| plan.id == programme.plan);
    if plan.is_some_and(|plan| quarter.year < plan.years.0)
        || !milestones.iter().flat_map(|m| &m.plans).any(is_decided)
    {
        return None;
    }
    let planned = states.iter().filter(|state| state.plan.planned <= day);
    let actual = states
        .iter()
        .map(|state| match (state.done_on, state.partial) {
            (Some(_), _) => Some(state.weight),
            (None, Some(partial)) => state
                .weight
                .checked_mul(partial.percent)?
                .checked_div(Decimal::ONE_HUNDRED),
            (None, None) => Some(Decimal::ZERO),
        });
    let actual = actual.sum::<Option<Decimal>>()?;
    Some((planned.map(|state| state.weight).sum(), actual.normalize()))
}

/// Planned cumulative progress from the weights at a later day, by the plans in force now, in percent.
pub(super) fn planned_by(states: &[MilestoneState], day: NaiveDate) -> Option<Decimal> {
    let all: Decimal = states.iter().map(|s| s.weight).sum();
    let planned = states.iter().filter(|s| s.plan.planned <= day);
    (all == Decimal::ONE_HUNDRED).then(|| planned.map(|s| s.weight).sum())
}
