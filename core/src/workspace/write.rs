//! Writing register files: comments and the order of what a person wrote stay as they are.

use super::folder::{safe, shown};
use quarterdeck_kpi::indicator::{Indicator, Title};
use quarterdeck_kpi::message::Message;
use quarterdeck_kpi::register::{Programme, Task};
use quarterdeck_kpi::target::Target;
use serde::Serialize;
use std::fs;
use std::io::{self, Write};
use std::path::Path;
use toml_edit::{Array, ArrayOfTables, DocumentMut, InlineTable, Item, Table, Value};

/// The text of a programme's file. With the file's present text its comments, targets and anything
/// else the programme does not say stay; tasks and indicators it does not have yet are added.
pub fn programme_text(programme: &Programme, present: Option<&str>) -> Result<String, Message> {
    let mut document = parse(&programme.id, present.unwrap_or_default())?;
    let table = document.as_table_mut();
    for (key, text) in [
        ("id", &programme.id),
        ("plan", &programme.plan),
        ("node", &programme.node),
    ] {
        set(table, key, text.as_str());
    }
    set(table, "title", title(&programme.title));
    for (key, text) in [
        ("title_zh_basis", &programme.title_zh_basis),
        ("lead", &programme.lead),
        ("lead_basis", &programme.lead_basis),
    ] {
        set(table, key, text.as_str());
    }
    let co_agencies: Array = programme.co_agencies.iter().map(String::as_str).collect();
    set(table, "co_agencies", co_agencies);
    if let Some(level) = &programme.control_level {
        set(table, "control_level", level.as_str());
    }
    if let Some(place) = &programme.place {
        set(table, "place", place.as_str());
    }
    if let Some(note) = &programme.note {
        set(table, "note", title(note));
    }
    if programme.invented {
        set(table, "invented", true);
    }
    for task in &programme.tasks {
        add(table, "task", "id", &task.id, || task_table(task));
    }
    for indicator in &programme.indicators {
        let name = &indicator.series.name;
        add(table, "indicator", "series", name, || {
            indicator_table(indicator)
        });
    }
    Ok(document.to_string())
}

/// The text of a programme's file with one more decided target; the earlier ones stay.
pub fn with_target(present: &str, series: &str, target: &Target) -> Result<String, Message> {
    let mut document = parse(series, present)?;
    let found = document
        .get_mut("indicator")
        .and_then(Item::as_array_of_tables_mut)
        .and_then(|list| {
            list.iter_mut()
                .find(|t| text_of(t, "series") == Some(series))
        });
    let Some(indicator) = found else {
        return Err(Message::new("check-unknown-series").with("series", safe(series)));
    };
    let targets = indicator
        .entry("target")
        .or_insert(Item::ArrayOfTables(ArrayOfTables::new()));
    match targets.as_array_of_tables_mut() {
        Some(list) => list.push(target_table(target)),
        None => return Err(Message::new("workspace-not-editable").with("key", "target")),
    }
    Ok(document.to_string())
}

/// Whether a path with `/` is that of a file inside a workspace.
pub fn is_workspace_path(path: &str) -> bool {
    let part =
        |part: &str| !part.is_empty() && !part.starts_with('.') && !part.contains(['\\', ':']);
    path.ends_with(".toml") && path.split('/').all(part)
}

/// Replaces one file of a workspace as a whole: either the old or the new bytes stand there.
pub fn write_file(root: &Path, path: &str, bytes: &[u8]) -> Result<(), Message> {
    if !is_workspace_path(path) {
        return Err(Message::new("workspace-bad-path").with("place", safe(path)));
    }
    let place = path
        .split('/')
        .fold(root.to_owned(), |place, part| place.join(part));
    replace(&place, bytes).map_err(|error| {
        Message::new("workspace-not-written")
            .with("place", shown(&place))
            .with("reason", crate::platform::file_trouble(&error))
    })
}

fn replace(place: &Path, bytes: &[u8]) -> io::Result<()> {
    if let Some(folder) = place.parent() {
        fs::create_dir_all(folder)?;
    }
    // The name ends in .tmp, so that nothing reads a half-written file as part of the workspace.
    let beside = place.with_extension("toml.tmp");
    let written = fs::File::create(&beside).and_then(|mut file| {
        file.write_all(bytes)?;
        file.sync_all()
    });
    let replaced = written.and_then(|()| fs::rename(&beside, place));
    if replaced.is_err() {
        let _ = fs::remove_file(&beside);
    }
    replaced
}

fn parse(about: &str, text: &str) -> Result<DocumentMut, Message> {
    text.parse().map_err(|error: toml_edit::TomlError| {
        Message::new("workspace-problem")
            .with("file", safe(about))
            .with(
                "problem",
                Message::new("check-syntax").with("detail", safe(error.message())),
            )
    })
}

/// Sets a value and keeps the remarks around it.
pub(crate) fn set(table: &mut Table, key: &str, value: impl Into<Value>) {
    let mut value = value.into();
    match table.get_mut(key) {
        Some(present) => {
            if let Some(present) = present.as_value() {
                *value.decor_mut() = present.decor().clone();
            }
            // In place: inserting anew would drop the lines of remark above the key.
            *present = Item::Value(value);
        }
        None => {
            table.insert(key, Item::Value(value));
        }
    }
}

fn text_of<'a>(table: &'a Table, key: &str) -> Option<&'a str> {
    table.get(key).and_then(Item::as_str)
}

/// Adds a table to a list unless one with this name is there.
fn add(table: &mut Table, list: &str, key: &str, name: &str, make: impl FnOnce() -> Table) {
    let item = table
        .entry(list)
        .or_insert(Item::ArrayOfTables(ArrayOfTables::new()));
    if let Some(list) = item.as_array_of_tables_mut()
        && !list.iter().any(|t| text_of(t, key) == Some(name))
    {
        list.push(make());
    }
}

fn title(title: &Title) -> InlineTable {
    let mut table = InlineTable::new();
    table.insert("zh-TW", title.zh_tw.as_str().into());
    table.insert("en", title.en.as_str().into());
    table
}

/// The word of an enum as files write it; `None` for anything that is not a plain word.
fn word(value: impl Serialize) -> Option<String> {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => Some(word),
        _ => None,
    }
}

fn task_table(task: &Task) -> Table {
    let mut table = Table::new();
    set(&mut table, "id", task.id.as_str());
    set(&mut table, "title", title(&task.title));
    if let Some(place) = &task.place {
        set(&mut table, "place", place.as_str());
    }
    table
}

fn target_table(target: &Target) -> Table {
    let mut table = Table::new();
    set(&mut table, "period", target.period.to_string());
    set(&mut table, "value", target.value.to_string());
    if let Some(upper) = target.upper {
        set(&mut table, "upper", upper.to_string());
    }
    if let Some(day) = target.set_on {
        set(&mut table, "set_on", day.to_string());
    }
    for (key, text) in [("by", &target.by), ("document", &target.document)] {
        if let Some(text) = text {
            set(&mut table, key, text.as_str());
        }
    }
    table
}

fn indicator_table(indicator: &Indicator) -> Table {
    let mut table = Table::new();
    set(&mut table, "series", indicator.series.name.as_str());
    set(&mut table, "title", title(&indicator.title));
    set(&mut table, "unit", indicator.unit.as_str());
    for (key, word) in [
        ("kind", word(indicator.kind)),
        ("direction", word(indicator.direction)),
        ("road", word(indicator.road)),
        ("frequency", word(indicator.frequency)),
        ("combine", word(indicator.combine)),
        ("trajectory", word(indicator.trajectory)),
    ] {
        if let Some(word) = word {
            set(&mut table, key, word);
        }
    }
    if indicator.weight != quarterdeck_kpi::Decimal::ONE {
        set(&mut table, "weight", indicator.weight.to_string());
    }
    for (key, days) in [
        ("due_days", indicator.due_days),
        ("max_age_days", indicator.max_age_days),
    ] {
        if let Some(days) = days {
            set(&mut table, key, i64::from(days));
        }
    }
    if let Some((above, below)) = &indicator.computed_from {
        let parts: Array = [above.to_string(), below.to_string()].into_iter().collect();
        set(&mut table, "computed_from", parts);
    }
    if let Some(baseline) = &indicator.baseline {
        let mut inline = InlineTable::new();
        inline.insert("value", baseline.value.to_string().into());
        if let Some(period) = baseline.period {
            inline.insert("period", period.to_string().into());
        }
        if let Some(source) = &baseline.source {
            inline.insert("source", source.as_str().into());
        }
        set(&mut table, "baseline", inline);
    }
    if indicator.definition_version != 1 {
        set(
            &mut table,
            "definition_version",
            i64::from(indicator.definition_version),
        );
    }
    for (key, day) in [
        ("valid_from", indicator.valid_from),
        ("valid_to", indicator.valid_to),
    ] {
        if let Some(day) = day {
            set(&mut table, key, day.to_string());
        }
    }
    for (key, text) in [
        ("responsible", &indicator.responsible),
        ("verification", &indicator.verification),
        ("place", &indicator.place),
    ] {
        if let Some(text) = text {
            set(&mut table, key, text.as_str());
        }
    }
    if let Some(note) = &indicator.note {
        set(&mut table, "note", title(note));
    }
    if indicator.invented {
        set(&mut table, "invented", true);
    }
    if !indicator.targets.is_empty() {
        let list: ArrayOfTables = indicator.targets.iter().map(target_table).collect();
        table.insert("target", Item::ArrayOfTables(list));
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workspace::{embedded, load_from_files};
    use chrono::DateTime;
    use quarterdeck_kpi::calendar::Period;

    fn text_of_file(path: &str) -> String {
        let (_, bytes) = embedded().find(|(name, _)| *name == path).unwrap();
        String::from_utf8(bytes.to_vec()).unwrap()
    }

    /// The programme as it is read back from this text, in the starter's surroundings.
    fn read_back(text: String) -> Programme {
        let files: Vec<_> = embedded()
            .map(|(path, bytes)| match path {
                "register/programmes/P01.toml" => (path.to_owned(), text.clone().into_bytes()),
                _ => (path.to_owned(), bytes.to_vec()),
            })
            .collect();
        let (register, _, _, problems) = load_from_files(&files, DateTime::UNIX_EPOCH);
        assert_eq!(problems, Vec::new());
        register.programme("P01").unwrap().clone()
    }

    #[test]
    fn a_programme_reads_back_as_it_was_written() {
        for id in ["P01", "P06", "P12", "P25", "P29"] {
            let mut programme = read_back(
                text_of_file(&format!("register/programmes/{id}.toml"))
                    .replace(&format!("id = \"{id}\""), "id = \"P01\""),
            );
            programme
                .indicators
                .iter_mut()
                .for_each(|i| i.weight = quarterdeck_kpi::Decimal::TWO);
            assert_eq!(
                read_back(programme_text(&programme, None).unwrap()),
                programme,
                "{id}"
            );
        }
    }

    #[test]
    fn remarks_figures_and_targets_of_a_file_stay() {
        let path = "register/programmes/P01.toml";
        let present = text_of_file(path).replace("plan = \"dgp2\"", "plan = \"dgp2\" # as decided");
        let mut programme = read_back(present.clone());
        programme.title.en = "Another title".to_owned();
        let text = programme_text(&programme, Some(&present)).unwrap();
        let kept = |t: &str| {
            t.lines()
                .filter(|l| !l.starts_with("title = "))
                .collect::<Vec<_>>()
                .join("\n")
        };
        assert!(text.contains("plan = \"dgp2\" # as decided\n"));
        assert!(text.contains("en = \"Another title\""));
        assert_eq!(kept(&text), kept(&present));
    }

    #[test]
    fn a_target_is_added_and_the_earlier_ones_stay() {
        let target = |value: i64| Target {
            period: Period::year(2025),
            value: value.into(),
            upper: None,
            set_on: None,
            by: Some("NDC".to_owned()),
            document: None,
        };
        let text = text_of_file("register/programmes/P01.toml");
        let once = with_target(&text, "gold-share", &target(90)).unwrap();
        let twice = with_target(&once, "gold-share", &target(95)).unwrap();
        let programme = read_back(twice);
        let gold = programme
            .indicators
            .iter()
            .find(|i| i.series.name == "gold-share")
            .unwrap();
        assert_eq!(gold.targets, [target(90), target(95)]);
        assert!(with_target(&text, "no-such", &target(1)).is_err());
    }

    #[test]
    fn files_are_replaced_whole_and_only_inside_the_workspace() {
        let folder = tempfile::tempdir().unwrap();
        write_file(folder.path(), "register/programmes/X1.toml", b"id = 1").unwrap();
        write_file(folder.path(), "register/programmes/X1.toml", b"id = 2").unwrap();
        let there = folder.path().join("register/programmes");
        assert_eq!(fs::read(there.join("X1.toml")).unwrap(), b"id = 2");
        assert_eq!(fs::read_dir(there).unwrap().count(), 1);
        for outside in [
            "../x.toml",
            "/x.toml",
            "register/../../x.toml",
            "c:x.toml",
            "a\\..\\x.toml",
        ] {
            assert!(
                write_file(folder.path(), outside, b"").is_err(),
                "{outside}"
            );
        }
    }
}
