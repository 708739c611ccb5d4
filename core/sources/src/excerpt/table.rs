//! A cell or a column of a table: CSV in any delimiter, or a sheet.

use super::{At, CELL, Piece, cut};
use crate::sheet;
use quarterdeck_kpi::explain::Excerpt;

/// Rows shown of a table that is counted.
const ROWS: usize = 3;
/// Rows among which the heading is looked for.
const HEADINGS: usize = 20;
/// Columns shown beside the marked ones.
const BESIDE: usize = 3;

/// A cell or columns of a table in text.
pub(super) fn text(text: &str, at: &At<'_>) -> Option<Excerpt> {
    let delimiter = delimiter(text)?;
    let mut records = Records {
        rest: text,
        delimiter,
    };
    let mut first = Vec::new();
    // The row of headings is the one that has the column's name.
    let heading = loop {
        let record = records.next()?;
        if record.iter().any(|cell| at.reads(cell)) {
            break record;
        }
        first.push(record);
        if first.len() == HEADINGS || at.column.is_none() && at.naming.is_empty() {
            break first.swap_remove(0);
        }
    };
    let wanted: Vec<usize> = heading
        .iter()
        .enumerate()
        .filter(|(_, cell)| at.reads(cell))
        .map(|(index, _)| index)
        .collect();
    let mut lines = vec![line(&heading, &wanted)];
    if let Some(row) = at.row {
        let index = usize::try_from(row.checked_sub(1)?).ok()?;
        let record = records.nth(index)?;
        let found = wanted.iter().any(|at| record.get(*at).is_some());
        lines.push(line(&record, &wanted));
        return Some(Excerpt { lines, found });
    }
    if at.cell.is_some() {
        return None;
    }
    lines.extend(records.by_ref().take(ROWS).map(|r| line(&r, &wanted)));
    let found = !wanted.is_empty() || at.column.is_none() && at.naming.is_empty();
    Some(Excerpt { lines, found })
}

/// A cell of a sheet, with the row of headings above it.
pub(super) fn sheet(bytes: &[u8], at: &At<'_>) -> Option<Excerpt> {
    let (column, row) = match at.cell.and_then(sheet::place_of) {
        Some((column, Some(row))) => (Some(column), Some(row)),
        _ => (None, None),
    };
    let rows = sheet::peek(bytes, at.sheet, row, ROWS + 1)?;
    let mut lines = Vec::new();
    let mut found = row.is_none() && !rows.is_empty();
    for (number, cells) in &rows {
        let texts: Vec<String> = cells.iter().map(|(_, text)| text.clone()).collect();
        let is_row = row == Some(*number);
        let wanted: Vec<usize> = cells
            .iter()
            .enumerate()
            .filter(|(_, (at_column, heading))| {
                if is_row {
                    Some(*at_column) == column
                } else {
                    at.reads(heading)
                }
            })
            .map(|(index, _)| index)
            .collect();
        found |= is_row && !wanted.is_empty();
        let mut pieces = vec![(format!("{number}: "), false)];
        pieces.extend(line(&texts, &wanted));
        lines.push(pieces);
    }
    Some(Excerpt { lines, found })
}

/// The marked columns with a few beside them; left-out ones are dots.
fn line(cells: &[String], wanted: &[usize]) -> Vec<Piece> {
    let mut pieces: Vec<Piece> = Vec::new();
    let mut left_out = false;
    for (index, cell) in cells.iter().enumerate() {
        let mark = wanted.contains(&index);
        if !mark && index >= BESIDE {
            left_out = true;
            continue;
        }
        if !pieces.is_empty() {
            let gap = if left_out { ", .., " } else { ", " };
            pieces.push((gap.to_owned(), false));
        }
        left_out = false;
        pieces.push((cut(cell.trim(), CELL), mark));
    }
    if left_out {
        pieces.push((", ..".to_owned(), false));
    }
    pieces
}

/// The sign that parts the first line most often; titles without any may stand above it.
fn delimiter(text: &str) -> Option<char> {
    let lines = text.lines().filter(|line| !line.trim().is_empty());
    lines.take(HEADINGS).find_map(|line| {
        [',', '\t', ';', '|']
            .into_iter()
            .map(|sign| (line.matches(sign).count(), sign))
            .filter(|(count, _)| *count > 0)
            .max_by_key(|(count, sign)| (*count, *sign == ','))
            .map(|(_, sign)| sign)
    })
}

/// Records of RFC 4180, one after the other.
struct Records<'a> {
    rest: &'a str,
    delimiter: char,
}

impl Iterator for Records<'_> {
    type Item = Vec<String>;
    fn next(&mut self) -> Option<Vec<String>> {
        loop {
            let blank = self
                .rest
                .strip_prefix("\r\n")
                .or(self.rest.strip_prefix('\n'));
            match blank {
                Some(after) => self.rest = after,
                None => break,
            }
        }
        if self.rest.is_empty() {
            return None;
        }
        let mut cells = Vec::new();
        let mut cell = String::new();
        let mut quoted = false;
        let mut chars = self.rest.char_indices().peekable();
        let mut end = self.rest.len();
        while let Some((at, c)) = chars.next() {
            match c {
                '"' if quoted && chars.peek().is_some_and(|(_, next)| *next == '"') => {
                    chars.next();
                    cell.push('"');
                }
                '"' if quoted => quoted = false,
                '"' if cell.is_empty() => quoted = true,
                c if !quoted && c == self.delimiter => cells.push(std::mem::take(&mut cell)),
                '\n' if !quoted => {
                    end = at + 1;
                    break;
                }
                '\r' if !quoted => {}
                c => cell.push(c),
            }
        }
        cells.push(cell);
        self.rest = &self.rest[end..];
        Some(cells)
    }
}
