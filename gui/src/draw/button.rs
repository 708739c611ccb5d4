//! Buttons, always in words; a button that cannot be used says why.

use crate::pen::{Laid, Pen, span, strong};
use egui::{Align, Id, Pos2, Rect, Stroke, accesskit::Role as Part, vec2};
use quarterdeck_view::palette::{Role, grid};
use quarterdeck_view::panel::{Action, Tone};

/// Height of a button.
pub const HEIGHT: f32 = 28.0;
const PADDING: f32 = 10.0;

/// Width a button needs.
pub fn width(pen: &Pen<'_>, action: &Action) -> f32 {
    let words = pen.lay(&[words(action)], grid::BODY, 600.0, 1).width();
    let key = action.key.as_ref().map_or(0.0, |key| {
        let cap = crate::pen::mono(key.as_str(), Tone::Label);
        pen.lay(&[cap], grid::AXIS, 200.0, 1).width() + 17.0
    });
    (words + key + 2.0 * PADDING).ceil()
}

fn words(action: &Action) -> quarterdeck_view::panel::Span {
    if action.primary {
        strong(action.label.as_str(), Tone::Text)
    } else {
        span(action.label.as_str(), Tone::Text)
    }
}

/// Draws a button; a click sends its message.
pub fn button(pen: &mut Pen<'_>, id: Id, rect: Rect, action: &Action) {
    if let Some(why) = &action.disabled {
        pen.rounded(rect, 4, pen.theme.role(Role::Track), pen.theme.rule());
        let response = pen.ui.interact(rect, id, egui::Sense::HOVER);
        response.widget_info(|| egui::WidgetInfo::labeled(Part::Button, false, &action.label));
        response.on_hover_text(why);
        let ink = pen.theme.role(Role::Hint);
        pen.line_in(&[words(action)], rect, Align::Center, ink);
        return;
    }
    let response = pen.control(id, rect, Part::Button, &action.label, false);
    let hovered = response.hovered();
    let (fill, edge, ink) = if action.primary {
        (Role::Accent, Role::Accent, Role::OnAccent)
    } else if hovered {
        (Role::Band, Role::ControlEdge, Role::Text)
    } else {
        (Role::Content, Role::StrongLine, Role::Text)
    };
    let ink = pen.theme.role(ink);
    pen.rounded(
        rect,
        4,
        pen.theme.role(fill),
        Stroke::new(1.0, pen.theme.role(edge)),
    );
    let mut inner = rect.shrink2(vec2(PADDING, 0.0));
    if let Some(key) = &action.key {
        let edge = if action.primary {
            ink
        } else {
            pen.theme.role(Role::StrongLine)
        };
        let taken = pen.key_cap(key, inner.right_center(), ink, edge);
        inner.max.x -= taken + 8.0;
    }
    pen.line_in(&[words(action)], inner, Align::Center, ink);
    if response.has_focus() {
        let ring = if action.primary {
            rect.expand(2.0)
        } else {
            rect
        };
        pen.focus_ring(ring, 4);
    }
    if response.clicked() {
        pen.out.push(action.msg.clone());
    }
}

/// An action as a line of text.
pub fn link(pen: &mut Pen<'_>, panel: &str, action: &Action, row: Rect) {
    let laid = pen.lay(
        &[span(action.label.as_str(), Tone::Label)],
        grid::LABEL + 0.5,
        row.width(),
        1,
    );
    let hit = Rect::from_min_size(row.min, vec2(laid.width() + 8.0, row.height()));
    let id = Id::unique(("link", panel));
    let response = pen.control(id, hit, Part::Button, &action.label, false);
    let tone = if response.hovered() {
        Tone::Accent
    } else {
        Tone::Label
    };
    pen.line_silent(
        &[span(action.label.as_str(), tone)],
        row,
        Align::Min,
        grid::LABEL + 0.5,
    );
    if response.has_focus() {
        pen.focus_ring(hit, 4);
    }
    if response.clicked() {
        pen.out.push(action.msg.clone());
    }
}

/// Height of a row of buttons with the reasons of the disabled ones; 0 without any.
pub fn row_height(pen: &Pen<'_>, actions: &[Action], width_there: f32) -> f32 {
    flow(pen, actions, Pos2::ZERO, width_there).1
}

/// Buttons from left to right, as many rows as needed.
pub fn row(pen: &mut Pen<'_>, panel: &str, actions: &[Action], at: Pos2, width_there: f32) -> f32 {
    let (places, height) = flow(pen, actions, at, width_there);
    for (index, (action, (rect, room))) in actions.iter().zip(places).enumerate() {
        button(pen, Id::unique(("button", panel, index)), rect, action);
        if let Some(why) = &action.disabled {
            let laid = reason(pen, why, room);
            pen.paint(&laid, rect.left_bottom() + vec2(0.0, 2.0));
        }
    }
    height
}

/// The widest that the reason of a disabled button becomes in one line.
const REASON: f32 = 400.0;

/// Why a button cannot be used, in two lines where one is too short.
fn reason(pen: &Pen<'_>, why: &str, width: f32) -> Laid {
    let words = [span(why, Tone::Label)];
    match pen.lay(&words, grid::LABEL, f32::INFINITY, 1).width() > width {
        true => pen.lay(&words, grid::LABEL, width, 2),
        false => pen.lay(&words, grid::LABEL, width, 1),
    }
}

/// Width of a button with its reason below it.
pub fn taken(pen: &Pen<'_>, action: &Action) -> f32 {
    let below = action.disabled.as_ref().map_or(0.0, |why| {
        let words = [span(why.as_str(), Tone::Label)];
        pen.lay(&words, grid::LABEL, f32::INFINITY, 1).width()
    });
    width(pen, action).max(below.min(REASON).ceil())
}

/// Every button with the width it may use, and the height of all rows.
fn flow(pen: &Pen<'_>, actions: &[Action], at: Pos2, width_there: f32) -> (Vec<(Rect, f32)>, f32) {
    if actions.is_empty() {
        return (Vec::new(), 0.0);
    }
    let mut places = Vec::with_capacity(actions.len());
    let (mut x, mut y, mut row_height) = (0.0_f32, 0.0_f32, HEIGHT);
    for action in actions {
        let taken = taken(pen, action).min(width_there);
        if x > 0.0 && x + taken > width_there {
            x = 0.0;
            y += row_height + 8.0;
            row_height = HEIGHT;
        }
        if let Some(why) = &action.disabled {
            let below = reason(pen, why, taken).height().max(18.0) + 2.0;
            row_height = row_height.max(HEIGHT + below);
        }
        let place = Rect::from_min_size(at + vec2(x, y), vec2(width(pen, action), HEIGHT));
        places.push((place, taken));
        x += taken + 8.0;
    }
    (places, y + row_height)
}
