//! Entry (人工填報): the grid of what people owe this quarter.

use super::parts::*;
use crate::format;
use crate::msg::Msg;
use crate::panel::{Action, Body, Edit, Fact, Line, Panel, Place, Row, Tone};
use crate::state::{Draft, Loaded, State};
use quarterdeck_kpi::address::FigureAddress;
use quarterdeck_kpi::assess::DueEntry;
use quarterdeck_kpi::calendar::{Quarter, taipei_day};
use quarterdeck_kpi::message::Message;
use quarterdeck_kpi::observation::Qualifier;
use quarterdeck_kpi::status::Status;
use rust_decimal::Decimal;

/// Key of an entry's cell: its figure address.
pub(crate) fn key_of(entry: &DueEntry) -> String {
    FigureAddress {
        series: entry.series.clone(),
        period: Some(entry.period),
    }
    .to_string()
}

/// Unit of a series people fill.
pub(crate) fn unit_of<'a>(loaded: &'a Loaded, entry: &DueEntry) -> &'a str {
    match indicator_of(&loaded.snapshot.register, &entry.series) {
        Some(indicator) => indicator.unit.as_str(),
        None => match entry.series.name.as_str() {
            "milestone" => match part_word(entry) {
                Some("actual") => "date",
                Some("partial") => "percent",
                _ => "done",
            },
            "task" | "confirm" => "done",
            "narrative" => "text",
            "progress" => "percent",
            "budget" => "ntd",
            _ => "",
        },
    }
}

/// The last word of a milestone's series: `actual` or `partial`.
fn part_word(entry: &DueEntry) -> Option<&str> {
    let part = entry.series.part.as_deref()?;
    part.rsplit_once('.').map(|(_, word)| word)
}

pub(crate) fn panels(state: &State, loaded: &Loaded) -> Vec<Panel> {
    vec![
        grid(state, loaded),
        owed(state, loaded),
        what_to_do(state, loaded),
    ]
}

fn grid(state: &State, loaded: &Loaded) -> Panel {
    let matcher = super::filter::Matcher::new(&state.filter);
    let rows: Vec<Sortable> = loaded
        .assessment
        .due_entries
        .iter()
        .filter(|entry| matcher.takes_made(|| search_text(state, loaded, entry)))
        .map(|entry| row(state, loaded, entry))
        .collect();
    let columns = vec![
        column(state, "programme", "column-programme", 176, 18),
        column(state, "indicator", "column-indicator", 160, 20).grows(),
        column(state, "period", "column-period", 94, 11).drop(3),
        column(state, "last", "column-last", 84, 9).right(),
        column(state, "value", "column-this-quarter", 110, 12)
            .right()
            .unsorted(),
        column(state, "unit", "column-unit", 60, 8),
        column(state, "evidence", "column-evidence", 90, 10)
            .drop(2)
            .unsorted(),
        column(state, "due", "column-due", 88, 10).drop(1),
        column(state, "state", "column-state", 112, 14),
    ];
    let drafts = state
        .drafts
        .values()
        .filter(|d| !d.text.trim().is_empty())
        .count();
    let body = Body::Table(table(
        state,
        "entry",
        columns,
        rows,
        nothing_due(state, loaded),
    ));
    let mut panel = panel("entry", Place::Main, state.word("entry-title"), body);
    panel.subtitle = format::quarter(state.language, loaded.assessment.quarter);
    if drafts > 0 {
        panel.aside = vec![toned(
            state.say(&Message::new("entry-unsaved").with("count", drafts)),
            Tone::Accent,
        )];
    }
    let disabled = loaded.read_only.as_ref().map(|m| state.say(m));
    let mut save = super::command_action(state, "save");
    save.primary = true;
    save.disabled = disabled
        .clone()
        .or_else(|| (drafts == 0).then(|| state.word("entry-nothing-typed")));
    let mut undo = super::command_action(state, "undo");
    undo.disabled = disabled.clone().or_else(|| {
        state
            .last_stored
            .is_empty()
            .then(|| state.word("entry-nothing-to-undo"))
    });
    let mut evidence = super::command_action(state, "evidence");
    evidence.disabled.clone_from(&disabled);
    let mut note = super::command_action(state, "note");
    note.disabled = disabled;
    panel.actions = vec![save, undo, evidence, note];
    if let Some(quarter) = loaded.assessment.last_asked {
        panel.actions.push(to_last_asked(state, quarter));
    }
    panel
}

/// That nothing is asked for, and which quarter was the last that asked.
fn nothing_due(state: &State, loaded: &Loaded) -> String {
    match loaded.assessment.last_asked {
        Some(quarter) => {
            state.say(&Message::new("entry-nothing-due-last").with("quarter", quarter))
        }
        None => state.word("entry-nothing-due"),
    }
}

/// The way to the quarter that asks.
fn to_last_asked(state: &State, quarter: Quarter) -> Action {
    let label = state.say(&Message::new("entry-to-last-asked").with("quarter", quarter));
    super::action(label, Msg::SetQuarter(quarter))
}

fn search_text(state: &State, loaded: &Loaded, entry: &DueEntry) -> String {
    let register = &loaded.snapshot.register;
    let mut text = vec![
        entry.series.to_string(),
        series_title(state.language, register, &entry.series),
        series_title(state.language.other(), register, &entry.series),
        entry.agency.clone(),
    ];
    if let Some(agency) = register.agency(&entry.agency) {
        text.extend(agency.aliases.iter().cloned());
        for name in &agency.names {
            for title in [&name.short, &name.full] {
                text.extend([title.zh_tw.clone(), title.en.clone()]);
            }
        }
    }
    if let Some(programme) = register.programme(&entry.series.scope) {
        text.extend([programme.title.zh_tw.clone(), programme.title.en.clone()]);
    }
    text.join("|")
}

fn row(state: &State, loaded: &Loaded, entry: &DueEntry) -> Sortable {
    let language = state.language;
    let register = &loaded.snapshot.register;
    let key = key_of(entry);
    let unit = unit_of(loaded, entry);
    let draft = state.drafts.get(&key);
    let editing = state.editing.as_ref().is_some_and(|(k, _)| *k == key);
    let programme = match register.programme(&entry.series.scope) {
        Some(p) => format!("{} {}", p.id, title_of(language, &p.title)),
        None => match register.node(&entry.series.scope) {
            Some(node) => format!("{} {}", node.id, title_of(language, &node.title)),
            None => entry.series.scope.to_string(),
        },
    };
    let indicator = series_title(language, register, &entry.series);
    let row = entry.row.and_then(|sequence| {
        let mut rows = loaded.snapshot.observations.iter();
        rows.find(|row| row.sequence == sequence)
    });
    let filled = row.and_then(|row| row.item.value());
    let stored = match unit {
        "text" => row.and_then(|row| row.item.printed.clone()),
        "date" => row.map(|row| format::period(language, row.item.period)),
        _ => filled.map(|v| format::value(v, unit)),
    };
    let mut value = number_cell(
        draft
            .map(|d| d.text.clone())
            .or_else(|| stored.clone())
            .unwrap_or_default(),
        Tone::Text,
        match unit {
            "text" => stored.clone().unwrap_or_default(),
            "date" => row.map_or(String::new(), |row| row.item.period.to_string()),
            _ => filled.map_or(String::new(), |v| v.to_string()),
        },
    );
    value.edit = Some(Edit {
        key: key.clone(),
        text: draft.map_or_else(|| stored.unwrap_or_default(), |d| d.text.clone()),
        active: editing,
        error: draft.and_then(|d| d.error.as_ref()).map(|m| state.say(m)),
    });
    value.open = Some(Msg::Select {
        panel: "entry",
        key: key.clone(),
    });
    let mut programme_cell = cell(programme.clone());
    programme_cell.tip = Some(programme.clone());
    let mut indicator_cell = cell(indicator.clone());
    indicator_cell.tip = Some(format!("{indicator}  {}", entry.series));
    let cells = vec![
        programme_cell,
        indicator_cell,
        cell_of(toned(format::period(language, entry.period), Tone::Label)),
        match entry.last {
            Some((period, last)) => {
                let mut cell =
                    number_cell(format::value(last, unit), Tone::Label, last.to_string());
                cell.tip = Some(format::period(language, period));
                cell
            }
            None => none_cell(),
        },
        value,
        cell_of(toned(format::unit(language, unit), Tone::Label)),
        match draft.and_then(|d| d.evidence.as_ref()) {
            Some(path) => cell_of(toned(
                path.file_name()
                    .map_or_else(String::new, |n| n.to_string_lossy().into_owned()),
                Tone::Label,
            )),
            None => none_cell(),
        },
        match entry.due_on {
            Some(day) => cell_of(toned(format::date(language, day), Tone::Label)),
            None => none_cell(),
        },
        cell_of(standing(state, loaded, entry, draft)),
    ];
    let keys = vec![
        SortKey::Text(entry.series.scope.to_string()),
        SortKey::Text(indicator),
        SortKey::Text(entry.period.to_string()),
        SortKey::Number(entry.last.map(|(_, v)| v)),
        SortKey::Number(None),
        SortKey::Text(unit.to_owned()),
        SortKey::Number(None),
        SortKey::Text(entry.due_on.map_or(String::new(), |d| d.to_string())),
        SortKey::Number(Some(Decimal::from(u8::from(entry.filled)))),
    ];
    Sortable {
        row: Row {
            key,
            bar: (!entry.filled && is_late(loaded, entry)).then_some(Status::Late),
            cells,
            open: Some(Msg::EditStart(None)),
            figure: Some(entry.series.clone().at(entry.period)),
            ..Row::default()
        },
        keys,
    }
}

fn is_late(loaded: &Loaded, entry: &DueEntry) -> bool {
    let today = taipei_day(loaded.as_of.unwrap_or(loaded.now));
    entry.due_on.is_some_and(|due| due < today)
}

fn standing(
    state: &State,
    loaded: &Loaded,
    entry: &DueEntry,
    draft: Option<&Draft>,
) -> crate::panel::Span {
    if let Some(draft) = draft {
        if let Some(error) = &draft.error {
            return signed(Status::Rejected, state.say(error));
        }
        if draft.saving {
            return toned(state.word("entry-saving"), Tone::Accent);
        }
        if !draft.text.trim().is_empty() {
            return toned(state.word("entry-typed"), Tone::Accent);
        }
    }
    if entry.filled {
        signed(Status::Met, state.word("entry-filled"))
    } else if is_late(loaded, entry) {
        signed(Status::Late, state.word("status-late"))
    } else {
        signed(Status::NotDue, state.word("entry-open"))
    }
}

/// 本季應填未填 per agency.
fn owed(state: &State, loaded: &Loaded) -> Panel {
    let mut agencies: Vec<(&str, usize, usize)> = Vec::new();
    for entry in &loaded.assessment.due_entries {
        let missing = usize::from(!entry.filled);
        match agencies.iter_mut().find(|(id, ..)| *id == entry.agency) {
            Some((_, open, all)) => {
                *open += missing;
                *all += 1;
            }
            None => agencies.push((&entry.agency, missing, 1)),
        }
    }
    agencies.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
    let open: usize = agencies.iter().map(|(_, open, _)| open).sum();
    let facts: Vec<Fact> = agencies
        .iter()
        .map(|(id, open, all)| Fact {
            label: agency_short(
                state.language,
                &loaded.snapshot.register,
                id,
                loaded.assessment.quarter.end(),
            ),
            value: vec![if *open > 0 {
                signed(
                    Status::NoData,
                    state.say(&Message::new("entry-owed").with("count", *open)),
                )
            } else {
                signed(Status::Met, state.word("entry-all-filled"))
            }],
            extra: Some(vec![toned(
                state.say(&Message::new("entry-owed-of").with("count", *all)),
                Tone::Hint,
            )]),
        })
        .collect();
    let body = if facts.is_empty() {
        Body::Lines(vec![vec![toned(nothing_due(state, loaded), Tone::Label)]])
    } else {
        Body::Facts(facts)
    };
    let mut panel = panel("owed", Place::Side, state.word("entry-owed-title"), body);
    panel.aside = vec![toned(
        state.say(
            &Message::new("entry-owed-sum")
                .with("open", open)
                .with("of", loaded.assessment.due_entries.len()),
        ),
        Tone::Hint,
    )];
    panel
}

fn what_to_do(state: &State, loaded: &Loaded) -> Panel {
    let mut lines: Vec<Line> = Vec::new();
    if let Some(reason) = &loaded.read_only {
        lines.push(vec![signed(Status::AtRisk, state.say(reason))]);
    }
    let selected = state.panel("entry").selected;
    let entries = &loaded.assessment.due_entries;
    let entry = entries
        .iter()
        .find(|e| selected.as_deref() == Some(key_of(e).as_str()))
        .or(entries.first());
    if let Some(entry) = entry {
        let key = key_of(entry);
        lines.push(vec![mono(key.clone())]);
        if let Some(error) = state.drafts.get(&key).and_then(|d| d.error.as_ref()) {
            lines.push(vec![signed(Status::Rejected, state.say(error))]);
        }
        if let Some(note) = state.drafts.get(&key).and_then(|d| d.note.as_ref()) {
            lines.push(vec![
                toned(format!("{}  ", state.word("entry-note")), Tone::Label),
                span(note.clone()),
            ]);
        }
        if entry.series.name == "milestone" {
            let how = match part_word(entry) {
                Some("partial") => "entry-how-partial",
                _ => "entry-how-day",
            };
            lines.push(vec![toned(state.word(how), Tone::Label)]);
        }
        if let Some(indicator) = indicator_of(&loaded.snapshot.register, &entry.series) {
            if let Some(means) = &indicator.verification {
                lines.push(vec![
                    toned(
                        format!("{}  ", state.word("entry-verification")),
                        Tone::Label,
                    ),
                    span(means.clone()),
                ]);
            }
            if let Some(note) = &indicator.note {
                lines.push(vec![toned(title_of(state.language, note), Tone::Label)]);
            }
        }
        if let Some((period, value)) = entry.last {
            lines.push(vec![
                toned(
                    format!("{}  ", format::period(state.language, period)),
                    Tone::Label,
                ),
                span(format::value_with_unit(
                    state.language,
                    value,
                    unit_of(loaded, entry),
                    Qualifier::Exact,
                )),
            ]);
        }
    }
    for key in [
        "entry-how-type",
        "entry-how-paste",
        "entry-how-save",
        "entry-how-undo",
    ] {
        lines.push(vec![toned(state.word(key), Tone::Label)]);
    }
    if let Some((id, name)) = &loaded.person {
        let mut people = loaded.snapshot.register.people.iter();
        let person = people.find(|person| person.id == *id);
        let person = person.map_or_else(|| name.clone(), |p| title_of(state.language, &p.name));
        lines.push(vec![toned(
            state.say(&Message::new("entry-person").with("person", person)),
            Tone::Hint,
        )]);
    }
    panel(
        "entry-help",
        Place::Side,
        state.word("what-to-do"),
        Body::Lines(lines),
    )
}
