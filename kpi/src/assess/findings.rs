//! Findings (檢核提示) that follow from what is recorded, without looking at raw answers again. Damaged rows are named
//! by the store, which alone sees them all.

use super::money::Summed;
use super::{Assessment, IndicatorAssessment};
use crate::address::SeriesId;
use crate::calendar::Quarter;
use crate::effective::Effective;
use crate::finding::{DAMAGED_ROW, Finding, Severity};
use crate::indicator::Indicator;
use crate::message::{Arg, Message};
use crate::money::Ratio;
use crate::observation::Parts;
use crate::published::{base_range, gives};
use crate::snapshot::Snapshot;
use rust_decimal::Decimal;
use std::collections::HashSet;

use super::reading::Index;

/// Adds what the assessment noticed.
pub(super) fn findings(
    snapshot: &Snapshot,
    quarter: Quarter,
    index: &Index<'_>,
    assessed: &Assessment,
    summed: &Summed,
    raised: &mut Vec<Finding>,
) {
    for indicator in snapshot.register.indicators() {
        printed_ratios(indicator, quarter, index, raised);
    }
    let programmes = assessed.programmes.iter().flat_map(|p| &p.indicators);
    let nodes = assessed.nodes.iter().flat_map(|n| &n.indicators);
    for indicator in programmes.chain(nodes) {
        changed_target(indicator, quarter, raised);
        let factor = snapshot.register.rules.quality.unit_factor;
        jump(indicator, quarter, index, factor, raised);
    }
    partial_sum(snapshot, quarter, summed, raised);
}

/// What was recorded of this quarter and those before it, and what the assessment raised; a finding recorded under the
/// same id stays as it is.
pub(super) fn with_recorded(
    snapshot: &Snapshot,
    quarter: Quarter,
    raised: impl Iterator<Item = Finding>,
) -> Vec<Finding> {
    let recorded = snapshot.findings.iter();
    let mut all: Vec<Finding> = recorded
        .filter(|f| !is_of_later(f, quarter))
        .cloned()
        .collect();
    let mut known: HashSet<String> = all.iter().map(|f| f.id.clone()).collect();
    all.extend(raised.filter(|f| known.insert(f.id.clone())));
    all
}

/// A finding about a figure of a period that begins after the quarter. A target is set ahead, and a damaged row is
/// wrong whatever is looked at: these stand in every quarter.
fn is_of_later(finding: &Finding, quarter: Quarter) -> bool {
    let figure = finding.figure.as_ref();
    figure.is_some_and(|figure| {
        let begins_later = figure
            .period
            .is_some_and(|period| period.start > quarter.end());
        let is_of_target = figure.series.part.as_deref() == Some("target");
        begins_later && !is_of_target && finding.rule != DAMAGED_ROW
    })
}

/// A printed ratio that its own printed parts do not give: parts kept with the reading, or those of the computed
/// sibling (`success-rate-printed` beside `success-rate-computed`).
fn printed_ratios(
    indicator: &Indicator,
    quarter: Quarter,
    index: &Index<'_>,
    raised: &mut Vec<Finding>,
) {
    let known = index.figures.of(&indicator.series);
    let before = known.partition_point(|p| p.period.end <= quarter.end());
    for figure in &known[..before] {
        let Some((row, value)) = figure.good.and_then(|row| Some((row, row.item.value()?))) else {
            continue;
        };
        let Some(parts) = row
            .item
            .parts
            .or_else(|| sibling_parts(indicator, figure, index))
        else {
            continue;
        };
        let percent = row.item.unit == "percent";
        // "2.40" claims two decimals. Decimals beyond the sixth are those of a division, not of a printed number.
        let decimals = value.scale().min(6);
        let whole = |value: Decimal| (value, value.scale());
        if gives(
            value,
            decimals,
            percent,
            whole(parts.numerator),
            whole(parts.denominator),
        ) {
            continue;
        }
        let fraction = |value: Decimal| {
            Arg::Fraction(if percent {
                value.checked_div(Decimal::ONE_HUNDRED).unwrap_or(value)
            } else {
                value
            })
        };
        let mut text = Message::new(match Ratio::of(parts.numerator, parts.denominator) {
            Some(_) => "finding-printed-ratio",
            None => "finding-printed-ratio-zero",
        })
        .with("printed", fraction(value))
        .with("numerator", parts.numerator)
        .with("denominator", parts.denominator);
        if let Some(given) = Ratio::of(parts.numerator, parts.denominator) {
            text = text.with("given", Arg::Fraction(given.fraction6()));
        }
        text = text.with(
            "base",
            match base_range(value, decimals, percent, parts.numerator) {
                Some((least, most)) => Message::new("finding-printed-ratio-base")
                    .with("least", least)
                    .with("most", most),
                None => Message::new("finding-printed-ratio-no-base"),
            },
        );
        raised.push(Finding::new(
            "printed-ratio@1",
            Severity::Warning,
            Some(indicator.series.clone().at(figure.period)),
            None,
            text,
        ));
    }
}

/// Numerator and denominator of the computed sibling for the same period.
fn sibling_parts(
    indicator: &Indicator,
    figure: &Effective<'_>,
    index: &Index<'_>,
) -> Option<Parts> {
    let stem = indicator.series.name.strip_suffix("-printed")?;
    let sibling = SeriesId::new(indicator.series.scope.as_str(), format!("{stem}-computed"));
    let (over, under) = index.indicators.get(&sibling)?.computed_from.as_ref()?;
    let value = |series: &SeriesId| {
        index
            .figures
            .of(series)
            .iter()
            .find(|p| p.period == figure.period)?
            .good?
            .item
            .value()
    };
    Some(Parts {
        numerator: value(over)?,
        denominator: value(under)?,
    })
}

/// The target in force replaced another one.
fn changed_target(indicator: &IndicatorAssessment, quarter: Quarter, raised: &mut Vec<Finding>) {
    let Some(target) = &indicator.target else {
        return;
    };
    let Some((former, on)) = target.former.filter(|(former, _)| *former != target.value) else {
        return;
    };
    let mut text = Message::new(match on {
        Some(_) => "finding-target-changed",
        None => "finding-target-changed-undated",
    })
    .with("former", former)
    .with("target", target.value);
    if let Some(day) = on {
        text = text.with("day", day);
    }
    raised.push(Finding::new(
        "target-changed@1",
        Severity::Info,
        Some(indicator.series.clone().part("target").at(quarter.period())),
        None,
        text,
    ));
}

/// Ten times the value of the quarter before, or a tenth of it: often a unit that changed. About a thousand times has
/// a finding of its own.
fn jump(
    indicator: &IndicatorAssessment,
    quarter: Quarter,
    index: &Index<'_>,
    unit_factor: u32,
    raised: &mut Vec<Finding>,
) {
    let [.., before, now] = indicator.history.as_slice() else {
        return;
    };
    let (Some(was), Some(is)) = (before.value, now.value) else {
        return;
    };
    let adds_up = index
        .indicators
        .get(&indicator.series)
        .is_some_and(|i| i.combine == crate::indicator::Combine::Cumulative);
    let is_of_units = super::quality::is_unit_factor(was, is, unit_factor);
    if now.definition_break || adds_up || was.is_zero() || is.is_zero() || is_of_units {
        return;
    }
    let (small, large) = (was.abs().min(is.abs()), was.abs().max(is.abs()));
    if small
        .checked_mul(Decimal::TEN)
        .is_none_or(|ten| large < ten)
    {
        return;
    }
    raised.push(Finding::new(
        "value-jump@1",
        Severity::Warning,
        Some(indicator.series.clone().at(quarter.period())),
        None,
        Message::new("finding-value-jump")
            .with("before", was)
            .with("now", is)
            .with("quarter", before.quarter),
    ));
}

/// A total that does not cover every programme says how many it covers.
fn partial_sum(snapshot: &Snapshot, quarter: Quarter, summed: &Summed, raised: &mut Vec<Finding>) {
    let all = snapshot.register.programmes.len();
    if summed.with_money == 0 || summed.in_execution_rate == all {
        return;
    }
    raised.push(Finding::new(
        "partial-sum@1",
        Severity::Info,
        Some(
            SeriesId::new("portfolio", "budget")
                .part("execution_rate")
                .at(quarter.period()),
        ),
        None,
        Message::new("finding-partial-sum")
            .with("known", summed.in_execution_rate)
            .with("all", all),
    ));
}
