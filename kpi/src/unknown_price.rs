//! The price of not knowing (資料不明所涉經費): NT$ of budget that rest on figures nobody has.
//!
//! Rule `unknown-price@1`: of each programme's budget the share of its indicators' weight that has no usable figure
//! (no data, late, stale, rejected), rounded to whole NT$. Waiting for a due day is nobody's omission and does not
//! count; a value without a target cannot be rated and is left out on both sides. A programme without an indicator
//! rests on nothing: its whole budget counts.

use crate::assess::ProgrammeAssessment;
use crate::register::Register;
use crate::status::Status;
use rust_decimal::{Decimal, RoundingStrategy};

/// Name of the rule.
pub const UNKNOWN_PRICE: &str = "unknown-price@1";

/// What is unknown of one programme.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProgrammePrice {
    /// Programme id.
    pub programme: String,
    /// Its budget, NT$.
    pub budget_ntd: i64,
    /// Share of the weight without a usable figure, as its two weights.
    pub unusable: (Decimal, Decimal),
    /// Budget that rests on it, NT$.
    pub price_ntd: i64,
}

/// An agency's part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgencyPrice {
    /// Agency that leads.
    pub agency: String,
    /// NT$.
    pub price_ntd: i64,
    /// Programmes that add to it.
    pub programmes: usize,
}

/// The whole portfolio's.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct UnknownPrice {
    /// NT$ of budget that rest on unknown, late, stale or refused figures; `None`: no budget is known.
    pub total_ntd: Option<i64>,
    /// All known budgets, NT$.
    pub budget_ntd: Option<i64>,
    /// Programmes with such figures whose budget is not known: their price is not in the total.
    pub without_budget: usize,
    /// Per programme with such figures, most money first.
    pub programmes: Vec<ProgrammePrice>,
    /// Per leading agency, most money first.
    pub agencies: Vec<AgencyPrice>,
}

/// Whether a status says that a figure should be there and is not usable.
pub fn is_unusable(status: Status) -> bool {
    matches!(
        status,
        Status::NoData | Status::Late | Status::Stale | Status::Rejected
    )
}

/// Weight without a usable figure, and weight of all that could be rated; of the statuses and weights of indicators.
pub fn unusable_weight(indicators: impl Iterator<Item = (Status, Decimal)>) -> (Decimal, Decimal) {
    indicators
        .filter(|(status, _)| *status != Status::NoTarget)
        .fold(
            (Decimal::ZERO, Decimal::ZERO),
            |(lost, all), (s, weight)| {
                let add = |sum: Decimal| sum.checked_add(weight).unwrap_or(sum);
                (if is_unusable(s) { add(lost) } else { lost }, add(all))
            },
        )
}

/// The price of what is not known in a quarter.
pub fn unknown_price(register: &Register, programmes: &[ProgrammeAssessment]) -> UnknownPrice {
    let mut found = UnknownPrice::default();
    for assessed in programmes {
        let Some(listed) = register.programme(&assessed.id) else {
            continue;
        };
        let weights = listed.indicators.iter().map(|i| i.weight);
        let (lost, all) =
            unusable_weight(assessed.indicators.iter().map(|i| i.status).zip(weights));
        let (lost, all) = if assessed.indicators.is_empty() {
            (Decimal::ONE, Decimal::ONE)
        } else {
            (lost, all)
        };
        let budget = assessed.money.amounts.budget_ntd;
        if let Some(budget) = budget {
            let sum = found.budget_ntd.unwrap_or(0);
            found.budget_ntd = Some(sum.saturating_add(budget));
            found.total_ntd.get_or_insert(0);
        }
        if lost.is_zero() || all.is_zero() {
            continue;
        }
        let Some(budget) = budget else {
            found.without_budget += 1;
            continue;
        };
        let Some(price) = part_of(budget, lost, all) else {
            continue;
        };
        found.total_ntd = Some(found.total_ntd.unwrap_or(0).saturating_add(price));
        match found.agencies.iter_mut().find(|a| a.agency == listed.lead) {
            Some(agency) => {
                agency.price_ntd = agency.price_ntd.saturating_add(price);
                agency.programmes += 1;
            }
            None => found.agencies.push(AgencyPrice {
                agency: listed.lead.clone(),
                price_ntd: price,
                programmes: 1,
            }),
        }
        found.programmes.push(ProgrammePrice {
            programme: assessed.id.clone(),
            budget_ntd: budget,
            unusable: (lost, all),
            price_ntd: price,
        });
    }
    // Stable: of equal amounts the register's order.
    found
        .programmes
        .sort_by_key(|p| std::cmp::Reverse(p.price_ntd));
    found
        .agencies
        .sort_by_key(|a| std::cmp::Reverse(a.price_ntd));
    found
}

/// Budget × lost / all, whole NT$.
fn part_of(budget_ntd: i64, lost: Decimal, all: Decimal) -> Option<i64> {
    let part = Decimal::from(budget_ntd)
        .checked_mul(lost)?
        .checked_div(all)?;
    let part = part.round_dp_with_strategy(0, RoundingStrategy::MidpointAwayFromZero);
    i64::try_from(part).ok()
}
