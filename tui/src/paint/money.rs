//! Money as one bar with its printed values.

use super::ink::Ink;
use super::parts::to_u16;
use super::text::{put, safe, width, wrap};
use quarterdeck_view::panel::{MoneyBar, Status, Tone};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};

/// Height of the money panel.
pub fn money_height(money: &MoneyBar, cells: u16, ink: Ink) -> u16 {
    let message = if ink.roomy {
        to_u16(wrap(&safe(&money.message), cells).len())
    } else {
        0
    };
    1 + message
        + to_u16(money.parts.len())
        + u16::from(money.tick.is_some())
        + u16::from(money.total.is_some())
}

/// Draws money as one bar and a legend with the printed values.
pub fn money(money: &MoneyBar, area: Rect, buffer: &mut Buffer, ink: Ink) {
    let look = |id: &str| match (id, ink.ascii) {
        ("paid", false) => ("⣿", Tone::Accent),
        ("payable", false) => ("⣶", Tone::Accent),
        ("saved", false) => ("⣤", Tone::Accent),
        ("unspent", false) => ("⡪", Tone::Status(Status::Behind)),
        ("open", false) => ("⣀", Tone::Hint),
        ("paid", true) => ("#", Tone::Accent),
        ("payable", true) => ("+", Tone::Accent),
        ("saved", true) => ("=", Tone::Accent),
        ("unspent", true) => ("/", Tone::Status(Status::Behind)),
        ("open", true) => ("_", Tone::Hint),
        _ => ("?", Tone::Status(Status::NoData)),
    };
    let mut x = area.x;
    for (id, _, _, _, amount) in &money.parts {
        let share = if money.whole > 0.0 {
            (amount / money.whole).clamp(0.0, 1.0)
        } else {
            0.0
        };
        let wanted = (share * f64::from(area.width)).round();
        let cells = (0..=area.width)
            .find(|&n| f64::from(n) >= wanted)
            .unwrap_or(0)
            .min(area.right().saturating_sub(x));
        let (glyph, tone) = look(id);
        put(
            buffer,
            x,
            area.y,
            cells,
            &glyph.repeat(usize::from(cells)),
            ink.tone(tone),
        );
        x += cells;
    }
    let mut y = area.y + 1;
    let shares = money
        .parts
        .iter()
        .map(|part| &part.3)
        .chain(money.total.iter().map(|total| &total.2));
    let share_cells = shares.map(|share| width(&safe(share))).max().unwrap_or(0);
    let mut row =
        |label: &str, value: &str, share: &str, lead: Option<(&str, Tone)>, style: Style| {
            let mut x = area.x;
            if let Some((glyph, tone)) = lead {
                put(buffer, x, y, 1, glyph, ink.tone(tone));
            }
            x += 2;
            let value_cells = width(&safe(value));
            let share_x = area.right().saturating_sub(width(&safe(share)));
            let value_x = area.right().saturating_sub(share_cells + 1 + value_cells);
            // A cut label keeps its distance from the number.
            put(buffer, x, y, value_x.saturating_sub(x + 1), label, style);
            put(buffer, value_x, y, value_cells, value, style);
            put(buffer, share_x, y, share_cells, share, style);
            y += 1;
        };
    for (id, label, value, share, _) in &money.parts {
        row(label, value, share, Some(look(id)), Style::default());
    }
    if let Some((label, value, _)) = &money.tick {
        row(label, value, "", None, ink.tone(Tone::Label));
    }
    if let Some((label, value, share)) = &money.total {
        row(
            label,
            value,
            share,
            None,
            Style::default().add_modifier(Modifier::BOLD),
        );
    }
    if ink.roomy {
        for text in wrap(&safe(&money.message), area.width) {
            put(buffer, area.x, y, area.width, &text, ink.tone(Tone::Hint));
            y += 1;
        }
    }
}
