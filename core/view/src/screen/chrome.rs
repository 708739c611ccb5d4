//! What stands on every screen.

use super::parts::*;
use super::sources::{Health, age_days, health};
use crate::format;
use crate::i18n::Language;
use crate::keys::{Group, commands_for};
use crate::msg::Msg;
use crate::panel::{
    Action, Banner, Body, Chrome, KeyHint, Line, NavItem, Panel, Progress, Prompt, Tone,
};
use crate::state::{Loaded, PromptKind, ScreenId, State};
use quarterdeck_kpi::message::{Arg, Message};

pub(crate) fn chrome(state: &State, panels: &[Panel]) -> Chrome {
    let language = state.language;
    let loaded = state.loaded.as_deref();
    let past = loaded.is_some_and(|l| l.as_of.is_some());
    Chrome {
        product: state.word("product"),
        quarter: loaded.map_or_else(Default::default, |l| {
            let quarter = l.assessment.quarter;
            (
                format::quarter(language, quarter),
                format::quarter_other(language, quarter),
            )
        }),
        running: loaded
            .and_then(|l| l.assessment.running_day)
            .map(|(day, of)| {
                state.say(
                    &Message::new("quarter-running")
                        .with("day", day)
                        .with("of", of),
                )
            }),
        as_of: (
            state.word("as-of"),
            loaded.map_or(String::new(), |l| match l.as_of {
                Some(instant) => cursor(state, l, instant),
                None => format!(
                    "{} {}",
                    state.word("as-of-now"),
                    format::instant(language, l.now)
                ),
            }),
        ),
        as_of_past: past,
        demo: loaded.filter(|l| l.demo).map(|_| state.word("demo-mark")),
        headline: loaded.map_or_else(Vec::new, |l| headline(state, l)),
        nav: nav(state),
        rail_foot: loaded.map_or_else(Vec::new, |l| rail_foot(state, l)),
        why: loaded.map_or_else(Vec::new, |l| why(state, l, panels)),
        keys: hints(state),
        footer: footer(state, panels),
        prompt: state.prompt.as_ref().map(|prompt| Prompt {
            label: match prompt.kind {
                PromptKind::Command => ":".to_owned(),
                PromptKind::Filter => "/".to_owned(),
                PromptKind::AsOf => state.word("prompt-as-of"),
                PromptKind::OpenFolder => state.word("prompt-open"),
                PromptKind::CreateFolder => state.word("prompt-create"),
                PromptKind::Evidence => state.word("prompt-evidence"),
                PromptKind::Note => state.word("prompt-note"),
                PromptKind::Reason => state.word("prompt-accept"),
                PromptKind::Source(field) => state.word(field.word()),
                PromptKind::SourceLine { line, .. } => {
                    state.say(&Message::new("draft-line").with("line", line + 1))
                }
                PromptKind::Handle => state.say(
                    &Message::new("prompt-handle")
                        .with("programme", state.handling.clone().unwrap_or_default()),
                ),
            },
            text: prompt.text.clone(),
            suggestions: crate::update::suggestions(state)
                .into_iter()
                .enumerate()
                .map(|(at, s)| {
                    let label = if s.label.is_empty() {
                        s.text.clone()
                    } else {
                        format!("{}  {}", s.text, s.label)
                    };
                    (label, s.key, prompt.chosen == Some(at))
                })
                .collect(),
            error: prompt.error.as_ref().map(|m| state.say(m)),
        }),
        filter: filter_text(state),
        search_hint: state.word("search-hint"),
        progress: match &state.job {
            Some(job) => Some(Progress {
                label: state.say(&job.label),
                done: job.done,
                of: job.of,
            }),
            None => state.loading.then(|| Progress {
                label: state.word("loading"),
                done: 0,
                of: 0,
            }),
        },
        banners: banners(state),
        menus: menus(state),
        languages: Language::ALL
            .into_iter()
            .map(|l| {
                let name = match l {
                    Language::ZhTw => "language-zh-tw",
                    Language::En => "language-en",
                };
                (state.word(name), l == language, Msg::SetLanguage(l))
            })
            .collect(),
        themes: if state.capabilities.themes {
            vec![
                (state.word("theme-light"), !state.dark, Msg::SetDark(false)),
                (state.word("theme-dark"), state.dark, Msg::SetDark(true)),
            ]
        } else {
            Vec::new()
        },
    }
}

/// The moment of the cursor, and its number among the recorded ones.
fn cursor(state: &State, loaded: &Loaded, at: chrono::DateTime<chrono::Utc>) -> String {
    let instant = format::instant(state.language, at);
    match crate::update::place_in_time(&loaded.moments, Some(at)) {
        Some((number, of)) => format!("{instant}  {number}/{of}"),
        None => instant,
    }
}

fn filter_text(state: &State) -> String {
    let mut parts = Vec::new();
    if let Some(status) = state.filter_status {
        parts.push(format::status(state.language, status));
    }
    if !state.filter.is_empty() {
        parts.push(state.filter.clone());
    }
    parts.join(" ")
}

/// "▾ 落後 4  ! 預警 5  ? 未知 3  ▪ 符合進度 17  最舊資料 92天".
fn headline(state: &State, loaded: &Loaded) -> Line {
    let mut line: Line = GROUPS
        .into_iter()
        .map(|group| {
            let count = loaded
                .assessment
                .programmes
                .iter()
                .filter(|p| group_of(p.status) == group)
                .count();
            signed(
                group,
                format!("{} {count}  ", format::status(state.language, group)),
            )
        })
        .collect();
    let oldest = loaded.assessment.portfolio.oldest_days;
    if let Some(days) = oldest {
        line.push(toned(
            state.say(&Message::new("headline-oldest").with("days", days)),
            Tone::Label,
        ));
    }
    line
}

fn nav(state: &State) -> Vec<NavItem> {
    if state.loaded.is_none() {
        return Vec::new();
    }
    let name = |screen: ScreenId| match screen {
        ScreenId::Overview => ("nav-overview", "nav-overview-short"),
        ScreenId::Programme | ScreenId::Indicator => ("nav-programme", "nav-programme-short"),
        ScreenId::Budget => ("nav-budget", "nav-budget-short"),
        ScreenId::Milestones => ("nav-milestones", "nav-milestones-short"),
        ScreenId::Entry => ("nav-entry", "nav-entry-short"),
        ScreenId::Sources => ("nav-sources", "nav-sources-short"),
        ScreenId::Review => ("nav-review", "nav-review-short"),
        ScreenId::Reports => ("nav-reports", "nav-reports-short"),
        ScreenId::Help => ("nav-help", "nav-help-short"),
        ScreenId::NewSource => ("new-source-title", "nav-sources-short"),
        ScreenId::Changes => ("changes-title", "nav-overview-short"),
        ScreenId::Start => ("nav-start", "nav-start-short"),
    };
    ScreenId::RAIL
        .into_iter()
        .enumerate()
        .map(|(at, screen)| {
            let (word, short) = name(screen);
            NavItem {
                label: state.word(word),
                short: state.word(short),
                key: (at + 1).to_string(),
                current: state.screen() == screen
                    || (state.screen() == ScreenId::NewSource && screen == ScreenId::Sources)
                    || (state.screen() == ScreenId::Indicator && screen == ScreenId::Programme)
                    || (state.screen() == ScreenId::Changes && screen == ScreenId::Overview),
                msg: Msg::Go(screen),
            }
        })
        .collect()
}

fn rail_foot(state: &State, loaded: &Loaded) -> Vec<Line> {
    let sources = &loaded.snapshot.sources;
    let mut lines = vec![vec![toned(
        format!("{} {}", state.word("nav-sources"), sources.len()),
        Tone::Label,
    )]];
    // The worst first: a narrow terminal cuts the line at its end.
    let mut kinds = Health::ALL;
    kinds.sort();
    for kind in kinds {
        let count = sources.iter().filter(|s| health(loaded, s) == kind).count();
        if count > 0 {
            let text = format!("{count} {}", state.word(kind.word()));
            lines.push(vec![if kind == Health::Good {
                toned(text, Tone::Label)
            } else {
                crate::panel::Span {
                    bold: false,
                    ..signed(kind.status(), text)
                }
            }]);
        }
    }
    if let Some(days) = sources.iter().filter_map(|s| age_days(loaded, s)).max() {
        lines.push(vec![toned(
            state.say(&Message::new("rail-oldest").with("days", days)),
            Tone::Hint,
        )]);
    }
    lines
}

/// Why the selected programme has its status.
fn why(state: &State, loaded: &Loaded, panels: &[Panel]) -> Line {
    let selected = match state.screen() {
        ScreenId::Programme => {
            super::current_programme(state, loaded).map(|(programme, _)| programme.id.clone())
        }
        ScreenId::Overview => {
            let focused = panels.iter().find(|p| p.focused);
            let of_queue = focused.and_then(|p| match &p.body {
                Body::Queue(items) => items.iter().find(|i| i.selected).map(|i| i.key.clone()),
                _ => None,
            });
            of_queue.or_else(|| {
                panels.iter().find_map(|p| match (&p.body, p.id) {
                    (Body::Table(table), "programmes") => table
                        .selected
                        .and_then(|at| table.rows.get(at))
                        .map(|row| row.key.clone()),
                    _ => None,
                })
            })
        }
        _ => None,
    };
    let Some(assessed) =
        selected.and_then(|id| loaded.assessment.programmes.iter().find(|p| p.id == id))
    else {
        return Vec::new();
    };
    let status = shown_status(assessed);
    let mut line = vec![
        crate::panel::Span {
            sign: Some(status),
            mono: true,
            ..toned(format!("{} ", assessed.id), Tone::Status(status))
        },
        span(state.say(&assessed.rule)),
    ];
    if let Some(open) = unexecuted(&assessed.money) {
        line.push(toned(
            format!(
                "  {}",
                state.say(&Message::new("why-unspent").with("amount", Arg::Ntd(open)))
            ),
            Tone::Label,
        ));
    }
    line
}

fn hints(state: &State) -> Vec<KeyHint> {
    if state.prompt.is_some() {
        return hints_of(
            state,
            &[
                ("Enter", "hint-accept"),
                ("Esc", "hint-cancel"),
                ("Tab", "hint-suggestions"),
            ],
        );
    }
    if state.editing.is_some() {
        return hints_of(
            state,
            &[
                ("Enter", "hint-take-down"),
                ("Tab", "hint-take-next"),
                ("Esc", "hint-cancel"),
                ("Ctrl+S", "hint-save"),
            ],
        );
    }
    let mut hints: Vec<KeyHint> = Vec::new();
    // Where there is nothing to go back to, Esc says nothing.
    let back = !state.history.is_empty()
        || !filter_text(state).is_empty()
        || state.trail.is_some()
        || state.found.is_some();
    let mut commands: Vec<_> = commands_for(state)
        .filter(|c| c.hint.is_some() && (back || c.id != "back"))
        .collect();
    // What only this screen can do comes first, leaving comes last.
    commands.sort_by_key(|c| (c.group != Group::Entry, c.id == "quit"));
    for command in commands {
        let (Some(hint), Some(key)) = (command.hint, command.shown_key(state.face)) else {
            continue;
        };
        let key = if command.id == "previous" {
            match state.face {
                crate::state::FaceKind::Window => "F7 F8".to_owned(),
                crate::state::FaceKind::Terminal => "[ ]".to_owned(),
            }
        } else {
            key.to_string()
        };
        hints.push(KeyHint {
            key,
            label: state.word(hint),
        });
    }
    let at = hints.len().min(1 + usize::from(back));
    hints.insert(
        at,
        KeyHint {
            key: "Tab".to_owned(),
            label: state.word("hint-panel"),
        },
    );
    hints
}

fn hints_of(state: &State, pairs: &[(&str, &str)]) -> Vec<KeyHint> {
    pairs
        .iter()
        .map(|(key, label)| KeyHint {
            key: (*key).to_owned(),
            label: state.word(label),
        })
        .collect()
}

fn footer(state: &State, panels: &[Panel]) -> String {
    let mut parts: Vec<String> = Vec::new();
    if state.screen() == ScreenId::Overview && state.loaded.is_some() {
        parts.push(state.word("footer-presumed"));
    }
    if let Some(panel) = panels.iter().find(|p| p.focused)
        && let Body::Table(table) = &panel.body
        && let Some(at) = table.selected
    {
        parts.push(
            state.say(
                &Message::new("footer-position")
                    .with("at", at + 1)
                    .with("of", table.rows.len()),
            ),
        );
    }
    if state.loaded.as_ref().is_some_and(|l| l.demo) {
        parts.push(state.word("demo-footer"));
    }
    parts.join("  ")
}

fn banners(state: &State) -> Vec<Banner> {
    let mut banners: Vec<Banner> = state
        .notices
        .iter()
        .enumerate()
        .map(|(at, notice)| Banner {
            error: notice.error,
            text: state.say(&notice.text),
            next: notice.next.as_ref().map(|m| state.say(m)),
            action: Some(super::action(
                state.word("banner-close"),
                Msg::CloseBanner(at),
            )),
        })
        .collect();
    if let Some(loaded) = &state.loaded {
        let errors: Vec<_> = loaded.problems.iter().filter(|p| p.error).collect();
        if let Some(first) = errors.first() {
            banners.push(Banner {
                error: true,
                text: state.say(
                    &Message::new("banner-problems")
                        .with("count", errors.len())
                        .with("place", first.place.as_str())
                        .with("text", first.text.clone()),
                ),
                next: first.next.as_ref().map(|m| state.say(m)),
                action: Some(super::action(
                    state.word("banner-problems-show"),
                    Msg::Go(ScreenId::Help),
                )),
            });
        }
        // Whoever acts dates it by this clock.
        let findings = &loaded.snapshot.findings;
        if let Some(clock) = findings.iter().find(|finding| finding.rule == "clock@1") {
            banners.push(Banner {
                error: true,
                text: state.say(&clock.text),
                next: None,
                action: None,
            });
        }
        if loaded.as_of.is_some() {
            banners.push(Banner {
                error: false,
                text: state.say(
                    &Message::new("banner-past")
                        .with("instant", Arg::Instant(loaded.snapshot.as_of)),
                ),
                next: None,
                action: Some(super::command_action(state, "now")),
            });
        }
    }
    banners
}

fn menus(state: &State) -> Vec<(String, Vec<Action>)> {
    Group::ALL
        .into_iter()
        .map(|group| {
            let actions = crate::keys::COMMANDS
                .iter()
                .filter(|c| c.group == group)
                .filter(|c| c.id != "dark" || state.capabilities.themes)
                .map(|c| {
                    let mut action = super::action_of(state, c);
                    if matches!(c.id, "save" | "undo" | "evidence" | "collect" | "report")
                        && action.disabled.is_none()
                        && c.id != "report"
                    {
                        action.disabled = state
                            .loaded
                            .as_ref()
                            .and_then(|l| l.read_only.as_ref())
                            .map(|m| state.say(m));
                    }
                    action
                })
                .collect();
            (state.word(group.word()), actions)
        })
        .collect()
}
