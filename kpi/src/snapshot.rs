//! Everything that was known at one moment: the only input of an assessment.

use crate::exceptions::Handled;
use crate::finding::Finding;
use crate::money::MoneyLine;
use crate::observation::{Observation, Recorded};
use crate::register::Register;
use crate::source::SourceState;
use chrono::{DateTime, Utc};

/// What was recorded by `as_of`, with the register of that moment.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Snapshot {
    /// The moment.
    pub as_of: DateTime<Utc>,
    /// The register version in force then.
    pub register: Register,
    /// Every reading recorded by then, superseded and withdrawn ones included, by sequence;
    /// published figures of the register included.
    pub observations: Vec<Recorded<Observation>>,
    /// Readings that later ones of their figures replaced are not among `observations`: enough to assess, not
    /// enough to tell a figure's history.
    pub left_out: bool,
    /// Every money line recorded by then.
    pub money: Vec<Recorded<MoneyLine>>,
    /// Findings recorded while collecting, latest of each id.
    pub findings: Vec<Finding>,
    /// Sources and their attempts.
    pub sources: Vec<SourceState>,
    /// Exceptions that people said they dealt with by then, oldest first.
    pub handled: Vec<Handled>,
}

impl Snapshot {
    /// Puts what the register carries before the rows of the database, which are not copied for it.
    pub fn with_register_rows(&mut self) {
        let (published, money) = (&self.register.published, &self.register.money);
        self.observations.reserve_exact(published.len());
        self.observations.splice(0..0, published.iter().cloned());
        self.money.reserve_exact(money.len());
        self.money.splice(0..0, money.iter().cloned());
    }
}
