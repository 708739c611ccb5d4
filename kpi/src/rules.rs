//! Settings that differ by agency and year: each has a default, and says where it comes from.

use crate::indicator::Title;
use crate::message::Arg;
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

/// What a condition of a rule set looks at, on 年累計.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Measure {
    /// 支用比 A / P
    DisbursementRatio,
    /// 執行率 E / P
    ExecutionRate,
    /// 經費達成率 E / K
    Attainment,
    /// 實現數占累計分配數 A / allotted
    Realised,
    /// 進度差異: actual less planned cumulative progress, percentage points
    Variance,
}

impl Measure {
    /// Every measure.
    pub const ALL: [Measure; 5] = [
        Measure::DisbursementRatio,
        Measure::ExecutionRate,
        Measure::Attainment,
        Measure::Realised,
        Measure::Variance,
    ];
    /// Word for files and JSON.
    pub fn id(self) -> &'static str {
        match self {
            Measure::DisbursementRatio => "disbursement_ratio",
            Measure::ExecutionRate => "execution_rate",
            Measure::Attainment => "attainment",
            Measure::Realised => "realised",
            Measure::Variance => "variance",
        }
    }
    /// Key of its name in the language files.
    pub fn term(self) -> &'static str {
        match self {
            Measure::DisbursementRatio => "rate-disbursement",
            Measure::ExecutionRate => "rate-execution",
            Measure::Attainment => "rate-attainment",
            Measure::Realised => "rate-realised",
            Measure::Variance => "rate-variance",
        }
    }
}

/// How a measure is compared with the limit of a condition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Comparison {
    /// <
    Under,
    /// ≤
    AtMost,
    /// >
    Over,
    /// ≥
    AtLeast,
}

impl Comparison {
    /// Whether a value stands so to the limit.
    pub fn holds(self, value: Decimal, limit: Decimal) -> bool {
        match self {
            Comparison::Under => value < limit,
            Comparison::AtMost => value <= limit,
            Comparison::Over => value > limit,
            Comparison::AtLeast => value >= limit,
        }
    }
    /// Word for files and JSON.
    pub fn id(self) -> &'static str {
        match self {
            Comparison::Under => "under",
            Comparison::AtMost => "at_most",
            Comparison::Over => "over",
            Comparison::AtLeast => "at_least",
        }
    }
    /// Key of its words in the language files.
    pub fn term(self) -> &'static str {
        match self {
            Comparison::Under => "comparison-under",
            Comparison::AtMost => "comparison-at-most",
            Comparison::Over => "comparison-over",
            Comparison::AtLeast => "comparison-at-least",
        }
    }
}

/// One condition of a rule set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Condition {
    /// What is looked at.
    pub measure: Measure,
    /// How it is compared.
    pub comparison: Comparison,
    /// Limit: a fraction for ratios (0.90), percentage points for the variance.
    pub limit: Decimal,
}

/// A rule set that names lagging plans (落後計畫): all its conditions together, on 年累計.
///
/// Two come with the program, each with its source; an office may have its own in `register/rules.toml`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleSet {
    /// `ndc-110q2`, `ly-80` or the office's own id.
    pub id: String,
    /// Name of an office's own; the built-in ones are named in the language files.
    pub title: Option<Title>,
    /// Where an office's own is written down; the built-in ones are cited in the language files.
    pub source: Option<String>,
    /// The first quarter of a year whose cut-off it looks at (2: from 30 June on).
    pub from_quarter: u8,
    /// Control levels it looks at; `None`: the workspace's setting.
    pub levels: Option<Vec<String>>,
    /// All of them together.
    pub conditions: Vec<Condition>,
}

impl RuleSet {
    /// NDC's quarterly text of 110Q2 (ndc.gov.tw nc_1276_35355): from the cut-off 30 June on, all three of
    /// A / P < 90 %, E / P < 90 %, progress variance < 0.
    pub fn ndc_110q2() -> RuleSet {
        let under = |measure, limit| Condition {
            measure,
            comparison: Comparison::Under,
            limit,
        };
        RuleSet {
            id: "ndc-110q2".to_owned(),
            title: None,
            source: None,
            from_quarter: 2,
            levels: None,
            conditions: vec![
                under(Measure::DisbursementRatio, Decimal::new(90, 2)),
                under(Measure::ExecutionRate, Decimal::new(90, 2)),
                under(Measure::Variance, Decimal::ZERO),
            ],
        }
    }
    /// The Legislative Yuan's and local governments': A / allotted < 80 %, at any cut-off.
    pub fn ly_80() -> RuleSet {
        RuleSet {
            id: "ly-80".to_owned(),
            title: None,
            source: None,
            from_quarter: 1,
            levels: None,
            conditions: vec![Condition {
                measure: Measure::Realised,
                comparison: Comparison::Under,
                limit: Decimal::new(80, 2),
            }],
        }
    }
    /// The rule sets that come with the program.
    pub fn built_in() -> [RuleSet; 2] {
        [RuleSet::ndc_110q2(), RuleSet::ly_80()]
    }
    /// Its name.
    pub fn name(&self) -> Arg {
        match &self.title {
            Some(title) => Arg::Title(title.clone()),
            None => Arg::Term(format!("rule-lagging-{}", self.id).into()),
        }
    }
    /// Where it is written down.
    pub fn citation(&self) -> Arg {
        match &self.source {
            Some(source) => Arg::Text(source.clone()),
            None => Arg::Term(format!("rule-source-{}", self.id).into()),
        }
    }
}

impl Default for RuleSet {
    fn default() -> Self {
        RuleSet::ndc_110q2()
    }
}

/// What a rate of control asks of people (管考系統之填報規定): as fractions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Asking {
    /// Below this execution rate cause, responsibility and measure are asked for (default 0.80).
    pub cause_below: Decimal,
    /// Above this execution rate a confirmation is asked for (default 1.00).
    pub confirm_above: Decimal,
    /// Above this rate an amount is refused as input (default 9.9999, printed 999.99 %).
    pub refuse_above: Decimal,
}

impl Default for Asking {
    fn default() -> Self {
        Self {
            cause_below: Decimal::new(80, 2),
            confirm_above: Decimal::ONE,
            refuse_above: Decimal::new(99_999, 4),
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
    /// A value that names no day, read more days after its quarter's end than this, has to be looked at (default 31);
    /// up to then it is mentioned. 0: it is mentioned only.
    #[serde(skip_serializing_if = "is_usual_delay")]
    pub observed_after_days: u32,
    /// Which of these refuse the reading of an indicator instead of asking about it; none by default.
    #[serde(skip_serializing_if = "Refusing::is_none")]
    pub reject: Refusing,
}

/// A month: a quarter's figures are reported within it.
const USUAL_DELAY: u32 = 31;

fn is_usual_delay(days: &u32) -> bool {
    *days == USUAL_DELAY
}

/// Checks that refuse a reading, because the office says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Refusing {
    /// A change by about [`Quality::unit_factor`].
    pub unit_factor: bool,
    /// Negative counts and changed signs.
    pub signs: bool,
    /// Shares outside 0 to 100 %.
    pub shares: bool,
    /// Cumulative figures, and numerators, that fall.
    pub falls: bool,
}

impl Refusing {
    /// Nothing is refused.
    pub fn is_none(&self) -> bool {
        *self == Refusing::default()
    }
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
            observed_after_days: USUAL_DELAY,
            reject: Refusing::default(),
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
    /// The rule set that names lagging plans.
    pub lagging: RuleSet,
    /// Control levels a rule set without its own looks at; programmes without a level are included.
    pub lagging_levels: Vec<String>,
    /// What low and high rates ask of people.
    #[serde(default)]
    pub asking: Asking,
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
            lagging: RuleSet::default(),
            lagging_levels: vec!["ey".to_owned()],
            asking: Asking::default(),
            due_days: 10,
            quality: Quality::default(),
            risk: RiskLimits::default(),
        }
    }
}
