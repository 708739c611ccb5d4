//! Captures on their way into the database: with their headers as they are stored, and their bodies
//! in their place.

use crate::alike::{Alike, Said};
use crate::captures::{is_hash, plain_path, sha256_hex};
use crate::dictionary::Dictionary;
use crate::error::{ErrorKind, StoreError};
use crate::model::{CaptureBody, NewCapture, Taken};
use crate::queries;
use crate::store::Fault;
use quarterdeck_kpi::message::Message;
use rusqlite::{Connection, params};
use serde::Serialize;
use std::borrow::Cow;
use std::path::Path;

/// Most headers take less.
const USUAL_HEADERS: usize = 768;

/// The column `headers` of a fetch from which something was taken.
#[derive(Serialize)]
struct HeadersTaken<'a> {
    sent: &'a [(String, String)],
    taken: &'a Taken,
}

/// A capture with everything made ready that needs no database: for thousands of answers that one
/// thread writes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackedCapture {
    capture: NewCapture,
    headers: String,
    said: Said,
}

impl PackedCapture {
    /// Makes a capture ready, with what was taken from it; of what others that are `alike` say, only
    /// the difference is kept.
    pub fn new(mut capture: NewCapture, taken: Option<&Taken>, alike: &Alike) -> PackedCapture {
        let sent = &capture.headers;
        let written = match taken {
            Some(taken) => alike.write(sent, taken),
            None => written(sent, None).map(|headers| (headers, Said::Whole)),
        };
        // Texts and numbers can always be written.
        let (mut headers, said) = written.unwrap_or_else(|_| ("[]".to_owned(), Said::Whole));
        // Many of them wait for the one who writes.
        headers.shrink_to_fit();
        capture.headers = Vec::new();
        PackedCapture {
            capture,
            headers,
            said,
        }
    }

    /// Writes it to the database of this file.
    pub(crate) fn insert(
        &self,
        transaction: &Connection,
        words: &mut Dictionary,
        database: &Path,
    ) -> Result<(), Fault> {
        let mut ready = self.ready(database)?;
        if let Said::Like(first) = &self.said {
            ready.alike = words.first(first);
            if ready.alike.is_none() {
                // The other is not there, or not any more.
                let whole = first.whole(&self.headers).map_err(|error| {
                    StoreError::new(ErrorKind::Other, database, error.to_string())
                })?;
                ready.headers = Cow::Owned(whole);
            }
        }
        let id = ready.insert(transaction)?;
        if let Said::First(first) = &self.said {
            words.is_first(first, id);
        }
        Ok(())
    }

    fn ready(&self, database: &Path) -> Result<Ready<'_>, StoreError> {
        let headers = Cow::Borrowed(self.headers.as_str());
        let mut ready = Ready::of(&self.capture, headers, database)?;
        if let CaptureBody::Inline(bytes) = &self.capture.body {
            let packed = zstd::bulk::compress(bytes, 1);
            let packed = packed.map_err(|error| StoreError::io(database, &error))?;
            ready.body = Some(Cow::Owned(packed));
        }
        Ok(ready)
    }
}

/// The column `headers`.
pub(crate) fn written(
    sent: &[(String, String)],
    taken: Option<&Taken>,
) -> serde_json::Result<String> {
    let mut headers = Vec::with_capacity(USUAL_HEADERS);
    match taken {
        Some(taken) => serde_json::to_writer(&mut headers, &HeadersTaken { sent, taken })?,
        None => serde_json::to_writer(&mut headers, sent)?,
    }
    Ok(String::from_utf8(headers).unwrap_or_default())
}

/// A capture whose body has its place, about to be written.
pub(crate) struct Ready<'a> {
    capture: &'a NewCapture,
    headers: Cow<'a, str>,
    /// The fetch it is like.
    alike: Option<i64>,
    pub(crate) body: Option<Cow<'a, [u8]>>,
    file: Option<&'a str>,
    pub(crate) made: Option<String>,
}

impl<'a> Ready<'a> {
    /// A capture for the database of this file; the place of an unpacked body is still missing.
    pub(crate) fn of(
        capture: &'a NewCapture,
        headers: Cow<'a, str>,
        database: &Path,
    ) -> Result<Ready<'a>, StoreError> {
        let is_other = |bytes: &Vec<u8>| sha256_hex(bytes) != capture.stored_sha256;
        let is_wrong = match &capture.body {
            CaptureBody::Inline(bytes) => is_other(bytes),
            CaptureBody::Packed(_) | CaptureBody::File { .. } => false,
        };
        if is_wrong || !is_hash(&capture.sha256) || !is_hash(&capture.stored_sha256) {
            let named = Message::new("store-capture-hash");
            return Err(StoreError::saying(
                ErrorKind::Other,
                database,
                named.with("sha256", capture.stored_sha256.clone()),
                Message::new("store-other-next"),
            ));
        }
        let mut ready = Ready {
            capture,
            headers,
            alike: None,
            body: None,
            file: None,
            made: None,
        };
        match &capture.body {
            CaptureBody::Inline(_) => {}
            CaptureBody::Packed(packed) => ready.body = Some(Cow::Borrowed(packed)),
            CaptureBody::File { relative_path } => {
                let folder = database.parent().unwrap_or(Path::new(""));
                let place = plain_path(relative_path).map(|path| folder.join(path));
                if !place.is_some_and(|place| place.is_file()) {
                    let place = Path::new(relative_path);
                    return Err(StoreError::new(ErrorKind::Missing, place, ""));
                }
                ready.file = Some(relative_path);
            }
        }
        Ok(ready)
    }

    /// Writes the body once and the fetch every time; gives the number of the fetch.
    pub(crate) fn insert(&self, transaction: &Connection) -> Result<i64, Fault> {
        let capture = self.capture;
        let file = self.file.or(self.made.as_deref());
        let added = transaction
            .prepare_cached(queries::INSERT_CAPTURE)?
            .execute(params![capture.stored_sha256, self.body.as_deref(), file])?;
        let id = if added > 0 {
            transaction.last_insert_rowid()
        } else {
            // The same answer once more: a body that was dropped is there again.
            let id: i64 = transaction
                .prepare_cached(queries::CAPTURE_ID)?
                .query_row([&capture.stored_sha256], |row| row.get(0))?;
            let body = self.body.as_deref().filter(|body| !body.is_empty());
            if body.is_some() || file.is_some() {
                transaction
                    .prepare_cached(queries::FILL_CAPTURE)?
                    .execute(params![id, body, file])?;
            }
            id
        };
        // The capture has the hash already, unless something was blanked.
        let sha256 = match capture.sha256 == capture.stored_sha256 {
            true => "",
            false => capture.sha256.as_str(),
        };
        let fetch = transaction
            .prepare_cached(queries::INSERT_FETCH)?
            .insert(params![
                id,
                sha256,
                capture.recipe,
                capture.url,
                capture.method,
                capture.http_status,
                &*self.headers,
                capture.remote_addr,
                capture.fetched_at.timestamp_micros(),
                i64::try_from(capture.bytes).unwrap_or(i64::MAX),
                capture.source,
                capture.run,
                self.alike,
            ])?;
        Ok(fetch)
    }
}
