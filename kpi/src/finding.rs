//! Findings (檢核提示): what a check noticed, with the figure it speaks of.

use crate::address::FigureAddress;
use crate::message::Message;
use serde::{Deserialize, Serialize};

/// Rule of the finding that a stored row does not match its checksum.
pub const DAMAGED_ROW: &str = "row-sum@1";

/// How much it matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Worth knowing.
    Info,
    /// Somebody should look.
    Warning,
    /// It is wrong, or the figure was refused.
    Error,
}

/// One finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// Stable id: `RULE:FIGURE`, the same on every run.
    pub id: String,
    /// Rule name, for example `printed-ratio@1`, `row-count-drop@1`.
    pub rule: String,
    /// How much it matters.
    pub severity: Severity,
    /// The figure, if it is about one.
    pub figure: Option<FigureAddress>,
    /// The source, if it came from one.
    pub source: Option<String>,
    /// The sentence.
    pub text: Message,
}

impl Finding {
    /// A finding whose id follows from its rule and figure or source.
    pub fn new(
        rule: &str,
        severity: Severity,
        figure: Option<FigureAddress>,
        source: Option<&str>,
        text: Message,
    ) -> Self {
        let about = figure
            .as_ref()
            .map(ToString::to_string)
            .or(source.map(|s| format!("source:{s}")));
        Self {
            id: format!("{rule}:{}", about.unwrap_or_default()),
            rule: rule.to_owned(),
            severity,
            figure,
            source: source.map(str::to_owned),
            text,
        }
    }
}
