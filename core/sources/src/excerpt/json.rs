//! A value or a record of a JSON answer, with what stands around it.

use super::few_rows::few_rows;
use super::{At, CELL, LINES, Piece, cut};
use crate::document::strict_value_within;
use crate::value_path::ValuePath;
use quarterdeck_kpi::explain::Excerpt;
use serde_json::Value;

/// Records shown of a list that is counted.
const RECORDS: usize = 2;
/// Memory that a document may take once it is read.
const ROOM: u64 = 64 << 20;
/// Fields shown of one record.
const FIELDS: usize = 10;

pub(super) fn excerpt(bytes: &[u8], at: &At<'_>, offset: u64) -> Option<Excerpt> {
    let text = super::decoded(bytes);
    if let Some(path) = at.path {
        return value(&strict_value_within(&text, ROOM).ok()?, path);
    }
    let index = match at.row {
        Some(row) => {
            let index = row.checked_sub(offset).filter(|row| *row > 0)?;
            Some(usize::try_from(index - 1).ok()?)
        }
        None => None,
    };
    let path = at.rows?;
    let keep = |place: usize| index.map_or(place < RECORDS, |index| place == index);
    if let Some(few) = few_rows(&text, path, keep, ROOM) {
        let kept: Vec<&Value> = few.kept.iter().collect();
        return records(at, &kept, few.count);
    }
    let document = strict_value_within(&text, ROOM).ok()?;
    let rows = ValuePath::parse(path).ok()?.query(&document);
    let kept = (0..).zip(&rows).filter(|(place, _)| keep(*place));
    let kept: Vec<&Value> = kept.map(|(_, row)| *row).collect();
    records(at, &kept, rows.len())
}

/// The one record that was read, or the first of many.
fn records(at: &At<'_>, kept: &[&Value], count: usize) -> Option<Excerpt> {
    if at.row.is_some() {
        let lines = record_lines(kept.first()?, &|key| at.column == Some(key));
        let found = lines.iter().flatten().any(|(_, marked)| *marked);
        return Some(Excerpt { lines, found });
    }
    let mut lines = Vec::new();
    for record in kept {
        lines.extend(record_lines(record, &|key| at.reads(key)));
    }
    if count > RECORDS {
        lines.truncate(LINES - 1);
        // Of the second record nothing but its first sign may be left.
        if lines.last() == Some(&vec![("{".to_owned(), false)]) {
            lines.pop();
        }
        lines.push(vec![(format!(".. {count}"), false)]);
    }
    Some(Excerpt {
        found: count > 0,
        lines,
    })
}

/// One value, marked, among its neighbours.
fn value(document: &Value, path: &str) -> Option<Excerpt> {
    let found = ValuePath::parse(path).ok()?.query_located(document);
    let (location, node) = found.first()?;
    // The element that holds it: the path without its last step.
    let holder = location.rfind('[').map(|end| &location[..end])?;
    let last = &location[holder.len()..];
    let key = last
        .trim_start_matches(['[', '\''])
        .trim_end_matches([']', '\'']);
    let holder = ValuePath::parse(holder).ok()?.query(document);
    let lines = match holder.first() {
        Some(holder @ Value::Object(_)) => record_lines(holder, &|name| name == key),
        _ => vec![vec![(shown(node), true)]],
    };
    Some(Excerpt { lines, found: true })
}

/// An object line by line; the marked fields are always among those shown.
fn record_lines(record: &Value, marked: &dyn Fn(&str) -> bool) -> Vec<Vec<Piece>> {
    let Value::Object(fields) = record else {
        return vec![vec![(shown(record), false)]];
    };
    let mut lines = vec![vec![("{".to_owned(), false)]];
    let mut free = FIELDS.saturating_sub(fields.keys().filter(|k| marked(k)).count());
    let mut skipped = false;
    for (key, value) in fields {
        let mark = marked(key);
        if !mark && free == 0 {
            skipped = true;
            continue;
        }
        if !mark {
            free -= 1;
        }
        lines.push(vec![
            ("  ".to_owned(), false),
            (format!("\"{}\": {}", cut(key, CELL), shown(value)), mark),
        ]);
    }
    if skipped {
        lines.push(vec![("  ..".to_owned(), false)]);
    }
    lines.push(vec![("}".to_owned(), false)]);
    lines
}

fn shown(value: &Value) -> String {
    match value {
        Value::Object(_) => "{..}".to_owned(),
        Value::Array(items) => format!("[.. {}]", items.len()),
        other => cut(&other.to_string(), CELL),
    }
}
