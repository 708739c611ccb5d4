//! The overview's head: counts over a bar as wide as their budgets, and the big ratios.

use crate::draw::cells;
use crate::draw::signs::{self, Lean};
use crate::pen::{Pen, span, strong};
use egui::{Align, Id, Rect, accesskit::Role as Part, pos2, vec2};
use quarterdeck_view::msg::Msg;
use quarterdeck_view::palette::{Role, grid};
use quarterdeck_view::panel::{Count, Drawing, Measure, Panel, Span, Status, Tone};

const MEASURE: f32 = 155.0;
const NARROW_MEASURE: f32 = 144.0;
/// Gap between the groups of the bar.
const GROUP_GAP: f32 = 7.0;

/// Draws counts and measures.
pub fn headline(
    pen: &mut Pen<'_>,
    panel: &Panel,
    counts: &[Count],
    measures: &[Measure],
    area: Rect,
) {
    pen.hline(area.x_range(), area.bottom() - 1.0, pen.theme.strong_rule());
    let inner = area.shrink2(vec2(grid::PADDING, 0.0));
    let left = measure_row(pen, measures, inner, 640.0);
    let there = Rect::from_min_max(inner.min, pos2(left, inner.bottom()));
    if counts.is_empty() {
        return;
    }
    let step = there.width() / counts.len() as f32;
    let lines = counts.iter().map(|count| count.below.as_str());
    let size = common_size(pen, lines, step - 2.0);
    for (index, count) in counts.iter().enumerate() {
        let place = Rect::from_min_size(
            pos2(there.left() + index as f32 * step, there.top()),
            vec2(step - 8.0, 62.0),
        );
        one_count(pen, panel, count, place, size);
    }
    let bar = Rect::from_min_size(
        pos2(there.left(), area.top() + 67.0),
        vec2(there.width() - 8.0, 16.0),
    );
    portfolio(pen, counts, bar);
}

fn one_count(pen: &mut Pen<'_>, panel: &Panel, count: &Count, place: Rect, size: f32) {
    if count.open.is_some() {
        let id = Id::unique(("count", panel.id, count.status.id()));
        let name = format!("{} {}", count.word, count.number);
        let hit = place.with_max_x(place.left() + 110.0);
        let response = pen.control(id, hit, Part::Button, &name, false);
        if response.has_focus() {
            pen.focus_ring(hit.expand2(vec2(4.0, -4.0)), 4);
        }
        if response.clicked()
            && let Some(open) = &count.open
        {
            pen.out.push(open.clone());
        }
    }
    let tone = Tone::Status(count.status);
    let word = Span {
        sign: Some(count.status),
        ..strong(count.word.as_str(), tone)
    };
    let head = Rect::from_min_size(place.min + vec2(0.0, 8.0), vec2(place.width(), 30.0));
    let drawn = pen.line(&[word], head, Align::Min, grid::BODY);
    let number = strong(count.number.to_string(), tone);
    let rest = head.with_min_x(drawn.right() + 8.0);
    pen.line(&[number], rest, Align::Min, grid::DISPLAY);
    let below = Rect::from_min_size(place.min + vec2(0.0, 38.0), vec2(place.width(), 18.0));
    fitted(
        pen,
        &count.below,
        below.with_max_x(place.right() + 6.0),
        1,
        size,
    );
}

/// One segment per programme; groups stand apart, segments have a gap of 1 point.
fn portfolio(pen: &mut Pen<'_>, counts: &[Count], bar: Rect) {
    let whole: f64 = counts
        .iter()
        .flat_map(|count| &count.segments)
        .map(|(_, share)| share.max(0.0))
        .sum();
    let groups = counts
        .iter()
        .filter(|count| !count.segments.is_empty())
        .count();
    if whole <= 0.0 || groups == 0 {
        return;
    }
    let there = f64::from(bar.width() - (groups - 1) as f32 * GROUP_GAP);
    let mut x = bar.left();
    for count in counts.iter().filter(|count| !count.segments.is_empty()) {
        for (id, share) in &count.segments {
            let width = (there * share.max(0.0) / whole) as f32;
            let segment = Rect::from_min_size(
                pos2(x, bar.top()),
                vec2((width - 1.0).max(1.0), bar.height()),
            );
            one_segment(pen, count.status, id, segment);
            x += width;
        }
        x += GROUP_GAP;
    }
}

fn one_segment(pen: &mut Pen<'_>, status: Status, id: &str, segment: Rect) {
    let painter = pen.ui.painter();
    let ink = pen.theme.ink(status);
    let text = match status {
        status if status.is_unknown() => {
            signs::hatched(painter, pen.theme, segment, status, Lean::Forward);
            Role::Text
        }
        Status::Behind | Status::AtRisk => {
            painter.rect_filled(segment, 0.0, ink);
            Role::InkOnBehind
        }
        _ => {
            painter.rect_filled(segment, 0.0, pen.theme.pale(status));
            Role::Text
        }
    };
    let laid = pen.lay(&[span(id, Tone::Text)], grid::AXIS, 100.0, 1);
    if laid.width() + 8.0 <= segment.width() {
        if status.is_unknown() {
            let back = Rect::from_center_size(
                segment.center(),
                vec2(laid.width() + 8.0, segment.height() - 2.0),
            );
            pen.fill(back, pen.theme.role(Role::Content));
        }
        let ink = pen.theme.role(text);
        let colour = [span(id, Tone::Text)];
        let at = pen.place(&laid, segment, Align::Center);
        pen.line_in_at(&colour, at, grid::AXIS, ink);
    }
    pen.label(segment, id).on_hover_text(id);
}

/// The measures at the right end, after a rule; returns where they begin. The rest of the head
/// keeps `reserved` points: in a narrow window the last measures are only said, not drawn.
pub fn measure_row(pen: &mut Pen<'_>, measures: &[Measure], inner: Rect, reserved: f32) -> f32 {
    if measures.is_empty() {
        return inner.right();
    }
    let each = (inner.width() - reserved) / measures.len() as f32;
    let step = if measures.len() > 3 {
        each.clamp(NARROW_MEASURE, 170.0)
    } else {
        MEASURE
    };
    let most = ((inner.width() - reserved) / step).floor().max(1.0) as usize;
    for measure in measures.iter().skip(most) {
        pen.label(
            inner,
            &format!(
                "{} {} {} {}",
                measure.label, measure.value, measure.unit, measure.below
            ),
        );
    }
    let shown = &measures[..measures.len().min(most)];
    let left = inner.right() - shown.len() as f32 * step;
    pen.vline(
        left,
        inner.top() + 8.0..=inner.bottom() - 8.0,
        pen.theme.rule(),
    );
    let lines = shown.iter().map(|measure| measure.below.as_str());
    let size = common_size(pen, lines, step - grid::PADDING + 10.0);
    for (index, measure) in shown.iter().enumerate() {
        let place = Rect::from_min_size(
            pos2(left + index as f32 * step + grid::PADDING, inner.top()),
            vec2(step - grid::PADDING, inner.height()),
        );
        one_measure(pen, measure, place, size);
    }
    left - grid::PADDING
}

fn one_measure(pen: &mut Pen<'_>, measure: &Measure, place: Rect, size: f32) {
    let row = |top: f32, height: f32| {
        Rect::from_min_size(place.min + vec2(0.0, top), vec2(place.width(), height))
    };
    pen.text(
        &measure.label,
        row(8.0, 20.0),
        Align::Min,
        grid::LABEL,
        Tone::Label,
    );
    let head = row(28.0, 28.0);
    let drawn = pen.line(
        &[strong(measure.value.as_str(), measure.tone)],
        head,
        Align::Min,
        grid::DISPLAY,
    );
    if let Some(figure) = &measure.figure {
        let id = Id::unique(("measure", figure.to_string()));
        let name = format!("{} {}", measure.label, measure.value);
        let response = pen.click(id, drawn, Part::Link, &name);
        if response.hovered() {
            pen.hline(drawn.x_range(), drawn.bottom() - 2.0, pen.theme.rule());
        }
        if response.clicked() {
            pen.out.push(Msg::Explain(figure.clone()));
        }
    }
    let unit = Rect::from_x_y_ranges(
        drawn.right() + 3.0..=head.right() + 8.0,
        head.top() + 6.0..=head.bottom() + 2.0,
    );
    pen.text(&measure.unit, unit, Align::Min, grid::BODY, measure.tone);
    let (mut below, mut rows) = (row(54.0, 18.0), 2);
    if let Some(Drawing::Bullet {
        percent,
        limit,
        tone,
    }) = &measure.bullet
    {
        let area = Rect::from_min_size(
            place.min + vec2(0.0, 55.0),
            vec2(132.0_f32.min(place.width()), 11.0),
        );
        cells::bullet(pen, area, *percent, *limit, *tone);
        (below, rows) = (row(71.0, 18.0), 1);
    }
    fitted(
        pen,
        &measure.below,
        below.with_max_x(below.right() + 10.0),
        rows,
        size,
    );
}

/// Lines side by side are set alike: in the smaller type as soon as one of them needs it.
fn common_size<'a>(pen: &Pen<'_>, lines: impl Iterator<Item = &'a str>, room: f32) -> f32 {
    let mut lines = lines;
    let is_wide = |text: &str| {
        let laid = pen.lay(&[span(text, Tone::Label)], grid::LABEL, f32::INFINITY, 1);
        laid.width() > room
    };
    if lines.any(is_wide) {
        grid::AXIS
    } else {
        grid::LABEL
    }
}

/// A line below a number. Numbers are never cut: what is too long takes the smaller type, then the
/// rows there are, then leaves its later clauses to the hover text.
fn fitted(pen: &mut Pen<'_>, text: &str, room: Rect, rows: usize, size: f32) {
    let is_wide = |text: &str, size: f32| {
        let laid = pen.lay(&[span(text, Tone::Label)], size, f32::INFINITY, 1);
        laid.width() > room.width()
    };
    if !is_wide(text, size) {
        pen.text(text, room, Align::Min, size, Tone::Label);
        return;
    }
    let (first, later) = clauses(text);
    let fits = rows > 1 && !is_wide(later, grid::AXIS);
    let second = room.translate(vec2(0.0, room.height() - 2.0));
    for (clause, row) in [(first, Some(room)), (later, fits.then_some(second))] {
        if let Some(row) = row {
            let laid = pen.lay(&[span(clause, Tone::Label)], grid::AXIS, row.width(), 1);
            let at = pen.place(&laid, row, Align::Min);
            pen.paint_silent(&laid, at);
        }
    }
    // A screen reader is told the line as one.
    pen.label(room, text).on_hover_text(text);
}

/// The first clause of a line, and the rest after its comma.
fn clauses(text: &str) -> (&str, &str) {
    let comma = text.char_indices().find(|(at, c)| {
        let tail = text.get(at + c.len_utf8()..).unwrap_or_default();
        *c == '\u{ff0c}' || (*c == ',' && tail.starts_with(' '))
    });
    match comma {
        Some((at, c)) => (
            text.get(..at).unwrap_or(text),
            text.get(at + c.len_utf8()..).unwrap_or_default().trim(),
        ),
        None => (text, ""),
    }
}

#[cfg(test)]
mod tests {
    use super::clauses;

    #[test]
    fn a_comma_inside_a_number_is_no_end_of_a_clause() {
        assert_eq!(
            clauses("NT$1,540.2 m, unspent NT$112.6 m"),
            ("NT$1,540.2 m", "unspent NT$112.6 m")
        );
        assert_eq!(
            clauses("執行數 3.77億元，可支用 5.37億元").1,
            "可支用 5.37億元"
        );
        assert_eq!(clauses("49.26 %"), ("49.26 %", ""));
    }
}
