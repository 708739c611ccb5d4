//! What goes into the store and what comes out of it.

use crate::ready::PackedCapture;
use chrono::{DateTime, Utc};
use quarterdeck_kpi::finding::Finding;
use quarterdeck_kpi::money::MoneyLine;
use quarterdeck_kpi::observation::{Act, Cause, Observation, Recorded};
use quarterdeck_kpi::source::Attempt;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A run of a collection or a command that begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewRun {
    /// When.
    pub started_at: DateTime<Utc>,
    /// Id of the person, or `system`.
    pub actor: String,
    /// How sure the identity is: `os-account`, `signed`, `demo`, `system`.
    pub identity: String,
    /// The command line, without secrets.
    pub command: String,
}

/// Where the bytes of a capture are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CaptureBody {
    /// The bytes to store as they are; the store compresses them.
    Inline(Vec<u8>),
    /// What a [`crate::Packer`] made of them: they were hashed and compressed elsewhere.
    Packed(Vec<u8>),
    /// A zstd file that [`crate::CaptureFile`] made, relative to the folder of the database.
    File {
        /// With `/` between its parts.
        relative_path: String,
    },
}

/// One answer as it was fetched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewCapture {
    /// SHA-256 (hex) of the original bytes.
    pub sha256: String,
    /// SHA-256 (hex) of the stored bytes, uncompressed; differs when personal fields were blanked.
    pub stored_sha256: String,
    /// Name and version of the recipe that blanked personal fields.
    pub recipe: Option<String>,
    /// Without secrets.
    pub url: String,
    /// `GET`, `POST`, `FILE` for a drop folder, or `PACKAGE` for the manifest of a package.
    pub method: String,
    /// HTTP status.
    pub http_status: u16,
    /// Headers of the answer, without secrets.
    pub headers: Vec<(String, String)>,
    /// Address actually connected to.
    pub remote_addr: Option<String>,
    /// When.
    pub fetched_at: DateTime<Utc>,
    /// Length of the original.
    pub bytes: u64,
    /// The stored bytes.
    pub body: CaptureBody,
    /// Source id.
    pub source: String,
    /// Run it belongs to.
    pub run: Option<i64>,
}

/// That figures were taken from a capture: what the next answer to the same question is compared
/// with, and what need not be read again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Taken {
    /// The question: the filled-in address without secrets, or folder and pattern.
    pub asked: String,
    /// Fingerprint of the source file by which it was read.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub by: String,
    /// Rows of the whole answer or file.
    pub rows: u64,
    /// Whose answer it is, where the source has an address for each of many.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<String>,
}

/// A fetch as the store keeps it; its body comes from [`crate::Store::capture_body`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fetch {
    /// SHA-256 (hex) of the original bytes.
    pub sha256: String,
    /// SHA-256 (hex) of the stored bytes.
    pub stored_sha256: String,
    /// Recipe that blanked personal fields.
    pub recipe: Option<String>,
    /// Without secrets.
    pub url: String,
    /// Method.
    pub method: String,
    /// HTTP status.
    pub http_status: u16,
    /// Headers of the answer.
    pub headers: Vec<(String, String)>,
    /// Address actually connected to.
    pub remote_addr: Option<String>,
    /// When.
    pub fetched_at: DateTime<Utc>,
    /// Length of the original.
    pub bytes: u64,
    /// Source id.
    pub source: String,
    /// Run it belongs to.
    pub run: Option<i64>,
    /// File beside the database, for large bodies.
    pub file: Option<String>,
    /// Set when figures were taken from it; evidence of a refused answer has none.
    pub taken: Option<Taken>,
}

/// A row to record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewRow<T> {
    /// What.
    pub item: T,
    /// Where it came from.
    pub cause: Cause,
    /// What it does to earlier rows.
    pub act: Act,
    /// Nothing says when it was true but the moment it came: the same again, after the end of its period, is no news.
    pub undated: bool,
}

impl<T> NewRow<T> {
    /// A row that is true when its item says so.
    pub fn new(item: T, cause: Cause, act: Act) -> Self {
        Self {
            item,
            cause,
            act,
            undated: false,
        }
    }
}

/// What one load records, in one transaction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batch {
    /// Run it belongs to.
    pub run: Option<i64>,
    /// When.
    pub recorded_at: DateTime<Utc>,
    /// Id of the person, or `system`.
    pub actor: String,
    /// How sure the identity is.
    pub identity: String,
    /// Why, for corrections and withdrawals; a note for entries.
    pub reason: Option<String>,
    /// Readings.
    pub observations: Vec<NewRow<Observation>>,
    /// Money lines.
    pub money: Vec<NewRow<MoneyLine>>,
    /// Findings; those of a source replace that source's earlier ones.
    pub findings: Vec<Finding>,
    /// The attempt at a source this load came from.
    pub attempt: Option<(String, Attempt)>,
}

/// An answer with everything that was read from it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Figures, findings and the attempt.
    pub batch: Batch,
    /// What may be kept of its bytes. A capture from which nothing was taken is evidence only.
    pub captures: Vec<(NewCapture, Option<Taken>)>,
    /// The portal can be asked whether this answer has changed; the hash of what decided about it.
    pub revisit: Option<String>,
}

impl Answer {
    /// Recorded and attempted at this moment.
    #[must_use]
    pub fn recorded_at(mut self, at: DateTime<Utc>) -> Answer {
        self.batch.recorded_at = at;
        if let Some((_, attempt)) = &mut self.batch.attempt {
            attempt.at = at;
        }
        self
    }
}

/// Answers with what was read from them, made ready on other threads for the one that writes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackedAnswers {
    /// Figures of all of them.
    pub batch: Batch,
    /// What may be kept of their bytes.
    pub captures: Vec<PackedCapture>,
}

/// What [`crate::Store::record_counted`] did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recording {
    /// One sequence number a row, observations first; of the row already there when nothing changed.
    pub sequences: Vec<i64>,
    /// Rows that were new.
    pub new: usize,
}

/// Everything recorded by a moment.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Rows {
    /// Readings by sequence, superseded and withdrawn ones included.
    pub observations: Vec<Recorded<Observation>>,
    /// Money lines by sequence.
    pub money: Vec<Recorded<MoneyLine>>,
    /// Of each source those of its latest answer; without a source, the latest of each id; and
    /// one for every damaged row.
    pub findings: Vec<Finding>,
    /// By source: latest first, at most 12.
    pub attempts: BTreeMap<String, Vec<Attempt>>,
    /// By source: the latest moment its data were true.
    pub newest_data: BTreeMap<String, DateTime<Utc>>,
    /// Readings that later ones of their figures replaced were not read.
    pub left_out: bool,
}

/// One row by its sequence number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StoredRow {
    /// A reading.
    Observation(Recorded<Observation>),
    /// A money line.
    Money(Recorded<MoneyLine>),
}

/// The register's files as they were in one version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegisterVersion {
    /// 1, 2, 3, ...
    pub version: i64,
    /// When the change was noticed.
    pub recorded_at: DateTime<Utc>,
    /// Who loaded it.
    pub actor: String,
    /// How sure the identity is.
    pub identity: String,
    /// Paths relative to the workspace, and bytes.
    pub files: Vec<(String, Vec<u8>)>,
}

/// An act of a person, for the hash-chained log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HumanAct {
    /// When.
    pub at: DateTime<Utc>,
    /// Id of the person.
    pub actor: String,
    /// How sure the identity is.
    pub identity: String,
    /// `enter`, `correct`, `withdraw`, `register`, `report`, ...
    pub kind: String,
    /// Figure address, file or quarter it is about.
    pub subject: String,
    /// More about it, as JSON.
    pub detail_json: String,
}

/// The last link of the log: what gets anchored outside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// Number of acts so far.
    pub number: i64,
    /// SHA-256 (hex) over the last act and the hash before it.
    pub hash: String,
}

/// An act with its place in the chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordedAct {
    /// 1, 2, 3, ...
    pub number: i64,
    /// What was done.
    pub act: HumanAct,
    /// Hash of the act before; zeros for the first.
    pub previous: String,
    /// SHA-256 (hex) over `previous` and the act.
    pub hash: String,
}

/// What a look at the whole chain found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChainCheck {
    /// Acts read.
    pub acts: i64,
    /// The last link, if there is one.
    pub head: Option<Head>,
    /// Number of the first act that does not follow from the one before.
    pub broken_at: Option<i64>,
    /// What is wrong there.
    pub kind: Option<ChainBreak>,
}

/// What is wrong with an act of the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChainBreak {
    /// There is no act of this number, although later ones are there: it was taken out.
    Missing,
    /// What it says is not what was hashed.
    Altered,
    /// It does not follow from the act before: it was put in, or acts changed places.
    Unconnected,
}

/// How the log stands to a head that was anchored outside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Anchor {
    /// The anchored act is there with that hash and every link up to it holds.
    Holds,
    /// The log ends before the anchored act: its end was cut.
    Cut {
        /// Acts that are left.
        acts: i64,
    },
    /// The anchored act has another hash, or a link before it is broken.
    Different {
        /// Where the difference shows first.
        number: i64,
    },
}
