//! The figures that a text may name, and how each may be written.

use crate::ReportInput;
use quarterdeck_kpi::Decimal;
use quarterdeck_kpi::address::{FigureAddress, SeriesId};
use quarterdeck_kpi::assess::{Accounts, MoneyAssessment};
use quarterdeck_kpi::calendar::Period;
use quarterdeck_kpi::money::{AmountKind, Span};
use quarterdeck_kpi::status::Status;
use quarterdeck_view::format;
use std::collections::BTreeSet;

/// The value of a figure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Value {
    /// How many.
    Count(i64),
    /// Whole NT$.
    Ntd(i64),
    /// A fraction shown in percent.
    Rate(Decimal),
    /// Percentage points.
    Points(Decimal),
    /// In the unit of its indicator.
    Plain(Decimal),
}

/// How a value may be written, the usual way first.
fn written(input: &ReportInput<'_>, value: Value) -> Vec<String> {
    match value {
        Value::Count(count) => vec![format::count(count), count.to_string()],
        Value::Ntd(ntd) => vec![
            format::money_prose(input.language, ntd),
            format::count(ntd),
            ntd.to_string(),
            format::money_thousands(ntd),
        ],
        Value::Rate(fraction) => vec![format::rate(fraction), format::rate_number(fraction)],
        Value::Points(points) => {
            let signed = format::points(points);
            let bare = signed.trim_start_matches(['+', '\u{2212}']).to_owned();
            vec![signed, bare]
        }
        Value::Plain(value) => {
            let number = format::number(value);
            vec![number.clone(), format!("{number} %"), value.to_string()]
        }
    }
}

/// The usual way to write a figure of this quarter.
pub(super) fn shown(input: &ReportInput<'_>, value: Value) -> String {
    written(input, value).into_iter().next().unwrap_or_default()
}

/// How a figure may be written; `None` when the report knows no such figure.
pub(super) fn forms(input: &ReportInput<'_>, address: &FigureAddress) -> Option<Vec<String>> {
    let quarter = input.assessment.quarter.period();
    if address
        .period
        .is_some_and(|period: Period| period != quarter)
    {
        return None;
    }
    value(input, &address.series).map(|value| written(input, value))
}

/// The value of a series at the report's quarter.
pub(super) fn value(input: &ReportInput<'_>, series: &SeriesId) -> Option<Value> {
    let assessment = input.assessment;
    let part = series.part.as_deref();
    match (series.scope.as_str(), series.name.as_str(), part) {
        ("portfolio", "count", Some(part)) => count(input, part).map(Value::Count),
        (scope, name, Some(part)) if span_of(name).is_some() => {
            let accounts = accounts(input, scope)?;
            match (span_of(name)?, part) {
                (Span::YearToDate, "execution_rate_change") => accounts
                    .change_points(|money| money.execution_rate)
                    .map(Value::Points),
                (Span::YearToDate, part) => money(&accounts.year_to_date, part),
                (Span::SinceBeginning, part) => money(&accounts.since_beginning, part),
            }
        }
        (scope, "progress", Some("variance")) => {
            let mut programmes = assessment.programmes.iter();
            let points = programmes.find(|p| p.id == scope)?.variance_points?;
            Some(Value::Points(points))
        }
        _ => {
            let of_nodes = assessment.nodes.iter().flat_map(|node| &node.indicators);
            let of_programmes = assessment.programmes.iter().flat_map(|p| &p.indicators);
            let mut all = of_nodes.chain(of_programmes);
            let figure = all.find(|indicator| indicator.series == *series)?;
            Some(Value::Plain(figure.figure.as_ref()?.value))
        }
    }
}

/// 年累計 and 總累計 stand under words of their own.
fn span_of(name: &str) -> Option<Span> {
    [Span::YearToDate, Span::SinceBeginning]
        .into_iter()
        .find(|span| span.series_name() == name)
}

/// The word of the accumulation that a text is about: 年累計 where it is known.
pub(super) fn account(input: &ReportInput<'_>, scope: &str) -> &'static str {
    let only_total = accounts(input, scope).is_some_and(|accounts| {
        accounts.year_to_date.span.is_none() && accounts.since_beginning.span.is_some()
    });
    let span = if only_total {
        Span::SinceBeginning
    } else {
        Span::YearToDate
    };
    span.series_name()
}

fn accounts<'a>(input: &ReportInput<'a>, scope: &str) -> Option<&'a Accounts> {
    let assessment = input.assessment;
    if scope == "portfolio" {
        return Some(&assessment.portfolio.accounts);
    }
    let mut agencies = assessment.agencies.iter();
    match agencies.find(|a| a.scope == scope) {
        Some(agency) => Some(&agency.accounts),
        None => {
            let mut programmes = assessment.programmes.iter();
            programmes.find(|p| p.id == scope).map(|p| &p.accounts)
        }
    }
}

fn money(money: &MoneyAssessment, part: &str) -> Option<Value> {
    if let Some(kind) = AmountKind::from_id(part) {
        return money.amounts.get(kind).map(Value::Ntd);
    }
    let rate = |ratio: Option<quarterdeck_kpi::money::Ratio>| {
        ratio.map(|ratio| Value::Rate(ratio.fraction()))
    };
    match part {
        "executed" => money.executed_ntd.map(Value::Ntd),
        "unexecuted" => money.unexecuted_ntd().map(Value::Ntd),
        "execution_rate" => rate(money.execution_rate),
        "disbursement_ratio" => rate(money.disbursement_ratio),
        "attainment" => rate(money.attainment),
        "settlement_ratio" => rate(money.settlement_ratio),
        "realised" => rate(money.realised),
        _ => None,
    }
}

/// Counts of programmes. `good` is met or on track, `not_known` everything that cannot be rated.
fn count(input: &ReportInput<'_>, part: &str) -> Option<i64> {
    let assessment = input.assessment;
    let of = |statuses: &dyn Fn(Status) -> bool| {
        let programmes = assessment.programmes.iter();
        programmes.filter(|p| statuses(p.status)).count()
    };
    let counted = match part {
        "programmes" => assessment.programmes.len(),
        "agencies" => {
            let leads = input.snapshot.register.programmes.iter();
            let leads: BTreeSet<&str> = leads.map(|p| p.lead.as_str()).collect();
            leads.len()
        }
        "good" => of(&|s| matches!(s, Status::Met | Status::OnTrack)),
        "not_known" => of(&|s| {
            !matches!(
                s,
                Status::Met | Status::OnTrack | Status::AtRisk | Status::Behind
            )
        }),
        "without_rate" => {
            let programmes = assessment.programmes.iter();
            programmes
                .filter(|p| p.money.execution_rate.is_none())
                .count()
        }
        "lagging" => {
            let programmes = assessment.programmes.iter();
            programmes
                .filter(|p| p.lagging.lagging == Some(true))
                .count()
        }
        "lagging_without_reason" => super::rules::lagging(input)
            .filter(|p| !super::rules::is_explained(p))
            .count(),
        id => {
            let status = Status::ALL.into_iter().find(|status| status.id() == id)?;
            of(&|s| s == status)
        }
    };
    i64::try_from(counted).ok()
}
