//! The maps of a source file: which figures its answer holds, and how rows become them.

use quarterdeck_kpi::money::Span;
use quarterdeck_kpi::observation::Stage;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// One figure, or one figure per row or group, of an answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Map {
    /// `SCOPE/NAME[.PART]`; `{column}` takes a cell of the row, `{group}` the group's id.
    pub series: String,
    /// Kind `inbox`: the file of the package; default the only table in it.
    #[serde(default)]
    pub file: Option<String>,
    /// JSON: path of the value (RFC 9535).
    #[serde(default)]
    pub at: Option<String>,
    /// Column of the value; not needed to count rows, and `value` by default where the rows are
    /// samples of a metric.
    #[serde(default)]
    pub column: Option<String>,
    /// Prometheus: the query in PromQL, with the placeholders of addresses and `{period_seconds}`,
    /// the seconds from the beginning of the map's period to the moment asked for.
    #[serde(default)]
    pub query: Option<String>,
    /// Prometheus: samples of the whole period at this distance (`15m`, `1h`) instead of one moment;
    /// an hour by default for `increase`.
    #[serde(default)]
    pub step: Option<String>,
    /// Only rows that pass all of these are looked at.
    #[serde(default)]
    pub filter: Vec<Filter>,
    /// How rows become one figure; without it every row is a figure.
    #[serde(default)]
    pub aggregate: Option<Aggregate>,
    /// For `share`: which rows are counted above the line. Below it stand all rows that passed
    /// `filter`, blank labels included.
    #[serde(default)]
    pub share_of: Vec<Filter>,
    /// One figure per value of this column.
    #[serde(default)]
    pub group_by: Option<String>,
    /// Labels to ids, for `{group}` and for columns in the series template.
    #[serde(default)]
    pub groups: BTreeMap<String, String>,
    /// How labels are compared with `groups`.
    #[serde(default)]
    pub group_match: GroupMatch,
    /// Fixed period: `2025Q3`, `{quarter}` (default: the quarter that is collected), `{year}`, or
    /// `{observed_quarter}`, the quarter in which the answer came.
    #[serde(default)]
    pub period: Option<String>,
    /// JSON: path of the period, one for all or as many as there are values.
    #[serde(default)]
    pub period_at: Option<String>,
    /// Column of the period; with an aggregate, one figure per period.
    #[serde(default)]
    pub period_column: Option<String>,
    /// Calendar of the period's year.
    #[serde(default)]
    pub calendar: Calendar,
    /// Widens a day or month from the source to the stretch the figure stands for.
    #[serde(default)]
    pub period_kind: Option<Widen>,
    /// Unit the source prints in: a unit of the register, or `ntd_thousand`, `ntd_million`,
    /// `ntd_hundred_million`, `percent_fraction`, which are converted exactly.
    #[serde(default)]
    pub unit: Option<String>,
    /// JSON: path of the unit the answer names; it must say `unit_text`.
    #[serde(default)]
    pub unit_at: Option<String>,
    /// Column of the unit the row names; it must say `unit_text`.
    #[serde(default)]
    pub unit_column: Option<String>,
    /// What the answer must name as unit, for example `%` or `千元`.
    #[serde(default)]
    pub unit_text: Option<String>,
    /// 年累計 or 總累計, for amounts of money.
    #[serde(default)]
    pub span: Option<Span>,
    /// How settled the values are; default final.
    #[serde(default)]
    pub stage: Option<Stage>,
}

/// Every key of a map.
pub const MAP_KEYS: [&str; 23] = [
    "series",
    "file",
    "at",
    "column",
    "query",
    "step",
    "filter",
    "aggregate",
    "share_of",
    "group_by",
    "groups",
    "group_match",
    "period",
    "period_at",
    "period_column",
    "calendar",
    "period_kind",
    "unit",
    "unit_at",
    "unit_column",
    "unit_text",
    "span",
    "stage",
];

/// How rows become one figure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Aggregate {
    /// Number of rows.
    Count,
    /// Sum of the column.
    Sum,
    /// Rows of `share_of` out of all rows, in percent.
    Share,
    /// The column in the last row.
    Last,
    /// The largest value of the column.
    Max,
    /// Arithmetic mean of the column.
    Mean,
    /// Prometheus: what counters grew by inside the period, restarts included, all rows together.
    Increase,
}

impl Aggregate {
    /// Every aggregate.
    pub const ALL: [Aggregate; 7] = [
        Aggregate::Count,
        Aggregate::Sum,
        Aggregate::Share,
        Aggregate::Last,
        Aggregate::Max,
        Aggregate::Mean,
        Aggregate::Increase,
    ];
    /// The word in source files.
    pub fn id(self) -> &'static str {
        match self {
            Aggregate::Count => "count",
            Aggregate::Sum => "sum",
            Aggregate::Share => "share",
            Aggregate::Last => "last",
            Aggregate::Max => "max",
            Aggregate::Mean => "mean",
            Aggregate::Increase => "increase",
        }
    }
}

/// How a label is compared with the table of groups.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GroupMatch {
    /// The whole label.
    #[default]
    Exact,
    /// The label begins with it; the longest one counts (內政部統計處 belongs to 內政部).
    Prefix,
}

/// Calendar of a year in a source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Calendar {
    /// A year under 1000 is of the Republic.
    #[default]
    Auto,
    /// Years of the Republic (114 = 2025).
    Roc,
    /// Gregorian years; a year under 1000 is refused.
    Gregorian,
}

/// The stretch a figure stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)]
pub enum Widen {
    Day,
    Month,
    Quarter,
    Year,
}

/// One condition on a row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Filter {
    /// Column looked at.
    pub column: String,
    /// Comparison.
    pub op: Op,
    /// What it is compared with; `{quarter_start}` and its like are filled in.
    #[serde(default)]
    pub value: Option<String>,
    /// For `in` and `not_in`.
    #[serde(default)]
    pub values: Vec<String>,
    /// Compared with another column of the same row instead.
    #[serde(default)]
    pub value_column: Option<String>,
}

/// Comparison of a cell. Order compares days when the value is written as a day with separators
/// (`2025-07-01`), else exact numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Op {
    /// The same text, spaces around it aside.
    #[serde(rename = "=")]
    Equal,
    /// Another text.
    #[serde(rename = "!=")]
    NotEqual,
    /// One of `values`.
    #[serde(rename = "in")]
    In,
    /// None of `values`.
    #[serde(rename = "not_in")]
    NotIn,
    /// Contains the text.
    #[serde(rename = "contains")]
    Contains,
    /// Begins with the text.
    #[serde(rename = "starts_with")]
    StartsWith,
    /// Nothing but spaces.
    #[serde(rename = "blank")]
    Blank,
    /// Something is there.
    #[serde(rename = "not_blank")]
    NotBlank,
    /// More.
    #[serde(rename = ">")]
    More,
    /// At least.
    #[serde(rename = ">=")]
    AtLeast,
    /// Less.
    #[serde(rename = "<")]
    Less,
    /// At most.
    #[serde(rename = "<=")]
    AtMost,
}

impl Op {
    /// Every comparison.
    pub const ALL: [Op; 12] = [
        Op::Equal,
        Op::NotEqual,
        Op::In,
        Op::NotIn,
        Op::Contains,
        Op::StartsWith,
        Op::Blank,
        Op::NotBlank,
        Op::More,
        Op::AtLeast,
        Op::Less,
        Op::AtMost,
    ];
    /// The comparison behind a sign.
    pub fn from_sign(sign: &str) -> Option<Op> {
        Op::ALL.into_iter().find(|op| op.sign() == sign)
    }
    /// The sign in source files.
    pub fn sign(self) -> &'static str {
        match self {
            Op::Equal => "=",
            Op::NotEqual => "!=",
            Op::In => "in",
            Op::NotIn => "not_in",
            Op::Contains => "contains",
            Op::StartsWith => "starts_with",
            Op::Blank => "blank",
            Op::NotBlank => "not_blank",
            Op::More => ">",
            Op::AtLeast => ">=",
            Op::Less => "<",
            Op::AtMost => "<=",
        }
    }
    /// Compares by order, so the value must be a number or a day.
    pub fn is_order(self) -> bool {
        matches!(self, Op::More | Op::AtLeast | Op::Less | Op::AtMost)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_of_a_map_is_listed() {
        let told = toml::from_str::<Map>("series = \"P01/x\"\nno-such-key = 1").unwrap_err();
        let mut known: Vec<&str> = told.message().split('`').skip(3).step_by(2).collect();
        let mut listed = MAP_KEYS.to_vec();
        known.sort_unstable();
        listed.sort_unstable();
        assert_eq!(known, listed, "{told}");
    }
}
