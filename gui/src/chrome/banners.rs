//! Errors and notices across the content; the rest goes on working.

use crate::draw::{button, signs};
use crate::pen::Pen;
use egui::{Align, Id, Rect, pos2, vec2};
use quarterdeck_view::palette::grid;
use quarterdeck_view::panel::{Banner, Status, Tone};

const HEIGHT: f32 = 44.0;
const SHORT: f32 = 32.0;

fn one_height(banner: &Banner) -> f32 {
    if banner.next.is_some() { HEIGHT } else { SHORT }
}

/// Height of all banners.
pub fn height(banners: &[Banner]) -> f32 {
    banners.iter().map(one_height).sum()
}

/// Draws them from the top.
pub fn banners(pen: &mut Pen<'_>, banners: &[Banner], area: Rect) {
    let mut top = area.top();
    for (index, banner) in banners.iter().enumerate() {
        let row = Rect::from_min_size(
            pos2(area.left(), top),
            vec2(area.width(), one_height(banner)),
        );
        one(pen, banner, index, row);
        top = row.bottom();
    }
}

fn one(pen: &mut Pen<'_>, banner: &Banner, index: usize, row: Rect) {
    let status = if banner.error {
        Status::Behind
    } else {
        Status::NoTarget
    };
    pen.fill(row, pen.theme.tint(status));
    let edge = Rect::from_min_size(row.min, vec2(grid::STATUS_BAR, row.height()));
    pen.fill(edge, pen.theme.ink(status));
    pen.hline(row.x_range(), row.bottom() - 1.0, pen.theme.strong_rule());
    let mut inner = row.shrink2(vec2(grid::PADDING, 0.0));
    if let Some(action) = &banner.action {
        let wide = button::width(pen, action);
        let rect = Rect::from_center_size(
            pos2(inner.right() - wide / 2.0, row.center().y),
            vec2(wide, button::HEIGHT),
        );
        button::button(pen, Id::unique(("banner", index)), rect, action);
        inner.max.x = rect.left() - 8.0;
    }
    if banner.error {
        let at = pos2(inner.left() + 4.0, row.top() + SHORT / 2.0);
        signs::paint(
            pen.ui.painter(),
            at,
            status,
            pen.theme.ink(status),
            grid::GLYPH,
        );
    }
    inner.min.x += 18.0;
    let first = Rect::from_min_size(
        inner.min,
        vec2(
            inner.width(),
            if banner.next.is_some() { 26.0 } else { SHORT },
        ),
    );
    pen.text(&banner.text, first, Align::Min, grid::BODY, Tone::Text);
    if let Some(next) = &banner.next {
        let second = Rect::from_min_size(inner.min + vec2(0.0, 22.0), vec2(inner.width(), 18.0));
        pen.text(next, second, Align::Min, grid::LABEL, Tone::Label);
    }
}
