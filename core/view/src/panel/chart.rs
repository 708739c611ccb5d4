//! What is drawn rather than written: lines, moves between levels, bars.

use super::Status;

/// A line of a chart; values by position on the x axis.
#[derive(Debug, Clone, PartialEq)]
pub struct Chart {
    /// What it shows, in one sentence (alternative text).
    pub message: String,
    /// Axis labels: quarter digit, and the year label on a year's first quarter.
    pub quarters: Vec<(String, Option<String>)>,
    /// Actual values; gaps stay gaps.
    pub actual: Vec<Option<f64>>,
    /// Target as it stood then (step line).
    pub target: Vec<Option<f64>>,
    /// Former target where it was replaced.
    pub former: Vec<Option<f64>>,
    /// Quarters with an unknown status: a `?` on the axis.
    pub unknown: Vec<bool>,
    /// A new definition starts at these positions: a double rule.
    pub breaks: Vec<usize>,
    /// What counts within its year starts again at these positions.
    pub restarts: Vec<usize>,
    /// Label at the end of the actual line ("實際 318").
    pub actual_label: String,
    /// Label at the end of the target line.
    pub target_label: Option<String>,
    /// Label of the former target.
    pub former_label: Option<String>,
    /// Tick values of the y axis with labels, lowest first.
    pub ticks: Vec<(f64, String)>,
    /// The y axis does not start at zero (said in the panel's subtitle).
    pub cut_axis: bool,
    /// What is expected, at the positions after the last known one.
    pub forecast: Option<ChartForecast>,
}

impl Chart {
    /// The target, or the former one, as steps: a year in which the count starts again begins a step of its own.
    pub fn steps(&self, values: &[Option<f64>]) -> Vec<Vec<(usize, f64)>> {
        lines(values, |at| self.restarts.contains(&at))
    }

    /// The lines of the actual values: none over a gap, into a new definition or into the year in which the count starts
    /// again, for these are not the same measure.
    pub fn lines(&self) -> Vec<Vec<(usize, f64)>> {
        lines(&self.actual, |at| {
            self.breaks.contains(&at) || self.restarts.contains(&at)
        })
    }
}

/// The values as lines of neighbours; a gap ends one, and so does a position at which `begins` says so.
pub fn lines(values: &[Option<f64>], begins: impl Fn(usize) -> bool) -> Vec<Vec<(usize, f64)>> {
    let mut found: Vec<Vec<(usize, f64)>> = Vec::new();
    let mut open = false;
    for (at, value) in values.iter().enumerate() {
        if let Some(value) = value {
            match found.last_mut() {
                Some(line) if open && !begins(at) => line.push((at, *value)),
                _ => found.push(vec![(at, *value)]),
            }
        }
        open = value.is_some();
    }
    found
}

/// The forecast of a chart: dashed, with its band, right of a dotted cut-off.
#[derive(Debug, Clone, PartialEq)]
pub struct ChartForecast {
    /// Position of the last known value, from which the dashed line goes on.
    pub from: usize,
    /// Position, most likely value, lower and upper edge of the band.
    pub points: Vec<(usize, f64, f64, f64)>,
    /// Label at the end of the dashed line.
    pub label: String,
}

/// How programmes moved between the levels of two quarters.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Matrix {
    /// What it shows, in one sentence.
    pub message: String,
    /// What the rows are: the first quarter.
    pub rows_title: String,
    /// What the columns are: the second quarter.
    pub columns_title: String,
    /// Words of the columns.
    pub columns: Vec<String>,
    /// Rows, in the order of the columns.
    pub rows: Vec<MatrixRow>,
    /// Word of the totals.
    pub total: String,
    /// Totals of the columns.
    pub totals: Vec<String>,
}

/// A row of a matrix.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct MatrixRow {
    /// Level in the first quarter.
    pub label: String,
    /// One per column.
    pub cells: Vec<MatrixCell>,
    /// Total.
    pub total: String,
}

/// A cell of a matrix.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct MatrixCell {
    /// How many.
    pub count: usize,
    /// What the move means.
    pub shift: Shift,
    /// Which, on hover and for a screen reader.
    pub names: String,
}

/// What a move between two levels means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Shift {
    /// The same level: the diagonal.
    #[default]
    Same,
    /// A graver level than before.
    Worse,
    /// A lighter level than before.
    Better,
    /// Not rated in one of the quarters.
    Unrated,
}

/// Stacked bars of counts per quarter.
#[derive(Debug, Clone, PartialEq)]
pub struct Trend {
    /// What it shows, in one sentence.
    pub message: String,
    /// Quarter labels, as in [`Chart::quarters`].
    pub quarters: Vec<(String, Option<String>)>,
    /// Behind, at risk, unknown per quarter.
    pub series: Vec<(Status, String, Vec<usize>)>,
}

/// Money as one bar with printed values.
#[derive(Debug, Clone, PartialEq)]
pub struct MoneyBar {
    /// What it shows, in one sentence.
    pub message: String,
    /// Parts in order: id (`paid`, `payable`, `saved`, `unspent`, `open`), label, printed value, share text, amount.
    pub parts: Vec<(&'static str, String, String, String, f64)>,
    /// Tick: label, printed value, amount (累計分配).
    pub tick: Option<(String, String, f64)>,
    /// Whole width (budget).
    pub whole: f64,
    /// Total line (executed).
    pub total: Option<(String, String, String)>,
}
