//! Money of programmes, agencies and the portfolio at a quarter's cut-off.
//!
//! Which rows: 年累計 lines of the quarter's fiscal year that stand at the latest cut-off inside the quarter, all
//! at one cut-off; the year's budget lines hold for all its quarters. Only where there is no 年累計, 總累計 lines
//! at their latest cut-off by then.
//!
//! Sums over programmes: an amount is the sum of the known ones; a ratio's numerator and denominator are both
//! summed over exactly the programmes that know both, so that nobody's unknown counts as a zero. How many
//! programmes a ratio covers is counted and said.
//!
//! Lines that carry a programme and an agency: where a programme has lines of several agencies, its amount is their
//! sum, known only when all of them are, and each agency has its own share; a line without an agency stands for the
//! whole programme. Otherwise the programme belongs to its one agency, or to its lead.
//!
//! Dated changes of a budget (流用, 追加, 追減) are added to a budget line that stood before their day; a line that
//! stands on or after it already contains them. A line of the whole year is the budget as decided at its start.

mod book;
mod sum;

pub(super) use sum::{Summed, sum, sum_accounts};

use super::{Accounts, MoneyAssessment, RefusedSpending};
use crate::calendar::{Period, PeriodKind, Quarter};
use crate::effective::{doubted, live};
use crate::money::{AmountKind, Amounts, BudgetChange, MoneyLine, Span};
use crate::money_rates::{highest_rate, rates};
use crate::observation::{Act, Recorded};
use crate::register::Register;
use crate::rules::Rules;
use book::{Book, Lines, Part};
use chrono::NaiveDate;
use foldhash::fast::RandomState;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

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
    books: HashMap<Owner<'a>, Book<'a>, RandomState>,
    /// Of who has no lines.
    empty: Book<'a>,
    changes: &'a [BudgetChange],
}

/// Which amount of its owner a row gives.
fn amount(row: &Recorded<MoneyLine>) -> (NaiveDate, AmountKind, Span, i32, Option<&str>) {
    let key = &row.item.key;
    let agency = key.agency.as_deref();
    (
        row.item.period.end,
        key.kind,
        key.span,
        key.fiscal_year,
        agency,
    )
}

impl<'a> MoneyIndex<'a> {
    pub fn of(rows: &'a [Recorded<MoneyLine>], changes: &'a [BudgetChange]) -> Self {
        let mut lines: HashMap<Owner<'a>, Lines<'a>, RandomState> = HashMap::default();
        let live = live(rows);
        let in_doubt = doubted(&live).into_keys().collect();
        for row in live {
            let key = &row.item.key;
            let owner = match (&key.programme, &key.agency) {
                (Some(programme), _) => Owner::Programme(programme),
                (None, Some(agency)) => Owner::Agency(&key.plan, agency),
                (None, None) => continue,
            };
            if matches!(row.act, Act::Withdraw(_)) && row.intact {
                continue;
            }
            lines.entry(owner).or_default().push(row);
        }
        let books = lines.into_iter().map(|(owner, mut rows)| {
            // The latest of each amount comes first and is the one that stays.
            rows.sort_by_key(|row| (amount(row), Reverse(row.sequence)));
            rows.dedup_by_key(|row| amount(row));
            rows.sort_by_key(|row| (row.item.period.end, row.sequence));
            (owner, Book::of(rows.into_iter()))
        });
        Self {
            books: books.collect(),
            empty: Book::default(),
            in_doubt,
            changes,
        }
    }

    /// Money of a programme: 年累計, else 總累計.
    pub fn programme(&self, id: &str, quarter: Quarter, rules: &Rules) -> MoneyAssessment {
        let lines = self.of_owner(Owner::Programme(id));
        self.chosen(lines, Some(id), quarter, rules)
    }

    /// Money of a programme, both accumulations side by side.
    pub fn programme_accounts(&self, id: &str, quarter: Quarter, rules: &Rules) -> Accounts {
        let lines = self.of_owner(Owner::Programme(id));
        self.accounts(lines, Some(id), quarter, rules)
    }

    /// 年累計 of a programme.
    pub fn programme_year(&self, id: &str, quarter: Quarter, rules: &Rules) -> MoneyAssessment {
        let lines = self.of_owner(Owner::Programme(id));
        self.year_to_date(lines, Some(id), quarter, rules)
    }

    /// Agency-only lines of a plan.
    pub fn agency_accounts(
        &self,
        plan: &str,
        agency: &str,
        quarter: Quarter,
        rules: &Rules,
    ) -> Accounts {
        let lines = self.of_owner(Owner::Agency(plan, agency));
        self.accounts(lines, None, quarter, rules)
    }

    /// What of a programme's money belongs to an agency; `lead` answers for lines that name no agency.
    pub fn share(
        &self,
        programme: &str,
        lead: &str,
        agency: &str,
        quarter: Quarter,
        rules: &Rules,
    ) -> Option<Accounts> {
        let all = self.of_owner(Owner::Programme(programme));
        let mine = match all.agencies.len() {
            0 => lead == agency,
            _ => all.agencies.contains(agency),
        };
        mine.then(|| match all.agencies.len() {
            0 | 1 => self.accounts(all, Some(programme), quarter, rules),
            _ => self.accounts(&all.of_agency(agency), None, quarter, rules),
        })
    }

    /// The amounts planned for a programme's cut-off at a quarter's end, year to date, as they are known.
    pub fn plan_at(&self, id: &str, quarter: Quarter) -> Amounts {
        let year = self.of_owner(Owner::Programme(id)).year(quarter);
        self.amounts(year, Some(id), Span::YearToDate, quarter.period())
            .0
    }

    /// Plans and agencies that have lines of their own.
    pub fn has_agency(&self, plan: &str, agency: &str) -> bool {
        self.books.contains_key(&Owner::Agency(plan, agency))
    }

    fn of_owner<'b>(&'b self, owner: Owner<'b>) -> &'b Book<'a> {
        self.books.get(&owner).unwrap_or(&self.empty)
    }

    fn chosen(
        &self,
        book: &Book<'a>,
        programme: Option<&str>,
        quarter: Quarter,
        rules: &Rules,
    ) -> MoneyAssessment {
        let (year, all) = (book.year(quarter), book.since_beginning(quarter));
        let all_cut_off = all.last().map(|row| row.item.period);
        let (span, rows, period) = match (cut_off(year, quarter), all_cut_off) {
            (Some(period), _) => (Span::YearToDate, year, period),
            (None, Some(period)) if year.is_empty() || period.quarter() == quarter => {
                (Span::SinceBeginning, all, period)
            }
            (None, _) if !year.is_empty() => (Span::YearToDate, year, quarter.period()),
            (None, _) => return MoneyAssessment::default(),
        };
        self.stand(rows, programme, span, period, rules)
    }

    fn accounts(
        &self,
        book: &Book<'a>,
        programme: Option<&str>,
        quarter: Quarter,
        rules: &Rules,
    ) -> Accounts {
        let year_to_date = |quarter: Quarter| self.year_to_date(book, programme, quarter, rules);
        let all = book.since_beginning(quarter);
        Accounts {
            year_to_date: year_to_date(quarter),
            since_beginning: match cut_off_by(all) {
                Some(period) => self.stand(all, programme, Span::SinceBeginning, period, rules),
                None => MoneyAssessment::default(),
            },
            last_year: year_to_date(quarter.plus(-4)),
        }
    }

    fn year_to_date(
        &self,
        book: &Book<'a>,
        programme: Option<&str>,
        quarter: Quarter,
        rules: &Rules,
    ) -> MoneyAssessment {
        let year = book.year(quarter);
        if year.is_empty() {
            return MoneyAssessment::default();
        }
        let period = cut_off(year, quarter).unwrap_or(quarter.period());
        self.stand(year, programme, Span::YearToDate, period, rules)
    }

    fn stand(
        &self,
        rows: Part<'_, 'a>,
        programme: Option<&str>,
        span: Span,
        period: Period,
        rules: &Rules,
    ) -> MoneyAssessment {
        let (mut amounts, used, changed_ntd) = self.amounts(rows, programme, span, period);
        let refused = refuse(&mut amounts, rules);
        MoneyAssessment {
            changed_ntd,
            refused,
            ..of_amounts(amounts, span, period, used, rules)
        }
    }

    /// Amounts at a cut-off, the rows they were read from, and the net of the dated changes added to the budget.
    fn amounts(
        &self,
        rows: Part<'_, 'a>,
        programme: Option<&str>,
        span: Span,
        period: Period,
    ) -> (Amounts, Vec<i64>, i64) {
        let agencies = agencies_of(rows);
        let whole = standing(rows, period.end, |row| {
            agencies.len() < 2 || row.item.key.agency.is_none()
        });
        let shares: Vec<_> = match agencies.len() {
            0 | 1 => Vec::new(),
            _ => agencies
                .iter()
                .map(|agency| {
                    standing(rows, period.end, |row| {
                        row.item.key.agency.as_deref() == Some(agency)
                    })
                })
                .collect(),
        };
        let (mut amounts, mut used, mut added) = (Amounts::default(), Vec::new(), 0);
        for kind in AmountKind::ALL {
            let found: Vec<&Recorded<MoneyLine>> = match whole.get(&kind) {
                Some(whole) => vec![*whole],
                None => shares
                    .iter()
                    .filter_map(|share| share.get(&kind).copied())
                    .collect(),
            };
            // A part that is missing is not a zero.
            let complete = match found.as_slice() {
                [] => continue,
                [one] => one.item.key.agency.is_none() || agencies.len() < 2,
                parts => parts.len() == agencies.len(),
            };
            // A row whose checksum does not match is no amount; a finding names it.
            let known = found
                .iter()
                .all(|row| row.intact && !self.in_doubt.contains(&row.sequence));
            let sum = found
                .iter()
                .try_fold(0_i64, |sum, row| sum.checked_add(row.item.amount_ntd));
            let mut amount = sum.filter(|_| complete && known);
            if holds_all_year(kind)
                && span == Span::YearToDate
                && let (Some(programme), Some(row)) = (programme, found.first())
            {
                let change = self.changes_since(programme, &row.item, period.end);
                amount = amount.and_then(|amount| amount.checked_add(change));
                if kind == AmountKind::Budget {
                    added = change;
                }
            }
            amounts.set(kind, amount);
            used.extend(found.iter().map(|row| row.sequence));
        }
        (amounts, used, added)
    }

    /// The net of the changes after the day a budget line stands at, by a day, whole NT$.
    fn changes_since(&self, programme: &str, line: &MoneyLine, by: NaiveDate) -> i64 {
        let stands = match line.period.kind {
            PeriodKind::Year => None,
            _ => Some(line.period.end),
        };
        self.changes
            .iter()
            .filter(|change| change.fiscal_year == line.key.fiscal_year && change.on <= by)
            .filter(|change| stands.is_none_or(|day| change.on > day))
            .fold(0_i64, |sum, change| {
                sum.saturating_add(change.effect_on(programme))
            })
    }
}

/// The latest cut-off inside the quarter: one with money spent, else one with money planned. A plan of months to come
/// is no cut-off.
fn cut_off(lines: Part<'_, '_>, quarter: Quarter) -> Option<Period> {
    let first = lines.partition_point(|row| row.item.period.end < quarter.start());
    let after = lines.partition_point(|row| row.item.period.end <= quarter.end());
    let inside = lines.get(first..after).unwrap_or_default();
    let latest = |keep: fn(AmountKind) -> bool| {
        let found = inside.iter().rev().find(|row| keep(row.item.key.kind));
        found.map(|row| row.item.period)
    };
    latest(is_reported).or_else(|| latest(|kind| !holds_all_year(kind)))
}

/// The programmes whose 年累計 rows leave open whether there is a cut-off inside the quarter: of these 總累計 may stand
/// instead. A row that acts on another leaves it open as well.
pub fn without_year<'r, 'l>(
    register: &'r Register,
    rows: impl Iterator<Item = &'l Recorded<MoneyLine>>,
    quarter: Quarter,
) -> Vec<&'r str> {
    let (mut known, mut open) = (HashSet::new(), HashSet::new());
    for row in rows {
        let key = &row.item.key;
        let Some(programme) = key.programme.as_deref() else {
            continue;
        };
        let is_inside = (quarter.start()..=quarter.end()).contains(&row.item.period.end);
        let of_year = key.span == Span::YearToDate && key.fiscal_year == quarter.year;
        if row.act != Act::Record || !row.intact {
            open.insert(programme);
        } else if of_year && is_inside && !holds_all_year(key.kind) {
            known.insert(programme);
        }
    }
    let programmes = register.programmes.iter().map(|p| p.id.as_str());
    programmes
        .filter(|id| !known.contains(id) || open.contains(id))
        .collect()
}

/// The latest cut-off of lines since the beginning.
fn cut_off_by(lines: Part<'_, '_>) -> Option<Period> {
    let reported = lines
        .iter()
        .rev()
        .find(|row| is_reported(row.item.key.kind));
    reported.or(lines.last()).map(|row| row.item.period)
}

/// The agencies that lines name.
fn agencies_of<'a>(lines: Part<'_, 'a>) -> BTreeSet<&'a str> {
    let named = |row: &&'a Recorded<MoneyLine>| row.item.key.agency.as_deref();
    lines.iter().filter_map(named).collect()
}

/// Amounts that say what happened; the others say what was decided before.
fn is_reported(kind: AmountKind) -> bool {
    matches!(
        kind,
        AmountKind::Paid
            | AmountKind::Payable
            | AmountKind::Saved
            | AmountKind::CarriedOver
            | AmountKind::Settled
    )
}

/// Budgets are decided for the year; the other amounts add up through it.
fn holds_all_year(kind: AmountKind) -> bool {
    matches!(kind, AmountKind::Budget | AmountKind::Available)
}

/// Of each kind the line that holds at a day, of those to keep. What is decided for the year: the latest standing by
/// then, else the first after it; the other amounts: the latest of exactly that day.
fn standing<'a>(
    rows: Part<'_, 'a>,
    day: NaiveDate,
    keep: impl Fn(&Recorded<MoneyLine>) -> bool,
) -> BTreeMap<AmountKind, &'a Recorded<MoneyLine>> {
    let mut found = BTreeMap::new();
    for row in rows.iter().copied() {
        let (kind, end) = (row.item.key.kind, row.item.period.end);
        let holds = match holds_all_year(kind) {
            true => end <= day || !found.contains_key(&kind),
            false => end == day,
        };
        if holds && keep(row) {
            found.insert(kind, row);
        }
    }
    found
}

/// What was spent does not count where a rate made of it is above the highest that is taken as input: people are refused
/// when they type it, a portal's answer is refused here. The rows stay.
fn refuse(amounts: &mut Amounts, rules: &Rules) -> Option<RefusedSpending> {
    let limit = rules.asking.refuse_above;
    let rate = highest_rate(amounts, &rules.executed).filter(|rate| *rate > limit)?;
    let spent = || AmountKind::ALL.into_iter().filter(|kind| kind.is_spent());
    let received = spent()
        .filter_map(|kind| Some((kind, amounts.get(kind)?)))
        .collect();
    for kind in spent() {
        amounts.set(kind, None);
    }
    Some(RefusedSpending {
        rate,
        limit,
        amounts: received,
    })
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
        realised: rates.realised,
        changed_ntd: 0,
        refused: None,
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
