//! Tables: exact columns, only the visible rows, selection and rules behind the cells.

use crate::draw::{cells, chip, panel::focus_id};
use crate::pen::{Pen, plain, span};
use egui::{Align, Id, Rect, ScrollArea, Stroke, accesskit::Role as Part, pos2, vec2};
use quarterdeck_view::msg::Msg;
use quarterdeck_view::palette::{Role, grid};
use quarterdeck_view::panel::{self, Cell, Column, Drawing, Panel, Row, Status, Table, Tone};

mod edit;
mod fit;

use fit::{Slot, slots};

fn header_height(table: &Table) -> f32 {
    if table.columns.iter().any(|column| column.unit.is_some()) {
        grid::TABLE_HEADER
    } else {
        grid::BAND
    }
}

/// Height with every row visible.
pub fn height(table: &Table) -> f32 {
    let rows = match table.rows.len() {
        // The sentence that stands for them, with its margins.
        0 => grid::ROW + 2.0 * EMPTY_MARGIN,
        count => count as f32 * grid::ROW,
    };
    header_height(table) + rows
}

/// Above and below the sentence of a table without rows.
const EMPTY_MARGIN: f32 = 8.0;

/// Draws a table into `area`.
pub fn table(pen: &mut Pen<'_>, panel: &Panel, table: &Table, area: Rect) {
    let slots = slots(table, area);
    let header = Rect::from_min_size(area.min, vec2(area.width(), header_height(table)));
    header_row(pen, panel, table, &slots, header);
    let body = Rect::from_min_max(pos2(area.left(), header.bottom()), area.max);
    if table.rows.is_empty() {
        let text = table.empty.as_deref().unwrap_or_default();
        let inner = body.shrink2(vec2(grid::PADDING, EMPTY_MARGIN));
        pen.wrapped(
            &[span(text, Tone::Label)],
            inner.min,
            inner.width(),
            grid::BODY,
        );
        return;
    }
    let bar_left = slots
        .iter()
        .find(|slot| is_group(slot.column))
        .map_or(area.left(), |slot| slot.right - 1.0);
    let reveal = reveal_selected(pen, panel, table);
    pen.inside(body, |pen| {
        let theme = pen.theme;
        let language = pen.language;
        let out = &mut *pen.out;
        ScrollArea::vertical()
            .id_salt(("rows", panel.id))
            .auto_shrink(false)
            .show_viewport(pen.ui, |ui, viewport| {
                let origin = ui.max_rect().min;
                ui.set_height(table.rows.len() as f32 * grid::ROW);
                let mut pen = Pen {
                    ui,
                    theme,
                    language,
                    out,
                };
                if let Some(index) = reveal {
                    let row = row_rect(origin, area, index);
                    pen.ui.scroll_to_rect(row, None);
                }
                let first = (viewport.top() / grid::ROW).floor().max(0.0) as usize;
                let last = (viewport.bottom() / grid::ROW).ceil().max(0.0) as usize;
                for index in first..last.min(table.rows.len()) {
                    let rect = row_rect(origin, area, index);
                    row(&mut pen, panel, table, &slots, index, rect, bar_left);
                }
            });
    });
}

fn row_rect(origin: egui::Pos2, area: Rect, index: usize) -> Rect {
    Rect::from_min_size(
        pos2(area.left(), origin.y + index as f32 * grid::ROW),
        vec2(area.width(), grid::ROW),
    )
}

/// The row to bring into view, when the selection has moved since the last frame.
fn reveal_selected(pen: &mut Pen<'_>, panel: &Panel, table: &Table) -> Option<usize> {
    let id = focus_id(panel.id).with("selected");
    let key = table
        .selected
        .and_then(|index| table.rows.get(index))
        .map(|row| row.key.clone());
    let before: Option<Option<String>> = pen.ui.data(|data| data.get_temp(id));
    if before.as_ref() == Some(&key) {
        return None;
    }
    pen.ui.data_mut(|data| data.insert_temp(id, key));
    before.and(table.selected)
}

fn is_group(column: &Column) -> bool {
    column.id == "group"
}

fn align(column: &Column) -> Align {
    match column.align {
        panel::Align::Left => Align::Min,
        panel::Align::Right => Align::Max,
    }
}

fn header_row(pen: &mut Pen<'_>, panel: &Panel, table: &Table, slots: &[Slot<'_>], header: Rect) {
    pen.fill(header, pen.theme.role(Role::Band));
    pen.hline(
        header.x_range(),
        header.bottom() - 1.0,
        pen.theme.strong_rule(),
    );
    let two_lines = header.height() > grid::BAND;
    for slot in slots {
        let cell = Rect::from_x_y_ranges(
            slot.left + grid::CELL_PADDING..=slot.right - grid::CELL_PADDING,
            header.y_range(),
        );
        let (first, second) = if two_lines {
            (
                Rect::from_x_y_ranges(cell.x_range(), header.top() + 2.0..=header.top() + 20.0),
                Rect::from_x_y_ranges(cell.x_range(), header.top() + 17.0..=header.bottom() - 1.0),
            )
        } else {
            (cell, cell)
        };
        let column = slot.column;
        let align = align(column);
        let sorted = table.sort.filter(|(id, _)| *id == column.id);
        let mut title = span(column.title.as_str(), Tone::Label);
        if sorted.is_some() {
            title.tone = Tone::Accent;
        }
        // Headings are wider than some columns: they may run into the free space before them.
        let room = first.expand2(vec2(grid::CELL_PADDING, 0.0));
        let laid = pen.lay(std::slice::from_ref(&title), grid::LABEL, room.width(), 1);
        let at = pen.place(&laid, first, align);
        let drawn = pen.paint_silent(&laid, at);
        if let Some((_, descending)) = sorted {
            arrow(pen, drawn, descending, align);
        }
        if column.sortable {
            let id = Id::unique(("sort", panel.id, column.id));
            let response = pen.click(
                id,
                cell.expand2(vec2(4.0, 0.0)),
                Part::ColumnHeader,
                &column.title,
            );
            if response.clicked() {
                pen.out.push(Msg::Sort {
                    panel: panel.id,
                    column: column.id,
                });
            }
            response.on_hover_cursor(egui::CursorIcon::PointingHand);
        } else if !column.title.is_empty() {
            pen.part(drawn, Part::ColumnHeader, &column.title);
        }
        if let Some(unit) = &column.unit {
            unit_line(pen, table, slot, unit, second, align);
        }
    }
}

/// The unit in the heading's second line; quarters of a row of tiles stand over their tiles.
fn unit_line(
    pen: &mut Pen<'_>,
    table: &Table,
    slot: &Slot<'_>,
    unit: &str,
    line: Rect,
    align: Align,
) {
    let tiles =
        table
            .rows
            .iter()
            .find_map(|row| match row.cells.get(slot.index)?.drawing.as_ref()? {
                Drawing::Tiles(tiles) => Some(tiles.len()),
                _ => None,
            });
    let words: Vec<&str> = unit.split_whitespace().collect();
    if tiles == Some(words.len()) {
        for (index, word) in words.iter().enumerate() {
            let left = line.left() + index as f32 * cells::TILE_STEP;
            let over = Rect::from_x_y_ranges(left..=left + grid::TILE, line.y_range());
            pen.line_silent(&[span(*word, Tone::Hint)], over, Align::Center, grid::AXIS);
        }
        pen.label(line, unit);
    } else {
        // Like headings, units are never cut: they may run into the padding.
        let laid = pen.lay(&[span(unit, Tone::Hint)], grid::AXIS, f32::INFINITY, 1);
        let at = pen.place(&laid, line, align);
        pen.paint(&laid, at);
    }
}

fn arrow(pen: &Pen<'_>, title: Rect, descending: bool, align: Align) {
    let x = if align == Align::Max {
        title.left() - 7.0
    } else {
        title.right() + 7.0
    };
    let at = pos2(x, title.center().y);
    let tip = if descending { 3.0 } else { -3.0 };
    let ink = pen.theme.role(Role::Accent);
    let points = vec![
        at + vec2(-3.5, -tip / 2.0),
        at + vec2(3.5, -tip / 2.0),
        at + vec2(0.0, tip),
    ];
    pen.ui
        .painter()
        .add(egui::Shape::convex_polygon(points, ink, Stroke::NONE));
}

fn row(
    pen: &mut Pen<'_>,
    panel: &Panel,
    table: &Table,
    slots: &[Slot<'_>],
    index: usize,
    rect: Rect,
    bar_left: f32,
) {
    let row = &table.rows[index];
    let selected = table.selected == Some(index);
    let id = Id::unique(("row", panel.id, row.key.as_str(), index));
    let name: Vec<String> = row.cells.iter().map(|cell| plain(&cell.spans)).collect();
    let response = pen.click(id, rect, Part::Row, name.join(" ").trim());
    if response.clicked() {
        pen.out.push(Msg::Select {
            panel: panel.id,
            key: row.key.clone(),
        });
        pen.ui
            .memory_mut(|memory| memory.request_focus(focus_id(panel.id)));
    }
    if response.double_clicked()
        && let Some(open) = &row.open
    {
        pen.out.push(open.clone());
    }
    let lit = Rect::from_min_max(pos2(bar_left.max(rect.left()), rect.top()), rect.max);
    if selected {
        pen.fill(lit, pen.theme.role(Role::Selection));
    } else if response.hovered() || row.total {
        pen.fill(lit, pen.theme.role(Role::Band));
    }
    let (from, stroke) = if row.rule_after {
        (rect.left(), pen.theme.strong_rule())
    } else {
        (bar_left, pen.theme.rule())
    };
    pen.hline(from..=rect.right(), rect.bottom() - 1.0, stroke);
    if row.total {
        pen.hline(rect.x_range(), rect.top() - 1.0, pen.theme.strong_rule());
    }
    if let Some(status) = row.bar {
        let bar = Rect::from_min_size(
            pos2(bar_left, rect.top()),
            vec2(grid::STATUS_BAR, rect.height() - 1.0),
        );
        pen.fill(bar, pen.theme.ink(status));
    }
    for slot in slots {
        let inner = Rect::from_x_y_ranges(
            slot.left + grid::CELL_PADDING..=slot.right - grid::CELL_PADDING,
            rect.y_range(),
        );
        let content = row.cells.get(slot.index);
        if is_group(slot.column)
            && let Some(group) = &row.group
            && content.is_none_or(|cell| plain(&cell.spans).is_empty())
        {
            pen.text(group, inner, Align::Min, grid::BODY, Tone::Label);
        }
        if let Some(content) = content {
            cell(pen, panel, row, content, slot, inner, selected);
        }
    }
}

fn cell(
    pen: &mut Pen<'_>,
    panel: &Panel,
    row: &Row,
    cell: &Cell,
    slot: &Slot<'_>,
    inner: Rect,
    selected: bool,
) {
    if let Some(field) = &cell.edit {
        edit::cell(pen, panel, row, field, inner, selected);
        return;
    }
    let mut rest = inner;
    if let Some(drawing) = &cell.drawing {
        cells::paint(pen, drawing, inner);
        rest.min.x += cells::width(drawing) + grid::CELL_PADDING;
    }
    if plain(&cell.spans).is_empty() {
        return;
    }
    let drawn = if cell.solid {
        solid_cell(pen, cell, rest)
    } else {
        pen.line(&cell.spans, rest, align(slot.column), grid::BODY)
    };
    if let Some(tip) = &cell.tip {
        pen.label(drawn, tip).on_hover_text(tip);
    }
    let figure = || cell.figure.clone().map(Msg::Explain);
    if let Some(open) = &cell.open.clone().or_else(figure) {
        let id = Id::unique(("cell", panel.id, row.key.as_str(), slot.column.id));
        let response = pen.click(id, drawn, Part::Link, &plain(&cell.spans));
        if response.hovered() {
            pen.hline(drawn.x_range(), drawn.bottom() - 2.0, pen.theme.rule());
        }
        if response.clicked() {
            pen.out.push(Msg::Select {
                panel: panel.id,
                key: row.key.clone(),
            });
            pen.out.push(open.clone());
        }
    }
}

/// The solid block of a programme that is behind.
fn solid_cell(pen: &mut Pen<'_>, cell: &Cell, rect: Rect) -> Rect {
    let status = cell
        .spans
        .iter()
        .find_map(|part| match (part.sign, part.tone) {
            (Some(status), _) | (None, Tone::Status(status)) => Some(status),
            _ => None,
        });
    chip::solid(pen, status.unwrap_or(Status::Behind), &cell.spans, rect)
}
