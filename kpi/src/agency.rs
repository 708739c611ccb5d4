//! Agencies, whose names and tasks move: every name has its dates.

use crate::indicator::Title;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// A name an agency had for a time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgencyName {
    /// Short name (國發會 / NDC).
    pub short: Title,
    /// Full name (國家發展委員會).
    pub full: Title,
    /// First day in force.
    pub from: Option<NaiveDate>,
    /// Last day in force.
    pub to: Option<NaiveDate>,
    /// `general-knowledge` marks an inferred date.
    pub basis: Option<String>,
}

/// An agency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Agency {
    /// `NDC`, `MOI`, ...
    pub id: String,
    /// Names in order of time.
    pub names: Vec<AgencyName>,
    /// Other spellings people search for.
    pub aliases: Vec<String>,
}

impl Agency {
    /// The name in force on a day (the last one if none says so).
    pub fn name_on(&self, day: NaiveDate) -> Option<&AgencyName> {
        self.names
            .iter()
            .find(|n| n.from.is_none_or(|f| f <= day) && n.to.is_none_or(|t| day <= t))
            .or(self.names.last())
    }
}
