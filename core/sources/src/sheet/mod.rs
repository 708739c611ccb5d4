//! Sheets of spreadsheet programs (ODS and XLSX), read row by row into the same tables as CSV.
//!
//! The readers are this project's own, because a figure is what the file says: the crate for such
//! files hands numbers over as binary floats, takes sizes from the file for what it sets aside, and
//! unfolds an ODS sheet of a million repeated rows in memory. Tests hold both against each other.
//!
//! Recipe `sheet-blank@1`: the header and the rows that were read, as CSV in UTF-8 with the row's
//! number in the first column; personal columns and columns without a header are empty. Other sheets
//! and what stands above the header are left out.

mod cell;
mod grid;
mod ods;
mod pick;
mod whole;
mod xlsx;
mod xml;

pub use cell::{Cell, Value, name as cell_name};
pub use pick::SheetConfig;
pub use whole::Workbook;

use crate::answer::{Context, Decoded, Refusal};
use crate::archive::{Archive, is_archive_name};
use crate::config::SourceConfig;
use crate::document::looks_like_markup;
use crate::encoding::measure;
use crate::notice::{Notices, list, quote, refuse};
use grid::Grid;
use quarterdeck_kpi::finding::Severity;
use quarterdeck_kpi::message::Message;
use std::io::{self, Read, Write};

/// Name of the blanking recipe.
pub const RECIPE: &str = "sheet-blank@1";
/// Largest file when the source sets no `max_bytes`.
pub(crate) const MAX_BYTES: u64 = 32 << 20;
/// What is in a file may be so many times as large as the file may be.
const UNPACKED: u64 = 4;
/// Cells read of one sheet at most.
const MAX_CELLS: u64 = 10_000_000;
/// Bytes of one row at most, what stands around the texts included.
const MAX_LINE: usize = 4 << 20;
/// What files of other spreadsheet programs and of encrypted workbooks begin with.
const OLE: &[u8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1";

/// A sheet as its file lists it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SheetName {
    /// Name, as it came.
    pub name: String,
    /// Whether its file hides it.
    pub is_hidden: bool,
}

/// The cells of one row on their way to the table.
#[derive(Default)]
struct Line {
    cells: Vec<Cell>,
    bytes: usize,
}

impl Line {
    fn cells(&self) -> &[Cell] {
        &self.cells
    }
    fn clear(&mut self) {
        self.cells.clear();
        self.bytes = 0;
    }
    fn push(&mut self, row: u32, cell: Cell) -> Result<(), Message> {
        self.bytes += cell.text().len() + size_of::<Cell>();
        if self.bytes > MAX_LINE {
            return Err(Message::new("source-sheet-row-too-long")
                .with("row", row)
                .with("limit", MAX_LINE));
        }
        self.cells.push(cell);
        Ok(())
    }
}

/// What takes a row, by its number.
type Sink<'a> = dyn FnMut(u32, &[Cell]) -> Result<(), Message> + 'a;

/// Where the rows of a sheet go.
struct Rows<'a> {
    sink: &'a mut Sink<'a>,
    limit: u64,
    left: u64,
}

impl<'a> Rows<'a> {
    /// Rows with at most so many cells together.
    fn new(sink: &'a mut Sink<'a>, limit: u64) -> Rows<'a> {
        Rows {
            sink,
            limit,
            left: limit,
        }
    }
    fn take(&mut self, row: u32, line: &Line) -> Result<(), Message> {
        if line.cells.is_empty() {
            return Ok(());
        }
        let left = self.left.checked_sub(line.cells.len() as u64);
        self.left = left
            .ok_or_else(|| Message::new("source-sheet-too-many-cells").with("limit", self.limit))?;
        (self.sink)(row, &line.cells)
    }
}

/// A part that is not what the format says.
fn broken(detail: &str) -> Message {
    Message::new("source-sheet-broken").with("detail", quote(detail))
}

/// `2025-09-30T00:00:00` as `2025-09-30`, other times with a space.
fn iso_day(text: &str) -> String {
    match text.trim().split_once('T') {
        Some((day, time)) if time.bytes().all(|b| matches!(b, b'0' | b':' | b'.' | b'Z')) => {
            day.to_owned()
        }
        Some((day, time)) => format!("{day} {time}"),
        None => text.trim().to_owned(),
    }
}

/// Reads a body whole, and keeps it where it may be kept.
pub(crate) fn read_whole(
    config: &SourceConfig,
    body: &mut dyn Read,
    stored: Option<&mut dyn Write>,
    limit: u64,
) -> Result<Vec<u8>, Refusal> {
    let mut bytes = Vec::new();
    let read = body.take(limit.saturating_add(1)).read_to_end(&mut bytes);
    let failed = |id: &'static str, error: &io::Error| {
        let message = Message::new(id).with("error", quote(&error.to_string()));
        refuse(config, message, b"")
    };
    if let Some(stored) = stored {
        // In pieces, so that what stores them does not hold the whole a second time.
        for piece in bytes.chunks(1 << 16) {
            let written = stored.write_all(piece);
            written.map_err(|e| failed("source-store-failed", &e))?;
        }
    }
    read.map_err(|e| failed("source-read-failed", &e))?;
    if bytes.len() as u64 > limit {
        let message = Message::new("source-too-large").with("bytes", limit);
        return Err(refuse(config, message, b""));
    }
    if bytes.is_empty() {
        return Err(refuse(config, Message::new("source-empty"), b""));
    }
    Ok(bytes)
}

/// Decodes a sheet over HTTP, from a folder or from a package.
pub fn decode(
    config: &SourceConfig,
    context: &Context<'_>,
    body: &mut dyn Read,
    stored: &mut dyn Write,
) -> Result<Decoded, Refusal> {
    let limit = config.max_bytes.unwrap_or(MAX_BYTES);
    let has_personal = !config.personal_fields.is_empty();
    let keep: Option<&mut dyn Write> = if has_personal {
        None
    } else {
        Some(&mut *stored)
    };
    let bytes = read_whole(config, body, keep, limit)?;
    decode_bytes(config, context, &bytes, stored)
}

/// Decodes a sheet's file; only with personal fields something is written.
pub(crate) fn decode_bytes(
    config: &SourceConfig,
    context: &Context<'_>,
    bytes: &[u8],
    stored: &mut dyn Write,
) -> Result<Decoded, Refusal> {
    let limit = config.max_bytes.unwrap_or(MAX_BYTES);
    let blanked: Option<&mut dyn Write> = if config.personal_fields.is_empty() {
        None
    } else {
        Some(stored)
    };
    let other = check_is_sheet(context.content_type, bytes);
    other.map_err(|message| refuse(config, message, excerpt_of(bytes)))?;
    // Nothing of a sheet's file can be read by people, so there is nothing to show.
    let refused = |message| refuse(config, message, b"");
    let mut archive = Archive::open(bytes, limit.saturating_mul(UNPACKED)).map_err(refused)?;
    let mut notices = Notices::default();
    notice_extras(config, &archive, &mut notices);
    let book = Book::open(&mut archive).map_err(refused)?;
    let settings = config.sheet.clone().unwrap_or_default();
    let sheet = pick::sheet(&settings, book.sheets()).map_err(refused)?;
    let name = book.sheets()[sheet].name.clone();

    let mut grid = Grid::new(config, context, &settings, blanked, notices).map_err(refused)?;
    let mut sink = |row: u32, cells: &[Cell]| grid.row(row, cells);
    let mut rows = Rows::new(&mut sink, MAX_CELLS);
    match &book {
        Book::Xlsx(workbook) => workbook.rows(&mut archive, sheet, &mut rows),
        Book::Ods(_) => ods::rows(&mut archive, sheet, &mut rows),
    }
    .map_err(refused)?;
    grid.end(&name).map_err(refused)
}

enum Book {
    Xlsx(Box<xlsx::Workbook>),
    Ods(Vec<SheetName>),
}

impl Book {
    fn open(archive: &mut Archive<'_>) -> Result<Book, Message> {
        let kind = match archive.find("mimetype") {
            Some(index) => archive.read(index, 256)?,
            None => Vec::new(),
        };
        let kind = String::from_utf8_lossy(&kind).trim().to_owned();
        if kind.starts_with("application/vnd.oasis.opendocument.spreadsheet") {
            if ods::is_encrypted(archive)? {
                return Err(Message::new("source-sheet-encrypted"));
            }
            return Ok(Book::Ods(ods::sheets(archive)?));
        }
        if archive.find("xl/workbook.bin").is_some() {
            return Err(Message::new("source-sheet-old").with("kind", "XLSB"));
        }
        if archive.find("[Content_Types].xml").is_some()
            && archive.find("word/document.xml").is_none()
        {
            return Ok(Book::Xlsx(Box::new(xlsx::Workbook::open(archive)?)));
        }
        let names = archive.entries.iter().map(|entry| entry.name.as_str());
        Err(Message::new("source-sheet-other-zip").with("names", list(names.take(5))))
    }
    fn sheets(&self) -> &[SheetName] {
        match self {
            Book::Xlsx(workbook) => &workbook.sheets,
            Book::Ods(sheets) => sheets,
        }
    }
}

/// Rows of a sheet as numbers and cells, each cell with its column.
type Peeked = Vec<(u32, Vec<(u32, String)>)>;

/// Column and row of a cell's name.
pub(crate) fn place_of(name: &str) -> Option<(u32, Option<u32>)> {
    cell::place(name)
}

/// A few rows of a stored sheet: the first with content and, where a row is named, those up to it.
/// `None` when the bytes are no sheet that can be read.
pub(crate) fn peek(
    bytes: &[u8],
    name: Option<&str>,
    row: Option<u32>,
    most: usize,
) -> Option<Peeked> {
    let mut archive = Archive::open(bytes, MAX_BYTES.saturating_mul(UNPACKED)).ok()?;
    let book = Book::open(&mut archive).ok()?;
    let sheet = match name {
        Some(name) => book
            .sheets()
            .iter()
            .position(|sheet| quarterdeck_kpi::text::clean(&sheet.name) == name)?,
        None => 0,
    };
    let mut kept: Peeked = Vec::new();
    let mut sink = |number: u32, cells: &[Cell]| {
        if row.map_or(kept.len() >= most, |row| number > row) {
            return Err(broken("enough"));
        }
        let texts = cells.iter().map(|c| (c.column, c.text().to_owned()));
        kept.push((number, texts.collect()));
        if kept.len() > most {
            // The first row holds the headings.
            kept.remove(1);
        }
        Ok(())
    };
    let mut rows = Rows::new(&mut sink, MAX_CELLS);
    // Reading ends early by a refusal of the sink.
    let _ = match &book {
        Book::Xlsx(workbook) => workbook.rows(&mut archive, sheet, &mut rows),
        Book::Ods(_) => ods::rows(&mut archive, sheet, &mut rows),
    };
    Some(kept)
}

/// What is shown of a refused body: only what is text.
fn excerpt_of(bytes: &[u8]) -> &[u8] {
    let is_text = !bytes.starts_with(OLE) && !bytes[..bytes.len().min(1024)].contains(&0);
    if is_text { bytes } else { b"" }
}

/// Says what came instead of a sheet.
fn check_is_sheet(content_type: Option<&str>, bytes: &[u8]) -> Result<(), Message> {
    if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06") {
        return Ok(());
    }
    if bytes.starts_with(OLE) {
        let mark: Vec<u8> = "EncryptedPackage".bytes().flat_map(|b| [b, 0]).collect();
        let is_encrypted = memchr::memmem::find(bytes, &mark).is_some();
        return Err(if is_encrypted {
            Message::new("source-sheet-encrypted")
        } else {
            Message::new("source-sheet-old").with("kind", "XLS")
        });
    }
    let start = String::from_utf8_lossy(&bytes[..bytes.len().min(4096)]);
    let start = start.trim_start_matches('\u{feff}').trim_start();
    if let Some(message) = looks_like_markup(start, content_type, "ODS / XLSX") {
        return Err(message);
    }
    let head = &bytes[..bytes.len().min(1 << 16)];
    let is_text = !head.contains(&0) && measure(head, head.len() == bytes.len(), None).is_ok();
    let is_json = is_text && start.starts_with(['{', '[']);
    let is_csv = is_text && start.contains([',', ';', '\t']);
    Err(Message::new(match (is_json, is_csv) {
        (true, _) => "source-sheet-json-instead",
        (false, true) => "source-sheet-csv-instead",
        (false, false) => "source-sheet-not-one",
    }))
}

/// Whether a file holds macros, which are never run.
fn has_macros(archive: &Archive<'_>) -> bool {
    archive.entries.iter().any(|entry| {
        let name = entry.name.to_ascii_lowercase();
        !entry.is_folder
            && (name.ends_with("vbaproject.bin")
                || name.starts_with("basic/")
                || name.starts_with("scripts/"))
    })
}

/// Notes what is in the file and never touched.
fn notice_extras(config: &SourceConfig, archive: &Archive<'_>, notices: &mut Notices) {
    let is_embedded = |name: &str| {
        let name = name.to_ascii_lowercase();
        is_archive_name(&name)
            || name.contains("/embeddings/")
            || [".xlsx", ".xlsm", ".ods", ".docx"]
                .iter()
                .any(|e| name.ends_with(e))
    };
    let names = || {
        let files = archive.entries.iter().filter(|entry| !entry.is_folder);
        files.map(|entry| entry.name.as_str())
    };
    if has_macros(archive) {
        let text = Message::new("source-sheet-macros");
        notices.add("macros@1", Severity::Info, None, config, text);
    }
    let embedded: Vec<&str> = names().filter(|name| is_embedded(name)).collect();
    if !embedded.is_empty() {
        let text = Message::new("source-sheet-embedded").with("names", list(embedded));
        notices.add("embedded-files@1", Severity::Info, None, config, text);
    }
}
