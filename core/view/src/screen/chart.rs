//! The trajectory of one indicator, with the sentence that says it without a picture.

use super::parts::*;
use crate::format;
use crate::panel::{Body, Chart, ChartForecast, Panel, Place, Tone};
use crate::state::State;
use quarterdeck_kpi::assess::{Forecast, IndicatorAssessment, Point};
use quarterdeck_kpi::calendar::Quarter;
use quarterdeck_kpi::indicator::Indicator;
use quarterdeck_kpi::message::Message;
use rust_decimal::Decimal;

/// Ticks the axis has at most.
const TICKS: f64 = 6.0;

pub(crate) fn panel_of(
    state: &State,
    indicator: Option<&Indicator>,
    assessed: &IndicatorAssessment,
    outlook: Option<&Forecast>,
) -> Panel {
    let language = state.language;
    let unit = indicator.map_or("", |i| i.unit.as_str());
    let history = &assessed.history;
    let name = indicator.map_or_else(
        || assessed.series.to_string(),
        |i| title_of(language, &i.title),
    );
    let values: Vec<Option<f64>> = history.iter().map(|p| p.value.map(geometry)).collect();
    let mut target: Vec<Option<f64>> = history.iter().map(|p| p.target.map(geometry)).collect();
    let mut quarters: Vec<Quarter> = history.iter().map(|p| p.quarter).collect();
    let forecast = outlook.and_then(|outlook| ahead(state, outlook, unit, &mut quarters));
    if let (Some(outlook), Some(_)) = (outlook, &forecast) {
        // The target to reach stands at its own period; what lies between is not decided.
        target.resize(quarters.len(), None);
        if let Some(last) = target.last_mut() {
            *last = Some(geometry(outlook.target));
        }
    }
    let former: Vec<Option<f64>> = history
        .iter()
        .map(|p| p.former_target.map(geometry))
        .collect();
    let band: Vec<Option<f64>> = forecast
        .iter()
        .flat_map(|f| &f.points)
        .flat_map(|(_, value, low, high)| [Some(*value), Some(*low), Some(*high)])
        .collect();
    let drawn = values.iter().chain(&target).chain(&former).chain(&band);
    let is_empty = drawn.clone().flatten().next().is_none();
    let (ticks, cut_axis) = ticks(drawn.flatten(), unit);
    let last_value = history.iter().rev().find_map(|p| p.value);
    let last_target = history.last().and_then(|p| p.target);
    let shown_target = match (outlook, &forecast) {
        (Some(outlook), Some(_)) => Some(outlook.target),
        _ => last_target,
    };
    let last_former = history.iter().rev().find_map(|p| p.former_target);
    let text = |value: Decimal| format::value(value, unit);
    let label = |key: &str, value: Decimal| format!("{} {}", state.word(key), text(value));
    let known = history.iter().filter(|p| p.value.is_some()).count();
    let message = match (
        history.iter().find_map(|p| p.value.map(|v| (p.quarter, v))),
        history
            .iter()
            .rev()
            .find_map(|p| p.value.map(|v| (p.quarter, v))),
    ) {
        (Some((first_quarter, first)), Some((last_quarter, last))) => state.say(
            &Message::new("chart-message")
                .with("name", name.as_str())
                .with("first-quarter", first_quarter)
                .with("first", text(first))
                .with("last-quarter", last_quarter)
                .with("last", text(last))
                .with("target", last_target.map_or(format::NONE.to_owned(), text))
                .with("known", known)
                .with("of", history.len())
                .with("status", assessed.status),
        ),
        _ => {
            let text = match &assessed.figure {
                Some(figure) => Message::new("chart-message-old")
                    .with("value", text(figure.value))
                    .with("period", format::period(language, figure.period)),
                None => Message::new("chart-message-empty").with("status", assessed.status),
            };
            let text = text.with("name", name.as_str()).with("of", history.len());
            state.say(&text)
        }
    };
    let message = match (outlook, &forecast) {
        (Some(outlook), Some(_)) => {
            let expected = super::programme::expected(state, outlook, unit);
            let text = Message::new("chart-message-forecast")
                .with("message", message)
                .with("expected", expected)
                .with("chance", format::chance(outlook.probability));
            state.say(&text)
        }
        _ => message,
    };
    let unit_word = format::unit(language, unit);
    let mut panel = panel(
        "chart",
        Place::Main,
        if unit_word.is_empty() {
            name
        } else {
            state.say(
                &Message::new("chart-title")
                    .with("name", name.as_str())
                    .with("unit", unit_word.as_str()),
            )
        },
        Body::Chart(Chart {
            message,
            quarters: axis(language, quarters.into_iter()),
            actual: values,
            target,
            former,
            unknown: history
                .iter()
                .map(|p| p.value.is_none() && p.status.is_unknown())
                .collect(),
            breaks: positions(history, |p| p.definition_break),
            restarts: positions(history, |p| p.starts_again),
            actual_label: last_value.map_or_else(
                || format!("{} {}", state.word("chart-actual"), format::NONE),
                |v| label("chart-actual", v),
            ),
            target_label: shown_target.map(|v| label("chart-target", v)),
            former_label: last_former.map(|v| label("chart-former", v)),
            ticks,
            cut_axis,
            forecast,
        }),
    );
    // Axes around nothing say less than a sentence.
    if is_empty && let Body::Chart(chart) = &panel.body {
        let text = toned(chart.message.clone(), Tone::Label);
        panel.body = Body::Lines(vec![vec![text]]);
        return panel;
    }
    panel.subtitle = state.word(if cut_axis {
        "chart-subtitle-cut"
    } else {
        "chart-subtitle"
    });
    panel
}

/// Where points are of this kind.
pub(crate) fn positions(history: &[Point], wanted: fn(&Point) -> bool) -> Vec<usize> {
    let points = history.iter().enumerate();
    points
        .filter(|(_, p)| wanted(p))
        .map(|(at, _)| at)
        .collect()
}

/// The forecast as positions right of the history, whose quarters are added to the axis.
fn ahead(
    state: &State,
    outlook: &Forecast,
    unit: &str,
    quarters: &mut Vec<Quarter>,
) -> Option<ChartForecast> {
    let from = quarters.iter().position(|q| *q == outlook.last)?;
    let (end, at_target) = outlook.points.last()?;
    while quarters.last().is_some_and(|last| last < end) {
        let next = quarters.last()?.next();
        quarters.push(next);
    }
    let points = outlook
        .points
        .iter()
        .filter_map(|(quarter, ahead)| {
            let at = quarters.iter().position(|q| q == quarter)?;
            let [value, low, high] = [ahead.value, ahead.low, ahead.high].map(geometry);
            Some((at, value, low, high))
        })
        .collect();
    Some(ChartForecast {
        from,
        points,
        label: format!(
            "{} {}",
            state.word("chart-forecast"),
            format::value(at_target.value, unit)
        ),
    })
}

/// Round tick values over the data; from zero unless that would flatten the line.
fn ticks<'a>(values: impl Iterator<Item = &'a f64>, unit: &str) -> (Vec<(f64, String)>, bool) {
    let (low, high) = values
        .filter(|v| v.is_finite())
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), v| {
            (low.min(*v), high.max(*v))
        });
    if !low.is_finite() {
        return (vec![(0.0, "0".to_owned()), (1.0, "1".to_owned())], false);
    }
    let cut = low > 0.0 && low > high * 0.7 && high > low;
    let from = if cut { low } else { low.min(0.0) };
    let to = if high > from { high } else { from + 1.0 };
    let raw = (to - from) / (TICKS - 1.0);
    let magnitude = 10f64.powf(raw.log10().floor());
    let step = [1.0, 2.0, 2.5, 5.0, 10.0]
        .into_iter()
        .map(|m| m * magnitude)
        .find(|s| *s >= raw * 0.999)
        .unwrap_or(magnitude * 10.0);
    let first = (from / step).floor();
    let count = ((to / step).ceil() - first).clamp(1.0, 12.0);
    let mut ticks = Vec::new();
    let mut at = 0.0;
    while at <= count {
        let value = (first + at) * step;
        let places = if step >= 1.0 && step.fract() == 0.0 {
            0
        } else {
            2
        };
        let exact = Decimal::try_from(value).unwrap_or_default();
        let label = format::decimal(exact, places);
        let label = if unit == "percent" || places > 0 {
            label
        } else {
            format::number(exact.round())
        };
        ticks.push((value, label));
        at += 1.0;
    }
    (ticks, cut && first > 0.0)
}
