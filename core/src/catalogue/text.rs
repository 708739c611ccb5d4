//! Between the text of a source file and the fields a person fills in. Whatever has no field, and
//! every remark, stays as it is in the text.

use super::condition::{self, conditions, line_of, line_of_headers};
use crate::workspace::{set_value, source_as_far_as_read};
use quarterdeck_kpi::calendar::Period;
use quarterdeck_kpi::message::Message;
use quarterdeck_kpi::text::clean;
use quarterdeck_sources::config::{Calendar, Map};
use quarterdeck_sources::{Kind, SourceConfig};
use quarterdeck_view::catalogue::{DraftField, SourceDraft, Trial};
use toml_edit::{ArrayOfTables, DocumentMut, Item, Table};

/// The yes of a field.
pub(super) const YES: &str = "true";

fn wrong(problem: &str) -> Message {
    let detail = Message::new("check-syntax").with("detail", clean(problem));
    Message::new("catalogue-line-wrong").with("problem", detail)
}

/// The fields of a source file.
pub(super) fn draft_of(text: &str) -> Result<SourceDraft, Message> {
    let config: SourceConfig =
        toml::from_str(text).map_err(|error: toml::de::Error| wrong(error.message()))?;
    Ok(drafted(text, &config))
}

/// The fields of a source file that may have keys nobody knows; none when it cannot be read.
pub(super) fn draft_as_far_as_read(text: &str) -> Option<SourceDraft> {
    Some(drafted(text, &source_as_far_as_read(text)?))
}

fn drafted(text: &str, config: &SourceConfig) -> SourceDraft {
    let mut draft = SourceDraft {
        base: text.to_owned(),
        ..SourceDraft::default()
    };
    let mut put = |field, value: Option<String>| {
        draft.values.insert(field, value.unwrap_or_default());
    };
    put(DraftField::Address, config.url.clone());
    put(DraftField::Folder, config.folder.clone());
    put(DraftField::Kind, Some(config.kind.id().to_owned()));
    put(
        DraftField::AllowPrivate,
        config.allow_private.then(|| YES.to_owned()),
    );
    put(DraftField::Headers, Some(line_of_headers(&config.headers)));
    put(DraftField::AcceptStatus, Some(status_line(config)));
    put(
        DraftField::PersonalFields,
        Some(config.personal_fields.join(", ")),
    );
    put(DraftField::Rows, config.rows.clone());
    put(DraftField::Id, Some(config.id.clone()));
    put(DraftField::Schedule, Some(config.schedule.clone()));
    put(
        DraftField::MaxAge,
        config.max_age_days.map(|days| days.to_string()),
    );
    put(DraftField::Licence, config.licence.clone());
    put(DraftField::Attribution, config.attribution.clone());
    for (index, map) in (0..u8::MAX).zip(&config.maps) {
        put(DraftField::Series(index), Some(map.series.clone()));
        put(DraftField::Value(index), value_of(map));
        put(DraftField::Filter(index), Some(line_of(&map.filter)));
        put(DraftField::Calendar(index), calendar_of(map));
        put(
            DraftField::Aggregate(index),
            map.aggregate.map(|a| a.id().to_owned()),
        );
        let period = map.period_column.clone();
        let period = period.or_else(|| map.period_at.clone());
        put(
            DraftField::Period(index),
            period.or_else(|| map.period.clone()),
        );
        put(DraftField::Unit(index), map.unit.clone());
    }
    draft
}

fn value_of(map: &Map) -> Option<String> {
    let value = map.at.clone().or_else(|| map.query.clone());
    value.or_else(|| map.column.clone())
}

/// Codes that the file names; the usual one needs no name.
fn status_line(config: &SourceConfig) -> String {
    match config.accept_status.as_slice() {
        [200] => String::new(),
        codes => {
            let codes: Vec<String> = codes.iter().map(u16::to_string).collect();
            codes.join(", ")
        }
    }
}

fn calendar_of(map: &Map) -> Option<String> {
    match map.calendar {
        Calendar::Auto => None,
        Calendar::Roc => Some("roc".to_owned()),
        Calendar::Gregorian => Some("gregorian".to_owned()),
    }
}

/// The text of the file that a draft stands for. An example is no longer one.
pub(super) fn text_of(draft: &SourceDraft) -> Result<String, Message> {
    let mut document: DocumentMut = draft
        .base
        .parse()
        .map_err(|error: toml_edit::TomlError| wrong(error.message()))?;
    let kind = draft.value(DraftField::Kind).trim();
    if !kind.is_empty() && Kind::from_id(kind).is_none() {
        let known: Vec<&str> = Kind::ALL.iter().map(|kind| kind.id()).collect();
        return Err(Message::new("catalogue-kind-unknown")
            .with("kind", clean(kind))
            .with("known", known.join(" ")));
    }
    if draft.value(DraftField::Address).is_empty() && draft.value(DraftField::Folder).is_empty() {
        return Err(Message::new("catalogue-no-address"));
    }
    // What no field changed stays as it is written.
    let present = source_as_far_as_read(&draft.base);
    let table = document.as_table_mut();
    table.remove("disabled");
    table.remove("disabled_reason");
    for (field, key) in [
        (DraftField::Id, "id"),
        (DraftField::Kind, "kind"),
        (DraftField::Address, "url"),
        (DraftField::Folder, "folder"),
        (DraftField::Schedule, "schedule"),
        (DraftField::Licence, "licence"),
        (DraftField::Attribution, "attribution"),
        (DraftField::Rows, "rows"),
    ] {
        put(table, key, draft.value(field));
    }
    let allow = draft.value(DraftField::AllowPrivate).trim().to_lowercase();
    match matches!(allow.as_str(), "true" | "yes" | "y" | "1") {
        true => set_value(table, "allow_private", true),
        false => drop(table.remove("allow_private")),
    }
    put_lists(table, draft, present.as_ref())?;
    let days = draft.value(DraftField::MaxAge).trim();
    match days {
        "" => drop(table.remove("max_age_days")),
        days => {
            let number: u32 = days
                .parse()
                .map_err(|_| Message::new("catalogue-not-a-number").with("text", clean(days)))?;
            set_value(table, "max_age_days", i64::from(number));
        }
    }
    let maps = table
        .entry("map")
        .or_insert(Item::ArrayOfTables(ArrayOfTables::new()));
    if let Some(maps) = maps.as_array_of_tables_mut() {
        for index in 0..draft.maps() {
            if maps.len() <= usize::from(index) {
                maps.push(Table::new());
            }
            if let Some(map) = maps.get_mut(usize::from(index)) {
                let was = present
                    .as_ref()
                    .and_then(|p| p.maps.get(usize::from(index)));
                put_map(map, draft, index, was)?;
            }
        }
    }
    Ok(document.to_string())
}

/// The source that a draft stands for.
pub(super) fn config_of(draft: &SourceDraft) -> Result<SourceConfig, Message> {
    let text = text_of(draft)?;
    toml::from_str(&text).map_err(|error: toml::de::Error| wrong(error.message()))
}

/// The draft with every column that looks personal among those that are blanked before anything is stored. One that
/// a map was told to look at stays with the map.
pub(super) fn with_personal(draft: SourceDraft, trial: &Trial) -> SourceDraft {
    let line = draft.value(DraftField::PersonalFields).trim().to_owned();
    let mut names: Vec<String> = condition::names(&line)
        .iter()
        .filter_map(|name| name.as_str().map(str::to_owned))
        .collect();
    let known = names.len();
    for column in trial.columns.iter().filter(|column| column.is_personal) {
        let name = column.name.trim();
        if !name.is_empty() && !name.contains(',') && !names.iter().any(|known| known == name) {
            names.push(name.to_owned());
        }
    }
    if names.len() == known {
        return draft;
    }
    let mut next = draft.clone();
    next.values
        .insert(DraftField::PersonalFields, names.join(", "));
    next.is_changed = true;
    let is_in_the_way = |problem: &Message| problem.id == "source-map-personal";
    match config_of(&next) {
        Ok(config) if !config.problems().iter().any(is_in_the_way) => next,
        _ => draft,
    }
}

fn put(table: &mut Table, key: &str, value: &str) {
    let value = value.trim();
    let present = table.get(key).and_then(Item::as_str);
    if present == Some(value) {
        return;
    }
    match value.is_empty() {
        true => drop(table.remove(key)),
        false => set_value(table, key, value),
    }
}

/// Lists and tables of the source itself that stand on one line of the form.
fn put_lists(
    table: &mut Table,
    draft: &SourceDraft,
    present: Option<&SourceConfig>,
) -> Result<(), Message> {
    let line = draft.value(DraftField::Headers).trim();
    let was = present.map(|p| line_of_headers(&p.headers));
    if was.as_deref().unwrap_or_default() != line {
        put_value(table, "headers", line, condition::headers(line)?);
    }
    let line = draft.value(DraftField::AcceptStatus).trim();
    if present.map(status_line).unwrap_or_default() != line {
        put_value(table, "accept_status", line, condition::statuses(line)?);
    }
    let line = draft.value(DraftField::PersonalFields).trim();
    let was = present.map(|p| p.personal_fields.join(", "));
    if was.unwrap_or_default() != line {
        put_value(table, "personal_fields", line, condition::names(line));
    }
    Ok(())
}

fn put_value(table: &mut Table, key: &str, line: &str, value: impl Into<toml_edit::Value>) {
    // A table or a list of tables becomes one line.
    if line.is_empty() || table.get(key).is_some_and(|item| !item.is_value()) {
        table.remove(key);
    }
    if !line.is_empty() {
        set_value(table, key, value);
    }
}

fn put_map(
    map: &mut Table,
    draft: &SourceDraft,
    index: u8,
    was: Option<&Map>,
) -> Result<(), Message> {
    let line = draft.value(DraftField::Filter(index)).trim();
    if was.map(|was| line_of(&was.filter)).unwrap_or_default() != line {
        put_value(map, "filter", line, conditions(line)?);
    }
    put(map, "calendar", draft.value(DraftField::Calendar(index)));
    put(map, "series", draft.value(DraftField::Series(index)));
    put(map, "aggregate", draft.value(DraftField::Aggregate(index)));
    put(map, "unit", draft.value(DraftField::Unit(index)));
    let value = draft.value(DraftField::Value(index)).trim();
    let key = match value {
        _ if value.starts_with('$') => "at",
        _ if map.contains_key("query") || draft.value(DraftField::Kind) == "prometheus" => "query",
        _ => "column",
    };
    // A column beside a path or a query is something else than the value.
    if key != "query" {
        for other in ["at", "column"].into_iter().filter(|other| *other != key) {
            map.remove(other);
        }
    }
    put(map, key, value);
    let period = draft.value(DraftField::Period(index)).trim();
    let is_fixed = period.starts_with('{') || Period::parse(period).is_ok();
    let key = match period {
        _ if period.starts_with('$') => "period_at",
        _ if is_fixed => "period",
        _ => "period_column",
    };
    for other in ["period", "period_at", "period_column"] {
        if other != key || period.is_empty() {
            map.remove(other);
        }
    }
    put(map, key, period);
    Ok(())
}
