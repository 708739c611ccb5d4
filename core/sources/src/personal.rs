//! Personal keys of JSON documents: blanked, or the document is refused because one may have come
//! under another name.

use crate::config::{Kind, SourceConfig};
use crate::notice::quote;
use crate::value_path::ValuePath;
use quarterdeck_kpi::message::Message;
use serde_json::Value;

/// Rows of a datastore's answer.
const RECORDS: &str = "$.result.records[*]";

/// Blanks every personal field, at any depth. Where the rows are known each must have the field;
/// elsewhere no list may have it in some of its objects only, and a document whose lists are not
/// all empty must have it at all. What a portal calls otherwise today would be stored otherwise.
pub(crate) fn blank_personal(config: &SourceConfig, value: &mut Value) -> Result<(), Message> {
    for field in &config.personal_fields {
        let name = field.trim();
        let is_there = holds(value, name);
        let is_missing = if is_there {
            !each_row_holds(config, value, name) || holds_in_part(value, name)
        } else {
            has_content(config, value)
        };
        if is_missing {
            return Err(Message::new("source-personal-column-missing").with("column", quote(field)));
        }
        if is_there {
            blank(value, name);
        }
    }
    Ok(())
}

/// Whether a key stands anywhere in a value.
fn holds(value: &Value, field: &str) -> bool {
    match value {
        Value::Array(items) => items.iter().any(|item| holds(item, field)),
        Value::Object(fields) => fields
            .iter()
            .any(|(key, inner)| key.trim() == field || holds(inner, field)),
        _ => false,
    }
}

/// Whether every row has it; true where the source names no rows.
fn each_row_holds(config: &SourceConfig, value: &Value, field: &str) -> bool {
    let path = match config.kind {
        Kind::Datastore => Some(RECORDS),
        _ => config.rows.as_deref(),
    };
    let Some(path) = path.and_then(|path| ValuePath::parse(path).ok()) else {
        return true;
    };
    path.query(value).into_iter().all(|row| holds(row, field))
}

/// Whether a list has it in some of its items, and others of them lack it.
fn holds_in_part(value: &Value, field: &str) -> bool {
    match value {
        Value::Array(items) => {
            let with = items.iter().filter(|item| holds(item, field)).count();
            (with > 0 && with < items.len()) || items.iter().any(|item| holds_in_part(item, field))
        }
        Value::Object(fields) => fields.values().any(|inner| holds_in_part(inner, field)),
        _ => false,
    }
}

/// Whether a document may hold rows: one without lists, or with a list that is not empty. The list
/// of a datastore's columns holds none.
fn has_content(config: &SourceConfig, value: &Value) -> bool {
    let (mut lists, mut items) = (0, 0);
    count(value, &mut lists, &mut items);
    if config.kind == Kind::Datastore
        && let Some(columns) = value.pointer("/result/fields").filter(|v| v.is_array())
    {
        let (mut of_columns, mut columns_of) = (0, 0);
        count(columns, &mut of_columns, &mut columns_of);
        items -= columns_of;
    }
    lists == 0 || items > 0
}

fn count(value: &Value, lists: &mut usize, items: &mut usize) {
    match value {
        Value::Array(inner) => {
            *lists += 1;
            *items += inner.len();
            inner.iter().for_each(|item| count(item, lists, items));
        }
        Value::Object(fields) => fields.values().for_each(|item| count(item, lists, items)),
        _ => {}
    }
}

/// Blanks a key at any depth, every one of them.
fn blank(value: &mut Value, field: &str) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| blank(item, field)),
        Value::Object(fields) => {
            for (key, inner) in fields {
                if key.trim() == field {
                    *inner = match inner {
                        Value::String(_) => Value::String(String::new()),
                        _ => Value::Null,
                    };
                } else {
                    blank(inner, field);
                }
            }
        }
        _ => {}
    }
}
