//! The ratios of control (管考) made of amounts. An unknown part makes the ratio unknown; it is never a zero.

use crate::money::{AmountKind, Amounts, Ratio};
use rust_decimal::Decimal;

/// The amounts a rule set derives, and the five ratios.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Rates {
    /// E: 執行數, the sum of the rule set's parts; unknown when one of them is.
    pub executed_ntd: Option<i64>,
    /// P: 累計預定支用數, else 累計分配數.
    pub planned_ntd: Option<i64>,
    /// P is the planned spend (`true`) or the allotment (`false`).
    pub planned_is_planned_spend: Option<bool>,
    /// K: 可支用預算數, else 法定預算數.
    pub basis_ntd: Option<i64>,
    /// 執行率 E / P
    pub execution_rate: Option<Ratio>,
    /// 支用比 A / P
    pub disbursement_ratio: Option<Ratio>,
    /// 經費達成率 E / K
    pub attainment: Option<Ratio>,
    /// 決算數占預算數 settled / budget
    pub settlement_ratio: Option<Ratio>,
    /// 實現數占累計分配數 A / allotted
    pub realised: Option<Ratio>,
}

/// Computes the ratios; `executed` are the parts that count as executed.
///
/// ```
/// use quarterdeck_kpi::money::Amounts;
/// use quarterdeck_kpi::money_rates::rates;
/// use quarterdeck_kpi::rules::Rules;
/// // 108-01 to 109-05, in million NT$: 1,007 paid, 226 payable and saved, 1,313 planned.
/// let amounts = Amounts {
///     planned_spend_ntd: Some(1_313_000_000), paid_ntd: Some(1_007_000_000),
///     payable_ntd: Some(200_000_000), saved_ntd: Some(26_000_000), ..Amounts::default()
/// };
/// let rates = rates(&amounts, &Rules::default().executed);
/// assert_eq!(rates.execution_rate.unwrap().fraction6().to_string(), "0.939071");
/// assert_eq!(rates.disbursement_ratio.unwrap().fraction6().to_string(), "0.766946");
/// assert_eq!(rates.attainment, None);
/// ```
pub fn rates(amounts: &Amounts, executed: &[AmountKind]) -> Rates {
    let executed_ntd = executed_of(amounts, executed);
    let (planned_ntd, planned_is_planned_spend) =
        match (amounts.planned_spend_ntd, amounts.allotted_ntd) {
            (Some(planned), _) => (Some(planned), Some(true)),
            (None, Some(allotted)) => (Some(allotted), Some(false)),
            (None, None) => (None, None),
        };
    let basis_ntd = amounts.available_ntd.or(amounts.budget_ntd);
    Rates {
        executed_ntd,
        planned_ntd,
        planned_is_planned_spend,
        basis_ntd,
        execution_rate: ratio(executed_ntd, planned_ntd),
        disbursement_ratio: ratio(amounts.paid_ntd, planned_ntd),
        attainment: ratio(executed_ntd, basis_ntd),
        settlement_ratio: ratio(amounts.settled_ntd, amounts.budget_ntd),
        realised: ratio(amounts.paid_ntd, amounts.allotted_ntd),
    }
}

/// E: the sum of the parts, unknown when one of them is, or when there are none.
fn executed_of(amounts: &Amounts, parts: &[AmountKind]) -> Option<i64> {
    if parts.is_empty() {
        return None;
    }
    parts
        .iter()
        .try_fold(0_i64, |sum, kind| sum.checked_add(amounts.get(*kind)?))
}

/// What the ratios stand on, by name: `(P, K)` as the kinds of amount used; `None` where none is known.
pub fn bases(amounts: &Amounts) -> (Option<AmountKind>, Option<AmountKind>) {
    let first_known =
        |kinds: [AmountKind; 2]| kinds.into_iter().find(|k| amounts.get(*k).is_some());
    (
        first_known([AmountKind::PlannedSpend, AmountKind::Allotted]),
        first_known([AmountKind::Available, AmountKind::Budget]),
    )
}

/// The highest of the rates over what was planned or allotted, as a fraction; `None` when none is known.
pub fn highest_rate(amounts: &Amounts, executed: &[AmountKind]) -> Option<Decimal> {
    let found = rates(amounts, executed);
    [
        found.execution_rate,
        found.disbursement_ratio,
        found.realised,
    ]
    .into_iter()
    .flatten()
    .map(Ratio::fraction)
    .max()
}

/// A ratio of known amounts over a base that is not zero.
pub fn ratio(numerator: Option<i64>, denominator: Option<i64>) -> Option<Ratio> {
    Ratio::of(numerator?, denominator?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::Rules;
    use proptest::prelude::*;

    fn amounts(pairs: &[(AmountKind, i64)]) -> Amounts {
        let mut amounts = Amounts::default();
        for (kind, amount) in pairs {
            amounts.set(*kind, Some(*amount));
        }
        amounts
    }

    fn of(pairs: &[(AmountKind, i64)]) -> Rates {
        rates(&amounts(pairs), &Rules::default().executed)
    }

    #[test]
    fn every_kind_is_kept_under_its_own_name() {
        for kind in AmountKind::ALL {
            let only = amounts(&[(kind, 7)]);
            for other in AmountKind::ALL {
                assert_eq!(only.get(other), (kind == other).then_some(7));
            }
        }
        assert!(Amounts::default().is_empty());
    }

    #[test]
    fn the_base_is_planned_spend_or_else_the_allotment_and_says_which() {
        use AmountKind::{Allotted, Paid, PlannedSpend};
        let both = of(&[(PlannedSpend, 200), (Allotted, 100), (Paid, 50)]);
        assert_eq!(
            (both.planned_ntd, both.planned_is_planned_spend),
            (Some(200), Some(true))
        );
        let one = of(&[(Allotted, 100), (Paid, 50)]);
        assert_eq!(
            (one.planned_ntd, one.planned_is_planned_spend),
            (Some(100), Some(false))
        );
        assert_eq!(
            one.disbursement_ratio.unwrap().fraction6().to_string(),
            "0.500000"
        );
    }

    proptest! {
        #[test]
        fn no_rate_panics_or_is_not_a_number(parts in proptest::collection::vec(proptest::option::of(any::<i64>()), 9)) {
            let mut known = Amounts::default();
            for (kind, amount) in AmountKind::ALL.into_iter().zip(parts) {
                known.set(kind, amount);
            }
            let found = rates(&known, &Rules::default().executed);
            for ratio in [found.execution_rate, found.disbursement_ratio, found.attainment, found.settlement_ratio, found.realised].into_iter().flatten() {
                prop_assert!(!ratio.denominator.is_zero());
                // An exact decimal has no NaN; its text is digits, a sign and a point.
                let text = ratio.fraction6().to_string();
                prop_assert!(text.bytes().all(|b| b.is_ascii_digit() || b"-.".contains(&b)), "{text}");
            }
        }
    }

    /// Every check of a printed rate: amounts in 百萬元 or 億元 as printed, and the rate.
    #[test]
    fn the_published_rates_hold() {
        use crate::published::gives;
        let dec = |text: &str| text.parse::<rust_decimal::Decimal>().unwrap();
        for (measure, over, under, printed) in [
            ("execution rate, 108-01 to 109-05", "1233", "1313", "93.9"),
            (
                "disbursement ratio, 108-01 to 109-05",
                "1007",
                "1313",
                "76.7",
            ),
            ("budget attainment", "3198", "6632", "48.22"),
            ("budget attainment", "4490", "10948.18", "41.02"),
            ("realised of allotted", "218.75", "348.10", "62.84"),
            ("settlement ratio", "6149247", "6261766", "98.20"),
        ] {
            let (over, under, printed) = (dec(over), dec(under), dec(printed));
            assert!(
                gives(
                    printed,
                    printed.scale(),
                    true,
                    (over, over.scale()),
                    (under, under.scale())
                ),
                "{measure} {printed}"
            );
        }
        // The participation platform's 4.7 % is not 183 of 7,619.
        assert!(!gives(
            dec("4.7"),
            1,
            true,
            (dec("183"), 0),
            (dec("7619"), 0)
        ));
        assert!(gives(
            dec("4.1"),
            1,
            true,
            (dec("202"), 0),
            (dec("4874"), 0)
        ));
        // 億元: allotted 1,313 and paid 1,007 give 76.69 %.
        use AmountKind::{Allotted, Paid};
        let year = of(&[(Allotted, 131_300_000_000), (Paid, 100_700_000_000)]);
        assert_eq!(
            year.disbursement_ratio.unwrap().fraction6().to_string(),
            "0.766946"
        );
        assert_eq!(year.realised, year.disbursement_ratio);
    }

    #[test]
    fn every_ratio_names_its_base() {
        use AmountKind::{Allotted, Available, Budget, PlannedSpend};
        let all = amounts(&[
            (Budget, 1),
            (Available, 1),
            (PlannedSpend, 1),
            (Allotted, 1),
        ]);
        assert_eq!(bases(&all), (Some(PlannedSpend), Some(Available)));
        assert_eq!(
            bases(&amounts(&[(Budget, 1), (Allotted, 1)])),
            (Some(Allotted), Some(Budget))
        );
        assert_eq!(bases(&Amounts::default()), (None, None));
    }

    #[test]
    fn an_unknown_part_is_not_a_zero() {
        use AmountKind::{Paid, Payable, PlannedSpend};
        let rates = of(&[(PlannedSpend, 100), (Paid, 50), (Payable, 10)]);
        assert_eq!((rates.executed_ntd, rates.execution_rate), (None, None));
        assert!(rates.disbursement_ratio.is_some());
    }

    #[test]
    fn more_than_planned_stays_more_and_zero_has_no_ratio() {
        use AmountKind::{Available, Budget, Paid, Payable, PlannedSpend, Saved, Settled};
        let more = of(&[(PlannedSpend, 1000), (Paid, 1019), (Payable, 0), (Saved, 0)]);
        assert_eq!(
            more.execution_rate.unwrap().fraction6().to_string(),
            "1.019000"
        );
        assert_eq!(of(&[(PlannedSpend, 0), (Paid, 5)]).disbursement_ratio, None);
        let year = of(&[(Budget, 6_261_766), (Settled, 6_149_247)]);
        assert_eq!(
            year.settlement_ratio.unwrap().fraction6().to_string(),
            "0.982031"
        );
        assert_eq!(of(&[(Budget, 10), (Available, 12)]).basis_ntd, Some(12));
    }
}
