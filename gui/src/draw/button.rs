//! Buttons, always in words; a button that cannot be used says why.

use crate::pen::{Pen, span, strong};
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
    for (index, (action, rect)) in actions.iter().zip(places).enumerate() {
        button(pen, Id::unique(("button", panel, index)), rect, action);
        if let Some(why) = &action.disabled {
            let below = Rect::from_min_size(
                rect.left_bottom() + vec2(0.0, 2.0),
                vec2((at.x + width_there - rect.left()).max(60.0), 18.0),
            );
            pen.text(why, below, Align::Min, grid::LABEL, Tone::Label);
        }
    }
    height
}

fn flow(pen: &Pen<'_>, actions: &[Action], at: Pos2, width_there: f32) -> (Vec<Rect>, f32) {
    if actions.is_empty() {
        return (Vec::new(), 0.0);
    }
    let mut places = Vec::with_capacity(actions.len());
    let (mut x, mut y, mut row_height) = (0.0_f32, 0.0_f32, HEIGHT);
    for action in actions {
        let reason = action.disabled.as_ref().map_or(0.0, |why| {
            pen.lay(&[span(why.as_str(), Tone::Label)], grid::LABEL, 900.0, 1)
                .width()
        });
        let wide = width(pen, action);
        let taken = wide.max(reason).min(width_there);
        if x > 0.0 && x + taken > width_there {
            x = 0.0;
            y += row_height + 8.0;
            row_height = HEIGHT;
        }
        if action.disabled.is_some() {
            row_height = HEIGHT + 20.0;
        }
        places.push(Rect::from_min_size(at + vec2(x, y), vec2(wide, HEIGHT)));
        x += taken + 8.0;
    }
    (places, y + row_height)
}
