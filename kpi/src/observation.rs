//! One reading of one series, as it was received, and what caused it to be recorded.

use crate::address::SeriesId;
use crate::calendar::{Period, taipei_day};
use crate::message::Message;
use chrono::{DateTime, Utc};
use ecow::EcoString;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// What a printed number claims: "> 43,000" is a bound, not a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Qualifier {
    /// =
    #[default]
    Exact,
    /// ≥
    AtLeast,
    /// >
    MoreThan,
    /// ≤
    AtMost,
    /// <
    LessThan,
    /// ≈
    About,
}

impl Qualifier {
    /// Every qualifier.
    pub const ALL: [Qualifier; 6] = [
        Qualifier::Exact,
        Qualifier::AtLeast,
        Qualifier::MoreThan,
        Qualifier::AtMost,
        Qualifier::LessThan,
        Qualifier::About,
    ];

    /// The sign as printed; `=` for an exact value.
    pub fn sign(self) -> &'static str {
        match self {
            Qualifier::Exact => "=",
            Qualifier::AtLeast => "≥",
            Qualifier::MoreThan => ">",
            Qualifier::AtMost => "≤",
            Qualifier::LessThan => "<",
            Qualifier::About => "≈",
        }
    }

    /// The qualifier behind a sign.
    pub fn from_sign(sign: &str) -> Option<Qualifier> {
        Qualifier::ALL.into_iter().find(|q| q.sign() == sign)
    }
}

/// How settled a value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// 初步值
    Provisional,
    /// 修正值
    Revised,
    /// 確定值
    #[default]
    Final,
}

impl Stage {
    /// Word for files and JSON.
    pub fn id(self) -> &'static str {
        match self {
            Stage::Provisional => "provisional",
            Stage::Revised => "revised",
            Stage::Final => "final",
        }
    }
    /// The stage behind a word.
    pub fn from_id(id: &str) -> Option<Stage> {
        [Stage::Provisional, Stage::Revised, Stage::Final]
            .into_iter()
            .find(|s| s.id() == id)
    }
}

/// The value of a reading, or why what was received is not one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reading {
    /// An exact decimal in the series' unit (75.3 for 75.3 %).
    Value(Decimal),
    /// 退回: what was received did not pass a check; `Observation::printed` keeps it.
    Rejected(Message),
}

/// Numerator and denominator of a ratio, kept with it for ever.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Parts {
    /// What is counted, for example gold data sets.
    pub numerator: Decimal,
    /// Out of what, for example all data sets, blanks included.
    pub denominator: Decimal,
}

/// One reading of a series for a period.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Observation {
    /// Which series, for example `P01/gold-share`, `P12/progress.actual`, `P06/task.1`, `P12/risk`.
    pub series: SeriesId,
    /// The period it speaks of.
    pub period: Period,
    /// The value or the reason it was refused.
    pub reading: Reading,
    /// The text as received, where it differs from the canonical form of the value.
    pub printed: Option<String>,
    /// =, ≥, >, ≤, <, ≈
    pub qualifier: Qualifier,
    /// 初步 / 修正 / 確定
    pub stage: Stage,
    /// Unit id, for example `percent`, `count`, `ntd`.
    pub unit: EcoString,
    /// Parts of a ratio.
    pub parts: Option<Parts>,
    /// When the value was true at its origin (the day of the data, not of our reading).
    pub observed_at: DateTime<Utc>,
    /// Version of the indicator's definition it was read under.
    pub definition_version: u32,
}

impl Observation {
    /// The value, if it was not refused.
    pub fn value(&self) -> Option<Decimal> {
        match self.reading {
            Reading::Value(value) => Some(value),
            Reading::Rejected(_) => None,
        }
    }
    /// Days after the end of its period on which the value was seen: more than 0 for one that names no day in it.
    pub fn days_after_period(&self) -> i64 {
        (taipei_day(self.observed_at) - self.period.end)
            .num_days()
            .max(0)
    }
}

/// What caused a row to be recorded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// Read from a raw answer: SHA-256 of the original (hex), and where inside it.
    Capture {
        /// SHA-256 of the original bytes, hex.
        sha256: EcoString,
        /// Source that fetched it.
        source: EcoString,
        /// JSONPath, or column and filter, that led to the value.
        at: EcoString,
    },
    /// Entered by a person, perhaps with an evidence file.
    Entry {
        /// SHA-256 (hex) of the evidence file and its name.
        evidence: Option<(String, String)>,
    },
    /// Printed in a document and carried by the register.
    Document {
        /// Title of the document.
        title: String,
        /// Lines or page.
        place: String,
    },
}

impl Cause {
    /// Id of the source that fetched the answer the row was read from.
    pub fn source(&self) -> Option<&str> {
        match self {
            Cause::Capture { source, .. } => Some(source),
            Cause::Entry { .. } | Cause::Document { .. } => None,
        }
    }
}

/// What a row does to earlier ones. Rows are never changed or deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Act {
    /// A first or a newer reading; the latest recorded one for a series and period counts.
    Record,
    /// 更正: replaces the row with this sequence number, for a reason.
    Correct(i64),
    /// 撤回: takes the row with this sequence number out; the one before it counts again.
    Withdraw(i64),
}

/// A row of the store with its provenance.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recorded<T> {
    /// Monotonic number; breaks ties when a clock goes back.
    pub sequence: i64,
    /// When the store took it (UTC).
    pub recorded_at: DateTime<Utc>,
    /// Run of a collection it belongs to.
    pub run: Option<i64>,
    /// Id of the person, or `system`.
    pub actor: EcoString,
    /// How sure the identity is: `os-account`, `signed`, `demo`, `system`.
    pub identity: EcoString,
    /// Why, for corrections and withdrawals; a note for entries.
    pub reason: Option<EcoString>,
    /// Where it came from.
    pub cause: Cause,
    /// What it does to earlier rows.
    pub act: Act,
    /// The row's own checksum matched when it was read; if not, the figure is `rejected`.
    pub intact: bool,
    /// What was recorded.
    pub item: T,
}
