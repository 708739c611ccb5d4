//! The records of a CSV stream: read without copying, checked, stored as they are or blanked.

use simd_csv::{ZeroCopyByteRecord, ZeroCopyReader, ZeroCopyReaderBuilder};
use std::cell::{Cell, RefCell};
use std::io::{self, Read, Write};
use std::rc::Rc;

/// A longer record is an unclosed quote.
const MAX_RECORD_BYTES: u64 = 4 << 20;
/// Size of the blocks read and written.
const BLOCK: usize = 1 << 16;

/// Copies what is read to where it is stored.
pub(crate) struct Tee<R, W> {
    pub start: io::Cursor<Vec<u8>>,
    pub body: R,
    pub stored: Option<W>,
    pub store_error: Rc<RefCell<Option<String>>>,
}

impl<R: Read, W: Write> Read for Tee<R, W> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut count = self.start.read(buffer)?;
        if count == 0 {
            count = self.body.read(buffer)?;
        }
        if let Some(stored) = &mut self.stored
            && let Err(error) = stored.write_all(&buffer[..count])
        {
            *self.store_error.borrow_mut() = Some(error.to_string());
            return Err(error);
        }
        Ok(count)
    }
}

/// What the reader has seen since the last record ended.
#[derive(Default)]
pub(crate) struct Gauge {
    pub since_record: Cell<u64>,
    pub last_byte: Cell<u8>,
    pub too_long: Cell<bool>,
}

pub(crate) struct Guard<R> {
    pub inner: R,
    pub gauge: Rc<Gauge>,
}

impl<R: Read> Read for Guard<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.gauge.since_record.get() > MAX_RECORD_BYTES {
            self.gauge.too_long.set(true);
            return Err(io::Error::other("record too long"));
        }
        let count = self.inner.read(buffer)?;
        self.gauge
            .since_record
            .set(self.gauge.since_record.get() + count as u64);
        if let Some(last) = buffer[..count].last() {
            self.gauge.last_byte.set(*last);
        }
        Ok(count)
    }
}

/// Whether a raw cell is without quotes and returns, or quoted as RFC 4180 says.
pub(crate) fn is_sound_cell(cell: &[u8]) -> bool {
    if memchr::memchr2(b'"', b'\r', cell).is_none() {
        return true;
    }
    let [b'"', inner @ .., b'"'] = cell else {
        return false;
    };
    let mut rest = inner;
    while let Some(at) = memchr::memchr(b'"', rest) {
        if rest.get(at + 1) != Some(&b'"') {
            return false;
        }
        rest = &rest[at + 2..];
    }
    true
}

/// Whether every cell of a record is sound.
pub(crate) fn is_sound(record: &ZeroCopyByteRecord<'_>) -> bool {
    memchr::memchr2(b'"', b'\r', record.as_slice()).is_none()
        || (0..record.len()).all(|index| record.get(index).is_some_and(is_sound_cell))
}

/// Whether only the last cell is unsound, and begins with a quote: so looks a file that was cut.
pub(crate) fn is_open(record: &ZeroCopyByteRecord<'_>) -> bool {
    let last = record.len() - 1;
    (0..last).all(|index| record.get(index).is_some_and(is_sound_cell))
        && record.get(last).is_some_and(|cell| cell.starts_with(b"\""))
}

/// A line that only ends the file: spaces or the old end-of-file sign.
pub(crate) fn is_filler(record: &ZeroCopyByteRecord<'_>) -> bool {
    record.len() == 1
        && record
            .as_slice()
            .iter()
            .all(|b| matches!(b, b' ' | b'\t' | 0x1a))
}

/// The reader with this project's settings.
pub(crate) fn reader<R: Read>(inner: R, delimiter: u8) -> ZeroCopyReader<R> {
    ZeroCopyReaderBuilder::with_capacity(BLOCK)
        .delimiter(delimiter)
        .flexible(true)
        .has_headers(false)
        .from_reader(inner)
}

/// Writes blanked records in blocks.
pub(crate) struct Blanking<W> {
    pub stored: W,
    pub block: Vec<u8>,
    pub columns: Vec<usize>,
    pub delimiter: u8,
    pub line_end: &'static [u8],
}

impl<W: Write> Blanking<W> {
    pub fn record(&mut self, record: &ZeroCopyByteRecord<'_>, expected: usize) -> io::Result<()> {
        let whole = record.len() != expected;
        for index in 0..record.len() {
            if index > 0 {
                self.block.push(self.delimiter);
            }
            if !whole && self.columns.binary_search(&index).is_err() {
                self.block
                    .extend_from_slice(record.get(index).unwrap_or_default());
            }
        }
        self.end_line()
    }
    /// What stands above the header is nobody's column: blank lines keep its place.
    pub fn above(&mut self, lines: u32) -> io::Result<()> {
        (0..lines).try_for_each(|_| self.end_line())
    }
    pub fn header(&mut self, record: &ZeroCopyByteRecord<'_>) -> io::Result<()> {
        self.block.extend_from_slice(record.as_slice());
        self.end_line()
    }
    fn end_line(&mut self) -> io::Result<()> {
        self.block.extend_from_slice(self.line_end);
        if self.block.len() >= BLOCK {
            self.flush()?;
        }
        Ok(())
    }
    pub fn flush(&mut self) -> io::Result<()> {
        self.stored.write_all(&self.block)?;
        self.block.clear();
        Ok(())
    }
}
