//! Migration between two quarters as a grid of counts, each move with its sign.

use super::ink::Ink;
use super::parts::to_u16;
use super::text::{put, safe, width, wrap};
use quarterdeck_view::panel::{Matrix, Shift, Status, Tone};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};

/// Cells of a count with its sign.
const CELL: u16 = 7;

/// Rows of a matrix: the quarter, the words, the counts, the totals, and the sentence that says it.
pub fn height(matrix: &Matrix, cells: u16) -> u16 {
    let said = wrap(&safe(&matrix.message), cells).len();
    to_u16(matrix.rows.len() + 3 + said)
}

fn label_cells(matrix: &Matrix) -> u16 {
    let rows = matrix.rows.iter().map(|row| width(&safe(&row.label)));
    let rest = [&matrix.rows_title, &matrix.total].map(|text| width(&safe(text)));
    rows.chain(rest).max().unwrap_or(0) + 1
}

/// Draws the matrix.
pub fn draw(matrix: &Matrix, area: Rect, buffer: &mut Buffer, ink: Ink) {
    let label = label_cells(matrix);
    let count = to_u16(matrix.columns.len()).max(1);
    let total = width(&safe(&matrix.total)).max(5) + 1;
    let room = area.width.saturating_sub(label + total);
    let cell = (room / count).clamp(3, CELL);
    let right = |column: usize| area.x + label + cell * (to_u16(column) + 1);
    let end = |text: &str, right: u16| right.saturating_sub(width(&safe(text)));
    let hint = ink.tone(Tone::Hint);
    let plain = ink.tone(Tone::Label);
    put(
        buffer,
        area.x + label + 1,
        area.y,
        room,
        &matrix.columns_title,
        hint,
    );
    let mut y = area.y + 1;
    put(buffer, area.x, y, label, &matrix.rows_title, hint);
    for (column, word) in matrix.columns.iter().enumerate() {
        put(buffer, end(word, right(column)), y, cell, word, plain);
    }
    let edge = right(matrix.columns.len().saturating_sub(1)) + total;
    put(
        buffer,
        end(&matrix.total, edge),
        y,
        total,
        &matrix.total,
        plain,
    );
    for row in &matrix.rows {
        y += 1;
        put(buffer, area.x, y, label, &row.label, plain);
        for (column, entry) in row.cells.iter().enumerate() {
            let number = entry.count.to_string();
            let (sign, style) = match entry.shift {
                _ if entry.count == 0 => (None, hint),
                Shift::Worse => (
                    Some(Status::Behind),
                    ink.tone(Tone::Status(Status::Behind))
                        .add_modifier(Modifier::BOLD),
                ),
                Shift::Better => (Some(Status::Met), ink.tone(Tone::Status(Status::Met))),
                Shift::Same => (None, Style::default().add_modifier(Modifier::UNDERLINED)),
                Shift::Unrated => (None, Style::default()),
            };
            let x = end(&number, right(column));
            put(buffer, x, y, cell, &number, style);
            if let Some(status) = sign {
                let sign = ink.sign(status).to_string();
                put(buffer, x.saturating_sub(2), y, 1, &sign, style);
            }
        }
        put(buffer, end(&row.total, edge), y, total, &row.total, plain);
    }
    y += 1;
    put(buffer, area.x, y, label, &matrix.total, plain);
    for (column, text) in matrix.totals.iter().enumerate() {
        put(buffer, end(text, right(column)), y, cell, text, plain);
    }
    for text in wrap(&safe(&matrix.message), area.width) {
        y += 1;
        put(buffer, area.x, y, area.width, &text, hint);
    }
}
