//! Lagging plans (落後計畫) under the two named rule sets.

use super::money::planned_ntd;
use super::{Lagging, LaggingCondition, MoneyAssessment};
use crate::calendar::Quarter;
use crate::message::{Arg, Message};
use crate::money::{AmountKind, Ratio, Span};
use crate::money_rates::ratio;
use crate::register::Programme;
use crate::rules::{LaggingRule, Rules};
use rust_decimal::Decimal;

/// Whether a programme is named as lagging in a quarter.
///
/// NDC's text of 110Q2: from the cut-off 30 June on, never in the first quarter, programmes of the control levels
/// looked at, all three on 年累計. The Legislative Yuan's: paid under 80 % of the allotment.
pub(super) fn lagging(
    programme: &Programme,
    money: &MoneyAssessment,
    variance_points: Option<Decimal>,
    quarter: Quarter,
    rules: &Rules,
) -> Lagging {
    let year_to_date = money.span == Some(Span::YearToDate);
    let known = |ratio: Option<Ratio>| ratio.filter(|_| year_to_date);
    let conditions = match rules.lagging {
        LaggingRule::Ndc110q2 => {
            let base = if money.planned_is_planned_spend == Some(false) {
                AmountKind::Allotted.term()
            } else {
                AmountKind::PlannedSpend.term()
            };
            let limit = Decimal::new(90, 2);
            vec![
                under(
                    "rule-lagging-disbursement",
                    known(ratio(money.amounts.paid_ntd, planned_ntd(money))),
                    limit,
                    base,
                ),
                under(
                    "rule-lagging-execution",
                    known(money.execution_rate),
                    limit,
                    base,
                ),
                LaggingCondition {
                    text: match variance_points {
                        Some(points) => Message::new("rule-lagging-variance")
                            .with("points", Arg::Points(points)),
                        None => Message::new("rule-lagging-variance-unknown"),
                    },
                    value: variance_points,
                    holds: variance_points.map(|points| points < Decimal::ZERO),
                },
            ]
        }
        LaggingRule::Ly80 => vec![under(
            "rule-lagging-realised",
            known(ratio(money.amounts.paid_ntd, money.amounts.allotted_ntd)),
            Decimal::new(80, 2),
            AmountKind::Allotted.term(),
        )],
    };
    let looked_at = programme
        .control_level
        .as_ref()
        .is_none_or(|level| rules.lagging_levels.contains(level));
    let in_season = rules.lagging != LaggingRule::Ndc110q2 || quarter.number > 1;
    let lagging = if !looked_at || !in_season {
        None
    } else if conditions.iter().all(|c| c.holds == Some(true)) {
        Some(true)
    } else if conditions.iter().any(|c| c.holds == Some(false)) {
        Some(false)
    } else {
        None
    };
    Lagging {
        rule_id: rules.lagging.id().to_owned(),
        conditions,
        lagging,
    }
}

fn under(
    id: &'static str,
    ratio: Option<Ratio>,
    limit: Decimal,
    base: &'static str,
) -> LaggingCondition {
    let value = ratio.map(Ratio::fraction6);
    let shown = match value {
        Some(value) => Arg::Fraction(value),
        None => Arg::Term("rule-lagging-no-value".into()),
    };
    LaggingCondition {
        text: Message::new(id)
            .with("value", shown)
            .with("limit", Arg::Fraction(limit))
            .with("base", Arg::Term(base.into())),
        value,
        // The ratio itself is compared, not its rounded form.
        holds: ratio.map(|r| r.fraction() < limit),
    }
}
