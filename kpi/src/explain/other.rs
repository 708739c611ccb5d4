//! What is no figure of a quarter: a reading of any period, a decided target, a claim, a source.

use super::indicator::{IndicatorPart, about, named};
use super::rows::{lines, readings, series_of};
use super::{Case, Explanation, Part, Row, RowState, Rule, term};
use crate::assess::TargetInForce;
use crate::assess::sentence::quantity;
use crate::calendar::taipei_day;
use crate::figure_name::agency_of;
use crate::message::{Arg, Message};
use crate::money::MoneyLine;
use crate::observation::{Observation, Qualifier, Recorded};
use crate::source::Outcome;

pub(super) fn explain(case: &Case<'_>) -> Option<Explanation> {
    source(case)
        .or_else(|| claim(case))
        .or_else(|| target(case))
        .or_else(|| reading(case))
        .or_else(|| line(case))
}

/// The rows that `wanted` takes; the last that stands of each series and period counts.
pub(super) fn standing_rows(
    case: &Case<'_>,
    wanted: impl Fn(&Recorded<Observation>) -> bool,
) -> Vec<Row> {
    let mut rows = readings(case.readings(), &[], wanted);
    for row in &mut rows {
        if row.state == RowState::Unused {
            row.state = RowState::Counts;
        }
    }
    rows
}

/// A series that is not an indicator's, or one of a period that is no quarter.
fn reading(case: &Case<'_>) -> Option<Explanation> {
    let period = case.figure.period?;
    let rows = standing_rows(case, |row| {
        row.item.series == case.figure.series
            && (row.item.period.start, row.item.period.end) == (period.start, period.end)
    });
    if rows.is_empty() {
        return None;
    }
    let mut out = Explanation::new(case.figure.clone(), case.name_of(&case.figure.series));
    let counts = rows.iter().rev().find(|row| row.state == RowState::Counts);
    if let Some(row) = counts {
        let sign = match row.qualifier {
            Qualifier::Exact => "",
            other => other.sign(),
        };
        out.value = row.value.map(|value| quantity(value, sign, &row.unit));
        if let Some(parts) = row.parts {
            let id = if row.unit == "percent" {
                "explain-formula-percent"
            } else {
                "explain-formula-ratio"
            };
            out.formula = row.value.map(|value| {
                Message::new(id)
                    .with("numerator", parts.numerator)
                    .with("denominator", parts.denominator)
                    .with("value", quantity(value, "", &row.unit))
            });
            out.ratio_parts(parts);
        }
    }
    out.rows = rows;
    Some(out)
}

/// A money line of a period that is no quarter.
fn line(case: &Case<'_>) -> Option<Explanation> {
    let period = case.figure.period?;
    let asked = &case.figure.series;
    // An agency may be named without its plan.
    let own = |line: &MoneyLine| {
        let series = series_of(line);
        series == *asked
            || series.name == asked.name
                && series.part == asked.part
                && agency_of(&series.scope).map(|(_, agency)| (None, agency))
                    == Some(agency_of(&asked.scope).unwrap_or_default())
    };
    let mut rows = lines(&case.snapshot.money, &[], |row| {
        own(&row.item) && row.item.period.end == period.end
    });
    if rows.is_empty() {
        return None;
    }
    for row in &mut rows {
        if row.state == RowState::Unused {
            row.state = RowState::Counts;
        }
    }
    let mut out = Explanation::new(case.figure.clone(), case.name_of(asked));
    out.value = rows
        .iter()
        .rev()
        .find(|row| row.state == RowState::Counts)
        .and_then(|row| i64::try_from(row.value?).ok())
        .map(Arg::Ntd);
    out.rows = rows;
    Some(out)
}

/// The decisions on the target of a period.
fn target(case: &Case<'_>) -> Option<Explanation> {
    let (indicator, part) = named(&case.snapshot.register, &case.figure.series)?;
    if part != Some(IndicatorPart::Target) {
        return None;
    }
    let period = case.figure.period?;
    let day = taipei_day(case.snapshot.as_of);
    let mut decisions: Vec<_> = indicator
        .targets
        .iter()
        .filter(|t| t.period == period && t.set_on.is_none_or(|set_on| set_on <= day))
        .cloned()
        .collect();
    decisions.sort_by_key(|t| t.set_on);
    let last = decisions.last()?;
    let title = about("explain-target-of", Arg::Title(indicator.title.clone()));
    let mut out = Explanation::new(case.figure.clone(), title);
    out.unit.clone_from(&indicator.unit);
    out.value = Some(quantity(last.value, "", &indicator.unit));
    let former = decisions
        .len()
        .checked_sub(2)
        .and_then(|at| decisions.get(at));
    out.target = Some(TargetInForce {
        value: last.value,
        upper: last.upper,
        period,
        set_on: last.set_on,
        by: last.by.clone(),
        document: last.document.clone(),
        former: former.map(|f| (f.value, last.set_on)),
    });
    out.rule = Some(Rule {
        id: "target-decided@1".to_owned(),
        text: Message::new("explain-rule-target"),
    });
    out.decisions = decisions;
    Some(out)
}

/// What a document says about a plan: `plan:dgp1/claim.ID`.
fn claim(case: &Case<'_>) -> Option<Explanation> {
    let plan = case.scope().strip_prefix("plan:")?;
    if case.name() != "claim" {
        return None;
    }
    let id = case.part()?;
    let claim = case
        .snapshot
        .register
        .claims
        .iter()
        .find(|c| c.plan == plan && c.id == id)?;
    let mut out = Explanation::new(case.figure.clone(), Arg::Title(claim.text.clone()));
    out.value = Some(Arg::from(claim.value.as_str()));
    let mut text = Message::new("explain-rule-claim").with("source", claim.source.as_str());
    if let Some(day) = claim.date {
        text = Message::new("explain-rule-claim-dated")
            .with("source", claim.source.as_str())
            .with("day", day);
    }
    out.rule = Some(Rule {
        id: "claim@1".to_owned(),
        text,
    });
    Some(out)
}

/// How a source is doing: `source:ID/state`.
fn source(case: &Case<'_>) -> Option<Explanation> {
    let id = case.scope().strip_prefix("source:")?;
    let state = case.snapshot.sources.iter().find(|s| s.id == id)?;
    let last = state.attempts.first();
    let title = Message::new("explain-source").with("source", id);
    let mut out = Explanation::new(case.figure.clone(), title.into());
    let word = term(match last.map(|a| a.outcome) {
        Some(Outcome::Good) => "explain-outcome-good",
        Some(Outcome::Partial) => "explain-outcome-partial",
        Some(Outcome::Rejected) => "explain-outcome-rejected",
        Some(Outcome::Failed) => "explain-outcome-failed",
        None => "explain-outcome-never",
    });
    let day = taipei_day(case.snapshot.as_of);
    let age = state
        .newest_data
        .map(|at| (day - taipei_day(at)).num_days());
    let parts = [
        ("explain-source-outcome", Some(word.clone())),
        ("explain-source-attempt", last.map(|a| Arg::Instant(a.at))),
        ("explain-source-rows", last.map(|a| Arg::from(a.rows))),
        ("explain-source-newest", state.newest_data.map(Arg::Instant)),
        ("explain-source-age", age.map(Arg::Count)),
    ];
    out.value = match case.name() {
        "age" => age.map(Arg::Count),
        "rows" => last.map(|a| Arg::from(a.rows)),
        "newest" => state.newest_data.map(Arg::Instant),
        _ => Some(word),
    };
    out.parts = parts
        .into_iter()
        .map(|(word, value)| Part {
            figure: None,
            label: term(word),
            value,
            status: None,
        })
        .collect();
    out.rule = Some(Rule {
        id: "source-state@1".to_owned(),
        text: match last.and_then(|a| a.message.clone()) {
            Some(message) => message,
            None => Message::new("explain-rule-source"),
        },
    });
    Some(out)
}
