//! A look at everything that is stored: every row against its checksum, every body against its
//! hash, the log against itself.

use crate::dictionary::lossy;
use crate::error::StoreError;
use crate::model::{ChainCheck, Fetch, Rows};
use crate::queries;
use crate::read::all;
use crate::store::Store;
use crate::witness::{self, Either};
use chrono::{DateTime, Utc};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::io::Read;

/// What a look at the whole database found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct StoreCheck {
    /// What SQLite itself finds wrong with its file; empty when nothing is.
    pub file: Vec<String>,
    /// Readings and money lines read.
    pub rows: u64,
    /// Sequence numbers of rows that do not match their checksum.
    pub bad_rows: Vec<i64>,
    /// First and last number of rows that are not there.
    pub missing_rows: Vec<(i64, i64)>,
    /// Bodies of captures and evidence read.
    pub bodies: u64,
    /// Bodies that were dropped by a person's act.
    pub dropped: u64,
    /// Bytes of bodies read, unpacked.
    pub bytes: u64,
    /// Hashes whose bytes are missing or others.
    pub bad_bodies: Vec<String>,
    /// Numbers of register versions that are not there, or whose files are not those of their hash.
    pub bad_registers: Vec<i64>,
    /// Numbers of acts whose rows are gone, or say something else than when they were recorded.
    pub contradicted_acts: Vec<i64>,
    /// First and last number of rows that people are to have entered, and that no act of the log names.
    pub unnamed_rows: Vec<(i64, i64)>,
    /// The log of people's acts.
    pub chain: Option<ChainCheck>,
}

impl StoreCheck {
    /// Nothing is wrong.
    pub fn holds(&self) -> bool {
        self.file.is_empty()
            && self.bad_rows.is_empty()
            && self.missing_rows.is_empty()
            && self.bad_bodies.is_empty()
            && self.bad_registers.is_empty()
            && self.contradicted_acts.is_empty()
            && self.unnamed_rows.is_empty()
            && self
                .chain
                .as_ref()
                .is_none_or(|chain| chain.broken_at.is_none())
    }
}

impl Store {
    /// Reads everything and says what does not hold.
    pub fn check(&self) -> Result<StoreCheck, StoreError> {
        let mut found = self.check_rows()?;
        self.captures_into(&mut found)?;
        Ok(found)
    }

    /// The bodies of captures alone: each against its hash.
    pub fn check_bodies(&self) -> Result<StoreCheck, StoreError> {
        let mut found = StoreCheck::default();
        self.captures_into(&mut found)?;
        Ok(found)
    }

    fn captures_into(&self, found: &mut StoreCheck) -> Result<(), StoreError> {
        // Only what no figure rests on is ever dropped.
        let gone = self.hashes(queries::NEEDED_AND_GONE)?;
        for sha256 in self.hashes(queries::CAPTURES)? {
            if gone.contains(&sha256) {
                found.bad_bodies.push(sha256);
                continue;
            }
            if self.is_pruned(&sha256)? {
                found.dropped += 1;
                continue;
            }
            found.bodies += 1;
            match self.hashed(&sha256) {
                Ok(bytes) => found.bytes += bytes,
                Err(()) => found.bad_bodies.push(sha256),
            }
        }
        Ok(())
    }

    /// The same without the bodies of captures, which may lie beside the database.
    pub fn check_rows(&self) -> Result<StoreCheck, StoreError> {
        let mut found = StoreCheck {
            file: self.file_problems()?,
            ..StoreCheck::default()
        };
        let rows = self.rows_as_of(DateTime::<Utc>::MAX_UTC)?;
        let readings = rows
            .observations
            .iter()
            .map(|row| (row.sequence, row.intact));
        let money = rows.money.iter().map(|row| (row.sequence, row.intact));
        let mut numbers: Vec<(i64, bool)> = readings.chain(money).collect();
        numbers.sort_unstable();
        found.rows = numbers.len() as u64;
        let mut expected = 1;
        for (number, intact) in numbers {
            if number > expected {
                found.missing_rows.push((expected, number - 1));
            }
            expected = number.saturating_add(1);
            if !intact {
                found.bad_rows.push(number);
            }
        }
        for sha256 in self.hashes(queries::EVIDENCE_HASHES)? {
            found.bodies += 1;
            match self.evidence(&sha256) {
                Ok(Some((_, bytes))) => found.bytes += bytes.len() as u64,
                _ => found.bad_bodies.push(sha256),
            }
        }
        let mut next = 1;
        for version in self.register_versions()? {
            found.bad_registers.extend(next..version.version);
            next = version.version.saturating_add(1);
            if !self.register_holds(version.version)? {
                found.bad_registers.push(version.version);
            }
        }
        self.check_acts(&rows, &mut found)?;
        found.chain = Some(self.verify_chain()?);
        Ok(found)
    }

    /// What the log says of rows against the rows.
    fn check_acts(&self, rows: &Rows, found: &mut StoreCheck) -> Result<(), StoreError> {
        let acts = self.acts()?;
        let readings = rows.observations.iter();
        let readings = readings.map(|row| (row.sequence, Either::Reading(row)));
        let amounts = rows.money.iter();
        let amounts = amounts.map(|row| (row.sequence, Either::Amount(row)));
        let by_number: BTreeMap<i64, Either<'_>> = readings.chain(amounts).collect();
        found.contradicted_acts = witness::contradicted(&acts, &by_number);
        let named = witness::named(&acts);
        let is_unnamed = |number: &i64| !named.iter().any(|rows| rows.contains(number));
        let entered = by_number.iter().filter(|(_, row)| row.is_entered());
        for number in entered.map(|(number, _)| *number).filter(is_unnamed) {
            match found.unnamed_rows.last_mut() {
                Some((_, last)) if *last + 1 == number => *last = number,
                _ => found.unnamed_rows.push((number, number)),
            }
        }
        Ok(())
    }

    /// Length of a stored body, if its bytes have their hash.
    fn hashed(&self, sha256: &str) -> Result<u64, ()> {
        let mut reader = self.capture_reader(sha256).map_err(|_| ())?.ok_or(())?;
        let (mut hash, mut length) = (Sha256::new(), 0);
        let mut buffer = vec![0; 256 * 1024];
        loop {
            match reader.read(&mut buffer).map_err(|_| ())? {
                0 => break,
                read => {
                    hash.update(&buffer[..read]);
                    length += read as u64;
                }
            }
        }
        if crate::captures::hex(&hash.finalize()) == sha256 {
            Ok(length)
        } else {
            Err(())
        }
    }

    fn hashes(&self, sql: &str) -> Result<Vec<String>, StoreError> {
        self.read(|connection, _| {
            let found = all(connection, sql, [], |row| lossy(row, 0))?;
            Ok(found.into_iter().flatten().collect())
        })
    }

    /// What SQLite's own check says, at most ten lines.
    fn file_problems(&self) -> Result<Vec<String>, StoreError> {
        let lines = self.read(|connection, _| {
            Ok(all(connection, "PRAGMA integrity_check(10)", [], |row| {
                lossy(row, 0)
            })?)
        });
        match lines {
            Ok(lines) => Ok(lines
                .into_iter()
                .flatten()
                .filter(|line| line != "ok")
                .collect()),
            Err(error) => Ok(vec![error.to_string()]),
        }
    }

    /// The number of the last row; 0 while there is none.
    pub fn last_row(&self) -> Result<i64, StoreError> {
        self.read(
            |connection, _| Ok(connection.query_row(queries::LAST_ROW, [], |row| row.get(0))?),
        )
    }

    /// Every fetch that was stored, oldest first.
    pub fn all_fetches(&self) -> Result<Vec<Fetch>, StoreError> {
        self.read(|connection, _| {
            let found: rusqlite::Result<Vec<Fetch>> =
                all(connection, queries::ALL_FETCHES, [], crate::captures::fetch)?
                    .into_iter()
                    .collect();
            Ok(found?)
        })
    }
}
