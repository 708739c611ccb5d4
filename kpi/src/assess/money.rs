//! Money of programmes, agencies and the portfolio at a quarter's cut-off.
//!
//! Which rows: 年累計 lines of the quarter's fiscal year that stand at the latest cut-off inside the quarter, all
//! at one cut-off; the year's budget lines hold for all its quarters. Only where there is no 年累計, 總累計 lines
//! at their latest cut-off by then.
//!
//! Sums over programmes: an amount is the sum of the known ones; a ratio's numerator and denominator are both
//! summed over exactly the programmes that know both, so that nobody's unknown counts as a zero. How many
//! programmes a ratio covers is counted and said.

use super::MoneyAssessment;
use crate::calendar::{Period, Quarter};
use crate::effective::{doubted, live};
use crate::money::{AmountKind, Amounts, MoneyLine, Ratio, Span};
use crate::money_rates::rates;
use crate::observation::{Act, Recorded};
use crate::rules::Rules;
use chrono::NaiveDate;
use rust_decimal::Decimal;
use std::collections::{BTreeMap, HashMap, HashSet};

/// Whose amounts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum Owner<'a> {
    Programme(&'a str),
    /// An agency's lines without a programme, by plan.
    Agency(&'a str, &'a str),
}

/// The money lines that count, sorted once.
pub(super) struct MoneyIndex<'a> {
    /// Rows of which a damaged row leaves open whether they still count.
    in_doubt: HashSet<i64>,
    lines: HashMap<Owner<'a>, Vec<&'a Recorded<MoneyLine>>>,
}

impl<'a> MoneyIndex<'a> {
    pub fn of(rows: &'a [Recorded<MoneyLine>]) -> Self {
        let mut counting = HashMap::new();
        let live = live(rows);
        let in_doubt = doubted(&live).into_keys().collect();
        for row in live {
            let key = &row.item.key;
            // The agency of a programme's line does not tell it apart.
            let owner = match (&key.programme, &key.agency) {
                (Some(programme), _) => Owner::Programme(programme),
                (None, Some(agency)) => Owner::Agency(&key.plan, agency),
                (None, None) => continue,
            };
            if matches!(row.act, Act::Withdraw(_)) && row.intact {
                continue;
            }
            counting.insert(
                (
                    owner,
                    key.span,
                    key.fiscal_year,
                    key.kind,
                    row.item.period.end,
                ),
                row,
            );
        }
        let mut lines: HashMap<Owner<'a>, Vec<&'a Recorded<MoneyLine>>> = HashMap::new();
        for ((owner, ..), row) in counting {
            lines.entry(owner).or_default().push(row);
        }
        for rows in lines.values_mut() {
            rows.sort_by_key(|row| (row.item.period.end, row.sequence));
        }
        Self { lines, in_doubt }
    }

    /// Money of a programme.
    pub fn programme(&self, id: &str, quarter: Quarter, rules: &Rules) -> MoneyAssessment {
        self.stand(Owner::Programme(id), quarter, rules)
    }

    /// Agency-only lines of a plan.
    pub fn agency(
        &self,
        plan: &str,
        agency: &str,
        quarter: Quarter,
        rules: &Rules,
    ) -> MoneyAssessment {
        self.stand(Owner::Agency(plan, agency), quarter, rules)
    }

    /// Plans and agencies that have lines of their own.
    pub fn has_agency(&self, plan: &str, agency: &str) -> bool {
        self.lines.contains_key(&Owner::Agency(plan, agency))
    }

    fn stand(&self, owner: Owner<'_>, quarter: Quarter, rules: &Rules) -> MoneyAssessment {
        let lines = self.lines.get(&owner).map_or(&[][..], Vec::as_slice);
        let year: Vec<_> = lines
            .iter()
            .filter(|row| {
                row.item.key.span == Span::YearToDate && row.item.key.fiscal_year == quarter.year
            })
            .copied()
            .collect();
        let all: Vec<_> = lines
            .iter()
            .filter(|row| {
                row.item.key.span == Span::SinceBeginning && row.item.period.end <= quarter.end()
            })
            .copied()
            .collect();
        let in_quarter = |row: &&&Recorded<MoneyLine>| {
            !holds_all_year(row.item.key.kind) && row.item.period.quarter() == quarter
        };
        let year_cut_off = year
            .iter()
            .rev()
            .find(in_quarter)
            .map(|row| row.item.period);
        let all_cut_off = all.last().map(|row| row.item.period);
        let (span, rows, period) = match (year_cut_off, all_cut_off) {
            (Some(period), _) => (Span::YearToDate, year, period),
            (None, Some(period)) if year.is_empty() || period.quarter() == quarter => {
                (Span::SinceBeginning, all, period)
            }
            (None, _) if !year.is_empty() => (Span::YearToDate, year, quarter.period()),
            (None, _) => return MoneyAssessment::default(),
        };
        let mut amounts = Amounts::default();
        let mut used = Vec::new();
        for kind in AmountKind::ALL {
            let of_kind = rows.iter().filter(|row| row.item.key.kind == kind);
            let found = if holds_all_year(kind) {
                by_or_after(of_kind, period.end)
            } else {
                of_kind.rev().find(|row| row.item.period.end == period.end)
            };
            if let Some(row) = found {
                // A row whose checksum does not match is no amount; a finding names it.
                let counts = row.intact && !self.in_doubt.contains(&row.sequence);
                amounts.set(kind, counts.then_some(row.item.amount_ntd));
                used.push(row.sequence);
            }
        }
        of_amounts(amounts, span, period, used, rules)
    }
}

/// Budgets are decided for the year; the other amounts add up through it.
fn holds_all_year(kind: AmountKind) -> bool {
    matches!(kind, AmountKind::Budget | AmountKind::Available)
}

/// The latest line standing at or before a day, else the first after it.
fn by_or_after<'r, 'a: 'r>(
    rows: impl Iterator<Item = &'r &'a Recorded<MoneyLine>>,
    day: NaiveDate,
) -> Option<&'r &'a Recorded<MoneyLine>> {
    let mut found: Option<&&Recorded<MoneyLine>> = None;
    for row in rows {
        if row.item.period.end <= day || found.is_none() {
            found = Some(row);
        }
    }
    found
}

fn of_amounts(
    amounts: Amounts,
    span: Span,
    period: Period,
    rows: Vec<i64>,
    rules: &Rules,
) -> MoneyAssessment {
    let rates = rates(&amounts, &rules.executed);
    MoneyAssessment {
        amounts,
        span: Some(span),
        period: Some(period),
        executed_ntd: rates.executed_ntd,
        planned_is_planned_spend: rates.planned_is_planned_spend,
        execution_rate: rates.execution_rate,
        disbursement_ratio: rates.disbursement_ratio,
        attainment: rates.attainment,
        settlement_ratio: rates.settlement_ratio,
        provisional: period.quarter().number == 4
            && amounts.settled_ntd.is_none()
            && !amounts.is_empty(),
        rows,
    }
}

/// P of money already assessed.
pub(super) fn planned_ntd(money: &MoneyAssessment) -> Option<i64> {
    money
        .amounts
        .planned_spend_ntd
        .or(money.amounts.allotted_ntd)
}

/// Money of several programmes, and how many of them the execution rate covers.
#[derive(Debug, Clone, Default)]
pub(super) struct Summed {
    pub money: MoneyAssessment,
    /// Programmes with any money of the span summed.
    pub with_money: usize,
    /// Programmes in the execution rate.
    pub in_execution_rate: usize,
}

/// Adds up programmes: 年累計 money, and 總累計 only where nobody has 年累計.
pub(super) fn sum<'m>(parts: impl Iterator<Item = &'m MoneyAssessment>) -> Summed {
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
            provisional: known.iter().any(|m| m.provisional),
            rows: known.iter().flat_map(|m| m.rows.iter().copied()).collect(),
        },
        with_money: known.len(),
        in_execution_rate,
    }
}
