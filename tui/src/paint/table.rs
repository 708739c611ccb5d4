//! Tables: columns that fit, rows that scroll, cells with tiles, bullets and sparklines.

use super::ink::Ink;
use super::text::{fit, put, put_spans, safe, spans_width, width};
use super::{Hit, Hits, scroll_to};
use quarterdeck_view::msg::Msg;
use quarterdeck_view::palette::grid::BULLET_END_PERCENT;
use quarterdeck_view::panel::{Align, Cell, Column, Drawing, Status, Table, Tone};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};

/// Rows a table needs: heading, units where there are some, rows.
pub fn height(table: &Table) -> u16 {
    let rows = if table.rows.is_empty() { 1 } else { table.rows.len() };
    1 + u16::try_from(rows).unwrap_or(u16::MAX - 1)
}

/// Narrowest a growing column gets before other columns cannot be helped.
const NARROWEST: u16 = 8;

/// Headings a column may have, the fullest first.
fn headings(table: &Table, column: &Column) -> Vec<String> {
    let title = safe(&column.title);
    let mut headings = Vec::new();
    if let Some(unit) = &column.unit {
        headings.push(format!("{title} {}", safe(unit)));
    }
    headings.push(title);
    headings.extend(column.short.as_deref().map(safe));
    if let Some((id, descending)) = table.sort
        && id == column.id
    {
        for heading in &mut headings {
            heading.push(if descending { 'v' } else { '^' });
        }
    }
    headings
}

/// Cells the widest row of a column needs.
fn content_width(table: &Table, index: usize, column: &Column, ink: Ink) -> u16 {
    let of_cell = |cell: &Cell| -> u16 {
        if let Some(edit) = &cell.edit {
            return column.cells.max(width(&safe(&edit.text)) + 1);
        }
        let text = spans_width(&cell.spans, ink);
        let drawing = match &cell.drawing {
            None => return text,
            Some(Drawing::Tiles(tiles)) => u16::try_from(tiles.len() * 2).unwrap_or(u16::MAX).saturating_sub(1),
            Some(_) => column.cells,
        };
        if text == 0 { drawing } else { column.cells.max(text) }
    };
    table.rows.iter().filter_map(|row| row.cells.get(index)).map(of_cell).max().unwrap_or(column.cells)
}

/// What a column needs and what it would like.
struct Need {
    index: usize,
    /// What its rows need.
    content: u16,
    /// What it gets now.
    given: u16,
}

/// Columns that fit, with their positions and widths: numbers, units and status are never cut,
/// names first; where it is still too narrow, columns go by their order.
fn fit_columns(table: &Table, cells: u16, ink: Ink) -> Vec<(usize, u16, u16)> {
    let mut needs: Vec<Need> = table
        .columns
        .iter()
        .enumerate()
        .map(|(index, column)| {
            let content = content_width(table, index, column, ink);
            let signed = table.rows.iter().filter_map(|row| row.cells.get(index)).any(|cell| cell.spans.iter().any(|s| s.sign.is_some()));
            let whole = column.align == Align::Right || signed;
            let wanted = if whole { content } else { content.min(column.cells) };
            let heading = headings(table, column).last().map_or(0, |text| width(text));
            Need { index, content, given: wanted.max(heading) }
        })
        .collect();
    // One cell for the selection mark, one between columns.
    let wanted = |needs: &[Need]| -> u16 { needs.iter().fold(0u16, |sum, need| sum.saturating_add(need.given + 1)) };
    while wanted(&needs) > cells {
        let last = needs
            .iter()
            .enumerate()
            .filter_map(|(at, need)| table.columns.get(need.index).filter(|c| c.drop > 0).map(|c| (at, c.drop)))
            .max_by_key(|(_, drop)| *drop);
        let Some((at, _)) = last else { break };
        needs.remove(at);
    }
    let grows = |need: &Need| table.columns.get(need.index).is_some_and(|c| c.grows);
    let missing = wanted(&needs).saturating_sub(cells);
    if let Some(need) = needs.iter_mut().find(|need| grows(need)) {
        need.given = need.given.saturating_sub(missing).max(NARROWEST.min(need.given));
    }
    let mut missing = wanted(&needs).saturating_sub(cells);
    for need in needs.iter_mut().filter(|need| table.columns.get(need.index).is_some_and(|c| c.align == Align::Left)) {
        let less = missing.min(need.given.saturating_sub(NARROWEST));
        need.given -= less;
        missing -= less;
    }
    let mut spare = cells.saturating_sub(wanted(&needs));
    let mut widen = |need: &mut Need, to: u16| {
        let more = to.saturating_sub(need.given).min(spare);
        need.given += more;
        spare -= more;
    };
    for first in [true, false] {
        for need in needs.iter_mut().filter(|need| grows(need) == first) {
            let content = need.content;
            widen(need, content);
        }
    }
    // What is left goes to fuller headings, but only where the whole heading fits then.
    for step in [1, 0] {
        for need in &mut needs {
            if let Some(text) = table.columns.get(need.index).and_then(|c| headings(table, c).into_iter().nth(step)) {
                let w = width(&text);
                if w.saturating_sub(need.given) <= spare && w > need.given {
                    spare -= w - need.given;
                    need.given = w;
                }
            }
        }
    }
    let mut x = 1;
    let mut placed = Vec::new();
    for need in needs {
        let w = need.given.min(cells.saturating_sub(x));
        if w == 0 {
            break;
        }
        placed.push((need.index, x, w));
        x += w + 1;
    }
    placed
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
            put(buffer, area.x + 1, area.y + 1, area.width.saturating_sub(1), empty, ink.tone(Tone::Hint));
        }
        return;
    }
    let visible = usize::from(area.height.saturating_sub(1));
    *offset = scroll_to(*offset, table.selected.unwrap_or(0), visible, table.rows.len());
    for (line, (index, row)) in table.rows.iter().enumerate().skip(*offset).take(visible).enumerate() {
        let y = area.y + 1 + u16::try_from(line).unwrap_or(0);
        let selected = table.selected == Some(index);
        if selected {
            if focused {
                buffer.set_style(Rect { y, height: 1, ..area }, ink.selection());
            }
            put(buffer, area.x, y, 1, ink.pointer(), ink.tone(Tone::Accent));
        }
        hits.push(Hit {
            area: Rect { y, height: 1, ..area },
            click: Msg::Select { panel, key: row.key.clone() },
            double: row.open.clone(),
        });
        for &(i, x, w) in &columns {
            if let Some(cell) = row.cells.get(i) {
                let place = Rect { x: area.x + x, y, width: w, height: 1 };
                draw_cell(cell, &table.columns[i], row.total, place, buffer, ink);
                if let Some(open) = &cell.open {
                    hits.push(Hit { area: place, click: open.clone(), double: None });
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
        let title = candidates.iter().find(|text| width(text) <= w).or(candidates.last()).cloned().unwrap_or_default();
        let title = fit(&title, w);
        let start = if column.align == Align::Right { w.saturating_sub(width(&title)) } else { 0 };
        put(buffer, area.x + x + start, area.y, w, &title, ink.tone(Tone::Label).add_modifier(Modifier::UNDERLINED));
        if column.sortable {
            hits.push(Hit {
                area: Rect { x: area.x + x, y: area.y, width: w, height: 1 },
                click: Msg::Sort { panel, column: column.id },
                double: None,
            });
        }
    }
}

fn draw_cell(cell: &Cell, column: &Column, total: bool, place: Rect, buffer: &mut Buffer, ink: Ink) {
    let (mut x, mut left) = (place.x, place.width);
    if let Some(drawing) = &cell.drawing {
        let text_width = if cell.spans.is_empty() { 0 } else { spans_width(&cell.spans, ink) + 1 };
        let used = draw_drawing(drawing, x, place.y, left.saturating_sub(text_width), buffer, ink);
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
            ink.tone(Tone::Status(Status::Behind)).add_modifier(Modifier::UNDERLINED)
        } else {
            ink.tone(Tone::Accent).add_modifier(Modifier::UNDERLINED)
        };
        let shown = safe(&edit.text);
        let padded = format!("{}{}", " ".repeat(usize::from(left.saturating_sub(width(&shown)))), shown);
        put(buffer, x, place.y, left, &padded, style);
        return;
    }
    let wanted = spans_width(&cell.spans, ink);
    let start = if column.align == Align::Right { left.saturating_sub(wanted) } else { 0 };
    put_spans(buffer, x + start, place.y, left, &cell.spans, ink);
    let area = Rect { x: x + start, y: place.y, width: wanted.min(left), height: 1 };
    if cell.solid {
        let tone = cell.spans.first().map_or(Tone::Text, |span| span.sign.map_or(span.tone, Tone::Status));
        buffer.set_style(area, ink.solid(tone));
    } else if total {
        buffer.set_style(area, Style::default().add_modifier(Modifier::BOLD));
    }
}

/// Draws what stands for a number; returns the cells used.
pub fn draw_drawing(drawing: &Drawing, x: u16, y: u16, cells: u16, buffer: &mut Buffer, ink: Ink) -> u16 {
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
                let style = if *status == Status::Behind { ink.solid(tone) } else { ink.tone(tone) };
                put(buffer, x + used, y, 1, &ink.sign(*status).to_string(), style);
                used += 2;
            }
            used.saturating_sub(1).min(cells)
        }
        Drawing::Bullet { percent, limit, tone } => {
            let filled = bar(percent / BULLET_END_PERCENT, cells);
            let glyph = if ink.ascii { "=" } else { "⣿" };
            put(buffer, x, y, cells, &glyph.repeat(usize::from(filled)), ink.tone(*tone));
            let mark = bar(limit / BULLET_END_PERCENT, cells).min(cells.saturating_sub(1));
            put(buffer, x + mark, y, 1, if ink.ascii { "|" } else { "╏" }, ink.tone(Tone::Text));
            cells
        }
        Drawing::Hatched => {
            let glyph = if ink.ascii { "." } else { "⠕" };
            put(buffer, x, y, cells, &glyph.repeat(usize::from(cells)), ink.tone(Tone::Hint));
            cells
        }
        Drawing::Age { days, limit_days, tone } => {
            let full = limit_days * 1.25;
            let filled = if full > 0.0 { bar(days / full, cells) } else { 0 };
            let glyph = if ink.ascii { "=" } else { "⣤" };
            put(buffer, x, y, cells, &glyph.repeat(usize::from(filled)), ink.tone(*tone));
            if *limit_days > 0.0 {
                let mark = bar(0.8, cells).min(cells.saturating_sub(1));
                put(buffer, x + mark, y, 1, if ink.ascii { "|" } else { "╏" }, ink.tone(Tone::Text));
            }
            cells
        }
        Drawing::Sparkline { values, tone, .. } => {
            let known: Vec<f64> = values.iter().flatten().copied().collect();
            let low = known.iter().copied().fold(f64::INFINITY, f64::min);
            let high = known.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            let levels: [&str; 4] = if ink.ascii { ["_", ".", "-", "^"] } else { ["⣀", "⣤", "⣶", "⣿"] };
            let skip = values.len().saturating_sub(usize::from(cells));
            let mut used = 0;
            for value in values.iter().skip(skip) {
                if let Some(value) = value {
                    let share = if high > low { (value - low) / (high - low) } else { 0.5 };
                    let level = usize::from(bar(share, 3));
                    put(buffer, x + used, y, 1, levels[level.min(3)], ink.tone(*tone));
                }
                used += 1;
            }
            used
        }
    }
}
