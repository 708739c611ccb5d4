//! Fields with their labels; what is wrong stands below the field.

use crate::pen::{Pen, span};
use egui::{Align, Rect, Stroke, pos2, vec2};
use quarterdeck_view::palette::{Role, grid};
use quarterdeck_view::panel::{Field, Status, Tone};

const FIELD: f32 = 30.0;

fn one_height(field: &Field) -> f32 {
    let error = if field.error.is_some() { 20.0 } else { 0.0 };
    20.0 + FIELD + error + 10.0
}

/// Height of all fields.
pub fn height(fields: &[Field]) -> f32 {
    fields.iter().map(one_height).sum::<f32>() + 12.0
}

/// Draws the fields.
pub fn form(pen: &mut Pen<'_>, fields: &[Field], area: Rect) {
    let inner = area.shrink2(vec2(grid::PADDING, 8.0));
    let mut top = inner.top();
    for field in fields {
        let row = |from: f32, height: f32| {
            Rect::from_min_size(pos2(inner.left(), top + from), vec2(inner.width(), height))
        };
        pen.text(
            &field.label,
            row(0.0, 18.0),
            Align::Min,
            grid::LABEL,
            Tone::Label,
        );
        let frame = row(20.0, FIELD);
        let edge = if field.error.is_some() {
            Stroke::new(1.5, pen.theme.ink(Status::Behind))
        } else {
            Stroke::new(1.0, pen.theme.role(Role::ControlEdge))
        };
        pen.rounded(frame, 4, pen.theme.role(Role::Content), edge);
        let text = frame.shrink2(vec2(10.0, 0.0));
        pen.text(&field.text, text, Align::Min, grid::BODY, Tone::Text);
        if let Some(error) = &field.error {
            let words = [span(error.as_str(), Tone::Status(Status::Behind))];
            pen.line(&words, row(22.0 + FIELD, 18.0), Align::Min, grid::LABEL);
        }
        top += one_height(field);
    }
}
