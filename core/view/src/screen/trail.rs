//! The trail at the right: never over the figure it speaks of.

use super::parts::*;
use crate::format;
use crate::msg::Msg;
use crate::panel::{Body, Panel, Place, Row, Tone};
use crate::state::{State, TrailView};
use crate::trail::{
    Trail, capture_facts, excerpt_lines, facts, row_cause, row_hand, row_state, row_value,
    rows_summary, struck, text_of,
};
use quarterdeck_kpi::explain::Row as TrailRow;
use quarterdeck_kpi::message::Message;

/// Rows shown beside another screen.
const ROWS: usize = 12;

/// The panels of an open trail. On the indicator's own screen its rows stand at the left.
pub(crate) fn panels(state: &State, open: &TrailView, with_rows: bool) -> Vec<Panel> {
    let Some(trail) = &open.shown else {
        let text = if open.is_unknown {
            state.say(&Message::new("trail-unknown").with("figure", open.figure.to_string()))
        } else {
            state.word("trail-loading")
        };
        let mut panel = panel(
            "trail",
            Place::Side,
            state.word("trail-title"),
            Body::Lines(vec![vec![toned(text, Tone::Label)]]),
        );
        panel.actions = actions(state, open);
        return vec![panel];
    };
    let mut panels = vec![head(state, open, trail)];
    if !trail.explanation.parts.is_empty() {
        panels.push(parts(state, trail));
    }
    if with_rows && !trail.explanation.rows.is_empty() {
        panels.push(rows(state, trail));
    }
    panels.extend(captures(state, trail));
    panels
}

fn actions(state: &State, open: &TrailView) -> Vec<crate::panel::Action> {
    if state.screen() == crate::state::ScreenId::Indicator && open.came_from.is_empty() {
        return Vec::new();
    }
    let word = if open.came_from.is_empty() {
        "trail-close"
    } else {
        "trail-back"
    };
    let mut action = super::action(state.word(word), Msg::Back);
    action.key = Some("Esc".to_owned());
    vec![action]
}

fn head(state: &State, open: &TrailView, trail: &Trail) -> Panel {
    let language = state.language;
    let mut list = vec![
        fact(
            state.word("trail-figure"),
            vec![span(trail.title(language))],
        ),
        fact(
            state.word("trail-address"),
            vec![mono(trail.figure().to_string())],
        ),
    ];
    list.extend(facts(language, trail));
    if !trail.explanation.rows.is_empty() {
        list.push(fact(
            state.word("trail-rows"),
            vec![span(rows_summary(language, trail))],
        ));
    }
    let mut panel = panel(
        "trail",
        Place::Side,
        state.word("trail-title"),
        Body::Facts(list),
    );
    panel.subtitle = state.word("trail-subtitle");
    panel.actions = actions(state, open);
    panel
}

fn parts(state: &State, trail: &Trail) -> Panel {
    let language = state.language;
    let rows = trail
        .explanation
        .parts
        .iter()
        .enumerate()
        .map(|(at, part)| {
            let label = crate::i18n::argument(language, &part.label);
            let value = text_of(language, part.value.as_ref());
            let mut name = match part.status {
                Some(status) => cell_of(crate::panel::Span {
                    bold: false,
                    ..signed(status, label.clone())
                }),
                None => cell(label.clone()),
            };
            name.tip = Some(match &part.figure {
                Some(figure) => format!("{label}  {figure}"),
                None => label.clone(),
            });
            let open = part.figure.clone().map(Msg::Explain);
            Sortable {
                row: Row {
                    key: at.to_string(),
                    cells: vec![name, cell(value.clone())],
                    figure: part.figure.clone(),
                    open,
                    ..Row::default()
                },
                keys: vec![SortKey::Text(label), SortKey::Text(value)],
            }
        })
        .collect();
    let columns = vec![
        column(state, "part", "trail-part-label", 180, 20)
            .grows()
            .unsorted(),
        column(state, "value", "trail-part-value", 120, 14)
            .right()
            .unsorted(),
    ];
    let body = Body::Table(table(state, "trail-parts", columns, rows, String::new()));
    let mut panel = panel("trail-parts", Place::Side, state.word("trail-parts"), body);
    panel.subtitle = state.word("trail-parts-hint");
    panel
}

/// What is said of a row.
struct RowTexts {
    period: String,
    value: String,
    how: String,
    recorded: String,
    cause: String,
    hand: String,
}

fn row_texts(state: &State, trail: &Trail, row: &TrailRow) -> RowTexts {
    let language = state.language;
    let mut how = row_state(language, row);
    if let Some(by) = row.state.by() {
        how = format!("{how} {by}");
    }
    RowTexts {
        period: format::period(language, row.period),
        value: row_value(language, row),
        how,
        recorded: format::instant(language, row.recorded_at),
        cause: row_cause(language, row),
        hand: row_hand(language, trail, row),
    }
}

/// Each row a line or two, the latest first; what no longer counts is struck out and kept.
fn rows(state: &State, trail: &Trail) -> Panel {
    let all = &trail.explanation.rows;
    let mut list: Vec<crate::panel::Fact> = all
        .iter()
        .rev()
        .take(ROWS)
        .map(|row| {
            let texts = row_texts(state, trail, row);
            let value = if row.state.is_gone() {
                struck(texts.value)
            } else {
                bold(texts.value)
            };
            let after = [texts.how, texts.recorded, texts.cause, texts.hand];
            let rest = after.map(|text| toned(format!("  {text}"), Tone::Label));
            fact(texts.period, std::iter::once(value).chain(rest).collect())
        })
        .collect();
    if all.len() > ROWS {
        let more = Message::new("trail-rows-more").with("count", all.len() - ROWS);
        list.push(fact("", vec![toned(state.say(&more), Tone::Hint)]));
    }
    panel(
        "trail-rows",
        Place::Side,
        state.word("trail-rows"),
        Body::Facts(list),
    )
}

/// The first raw answer whole, with what stands at the place; the others by their hash.
fn captures(state: &State, trail: &Trail) -> Vec<Panel> {
    let language = state.language;
    let Some(first) = trail.captures.first() else {
        return Vec::new();
    };
    let mut list = capture_facts(language, first);
    let more = trail.captures.len() - 1 + trail.captures_left_out;
    if more > 0 {
        list.push(fact(
            state.word("trail-captures-others"),
            vec![toned(
                state.say(&Message::new("trail-captures-more").with("count", more)),
                Tone::Label,
            )],
        ));
    }
    let mut panels = vec![panel(
        "trail-capture",
        Place::Side,
        state.word("trail-captures"),
        Body::Facts(list),
    )];
    panels.push(panel(
        "trail-excerpt",
        Place::Side,
        state.word("trail-excerpt"),
        Body::Lines(excerpt_lines(language, first)),
    ));
    panels
}
