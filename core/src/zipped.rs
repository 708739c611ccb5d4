//! A zip file on its way to the disk. The zip writer goes back to fill in lengths; most of what it
//! goes back to is still in memory here, so that the disk sees few writes, one after another. And what
//! fails is told once, by us: the writer would print it on its own when it is dropped.

use std::fs::File;
use std::io::{self, Seek, SeekFrom, Write};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

/// Bytes that wait in memory at most.
const WAITING: usize = 4 * 1024 * 1024;

/// Where the zip writer writes to.
#[derive(Debug)]
struct Target {
    file: File,
    /// Place in the file where what waits begins.
    base: u64,
    waiting: Vec<u8>,
    /// Where the next byte goes.
    at: u64,
    failure: Failure,
}

/// The first thing that failed. Afterwards nothing is written any more, and nothing is said of it.
#[derive(Debug, Clone, Default)]
struct Failure(Arc<Mutex<Option<io::Error>>>);

impl Failure {
    fn note(&self, result: io::Result<()>) {
        if let Err(error) = result {
            let mut first = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            first.get_or_insert(error);
        }
    }
    fn is_some(&self) -> bool {
        let first = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        first.is_some()
    }
    fn take(&self) -> io::Result<()> {
        let mut first = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        first.take().map_or(Ok(()), Err)
    }
}

impl Target {
    fn end(&self) -> u64 {
        self.base + self.waiting.len() as u64
    }

    /// Puts what waits into the file.
    fn settle(&mut self) -> io::Result<()> {
        self.file.seek(SeekFrom::Start(self.base))?;
        self.file.write_all(&self.waiting)?;
        self.base = self.end();
        self.waiting.clear();
        Ok(())
    }

    fn put(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.at < self.base {
            // Lengths of a long entry, whose beginning is on the disk.
            let before = usize::try_from(self.base - self.at).unwrap_or(usize::MAX);
            let bytes = &bytes[..bytes.len().min(before)];
            self.file.seek(SeekFrom::Start(self.at))?;
            self.file.write_all(bytes)?;
            return Ok(bytes.len());
        }
        let from = usize::try_from(self.at - self.base).map_err(io::Error::other)?;
        let to = from + bytes.len();
        if to > self.waiting.len() {
            self.waiting.resize(to, 0);
        }
        self.waiting[from..to].copy_from_slice(bytes);
        if self.waiting.len() >= WAITING {
            self.settle()?;
        }
        Ok(bytes.len())
    }
}

impl Write for Target {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut written = bytes.len();
        if !self.failure.is_some() {
            match self.put(bytes) {
                Ok(done) => written = done,
                Err(error) => self.failure.note(Err(error)),
            }
        }
        self.at += written as u64;
        Ok(written)
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Seek for Target {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let place = match to {
            SeekFrom::Start(place) => Some(place),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
            SeekFrom::End(by) => self.end().checked_add_signed(by),
        };
        self.at = place.ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
        Ok(self.at)
    }
}

/// A zip file that is being written. Its entries bear no time.
pub(crate) struct Zipped {
    zip: zip::ZipWriter<Target>,
    failure: Failure,
}

impl Zipped {
    /// Begins one in the place of what may be there.
    pub(crate) fn create(path: &Path) -> io::Result<Zipped> {
        let failure = Failure::default();
        let target = Target {
            file: File::create(path)?,
            base: 0,
            waiting: Vec::new(),
            at: 0,
            failure: failure.clone(),
        };
        Ok(Zipped {
            zip: zip::ZipWriter::new(target),
            failure,
        })
    }

    /// Begins an entry; what is packed already stays as it is.
    pub(crate) fn entry(&mut self, name: &str, is_large: bool) -> io::Result<()> {
        self.failure.take()?;
        let packed = [".zst", ".gz", ".zip", ".pdf"]
            .iter()
            .any(|ending| name.ends_with(ending));
        let method = match packed {
            true => zip::CompressionMethod::Stored,
            false => zip::CompressionMethod::Deflated,
        };
        let options = zip::write::SimpleFileOptions::default()
            .compression_method(method)
            .last_modified_time(zip::DateTime::default())
            .unix_permissions(0o644)
            .large_file(is_large);
        self.zip.start_file(name, options).map_err(io::Error::other)
    }

    /// Ends the file: it is whole, and on the disk.
    pub(crate) fn finish(self) -> io::Result<()> {
        let mut target = self.zip.finish().map_err(io::Error::other)?;
        self.failure.take()?;
        target.settle()?;
        target.file.sync_all()
    }
}

impl Write for Zipped {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.failure.take()?;
        self.zip.write(bytes)
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read;

    #[test]
    fn long_and_short_entries_are_read_back_as_they_were() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.zip");
        // One is longer than what waits: its lengths are filled in on the disk.
        let long: Vec<u8> = (0..WAITING + WAITING / 2)
            .map(|at| u8::try_from(at % 251).unwrap())
            .collect();
        let all = [
            ("a.txt", b"short".to_vec()),
            ("b.gz", long),
            ("c.csv", b"1,2\r\n".repeat(9)),
        ];
        let mut zipped = Zipped::create(&path).unwrap();
        for (name, bytes) in &all {
            zipped.entry(name, false).unwrap();
            zipped.write_all(bytes).unwrap();
        }
        zipped.finish().unwrap();
        let mut archive = zip::ZipArchive::new(File::open(&path).unwrap()).unwrap();
        for (name, bytes) in &all {
            let mut read = Vec::new();
            archive
                .by_name(name)
                .unwrap()
                .read_to_end(&mut read)
                .unwrap();
            assert!(read == *bytes, "{name}");
        }
    }
}
