//! Connections to the database file: how they are set up, and the journal they keep.

use crate::store::{BUSY_WAIT, FEW};
use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, OpenFlags};
use std::path::Path;
use std::time::{Duration, Instant};

/// A connection for writing, before its journal is chosen.
pub(crate) fn connect_to_write(path: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
        | OpenFlags::SQLITE_OPEN_CREATE
        | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(BUSY_WAIT)?;
    settle(&connection)?;
    Ok(connection)
}

pub(crate) fn settle(connection: &Connection) -> rusqlite::Result<()> {
    connection.set_prepared_statement_cache_capacity(64);
    connection.pragma_update(None, "foreign_keys", true)?;
    // A REPLACE deletes, and has to meet the triggers that refuse it.
    connection.pragma_update(None, "recursive_triggers", true)?;
    connection.pragma_update(None, "trusted_schema", false)?;
    // Without it a statement may be planned anew for every value that is bound.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    connection.pragma_update(None, "cache_size", FEW.0)?;
    connection.pragma_update(None, "cell_size_check", true)
}

/// Whether the write-ahead log is in use afterwards.
pub(crate) fn set_journal(connection: &Connection, write_ahead: bool) -> rusqlite::Result<bool> {
    let now: String = connection.pragma_query_value(None, "journal_mode", |row| row.get(0))?;
    let wanted = if write_ahead { "wal" } else { "delete" };
    if now == wanted {
        return Ok(write_ahead);
    }
    let began = Instant::now();
    loop {
        // Changing the journal does not wait by itself for others who are opening the file.
        match change_journal(connection, wanted) {
            Err(error)
                if error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy)
                    && began.elapsed() < BUSY_WAIT =>
            {
                std::thread::sleep(Duration::from_millis(10));
            }
            other => return other.map(|mode| mode == "wal"),
        }
    }
}

fn change_journal(connection: &Connection, wanted: &str) -> rusqlite::Result<String> {
    connection.pragma_update_and_check(None, "journal_mode", wanted, |row| row.get(0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::NewRun;
    use crate::read_only;
    use crate::store::{Journal, OpenMode, Store};
    use chrono::DateTime;

    #[test]
    fn the_journal_asked_for_is_the_one_in_use() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("quarterdeck.db");
        let run = |journal| {
            let mut store = Store::open_with(&file, OpenMode::Create, journal).unwrap();
            let (actor, identity) = ("system".to_owned(), "system".to_owned());
            store
                .begin_run(&NewRun {
                    started_at: DateTime::UNIX_EPOCH,
                    actor,
                    identity,
                    command: "collect".to_owned(),
                })
                .unwrap();
            (store, read_only::beside(&file, "-wal").exists())
        };
        // A rollback journal from the first page on, then a log, and back again.
        assert!(!run(Journal::Rollback).1);
        assert!(run(Journal::Wal).1);
        assert!(!run(Journal::Rollback).1);
        assert!(run(Journal::Auto).1);
    }

    #[test]
    fn the_rollback_journal_of_a_network_share_works_alike() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("quarterdeck.db");
        let mut store = Store::open(&file, OpenMode::Create).unwrap();
        assert!(!set_journal(store.connection(), false).unwrap());
        assert!(!read_only::beside(&file, "-wal").exists());
        assert_eq!(store.last_recorded().unwrap(), None);
    }
}
