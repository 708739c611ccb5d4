//! What the faces show of sign-off: the state of the shown quarter, the published ones, the last acts.

use chrono::{DateTime, Utc};
use quarterdeck_kpi::calendar::Quarter;
use quarterdeck_kpi::message::Message;
use quarterdeck_kpi::signoff::{Proof, SignOff, Step};

/// A quarter that somebody signed, for the list of reports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedQuarter {
    /// The quarter.
    pub quarter: Quarter,
    /// The last step that was taken.
    pub step: Step,
    /// Id of the person who took it.
    pub person: String,
    /// When.
    pub at: DateTime<Utc>,
    /// SHA-256 (hex) of the list of payload files of a published one.
    pub manifest_sha256: Option<String>,
    /// The log's head after it: number and hash.
    pub head: (i64, String),
    /// Folder of a published one; `None` when it is not in its place.
    pub folder: Option<String>,
}

/// A line of the log of people's acts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActLine {
    /// Number in the log.
    pub number: i64,
    /// When.
    pub at: DateTime<Utc>,
    /// Id of the person.
    pub person: String,
    /// `accept`, `prepare`, `enter`, ...
    pub kind: String,
    /// Figure, item or quarter.
    pub subject: String,
    /// Whether a key vouches for it.
    pub proof: Proof,
}

/// Sign-off as the faces show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signing {
    /// The shown quarter.
    pub state: SignOff,
    /// Why the next step cannot be taken now by the person at the keyboard.
    pub refusal: Option<Message>,
    /// Why items cannot be accepted now.
    pub cannot_accept: Option<Message>,
    /// Quarters with a signature, newest first.
    pub quarters: Vec<SignedQuarter>,
    /// The last acts, newest first.
    pub acts: Vec<ActLine>,
    /// How many acts there are, and the first that does not hold.
    pub log: (usize, Option<i64>),
}
