//! Reading a database without writing anything at all.
//!
//! With no log beside it the file is opened as one that nobody changes, which takes no locks and
//! makes no files. Somebody may change it all the same: the state of the files is compared before
//! and after each read, and the session begins anew when it differs.

use crate::connect::settle;
use crate::dictionary::Dictionary;
use crate::error::{ErrorKind, StoreError};
use crate::schema;
use crate::store::{BUSY_WAIT, Session};
use quarterdeck_kpi::message::Message;
use rusqlite::{Connection, OpenFlags};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// What can be seen of the files from outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Fingerprint {
    length: u64,
    modified: Option<SystemTime>,
    /// SQLite's change counter in the header.
    counter: [u8; 4],
    log: bool,
    journal: bool,
}

impl Fingerprint {
    /// Whether a write-ahead log with something in it lies beside the file.
    pub(crate) fn has_log(self) -> bool {
        self.log
    }
    pub(crate) fn of(path: &Path) -> Fingerprint {
        use std::io::Read;
        let meta = std::fs::metadata(path).ok();
        let mut header = [0; 28];
        let read = std::fs::File::open(path).and_then(|mut file| file.read_exact(&mut header));
        let counter = if read.is_ok() {
            [header[24], header[25], header[26], header[27]]
        } else {
            [0; 4]
        };
        let filled =
            |suffix| std::fs::metadata(beside(path, suffix)).is_ok_and(|meta| meta.len() > 0);
        Fingerprint {
            length: meta.as_ref().map_or(0, std::fs::Metadata::len),
            modified: meta.and_then(|meta| meta.modified().ok()),
            counter,
            log: filled("-wal"),
            journal: filled("-journal"),
        }
    }
}

pub(crate) fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

/// The path as SQLite's URI, so that options can follow.
pub(crate) fn uri(path: &Path, options: &str) -> String {
    use std::fmt::Write;
    let full = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let mut bytes = full.as_os_str().as_encoded_bytes().to_vec();
    if cfg!(windows) {
        bytes
            .iter_mut()
            .filter(|b| **b == b'\\')
            .for_each(|b| *b = b'/');
    }
    let mut text = String::from(if bytes.starts_with(b"/") {
        "file:"
    } else {
        "file:/"
    });
    for byte in bytes {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'-' | b'_' | b'.' | b':' => {
                text.push(char::from(byte))
            }
            other => {
                let _ = write!(text, "%{other:02X}");
            }
        }
    }
    text + options
}

/// Opens for reading so that nothing is written, not even beside the file.
pub(crate) fn open(path: &Path, generation: i64) -> Result<Session, StoreError> {
    let sqlite = |error: rusqlite::Error| StoreError::sqlite(path, &error);
    let seen = Fingerprint::of(path);
    let connect = |options: &str| -> rusqlite::Result<(Connection, schema::State)> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY
            | OpenFlags::SQLITE_OPEN_URI
            | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(uri(path, options), flags)?;
        connection.busy_timeout(BUSY_WAIT)?;
        settle(&connection)?;
        let state = schema::state(&connection)?;
        Ok((connection, state))
    };
    let (connection, state) = if !seen.log && !seen.journal {
        connect("?immutable=1").map_err(sqlite)?
    } else {
        match connect("?mode=ro&readonly_shm=1") {
            Ok(opened) => opened,
            // When nobody has read from the writer's shared memory yet it has to be joined; it is
            // there already, so that no file is made.
            Err(_) if beside(path, "-shm").exists() => connect("?mode=ro").map_err(sqlite)?,
            Err(_) => {
                return Err(StoreError::saying(
                    ErrorKind::ReadOnly,
                    path,
                    Message::new("store-log-pending"),
                    Message::new("store-log-pending-next"),
                ));
            }
        }
    };
    schema::admit(path, state)?;
    Ok(Session {
        connection,
        dictionary: Dictionary::default(),
        seen: Some(seen),
        generation,
    })
}
