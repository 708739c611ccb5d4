//! Risk of a programme in its last quarters: by the rule, and as reported.

use super::IndicatorAssessment;
use super::money::MoneyIndex;
use super::programme::{in_quarter, progress};
use super::reading::Index;
use crate::address::SeriesId;
use crate::calendar::Quarter;
use crate::money::{Ratio, Span};
use crate::register::Programme;
use crate::risk::{RiskByRule, RiskInputs, RiskPoint, RiskReported, by_rule};
use crate::rules::Rules;
use crate::status::Status;
use crate::unknown_price::unusable_weight;

/// The rule's word on the last quarter of the history, and both levels of every quarter.
pub(super) fn assess(
    programme: &Programme,
    indicators: &[IndicatorAssessment],
    history: &[(Quarter, Status)],
    index: &Index<'_>,
    money: &MoneyIndex<'_>,
    rules: &Rules,
) -> (RiskByRule, Vec<RiskPoint>) {
    let mut points = Vec::with_capacity(history.len());
    let mut now = RiskByRule::default();
    for (quarter, status) in history {
        let statuses = indicators.iter().filter_map(|i| i.status_in(*quarter));
        let (lost, all) =
            unusable_weight(statuses.zip(programme.indicators.iter().map(|i| i.weight)));
        let standing = money.programme(&programme.id, *quarter, rules);
        let variance_points = progress(programme, *quarter, index)
            .and_then(|(planned, actual)| actual.checked_sub(planned));
        now = by_rule(
            &RiskInputs {
                status: *status,
                variance_points,
                // What was spent since the plan began says nothing about one quarter.
                execution_rate: standing
                    .execution_rate
                    .filter(|_| standing.span == Some(Span::YearToDate)),
                unusable: Ratio::of(lost, all),
            },
            &rules.risk,
        );
        points.push(RiskPoint {
            quarter: *quarter,
            reported: reported(&programme.id, *quarter, index).map(|r| r.level),
            by_rule: now.level,
        });
    }
    (now, points)
}

/// Risk is screened again each quarter: an older level does not stand on.
pub(super) fn reported(
    programme: &str,
    quarter: Quarter,
    index: &Index<'_>,
) -> Option<RiskReported> {
    let known = index.figures.of(&SeriesId::new(programme, "risk"));
    let row = in_quarter(known, quarter)?.good?;
    Some(RiskReported {
        level: super::Risk::of_reading(row.item.value()?)?,
        actor: row.actor.to_string(),
        source: row.cause.source().map(Into::into),
        reason: row.reason.as_deref().map(Into::into),
        recorded_at: row.recorded_at,
        row: row.sequence,
    })
}
