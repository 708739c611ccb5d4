//! Facts, running text, titles, forms and buttons.

use super::ink::Ink;
use super::text::{
    Styled, fit, line, put, put_spans, put_styled, safe, spans_width, width, wrap, wrap_spans,
};
use super::{Hit, Hits};
use quarterdeck_view::panel::{Action, Fact, Field, Line, Measure, Span, Status, Tone};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Modifier;

/// Labels and values, one line each; long values wrap under themselves.
pub fn facts_height(facts: &[Fact], cells: u16, ink: Ink) -> u16 {
    facts.iter().map(|fact| fact_height(fact, cells, ink)).sum()
}

pub(super) fn to_u16(n: usize) -> u16 {
    u16::try_from(n).unwrap_or(u16::MAX)
}

fn label_width(cells: u16) -> u16 {
    (cells / 3).clamp(8, 18)
}

/// A fact laid out: its label's lines, its value's lines, and where the value stands.
struct FactLayout {
    labels: Vec<String>,
    values: Vec<Styled>,
    /// Column of the value.
    x: u16,
    /// The value stands below the label, not beside it.
    below: bool,
}

fn lay_fact(fact: &Fact, cells: u16, ink: Ink) -> FactLayout {
    let extra = fact.extra.as_ref().map_or(0, |e| spans_width(e, ink) + 1);
    let label = width(&safe(&fact.label));
    let column = if fact.label.is_empty() {
        0
    } else {
        label_width(cells).max((label + 1).min(cells * 2 / 5))
    };
    let below = label >= column && label > 0;
    let x = if below { 2 } else { column };
    let values = wrap_spans(&fact.value, cells.saturating_sub(x + extra).max(6), ink);
    // A short value stands at the right of its label's last line even when the label is long.
    let labels = if below {
        wrap(&safe(&fact.label), cells)
    } else {
        vec![fact.label.clone()]
    };
    FactLayout {
        labels,
        values,
        x,
        below,
    }
}

fn fact_height(fact: &Fact, cells: u16, ink: Ink) -> u16 {
    let layout = lay_fact(fact, cells, ink);
    let values = to_u16(layout.values.len().max(1));
    if layout.below {
        to_u16(layout.labels.len()) + values
    } else {
        values
    }
}

/// Draws facts.
pub fn facts(facts: &[Fact], area: Rect, buffer: &mut Buffer, ink: Ink) {
    let mut y = area.y;
    for fact in facts {
        let layout = lay_fact(fact, area.width, ink);
        for (n, text) in layout.labels.iter().enumerate() {
            put(
                buffer,
                area.x,
                y + to_u16(n),
                area.width,
                text,
                ink.tone(Tone::Label),
            );
        }
        if layout.below {
            y += to_u16(layout.labels.len());
        }
        for (n, line) in layout.values.iter().enumerate() {
            put_styled(
                buffer,
                area.x + layout.x,
                y + to_u16(n),
                area.width.saturating_sub(layout.x),
                line,
            );
        }
        if let Some(spans) = &fact.extra {
            let extra = spans_width(spans, ink);
            put_spans(
                buffer,
                area.right().saturating_sub(extra),
                y,
                extra,
                spans,
                ink,
            );
        }
        y += to_u16(layout.values.len().max(1));
    }
}

/// Lines that begin with a sign go on under the word after it.
fn hanging(spans: &Line) -> u16 {
    if spans.first().is_some_and(|span| span.sign.is_some()) {
        2
    } else {
        0
    }
}

/// Height of running text.
pub fn lines_height(lines: &[Line], cells: u16, ink: Ink) -> u16 {
    lines
        .iter()
        .map(|spans| {
            to_u16(
                wrap_spans(spans, cells.saturating_sub(hanging(spans)), ink)
                    .len()
                    .max(1),
            )
        })
        .sum()
}

/// Draws running text.
pub fn lines(lines: &[Line], area: Rect, buffer: &mut Buffer, ink: Ink) {
    let mut y = area.y;
    for spans in lines {
        let indent = hanging(spans);
        for (n, line) in wrap_spans(spans, area.width.saturating_sub(indent), ink)
            .iter()
            .enumerate()
        {
            let x = if n > 0 { indent } else { 0 };
            put_styled(buffer, area.x + x, y, area.width.saturating_sub(x), line);
            y += 1;
        }
    }
}

/// A page's head as lines: where, what, facts, measures.
pub fn title_lines(
    breadcrumbs: &str,
    title: &str,
    status: Option<&(Status, String)>,
    facts: &Line,
    measures: &[Measure],
    cells: u16,
    ink: Ink,
) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut head = vec![Span {
        text: title.to_owned(),
        bold: true,
        ..Span::default()
    }];
    if let Some((status, word)) = status {
        head.push(Span {
            text: "  ".to_owned(),
            ..Span::default()
        });
        head.push(Span {
            text: word.clone(),
            tone: Tone::Status(*status),
            sign: Some(*status),
            bold: true,
            ..Span::default()
        });
    }
    // The way here stands behind, cut where it must be.
    let room = cells.saturating_sub(spans_width(&head, ink) + 3);
    if !breadcrumbs.is_empty() && room >= 20 {
        head.push(Span {
            text: format!("   {}", fit(&safe(breadcrumbs), room)),
            tone: Tone::Hint,
            ..Span::default()
        });
    }
    lines.push(head);
    if !facts.is_empty() {
        lines.push(facts.clone());
    }
    let mut row: Line = Vec::new();
    for measure in measures {
        row.push(Span {
            text: format!("{} ", measure.label),
            tone: Tone::Label,
            ..Span::default()
        });
        row.push(Span {
            text: format!("{} {}", measure.value, measure.unit)
                .trim_end()
                .to_owned(),
            tone: measure.tone,
            bold: true,
            ..Span::default()
        });
        // Where space is short the parts of a measure stand in the panels alone.
        if !measure.below.is_empty() && cells >= 100 {
            row.push(Span {
                text: format!(" {}", measure.below),
                tone: Tone::Hint,
                ..Span::default()
            });
        }
        row.push(Span {
            text: "   ".to_owned(),
            ..Span::default()
        });
    }
    if !row.is_empty() {
        lines.push(row);
    }
    lines
}

/// Breaks a line of spans where it gets too long: between groups, which blanks separate, else between spans.
pub fn flow(spans: &Line, cells: u16, ink: Ink) -> Vec<Line> {
    let blank = |span: &Span| span.sign.is_none() && span.text.trim().is_empty();
    let mut groups: Vec<Line> = vec![Vec::new()];
    for span in spans {
        let starts = blank(span) || span.text.starts_with("  ");
        match groups.last_mut() {
            Some(group) if group.is_empty() || group.iter().all(blank) || !starts => {
                group.push(span.clone())
            }
            _ => groups.push(vec![span.clone()]),
        }
    }
    let mut lines: Vec<Line> = vec![Vec::new()];
    let mut used = 0;
    let mut add = |span: &Span, fresh: bool| {
        let begins = used == 0 || fresh;
        if begins && blank(span) {
            return;
        }
        let mut span = span.clone();
        if begins {
            span.text = span.text.trim_start().to_owned();
        }
        let w = spans_width(std::slice::from_ref(&span), ink);
        if (fresh || used + w > cells) && used > 0 {
            lines.push(Vec::new());
            used = 0;
            span.text = span.text.trim_start().to_owned();
        }
        used += w;
        if let Some(last) = lines.last_mut() {
            last.push(span);
        }
    };
    let mut so_far = 0;
    for group in &groups {
        let w = spans_width(group, ink);
        let fresh = so_far > 0 && so_far + w > cells;
        so_far = if fresh { w } else { so_far + w };
        let mut waiting = fresh;
        for span in group {
            add(span, waiting);
            waiting = waiting && blank(span);
        }
    }
    lines
}

/// Fields of a form, label over value.
pub fn form(fields: &[Field], area: Rect, buffer: &mut Buffer, ink: Ink) {
    for (n, field) in fields.iter().enumerate() {
        let y = area.y + to_u16(n) * 2;
        put(
            buffer,
            area.x,
            y,
            area.width,
            &field.label,
            ink.tone(Tone::Label),
        );
        let style = ink.tone(Tone::Accent).add_modifier(Modifier::UNDERLINED);
        let used = put(buffer, area.x + 2, y + 1, area.width, &field.text, style);
        if let Some(error) = &field.error {
            put(
                buffer,
                area.x + 4 + used,
                y + 1,
                area.width,
                error,
                ink.tone(Tone::Status(Status::Behind)),
            );
        }
    }
}

/// Buttons as words with their keys; why one cannot be used stands beside it.
pub fn actions(
    actions: &[Action],
    area: Rect,
    buffer: &mut Buffer,
    ink: Ink,
    hits: &mut Hits,
) -> u16 {
    let (mut x, mut y) = (area.x, area.y);
    for action in actions {
        let mut spans: Line = Vec::new();
        if let Some(key) = &action.key {
            spans.push(Span {
                text: format!("{key} "),
                bold: true,
                mono: true,
                ..Span::default()
            });
        }
        let tone = if action.disabled.is_some() {
            Tone::Hint
        } else if action.primary {
            Tone::Accent
        } else {
            Tone::Text
        };
        spans.push(Span {
            text: action.label.clone(),
            tone,
            ..Span::default()
        });
        if let Some(why) = &action.disabled {
            spans.extend(line(format!(" ({why})"), Tone::Hint));
        }
        let wanted = spans_width(&spans, ink);
        if x > area.x && x + wanted > area.right() {
            x = area.x;
            y += 1;
        }
        let used = put_spans(buffer, x, y, area.right().saturating_sub(x), &spans, ink);
        if action.disabled.is_none() {
            hits.push(Hit {
                area: Rect {
                    x,
                    y,
                    width: used,
                    height: 1,
                },
                click: action.msg.clone(),
                double: None,
            });
        }
        x += used + 3;
    }
    y + 1 - area.y
}
