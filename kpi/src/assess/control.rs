//! Findings of control (管考): what low and high rates ask of people, milestones that are late or do not add up, and
//! budgets that change without a decision.

use super::milestones::{Timeliness, weights};
use super::money::MoneyIndex;
use super::reading::Index;
use super::{Assessment, ProgrammeAssessment, programme};
use crate::address::SeriesId;
use crate::calendar::Quarter;
use crate::finding::{Finding, Severity};
use crate::message::{Arg, Message};
use crate::money::Ratio;
use crate::register::{NarrativePart, Programme, Register};
use crate::rules::Rules;
use rust_decimal::Decimal;

pub(super) fn findings(
    register: &Register,
    quarter: Quarter,
    index: &Index<'_>,
    money: &MoneyIndex<'_>,
    assessed: &Assessment,
    raised: &mut Vec<Finding>,
) {
    for (programme, assessed) in register.programmes.iter().zip(&assessed.programmes) {
        let mut add = |rule: &str, severity: Severity, series: SeriesId, text: Message| {
            let figure = Some(series.at(quarter.period()));
            raised.push(Finding::new(rule, severity, figure, None, text));
        };
        rates(register, assessed, quarter, index, &mut add);
        milestones(programme, assessed, &mut add);
        budget(register, programme, quarter, money, &mut add);
    }
}

type Add<'f> = dyn FnMut(&str, Severity, SeriesId, Message) + 'f;

fn rates(
    register: &Register,
    assessed: &ProgrammeAssessment,
    quarter: Quarter,
    index: &Index<'_>,
    add: &mut Add<'_>,
) {
    let asking = &register.rules.asking;
    let series = |part: &str| SeriesId::new(assessed.id.as_str(), "budget").part(part);
    let rate = assessed
        .accounts
        .year_to_date
        .execution_rate
        .map(Ratio::fraction);
    if let Some(low) = asks_for_cause(assessed, quarter, &register.rules) {
        let told = assessed.narrative.as_ref();
        let missing: Vec<Arg> = NarrativePart::ALL
            .into_iter()
            .filter(|part| told.is_none_or(|told| part.of(told).is_none()))
            .map(|part| Arg::Term(part.term().into()))
            .collect();
        if let Some(list) = list(missing) {
            let text = match low {
                Some(rate) => Message::new("finding-cause-missing")
                    .with("rate", Arg::Fraction(rate))
                    .with("limit", Arg::Fraction(asking.cause_below)),
                None => Message::new("finding-cause-missing-lagging")
                    .with("rule", register.rules.lagging.name()),
            };
            add(
                "cause-missing@1",
                Severity::Warning,
                series("execution_rate"),
                text.with("missing", list)
                    .with("programme", assessed.id.as_str()),
            );
        }
    }
    for (money, name) in [
        (&assessed.accounts.year_to_date, "budget"),
        (&assessed.accounts.since_beginning, "budget-total"),
    ] {
        let Some(refused) = &money.refused else {
            continue;
        };
        let received = refused.amounts.iter().map(|(kind, amount)| {
            Arg::from(
                Message::new("finding-received-amount")
                    .with("kind", Arg::Term(kind.term().into()))
                    .with("amount", Arg::Number((*amount).into())),
            )
        });
        let text = Message::new("finding-implausible-rate")
            .with("rate", Arg::Fraction(refused.rate))
            .with("limit", Arg::Fraction(refused.limit));
        let series = SeriesId::new(assessed.id.as_str(), name).part("execution_rate");
        let text = match list(received.collect()) {
            Some(received) => text.with("received", received),
            None => text.with("received", ""),
        };
        add("implausible-rate@1", Severity::Error, series, text);
    }
    let Some(rate) = rate.filter(|rate| *rate > asking.confirm_above) else {
        return;
    };
    let confirmed = SeriesId::new(assessed.id.as_str(), "confirm").part("execution_rate");
    if programme::value(confirmed, quarter, index).is_none_or(|value| value < Decimal::ONE) {
        add(
            "above-plan@1",
            Severity::Info,
            series("execution_rate"),
            Message::new("finding-above-plan")
                .with("rate", Arg::Fraction(rate))
                .with("limit", Arg::Fraction(asking.confirm_above))
                .with("programme", assessed.id.as_str()),
        );
    }
}

/// Whether cause, responsibility and measure are asked for, and the low rate if that is why: below the limit from the
/// second quarter on, or named as lagging. In the first quarter nothing has had time to be explained.
pub(super) fn asks_for_cause(
    assessed: &ProgrammeAssessment,
    quarter: Quarter,
    rules: &Rules,
) -> Option<Option<Decimal>> {
    let rate = assessed.accounts.year_to_date.execution_rate;
    let low = rate
        .map(Ratio::fraction)
        .filter(|rate| *rate < rules.asking.cause_below && quarter.number > 1);
    let named = assessed.lagging.lagging == Some(true);
    (named || low.is_some()).then_some(low)
}

/// One to three names as one sentence.
fn list(names: Vec<Arg>) -> Option<Message> {
    let mut names = names.into_iter();
    let first = Message::new("list-one").with("a", names.next()?);
    Some(names.fold(first, |so_far, next| {
        Message::new("list-more").with("a", so_far).with("b", next)
    }))
}

fn milestones(programme: &Programme, assessed: &ProgrammeAssessment, add: &mut Add<'_>) {
    let series = |id: &str| SeriesId::new(assessed.id.as_str(), "milestone").part(id);
    let sum = weights(&programme.milestones);
    if !programme.milestones.is_empty() && sum != Decimal::ONE_HUNDRED {
        add(
            "milestone-weights@1",
            Severity::Warning,
            SeriesId::new(assessed.id.as_str(), "milestone").part("weights"),
            Message::new("finding-milestone-weights").with("sum", sum),
        );
    }
    for state in &assessed.milestones {
        let Some(days) = state
            .days_late
            .filter(|_| state.timeliness == Timeliness::Late)
        else {
            continue;
        };
        let listed = programme.milestones.iter().find(|m| m.id == state.id);
        let title = listed.map(|m| Arg::Title(m.title.clone()));
        add(
            "milestone-late@1",
            Severity::Warning,
            series(&state.id),
            Message::new("finding-milestone-late")
                .with("title", title.unwrap_or(Arg::Text(state.id.clone())))
                .with("day", state.plan.planned)
                .with("days", days),
        );
    }
}

/// A budget that differs from the quarter before by another amount than the dated changes between them.
fn budget(
    register: &Register,
    programme: &Programme,
    quarter: Quarter,
    money: &MoneyIndex<'_>,
    add: &mut Add<'_>,
) {
    if quarter.number == 1 {
        return;
    }
    let of = |quarter| {
        let found = money.programme_year(&programme.id, quarter, &register.rules);
        found.amounts.budget_ntd
    };
    let (Some(was), Some(now)) = (of(quarter.previous()), of(quarter)) else {
        return;
    };
    let decided = register
        .budget_changes
        .iter()
        .filter(|c| c.fiscal_year == quarter.year)
        .filter(|c| c.on > quarter.previous().end() && c.on <= quarter.end())
        .fold(0_i64, |sum, c| {
            sum.saturating_add(c.effect_on(&programme.id))
        });
    let changed = now.saturating_sub(was);
    if changed != decided {
        add(
            "budget-change@1",
            Severity::Warning,
            SeriesId::new(programme.id.as_str(), "budget").part("amount"),
            Message::new("finding-budget-change")
                .with("before", Arg::Number(was.into()))
                .with("now", Arg::Number(now.into()))
                .with("changed", Arg::Number(changed.into()))
                .with("decided", Arg::Number(decided.into())),
        );
    }
}
