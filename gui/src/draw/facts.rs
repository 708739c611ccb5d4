//! Labels with values, and running text.

use crate::pen::{Pen, plain, span};
use egui::{Align, Rect, ScrollArea, pos2, vec2};
use quarterdeck_view::palette::grid;
use quarterdeck_view::panel::{Fact, Line, Tone};

const GAP: f32 = 4.0;

fn columns(pen: &Pen<'_>, facts: &[Fact], width: f32) -> f32 {
    let widest = facts
        .iter()
        .map(|fact| {
            pen.lay(
                &[span(fact.label.as_str(), Tone::Label)],
                grid::LABEL,
                width,
                1,
            )
            .width()
        })
        .fold(60.0_f32, f32::max);
    let value = facts
        .iter()
        .map(|fact| pen.lay(&fact.value, grid::LABEL + 0.5, width, 1).width())
        .fold(0.0_f32, f32::max);
    // Short values leave more room for long labels.
    let most = (width - extra_width(pen, facts, width) - value - 8.0).max(width * 0.5);
    (widest + 20.0).min(most)
}

fn extra_width(pen: &Pen<'_>, facts: &[Fact], width: f32) -> f32 {
    let widest = facts
        .iter()
        .filter_map(|fact| fact.extra.as_ref())
        .map(|line| pen.lay(line, grid::LABEL, width, 1).width())
        .fold(0.0_f32, f32::max);
    if widest > 0.0 { widest + 16.0 } else { 0.0 }
}

fn label_of(pen: &Pen<'_>, fact: &Fact, width: f32) -> crate::pen::Laid {
    let words = [span(fact.label.as_str(), Tone::Label)];
    pen.lay(&words, grid::LABEL, width - 8.0, usize::MAX)
}

fn one_height(pen: &Pen<'_>, fact: &Fact, label: f32, value: f32) -> f32 {
    let laid = pen.lay(&fact.value, grid::LABEL + 0.5, value, usize::MAX);
    let tall = laid.height().max(label_of(pen, fact, label).height());
    (tall + GAP).max(grid::ROW)
}

/// Width of a value: where nothing stands at its right end, it takes that room too.
fn room(fact: &Fact, there: f32, extra: f32) -> f32 {
    match fact.extra {
        Some(_) => there - extra,
        None => there,
    }
}

/// Height of the list.
pub fn height(pen: &Pen<'_>, facts: &[Fact], width: f32) -> f32 {
    let inner = width - 2.0 * grid::PADDING;
    let label = columns(pen, facts, inner);
    let extra = extra_width(pen, facts, inner);
    let rows = facts
        .iter()
        .map(|fact| one_height(pen, fact, label, room(fact, inner - label, extra)));
    rows.sum::<f32>() + 12.0
}

/// Draws labels at the left, values beside them, second values at the right end.
pub fn facts(pen: &mut Pen<'_>, facts: &[Fact], area: Rect) {
    let inner = area.shrink2(vec2(grid::PADDING, 6.0));
    let label = columns(pen, facts, inner.width());
    let extra = extra_width(pen, facts, inner.width());
    let mut top = inner.top();
    for (index, fact) in facts.iter().enumerate() {
        let wide = room(fact, inner.width() - label, extra);
        let height = one_height(pen, fact, label, wide);
        let row = Rect::from_min_size(pos2(inner.left(), top), vec2(inner.width(), grid::ROW));
        let name = label_of(pen, fact, label);
        pen.paint(&name, pos2(inner.left(), top + 3.0));
        let laid = pen.lay(&fact.value, grid::LABEL + 0.5, wide, usize::MAX);
        pen.paint(&laid, pos2(inner.left() + label, top + 3.0));
        if let Some(line) = &fact.extra {
            pen.line(line, row, Align::Max, grid::LABEL);
        }
        top += height;
        if extra > 0.0 && index + 1 < facts.len() {
            pen.hline(area.x_range(), top - 1.0, pen.theme.rule());
        }
    }
}

/// Height of running text.
pub fn lines_height(pen: &Pen<'_>, lines: &[Line], width: f32) -> f32 {
    let inner = width - 2.0 * grid::PADDING;
    lines
        .iter()
        .map(|line| line_height(pen, line, inner))
        .sum::<f32>()
        + 20.0
}

fn line_height(pen: &Pen<'_>, line: &Line, width: f32) -> f32 {
    if plain(line).is_empty() {
        return 8.0;
    }
    pen.lay(line, grid::LABEL + 0.5, width, usize::MAX).height() + GAP
}

/// Draws running text, scrolling where it is longer than its place.
pub fn lines(pen: &mut Pen<'_>, id: &str, lines: &[Line], area: Rect) {
    pen.inside(area, |pen| {
        let (theme, language) = (pen.theme, pen.language);
        let out = &mut *pen.out;
        ScrollArea::vertical()
            .id_salt(("lines", id))
            .auto_shrink(false)
            .show(pen.ui, |ui| {
                let origin = ui.max_rect().min;
                let mut pen = Pen {
                    ui,
                    theme,
                    language,
                    out,
                };
                let width = area.width() - 2.0 * grid::PADDING;
                let mut top = origin.y + 10.0;
                for line in lines {
                    let height = line_height(&pen, line, width);
                    if !plain(line).is_empty() {
                        let at = pos2(area.left() + grid::PADDING, top);
                        pen.wrapped(line, at, width, grid::LABEL + 0.5);
                    }
                    top += height;
                }
                pen.ui.set_height(top - origin.y + 6.0);
            });
    });
}
