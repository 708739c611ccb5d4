//! Dropping the bodies of answers that no figure rests on. What stays: hash, every fetch with its
//! headers, a line that says when, and the act of the person who did it.

use crate::acts;
use crate::dictionary::lossy;
use crate::error::StoreError;
use crate::model::{Head, HumanAct};
use crate::queries;
use crate::read::{Columns, all};
use crate::store::{Commit, Store};
use rusqlite::params;
use std::path::PathBuf;

/// A body that may be dropped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unneeded {
    id: i64,
    /// SHA-256 (hex) of the stored bytes.
    pub sha256: String,
    /// Its file beside the database, if it has one.
    pub path: Option<String>,
    /// Bytes that it takes, packed.
    pub bytes: u64,
}

impl Store {
    /// Bodies that no row, recorded at any time, rests on, and that no question to a portal needs:
    /// answers that were refused, and those that said what was known already. The last answer of
    /// each source always stays.
    pub fn unneeded_captures(&self) -> Result<Vec<Unneeded>, StoreError> {
        let mut found = self.read(|connection, _| {
            Ok(all(connection, queries::UNNEEDED_CAPTURES, [], |row| {
                let mut columns = Columns::of(row);
                Unneeded {
                    id: columns.int(0),
                    sha256: columns.text(1),
                    path: columns.maybe_text(2),
                    bytes: columns.int(3).unsigned_abs(),
                }
            })?)
        })?;
        for one in &mut found {
            if let Some(place) = one.path.as_deref().and_then(|path| self.beside(path)) {
                one.bytes = std::fs::metadata(place).map_or(0, |file| file.len());
            }
        }
        Ok(found)
    }

    /// Drops bodies, with the act in the log: all of it happens, or nothing. Files go last; those
    /// that a cut-off run left are taken away by the next.
    pub fn prune(&mut self, captures: &[Unneeded], act: &HumanAct) -> Result<Head, StoreError> {
        let signer = self.signer();
        let head = self.write(Commit::Durable, |transaction, _| {
            let head = acts::append(transaction, signer.as_deref(), act, false)?;
            let at = act.at.timestamp_micros();
            for one in captures {
                let bytes = i64::try_from(one.bytes).unwrap_or(i64::MAX);
                transaction
                    .prepare_cached(queries::INSERT_PRUNED)?
                    .insert(params![one.id, at, head.number, bytes])?;
                transaction
                    .prepare_cached(queries::EMPTY_CAPTURE)?
                    .execute([one.id])?;
            }
            Ok(head)
        })?;
        let pruned = self.read(|connection, _| {
            Ok(all(connection, queries::PRUNED_FILES, [], |row| {
                lossy(row, 0)
            })?)
        })?;
        for sha256 in pruned.into_iter().flatten() {
            if let Some(place) = self.beside(&format!("captures/{}/{sha256}.zst", &sha256[..2])) {
                let _ = std::fs::remove_file(place);
            }
        }
        Ok(head)
    }

    fn beside(&self, relative: &str) -> Option<PathBuf> {
        Some(self.folder().join(crate::captures::plain_path(relative)?))
    }
}
