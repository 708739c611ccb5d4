//! What the log says of the rows that came with an act: which they are, and a hash of what they say. A row's own sum
//! tells damage; whoever knows how it is made can make another. The log's head lies outside.

use crate::model::{HumanAct, RecordedAct};
use crate::sum::RowSum;
use quarterdeck_kpi::money::MoneyLine;
use quarterdeck_kpi::observation::{Cause, Observation, Reading, Recorded};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::ops::RangeInclusive;

/// Where it stands in an act.
const KEY: &str = "recorded";

/// The rows that an act recorded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Witness {
    first: i64,
    last: i64,
    sha256: String,
}

/// Makes a witness of rows in the order of their numbers.
#[derive(Debug, Clone)]
pub(crate) struct Witnessing {
    first: i64,
    hash: Sha256,
}

impl Witnessing {
    pub(crate) fn from(first: i64) -> Self {
        let hash = Sha256::new();
        Witnessing { first, hash }
    }
    pub(crate) fn row(&mut self, content: &[u8]) {
        self.hash.update((content.len() as u64).to_le_bytes());
        self.hash.update(content);
    }
    /// Nothing of no rows.
    pub(crate) fn end(self, next: i64) -> Option<Witness> {
        (self.first < next).then(|| Witness {
            first: self.first,
            last: next - 1,
            sha256: crate::captures::hex(&self.hash.finalize()),
        })
    }
}

impl Witness {
    /// Writes it into an act.
    pub(crate) fn put_into(&self, act: &mut HumanAct) {
        if let Ok(Value::Object(mut detail)) = serde_json::from_str(&act.detail_json) {
            detail.insert(KEY.to_owned(), json!(self));
            act.detail_json = Value::Object(detail).to_string();
        }
    }
}

/// A row of one kind or the other.
pub(crate) enum Either<'a> {
    Reading(&'a Recorded<Observation>),
    Amount(&'a Recorded<MoneyLine>),
}

impl Either<'_> {
    /// Whether a person entered it.
    pub(crate) fn is_entered(&self) -> bool {
        let cause = match self {
            Either::Reading(row) => &row.cause,
            Either::Amount(row) => &row.cause,
        };
        matches!(cause, Cause::Entry { .. })
    }
    fn summed(&self, sum: &mut RowSum) {
        match self {
            Either::Reading(row) => {
                let rejected = match &row.item.reading {
                    Reading::Rejected(message) => serde_json::to_string(message).ok(),
                    Reading::Value(_) => None,
                };
                sum.observation(row, rejected.as_deref());
            }
            Either::Amount(row) => {
                sum.money(row);
            }
        }
    }
}

/// What an act says of rows, whichever program wrote it.
#[derive(Debug, Default, Deserialize)]
struct Said {
    recorded: Option<Witness>,
    sequence: Option<i64>,
    #[serde(default)]
    sequences: Vec<i64>,
    first: Option<i64>,
    last: Option<i64>,
}

fn said(act: &RecordedAct) -> Said {
    serde_json::from_str(&act.act.detail_json).unwrap_or_default()
}

/// Numbers of acts whose rows say something else than when they were recorded, or are gone.
pub(crate) fn contradicted(acts: &[RecordedAct], rows: &BTreeMap<i64, Either<'_>>) -> Vec<i64> {
    let mut sum = RowSum::default();
    let mut holds = |witness: &Witness| {
        let mut now = Witnessing::from(witness.first);
        let mut next = witness.first;
        for (number, row) in rows.range(witness.first..=witness.last.max(witness.first)) {
            row.summed(&mut sum);
            now.row(sum.content());
            next = number.saturating_add(1);
        }
        now.end(next).as_ref() == Some(witness)
    };
    let wrong = |act: &RecordedAct| {
        let witness = said(act).recorded?;
        (!holds(&witness)).then_some(act.number)
    };
    acts.iter().filter_map(wrong).collect()
}

/// The rows that acts name.
pub(crate) fn named(acts: &[RecordedAct]) -> Vec<RangeInclusive<i64>> {
    let mut ranges = Vec::new();
    for act in acts {
        let said = said(act);
        ranges.extend(said.recorded.map(|rows| rows.first..=rows.last));
        ranges.extend(said.sequence.map(|row| row..=row));
        ranges.extend(said.sequences.into_iter().map(|row| row..=row));
        ranges.extend(said.first.zip(said.last).map(|(first, last)| first..=last));
    }
    ranges
}
