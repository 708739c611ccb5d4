//! Tables: columns that fit, rows that scroll, cells with tiles, bullets and sparklines.

use super::columns::scroll_to;
use super::fit::{fit_columns, headings};
use super::ink::Ink;
use super::text::{fit, fit_end, put, put_spans, safe, spans_width, width};
use super::{Hit, Hits};
use quarterdeck_view::msg::Msg;
use quarterdeck_view::palette::grid::BULLET_END_PERCENT;
use quarterdeck_view::panel::{Align, Cell, Column, Drawing, Status, Table, Tone};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};

/// Rows a table needs: heading, units where there are some, rows.
pub fn height(table: &Table) -> u16 {
    let rows = if table.rows.is_empty() {
        1
    } else {
        table.rows.len()
    };
    1 + u16::try_from(rows).unwrap_or(u16::MAX - 1)
}

/// Draws a table; `offset` is its first visible row, kept by the face.
#[allow(clippy::too_many_arguments)]
pub fn draw(
    table: &Table,
    panel: &'static str,
    focused: bool,
    area: Rect,
    buffer: &mut Buffer,
    ink: Ink,
    offset: &mut usize,
    hits: &mut Hits,
) {
    let columns = fit_columns(table, area.width, ink);
    draw_heading(table, panel, &columns, area, buffer, ink, hits);
    if table.rows.is_empty() {
        if let Some(empty) = &table.empty {
            put(
                buffer,
                area.x + 1,
                area.y + 1,
                area.width.saturating_sub(1),
                empty,
                ink.tone(Tone::Hint),
            );
        }
        return;
    }
    let visible = usize::from(area.height.saturating_sub(1));
    *offset = scroll_to(
        *offset,
        table.selected.unwrap_or(0),
        visible,
        table.rows.len(),
    );
    for (line, (index, row)) in table
        .rows
        .iter()
        .enumerate()
        .skip(*offset)
        .take(visible)
        .enumerate()
    {
        let y = area.y + 1 + u16::try_from(line).unwrap_or(0);
        let selected = table.selected == Some(index);
        if selected {
            if focused {
                buffer.set_style(
                    Rect {
                        y,
                        height: 1,
                        ..area
                    },
                    ink.selection(),
                );
            }
            put(buffer, area.x, y, 1, ink.pointer(), ink.tone(Tone::Accent));
        }
        hits.push(Hit {
            area: Rect {
                y,
                height: 1,
                ..area
            },
            click: Msg::Select {
                panel,
                key: row.key.clone(),
            },
            double: row.open.clone(),
        });
        for &(i, x, w) in &columns {
            if let Some(cell) = row.cells.get(i) {
                let place = Rect {
                    x: area.x + x,
                    y,
                    width: w,
                    height: 1,
                };
                draw_cell(cell, &table.columns[i], row.total, place, buffer, ink);
                if let Some(open) = &cell.open {
                    hits.push(Hit {
                        area: place,
                        click: open.clone(),
                        double: None,
                    });
                }
            }
        }
    }
}

fn draw_heading(
    table: &Table,
    panel: &'static str,
    columns: &[(usize, u16, u16)],
    area: Rect,
    buffer: &mut Buffer,
    ink: Ink,
    hits: &mut Hits,
) {
    for &(i, x, w) in columns {
        let column = &table.columns[i];
        let candidates = headings(table, column);
        let title = candidates
            .iter()
            .find(|text| width(text) <= w)
            .or(candidates.last())
            .cloned()
            .unwrap_or_default();
        let title = fit(&title, w);
        let start = if column.align == Align::Right {
            w.saturating_sub(width(&title))
        } else {
            0
        };
        put(
            buffer,
            area.x + x + start,
            area.y,
            w,
            &title,
            ink.tone(Tone::Label).add_modifier(Modifier::UNDERLINED),
        );
        if column.sortable {
            hits.push(Hit {
                area: Rect {
                    x: area.x + x,
                    y: area.y,
                    width: w,
                    height: 1,
                },
                click: Msg::Sort {
                    panel,
                    column: column.id,
                },
                double: None,
            });
        }
    }
}

fn draw_cell(
    cell: &Cell,
    column: &Column,
    total: bool,
    place: Rect,
    buffer: &mut Buffer,
    ink: Ink,
) {
    let (mut x, mut left) = (place.x, place.width);
    if let Some(drawing) = &cell.drawing {
        let text_width = if cell.spans.is_empty() {
            0
        } else {
            spans_width(&cell.spans, ink) + 1
        };
        let used = draw_drawing(
            drawing,
            x,
            place.y,
            left.saturating_sub(text_width),
            buffer,
            ink,
        );
        x += used;
        left = left.saturating_sub(used);
        if !cell.spans.is_empty() && used > 0 {
            x += 1;
            left = left.saturating_sub(1);
        }
    }
    if let Some(edit) = &cell.edit {
        let style = if edit.active {
            Style::default().add_modifier(Modifier::REVERSED)
        } else if edit.error.is_some() {
            ink.tone(Tone::Status(Status::Behind))
                .add_modifier(Modifier::UNDERLINED)
        } else {
            ink.tone(Tone::Accent).add_modifier(Modifier::UNDERLINED)
        };
        // While typing, the end of a long text is in sight.
        let shown = if edit.active {
            fit_end(&safe(&edit.text), left.saturating_sub(1))
        } else {
            fit(&safe(&edit.text), left)
        };
        let padded = format!(
            "{}{}",
            " ".repeat(usize::from(left.saturating_sub(width(&shown)))),
            shown
        );
        put(buffer, x, place.y, left, &padded, style);
        return;
    }
    let wanted = spans_width(&cell.spans, ink);
    let start = if column.align == Align::Right {
        left.saturating_sub(wanted)
    } else {
        0
    };
    put_spans(buffer, x + start, place.y, left, &cell.spans, ink);
    let area = Rect {
        x: x + start,
        y: place.y,
        width: wanted.min(left),
        height: 1,
    };
    if cell.solid {
        let tone = cell
            .spans
            .first()
            .map_or(Tone::Text, |span| span.sign.map_or(span.tone, Tone::Status));
        buffer.set_style(area, ink.solid(tone));
    } else if total {
        buffer.set_style(area, Style::default().add_modifier(Modifier::BOLD));
    }
}

/// Draws what stands for a number; returns the cells used.
pub fn draw_drawing(
    drawing: &Drawing,
    x: u16,
    y: u16,
    cells: u16,
    buffer: &mut Buffer,
    ink: Ink,
) -> u16 {
    let bar = |share: f64, of: u16| -> u16 {
        let filled = (share.clamp(0.0, 1.0) * f64::from(of)).round();
        (0..=of).find(|&n| f64::from(n) >= filled).unwrap_or(of)
    };
    match drawing {
        Drawing::Tiles(tiles) => {
            let mut used = 0;
            for (status, _) in tiles {
                if used + 1 > cells {
                    break;
                }
                let tone = Tone::Status(*status);
                let style = if *status == Status::Behind {
                    ink.solid(tone)
                } else {
                    ink.tone(tone)
                };
                put(
                    buffer,
                    x + used,
                    y,
                    1,
                    &ink.sign(*status).to_string(),
                    style,
                );
                used += 2;
            }
            used.saturating_sub(1).min(cells)
        }
        Drawing::Bullet {
            percent,
            limit,
            tone,
        } => {
            // Half cells, so that what is beyond the limit shows behind its mark.
            let halves = bar(percent / BULLET_END_PERCENT, cells.saturating_mul(2));
            let (whole, half) = if ink.ascii {
                ("=", "-")
            } else {
                ("⣿", "⡇")
            };
            let mut track = whole.repeat(usize::from(halves / 2));
            if halves % 2 == 1 {
                track.push_str(half);
            }
            put(buffer, x, y, cells, &track, ink.tone(*tone));
            let mark = bar(limit / BULLET_END_PERCENT, cells).min(cells.saturating_sub(1));
            put(
                buffer,
                x + mark,
                y,
                1,
                if ink.ascii { "|" } else { "╏" },
                ink.tone(Tone::Text),
            );
            cells
        }
        Drawing::Hatched => {
            let glyph = if ink.ascii { "." } else { "⠕" };
            put(
                buffer,
                x,
                y,
                cells,
                &glyph.repeat(usize::from(cells)),
                ink.tone(Tone::Hint),
            );
            cells
        }
        Drawing::Timeline {
            former,
            planned,
            done,
            now,
            tone,
        } => {
            let track = if ink.ascii { "." } else { "╌" };
            let whole = track.repeat(usize::from(cells));
            put(buffer, x, y, cells, &whole, ink.tone(Tone::Hint));
            let mut mark = |at: f64, glyph: &str, tone: Tone| {
                let place = bar(at, cells.saturating_sub(1));
                put(buffer, x + place, y, 1, glyph, ink.tone(tone));
            };
            mark(*now, if ink.ascii { "|" } else { "╏" }, Tone::Text);
            for former in former {
                mark(*former, "o", Tone::Hint);
            }
            mark(*planned, "O", *tone);
            if let Some(done) = done {
                mark(*done, if ink.ascii { "*" } else { "⣿" }, *tone);
            }
            cells
        }
        Drawing::Age {
            days,
            limit_days,
            tone,
        } => {
            let full = limit_days * 1.25;
            let filled = if full > 0.0 {
                bar(days / full, cells)
            } else {
                0
            };
            let glyph = if ink.ascii { "=" } else { "⣤" };
            put(
                buffer,
                x,
                y,
                cells,
                &glyph.repeat(usize::from(filled)),
                ink.tone(*tone),
            );
            if *limit_days > 0.0 {
                let mark = bar(0.8, cells).min(cells.saturating_sub(1));
                put(
                    buffer,
                    x + mark,
                    y,
                    1,
                    if ink.ascii { "|" } else { "╏" },
                    ink.tone(Tone::Text),
                );
            }
            cells
        }
        Drawing::Sparkline { values, tone, .. } => {
            let known: Vec<f64> = values.iter().flatten().copied().collect();
            let low = known.iter().copied().fold(f64::INFINITY, f64::min);
            let high = known.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            let levels: [&str; 4] = if ink.ascii {
                ["_", ".", "-", "^"]
            } else {
                ["⣀", "⣤", "⣶", "⣿"]
            };
            let skip = values.len().saturating_sub(usize::from(cells));
            let mut used = 0;
            for value in values.iter().skip(skip) {
                if let Some(value) = value {
                    let share = if high > low {
                        (value - low) / (high - low)
                    } else {
                        0.5
                    };
                    let level = usize::from(bar(share, 3));
                    put(
                        buffer,
                        x + used,
                        y,
                        1,
                        levels[level.min(3)],
                        ink.tone(*tone),
                    );
                }
                used += 1;
            }
            used
        }
    }
}
