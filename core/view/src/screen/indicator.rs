//! Indicator: its way over time, every row ever recorded for it, and at the right its trail.

use super::parts::*;
use super::programme::actor_name;
use crate::format;
use crate::panel::{Body, Line, Measure, Panel, Place, Row, Tone};
use crate::readings;
use crate::state::{Loaded, State};
use crate::trail::struck;
use quarterdeck_kpi::assess::IndicatorAssessment;
use quarterdeck_kpi::effective::live_readings;
use quarterdeck_kpi::indicator::{Combine, Direction, Indicator};
use quarterdeck_kpi::message::{Arg, Message};
use quarterdeck_kpi::observation::{Act, Cause, Observation, Reading, Recorded};
use std::collections::{HashMap, HashSet};

/// The indicator shown: the one opened, else the first there is.
pub(crate) fn current<'a>(
    state: &State,
    loaded: &'a Loaded,
) -> Option<(&'a Indicator, &'a IndicatorAssessment)> {
    let all = || {
        let programmes = loaded.assessment.programmes.iter();
        let nodes = loaded.assessment.nodes.iter();
        programmes
            .flat_map(|p| &p.indicators)
            .chain(nodes.flat_map(|n| &n.indicators))
    };
    let assessed = state
        .indicator
        .as_ref()
        .and_then(|series| all().find(|i| &i.series == series))
        .or_else(|| all().next())?;
    let indicator = indicator_of(&loaded.snapshot.register, &assessed.series)?;
    Some((indicator, assessed))
}

pub(crate) fn panels(state: &State, loaded: &Loaded) -> Vec<Panel> {
    let Some((indicator, assessed)) = current(state, loaded) else {
        let text = vec![vec![toned(state.word("indicator-none"), Tone::Label)]];
        return vec![panel(
            "title",
            Place::Main,
            String::new(),
            Body::Lines(text),
        )];
    };
    let figure = assessed
        .series
        .clone()
        .at(loaded.assessment.quarter.period());
    let expected = loaded.outlooks.indicator(
        &loaded.snapshot,
        loaded.assessment.quarter,
        &assessed.series,
    );
    let mut chart =
        super::chart::panel_of(state, Some(indicator), assessed, expected.as_ref().ok());
    chart.figure = Some(figure);
    vec![
        title(state, loaded, indicator, assessed),
        chart,
        observations(state, loaded, indicator, assessed),
    ]
}

fn title(
    state: &State,
    loaded: &Loaded,
    indicator: &Indicator,
    assessed: &IndicatorAssessment,
) -> Panel {
    let language = state.language;
    let register = &loaded.snapshot.register;
    let unit = indicator.unit.as_str();
    let scope = &assessed.series.scope;
    let owner = match register.programme(scope) {
        Some(programme) => format!("{scope} {}", title_of(language, &programme.title)),
        None => super::overview::node_name(state, register, scope),
    };
    let quarter = loaded.assessment.quarter;
    let mut facts: Line = vec![
        crate::panel::Span {
            tone: Tone::Label,
            ..mono(format!("{}@{quarter}", assessed.series))
        },
        toned("  ", Tone::Label),
    ];
    facts.push(toned(definition(state, indicator), Tone::Label));
    let number = |value| format::value(value, unit);
    let unit_word = format::unit(language, unit);
    let actual = assessed.figure.as_ref();
    let target = assessed.target.as_ref();
    let measure =
        |label: &str, value: Option<String>, unit: &str, below: String, part: Option<&str>| {
            let series = match part {
                Some(part) => assessed.series.clone().part(part),
                None => assessed.series.clone(),
            };
            Measure {
                label: state.word(label),
                unit: if value.is_some() { unit } else { "" }.to_owned(),
                value: value.unwrap_or_else(|| format::NONE.to_owned()),
                below,
                figure: Some(series.at(quarter.period())),
                ..Measure::default()
            }
        };
    let mut rated = measure(
        "column-achievement",
        assessed.achievement.map(format::rate_number),
        "%",
        assessed.rule_id.clone(),
        Some("achievement"),
    );
    rated.tone = Tone::Status(assessed.status);
    let mut panel = panel(
        "title",
        Place::Head,
        String::new(),
        Body::Title {
            breadcrumbs: format!("{} › {owner}", state.word("nav-overview")),
            title: title_of(language, &indicator.title),
            status: Some((assessed.status, format::status(language, assessed.status))),
            facts,
            measures: vec![
                measure(
                    "column-actual",
                    actual.map(|f| format::qualified(f.value, unit, f.qualifier)),
                    &unit_word,
                    actual.map_or(String::new(), |f| format::period(language, f.period)),
                    None,
                ),
                measure(
                    "column-target",
                    target.map(|t| number(t.value)),
                    &unit_word,
                    target.map_or(String::new(), |t| format::period(language, t.period)),
                    Some("target"),
                ),
                rated,
            ],
        },
    );
    panel.figure = Some(assessed.series.clone().at(quarter.period()));
    panel
}

/// Which way is good, how readings combine, its weight, its age limit, its definition.
fn definition(state: &State, indicator: &Indicator) -> String {
    let direction = match indicator.direction {
        Direction::Higher => "direction-higher",
        Direction::Lower => "direction-lower",
        Direction::Band => "direction-band",
        Direction::Done => "direction-done",
    };
    let combine = match indicator.combine {
        Combine::Last => "combine-last",
        Combine::Sum => "combine-sum",
        Combine::Mean => "combine-mean",
        Combine::Max => "combine-max",
        Combine::Cumulative => "combine-cumulative",
    };
    let mut parts = vec![
        state.word(direction),
        state.word(combine),
        state.say(&Message::new("indicator-weight").with("weight", indicator.weight)),
    ];
    if let Some(days) = indicator.max_age_days {
        parts.push(state.say(&Message::new("indicator-max-age").with("days", days)));
    }
    let mut version =
        Message::new("indicator-definition").with("version", indicator.definition_version);
    if let Some(from) = indicator.valid_from {
        version = Message::new("indicator-definition-since")
            .with("version", indicator.definition_version)
            .with("day", Arg::Date(from));
    }
    parts.push(state.say(&version));
    parts.join("  ")
}

/// Every row, latest period first: nothing is ever taken out, what counts no more is struck.
fn observations(
    state: &State,
    loaded: &Loaded,
    indicator: &Indicator,
    assessed: &IndicatorAssessment,
) -> Panel {
    let mut series = vec![&assessed.series];
    if let Some((over, under)) = &indicator.computed_from {
        series.extend([over, under]);
    }
    let mut own: Vec<Recorded<Observation>> = readings::of(state, loaded, &series)
        .into_iter()
        .cloned()
        .collect();
    own.sort_by_key(|row| {
        (
            std::cmp::Reverse(row.item.period.end),
            std::cmp::Reverse(row.sequence),
        )
    });
    let gone = gone(&own);
    let count = own.len();
    let rows = own
        .iter()
        .map(|row| observation(state, loaded, row, gone.contains(&row.sequence)))
        .collect();
    let columns = vec![
        column(state, "period", "column-period", 92, 10),
        column(state, "value", "column-value", 96, 11).right(),
        column(state, "recorded", "column-recorded", 132, 16),
        column(state, "source", "column-source", 180, 14),
        column(state, "state", "trail-row-state", 92, 9),
        column(state, "hand", "trail-row-hand", 150, 16)
            .grows()
            .drop(1),
    ];
    let body = Body::Table(table(
        state,
        "observations",
        columns,
        rows,
        state.word("programme-no-readings"),
    ));
    let mut panel = panel("observations", Place::Main, state.word("trail-rows"), body);
    panel.subtitle = state.word("indicator-append-only");
    panel.aside = vec![toned(
        state.say(&Message::new("programme-readings-count").with("count", count)),
        Tone::Hint,
    )];
    panel
}

/// Rows that no longer count: corrected, withdrawn, or followed by a later one of the same period.
fn gone(rows: &[Recorded<Observation>]) -> HashSet<i64> {
    let live = live_readings(rows, |_| false);
    let standing: HashSet<i64> = live.iter().map(|row| row.sequence).collect();
    let mut latest = HashMap::new();
    for row in live {
        if row.intact && !matches!(row.act, Act::Withdraw(_)) && row.item.value().is_some() {
            let key = (row.item.series.clone(), row.item.period);
            latest.insert(key, row.sequence);
        }
    }
    rows.iter()
        .filter(|row| {
            let key = (row.item.series.clone(), row.item.period);
            !standing.contains(&row.sequence)
                || latest.get(&key).is_some_and(|last| *last > row.sequence)
        })
        .map(|row| row.sequence)
        .collect()
}

fn observation(
    state: &State,
    loaded: &Loaded,
    row: &Recorded<Observation>,
    gone: bool,
) -> Sortable {
    let language = state.language;
    let (value, key) = match (&row.act, &row.item.reading) {
        (Act::Withdraw(_), _) => (format::NONE.to_owned(), None),
        (_, Reading::Value(v)) => (
            format::qualified(*v, &row.item.unit, row.item.qualifier),
            Some(*v),
        ),
        (_, Reading::Rejected(reason)) => (
            format!(
                "{} ({})",
                row.item.printed.clone().unwrap_or_default(),
                state.say(reason)
            ),
            None,
        ),
    };
    let how = match (&row.act, &row.item.reading) {
        _ if !row.intact => "trail-row-damaged",
        (Act::Withdraw(_), _) => "trail-row-withdrawal",
        _ if gone => "trail-row-replaced",
        (_, Reading::Rejected(_)) => "trail-row-refused",
        (Act::Correct(_), _) => "trail-row-corrects",
        _ => "trail-row-counts",
    };
    let cause = match &row.cause {
        Cause::Capture { source, .. } => source.clone(),
        Cause::Entry { .. } => state.word("source-entry").into(),
        Cause::Document { title, place } => {
            let place = format::document_place(state.language, place);
            format!("{title} {place}").into()
        }
    };
    let mut hand = actor_name(state, loaded, &row.actor);
    if let Some(reason) = row.reason.as_ref().filter(|r| !r.is_empty()) {
        hand = format!("{hand}  {reason}");
    }
    let texts = [
        format::period(language, row.item.period),
        value,
        format::instant(language, row.recorded_at),
        cause.into(),
        state.word(how),
        hand,
    ];
    let cells = texts
        .iter()
        .enumerate()
        .map(|(at, text)| {
            let part = match (gone, at) {
                (true, 1) => struck(text.clone()),
                (true, _) => toned(text.clone(), Tone::Hint),
                (false, _) => span(text.clone()),
            };
            let mut cell = cell_of(part);
            cell.tip = Some(text.clone());
            if at == 1 {
                cell.copy = key.map(|v| v.to_string());
            }
            cell
        })
        .collect();
    let mut keys: Vec<SortKey> = texts.into_iter().map(SortKey::Text).collect();
    keys[0] = SortKey::Text(row.item.period.to_string());
    keys[1] = SortKey::Number(key);
    keys[2] = SortKey::count(Some(row.sequence));
    let figure = row.item.series.clone().at(row.item.period);
    Sortable {
        row: Row {
            key: row.sequence.to_string(),
            cells,
            open: Some(crate::update::explain_msg(&figure)),
            figure: Some(figure),
            ..Row::default()
        },
        keys,
    }
}
