//! The table of indicators, of a programme or of the framework.

use super::super::parts::*;
use crate::format;
use crate::msg::Msg;
use crate::panel::{Body, Cell, Drawing, Panel, Place, Row, Tone};
use crate::state::{Loaded, State};
use quarterdeck_kpi::assess::{IndicatorAssessment, Point, ProgrammeAssessment};
use quarterdeck_kpi::calendar::taipei_day;
use quarterdeck_kpi::message::Message;
use quarterdeck_kpi::register::Programme;
use quarterdeck_kpi::status::Status;

/// Quarters of a sparkline.
const SPARK_QUARTERS: usize = 8;

pub(crate) fn indicators(
    state: &State,
    loaded: &Loaded,
    programme: &Programme,
    assessed: &ProgrammeAssessment,
) -> Panel {
    let rows = assessed
        .indicators
        .iter()
        .map(|i| indicator_row(state, loaded, i))
        .collect();
    let mut counts: Vec<(Status, usize)> = Vec::new();
    for indicator in &assessed.indicators {
        match counts.iter_mut().find(|(s, _)| *s == indicator.status) {
            Some((_, n)) => *n += 1,
            None => counts.push((indicator.status, 1)),
        }
    }
    counts.sort();
    let body = Body::Table(table(
        state,
        "indicators",
        indicator_columns(state),
        rows,
        state
            .say(&Message::new("programme-no-indicators").with("programme", programme.id.as_str())),
    ));
    let mut panel = panel(
        "indicators",
        Place::Main,
        state.word("programme-indicators"),
        body,
    );
    panel.aside = counts
        .into_iter()
        .map(|(s, n)| signed(s, format!("{} {n}  ", format::status(state.language, s))))
        .collect();
    panel
}

pub(crate) fn indicator_columns(state: &State) -> Vec<crate::panel::Column> {
    vec![
        column(state, "name", "column-indicator", 160, 20).grows(),
        column(state, "unit", "column-unit", 84, 7).drop(2),
        column(state, "value", "column-actual", 74, 10).right(),
        column(state, "target", "column-target", 68, 9).right(),
        column(state, "status", "column-status", 88, 11),
        column(state, "achievement", "column-achievement", 64, 8)
            .unit("%")
            .right(),
        column(state, "spark", "column-spark", 90, 9)
            .drop(3)
            .unsorted(),
        column(state, "date", "column-data-date", 84, 10)
            .right()
            .drop(1),
        column(state, "source", "column-source", 104, 10).drop(4),
    ]
}

pub(crate) fn indicator_row(
    state: &State,
    loaded: &Loaded,
    assessed: &IndicatorAssessment,
) -> Sortable {
    let language = state.language;
    let register = &loaded.snapshot.register;
    let indicator = indicator_of(register, &assessed.series);
    let unit = indicator.map_or("", |i| i.unit.as_str());
    let name = series_title(language, register, &assessed.series);
    let mut name_cell = cell(name.clone());
    name_cell.tip = Some(format!("{name}  {}", assessed.series));
    if assessed.status == Status::Behind
        && let Some(span) = name_cell.spans.first_mut()
    {
        span.bold = true;
    }
    let figure = assessed.figure.as_ref();
    let value = match (figure, &assessed.rejected) {
        (Some(f), _) => {
            let mut cell = number_cell(
                format::qualified(f.value, unit, f.qualifier),
                Tone::Text,
                f.value.to_string(),
            );
            if f.period.quarter() != loaded.assessment.quarter {
                cell.spans.push(toned(
                    format!(" ({})", format::period(language, f.period)),
                    Tone::Hint,
                ));
            }
            if f.corrected {
                cell.spans
                    .push(toned(state.word("mark-corrected"), Tone::Hint));
            }
            cell
        }
        (None, Some((text, _))) => {
            let mut cell = cell_of(toned(text.clone(), Tone::Status(Status::Rejected)));
            cell.tip = assessed.rejected.as_ref().map(|(_, m)| state.say(m));
            cell
        }
        (None, None) => none_cell(),
    };
    let target = match &assessed.target {
        Some(t) => {
            let text = match t.upper {
                Some(upper) => format!(
                    "{} {} {}",
                    format::value(t.value, unit),
                    state.word("range-to"),
                    format::value(upper, unit)
                ),
                None => format::value(t.value, unit),
            };
            number_cell(text, Tone::Text, t.value.to_string())
        }
        None => none_cell(),
    };
    let source = figure.map_or(String::new(), |f| source_name(state, &f.source));
    let tone = match group_of(assessed.status) {
        Status::OnTrack => Tone::Accent,
        _ => Tone::Status(assessed.status),
    };
    let spark = spark(assessed, tone);
    let day = figure.map(|f| taipei_day(f.observed_at));
    let mut cells = vec![
        name_cell,
        cell_of(toned(format::unit(language, unit), Tone::Label)),
        value,
        target,
        status_cell(language, assessed.status),
        rate_cell(assessed.achievement),
        spark,
        day.map_or(none_cell(), |d| {
            let mut cell = cell_of(toned(format::date(language, d), Tone::Label));
            cell.copy = Some(d.to_string());
            cell
        }),
        if source.is_empty() {
            none_cell()
        } else {
            cell_of(toned(source.clone(), Tone::Label))
        },
    ];
    let figure_of = |part: Option<&str>| {
        let series = assessed.series.clone();
        let series = match part {
            Some(part) => series.part(part),
            None => series,
        };
        Some(series.at(loaded.assessment.quarter.period()))
    };
    for (at, part) in [
        (2, None),
        (3, Some("target")),
        (4, Some("status")),
        (5, Some("achievement")),
    ] {
        if let Some(cell) = cells.get_mut(at) {
            cell.figure = figure_of(part);
        }
    }
    let severity = Status::ALL.iter().position(|s| *s == assessed.status);
    let keys = vec![
        SortKey::Text(name),
        SortKey::Text(unit.to_owned()),
        SortKey::Number(figure.map(|f| f.value)),
        SortKey::Number(assessed.target.as_ref().map(|t| t.value)),
        SortKey::count(severity.and_then(|n| i64::try_from(n).ok())),
        SortKey::Number(assessed.achievement),
        SortKey::Number(None),
        SortKey::count(figure.map(|f| f.observed_at.timestamp())),
        SortKey::Text(source),
    ];
    Sortable {
        row: Row {
            key: assessed.series.to_string(),
            group: None,
            rule_after: false,
            bar: (group_of(assessed.status) != Status::OnTrack).then_some(assessed.status),
            cells,
            open: Some(Msg::OpenIndicator(assessed.series.clone())),
            total: false,
            figure: figure_of(None),
        },
        keys,
    }
}

pub(crate) fn spark(assessed: &IndicatorAssessment, tone: Tone) -> Cell {
    let from = assessed.history.len().saturating_sub(SPARK_QUARTERS);
    let history = assessed.history.get(from..).unwrap_or_default();
    let points = history.iter();
    Cell {
        copy: Some(String::new()),
        ..drawing_cell(Drawing::Sparkline {
            values: points.clone().map(|p| p.value.map(geometry)).collect(),
            targets: points.map(|p| p.target.map(geometry)).collect(),
            begins: super::super::chart::positions(history, Point::breaks_line),
            tone,
        })
    }
}

/// Name of where a figure came from.
pub(crate) fn source_name(state: &State, source: &str) -> String {
    match source {
        "entry" => state.word("source-entry"),
        "document" => state.word("source-document"),
        "computed" => state.word("source-computed"),
        id => id.to_owned(),
    }
}
