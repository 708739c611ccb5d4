//! Milestones (查核點) of programmes, written into their files. A new date is one more plan; the old
//! one stays readable.

use super::budget::period;
use super::head::Head;
use super::names;
use super::register::{Files, path_of, present, refuse_new_problems};
use super::table::{Row as Line, Table};
use super::{Change, Effect, Outcome, Refused, Request};
use crate::session::Session;
use crate::workspace::set_value;
use chrono::NaiveDate;
use quarterdeck_kpi::Decimal;
use quarterdeck_kpi::calendar::{PeriodKind, taipei_day};
use quarterdeck_kpi::message::Message;
use quarterdeck_kpi::number::parse_printed;
use quarterdeck_kpi::text::{clean, fold_for_search};
use std::collections::BTreeMap;
use toml_edit::{ArrayOfTables, DocumentMut, InlineTable, Item, Table as TomlTable};

/// Longest id of a milestone.
const LONGEST_ID: usize = 20;

/// Whether the table holds milestones.
pub(super) fn holds(table: &Table<'_>) -> bool {
    let has = |line: &Line| table.text(line, Head::MilestoneTitle) != Ok(None);
    table.rows.iter().any(has)
}

/// A programme's file while it is edited.
struct Editing {
    programme: String,
    document: DocumentMut,
    changed: bool,
    /// The last cell that said a weight.
    weight_at: String,
}

/// One row that was understood.
struct Said {
    programme: String,
    id: Option<String>,
    title: String,
    weight: Option<Decimal>,
    planned: Option<NaiveDate>,
    reason: Option<String>,
}

/// Reads the table and holds it against the programmes' files.
pub(super) fn read(
    session: &Session,
    table: &Table<'_>,
    request: &Request<'_>,
    outcome: &mut Outcome,
) -> Files {
    let mut files: BTreeMap<String, Editing> = BTreeMap::new();
    let mut seen: BTreeMap<(String, String), String> = BTreeMap::new();
    for line in &table.rows {
        let done = said(session, table, line).and_then(|said| {
            let path = path_of(session, &said.programme);
            let editing = match files.get_mut(&path) {
                Some(editing) => editing,
                None => {
                    let text = present(session, &path).unwrap_or_default();
                    let document = text.parse().map_err(|_| Refused {
                        place: path.clone(),
                        text: Message::new("workspace-not-editable").with("key", "milestone"),
                    })?;
                    files.entry(path).or_insert(Editing {
                        programme: said.programme.clone(),
                        document,
                        changed: false,
                        weight_at: String::new(),
                    })
                }
            };
            put(
                session, table, line, request, &said, editing, &mut seen, outcome,
            )
        });
        if let Err(refused) = done {
            outcome.refused.push(refused);
        }
    }
    for editing in files.values_mut() {
        let sum = weights(&editing.document);
        if editing.changed && sum != Decimal::ONE_HUNDRED {
            outcome.refused.push(Refused {
                place: editing.weight_at.clone(),
                text: Message::new("import-weights")
                    .with("id", editing.programme.as_str())
                    .with("sum", sum),
            });
        }
    }
    let files: Files = files
        .into_iter()
        .filter(|(_, editing)| editing.changed)
        .map(|(path, editing)| (path, Some(editing.document.to_string().into_bytes())))
        .collect();
    if outcome.refused.is_empty() {
        refuse_new_problems(session, &files, outcome);
    }
    files
}

fn said(session: &Session, table: &Table<'_>, line: &Line) -> Result<Said, Refused> {
    let register = &session.workspace().register;
    let at = |head: Head| {
        move |text: Message| Refused {
            place: table.place(line, head),
            text,
        }
    };
    for head in [Head::Planned, Head::Actual] {
        if table.text(line, head)?.is_some() {
            return Err(at(head)(Message::new("import-plan-mixed")));
        }
    }
    let programme = table.text(line, Head::Programme)?;
    let programme = programme.ok_or_else(|| at(Head::Programme)(Message::new("import-empty")))?;
    let programme = names::programme(register, &programme).map_err(at(Head::Programme))?;
    let title = table.text(line, Head::MilestoneTitle)?;
    let title = title.ok_or_else(|| at(Head::MilestoneTitle)(Message::new("import-empty")))?;
    let id = table.text(line, Head::Milestone)?;
    let is_plain = |id: &String| {
        id.len() <= LONGEST_ID && id.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
    };
    if let Some(id) = id.as_ref().filter(|id| !is_plain(id)) {
        let text = Message::new("import-bad-milestone").with("text", clean(id));
        return Err(at(Head::Milestone)(text));
    }
    let weight = match table.text(line, Head::Weight)? {
        None => None,
        Some(text) => {
            let read = parse_printed(&text).ok().map(|read| read.value.normalize());
            let weight = read.filter(|w| Decimal::ZERO < *w && *w <= Decimal::ONE_HUNDRED);
            Some(weight.ok_or_else(|| {
                at(Head::Weight)(Message::new("import-bad-weight").with("text", clean(&text)))
            })?)
        }
    };
    let planned = match table.text(line, Head::PlannedOn)? {
        None => None,
        Some(text) => {
            let found = period(&text).map_err(at(Head::PlannedOn))?;
            if found.kind != PeriodKind::Day {
                let text = Message::new("import-bad-day").with("text", clean(&text));
                return Err(at(Head::PlannedOn)(text));
            }
            Some(found.end)
        }
    };
    Ok(Said {
        programme: programme.id.clone(),
        id,
        title,
        weight,
        planned,
        reason: table.text(line, Head::Reason)?,
    })
}

fn text_of(table: &TomlTable, key: &str) -> Option<String> {
    table.get(key).and_then(Item::as_str).map(str::to_owned)
}

/// A number as a file holds it: whole, with a point, or as text.
fn number_of(item: &Item) -> Option<Decimal> {
    let value = item.as_value()?;
    let text = match value.as_str() {
        Some(text) => text.to_owned(),
        None => value.to_string(),
    };
    text.trim().parse().ok()
}

fn title_of(table: &TomlTable) -> String {
    let title = table.get("title").and_then(|title| title.get("zh-TW"));
    title.and_then(Item::as_str).unwrap_or_default().to_owned()
}

/// A day as a file holds it, quoted or not.
fn day_of(table: &TomlTable) -> Option<NaiveDate> {
    let value = table.get("planned").and_then(Item::as_value)?;
    let text = value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned);
    text.trim().parse().ok()
}

/// The day that is planned now: that of the last re-plan, else the first one.
fn planned_now(milestone: &TomlTable) -> Option<NaiveDate> {
    let replans = milestone.get("replan").and_then(Item::as_array_of_tables);
    let last = replans.and_then(|replans| replans.iter().filter_map(day_of).last());
    last.or_else(|| day_of(milestone))
}

fn weights(document: &DocumentMut) -> Decimal {
    let milestones = document.get("milestone").and_then(Item::as_array_of_tables);
    let weights = milestones.into_iter().flat_map(|list| list.iter());
    weights
        .filter_map(|milestone| milestone.get("weight").and_then(number_of))
        .sum()
}

/// Puts a row into its programme's file.
#[allow(clippy::too_many_arguments)] // what a row is, and everything it is put into
fn put(
    session: &Session,
    table: &Table<'_>,
    line: &Line,
    request: &Request<'_>,
    said: &Said,
    editing: &mut Editing,
    seen: &mut BTreeMap<(String, String), String>,
    outcome: &mut Outcome,
) -> Result<(), Refused> {
    let at = |head: Head| {
        move |text: Message| Refused {
            place: table.place(line, head),
            text,
        }
    };
    let list = editing
        .document
        .entry("milestone")
        .or_insert(Item::ArrayOfTables(ArrayOfTables::new()));
    let Some(list) = list.as_array_of_tables_mut() else {
        let text = Message::new("workspace-not-editable").with("key", "milestone");
        return Err(at(Head::MilestoneTitle)(text));
    };
    let is_it = |milestone: &TomlTable| match &said.id {
        Some(id) => text_of(milestone, "id").as_ref() == Some(id),
        None => fold_for_search(&title_of(milestone)) == fold_for_search(&said.title),
    };
    let known = list.iter().position(is_it);
    let id = match (known.and_then(|known| list.get(known)), &said.id) {
        (_, Some(id)) => id.clone(),
        (Some(known), None) => text_of(known, "id").unwrap_or_default(),
        (None, None) => (1..)
            .map(|number: u32| number.to_string())
            .find(|id| !list.iter().any(|m| text_of(m, "id").as_ref() == Some(id)))
            .unwrap_or_default(),
    };
    let place = table.place(line, Head::MilestoneTitle);
    if let Some(first) = seen.insert((said.programme.clone(), id.clone()), place) {
        return Err(at(Head::MilestoneTitle)(
            Message::new("import-twice").with("first", first),
        ));
    }
    if known.is_none() {
        for (head, is_there) in [
            (Head::Weight, said.weight.is_some()),
            (Head::PlannedOn, said.planned.is_some()),
        ] {
            if !is_there {
                return Err(at(head)(Message::new("import-empty")));
            }
        }
        let mut fresh = TomlTable::new();
        set_value(&mut fresh, "id", id.as_str());
        list.push(fresh);
    }
    let index = known.unwrap_or(list.len().saturating_sub(1));
    let Some(milestone) = list.get_mut(index) else {
        return Ok(());
    };
    let mut changes = Vec::new();
    let mut note = |head: Head, old: Option<String>, new: String| {
        let effect = match &old {
            None => Effect::New,
            Some(old) if *old == new => Effect::Unchanged,
            Some(_) => Effect::Changed,
        };
        changes.push(Change {
            subject: format!("{}/milestone.{id} {}", said.programme, head.id()),
            place: table.place(line, head),
            effect,
            old,
            new: Some(new),
            reason: said.reason.clone(),
        });
        effect
    };
    let old = Some(title_of(milestone)).filter(|title| !title.is_empty());
    let is_new = old.is_none();
    if note(Head::MilestoneTitle, old, said.title.clone()) != Effect::Unchanged {
        let en = milestone.get("title").and_then(|title| title.get("en"));
        let en = en.and_then(Item::as_str).unwrap_or_default().to_owned();
        let mut title = InlineTable::new();
        title.insert("zh-TW", said.title.as_str().into());
        title.insert("en", en.into());
        set_value(milestone, "title", title);
    }
    if let Some(weight) = said.weight {
        let old = milestone.get("weight").and_then(number_of);
        let old = old.map(|old| old.normalize().to_string());
        if note(Head::Weight, old, weight.to_string()) != Effect::Unchanged {
            match weight.to_string().parse::<toml_edit::Value>() {
                Ok(value) => set_value(milestone, "weight", value),
                Err(_) => set_value(milestone, "weight", weight.to_string()),
            }
        }
        editing.weight_at = table.place(line, Head::Weight);
    }
    if editing.weight_at.is_empty() {
        editing.weight_at = table.place(line, Head::MilestoneTitle);
    }
    if let Some(planned) = said.planned {
        let old = planned_now(milestone);
        match note(
            Head::PlannedOn,
            old.map(|d| d.to_string()),
            planned.to_string(),
        ) {
            Effect::New => set_value(milestone, "planned", planned.to_string()),
            Effect::Changed => {
                let Some(reason) = &said.reason else {
                    return Err(at(Head::PlannedOn)(
                        Message::new("import-needs-reason")
                            .with("old", old.map(|d| d.to_string()).unwrap_or_default())
                            .with("new", planned.to_string()),
                    ));
                };
                let mut replan = TomlTable::new();
                set_value(&mut replan, "planned", planned.to_string());
                let today = taipei_day(session.now());
                set_value(&mut replan, "set_on", today.to_string());
                if let Some((_, actor)) = session.person() {
                    set_value(&mut replan, "by", actor.id);
                }
                let document = format!(
                    "{reason} ({} {})",
                    clean(&request.name),
                    table.place(line, Head::PlannedOn)
                );
                set_value(&mut replan, "document", document);
                let replans = milestone
                    .entry("replan")
                    .or_insert(Item::ArrayOfTables(ArrayOfTables::new()));
                match replans.as_array_of_tables_mut() {
                    Some(replans) => replans.push(replan),
                    None => {
                        let text = Message::new("workspace-not-editable").with("key", "replan");
                        return Err(at(Head::PlannedOn)(text));
                    }
                }
            }
            Effect::Unchanged | Effect::Removed => {}
        }
    }
    if is_new {
        let document = format!("{} {}", clean(&request.name), table.name());
        set_value(milestone, "document", document);
    }
    editing.changed |= changes.iter().any(|c| c.effect != Effect::Unchanged);
    outcome.changes.extend(changes);
    Ok(())
}
