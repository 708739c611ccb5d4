//! Will the target be met in its period: forecast of the chosen indicator and of the year's execution.

use super::super::parts::*;
use crate::format;
use crate::panel::{Body, Fact, Line, Panel, Place, Tone};
use crate::state::{Loaded, State};
use quarterdeck_kpi::assess::{Forecast, IndicatorAssessment, Outlook, ProgrammeAssessment};
use quarterdeck_kpi::forecast::{LEVEL_PERCENT, backtest_sentence, method_sentence};
use quarterdeck_kpi::indicator::Indicator;
use quarterdeck_kpi::message::Message;
use rust_decimal::Decimal;

pub(crate) fn outlook(
    state: &State,
    loaded: &Loaded,
    programme: &ProgrammeAssessment,
    chosen: Option<(Option<&Indicator>, &IndicatorAssessment)>,
) -> Panel {
    let quarter = loaded.assessment.quarter;
    let snapshot = &loaded.snapshot;
    let mut facts = Vec::new();
    if let Some((indicator, assessed)) = chosen {
        let unit = indicator.map_or("", |i| i.unit.as_str());
        let found = loaded
            .outlooks
            .indicator(snapshot, quarter, &assessed.series);
        push(state, &mut facts, "outlook-indicator", &found, unit);
    }
    let execution = loaded.outlooks.execution(snapshot, quarter, &programme.id);
    push(
        state,
        &mut facts,
        "outlook-execution",
        &execution,
        "percent",
    );
    let mut panel = panel(
        "outlook",
        Place::Main,
        state.word("programme-outlook"),
        Body::Facts(facts),
    );
    panel.subtitle = state.word("outlook-subtitle");
    panel
}

fn push(state: &State, facts: &mut Vec<Fact>, label: &str, found: &Outlook, unit: &str) {
    match found {
        Ok(forecast) => {
            facts.push(Fact {
                label: state.word(label),
                value: vec![span(expected(state, forecast, unit))],
                extra: None,
            });
            let target = state.say(
                &Message::new("outlook-target")
                    .with("target", format::value(forecast.target, unit))
                    .with("period", forecast.target_period),
            );
            facts.push(fact(
                state.word("outlook-probability"),
                vec![
                    bold(format::chance(forecast.probability)),
                    toned(format!("  {target}"), Tone::Label),
                ],
            ));
            let method: Line = vec![
                span(state.say(&method_sentence(forecast.has_trend, forecast.readings))),
                toned(
                    format!(
                        "  {}",
                        state.say(&backtest_sentence(forecast.backtest.as_ref()))
                    ),
                    Tone::Hint,
                ),
            ];
            facts.push(fact(state.word("outlook-method"), method));
        }
        Err(why) => facts.push(fact(
            state.word(label),
            vec![toned(state.say(&why.message()), Tone::Hint)],
        )),
    }
}

/// "2026Q4: 66.20 (80 % between 64.10 and 68.30)"
pub(crate) fn expected(state: &State, forecast: &Forecast, unit: &str) -> String {
    let Some((quarter, ahead)) = forecast.points.last() else {
        return format::NONE.to_owned();
    };
    let places = if unit == "percent" {
        2
    } else {
        ahead.value.scale().min(2)
    };
    let shown = |value: Decimal| format::decimal(value, places);
    state.say(
        &Message::new("outlook-expected")
            .with("quarter", *quarter)
            .with("value", shown(ahead.value))
            .with("level", LEVEL_PERCENT)
            .with("low", shown(ahead.low))
            .with("high", shown(ahead.high)),
    )
}
