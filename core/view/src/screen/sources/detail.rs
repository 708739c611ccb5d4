//! The chosen source: what its file says, its last attempts and what to do.

use super::super::parts::*;
use super::health::{Health, certificate_days, certificate_tone, health};
use crate::format;
use crate::msg::Msg;
use crate::panel::{Body, Fact, Line, Panel, Place, Tone};
use crate::state::{Loaded, State};
use quarterdeck_kpi::calendar::taipei_day;
use quarterdeck_kpi::message::Message;
use quarterdeck_kpi::source::{Outcome, SourceState};
use quarterdeck_kpi::status::Status;

/// Attempts shown in the detail.
const ATTEMPTS_SHOWN: usize = 5;

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

pub(super) fn detail(state: &State, loaded: &Loaded, source: &SourceState) -> Panel {
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
    let mut collect = super::super::action(
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

pub(super) fn attempts(state: &State, source: &SourceState) -> Panel {
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

pub(super) fn to_do(state: &State, loaded: &Loaded, source: &SourceState) -> Panel {
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
    panel.actions = vec![super::super::action(
        state.word("todo-open-entry"),
        Msg::Go(crate::state::ScreenId::Entry),
    )];
    panel
}
