//! `qd explain`: where a figure comes from, down to the stored bytes.

use super::Context;
use super::table::{Cell, plain, render};
use crate::entry::nearest;
use crate::explain_json;
use crate::failure::{Exit, Failure};
use crate::session::{Session, read_ahead};
use crate::trail::trail;
use quarterdeck_kpi::address::FigureAddress;
use quarterdeck_kpi::assess::{assess, assess_figures};
use quarterdeck_kpi::explain::{quarter_of, quarters_of, rests_on};
use quarterdeck_kpi::message::Message;
use quarterdeck_kpi::snapshot::Snapshot;
use quarterdeck_kpi::text::clean;
use quarterdeck_view::format;
use quarterdeck_view::panel::{Fact, Line};
use quarterdeck_view::trail::{
    Trail, capture_facts, excerpt_lines, facts, row_cause, row_hand, row_state, row_value,
    rows_summary, text_of,
};
use std::io::Read;

/// Rows printed for people; the JSON has all.
const ROWS: usize = 40;
/// Captures printed for people.
const CAPTURES: usize = 8;
/// Bytes of a block on the way to stdout.
const BLOCK: usize = 1 << 16;

pub(super) fn run(
    context: &mut Context<'_>,
    figure: &str,
    as_of: Option<&str>,
    raw: bool,
    capture: Option<&str>,
) -> Result<Exit, Failure> {
    let figure = address(figure)?;
    let as_of = context.as_of(as_of)?;
    let root = context.root()?;
    let ahead = rests_on(&figure).and_then(|rests| read_ahead(&root, rests));
    // Rows or files: one of them comes from a second thread.
    let threads = if ahead.is_some() { 1 } else { 2 };
    let mut session = context.open_to_read(threads)?;
    session.expect(ahead);
    let behind = session.snapshot_behind(&figure, as_of)?;
    let mut found = find(&session, behind, &figure)?;
    if found.is_none() {
        // Its name told something else than what is recorded under it.
        found = find(&session, session.snapshot(as_of)?, &figure)?;
    }
    let Some(found) = found else {
        return Err(Failure::usage(
            Message::new("cli-explain-unknown").with("figure", figure.to_string()),
        )
        .at(figure.to_string())
        .next(meant(&session.snapshot(as_of)?, &figure)));
    };
    if raw {
        return write_raw(context, &session, &found, capture);
    }
    if context.global.json {
        context.print_json(&explain_json::document(&found, context.language))?;
    } else {
        show(context, &found)?;
    }
    Ok(Exit::Done)
}

/// The figure that was probably meant, or how to look for it.
fn meant(snapshot: &Snapshot, figure: &FigureAddress) -> Message {
    let Some(known) = nearest(&snapshot.register, &figure.series) else {
        return Message::new("cli-explain-unknown-next");
    };
    let period = figure.period.map(|period| format!("@{period}"));
    Message::new("cli-explain-unknown-nearest").with("nearest", known + &period.unwrap_or_default())
}

/// An address as typed; a source may be named alone.
pub(super) fn address(text: &str) -> Result<FigureAddress, Failure> {
    let text = text.trim();
    let bare_source = text.starts_with("source:") && !text.contains('/');
    let whole = if bare_source {
        match text.split_once('@') {
            Some((source, period)) => format!("{source}/state@{period}"),
            None => format!("{text}/state"),
        }
    } else {
        text.to_owned()
    };
    FigureAddress::parse(&whole).map_err(|_| {
        Failure::usage(Message::new("cli-explain-bad-address").with("text", clean(text)))
            .at(clean(text))
            .next(Message::new("cli-explain-bad-address-next"))
    })
}

fn find(
    session: &Session,
    snapshot: Snapshot,
    figure: &FigureAddress,
) -> Result<Option<Trail>, Failure> {
    let quarter = quarter_of(figure, session.default_quarter(snapshot.as_of));
    // No finding or exception says anything of a figure of many.
    let assessment = match rests_on(figure) {
        Some(_) => assess_figures(&snapshot, quarter, quarters_of(figure)),
        None => assess(&snapshot, quarter),
    };
    let found = trail(session, &snapshot, &assessment, figure);
    // The program ends with the answer: giving every row back one by one would only delay it.
    std::mem::forget((snapshot, assessment));
    found
}

/// The stored bytes of one raw answer, as they are.
fn write_raw(
    context: &mut Context<'_>,
    session: &Session,
    found: &Trail,
    wanted: Option<&str>,
) -> Result<Exit, Failure> {
    let figure = found.figure().to_string();
    let matches = |hash: &str| wanted.is_none_or(|w| hash.starts_with(&w.to_lowercase()));
    let capture = found
        .captures
        .iter()
        .find(|c| matches(&c.sha256) || matches(&c.stored_sha256));
    let (Some(capture), Some(store)) = (capture, session.store()) else {
        return Err(Failure::nothing(
            Message::new("cli-explain-no-capture").with("figure", figure.as_str()),
        )
        .at(figure)
        .next(Message::new("cli-explain-no-capture-next")));
    };
    let mut reader = store
        .capture_reader(&capture.stored_sha256)?
        .ok_or_else(|| {
            Failure::nothing(
                Message::new("cli-explain-gone").with("sha256", capture.stored_sha256.as_str()),
            )
            .at(figure.clone())
        })?;
    let mut block = vec![0; BLOCK];
    loop {
        let count = reader.read(&mut block).map_err(|error| {
            Failure::nothing(
                Message::new("cli-explain-unreadable")
                    .with("sha256", capture.stored_sha256.as_str())
                    .with("detail", clean(&error.to_string())),
            )
            .at(figure.clone())
        })?;
        match block.get(..count) {
            Some([]) | None => return Ok(Exit::Done),
            Some(bytes) => context.bytes(bytes)?,
        }
    }
}

fn show(context: &mut Context<'_>, found: &Trail) -> Result<(), Failure> {
    let language = context.language;
    let mut lines = vec![
        format!("{}  {}", found.figure(), found.title(language)),
        String::new(),
    ];
    if found.demo {
        lines.insert(1, context.word("cli-status-demo"));
    }
    lines.extend(fact_lines(&facts(language, found), 0));
    context.print_plain(&lines.join("\n"))?;
    let parts = &found.explanation.parts;
    if !parts.is_empty() {
        context.print_plain(&format!("\n{}", context.word("trail-parts")))?;
        let header = ["trail-part-label", "trail-part-value", "trail-part-figure"]
            .map(|id| context.word(id));
        let rows: Vec<Vec<Cell>> = parts
            .iter()
            .map(|part| {
                let label = quarterdeck_view::i18n::argument(language, &part.label);
                let value = text_of(language, part.value.as_ref());
                vec![
                    Cell::short(label, 60),
                    match part.status {
                        Some(status) => {
                            let word = format::status(language, status);
                            Cell::status(status, &format!("{word} {value}"))
                        }
                        None => Cell::number(value),
                    },
                    Cell::new(
                        part.figure
                            .as_ref()
                            .map_or(String::new(), |f| f.to_string()),
                    ),
                ]
            })
            .collect();
        let text = render(&header, &rows, context.coloured());
        context.print_styled(&text)?;
    }
    let rows = &found.explanation.rows;
    if !rows.is_empty() {
        let heading = format!(
            "\n{}  {}",
            context.word("trail-rows"),
            rows_summary(language, found)
        );
        context.print_plain(&heading)?;
        let header = [
            "trail-row",
            "column-period",
            "column-value",
            "trail-row-state",
            "column-recorded",
            "column-source",
            "trail-row-hand",
        ]
        .map(|id| context.word(id));
        let cells: Vec<Vec<Cell>> = rows
            .iter()
            .rev()
            .take(ROWS)
            .map(|row| {
                let state = row_state(language, row);
                let state = match row.state.by() {
                    Some(by) => format!("{state} {by}"),
                    None => state,
                };
                vec![
                    Cell::number(row.sequence.to_string()),
                    Cell::new(format::period(language, row.period)),
                    Cell::number(row_value(language, row)),
                    Cell::new(state),
                    Cell::new(format::instant(language, row.recorded_at)),
                    Cell::short(row_cause(language, row), 40),
                    Cell::short(row_hand(language, found, row), 60),
                ]
            })
            .collect();
        let text = render(&header, &cells, context.coloured());
        context.print_styled(&text)?;
    }
    let mut before: Option<&str> = None;
    for capture in found.captures.iter().take(CAPTURES) {
        let mut facts = capture_facts(language, capture);
        let mut lines = Vec::new();
        if before == Some(capture.sha256.as_str()) {
            // Another place in the same answer.
            facts = facts.split_off(facts.len().saturating_sub(1));
        } else {
            lines.extend([String::new(), context.word("trail-captures")]);
        }
        before = Some(&capture.sha256);
        lines.extend(fact_lines(&facts, 2));
        if capture.excerpt.is_some() {
            lines.extend(excerpt_lines(language, capture).iter().map(|line| {
                // Without colours a sign says which line the figure was read from.
                let mark = if line.iter().any(|span| span.bold) {
                    '>'
                } else {
                    '|'
                };
                format!("    {mark} {}", text_of_line(line))
            }));
        }
        context.print_plain(&lines.join("\n"))?;
    }
    let left = found.captures.len().saturating_sub(CAPTURES) + found.captures_left_out;
    if left > 0 {
        let more = context.say(&Message::new("trail-captures-more").with("count", left));
        context.print_plain(&format!("\n{more}"))?;
    }
    Ok(())
}

fn text_of_line(line: &Line) -> String {
    line.iter().map(|span| span.text.as_str()).collect()
}

/// Labels in one column, values beside them.
fn fact_lines(facts: &[Fact], indent: usize) -> Vec<String> {
    use unicode_width::UnicodeWidthStr;
    let width = facts
        .iter()
        .map(|fact| plain(&fact.label).width())
        .max()
        .unwrap_or(0);
    facts
        .iter()
        .map(|fact| {
            let label = plain(&fact.label);
            let pad = " ".repeat(width.saturating_sub(label.width()) + 2);
            let signs: String = fact
                .value
                .iter()
                .map(|span| match span.sign {
                    Some(status) => format!(
                        "{} {}",
                        quarterdeck_view::palette::look(status).sign,
                        span.text
                    ),
                    None => span.text.clone(),
                })
                .collect();
            format!("{}{label}{pad}{signs}", " ".repeat(indent))
        })
        .collect()
}
