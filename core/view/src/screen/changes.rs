//! What changed between two moments, and why: one line a figure, its parts add up to the change.

use super::parts::*;
use crate::format;
use crate::i18n::{Language, argument, say, word};
use crate::msg::Msg;
use crate::panel::{Body, Panel, Place, Row, Tone};
use crate::state::{ChangesView, State};
use chrono::{DateTime, Utc};
use quarterdeck_kpi::change::{Change, Shape, Step, Value};
use quarterdeck_kpi::message::Message;
use rust_decimal::Decimal;

/// A value of a changed figure in words.
pub fn value_text(language: Language, shape: &Shape, value: Value) -> String {
    shape
        .arg(value)
        .map_or(format::NONE.to_owned(), |arg| argument(language, &arg))
}

/// By how much, with its sign; empty where there is no number on both sides.
pub fn by_text(shape: &Shape, by: Option<Decimal>) -> String {
    let signed = |text: String, by: Decimal| {
        if by.is_sign_positive() && !by.is_zero() {
            format!("+{text}")
        } else {
            text
        }
    };
    match (by, shape) {
        (None, _) | (_, Shape::Status) => String::new(),
        // The difference of two percentages is in percentage points.
        (Some(by), Shape::Fraction) => format::points(format::percent(by)),
        (Some(by), Shape::Points) => format::points(by),
        (Some(by), Shape::Unit(unit)) if unit == "percent" => format::points(by),
        (Some(by), _) => signed(format::number(by), by),
    }
}

/// `新資料 +3.20，分母 −0.40`
pub fn steps_text(language: Language, change: &Change) -> String {
    let step = |step: &Step| {
        let by = by_text(&change.shape, step.by());
        let cause = word(language, step.cause.term());
        if by.is_empty() {
            let to = value_text(language, &change.shape, step.to);
            let step = Message::new("changes-step").with("cause", cause);
            say(language, &step.with("to", to))
        } else {
            format!("{cause} {by}")
        }
    };
    let comma = word(language, "list-comma");
    change
        .steps
        .iter()
        .map(step)
        .collect::<Vec<_>>()
        .join(&comma)
}

pub(crate) fn panels(state: &State) -> Vec<Panel> {
    let Some(view) = &state.changes else {
        let text = if state.loading || state.job.is_some() {
            "loading"
        } else {
            "changes-none-asked"
        };
        let lines = vec![vec![toned(state.word(text), Tone::Label)]];
        return vec![panel(
            "changes",
            Place::Main,
            state.word("changes-title"),
            Body::Lines(lines),
        )];
    };
    vec![head(state, view), list(state, view)]
}

fn between(state: &State, from: DateTime<Utc>, to: DateTime<Utc>) -> String {
    state.say(
        &Message::new("changes-between")
            .with("from", from)
            .with("to", to),
    )
}

fn head(state: &State, view: &ChangesView) -> Panel {
    let causes = quarterdeck_kpi::change::Cause::ALL
        .into_iter()
        .map(|cause| {
            let count = view
                .changes
                .iter()
                .filter(|c| c.causes().contains(&cause))
                .count();
            (cause, count)
        })
        .filter(|(_, count)| *count > 0)
        .map(|(cause, count)| format!("{} {count}", state.word(cause.term())));
    let causes: Vec<String> = causes.collect();
    let mut lines = vec![vec![span(between(state, view.from, view.to))]];
    lines.push(vec![
        toned(
            state.say(&Message::new("changes-count").with("count", view.changes.len())),
            Tone::Label,
        ),
        toned(format!("  {}", causes.join("  ")), Tone::Label),
    ]);
    lines.push(vec![toned(state.word("changes-order"), Tone::Hint)]);
    panel(
        "changes-head",
        Place::Head,
        state.word("changes-title"),
        Body::Lines(lines),
    )
}

fn list(state: &State, view: &ChangesView) -> Panel {
    let language = state.language;
    let rows = view
        .changes
        .iter()
        .map(|change| {
            let title = argument(language, &change.title);
            let status = |value: Value, text: String| match value {
                Value::Status(status) => cell_of(crate::panel::Span {
                    bold: false,
                    ..signed(status, text)
                }),
                Value::Unknown => none_cell(),
                Value::Number(number) => number_cell(text, Tone::Text, number.to_string()),
            };
            let text = |value| value_text(language, &change.shape, value);
            let by = by_text(&change.shape, change.by());
            let why = steps_text(language, change);
            let mut name = cell(title.clone());
            name.tip = Some(format!("{title}  {}", change.figure));
            let mut causes = cell(why.clone());
            causes.tip = Some(why.clone());
            let mut moved = cell(by.clone());
            moved.copy = change.by().map(|by| by.to_string());
            Sortable {
                row: Row {
                    key: change.figure.to_string(),
                    cells: vec![
                        cell_of(crate::panel::Span {
                            tone: Tone::Label,
                            ..mono(change.figure.series.scope.clone())
                        }),
                        name,
                        status(change.from, text(change.from)),
                        status(change.to, text(change.to)),
                        moved,
                        causes,
                    ],
                    open: Some(Msg::Explain(change.figure.clone())),
                    figure: Some(change.figure.clone()),
                    ..Row::default()
                },
                keys: vec![
                    SortKey::Text(change.figure.series.scope.to_string()),
                    SortKey::Text(title),
                    SortKey::Number(change.from.number()),
                    SortKey::Number(change.to.number()),
                    SortKey::Number(change.by()),
                    SortKey::Text(why),
                ],
            }
        })
        .collect();
    let columns = vec![
        column(state, "scope", "column-id", 84, 9).drop(3),
        column(state, "title", "found-title", 220, 26).grows(),
        column(state, "before", "changes-before", 110, 12).right(),
        column(state, "after", "changes-after", 110, 12).right(),
        column(state, "by", "column-change", 84, 10).right().drop(2),
        column(state, "why", "changes-why", 240, 26),
    ];
    let body = Body::Table(table(
        state,
        "changes",
        columns,
        rows,
        state.word("changes-nothing"),
    ));
    panel("changes", Place::Main, String::new(), body)
}
