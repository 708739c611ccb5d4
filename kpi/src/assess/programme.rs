//! How one programme stands: its indicators, money, progress, risk and tasks.

use super::indicator::{HISTORY, Watched};
use super::lagging::lagging;
use super::money::MoneyIndex;
use super::reading::{Index, stands_on};
use super::{ProgrammeAssessment, TaskState, risk};
use crate::address::SeriesId;
use crate::calendar::{Quarter, taipei_day};
use crate::effective::Effective;
use crate::evm::evm;
use crate::programme::{WORST_KNOWN, worst_known};
use crate::register::{Programme, Task};
use crate::rules::Rules;
use crate::status::Status;
use rust_decimal::Decimal;

pub(super) fn assess(
    programme: &Programme,
    quarter: Quarter,
    index: &Index<'_>,
    money: &MoneyIndex<'_>,
    rules: &Rules,
) -> ProgrammeAssessment {
    let indicators: Vec<_> = programme
        .indicators
        .iter()
        .map(|i| Watched::of(i, index.day).assess(quarter, index, &rules.bands))
        .collect();
    let weights = || programme.indicators.iter().map(|i| i.weight);
    let now: Vec<_> = indicators.iter().map(|i| i.status).zip(weights()).collect();
    let found = worst_known(&now);
    let history: Vec<_> = (0..HISTORY)
        .filter_map(|at| {
            let at = usize::try_from(at).ok()?;
            let then: Vec<_> = indicators
                .iter()
                .filter_map(|i| i.history.get(at).map(|point| point.status))
                .zip(weights())
                .collect();
            let offset = i32::try_from(at).ok()? + 1 - HISTORY;
            Some((quarter.plus(offset), worst_known(&then).status))
        })
        .collect();
    let good = |status: Status| matches!(status, Status::Met | Status::OnTrack);

    let (risk_by_rule, risk_history) =
        risk::assess(programme, &indicators, &history, index, money, rules);
    let risk_reported = risk::reported(&programme.id, quarter, index);
    let money = money.programme(&programme.id, quarter, rules);
    let progress = progress(&programme.id, quarter, index);
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
        lagging: lagging(programme, &money, variance_points, quarter, rules),
        evm: evm(&money, progress),
        money,
        progress,
        variance_points,
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

/// Planned and actual cumulative progress, if both are known for the quarter.
pub(super) fn progress(
    programme: &str,
    quarter: Quarter,
    index: &Index<'_>,
) -> Option<(Decimal, Decimal)> {
    let part = |part: &str| {
        value(
            SeriesId::new(programme, "progress").part(part),
            quarter,
            index,
        )
    };
    part("planned").zip(part("actual"))
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
