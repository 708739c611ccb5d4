//! A figure of the report in words: what it is called and what it says.

use crate::format;
use crate::i18n::{Language, argument};
use quarterdeck_kpi::address::{FigureAddress, SeriesId};
use quarterdeck_kpi::figure_name::figure_name;
use quarterdeck_kpi::figures::Said;
use quarterdeck_kpi::register::Register;

/// Unit id of an indicator; empty for every other series.
pub fn unit<'a>(register: &'a Register, series: &SeriesId) -> &'a str {
    let own = register.indicators().find(|i| &i.series == series);
    own.map_or("", |indicator| indicator.unit.as_str())
}

/// What a figure says, a number in this unit; a dash for one that is unknown.
pub fn said(language: Language, unit: &str, said: Option<&Said>) -> String {
    match said {
        None => format::NONE.to_owned(),
        Some(Said::Number(value)) => format::exact(*value, unit),
        Some(Said::Ntd(amount)) => format::count(*amount),
        Some(Said::Points(value)) => format::points(*value),
        Some(other) => argument(language, &other.arg()),
    }
}

/// What a figure is called: whose it is, and which of its figures.
pub fn name(language: Language, register: &Register, address: &str) -> String {
    let Ok(parsed) = FigureAddress::parse(address) else {
        return address.to_owned();
    };
    let day = parsed.period.map(|period| period.end).unwrap_or_default();
    argument(language, &figure_name(register, day, &parsed.series))
}
