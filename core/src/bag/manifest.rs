//! Writing files of a bag, and the lists of their hashes.

use crate::failure::Failure;
use crate::platform;
use quarterdeck_kpi::text::clean;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

/// A bag while it is written, below a folder of its own.
pub(super) struct Packing {
    root: PathBuf,
    /// Hash (hex) and length of every file, by its path with `/`.
    pub(super) files: BTreeMap<String, (String, u64)>,
}

/// A file on its way to the disk, hashed as it is written.
pub(super) struct Hashing {
    file: BufWriter<File>,
    hash: Sha256,
    length: u64,
}

impl Write for Hashing {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.file.write(bytes)?;
        self.hash.update(&bytes[..written]);
        self.length += written as u64;
        Ok(written)
    }
    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl Packing {
    pub(super) fn new(root: &Path) -> Packing {
        Packing {
            root: root.to_owned(),
            files: BTreeMap::new(),
        }
    }

    /// Why a file could not be written.
    pub(super) fn failed(&self, path: &str, error: &io::Error) -> Failure {
        let place = self.root.join(path);
        Failure::nothing(platform::refused(&place, error)).at(clean(&place.to_string_lossy()))
    }

    /// Begins a file.
    pub(super) fn create(&self, path: &str) -> Result<Hashing, Failure> {
        let place = self.root.join(path);
        let create = || {
            if let Some(folder) = place.parent() {
                std::fs::create_dir_all(folder)?;
            }
            File::create(&place)
        };
        let file = create().map_err(|error| self.failed(path, &error))?;
        Ok(Hashing {
            file: BufWriter::with_capacity(256 * 1024, file),
            hash: Sha256::new(),
            length: 0,
        })
    }

    /// Ends a file: it is on the disk and in the list.
    pub(super) fn close(&mut self, path: &str, file: Hashing) -> Result<(), Failure> {
        let Hashing { file, hash, length } = file;
        let ended = file
            .into_inner()
            .map_err(io::IntoInnerError::into_error)
            .and_then(|file| file.sync_all());
        ended.map_err(|error| self.failed(path, &error))?;
        let hash = hex(&hash.finalize());
        self.files.insert(path.to_owned(), (hash, length));
        Ok(())
    }

    /// Writes a whole file.
    pub(super) fn put(&mut self, path: &str, bytes: &[u8]) -> Result<(), Failure> {
        let mut file = self.create(path)?;
        file.write_all(bytes)
            .map_err(|error| self.failed(path, &error))?;
        self.close(path, file)
    }

    /// Number of bytes and files of the payload.
    pub(super) fn payload(&self) -> (u64, usize) {
        let payload = self.files.iter().filter(|(path, _)| is_payload(path));
        payload.fold((0, 0), |(bytes, files), (_, (_, length))| {
            (bytes + length, files + 1)
        })
    }
}

/// Whether a file belongs to the payload.
pub(super) fn is_payload(path: &str) -> bool {
    path.starts_with("data/")
}

/// `hash  path`, one a line, in order of path.
pub(super) fn list<'a>(files: impl Iterator<Item = (&'a String, &'a (String, u64))>) -> String {
    let mut text = String::new();
    for (path, (hash, _)) in files {
        text.push_str(hash);
        text.push_str("  ");
        text.push_str(&encoded(path));
        text.push('\n');
    }
    text
}

/// Percent and line ends stand encoded in a list (RFC 8493, 2.1.3).
fn encoded(path: &str) -> String {
    path.replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

/// The path as it was before it was encoded.
fn decoded(path: &str) -> String {
    path.replace("%0A", "\n")
        .replace("%0a", "\n")
        .replace("%0D", "\r")
        .replace("%0d", "\r")
        .replace("%25", "%")
}

/// Reads a list back: path and hash; `None` where a line is none of it.
pub(super) fn read_list(text: &str) -> Option<Vec<(String, String)>> {
    text.lines()
        .map(|line| {
            let (hash, path) = line.split_once([' ', '\t'])?;
            let is_hash = hash.len() == 64 && hash.bytes().all(|b| b.is_ascii_hexdigit());
            let path = decoded(path.trim_start());
            (is_hash && !path.is_empty()).then(|| (path, hash.to_ascii_lowercase()))
        })
        .collect()
}

pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_read_as_it_was_written() {
        let hash = "0".repeat(64);
        let files: BTreeMap<String, (String, u64)> = ["data/a b%.csv", "data/c\nd", "data/中.txt"]
            .map(|path| (path.to_owned(), (hash.clone(), 1)))
            .into();
        let text = list(files.iter());
        assert!(
            text.contains("data/a b%25.csv") && text.lines().count() == 3,
            "{text}"
        );
        let read = read_list(&text).unwrap();
        let names: Vec<&String> = read.iter().map(|(path, _)| path).collect();
        assert_eq!(names, files.keys().collect::<Vec<_>>());
        assert_eq!(read_list("xyz  data/a"), None);
    }
}
