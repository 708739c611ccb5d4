//! How a source of figures is doing, as people ask: is it answering, how old is its data.

use crate::message::Message;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// Outcome of one attempt to collect a source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Figures were stored.
    Good,
    /// Stored, with findings.
    Partial,
    /// Answered, but what it sent was refused.
    Rejected,
    /// Did not answer.
    Failed,
}

impl Outcome {
    /// Word for the store and JSON.
    pub fn id(self) -> &'static str {
        match self {
            Outcome::Good => "good",
            Outcome::Partial => "partial",
            Outcome::Rejected => "rejected",
            Outcome::Failed => "failed",
        }
    }
    /// The outcome behind a word.
    pub fn from_id(id: &str) -> Option<Outcome> {
        [
            Outcome::Good,
            Outcome::Partial,
            Outcome::Rejected,
            Outcome::Failed,
        ]
        .into_iter()
        .find(|o| o.id() == id)
    }
}

/// One attempt, in few words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempt {
    /// Run id.
    pub run: i64,
    /// When.
    pub at: DateTime<Utc>,
    /// Outcome.
    pub outcome: Outcome,
    /// Rows read.
    pub rows: u64,
    /// Milliseconds of the whole exchange.
    pub elapsed_ms: u64,
    /// What was wrong, or what was noticed.
    pub message: Option<Message>,
    /// End of validity of the certificate that the server showed; none where it is not known.
    #[serde(default)]
    pub certificate_not_after: Option<DateTime<Utc>>,
}

/// A certificate that ends in fewer days is worth a word.
pub const CERTIFICATE_SOON_DAYS: i64 = 30;

/// Whole days from a moment until a certificate ends; under zero when it has.
pub fn days_until(not_after: DateTime<Utc>, now: DateTime<Utc>) -> i64 {
    (not_after - now).num_seconds().div_euclid(86_400)
}

/// A source with its last attempts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceState {
    /// Source id (file name without `.toml`).
    pub id: String,
    /// `json`, `csv`, `datastore`, `file`.
    pub kind: String,
    /// Origin and path, without secrets; folder for `file`.
    pub place: String,
    /// Series it feeds.
    pub feeds: Vec<String>,
    /// `daily`, `hourly`, `quarterly`, `cron: 0 6 * * 1`, `quarter+20d`, ...
    pub schedule: String,
    /// When it is asked next by its schedule, its limit and its portal; in the past when it is due.
    /// None when only people ask, and in a view of an earlier moment.
    #[serde(default)]
    pub next_run: Option<DateTime<Utc>>,
    /// Calls its portal still allows in the 24 hours that end now; none without such a limit.
    #[serde(default)]
    pub calls_left_today: Option<u32>,
    /// It is not collected, for this reason.
    #[serde(default)]
    pub disabled: Option<String>,
    /// Its data are too old after this.
    pub max_age_days: Option<u32>,
    /// Licence of the data.
    pub licence: Option<String>,
    /// Whom the report names.
    pub attribution: Option<String>,
    /// Latest first, at most 12.
    pub attempts: Vec<Attempt>,
    /// Latest day its data were true.
    pub newest_data: Option<DateTime<Utc>>,
}

impl SourceState {
    /// End of validity of the certificate that its server showed last.
    pub fn certificate_not_after(&self) -> Option<DateTime<Utc>> {
        let answered = |a: &&Attempt| {
            a.certificate_not_after.is_some() || !matches!(a.outcome, Outcome::Failed)
        };
        self.attempts
            .iter()
            .find(answered)
            .and_then(|attempt| attempt.certificate_not_after)
    }
}
