//! How one programme stands: its indicators, money, progress, risk and tasks.

use super::lagging::lagging;
use super::milestones;
use super::money::MoneyIndex;
use super::reading::{Index, stands_on};
use super::way_out::Ahead;
use super::{IndicatorAssessment, ProgrammeAssessment, ProgressBasis, TaskState, risk};
use crate::address::SeriesId;
use crate::calendar::{Quarter, taipei_day};
use crate::effective::Effective;
use crate::evm::evm;
use crate::programme::{WORST_KNOWN, worst_known};
use crate::register::{Narrative, NarrativePart, Programme, Task};
use crate::rules::Rules;
use crate::status::Status;
use rust_decimal::Decimal;

pub(super) fn assess(
    programme: &Programme,
    indicators: Vec<IndicatorAssessment>,
    quarter: Quarter,
    index: &Index<'_>,
    money: &MoneyIndex<'_>,
    rules: &Rules,
) -> ProgrammeAssessment {
    let weights = || programme.indicators.iter().map(|i| i.weight);
    let now: Vec<_> = indicators.iter().map(|i| i.status).zip(weights()).collect();
    let found = worst_known(&now);
    let history: Vec<_> = quarter
        .last(index.quarters)
        .map(|quarter| {
            let statuses = indicators.iter().filter_map(|i| i.status_in(quarter));
            let then: Vec<_> = statuses.zip(weights()).collect();
            (quarter, worst_known(&then).status)
        })
        .collect();
    let good = |status: Status| matches!(status, Status::Met | Status::OnTrack);

    let (risk_by_rule, risk_history) =
        risk::assess(programme, &indicators, &history, index, money, rules);
    let risk_reported = risk::reported(&programme.id, quarter, index);
    let states = milestones::milestones(&programme.id, &programme.milestones, quarter, index);
    let ahead = Ahead {
        programme: &programme.id,
        index,
        money,
        milestones: &states,
    };
    let accounts = money.programme_accounts(&programme.id, quarter, rules);
    let money = money.programme(&programme.id, quarter, rules);
    let weighted_progress = milestones::weighted(&states, programme, quarter, index);
    let progress = standing(&programme.id, quarter, index, weighted_progress);
    let progress_basis = progress.map(|(_, basis)| basis);
    let progress = progress.map(|(progress, _)| progress);
    let variance_points = progress.and_then(|(planned, actual)| actual.checked_sub(planned));
    ProgrammeAssessment {
        id: programme.id.clone(),
        status: found.status,
        unknown_cause: found.unknown_cause,
        rule: found.rule,
        rule_id: WORST_KNOWN.to_owned(),
        good: (
            indicators.iter().filter(|i| good(i.status)).count(),
            // A value without a target is shown, not rated: it is not among those that could be good.
            indicators
                .iter()
                .filter(|i| i.status != Status::NoTarget)
                .count(),
        ),
        lagging: lagging(
            programme,
            &money,
            (progress, progress_basis),
            quarter,
            rules,
            &ahead,
        ),
        evm: evm(&money, progress),
        money,
        accounts,
        weighted_progress,
        milestones: states,
        progress,
        progress_basis,
        variance_points,
        narrative: narrative(programme, quarter, index),
        risk: risk_reported.as_ref().map(|reported| reported.level),
        risk_reported,
        risk_by_rule,
        risk_history,
        tasks: tasks(&programme.id, &programme.tasks, quarter, index),
        history,
        // Figures printed once, which nobody has to report again, do not make a programme's data old.
        oldest_days: programme
            .indicators
            .iter()
            .zip(&indicators)
            .filter(|(definition, _)| !stands_on(definition))
            .filter_map(|(_, assessed)| assessed.age_days)
            .max(),
        indicators,
    }
}

/// The reading of a quarter, if there is a good one.
pub(super) fn in_quarter<'r, 'a>(
    known: &'r [Effective<'a>],
    quarter: Quarter,
) -> Option<&'r Effective<'a>> {
    let before = known.partition_point(|p| p.period.end <= quarter.end());
    known
        .get(..before)?
        .iter()
        .rev()
        .take_while(|p| p.period.end >= quarter.start())
        .find(|p| p.good.is_some() || p.broken.is_some())
        .filter(|p| p.broken.is_none())
}

pub(super) fn value(id: SeriesId, quarter: Quarter, index: &Index<'_>) -> Option<Decimal> {
    in_quarter(index.figures.of(&id), quarter)?
        .good?
        .item
        .value()
}

/// The progress the rules look at: as reported for the quarter, if both parts are; the weighted progress of the
/// milestones where neither is. Half a report is not filled up with the other kind.
fn standing(
    programme: &str,
    quarter: Quarter,
    index: &Index<'_>,
    weighted: Option<(Decimal, Decimal)>,
) -> Option<((Decimal, Decimal), ProgressBasis)> {
    let part = |part: &str| {
        let series = SeriesId::new(programme, "progress").part(part);
        value(series, quarter, index)
    };
    match (part("planned"), part("actual")) {
        (Some(planned), Some(actual)) => Some(((planned, actual), ProgressBasis::Reported)),
        (None, None) => Some((weighted?, ProgressBasis::Milestones)),
        _ => None,
    }
}

/// The same of any quarter.
pub(super) fn progress(
    programme: &Programme,
    quarter: Quarter,
    index: &Index<'_>,
) -> Option<(Decimal, Decimal)> {
    let weighted = || {
        let listed = &programme.milestones;
        let states = milestones::milestones(&programme.id, listed, quarter, index);
        milestones::weighted(&states, programme, quarter, index)
    };
    let weighted = (!programme.milestones.is_empty()).then(weighted).flatten();
    standing(&programme.id, quarter, index, weighted).map(|(progress, _)| progress)
}

/// What the file says of the quarter, replaced part by part by what people entered.
fn narrative(programme: &Programme, quarter: Quarter, index: &Index<'_>) -> Option<Narrative> {
    let mut told = programme
        .narratives
        .iter()
        .find(|n| n.quarter == quarter)
        .cloned();
    for part in NarrativePart::ALL {
        let series = SeriesId::new(programme.id.as_str(), "narrative").part(part.id());
        let row = in_quarter(index.figures.of(&series), quarter).and_then(|known| known.good);
        let Some(text) = row.and_then(|row| row.item.printed.clone()) else {
            continue;
        };
        let told = told.get_or_insert(Narrative {
            quarter,
            reason: None,
            measure: None,
            responsible: None,
            reported_on: None,
        });
        *part.of_mut(told) = Some(text);
        told.reported_on = told
            .reported_on
            .max(row.map(|row| taipei_day(row.recorded_at)));
    }
    told
}

/// How the printed tasks of a programme or node stand at a quarter's end.
pub(super) fn tasks(
    scope: &str,
    tasks: &[Task],
    quarter: Quarter,
    index: &Index<'_>,
) -> Vec<TaskState> {
    tasks
        .iter()
        .map(|task| {
            let series = SeriesId::new(scope, "task").part(task.id.as_str());
            let known = index.figures.of(&series);
            let before = known.partition_point(|p| p.period.end <= quarter.end());
            let row = known
                .get(..before)
                .and_then(|known| known.iter().rev().find_map(|p| p.good))
                .filter(|row| row.intact);
            let done = row.is_some_and(|row| row.item.value().is_some_and(|v| v >= Decimal::ONE));
            TaskState {
                id: task.id.clone(),
                done,
                done_on: row
                    .filter(|_| done)
                    .map(|row| taipei_day(row.item.observed_at)),
                row: row.map(|row| row.sequence),
            }
        })
        .collect()
}
