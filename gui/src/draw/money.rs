//! Money as one bar, and the same values printed below it.

use crate::draw::signs::{self, Lean};
use crate::pen::{Pen, span, strong};
use egui::{Align, Color32, Rect, accesskit::Role as Part, pos2, vec2};
use quarterdeck_view::palette::{Role, grid};
use quarterdeck_view::panel::{MoneyBar, Status, Tone};

const BAR_TOP: f32 = 26.0;
const BAR: f32 = 18.0;
const LEGEND: f32 = 54.0;

/// Height of bar and legend.
pub fn height(bar: &MoneyBar) -> f32 {
    LEGEND + (bar.parts.len() + usize::from(bar.total.is_some())) as f32 * grid::ROW + 8.0
}

/// Draws the bar and its legend.
pub fn money(pen: &mut Pen<'_>, bar: &MoneyBar, area: Rect) {
    pen.part(area, Part::GraphicsDocument, &bar.message);
    let inner = area.shrink2(vec2(grid::PADDING, 0.0));
    let strip = Rect::from_min_size(inner.min + vec2(0.0, BAR_TOP), vec2(inner.width(), BAR));
    let parts: f64 = bar.parts.iter().map(|part| part.4.max(0.0)).sum();
    let tick = bar.tick.as_ref().map_or(0.0, |tick| tick.2);
    let whole = bar.whole.max(parts).max(tick);
    if whole > 0.0 {
        let scale = |amount: f64| (amount.max(0.0) / whole) as f32 * strip.width();
        pen.fill(strip, pen.theme.role(Role::Open));
        let mut x = strip.left();
        for (id, label, _, _, amount) in &bar.parts {
            let width = scale(*amount);
            if width > 0.0 {
                let part =
                    Rect::from_min_size(pos2(x, strip.top()), vec2((width - 1.0).max(1.0), BAR));
                fill(pen, id, part);
                pen.label(part, label).on_hover_text(label);
            }
            x += width;
        }
        if let Some((label, value, amount)) = &bar.tick {
            let x = strip.left() + scale(*amount);
            let mark = Rect::from_center_size(pos2(x, strip.center().y), vec2(1.5, BAR + 8.0));
            pen.fill(mark, pen.theme.role(Role::Text));
            let words = [
                span(format!("{label} "), Tone::Label),
                span(value.as_str(), Tone::Text),
            ];
            let laid = pen.lay(&words, grid::LABEL, inner.width(), 1);
            let left = (x - laid.width() / 2.0).clamp(inner.left(), inner.right() - laid.width());
            pen.paint(&laid, pos2(left, inner.top() + 3.0));
        }
    }
    let mut top = inner.top() + LEGEND;
    for (id, label, value, share, _) in &bar.parts {
        let row = Rect::from_min_size(pos2(inner.left(), top), vec2(inner.width(), grid::ROW));
        let swatch =
            Rect::from_center_size(pos2(row.left() + 6.0, row.center().y), vec2(12.0, 12.0));
        fill(pen, id, swatch);
        legend(pen, label, value, share, row, false);
        top += grid::ROW;
    }
    if let Some((label, value, share)) = &bar.total {
        let row = Rect::from_min_size(pos2(inner.left(), top), vec2(inner.width(), grid::ROW));
        pen.hline(row.x_range(), row.top(), pen.theme.strong_rule());
        legend(pen, label, value, share, row, true);
    }
}

fn legend(pen: &mut Pen<'_>, label: &str, value: &str, share: &str, row: Rect, bold: bool) {
    let part = |text: &str, tone| {
        if bold {
            strong(text, tone)
        } else {
            span(text, tone)
        }
    };
    let left = row.with_min_x(row.left() + 20.0);
    let amounts = row.with_max_x(row.right() - 84.0);
    let drawn = pen.line(&[part(value, Tone::Text)], amounts, Align::Max, grid::BODY);
    pen.line(
        &[part(label, Tone::Text)],
        left.with_max_x(drawn.left() - 6.0),
        Align::Min,
        grid::BODY,
    );
    pen.line(
        &[part(share, if bold { Tone::Text } else { Tone::Label })],
        row,
        Align::Max,
        grid::BODY,
    );
}

fn fill(pen: &Pen<'_>, id: &str, rect: Rect) {
    let colour: Color32 = match id {
        "paid" => pen.theme.role(Role::Paid),
        "payable" => pen.theme.role(Role::Payable),
        "saved" => pen.theme.role(Role::Saved),
        "unspent" => {
            return signs::hatched(
                pen.ui.painter(),
                pen.theme,
                rect,
                Status::Behind,
                Lean::Forward,
            );
        }
        "unknown" => {
            return signs::hatched(
                pen.ui.painter(),
                pen.theme,
                rect,
                Status::Unknown,
                Lean::Backward,
            );
        }
        _ => pen.theme.role(Role::Open),
    };
    pen.fill(rect, colour);
}
