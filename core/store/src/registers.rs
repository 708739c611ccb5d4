//! The register's history: every changed set of workspace files is a version.

use crate::captures::sha256_hex;
use crate::dictionary::instant;
use crate::error::{ErrorKind, StoreError};
use crate::model::RegisterVersion;
use crate::moment::not_before;
use crate::queries;
use crate::store::{Commit, Store};
use crate::unpack::Unpack;
use chrono::{DateTime, Utc};
use rusqlite::{Connection, OptionalExtension, Row, params};
use sha2::{Digest, Sha256};

/// Version, time, actor, identity.
fn version(row: &Row<'_>) -> rusqlite::Result<RegisterVersion> {
    Ok(RegisterVersion {
        version: row.get(0)?,
        recorded_at: instant(row.get(1)?).unwrap_or_default(),
        actor: row.get(2)?,
        identity: row.get(3)?,
        files: Vec::new(),
    })
}

/// A file through the versions: since when, and its bytes from then on.
pub type FileHistory = Vec<(DateTime<Utc>, Option<Vec<u8>>)>;

/// A file of the register as it was from a moment on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileSince {
    /// Relative to the workspace.
    pub path: String,
    /// SHA-256 (hex) of its bytes.
    pub sha256: String,
    /// Time of the first version that had it with these bytes.
    pub since: DateTime<Utc>,
}

/// A file of the register: path, hash, bytes.
type Hashed<'a> = (&'a str, String, &'a [u8]);

/// Every file with its hash in order of path, and the hash of the set.
fn hashes(files: &[(String, Vec<u8>)]) -> (Vec<Hashed<'_>>, String) {
    let mut hashed: Vec<Hashed<'_>> = files
        .iter()
        .map(|(path, bytes)| (path.as_str(), sha256_hex(bytes), bytes.as_slice()))
        .collect();
    hashed.sort_unstable();
    let mut set = Sha256::new();
    for (path, hash, _) in &hashed {
        set.update((path.len() as u64).to_le_bytes());
        set.update(path.as_bytes());
        set.update(hash.as_bytes());
    }
    let set = crate::captures::hex(&set.finalize());
    (hashed, set)
}

/// Largest file of a register, unpacked; the workspace refuses to read larger ones.
const LARGEST: usize = 4 << 20;

/// Number and hash of the last version.
fn last(connection: &Connection) -> rusqlite::Result<Option<(i64, String)>> {
    connection
        .query_row(queries::REGISTER_LAST, [], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
        .optional()
}

impl Store {
    /// Whether these very files are the last version. Nothing is unpacked for it.
    pub fn register_is(&self, files: &[(String, Vec<u8>)]) -> Result<bool, StoreError> {
        let (_, set) = hashes(files);
        self.read(|connection, _| Ok(last(connection)?.is_some_and(|(_, known)| known == set)))
    }

    /// Appends a version when the set of files differs from the last one; `None` when it does not.
    pub fn record_register(
        &mut self,
        files: &[(String, Vec<u8>)],
        actor: &str,
        identity: &str,
        at: DateTime<Utc>,
    ) -> Result<Option<i64>, StoreError> {
        let (hashed, set) = hashes(files);
        // Looked at without a transaction first: usually nothing changed.
        if self
            .read(|connection, _| Ok(last(connection)?))?
            .is_some_and(|(_, known)| known == set)
        {
            return Ok(None);
        }
        self.write(Commit::Durable, |transaction, _| {
            let at = not_before(transaction, at)?;
            let number = match last(transaction)? {
                Some((_, known)) if known == set => return Ok(None),
                Some((number, _)) => number + 1,
                None => 1,
            };
            transaction
                .prepare_cached(queries::INSERT_REGISTER_VERSION)?
                .insert(params![number, at.timestamp_micros(), actor, identity, set])?;
            for (path, hash, bytes) in &hashed {
                let known: Option<i64> = transaction
                    .prepare_cached(queries::REGISTER_BODY_ID)?
                    .query_row([hash], |row| row.get(0))
                    .optional()?;
                let body = match known {
                    Some(body) => body,
                    None => {
                        let packed = zstd::bulk::compress(bytes, 3).map_err(|error| {
                            rusqlite::Error::ToSqlConversionFailure(error.into())
                        })?;
                        transaction
                            .prepare_cached(queries::INSERT_REGISTER_BODY)?
                            .insert(params![hash, packed])?
                    }
                };
                transaction
                    .prepare_cached(queries::INSERT_REGISTER_FILE)?
                    .execute(params![number, path, body])?;
            }
            Ok(Some(number))
        })
    }

    /// The register as it was at a moment, its bytes checked; `None` before the first version.
    pub fn register_as_of(
        &self,
        as_of: DateTime<Utc>,
    ) -> Result<Option<RegisterVersion>, StoreError> {
        self.register_by(queries::REGISTER_AS_OF, as_of.timestamp_micros())
    }

    /// One version by its number, its bytes checked.
    pub fn register_version(&self, number: i64) -> Result<Option<RegisterVersion>, StoreError> {
        self.register_by(queries::REGISTER_VERSION, number)
    }

    /// Whether a version is there with the files that its hash stands for.
    pub(crate) fn register_holds(&self, number: i64) -> Result<bool, StoreError> {
        let set: Option<String> = self.read(|connection, _| {
            Ok(connection
                .query_row(queries::REGISTER_SET, [number], |row| row.get(0))
                .optional()?)
        })?;
        let version = self.register_version(number).ok().flatten();
        let now = version.map(|version| hashes(&version.files).1);
        Ok(now.is_some() && now == set)
    }

    /// Every file that any version recorded by a moment had: its path, the hash of its bytes, and since
    /// when it was there like that.
    pub fn register_history(&self, until: DateTime<Utc>) -> Result<Vec<FileSince>, StoreError> {
        self.read(|connection, _| {
            let mut statement = connection.prepare_cached(queries::REGISTER_HISTORY)?;
            let files: rusqlite::Result<Vec<FileSince>> = statement
                .query_map([until.timestamp_micros()], |row| {
                    Ok(FileSince {
                        path: row.get(0)?,
                        sha256: row.get(1)?,
                        since: instant(row.get(2)?).unwrap_or_default(),
                    })
                })?
                .collect();
            Ok(files?)
        })
    }

    /// The bytes of files of the register by their hashes, in their order, checked; `None` for one that
    /// is not there.
    pub fn register_bodies(&self, sha256: &[&str]) -> Result<Vec<Option<Vec<u8>>>, StoreError> {
        let packed = self.read(|connection, _| {
            let mut statement = connection.prepare_cached(queries::REGISTER_BODY)?;
            let mut body = |hash: &&str| statement.query_row([hash], |row| row.get(0)).optional();
            let found: rusqlite::Result<Vec<Option<Vec<u8>>>> =
                sha256.iter().map(&mut body).collect();
            Ok(found?)
        })?;
        let mut unpack = Unpack::default();
        let bodies = packed.into_iter().zip(sha256);
        bodies
            .map(|(body, hash)| {
                body.map(|body| self.unpacked(&mut unpack, hash, hash, &body))
                    .transpose()
            })
            .collect()
    }

    fn unpacked(
        &self,
        unpack: &mut Unpack,
        path: &str,
        sha256: &str,
        packed: &[u8],
    ) -> Result<Vec<u8>, StoreError> {
        match unpack.all(packed, LARGEST) {
            Some(bytes) if sha256_hex(&bytes) == sha256 => Ok(bytes),
            _ => Err(StoreError::new(ErrorKind::Corrupt, self.path(), path)),
        }
    }

    fn register_by(&self, sql: &str, by: i64) -> Result<Option<RegisterVersion>, StoreError> {
        let found = self.read(|connection, _| {
            let head = connection.query_row(sql, [by], version).optional()?;
            let Some(head) = head else {
                return Ok(None);
            };
            let mut statement = connection.prepare_cached(queries::REGISTER_FILES)?;
            let files: rusqlite::Result<Vec<(String, String, Vec<u8>)>> = statement
                .query_map([head.version], |row| {
                    Ok((row.get(0)?, row.get(1)?, row.get(2)?))
                })?
                .collect();
            Ok(Some((head, files?)))
        })?;
        let Some((mut head, packed)) = found else {
            return Ok(None);
        };
        let mut unpack = Unpack::default();
        for (path, hash, body) in packed {
            let bytes = self.unpacked(&mut unpack, &path, &hash, &body)?;
            head.files.push((path, bytes));
        }
        Ok(Some(head))
    }

    /// One file through the versions, oldest first: since when, and the bytes it had from then on;
    /// `None` where it is not there or does not match its hash. Versions that left it as it was are
    /// passed over.
    pub fn register_file_history(&self, path: &str) -> Result<FileHistory, StoreError> {
        type Found = (i64, Option<String>, Option<Vec<u8>>);
        let found = self.read(|connection, _| {
            let mut statement = connection.prepare_cached(queries::REGISTER_FILE_HISTORY)?;
            let mut rows = statement.query([path])?;
            let mut found: Vec<Found> = Vec::new();
            while let Some(row) = rows.next()? {
                let (at, hash): (i64, Option<String>) = (row.get(0)?, row.get(1)?);
                // A body is read only where it is another than before.
                if found.last().is_none_or(|(_, known, _)| *known != hash) {
                    found.push((at, hash, row.get(2)?));
                }
            }
            Ok(found)
        })?;
        let unpacked = |(at, hash, body): Found| {
            let bytes = body.and_then(|body| zstd::stream::decode_all(body.as_slice()).ok());
            let bytes = bytes.filter(|bytes| hash.is_some_and(|hash| sha256_hex(bytes) == hash));
            (instant(at).unwrap_or_default(), bytes)
        };
        Ok(found.into_iter().map(unpacked).collect())
    }

    /// Every version, oldest first, without its files.
    pub fn register_versions(&self) -> Result<Vec<RegisterVersion>, StoreError> {
        self.read(|connection, _| {
            let mut statement = connection.prepare_cached(queries::REGISTER_VERSIONS)?;
            let versions: rusqlite::Result<Vec<RegisterVersion>> =
                statement.query_map([], version)?.collect();
            Ok(versions?)
        })
    }
}
