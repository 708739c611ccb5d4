//! Which rows an explanation looks at, told from the figure's name: whoever reads them need not read the others.

use super::count::counts_readings;
use super::indicator::named;
use crate::address::{FigureAddress, SeriesId};
use crate::calendar::PeriodKind;
use crate::figure_name::agency_of;
use crate::register::Register;

/// What is behind a figure of an agency or of the whole portfolio.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RestsOn<'a> {
    /// Rows of all programmes.
    All(Rows),
    /// Amounts of this agency and of the programmes it has a part in.
    Agency(&'a str),
}

/// Rows of all programmes, by their kinds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rows {
    /// Readings (observations).
    pub readings: bool,
    /// Amounts (money lines).
    pub amounts: Option<Years>,
}

/// The fiscal years whose 年累計 amounts are looked at; 總累計 amounts are of all years.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Years {
    /// The first of them.
    pub first: i32,
    /// The last of them.
    pub last: i32,
}

impl Rows {
    /// Whatever there is.
    pub const ALL: Rows = Rows {
        readings: true,
        amounts: Some(Years::ALL),
    };
}

impl Years {
    /// Every year.
    pub const ALL: Years = Years {
        first: i32::MIN,
        last: i32::MAX,
    };
}

/// What a figure of an agency or of the portfolio rests on; `None` for any other, and where its name does not tell.
///
/// ```
/// use quarterdeck_kpi::{address::FigureAddress, explain::{rests_on, RestsOn, Rows, Years}};
/// let rests = |figure| FigureAddress::parse(figure).map(|figure| format!("{:?}", rests_on(&figure))).unwrap();
/// // A rate of this year and its change against the last one.
/// let years = Years { first: 2024, last: 2025 };
/// let amounts = RestsOn::All(Rows { readings: false, amounts: Some(years) });
/// assert_eq!(rests("portfolio/budget.execution_rate@2025Q3"), format!("{:?}", Some(amounts)));
/// assert_eq!(rests("plan:dgp1.agency:NDC/budget-total.paid@2025Q3"), format!("{:?}", Some(RestsOn::Agency("NDC"))));
/// let readings = RestsOn::All(Rows { readings: true, amounts: None });
/// assert_eq!(rests("portfolio/count.met@2025Q3"), format!("{:?}", Some(readings)));
/// assert_eq!(rests("source:demo-cloud/state"), "None");
/// ```
pub fn rests_on(figure: &FigureAddress) -> Option<RestsOn<'_>> {
    let of_quarter = figure
        .period
        .is_none_or(|period| period.kind == PeriodKind::Quarter);
    let (name, part) = (&*figure.series.name, figure.series.part.as_deref());
    let is_money = matches!(name, "budget" | "budget-total")
        && !part.is_some_and(|part| part.contains("forecast"));
    if !of_quarter {
        return None;
    }
    if let Some((_, agency)) = agency_of(&figure.series.scope) {
        return is_money.then_some(RestsOn::Agency(agency));
    }
    if figure.series.scope != "portfolio" {
        return None;
    }
    let years = |back: i32| match figure.period {
        Some(period) => {
            let last = period.quarter().year;
            let first = last - back;
            Years { first, last }
        }
        None => Years::ALL,
    };
    let (readings, amounts) = match (name, part) {
        // The year before is what a change is measured against.
        _ if is_money => (false, Some(years(1))),
        ("count", word) if counts_readings(word) => (true, None),
        ("oldest", None) => (true, None),
        // Twelve quarters of risk.
        ("count" | "progress" | "budget-by-status" | "migration" | "unknown-price", _) => {
            (true, Some(years(3)))
        }
        _ => return None,
    };
    Some(RestsOn::All(Rows { readings, amounts }))
}

/// The series whose readings an indicator's figure is made of, if the address is one of an indicator or of a part of it.
pub fn series_behind(register: &Register, series: &SeriesId) -> Option<Vec<SeriesId>> {
    let (indicator, _) = named(register, series)?;
    let mut found = vec![indicator.series.clone()];
    if let Some((over, under)) = &indicator.computed_from {
        found.extend([over.clone(), under.clone()]);
    }
    Some(found)
}
