//! A workbook whose sheets are looked at cell by cell, for what people hand in: an import names
//! every cell that it refuses.

use super::cell::Cell;
use super::{Book, MAX_BYTES, Rows, SheetName, UNPACKED, check_is_sheet, has_macros, ods};
use crate::archive::Archive;
use quarterdeck_kpi::message::Message;

/// Cells with content of one sheet, at most.
pub(crate) const MAX_CELLS: u64 = 1_000_000;

/// An ODS or XLSX file.
pub struct Workbook<'a> {
    archive: Archive<'a>,
    book: Book,
}

impl<'a> Workbook<'a> {
    /// Opens a file; what is too large, damaged, encrypted or no sheet is refused.
    pub fn open(bytes: &'a [u8]) -> Result<Workbook<'a>, Message> {
        check_is_sheet(None, bytes)?;
        let mut archive = Archive::open(bytes, MAX_BYTES.saturating_mul(UNPACKED))?;
        let book = Book::open(&mut archive)?;
        Ok(Workbook { archive, book })
    }

    /// Its sheets in their order.
    pub fn sheets(&self) -> &[SheetName] {
        self.book.sheets()
    }

    /// Whether it holds macros; they are never run.
    pub fn has_macros(&self) -> bool {
        has_macros(&self.archive)
    }

    /// The rows of a sheet that have content, by their numbers from 1.
    pub fn lines(&mut self, sheet: usize) -> Result<Vec<(u32, Vec<Cell>)>, Message> {
        let mut lines = Vec::new();
        let mut sink = |row: u32, cells: &[Cell]| {
            lines.push((row, cells.to_vec()));
            Ok(())
        };
        let mut rows = Rows::new(&mut sink, MAX_CELLS);
        match &self.book {
            Book::Xlsx(workbook) => workbook.rows(&mut self.archive, sheet, &mut rows),
            Book::Ods(_) => ods::rows(&mut self.archive, sheet, &mut rows),
        }?;
        Ok(lines)
    }
}
