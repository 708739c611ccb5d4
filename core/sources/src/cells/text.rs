//! CSV and copied blocks. A figure's cell must be found again in a spreadsheet program, so blank
//! lines count as rows here, which the reader of portals' CSV passes over.

use super::{Lines, MAX_CELLS, MAX_COLUMNS, plain};
use crate::encoding::{measure, text_of};
use quarterdeck_kpi::message::Message;
use std::borrow::Cow;

/// Longest text of a cell in bytes.
const MAX_TEXT: usize = 128 << 10;
/// The old sign for a file's end.
const END_SIGN: char = '\u{1a}';

/// The text of a file in UTF-8, UTF-16 or Big5.
pub(super) fn decoded(bytes: &[u8]) -> Result<Cow<'_, str>, Message> {
    let measured = measure(bytes, true, None)?;
    let text = text_of(bytes, measured)?;
    if text.contains('\0') {
        return Err(Message::new("source-binary"));
    }
    Ok(text)
}

/// What parts the cells: the sign that the first line with content has most of, outside quotes.
fn delimiter(text: &str) -> char {
    let line = text.lines().find(|line| !line.trim().is_empty());
    let mut quoted = false;
    let mut counts = [('\t', 0_usize), (',', 0), (';', 0)];
    for c in line.unwrap_or_default().chars() {
        quoted ^= c == '"';
        if let Some((_, count)) = counts.iter_mut().find(|(sign, _)| *sign == c && !quoted) {
            *count += 1;
        }
    }
    let most = counts.iter().max_by_key(|(_, count)| *count);
    most.filter(|(_, count)| *count > 0)
        .map_or(',', |(sign, _)| *sign)
}

/// Rows with content, quoted as RFC 4180 says.
pub(super) fn lines(text: &str) -> Result<Lines, Message> {
    let delimiter = delimiter(text);
    let mut lines = Lines::new();
    let mut rest = text.trim_end_matches(END_SIGN);
    let (mut row, mut left) = (0_u32, MAX_CELLS);
    while !rest.is_empty() {
        row = row.saturating_add(1);
        let mut cells = Vec::new();
        let mut column = 0_usize;
        loop {
            column += 1;
            if column > MAX_COLUMNS {
                return Err(Message::new("source-too-many-columns")
                    .with("columns", column)
                    .with("limit", MAX_COLUMNS));
            }
            let (cell, after) = cell(rest, delimiter, row)?;
            if cell.len() > MAX_TEXT {
                return Err(Message::new("source-sheet-text-too-long").with("limit", MAX_TEXT));
            }
            if !cell.trim().is_empty() {
                left = left.checked_sub(1).ok_or_else(|| {
                    Message::new("source-sheet-too-many-cells").with("limit", MAX_CELLS)
                })?;
                cells.push(plain(column, cell));
            }
            match after.strip_prefix(delimiter) {
                Some(next) => rest = next,
                None => {
                    rest = after
                        .strip_prefix("\r\n")
                        .or_else(|| after.strip_prefix(['\n', '\r']))
                        .unwrap_or(after);
                    break;
                }
            }
        }
        if !cells.is_empty() {
            lines.push((row, cells));
        }
    }
    Ok(lines)
}

/// One cell, and what stands after it.
fn cell(rest: &str, delimiter: char, row: u32) -> Result<(String, &str), Message> {
    let wrong = || Message::new("source-quotes").with("row", u64::from(row));
    let is_end = |c: char| c == delimiter || c == '\n' || c == '\r';
    let Some(mut inner) = rest.strip_prefix('"') else {
        let (cell, after) = rest.split_at(rest.find(is_end).unwrap_or(rest.len()));
        return if cell.contains('"') {
            Err(wrong())
        } else {
            Ok((cell.to_owned(), after))
        };
    };
    let mut out = String::new();
    loop {
        let (text, after) = inner.split_once('"').ok_or_else(wrong)?;
        out.push_str(text);
        match after.strip_prefix('"') {
            Some(next) => {
                out.push('"');
                inner = next;
            }
            None if after.is_empty() || after.starts_with(is_end) => return Ok((out, after)),
            None => return Err(wrong()),
        }
    }
}
