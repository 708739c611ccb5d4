//! Settings that differ by agency and year: each has a default, and says where it comes from.

use crate::money::AmountKind;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// Thresholds of the status bands, as fractions of the target.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bands {
    /// On track from here (default 0.90); met is decided by comparing with the target itself.
    pub on_track: Decimal,
    /// At risk from here (default 0.80); behind below.
    pub at_risk: Decimal,
}

impl Default for Bands {
    fn default() -> Self {
        Self {
            on_track: Decimal::new(90, 2),
            at_risk: Decimal::new(80, 2),
        }
    }
}

/// Which named rule says that a plan lags.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LaggingRule {
    /// NDC's quarterly text of 110Q2: from the cut-off 30 June on, all three of A / P < 90 %,
    /// E / P < 90 %, progress variance < 0, on 年累計.
    #[default]
    #[serde(rename = "ndc-110q2")]
    Ndc110q2,
    /// The Legislative Yuan's and local governments': A / allotted < 80 %.
    #[serde(rename = "ly-80")]
    Ly80,
}

impl LaggingRule {
    /// Word for files.
    pub fn id(self) -> &'static str {
        match self {
            LaggingRule::Ndc110q2 => "ndc-110q2",
            LaggingRule::Ly80 => "ly-80",
        }
    }
}

/// What is looked for in a figure beside its own history: settings of ours, not rules of the Executive Yuan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Quality {
    /// A change by about this factor asks for the unit (default 1000: 千元 taken for 元); 0: not looked for.
    pub unit_factor: u32,
    /// A value further than so many standard deviations from its own history is named (default 3); 0: not looked for.
    pub z_score: Decimal,
    /// Earlier readings needed for that (default 8, at most 11).
    pub z_score_readings: u32,
    /// A value unchanged for so many quarters is named (default 4, at most 12); 0: not looked for.
    pub unchanged_quarters: u32,
    /// Negative counts and changed signs.
    pub signs: bool,
    /// Shares outside 0 to 100 %.
    pub shares: bool,
    /// Cumulative figures that fall.
    pub falls: bool,
}

impl Default for Quality {
    fn default() -> Self {
        Self {
            unit_factor: 1000,
            z_score: Decimal::new(3, 0),
            z_score_readings: 8,
            unchanged_quarters: 4,
            signs: true,
            shares: true,
            falls: true,
        }
    }
}

/// Limits of the risk rule `risk-default@1`: defaults of ours, not a rule of the Executive Yuan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RiskLimits {
    /// Progress so many percentage points behind plan, or more, is high risk (default 10).
    pub high_behind_points: Decimal,
    /// ... is medium risk (default 5).
    pub medium_behind_points: Decimal,
    /// An execution rate under this fraction is high risk (default 0.80).
    pub high_execution_under: Decimal,
    /// ... is medium risk (default 0.90).
    pub medium_execution_under: Decimal,
    /// More than this fraction of the weight without a usable figure is high risk (default 0.50).
    pub high_unusable_over: Decimal,
    /// ... is medium risk (default 0.20).
    pub medium_unusable_over: Decimal,
}

impl Default for RiskLimits {
    fn default() -> Self {
        Self {
            high_behind_points: Decimal::TEN,
            medium_behind_points: Decimal::new(5, 0),
            high_execution_under: Decimal::new(80, 2),
            medium_execution_under: Decimal::new(90, 2),
            high_unusable_over: Decimal::new(50, 2),
            medium_unusable_over: Decimal::new(20, 2),
        }
    }
}

/// Rule sets and bands in force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rules {
    /// Status bands.
    pub bands: Bands,
    /// Parts that count as executed, default paid + payable + saved (NDC 2020-06).
    pub executed: Vec<AmountKind>,
    /// Lagging rule.
    pub lagging: LaggingRule,
    /// Control levels the lagging rule looks at; programmes without a level are included.
    pub lagging_levels: Vec<String>,
    /// Default due days after a period (default 10; not an Executive Yuan rule).
    pub due_days: u32,
    /// Checks of figures beside their own history.
    #[serde(default)]
    pub quality: Quality,
    /// Limits of the risk rule.
    #[serde(default)]
    pub risk: RiskLimits,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            bands: Bands::default(),
            executed: vec![AmountKind::Paid, AmountKind::Payable, AmountKind::Saved],
            lagging: LaggingRule::default(),
            lagging_levels: vec!["ey".to_owned()],
            due_days: 10,
            quality: Quality::default(),
            risk: RiskLimits::default(),
        }
    }
}
