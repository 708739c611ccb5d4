//! Columns of panels, side by side or one at a time, scrolled to the focused one.

use super::ink::Ink;
use super::panel::{draw_panel, lay};
use super::text::put;
use super::{Hit, Hits, Memory};
use quarterdeck_view::panel::{Body, Panel, Place, Screen, Tone};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

/// The narrowest terminal in which side panels stand beside the main ones.
pub const WIDE: u16 = 110;

/// First visible row so that the chosen one is in sight.
pub fn scroll_to(offset: usize, chosen: usize, visible: usize, rows: usize) -> usize {
    if visible == 0 || rows <= visible {
        return 0;
    }
    let offset = offset.min(rows - visible);
    if chosen < offset {
        chosen
    } else if chosen >= offset + visible {
        chosen + 1 - visible
    } else {
        offset
    }
}

pub(super) fn contents(
    screen: &Screen,
    area: Rect,
    buffer: &mut Buffer,
    ink: Ink,
    memory: &mut Memory,
    hits: &mut Hits,
) {
    let of = |place: Place| -> Vec<&Panel> {
        screen.panels.iter().filter(|p| p.place == place).collect()
    };
    let (main, side) = (of(Place::Main), of(Place::Side));
    if area.width >= WIDE && !side.is_empty() && !main.is_empty() {
        let side_width = (area.width * 39 / 120).clamp(39, 72);
        let left = area.width - side_width - 3;
        for y in area.y..area.bottom() {
            put(
                buffer,
                area.x + left + 1,
                y,
                1,
                if ink.ascii { "|" } else { "╎" },
                ink.tone(Tone::Hint),
            );
        }
        column(
            Strip {
                name: "main",
                inset: 1,
            },
            &main,
            Rect {
                width: left,
                ..area
            },
            buffer,
            ink,
            memory,
            hits,
        );
        let side_area = Rect {
            x: area.x + left + 3,
            width: side_width,
            ..area
        };
        column(
            Strip {
                name: "side",
                inset: 0,
            },
            &side,
            side_area,
            buffer,
            ink,
            memory,
            hits,
        );
    } else {
        // One column: the side panels take the place of the main ones while one of them has the focus.
        let show_side = main.is_empty() || side.iter().any(|p| p.focused);
        let (name, panels) = if show_side {
            ("side", &side)
        } else {
            ("main", &main)
        };
        let area = Rect {
            width: area.width.saturating_sub(1),
            ..area
        };
        column(
            Strip { name, inset: 1 },
            panels,
            area,
            buffer,
            ink,
            memory,
            hits,
        );
    }
}

/// Lines of a panel of running text.
fn text_lines(panel: &Panel) -> Option<usize> {
    match &panel.body {
        Body::Facts(facts) => Some(facts.len()),
        Body::Lines(lines) => Some(lines.len()),
        _ => None,
    }
}

/// Empty rows a column may have at its end.
const BELOW: u16 = 3;

/// A column of panels.
#[derive(Clone, Copy)]
struct Strip {
    name: &'static str,
    /// Cells before everything but tables, whose first cell is the mark of the selection.
    inset: u16,
}

/// Panels one under another; where they are too many, the column scrolls to the focused one.
fn column(
    strip: Strip,
    panels: &[&Panel],
    area: Rect,
    buffer: &mut Buffer,
    ink: Ink,
    memory: &mut Memory,
    hits: &mut Hits,
) {
    if area.height == 0 || area.width < 4 {
        return;
    }
    let mut heights: Vec<u16> = panels
        .iter()
        .map(|p| lay(p, strip.inset, area.width, area.height, ink).total())
        .collect();
    // Nothing stands below the last panel.
    if let (Some(height), Some(panel)) = (heights.last_mut(), panels.last()) {
        *height =
            height.saturating_sub(lay(panel, strip.inset, area.width, area.height, ink).space);
    }
    let total: u16 = heights.iter().fold(0, |sum, h| sum.saturating_add(*h));
    let canvas_area = Rect {
        x: 0,
        y: 0,
        width: area.width,
        height: (total.max(area.height) + BELOW).min(4_000),
    };
    let mut canvas = Buffer::empty(canvas_area);
    let mut local = Hits::new();
    let (mut y, mut aim) = (0u16, None);
    for (panel, height) in panels.iter().zip(&heights) {
        if y >= canvas_area.height {
            break;
        }
        let place = Rect {
            x: 0,
            y,
            width: area.width,
            height: (*height).min(canvas_area.height - y),
        };
        let chosen = draw_panel(
            panel,
            strip.inset,
            area.height,
            place,
            &mut canvas,
            ink,
            memory,
            &mut local,
        );
        if panel.focused {
            aim = Some((y, y + height, chosen, text_lines(panel)));
        }
        y += height;
    }
    let overflow = total.min(4_000 - BELOW).saturating_sub(area.height);
    let scroll = memory.scroll;
    let offset = memory.columns.entry(strip.name).or_default();
    *offset = (*offset).min(overflow + BELOW);
    if let Some((top, bottom, _, Some(lines))) = aim
        && bottom - top > area.height
    {
        // Running text that is higher than the screen goes by its own lines.
        let rows = usize::from(bottom - top);
        let row = (scroll * rows).checked_div(lines).unwrap_or(0);
        *offset = top
            + u16::try_from(row)
                .unwrap_or(u16::MAX)
                .min(bottom - top - area.height);
    } else if let Some((top, bottom, chosen, _)) = aim {
        let (first, last) = match chosen {
            Some(row) if bottom - top > area.height => (row.saturating_sub(1), row + 4),
            _ => (top, bottom),
        };
        if last > *offset + area.height {
            let least = (last - area.height).min(overflow);
            // Rather a few empty rows below than the end of another panel above.
            *offset = if (least..=overflow + BELOW).contains(&first) {
                first
            } else {
                least
            };
        }
        if first < *offset {
            *offset = first;
        }
    }
    let offset = *offset;
    for row in 0..area.height {
        for x in 0..area.width {
            if let (Some(from), Some(to)) = (
                canvas.cell((x, row + offset)),
                buffer.cell_mut((area.x + x, area.y + row)),
            ) {
                *to = from.clone();
            }
        }
    }
    if overflow > 0 {
        // In the empty cell beside the column.
        let x = if strip.name == "side" && area.x > 0 {
            area.x - 1
        } else {
            area.right()
        };
        let more = |buffer: &mut Buffer, y: u16, mark: &str| {
            put(buffer, x, y, 1, mark, ink.tone(Tone::Accent))
        };
        if offset > 0 {
            more(buffer, area.y, "^");
        }
        if offset < overflow {
            more(buffer, area.bottom() - 1, "v");
        }
    }
    for hit in local {
        let top = hit.area.y.max(offset);
        let bottom = hit.area.bottom().min(offset + area.height);
        if top < bottom {
            let place = Rect {
                x: area.x + hit.area.x,
                y: area.y + top - offset,
                width: hit.area.width,
                height: bottom - top,
            };
            hits.push(Hit { area: place, ..hit });
        }
    }
}
