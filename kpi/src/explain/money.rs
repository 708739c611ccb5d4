//! Amounts and the four ratios, of a programme, an agency or all programmes together.

use super::rows::lines;
use super::{Case, Explanation, Part, RowState, Rule, term};
use crate::address::SeriesId;
use crate::assess::{Accounts, AgencyAssessment, MoneyAssessment, ProgrammeAssessment};
use crate::figure_name::{agency_of, money_term, owner};
use crate::figures::{changes_of, six};
use crate::message::{Arg, Message};
use crate::money::{AmountKind, MoneyLine, Ratio};
use crate::observation::Recorded;

/// 年累計, else 總累計 where only that is known; and 總累計 by itself.
const NAME: &str = "budget";
const TOTAL: &str = "budget-total";

/// A figure made of amounts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Made {
    Executed,
    Planned,
    Unexecuted,
    ExecutionRate,
    DisbursementRatio,
    Attainment,
    SettlementRatio,
    Realised,
    /// Net of the dated changes that were added to the budget line.
    Changed,
}

impl Made {
    const ALL: [Made; 9] = [
        Made::Executed,
        Made::Planned,
        Made::Unexecuted,
        Made::ExecutionRate,
        Made::DisbursementRatio,
        Made::Attainment,
        Made::SettlementRatio,
        Made::Realised,
        Made::Changed,
    ];
    fn id(self) -> &'static str {
        match self {
            Made::Executed => "executed",
            Made::Planned => "planned",
            Made::Unexecuted => "unexecuted",
            Made::ExecutionRate => "execution_rate",
            Made::DisbursementRatio => "disbursement_ratio",
            Made::Attainment => "attainment",
            Made::SettlementRatio => "settlement_ratio",
            Made::Realised => "realised",
            Made::Changed => "changed",
        }
    }
    fn word(self) -> &'static str {
        money_term(self.id()).unwrap_or("explain-budget")
    }
    fn ratio(self, money: &MoneyAssessment) -> Option<Ratio> {
        match self {
            Made::ExecutionRate => money.execution_rate,
            Made::DisbursementRatio => money.disbursement_ratio,
            Made::Attainment => money.attainment,
            Made::SettlementRatio => money.settlement_ratio,
            Made::Realised => money.realised,
            Made::Executed | Made::Planned | Made::Unexecuted | Made::Changed => None,
        }
    }
    fn value(self, money: &MoneyAssessment) -> Option<Arg> {
        let planned = planned_ntd(money);
        match self {
            Made::Executed => money.executed_ntd.map(Arg::Ntd),
            Made::Planned => planned.map(Arg::Ntd),
            Made::Unexecuted => money.unexecuted_ntd().map(Arg::Ntd),
            // Of no money at all nothing was changed; that is no zero.
            Made::Changed => money.span.map(|_| Arg::Ntd(money.changed_ntd)),
            // Not rounded: what is printed is rounded once.
            _ => self.ratio(money).map(|r| Arg::Fraction(r.fraction())),
        }
    }
}

/// P: planned spend where it is the base, else the allotment.
fn planned_ntd(money: &MoneyAssessment) -> Option<i64> {
    match money.planned_is_planned_spend {
        Some(true) => money.amounts.planned_spend_ntd,
        Some(false) => money.amounts.allotted_ntd,
        None => money
            .amounts
            .planned_spend_ntd
            .or(money.amounts.allotted_ntd),
    }
}

/// Whose money, and the scopes it is a sum over.
struct Whose<'a> {
    money: &'a MoneyAssessment,
    accounts: &'a Accounts,
    name: Arg,
    summed: Vec<(&'a str, &'a MoneyAssessment)>,
}

fn whose<'a>(case: &'a Case<'_>) -> Option<Whose<'a>> {
    let scope = case.scope();
    let programmes = &case.assessment.programmes;
    let total = case.name() == TOTAL;
    let pick = |money: &'a MoneyAssessment, accounts: &'a Accounts| {
        if total {
            &accounts.since_beginning
        } else {
            money
        }
    };
    let of = |p: &'a ProgrammeAssessment| pick(&p.money, &p.accounts);
    if scope == "portfolio" {
        let portfolio = &case.assessment.portfolio;
        let money = pick(&portfolio.money, &portfolio.accounts);
        return Some(Whose {
            money,
            accounts: &portfolio.accounts,
            name: term("explain-portfolio"),
            summed: programmes
                .iter()
                .filter(|p| of(p).span == money.span && of(p).span.is_some())
                .map(|p| (p.id.as_str(), of(p)))
                .collect(),
        });
    }
    if let Some((plan, agency)) = agency_of(scope) {
        // Named without its plan: the one where it leads, else the first with money.
        let mut found: Vec<_> = case
            .assessment
            .agencies
            .iter()
            .filter(|a| a.id == agency && plan.is_none_or(|plan| a.plan == plan))
            .collect();
        let stands = |a: &'a AgencyAssessment| pick(&a.money, &a.accounts);
        found.sort_by_key(|a| (a.scope != scope, stands(a).span.is_none(), stands(a).span));
        let found = *found.first()?;
        let money = stands(found);
        let own = case
            .snapshot
            .money
            .iter()
            .any(|row| money.rows.contains(&row.sequence) && row.item.key.programme.is_none());
        let led = programmes
            .iter()
            .filter(|p| found.programmes.contains(&p.id) && of(p).span == money.span)
            .map(|p| (p.id.as_str(), of(p)));
        return Some(Whose {
            money,
            accounts: &found.accounts,
            name: owner(
                &case.snapshot.register,
                case.assessment.quarter.end(),
                scope,
            ),
            summed: if own { Vec::new() } else { led.collect() },
        });
    }
    let found = programmes.iter().find(|p| p.id == scope)?;
    let name = case
        .snapshot
        .register
        .programme(scope)
        .map_or(Arg::from(scope), |p| Arg::Title(p.title.clone()));
    Some(Whose {
        money: of(found),
        accounts: &found.accounts,
        name,
        summed: Vec::new(),
    })
}

pub(super) fn explain(case: &Case<'_>) -> Option<Explanation> {
    if ![NAME, TOTAL].contains(&case.name()) {
        return None;
    }
    let whose = whose(case)?;
    let Some(part) = case.part() else {
        return Some(whole(case, &whose));
    };
    if let Some(made) = Made::ALL.into_iter().find(|made| made.id() == part) {
        return Some(of_made(case, &whose, made));
    }
    if let Some(kind) = AmountKind::from_id(part) {
        return Some(of_kind(case, &whose, kind));
    }
    let rate = part
        .strip_suffix("_change")
        .filter(|_| case.name() == NAME)?;
    change(case, &whose, rate)
}

/// A ratio's change against the same quarter last year, in percentage points.
fn change(case: &Case<'_>, whose: &Whose<'_>, rate: &str) -> Option<Explanation> {
    let mut known = changes_of(whose.accounts).into_iter();
    let (_, points) = known.find(|(word, _)| *word == rate)?;
    let made = Made::ALL.into_iter().find(|made| made.id() == rate)?;
    let mut out = Explanation::new(case.figure.clone(), case.name_of(&case.figure.series));
    out.value = points.map(|points| Arg::Points(six(points)));
    out.formula = Some(Message::new("explain-formula-change"));
    out.rule = Some(Rule {
        id: "change-against-last-year@1".to_owned(),
        text: Message::new("explain-rule-change"),
    });
    let quarter = case.assessment.quarter;
    let then = (quarter.plus(-4), &whose.accounts.last_year);
    for (quarter, money) in [(quarter, &whose.accounts.year_to_date), then] {
        let series = SeriesId::new(case.scope(), NAME).part(rate);
        out.parts.push(Part {
            figure: Some(series.at(quarter.period())),
            label: Arg::Quarter(quarter),
            value: made.value(money),
            status: None,
        });
    }
    Some(out)
}

fn titled(case: &Case<'_>, whose: &Whose<'_>, word: &'static str) -> Explanation {
    let title = Message::new("explain-of")
        .with("owner", whose.name.clone())
        .with("what", term(word));
    Explanation::new(case.figure.clone(), title.into())
}

/// Every amount and ratio of one owner.
fn whole(case: &Case<'_>, whose: &Whose<'_>) -> Explanation {
    let mut out = titled(case, whose, "explain-budget");
    for kind in AmountKind::ALL {
        if let Some(amount) = whose.money.amounts.get(kind) {
            out.parts.push(part(
                case,
                case.scope(),
                kind.id(),
                kind.term(),
                Some(Arg::Ntd(amount)),
            ));
        }
    }
    for made in Made::ALL {
        if let Some(value) = made.value(whose.money) {
            out.parts.push(part(
                case,
                case.scope(),
                made.id(),
                made.word(),
                Some(value),
            ));
        }
    }
    out.rule = Some(which_rows(case, whose));
    if whose.summed.is_empty() {
        out.rows = lines(&case.snapshot.money, &whose.money.rows, |row| {
            whose.money.rows.contains(&row.sequence)
        });
    }
    out
}

fn of_kind(case: &Case<'_>, whose: &Whose<'_>, kind: AmountKind) -> Explanation {
    let mut out = titled(case, whose, kind.term());
    out.value = whose.money.amounts.get(kind).map(Arg::Ntd);
    if whose.summed.is_empty() {
        out.rows = rows(case, whose, &[kind]);
        out.rule = Some(which_rows(case, whose));
        if matches!(kind, AmountKind::Budget | AmountKind::Available) {
            changes(case, whose, &mut out);
        }
        return out;
    }
    let known: Vec<_> = whose
        .summed
        .iter()
        .filter_map(|(id, money)| Some((*id, money.amounts.get(kind)?)))
        .collect();
    out.formula =
        Some(Message::new("explain-formula-sum-of-programmes").with("programmes", known.len()));
    out.rule = Some(sum_rule());
    for (id, amount) in known {
        out.parts.push(part(
            case,
            id,
            kind.id(),
            kind.term(),
            Some(Arg::Ntd(amount)),
        ));
        name_last(case, &mut out, id);
    }
    out
}

/// The dated changes of a programme's budget in the year; what of them was added to the line is in the formula.
fn changes(case: &Case<'_>, whose: &Whose<'_>, out: &mut Explanation) {
    let quarter = case.assessment.quarter;
    let of_year = case.snapshot.register.budget_changes.iter();
    let of_year = of_year.filter(|c| c.fiscal_year == quarter.year && c.on <= quarter.end());
    for change in of_year {
        let effect = change.effect_on(case.scope());
        if effect != 0 {
            out.parts.push(Part {
                figure: None,
                label: Message::new("explain-budget-change")
                    .with("date", change.on)
                    .with("kind", term(change.term()))
                    .with("document", crate::text::clean(&change.document))
                    .into(),
                value: Some(Arg::Number(effect.into())),
                status: None,
            });
        }
    }
    if whose.money.changed_ntd != 0 {
        let changed = Arg::Number(whose.money.changed_ntd.into());
        out.formula = Some(Message::new("explain-formula-changed").with("changed", changed));
    }
}

fn of_made(case: &Case<'_>, whose: &Whose<'_>, made: Made) -> Explanation {
    let mut out = titled(case, whose, made.word());
    out.value = made.value(whose.money);
    if !whose.summed.is_empty() {
        let known: Vec<_> = whose
            .summed
            .iter()
            .filter_map(|(id, money)| Some((*id, made.value(money)?)))
            .collect();
        out.formula = Some(match made.ratio(whose.money) {
            Some(ratio) => ratio_formula("explain-formula-ratio-of-sums", ratio)
                .with("programmes", known.len()),
            None => {
                Message::new("explain-formula-sum-of-programmes").with("programmes", known.len())
            }
        });
        out.rule = Some(sum_rule());
        for (id, value) in known {
            out.parts
                .push(part(case, id, made.id(), made.word(), Some(value)));
            name_last(case, &mut out, id);
        }
        return out;
    }
    out.formula = made
        .ratio(whose.money)
        .map(|ratio| ratio_formula("explain-formula-money", ratio));
    out.rule = Some(which_rows(case, whose));
    let money = whose.money;
    let planned = if money.planned_is_planned_spend == Some(false) {
        AmountKind::Allotted
    } else {
        AmountKind::PlannedSpend
    };
    let basis = if money.amounts.available_ntd.is_some() {
        AmountKind::Available
    } else {
        AmountKind::Budget
    };
    let executed = &case.snapshot.register.rules.executed;
    let of_kind = |kind: AmountKind| {
        let value = money.amounts.get(kind).map(Arg::Ntd);
        part(case, case.scope(), kind.id(), kind.term(), value)
    };
    let of_executed = || {
        let made = Made::Executed;
        part(
            case,
            case.scope(),
            made.id(),
            made.word(),
            made.value(money),
        )
    };
    let mut kinds: Vec<AmountKind> = Vec::new();
    match made {
        Made::Executed => kinds.extend(executed),
        Made::Planned => kinds.push(planned),
        Made::Unexecuted | Made::ExecutionRate => kinds.push(planned),
        Made::DisbursementRatio => kinds.extend([AmountKind::Paid, planned]),
        Made::Attainment => kinds.push(basis),
        Made::SettlementRatio => kinds.extend([AmountKind::Settled, AmountKind::Budget]),
        Made::Realised => kinds.extend([AmountKind::Paid, AmountKind::Allotted]),
        Made::Changed => {
            changes(case, whose, &mut out);
            return out;
        }
    }
    if matches!(
        made,
        Made::Unexecuted | Made::ExecutionRate | Made::Attainment
    ) {
        out.parts.push(of_executed());
    }
    out.parts.extend(kinds.iter().map(|kind| of_kind(*kind)));
    if matches!(
        made,
        Made::Unexecuted | Made::ExecutionRate | Made::Attainment
    ) {
        kinds.extend(executed);
    }
    if made == Made::Executed {
        out.formula = Some(Message::new("explain-formula-executed"));
    } else if made == Made::Unexecuted {
        out.formula = Some(Message::new("explain-formula-unexecuted"));
    }
    out.rows = rows(case, whose, &kinds);
    out
}

fn ratio_formula(id: &'static str, ratio: Ratio) -> Message {
    // In whole NT$: a rounded part would not give the printed rate.
    let ntd = Arg::Number;
    Message::new(id)
        .with("numerator", ntd(ratio.numerator))
        .with("denominator", ntd(ratio.denominator))
        .with("value", Arg::Fraction(ratio.fraction()))
}

/// By which rule an owner's rows were chosen.
fn which_rows(case: &Case<'_>, whose: &Whose<'_>) -> Rule {
    if !whose.summed.is_empty() {
        return sum_rule();
    }
    if let Some(refused) = &whose.money.refused {
        return Rule {
            id: "implausible-rate@1".to_owned(),
            text: Message::new("entry-rate-refused")
                .with("rate", Arg::Fraction(refused.rate))
                .with("limit", Arg::Fraction(refused.limit)),
        };
    }
    let text = match (whose.money.span, whose.money.period) {
        (Some(crate::money::Span::YearToDate), Some(period)) => {
            Message::new("explain-rule-year-to-date").with("period", period)
        }
        (Some(crate::money::Span::SinceBeginning), Some(period)) => {
            let id = match case.name() {
                TOTAL => "explain-rule-total",
                _ => "explain-rule-since-beginning",
            };
            Message::new(id).with("period", period)
        }
        _ => Message::new("explain-rule-no-money"),
    };
    Rule {
        id: "money-rows@1".to_owned(),
        text,
    }
}

fn sum_rule() -> Rule {
    Rule {
        id: "money-sum@1".to_owned(),
        text: Message::new("explain-rule-money-sum"),
    }
}

fn part(case: &Case<'_>, scope: &str, id: &str, word: &'static str, value: Option<Arg>) -> Part {
    Part {
        figure: Some(case.at(SeriesId::new(scope, case.name()).part(id))),
        label: term(word),
        value,
        status: None,
    }
}

/// Names a programme's part by the programme.
fn name_last(case: &Case<'_>, out: &mut Explanation, id: &str) {
    if let (Some(last), Some(programme)) =
        (out.parts.last_mut(), case.snapshot.register.programme(id))
    {
        last.label = Message::new("explain-programme")
            .with("id", id)
            .with("title", Arg::Title(programme.title.clone()))
            .into();
    }
}

fn rows(case: &Case<'_>, whose: &Whose<'_>, kinds: &[AmountKind]) -> Vec<super::Row> {
    let all = &case.snapshot.money;
    let used: Vec<&Recorded<MoneyLine>> = all
        .iter()
        .filter(|row| {
            whose.money.rows.contains(&row.sequence) && kinds.contains(&row.item.key.kind)
        })
        .collect();
    let mut found = lines(all, &whose.money.rows, |row| {
        used.iter().any(|other| {
            let (one, two) = (&row.item, &other.item);
            one.key.programme == two.key.programme
                && (one.key.programme.is_some() || one.key.agency == two.key.agency)
                && one.key.plan == two.key.plan
                && one.key.span == two.key.span
                && one.key.fiscal_year == two.key.fiscal_year
                && one.key.kind == two.key.kind
                && one.period.end == two.period.end
        })
    });
    if whose.money.refused.is_some() {
        // What was received is kept and does not count.
        for row in found.iter_mut().filter(|row| row.state == RowState::Counts) {
            let kind = row.series.part.as_deref().and_then(AmountKind::from_id);
            if kind.is_some_and(AmountKind::is_spent) {
                row.state = RowState::Refused;
            }
        }
    }
    found
}
