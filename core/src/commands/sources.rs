//! `qd sources`: is it answering, how old is its data.

use super::Context;
use super::table::{Cell, render_within};
use crate::failure::{Exit, Failure};
use crate::json;
use chrono::{DateTime, Utc};
use quarterdeck_kpi::calendar::taipei_day;
use quarterdeck_kpi::message::Message;
use quarterdeck_kpi::source::{CERTIFICATE_SOON_DAYS, Outcome, SourceState, days_until};
use quarterdeck_kpi::status::Status;
use quarterdeck_view::format;
use serde_json::{Value, json as value};

/// Place of the column of certificates, where there is one.
const CERTIFICATE_AT: usize = 6;

pub(super) fn run(context: &mut Context<'_>, as_of: Option<&str>) -> Result<Exit, Failure> {
    let as_of = context.as_of(as_of)?;
    let session = context.open()?;
    let snapshot = session.standing(as_of)?;
    if context.global.json {
        let list: Vec<Value> = snapshot
            .sources
            .iter()
            .map(|s| document(context, s, snapshot.as_of))
            .collect();
        context.print_json(&json::object([
            ("schema", value!("quarterdeck/sources/1")),
            ("demo", value!(session.demo())),
            ("as_of", json::instant(snapshot.as_of)),
            ("sources", Value::Array(list)),
        ]))?;
        return Ok(Exit::Done);
    }
    context.say_moment(as_of)?;
    if snapshot.sources.is_empty() {
        context.note(&Message::new("cli-sources-none"));
        return Ok(Exit::Done);
    }
    // Only where the certificate of some server is known.
    let has_certificates = snapshot
        .sources
        .iter()
        .any(|s| s.certificate_not_after().is_some());
    let mut header = vec![
        "cli-column-source",
        "cli-column-kind",
        "cli-column-outcome",
        "cli-column-last-attempt",
        "cli-column-newest-data",
        "cli-column-age",
        "cli-column-rows",
        "cli-column-next-run",
        "cli-column-message",
    ];
    if has_certificates {
        header.insert(CERTIFICATE_AT, "cli-column-certificate");
    }
    let header: Vec<String> = header.into_iter().map(|id| context.word(id)).collect();
    let language = context.language;
    let none = || format::NONE.to_owned();
    let rows: Vec<Vec<Cell>> = snapshot
        .sources
        .iter()
        .map(|s| {
            let last = s.attempts.first();
            let outcome = match last.map(|a| a.outcome) {
                _ if s.disabled.is_some() => "cli-outcome-disabled",
                Some(Outcome::Good) => "cli-outcome-good",
                Some(Outcome::Partial) => "cli-outcome-partial",
                Some(Outcome::Rejected) => "cli-outcome-rejected",
                Some(Outcome::Failed) => "cli-outcome-failed",
                None => "cli-outcome-never",
            };
            let said = last.and_then(|a| a.message.as_ref());
            let message = s.disabled.clone().or(said.map(|m| context.say(m)));
            let mut cells = vec![
                Cell::short(&s.id, 32),
                Cell::new(&s.kind),
                Cell::new(context.word(outcome)),
                Cell::new(last.map_or_else(none, |a| format::instant(language, a.at))),
                Cell::new(
                    s.newest_data
                        .map_or_else(none, |at| format::date(language, taipei_day(at))),
                ),
                match age(s, snapshot.as_of) {
                    None => Cell::number(format::NONE),
                    Some(days) if is_stale(s, days) => {
                        let word = format::status(language, Status::Stale);
                        let text = format!("{} {word}", format::days(language, days));
                        Cell::status(Status::Stale, &text).right_aligned()
                    }
                    Some(days) => Cell::number(format::days(language, days)),
                },
                Cell::number(last.map_or_else(none, |a| {
                    format::count(i64::try_from(a.rows).unwrap_or(i64::MAX))
                })),
                Cell::new(next_run(context, s, snapshot.as_of)),
                Cell::short(message.unwrap_or_default(), 100),
            ];
            if has_certificates {
                cells.insert(CERTIFICATE_AT, certificate(context, s, snapshot.as_of));
            }
            cells
        })
        .collect();
    let columns = context.environment.columns;
    let places: (usize, &[usize]) = match has_certificates {
        true => (9, &[1, 3, 8]),
        false => (8, &[1, 3, 7]),
    };
    let text = render_within(&header, &rows, context.coloured(), columns, places);
    context.print_styled(&text)?;
    Ok(Exit::Done)
}

/// Days until its server's certificate ends; soon is a warning, over is a fault.
fn certificate(context: &Context<'_>, s: &SourceState, now: DateTime<Utc>) -> Cell {
    let Some(end) = s.certificate_not_after() else {
        return Cell::number(format::NONE);
    };
    let days = days_until(end, now);
    let text = format::days(context.language, days);
    match days {
        ..0 => Cell::status(Status::Behind, &text).right_aligned(),
        0..CERTIFICATE_SOON_DAYS => Cell::status(Status::AtRisk, &text).right_aligned(),
        _ => Cell::number(text),
    }
}

/// When it is asked next, with the calls that are left where they are limited.
fn next_run(context: &Context<'_>, s: &SourceState, now: DateTime<Utc>) -> String {
    let language = context.language;
    let next = match s.next_run {
        None => format::NONE.to_owned(),
        Some(at) if at <= now => context.word("cli-source-due"),
        Some(at) => format::instant(language, at),
    };
    match s.calls_left_today {
        None => next,
        Some(calls) => {
            let left = Message::new("cli-source-calls-left").with("calls", calls);
            format!("{next} {}", context.say(&left))
        }
    }
}

/// Days since its data were true.
fn age(source: &SourceState, now: DateTime<Utc>) -> Option<i64> {
    source
        .newest_data
        .map(|at| (taipei_day(now) - taipei_day(at)).num_days())
}

/// Older than the source may be.
fn is_stale(source: &SourceState, age_days: i64) -> bool {
    source
        .max_age_days
        .is_some_and(|most| age_days > i64::from(most))
}

fn document(context: &Context<'_>, s: &SourceState, now: DateTime<Utc>) -> Value {
    let attempts: Vec<Value> = s
        .attempts
        .iter()
        .map(|a| {
            json::object([
                ("run", value!(a.run)),
                ("at", json::instant(a.at)),
                ("outcome", value!(a.outcome.id())),
                ("rows", value!(a.rows)),
                ("elapsed_ms", value!(a.elapsed_ms)),
                (
                    "message",
                    value!(a.message.as_ref().map(|m| context.say(m))),
                ),
            ])
        })
        .collect();
    let age_days = age(s, now);
    let stale = s.max_age_days.and(age_days).map(|age| is_stale(s, age));
    json::object([
        ("id", value!(s.id)),
        ("kind", value!(s.kind)),
        ("place", value!(s.place)),
        ("feeds", value!(s.feeds)),
        ("schedule", value!(s.schedule)),
        ("disabled", value!(s.disabled.is_some())),
        ("disabled_reason", value!(s.disabled)),
        ("max_age_days", value!(s.max_age_days)),
        (
            "newest_data",
            s.newest_data.map_or(Value::Null, json::instant),
        ),
        ("age_days", value!(age_days)),
        ("stale", value!(stale)),
        ("licence", value!(s.licence)),
        ("attribution", value!(s.attribution)),
        ("attempts", Value::Array(attempts)),
        ("next_run", s.next_run.map_or(Value::Null, json::instant)),
        ("calls_left_today", value!(s.calls_left_today)),
        (
            "certificate_not_after",
            s.certificate_not_after().map_or(Value::Null, json::instant),
        ),
        (
            "certificate_days_left",
            value!(s.certificate_not_after().map(|end| days_until(end, now))),
        ),
    ])
}
