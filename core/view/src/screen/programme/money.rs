//! Money as one bar, and the lagging rule with its inputs.

use super::super::parts::*;
use crate::format;
use crate::panel::{Body, Fact, Line, MoneyBar, Panel, Place, Tone};
use crate::state::{Loaded, State};
use quarterdeck_kpi::assess::{
    Accounts, Lagging, LaggingCondition, MoneyAssessment, ProgrammeAssessment,
};
use quarterdeck_kpi::message::{Arg, Message};
use quarterdeck_kpi::money::{AmountKind, Ratio};
use quarterdeck_kpi::money_rates::bases;
use quarterdeck_kpi::rules::{Measure, RuleSet};
use quarterdeck_kpi::status::Status;
use rust_decimal::Decimal;

pub(crate) fn money(state: &State, id: &'static str, money: &MoneyAssessment) -> Panel {
    let amounts = &money.amounts;
    let whole = amounts
        .available_ntd
        .or(amounts.budget_ntd)
        .or_else(|| planned(money));
    let (Some(whole), Some(executed)) = (whole, money.executed_ntd) else {
        let lines = match amounts.budget_ntd {
            Some(budget) => vec![vec![span(
                state.say(&Message::new("money-budget-only").with("budget", Arg::Ntd(budget))),
            )]],
            None => vec![vec![toned(state.word("money-unknown"), Tone::Label)]],
        };
        return panel(
            id,
            Place::Side,
            state.word("programme-money"),
            Body::Lines(lines),
        );
    };
    let base = planned(money);
    let share = |amount: i64| {
        base.and_then(|base| Ratio::of(amount, base))
            .map_or(format::NONE.to_owned(), |r| format::rate(r.fraction()))
    };
    let mut parts = Vec::new();
    let mut part = |id: &'static str, label: &str, amount: Option<i64>| {
        if let Some(amount) = amount {
            parts.push((
                id,
                state.word(label),
                format::money(state.money_unit, amount),
                share(amount),
                geometry(Decimal::from(amount.max(0))),
            ));
        }
    };
    part("paid", "money-paid", amounts.paid_ntd);
    part("payable", "money-payable", amounts.payable_ntd);
    part("saved", "money-saved", amounts.saved_ntd);
    part("unspent", "money-unspent", unexecuted(money));
    let drawn = base.unwrap_or(executed).max(executed);
    part(
        "open",
        "money-open",
        whole.checked_sub(drawn).filter(|open| *open > 0),
    );
    let planned_word = if money.planned_is_planned_spend == Some(true) {
        "money-planned-spend"
    } else {
        "money-allotted"
    };
    let bar = MoneyBar {
        message: state.say(
            &Message::new("money-message")
                .with("executed", Arg::Ntd(executed))
                .with("whole", Arg::Ntd(whole))
                .with("rate", share(executed)),
        ),
        parts,
        tick: base.map(|base| {
            (
                state.word(planned_word),
                format::money(state.money_unit, base),
                geometry(Decimal::from(base)),
            )
        }),
        whole: geometry(Decimal::from(whole.max(drawn))),
        total: Some((
            state.word("money-executed"),
            format::money(state.money_unit, executed),
            share(executed),
        )),
    };
    let mut panel = panel(
        id,
        Place::Side,
        state.word("programme-money"),
        Body::Money(bar),
    );
    panel.subtitle = state
        .say(&Message::new("money-unit").with("unit", Arg::Term(state.money_unit.term().into())));
    if let Some(period) = money.period {
        panel.aside.push(toned(
            state.say(&Message::new("money-until").with("date", period.end)),
            Tone::Hint,
        ));
    }
    if money.provisional {
        panel
            .aside
            .push(toned(state.word("money-provisional"), Tone::Hint));
    }
    panel
}

/// The ratios of both accumulations side by side, each naming its denominator, with the change against last year.
pub(crate) fn ratios(state: &State, accounts: &Accounts) -> Panel {
    let rate = |ratio: Option<Ratio>| {
        ratio.map_or(format::NONE.to_owned(), |r| format::rate(r.fraction()))
    };
    type Of = fn(&MoneyAssessment) -> Option<Ratio>;
    let measures: [(&'static str, Measure, Of); 4] = [
        ("rate-execution", Measure::ExecutionRate, |m| {
            m.execution_rate
        }),
        ("rate-disbursement", Measure::DisbursementRatio, |m| {
            m.disbursement_ratio
        }),
        ("rate-attainment", Measure::Attainment, |m| m.attainment),
        ("rate-realised", Measure::Realised, |m| m.realised),
    ];
    let lines = measures
        .into_iter()
        .map(|(word, measure, of)| {
            let said = Message::new("ratio-both")
                .with("year", rate(of(&accounts.year_to_date)))
                .with("total", rate(of(&accounts.since_beginning)));
            let (over, under) = bases_of(measure, &accounts.year_to_date);
            let parts = Message::new("ratio-parts")
                .with("over", Arg::Term(over.into()))
                .with("base", Arg::Term(under.into()));
            let change = match accounts.change_points(of) {
                Some(points) => Message::new("ratio-change").with("points", Arg::Points(points)),
                None => Message::new("overview-no-last-year"),
            };
            vec![
                toned(format!("{}  ", state.word(word)), Tone::Label),
                span(state.say(&said)),
                toned(format!("  {}", state.say(&change)), Tone::Text),
                toned(format!("  {}", state.say(&parts)), Tone::Hint),
            ]
        })
        .collect();
    panel(
        "ratios",
        Place::Side,
        state.word("programme-ratios"),
        Body::Lines(lines),
    )
}

/// Names of a ratio's numerator and denominator.
fn bases_of(measure: Measure, money: &MoneyAssessment) -> (&'static str, &'static str) {
    let (planned, available) = bases(&money.amounts);
    let planned = planned.unwrap_or(AmountKind::PlannedSpend).term();
    match measure {
        Measure::DisbursementRatio => (AmountKind::Paid.term(), planned),
        Measure::Attainment => (
            "amount-executed",
            available.unwrap_or(AmountKind::Available).term(),
        ),
        Measure::Realised => (AmountKind::Paid.term(), AmountKind::Allotted.term()),
        Measure::ExecutionRate | Measure::Variance => ("amount-executed", planned),
    }
}

pub(crate) fn lagging(state: &State, assessed: &ProgrammeAssessment) -> Panel {
    let lagging = &assessed.lagging;
    let mut facts = vec![fact(
        state.word("lagging-status-rule"),
        vec![span(state.say(&assessed.rule))],
    )];
    facts.extend(lagging.conditions.iter().map(|c| condition_fact(state, c)));
    let (word, tone) = match lagging.lagging {
        Some(true) => ("lagging-yes", Tone::Status(Status::Behind)),
        Some(false) => ("lagging-no", Tone::Label),
        None => ("lagging-undecided", Tone::Hint),
    };
    let mut panel = panel(
        "lagging",
        Place::Side,
        state.word("programme-lagging"),
        Body::Facts(facts),
    );
    panel.subtitle = lagging.rule_id.clone();
    panel.aside = vec![toned(state.word(word), tone)];
    panel
}

fn condition_fact(state: &State, condition: &LaggingCondition) -> Fact {
    let (word, tone) = holds(condition);
    let rule = &condition.condition;
    let limit = match rule.measure {
        Measure::Variance => format::points(rule.limit),
        _ => format::rate(rule.limit),
    };
    let limit = Message::new("lagging-limit")
        .with("comparison", Arg::Term(rule.comparison.term().into()))
        .with("limit", limit);
    let result = match tone {
        Tone::Status(status) => signed(status, state.word(word)),
        tone => toned(state.word(word), tone),
    };
    Fact {
        label: state.word(rule.measure.term()),
        value: vec![match condition.value {
            // Rates come as fractions, the variance in percentage points.
            Some(value) if condition.condition.measure == Measure::Variance => {
                span(format::points(value))
            }
            Some(value) => span(format::rate(value)),
            None => toned(format::NONE, Tone::Hint),
        }],
        extra: Some(vec![
            toned(format!("{}  ", state.say(&limit)), Tone::Label),
            result,
        ]),
    }
}

fn holds(condition: &LaggingCondition) -> (&'static str, Tone) {
    match condition.holds {
        Some(true) => ("lagging-holds", Tone::Status(Status::Behind)),
        Some(false) => ("lagging-holds-not", Tone::Label),
        None => ("lagging-unknown", Tone::Status(Status::Unknown)),
    }
}

/// What takes the plan off the list, and where the rule is written down.
pub(crate) fn way_out(state: &State, loaded: &Loaded, assessed: &ProgrammeAssessment) -> Panel {
    let mut lines = ways_out(state, &assessed.lagging);
    lines.push(source_of(state, &loaded.snapshot.register.rules.lagging));
    panel(
        "way-out",
        Place::Side,
        state.word("lagging-way-out"),
        Body::Lines(lines),
    )
}

/// The rule's inputs and result, the way out, and where the rule is written down.
pub(crate) fn lagging_lines(state: &State, rule: &RuleSet, lagging: &Lagging) -> Vec<Line> {
    let mut lines = ways_out(state, lagging);
    lines.extend(lagging.conditions.iter().map(|condition| {
        let (word, tone) = holds(condition);
        vec![
            toned(format!("{}  ", state.word(word)), tone),
            span(state.say(&condition.text)),
        ]
    }));
    lines.push(source_of(state, rule));
    lines
}

/// The ways out, or why the rule does not look at this plan.
fn ways_out(state: &State, lagging: &Lagging) -> Vec<Line> {
    let mut lines: Vec<Line> = Vec::new();
    if let Some(reason) = &lagging.not_looked_at {
        lines.push(vec![toned(state.say(reason), Tone::Label)]);
    }
    for sentence in lagging.way_out.iter().flat_map(|way| &way.sentences) {
        lines.push(vec![way_mark(), span(state.say(sentence))]);
    }
    lines
}

fn source_of(state: &State, rule: &RuleSet) -> Line {
    let source = Message::new("lagging-source")
        .with("rule", rule.name())
        .with("source", rule.citation());
    vec![toned(state.say(&source), Tone::Hint)]
}

/// What stands before a way out.
fn way_mark() -> crate::panel::Span {
    toned("> ", Tone::Accent)
}
