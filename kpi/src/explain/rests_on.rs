//! Which rows an explanation looks at, told from the figure's name: whoever reads them need not read the others.

use super::count::counts_readings;
use super::indicator::named;
use crate::address::{FigureAddress, SeriesId};
use crate::calendar::PeriodKind;
use crate::register::Register;

/// The rows behind a figure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RestsOn {
    /// Readings (observations).
    pub readings: bool,
    /// Amounts (money lines).
    pub amounts: bool,
}

impl RestsOn {
    /// Whatever there is.
    pub const ALL: RestsOn = RestsOn {
        readings: true,
        amounts: true,
    };
    const READINGS: RestsOn = RestsOn {
        readings: true,
        amounts: false,
    };
    const AMOUNTS: RestsOn = RestsOn {
        readings: false,
        amounts: true,
    };
}

/// The rows that a figure of an agency, a plan or the whole portfolio rests on; `None` for any other, and where its
/// name does not tell.
///
/// ```
/// use quarterdeck_kpi::{address::FigureAddress, explain::{rests_on, RestsOn}};
/// let rests = |figure| rests_on(&FigureAddress::parse(figure).unwrap());
/// assert!(!rests("portfolio/budget.execution_rate@2025Q3").unwrap().readings);
/// assert!(!rests("agency:NDC/budget-total.paid@2025Q3").unwrap().readings);
/// assert!(!rests("portfolio/count.met@2025Q3").unwrap().amounts);
/// // A rule that looks at both decides who lags.
/// assert_eq!(rests("portfolio/count.lagging@2025Q3"), Some(RestsOn::ALL));
/// assert_eq!(rests("source:demo-cloud/state"), None);
/// ```
pub fn rests_on(figure: &FigureAddress) -> Option<RestsOn> {
    let of_quarter = figure
        .period
        .is_none_or(|period| period.kind == PeriodKind::Quarter);
    if !of_quarter || !is_of_many(&figure.series.scope) {
        return None;
    }
    match (&*figure.series.name, figure.series.part.as_deref()) {
        ("budget" | "budget-total", part) => {
            match part.is_some_and(|part| part.contains("forecast")) {
                true => Some(RestsOn::ALL),
                false => Some(RestsOn::AMOUNTS),
            }
        }
        ("count", word) if counts_readings(word) => Some(RestsOn::READINGS),
        ("oldest", None) => Some(RestsOn::READINGS),
        ("count" | "progress" | "budget-by-status" | "migration" | "unknown-price", _) => {
            Some(RestsOn::ALL)
        }
        _ => None,
    }
}

/// Whether a scope takes several programmes together.
fn is_of_many(scope: &str) -> bool {
    scope == "portfolio" || scope.starts_with("agency:") || scope.starts_with("plan:")
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
