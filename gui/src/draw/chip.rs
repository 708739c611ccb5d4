//! Blocks around a status' sign and word.

use crate::draw::signs;
use crate::pen::{Pen, plain};
use egui::{Align, Rect, pos2, vec2};
use quarterdeck_view::palette::{self, Role, grid};
use quarterdeck_view::panel::{self, Status, Tone};

/// A block filled in a status' ink, with its words.
pub fn solid(pen: &mut Pen<'_>, status: Status, words: &[panel::Span], rect: Rect) -> Rect {
    let laid = pen.lay(words, grid::BODY, rect.width() - 8.0, 1);
    let chip = Rect::from_min_size(
        pos2(rect.left() - 3.0, rect.center().y - 9.5),
        vec2((laid.width() + 13.0).min(rect.width() + 6.0), 19.0),
    );
    pen.ui
        .painter()
        .rect_filled(chip, 3.0, pen.theme.ink(status));
    let ink = pen.theme.role(Role::InkOnBehind);
    let inner = Rect::from_min_max(chip.min + vec2(5.0, 0.0), chip.max);
    pen.line_in(words, inner, Align::Min, ink);
    pen.label(chip, &plain(words));
    chip
}

/// A block in a status' pale tint, with its sign and word.
pub fn pale(pen: &mut Pen<'_>, status: Status, word: &str, at: egui::Pos2) -> Rect {
    let words = [panel::Span {
        text: word.to_owned(),
        tone: Tone::Status(status),
        bold: true,
        sign: Some(status),
        ..panel::Span::default()
    }];
    let laid = pen.lay(&words, grid::BODY, 300.0, 1);
    let chip = Rect::from_min_size(at + vec2(0.0, -10.0), vec2(laid.width() + 12.0, 20.0));
    if palette::look(status).solid {
        return solid(
            pen,
            status,
            &words,
            Rect::from_min_size(chip.min + vec2(3.0, 0.0), chip.size()),
        );
    }
    pen.ui
        .painter()
        .rect_filled(chip, 3.0, pen.theme.tint(status));
    if palette::look(status).dashed {
        signs::dashed(pen.ui.painter(), chip.shrink(0.5), pen.theme.ink(status));
    }
    pen.paint(
        &laid,
        pos2(chip.left() + 6.0, chip.center().y - laid.height() / 2.0),
    );
    chip
}
