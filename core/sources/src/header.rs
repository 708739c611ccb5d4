//! Where the header of a table in text stands: portals put titles above it (`header_row`).

use crate::config::SourceConfig;
use crate::notice::{list, quote};
use crate::records::{is_sound_cell, reader};
use quarterdeck_kpi::message::Message;
use quarterdeck_kpi::number::parse_printed;
use std::cell::Cell;
use std::io::{self, Read};
use std::rc::Rc;

/// The lowest line a header may stand in.
pub(crate) const LOWEST: u32 = 1_000;
/// Lines that are looked through for a header.
const LOOKED_AT: usize = 40;

/// What is still above the header, and how many bytes were.
#[derive(Default)]
pub(crate) struct Above {
    pub lines: Cell<u32>,
    pub bytes: Cell<u64>,
}

/// Passes over the lines above a header.
pub(crate) struct Below<R> {
    pub inner: R,
    pub above: Rc<Above>,
}

impl<R: Read> Read for Below<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let count = self.inner.read(buffer)?;
            let mut left = self.above.lines.get();
            if left == 0 || count == 0 {
                return Ok(count);
            }
            let mut from = 0;
            while left > 0 && from < count {
                match memchr::memchr(b'\n', &buffer[from..count]) {
                    Some(at) => (from, left) = (from + at + 1, left - 1),
                    None => from = count,
                }
            }
            self.above.lines.set(left);
            self.above.bytes.set(self.above.bytes.get() + from as u64);
            if from < count {
                buffer.copy_within(from..count, 0);
                return Ok(count - from);
            }
        }
    }
}

/// The cells of one line, trimmed; none when its quotes do not pair.
fn cells(line: &str, delimiter: u8) -> Option<Vec<String>> {
    let mut records = reader(line.as_bytes(), delimiter);
    let Some(record) = records.read_byte_record().ok()? else {
        return Some(Vec::new());
    };
    let all = (0..record.len()).map(|at| {
        let cell = record.get(at).filter(|cell| is_sound_cell(cell))?;
        let cell = record.unescape(at).unwrap_or(cell.into());
        Some(String::from_utf8_lossy(&cell).trim().to_owned())
    });
    all.collect()
}

/// The first lines as cells, as far as they can be read line by line.
fn lines(text: &str, delimiter: u8) -> Vec<Vec<String>> {
    text.trim_start_matches('\u{feff}')
        .lines()
        .take(LOOKED_AT)
        .map_while(|line| cells(line, delimiter))
        .collect()
}

/// The line in which the header seems to stand, when titles seem to stand above it: lines with
/// hardly a cell, then one whose cells are all names, then rows as wide.
pub(crate) fn below_titles(text: &str, delimiter: u8) -> Option<u32> {
    let lines = lines(text, delimiter);
    let filled = |cells: &[String]| cells.iter().filter(|cell| !cell.is_empty()).count();
    let is_blank = |cells: &Vec<String>| filled(cells) == 0;
    let mut widths: Vec<usize> = lines
        .iter()
        .filter(|cells| cells.len() > 1 && !is_blank(cells))
        .map(Vec::len)
        .collect();
    widths.sort_unstable();
    // The most usual width; of two, the larger.
    let width = widths
        .chunk_by(|a, b| a == b)
        .max_by_key(|same| same.len())
        .and_then(|same| same.first().copied())?;
    let is_title = |cells: &Vec<String>| filled(cells) <= (width / 3).max(1);
    let at = lines.iter().position(|cells| !is_title(cells))?;
    let (above, rest) = lines.split_at(at);
    let (header, below) = rest.split_first()?;
    let names = filled(header);
    let is_named = |name: &String| !name.is_empty() && parse_printed(name).is_err();
    let mut distinct: Vec<&String> = header.iter().take(names).collect();
    distinct.sort_unstable();
    distinct.dedup();
    let is_header = header.len() == width
        // Blank names only where the lines end with separators.
        && header.iter().take(names).all(is_named)
        && distinct.len() == names;
    let has_rows = below
        .iter()
        .find(|cells| !is_blank(cells))
        .is_some_and(|cells| cells.len() == width);
    // Blank lines are no titles: they are passed over in any case.
    let has_titles = !above.iter().all(is_blank);
    (is_header && has_rows && has_titles)
        .then(|| u32::try_from(at + 1).ok())
        .flatten()
}

/// Says where the header stands, when no map finds its column in the line that was taken for it.
pub(crate) fn elsewhere(config: &SourceConfig, columns: &[String], text: &str) -> Option<Message> {
    let line = config.header_row.unwrap_or(1);
    let wanted: Vec<&str> = config
        .maps
        .iter()
        .filter_map(|map| map.column.as_deref().map(str::trim))
        .filter(|name| !columns.iter().any(|column| column == name))
        .collect();
    let lines = lines(text, config.delimiter());
    let found = lines.iter().zip(1_u32..).find_map(|(cells, row)| {
        let name = wanted.iter().find(|name| cells.iter().any(|c| c == *name));
        name.filter(|_| row != line).map(|name| (*name, row))
    });
    let (name, row) = found?;
    Some(
        Message::new("source-header-elsewhere")
            .with("line", line)
            .with("column", quote(name))
            .with("row", row)
            .with("columns", list(columns.iter().map(String::as_str))),
    )
}

/// Says that the first line looks like a title, where no map needs a column of it and nobody would
/// notice.
pub(crate) fn untold(config: &SourceConfig, columns: &[String], text: &str) -> Option<Message> {
    if config.header_row.is_some() {
        return None;
    }
    let row = below_titles(text, config.delimiter())?;
    Some(
        Message::new("source-header-title")
            .with("row", row)
            .with("columns", list(columns.iter().map(String::as_str))),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_are_told_from_headers() {
        for (text, line) in [
            (
                "表1 統計,,\n單位：件,,\n季別,機關,件數\n2025Q3,A,1\n",
                Some(3),
            ),
            ("統計表\n\n季別;機關\n2025Q3;A\n", Some(3)),
            ("\u{feff}統計表\n季別,機關,\n2025Q3,A,\n", Some(2)),
            // A header in its place, with blank lines above it, with ragged rows below it.
            ("季別,機關,件數\n2025Q3,A,1\n", None),
            ("\n\n季別,機關\n2025Q3,A\n", None),
            ("季別,機關\n2025Q3,A,x\n2025Q4,B,y\n", None),
            // Two rows of names, numbers, no rows below, one column.
            (
                "機關,件數,,金額,,\n,收件,結案,預算,決算,餘\nA,1,2,3,4,5\n",
                None,
            ),
            ("統計\n1,2,3\n4,5,6\n", None),
            ("統計\n季別,機關\n", None),
            ("統計\n季別\n2025Q3\n", None),
            // Quotes that go over lines end the look.
            ("\"統\n計\"\n季別,機關\n2025Q3,A\n", None),
            ("", None),
        ] {
            let delimiter = if text.contains(';') { b';' } else { b',' };
            assert_eq!(below_titles(text, delimiter), line, "{text}");
        }
    }

    #[test]
    fn lines_above_are_passed_over_whatever_the_blocks() {
        let text = b"title\n\nname,n\na,1\n";
        for size in 1..20 {
            let above = Rc::new(Above::default());
            above.lines.set(2);
            let mut below = Below {
                inner: &text[..],
                above: Rc::clone(&above),
            };
            let (mut out, mut block) = (Vec::new(), vec![0; size]);
            loop {
                let count = below.read(&mut block).unwrap();
                if count == 0 {
                    break;
                }
                out.extend_from_slice(&block[..count]);
            }
            assert_eq!(out, b"name,n\na,1\n");
            assert_eq!(above.bytes.get(), 7);
        }
    }
}
