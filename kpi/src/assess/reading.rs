//! The figure of an indicator in a quarter, from the readings that count.

use super::Figure;
use crate::address::SeriesId;
use crate::calendar::{Period, PeriodKind, Quarter, taipei_day};
use crate::effective::{Effective, Figures, effective};
use crate::indicator::{Combine, Direction, Frequency, Indicator, Kind, Road};
use crate::message::Message;
use crate::observation::{Act, Cause, Observation, Parts, Qualifier, Reading, Recorded, Stage};
use crate::register::Plan;
use crate::snapshot::Snapshot;
use chrono::{Datelike, Days, NaiveDate};
use foldhash::fast::RandomState;
use rust_decimal::{Decimal, RoundingStrategy};
use std::collections::HashMap;

/// Rows and definitions, indexed once for a whole assessment.
pub(super) struct Index<'a> {
    pub figures: Figures<'a>,
    pub indicators: HashMap<&'a SeriesId, &'a Indicator, RandomState>,
    pub plans: &'a [Plan],
    /// Day in Taipei of the as-of instant.
    pub day: NaiveDate,
    /// Quarters that are looked at, the assessed one last.
    pub quarters: usize,
}

/// What was found for an indicator in a quarter.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub figure: Option<Figure>,
    /// Refused text and reason, when the latest reading was refused.
    pub refused: Option<(String, Message)>,
    /// A row whose checksum did not match would decide the figure.
    pub broken: Option<i64>,
    /// A computed ratio whose denominator is zero.
    pub zero_denominator: bool,
    /// The first month of the quarter whose due day passed without the reading that the figure needs, and that day.
    pub overdue: Option<(Period, NaiveDate)>,
    /// A sum whose window is not over: it still grows.
    pub growing: bool,
}

/// The reporting period that a quarter shows: the last one that ends with it or before it.
pub(super) fn window(frequency: Frequency, quarter: Quarter) -> Period {
    match frequency {
        Frequency::Month | Frequency::Quarter | Frequency::Once => quarter.period(),
        Frequency::Half => {
            let (year, half) = match quarter.number {
                1 => (quarter.year - 1, 2),
                2 | 3 => (quarter.year, 1),
                _ => (quarter.year, 2),
            };
            Period::half(year, half).unwrap_or_else(|| quarter.period())
        }
        Frequency::Year if quarter.number == 4 => Period::year(quarter.year),
        Frequency::Year => Period::year(quarter.year - 1),
    }
}

/// The three months of a quarter.
pub(super) fn months(quarter: Quarter) -> impl Iterator<Item = Period> {
    let first = u32::from(quarter.number) * 3 - 2;
    (first..first + 3).filter_map(move |month| Period::month(quarter.year, month))
}

/// The reporting period that a quarter lies in.
pub(super) fn period_around(frequency: Frequency, quarter: Quarter) -> Period {
    let ends = match frequency {
        Frequency::Month | Frequency::Quarter | Frequency::Once => 0,
        Frequency::Half => i32::from(quarter.number % 2),
        Frequency::Year => 4 - i32::from(quarter.number),
    };
    window(frequency, quarter.plus(ends))
}

/// Done is done: neither a quarter nor a document changes it.
pub(super) fn is_milestone(indicator: &Indicator) -> bool {
    indicator.kind == Kind::Milestone || indicator.direction == Direction::Done
}

/// Printed once, done once, or nobody has to report it: the latest figure stands on.
pub(super) fn stands_on(indicator: &Indicator) -> bool {
    is_milestone(indicator)
        || indicator.frequency == Frequency::Once
        || indicator.road == Road::Document
        || indicator.road == Road::Computed && indicator.due_days.is_none()
}

impl<'a> Index<'a> {
    /// Of all readings of a snapshot, at its day; so many quarters are looked at.
    pub fn of(snapshot: &'a Snapshot, quarters: usize) -> Self {
        let indicators = snapshot.register.indicators();
        Index {
            figures: effective(&snapshot.observations),
            indicators: indicators.map(|i| (&i.series, i)).collect(),
            plans: &snapshot.register.plans,
            day: taipei_day(snapshot.as_of),
            quarters,
        }
    }

    /// The figure of an indicator in a quarter.
    pub fn find(&self, indicator: &Indicator, quarter: Quarter) -> Found {
        match (indicator.road, &indicator.computed_from) {
            (Road::Computed, Some((numerator, denominator))) => {
                self.computed(indicator, numerator, denominator, quarter)
            }
            _ => {
                let taking = Taking::of(indicator);
                let mut found = self.direct(&indicator.series, taking, quarter);
                let window = window(indicator.frequency, quarter);
                found.growing = found.figure.is_some()
                    && !taking.stands_on
                    && matches!(taking.combine, Combine::Sum | Combine::Cumulative)
                    && self.day < window.end;
                found.overdue = self.overdue(indicator, quarter);
                found
            }
        }
    }

    /// The first overdue month of a monthly indicator. For the last reading of a quarter a later month makes up for
    /// a missing one; sums, means and maxima need every month.
    fn overdue(&self, indicator: &Indicator, quarter: Quarter) -> Option<(Period, NaiveDate)> {
        let due_days = indicator.due_days.map(|days| Days::new(u64::from(days)))?;
        if indicator.frequency != Frequency::Month || stands_on(indicator) {
            return None;
        }
        let known = self.figures.of(&indicator.series);
        let there = |month: Period| {
            known.iter().filter(|p| p.good.is_some()).any(|p| {
                let inside = p.period.end >= month.start && p.period.start <= month.end;
                let later = indicator.combine == Combine::Last
                    && p.period.end >= month.start
                    && p.period.end <= quarter.end();
                inside || later
            })
        };
        let asked = |month: Period| {
            indicator.valid_from.is_none_or(|from| from <= month.end)
                && indicator.valid_to.is_none_or(|to| to >= month.start)
        };
        months(quarter)
            .filter(|month| asked(*month) && !there(*month))
            .filter_map(|month| Some((month, month.end.checked_add_days(due_days)?)))
            .find(|(_, due)| self.day > *due)
    }

    fn direct(&self, series: &SeriesId, rules: Taking<'_>, quarter: Quarter) -> Found {
        let known = self.figures.of(series);
        if rules.stands_on {
            let before = known.partition_point(|p| p.period.end <= quarter.end());
            return combine(&known[..before], rules, None, Combine::Last);
        }
        let window = window(rules.frequency, quarter);
        let complete = self.day >= window.end;
        if rules.combine == Combine::Cumulative {
            let now = candidates(known, window);
            if now.iter().all(|p| p.good.is_none()) {
                return combine(&now, rules, None, Combine::Last);
            }
            let year = year_to_date(window);
            return combine(
                &candidates(known, year),
                rules,
                Some((year, complete)),
                Combine::Sum,
            );
        }
        combine(
            &candidates(known, window),
            rules,
            Some((window, complete)),
            rules.combine,
        )
    }

    fn computed(
        &self,
        indicator: &Indicator,
        over: &SeriesId,
        under: &SeriesId,
        quarter: Quarter,
    ) -> Found {
        let part = |series: &SeriesId, quarter: Quarter| {
            // A part combines by its own definition but stands where the ratio stands.
            let mut taking = Taking::of(indicator);
            if let Some(own) = self.indicators.get(series) {
                taking.combine = own.combine;
                taking.unit = &own.unit;
            }
            self.direct(series, taking, quarter)
        };
        let (top, bottom) = (part(over, quarter), part(under, quarter));
        let mut found = Found {
            refused: top.refused.or(bottom.refused),
            broken: top.broken.or(bottom.broken),
            ..Found::default()
        };
        if let (Some(top), Some(bottom)) = (top.figure, bottom.figure)
            && top.period == bottom.period
        {
            if bottom.value.is_zero() {
                found.zero_denominator = true;
            } else {
                found.figure = ratio_figure(indicator, top, bottom);
            }
        }
        found
    }
}

/// How readings of a series are taken: by its own way of combining, at the places of the indicator shown.
#[derive(Clone, Copy)]
struct Taking<'a> {
    combine: Combine,
    frequency: Frequency,
    stands_on: bool,
    unit: &'a str,
}

impl<'a> Taking<'a> {
    fn of(indicator: &'a Indicator) -> Self {
        Self {
            combine: indicator.combine,
            frequency: indicator.frequency,
            stands_on: stands_on(indicator),
            unit: &indicator.unit,
        }
    }
}

/// Readings inside the window; only where there is none, longer ones that end with it (an annual figure at its
/// year's last quarter). A reading that lies inside a longer good one says the same again and is left out.
fn candidates<'a>(known: &[Effective<'a>], window: Period) -> Vec<Effective<'a>> {
    let first = known.partition_point(|p| p.period.end < window.start);
    let last = known.partition_point(|p| p.period.end <= window.end);
    let ending_here = known.get(first..last).unwrap_or(&[]);
    let mut inside: Vec<Effective<'a>> = ending_here
        .iter()
        .filter(|p| p.period.start >= window.start)
        .copied()
        .collect();
    if inside.iter().all(|p| p.good.is_none()) {
        let last_quarter = window.quarter();
        inside.extend(
            ending_here
                .iter()
                .filter(|p| p.period.start < window.start && p.period.quarter() == last_quarter),
        );
    }
    if inside.len() > 1 {
        let covering: Vec<Period> = inside
            .iter()
            .filter(|p| p.good.is_some())
            .map(|p| p.period)
            .collect();
        inside.retain(|p| {
            !covering
                .iter()
                .any(|c| (c.start, c.end) != (p.period.start, p.period.end) && c.contains(p.period))
        });
    }
    inside
}

fn year_to_date(window: Period) -> Period {
    let start = NaiveDate::from_ymd_opt(window.end.year(), 1, 1).unwrap_or(window.start);
    let quarter = window.quarter();
    let kind = match quarter.number {
        1 => PeriodKind::Quarter,
        2 => PeriodKind::Half,
        4 => PeriodKind::Year,
        _ => PeriodKind::Span,
    };
    Period {
        start,
        end: window.end,
        kind,
    }
}

/// `over`: the window the readings should fill, and whether it is over.
fn combine(
    known: &[Effective<'_>],
    rules: Taking<'_>,
    over: Option<(Period, bool)>,
    how: Combine,
) -> Found {
    let mut found = Found::default();
    let mut good: Vec<&Recorded<Observation>> = known.iter().filter_map(|p| p.good).collect();
    if let Some(latest) = known
        .iter()
        .rev()
        .find(|p| p.good.is_some() || p.refused.is_some())
        && let Some(refused) = latest.refused
        && let Reading::Rejected(reason) = &refused.item.reading
    {
        found.refused = Some((
            refused.item.printed.clone().unwrap_or_default(),
            reason.clone(),
        ));
    }
    found.broken = match how {
        // Only the reading that decides matters, and that is the latest.
        Combine::Last => known.last().and_then(|p| p.broken),
        _ => known.iter().find_map(|p| p.broken),
    }
    .map(|row| row.sequence);
    // Readings under different definitions are not put together.
    if let Some(version) = good.last().map(|row| row.item.definition_version) {
        good.retain(|row| row.item.definition_version == version);
    }
    found.figure = match how {
        Combine::Last => good.last().and_then(|row| single(row)),
        Combine::Max => good
            .iter()
            .max_by_key(|row| row.item.value())
            .and_then(|row| single(row)),
        Combine::Mean => mean(&good, rules, over),
        Combine::Sum | Combine::Cumulative => sum(&good, over),
    };
    found
}

fn single(row: &Recorded<Observation>) -> Option<Figure> {
    Some(Figure {
        value: row.item.value()?,
        qualifier: row.item.qualifier,
        stage: row.item.stage,
        period: row.item.period,
        parts: row.item.parts,
        observed_at: row.item.observed_at,
        recorded_at: row.recorded_at,
        rows: vec![row.sequence],
        source: source(&row.cause).to_owned(),
        printed: row.item.printed.clone(),
        corrected: matches!(row.act, Act::Correct(_)),
        definition_version: row.item.definition_version,
    })
}

fn source(cause: &Cause) -> &str {
    match cause {
        Cause::Capture { source, .. } => source,
        Cause::Entry { .. } => "entry",
        Cause::Document { .. } => "document",
    }
}

/// One figure of several readings; `observed_at` is the latest day that is true for all of it.
fn joined(rows: &[&Recorded<Observation>], value: Decimal, period: Period) -> Option<Figure> {
    let mut figure = single(rows.last()?)?;
    figure.value = value;
    figure.period = period;
    figure.parts = None;
    figure.printed = None;
    figure.rows = rows.iter().map(|row| row.sequence).collect();
    figure.corrected = rows.iter().any(|row| matches!(row.act, Act::Correct(_)));
    for row in rows {
        figure.recorded_at = figure.recorded_at.max(row.recorded_at);
        figure.observed_at = figure.observed_at.max(row.item.observed_at);
        figure.stage = less_settled(figure.stage, row.item.stage);
        figure.qualifier = of_both(figure.qualifier, row.item.qualifier);
    }
    Some(figure)
}

fn sum(rows: &[&Recorded<Observation>], over: Option<(Period, bool)>) -> Option<Figure> {
    if let [one] = rows
        && over.is_none_or(|(window, _)| one.item.period.contains(window))
    {
        return single(one);
    }
    let mut total = Decimal::ZERO;
    for row in rows {
        total = total.checked_add(row.item.value()?)?;
    }
    let (window, complete) = over?;
    let mut figure = joined(rows, total, window)?;
    let days: i64 = rows.iter().map(|row| row.item.period.days()).sum();
    let by_days = rows
        .iter()
        .any(|row| row.item.period.kind == PeriodKind::Day);
    if complete && !by_days && days < window.days() {
        // A missing part is not a zero: the known parts are the least it can be, if none is negative.
        if rows
            .iter()
            .any(|row| row.item.value().is_some_and(|v| v < Decimal::ZERO))
        {
            return None;
        }
        figure.qualifier = of_both(figure.qualifier, Qualifier::AtLeast);
    }
    Some(figure)
}

/// The mean; of ratios that all come with parts, the ratio of the summed parts.
fn mean(
    rows: &[&Recorded<Observation>],
    rules: Taking<'_>,
    over: Option<(Period, bool)>,
) -> Option<Figure> {
    if let [one] = rows {
        return single(one);
    }
    let window = over?.0;
    let parts: Option<Vec<Parts>> = rows.iter().map(|row| row.item.parts).collect();
    if let Some(parts) = parts {
        let mut all = Parts {
            numerator: Decimal::ZERO,
            denominator: Decimal::ZERO,
        };
        for part in parts {
            all.numerator = all.numerator.checked_add(part.numerator)?;
            all.denominator = all.denominator.checked_add(part.denominator)?;
        }
        let mut figure = joined(rows, ratio(all, rules.unit)?, window)?;
        figure.parts = Some(all);
        return Some(figure);
    }
    let mut total = Decimal::ZERO;
    for row in rows {
        total = total.checked_add(row.item.value()?)?;
    }
    joined(
        rows,
        six(total.checked_div(Decimal::from(rows.len()))?),
        window,
    )
}

/// Numerator over denominator in the unit (× 100 for percent), to 6 decimals; the parts stay exact beside it.
fn ratio(parts: Parts, unit: &str) -> Option<Decimal> {
    let factor = if unit == "percent" {
        Decimal::ONE_HUNDRED
    } else {
        Decimal::ONE
    };
    Some(six(parts
        .numerator
        .checked_mul(factor)?
        .checked_div(parts.denominator)?))
}

fn six(value: Decimal) -> Decimal {
    value
        .round_dp_with_strategy(6, RoundingStrategy::MidpointAwayFromZero)
        .normalize()
}

fn ratio_figure(indicator: &Indicator, top: Figure, bottom: Figure) -> Option<Figure> {
    let parts = Parts {
        numerator: top.value,
        denominator: bottom.value,
    };
    let qualifier = match (top.qualifier, bottom.qualifier) {
        (over, Qualifier::Exact) => over,
        _ => Qualifier::About,
    };
    let mut rows = top.rows;
    rows.extend(bottom.rows);
    Some(Figure {
        value: ratio(parts, &indicator.unit)?,
        qualifier,
        stage: less_settled(top.stage, bottom.stage),
        period: top.period,
        parts: Some(parts),
        observed_at: top.observed_at.min(bottom.observed_at),
        recorded_at: top.recorded_at.max(bottom.recorded_at),
        rows,
        source: "computed".to_owned(),
        printed: None,
        corrected: top.corrected || bottom.corrected,
        definition_version: indicator.definition_version,
    })
}

fn less_settled(a: Stage, b: Stage) -> Stage {
    match (a, b) {
        (Stage::Provisional, _) | (_, Stage::Provisional) => Stage::Provisional,
        (Stage::Revised, _) | (_, Stage::Revised) => Stage::Revised,
        (Stage::Final, Stage::Final) => Stage::Final,
    }
}

/// What a sum of two claims claims.
fn of_both(a: Qualifier, b: Qualifier) -> Qualifier {
    use Qualifier::{About, AtLeast, AtMost, Exact, LessThan, MoreThan};
    match (a, b) {
        _ if a == b => a,
        (Exact, other) | (other, Exact) => other,
        (AtLeast | MoreThan, AtLeast | MoreThan) => AtLeast,
        (AtMost | LessThan, AtMost | LessThan) => AtMost,
        _ => About,
    }
}
