//! Every figure of an assessment as a list of addresses and values: what a signature covers, and what
//! two moments are compared by.

use crate::address::SeriesId;
use crate::assess::{Assessment, IndicatorAssessment, MoneyAssessment, Risk};
use crate::calendar::Period;
use crate::money::{AmountKind, Ratio};
use crate::status::Status;
use rust_decimal::Decimal;
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
}

impl Said {
    /// The value as scripts read it, without its unit.
    pub fn text(&self) -> String {
        match self {
            Said::Number(value) | Said::Fraction(value) | Said::Points(value) => value.to_string(),
            Said::Ntd(amount) => amount.to_string(),
            Said::Status(status) => status.id().to_owned(),
            Said::Risk(Risk::Low) => "low".to_owned(),
            Said::Risk(Risk::Medium) => "medium".to_owned(),
            Said::Risk(Risk::High) => "high".to_owned(),
        }
    }
    /// Unit of the value: `percent`, `ntd`, `fraction`, `points`, `status`, `risk`; empty where the
    /// indicator says it.
    pub fn unit(&self) -> &'static str {
        match self {
            Said::Number(_) => "",
            Said::Ntd(_) => "ntd",
            Said::Fraction(_) => "fraction",
            Said::Points(_) => "points",
            Said::Status(_) => "status",
            Said::Risk(_) => "risk",
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

/// Every known figure of an assessment, in the order of the report. A figure that is unknown is not
/// in the list; its status is.
pub fn figures(assessment: &Assessment) -> Vec<Figure> {
    let mut list = List {
        period: assessment.quarter.period(),
        figures: Vec::new(),
    };
    for programme in &assessment.programmes {
        let scope = |name: &str| SeriesId::new(&programme.id, name);
        list.push(
            scope("status"),
            None,
            Some(Said::Status(programme.status)),
            &[],
        );
        list.push(scope("risk"), None, programme.risk.map(Said::Risk), &[]);
        let variance = programme.variance_points.map(Said::Points);
        list.push(scope("progress"), Some("variance"), variance, &[]);
        for indicator in &programme.indicators {
            list.indicator(indicator);
        }
        list.money(&programme.id, &programme.money);
    }
    for node in &assessment.nodes {
        for indicator in &node.indicators {
            list.indicator(indicator);
        }
    }
    for (at, agency) in assessment.agencies.iter().enumerate() {
        list.money(&agency_scope(assessment, at), &agency.money);
    }
    for (status, count) in &assessment.portfolio.counts {
        let count = Decimal::from(u64::try_from(*count).unwrap_or(u64::MAX));
        let series = SeriesId::new("portfolio", "count");
        list.push(series, Some(status.id()), Some(Said::Number(count)), &[]);
    }
    list.money("portfolio", &assessment.portfolio.money);
    list.figures
}

/// Scope of an agency's figures. One that is in several plans is meant plainly in that which has
/// its programmes, else in the first; elsewhere the plan is named.
fn agency_scope(assessment: &Assessment, at: usize) -> String {
    let agency = &assessment.agencies[at];
    let all = || {
        let listed = assessment.agencies.iter().enumerate();
        listed.filter(|(_, other)| other.id == agency.id)
    };
    let main = all().find(|(_, other)| !other.programmes.is_empty());
    match main.or_else(|| all().next()) {
        Some((main, _)) if main != at => format!("plan:{}.agency:{}", agency.plan, agency.id),
        _ => format!("agency:{}", agency.id),
    }
}

struct List {
    period: Period,
    figures: Vec<Figure>,
}

impl List {
    fn push(&mut self, series: SeriesId, part: Option<&str>, said: Option<Said>, rows: &[i64]) {
        let Some(said) = said else { return };
        let named = match part {
            Some(part) => series.clone().part(part),
            None => series.clone(),
        };
        self.figures.push(Figure {
            address: named.at(self.period).to_string(),
            series,
            said,
            period: None,
            rows: rows.to_vec(),
        });
    }

    fn indicator(&mut self, indicator: &IndicatorAssessment) {
        let series = || indicator.series.clone();
        if let Some(figure) = &indicator.figure {
            let value = Some(Said::Number(figure.value.normalize()));
            self.push(series(), None, value, &figure.rows);
            if let Some(last) = self.figures.last_mut() {
                last.period = (figure.period != self.period).then_some(figure.period);
            }
        }
        let target = indicator.target.as_ref();
        let target = target.map(|target| Said::Number(target.value.normalize()));
        self.push(series(), Some("target"), target, &[]);
        let rows = indicator
            .figure
            .as_ref()
            .map(|figure| figure.rows.as_slice());
        let rows = rows.unwrap_or_default();
        let achievement = indicator
            .achievement
            .map(|value| Said::Fraction(six(value)));
        self.push(series(), Some("achievement"), achievement, rows);
        let status = Some(Said::Status(indicator.status));
        self.push(series(), Some("status"), status, rows);
    }

    fn money(&mut self, scope: &str, money: &MoneyAssessment) {
        let series = SeriesId::new(scope, "budget");
        for kind in AmountKind::ALL {
            let amount = money.amounts.get(kind).map(Said::Ntd);
            self.push(series.clone(), Some(kind.id()), amount, &money.rows);
        }
        let executed = money.executed_ntd.map(Said::Ntd);
        self.push(series.clone(), Some("executed"), executed, &money.rows);
        let rates = [
            ("execution_rate", money.execution_rate),
            ("disbursement_ratio", money.disbursement_ratio),
            ("attainment", money.attainment),
            ("settlement_ratio", money.settlement_ratio),
        ];
        for (part, rate) in rates {
            let rate = rate.map(Ratio::fraction6).map(Said::Fraction);
            self.push(series.clone(), Some(part), rate, &money.rows);
        }
    }
}

fn six(value: Decimal) -> Decimal {
    let rounding = rust_decimal::RoundingStrategy::MidpointAwayFromZero;
    let mut rounded = value.round_dp_with_strategy(6, rounding);
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
