//! `qd status --since`: which figures differ between two moments, and what moved each.

use super::Context;
use super::table::{Cell, render};
use crate::failure::Failure;
use crate::json;
use chrono::{DateTime, Utc};
use quarterdeck_kpi::calendar::Quarter;
use quarterdeck_kpi::change::{Cause, Change, Step, Value as Figure};
use quarterdeck_kpi::message::Message;
use quarterdeck_view::i18n::argument;
use quarterdeck_view::screen::changes::{by_text, steps_text, value_text};
use serde_json::{Value, json as value};
use std::collections::BTreeSet;

/// What is compared.
pub(super) struct Compared {
    pub from: DateTime<Utc>,
    pub to: DateTime<Utc>,
    pub quarter: Quarter,
    pub demo: bool,
    pub changes: Vec<Change>,
}

impl Compared {
    /// Keeps the figures of these programmes.
    pub fn only(mut self, ids: Option<&BTreeSet<String>>) -> Self {
        if let Some(ids) = ids {
            self.changes
                .retain(|c| ids.contains(c.figure.series.scope.as_str()));
        }
        self
    }
}

pub(super) fn show(context: &mut Context<'_>, compared: &Compared) -> Result<(), Failure> {
    if context.global.json {
        return context.print_json(&document(context, compared));
    }
    let heading = Message::new("changes-between")
        .with("from", compared.from)
        .with("to", compared.to);
    let mut lines = vec![context.say(&heading)];
    if compared.demo {
        lines.push(context.word("cli-status-demo"));
    }
    lines.push(context.say(&Message::new("changes-count").with("count", compared.changes.len())));
    context.print_plain(&lines.join("\n"))?;
    if compared.changes.is_empty() {
        return Ok(());
    }
    let language = context.language;
    let header = [
        "trail-part-figure",
        "found-title",
        "changes-before",
        "changes-after",
        "column-change",
        "changes-why",
    ]
    .map(|id| context.word(id));
    let rows: Vec<Vec<Cell>> = compared
        .changes
        .iter()
        .map(|c| {
            let text = |value| value_text(language, &c.shape, value);
            let cell = |value| match value {
                Figure::Status(status) => Cell::status(status, &text(value)),
                _ => Cell::number(text(value)),
            };
            vec![
                Cell::new(c.figure.to_string()),
                Cell::short(argument(language, &c.title), 48),
                cell(c.from),
                cell(c.to),
                Cell::number(by_text(&c.shape, c.by())),
                Cell::new(steps_text(language, c)),
            ]
        })
        .collect();
    let text = render(&header, &rows, context.coloured());
    context.print_styled(&text)
}

fn document(context: &Context<'_>, compared: &Compared) -> Value {
    json::object([
        ("schema", value!("quarterdeck/changes/1")),
        ("demo", value!(compared.demo)),
        ("quarter", value!(compared.quarter.to_string())),
        ("from", json::instant(compared.from)),
        ("to", json::instant(compared.to)),
        ("order", value!(Cause::ALL.map(Cause::id))),
        (
            "changes",
            compared
                .changes
                .iter()
                .map(|c| {
                    json::object([
                        ("figure", value!(c.figure.to_string())),
                        ("title", value!(argument(context.language, &c.title))),
                        ("from", of(c.from)),
                        ("to", of(c.to)),
                        ("by", json::decimal(c.by())),
                        ("steps", c.steps.iter().map(step).collect()),
                    ])
                })
                .collect(),
        ),
    ])
}

fn step(step: &Step) -> Value {
    json::object([
        ("cause", value!(step.cause.id())),
        ("from", of(step.from)),
        ("to", of(step.to)),
        ("by", json::decimal(step.by())),
    ])
}

/// A number, the word of a status, or null.
fn of(figure: Figure) -> Value {
    match figure {
        Figure::Unknown => Value::Null,
        Figure::Number(number) => json::decimal(Some(number)),
        Figure::Status(status) => value!(status.id()),
    }
}
