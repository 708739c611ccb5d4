//! A page's head: where one is, its name, its status, its facts and measures, its buttons.

use crate::draw::{button, chip, headline};
use crate::pen::{Pen, strong};
use egui::{Align, Id, Rect, pos2, vec2};
use quarterdeck_view::palette::grid;
use quarterdeck_view::panel::{Body, Panel, Tone};

/// Points kept for the name of the page beside its measures.
const NAME: f32 = 520.0;
/// The same in a narrow window.
const NAME_NARROW: f32 = 420.0;
/// Room of the status beside the name.
const STATUS: f32 = 90.0;

/// Draws the head of a page.
pub fn title(pen: &mut Pen<'_>, panel: &Panel, area: Rect) {
    let Body::Title {
        breadcrumbs,
        title,
        status,
        facts,
        measures,
    } = &panel.body
    else {
        return;
    };
    pen.hline(area.x_range(), area.bottom() - 1.0, pen.theme.strong_rule());
    let inner = area.shrink2(vec2(grid::PADDING, 0.0));
    // A name is wider than the numbers beside it; a narrow window keeps more of the numbers.
    let reserved = if inner.width() < grid::NARROW_BELOW {
        NAME_NARROW
    } else {
        NAME
    };
    let mut right = headline::measure_row(pen, measures, inner, reserved);
    for (index, action) in panel.actions.iter().enumerate().rev() {
        let wide = button::width(pen, action);
        let rect = Rect::from_min_size(
            pos2(right - wide, inner.top() + 20.0),
            vec2(wide, button::HEIGHT),
        );
        button::button(pen, Id::unique(("button", panel.id, index)), rect, action);
        if let Some(why) = &action.disabled {
            let below = Rect::from_min_size(
                pos2(rect.left() - 200.0, rect.bottom() + 2.0),
                vec2(wide + 200.0, 18.0),
            );
            pen.text(why, below, Align::Max, grid::LABEL, Tone::Label);
        }
        right = rect.left() - 12.0;
    }
    let row = |top: f32, height: f32| {
        Rect::from_min_max(
            pos2(inner.left(), inner.top() + top),
            pos2(right - 8.0, inner.top() + top + height),
        )
    };
    pen.text(
        breadcrumbs,
        row(8.0, 20.0),
        Align::Min,
        grid::LABEL,
        Tone::Label,
    );
    let head = row(28.0, 28.0);
    let room = if status.is_some() {
        head.with_max_x(head.right() - STATUS)
    } else {
        head
    };
    // A long name takes the smaller type before it is cut.
    let name = [strong(title.as_str(), Tone::Text)];
    let wide = pen.lay(&name, grid::TITLE, f32::INFINITY, 1).width();
    let size = if wide > room.width() {
        grid::PRODUCT
    } else {
        grid::TITLE
    };
    let drawn = pen.line(&name, room, Align::Min, size);
    if let Some((status, word)) = status {
        chip::pale(
            pen,
            *status,
            word,
            pos2(drawn.right() + 12.0, head.center().y),
        );
    }
    let below = row(58.0, 20.0);
    let wide = pen.lay(facts, grid::LABEL, f32::INFINITY, 1).width();
    if wide > below.width() {
        // Two lines begin a little higher, so that the second does not stand on the rule.
        let laid = pen.lay(facts, grid::LABEL, below.width(), 2);
        pen.paint(&laid, below.min - vec2(0.0, 4.0));
    } else {
        pen.line(facts, below, Align::Min, grid::LABEL);
    }
}
