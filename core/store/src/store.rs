//! The database as one value: opening it, reading from it, writing to it.

use crate::ahead::Ahead;
use crate::connect::{connect_to_write, set_journal};
use crate::dictionary::{Dictionary, instant};
use crate::error::{ErrorKind, StoreError};
use crate::model::NewRun;
use crate::read_only::{self, Fingerprint};
use crate::seal::ActSigner;
use crate::{platform, queries, schema};
use chrono::{DateTime, Utc};
use quarterdeck_kpi::message::Message;
use rusqlite::{Connection, Transaction, TransactionBehavior, params};
use serde::Deserialize;
use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// How to open a database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OpenMode {
    /// Read and write; made when it is not there.
    Create,
    /// Read and write; it must be there.
    ReadWrite,
    /// Read, and write nothing at all, not even beside it.
    ReadOnly,
}

/// Journal of the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Journal {
    /// `Wal`, and `Rollback` on a network share.
    #[default]
    Auto,
    /// Write-ahead log.
    Wal,
    /// Rollback journal.
    Rollback,
}

/// An error before it knows which file it happened to.
#[derive(Debug)]
pub(crate) enum Fault {
    Sqlite(rusqlite::Error),
    Store(StoreError),
    /// An act that says it is signed, and nobody who can sign it.
    Unsigned,
}
impl Fault {
    /// As it happened to this file.
    pub(crate) fn at(self, file: &Path) -> StoreError {
        match self {
            Fault::Sqlite(error) => StoreError::sqlite(file, &error),
            Fault::Store(error) => error,
            Fault::Unsigned => StoreError::saying(
                ErrorKind::Other,
                file,
                Message::new("store-act-unsigned"),
                Message::new("store-act-unsigned-next"),
            ),
        }
    }
}
impl From<rusqlite::Error> for Fault {
    fn from(error: rusqlite::Error) -> Self {
        Fault::Sqlite(error)
    }
}
impl From<StoreError> for Fault {
    fn from(error: StoreError) -> Self {
        Fault::Store(error)
    }
}

/// How much a commit has to survive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Commit {
    /// Reported as stored: on the disk when the call returns.
    Durable,
    /// On the disk with the next durable one.
    Soon,
}

#[derive(Debug)]
pub(crate) struct Session {
    pub(crate) connection: Connection,
    pub(crate) dictionary: Dictionary,
    /// State of the files when a read-only session began.
    pub(crate) seen: Option<Fingerprint>,
    /// Counts reopened read-only sessions.
    pub(crate) generation: i64,
}

/// Everything that was ever recorded.
#[derive(Debug)]
pub struct Store {
    path: PathBuf,
    mode: OpenMode,
    write_ahead: bool,
    notices: Vec<Message>,
    session: RefCell<Session>,
    signer: Option<Arc<dyn ActSigner>>,
    /// A database of at most so many rows is read whole.
    pub(crate) whole_up_to: i64,
    /// Numbers of the last load, version and act when the moments were read, and these.
    moments: RefCell<([i64; 3], Vec<DateTime<Utc>>)>,
    /// Amounts that are being read already.
    pub(crate) ahead: RefCell<Option<Ahead>>,
}

/// How many answers are on their way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expected {
    /// No more than usual.
    Few,
    /// Thousands, written in few large transactions.
    ManyOfOneSource,
    /// Thousands, each with an attempt of its own.
    ManyOfManySources,
}

/// Cache in KiB (below zero, as SQLite takes it), and pages after which the write-ahead log is
/// copied into the database. Rows are read from end to end, which no cache of a reasonable size
/// serves better.
pub(crate) const FEW: (i64, i64) = (-1024, 1000);
const OF_ONE_SOURCE: (i64, i64) = (-2560, 4000);
const OF_MANY_SOURCES: (i64, i64) = (-6 * 1024, 4000);

/// Bytes of a page of a new database: what thousands of answers add is written, copied and found in half as many
/// steps as with the 4 KiB that SQLite takes by itself.
const PAGE: i64 = 8192;

/// How long a statement waits for another process's transaction.
pub(crate) const BUSY_WAIT: Duration = Duration::from_secs(5);

/// Below so many rows it costs little to read them all, those that no longer count included.
pub(crate) const WHOLE_UP_TO: i64 = 50_000;

impl Store {
    /// Opens a database with the journal that suits its place. A database of another schema is
    /// refused, saying what to do.
    pub fn open(path: &Path, mode: OpenMode) -> Result<Store, StoreError> {
        Self::open_with(path, mode, Journal::Auto)
    }

    /// Opens a database with this journal, which a database of the other kind is changed to. Reading
    /// alone changes nothing.
    pub fn open_with(path: &Path, mode: OpenMode, journal: Journal) -> Result<Store, StoreError> {
        let sqlite = |error: rusqlite::Error| StoreError::sqlite(path, &error);
        let there = path
            .try_exists()
            .map_err(|error| StoreError::io(path, &error))?;
        if !there && mode != OpenMode::Create {
            return Err(StoreError::new(ErrorKind::Missing, path, ""));
        }
        if mode == OpenMode::ReadOnly {
            let session = read_only::open(path, 0)?;
            return Ok(Store {
                path: path.to_owned(),
                mode,
                write_ahead: false,
                notices: Vec::new(),
                session: RefCell::new(session),
                signer: None,
                whole_up_to: WHOLE_UP_TO,
                moments: RefCell::default(),
                ahead: RefCell::default(),
            });
        }
        if let Some(folder) = path
            .parent()
            .filter(|f| !f.as_os_str().is_empty() && !f.exists())
        {
            return Err(StoreError::new(ErrorKind::Missing, folder, ""));
        }
        let mut connection = connect_to_write(path).map_err(sqlite)?;
        let found = schema::state(&connection).map_err(sqlite)?;
        // SQLite opens a file that it may not write for reading, without a word.
        if connection.is_readonly(rusqlite::MAIN_DB).map_err(sqlite)? {
            return Err(StoreError::new(ErrorKind::ReadOnly, path, ""));
        }
        if found != schema::State::Empty || mode != OpenMode::Create {
            schema::admit(path, found)?;
        }
        let share = match journal {
            Journal::Auto => platform::network_share(path),
            Journal::Wal | Journal::Rollback => None,
        };
        let wanted = journal != Journal::Rollback && share.is_none();
        if found == schema::State::Empty {
            connection
                .pragma_update(None, "page_size", PAGE)
                .map_err(sqlite)?;
        }
        let write_ahead = set_journal(&connection, wanted).map_err(sqlite)?;
        connection
            .pragma_update(None, "synchronous", "FULL")
            .map_err(sqlite)?;
        if found == schema::State::Empty {
            schema::climb(&mut connection, 0, &schema::STEPS).map_err(sqlite)?;
        }
        let notices = share
            .map(|kind| {
                Message::new("store-network-share")
                    .with("file", path.to_string_lossy().into_owned())
                    .with("kind", kind)
            })
            .into_iter()
            .collect();
        let session = Session {
            connection,
            dictionary: Dictionary::default(),
            seen: None,
            generation: 0,
        };
        Ok(Store {
            path: path.to_owned(),
            mode,
            write_ahead,
            notices,
            session: RefCell::new(session),
            signer: None,
            whole_up_to: WHOLE_UP_TO,
            moments: RefCell::default(),
            ahead: RefCell::default(),
        })
    }

    /// The database file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The folder relative paths of captures start from.
    pub fn folder(&self) -> &Path {
        self.path.parent().unwrap_or(Path::new(""))
    }

    /// What an operator should know about how the file was opened.
    pub fn notices(&self) -> &[Message] {
        &self.notices
    }

    /// From now on acts of this signer's person are signed; `None`: nobody's are.
    pub fn set_signer(&mut self, signer: Option<Arc<dyn ActSigner>>) {
        self.signer = signer;
    }

    pub(crate) fn signer(&self) -> Option<Arc<dyn ActSigner>> {
        self.signer.clone()
    }

    /// How long to wait for another process's transaction (default 5 s).
    pub fn set_busy_wait(&mut self, wait: Duration) -> Result<(), StoreError> {
        let result = self.session.get_mut().connection.busy_timeout(wait);
        result.map_err(|error| StoreError::sqlite(&self.path, &error))
    }

    /// What is read of this database elsewhere meanwhile serves the next reading of all its rows.
    pub fn expect(&mut self, ahead: Option<Ahead>) {
        *self.ahead.get_mut() = ahead;
    }

    /// Up to how many rows a database is read whole (default 50,000).
    pub fn set_whole_up_to(&mut self, rows: i64) {
        self.whole_up_to = rows;
    }

    /// Makes room for many rows to come, or gives it back: rows of thousands of answers go to
    /// places all over their indexes, which would be read and written again for every few of them.
    pub fn expect_many(&mut self, many: Expected) -> Result<(), StoreError> {
        let (cache, log) = match many {
            Expected::Few => FEW,
            Expected::ManyOfOneSource => OF_ONE_SOURCE,
            Expected::ManyOfManySources => OF_MANY_SOURCES,
        };
        let connection = &self.session.get_mut().connection;
        let set = connection
            .pragma_update(None, "cache_size", cache)
            .and_then(|()| connection.pragma_update(None, "wal_autocheckpoint", log));
        set.map_err(|error| StoreError::sqlite(&self.path, &error))
    }

    /// Notes that a run began.
    pub fn begin_run(&mut self, run: &NewRun) -> Result<i64, StoreError> {
        self.write(Commit::Soon, |transaction, _| {
            let values = params![
                run.started_at.timestamp_micros(),
                run.actor,
                run.identity,
                run.command
            ];
            Ok(transaction
                .prepare_cached(queries::INSERT_RUN)?
                .insert(values)?)
        })
    }

    /// Notes how a run ended. A run without an end was interrupted.
    pub fn end_run(
        &mut self,
        run: i64,
        ended_at: DateTime<Utc>,
        outcome: &str,
    ) -> Result<(), StoreError> {
        self.write(Commit::Durable, |transaction, _| {
            let values = params![run, ended_at.timestamp_micros(), outcome];
            transaction
                .prepare_cached(queries::INSERT_RUN_END)?
                .insert(values)?;
            Ok(())
        })
    }

    /// The last moment at which a load, a register version or a word on an exception was recorded.
    pub fn last_recorded(&self) -> Result<Option<DateTime<Utc>>, StoreError> {
        self.read(|connection, _| {
            let last: Option<i64> =
                connection.query_row(queries::LAST_RECORDED, [], |row| row.get(0))?;
            Ok(last.and_then(instant))
        })
    }

    /// Every moment at which a load or a register version was recorded, oldest first, each once.
    pub fn moments(&self) -> Result<Vec<DateTime<Utc>>, StoreError> {
        let (ends, found) = self.read(|connection, _| {
            let ends = connection.query_row(queries::MOMENTS_END, [], |row| {
                Ok([row.get(0)?, row.get(1)?, row.get(2)?])
            })?;
            // Nothing is ever taken out: with the same ends they are the same moments.
            if self.moments.borrow().0 == ends {
                return Ok((ends, None));
            }
            let found = crate::read::all(connection, queries::MOMENTS, [], |row| {
                row.get::<_, i64>(0).ok().and_then(instant)
            })?;
            Ok((ends, Some(found.into_iter().flatten().collect())))
        })?;
        let mut known = self.moments.borrow_mut();
        if let Some(found) = found {
            *known = (ends, found);
        }
        Ok(known.1.clone())
    }

    /// A number that changes when another process has written.
    pub fn data_version(&self) -> Result<i64, StoreError> {
        let version = self.read(|connection, _| {
            Ok(connection.pragma_query_value(None, "data_version", |row| row.get::<_, i64>(0))?)
        })?;
        Ok((self.session.borrow().generation << 32) | version)
    }

    /// Copies the database as it is now into a new file. Captures kept in files are not in it.
    pub fn backup(&self, to: &Path) -> Result<(), StoreError> {
        self.refresh_read_only()?;
        schema::backup_to(&self.session.borrow().connection, &self.path, to)
    }

    /// Reads under one snapshot.
    pub(crate) fn read<T>(
        &self,
        take: impl Fn(&Connection, &mut Dictionary) -> Result<T, Fault>,
    ) -> Result<T, StoreError> {
        let mut tries = 0;
        loop {
            self.refresh_read_only()?;
            let mut session = self.session.borrow_mut();
            let Session {
                connection,
                dictionary,
                seen,
                ..
            } = &mut *session;
            let result = (|| {
                let transaction = connection.unchecked_transaction()?;
                take(&transaction, dictionary)
            })();
            // A file that nobody locks may have been replaced under the reader.
            tries += 1;
            if seen.is_some_and(|seen| Fingerprint::of(&self.path) != seen) && tries < 5 {
                continue;
            }
            return result.map_err(|fault| self.name(fault));
        }
    }

    /// Writes in one transaction: all of it is there afterwards, or none.
    pub(crate) fn write<T>(
        &mut self,
        commit: Commit,
        put: impl FnOnce(&Transaction<'_>, &mut Dictionary) -> Result<T, Fault>,
    ) -> Result<T, StoreError> {
        if self.mode == OpenMode::ReadOnly {
            return Err(StoreError::new(
                ErrorKind::ReadOnly,
                &self.path,
                "--read-only",
            ));
        }
        // With a write-ahead log a later full commit carries the earlier ones to the disk.
        let synchronous = if self.write_ahead && commit == Commit::Soon {
            "NORMAL"
        } else {
            "FULL"
        };
        let Session {
            connection,
            dictionary,
            ..
        } = self.session.get_mut();
        let result = (|| {
            connection.pragma_update(None, "synchronous", synchronous)?;
            let transaction =
                connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let value = put(&transaction, dictionary)?;
            transaction.commit()?;
            Ok(value)
        })();
        result.map_err(|fault| {
            // Numbers given out in a transaction that was rolled back are void.
            self.session.get_mut().dictionary = Dictionary::default();
            self.name(fault)
        })
    }

    pub(crate) fn name(&self, fault: Fault) -> StoreError {
        fault.at(&self.path)
    }

    /// A read-only session without locks begins anew when somebody wrote.
    fn refresh_read_only(&self) -> Result<(), StoreError> {
        let mut session = self.session.borrow_mut();
        if session
            .seen
            .is_some_and(|seen| Fingerprint::of(&self.path) != seen)
        {
            let generation = session.generation + 1;
            *session = read_only::open(&self.path, generation)?;
            self.moments.take();
        }
        Ok(())
    }

    #[cfg(test)]
    pub(crate) fn connection(&mut self) -> &mut Connection {
        &mut self.session.get_mut().connection
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_says_so_and_loses_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("quarterdeck.db");
        let mut store = Store::open(&file, OpenMode::Create).unwrap();
        let run = |store: &mut Store, command: String| {
            let (actor, identity) = ("system".to_owned(), "system".to_owned());
            store.begin_run(&NewRun {
                started_at: DateTime::UNIX_EPOCH,
                actor,
                identity,
                command,
            })
        };
        assert_eq!(run(&mut store, "first".into()).unwrap(), 1);
        let pages: i64 = store
            .connection()
            .pragma_query_value(None, "page_count", |row| row.get(0))
            .unwrap();
        store
            .connection()
            .pragma_update(None, "max_page_count", pages + 2)
            .unwrap();
        let error = run(&mut store, "x".repeat(100_000)).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Full);
        assert_eq!(error.message().id, "store-full");
        assert!(error.to_string().contains("quarterdeck.db"), "{error}");
        store
            .connection()
            .pragma_update(None, "max_page_count", pages + 200)
            .unwrap();
        assert_eq!(run(&mut store, "x".repeat(100_000)).unwrap(), 2);
        let check: String = store
            .connection()
            .pragma_query_value(None, "integrity_check", |row| row.get(0))
            .unwrap();
        assert_eq!(check, "ok");
    }

    #[test]
    fn paths_with_signs_of_their_own_open() {
        let folder = tempfile::tempdir().unwrap();
        let odd = folder.path().join("我的 office?mode=x#1%20");
        std::fs::create_dir(&odd).unwrap();
        let file = odd.join("quarterdeck.db");
        drop(Store::open(&file, OpenMode::Create).unwrap());
        assert_eq!(
            Store::open(&file, OpenMode::ReadOnly)
                .unwrap()
                .last_recorded()
                .unwrap(),
            None
        );
    }
}
