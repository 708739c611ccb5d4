//! What the history of a target and the parts of a ratio say: a target lowered after a miss, one that was met before
//! it began, a ratio that rose only because its denominator fell.

use super::indicator::Watched;
use super::reading::Index;
use super::sentence::quantity;
use super::targets::TargetLine;
use super::{Assessment, IndicatorAssessment};
use crate::calendar::Quarter;
use crate::finding::{Finding, Severity};
use crate::indicator::{Direction, Indicator, Kind};
use crate::message::{Arg, Message};
use crate::observation::Qualifier;
use crate::rating::{Rated, rate};
use crate::register::Register;
use crate::rules::Bands;
use crate::status::Status;
use crate::target::Target;
use rust_decimal::{Decimal, RoundingStrategy};

/// Adds what is noticed in a quarter.
pub(super) fn findings(
    register: &Register,
    quarter: Quarter,
    index: &Index<'_>,
    assessed: &Assessment,
    raised: &mut Vec<Finding>,
) {
    let programmes = assessed.programmes.iter().flat_map(|p| &p.indicators);
    let nodes = assessed.nodes.iter().flat_map(|n| &n.indicators);
    for standing in programmes.chain(nodes) {
        let Some(indicator) = index.indicators.get(&standing.series) else {
            continue;
        };
        lowered_after_a_miss(
            indicator,
            standing,
            quarter,
            index,
            &register.rules.bands,
            raised,
        );
        met_at_the_start(indicator, standing, &register.rules.bands, raised);
        rose_by_its_denominator(indicator, standing, quarter, index, raised);
    }
}

fn rated(indicator: &Indicator, actual: Decimal, target: Decimal, upper: Option<Decimal>) -> Rated {
    Rated {
        kind: indicator.kind,
        direction: indicator.direction,
        actual,
        qualifier: Qualifier::Exact,
        target,
        upper,
        baseline: None,
    }
}

/// The target in force replaced a harder one, and the last figure before that day had missed what the harder one
/// asked for then.
fn lowered_after_a_miss(
    indicator: &Indicator,
    standing: &IndicatorAssessment,
    quarter: Quarter,
    index: &Index<'_>,
    bands: &Bands,
    raised: &mut Vec<Finding>,
) {
    let Some(target) = &standing.target else {
        return;
    };
    let Some(set_on) = target.set_on else { return };
    let Some(former) = replaced(indicator, target.period, set_on) else {
        return;
    };
    let Some(decided) = indicator
        .targets
        .iter()
        .rfind(|t| t.period == target.period && t.set_on == Some(set_on))
    else {
        return;
    };
    let easier = match indicator.direction {
        Direction::Higher => decided.value < former.value,
        Direction::Lower => decided.value > former.value,
        Direction::Band | Direction::Done => false,
    };
    let Some(before) = set_on.pred_opt().filter(|_| easier) else {
        return;
    };
    let then = Quarter::last_ended(set_on);
    let Some(asked) = TargetLine::of(indicator, before).at(then) else {
        return;
    };
    let found = Watched::of(indicator, before)
        .stand(then, index, bands)
        .found;
    let Some(figure) = found.figure else { return };
    let rating = rate(
        Rated {
            qualifier: figure.qualifier,
            ..rated(indicator, figure.value, asked.value, asked.upper)
        },
        bands,
    );
    if rating.status == Status::Met || rating.undecided {
        return;
    }
    let unit = &indicator.unit;
    raised.push(Finding::new(
        "target-lowered-after-miss@1",
        Severity::Warning,
        Some(indicator.series.clone().part("target").at(quarter.period())),
        None,
        Message::new("finding-target-lowered")
            .with("former", quantity(former.value, "", unit))
            .with("target", quantity(decided.value, "", unit))
            .with("day", set_on)
            .with("by", who(decided))
            .with("quarter", then)
            .with("actual", quantity(figure.value, "", unit))
            .with("asked", quantity(asked.value, "", unit)),
    ));
}

/// Who decided a target, and in which document.
fn who(target: &Target) -> Arg {
    let known: Vec<&str> = [target.by.as_deref(), target.document.as_deref()]
        .into_iter()
        .flatten()
        .collect();
    if known.is_empty() {
        Arg::Term("finding-target-nobody".into())
    } else {
        Arg::Text(crate::text::clean(&known.join(" ")))
    }
}

/// The decision for the same period that stood until `set_on`.
fn replaced(
    indicator: &Indicator,
    period: crate::calendar::Period,
    set_on: chrono::NaiveDate,
) -> Option<&Target> {
    indicator
        .targets
        .iter()
        .filter(|t| t.period == period && t.set_on.is_none_or(|day| day < set_on))
        .max_by_key(|t| t.set_on)
}

/// Where the indicator started already met its target: it asks for nothing.
fn met_at_the_start(
    indicator: &Indicator,
    standing: &IndicatorAssessment,
    bands: &Bands,
    raised: &mut Vec<Finding>,
) {
    let (Some(baseline), Some(target)) = (&indicator.baseline, &standing.target) else {
        return;
    };
    if indicator.kind == Kind::Milestone || indicator.direction == Direction::Done {
        return;
    }
    // The decided value, not a point on the way to it, which begins at the baseline.
    let decided = indicator
        .targets
        .iter()
        .rfind(|t| t.period == target.period && t.set_on == target.set_on);
    let (value, upper) = decided.map_or((target.value, target.upper), |t| (t.value, t.upper));
    if rate(rated(indicator, baseline.value, value, upper), bands).status != Status::Met {
        return;
    }
    let unit = &indicator.unit;
    raised.push(Finding::new(
        "target-met-at-start@1",
        Severity::Warning,
        Some(indicator.series.clone().part("target").at(target.period)),
        None,
        Message::new("finding-target-met-at-start")
            .with("baseline", quantity(baseline.value, "", unit))
            .with("target", quantity(value, "", unit)),
    ));
}

/// A ratio that is better than the quarter before although less was counted: only what it is counted out of fell.
fn rose_by_its_denominator(
    indicator: &Indicator,
    standing: &IndicatorAssessment,
    quarter: Quarter,
    index: &Index<'_>,
    raised: &mut Vec<Finding>,
) {
    if indicator.kind != Kind::Ratio || indicator.direction != Direction::Higher {
        return;
    }
    let Some(now) = &standing.figure else { return };
    let Some(parts) = now.parts.filter(|_| now.period.quarter() == quarter) else {
        return;
    };
    let Some(before) = index.find(indicator, quarter.previous()).figure else {
        return;
    };
    let Some(was) = before.parts else { return };
    let is_only_the_base = now.value > before.value
        && parts.numerator <= was.numerator
        && parts.denominator < was.denominator
        && now.definition_version == before.definition_version;
    if !is_only_the_base {
        return;
    }
    // Two places, as everywhere, unless the difference would be lost; the parts beside it are exact.
    let rounded = [before.value, now.value]
        .map(|value| value.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero));
    let shown = match rounded[0] == rounded[1] {
        true => [before.value, now.value],
        false => rounded,
    };
    raised.push(Finding::new(
        "ratio-by-denominator@1",
        Severity::Warning,
        Some(indicator.series.clone().at(now.period)),
        None,
        Message::new("finding-ratio-by-denominator")
            .with("before", quantity(shown[0], "", &indicator.unit))
            .with("now", quantity(shown[1], "", &indicator.unit))
            .with("quarter", quarter.previous())
            .with("numerator-before", was.numerator)
            .with("numerator", parts.numerator)
            .with("denominator-before", was.denominator)
            .with("denominator", parts.denominator),
    ));
}
