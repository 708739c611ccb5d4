//! Tables for spreadsheet programs (ODS and XLSX), written by ourselves: a number stands in the file
//! with the very digits of the exact decimal, and the same tables give the same bytes on any machine.
//!
//! A spreadsheet program keeps 15 digits of a number; one with more stands as text, so that nothing
//! is rounded unseen. Text is never taken for a formula.

mod ods;
mod xlsx;

use quarterdeck_kpi::Decimal;
use quarterdeck_kpi::text::clean_multiline;
use std::io::{self, Cursor, Write};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

/// Digits that spreadsheet programs keep.
const KEPT_DIGITS: usize = 15;
/// Narrowest and widest column in characters.
const WIDTHS: (usize, usize) = (8, 60);
/// A character is about two millimetres wide.
const CHARACTER_MM: usize = 2;
/// Width of an A4 page across, without its margins.
const PAGE_MM: usize = 277;
/// The smallest print, in percent.
const LEAST_SCALE: usize = 40;

/// A file with sheets.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Book {
    /// Title, for the file's metadata.
    pub title: String,
    /// Sheets in order.
    pub sheets: Vec<Sheet>,
}

/// A sheet: its first row is the header and stays in view.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Sheet {
    /// Name: at most 31 characters, none of `[]*?:/\`.
    pub name: String,
    /// Rows.
    pub rows: Vec<Vec<Cell>>,
}

/// How a number is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// With its own decimals.
    Plain,
    /// Whole, in groups of three digits.
    Whole,
    /// Percentage points, two decimals.
    Points,
    /// A fraction shown as percent with two decimals: 0.9391 is 93.91 %.
    Percent,
}

/// A cell.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Cell {
    /// Nothing.
    #[default]
    Empty,
    /// A column's header.
    Head(String),
    /// Text.
    Text(String),
    /// A number.
    Number(Decimal, Format),
    /// The sum of cells of its column, with its value.
    Sum {
        /// First and last row of each range, from 1.
        ranges: Vec<(usize, usize)>,
        /// What the sum is.
        value: Decimal,
        /// How it is shown.
        format: Format,
    },
}

impl Cell {
    /// A whole number, or nothing.
    pub fn whole(amount: Option<i64>) -> Cell {
        amount.map_or(Cell::Empty, |n| Cell::Number(n.into(), Format::Whole))
    }
    /// Text, or nothing.
    pub fn text(text: impl Into<String>) -> Cell {
        let text = text.into();
        if text.is_empty() {
            Cell::Empty
        } else {
            Cell::Text(text)
        }
    }
    /// Width in characters, Chinese ones two.
    fn width(&self) -> usize {
        let of = |text: &str| {
            let lines = text.split('\n');
            let wide = |line: &str| line.chars().map(|c| 1 + usize::from(c > '\u{2e7f}')).sum();
            lines.map(wide).max().unwrap_or(0)
        };
        match self {
            Cell::Empty => 0,
            Cell::Head(text) | Cell::Text(text) => of(text),
            Cell::Number(value, format) | Cell::Sum { value, format, .. } => {
                let digits = value.to_string().len();
                match format {
                    Format::Plain => digits,
                    Format::Whole => digits + digits / 3,
                    Format::Percent | Format::Points => 9,
                }
            }
        }
    }
    /// A number that a spreadsheet program would not keep whole stands as text.
    fn kept(&self) -> Cell {
        let too_long = |value: &Decimal| {
            let digits = value.normalize().mantissa().unsigned_abs().to_string();
            digits.trim_end_matches('0').len() > KEPT_DIGITS
        };
        match self {
            Cell::Number(value, _) | Cell::Sum { value, .. } if too_long(value) => {
                Cell::Text(value.to_string())
            }
            other => other.clone(),
        }
    }
}

impl Sheet {
    /// A sheet with its header.
    pub fn new(name: impl Into<String>, header: Vec<String>) -> Sheet {
        Sheet {
            name: name.into(),
            rows: vec![header.into_iter().map(Cell::Head).collect()],
        }
    }
    fn columns(&self) -> usize {
        self.rows.iter().map(Vec::len).max().unwrap_or(0)
    }
    /// Widths of the columns in characters.
    fn widths(&self) -> Vec<usize> {
        let of = |column: usize| {
            let cells = self.rows.iter().filter_map(|row| row.get(column));
            let widest = cells.map(Cell::width).max().unwrap_or(0);
            (widest + 2).clamp(WIDTHS.0, WIDTHS.1)
        };
        (0..self.columns()).map(of).collect()
    }
    /// How much smaller the sheet is printed, in percent, so that it is as wide as an A4 page across; one that nobody
    /// could read then goes on to a second page, which repeats the first column.
    fn scale(&self) -> usize {
        let wide: usize = self.widths().iter().sum::<usize>() * CHARACTER_MM;
        (PAGE_MM * 100 / wide.max(1)).clamp(LEAST_SCALE, 100)
    }
}

impl Book {
    /// The bytes of an OpenDocument spreadsheet.
    pub fn ods(&self) -> io::Result<Vec<u8>> {
        ods::write(self)
    }
    /// The bytes of an Excel workbook.
    pub fn xlsx(&self) -> io::Result<Vec<u8>> {
        xlsx::write(self)
    }
}

/// Text inside an element or an attribute; what XML cannot hold is left out.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in clean_multiline(text).chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            other => out.push(other),
        }
    }
    out
}

/// `F` for column 6.
fn letters(column: usize) -> String {
    let mut out = Vec::new();
    let mut rest = column;
    while rest > 0 {
        rest -= 1;
        out.push(char::from(
            b'A' + u8::try_from(rest % 26).unwrap_or_default(),
        ));
        rest /= 26;
    }
    out.iter().rev().collect()
}

/// The number as its cell shows it.
fn shown(value: Decimal, format: Format) -> String {
    match format {
        Format::Plain => value.to_string(),
        Format::Whole => quarterdeck_view::format::number(value),
        Format::Points => crate::csv::two(value),
        Format::Percent => {
            let percent = value * Decimal::ONE_HUNDRED;
            format!("{}%", crate::csv::two(percent))
        }
    }
}

/// A zip file without any trace of when and where it was made.
struct Package(ZipWriter<Cursor<Vec<u8>>>);

impl Package {
    fn new() -> Package {
        Package(ZipWriter::new(Cursor::new(Vec::new())))
    }
    fn add(&mut self, name: &str, text: &str, packed: bool) -> io::Result<()> {
        let method = if packed {
            CompressionMethod::Deflated
        } else {
            CompressionMethod::Stored
        };
        let options = SimpleFileOptions::default()
            .compression_method(method)
            .last_modified_time(DateTime::default());
        self.0.start_file(name, options).map_err(io::Error::other)?;
        self.0.write_all(text.as_bytes())
    }
    fn end(self) -> io::Result<Vec<u8>> {
        let cursor = self.0.finish().map_err(io::Error::other)?;
        Ok(cursor.into_inner())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn book() -> Book {
        let mut sheet = Sheet::new("一", vec!["數".to_owned(), "字 & \"<>\"".to_owned()]);
        for n in [1, 2] {
            sheet.rows.push(vec![
                Cell::Number(Decimal::from(n), Format::Whole),
                Cell::text("=1+1\n x  y"),
            ]);
        }
        sheet.rows.push(vec![Cell::Sum {
            ranges: vec![(2, 3)],
            value: Decimal::from(3),
            format: Format::Whole,
        }]);
        Book {
            title: "t".to_owned(),
            sheets: vec![sheet],
        }
    }

    #[test]
    fn the_same_tables_give_the_same_bytes() {
        let book = book();
        assert_eq!(book.ods().unwrap(), book.ods().unwrap());
        assert_eq!(book.xlsx().unwrap(), book.xlsx().unwrap());
    }

    #[test]
    fn a_number_with_more_digits_than_a_spreadsheet_keeps_is_text() {
        let number = |text: &str| Cell::Number(text.parse().unwrap(), Format::Plain).kept();
        for kept in [
            "999999999999999",
            "0.939071591774562",
            "6240000000",
            "10000000000000000",
        ] {
            assert!(matches!(number(kept), Cell::Number(..)), "{kept}");
        }
        for text in ["9999999999999999", "0.9390715917745621"] {
            assert_eq!(number(text), Cell::Text(text.to_owned()));
        }
    }
}
