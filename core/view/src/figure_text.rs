//! A figure of the report in words: what it is called and what it says.

use crate::format;
use crate::i18n::{Language, argument};
use quarterdeck_kpi::address::FigureAddress;
use quarterdeck_kpi::figure_name::figure_name;
use quarterdeck_kpi::figures::Said;
use quarterdeck_kpi::register::Register;

/// What a figure says; a dash for one that is unknown.
pub fn said(language: Language, said: Option<&Said>) -> String {
    match said {
        None => "—".to_owned(),
        Some(Said::Number(value)) => format::number(*value),
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
