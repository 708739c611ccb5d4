//! Migration between two quarters: counts in cells, tinted by what the move means.

use crate::draw::signs;
use crate::pen::{Pen, span, strong};
use egui::{Align, Rect, accesskit::Role as Part, pos2, vec2};
use quarterdeck_view::palette::{Role, grid};
use quarterdeck_view::panel::{Matrix, MatrixCell, Shift, Status, Tone};

const CELL: (f32, f32) = (72.0, 28.0);
/// Cells shrink down to this where the column is narrow.
const LEAST: f32 = 44.0;
const LABEL: f32 = 64.0;
const TOTAL: f32 = 40.0;
const HEAD: f32 = 40.0;

/// Height of a matrix.
pub fn height(matrix: &Matrix) -> f32 {
    HEAD + (matrix.rows.len() as f32 + 1.0) * CELL.1 + 12.0
}

/// What a move looks like: its sign and tint.
fn look(shift: Shift) -> Option<Status> {
    match shift {
        Shift::Worse => Some(Status::Behind),
        Shift::Better => Some(Status::Met),
        Shift::Same | Shift::Unrated => None,
    }
}

/// Draws the matrix: rows are the quarter before, columns this one.
pub fn matrix(pen: &mut Pen<'_>, matrix: &Matrix, area: Rect) {
    pen.part(area, Part::GraphicsDocument, &matrix.message);
    let columns = matrix.columns.len().max(1) as f32;
    let room = area.width() - 2.0 * grid::PADDING - LABEL - TOTAL;
    let wide = (room / columns).clamp(LEAST, CELL.0);
    let left = area.left() + grid::PADDING + LABEL;
    let top = area.top() + HEAD;
    let at = |row: usize, column: usize| {
        Rect::from_min_size(
            pos2(left + column as f32 * wide, top + row as f32 * CELL.1),
            vec2(wide, CELL.1),
        )
    };
    let total_at = |row: usize| {
        Rect::from_min_size(
            pos2(left + columns * wide, top + row as f32 * CELL.1),
            vec2(TOTAL, CELL.1),
        )
    };
    let label_at = |row: usize| {
        Rect::from_min_size(
            pos2(area.left() + grid::PADDING, top + row as f32 * CELL.1),
            vec2(LABEL - 8.0, CELL.1),
        )
    };
    let over = Rect::from_min_size(pos2(left, area.top() + 4.0), vec2(columns * wide, 16.0));
    pen.text(
        &matrix.columns_title,
        over,
        Align::Min,
        grid::AXIS,
        Tone::Hint,
    );
    let head = |column: usize| {
        Rect::from_min_size(
            pos2(left + column as f32 * wide, area.top() + 20.0),
            vec2(wide - 8.0, 18.0),
        )
    };
    let corner = head(0).translate(vec2(-LABEL, 0.0));
    pen.text(
        &matrix.rows_title,
        corner,
        Align::Min,
        grid::AXIS,
        Tone::Hint,
    );
    for (column, word) in matrix.columns.iter().enumerate() {
        pen.text(word, head(column), Align::Max, grid::LABEL, Tone::Label);
    }
    let right = head(matrix.columns.len()).with_max_x(left + columns * wide + TOTAL - 8.0);
    pen.text(&matrix.total, right, Align::Max, grid::LABEL, Tone::Label);
    for (row, line) in matrix.rows.iter().enumerate() {
        pen.text(
            &line.label,
            label_at(row),
            Align::Min,
            grid::LABEL,
            Tone::Label,
        );
        for (column, cell) in line.cells.iter().enumerate() {
            let said = format!(
                "{} › {}: {} {}",
                line.label,
                matrix.columns.get(column).map_or("", String::as_str),
                cell.count,
                cell.names
            );
            draw_cell(pen, cell, at(row, column), said.trim_end());
        }
        let place = total_at(row).shrink2(vec2(8.0, 0.0));
        pen.text(&line.total, place, Align::Max, grid::BODY, Tone::Label);
    }
    let last = matrix.rows.len();
    pen.hline(
        label_at(last).left()..=total_at(last).right(),
        top + last as f32 * CELL.1,
        pen.theme.strong_rule(),
    );
    pen.text(
        &matrix.total,
        label_at(last),
        Align::Min,
        grid::LABEL,
        Tone::Label,
    );
    for (column, total) in matrix.totals.iter().enumerate() {
        let place = at(last, column).shrink2(vec2(8.0, 0.0));
        pen.text(total, place, Align::Max, grid::BODY, Tone::Label);
    }
}

fn draw_cell(pen: &mut Pen<'_>, cell: &MatrixCell, rect: Rect, said: &str) {
    // One point between the cells, so that pale neighbours stay apart.
    let inside = rect.shrink(0.5);
    let look = look(cell.shift).filter(|_| cell.count > 0);
    match (look, cell.shift) {
        (Some(status), _) => pen.fill(inside, pen.theme.tint(status)),
        (None, Shift::Same) => pen.fill(inside, pen.theme.role(Role::Track)),
        (None, _) => {}
    }
    let number = cell.count.to_string();
    let place = inside.shrink2(vec2(8.0, 0.0));
    let text = if cell.count == 0 {
        span(number, Tone::Hint)
    } else {
        strong(number, Tone::Text)
    };
    pen.line_silent(&[text], place, Align::Max, grid::BODY);
    if let Some(status) = look {
        let sign = pos2(inside.left() + 12.0, inside.center().y);
        let ink = pen.theme.ink(status);
        signs::paint(pen.ui.painter(), sign, status, ink, grid::GLYPH);
    }
    let response = pen.label(inside, said);
    if cell.count > 0 {
        response.on_hover_text(said);
    }
}
