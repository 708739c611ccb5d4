//! Money, progress, milestones and the lagging rule in `qd status --json`.
//!
//! Amounts are whole NT$, ratios fractions with six decimals, changes percentage points; unknown is null.

use crate::json::{decimal, fraction, integer, object, title};
use quarterdeck_kpi::assess::{
    Accounts, MilestonePlanned, MilestoneState, MoneyAssessment, ProgrammeAssessment, WayOut,
};
use quarterdeck_kpi::calendar::Quarter;
use quarterdeck_kpi::message::{Arg, Message};
use quarterdeck_kpi::money::{AmountKind, Ratio};
use quarterdeck_kpi::money_rates::bases;
use quarterdeck_kpi::register::{Programme, Register};
use quarterdeck_kpi::rules::{Measure, Rules};
use quarterdeck_view::i18n::{Language, say};
use rust_decimal::Decimal;
use serde_json::{Map, Value, json};

fn key(kind: AmountKind) -> &'static str {
    match kind {
        AmountKind::Budget => "budget_ntd",
        AmountKind::Available => "available_ntd",
        AmountKind::PlannedSpend => "planned_spend_ntd",
        AmountKind::Allotted => "allotted_ntd",
        AmountKind::Paid => "paid_ntd",
        AmountKind::Payable => "payable_ntd",
        AmountKind::Saved => "saved_ntd",
        AmountKind::CarriedOver => "carried_over_ntd",
        AmountKind::Settled => "settled_ntd",
    }
}

fn ratio(ratio: Option<Ratio>) -> Value {
    fraction(ratio.map(Ratio::fraction))
}

/// Percentage points with six decimals, or null.
fn points(points: Option<Decimal>) -> Value {
    fraction(points)
}

/// One accumulation; null when nothing at all is known of it.
fn account(money: &MoneyAssessment) -> Value {
    if money.amounts.is_empty() {
        return Value::Null;
    }
    let (planned, available) = bases(&money.amounts);
    let amounts = AmountKind::ALL.map(|kind| (key(kind), integer(money.amounts.get(kind))));
    let rates = [
        ("execution_rate", ratio(money.execution_rate)),
        ("disbursement_ratio", ratio(money.disbursement_ratio)),
        ("attainment", ratio(money.attainment)),
        ("settlement_ratio", ratio(money.settlement_ratio)),
        ("realised", ratio(money.realised)),
        ("executed_ntd", integer(money.executed_ntd)),
        ("span", json!(money.span.map(|span| span.id()))),
        ("period", json!(money.period.map(|p| p.to_string()))),
        // What the denominators are: P of execution and disbursement, K of attainment.
        ("planned_basis", json!(planned.map(key))),
        ("attainment_basis", json!(available.map(key))),
        ("changed_ntd", json!(money.changed_ntd)),
        ("provisional", json!(money.provisional)),
    ];
    object(amounts.into_iter().chain(rates))
}

/// Money with both accumulations beside it; null when nothing at all is known.
pub(crate) fn budget(money: &MoneyAssessment, accounts: &Accounts) -> Value {
    let Value::Object(mut shown) = account(money) else {
        return Value::Null;
    };
    let changes = [
        (
            "execution_rate",
            points(accounts.change_points(|m| m.execution_rate)),
        ),
        (
            "disbursement_ratio",
            points(accounts.change_points(|m| m.disbursement_ratio)),
        ),
        (
            "attainment",
            points(accounts.change_points(|m| m.attainment)),
        ),
        ("realised", points(accounts.change_points(|m| m.realised))),
    ];
    let beside: Map<String, Value> = [
        ("year_to_date", account(&accounts.year_to_date)),
        ("since_beginning", account(&accounts.since_beginning)),
        ("last_year", account(&accounts.last_year)),
        ("change_points", object(changes)),
    ]
    .into_iter()
    .map(|(key, value)| (key.to_owned(), value))
    .collect();
    shown.extend(beside);
    Value::Object(shown)
}

/// Reported progress, and the weighted one beside it.
pub(crate) fn progress(programme: &ProgrammeAssessment) -> Value {
    let (planned, actual) = programme.progress.unzip();
    let (weighted_planned, weighted_actual) = programme.weighted_progress.unzip();
    object([
        ("planned", decimal(planned)),
        ("actual", decimal(actual)),
        ("variance", decimal(programme.variance_points)),
        (
            "basis",
            json!(programme.progress_basis.map(|basis| basis.id())),
        ),
        ("weighted_planned", decimal(weighted_planned)),
        ("weighted_actual", decimal(weighted_actual)),
    ])
}

fn plan(plan: &MilestonePlanned) -> Value {
    object([
        ("planned", json!(plan.planned.to_string())),
        ("set_on", json!(plan.set_on.map(|d| d.to_string()))),
        ("by", json!(plan.by)),
        ("document", json!(plan.document)),
    ])
}

/// Milestones in register order.
pub(crate) fn milestones(listed: Option<&Programme>, states: &[MilestoneState]) -> Value {
    states
        .iter()
        .map(|state| {
            let named = listed.and_then(|p| {
                p.milestones
                    .iter()
                    .find(|milestone| milestone.id == state.id)
            });
            object([
                ("id", json!(state.id)),
                ("title", title(named.map(|m| &m.title))),
                ("weight", decimal(Some(state.weight))),
                ("state", json!(state.timeliness.id())),
                ("plan", plan(&state.plan)),
                ("former_plans", state.former.iter().map(plan).collect()),
                ("done_on", json!(state.done_on.map(|d| d.to_string()))),
                ("days_late", json!(state.days_late)),
                ("evidence", json!(state.evidence)),
                ("partial", decimal(state.partial.map(|p| p.percent))),
            ])
        })
        .collect()
}

/// The rule, its inputs and its result, and the way out of the list.
pub(crate) fn lagging(rules: &Rules, programme: &ProgrammeAssessment, language: Language) -> Value {
    let lagging = &programme.lagging;
    let sentence = |message: &Message| json!(say(language, message));
    let word = |arg: Arg| sentence(&Message::new("list-one").with("a", arg));
    let conditions: Value = lagging
        .conditions
        .iter()
        .map(|c| {
            let value = match c.condition.measure {
                Measure::Variance => decimal(c.value),
                _ => fraction(c.value),
            };
            object([
                ("measure", json!(c.condition.measure.id())),
                ("comparison", json!(c.condition.comparison.id())),
                ("limit", decimal(Some(c.condition.limit))),
                ("value", value),
                ("numerator", decimal(c.parts.map(|p| p.numerator))),
                ("denominator", decimal(c.parts.map(|p| p.denominator))),
                ("holds", json!(c.holds)),
                ("text", sentence(&c.text)),
            ])
        })
        .collect();
    object([
        ("rule", json!(lagging.rule_id)),
        ("title", word(rules.lagging.name())),
        ("source", word(rules.lagging.citation())),
        ("lagging", json!(lagging.lagging)),
        (
            "not_looked_at",
            lagging.not_looked_at.as_ref().map_or(Value::Null, sentence),
        ),
        ("conditions", conditions),
        (
            "way_out",
            lagging
                .way_out
                .as_ref()
                .map_or(Value::Null, |way| way_out(way, language)),
        ),
    ])
}

fn way_out(way: &WayOut, language: Language) -> Value {
    object([
        ("by", json!(way.by.to_string())),
        ("new_year", json!(way.new_year)),
        ("execute_ntd", integer(way.execute_ntd)),
        ("measure", json!(way.measure.map(Measure::id))),
        ("base_ntd", integer(way.base_ntd)),
        ("base_assumed", json!(way.base_assumed.map(|a| a.id()))),
        ("progress", decimal(way.progress_percent)),
        ("progress_points", decimal(way.progress_points)),
        (
            "progress_assumed",
            json!(way.progress_assumed.map(|a| a.id())),
        ),
        (
            "text",
            way.sentences
                .iter()
                .map(|s| json!(say(language, s)))
                .collect(),
        ),
    ])
}

/// Dated changes of the quarter's fiscal year, up to its end.
pub(crate) fn changes(register: &Register, quarter: Quarter) -> Value {
    register
        .budget_changes
        .iter()
        .filter(|c| c.fiscal_year == quarter.year && c.on <= quarter.end())
        .map(|c| {
            object([
                ("id", json!(c.id)),
                ("kind", json!(c.kind())),
                ("on", json!(c.on.to_string())),
                ("from", json!(c.from)),
                ("to", json!(c.to)),
                ("amount_ntd", json!(c.amount_ntd)),
                ("document", json!(c.document)),
                ("place", json!(c.place)),
                ("note", json!(c.note)),
            ])
        })
        .collect()
}
