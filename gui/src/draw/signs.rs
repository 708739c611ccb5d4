//! Status signs as shapes, since the typeface lacks some of them; tiles, chips and hatches.

use crate::theme::Theme;
use egui::{Color32, CornerRadius, Painter, Pos2, Rect, Shape, Stroke, StrokeKind, pos2, vec2};
use quarterdeck_view::palette::{self, Role, grid};
use quarterdeck_view::panel::Status;

/// Paints the sign of a status in a box of `size` points around `centre`.
pub fn paint(painter: &Painter, centre: Pos2, status: Status, ink: Color32, size: f32) {
    let unit = size / 12.0;
    let at = |x: f32, y: f32| centre + vec2(x * unit, y * unit);
    let stroke = Stroke::new(1.4 * unit, ink);
    match palette::look(status).sign {
        '✓' => {
            painter.line(
                vec![at(-3.6, 0.2), at(-1.2, 2.8), at(3.8, -2.8)],
                Stroke::new(2.0 * unit, ink),
            );
        }
        '▪' => {
            painter.rect_filled(
                Rect::from_center_size(centre, vec2(6.0, 6.0) * unit),
                0.0,
                ink,
            );
        }
        '!' => {
            painter.add(Shape::convex_polygon(
                vec![at(-1.2, -4.6), at(1.2, -4.6), at(0.8, 1.4), at(-0.8, 1.4)],
                ink,
                Stroke::NONE,
            ));
            painter.rect_filled(Rect::from_min_max(at(-1.1, 2.4), at(1.1, 4.6)), 0.0, ink);
        }
        '▾' => {
            painter.add(Shape::convex_polygon(
                vec![at(-4.6, -3.2), at(4.6, -3.2), at(0.0, 4.2)],
                ink,
                Stroke::NONE,
            ));
        }
        '?' => {
            let mut hook: Vec<Pos2> = (0..=10)
                .map(|step| {
                    let angle = std::f32::consts::PI * (1.0 + 0.14 * step as f32);
                    at(2.4 * angle.cos(), -2.2 + 2.3 * angle.sin())
                })
                .collect();
            hook.push(at(0.0, 0.6));
            hook.push(at(0.0, 1.8));
            painter.line(hook, Stroke::new(1.5 * unit, ink));
            painter.rect_filled(Rect::from_min_max(at(-0.9, 3.0), at(0.9, 4.7)), 0.0, ink);
        }
        '◔' => {
            painter.circle_stroke(centre, 4.3 * unit, stroke);
            let mut quarter = vec![centre];
            quarter.extend((0..=6).map(|step| {
                let angle = std::f32::consts::FRAC_PI_2 * (step as f32 / 6.0 - 1.0);
                at(4.3 * angle.cos(), 4.3 * angle.sin())
            }));
            painter.add(Shape::convex_polygon(quarter, ink, Stroke::NONE));
        }
        '⊗' => {
            painter.circle_stroke(centre, 4.3 * unit, stroke);
            painter.line_segment([at(-2.0, -2.0), at(2.0, 2.0)], stroke);
            painter.line_segment([at(-2.0, 2.0), at(2.0, -2.0)], stroke);
        }
        '⊖' => {
            painter.circle_stroke(centre, 4.3 * unit, stroke);
            painter.line_segment([at(-2.3, 0.0), at(2.3, 0.0)], stroke);
        }
        _ => {
            painter.circle_stroke(centre, 2.6 * unit, stroke);
        }
    }
}

/// A tile of one quarter: tint and sign; behind is solid, the unknown has a dashed edge.
pub fn tile(painter: &Painter, theme: Theme, rect: Rect, status: Status) {
    let look = palette::look(status);
    let radius = CornerRadius::same(3);
    let mut ink = theme.ink(status);
    if look.solid {
        painter.rect_filled(rect, radius, ink);
        ink = theme.role(Role::InkOnBehind);
    } else if look.dashed {
        dashed(painter, rect.shrink(0.5), ink);
    } else {
        painter.rect_filled(rect, radius, theme.tint(status));
    }
    paint(painter, rect.center(), status, ink, grid::GLYPH - 1.5);
}

/// A dashed edge.
pub fn dashed(painter: &Painter, rect: Rect, ink: Color32) {
    let corners = [
        rect.left_top(),
        rect.right_top(),
        rect.right_bottom(),
        rect.left_bottom(),
        rect.left_top(),
    ];
    painter.extend(Shape::dashed_line(
        &corners,
        Stroke::new(1.0, ink),
        2.5,
        2.0,
    ));
}

/// Which way hatch lines lean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lean {
    /// Like a slash.
    Forward,
    /// Like a backslash.
    Backward,
}

/// Hatch lines every 5 points, clipped to the rectangle.
pub fn hatch(painter: &Painter, rect: Rect, stroke: Stroke, lean: Lean) {
    let painter = painter.with_clip_rect(rect.intersect(painter.clip_rect()));
    let height = rect.height();
    let mut x = rect.left() - height;
    while x < rect.right() {
        let (from, to) = match lean {
            Lean::Forward => (pos2(x, rect.bottom()), pos2(x + height, rect.top())),
            Lean::Backward => (pos2(x, rect.top()), pos2(x + height, rect.bottom())),
        };
        painter.line_segment([from, to], stroke);
        x += grid::HATCH;
    }
}

/// A hatched surface with an edge: unknown, or money not spent.
pub fn hatched(painter: &Painter, theme: Theme, rect: Rect, status: Status, lean: Lean) {
    let ink = theme.ink(status);
    painter.rect_filled(rect, 0.0, theme.tint(status));
    hatch(painter, rect, Stroke::new(1.2, ink), lean);
    painter.rect_stroke(rect, 0.0, Stroke::new(1.0, ink), StrokeKind::Inside);
}
