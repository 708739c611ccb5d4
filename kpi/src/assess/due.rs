//! What people have to fill in a quarter (本季應填).

use super::control::asks_for_cause;
use super::indicator::Watched;
use super::programme::in_quarter;
use super::reading::{Index, months};
use super::{DueEntry, ProgrammeAssessment};
use crate::address::SeriesId;
use crate::calendar::{Period, Quarter};
use crate::indicator::{Frequency, Indicator, Road};
use crate::register::{NarrativePart, Programme, Register};
use chrono::Days;

pub(super) fn due_entries(
    register: &Register,
    quarter: Quarter,
    index: &Index<'_>,
) -> Vec<DueEntry> {
    let lead = |scope: &str| {
        register
            .programme(scope)
            .map(|p| p.lead.clone())
            .unwrap_or_default()
    };
    register
        .indicators()
        .filter(|i| i.road == Road::Entry)
        .flat_map(|indicator| {
            let agency = indicator
                .responsible
                .clone()
                .unwrap_or_else(|| lead(&indicator.series.scope));
            periods(indicator, quarter, index)
                .into_iter()
                .map(move |period| entry(indicator, period, agency.clone(), index))
        })
        .collect()
}

/// Causes, responsibilities and measures that a low rate asks for, and the confirmation that a high one does.
pub(super) fn of_control(
    register: &Register,
    programmes: &[ProgrammeAssessment],
    quarter: Quarter,
    index: &Index<'_>,
) -> Vec<DueEntry> {
    let rules = &register.rules;
    let due_on = quarter
        .end()
        .checked_add_days(Days::new(u64::from(rules.due_days)));
    let entry = |agency: &str, series: SeriesId, told: bool| {
        let known = in_quarter(index.figures.of(&series), quarter);
        let row = known.and_then(|known| known.good);
        DueEntry {
            series,
            period: quarter.period(),
            agency: agency.to_owned(),
            due_on,
            filled: told || row.is_some(),
            row: row.map(|row| row.sequence),
            last: None,
        }
    };
    let mut due = Vec::new();
    for (programme, assessed) in register.programmes.iter().zip(programmes) {
        due.extend(milestones(programme, assessed, quarter, due_on));
    }
    for (programme, assessed) in register.programmes.iter().zip(programmes) {
        let series = |name: &str, part: &str| SeriesId::new(programme.id.as_str(), name).part(part);
        if asks_for_cause(assessed, quarter, rules).is_some() {
            let told = |part: NarrativePart| {
                let narrative = assessed.narrative.as_ref();
                narrative.is_some_and(|told| part.of(told).is_some())
            };
            due.extend(
                NarrativePart::ALL
                    .map(|part| entry(&programme.lead, series("narrative", part.id()), told(part))),
            );
        }
        let rate = assessed.accounts.year_to_date.execution_rate;
        if rate.is_some_and(|rate| rate.fraction() > rules.asking.confirm_above) {
            let confirm = series("confirm", "execution_rate");
            due.push(entry(&programme.lead, confirm, false));
        }
    }
    due
}

/// Milestones planned for the quarter or before that were not done before it: the day each was done, or how much of it
/// is completed. One of the two answers for the quarter.
fn milestones(
    programme: &Programme,
    assessed: &ProgrammeAssessment,
    quarter: Quarter,
    due_on: Option<chrono::NaiveDate>,
) -> Vec<DueEntry> {
    let asked = assessed.milestones.iter().filter(|state| {
        state.plan.planned <= quarter.end() && state.done_on.is_none_or(|on| on >= quarter.start())
    });
    asked
        .flat_map(|state| {
            let part = state.partial;
            let partial = part.filter(|p| p.period.end >= quarter.start());
            let filled = state.done_on.is_some() || partial.is_some();
            let entry = |word: &str, row: Option<i64>, last| DueEntry {
                series: SeriesId::new(programme.id.as_str(), "milestone")
                    .part(format!("{}.{word}", state.id)),
                period: quarter.period(),
                agency: programme.lead.clone(),
                due_on,
                filled,
                row,
                last,
            };
            let before = part.filter(|p| p.period.end < quarter.start());
            let last = before.map(|p| (p.period, p.percent));
            let partly = || entry("partial", partial.map(|p| p.row), last);
            let done = entry("actual", state.row, None);
            [Some(done), state.done_on.is_none().then(partly)]
        })
        .flatten()
        .collect()
}

/// How far back an ended plan is looked for: ten years.
const LOOK_BACK: i32 = 40;

/// The last quarter that asked people for figures, when this one does not: a plan that is over asks no more.
pub(super) fn last_asked(
    register: &Register,
    quarter: Quarter,
    index: &Index<'_>,
) -> Option<Quarter> {
    let asks = |quarter: Quarter| {
        register
            .indicators()
            .filter(|i| i.road == Road::Entry)
            .any(|i| !periods(i, quarter, index).is_empty())
    };
    if asks(quarter) {
        return None;
    }
    (1..=LOOK_BACK)
        .map(|back| quarter.plus(-back))
        .find(|q| asks(*q))
}

fn entry(indicator: &Indicator, period: Period, agency: String, index: &Index<'_>) -> DueEntry {
    let known = index.figures.of(&indicator.series);
    let row = known
        .iter()
        .find(|p| (p.period.start, p.period.end) == (period.start, period.end))
        .and_then(|p| p.good);
    let last = known
        .iter()
        .rev()
        .filter(|p| p.period.end < period.end)
        .find_map(|p| Some((p.period, p.good?.item.value()?)));
    DueEntry {
        series: indicator.series.clone(),
        period,
        agency,
        due_on: indicator
            .due_days
            .and_then(|days| period.end.checked_add_days(Days::new(u64::from(days)))),
        filled: row.is_some(),
        row: row.map(|row| row.sequence),
        last,
    }
}

/// The periods of an indicator that end in the quarter; of a dated milestone its date's quarter and those after it
/// until it is done.
fn periods(indicator: &Indicator, quarter: Quarter, index: &Index<'_>) -> Vec<Period> {
    let outside = |p: &Period| {
        indicator.valid_from.is_some_and(|from| from > p.end)
            || indicator.valid_to.is_some_and(|to| to < p.start)
    };
    let mut periods = match indicator.frequency {
        Frequency::Month => months(quarter).collect(),
        Frequency::Quarter => vec![quarter.period()],
        Frequency::Half if quarter.number.is_multiple_of(2) => {
            Period::half(quarter.year, quarter.number / 2)
                .into_iter()
                .collect()
        }
        Frequency::Year if quarter.number == 4 => vec![Period::year(quarter.year)],
        Frequency::Half | Frequency::Year => Vec::new(),
        Frequency::Once => {
            let watched = Watched::of(indicator, index.day);
            let due = watched
                .targets
                .last()
                .is_some_and(|target| target.period.end <= quarter.end());
            let done_before = index
                .figures
                .of(&indicator.series)
                .iter()
                .any(|p| p.good.is_some() && p.period.end < quarter.start());
            if due && !done_before {
                vec![quarter.period()]
            } else {
                Vec::new()
            }
        }
    };
    periods.retain(|p| !outside(p));
    periods
}
