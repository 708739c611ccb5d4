//! The schema's number and its numbered upgrades, each one transaction.

use crate::error::{ErrorKind, StoreError};
use crate::queries;
use quarterdeck_kpi::message::Message;
use rusqlite::{Connection, TransactionBehavior};
use std::path::{Path, PathBuf};

/// The schema this program writes.
pub const NUMBER: i64 = 6;

/// `QDK1`: marks a SQLite file as a database of this product.
pub const APPLICATION_ID: i64 = 0x5144_4B31;

/// The step that leads to each schema, from an empty file on.
pub(crate) const STEPS: [(i64, &str); 6] = [
    (1, include_str!("../sql/0001_first.sql")),
    (2, include_str!("../sql/0002_calls.sql")),
    (3, include_str!("../sql/0003_pruned.sql")),
    (4, include_str!("../sql/0004_blocks.sql")),
    (5, include_str!("../sql/0005_certificate.sql")),
    (6, include_str!("../sql/0006_alike.sql")),
];

/// What an opened file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    /// Nothing was ever written.
    Empty,
    /// Ours, with this schema.
    Schema(i64),
    /// A database of another program.
    Foreign,
}

pub(crate) fn state(connection: &Connection) -> rusqlite::Result<State> {
    let (application, version, objects): (i64, i64, i64) =
        connection.query_row(queries::SCHEMA_STATE, [], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?))
        })?;
    Ok(match (application, version, objects) {
        (0, 0, 0) => State::Empty,
        (APPLICATION_ID, version, _) => State::Schema(version),
        _ => State::Foreign,
    })
}

/// Takes every step above `from`; each is there wholly or not at all. From an empty file on all of
/// them are one: whoever opens it meanwhile never sees a schema in between.
pub(crate) fn climb(
    connection: &mut Connection,
    from: i64,
    steps: &[(i64, &str)],
) -> rusqlite::Result<()> {
    if from == 0 {
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        // Another process may have been faster.
        if state(&transaction)? == State::Empty {
            for (number, sql) in steps {
                transaction.execute_batch(sql)?;
                mark(&transaction, *number)?;
            }
        }
        return transaction.commit();
    }
    for (number, sql) in steps.iter().filter(|(number, _)| *number > from) {
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        // Another process may have been faster.
        let done = match state(&transaction)? {
            State::Empty => 0,
            State::Schema(version) => version,
            State::Foreign => return Err(rusqlite::Error::InvalidQuery),
        };
        if done < *number {
            transaction.execute_batch(sql)?;
            mark(&transaction, *number)?;
        }
        transaction.commit()?;
    }
    Ok(())
}

fn mark(transaction: &Connection, number: i64) -> rusqlite::Result<()> {
    transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
    transaction.pragma_update(None, "user_version", number)
}

/// Refuses what this program cannot work with.
pub(crate) fn admit(file: &Path, state: State) -> Result<(), StoreError> {
    match state {
        State::Schema(NUMBER) => Ok(()),
        State::Schema(version) => {
            let (kind, sentence, next) = if version > NUMBER {
                (ErrorKind::Newer, "store-newer", "store-newer-next")
            } else {
                (ErrorKind::Older, "store-older", "store-older-next")
            };
            let numbers = |id| {
                Message::new(id)
                    .with("schema", version)
                    .with("known", NUMBER)
            };
            Err(StoreError::saying(
                kind,
                file,
                numbers(sentence),
                numbers(next),
            ))
        }
        State::Empty => Err(StoreError::saying(
            ErrorKind::Missing,
            file,
            Message::new("store-empty"),
            Message::new("store-missing-next"),
        )),
        State::Foreign => Err(StoreError::saying(
            ErrorKind::Other,
            file,
            Message::new("store-foreign"),
            Message::new("store-foreign-next"),
        )),
    }
}

/// The schema of a database, whatever it is; 0 when nothing was ever written to it.
pub fn number_of(file: &Path) -> Result<i64, StoreError> {
    let sqlite = |error: rusqlite::Error| StoreError::sqlite(file, &error);
    if !file.exists() {
        return Err(StoreError::new(ErrorKind::Missing, file, ""));
    }
    let connection = crate::connect::connect_to_write(file).map_err(sqlite)?;
    match state(&connection).map_err(sqlite)? {
        State::Schema(version) => Ok(version),
        State::Empty => Ok(0),
        State::Foreign => admit(file, State::Foreign).map(|()| 0),
    }
}

/// What an upgrade did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upgrade {
    /// Schema before.
    pub from: i64,
    /// Schema now.
    pub to: i64,
}

/// Brings an older database to this program's schema. `backup` is written first and must not
/// exist yet; when the database is up to date nothing is written.
pub fn upgrade(file: &Path, backup: &Path) -> Result<Upgrade, StoreError> {
    upgrade_by(file, backup, &STEPS)
}

pub(crate) fn upgrade_by(
    file: &Path,
    backup: &Path,
    steps: &[(i64, &str)],
) -> Result<Upgrade, StoreError> {
    let sqlite = |error: rusqlite::Error| StoreError::sqlite(file, &error);
    if !file.exists() {
        return Err(StoreError::new(ErrorKind::Missing, file, ""));
    }
    let mut connection = crate::connect::connect_to_write(file).map_err(sqlite)?;
    let from = match state(&connection).map_err(sqlite)? {
        State::Schema(version) => version,
        other => return admit(file, other).map(|()| Upgrade { from: 0, to: 0 }),
    };
    let to = steps
        .iter()
        .map(|(number, _)| *number)
        .max()
        .unwrap_or(from);
    if from > to {
        admit(file, State::Schema(from))?;
    }
    if from < to {
        backup_to(&connection, file, backup)?;
        climb(&mut connection, from, steps).map_err(sqlite)?;
        crate::blocks::make_all(&mut connection).map_err(|fault| fault.at(file))?;
    }
    Ok(Upgrade { from, to })
}

/// Copies the database as it is now into a new file.
pub(crate) fn backup_to(
    connection: &Connection,
    file: &Path,
    backup: &Path,
) -> Result<(), StoreError> {
    if backup.exists() {
        return Err(StoreError::saying(
            ErrorKind::Other,
            backup,
            Message::new("store-backup-exists"),
            Message::new("store-backup-exists-next"),
        ));
    }
    // Under its name it is whole, whatever happens on the way.
    let temporary = beside(backup, &format!(".{}.new", std::process::id()));
    let copied = connection.backup(
        rusqlite::MAIN_DB,
        &temporary,
        None::<fn(rusqlite::backup::Progress)>,
    );
    let named = copied
        .map_err(|error| StoreError::sqlite(if temporary.exists() { file } else { backup }, &error))
        .and_then(|()| {
            std::fs::rename(&temporary, backup).map_err(|error| StoreError::io(backup, &error))
        });
    match named {
        Ok(()) => {
            if let Some(folder) = backup.parent() {
                // The name is given; that its folder could not be flushed takes nothing back.
                let _ = crate::platform::sync_folder(folder);
            }
        }
        Err(_) => {
            for left in [&temporary, &beside(&temporary, "-journal")] {
                let _ = std::fs::remove_file(left);
            }
        }
    }
    named
}

/// A path with more at its end.
fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NEXT: (i64, &str) = (NUMBER + 1, "ALTER TABLE run ADD COLUMN note TEXT;");

    fn made() -> (tempfile::TempDir, std::path::PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("quarterdeck.db");
        drop(crate::Store::open(&file, crate::OpenMode::Create).unwrap());
        (folder, file)
    }

    #[test]
    fn an_upgrade_keeps_the_old_file_as_a_backup() {
        let (folder, file) = made();
        let backup = folder.path().join("before.db");
        let steps = [&STEPS[..], &[NEXT]].concat();
        assert_eq!(
            upgrade_by(&file, &backup, &steps).unwrap(),
            Upgrade {
                from: NUMBER,
                to: NUMBER + 1
            }
        );
        assert_eq!(
            state(&Connection::open(&file).unwrap()).unwrap(),
            State::Schema(NUMBER + 1)
        );
        assert_eq!(
            state(&Connection::open(&backup).unwrap()).unwrap(),
            State::Schema(NUMBER)
        );
        // This program is now the older one.
        let error = crate::Store::open(&file, crate::OpenMode::ReadWrite).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Newer);
        let again = folder.path().join("again.db");
        assert_eq!(
            upgrade_by(&file, &again, &steps).unwrap(),
            Upgrade {
                from: NUMBER + 1,
                to: NUMBER + 1
            }
        );
        assert!(!again.exists());
    }

    #[test]
    fn a_step_that_fails_changes_nothing() {
        let (folder, file) = made();
        let backup = folder.path().join("before.db");
        let broken = (
            NUMBER + 1,
            "CREATE TABLE half (a); ALTER TABLE nowhere ADD COLUMN b TEXT;",
        );
        let steps = [&STEPS[..], &[broken]].concat();
        assert!(upgrade_by(&file, &backup, &steps).is_err());
        drop(crate::Store::open(&file, crate::OpenMode::ReadWrite).unwrap());
        let error = upgrade_by(&file, &backup, &steps).unwrap_err();
        assert_eq!(error.message().id, "store-backup-exists");
    }
}
