//! `qd log`: the log of people's acts.

use super::Context;
use super::table::{Cell, render_within};
use crate::failure::{Exit, Failure};
use crate::json;
use crate::signature::Keys;
use crate::signoff;
use chrono::{DateTime, Utc};
use quarterdeck_kpi::calendar::{parse_as_of, parse_day, start_of_day};
use quarterdeck_kpi::message::Message;
use quarterdeck_kpi::text::clean;
use quarterdeck_store::{RecordedAct, seal_of};
use quarterdeck_view::format;
use serde_json::{Value, json as value};

pub(super) fn run(
    context: &mut Context<'_>,
    since: Option<&str>,
    as_of: Option<&str>,
    figure: Option<&str>,
) -> Result<Exit, Failure> {
    let since = since.map(begin).transpose()?;
    let as_of = context.as_of(as_of)?;
    let session = context.open()?;
    let acts: Vec<RecordedAct> = signoff::acts(&session, as_of)?
        .into_iter()
        .filter(|act| since.is_none_or(|since| act.act.at >= since))
        .filter(|act| figure.is_none_or(|figure| speaks_of(act, figure)))
        .collect();
    let keys = session.keys_of(&acts, as_of)?;
    if context.global.json {
        let rows: Vec<Value> = acts.iter().map(|act| row(act, &keys)).collect();
        context.print_json(&json::object([
            ("schema", value!("quarterdeck/log/1")),
            (
                "as_of",
                json::instant(as_of.unwrap_or_else(|| session.now())),
            ),
            ("acts", Value::Array(rows)),
        ]))?;
        return Ok(Exit::Done);
    }
    context.say_moment(as_of)?;
    if as_of.is_some() && acts.iter().any(|act| seal_of(act).is_some()) {
        let text = context.word("cli-log-keys-as-of");
        context.print(&text)?;
    }
    if acts.is_empty() {
        context.note(&Message::new("cli-log-none"));
        return Ok(Exit::Done);
    }
    let header = [
        "cli-col-number",
        "cli-col-when",
        "cli-col-person",
        "cli-col-act",
        "cli-col-about",
        "cli-col-signature",
        "cli-col-reason",
    ]
    .map(|id| context.word(id));
    let rows: Vec<Vec<Cell>> = acts
        .iter()
        .map(|recorded| {
            let act = &recorded.act;
            vec![
                Cell::number(recorded.number.to_string()),
                Cell::new(format::instant(context.language, act.at)),
                Cell::new(&act.actor),
                Cell::new(context.word(&format!("act-{}", act.kind))),
                Cell::short(&act.subject, 44),
                Cell::new(context.say(&keys.proof(recorded).text())),
                Cell::short(reason(recorded).unwrap_or_default(), 40),
            ]
        })
        .collect();
    let columns = context.environment.columns;
    let text = render_within(&header, &rows, context.coloured(), columns, (4, &[6, 5]));
    context.print_styled(&text)?;
    Ok(Exit::Done)
}

/// A day begins with its first moment; an instant is itself.
fn begin(text: &str) -> Result<DateTime<Utc>, Failure> {
    if let Ok(day) = parse_day(text) {
        return Ok(start_of_day(day));
    }
    parse_as_of(text).map_err(|_| {
        let bad = Message::new("cli-bad-as-of").with("text", clean(text));
        Failure::usage(bad)
            .at("--since")
            .next(Message::new("cli-bad-as-of-next"))
    })
}

fn detail(recorded: &RecordedAct) -> Value {
    serde_json::from_str(&recorded.act.detail_json).unwrap_or(Value::Null)
}

fn reason(recorded: &RecordedAct) -> Option<String> {
    Some(detail(recorded).get("reason")?.as_str()?.to_owned())
}

/// Whether an act is about a figure, or about a series that it belongs to.
fn speaks_of(recorded: &RecordedAct, figure: &str) -> bool {
    let figure = figure.trim();
    let series = figure.split('@').next().unwrap_or(figure);
    let about = |text: &str| text == figure || text == series || text.contains(figure);
    let detail = detail(recorded);
    let listed = detail.get("series").and_then(Value::as_array);
    about(&recorded.act.subject)
        || listed.is_some_and(|list| list.iter().filter_map(Value::as_str).any(|s| s == series))
}

fn row(recorded: &RecordedAct, keys: &Keys) -> Value {
    let act = &recorded.act;
    json::object([
        ("number", value!(recorded.number)),
        ("at", json::instant(act.at)),
        ("person", value!(act.actor)),
        ("identity", value!(act.identity)),
        ("signature", json::proof(&keys.proof(recorded))),
        ("act", value!(act.kind)),
        ("about", value!(act.subject)),
        ("detail", detail(recorded)),
        ("previous", value!(recorded.previous)),
        ("hash", value!(recorded.hash)),
    ])
}
