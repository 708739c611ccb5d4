//! `qd find`: which figure is that, when, and printed where.

use super::Context;
use super::table::{Cell, render, render_within};
use crate::failure::{Exit, Failure};
use crate::json;
use crate::printed::{Printed, printed};
use quarterdeck_kpi::assess::assess;
use quarterdeck_kpi::find::{Hit, find};
use quarterdeck_kpi::message::Message;
use quarterdeck_kpi::text::clean;
use quarterdeck_view::format;
use quarterdeck_view::i18n::argument;
use quarterdeck_view::trail::text_of;
use serde_json::{Value, json as value};

/// Quarters whose rates are looked at, the last ones.
const QUARTERS: i32 = 24;
/// Figures printed for people; the JSON has more.
const SHOWN: usize = 40;
/// Figures in the JSON.
const LISTED: usize = 500;

pub(super) fn run(
    context: &mut Context<'_>,
    text: &str,
    as_of: Option<&str>,
) -> Result<Exit, Failure> {
    let as_of = context.as_of(as_of)?;
    let session = context.open_to_read(2)?;
    let snapshot = session.snapshot(as_of)?;
    let last = session.default_quarter(snapshot.as_of);
    let first = snapshot
        .observations
        .iter()
        .map(|row| row.item.period.quarter())
        .chain(snapshot.money.iter().map(|row| row.item.period.quarter()))
        .min()
        .unwrap_or(last)
        .max(last.plus(1 - QUARTERS));
    let assessments: Vec<_> = (first.ordinal()..=last.ordinal())
        .map(|at| {
            assess(
                &snapshot,
                quarterdeck_kpi::calendar::Quarter::from_ordinal(at),
            )
        })
        .collect();
    let all: Vec<_> = assessments.iter().collect();
    let hits = find(&snapshot, &all, text);
    let printed = printed(session.root(), text);
    if context.global.json {
        let document = json::object([
            ("schema", value!("quarterdeck/find/1")),
            ("demo", value!(session.demo())),
            ("query", value!(clean(text))),
            ("as_of", json::instant(snapshot.as_of)),
            (
                "figures",
                hits.iter()
                    .take(LISTED)
                    .map(|h| of_hit(context, h))
                    .collect(),
            ),
            ("left_out", value!(hits.len().saturating_sub(LISTED))),
            ("printed", printed.iter().map(of_printed).collect()),
        ]);
        context.print_json(&document)?;
    } else {
        show(context, text, &hits, &printed)?;
    }
    Ok(if hits.is_empty() && printed.is_empty() {
        Exit::Partly
    } else {
        Exit::Done
    })
}

fn of_hit(context: &Context<'_>, hit: &Hit) -> Value {
    let language = context.language;
    json::object([
        ("figure", value!(hit.figure.to_string())),
        ("title", value!(argument(language, &hit.title))),
        (
            "value_text",
            value!(hit.value.as_ref().map(|v| argument(language, v))),
        ),
        (
            "period",
            value!(hit.figure.period.map(|period| period.to_string())),
        ),
        ("source", value!(hit.source)),
        ("exact", value!(hit.exact)),
        ("superseded", value!(hit.superseded)),
    ])
}

fn of_printed(printed: &Printed) -> Value {
    json::object([
        ("file", value!(printed.file)),
        ("figure", value!(printed.figure)),
        ("column", value!(printed.column)),
        ("text", value!(printed.text)),
    ])
}

/// Where a figure comes from in words; a source is called by its id.
fn origin(context: &Context<'_>, source: &str) -> String {
    match source {
        "entry" => context.word("source-entry"),
        "document" => context.word("source-document"),
        "computed" => context.word("source-computed"),
        id => id.to_owned(),
    }
}

fn show(
    context: &mut Context<'_>,
    text: &str,
    hits: &[Hit],
    printed: &[Printed],
) -> Result<(), Failure> {
    let language = context.language;
    if hits.is_empty() && printed.is_empty() {
        context.note(&Message::new("cli-find-nothing").with("text", clean(text)));
        return Ok(());
    }
    let header = [
        "trail-part-figure",
        "cli-column-title",
        "column-value",
        "column-period",
        "column-source",
        "cli-column-how",
    ]
    .map(|id| context.word(id));
    let rows: Vec<Vec<Cell>> = hits
        .iter()
        .take(SHOWN)
        .map(|hit| {
            let how = match (hit.superseded, hit.exact) {
                (true, _) => "cli-find-superseded",
                (false, true) => "cli-find-exact",
                (false, false) => "cli-find-rounded",
            };
            vec![
                Cell::new(hit.figure.to_string()),
                Cell::short(argument(language, &hit.title), 50),
                Cell::number(text_of(language, hit.value.as_ref())),
                Cell::new(
                    hit.figure
                        .period
                        .map_or(String::new(), |period| format::period(language, period)),
                ),
                Cell::short(origin(context, &hit.source), 24),
                Cell::new(context.word(how)),
            ]
        })
        .collect();
    if !rows.is_empty() {
        let columns = context.environment.columns;
        let table = render_within(&header, &rows, context.coloured(), columns, (1, &[]));
        context.print_styled(&table)?;
    }
    if hits.len() > SHOWN {
        context.note(&Message::new("cli-find-more").with("count", hits.len() - SHOWN));
    }
    if !printed.is_empty() {
        context.print_plain(&format!("\n{}", context.word("cli-find-printed")))?;
        let header = [
            "cli-column-file",
            "trail-part-figure",
            "cli-column-heading",
            "column-value",
        ]
        .map(|id| context.word(id));
        let rows: Vec<Vec<Cell>> = printed
            .iter()
            .take(SHOWN)
            .map(|p| {
                vec![
                    Cell::new(&p.file),
                    Cell::new(&p.figure),
                    Cell::new(&p.column),
                    Cell::short(&p.text, 60),
                ]
            })
            .collect();
        let table = render(&header, &rows, context.coloured());
        context.print_styled(&table)?;
    }
    Ok(())
}
