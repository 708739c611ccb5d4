//! The rail: screens, and the sources in few words at its foot.

use crate::pen::{Pen, mono, span, strong};
use egui::{Align, Id, Rect, accesskit::Role as Part, pos2, vec2};
use quarterdeck_view::palette::{Role, grid};
use quarterdeck_view::panel::{Chrome, Tone};

const ITEM: f32 = 34.0;
const FOOT: f32 = 18.0;

/// Draws the rail.
pub fn rail(pen: &mut Pen<'_>, chrome: &Chrome, area: Rect, narrow: bool) {
    pen.fill(area, pen.theme.role(Role::Rail));
    pen.vline(area.right() - 1.0, area.y_range(), pen.theme.rule());
    let side = if narrow { 4.0 } else { 8.0 };
    let height = if narrow { 38.0 } else { ITEM };
    for (index, item) in chrome.nav.iter().enumerate() {
        let cell = Rect::from_min_size(
            pos2(
                area.left() + side,
                area.top() + 11.0 + index as f32 * height,
            ),
            vec2(area.width() - 2.0 * side - 1.0, 32.0),
        );
        let response = pen.control(
            Id::unique(("rail", index)),
            cell,
            Part::Tab,
            &item.label,
            item.current,
        );
        let fill = match (item.current, response.hovered()) {
            (true, _) => Some(Role::Selection),
            (false, true) => Some(Role::Track),
            (false, false) => None,
        };
        if let Some(fill) = fill {
            pen.ui
                .painter()
                .rect_filled(cell, 4.0, pen.theme.role(fill));
        }
        if item.current {
            let bar = Rect::from_min_size(cell.min + vec2(0.0, 8.0), vec2(3.0, 16.0));
            pen.fill(bar, pen.theme.role(Role::Accent));
        }
        let shown = if narrow { &item.short } else { &item.label };
        let part = if item.current {
            strong(shown.as_str(), Tone::Text)
        } else {
            span(shown.as_str(), Tone::Label)
        };
        if narrow {
            pen.line_silent(
                &[part],
                cell.with_min_x(cell.left() + 2.0),
                Align::Center,
                grid::BODY,
            );
        } else {
            let inner = cell.shrink2(vec2(8.0, 0.0));
            pen.line_silent(&[part], inner, Align::Min, grid::BODY);
            pen.line(
                &[mono(item.key.as_str(), Tone::Hint)],
                inner,
                Align::Max,
                grid::MONO,
            );
        }
        if response.has_focus() {
            pen.focus_ring(cell, 4);
        }
        if response.clicked() {
            pen.out.push(item.msg.clone());
        }
        if narrow {
            response.on_hover_text(&item.label);
        }
    }
    if narrow {
        return;
    }
    let top = area.bottom() - 10.0 - chrome.rail_foot.len() as f32 * FOOT;
    for (index, line) in chrome.rail_foot.iter().enumerate() {
        let place = Rect::from_min_size(
            pos2(area.left() + grid::PADDING, top + index as f32 * FOOT),
            vec2(area.width() - grid::PADDING - 4.0, FOOT),
        );
        pen.line(line, place, Align::Min, grid::LABEL);
    }
}
