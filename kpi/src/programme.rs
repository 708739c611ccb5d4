//! Programme status from its indicators: rule `worst-known@1`.
//!
//! Behind if any known indicator is behind; else unknown if the known weight is under half; else at risk if any is
//! at risk or any is late, stale or rejected; else on track, and met only if all are met. Values without a target
//! are shown, not rated: they count on neither side. Unknown never averages to green.

use crate::message::Message;
use crate::status::Status;
use rust_decimal::Decimal;

/// Name of the rule, shown beside every programme's status.
pub const WORST_KNOWN: &str = "worst-known@1";

/// What the rule says and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProgrammeStatus {
    /// Met, on track, at risk, behind or unknown.
    pub status: Status,
    /// For an unknown programme: the status most of its weight is in.
    pub unknown_cause: Option<Status>,
    /// The rule as a sentence.
    pub rule: Message,
}

/// Status of a programme whose indicators have these statuses and weights.
///
/// ```
/// use quarterdeck_kpi::{programme::worst_known, status::Status, Decimal};
/// let weight = Decimal::ONE;
/// // One of three is late: at risk, however good the others are.
/// let found = worst_known(&[(Status::Met, weight), (Status::Met, weight), (Status::Late, weight)]);
/// assert_eq!(found.status, Status::AtRisk);
/// // Two of three are unknown: nobody can say.
/// let found = worst_known(&[(Status::Met, weight), (Status::Late, weight), (Status::Late, weight)]);
/// assert_eq!((found.status, found.unknown_cause), (Status::Unknown, Some(Status::Late)));
/// ```
pub fn worst_known(indicators: &[(Status, Decimal)]) -> ProgrammeStatus {
    let rated = || {
        indicators
            .iter()
            .filter(|(status, _)| *status != Status::NoTarget)
    };
    let weigh = |keep: &dyn Fn(Status) -> bool| {
        rated()
            .filter(|(status, _)| keep(*status))
            .fold(Decimal::ZERO, |sum, (_, weight)| {
                sum.checked_add(*weight).unwrap_or(sum)
            })
    };
    let count = |status: Status| indicators.iter().filter(|(s, _)| *s == status).count();
    let all = weigh(&|_| true);
    let known = weigh(&Status::is_known);
    let share = known.checked_div(all);
    let unknown = |cause: Status, rule: Message| ProgrammeStatus {
        status: Status::Unknown,
        unknown_cause: Some(cause),
        rule,
    };
    let says = |status: Status, rule: Message| ProgrammeStatus {
        status,
        unknown_cause: None,
        rule,
    };

    let behind = rated().filter(|(s, _)| *s == Status::Behind).count();
    if behind > 0 {
        return says(
            Status::Behind,
            Message::new("rule-programme-behind")
                .with("behind", behind)
                .with("of", indicators.len()),
        );
    }
    let Some(share) = share else {
        return if indicators.is_empty() {
            unknown(Status::NoData, Message::new("rule-programme-no-indicators"))
        } else {
            unknown(Status::NoTarget, Message::new("rule-programme-no-targets"))
        };
    };
    // Twice the known weight against all: exactly half is enough.
    if known
        .checked_mul(Decimal::TWO)
        .is_some_and(|twice| twice < all)
    {
        let cause = heaviest_unknown(indicators);
        return unknown(
            cause,
            Message::new("rule-programme-unknown")
                .with("known", crate::message::Arg::Fraction(share))
                .with("cause", cause),
        );
    }
    let at_risk = count(Status::AtRisk);
    let unsettled = count(Status::Late) + count(Status::Stale) + count(Status::Rejected);
    if at_risk + unsettled > 0 {
        return says(
            Status::AtRisk,
            Message::new("rule-programme-at-risk")
                .with("at-risk", at_risk)
                .with("late", count(Status::Late))
                .with("stale", count(Status::Stale))
                .with("rejected", count(Status::Rejected)),
        );
    }
    if rated().all(|(status, _)| *status == Status::Met) {
        return says(
            Status::Met,
            Message::new("rule-programme-met").with("of", rated().count()),
        );
    }
    says(
        Status::OnTrack,
        Message::new("rule-programme-on-track").with("known", crate::message::Arg::Fraction(share)),
    )
}

/// The unknown status that most weight is in; of equals the graver one.
fn heaviest_unknown(indicators: &[(Status, Decimal)]) -> Status {
    let gravest_first = [
        Status::Rejected,
        Status::Late,
        Status::Stale,
        Status::NoData,
        Status::NotDue,
    ];
    let mut heaviest = (Status::NoData, Decimal::NEGATIVE_ONE);
    for status in gravest_first {
        let weight = indicators
            .iter()
            .filter(|(s, _)| *s == status)
            .fold(Decimal::ZERO, |sum, (_, w)| {
                sum.checked_add(*w).unwrap_or(sum)
            });
        if weight > heaviest.1 {
            heaviest = (status, weight);
        }
    }
    heaviest.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use Status::{
        AtRisk, Behind, Late, Met, NoData, NoTarget, NotDue, OnTrack, Rejected, Stale, Unknown,
    };

    fn even(statuses: &[Status]) -> ProgrammeStatus {
        worst_known(
            &statuses
                .iter()
                .map(|s| (*s, Decimal::ONE))
                .collect::<Vec<_>>(),
        )
    }

    #[test]
    fn the_worst_known_decides() {
        for (indicators, expected) in [
            (vec![Met, Met], Met),
            (vec![Met, OnTrack], OnTrack),
            (vec![Met, NotDue], OnTrack),
            (vec![Met, NoData], OnTrack),
            (vec![Met, Met, AtRisk], AtRisk),
            (vec![Met, Met, Late], AtRisk),
            (vec![Met, Met, Stale], AtRisk),
            (vec![Met, Met, Rejected], AtRisk),
            (vec![Met, Met, AtRisk, Behind], Behind),
            // Behind goes before too little is known.
            (vec![Behind, Late, Late, Late], Behind),
            (vec![Met, Late, Late], Unknown),
            // Exactly half is enough.
            (vec![Met, Late], AtRisk),
            (vec![Met, NoTarget, NoTarget], Met),
            (vec![NoTarget], Unknown),
            (vec![], Unknown),
        ] {
            assert_eq!(even(&indicators).status, expected, "{indicators:?}");
        }
    }

    #[test]
    fn the_cause_of_unknown_is_where_the_weight_is() {
        assert_eq!(even(&[Late, NoData, NoData]).unknown_cause, Some(NoData));
        assert_eq!(
            even(&[NotDue, Rejected]).unknown_cause,
            Some(Rejected),
            "the graver of equals"
        );
        assert_eq!(even(&[NoTarget, NoTarget]).unknown_cause, Some(NoTarget));
        assert_eq!(even(&[]).unknown_cause, Some(NoData));
        assert_eq!(even(&[Met]).unknown_cause, None);
    }

    #[test]
    fn weights_count_not_heads() {
        let heavy = worst_known(&[
            (OnTrack, Decimal::from(6)),
            (NotDue, Decimal::ONE),
            (NotDue, Decimal::ONE),
        ]);
        assert_eq!(heavy.status, OnTrack);
        let light = worst_known(&[(OnTrack, Decimal::ONE), (NotDue, Decimal::from(6))]);
        assert_eq!(light.status, Unknown);
        // No weight at all is no knowledge.
        assert_eq!(worst_known(&[(OnTrack, Decimal::ZERO)]).status, Unknown);
    }
}
