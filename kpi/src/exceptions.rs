//! Order of the exceptions list (例外清單): money at stake × points off × (1 + quarters old).

use crate::calendar::Quarter;
use crate::message::Message;
use crate::status::Status;
use chrono::{DateTime, Utc};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// A person's word that an exception was dealt with, from the log of acts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Handled {
    /// Programme id.
    pub programme: String,
    /// The quarter of the exception.
    pub quarter: Quarter,
    /// [`Exception::fingerprint`] at that moment: when the figures change, the word no longer holds.
    pub fingerprint: String,
    /// Why.
    pub reason: String,
    /// Id of the person.
    pub actor: String,
    /// When.
    pub at: DateTime<Utc>,
}

/// One line of the exceptions list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exception {
    /// Programme id.
    pub programme: String,
    /// Its status.
    pub status: Status,
    /// Money at stake, NT$; when the programme's is unknown, the portfolio's median.
    pub at_stake_ntd: Option<i64>,
    /// The amount is the median, marked "?".
    pub at_stake_is_median: bool,
    /// Points off, at most 100.
    pub points_off: Decimal,
    /// Quarters it has been so.
    pub quarters_old: u32,
    /// Score the list is ordered by.
    pub score: Decimal,
    /// What: the figures in one sentence.
    pub what: Message,
    /// Rule and cause.
    pub why: Message,
    /// Reason text of the agency, if any.
    pub reason: Option<String>,
    /// The rule that raised it: `worst-known@1`, or the lagging rule's id.
    pub rule: String,
    /// Stands for the figures it follows from: equal text, equal figures.
    pub fingerprint: String,
    /// The last word of a person on just these figures.
    pub handled: Option<Handled>,
}

/// What decides an exception's place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Weight {
    /// Money at stake, NT$.
    pub at_stake_ntd: Option<i64>,
    /// Points off, capped at 100 here.
    pub points_off: Decimal,
    /// Quarters it has been so before this one.
    pub quarters_old: u32,
}

impl Weight {
    /// Money at stake × points off × (1 + quarters old). Where nobody's money is known it counts as 1, so that
    /// the points still order the list.
    ///
    /// ```
    /// use quarterdeck_kpi::{exceptions::Weight, Decimal};
    /// let weight = Weight { at_stake_ntd: Some(28_132_000), points_off: Decimal::new(2880, 2), quarters_old: 1 };
    /// assert_eq!(weight.score(), Decimal::from(1_620_403_200));
    /// ```
    pub fn score(&self) -> Decimal {
        let stake = Decimal::from(self.at_stake_ntd.unwrap_or(1).max(0));
        let points = self.points_off.clamp(Decimal::ZERO, Decimal::ONE_HUNDRED);
        let age = Decimal::from(u64::from(self.quarters_old) + 1);
        stake
            .checked_mul(points)
            .and_then(|product| product.checked_mul(age))
            .unwrap_or(Decimal::MAX)
    }
}

/// The list's order: highest score first, ties by id.
pub fn order(exceptions: &mut [Exception]) {
    exceptions.sort_by(|a, b| {
        b.score
            .cmp(&a.score)
            .then_with(|| a.programme.cmp(&b.programme))
    });
}

/// The middle amount; of an even count the lower of the two middle ones, which is an amount somebody has.
pub fn median(mut amounts: Vec<i64>) -> Option<i64> {
    amounts.sort_unstable();
    amounts.get(amounts.len().checked_sub(1)? / 2).copied()
}
