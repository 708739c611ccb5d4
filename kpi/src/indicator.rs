//! Key performance indicators (關鍵績效指標) as monitoring and evaluation defines them.

use crate::address::SeriesId;
use crate::message::Message;
use crate::target::{Baseline, Target, Trajectory};
use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// The indicator by which rows of the register without printed figures report their cumulative progress.
pub const REPORTED_PROGRESS: &str = "reported-progress";

/// What kind of quantity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)]
pub enum Kind {
    Amount,
    Ratio,
    Count,
    Duration,
    Rank,
    Milestone,
}

/// Which way is good.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// More is better.
    Higher,
    /// Less is better.
    Lower,
    /// Inside a band is good.
    Band,
    /// Done is good (milestones).
    Done,
}

/// How several readings inside one quarter become one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Combine {
    /// The reading of the latest period.
    #[default]
    Last,
    /// Their sum (flows).
    Sum,
    /// Their mean; of ratios with parts, the ratio of the summed parts.
    Mean,
    /// The largest.
    Max,
    /// Flows added up from the start of the year.
    Cumulative,
}

/// How often a figure is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)]
pub enum Frequency {
    Month,
    #[default]
    Quarter,
    Half,
    Year,
    Once,
}

/// By which road the figure reaches us.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Road {
    /// A source file feeds it.
    Source,
    /// 人工填報: people enter it.
    Entry,
    /// Printed in a document once; nothing further is expected.
    #[default]
    Document,
    /// Computed from other series: numerator / denominator in `computed_from`.
    Computed,
}

/// Titles in both languages.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Title {
    /// Taiwan's words.
    #[serde(rename = "zh-TW")]
    pub zh_tw: String,
    /// English.
    pub en: String,
}

/// One indicator under its latest definition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Indicator {
    /// Its series, `SCOPE/NAME`; the scope says what it hangs on (programme, node, plan, portfolio).
    pub series: SeriesId,
    /// Names.
    pub title: Title,
    /// Unit id: `percent`, `count`, `ntd`, `day`, `hour`, `visit`, `person`, `rank`, `done`, ... (key `unit-…`).
    pub unit: String,
    /// What kind of quantity.
    pub kind: Kind,
    /// Which way is good.
    pub direction: Direction,
    /// Where it started.
    pub baseline: Option<Baseline>,
    /// Every target ever decided, in file order.
    pub targets: Vec<Target>,
    /// Way between targets.
    pub trajectory: Trajectory,
    /// How readings combine in a quarter.
    pub combine: Combine,
    /// Weight inside its programme; default 1.
    pub weight: Decimal,
    /// Agency that answers for it.
    pub responsible: Option<String>,
    /// Means of verification.
    pub verification: Option<String>,
    /// How often.
    pub frequency: Frequency,
    /// Days after the period's end; `None`: nobody has to report it.
    pub due_days: Option<u32>,
    /// A value older than this is stale.
    pub max_age_days: Option<u32>,
    /// By which road.
    pub road: Road,
    /// For [`Road::Computed`]: numerator and denominator series; shown × 100 when the unit is percent.
    pub computed_from: Option<(SeriesId, SeriesId)>,
    /// 1 for the first definition.
    pub definition_version: u32,
    /// Since when this definition holds: a visible break in the series.
    pub valid_from: Option<NaiveDate>,
    /// Until when.
    pub valid_to: Option<NaiveDate>,
    /// Shown beside it: an inference, a scope, "predecessor figure of dgp1".
    pub note: Option<Title>,
    /// A note of ours as a sentence (never from files).
    #[serde(skip)]
    pub remark: Option<Message>,
    /// Where it is named in the source document ("lines 29-30").
    pub place: Option<String>,
    /// The programme that a milestone of a goal or strategy belongs to.
    pub link: Option<ProgrammeLink>,
    /// A part of a whole, which lies between 0 and 100 %; `Some(false)`: may exceed it; `None`: not said.
    pub share: Option<bool>,
    /// A count since the beginning that can only grow.
    #[serde(default)]
    pub never_falls: bool,
    /// The figure is invented (demo).
    pub invented: bool,
}

impl Indicator {
    /// Whether its first value of a year, after another year's last one, counts anew. Flows are added up from the start
    /// of each year (年累計). Reported progress may count within its year or since the beginning (總累計): where it
    /// falls at the year, it began again.
    pub fn starts_again(&self, last_year: Decimal, now: Decimal) -> bool {
        match (self.frequency, self.combine) {
            // One value a year, each of the whole year.
            (Frequency::Year | Frequency::Once, _) => false,
            (_, Combine::Cumulative) => true,
            _ => self.series.name == REPORTED_PROGRESS && now < last_year,
        }
    }
}

/// A programme that carries an indicator of a framework node.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProgrammeLink {
    /// Programme id.
    pub programme: String,
    /// `named` in the document, or `presumed` by us.
    pub basis: String,
}
