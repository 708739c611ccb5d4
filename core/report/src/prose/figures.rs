//! The figures that a text may name, and how each may be written.

use crate::ReportInput;
use crate::sections::unexecuted;
use quarterdeck_kpi::Decimal;
use quarterdeck_kpi::address::{FigureAddress, SeriesId};
use quarterdeck_kpi::assess::MoneyAssessment;
use quarterdeck_kpi::calendar::Period;
use quarterdeck_kpi::money::AmountKind;
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
        ("portfolio", "budget", Some(part)) => {
            let portfolio = &assessment.portfolio;
            match part {
                "execution_rate_change" => {
                    let now = portfolio.money.execution_rate?.fraction();
                    let before = portfolio.execution_rate_last_year?;
                    Some(Value::Points((now - before) * Decimal::ONE_HUNDRED))
                }
                part => money(&portfolio.money, part),
            }
        }
        (scope, "budget", Some(part)) => money(money_of(input, scope)?, part),
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

fn money_of<'a>(input: &ReportInput<'a>, scope: &str) -> Option<&'a MoneyAssessment> {
    let assessment = input.assessment;
    match scope.strip_prefix("agency:") {
        Some(agency) => {
            let mut agencies = assessment.agencies.iter();
            agencies.find(|a| a.id == agency).map(|a| &a.money)
        }
        None => {
            let mut programmes = assessment.programmes.iter();
            programmes.find(|p| p.id == scope).map(|p| &p.money)
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
        "unexecuted" => unexecuted(money).map(Value::Ntd),
        "execution_rate" => rate(money.execution_rate),
        "disbursement_ratio" => rate(money.disbursement_ratio),
        "attainment" => rate(money.attainment),
        "settlement_ratio" => rate(money.settlement_ratio),
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
            .filter(|p| !super::rules::is_explained(input, &p.id))
            .count(),
        id => {
            let status = Status::ALL.into_iter().find(|status| status.id() == id)?;
            of(&|s| s == status)
        }
    };
    i64::try_from(counted).ok()
}
