//! Lagging plans (落後計畫) under the rule set in force.

use super::way_out::{Ahead, WayOut};
use super::{MoneyAssessment, ProgressBasis, money::planned_ntd};
use crate::calendar::Quarter;
use crate::message::{Arg, Message};
use crate::money::{AmountKind, Ratio, Span};
use crate::money_rates::{bases, ratio};
use crate::register::Programme;
use crate::rules::{Condition, Measure, RuleSet, Rules};
use rust_decimal::Decimal;

/// One condition of a rule set with its inputs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LaggingCondition {
    /// The condition.
    pub condition: Condition,
    /// What was compared, as a sentence.
    pub text: Message,
    /// Its value, as a fraction or percentage points.
    pub value: Option<Decimal>,
    /// Numerator and denominator of a ratio, whole NT$.
    pub parts: Option<Ratio>,
    /// Whether it holds; `None` when unknown.
    pub holds: Option<bool>,
}

/// Lagging plan (落後計畫) under the rule set in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lagging {
    /// Rule id (`ndc-110q2`).
    pub rule_id: String,
    /// Its conditions with their values.
    pub conditions: Vec<LaggingCondition>,
    /// `Some(true)`: named as lagging. `None`: not decidable or not applicable (Q1, control level).
    pub lagging: Option<bool>,
    /// Why the rule does not look at this programme or quarter.
    pub not_looked_at: Option<Message>,
    /// For a plan that is named: what takes it off the list by the next cut-off.
    pub way_out: Option<WayOut>,
}

/// Whether a programme is named as lagging in a quarter: all conditions of the rule set hold on 年累計.
pub(super) fn lagging(
    programme: &Programme,
    money: &MoneyAssessment,
    (progress, basis): (Option<(Decimal, Decimal)>, Option<ProgressBasis>),
    quarter: Quarter,
    rules: &Rules,
    ahead: &Ahead<'_>,
) -> Lagging {
    let rule = &rules.lagging;
    let variance = progress.and_then(|(planned, actual)| actual.checked_sub(planned));
    let conditions: Vec<LaggingCondition> = rule
        .conditions
        .iter()
        .map(|condition| met(*condition, money, variance, basis))
        .collect();
    let not_looked_at = outside(rule, programme, quarter, rules);
    let lagging = if not_looked_at.is_some() || conditions.is_empty() {
        None
    } else if conditions.iter().all(|c| c.holds == Some(true)) {
        Some(true)
    } else if conditions.iter().any(|c| c.holds == Some(false)) {
        Some(false)
    } else {
        None
    };
    Lagging {
        rule_id: rule.id.clone(),
        way_out: (lagging == Some(true)).then(|| ahead.way_out(rule, money, progress, quarter)),
        conditions,
        lagging,
        not_looked_at,
    }
}

/// The first quarter of a year the rule looks at, and the control levels.
fn outside(
    rule: &RuleSet,
    programme: &Programme,
    quarter: Quarter,
    rules: &Rules,
) -> Option<Message> {
    if quarter.number < rule.from_quarter {
        let first = Quarter {
            year: quarter.year,
            number: rule.from_quarter,
        };
        return Some(Message::new("rule-not-in-season").with("day", first.end()));
    }
    let levels = rule.levels.as_ref().unwrap_or(&rules.lagging_levels);
    let level = programme.control_level.as_ref()?;
    (!levels.contains(level)).then(|| {
        Message::new("rule-not-this-level")
            .with("level", Arg::Term(format!("control-level-{level}").into()))
    })
}

/// The ratio a condition looks at, by name: numerator, denominator.
pub(super) fn parts_of(measure: Measure, money: &MoneyAssessment) -> (Option<i64>, Option<i64>) {
    let amounts = &money.amounts;
    match measure {
        Measure::DisbursementRatio => (amounts.paid_ntd, planned_ntd(money)),
        Measure::ExecutionRate => (money.executed_ntd, planned_ntd(money)),
        Measure::Attainment => (
            money.executed_ntd,
            amounts.available_ntd.or(amounts.budget_ntd),
        ),
        Measure::Realised => (amounts.paid_ntd, amounts.allotted_ntd),
        Measure::Variance => (None, None),
    }
}

/// Keys of the names of a measure's numerator and denominator, as this money has them.
pub(super) fn base_terms(
    measure: Measure,
    money: &MoneyAssessment,
) -> (&'static str, &'static str) {
    let (planned, available) = bases(&money.amounts);
    let planned = planned.unwrap_or(AmountKind::PlannedSpend).term();
    match measure {
        Measure::DisbursementRatio => (AmountKind::Paid.term(), planned),
        Measure::ExecutionRate => ("amount-executed", planned),
        Measure::Attainment => (
            "amount-executed",
            available.unwrap_or(AmountKind::Available).term(),
        ),
        Measure::Realised => (AmountKind::Paid.term(), AmountKind::Allotted.term()),
        Measure::Variance => ("progress-actual", "progress-planned"),
    }
}

fn met(
    condition: Condition,
    money: &MoneyAssessment,
    variance: Option<Decimal>,
    basis: Option<ProgressBasis>,
) -> LaggingCondition {
    let Condition {
        measure,
        comparison,
        limit,
    } = condition;
    let year_to_date = money.span == Some(Span::YearToDate);
    let (over, under) = parts_of(measure, money);
    let parts = ratio(over, under).filter(|_| year_to_date);
    let value = match measure {
        Measure::Variance => variance,
        _ => parts.map(Ratio::fraction6),
    };
    let holds = match measure {
        Measure::Variance => variance.map(|points| comparison.holds(points, limit)),
        // The ratio itself is compared, not its rounded form.
        _ => parts.map(|r| comparison.holds(r.fraction(), limit)),
    };
    let of = |value: Decimal| match measure {
        Measure::Variance => Arg::Points(value),
        _ => Arg::Fraction(value),
    };
    let (over, under) = match (measure, basis) {
        (Measure::Variance, Some(ProgressBasis::Milestones)) => (
            "explain-progress-weighted-actual",
            "explain-progress-weighted-planned",
        ),
        _ => base_terms(measure, money),
    };
    let text = match measure {
        Measure::Variance => Message::new("rule-condition-variance"),
        _ => Message::new("rule-condition"),
    };
    LaggingCondition {
        condition,
        text: text
            .with("measure", Arg::Term(measure.term().into()))
            .with(
                "value",
                value.map_or(Arg::Term("rule-lagging-no-value".into()), of),
            )
            .with("comparison", Arg::Term(comparison.term().into()))
            .with("limit", of(limit))
            .with("over", Arg::Term(over.into()))
            .with("base", Arg::Term(under.into())),
        value,
        parts,
        holds,
    }
}
