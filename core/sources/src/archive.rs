//! Zip files from outside: looked at whole before anything in them is unpacked.
//!
//! Nothing is ever written to a disk from here, yet names that lead elsewhere, links, encrypted
//! parts, parts that share bytes and sizes that promise a bomb refuse the whole file: who makes a
//! zip file like that means no good, or the file is damaged.

use crate::notice::quote;
use quarterdeck_kpi::message::Message;
use std::io::{self, Cursor, Read};
use zip::ZipArchive;
use zip::result::ZipError;

/// More parts than this are neither a sheet nor a package.
const MAX_ENTRIES: usize = 4_096;
/// A part that grows more than this many times is a bomb, ...
const MAX_RATIO: u64 = 200;
/// ... when it is larger than this: short texts of one letter grow as much.
const SMALL: u64 = 1 << 20;
/// Longest name of a part in bytes.
const MAX_NAME: usize = 512;
/// Every part has one such record in the directory at the end.
const RECORD: &[u8] = b"PK\x01\x02";

/// What an archive says of one part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    pub name: String,
    pub bytes: u64,
    pub is_folder: bool,
}

/// A zip file that passed every look from outside.
pub(crate) struct Archive<'a> {
    zip: ZipArchive<Cursor<&'a [u8]>>,
    pub entries: Vec<Entry>,
}

fn broken(error: &ZipError) -> Message {
    Message::new("source-zip-broken").with("error", quote(&error.to_string()))
}

/// Whether a path stays inside the folder it is put into, on every system.
pub(crate) fn is_inside(path: &str) -> bool {
    !path.is_empty()
        && path.len() <= MAX_NAME
        && !path
            .chars()
            .any(|c| c.is_control() || matches!(c, '\\' | ':'))
        && path.split('/').all(|part| !matches!(part, "" | "." | ".."))
}

/// Whether a name is that of a file with files inside.
pub(crate) fn is_archive_name(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    [
        ".zip", ".7z", ".rar", ".gz", ".tgz", ".bz2", ".xz", ".tar", ".zst",
    ]
    .iter()
    .any(|ending| name.ends_with(ending))
}

impl<'a> Archive<'a> {
    /// Looks at a zip file whose parts may have `most` bytes together.
    pub fn open(bytes: &'a [u8], most: u64) -> Result<Archive<'a>, Message> {
        let records = memchr::memmem::find_iter(bytes, RECORD).take(MAX_ENTRIES + 1);
        if records.count() > MAX_ENTRIES {
            return Err(Message::new("source-zip-entries").with("limit", MAX_ENTRIES));
        }
        let mut zip = ZipArchive::new(Cursor::new(bytes)).map_err(|e| broken(&e))?;
        if zip.has_duplicate_names() {
            return Err(Message::new("source-zip-twice"));
        }
        let mut entries = Vec::with_capacity(zip.len());
        let mut total = 0_u64;
        for index in 0..zip.len() {
            let part = zip.by_index_raw(index).map_err(|e| broken(&e))?;
            // Some programs on Windows write their own separator.
            let name = part.name().map_err(|e| broken(&e))?.replace('\\', "/");
            let shown = quote(&name);
            let named = |id: &'static str| Message::new(id).with("name", shown.clone());
            if !is_inside(name.strip_suffix('/').unwrap_or(&name)) {
                return Err(named("source-zip-name"));
            }
            if part.is_symlink() {
                return Err(named("source-zip-link"));
            }
            if part.encrypted() {
                return Err(Message::new("source-zip-encrypted"));
            }
            let (size, packed) = (part.size(), part.compressed_size());
            total = total.saturating_add(size);
            if total > most {
                return Err(Message::new("source-zip-too-large").with("limit", most));
            }
            if size > SMALL && size / MAX_RATIO > packed {
                return Err(named("source-zip-bomb").with("times", MAX_RATIO));
            }
            entries.push(Entry {
                is_folder: part.is_dir(),
                name,
                bytes: size,
            });
        }
        let mut folded: Vec<String> = entries.iter().map(|e| e.name.to_lowercase()).collect();
        folded.sort_unstable();
        if folded.windows(2).any(|pair| pair[0] == pair[1]) {
            return Err(Message::new("source-zip-twice"));
        }
        match zip.has_overlapping_entries() {
            Ok(false) => Ok(Archive { zip, entries }),
            Ok(true) => Err(Message::new("source-zip-overlap")),
            Err(error) => Err(broken(&error)),
        }
    }

    /// A part's place by its name; case counts for nothing where only that differs.
    pub fn find(&self, name: &str) -> Option<usize> {
        let same = |entry: &Entry| entry.name == name;
        let alike = |entry: &Entry| entry.name.eq_ignore_ascii_case(name);
        self.entries
            .iter()
            .position(same)
            .or_else(|| self.entries.iter().position(alike))
    }

    /// Unpacks a part while it is read, never beyond the size it claims.
    pub fn part(&mut self, index: usize) -> Result<impl Read, Message> {
        let left = self.entries.get(index).map_or(0, |entry| entry.bytes);
        let inner = self.zip.by_index(index).map_err(|e| broken(&e))?;
        Ok(Capped { inner, left })
    }

    /// A whole part of at most `most` bytes.
    pub fn read(&mut self, index: usize, most: u64) -> Result<Vec<u8>, Message> {
        let entry = self.entries.get(index);
        let size = entry.map_or(0, |entry| entry.bytes);
        if size > most {
            let name = entry.map(|entry| quote(&entry.name)).unwrap_or_default();
            return Err(Message::new("source-zip-part-too-large")
                .with("name", name)
                .with("limit", most));
        }
        let mut bytes = Vec::new();
        let read = self.part(index)?.read_to_end(&mut bytes);
        read.map_err(|e| Message::new("source-zip-broken").with("error", quote(&e.to_string())))?;
        Ok(bytes)
    }
}

/// Ends where a part said it would.
struct Capped<R> {
    inner: R,
    left: u64,
}

impl<R: Read> Read for Capped<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.left = self
            .left
            .checked_sub(count as u64)
            .ok_or_else(|| io::Error::other("size"))?;
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_that_lead_out_are_known_on_every_system() {
        for path in ["kpi.csv", "資料/第3季.ods", "a/b..c/d"] {
            assert!(is_inside(path), "{path}");
        }
        for path in [
            "",
            "/etc/passwd",
            "..",
            "../x",
            "a/../../x",
            "a//b",
            "a/./b",
            "C:/x",
            "a\\..\\b",
            "\\\\host\\x",
            "a\0b",
            "a/",
        ] {
            assert!(!is_inside(path), "{path:?}");
        }
    }
}
