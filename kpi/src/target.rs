//! Targets as they were set, and the trajectory between them.

use crate::calendar::Period;
use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// How the way from one dated target to the next is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Trajectory {
    /// A target holds through its own period, and on until the next one begins.
    #[default]
    Step,
    /// Straight from the baseline (at its period's end) through each target's period end.
    Linear,
}

/// One decided target value. A later decision for the same period is another entry; the one
/// decided last by the as-of day is in force, the earlier stays as the former target.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Target {
    /// The period it is for.
    pub period: Period,
    /// The value to reach, in the indicator's unit; for a band, its lower edge.
    pub value: Decimal,
    /// Upper edge of a band.
    pub upper: Option<Decimal>,
    /// When it was decided; `None` when the document prints no date (in force from the start).
    pub set_on: Option<NaiveDate>,
    /// Who decided it.
    pub by: Option<String>,
    /// Where it is printed.
    pub document: Option<String>,
}

/// Where an indicator started.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Baseline {
    /// The value before, in the indicator's unit.
    pub value: Decimal,
    /// The period it stood at; `None` when printed only as "before".
    pub period: Option<Period>,
    /// Where it is printed.
    pub source: Option<String>,
}
