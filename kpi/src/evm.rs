//! Earned value (ANSI/EIA-748) beside the Taiwanese measures, second to them.
//!
//! BAC is the year's available budget, else the budget; progress and money both count from the year's start. PV and
//! EV are progress × BAC, AC is paid plus payable. A part that is unknown leaves everything made of it unknown; a
//! denominator of zero gives no ratio.

use crate::assess::MoneyAssessment;
use crate::money::{Ratio, Span};
use rust_decimal::{Decimal, RoundingStrategy};

/// Earned value of one programme at a cut-off. Amounts are NT$; those made of a division are rounded to whole NT$.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Evm {
    /// BAC: budget at completion of the year, NT$.
    pub bac_ntd: Option<i64>,
    /// Planned cumulative progress, percent.
    pub planned_percent: Option<Decimal>,
    /// Actual cumulative progress, percent.
    pub actual_percent: Option<Decimal>,
    /// PV = planned progress × BAC.
    pub pv_ntd: Option<i64>,
    /// EV = actual progress × BAC.
    pub ev_ntd: Option<i64>,
    /// AC = paid + payable.
    pub ac_ntd: Option<i64>,
    /// SV = EV − PV.
    pub sv_ntd: Option<i64>,
    /// CV = EV − AC.
    pub cv_ntd: Option<i64>,
    /// SPI = EV / PV.
    pub spi: Option<Ratio>,
    /// CPI = EV / AC.
    pub cpi: Option<Ratio>,
    /// EAC = BAC / CPI.
    pub eac_ntd: Option<i64>,
    /// VAC = BAC − EAC.
    pub vac_ntd: Option<i64>,
    /// TCPI = (BAC − EV) / (BAC − AC).
    pub tcpi: Option<Ratio>,
}

/// Earned value from the year's money and the cumulative progress (planned, actual) in percent.
///
/// ```
/// use quarterdeck_kpi::Decimal;
/// use quarterdeck_kpi::assess::MoneyAssessment;
/// use quarterdeck_kpi::evm::evm;
/// use quarterdeck_kpi::money::{Amounts, Span};
/// // 100 million for the year; 70 % planned, 56 % done; 60 million paid, 4 million payable.
/// let money = MoneyAssessment {
///     amounts: Amounts {
///         budget_ntd: Some(100_000_000), paid_ntd: Some(60_000_000), payable_ntd: Some(4_000_000),
///         ..Amounts::default()
///     },
///     span: Some(Span::YearToDate),
///     ..MoneyAssessment::default()
/// };
/// let found = evm(&money, Some((Decimal::from(70), Decimal::from(56))));
/// assert_eq!((found.pv_ntd, found.ev_ntd, found.ac_ntd), (Some(70_000_000), Some(56_000_000), Some(64_000_000)));
/// assert_eq!((found.sv_ntd, found.cv_ntd), (Some(-14_000_000), Some(-8_000_000)));
/// assert_eq!(found.spi.unwrap().fraction6().to_string(), "0.800000");
/// assert_eq!(found.cpi.unwrap().fraction6().to_string(), "0.875000");
/// assert_eq!((found.eac_ntd, found.vac_ntd), (Some(114_285_714), Some(-14_285_714)));
/// assert_eq!(found.tcpi.unwrap().fraction6().to_string(), "1.222222");
/// ```
pub fn evm(money: &MoneyAssessment, progress: Option<(Decimal, Decimal)>) -> Evm {
    // Progress counts from the year's start; money since the plan began does not go with it.
    if money.span != Some(Span::YearToDate) {
        return Evm::default();
    }
    let amounts = &money.amounts;
    let bac = amounts.available_ntd.or(amounts.budget_ntd);
    let ac = amounts
        .paid_ntd
        .zip(amounts.payable_ntd)
        .and_then(|(paid, payable)| paid.checked_add(payable));
    let share = |percent: Decimal| {
        let product = Decimal::from(bac?).checked_mul(percent)?;
        whole(product.checked_div(Decimal::ONE_HUNDRED)?)
    };
    let pv = progress.and_then(|(planned, _)| share(planned));
    let ev = progress.and_then(|(_, actual)| share(actual));
    let less = |a: Option<i64>, b: Option<i64>| a.zip(b).and_then(|(a, b)| a.checked_sub(b));
    let over = |a: Option<i64>, b: Option<i64>| a.zip(b).and_then(|(a, b)| Ratio::of(a, b));
    let cpi = over(ev, ac);
    // BAC / CPI is BAC × AC / EV: nothing is rounded on the way.
    let eac = (|| {
        let ev = ev.filter(|ev| *ev != 0)?;
        let product = Decimal::from(bac?).checked_mul(Decimal::from(ac.filter(|ac| *ac != 0)?))?;
        whole(product.checked_div(Decimal::from(ev))?)
    })();
    Evm {
        bac_ntd: bac,
        planned_percent: progress.map(|(planned, _)| planned),
        actual_percent: progress.map(|(_, actual)| actual),
        pv_ntd: pv,
        ev_ntd: ev,
        ac_ntd: ac,
        sv_ntd: less(ev, pv),
        cv_ntd: less(ev, ac),
        spi: over(ev, pv),
        cpi,
        eac_ntd: eac,
        vac_ntd: less(bac, eac),
        tcpi: over(less(bac, ev), less(bac, ac)),
    }
}

fn whole(value: Decimal) -> Option<i64> {
    let value = value.round_dp_with_strategy(0, RoundingStrategy::MidpointAwayFromZero);
    i64::try_from(value).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::money::Amounts;
    use crate::testing::dec;

    fn money(budget: Option<i64>, paid: Option<i64>, payable: Option<i64>) -> MoneyAssessment {
        MoneyAssessment {
            amounts: Amounts {
                budget_ntd: budget,
                paid_ntd: paid,
                payable_ntd: payable,
                ..Amounts::default()
            },
            span: Some(Span::YearToDate),
            ..MoneyAssessment::default()
        }
    }

    #[test]
    fn an_unknown_part_leaves_what_is_made_of_it_unknown() {
        let progress = Some((dec("50"), dec("40")));
        let without_payable = evm(&money(Some(1000), Some(300), None), progress);
        assert_eq!(
            without_payable.ac_ntd, None,
            "an unknown payable is not zero"
        );
        assert_eq!(without_payable.spi, Ratio::of(400, 500));
        assert_eq!((without_payable.cpi, without_payable.eac_ntd), (None, None));
        let without_progress = evm(&money(Some(1000), Some(300), Some(0)), None);
        assert_eq!(
            (without_progress.ac_ntd, without_progress.ev_ntd),
            (Some(300), None)
        );
        assert_eq!(without_progress.tcpi, None);
        let since_beginning = MoneyAssessment {
            span: Some(Span::SinceBeginning),
            ..money(Some(1000), Some(300), Some(0))
        };
        assert_eq!(evm(&since_beginning, progress), Evm::default());
    }

    #[test]
    fn a_denominator_of_zero_gives_no_ratio_and_zero_is_a_value() {
        let begun = evm(
            &money(Some(1000), Some(0), Some(0)),
            Some((dec("0"), dec("0"))),
        );
        assert_eq!(
            (begun.pv_ntd, begun.ev_ntd, begun.ac_ntd),
            (Some(0), Some(0), Some(0))
        );
        assert_eq!((begun.spi, begun.cpi, begun.eac_ntd), (None, None, None));
        assert_eq!(begun.tcpi, Ratio::of(1000, 1000));
        let spent = evm(
            &money(Some(1000), Some(1000), Some(0)),
            Some((dec("100"), dec("80"))),
        );
        assert_eq!(spent.tcpi, None, "nothing is left to spend");
        assert_eq!((spent.eac_ntd, spent.vac_ntd), (Some(1250), Some(-250)));
    }

    #[test]
    fn more_than_planned_is_not_clamped() {
        let ahead = evm(
            &money(Some(1000), Some(500), Some(0)),
            Some((dec("50"), dec("60.55"))),
        );
        assert_eq!(ahead.ev_ntd, Some(606), "605.5 rounds away from zero");
        assert_eq!(ahead.spi, Ratio::of(606, 500));
    }
}
