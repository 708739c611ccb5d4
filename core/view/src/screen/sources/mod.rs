//! Sources: are they answering, how old is their data, what to do about the faults.

mod detail;
mod health;

use super::parts::*;
use crate::format;
use crate::msg::Msg;
use crate::panel::{Body, Drawing, Line, Panel, Place, Row, Tone};
use crate::state::{Loaded, State};
use detail::{attempts, detail, to_do};
pub(crate) use health::{Health, age_days, health};
use health::{certificate_days, certificate_tone};
use quarterdeck_kpi::address::SeriesId;
use quarterdeck_kpi::message::Message;
use quarterdeck_kpi::source::{Outcome, SourceState};
use quarterdeck_kpi::status::Status;

/// Place of the column of certificates, where there is one.
const CERTIFICATE_AT: usize = 6;

pub(crate) fn panels(state: &State, loaded: &Loaded) -> Vec<Panel> {
    let table_panel = list(state, loaded);
    let selected = match &table_panel.body {
        Body::Table(table) => table
            .selected
            .and_then(|at| table.rows.get(at))
            .map(|row| row.key.clone()),
        _ => None,
    };
    let source = loaded
        .snapshot
        .sources
        .iter()
        .find(|s| selected.as_deref() == Some(s.id.as_str()));
    let mut panels = vec![summary(state, loaded), table_panel];
    if let Some(source) = source {
        panels.push(detail(state, loaded, source));
        panels.push(attempts(state, source));
        panels.push(to_do(state, loaded, source));
    }
    panels
}

fn summary(state: &State, loaded: &Loaded) -> Panel {
    let sources = &loaded.snapshot.sources;
    let mut line: Line = Vec::new();
    for kind in Health::ALL {
        let count = sources.iter().filter(|s| health(loaded, s) == kind).count();
        if count > 0 || kind == Health::Good {
            line.push(signed(
                kind.status(),
                format!("{} {count}  ", state.word(kind.word())),
            ));
        }
    }
    let series: std::collections::BTreeSet<&String> =
        sources.iter().flat_map(|s| &s.feeds).collect();
    let faults = sources
        .iter()
        .filter(|s| !matches!(health(loaded, s), Health::Good | Health::Off))
        .count();
    let below = vec![toned(
        state.say(
            &Message::new("sources-summary")
                .with("sources", sources.len())
                .with("series", series.len())
                .with("faults", faults),
        ),
        Tone::Label,
    )];
    let mut panel = panel(
        "source-summary",
        Place::Head,
        String::new(),
        Body::Lines(vec![line, below]),
    );
    let mut collect = super::command_action(state, "collect");
    collect.primary = true;
    collect.disabled = loaded.read_only.as_ref().map(|m| state.say(m));
    panel.actions = vec![collect, super::command_action(state, "new-source")];
    panel
}

fn list(state: &State, loaded: &Loaded) -> Panel {
    let matcher = super::filter::Matcher::new(&state.filter);
    let mut sources: Vec<&SourceState> = loaded
        .snapshot
        .sources
        .iter()
        .filter(|s| {
            matcher.takes(&format!(
                "{}|{}|{}|{}|{}",
                s.id,
                s.kind,
                s.place,
                s.feeds.join(" "),
                state.word(health(loaded, s).word())
            ))
        })
        .collect();
    sources.sort_by_key(|s| health(loaded, s));
    // Only where the certificate of some server is known.
    let has_certificates = sources.iter().any(|s| s.certificate_not_after().is_some());
    let rows = sources
        .iter()
        .map(|s| row(state, loaded, s, has_certificates))
        .collect();
    let mut columns = vec![
        column(state, "status", "column-status", 92, 11),
        column(state, "id", "column-source-id", 176, 20),
        column(state, "kind", "column-kind", 104, 12).drop(4),
        column(state, "feeds", "column-feeds", 90, 10).drop(3),
        column(state, "agebar", "column-age-bar", 92, 9)
            .drop(5)
            .unsorted(),
        column(state, "age", "column-age-of-data", 60, 5)
            .unit(state.word("unit-day"))
            .right(),
        column(state, "rows", "column-rows", 66, 7).right(),
        column(state, "change", "column-change", 60, 7)
            .unit(state.word("unit-row"))
            .right()
            .drop(2),
        column(state, "message", "column-message", 220, 22)
            .grows()
            .drop(1),
    ];
    if has_certificates {
        let certificate = column(state, "certificate", "column-certificate", 66, 6)
            .unit(state.word("unit-day"))
            .right()
            .drop(2);
        columns.insert(CERTIFICATE_AT, certificate);
    }
    let empty = if loaded.snapshot.sources.is_empty() {
        state.word("sources-none")
    } else {
        state.say(&Message::new("overview-nothing-matches").with("filter", state.filter.as_str()))
    };
    panel(
        "sources",
        Place::Main,
        String::new(),
        Body::Table(table(state, "sources", columns, rows, empty)),
    )
}

/// The programmes a source feeds, or that it feeds many.
fn feeds(state: &State, source: &SourceState) -> String {
    let mut scopes: Vec<&str> = source
        .feeds
        .iter()
        .map(|f| f.split('/').next().unwrap_or(f))
        .collect();
    scopes.sort_unstable();
    scopes.dedup();
    // A series with a column in its scope feeds whatever the answer names.
    if scopes.iter().any(|scope| scope.contains('{')) {
        return state.word("sources-feeds-named");
    }
    if scopes.len() > 4 {
        state.say(&Message::new("sources-feeds-many").with("count", scopes.len()))
    } else {
        scopes.join(", ")
    }
}

fn row(state: &State, loaded: &Loaded, source: &SourceState, has_certificates: bool) -> Sortable {
    let kind = health(loaded, source);
    let status = kind.status();
    let age = age_days(loaded, source);
    let latest = source.attempts.first();
    let rows = latest.map(|a| i64::try_from(a.rows).unwrap_or(i64::MAX));
    let before = source
        .attempts
        .iter()
        .skip(1)
        .find(|a| matches!(a.outcome, Outcome::Good | Outcome::Partial))
        .map(|a| i64::try_from(a.rows).unwrap_or(i64::MAX));
    let change = rows.zip(before).map(|(now, before)| now - before);
    let message = source.disabled.clone().unwrap_or_else(|| {
        latest
            .and_then(|a| a.message.as_ref())
            .map_or(String::new(), |m| state.say(m))
    });
    let fed = feeds(state, source);
    let mut status_cell = crate::panel::Cell {
        spans: vec![signed(status, state.word(kind.word()))],
        ..crate::panel::Cell::default()
    };
    status_cell.solid = kind == Health::Failed;
    let mut message_cell = cell_of(toned(message.clone(), Tone::Label));
    message_cell.tip = (!message.is_empty()).then(|| message.clone());
    let tone = if matches!(kind, Health::Good | Health::Off) {
        Tone::Label
    } else {
        Tone::Status(status)
    };
    let number = |value: Option<i64>, tone: Tone| match value {
        Some(n) => number_cell(format::count(n), tone, n.to_string()),
        None => none_cell(),
    };
    let mut cells = vec![
        status_cell,
        cell_of(mono(source.id.clone())),
        cell_of(toned(source.kind.clone(), Tone::Label)),
        cell_of(toned(fed.clone(), Tone::Label)),
        drawing_cell(match age {
            Some(days) => Drawing::Age {
                days: geometry(days.into()),
                limit_days: f64::from(source.max_age_days.unwrap_or(0)),
                tone: if kind == Health::Late {
                    tone
                } else {
                    Tone::Hint
                },
            },
            None => Drawing::Hatched,
        }),
        number(
            age,
            if kind == Health::Late {
                tone
            } else {
                Tone::Text
            },
        ),
        number(rows, Tone::Text),
        match change {
            Some(n) => number_cell(
                format::change(n),
                if n < 0 {
                    Tone::Status(Status::AtRisk)
                } else {
                    Tone::Text
                },
                n.to_string(),
            ),
            None => none_cell(),
        },
        message_cell,
    ];
    let mut keys = vec![
        SortKey::count(Some(kind as i64)),
        SortKey::Text(source.id.clone()),
        SortKey::Text(source.kind.clone()),
        SortKey::Text(fed),
        SortKey::Number(None),
        SortKey::count(age),
        SortKey::count(rows),
        SortKey::count(change),
        SortKey::Text(message),
    ];
    if has_certificates {
        let days = certificate_days(loaded, source);
        let tone = days.map_or(Tone::Text, certificate_tone);
        let mut certificate = number(days, tone);
        if let (Tone::Status(status), Some(span)) = (tone, certificate.spans.first_mut()) {
            span.sign = Some(status);
        }
        cells.insert(CERTIFICATE_AT, certificate);
        keys.insert(CERTIFICATE_AT, SortKey::count(days));
    }
    Sortable {
        row: Row {
            key: source.id.clone(),
            bar: (!matches!(kind, Health::Good | Health::Off)).then_some(status),
            cells,
            open: Some(Msg::FocusPanel("source-detail")),
            figure: Some(
                SeriesId::new(format!("source:{}", source.id), "state")
                    .at(loaded.assessment.quarter.period()),
            ),
            ..Row::default()
        },
        keys,
    }
}
