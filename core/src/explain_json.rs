//! What `qd explain --json` prints: the schema `quarterdeck/explain/1`. Every list is there, empty or not.

use crate::json::{decimal, fraction, instant, object, proof};
use quarterdeck_kpi::explain::{Capture, Part, Row};
use quarterdeck_kpi::message::Arg;
use quarterdeck_kpi::observation::{Act, Cause};
use quarterdeck_kpi::target::Target;
use quarterdeck_kpi::text::clean;
use quarterdeck_view::i18n::{Language, argument, say};
use quarterdeck_view::trail::{Trail, row_value, text_of};
use serde_json::{Value, json};

/// Name of the schema.
pub const SCHEMA: &str = "quarterdeck/explain/1";

/// The whole document.
pub fn document(trail: &Trail, language: Language) -> Value {
    let e = &trail.explanation;
    let text = |arg| e.value.as_ref().map(|_| text_of(language, arg));
    object([
        ("schema", json!(SCHEMA)),
        ("demo", json!(trail.demo)),
        ("figure", json!(e.figure.to_string())),
        ("title", json!(argument(language, &e.title))),
        ("as_of", instant(trail.as_of)),
        ("quarter", json!(trail.quarter.to_string())),
        ("value_text", json!(text(e.value.as_ref()))),
        ("value", e.value.as_ref().map_or(Value::Null, machine)),
        ("status", json!(e.status.map(|s| s.id()))),
        ("rule", json!(e.rule.as_ref().map(|r| &r.id))),
        (
            "rule_text",
            json!(e.rule.as_ref().map(|r| say(language, &r.text))),
        ),
        ("achievement", fraction(e.achievement)),
        (
            "achievement_formula",
            json!(e.achievement_formula.as_ref().map(|f| say(language, f))),
        ),
        (
            "formula",
            json!(e.formula.as_ref().map(|f| say(language, f))),
        ),
        ("parts", e.parts.iter().map(|p| part(p, language)).collect()),
        (
            "target",
            e.target.as_ref().map_or(Value::Null, |t| {
                object([
                    ("value", decimal(Some(t.value))),
                    ("upper", decimal(t.upper)),
                    ("period", json!(t.period.to_string())),
                    ("set_on", json!(t.set_on.map(|d| d.to_string()))),
                    ("by", json!(t.by)),
                    ("document", json!(t.document)),
                ])
            }),
        ),
        ("decisions", e.decisions.iter().map(decision).collect()),
        (
            "observations",
            e.rows.iter().map(|r| row(trail, r, language)).collect(),
        ),
        ("captures", trail.captures.iter().map(capture).collect()),
        ("captures_left_out", json!(trail.captures_left_out)),
        (
            "register",
            trail.register.as_ref().map_or(Value::Null, |r| {
                object([
                    ("version", json!(r.version)),
                    ("recorded_at", instant(r.recorded_at)),
                    ("actor", json!(r.actor)),
                ])
            }),
        ),
    ])
}

/// A value for programs: numbers exact, money whole NT$, rates fractions, statuses their ids, days `2025-09-30`; null
/// for a value that is words.
pub fn machine(arg: &Arg) -> Value {
    match arg {
        Arg::Count(count) => json!(count),
        Arg::Ntd(amount) => json!(amount),
        Arg::Number(value) | Arg::Points(value) => decimal(Some(*value)),
        Arg::Fraction(value) => fraction(Some(*value)),
        Arg::Status(status) => json!(status.id()),
        Arg::Date(day) => json!(day.to_string()),
        Arg::Instant(at) => instant(*at),
        Arg::Text(text) => json!(text),
        Arg::Quarter(quarter) => json!(quarter.to_string()),
        Arg::Period(period) => json!(period.to_string()),
        Arg::Sentence(message) => match message.args.first() {
            Some((name, state)) if name == "state" => machine(state),
            _ => message.number().map_or(Value::Null, |n| decimal(Some(n))),
        },
        Arg::Term(id) => match id.as_ref() {
            "explain-yes" | "explain-done" => json!(true),
            "explain-no" | "explain-open" => json!(false),
            // risk-high, milestone-done-late
            id => match id.strip_prefix("risk-").or(id.strip_prefix("milestone-")) {
                Some(word) => json!(word.replace('-', "_")),
                None => Value::Null,
            },
        },
        Arg::Title(_) => Value::Null,
    }
}

fn part(part: &Part, language: Language) -> Value {
    object([
        (
            "figure",
            json!(part.figure.as_ref().map(ToString::to_string)),
        ),
        ("label", json!(argument(language, &part.label))),
        (
            "value_text",
            json!(part.value.as_ref().map(|v| text_of(language, Some(v)))),
        ),
        ("status", json!(part.status.map(|s| s.id()))),
    ])
}

fn decision(target: &Target) -> Value {
    object([
        ("period", json!(target.period.to_string())),
        ("value", decimal(Some(target.value))),
        ("upper", decimal(target.upper)),
        ("set_on", json!(target.set_on.map(|d| d.to_string()))),
        ("by", json!(target.by)),
        ("document", json!(target.document)),
    ])
}

fn row(trail: &Trail, row: &Row, language: Language) -> Value {
    let (act, acts_on) = match row.act {
        Act::Record => ("record", None),
        Act::Correct(on) => ("correct", Some(on)),
        Act::Withdraw(on) => ("withdraw", Some(on)),
    };
    let cause = match &row.cause {
        Cause::Capture { sha256, source, at } => object([
            ("kind", json!("capture")),
            ("sha256", json!(sha256)),
            ("source", json!(source)),
            ("at", json!(at)),
        ]),
        Cause::Entry { evidence } => object([
            ("kind", json!("entry")),
            (
                "evidence",
                evidence.as_ref().map_or(Value::Null, |(sha256, name)| {
                    object([("sha256", json!(sha256)), ("name", json!(name))])
                }),
            ),
        ]),
        Cause::Document { title, place } => object([
            ("kind", json!("document")),
            ("title", json!(title)),
            ("place", json!(place)),
        ]),
    };
    object([
        ("sequence", json!(row.sequence)),
        ("series", json!(row.series.to_string())),
        ("period", json!(row.period.to_string())),
        ("value", decimal(row.value)),
        ("value_text", json!(row_value(language, row))),
        ("printed", json!(row.printed)),
        ("qualifier", json!(row.qualifier.sign())),
        ("stage", json!(row.stage.map(|s| s.id()))),
        ("unit", json!(row.unit)),
        (
            "parts",
            row.parts.map_or(Value::Null, |p| {
                object([
                    ("numerator", decimal(Some(p.numerator))),
                    ("denominator", decimal(Some(p.denominator))),
                ])
            }),
        ),
        ("observed_at", row.observed_at.map_or(Value::Null, instant)),
        ("observed_days_after_period", json!(row.days_after_period())),
        ("definition_version", json!(row.definition_version)),
        ("state", json!(row.state.id())),
        ("state_by", json!(row.state.by())),
        ("act", json!(act)),
        ("acts_on", json!(acts_on)),
        ("recorded_at", instant(row.recorded_at)),
        ("run", json!(row.run)),
        ("actor", json!(row.actor)),
        ("identity", json!(row.identity)),
        ("signature", trail.proof(row).map_or(Value::Null, proof)),
        ("reason", json!(row.reason)),
        ("cause", cause),
    ])
}

fn capture(capture: &Capture) -> Value {
    let headers: serde_json::Map<String, Value> = capture
        .headers
        .iter()
        .map(|(name, value)| (clean(name), json!(value)))
        .collect();
    object([
        ("sha256", json!(capture.sha256)),
        ("stored_sha256", json!(capture.stored_sha256)),
        ("recipe", json!(capture.recipe)),
        ("source", json!(capture.source)),
        ("url", json!(capture.url)),
        ("method", json!(capture.method)),
        ("http_status", json!(capture.http_status)),
        ("headers", Value::Object(headers)),
        ("fetched_at", instant(capture.fetched_at)),
        ("bytes", json!(capture.bytes)),
        ("at", json!(capture.at)),
        ("rows", json!(capture.rows)),
        ("excerpt", json!(capture.excerpt.as_ref().map(|e| e.text()))),
        (
            "excerpt_lines",
            json!(
                capture
                    .excerpt
                    .as_ref()
                    .map(|e| e.text().lines().map(str::to_owned).collect::<Vec<_>>())
                    .unwrap_or_default()
            ),
        ),
        (
            "found",
            json!(capture.excerpt.as_ref().is_some_and(|e| e.found)),
        ),
    ])
}
