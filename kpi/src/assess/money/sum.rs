//! Sums over programmes: an amount is the sum of the known ones; a ratio's parts are summed over exactly the
//! programmes that know both.

use crate::assess::{Accounts, MoneyAssessment};
use crate::money::{AmountKind, Amounts, Ratio};
use rust_decimal::Decimal;
use std::collections::BTreeMap;

/// Money of several programmes, and how many of them the execution rate covers.
#[derive(Debug, Clone, Default)]
pub(in crate::assess) struct Summed {
    pub money: MoneyAssessment,
    /// Programmes with any money of the span summed.
    pub with_money: usize,
    /// Programmes in the execution rate.
    pub in_execution_rate: usize,
}

/// Adds up both accumulations and last year's 年累計.
pub(in crate::assess) fn sum_accounts(parts: &[Accounts]) -> Accounts {
    let of = |pick: fn(&Accounts) -> &MoneyAssessment| sum(parts.iter().map(pick)).money;
    Accounts {
        year_to_date: of(|a| &a.year_to_date),
        since_beginning: of(|a| &a.since_beginning),
        last_year: of(|a| &a.last_year),
    }
}

/// Adds up programmes: 年累計 money, and 總累計 only where nobody has 年累計.
pub(in crate::assess) fn sum<'m>(parts: impl Iterator<Item = &'m MoneyAssessment>) -> Summed {
    let known: Vec<&MoneyAssessment> = parts.filter(|m| m.span.is_some()).collect();
    let Some(span) = known.iter().filter_map(|m| m.span).min() else {
        return Summed::default();
    };
    let known: Vec<&MoneyAssessment> = known.into_iter().filter(|m| m.span == Some(span)).collect();
    let mut amounts = Amounts::default();
    for kind in AmountKind::ALL {
        let sum = known
            .iter()
            .filter_map(|m| m.amounts.get(kind))
            .try_fold((0_i64, false), |(sum, _), amount| {
                Some((sum.checked_add(amount)?, true))
            });
        amounts.set(kind, sum.and_then(|(sum, any)| any.then_some(sum)));
    }
    let over = |of: &dyn Fn(&MoneyAssessment) -> Option<Ratio>| {
        let ratios: Vec<Ratio> = known.iter().filter_map(|m| of(m)).collect();
        let add = |part: fn(&Ratio) -> Decimal| {
            ratios
                .iter()
                .try_fold(Decimal::ZERO, |sum, ratio| sum.checked_add(part(ratio)))
        };
        let ratio = add(|r| r.numerator).zip(add(|r| r.denominator));
        (ratio.and_then(|(a, b)| Ratio::of(a, b)), ratios.len())
    };
    let executed: Vec<i64> = known.iter().filter_map(|m| m.executed_ntd).collect();
    let bases: BTreeMap<bool, usize> = known
        .iter()
        .filter_map(|m| m.planned_is_planned_spend)
        .fold(BTreeMap::new(), |mut bases, base| {
            *bases.entry(base).or_default() += 1;
            bases
        });
    let (execution_rate, in_execution_rate) = over(&|m| m.execution_rate);
    Summed {
        money: MoneyAssessment {
            amounts,
            span: Some(span),
            period: known.iter().filter_map(|m| m.period).max_by_key(|p| p.end),
            executed_ntd: if executed.is_empty() {
                None
            } else {
                executed
                    .iter()
                    .try_fold(0_i64, |sum, e| sum.checked_add(*e))
            },
            // Programmes that differ in their base have no common one.
            planned_is_planned_spend: match bases.into_keys().collect::<Vec<_>>().as_slice() {
                [one] => Some(*one),
                _ => None,
            },
            execution_rate,
            disbursement_ratio: over(&|m| m.disbursement_ratio).0,
            attainment: over(&|m| m.attainment).0,
            settlement_ratio: over(&|m| m.settlement_ratio).0,
            realised: over(&|m| m.realised).0,
            // A transfer between two of them cancels out.
            changed_ntd: known
                .iter()
                .fold(0_i64, |sum, m| sum.saturating_add(m.changed_ntd)),
            refused: None,
            provisional: known.iter().any(|m| m.provisional),
            rows: known.iter().flat_map(|m| m.rows.iter().copied()).collect(),
        },
        with_money: known.len(),
        in_execution_rate,
    }
}
