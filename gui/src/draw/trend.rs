//! Counts per quarter as stacked bars: behind at the bottom, then at risk, then the unknown.

use crate::draw::signs::{self, Lean};
use crate::pen::{Pen, span, strong};
use egui::{Align, Rect, accesskit::Role as Part, pos2, vec2};
use quarterdeck_view::palette::{Role, grid};
use quarterdeck_view::panel::{Span, Status, Tone, Trend};

/// Height of the body.
pub const HEIGHT: f32 = 110.0;

/// Draws the bars; with `legend` its words stand in the heading band.
pub fn trend(pen: &mut Pen<'_>, trend: &Trend, area: Rect, legend: bool) {
    pen.part(area, Part::GraphicsDocument, &trend.message);
    let words: Vec<Span> = trend
        .series
        .iter()
        .map(|(status, word, _)| Span {
            text: format!("{word}  "),
            sign: Some(*status),
            tone: Tone::Label,
            ..Span::default()
        })
        .collect();
    if legend {
        let band = Rect::from_min_max(
            pos2(area.left(), area.top() - grid::BAND),
            pos2(area.right() - 12.0, area.top()),
        );
        pen.line(&words, band, Align::Max, grid::LABEL);
    } else {
        let said: Vec<&str> = trend
            .series
            .iter()
            .map(|(_, word, _)| word.as_str())
            .collect();
        pen.label(area, &said.join(" "));
    }
    let count = trend.quarters.len();
    if count == 0 {
        return;
    }
    let plot = Rect::from_min_max(
        area.min + vec2(grid::PADDING, 4.0),
        pos2(area.right() - grid::PADDING, area.bottom() - 34.0),
    );
    let most = (0..count)
        .map(|index| {
            trend
                .series
                .iter()
                .map(|(_, _, counts)| counts.get(index).copied().unwrap_or(0))
                .sum::<usize>()
        })
        .max()
        .unwrap_or(0)
        .max(1);
    let slot = plot.width() / count as f32;
    let unit = plot.height() / most as f32;
    for (index, (digit, year)) in trend.quarters.iter().enumerate() {
        let later = trend.quarters.iter().skip(index + 1);
        let alone = 1 + later.take_while(|(_, year)| year.is_none()).count();
        let left = plot.left() + index as f32 * slot;
        let bar_width = (slot - 6.0).clamp(3.0, 24.0);
        let mut bottom = plot.bottom();
        let mut said = digit.clone();
        for (status, word, counts) in &trend.series {
            let number = counts.get(index).copied().unwrap_or(0);
            said.push_str(&format!(", {word} {number}"));
            if number == 0 {
                continue;
            }
            let height = number as f32 * unit;
            let bar = Rect::from_min_max(
                pos2(left + (slot - bar_width) / 2.0, bottom - height + 1.0),
                pos2(left + (slot + bar_width) / 2.0, bottom),
            );
            segment(pen, *status, number, bar);
            bottom -= height;
        }
        let column = Rect::from_min_max(pos2(left, plot.top()), pos2(left + slot, plot.bottom()));
        pen.label(column, &said).on_hover_text(&said);
        axis(
            pen,
            digit,
            year.as_deref(),
            alone as f32 * slot,
            index,
            count,
            Rect::from_min_size(pos2(left, plot.bottom()), vec2(slot, 34.0)),
        );
    }
    pen.hline(plot.x_range(), plot.bottom(), pen.theme.strong_rule());
}

fn segment(pen: &mut Pen<'_>, status: Status, number: usize, bar: Rect) {
    let painter = pen.ui.painter();
    if status.is_unknown() {
        signs::hatched(painter, pen.theme, bar, status, Lean::Forward);
        return;
    }
    painter.rect_filled(bar, 0.0, pen.theme.ink(status));
    if bar.height() >= 10.0 && bar.width() >= 10.0 {
        let ink = pen.theme.role(Role::InkOnBehind);
        let text = [span(number.to_string(), Tone::Text)];
        let laid = pen.lay(&text, grid::AXIS, 60.0, 1);
        let at = pen.place(&laid, bar, Align::Center);
        pen.line_in_at(&text, at, grid::AXIS, ink);
    }
}

fn axis(
    pen: &mut Pen<'_>,
    digit: &str,
    year: Option<&str>,
    // Up to the next year.
    room: f32,
    index: usize,
    count: usize,
    below: Rect,
) {
    let first = Rect::from_min_size(below.min + vec2(-4.0, 1.0), vec2(below.width() + 8.0, 17.0));
    let part = if index + 1 == count {
        strong(digit, Tone::Text)
    } else {
        span(digit, Tone::Label)
    };
    pen.line(&[part], first, Align::Center, grid::AXIS);
    if let Some(year) = year {
        if index > 0 {
            pen.vline(below.left(), below.y_range(), pen.theme.strong_rule());
        }
        let second =
            Rect::from_min_size(below.min + vec2(4.0, 15.0), vec2(below.width() * 4.0, 17.0));
        let wide = pen.lay(&[span(year, Tone::Label)], grid::AXIS, f32::INFINITY, 1);
        // The first year of the row may have one quarter only: the next one's name goes before.
        if index == 0 && wide.width() + 3.0 > room {
            pen.label(second, year);
        } else {
            pen.text(year, second, Align::Min, grid::AXIS, Tone::Label);
        }
    }
}
