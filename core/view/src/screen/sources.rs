//! Sources: are they answering, how old is their data, what to do about the faults.

use super::parts::*;
use crate::format;
use crate::msg::Msg;
use crate::panel::{Body, Drawing, Fact, Line, Panel, Place, Row, Tone};
use crate::state::{Loaded, State};
use quarterdeck_kpi::address::SeriesId;
use quarterdeck_kpi::calendar::taipei_day;
use quarterdeck_kpi::message::Message;
use quarterdeck_kpi::source::{CERTIFICATE_SOON_DAYS, Outcome, SourceState, days_until};
use quarterdeck_kpi::status::Status;

/// Attempts shown in the detail.
const ATTEMPTS_SHOWN: usize = 5;
/// Place of the column of certificates, where there is one.
const CERTIFICATE_AT: usize = 6;

/// How a source is doing: the sign it is shown with, and its word; worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Health {
    Failed,
    Rejected,
    Late,
    Partial,
    Never,
    Good,
    Off,
}

impl Health {
    pub(crate) const ALL: [Health; 7] = [
        Health::Good,
        Health::Partial,
        Health::Late,
        Health::Rejected,
        Health::Failed,
        Health::Never,
        Health::Off,
    ];
    pub(crate) fn status(self) -> Status {
        match self {
            Health::Failed => Status::Behind,
            Health::Rejected => Status::Rejected,
            Health::Late => Status::Late,
            Health::Partial => Status::AtRisk,
            Health::Never => Status::NoData,
            Health::Good => Status::OnTrack,
            Health::Off => Status::NotDue,
        }
    }
    pub(crate) fn word(self) -> &'static str {
        match self {
            Health::Failed => "health-failed",
            Health::Rejected => "health-rejected",
            Health::Late => "health-late",
            Health::Partial => "health-partial",
            Health::Never => "health-never",
            Health::Good => "health-good",
            Health::Off => "health-off",
        }
    }
}

/// Days since the source's newest data were true.
pub(crate) fn age_days(loaded: &Loaded, source: &SourceState) -> Option<i64> {
    let today = taipei_day(loaded.as_of.unwrap_or(loaded.now));
    source
        .newest_data
        .map(|at| (today - taipei_day(at)).num_days())
}

/// Days until the certificate of its server ends, where it is known.
fn certificate_days(loaded: &Loaded, source: &SourceState) -> Option<i64> {
    let now = loaded.as_of.unwrap_or(loaded.now);
    let not_after = source.certificate_not_after()?;
    Some(days_until(not_after, now))
}

/// A certificate that ends soon is a warning; one that ended, a fault.
fn certificate_tone(days: i64) -> Tone {
    match days {
        ..0 => Tone::Status(Status::Behind),
        0..CERTIFICATE_SOON_DAYS => Tone::Status(Status::AtRisk),
        _ => Tone::Text,
    }
}

pub(crate) fn health(loaded: &Loaded, source: &SourceState) -> Health {
    if source.disabled.is_some() {
        return Health::Off;
    }
    let Some(latest) = source.attempts.first() else {
        return Health::Never;
    };
    let late = match (age_days(loaded, source), source.max_age_days) {
        (Some(age), Some(limit)) => age > i64::from(limit),
        _ => false,
    };
    match latest.outcome {
        Outcome::Failed => Health::Failed,
        Outcome::Rejected => Health::Rejected,
        _ if late => Health::Late,
        Outcome::Partial => Health::Partial,
        Outcome::Good => Health::Good,
    }
}

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

/// A schedule in words; a pattern of one's own stands for itself.
fn schedule(state: &State, text: &str) -> String {
    let days = text
        .strip_prefix("quarter+")
        .and_then(|rest| rest.strip_suffix('d'))
        .and_then(|days| days.parse::<i64>().ok());
    let key = match text {
        "hourly" => "schedule-hourly",
        "daily" => "schedule-daily",
        "weekly" => "schedule-weekly",
        "monthly" => "schedule-monthly",
        "quarterly" => "schedule-quarterly",
        "manual" => "schedule-manual",
        _ => {
            return match days {
                Some(days) => state.say(&Message::new("schedule-after-quarter").with("days", days)),
                None => text.to_owned(),
            };
        }
    };
    state.word(key)
}

fn detail(state: &State, loaded: &Loaded, source: &SourceState) -> Panel {
    let kind = health(loaded, source);
    let mut facts: Vec<Fact> = vec![fact(
        state.word("column-status"),
        vec![signed(kind.status(), state.word(kind.word()))],
    )];
    let mut text = |key: &str, value: Option<String>| {
        if let Some(value) = value.filter(|v| !v.is_empty()) {
            facts.push(fact(state.word(key), vec![span(value)]));
        }
    };
    text("source-disabled", source.disabled.clone());
    text("column-kind", Some(source.kind.clone()));
    text("source-place", Some(source.place.clone()));
    text("source-schedule", Some(schedule(state, &source.schedule)));
    text(
        "source-next-run",
        source.next_run.map(|at| match at <= loaded.now {
            true => state.word("source-due-now"),
            false => format::instant(state.language, at),
        }),
    );
    text(
        "source-calls-left",
        source.calls_left_today.map(|calls| calls.to_string()),
    );
    let fault = source
        .attempts
        .iter()
        .find(|a| matches!(a.outcome, Outcome::Failed | Outcome::Rejected));
    text(
        "source-last-error",
        fault.and_then(|a| a.message.as_ref()).map(|m| state.say(m)),
    );
    text(
        "source-limit",
        source
            .max_age_days
            .map(|d| format::days(state.language, i64::from(d))),
    );
    text(
        "source-newest",
        source
            .newest_data
            .map(|at| format::instant(state.language, at)),
    );
    facts.extend(certificate(state, loaded, source));
    let mut text = |key: &str, value: Option<String>| {
        if let Some(value) = value.filter(|v| !v.is_empty()) {
            facts.push(fact(state.word(key), vec![span(value)]));
        }
    };
    text("source-feeds", Some(source.feeds.join(", ")));
    text("source-licence", source.licence.clone());
    text("source-attribution", source.attribution.clone());
    let mut panel = panel(
        "source-detail",
        Place::Side,
        source.id.clone(),
        Body::Facts(facts),
    );
    let mut collect = super::action(
        state.say(&Message::new("sources-collect-one").with("source", source.id.as_str())),
        Msg::Collect(Some(source.id.clone())),
    );
    let off = (kind == Health::Off).then(|| state.word("source-disabled-collect"));
    collect.disabled = loaded.read_only.as_ref().map(|m| state.say(m)).or(off);
    panel.actions = vec![collect];
    panel
}

/// Until when the certificate of its server is valid, and how long that still is.
fn certificate(state: &State, loaded: &Loaded, source: &SourceState) -> Option<Fact> {
    let end = source.certificate_not_after()?;
    let days = certificate_days(loaded, source)?;
    let id = match days < 0 {
        true => "source-certificate-ended",
        false => "source-certificate-left",
    };
    let left = Message::new(id)
        .with("day", format::date(state.language, taipei_day(end)))
        .with("days", format::days(state.language, days.abs()));
    let text = toned(state.say(&left), certificate_tone(days));
    Some(fact(state.word("source-certificate"), vec![text]))
}

fn attempts(state: &State, source: &SourceState) -> Panel {
    let lines: Vec<Line> = source
        .attempts
        .iter()
        .take(ATTEMPTS_SHOWN)
        .map(|attempt| {
            let (status, word) = match attempt.outcome {
                Outcome::Good => (Status::OnTrack, "health-good"),
                Outcome::Partial => (Status::AtRisk, "health-partial"),
                Outcome::Rejected => (Status::Rejected, "health-rejected"),
                Outcome::Failed => (Status::Behind, "health-failed"),
            };
            let mut line = vec![
                signed(status, state.word(word)),
                toned(
                    format!("  {}", format::instant(state.language, attempt.at)),
                    Tone::Label,
                ),
                toned(
                    format!(
                        "  {}",
                        state.say(
                            &Message::new("sources-attempt")
                                .with("rows", attempt.rows)
                                .with("ms", attempt.elapsed_ms)
                                .with("run", attempt.run)
                        )
                    ),
                    Tone::Hint,
                ),
            ];
            if let Some(message) = &attempt.message {
                line.push(span(format!("  {}", state.say(message))));
            }
            line
        })
        .collect();
    let lines = if lines.is_empty() {
        vec![vec![toned(state.word("sources-never"), Tone::Label)]]
    } else {
        lines
    };
    panel(
        "source-attempts",
        Place::Side,
        state.word("sources-attempts"),
        Body::Lines(lines),
    )
}

/// Whether somebody has to put a file somewhere.
fn reads_folder(source: &SourceState) -> bool {
    match source.kind.as_str() {
        "file" | "inbox" => true,
        "sheet" => !source.place.contains("://"),
        _ => false,
    }
}

fn to_do(state: &State, loaded: &Loaded, source: &SourceState) -> Panel {
    let keys: &[&str] = match (health(loaded, source), source.kind.as_str()) {
        (Health::Good, _) => &["todo-nothing"],
        (Health::Off, _) => &["todo-off-confirm", "todo-off-enable", "todo-by-hand"],
        (Health::Late | Health::Failed | Health::Never, _) if reads_folder(source) => {
            &["todo-file-ask", "todo-file-drop", "todo-by-hand"]
        }
        (Health::Failed, _) => &["todo-failed-check", "todo-collect-again", "todo-by-hand"],
        (Health::Rejected, _) => &["todo-rejected-look", "todo-rejected-map", "todo-by-hand"],
        (Health::Late, _) => &["todo-late-ask", "todo-collect-again", "todo-by-hand"],
        (Health::Partial, _) => &["todo-partial-look", "todo-collect-again"],
        (Health::Never, _) => &["todo-collect-first"],
    };
    let lines = keys
        .iter()
        .enumerate()
        .map(|(at, key)| {
            let text = state.say(
                &Message {
                    id: (*key).to_owned().into(),
                    args: Vec::new(),
                }
                .with("source", source.id.as_str())
                .with("place", source.place.as_str()),
            );
            vec![toned(format!("{} ", at + 1), Tone::Hint), span(text)]
        })
        .collect();
    let mut panel = panel(
        "source-todo",
        Place::Side,
        state.word("what-to-do"),
        Body::Lines(lines),
    );
    panel.actions = vec![super::action(
        state.word("todo-open-entry"),
        Msg::Go(crate::state::ScreenId::Entry),
    )];
    panel
}
