//! Which rows an explanation looks at, told from the figure's name: whoever reads them need not read the others.

use super::count::counts_readings;
use super::indicator::named;
use crate::address::{FigureAddress, SeriesId};
use crate::assess::HISTORY;
use crate::calendar::PeriodKind;
use crate::figure_name::agency_of;
use crate::register::Register;
use crate::risk::QUARTERS_TO_IMPROVE;

/// What is behind a figure of an agency or of the whole portfolio, behind a source's state and a claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RestsOn<'a> {
    /// No row: a document says it.
    Nothing,
    /// What this source brought, and its attempts.
    Source(&'a str),
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
    /// Amounts (money lines), 年累計 of some years.
    pub amounts: Option<Years>,
    /// 總累計 amounts with them, of all years.
    pub totals: Totals,
}

/// Whose 總累計 amounts are looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Totals {
    /// Nobody's.
    None,
    /// Everybody's.
    All,
    /// Those of programmes without 年累計 at a cut-off of the quarter ([`crate::assess::without_year`]): there they
    /// stand instead.
    WhereNoYear,
}

/// The fiscal years whose 年累計 amounts are looked at.
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
        totals: Totals::All,
    };
}

impl Years {
    /// No year.
    pub const NONE: Years = Years {
        first: i32::MAX,
        last: i32::MIN,
    };
    /// Every year.
    pub const ALL: Years = Years {
        first: i32::MIN,
        last: i32::MAX,
    };
}

/// What a figure of an agency or of the portfolio, a source's state or a claim rests on; `None` for any other, and where
/// its name does not tell.
///
/// ```
/// use quarterdeck_kpi::{address::FigureAddress, explain::{rests_on, RestsOn, Rows, Totals, Years}};
/// let rests = |figure| FigureAddress::parse(figure).map(|figure| format!("{:?}", rests_on(&figure))).unwrap();
/// // A rate of this year and its change against the last one.
/// let years = Years { first: 2024, last: 2025 };
/// let amounts = RestsOn::All(Rows { readings: false, amounts: Some(years), totals: Totals::WhereNoYear });
/// assert_eq!(rests("portfolio/budget.execution_rate@2025Q3"), format!("{:?}", Some(amounts)));
/// assert_eq!(rests("plan:dgp1.agency:NDC/budget-total.paid@2025Q3"), format!("{:?}", Some(RestsOn::Agency("NDC"))));
/// let readings = RestsOn::All(Rows { readings: true, amounts: None, totals: Totals::None });
/// assert_eq!(rests("portfolio/count.met@2025Q3"), format!("{:?}", Some(readings)));
/// let years = Some(Years { first: 2025, last: 2025 });
/// let of_this_year = Rows { readings: true, amounts: years, totals: Totals::WhereNoYear };
/// assert_eq!(rests("agency:NDC/unknown-price@2025Q3"), format!("{:?}", Some(RestsOn::All(of_this_year))));
/// assert_eq!(rests("source:demo-cloud/state"), format!("{:?}", Some(RestsOn::Source("demo-cloud"))));
/// assert_eq!(rests("plan:dgp1/claim.budget@2025Q3"), format!("{:?}", Some(RestsOn::Nothing)));
/// assert_eq!(rests("P12/online-share@2025Q3"), "None");
/// ```
pub fn rests_on(figure: &FigureAddress) -> Option<RestsOn<'_>> {
    let of_quarter = figure
        .period
        .is_none_or(|period| period.kind == PeriodKind::Quarter);
    let (name, part) = (&*figure.series.name, figure.series.part.as_deref());
    let is_money = is_money(figure);
    if let Some(source) = figure.series.scope.strip_prefix("source:") {
        return Some(RestsOn::Source(source));
    }
    if !of_quarter {
        return None;
    }
    if name == "claim" && figure.series.scope.starts_with("plan:") {
        return Some(RestsOn::Nothing);
    }
    let of_agency = agency_of(&figure.series.scope);
    if let (Some((_, agency)), true) = (of_agency, is_money) {
        return Some(RestsOn::Agency(agency));
    }
    // An agency's price of not knowing is taken from that of all programmes.
    if figure.series.scope != "portfolio" && (of_agency.is_none() || name != "unknown-price") {
        return None;
    }
    // Of the years in which the last quarters lie.
    let years = |quarters: usize| match figure.period {
        Some(period) => {
            let quarter = period.quarter();
            let first = quarter.last(quarters).next().unwrap_or(quarter).year;
            let last = quarter.year;
            Some(Years { first, last })
        }
        None => Some(Years::ALL),
    };
    let by_rule = || part.is_some_and(|part| part.starts_with("rule."));
    let (readings, amounts, totals) = match (name, part) {
        _ if is_money && name == "budget-total" => (false, Some(Years::NONE), Totals::All),
        // The same quarter of the year before is what a change is measured against.
        _ if is_money => (false, years(5), Totals::WhereNoYear),
        ("count", word) if counts_readings(word) => (true, None, Totals::None),
        ("oldest", None) => (true, None, Totals::None),
        // The rules look at the rates of the year alone.
        ("count", Some("lagging" | "lagging_without_reason")) => (true, years(1), Totals::None),
        ("migration", _) if by_rule() => (true, years(QUARTERS_TO_IMPROVE), Totals::None),
        ("migration", _) => (true, None, Totals::None),
        ("count" | "progress" | "budget-by-status" | "unknown-price", _) => {
            (true, years(1), Totals::WhereNoYear)
        }
        _ => return None,
    };
    Some(RestsOn::All(Rows {
        readings,
        amounts,
        totals,
    }))
}

/// Whether a figure is made of amounts alone: money as it stands, not as it is expected.
pub fn is_money(figure: &FigureAddress) -> bool {
    let part = figure.series.part.as_deref();
    matches!(&*figure.series.name, "budget" | "budget-total")
        && !part.is_some_and(|part| part.contains("forecast"))
}

/// How many quarters an explanation looks at, that of the figure last: those of which statuses and risks are asked for.
/// Rows of others may have a part in them.
///
/// ```
/// use quarterdeck_kpi::{address::FigureAddress, explain::quarters_of};
/// let quarters = |figure| quarters_of(&FigureAddress::parse(figure).unwrap());
/// assert_eq!(quarters("portfolio/count.lagging@2025Q3"), 1);
/// // Which programmes did not improve over four quarters.
/// assert_eq!(quarters("portfolio/migration.rule.not_improved@2025Q3"), 4);
/// // A programme's own figure is drawn with its history.
/// assert_eq!(quarters("P12/online-share@2025Q3"), 12);
/// ```
pub fn quarters_of(figure: &FigureAddress) -> usize {
    match rests_on(figure) {
        None => HISTORY,
        Some(_) if &*figure.series.name == "migration" => QUARTERS_TO_IMPROVE,
        Some(_) => 1,
    }
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
