//! Reading a SQLite file that belongs to somebody else: one query, nothing changed, nothing made
//! beside the file that was not there.

use crate::error::{ErrorKind, StoreError};
use crate::read_only::{Fingerprint, uri};
use quarterdeck_kpi::message::Message;
use rusqlite::config::DbConfig;
use rusqlite::limits::Limit;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, ErrorCode, OpenFlags, params_from_iter};
use std::io::Read;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// How long another program's lock is waited for.
const BUSY_WAIT: Duration = Duration::from_secs(5);
/// How often the clock and the wish to stop are looked at.
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// SQLite keeps the text of the query and of the schema under the same limit.
const SHORTEST_LIMIT: u64 = 1 << 20;

/// A value bound to `?1`, `?2`, ...
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ForeignValue {
    /// A whole number.
    Whole(i64),
    /// Text.
    Text(String),
}

/// One query to a file.
#[derive(Debug, Clone, Copy)]
pub struct ForeignQuery<'a> {
    /// The database.
    pub file: &'a Path,
    /// One SELECT.
    pub sql: &'a str,
    /// Values of its parameters.
    pub values: &'a [ForeignValue],
    /// More rows than this are refused.
    pub row_cap: u64,
    /// More bytes of text than this are refused.
    pub max_bytes: u64,
    /// The query is ended after so long.
    pub timeout: Duration,
}

/// Asks a file and hands over the names of the columns, then every row, each cell as exact text
/// (NULL: none). Gives the number of rows. `stopped` is asked from another thread.
///
/// A number that the file holds as a binary float (REAL) comes as the shortest text that means it.
pub fn read_foreign(
    query: &ForeignQuery<'_>,
    stopped: &(dyn Fn() -> bool + Sync),
    row: &mut dyn FnMut(&[Option<String>]),
) -> Result<u64, StoreError> {
    let file = query.file;
    // Opening a pipe would wait for somebody to write into it.
    if std::fs::metadata(file).is_ok_and(|meta| !meta.is_file()) {
        let message = Message::new("store-query-unreadable");
        return Err(said(file, message.with("detail", "not a file")));
    }
    let before = Fingerprint::of(file);
    let sqlite = |error: rusqlite::Error| failure(query, &error, stopped());
    let (connection, frozen) = open(file, before).map_err(sqlite)?;
    // No cell, and nothing made on the way to one, is longer than the whole answer may be.
    let longest = i32::try_from(query.max_bytes.max(SHORTEST_LIMIT)).unwrap_or(i32::MAX);
    connection
        .set_limit(Limit::SQLITE_LIMIT_LENGTH, longest)
        .map_err(sqlite)?;
    let done = AtomicBool::new(false);
    let handle = connection.get_interrupt_handle();
    let began = Instant::now();
    let rows = std::thread::scope(|scope| {
        scope.spawn(|| {
            while !done.load(Ordering::SeqCst) {
                if stopped() || began.elapsed() >= query.timeout {
                    // Again each time: one that comes between two steps is forgotten.
                    handle.interrupt();
                }
                std::thread::sleep(LOOK_EVERY);
            }
        });
        let rows = run(query, &connection, row);
        done.store(true, Ordering::SeqCst);
        rows
    });
    let rows = rows.map_err(|trouble| match trouble {
        Trouble::Sqlite(error) => sqlite(error),
        Trouble::Said(message) => said(file, message),
    })?;
    // Without locks it would not show that somebody wrote meanwhile.
    if frozen && Fingerprint::of(file) != before {
        return Err(said(file, Message::new("store-query-changed")));
    }
    Ok(rows)
}

fn said(file: &Path, message: Message) -> StoreError {
    let next = Message::new("store-query-next");
    StoreError::saying(ErrorKind::Other, file, message, next)
}

/// Opens for reading; also says whether locks are left out. A database with a write-ahead log that
/// is empty would get new files beside it from an ordinary reader.
fn open(file: &Path, seen: Fingerprint) -> rusqlite::Result<(Connection, bool)> {
    let mut header = [0; 20];
    let read = std::fs::File::open(file).and_then(|mut file| file.read_exact(&mut header));
    let has_log = read.is_ok() && header[18] == 2;
    let frozen = has_log && !seen.has_log();
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY
        | OpenFlags::SQLITE_OPEN_URI
        | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let options = if frozen { "?immutable=1" } else { "?mode=ro" };
    let connection = Connection::open_with_flags(uri(file, options), flags)?;
    connection.busy_timeout(BUSY_WAIT)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    // Views and triggers of a stranger's file call no function that does something.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
    connection.pragma_update(None, "query_only", true)?;
    connection.pragma_update(None, "cell_size_check", true)?;
    Ok((connection, frozen))
}

enum Trouble {
    Sqlite(rusqlite::Error),
    Said(Message),
}

impl From<rusqlite::Error> for Trouble {
    fn from(error: rusqlite::Error) -> Self {
        Trouble::Sqlite(error)
    }
}

fn run(
    query: &ForeignQuery<'_>,
    connection: &Connection,
    row: &mut dyn FnMut(&[Option<String>]),
) -> Result<u64, Trouble> {
    let mut statement = connection.prepare(query.sql)?;
    // ATTACH and some PRAGMAs count as reading, but give no columns or are no SELECT.
    let first: String = query
        .sql
        .trim_start()
        .trim_start_matches(['(', ' '])
        .chars()
        .take_while(char::is_ascii_alphabetic)
        .collect();
    let is_select = ["select", "with", "values"]
        .iter()
        .any(|word| first.eq_ignore_ascii_case(word));
    if !is_select || !statement.readonly() || statement.column_count() == 0 {
        return Err(Trouble::Said(Message::new("store-query-writes")));
    }
    let names: Vec<Option<String>> = statement
        .column_names()
        .map(|name| Some(name.to_owned()))
        .collect();
    row(&names);
    let values = query.values.iter().map(|value| match value {
        ForeignValue::Whole(number) => rusqlite::types::Value::Integer(*number),
        ForeignValue::Text(text) => rusqlite::types::Value::Text(text.clone()),
    });
    let mut found = statement.query(params_from_iter(values))?;
    let (mut rows, mut bytes) = (0_u64, 0_u64);
    while let Some(next) = found.next()? {
        rows += 1;
        if rows > query.row_cap {
            let message = Message::new("store-query-too-many").with("limit", query.row_cap);
            return Err(Trouble::Said(message));
        }
        let mut cells = Vec::with_capacity(names.len());
        for (index, name) in names.iter().enumerate() {
            let cell = text_of(next.get_ref(index)?).map_err(|id| {
                let name = name.as_deref().unwrap_or_default();
                let name: String = quarterdeck_kpi::text::clean(name)
                    .chars()
                    .take(80)
                    .collect();
                Trouble::Said(Message::new(id).with("column", name).with("row", rows))
            })?;
            bytes += cell.as_ref().map_or(0, String::len) as u64 + 1;
            cells.push(cell);
        }
        if bytes > query.max_bytes {
            let message = Message::new("store-query-too-large").with("limit", query.max_bytes);
            return Err(Trouble::Said(message));
        }
        row(&cells);
    }
    Ok(rows)
}

fn text_of(value: ValueRef<'_>) -> Result<Option<String>, &'static str> {
    match value {
        ValueRef::Null => Ok(None),
        ValueRef::Integer(number) => Ok(Some(number.to_string())),
        ValueRef::Real(number) => Ok(Some(number.to_string())),
        ValueRef::Text(bytes) => match std::str::from_utf8(bytes) {
            Ok(text) => Ok(Some(text.to_owned())),
            Err(_) => Err("store-query-encoding"),
        },
        ValueRef::Blob(_) => Err("store-query-blob"),
    }
}

/// What SQLite says, as a sentence about somebody else's file.
fn failure(query: &ForeignQuery<'_>, error: &rusqlite::Error, stopped: bool) -> StoreError {
    let file = query.file;
    let detail: String = error
        .to_string()
        .chars()
        .filter(|c| !c.is_control())
        .take(300)
        .collect();
    let code = match error {
        rusqlite::Error::SqliteFailure(failure, _)
        | rusqlite::Error::SqlInputError { error: failure, .. } => Some(failure.code),
        _ => None,
    };
    let (kind, message) = match (code, error) {
        (Some(ErrorCode::OperationInterrupted), _) if stopped => {
            (ErrorKind::Other, Message::new("store-query-stopped"))
        }
        (Some(ErrorCode::OperationInterrupted), _) => {
            let seconds = query.timeout.as_secs();
            let message = Message::new("store-query-timeout").with("seconds", seconds);
            (ErrorKind::Other, message)
        }
        (Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked), _) => {
            (ErrorKind::Busy, Message::new("store-query-locked"))
        }
        (Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase), _) => (
            ErrorKind::Corrupt,
            Message::new("store-query-damaged").with("detail", detail),
        ),
        (Some(ErrorCode::TooBig), _) => (
            ErrorKind::Other,
            Message::new("store-query-too-large").with("limit", query.max_bytes),
        ),
        (Some(ErrorCode::CannotOpen | ErrorCode::PermissionDenied), _) => (
            ErrorKind::Missing,
            Message::new("store-query-unreadable").with("detail", detail),
        ),
        (Some(ErrorCode::ReadOnly | ErrorCode::AuthorizationForStatementDenied), _)
        | (None, rusqlite::Error::MultipleStatement) => {
            (ErrorKind::ReadOnly, Message::new("store-query-writes"))
        }
        _ => (
            ErrorKind::Other,
            Message::new("store-query-refused").with("detail", detail),
        ),
    };
    let next = Message::new("store-query-next");
    StoreError::saying(kind, file, message, next)
}
