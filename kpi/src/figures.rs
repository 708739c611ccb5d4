//! Every figure of an assessment as a list of addresses and values: what a signature covers, what two
//! moments are compared by, and what is searched for a number.

mod list;

pub use list::figures;
pub(crate) use list::{changes_of, evm_parts};

use crate::address::SeriesId;
use crate::assess::sentence::quantity;
use crate::assess::{Risk, Timeliness};
use crate::calendar::Period;
use crate::message::Arg;
use crate::status::Status;
use chrono::NaiveDate;
use rust_decimal::{Decimal, RoundingStrategy};
use std::collections::BTreeMap;

/// What a figure says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Said {
    /// A number in the unit of its indicator, or a count.
    Number(Decimal),
    /// Whole NT$.
    Ntd(i64),
    /// A fraction: 0.939073 is 93.91 %. Six decimals.
    Fraction(Decimal),
    /// Percentage points.
    Points(Decimal),
    /// A status.
    Status(Status),
    /// A risk.
    Risk(Risk),
    /// A share of 100: 72.5 is 72.5 %.
    Percent(Decimal),
    /// Whole days.
    Days(i64),
    /// A day.
    Date(NaiveDate),
    /// Whether it is so.
    Yes(bool),
    /// How a milestone stands.
    Milestone(Timeliness),
}

impl Said {
    /// The value as scripts read it, without its unit.
    pub fn text(&self) -> String {
        match self {
            Said::Number(value)
            | Said::Fraction(value)
            | Said::Points(value)
            | Said::Percent(value) => value.to_string(),
            Said::Ntd(amount) => amount.to_string(),
            Said::Days(days) => days.to_string(),
            Said::Date(day) => day.to_string(),
            Said::Status(status) => status.id().to_owned(),
            Said::Risk(risk) => risk.id().to_owned(),
            Said::Yes(true) => "yes".to_owned(),
            Said::Yes(false) => "no".to_owned(),
            Said::Milestone(stands) => stands.id().to_owned(),
        }
    }
    /// Unit of the value: `percent`, `ntd`, `fraction`, `points`, `day`, `date`, `status`, `risk`,
    /// `yes_no`, `milestone`; empty where the indicator says it.
    pub fn unit(&self) -> &'static str {
        match self {
            Said::Number(_) => "",
            Said::Ntd(_) => "ntd",
            Said::Fraction(_) => "fraction",
            Said::Points(_) => "points",
            Said::Status(_) => "status",
            Said::Risk(_) => "risk",
            Said::Percent(_) => "percent",
            Said::Days(_) => "day",
            Said::Date(_) => "date",
            Said::Yes(_) => "yes_no",
            Said::Milestone(_) => "milestone",
        }
    }
    /// The value, ready for a sentence. A number stands alone: its unit is the indicator's to say.
    pub fn arg(&self) -> Arg {
        match self {
            Said::Number(value) => Arg::Number(*value),
            Said::Ntd(amount) => Arg::Ntd(*amount),
            Said::Fraction(value) => Arg::Fraction(*value),
            Said::Points(value) => Arg::Points(*value),
            Said::Status(status) => Arg::Status(*status),
            Said::Risk(risk) => Arg::Term(risk.term().into()),
            Said::Percent(value) => quantity(*value, "", "percent"),
            Said::Days(days) => quantity(Decimal::from(*days), "", "day"),
            Said::Date(day) => Arg::Date(*day),
            Said::Yes(true) => Arg::Term("explain-yes".into()),
            Said::Yes(false) => Arg::Term("explain-no".into()),
            Said::Milestone(stands) => Arg::Term(stands.term().into()),
        }
    }
    /// Whether two figures say the same; 75.3 and 75.30 do.
    pub fn is_same(&self, other: &Said) -> bool {
        self == other
    }
}

/// A figure's place in the report, with the rows it rests on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Figure {
    /// `P12/calculations.target@2025Q3`
    pub address: String,
    /// The series it belongs to, without period: `P12/calculations`, `P12/budget`.
    pub series: SeriesId,
    /// What it says; unknown figures are left out, never 0.
    pub said: Said,
    /// The period of the reading or money line, where it differs from the quarter.
    pub period: Option<Period>,
    /// Rows it was made of.
    pub rows: Vec<i64>,
}

/// Six decimals, the last to the nearest, halves away from zero.
pub fn six(value: Decimal) -> Decimal {
    let mut rounded = value.round_dp_with_strategy(6, RoundingStrategy::MidpointAwayFromZero);
    rounded.rescale(6);
    rounded
}

/// A figure that two assessments do not agree on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Its address.
    pub address: String,
    /// The series it belongs to.
    pub series: SeriesId,
    /// What it said; `None` when it was unknown.
    pub before: Option<Said>,
    /// What it says now; `None` when it is unknown.
    pub now: Option<Said>,
    /// Rows of now that were not there before.
    pub new_rows: Vec<i64>,
    /// Rows of before that are not there now.
    pub gone_rows: Vec<i64>,
}

/// Every figure that differs, in the order of the report.
pub fn changes(before: &[Figure], now: &[Figure]) -> Vec<Change> {
    let known: BTreeMap<&str, &Figure> = before.iter().map(|f| (f.address.as_str(), f)).collect();
    let mut seen: BTreeMap<&str, ()> = BTreeMap::new();
    let mut found = Vec::new();
    for figure in now {
        seen.insert(&figure.address, ());
        let former = known.get(figure.address.as_str());
        if former.is_some_and(|former| former.said.is_same(&figure.said)) {
            continue;
        }
        let is_new = |row: &i64| former.is_none_or(|former| !former.rows.contains(row));
        let former_rows = former
            .map(|former| former.rows.as_slice())
            .unwrap_or_default();
        let is_gone = |row: &i64| !figure.rows.contains(row);
        found.push(Change {
            address: figure.address.clone(),
            series: figure.series.clone(),
            before: former.map(|former| former.said.clone()),
            now: Some(figure.said.clone()),
            new_rows: figure.rows.iter().copied().filter(is_new).collect(),
            gone_rows: former_rows.iter().copied().filter(is_gone).collect(),
        });
    }
    for figure in before {
        if !seen.contains_key(figure.address.as_str()) {
            found.push(Change {
                address: figure.address.clone(),
                series: figure.series.clone(),
                before: Some(figure.said.clone()),
                now: None,
                new_rows: Vec::new(),
                gone_rows: figure.rows.clone(),
            });
        }
    }
    found
}

/// The list as text, one figure a line (`address TAB value TAB unit`): what a signature's hash covers.
pub fn canonical(figures: &[Figure]) -> String {
    let mut text = String::new();
    for figure in figures {
        text.push_str(&figure.address);
        text.push('\t');
        text.push_str(&figure.said.text());
        text.push('\t');
        text.push_str(figure.said.unit());
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::assess::assess;
    use crate::calendar::Quarter;
    use crate::snapshot::Snapshot;

    fn figure(address: &str, said: Said, rows: &[i64]) -> Figure {
        Figure {
            address: address.to_owned(),
            series: SeriesId::new("P01", "a"),
            said,
            period: None,
            rows: rows.to_vec(),
        }
    }

    #[test]
    fn an_empty_office_has_counts_and_nothing_else() {
        let quarter = Quarter {
            year: 2025,
            number: 3,
        };
        let list = figures(&assess(&Snapshot::default(), quarter));
        assert!(
            list.iter()
                .all(|f| f.address.starts_with("portfolio/count.")),
            "{list:?}"
        );
    }

    #[test]
    fn a_change_names_what_was_and_what_is_and_the_new_rows() {
        let before = [
            figure("a", Said::Number(Decimal::new(753, 1)), &[1]),
            figure("b", Said::Ntd(5), &[2]),
            figure("gone", Said::Status(Status::Met), &[]),
        ];
        let now = [
            figure("a", Said::Number(Decimal::new(7530, 2)), &[1]),
            figure("b", Said::Ntd(6), &[2, 9]),
            figure("new", Said::Ntd(0), &[3]),
        ];
        let found = changes(&before, &now);
        let names: Vec<&str> = found.iter().map(|c| c.address.as_str()).collect();
        assert_eq!(names, ["b", "new", "gone"], "75.3 and 75.30 are one figure");
        assert_eq!(found[0].new_rows, [9]);
        // Zero is a value, and unknown is not zero.
        assert_eq!(
            (found[1].before.clone(), found[1].now.clone()),
            (None, Some(Said::Ntd(0)))
        );
        assert_eq!(found[2].now, None);
    }
}
