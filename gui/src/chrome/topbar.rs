//! The top bar: product, quarter, as-of moment, demo mark, search, menu, language, theme.

use crate::chrome::menu;
use crate::pen::{Laid, Pen, plain, span, strong, surface};
use egui::{Align, Id, Rect, Stroke, accesskit::Role as Part, pos2, vec2};
use quarterdeck_view::msg::Msg;
use quarterdeck_view::palette::{Role, grid};
use quarterdeck_view::panel::{Chrome, Status, Tone};

const HEIGHT: f32 = 28.0;
const GAP: f32 = 8.0;
/// Widths of the search box: with room, and the least it is any good with.
const SEARCH: f32 = 230.0;
const SEARCH_LEAST: f32 = 76.0;

/// Draws the bar.
pub fn topbar(pen: &mut Pen<'_>, chrome: &Chrome, bar: Rect, narrow: bool) {
    pen.fill(bar, pen.theme.role(Role::Content));
    pen.hline(bar.x_range(), bar.bottom() - 1.0, pen.theme.strong_rule());
    let middle = bar.center().y;
    let mut left = bar.left() + grid::PADDING;
    let room = Rect::from_min_max(pos2(left, bar.top()), pos2(bar.right(), bar.bottom()));
    let product = pen.line(
        &[strong(chrome.product.as_str(), Tone::Text)],
        room,
        Align::Min,
        grid::PRODUCT,
    );
    if !plain(&chrome.headline).is_empty() {
        pen.label(product, &plain(&chrome.headline))
            .on_hover_text(plain(&chrome.headline));
    }
    left = product.right() + 12.0;
    if !narrow {
        left = left.max(bar.left() + 216.0);
    }
    let right = right_side(pen, chrome, bar);
    if !chrome.quarter.0.is_empty() {
        left = quarter(pen, chrome, left, middle) + 12.0;
        left = as_of(pen, chrome, left, middle, narrow, right) + 12.0;
        let mark = chrome.demo.as_ref().map(|demo| demo_mark(pen, demo));
        if let Some(running) = &chrome.running {
            // Whatever is short of room, the demo mark is not.
            let kept = mark.as_ref().map_or(0.0, |mark| mark.width() + 40.0);
            let words = [span(running.as_str(), Tone::Label)];
            let laid = pen.lay(&words, grid::LABEL, right - left - kept, 1);
            pen.paint(&laid, pos2(left, middle - laid.height() / 2.0));
            left += laid.width() + 12.0;
        }
        if let Some(mark) = mark {
            left = paint_mark(pen, &mark, left, middle) + 12.0;
        }
    }
    let wide = (right - left).min(SEARCH);
    if wide >= SEARCH_LEAST {
        search(pen, chrome, boxed(right - wide, middle, wide));
    }
}

fn boxed(left: f32, middle: f32, width: f32) -> Rect {
    Rect::from_min_size(
        pos2(left.round(), middle - HEIGHT / 2.0),
        vec2(width.round(), HEIGHT),
    )
}

fn step(pen: &mut Pen<'_>, id: &'static str, sign: &str, word: &str, rect: Rect, msg: Msg) {
    let response = pen.control(Id::unique(id), rect, Part::Button, word, false);
    let fill = surface(pen, response.hovered());
    pen.rounded(rect, 4, fill, pen.theme.strong_rule());
    pen.line_silent(&[span(sign, Tone::Text)], rect, Align::Center, grid::BODY);
    if response.has_focus() {
        pen.focus_ring(rect, 4);
    }
    if response.clicked() {
        pen.out.push(msg);
    }
    response.on_hover_text(word);
}

fn quarter(pen: &mut Pen<'_>, chrome: &Chrome, left: f32, middle: f32) -> f32 {
    let before = pen.word("gui-previous-quarter");
    let after = pen.word("gui-next-quarter");
    let first = boxed(left, middle, HEIGHT);
    step(pen, "previous", "‹", &before, first, Msg::PreviousQuarter);
    let words = [
        strong(chrome.quarter.0.as_str(), Tone::Text),
        span(format!("  {}", chrome.quarter.1), Tone::Hint),
    ];
    let laid = pen.lay(&words, grid::BODY, 300.0, 1);
    let frame = boxed(first.right() + 6.0, middle, laid.width() + 24.0);
    pen.rounded(
        frame,
        4,
        pen.theme.role(Role::Content),
        pen.theme.strong_rule(),
    );
    let at = pen.place(&laid, frame, Align::Center);
    pen.paint(&laid, at);
    let last = boxed(frame.right() + 6.0, middle, HEIGHT);
    step(pen, "next", "›", &after, last, Msg::NextQuarter);
    last.right()
}

fn as_of(
    pen: &mut Pen<'_>,
    chrome: &Chrome,
    left: f32,
    middle: f32,
    narrow: bool,
    right: f32,
) -> f32 {
    let (label, text) = (&chrome.as_of.0, &chrome.as_of.1);
    let mut words = vec![span(text.as_str(), Tone::Text)];
    if !narrow && !label.is_empty() {
        words.insert(0, span(format!("{label}  "), Tone::Label));
    }
    let laid = pen.lay(&words, grid::BODY - 0.5, (right - left - 40.0).max(40.0), 1);
    let frame = boxed(left, middle, laid.width() + 24.0);
    let said = format!("{label} {text}");
    let response = pen.control(Id::unique("as-of"), frame, Part::Button, &said, false);
    let (fill, edge) = if chrome.as_of_past {
        (
            pen.theme.tint(Status::AtRisk),
            Stroke::new(1.0, pen.theme.ink(Status::AtRisk)),
        )
    } else {
        (surface(pen, response.hovered()), pen.theme.strong_rule())
    };
    pen.rounded(frame, 4, fill, edge);
    let at = pen.place(&laid, frame, Align::Center);
    pen.paint_silent(&laid, at);
    if response.has_focus() {
        pen.focus_ring(frame, 4);
    }
    if response.clicked() {
        pen.out.push(Msg::AskAsOf);
    }
    frame.right()
}

fn demo_mark(pen: &Pen<'_>, demo: &str) -> Laid {
    pen.lay(&[strong(demo, Tone::Demo)], grid::LABEL, 420.0, 1)
}

fn paint_mark(pen: &mut Pen<'_>, mark: &Laid, left: f32, middle: f32) -> f32 {
    let size = vec2(mark.width() + 18.0, 24.0);
    let frame = Rect::from_min_size(pos2(left, middle - 12.0), size);
    let edge = Stroke::new(1.0, pen.theme.role(Role::DemoEdge));
    pen.rounded(frame, 3, pen.theme.role(Role::DemoFill), edge);
    let at = pen.place(mark, frame, Align::Center);
    pen.paint(mark, at);
    frame.right()
}

/// From the right end: themes, languages, menu; returns where they begin.
fn right_side(pen: &mut Pen<'_>, chrome: &Chrome, bar: Rect) -> f32 {
    let middle = bar.center().y;
    let mut right = bar.right() - grid::PADDING;
    right = choice(pen, "theme", &chrome.themes, right, middle) - GAP;
    right = choice(pen, "language", &chrome.languages, right, middle) - GAP;
    menu::button(pen, chrome, right, middle) - GAP
}

/// Alternatives side by side, the chosen one filled; returns the left edge.
fn choice(
    pen: &mut Pen<'_>,
    id: &str,
    options: &[(String, bool, Msg)],
    right: f32,
    middle: f32,
) -> f32 {
    if options.is_empty() {
        return right + GAP;
    }
    let widths: Vec<f32> = options
        .iter()
        .map(|(label, _, _)| {
            pen.lay(&[strong(label.as_str(), Tone::Text)], grid::BODY, 200.0, 1)
                .width()
                + 18.0
        })
        .collect();
    let frame = boxed(
        right - widths.iter().sum::<f32>(),
        middle,
        widths.iter().sum(),
    );
    let mut left = frame.left();
    for (index, ((label, chosen, msg), width)) in options.iter().zip(widths).enumerate() {
        let cell = Rect::from_min_size(pos2(left, frame.top()), vec2(width, HEIGHT));
        let response = pen.control(
            Id::unique((id, index)),
            cell,
            Part::RadioButton,
            label,
            *chosen,
        );
        let part = if *chosen {
            pen.ui
                .painter()
                .rect_filled(cell, 4.0, pen.theme.role(Role::Selection));
            strong(label.as_str(), Tone::Text)
        } else {
            span(label.as_str(), Tone::Label)
        };
        pen.line_silent(&[part], cell, Align::Center, grid::BODY);
        if response.has_focus() {
            pen.focus_ring(cell, 4);
        }
        if response.clicked() && !chosen {
            pen.out.push(msg.clone());
        }
        left += width;
    }
    pen.rounded(
        frame,
        4,
        egui::Color32::TRANSPARENT,
        pen.theme.strong_rule(),
    );
    frame.left()
}

fn search(pen: &mut Pen<'_>, chrome: &Chrome, frame: Rect) {
    let response = pen.control(
        Id::unique("search"),
        frame,
        Part::Button,
        &chrome.search_hint,
        false,
    );
    let fill = surface(pen, response.hovered());
    pen.rounded(frame, 4, fill, pen.theme.strong_rule());
    let inner = frame.shrink2(vec2(10.0, 0.0));
    let ink = pen.theme.role(Role::Label);
    let edge = pen.theme.role(Role::StrongLine);
    let cap = pen.key_cap(":", inner.right_center(), ink, edge);
    let text = inner.with_max_x(inner.right() - cap - 4.0);
    if chrome.filter.is_empty() {
        pen.line_silent(
            &[span(chrome.search_hint.as_str(), Tone::Hint)],
            text,
            Align::Min,
            grid::BODY,
        );
    } else {
        pen.text(&chrome.filter, text, Align::Min, grid::BODY, Tone::Accent);
    }
    if response.has_focus() {
        pen.focus_ring(frame, 4);
    }
    if response.clicked() {
        pen.out.push(if chrome.filter.is_empty() {
            Msg::Command
        } else {
            Msg::Filter
        });
    }
}
