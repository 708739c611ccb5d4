//! A forecast: made when it is looked at, from the readings behind it, by the method named.

use super::rows::readings;
use super::{Case, Explanation, Part, Rule, term};
use crate::address::SeriesId;
use crate::assess::sentence::quantity;
use crate::assess::{Outlook, execution_outlooks, outlooks};
use crate::forecast::{METHOD, backtest_sentence, method_sentence};
use crate::indicator::Indicator;
use crate::message::{Arg, Message};
use rust_decimal::Decimal;

/// A part of an indicator's forecast; `rest` is what follows the word `forecast`.
pub(super) fn of_indicator(
    case: &Case<'_>,
    indicator: &Indicator,
    title: Arg,
    rest: &str,
) -> Explanation {
    let quarter = case.assessment.quarter;
    let made = outlooks(case.snapshot, quarter, Some(&indicator.series));
    let mut out = Explanation::new(case.figure.clone(), title);
    fill(
        case,
        &mut out,
        made.get(&indicator.series),
        &indicator.unit,
        &indicator.series,
        rest,
    );
    out.rows = readings(case.readings(), &[], |row| {
        row.item.series == indicator.series && row.item.period.end <= quarter.end()
    });
    out
}

/// A part of the forecast of a programme's execution rate at the year's end: `budget.execution_rate_forecast`.
pub(super) fn execution(case: &Case<'_>) -> Option<Explanation> {
    let rest = case.part()?.strip_prefix("execution_rate_forecast")?;
    crate::figure_name::forecast_term(rest)?;
    if case.name() != "budget" {
        return None;
    }
    let id = case.scope();
    let made = execution_outlooks(case.snapshot, case.assessment.quarter, Some(id));
    let outlook = made.get(id)?;
    let mut out = Explanation::new(case.figure.clone(), case.name_of(&case.figure.series));
    let series = SeriesId::new(id, "budget").part("execution_rate");
    fill(case, &mut out, Some(outlook), "percent", &series, rest);
    Some(out)
}

fn fill(
    case: &Case<'_>,
    out: &mut Explanation,
    outlook: Option<&Outlook>,
    unit: &str,
    series: &SeriesId,
    rest: &str,
) {
    let found = match outlook {
        Some(Ok(found)) => found,
        none => {
            let why = match none {
                Some(Err(why)) => why.message(),
                _ => Message::new("forecast-none-irregular"),
            };
            out.rule = Some(Rule {
                id: METHOD.to_owned(),
                text: why,
            });
            return;
        }
    };
    let last = found.points.last().map(|(_, ahead)| *ahead);
    let value = |of: Option<Decimal>| of.map(|of| quantity(of, "", unit));
    let parts = [
        ("", value(last.map(|a| a.value))),
        ("_low", value(last.map(|a| a.low))),
        ("_high", value(last.map(|a| a.high))),
        ("_probability", Some(Arg::Fraction(found.probability))),
    ];
    out.value = parts
        .iter()
        .find(|(word, _)| *word == rest)
        .and_then(|(_, value)| value.clone());
    out.rule = Some(Rule {
        id: METHOD.to_owned(),
        text: method_sentence(found.has_trend, found.readings),
    });
    out.formula = Some(backtest_sentence(found.backtest.as_ref()));
    let target = quantity(found.target, "", unit);
    out.parts.push(Part {
        figure: None,
        label: Message::new("explain-forecast-target")
            .with("period", found.target_period)
            .into(),
        value: Some(target),
        status: None,
    });
    out.parts.push(Part {
        figure: Some(series.clone().at(found.last.period())),
        label: term("explain-forecast-last"),
        value: Some(Arg::Quarter(found.last)),
        status: None,
    });
    for (quarter, ahead) in &found.points {
        out.parts.push(Part {
            figure: None,
            label: Arg::Quarter(*quarter),
            value: value(Some(ahead.value)),
            status: None,
        });
    }
    let base = case.figure.series.part.as_deref().unwrap_or_default();
    let base = base.strip_suffix(rest).unwrap_or(base);
    for (word, shown) in parts.into_iter().filter(|(word, _)| *word != rest) {
        let part = SeriesId {
            part: Some(format!("{base}{word}").into()),
            ..case.figure.series.clone()
        };
        out.parts.push(Part {
            label: case.name_of(&part),
            figure: Some(case.at(part)),
            value: shown,
            status: None,
        });
    }
}
