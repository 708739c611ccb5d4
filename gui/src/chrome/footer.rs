//! The footer: live keys, why the selected row has its status, and the page's own note.

use crate::pen::{Pen, plain, span};
use egui::{Align, Rect, pos2, vec2};
use quarterdeck_view::palette::{Role, grid};
use quarterdeck_view::panel::{Chrome, Span, Tone};

/// Room for the reason of a row's status, whatever keys there are.
const WHY: f32 = 150.0;

/// Draws the footer.
pub fn footer(pen: &mut Pen<'_>, chrome: &Chrome, area: Rect) {
    pen.fill(area, pen.theme.role(Role::Content));
    pen.hline(area.x_range(), area.top(), pen.theme.strong_rule());
    let mut inner = area.shrink2(vec2(grid::PADDING, 0.0));
    if let Some(progress) = &chrome.progress {
        let count = if progress.of > 0 {
            format!("{}  {}/{}", progress.label, progress.done, progress.of)
        } else {
            progress.label.clone()
        };
        let drawn = pen.text(&count, inner, Align::Max, grid::LABEL, Tone::Accent);
        inner.max.x = drawn.left() - 16.0;
    }
    let drawn = pen.text(&chrome.footer, inner, Align::Max, grid::LABEL, Tone::Label);
    inner.max.x = if chrome.footer.is_empty() {
        inner.right()
    } else {
        drawn.left() - 16.0
    };
    // Keys can be looked up; why a row stands as it does has its place in any case.
    let why = if plain(&chrome.why).is_empty() {
        0.0
    } else {
        WHY.min(inner.width() / 3.0)
    };
    for hint in &chrome.keys {
        let key = Span {
            text: hint.key.clone(),
            mono: true,
            ..Span::default()
        };
        let words = [key, span(format!("  {}", hint.label), Tone::Label)];
        let laid = pen.lay(&words, grid::LABEL, 400.0, 1);
        if laid.width() + why > inner.width() {
            break;
        }
        pen.paint(
            &laid,
            pos2(inner.left(), inner.center().y - laid.height() / 2.0),
        );
        inner.min.x += laid.width() + 14.0;
    }
    if !plain(&chrome.why).is_empty() && inner.width() > 60.0 {
        inner.min.x += 10.0;
        pen.vline(
            inner.left() - 12.0,
            area.top() + 7.0..=area.bottom() - 6.0,
            pen.theme.strong_rule(),
        );
        pen.line(&chrome.why, inner, Align::Min, grid::LABEL);
    }
}

/// A bar of 2 points under the top bar while something runs, as far as it is.
pub fn progress(pen: &Pen<'_>, chrome: &Chrome, top: Rect) {
    let Some(progress) = &chrome.progress else {
        return;
    };
    let share = if progress.of > 0 {
        (progress.done as f64 / progress.of as f64).clamp(0.0, 1.0) as f32
    } else {
        1.0
    };
    let bar = Rect::from_min_size(
        pos2(top.left(), top.bottom() - 2.0),
        vec2(top.width() * share, 2.0),
    );
    pen.fill(bar, pen.theme.role(Role::Accent));
}
