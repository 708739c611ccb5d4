//! The whole portfolio and the agencies.

use super::money::{MoneyIndex, Summed, planned_ntd, sum, sum_accounts};
use super::{
    Accounts, AgencyAssessment, MoneyAssessment, MoneyPoint, Portfolio, ProgrammeAssessment,
};
use crate::calendar::Quarter;
use crate::figure_name::agency_in_plan;
use crate::money::Ratio;
use crate::register::Register;
use crate::status::Status;
use crate::unknown_price::unknown_price;
use rust_decimal::{Decimal, RoundingStrategy};
use std::collections::BTreeMap;

/// Quarters of money before and with this one: two fiscal years.
const MONEY_HISTORY: usize = 8;

/// Totals, with how many programmes the money covers.
pub(super) fn assess(
    register: &Register,
    programmes: &[ProgrammeAssessment],
    (quarter, quarters): (Quarter, usize),
    money: &MoneyIndex<'_>,
) -> (Portfolio, Summed) {
    let summed = sum(programmes.iter().map(|p| &p.money));
    let accounts: Vec<Accounts> = programmes.iter().map(|p| p.accounts.clone()).collect();
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
    let status_in = |programme: &ProgrammeAssessment, quarter: Quarter| {
        let mut then = programme.history.iter().rev();
        then.find_map(|(at, status)| (*at == quarter).then_some(*status))
    };
    let trend = quarter
        .last(quarters)
        .map(|at| {
            let then = programmes.iter().filter_map(|p| status_in(p, at));
            (at, counts(then))
        })
        .collect();
    let portfolio = Portfolio {
        counts: counts(programmes.iter().map(|p| p.status)),
        money: summed.money.clone(),
        accounts: sum_accounts(&accounts),
        money_history: money_history(register, quarter.last(quarters.min(MONEY_HISTORY)), money),
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

/// 年累計 of the last quarters, oldest first: planned, executed and paid of the programmes that know them.
fn money_history(
    register: &Register,
    quarters: impl Iterator<Item = Quarter>,
    money: &MoneyIndex<'_>,
) -> Vec<MoneyPoint> {
    quarters
        .map(|quarter| {
            let then: Vec<_> = register
                .programmes
                .iter()
                .map(|p| money.programme_year(&p.id, quarter, &register.rules))
                .collect();
            // Both sums cover the same programmes.
            let both = then
                .iter()
                .filter_map(|m| Some((planned_ntd(m)?, m.executed_ntd?)));
            let sums = both
                .clone()
                .try_fold((0_i64, 0_i64), |(planned, executed), (p, e)| {
                    Some((planned.checked_add(p)?, executed.checked_add(e)?))
                });
            let covers = both.count();
            let known = sums.filter(|_| covers > 0);
            MoneyPoint {
                quarter,
                planned_ntd: known.map(|(planned, _)| planned),
                executed_ntd: known.map(|(_, executed)| executed),
                covers,
            }
        })
        .collect()
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

/// Agencies with money, per plan and for each accumulation: their own lines; else the sum over their shares of
/// programmes. The money shown is 年累計, and 總累計 only where there is none.
pub(super) fn agencies(
    register: &Register,
    quarter: Quarter,
    money: &MoneyIndex<'_>,
) -> Vec<AgencyAssessment> {
    let rules = &register.rules;
    let mut found: Vec<AgencyAssessment> = Vec::new();
    for plan in &register.plans {
        for agency in &register.agencies {
            let of_plan = register.programmes.iter().filter(|p| p.plan == plan.id);
            let shares: Vec<(&str, Accounts)> = of_plan
                .filter_map(|p| {
                    let share = money.share(&p.id, &p.lead, &agency.id, quarter, rules)?;
                    Some((p.id.as_str(), share))
                })
                .collect();
            let own = money.agency_accounts(&plan.id, &agency.id, quarter, rules);
            let parts: Vec<Accounts> = shares.iter().map(|(_, share)| share.clone()).collect();
            let summed = sum_accounts(&parts);
            let either = |pick: fn(&Accounts) -> &MoneyAssessment| {
                let own = pick(&own);
                if own.span.is_some() {
                    own
                } else {
                    pick(&summed)
                }
                .clone()
            };
            let accounts = Accounts {
                year_to_date: either(|a| &a.year_to_date),
                since_beginning: either(|a| &a.since_beginning),
                last_year: either(|a| &a.last_year),
            };
            let stands = if accounts.year_to_date.span.is_some() {
                &accounts.year_to_date
            } else {
                &accounts.since_beginning
            };
            if stands.span.is_none() && !money.has_agency(&plan.id, &agency.id) {
                continue;
            }
            let leads = |a: &AgencyAssessment| a.id == agency.id && !a.programmes.is_empty();
            let is_main = !shares.is_empty() && !found.iter().any(leads);
            found.push(AgencyAssessment {
                id: agency.id.clone(),
                scope: if is_main {
                    format!("agency:{}", agency.id)
                } else {
                    agency_in_plan(&plan.id, &agency.id)
                },
                plan: plan.id.clone(),
                money: stands.clone(),
                accounts,
                programmes: shares.iter().map(|(id, _)| (*id).to_owned()).collect(),
            });
        }
    }
    found
}
