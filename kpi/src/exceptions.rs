//! Order of the exceptions list (例外清單): money at stake × points off × (1 + quarters old).

use crate::message::Message;
use crate::status::Status;
use rust_decimal::Decimal;

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
}
