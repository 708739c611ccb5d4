//! What `qd status --json` prints: the schema `quarterdeck/status/1`.
//!
//! The order of keys is part of the contract; figures are exact decimals, fractions have six
//! decimals, and what is not known is null, never 0.

use crate::control_json::{self, budget};
use crate::json::{decimal, fraction, instant, object, title};
use crate::status_depth;
use quarterdeck_kpi::address::SeriesId;
use quarterdeck_kpi::assess::{
    Assessment, IndicatorAssessment, Outlook, Risk, TaskState, execution_outlooks, outlooks,
};
use quarterdeck_kpi::calendar::taipei_day;
use quarterdeck_kpi::indicator::{Indicator, Title};
use quarterdeck_kpi::register::Register;
use quarterdeck_kpi::snapshot::Snapshot;
use quarterdeck_kpi::status::Status;
use quarterdeck_kpi::unknown_price::unknown_price;
use quarterdeck_view::format;
use quarterdeck_view::i18n::{Language, say, word};
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// Name of the schema.
pub const SCHEMA: &str = "quarterdeck/status/1";

/// The whole document; with `only` programmes the others are left out, and of the counts too.
pub fn status(
    snapshot: &Snapshot,
    assessment: &Assessment,
    only: Option<&BTreeSet<String>>,
    language: Language,
) -> Value {
    let register = &snapshot.register;
    let indicators: BTreeMap<String, &Indicator> = register
        .indicators()
        .map(|i| (i.series.to_string(), i))
        .collect();
    let shown = |id: &str| only.is_none_or(|ids| ids.contains(id));

    let quarter = assessment.quarter;
    let forecasts = outlooks(snapshot, quarter, None);
    let executions = execution_outlooks(snapshot, quarter, None);
    let kept: Vec<_> = assessment
        .programmes
        .iter()
        .filter(|p| shown(&p.id))
        .cloned()
        .collect();

    let mut counts = Map::new();
    for status in Status::ALL {
        let count = assessment
            .programmes
            .iter()
            .filter(|p| shown(&p.id) && p.status == status)
            .count();
        counts.insert(status.id().to_owned(), json!(count));
    }
    let programmes: Vec<Value> = assessment
        .programmes
        .iter()
        .filter(|p| shown(&p.id))
        .map(|p| {
            let listed = register.programme(&p.id);
            object([
                ("id", json!(p.id)),
                ("plan", json!(listed.map(|l| &l.plan))),
                ("title", title(listed.map(|l| &l.title))),
                ("title_zh_basis", json!(listed.map(|l| &l.title_zh_basis))),
                ("lead", json!(listed.map(|l| &l.lead))),
                ("lead_basis", json!(listed.map(|l| &l.lead_basis))),
                ("status", json!(p.status.id())),
                ("rule", json!(p.rule_id)),
                ("risk", json!(p.risk.map(Risk::id))),
                (
                    "indicators",
                    p.indicators
                        .iter()
                        .map(|i| indicator(i, &indicators, &forecasts, language))
                        .collect(),
                ),
                ("budget", budget(&p.money, &p.accounts)),
                ("tasks", tasks(&p.tasks)),
                ("risk_detail", status_depth::risk(p, language)),
                ("evm", status_depth::evm(&p.evm)),
                (
                    "execution_forecast",
                    status_depth::forecast(executions.get(&p.id)),
                ),
                ("progress", control_json::progress(p)),
                (
                    "milestones",
                    control_json::milestones(listed, &p.milestones),
                ),
                (
                    "lagging",
                    control_json::lagging(&register.rules, p, language),
                ),
            ])
        })
        .collect();
    let nodes: Vec<Value> = assessment
        .nodes
        .iter()
        .map(|n| {
            let (plan, name) = node(register, &n.id);
            object([
                ("id", json!(n.id)),
                ("plan", json!(plan)),
                ("title", title(name.as_ref())),
                (
                    "indicators",
                    n.indicators
                        .iter()
                        .map(|i| indicator(i, &indicators, &forecasts, language))
                        .collect(),
                ),
                ("tasks", tasks(&n.tasks)),
            ])
        })
        .collect();
    let day = taipei_day(assessment.as_of);
    let agencies: Vec<Value> = assessment
        .agencies
        .iter()
        .map(|a| {
            let name = register
                .agency(&a.id)
                .and_then(|g| g.name_on(day))
                .map(|n| &n.full);
            object([
                ("id", json!(a.id)),
                ("figure", json!(format!("{}/budget@{quarter}", a.scope))),
                ("plan", json!(a.plan)),
                ("title", title(name)),
                ("budget", budget(&a.money, &a.accounts)),
            ])
        })
        .collect();
    let claims: Vec<Value> = register
        .claims
        .iter()
        .map(|c| {
            object([
                ("id", json!(c.id)),
                ("plan", json!(c.plan)),
                ("text", title(Some(&c.text))),
                ("value", json!(c.value)),
                ("source", json!(c.source)),
                ("date", json!(c.date.map(|d| d.to_string()))),
                (
                    "date_basis",
                    json!(c.date.map_or("not_printed", |_| "printed")),
                ),
            ])
        })
        .collect();
    let findings: Vec<Value> = assessment
        .findings
        .iter()
        .map(|f| {
            object([
                ("id", json!(f.id)),
                ("rule", json!(f.rule)),
                ("severity", json!(f.severity)),
                ("figure", json!(f.figure.as_ref().map(ToString::to_string))),
                ("text", json!(say(language, &f.text))),
            ])
        })
        .collect();
    object([
        ("schema", json!(SCHEMA)),
        ("demo", json!(register.demo)),
        ("quarter", json!(assessment.quarter.to_string())),
        ("quarter_complete", json!(assessment.quarter_complete)),
        ("as_of", instant(assessment.as_of)),
        ("counts", Value::Object(counts)),
        ("programmes", Value::Array(programmes)),
        ("nodes", Value::Array(nodes)),
        ("agencies", Value::Array(agencies)),
        (
            "portfolio_budget",
            match only {
                None => budget(&assessment.portfolio.money, &assessment.portfolio.accounts),
                Some(_) => Value::Null,
            },
        ),
        (
            "budget_changes",
            control_json::changes(register, assessment.quarter),
        ),
        ("claims", Value::Array(claims)),
        ("findings", Value::Array(findings)),
        (
            "exceptions",
            status_depth::exceptions(
                assessment.exceptions.iter().filter(|e| shown(&e.programme)),
                language,
            ),
        ),
        (
            "unknown_price",
            status_depth::price(&unknown_price(register, &kept)),
        ),
        ("risk_moves", status_depth::risk_moves(assessment, &kept)),
    ])
}

fn tasks(tasks: &[TaskState]) -> Value {
    object([
        ("done", json!(tasks.iter().filter(|t| t.done).count())),
        ("of", json!(tasks.len())),
    ])
}

/// Plan and name of a node, a plan or the portfolio.
fn node(register: &Register, id: &str) -> (Option<String>, Option<Title>) {
    if let Some(node) = register.node(id) {
        return (Some(node.plan.clone()), Some(node.title.clone()));
    }
    let plan = id.strip_prefix("plan:").unwrap_or(id);
    if let Some(plan) = register.plans.iter().find(|p| p.id == plan) {
        return (Some(plan.id.clone()), Some(plan.title.clone()));
    }
    let name = Title {
        zh_tw: word(Language::ZhTw, "status-json-portfolio"),
        en: word(Language::En, "status-json-portfolio"),
    };
    (None, Some(name))
}

fn indicator(
    state: &IndicatorAssessment,
    all: &BTreeMap<String, &Indicator>,
    forecasts: &BTreeMap<SeriesId, Outlook>,
    language: Language,
) -> Value {
    let id = state.series.to_string();
    let listed = all.get(&id);
    let figure = state.figure.as_ref();
    let unit = listed.map_or("", |i| i.unit.as_str());
    // What was refused has no value, but the text that came is shown.
    let text = figure
        .map(|f| format::qualified(f.value, unit, f.qualifier))
        .or_else(|| state.rejected.as_ref().map(|(text, _)| text.clone()));
    object([
        ("id", json!(id)),
        ("title", title(listed.map(|i| &i.title))),
        ("unit", json!(listed.map(|i| &i.unit))),
        ("value", decimal(figure.map(|f| f.value))),
        ("value_text", json!(text)),
        ("qualifier", json!(figure.map(|f| f.qualifier.sign()))),
        ("stage", json!(figure.map(|f| f.stage.id()))),
        ("period", json!(figure.map(|f| f.period.to_string()))),
        ("target", decimal(state.target.as_ref().map(|t| t.value))),
        (
            "target_period",
            json!(state.target.as_ref().map(|t| t.period.to_string())),
        ),
        ("achievement", fraction(state.achievement)),
        ("status", json!(state.status.id())),
        ("rule", json!(state.rule_id)),
        (
            "observed_on",
            json!(figure.map(|f| taipei_day(f.observed_at).to_string())),
        ),
        ("source", json!(figure.map(|f| &f.source))),
        (
            "forecast",
            status_depth::forecast(forecasts.get(&state.series)),
        ),
        (
            "rejected",
            state
                .rejected
                .as_ref()
                .map_or(Value::Null, |(text, reason)| {
                    object([
                        ("text", json!(quarterdeck_kpi::text::clean(text))),
                        ("reason", json!(say(language, reason))),
                    ])
                }),
        ),
    ])
}
