//! The whole portfolio and the agencies.

use super::indicator::HISTORY;
use super::money::{MoneyIndex, Summed, sum};
use super::{AgencyAssessment, Portfolio, ProgrammeAssessment};
use crate::calendar::Quarter;
use crate::money::{Ratio, Span};
use crate::register::Register;
use crate::status::Status;
use crate::unknown_price::unknown_price;
use rust_decimal::{Decimal, RoundingStrategy};
use std::collections::BTreeMap;

/// Totals, with how many programmes the money covers.
pub(super) fn assess(
    register: &Register,
    programmes: &[ProgrammeAssessment],
    quarter: Quarter,
    money: &MoneyIndex<'_>,
) -> (Portfolio, Summed) {
    let summed = sum(programmes.iter().map(|p| &p.money));
    let year_ago: Vec<_> = register
        .programmes
        .iter()
        .map(|p| money.programme(&p.id, quarter.plus(-4), &register.rules))
        .collect();
    let last_year = sum(year_ago.iter()).money;
    let comparable = last_year.span == summed.money.span;
    let fraction = |ratio: Option<Ratio>| ratio.filter(|_| comparable).map(Ratio::fraction6);
    let mut budget_by_status: BTreeMap<Status, i64> =
        Status::ALL.into_iter().map(|s| (s, 0)).collect();
    for programme in programmes {
        if let (Some(budget), Some(sum)) = (
            programme.money.amounts.budget_ntd,
            budget_by_status.get_mut(&programme.status),
        ) {
            *sum = sum.saturating_add(budget);
        }
    }
    let trend = (0..HISTORY)
        .filter_map(|at| {
            let at = usize::try_from(at).ok()?;
            let quarter = quarter.plus(i32::try_from(at).ok()? + 1 - HISTORY);
            let then = programmes
                .iter()
                .filter_map(|p| p.history.get(at).map(|(_, status)| *status));
            Some((quarter, counts(then)))
        })
        .collect();
    let portfolio = Portfolio {
        counts: counts(programmes.iter().map(|p| p.status)),
        money: summed.money.clone(),
        budget_by_status,
        variance: variance(programmes),
        execution_rate_last_year: fraction(last_year.execution_rate),
        disbursement_ratio_last_year: fraction(last_year.disbursement_ratio),
        oldest_days: programmes.iter().filter_map(|p| p.oldest_days).max(),
        trend,
        unknown_price: unknown_price(register, programmes),
    };
    (portfolio, summed)
}

/// Every status is there, zero included.
fn counts(statuses: impl Iterator<Item = Status>) -> BTreeMap<Status, usize> {
    let mut counts: BTreeMap<Status, usize> = Status::ALL.into_iter().map(|s| (s, 0)).collect();
    for status in statuses {
        *counts.entry(status).or_default() += 1;
    }
    counts
}

/// Progress variance weighted by budget, over the programmes that know both.
fn variance(programmes: &[ProgrammeAssessment]) -> Option<(Decimal, usize)> {
    let known: Vec<(Decimal, Decimal)> = programmes
        .iter()
        .filter_map(|p| {
            Some((
                p.variance_points?,
                Decimal::from(p.money.amounts.budget_ntd?),
            ))
        })
        .collect();
    let mut weighed = Decimal::ZERO;
    let mut weight = Decimal::ZERO;
    for (points, budget) in &known {
        weighed = weighed.checked_add(points.checked_mul(*budget)?)?;
        weight = weight.checked_add(*budget)?;
    }
    let mean = weighed.checked_div(weight)?;
    Some((
        mean.round_dp_with_strategy(6, RoundingStrategy::MidpointAwayFromZero),
        known.len(),
    ))
}

/// Agencies with money, per plan: their own 年累計 lines; else the sum over the programmes they lead; else their
/// own older 總累計 lines.
pub(super) fn agencies(
    register: &Register,
    programmes: &[ProgrammeAssessment],
    quarter: Quarter,
    money: &MoneyIndex<'_>,
) -> Vec<AgencyAssessment> {
    let mut found = Vec::new();
    for plan in &register.plans {
        for agency in &register.agencies {
            let led: Vec<&str> = register
                .programmes
                .iter()
                .filter(|p| p.plan == plan.id && p.lead == agency.id)
                .map(|p| p.id.as_str())
                .collect();
            let own = money.agency(&plan.id, &agency.id, quarter, &register.rules);
            let summed = sum(programmes
                .iter()
                .filter(|p| led.contains(&p.id.as_str()))
                .map(|p| &p.money))
            .money;
            let has_year = |span: Option<Span>| span == Some(Span::YearToDate);
            let stands = if own.span.is_some() && (has_year(own.span) || !has_year(summed.span)) {
                own
            } else {
                summed
            };
            if stands.span.is_none() && !money.has_agency(&plan.id, &agency.id) {
                continue;
            }
            found.push(AgencyAssessment {
                id: agency.id.clone(),
                plan: plan.id.clone(),
                money: stands,
                programmes: led.into_iter().map(str::to_owned).collect(),
            });
        }
    }
    found
}
