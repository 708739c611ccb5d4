//! A saved answer of the common government datastore, and a plain list of objects.

use super::{Lines, MAX_CELLS, MAX_COLUMNS, plain};
use crate::datastore::whole;
use crate::document::strict_value;
use crate::json::cell_text;
use crate::notice::{list, quote};
use quarterdeck_kpi::message::Message;
use serde_json::Value;
use std::collections::HashMap;

/// The records with the names of their fields above them, in the order the answer lists them.
pub(super) fn lines(text: &str) -> Result<Lines, Message> {
    let document = strict_value(text)?;
    if document.get("success") == Some(&Value::Bool(false)) {
        let error = document.get("error");
        let said = |key: &str| error.and_then(|e| e.get(key)).map(cell_text);
        let text = [said("type"), said("error_type"), said("message")];
        let text: Vec<String> = text.into_iter().flatten().map(|t| quote(&t)).collect();
        return Err(Message::new("source-error-answer-short").with("said", text.join(" ")));
    }
    let result = document.get("result");
    let records = result
        .and_then(|result| result.get("records"))
        .or(Some(&document))
        .and_then(Value::as_array);
    let Some(records) = records else {
        let keys = match result.unwrap_or(&document) {
            Value::Object(fields) => list(fields.keys().map(String::as_str)),
            _ => "-".to_owned(),
        };
        return Err(Message::new("source-datastore-shape").with("keys", keys));
    };
    let total = whole(result.and_then(|result| result.get("total")));
    if let Some(total) = total.filter(|total| *total != records.len() as u64) {
        return Err(Message::new("source-total-mismatch")
            .with("rows", records.len())
            .with("total", total));
    }
    let mut names: Vec<String> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    let mut place = |name: &str| -> Result<usize, Message> {
        if let Some(place) = places.get(name) {
            return Ok(*place);
        }
        if names.len() >= MAX_COLUMNS {
            return Err(Message::new("source-too-many-columns")
                .with("columns", names.len() + 1)
                .with("limit", MAX_COLUMNS));
        }
        names.push(name.to_owned());
        places.insert(name.to_owned(), names.len());
        Ok(names.len())
    };
    let fields = result.and_then(|result| result.get("fields"));
    for field in fields.and_then(Value::as_array).into_iter().flatten() {
        if let Some(name) = field.get("id").and_then(Value::as_str) {
            place(name)?;
        }
    }
    let mut left = MAX_CELLS;
    let mut rows = Lines::new();
    for (index, record) in records.iter().enumerate() {
        let Some(record) = record.as_object() else {
            return Err(Message::new("source-datastore-shape").with("keys", "-"));
        };
        let mut cells = Vec::with_capacity(record.len());
        for (name, value) in record {
            let column = place(name)?;
            let text = cell_text(value);
            if text.trim().is_empty() {
                continue;
            }
            left = left.checked_sub(1).ok_or_else(|| {
                Message::new("source-sheet-too-many-cells").with("limit", MAX_CELLS)
            })?;
            cells.push(plain(column, text.into_owned()));
        }
        cells.sort_by_key(|cell| cell.column);
        rows.push((
            u32::try_from(index).unwrap_or(u32::MAX).saturating_add(2),
            cells,
        ));
    }
    let header = names.into_iter().enumerate();
    let header = header.map(|(index, name)| plain(index + 1, name)).collect();
    rows.insert(0, (1, header));
    Ok(rows)
}
