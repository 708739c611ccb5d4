//! The stored bytes of raw answers: in the database, in files beside it, or dropped.

use crate::captures::{plain_path, sha256_hex};
use crate::error::{ErrorKind, StoreError};
use crate::queries;
use crate::store::{Fault, Store};
use crate::unpack::Unpack;
use quarterdeck_kpi::message::Message;
use rusqlite::{Connection, OptionalExtension};
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

/// A body that says to be longer is not unpacked at once, whatever room it asks for.
const AT_ONCE: usize = 16 << 20;

pub(crate) enum Stored {
    Inside(Vec<u8>),
    Beside(String),
    /// Its body was dropped by a person's act.
    Pruned,
}

pub(crate) fn stored(connection: &Connection, sha256: &str) -> Result<Option<Stored>, Fault> {
    let mut statement = connection.prepare_cached(queries::CAPTURE_BODY)?;
    let found = statement.query_row([sha256], |row| {
        let body: Option<Vec<u8>> = row.get(0)?;
        Ok(match body {
            Some(body) if body.is_empty() => Stored::Pruned,
            Some(body) => Stored::Inside(body),
            None => Stored::Beside(row.get(1)?),
        })
    });
    Ok(found.optional()?)
}

impl Store {
    /// The stored bytes of a capture, for reading through; [`Store::capture_body`] checks them.
    pub fn capture_reader(&self, stored_sha256: &str) -> Result<Option<Box<dyn Read>>, StoreError> {
        let stored = self.read(|connection, _| stored(connection, stored_sha256))?;
        self.reader_of(stored, stored_sha256)
    }

    fn reader_of(
        &self,
        stored: Option<Stored>,
        stored_sha256: &str,
    ) -> Result<Option<Box<dyn Read>>, StoreError> {
        let damaged = |place: &Path| StoreError::new(ErrorKind::Corrupt, place, stored_sha256);
        let unpacked = |packed: Box<dyn Read>,
                        place: &Path|
         -> Result<Option<Box<dyn Read>>, StoreError> {
            let decoder = zstd::stream::read::Decoder::new(packed).map_err(|_| damaged(place))?;
            Ok(Some(Box::new(decoder)))
        };
        match stored {
            None => Ok(None),
            Some(Stored::Pruned) => Err(StoreError::saying(
                ErrorKind::Missing,
                self.path(),
                Message::new("store-pruned").with("sha256", stored_sha256),
                Message::new("store-pruned-next"),
            )),
            Some(Stored::Inside(packed)) => {
                unpacked(Box::new(io::Cursor::new(packed)), self.path())
            }
            Some(Stored::Beside(relative)) => {
                let place = self
                    .folder()
                    .join(plain_path(&relative).ok_or_else(|| damaged(self.path()))?);
                let next = || Message::new("store-original-missing-next");
                let kind = std::fs::metadata(&place);
                if let Ok(kind) = &kind
                    && !kind.is_file()
                {
                    // A pipe would be waited for without end.
                    let text = Message::new("store-original-not-a-file");
                    return Err(StoreError::saying(ErrorKind::Corrupt, &place, text, next()));
                }
                let file = File::open(&place).map_err(|error| match error.kind() {
                    io::ErrorKind::NotFound => {
                        let text = Message::new("store-original-missing");
                        StoreError::saying(ErrorKind::Missing, &place, text, next())
                    }
                    _ => StoreError::io(&place, &error),
                })?;
                unpacked(Box::new(file), &place)
            }
        }
    }

    /// The stored bytes of a capture, checked against their hash; `None` when there is no such
    /// capture or it is longer than `at_most`.
    pub fn capture_body(
        &self,
        stored_sha256: &str,
        at_most: u64,
    ) -> Result<Option<Vec<u8>>, StoreError> {
        let stored = self.read(|connection, _| stored(connection, stored_sha256))?;
        let damaged = || StoreError::new(ErrorKind::Corrupt, self.path(), stored_sha256);
        let limit = usize::try_from(at_most).unwrap_or(usize::MAX).min(AT_ONCE);
        // In portions it would go through memory twice.
        let at_once = match &stored {
            Some(Stored::Inside(packed)) => Unpack::default().all(packed, limit),
            _ => None,
        };
        let bytes = match at_once {
            Some(bytes) => bytes,
            None => {
                let Some(reader) = self.reader_of(stored, stored_sha256)? else {
                    return Ok(None);
                };
                let mut bytes = Vec::new();
                reader
                    .take(at_most.saturating_add(1))
                    .read_to_end(&mut bytes)
                    .map_err(|_| damaged())?;
                bytes
            }
        };
        if bytes.len() as u64 > at_most {
            return Ok(None);
        }
        if sha256_hex(&bytes) == stored_sha256 {
            Ok(Some(bytes))
        } else {
            Err(damaged())
        }
    }
}
