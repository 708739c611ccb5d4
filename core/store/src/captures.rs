//! Raw answers and evidence files, by the hash of their bytes.

use crate::alike::Differing;
use crate::bodies::{Stored, stored};
use crate::dictionary::{instant, lossy, text_of};
use crate::error::{ErrorKind, StoreError};
use crate::model::{CaptureBody, Fetch, NewCapture, Taken};
use crate::platform;
use crate::queries;
use crate::read::all;
use crate::ready::{Ready, written};
use crate::store::{Commit, Store};
use chrono::{DateTime, Utc};
use rusqlite::{OptionalExtension, Row, params};
use serde::Deserialize;
use sha2::{Digest, Sha256};
use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};
use std::fs::File;
use std::io::{self, Write};
use std::path::{Component, Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

/// Compressed bodies from here on are files: a large blob slows every other page down.
pub(crate) const INLINE_BELOW: usize = 64 * 1024;

/// The SHA-256 of bytes, as 64 hex digits.
pub fn sha256_hex(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut text = Vec::with_capacity(bytes.len() * 2);
    for b in bytes {
        text.extend_from_slice(&[DIGITS[usize::from(b >> 4)], DIGITS[usize::from(b & 15)]]);
    }
    String::from_utf8(text).unwrap_or_default()
}

pub(crate) fn is_hash(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
}

/// A large body on its way to the disk: compressed into a temporary file that gets its name when
/// its hash is known. Dropped without [`CaptureFile::finish`] it leaves nothing behind.
pub struct CaptureFile {
    encoder: Option<zstd::stream::write::Encoder<'static, File>>,
    folder: PathBuf,
    temporary: PathBuf,
}

impl CaptureFile {
    /// In `captures/` of the workspace (`folder` is the folder of the database).
    pub fn create(folder: &Path) -> Result<CaptureFile, StoreError> {
        Self::create_in(&folder.join("captures"))
    }

    /// In `originals/`, which no backup, bag or export takes along: for a source that keeps its
    /// original bytes although personal fields are blanked in what is stored.
    pub fn create_original(folder: &Path) -> Result<CaptureFile, StoreError> {
        Self::create_in(&folder.join("originals"))
    }

    fn create_in(folder: &Path) -> Result<CaptureFile, StoreError> {
        static COUNTER: AtomicU64 = AtomicU64::new(0);
        std::fs::create_dir_all(folder).map_err(|error| StoreError::io(folder, &error))?;
        let number = COUNTER.fetch_add(1, Ordering::Relaxed);
        let temporary = folder.join(format!("{}-{number}.tmp", std::process::id()));
        let create = || {
            let mut encoder = zstd::stream::write::Encoder::new(File::create(&temporary)?, 1)?;
            encoder.include_checksum(true)?;
            Ok(encoder)
        };
        let encoder = create().map_err(|error: io::Error| StoreError::io(&temporary, &error))?;
        Ok(CaptureFile {
            encoder: Some(encoder),
            folder: folder.to_owned(),
            temporary,
        })
    }

    /// Completes the file, puts it on the disk and gives its path relative to the workspace.
    /// `sha256` is that of the bytes written, and becomes its name.
    pub fn finish(mut self, sha256: &str) -> Result<String, StoreError> {
        let error = |error: io::Error| StoreError::io(&self.temporary, &error);
        if !is_hash(sha256) {
            return Err(error(io::Error::from(io::ErrorKind::InvalidInput)));
        }
        if let Some(encoder) = self.encoder.take() {
            encoder
                .finish()
                .and_then(|file| file.sync_all())
                .map_err(error)?;
        }
        let shard = self.folder.join(&sha256[..2]);
        let target = shard.join(format!("{sha256}.zst"));
        std::fs::create_dir_all(&shard).map_err(error)?;
        match std::fs::rename(&self.temporary, &target) {
            Ok(()) => {}
            // Open elsewhere on Windows: the same bytes are there already.
            Err(_) if target.exists() => {
                let _ = std::fs::remove_file(&self.temporary);
            }
            Err(problem) => return Err(error(problem)),
        }
        platform::sync_folder(&shard)
            .and_then(|()| platform::sync_folder(&self.folder))
            .map_err(error)?;
        let kind = self
            .folder
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        Ok(format!("{kind}/{}/{sha256}.zst", &sha256[..2]))
    }

    /// Removes what interrupted runs left; what a running process is still writing stays.
    pub fn sweep(folder: &Path) {
        for kind in ["captures", "originals"] {
            let entries = std::fs::read_dir(folder.join(kind))
                .into_iter()
                .flatten()
                .flatten();
            for path in entries
                .map(|entry| entry.path())
                .filter(|path| path.extension().is_some_and(|e| e == "tmp") && !is_written(path))
            {
                let _ = std::fs::remove_file(path);
            }
        }
    }
}

impl Write for CaptureFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &mut self.encoder {
            Some(encoder) => encoder.write(bytes),
            None => Err(io::ErrorKind::BrokenPipe.into()),
        }
    }
    fn flush(&mut self) -> io::Result<()> {
        self.encoder.as_mut().map_or(Ok(()), Write::flush)
    }
}

impl Drop for CaptureFile {
    fn drop(&mut self) {
        self.encoder = None;
        let _ = std::fs::remove_file(&self.temporary);
    }
}

/// Whether the process that a temporary file is named after is still there.
fn is_written(temporary: &Path) -> bool {
    temporary
        .file_name()
        .and_then(|name| name.to_str()?.split_once('-')?.0.parse().ok())
        .is_some_and(platform::is_running)
}

/// A path that stays below the workspace on every system.
pub(crate) fn plain_path(relative: &str) -> Option<&Path> {
    let path = Path::new(relative);
    let plain = !relative.contains(['\\', ':'])
        && path.components().all(|c| matches!(c, Component::Normal(_)));
    (plain && !relative.is_empty()).then_some(path)
}

/// A header of an answer, its name in lower case.
pub(crate) fn lower_header(headers: &[(String, String)], name: &str) -> Option<String> {
    headers
        .iter()
        .find(|(known, _)| known.eq_ignore_ascii_case(name))
        .map(|(_, value)| value.clone())
}

/// The column `headers` of a fetch: a bare list where nothing was taken from the answer.
#[derive(Deserialize)]
#[serde(untagged)]
enum Headers {
    Sent(Vec<(String, String)>),
    Taken {
        sent: Vec<(String, String)>,
        taken: Taken,
    },
}

/// Headers, and what was taken.
type Said = (Vec<(String, String)>, Option<Taken>);

/// Headers and what was taken, of a fetch that may be like another with these headers.
fn headers(own: Option<&str>, there: Option<&str>) -> Option<Said> {
    let whole = there.or(own)?;
    let (sent, taken) = match serde_json::from_str(whole).ok()? {
        Headers::Taken { sent, taken } => (sent, Some(taken)),
        Headers::Sent(sent) => (sent, None),
    };
    match (there, taken) {
        (None, taken) => Some((sent, taken)),
        (Some(_), None) => None,
        (Some(_), Some(taken)) => {
            let differing: Differing = serde_json::from_str(own?).ok()?;
            let (sent, taken) = differing.put_into(&sent, taken);
            Some((sent, Some(taken)))
        }
    }
}

pub(crate) fn fetch(row: &Row<'_>) -> rusqlite::Result<Fetch> {
    let (own, there) = (text_of(row, 6), text_of(row, 13));
    let (headers, taken) = headers(own.as_deref(), there.as_deref()).unwrap_or_default();
    Ok(Fetch {
        sha256: row.get(0)?,
        stored_sha256: row.get(1)?,
        recipe: row.get(2)?,
        url: row.get(3)?,
        method: row.get(4)?,
        http_status: row.get(5)?,
        headers,
        remote_addr: row.get(7)?,
        fetched_at: row
            .get(8)
            .map(|micros| instant(micros).unwrap_or_default())?,
        bytes: row.get::<_, i64>(9)?.unsigned_abs(),
        source: row.get(10)?,
        run: row.get(11)?,
        file: row.get(12)?,
        taken,
    })
}

impl Store {
    /// Stores an answer from which nothing was taken: its body once, the fetch every time. It is
    /// on the disk with the next [`Store::record`].
    pub fn put_capture(&mut self, capture: &NewCapture) -> Result<(), StoreError> {
        let ready = self.ready(capture, None)?;
        self.write(Commit::Soon, |transaction, _| {
            ready.insert(transaction).map(drop)
        })
    }

    /// Checks a capture and gives its body a place; large ones are on the disk afterwards.
    pub(crate) fn ready<'a>(
        &self,
        capture: &'a NewCapture,
        taken: Option<&Taken>,
    ) -> Result<Ready<'a>, StoreError> {
        let headers = written(&capture.headers, taken);
        let headers = headers
            .map_err(|error| StoreError::new(ErrorKind::Other, self.path(), error.to_string()))?;
        let mut ready = Ready::of(capture, Cow::Owned(headers), self.path())?;
        if let CaptureBody::Inline(bytes) = &capture.body {
            let (body, made) = self.place(bytes, &capture.stored_sha256)?;
            ready.body = body.map(Cow::Owned);
            ready.made = made;
        }
        Ok(ready)
    }

    /// For each source and question: rows of the last answer from which figures were taken, as
    /// fetched by a moment; `None` when there was none.
    pub fn last_taken_rows(
        &self,
        questions: &[(&str, &str)],
        as_of: DateTime<Utc>,
    ) -> Result<Vec<Option<u64>>, StoreError> {
        self.read(|connection, _| {
            let mut last = connection.prepare_cached(queries::LAST_TAKEN_ROWS)?;
            let mut found = Vec::with_capacity(questions.len());
            for (source, asked) in questions {
                let values = params![source, asked, as_of.timestamp_micros()];
                let rows: Option<i64> = last.query_row(values, |row| row.get(0)).optional()?;
                found.push(rows.map(i64::unsigned_abs));
            }
            Ok(found)
        })
    }

    /// Rows of the answers of a source's targets to this question, as fetched by a moment: of each the
    /// last one from which figures were taken, among the last `at_most` answers.
    pub fn last_rows_of_targets(
        &self,
        source: &str,
        asked: &str,
        as_of: DateTime<Utc>,
        at_most: usize,
    ) -> Result<HashMap<String, u64>, StoreError> {
        self.read(|connection, _| {
            let most = i64::try_from(at_most).unwrap_or(i64::MAX);
            let values = params![source, asked, as_of.timestamp_micros(), most];
            let found = all(connection, queries::LAST_ROWS_OF_TARGETS, values, |row| {
                let rows: i64 = row.get(1).ok()?;
                Some((lossy(row, 0)?, rows.unsigned_abs()))
            })?;
            let mut last = HashMap::new();
            for (target, rows) in found.into_iter().flatten() {
                last.entry(target).or_insert(rows);
            }
            Ok(last)
        })
    }

    /// The target of a source whose answer was stored last.
    pub fn last_target(&self, source: &str) -> Result<Option<String>, StoreError> {
        self.read(|connection, _| {
            let found = all(connection, queries::LAST_TARGET, [source], |row| {
                lossy(row, 0)
            })?;
            Ok(found.into_iter().flatten().next())
        })
    }

    /// Hashes of the originals of a source from which figures were taken by this version of its
    /// file.
    pub fn taken_by(&self, source: &str, by: &str) -> Result<BTreeSet<String>, StoreError> {
        self.read(|connection, _| {
            let found = all(connection, queries::TAKEN_BY, [source, by], |row| {
                lossy(row, 0)
            })?;
            Ok(found.into_iter().flatten().collect())
        })
    }

    /// Compresses a body and decides where it goes; one that is there already is not done again.
    fn place(
        &self,
        bytes: &[u8],
        sha256: &str,
    ) -> Result<(Option<Vec<u8>>, Option<String>), StoreError> {
        let known = self.read(|connection, _| stored(connection, sha256))?;
        if known.is_some_and(|known| !matches!(known, Stored::Pruned)) {
            return Ok((Some(Vec::new()), None));
        }
        let packed =
            zstd::bulk::compress(bytes, 1).map_err(|error| StoreError::io(self.path(), &error))?;
        if packed.len() < INLINE_BELOW {
            return Ok((Some(packed), None));
        }
        let mut file = CaptureFile::create(self.folder())?;
        file.write_all(bytes)
            .map_err(|error| StoreError::io(self.folder(), &error))?;
        Ok((None, Some(file.finish(sha256)?)))
    }

    /// Whether the body of a capture was dropped.
    pub(crate) fn is_pruned(&self, sha256: &str) -> Result<bool, StoreError> {
        let known = self.read(|connection, _| stored(connection, sha256))?;
        Ok(matches!(known, Some(Stored::Pruned)))
    }

    /// The latest fetch whose original bytes have this hash.
    pub fn capture(&self, sha256: &str) -> Result<Option<Fetch>, StoreError> {
        Ok(self.fetches(sha256)?.into_iter().next())
    }

    /// Every fetch whose original bytes have this hash, latest first.
    pub fn fetches(&self, sha256: &str) -> Result<Vec<Fetch>, StoreError> {
        self.read(|connection, _| {
            let found: rusqlite::Result<Vec<Fetch>> =
                all(connection, queries::FETCHES, [sha256], fetch)?
                    .into_iter()
                    .collect();
            Ok(found?)
        })
    }

    /// Every fetch of a source by one method, latest first.
    pub fn fetches_by(&self, source: &str, method: &str) -> Result<Vec<Fetch>, StoreError> {
        self.read(|connection, _| {
            let found: rusqlite::Result<Vec<Fetch>> =
                all(connection, queries::FETCHES_BY, [source, method], fetch)?
                    .into_iter()
                    .collect();
            Ok(found?)
        })
    }

    /// The latest fetch of a source.
    pub fn last_fetch(&self, source: &str) -> Result<Option<Fetch>, StoreError> {
        self.read(|connection, _| {
            Ok(connection
                .query_row(queries::LAST_FETCH, [source], fetch)
                .optional()?)
        })
    }

    /// Keeps an evidence file and gives its SHA-256.
    pub fn put_evidence(&mut self, name: &str, bytes: &[u8]) -> Result<String, StoreError> {
        let sha256 = sha256_hex(bytes);
        let packed =
            zstd::bulk::compress(bytes, 1).map_err(|error| StoreError::io(self.path(), &error))?;
        let length = i64::try_from(bytes.len()).unwrap_or(i64::MAX);
        self.write(Commit::Durable, |transaction, _| {
            transaction
                .prepare_cached(queries::INSERT_EVIDENCE)?
                .execute(params![sha256, name, length, packed])?;
            Ok(())
        })?;
        Ok(sha256)
    }

    /// Name and bytes of an evidence file, checked against its hash.
    pub fn evidence(&self, sha256: &str) -> Result<Option<(String, Vec<u8>)>, StoreError> {
        let found: Option<(String, Vec<u8>)> = self.read(|connection, _| {
            let row = connection.query_row(queries::EVIDENCE, [sha256], |row| {
                Ok((row.get(0)?, row.get(1)?))
            });
            Ok(row.optional()?)
        })?;
        let Some((name, packed)) = found else {
            return Ok(None);
        };
        match zstd::stream::decode_all(packed.as_slice()) {
            Ok(bytes) if sha256_hex(&bytes) == sha256 => Ok(Some((name, bytes))),
            _ => Err(StoreError::new(ErrorKind::Corrupt, self.path(), sha256)),
        }
    }
}
