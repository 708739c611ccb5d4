//! Will the target be met in its period: forecasts of indicators and of the year's execution, made when asked for.

use super::money::MoneyIndex;
use super::reading::{Index, is_milestone, stands_on, window};
use super::targets::TargetLine;
use crate::address::SeriesId;
use crate::calendar::{Period, Quarter};
use crate::forecast::{Ahead, Backtest, NoForecast, Projection, probability, project};
use crate::indicator::{Combine, Direction, Frequency, Indicator};
use crate::money::Span;
use crate::observation::Qualifier;
use crate::snapshot::Snapshot;
use rust_decimal::{Decimal, RoundingStrategy};
use std::collections::BTreeMap;

/// Readings looked at for a forecast, at most.
const MOST_READINGS: usize = 60;
/// The execution rate that the year should reach: the limit of NDC's rule of 110Q2, in percent.
const EXECUTION_LIMIT_PERCENT: i64 = 90;

/// What is expected of a series up to the period of its next target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Forecast {
    /// The last quarter that is known.
    pub last: Quarter,
    /// Quarters ahead with value and band; the last is the target's.
    pub points: Vec<(Quarter, Ahead)>,
    /// The target to reach, or the lower edge of its band.
    pub target: Decimal,
    /// Upper edge of a band.
    pub upper: Option<Decimal>,
    /// The target's period.
    pub target_period: Period,
    /// Probability that the target is met in its period, a fraction with four decimals.
    pub probability: Decimal,
    /// The model has a trend.
    pub has_trend: bool,
    /// Readings it was fitted on.
    pub readings: usize,
    /// How well the method would have done.
    pub backtest: Option<Backtest>,
}

/// Forecast of one series, or why there is none.
pub type Outlook = Result<Forecast, NoForecast>;

/// Forecasts of the register's indicators as known in a quarter; only this one, if one is named.
///
/// Each fits a model and its back-test, so they are made when they are looked at and not with the assessment.
pub fn outlooks(
    snapshot: &Snapshot,
    quarter: Quarter,
    only: Option<&SeriesId>,
) -> BTreeMap<SeriesId, Outlook> {
    super::quality::settled(snapshot, (quarter, super::HISTORY), |settled| {
        let indicators = snapshot.register.indicators();
        indicators
            .filter(|i| only.is_none_or(|only| i.series == *only))
            .map(|i| (i.series.clone(), of_indicator(i, quarter, &settled.index)))
            .collect()
    })
}

fn of_indicator(indicator: &Indicator, quarter: Quarter, index: &Index<'_>) -> Outlook {
    if is_milestone(indicator)
        || stands_on(indicator)
        || indicator.combine == Combine::Cumulative
        || indicator.frequency == Frequency::Once
    {
        return Err(NoForecast::Irregular);
    }
    let step: i32 = match indicator.frequency {
        Frequency::Half => 2,
        Frequency::Year => 4,
        Frequency::Month | Frequency::Quarter | Frequency::Once => 1,
    };
    let (last, values) = regular(indicator, quarter, step, index);
    let Some(last) = last else {
        return Err(NoForecast::TooFew(0, crate::forecast::LEAST_POINTS));
    };
    let targets = TargetLine::of(indicator, index.day);
    let target = targets.next_after(last).ok_or(NoForecast::NothingAhead)?;
    let ends = target.period.quarter();
    let steps = steps_to(last, ends, step)?;
    let projected = project(&values, steps)?;
    let (from, to) = match indicator.direction {
        Direction::Higher | Direction::Done => (Some(target.value), None),
        Direction::Lower => (None, Some(target.value)),
        Direction::Band => (Some(target.value), target.upper),
    };
    forecast(
        last,
        step,
        projected,
        (from, to),
        target.value,
        target.upper,
        target.period,
    )
}

/// Steps from the last known quarter to the end of the target's period.
fn steps_to(last: Quarter, ends: Quarter, step: i32) -> Result<usize, NoForecast> {
    let quarters = ends.ordinal() - last.ordinal();
    usize::try_from(quarters.div_euclid(step))
        .ok()
        .filter(|steps| *steps > 0)
        .ok_or(NoForecast::NothingAhead)
}

#[allow(clippy::too_many_arguments)]
fn forecast(
    last: Quarter,
    step: i32,
    projected: Projection,
    (from, to): (Option<Decimal>, Option<Decimal>),
    target: Decimal,
    upper: Option<Decimal>,
    target_period: Period,
) -> Outlook {
    let points: Vec<(Quarter, Ahead)> = (1..)
        .zip(&projected.ahead)
        .map(|(n, ahead)| (last.plus(n * step), *ahead))
        .collect();
    let at_target = points.last().map(|(_, ahead)| *ahead);
    let probability = at_target
        .and_then(|ahead| probability(&ahead, from, to))
        .ok_or(NoForecast::NoModel)?;
    Ok(Forecast {
        last,
        points,
        target,
        upper,
        target_period,
        probability,
        has_trend: projected.has_trend,
        readings: projected.points,
        backtest: projected.backtest,
    })
}

/// The last known quarter and the values up to it, oldest first: without a gap, under one definition, and none that
/// is only a bound or still grows.
fn regular(
    indicator: &Indicator,
    quarter: Quarter,
    step: i32,
    index: &Index<'_>,
) -> (Option<Quarter>, Vec<Decimal>) {
    let mut values = Vec::new();
    let mut last = None;
    let mut version = None;
    let mut at = quarter;
    // The last period of the indicator's rhythm that ends with the quarter or before it.
    while window(indicator.frequency, at).quarter() != at {
        at = at.previous();
    }
    for back in 0..MOST_READINGS {
        let found = index.find(indicator, at);
        let figure = found.figure.filter(|f| {
            f.period.quarter() == at
                && matches!(f.qualifier, Qualifier::Exact | Qualifier::About)
                && !found.growing
                && found.broken.is_none()
        });
        match figure {
            Some(figure) if version.is_none_or(|v| v == figure.definition_version) => {
                version = Some(figure.definition_version);
                last = last.or(Some(at));
                values.push(figure.value);
            }
            Some(_) => break,
            // What has not come yet is no gap; one quarter after another without it is.
            None if last.is_none() && back < 4 => {}
            None => break,
        }
        at = at.plus(-step);
    }
    values.reverse();
    (last, values)
}

/// Will the year's execution rate (執行率) of each programme reach the limit of NDC's rule by the year's end? In
/// percent; only of this programme, if one is named.
pub fn execution_outlooks(
    snapshot: &Snapshot,
    quarter: Quarter,
    only: Option<&str>,
) -> BTreeMap<String, Outlook> {
    let money = MoneyIndex::of(&snapshot.money, &snapshot.register.budget_changes);
    snapshot
        .register
        .programmes
        .iter()
        .filter(|p| only.is_none_or(|only| p.id == only))
        .map(|p| (p.id.clone(), of_execution(snapshot, quarter, &p.id, &money)))
        .collect()
}

fn of_execution(
    snapshot: &Snapshot,
    quarter: Quarter,
    programme: &str,
    money: &MoneyIndex<'_>,
) -> Outlook {
    let rules = &snapshot.register.rules;
    let mut values = Vec::new();
    let mut at = quarter;
    while values.len() < MOST_READINGS {
        let standing = money.programme(programme, at, rules);
        let of_quarter = standing.span == Some(Span::YearToDate)
            && standing.period.is_some_and(|p| p.quarter() == at);
        let Some(rate) = standing.execution_rate.filter(|_| of_quarter) else {
            break;
        };
        values.push(percent(rate.fraction()));
        at = at.previous();
    }
    values.reverse();
    let ends = Quarter {
        number: 4,
        ..quarter
    };
    let steps = steps_to(quarter, ends, 1)?;
    let projected = project(&values, steps)?;
    let limit = Decimal::from(EXECUTION_LIMIT_PERCENT);
    let year = Period::year(quarter.year);
    forecast(
        quarter,
        1,
        projected,
        (Some(limit), None),
        limit,
        None,
        year,
    )
}

fn percent(fraction: Decimal) -> Decimal {
    (fraction * Decimal::ONE_HUNDRED)
        .round_dp_with_strategy(4, RoundingStrategy::MidpointAwayFromZero)
}
